//! Areas laid over one another: what the rings of a polygon bound, what areas cover together, what they
//! leave out.
//!
//! The overlay works on a lattice of whole numbers that is fitted to the box of its input, about 2⁻²⁹ of
//! its half. Vertices of the input come back to where they were; new ones, where edges cross, stay on the
//! lattice. So neighbours that shared a vertex still share it, and two results differ only where edges
//! cross.
//!
//! Everything is measured in the units of the input, degrees as a rule. Callers for whom that lattice is
//! too coarse move the input near the origin first. The overlay may panic on rings that meet in many
//! points; where its own assembly of holes is asked for the panic is caught, and otherwise it gives rings
//! only, which are put together here.

use super::{Bbox, is_valid, rows_touching, rtree, validity::is_cut_apart};
use geo::{
    Area, Contains, Coord, InteriorPoint, LineString, MultiPolygon, Orient, Polygon, RemoveRepeatedPoints,
    orient::Direction,
};
use i_overlay::{
    core::{fill_rule::FillRule, overlay_rule::OverlayRule},
    float::overlay::{FloatOverlay, OverlayOptions},
    i_shape::flat::float::FloatFlatContoursBuffer,
};
use rstar::RTree;
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Steps of the lattice from the middle of its box to the border, at least.
const LATTICE_STEPS: f64 = (1 << 28) as f64;
/// How far the overlay may move a vertex, steps of the lattice.
const MOVED_STEPS: f64 = 2.0;
/// The margin of a frame around areas, as a share of their box.
const MARGIN: f64 = 0.01;

type Path = Vec<[f64; 2]>;

/// What the rings of a polygon bound by the odd-even rule: a point is inside if a way out crosses an odd number of edges,
/// whichever ring they belong to and however it is wound.
pub(crate) fn odd_even(polygon: &Polygon<f64>) -> MultiPolygon<f64> {
    overlay(&rings(polygon).map(path).collect::<Vec<_>>(), FillRule::EvenOdd)
}

/// The ground that any of some areas covers. Each of their polygons must be valid; how it is wound does not matter. A
/// polygon whose box touches no other comes back as it is.
pub(crate) fn union<'a>(areas: impl IntoIterator<Item = &'a MultiPolygon<f64>>) -> MultiPolygon<f64> {
    // A union counts how often rings wind around a point: those of a polygon that is wound the other way would be taken off.
    let parts: Vec<_> = areas
        .into_iter()
        .flatten()
        .filter(|p| p.unsigned_area() > 0.0)
        .map(|polygon| polygon.orient(Direction::Default))
        .collect();
    let group = groups(&parts);
    let mut members: Vec<Vec<Polygon<f64>>> = vec![Vec::new(); parts.len()];
    group.into_iter().zip(parts).for_each(|(group, part)| members[group].push(part));
    let joined = |parts: Vec<Polygon<f64>>| match parts.len() {
        0 | 1 => parts,
        _ => overlay(&parts.iter().flat_map(rings).map(path).collect::<Vec<_>>(), FillRule::Positive).0,
    };
    MultiPolygon(members.into_iter().flat_map(joined).collect())
}

/// The ground that two areas have in common. Both must be valid.
pub(crate) fn common(one: &MultiPolygon<f64>, other: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    MultiPolygon(combined(&paths(one), &paths(other), OverlayRule::Intersect, FillRule::EvenOdd))
}

/// The ground of one area that another does not cover. Both must be valid.
pub(crate) fn outside(one: &MultiPolygon<f64>, other: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    MultiPolygon(combined(&paths(one), &paths(other), OverlayRule::Difference, FillRule::EvenOdd))
}

/// The rings of all polygons of an area, open.
fn paths(area: &MultiPolygon<f64>) -> Vec<Path> {
    area.iter().flat_map(rings).map(path).collect()
}

/// The regions that areas enclose without covering them; each hangs together by more than points. The areas must be valid and
/// oriented.
pub(crate) fn enclosed<'a>(areas: impl IntoIterator<Item = &'a MultiPolygon<f64>>) -> Vec<Polygon<f64>> {
    let paths: Vec<Path> = areas.into_iter().flatten().flat_map(rings).map(path).collect();
    let whole = corners(&paths);
    if whole.is_empty() {
        return Vec::new();
    }
    let [w, s, e, n] = whole.0;
    let margin = MARGIN * (e - w).max(n - s);
    let [w, s, e, n] = [w - margin, s - margin, e + margin, n + margin];
    let frame: Vec<Path> = vec![vec![[w, s], [e, s], [e, n], [w, n]]];
    // Grids that meet in two points cut the ground apart.
    let around = parted(&frame, &paths, OverlayRule::Difference, FillRule::NonZero)
        .unwrap_or_else(|| combined(&frame, &paths, OverlayRule::Difference, FillRule::NonZero));
    // What reaches the frame is the world outside.
    let left = |polygon: &Polygon<f64>| polygon.exterior().0.iter().map(|c| c.x).fold(f64::INFINITY, f64::min);
    around.into_iter().filter(|polygon| left(polygon) > w + margin / 2.0).collect()
}

/// A number for each polygon, the same for all that hang together by boxes that touch.
fn groups(parts: &[Polygon<f64>]) -> Vec<usize> {
    let boxes: Vec<Bbox> = parts.iter().map(|part| rings(part).flat_map(|ring| &ring.0).copied().collect()).collect();
    let tree = rtree(boxes.iter().copied());
    let mut group = vec![usize::MAX; parts.len()];
    for first in 0..parts.len() {
        let mut open = vec![first];
        while let Some(part) = open.pop() {
            if group[part] == usize::MAX {
                group[part] = first;
                open.extend(rows_touching(&tree, boxes[part]).into_iter().map(|row| row as usize));
            }
        }
    }
    group
}

/// How the overlay is run: with every vertex of the input kept.
fn options() -> OverlayOptions<f64> {
    // Vertices in a straight run are corners of a neighbour.
    OverlayOptions { preserve_input_collinear: true, preserve_output_collinear: true, ..OverlayOptions::ogc() }
}

/// What paths bound by a rule, with the vertices of the paths where they were.
fn overlay(paths: &[Path], rule: FillRule) -> MultiPolygon<f64> {
    let found = MultiPolygon(combined(paths, &[], OverlayRule::Subject, rule));
    let is_cut = found.iter().any(is_cut_apart);
    let found = match is_cut {
        true => parted(paths, &[], OverlayRule::Subject, rule).map_or(found, MultiPolygon),
        false => found,
    };
    let [w, s, e, n] = corners(paths).0;
    let moved = MOVED_STEPS * (e - w).max(n - s) / 2.0 / LATTICE_STEPS;
    let given = RTree::bulk_load(paths.concat());
    let restored = MultiPolygon(found.iter().map(|polygon| restored(polygon, &given, moved)).collect());
    let restored = restored.remove_repeated_points();
    let best = if is_valid(&restored) { restored } else { found };
    best.orient(Direction::Default)
}

/// A polygon whose vertices are moved back to given ones that lie within `moved` of them in either
/// direction.
fn restored(polygon: &Polygon<f64>, given: &RTree<[f64; 2]>, moved: f64) -> Polygon<f64> {
    let ring = |ring: &LineString<f64>| restored_ring(ring, given, moved);
    Polygon::new(ring(polygon.exterior()), polygon.interiors().iter().map(ring).collect())
}

/// A ring with given vertices where they were given, and without new ones in a straight run.
fn restored_ring(ring: &LineString<f64>, given: &RTree<[f64; 2]>, moved: f64) -> LineString<f64> {
    let open = &ring.0[..ring.0.len().saturating_sub(1)];
    let back = |at: usize| {
        let c = open[at];
        let near = given.nearest_neighbor([c.x, c.y]).map(|v| Coord { x: v[0], y: v[1] });
        let near = near.filter(|v| (v.x - c.x).abs() <= moved && (v.y - c.y).abs() <= moved);
        let (before, after) = (open[(at + open.len() - 1) % open.len()], open[(at + 1) % open.len()]);
        near.or((off_line(before, c, after) > moved).then_some(c))
    };
    let mut kept: Vec<_> = (0..open.len()).filter_map(back).collect();
    kept.extend(kept.first().copied());
    LineString(kept)
}

/// How far a point lies beside the line through two others.
fn off_line(before: Coord<f64>, at: Coord<f64>, after: Coord<f64>) -> f64 {
    let (along, to) = (after - before, at - before);
    (along.x * to.y - along.y * to.x).abs() / along.x.hypot(along.y).max(f64::MIN_POSITIVE)
}

/// The box of some paths.
fn corners(paths: &[Path]) -> Bbox {
    paths.iter().flatten().map(|[x, y]| Coord { x: *x, y: *y }).collect()
}

/// The exterior of a polygon, then its holes.
fn rings(polygon: &Polygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors())
}

/// The vertices of a ring, the last one not repeated.
fn path(ring: &LineString<f64>) -> Path {
    ring.0.iter().skip(1).map(|c| [c.x, c.y]).collect()
}

/// What a rule makes of two sets of paths. The overlay's own way of putting holes into polygons can fail on rings that meet in
/// many points, so it gives rings, and they are put together here.
fn combined(subject: &[Path], clip: &[Path], rule: OverlayRule, fill: FillRule) -> Vec<Polygon<f64>> {
    let mut found = FloatFlatContoursBuffer::with_capacity(0, 0);
    FloatOverlay::with_subj_and_clip_custom(subject, clip, options(), Default::default())
        .overlay_into(rule, fill, &mut found);
    let contours = found.ranges.iter().filter_map(|range| found.points.get(range.clone()));
    assembled(contours.flat_map(loops))
}

/// The same as areas that hang together by more than points, where holes in a circle cut one apart; `None` if the overlay fails.
fn parted(subject: &[Path], clip: &[Path], rule: OverlayRule, fill: FillRule) -> Option<Vec<Polygon<f64>>> {
    let shapes =
        || FloatOverlay::with_subj_and_clip_custom(subject, clip, options(), Default::default()).overlay(rule, fill);
    // It puts holes into shapes by itself, and may reach beyond an array on the way.
    let shapes = catch_unwind(AssertUnwindSafe(shapes)).ok()?;
    let ring = |path: Path| LineString(path.into_iter().map(|[x, y]| Coord { x, y }).collect());
    let polygon = |shape: Vec<Path>| {
        let mut rings = shape.into_iter().map(ring);
        rings.next().map(|exterior| Polygon::new(exterior, rings.collect()))
    };
    Some(shapes.into_iter().filter_map(polygon).collect())
}

/// A ring as loops that pass every vertex once: areas that meet in a point are areas of their own.
fn loops(contour: &[[f64; 2]]) -> Vec<LineString<f64>> {
    let key = |[x, y]: [f64; 2]| (x.to_bits(), y.to_bits());
    let (mut walk, mut passed, mut found) = (Vec::<[f64; 2]>::new(), HashMap::new(), Vec::new());
    for vertex in contour.iter().chain(contour.first()) {
        if let Some(start) = passed.get(&key(*vertex)).copied() {
            let ring: Vec<[f64; 2]> = walk.drain(start..).collect();
            for vertex in &ring {
                passed.remove(&key(*vertex));
            }
            let ring = ring.iter().chain(ring.first()).map(|[x, y]| Coord { x: *x, y: *y });
            found.push(LineString(ring.collect()));
        }
        passed.insert(key(*vertex), walk.len());
        walk.push(*vertex);
    }
    found
}

/// Polygons of loops that do not cross: counter-clockwise loops are exteriors, clockwise ones are holes of
/// the smallest exterior around them. Loops without area are dropped, and so are holes in nothing.
pub(crate) fn assembled(loops: impl Iterator<Item = LineString<f64>>) -> Vec<Polygon<f64>> {
    let (mut shells, mut holes) = (Vec::new(), Vec::new());
    for polygon in loops.map(|ring| Polygon::new(ring, Vec::new())) {
        match polygon.signed_area() {
            area if area > 0.0 => shells.push((area, polygon.clone(), polygon)),
            area if area < 0.0 => holes.push((-area, polygon)),
            _ => {}
        }
    }
    shells.sort_by(|(one, ..), (other, ..)| one.total_cmp(other));
    for (hole_area, hole) in holes {
        let inside = hole.interior_point();
        // An area in the hole may have the same point inside.
        let around = |(area, shell, _): &&mut (f64, Polygon<f64>, Polygon<f64>)| {
            *area > hole_area && inside.is_some_and(|p| shell.contains(&p))
        };
        if let Some((.., polygon)) = shells.iter_mut().find(around) {
            polygon.interiors_push(hole.into_inner().0);
        }
    }
    shells.into_iter().map(|(.., polygon)| polygon).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{MapCoords, wkt};

    fn area(polygons: &[Polygon<f64>]) -> f64 {
        polygons.iter().map(Area::unsigned_area).sum()
    }

    #[test]
    fn winding_does_not_matter_to_a_union() {
        let ccw = wkt!(POLYGON((0. 0.,1. 0.,1. 1.,0. 1.,0. 0.)));
        let cw = wkt!(POLYGON((1. 0.,1. 1.,2. 1.,2. 0.,1. 0.)));
        for parts in [[ccw.clone(), cw.clone()], [cw.clone(), ccw.clone()]] {
            let both = union([&MultiPolygon(parts.to_vec())]);
            assert_eq!((both.0.len(), both.unsigned_area()), (1, 2.0));
        }
    }

    #[test]
    fn small_things_keep_their_shape() {
        // A bowtie of 10 m.
        let metre = 1e-5;
        let bowtie = wkt!(POLYGON((0. 0.,10. 10.,10. 0.,0. 10.,0. 0.)));
        let bowtie = bowtie.map_coords(|c| Coord { x: 114.0 + metre * c.x, y: 22.0 + metre * c.y });
        let found = odd_even(&bowtie).unsigned_area() / (metre * metre);
        assert!((found - 50.0).abs() < 0.01, "{found}");
    }

    #[test]
    fn vertices_in_a_straight_run_stay_and_no_others_come() {
        let left = wkt!(POLYGON((0. 0.,2. 0.,2. 1.,2. 2.,0. 2.,0. 1.,0. 0.)));
        let right = wkt!(POLYGON((1. 0.,3. 0.,3. 2.,1. 2.,1. 0.)));
        let both = union([&MultiPolygon(vec![left, right])]);
        let corners: Vec<_> = both.iter().flat_map(|p| &p.exterior().0).map(|c| (c.x, c.y)).collect();
        assert!(corners.contains(&(0.0, 1.0)) && corners.contains(&(2.0, 0.0)), "{corners:?}");
        assert!((both.unsigned_area() - 6.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_enclosed_is_seen_around_islands_and_behind_points_that_touch() {
        let ring = wkt!(POLYGON((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.),(1. 1.,1. 3.,3. 3.,3. 1.,1. 1.)));
        let island = wkt!(POLYGON((1.5 1.5,2.5 1.5,2.5 2.5,1.5 2.5,1.5 1.5)));
        let around = enclosed(&[MultiPolygon(vec![ring]), MultiPolygon(vec![island])]);
        assert_eq!((around.len(), around[0].interiors().len(), area(&around)), (1, 1, 3.0));
        // Two that meet in their ends only, which lie on the outline.
        let left = wkt!(POLYGON((0. 0.,-2. 0.,-2. 2.,0. 2.,-1. 1.,0. 0.)));
        let right = wkt!(POLYGON((0. 0.,1. 1.,0. 2.,2. 2.,2. 0.,0. 0.)));
        let between = enclosed(&[MultiPolygon(vec![left]), MultiPolygon(vec![right])]);
        assert_eq!((between.len(), area(&between)), (1, 2.0));
        assert!(enclosed(&[]).is_empty());
    }
}
