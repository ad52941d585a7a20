//! From the rings of a source to a valid area, with a note of what had to be done.

use super::is_valid;
use geo::{
    Area, BoundingRect, Coord, Intersects, LineString, MakeValid, MultiPolygon, Orient, Polygon, RemoveRepeatedPoints,
    Validation, orient::Direction, unary_union,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// What was done to a geometry so that it could be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Repair {
    /// A ring did not end where it began.
    ClosedRing,
    /// A ring of fewer than three different points was dropped.
    DroppedRing,
    /// Rings crossed or touched themselves or one another; rebuilt by the odd-even rule.
    Rebuilt,
    /// Points and lines of a collection were left out.
    LeftOut,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClosedRing => "ring not closed: closed",
            Self::DroppedRing => "ring with fewer than three points: dropped",
            Self::LeftOut => "collection: its points and lines were left out",
            Self::Rebuilt => "invalid area (crossing or touching rings): rebuilt by the odd-even rule",
        })
    }
}

/// Why a geometry cannot become an area.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unrepairable {
    /// A coordinate is NaN or infinite.
    #[error("a coordinate is not a finite number")]
    NotFinite,
    /// Nothing with an area is left.
    #[error("no area: no ring has three different points that are not on one line")]
    NoArea,
    /// The repair did not succeed.
    #[error("invalid area that could not be rebuilt")]
    Failed,
}

/// Makes an area valid: rings closed, repeated points removed, exteriors counter-clockwise, holes clockwise,
/// no crossings. Vertices of a geometry that was valid keep their exact coordinates.
pub(crate) fn to_valid_area(raw: MultiPolygon<f64>) -> Result<(MultiPolygon<f64>, Vec<Repair>), Unrepairable> {
    let mut repairs = Vec::new();
    let mut polygons = Vec::with_capacity(raw.0.len());
    for polygon in raw {
        let (exterior, holes) = polygon.into_inner();
        let Some(exterior) = clean_ring(exterior, &mut repairs)? else { continue };
        let mut kept = Vec::with_capacity(holes.len());
        for hole in holes {
            kept.extend(clean_ring(hole, &mut repairs)?);
        }
        polygons.push(Polygon::new(exterior, kept));
    }
    let mut area = MultiPolygon(polygons);
    if !is_valid(&area) || area.iter().any(is_cut_apart) {
        repairs.push(Repair::Rebuilt);
        area = rebuild(area)?;
    }
    area.0.retain(|p| p.unsigned_area() > 0.0);
    if area.0.is_empty() {
        return Err(Unrepairable::NoArea);
    }
    repairs.sort_unstable();
    repairs.dedup();
    Ok((area.orient(Direction::Default), repairs))
}

/// Whether holes that touch the exterior or one another cut a polygon into parts that hang together at points only, which
/// the validity check of `geo` lets pass: so it is if the rings and the points where they touch form a circle.
fn is_cut_apart(polygon: &Polygon<f64>) -> bool {
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

/// Each part by itself by the odd-even rule, then the union of the parts: two parts that overlap cover their overlap.
fn rebuild(area: MultiPolygon<f64>) -> Result<MultiPolygon<f64>, Unrepairable> {
    let mut parts = Vec::with_capacity(area.0.len());
    for polygon in area {
        if polygon.is_valid() && !is_cut_apart(&polygon) {
            parts.push(polygon);
        } else {
            parts.extend(polygon.make_valid().map_err(|_| Unrepairable::Failed)?);
        }
    }
    let parts = MultiPolygon(parts);
    if is_valid(&parts) { Ok(parts) } else { Ok(unary_union(&parts)) }
}

/// A closed ring without repeated points, or `None` (noted) if too few points are left.
fn clean_ring(ring: LineString<f64>, repairs: &mut Vec<Repair>) -> Result<Option<LineString<f64>>, Unrepairable> {
    if ring.0.iter().any(|c| !(c.x.is_finite() && c.y.is_finite())) {
        return Err(Unrepairable::NotFinite);
    }
    if ring.0.is_empty() {
        return Ok(None);
    }
    let ring = ring.remove_repeated_points();
    let distinct = ring.0.len() - usize::from(ring.is_closed());
    if distinct < 3 {
        repairs.push(Repair::DroppedRing);
        return Ok(None);
    }
    Ok(Some(ring))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    fn parts(area: MultiPolygon<f64>) -> (usize, Vec<Repair>) {
        let (area, repairs) = to_valid_area(area).expect("repairable");
        (area.0.len(), repairs)
    }

    #[test]
    fn what_is_valid_stays_as_it_is() {
        let touching_once = wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.),(2. 0.,3. 2.,1. 2.,2. 0.))));
        let (area, repairs) = to_valid_area(touching_once.clone()).expect("valid");
        assert_eq!((area.unsigned_area(), repairs), (touching_once.unsigned_area(), vec![]));
    }

    #[test]
    fn a_polygon_cut_apart_by_its_hole_becomes_two() {
        let cut = wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.),(2. 0.,3. 2.,2. 4.,1. 2.,2. 0.))));
        assert_eq!(parts(cut), (2, vec![Repair::Rebuilt]));
    }

    #[test]
    fn parts_that_overlap_cover_their_overlap() {
        let two = wkt!(MULTIPOLYGON(((0. 0.,2. 0.,2. 2.,0. 2.,0. 0.)),((1. 0.,3. 0.,3. 2.,1. 2.,1. 0.))));
        let (area, repairs) = to_valid_area(two).expect("repairable");
        assert_eq!((area.0.len(), repairs), (1, vec![Repair::Rebuilt]));
        assert!((area.unsigned_area() - 6.0).abs() < 1e-6);
    }

    #[test]
    fn lines_and_numbers_that_are_none_are_refused() {
        let line = wkt!(MULTIPOLYGON(((0. 0.,1. 1.,2. 2.,0. 0.))));
        assert!(to_valid_area(line).is_err());
        let nan = MultiPolygon(vec![Polygon::new(vec![(0.0, 0.0), (1.0, f64::NAN), (1.0, 1.0)].into(), vec![])]);
        assert_eq!(to_valid_area(nan), Err(Unrepairable::NotFinite));
    }
}
