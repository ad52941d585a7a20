//! Whether a point lies in an area.

use geo_types::{Coord, LineString, MultiPolygon};
use robust::orient2d;

/// Whether a valid area contains a point or touches it: exactly, with the coordinates taken as real numbers.
pub(crate) fn covers(area: &MultiPolygon<f64>, p: Coord<f64>) -> bool {
    let rings = area.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    let mut inside = false;
    for edge in rings.flat_map(LineString::lines) {
        let (a, b) = (edge.start, edge.end);
        let side = orient2d(exact(a), exact(b), exact(p));
        if side == 0.0 && is_between(p.x, a.x, b.x) && is_between(p.y, a.y, b.y) {
            return true;
        }
        inside ^= (a.y > p.y) != (b.y > p.y) && (side > 0.0) == (b.y > a.y);
    }
    inside
}

fn is_between(v: f64, p: f64, q: f64) -> bool {
    p.min(q) <= v && v <= p.max(q)
}

fn exact(c: Coord<f64>) -> robust::Coord<f64> {
    robust::Coord { x: c.x, y: c.y }
}

#[cfg(test)]
#[cfg(feature = "build")]
mod tests {
    use super::*;
    use crate::spatial::is_valid;
    use geo::{Area, Intersects, Orient, Point, Polygon, orient::Direction};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// On a small lattice, where points lie on edges and vertices, and rings in rings.
        #[test]
        fn it_agrees_with_geo(
            outer in prop::collection::vec((0..7_i32, 0..7_i32), 3..8),
            hole in prop::collection::vec((0..7_i32, 0..7_i32), 3..5),
        ) {
            let ring = |r: &[(i32, i32)]| -> LineString<f64> {
                r.iter().map(|(x, y)| Coord { x: f64::from(*x), y: f64::from(*y) }).collect::<Vec<_>>().into()
            };
            for area in [Polygon::new(ring(&outer), vec![ring(&hole)]), Polygon::new(ring(&outer), vec![])] {
                let area = MultiPolygon(vec![area]).orient(Direction::Default);
                // The check of `geo` lets rings without an area pass.
                let is_flat = |ring: &LineString<f64>| Polygon::new(ring.clone(), vec![]).unsigned_area() == 0.0;
                if !is_valid(&area) || area.iter().any(|p| is_flat(p.exterior()) || p.interiors().iter().any(is_flat)) {
                    continue;
                }
                for (x, y) in (-1..15).flat_map(|x| (-1..15).map(move |y| (f64::from(x) / 2.0, f64::from(y) / 2.0))) {
                    prop_assert_eq!(covers(&area, Coord { x, y }), area.intersects(&Point::new(x, y)), "{} {}", x, y);
                }
            }
        }
    }
}
