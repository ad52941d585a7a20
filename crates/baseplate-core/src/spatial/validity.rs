//! Whether an area is valid, without comparing every edge with every other.
//!
//! The full check of `geo` takes time with the square of the edges: 2 s for a ring of 20,000 vertices. Most
//! large areas touch nothing, themselves included; an R-tree over their edges shows that in time that grows
//! a little faster than the edges. Only areas whose rings touch pay for the full check, and beyond
//! [`MANY_EDGES`] they are taken for invalid, so that they are rebuilt.

use geo::{
    BoundingRect, Contains, Coord, Intersects, Line, LineString, MultiPolygon, Point, Polygon, Validation,
    line_intersection::{LineIntersection, line_intersection},
};
use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};
use std::collections::{BTreeMap, BTreeSet};

/// Areas with fewer edges go straight to the full check, which compares all pairs.
const FEW_EDGES: usize = 256;
/// Areas with more edges never do: whether they are valid although their rings touch is not asked, and they are rebuilt.
const MANY_EDGES: usize = 30_000;
/// Pairs of edges whose boxes meet that are looked at, of one area: some seconds' work.
const PAIRS_MAX: usize = 50_000_000;

/// Whether an area is valid by the rules of Simple Features. Large areas whose rings neither cross nor touch anything
/// are recognised quickly; only others need the full check of `geo`, whose time grows with the square of the edges. Where there are
/// too many for that the answer is no.
pub(crate) fn is_valid(area: &MultiPolygon<f64>) -> bool {
    let edges: usize = rings(area).map(|ring| ring.0.len()).sum();
    (edges >= FEW_EDGES && is_plainly_valid(area)) || (edges <= MANY_EDGES && area.is_valid())
}

/// Whether an area is valid, and none of its polygons is cut into parts that hang together at points only.
pub(super) fn is_whole(area: &MultiPolygon<f64>) -> bool {
    let edges: usize = rings(area).map(|ring| ring.0.len()).sum();
    // What touches nothing is not cut apart either.
    (edges >= FEW_EDGES && is_plainly_valid(area))
        || (edges <= MANY_EDGES && area.is_valid() && !area.iter().any(is_cut_apart))
}

/// All rings of an area.
fn rings(area: &MultiPolygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    area.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
}

/// True only if no edge meets another but at the vertex they share in a ring, holes lie in their exterior and beside one
/// another, and polygons lie apart. Rings that touch (which may be valid) give false.
fn is_plainly_valid(area: &MultiPolygon<f64>) -> bool {
    rings(area).all(|ring| ring.0.len() >= 4 && ring.is_closed()) && edges_stay_apart(area) && is_nested(area)
}

/// Whether holes that touch the exterior or one another cut a polygon into parts that hang together at points only, which
/// the validity check of `geo` lets pass: so it is if the rings and the points where they touch form a circle.
pub(super) fn is_cut_apart(polygon: &Polygon<f64>) -> bool {
    if polygon.interiors().is_empty() {
        return false;
    }
    let rings: Vec<&LineString<f64>> = std::iter::once(polygon.exterior()).chain(polygon.interiors()).collect();
    let mut touches: BTreeMap<(u64, u64), BTreeSet<usize>> = BTreeMap::new();
    for (one, other) in (0..rings.len()).flat_map(|one| (0..rings.len()).map(move |other| (one, other))) {
        if one != other {
            for vertex in vertices_on(rings[one], rings[other]) {
                touches.entry((vertex.x.to_bits(), vertex.y.to_bits())).or_default().extend([one, other]);
            }
        }
    }
    let mut group: Vec<usize> = (0..rings.len()).collect();
    for meeting in touches.values() {
        let groups: BTreeSet<usize> = meeting.iter().map(|ring| group[*ring]).collect();
        if groups.len() < meeting.len() {
            return true;
        }
        let joined = groups.first().copied().unwrap_or_default();
        group.iter_mut().filter(|g| groups.contains(g)).for_each(|g| *g = joined);
    }
    false
}

/// The vertices of one ring that lie on another.
fn vertices_on<'r>(ring: &'r LineString<f64>, other: &'r LineString<f64>) -> impl Iterator<Item = Coord<f64>> + 'r {
    let around = other.bounding_rect();
    let near = move |c: &Coord<f64>| around.is_some_and(|rect| rect.intersects(c));
    ring.0.iter().skip(1).copied().filter(near).filter(move |c| other.intersects(c))
}

type Leaf = GeomWithData<Rectangle<[f64; 2]>, (usize, usize)>;

/// Whether more pairs of edges than `limit` cross, or more have boxes that meet than can be looked at.
pub(super) fn crosses_more_than(area: &MultiPolygon<f64>, limit: usize) -> bool {
    let lines: Vec<Line<f64>> = rings(area).flat_map(LineString::lines).collect();
    let leaf = |(at, line): (usize, &Line<f64>)| {
        GeomWithData::new(Rectangle::from_corners([line.start.x, line.start.y], [line.end.x, line.end.y]), at)
    };
    let tree = RTree::bulk_load(lines.iter().enumerate().map(leaf).collect());
    let (mut found, mut pairs) = (0, 0);
    for (at, line) in lines.iter().enumerate() {
        let envelope = AABB::from_corners([line.start.x, line.start.y], [line.end.x, line.end.y]);
        for other in tree.locate_in_envelope_intersecting(envelope).filter(|other| other.data > at) {
            let crossing = line_intersection(*line, lines[other.data]);
            found += usize::from(matches!(crossing, Some(LineIntersection::SinglePoint { is_proper: true, .. })));
            pairs += 1;
            if found > limit || pairs > PAIRS_MAX {
                return true;
            }
        }
    }
    false
}

/// Whether no edge meets another but at the vertex that two following ones share; also false if more than
/// [`PAIRS_MAX`] pairs would have to be looked at.
fn edges_stay_apart(area: &MultiPolygon<f64>) -> bool {
    let edge = |ring: &LineString<f64>, at: usize| Line::new(ring.0[at], ring.0[at + 1]);
    let all: Vec<&LineString<f64>> = rings(area).collect();
    let leaf = |(ring, at): (usize, usize)| {
        let line = edge(all[ring], at);
        Leaf::new(Rectangle::from_corners([line.start.x, line.start.y], [line.end.x, line.end.y]), (ring, at))
    };
    let places = || (0..all.len()).flat_map(|ring| (0..all[ring].0.len() - 1).map(move |at| (ring, at)));
    let tree = RTree::bulk_load(places().map(leaf).collect());
    let mut pairs = 0;
    places().all(|(ring, at)| {
        let line = edge(all[ring], at);
        let count = all[ring].0.len() - 1;
        let envelope = AABB::from_corners([line.start.x, line.start.y], [line.end.x, line.end.y]);
        tree.locate_in_envelope_intersecting(envelope).all(|other| {
            pairs += 1;
            pairs <= PAIRS_MAX
                && match other.data {
                    other if other <= (ring, at) => true,
                    (other_ring, other_at)
                        if other_ring == ring && (other_at == at + 1 || (at == 0 && other_at == count - 1)) =>
                    {
                        let (before, after) = if other_at == at + 1 { (at, other_at) } else { (other_at, at) };
                        !folds_back(edge(all[ring], before), edge(all[ring], after))
                    }
                    (other_ring, other_at) => !line.intersects(&edge(all[other_ring], other_at)),
                }
        })
    })
}

/// Whether the second edge runs back over the first.
fn folds_back(first: Line<f64>, second: Line<f64>) -> bool {
    let exact = |c: Coord<f64>| robust::Coord { x: c.x, y: c.y };
    let turn = robust::orient2d(exact(first.start), exact(first.end), exact(second.end));
    let (back, on) = (first.start - first.end, second.end - second.start);
    first.start == first.end || second.start == second.end || (turn == 0.0 && back.x * on.x + back.y * on.y > 0.0)
}

/// Whether holes lie in their exterior and beside one another, and polygons beside one another, for rings
/// that do not meet: then one vertex says where a ring lies.
fn is_nested(area: &MultiPolygon<f64>) -> bool {
    let shell = |p: &Polygon<f64>| Polygon::new(p.exterior().clone(), Vec::new());
    let shells: Vec<Polygon<f64>> = area.iter().map(shell).collect();
    let inside = |ring: &LineString<f64>, around: &Polygon<f64>| {
        let near = around.bounding_rect().is_some_and(|rect| rect.intersects(&ring.0[0]));
        near && around.contains(&Point(ring.0[0]))
    };
    let holes_fit = area.iter().zip(&shells).all(|(polygon, shell)| {
        let holes: Vec<_> = polygon.interiors().iter().map(|hole| Polygon::new(hole.clone(), Vec::new())).collect();
        let apart = |i: usize| (0..holes.len()).all(|j| i == j || !inside(holes[i].exterior(), &holes[j]));
        holes.iter().all(|hole| inside(hole.exterior(), shell)) && (0..holes.len()).all(apart)
    });
    let apart = |i: usize| area.iter().enumerate().all(|(j, other)| i == j || !inside(shells[i].exterior(), other));
    holes_fit && (0..shells.len()).all(apart)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;
    use proptest::prelude::*;

    #[test]
    fn nesting_is_seen() {
        let hole_outside = wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,0. 0.),(5. 5.,6. 5.,6. 6.,5. 5.))));
        let hole_in_hole =
            wkt!(MULTIPOLYGON(((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.),(1. 1.,8. 1.,8. 8.,1. 1.),(4. 2.,5. 2.,5. 3.,4. 2.))));
        let one_in_another = wkt!(MULTIPOLYGON(((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.)),((1. 1.,2. 1.,2. 2.,1. 1.))));
        let island =
            wkt!(MULTIPOLYGON(((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.),(1. 1.,8. 1.,8. 8.,1. 1.)),((4. 2.,5. 2.,5. 3.,4. 2.))));
        let answers = [&hole_outside, &hole_in_hole, &one_in_another, &island].map(is_plainly_valid);
        assert_eq!(answers, [false, false, false, true]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// What is called plainly valid is valid, for rings on a small lattice, where every accident happens.
        #[test]
        fn plainly_valid_is_valid(rings in prop::collection::vec(prop::collection::vec((0..7_i32, 0..7_i32), 3..8), 1..4)) {
            let ring = |r: &Vec<(i32, i32)>| -> LineString<f64> {
                r.iter().map(|(x, y)| Coord { x: f64::from(*x), y: f64::from(*y) }).collect::<Vec<_>>().into()
            };
            let one = MultiPolygon(vec![Polygon::new(ring(&rings[0]), rings[1..].iter().map(ring).collect())]);
            let several = MultiPolygon(rings.iter().map(|r| Polygon::new(ring(r), vec![])).collect());
            for area in [one, several] {
                prop_assert!(!is_plainly_valid(&area) || area.is_valid(), "{:?}", area);
            }
        }
    }
}
