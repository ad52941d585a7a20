//! Geometry as files have it: GeoJSON, WKT, or WKB in hexadecimal.

use crate::spatial::{Repair, wkb};
use geo::{Coord, CoordsIter, Geometry, MultiPolygon};
use std::str::FromStr;

/// The WKT parser descends into parentheses; a multipolygon in a collection needs four.
const WKT_DEPTH_MAX: usize = 32;

/// A geometry in the coordinates of its source, with the notes that only the reader can take.
pub(crate) struct RawGeometry {
    pub(crate) shape: Geometry<f64>,
    pub(crate) repairs: Vec<Repair>,
}

impl RawGeometry {
    /// From the text of a GeoJSON geometry.
    pub(super) fn from_geojson(text: &str) -> Result<Self, String> {
        let parsed: geojson::Geometry = serde_json::from_str(text).map_err(|e| e.to_string())?;
        let unclosed = check_positions(&parsed.value)?;
        let shape = Geometry::try_from(parsed).map_err(|e| e.to_string())?;
        Ok(Self { shape, repairs: unclosed.then_some(Repair::ClosedRing).into_iter().collect() })
    }

    /// From a CSV cell: WKT (an `SRID=…;` in front is passed over), or WKB or EWKB in hexadecimal.
    pub(super) fn from_cell(cell: &str) -> Result<Self, String> {
        let cell = cell.trim();
        let shape = if !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_hexdigit()) {
            let bytes = hex::decode(cell).map_err(|e| format!("not hexadecimal: {e}"))?;
            wkb::read(&bytes).map_err(|e| e.to_string())?
        } else {
            let text = cell.split_once(';').filter(|(srid, _)| srid.starts_with("SRID=")).map_or(cell, |(_, wkt)| wkt);
            let depth = |(depth, most): (usize, usize), c: char| match c {
                '(' => (depth + 1, most.max(depth + 1)),
                ')' => (depth.saturating_sub(1), most),
                _ => (depth, most),
            };
            if text.chars().fold((0, 0), depth).1 > WKT_DEPTH_MAX {
                return Err(format!("more than {WKT_DEPTH_MAX} parentheses inside one another"));
            }
            let parsed = wkt::Wkt::<f64>::from_str(text).map_err(|e| format!("neither WKT nor WKB: {e}"))?;
            Geometry::try_from(parsed).map_err(|e| e.to_string())?
        };
        Ok(Self { shape, repairs: Vec::new() })
    }

    /// The polygons of the geometry; other parts of a collection are left out, which is noted.
    pub(crate) fn into_polygons(self) -> Result<(MultiPolygon<f64>, Vec<Repair>), String> {
        let (found, mut repairs) = (kind(&self.shape), self.repairs);
        if self.shape.coords_count() == 0 {
            return Err(format!("a polygon is needed, this {found} is empty"));
        }
        if has_other_parts(&self.shape) {
            repairs.push(Repair::LeftOut);
        }
        let polygons = polygons(self.shape);
        if polygons.0.is_empty() {
            return Err(format!("a polygon is needed, found a {found}"));
        }
        Ok((polygons, repairs))
    }

    /// The point of the geometry.
    pub(crate) fn as_point(&self) -> Result<Coord<f64>, String> {
        match &self.shape {
            Geometry::Point(p) => Ok(p.0),
            Geometry::MultiPoint(points) if points.0.len() == 1 => Ok(points.0[0].0),
            other => Err(format!("a point is needed, found a {}", kind(other))),
        }
    }
}

fn polygons(shape: Geometry<f64>) -> MultiPolygon<f64> {
    match shape {
        Geometry::Polygon(p) => MultiPolygon(vec![p]),
        Geometry::MultiPolygon(m) => m,
        Geometry::GeometryCollection(parts) => MultiPolygon(parts.into_iter().flat_map(polygons).collect()),
        _ => MultiPolygon(Vec::new()),
    }
}

/// Whether a collection holds anything but polygons.
fn has_other_parts(shape: &Geometry<f64>) -> bool {
    match shape {
        Geometry::GeometryCollection(parts) => parts.iter().any(has_other_parts),
        Geometry::Polygon(_) | Geometry::MultiPolygon(_) => false,
        _ => true,
    }
}

fn kind(shape: &Geometry<f64>) -> &'static str {
    match shape {
        Geometry::Point(_) => "point",
        Geometry::Line(_) | Geometry::LineString(_) => "line",
        Geometry::Polygon(_) | Geometry::Rect(_) | Geometry::Triangle(_) => "polygon",
        Geometry::MultiPoint(_) => "multipoint",
        Geometry::MultiLineString(_) => "multiline",
        Geometry::MultiPolygon(_) => "multipolygon",
        Geometry::GeometryCollection(_) => "collection",
    }
}

/// Every position needs two numbers. Says whether a ring of a polygon is not closed.
fn check_positions(value: &geojson::GeometryValue) -> Result<bool, String> {
    use geojson::GeometryValue::{
        GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon,
    };
    match value {
        Point { coordinates } => check_line(std::slice::from_ref(coordinates)).map(|_| false),
        MultiPoint { coordinates } | LineString { coordinates } => check_line(coordinates).map(|_| false),
        MultiLineString { coordinates } => check_lines(coordinates).map(|_| false),
        Polygon { coordinates } => check_lines(coordinates),
        MultiPolygon { coordinates } => coordinates.iter().try_fold(false, |open, p| Ok(check_lines(p)? | open)),
        GeometryCollection { geometries } => {
            geometries.iter().try_fold(false, |open, g| Ok(check_positions(&g.value)? | open))
        }
    }
}

fn check_lines(lines: &[Vec<geojson::Position>]) -> Result<bool, String> {
    lines.iter().try_fold(false, |open, line| Ok(check_line(line)? | open))
}

/// Whether the line ends elsewhere than it begins.
fn check_line(line: &[geojson::Position]) -> Result<bool, String> {
    match line.iter().find(|p| p.len() < 2) {
        Some(short) => Err(format!("a position has {} numbers, it needs two", short.len())),
        None => Ok(line.len() > 1 && line.first() != line.last()),
    }
}
