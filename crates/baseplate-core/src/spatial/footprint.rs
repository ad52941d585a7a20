//! Areas and lines straight from their bytes, which [`super::wkb`] wrote: how far an area is, its rings, its polygons, and lines.
//!
//! The bytes are little-endian WKB: one byte 1, `u32` type (2 line string, 3 polygon, 5 multi-line string, 6 multi-polygon), `u32` number of
//! parts, and so on down to vertices of two `f64`, longitude before latitude, degrees; rings are closed.
//! Whatever does not follow that is damage and gives `None`. Distances are measured in the [`Plane`] of the
//! asked point; whether the point is inside is decided with exact predicates in degrees, so a point on a
//! border is inside whatever the rounding.

use super::plane::Plane;
use geo_types::{Coord, LineString, MultiLineString, MultiPolygon, Polygon};
use robust::{Coord as Degrees, orient2d};

/// The first byte of little-endian WKB.
const LITTLE_ENDIAN: u8 = 1;
/// The type of a line string in WKB.
const LINE_STRING: u32 = 2;
/// The type of a polygon in WKB.
const POLYGON: u32 = 3;
/// The type of a multi-line string in WKB.
const MULTI_LINE_STRING: u32 = 5;
/// The type of a multi-polygon in WKB.
const MULTI_POLYGON: u32 = 6;
/// Bytes of a vertex.
const VERTEX: usize = 16;

/// Squared metres from the middle of a plane to an area; zero inside it and on its border. `None` if the bytes are
/// damaged or have no vertex.
pub(crate) fn distance2(bytes: &[u8], plane: &Plane) -> Option<f64> {
    let mut approach = Approach { plane, nearest2: f64::INFINITY, inside: false };
    let mut bytes = Bytes(bytes);
    match bytes.head()? {
        (POLYGON, rings) => approach.rings(&mut bytes, rings)?,
        (MULTI_POLYGON, polygons) => {
            for _ in 0..polygons {
                let (POLYGON, rings) = bytes.head()? else { return None };
                approach.rings(&mut bytes, rings)?;
            }
        }
        _ => return None,
    }
    let distance2 = if approach.inside { 0.0 } else { approach.nearest2 };
    distance2.is_finite().then_some(distance2)
}

/// The vertices of each ring of an area in degrees, open, in the order they are stored; `None` if the bytes are damaged.
pub(crate) fn rings(bytes: &[u8]) -> Option<Vec<impl DoubleEndedIterator<Item = Degrees<f64>> + '_>> {
    let mut bytes = Bytes(bytes);
    let mut rings: Vec<&[[u8; VERTEX]]> = Vec::with_capacity(1);
    match bytes.head()? {
        (POLYGON, count) => bytes.rings(count, &mut rings)?,
        (MULTI_POLYGON, polygons) => {
            for _ in 0..polygons {
                let (POLYGON, count) = bytes.head()? else { return None };
                bytes.rings(count, &mut rings)?;
            }
        }
        _ => return None,
    }
    Some(rings.into_iter().map(|open| open.iter().map(degrees)).collect())
}

/// The polygons of an area; `None` if the bytes are damaged.
pub(crate) fn area(bytes: &[u8]) -> Option<MultiPolygon<f64>> {
    let mut bytes = Bytes(bytes);
    match bytes.head()? {
        (POLYGON, rings) => bytes.polygon(rings).map(MultiPolygon::from),
        (MULTI_POLYGON, polygons) => {
            let polygon = |_| {
                let (POLYGON, rings) = bytes.head()? else { return None };
                bytes.polygon(rings)
            };
            (0..polygons).map(polygon).collect::<Option<_>>().map(MultiPolygon)
        }
        _ => None,
    }
}

/// The lines of a multi-line string; `None` if the bytes are damaged, or are those of an area.
pub(crate) fn lines(bytes: &[u8]) -> Option<MultiLineString<f64>> {
    let mut bytes = Bytes(bytes);
    let (MULTI_LINE_STRING, count) = bytes.head()? else { return None };
    let line = |_| {
        let (order, rest) = bytes.0.split_first()?;
        bytes.0 = rest;
        (*order == LITTLE_ENDIAN && bytes.number()? == LINE_STRING).then_some(())?;
        bytes.line()
    };
    (0..count).map(line).collect::<Option<_>>().map(MultiLineString)
}

fn degrees(bytes: &[u8; VERTEX]) -> Degrees<f64> {
    let number = |at: usize| f64::from_le_bytes(std::array::from_fn(|i| bytes[at + i]));
    Degrees { x: number(0), y: number(8) }
}

/// Bytes not read yet.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    /// The next `u32`.
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*number))
    }

    /// Type of a geometry and the number of its parts.
    fn head(&mut self) -> Option<(u32, u32)> {
        let (order, rest) = self.0.split_first()?;
        self.0 = rest;
        (*order == LITTLE_ENDIAN).then_some(())?;
        Some((self.number()?, self.number()?))
    }

    /// Rings without their last vertex, which is the first one again.
    fn rings(&mut self, count: u32, rings: &mut Vec<&'a [[u8; VERTEX]]>) -> Option<()> {
        for _ in 0..count {
            rings.extend(self.vertices()?.split_last().map(|(_, open)| open));
        }
        Some(())
    }

    fn polygon(&mut self, rings: u32) -> Option<Polygon<f64>> {
        let mut rings = (0..rings).map(|_| self.line()).collect::<Option<Vec<_>>>()?.into_iter();
        let exterior = rings.next().unwrap_or_else(|| LineString(Vec::new()));
        Some(Polygon::new(exterior, rings.collect()))
    }

    /// The next vertices, as a line.
    fn line(&mut self) -> Option<LineString<f64>> {
        let vertex = |bytes: &[u8; VERTEX]| {
            let Degrees { x, y } = degrees(bytes);
            Coord { x, y }
        };
        Some(LineString(self.vertices()?.iter().map(vertex).collect()))
    }

    /// The vertices of the next ring or line, still as bytes.
    fn vertices(&mut self) -> Option<&'a [[u8; VERTEX]]> {
        let length = usize::try_from(self.number()?).ok()?.checked_mul(VERTEX)?;
        let (vertices, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(vertices.as_chunks().0)
    }
}

/// A vertex in degrees and in metres from the middle.
#[derive(Clone, Copy)]
struct Vertex {
    degrees: Degrees<f64>,
    x: f64,
    y: f64,
}

/// What is known after some rings.
struct Approach<'a> {
    plane: &'a Plane,
    /// Squared metres to the nearest edge.
    nearest2: f64,
    /// Whether an odd number of edges lies to the east.
    inside: bool,
}

impl Approach<'_> {
    fn rings(&mut self, bytes: &mut Bytes<'_>, count: u32) -> Option<()> {
        for _ in 0..count {
            let mut vertices = bytes.vertices()?.iter().map(|v| self.plane.vertex(v));
            let Some(mut from) = vertices.next() else { continue };
            for to in vertices {
                self.edge(from, to);
                from = to;
            }
        }
        Some(())
    }

    /// Takes an edge into account: how near it comes, and whether the ray from the middle to the east
    /// crosses it.
    #[inline]
    fn edge(&mut self, a: Vertex, b: Vertex) {
        self.nearest2 = self.nearest2.min(to_edge2(a, b));
        if !spans_zero(a.y, b.y) {
            return;
        }
        let crosses_level = (a.y > 0.0) != (b.y > 0.0);
        if !spans_zero(a.x, b.x) {
            self.inside ^= crosses_level && a.x > 0.0;
            return;
        }
        let side = orient2d(a.degrees, b.degrees, self.plane.middle());
        if side == 0.0 {
            self.nearest2 = 0.0;
        }
        self.inside ^= crosses_level && (side > 0.0) == (b.y > a.y);
    }
}

impl Plane {
    /// A vertex in degrees and in metres from the middle.
    #[inline]
    fn vertex(&self, bytes: &[u8; VERTEX]) -> Vertex {
        let degrees = degrees(bytes);
        Vertex { degrees, x: self.east(degrees.x), y: self.north(degrees.y) }
    }

    fn middle(&self) -> Degrees<f64> {
        Degrees { x: self.origin.lng, y: self.origin.lat }
    }
}

/// Whether zero lies between two values, or is one of them.
fn spans_zero(p: f64, q: f64) -> bool {
    p.min(q) <= 0.0 && 0.0 <= p.max(q)
}

/// Squared metres from the middle to an edge. The nearest point is kept inside the edge's box, which
/// rounding could leave, so that the box of an area is never farther than the area.
fn to_edge2(a: Vertex, b: Vertex) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let (along, length2) = (-(a.x * dx + a.y * dy), dx * dx + dy * dy);
    let (x, y) = if along <= 0.0 || length2 == 0.0 {
        (a.x, a.y)
    } else if along >= length2 {
        (b.x, b.y)
    } else {
        let t = along / length2;
        (between(a.x + t * dx, a.x, b.x), between(a.y + t * dy, a.y, b.y))
    };
    x * x + y * y
}

fn between(v: f64, p: f64, q: f64) -> f64 {
    v.max(p.min(q)).min(p.max(q))
}

#[cfg(test)]
#[cfg(feature = "build")]
mod tests {
    use super::*;
    use crate::spatial::{Bbox, LngLat, Metric, wkb::write_area};
    use geo::{LineString, MultiPolygon, Polygon, Translate};
    use proptest::prelude::*;

    /// A star-shaped area around (114, 22.5), with a hole of half its size, and a second part 0.01° to the east.
    fn area(radii: &[u8]) -> MultiPolygon<f64> {
        let ring = |scale: f64| {
            let vertex = |(i, r): (usize, &u8)| {
                let (sin, cos) = (std::f64::consts::TAU * i as f64 / radii.len() as f64).sin_cos();
                let r = scale * (1.0 + f64::from(*r)) * 1e-6;
                (114.0 + r * cos, 22.5 + r * sin)
            };
            let open: Vec<_> = radii.iter().enumerate().map(vertex).collect();
            LineString::from_iter(open.iter().chain(open.first()).copied())
        };
        let first = Polygon::new(ring(1.0), vec![ring(0.5)]);
        let second = Polygon::new(ring(1.0), vec![]).translate(0.01, 0.0);
        MultiPolygon(vec![first, second])
    }

    fn ours(area: &MultiPolygon<f64>, p: LngLat) -> Option<f64> {
        distance2(&write_area(area), &Plane::around(p)?).map(f64::sqrt)
    }

    proptest! {
        #[test]
        fn it_agrees_with_geo(
            radii in prop::collection::vec(any::<u8>(), 3..20),
            (x, y) in (-400..10_500_i32, -400..400_i32),
        ) {
            let (area, p) = (area(&radii), LngLat::new(114.0 + f64::from(x) * 1e-6, 22.5 + f64::from(y) * 1e-6));
            let (found, expected) = (ours(&area, p).expect("not empty"), Metric::at(p.lat).distance_to_area(p, &area));
            prop_assert!((found - expected).abs() < 1e-6, "{found} {expected}");
            let bound = Plane::around(p).expect("on Earth").to_box(Bbox::of(&area).0).sqrt();
            prop_assert!(bound <= found, "{bound} {found}");
        }

        #[test]
        fn vertices_and_middles_of_edges_are_at_no_distance(radii in prop::collection::vec(any::<u8>(), 3..20)) {
            let area = area(&radii);
            for line in area.0.iter().flat_map(|p| p.exterior().lines().chain(p.interiors()[..].iter().flat_map(LineString::lines))) {
                prop_assert_eq!(ours(&area, line.start.into()), Some(0.0));
                let middle = ours(&area, ((line.start + line.end) / 2.0).into()).expect("not empty");
                prop_assert!(middle < 1e-8, "{}", middle);
            }
        }

        #[test]
        fn damaged_bytes_give_a_distance_or_none(cut in 0..400_usize, at in 0..400_usize, value: u8) {
            let mut bytes = write_area(&area(&[9, 7, 8]));
            let plane = Plane::around(LngLat::new(114.0, 22.5)).expect("on Earth");
            prop_assert!(distance2(&bytes[..cut.min(bytes.len() - 1)], &plane).is_none());
            let at = at % bytes.len();
            bytes[at] = value;
            prop_assert!(distance2(&bytes, &plane).is_none_or(|d| d >= 0.0));
        }
    }

    #[test]
    fn a_hole_is_outside() {
        let area = area(&[200; 12]);
        assert!(ours(&area, LngLat::new(114.0, 22.5)).expect("not empty") > 9.0);
        assert_eq!(ours(&area, LngLat::new(114.00015, 22.5)), Some(0.0));
        assert_eq!(ours(&area, LngLat::new(114.01, 22.5)), Some(0.0));
    }
}
