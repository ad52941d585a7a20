//! Geometry as files have it: GeoJSON, WKT, or WKB in hexadecimal.
//!
//! Coordinates stay in the unit and order of the source; rings are as they were drawn, and are made valid
//! by `spatial/repair.rs` once they are converted. Z and M are dropped. Curves are not read: what they were
//! drawn for is lost by any way of stroking them that was not asked for. Nesting is bounded, so no text can
//! exhaust the stack.

use crate::spatial::{Repair, wkb};
use geo::{Coord, CoordsIter, Geometry, MultiLineString, MultiPolygon};
use std::{borrow::Cow, str::FromStr};

/// The WKT parser descends into parentheses; a multipolygon in a collection needs four.
const WKT_DEPTH_MAX: usize = 32;

/// A geometry in the coordinates of its source, with the notes that only the reader can take.
pub(crate) struct RawGeometry {
    /// The geometry in the coordinates of its source.
    pub(crate) shape: Geometry<f64>,
    /// What was wrong with it that only the reader could see: a ring that was not closed.
    pub(crate) repairs: Vec<Repair>,
}

impl RawGeometry {
    /// From the text of a GeoJSON geometry.
    ///
    /// # Errors
    /// A reason in words, without texts of the file.
    pub(super) fn from_geojson(text: &str) -> Result<Self, String> {
        let parsed: geojson::Geometry = serde_json::from_str(text).map_err(|e| without_texts(&e.to_string()))?;
        let unclosed = check_positions(&parsed.value)?;
        let shape = Geometry::try_from(parsed).map_err(|e| e.to_string())?;
        Ok(Self { shape, repairs: unclosed.then_some(Repair::ClosedRing).into_iter().collect() })
    }

    /// From a CSV cell: WKT (an `SRID=…;` in front is passed over), WKB or EWKB in hexadecimal (also behind
    /// `\\x` or `0x`), or the text of a GeoJSON geometry or feature.
    ///
    /// # Errors
    /// A reason in words.
    pub(super) fn from_cell(cell: &str) -> Result<Self, String> {
        let cell = cell.trim();
        if cell.starts_with('{') {
            return Self::from_geojson(&geometry_of_feature(cell));
        }
        let shape = match hexadecimal(cell) {
            Some(digits) => from_wkb(digits)?,
            None => from_wkt(without_srid(cell))?,
        };
        Ok(Self { shape, repairs: Vec::new() })
    }

    /// Whether a cell is meant to be a geometry, be it a sound one or not.
    pub(super) fn is_likely(cell: &str) -> bool {
        let cell = cell.trim();
        if cell.starts_with('{') {
            return cell.contains("\"type\"") || cell.contains("coordinates");
        }
        if let Some(digits) = hexadecimal(cell) {
            return digits.len() >= WKB_MIN
                && digits.len().is_multiple_of(2)
                && (digits.starts_with("00") || digits.starts_with("01"));
        }
        let word = first_word(without_srid(cell));
        WKT_WORDS.contains(&word.as_str()) || is_curve(&word)
    }

    /// The polygons of the geometry; other parts of a collection are left out, which is noted.
    ///
    /// # Errors
    /// A reason in words if there is no polygon in it.
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

    /// Whether it has lines and no polygon.
    pub(crate) fn is_lines(&self) -> bool {
        has_lines(&self.shape)
    }

    /// The lines of the geometry; other parts of a collection are left out.
    ///
    /// # Errors
    /// A reason in words if there is no line in it.
    pub(crate) fn into_lines(self) -> Result<MultiLineString<f64>, String> {
        let found = kind(&self.shape);
        let mut lines = lines(self.shape);
        let is_none = lines.0.is_empty();
        lines.0.retain(|line| line.0.iter().any(|vertex| *vertex != line.0[0]));
        match (is_none, lines.0.is_empty()) {
            (true, _) => Err(format!("a line is needed, found a {found}")),
            (false, true) => Err("a line needs two different points".to_owned()),
            (false, false) => Ok(lines),
        }
    }

    /// The point of the geometry: a point, or a multipoint of one.
    ///
    /// # Errors
    /// A reason in words for any other geometry.
    pub(crate) fn as_point(&self) -> Result<Coord<f64>, String> {
        match &self.shape {
            Geometry::Point(p) => Ok(p.0),
            Geometry::MultiPoint(points) if points.0.len() == 1 => Ok(points.0[0].0),
            other => Err(format!("a point is needed, found a {}", kind(other))),
        }
    }
}

/// A message of the JSON reader without the texts of the file that it repeats.
pub(super) fn without_texts(message: &str) -> String {
    match (message.find(['"', '`']), message.rfind(['"', '`'])) {
        (Some(first), Some(last)) if first < last => format!("{}…{}", &message[..first], &message[last + 1..]),
        _ => message.to_owned(),
    }
}

/// What WKT begins with.
const WKT_WORDS: [&str; 7] =
    ["POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"];
/// Types of SQL/MM that are not read, in the order of their numbers in WKB, from [`FIRST_CURVE`] on.
const CURVES: [&str; 10] = [
    "CIRCULARSTRING",
    "COMPOUNDCURVE",
    "CURVEPOLYGON",
    "MULTICURVE",
    "MULTISURFACE",
    "CURVE",
    "SURFACE",
    "POLYHEDRALSURFACE",
    "TIN",
    "TRIANGLE",
];
/// The number of the first of them.
const FIRST_CURVE: u32 = 8;
/// Digits of the shortest WKB, an empty collection.
const WKB_MIN: usize = 18;

/// Whether a word of WKT is a type that is not read.
fn is_curve(word: &str) -> bool {
    CURVES.contains(&word)
}

/// Why a geometry of such a type is refused, and what helps.
fn no_curves(kind: &str) -> String {
    format!("{kind} is not read: make it lines first, for example with ST_CurveToLine in PostGIS")
}

/// The first word of WKT, in capital letters, without the dimensions that may be written to it.
fn first_word(text: &str) -> String {
    let word: String = text.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_uppercase();
    let bare = word.strip_suffix("ZM").or_else(|| word.strip_suffix(['Z', 'M'])).unwrap_or(&word);
    if WKT_WORDS.contains(&bare) || is_curve(bare) { bare.to_owned() } else { word }
}

/// WKT without the `SRID=…;` of EWKT.
fn without_srid(text: &str) -> &str {
    let has_srid = |(srid, _): &(&str, &str)| srid.len() > 5 && srid.as_bytes()[..5].eq_ignore_ascii_case(b"SRID=");
    text.split_once(';').filter(has_srid).map_or(text, |(_, wkt)| wkt.trim_start())
}

/// The digits of a cell that is hexadecimal from end to end, but for a mark in front.
fn hexadecimal(cell: &str) -> Option<&str> {
    let digits = ["\\\\x", "\\x", "0x", "0X"].iter().find_map(|mark| cell.strip_prefix(mark)).unwrap_or(cell);
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit())).then_some(digits)
}

/// The geometry of WKB in hexadecimal digits.
fn from_wkb(digits: &str) -> Result<Geometry<f64>, String> {
    let bytes = hex::decode(digits).map_err(|e| format!("not hexadecimal: {e}"))?;
    match wkb_type(&bytes) {
        Some(1..FIRST_CURVE) => wkb::read(&bytes).map_err(|e| e.to_string()),
        Some(number) => Err(match CURVES.get((number - FIRST_CURVE.min(number)) as usize) {
            Some(curve) if number >= FIRST_CURVE => no_curves(curve),
            _ => format!("not well-known binary: there is no type {number}"),
        }),
        None => Err("not well-known binary: it is too short".to_owned()),
    }
}

/// The number of the type of a WKB, without what says that it has Z, M or a system.
fn wkb_type(bytes: &[u8]) -> Option<u32> {
    let (order, kind) = bytes.split_first_chunk::<1>().and_then(|(o, rest)| Some((o[0], *rest.first_chunk::<4>()?)))?;
    let kind = if order == 0 { u32::from_be_bytes(kind) } else { u32::from_le_bytes(kind) };
    // EWKB has flags in the highest bits, ISO adds thousands.
    Some((kind & 0x0fff_ffff) % 1000)
}

/// The geometry of WKT.
fn from_wkt(text: &str) -> Result<Geometry<f64>, String> {
    let depth = |(depth, most): (usize, usize), c: char| match c {
        '(' => (depth + 1, most.max(depth + 1)),
        ')' => (depth.saturating_sub(1), most),
        _ => (depth, most),
    };
    if text.chars().fold((0, 0), depth).1 > WKT_DEPTH_MAX {
        return Err(format!("more than {WKT_DEPTH_MAX} parentheses inside one another"));
    }
    let words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    if let Some(curve) = words.map(first_word).find(|word| is_curve(word)) {
        return Err(no_curves(&curve));
    }
    let parsed = wkt::Wkt::<f64>::from_str(text).map_err(|e| format!("neither WKT nor WKB nor GeoJSON: {e}"))?;
    Geometry::try_from(parsed).map_err(|e| e.to_string())
}

/// The geometry of a GeoJSON feature; any other text as it is.
fn geometry_of_feature(text: &str) -> Cow<'_, str> {
    #[derive(serde::Deserialize)]
    struct Feature<'a> {
        #[serde(borrow)]
        geometry: Option<&'a serde_json::value::RawValue>,
    }
    let feature = serde_json::from_str::<Feature<'_>>(text).ok();
    feature.and_then(|feature| feature.geometry).map_or(Cow::Borrowed(text), |geometry| geometry.get().into())
}

/// All polygons of a geometry, those within collections included.
fn polygons(shape: Geometry<f64>) -> MultiPolygon<f64> {
    match shape {
        Geometry::Polygon(p) => MultiPolygon(vec![p]),
        Geometry::MultiPolygon(m) => m,
        Geometry::GeometryCollection(parts) => MultiPolygon(parts.into_iter().flat_map(polygons).collect()),
        _ => MultiPolygon(Vec::new()),
    }
}

/// All lines of a geometry, those within collections included.
fn lines(shape: Geometry<f64>) -> MultiLineString<f64> {
    match shape {
        Geometry::LineString(line) => MultiLineString(vec![line]),
        Geometry::MultiLineString(lines) => lines,
        Geometry::GeometryCollection(parts) => MultiLineString(parts.into_iter().flat_map(lines).collect()),
        _ => MultiLineString(Vec::new()),
    }
}

/// Whether a geometry holds lines and no polygon.
fn has_lines(shape: &Geometry<f64>) -> bool {
    match shape {
        Geometry::LineString(_) | Geometry::MultiLineString(_) => true,
        Geometry::GeometryCollection(parts) => {
            parts.iter().any(has_lines) && polygons(Geometry::GeometryCollection(parts.clone())).0.is_empty()
        }
        _ => false,
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

/// What a geometry is, for messages.
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

/// Whether any of some lines ends elsewhere than it begins.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(cell: &str) -> Result<&'static str, String> {
        RawGeometry::from_cell(cell).map(|geometry| kind(&geometry.shape))
    }

    #[test]
    fn every_dialect_is_read() {
        let wkb = "010100000000000000000059400000000000004940";
        for cell in [
            "POINT (100 50)",
            "point z (100 50 3)",
            "SRID=4326;POINT(100 50)",
            "srid=4490; POINT(100 50)",
            wkb,
            &format!("\\x{wkb}"),
            &format!("\\\\x{wkb}"),
            &format!("0x{wkb}"),
            r#"{"type":"Point","coordinates":[100,50]}"#,
            r#" {"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[100,50]}}"#,
        ] {
            assert!(RawGeometry::is_likely(cell), "{cell}");
            assert_eq!(kind_of(cell), Ok("point"), "{cell}");
            let at = RawGeometry::from_cell(cell).ok().and_then(|geometry| geometry.as_point().ok());
            assert_eq!(at, Some(Coord { x: 100.0, y: 50.0 }), "{cell}");
        }
    }

    #[test]
    fn curves_are_named() {
        for (cell, named) in [
            ("CURVEPOLYGON (CIRCULARSTRING (0 0, 1 1, 2 0, 1 -1, 0 0))", "CURVEPOLYGON is not read"),
            ("MULTISURFACE (((0 0, 1 1, 2 0, 0 0)))", "MULTISURFACE"),
            ("CIRCULARSTRINGZ (0 0 1, 1 1 1, 2 0 1)", "CIRCULARSTRING is"),
            ("GEOMETRYCOLLECTION (CompoundCurve ((0 0, 1 1)))", "COMPOUNDCURVE"),
            ("010a00000000000000", "CURVEPOLYGON"),
            ("0020000008000010e600000000", "CIRCULARSTRING"),
            ("013200000000000000", "not well-known binary"),
        ] {
            let reason = kind_of(cell).expect_err("refused");
            assert!(reason.contains(named), "{cell}: {reason}");
        }
    }

    #[test]
    fn an_attribute_is_no_geometry() {
        for cell in
            ["方形", "方形(大)", "ROUND (12 m)", "", "-", "0", "01", "pointed", "L型", "4403040010010100001", "{方}"]
        {
            assert!(!RawGeometry::is_likely(cell), "{cell}");
        }
        for cell in ["POLYGON ((", "POINT EMPTY", "polygon((1 2,3 4)", "{\"type\":\"Polygon\"}"] {
            assert!(RawGeometry::is_likely(cell), "{cell}");
        }
    }
}
