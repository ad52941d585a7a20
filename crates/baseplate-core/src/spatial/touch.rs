//! Whether an area or lines touch a box.

use super::{Bbox, inside::covers};
use geo_types::{Coord, Line, LineString, MultiLineString, MultiPolygon};
use robust::orient2d;

/// Whether a valid area and a box have a point in common: exactly, with the coordinates taken as real numbers. The box may be a point.
pub(crate) fn touches(area: &MultiPolygon<f64>, bbox: Bbox) -> bool {
    let Bbox([west, south, ..]) = bbox;
    let rings = area.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    let mut edges = rings.flat_map(LineString::lines);
    // Where no edge touches the box, all of it is inside or outside.
    edges.any(|edge| edge_touches(edge, bbox)) || covers(area, Coord { x: west, y: south })
}

/// The same for lines.
pub(crate) fn lines_touch(lines: &MultiLineString<f64>, bbox: Bbox) -> bool {
    lines.iter().flat_map(LineString::lines).any(|edge| edge_touches(edge, bbox))
}

fn edge_touches(edge: Line<f64>, bbox: Bbox) -> bool {
    let own: Bbox = [edge.start, edge.end].into_iter().collect();
    if own.intersection(bbox).is_none() {
        return false;
    }
    let Bbox([west, south, east, north]) = bbox;
    let exact = |x, y| robust::Coord { x, y };
    let (from, to) = (exact(edge.start.x, edge.start.y), exact(edge.end.x, edge.end.y));
    let sides = [(west, south), (east, south), (east, north), (west, north)];
    let sides = sides.map(|(x, y)| orient2d(from, to, exact(x, y)));
    // The edge passes by the box if all corners are on one side of it.
    !(sides.iter().all(|side| *side > 0.0) || sides.iter().all(|side| *side < 0.0))
}

#[cfg(test)]
#[cfg(feature = "build")]
mod tests {
    use super::*;
    use crate::spatial::is_valid;
    use geo::{Coord, Intersects, Orient, Polygon, Rect, orient::Direction};
    use proptest::prelude::*;

    #[test]
    fn lines_touch_what_they_cross() {
        let line = MultiLineString(vec![LineString::from(vec![(0.0, 0.0), (4.0, 4.0), (8.0, 0.0)])]);
        let touched = [[3.0, 3.0, 5.0, 5.0], [1.0, 1.0, 1.0, 1.0], [2.0, 0.0, 6.0, 2.0], [5.0, 2.0, 7.0, 9.0]];
        for bbox in touched {
            let [west, south, east, north] = bbox;
            let rect = Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north });
            assert_eq!(lines_touch(&line, Bbox(bbox)), line.intersects(&rect), "{bbox:?}");
        }
        assert!(!lines_touch(&line, Bbox([3.0, 0.0, 5.0, 2.0])) && lines_touch(&line, Bbox([0.0, 0.0, 0.0, 0.0])));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        /// On a small lattice, where corners lie on edges and vertices, and boxes in holes.
        #[test]
        fn it_agrees_with_geo(
            outer in prop::collection::vec((0..9_i32, 0..9_i32), 3..8),
            hole in prop::collection::vec((0..9_i32, 0..9_i32), 3..5),
        ) {
            let ring = |r: &[(i32, i32)]| -> LineString<f64> {
                r.iter().map(|(x, y)| Coord { x: f64::from(*x), y: f64::from(*y) }).collect::<Vec<_>>().into()
            };
            for area in [Polygon::new(ring(&outer), vec![ring(&hole)]), Polygon::new(ring(&outer), vec![])] {
                let area = MultiPolygon(vec![area]).orient(Direction::Default);
                if !is_valid(&area) {
                    continue;
                }
                for (x, y, side) in (0..9).flat_map(|x| (0..9).flat_map(move |y| [1, 3].map(|side| (x, y, side)))) {
                    let [west, south] = [x, y].map(f64::from);
                    let (east, north) = (west + f64::from(side), south + 1.0);
                    let rect = Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north });
                    let found = touches(&area, Bbox([west, south, east, north]));
                    prop_assert_eq!(found, area.intersects(&rect), "{} {} {}", x, y, side);
                }
            }
        }
    }
}
