//! From the rings of a source to a valid area, with a note of what had to be done.
//!
//! A ring is closed and loses repeated vertices; rings of fewer than three different points are dropped. If
//! the area is then not valid by Simple Features, or a polygon is cut apart at single points, it is
//! rebuilt: each polygon by the odd-even rule, then all of them joined. What was valid keeps its exact
//! vertices. Work is bounded: areas of too many vertices or crossings are refused with a reason that says
//! what to do.

use super::{
    is_valid,
    overlay::{odd_even, union},
    validity::{crosses_more_than, is_whole},
};
use geo::{
    Area, CoordsIter, GeodesicArea, LineString, MultiPolygon, Orient, Polygon, RemoveRepeatedPoints, orient::Direction,
};
use std::fmt;

/// What was done to a geometry so that it could be used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Repair {
    /// A ring did not end where it began.
    ClosedRing,
    /// A ring of fewer than three different points was dropped.
    DroppedRing,
    /// Rings crossed or touched themselves or one another; rebuilt by the odd-even rule.
    Rebuilt {
        /// What the exteriors bound less what the holes bound, each by the sum of its edges, square metres on the ellipsoid.
        /// Loops that run the other way count against the rest of their ring.
        before_m2: f64,
        /// The area afterwards.
        after_m2: f64,
    },
    /// Points and lines of a collection were left out.
    LeftOut,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClosedRing => f.write_str("ring not closed: closed"),
            Self::DroppedRing => f.write_str("ring with fewer than three points: dropped"),
            Self::LeftOut => f.write_str("collection: its points and lines were left out"),
            Self::Rebuilt { before_m2, after_m2 } => write!(
                f,
                "invalid area (crossing or touching rings): rebuilt by the odd-even rule, {before_m2:.1} m² before, \
                 {after_m2:.1} m² after"
            ),
        }
    }
}

/// The most vertices of an area; the outline of a country has fewer.
const VERTICES_MAX: usize = 250_000;
/// The most crossings of edges of an area that is rebuilt.
const CROSSINGS_MAX: usize = 50_000;

/// Why a geometry cannot become an area.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unrepairable {
    /// A coordinate is NaN or infinite.
    #[error("a coordinate is not a finite number")]
    NotFinite,
    /// It has more vertices than are taken.
    #[error("{0} vertices, more than the {VERTICES_MAX} that an area may have: simplify it, or cut it into parts")]
    TooLarge(usize),
    /// Its edges cross too often to be rebuilt.
    #[error(
        "its edges cross more than {CROSSINGS_MAX} times, or lie over one another too often to be told apart: draw it anew"
    )]
    TooTangled,
    /// Nothing with an area is left.
    #[error("no area: no ring has three different points that are not on one line")]
    NoArea,
}

/// Makes an area valid: rings closed, repeated points removed, exteriors counter-clockwise, holes
/// clockwise, no crossings. Coordinates may be in any unit; the areas in [`Repair::Rebuilt`] take them for
/// degrees.
///
/// # Errors
/// [`Unrepairable`] if a coordinate is not finite, if there are too many vertices or crossings, or if
/// nothing with an area is left.
pub(crate) fn to_valid_area(raw: MultiPolygon<f64>) -> Result<(MultiPolygon<f64>, Vec<Repair>), Unrepairable> {
    let vertices = raw.coords_count();
    if vertices > VERTICES_MAX {
        return Err(Unrepairable::TooLarge(vertices));
    }
    let mut repairs = Vec::new();
    let mut polygons = Vec::with_capacity(raw.0.len());
    for polygon in raw {
        let (exterior, holes) = polygon.into_inner();
        // By the odd-even rule the rings that are left bound the same ground, whichever of them was called the exterior.
        let mut rings = Vec::with_capacity(holes.len() + 1);
        for ring in std::iter::once(exterior).chain(holes) {
            rings.extend(clean_ring(ring, &mut repairs)?);
        }
        let mut rings = rings.into_iter();
        polygons.extend(rings.next().map(|exterior| Polygon::new(exterior, rings.collect())));
    }
    let mut area = MultiPolygon(polygons);
    if !is_whole(&area) {
        if crosses_more_than(&area, CROSSINGS_MAX) {
            return Err(Unrepairable::TooTangled);
        }
        let before_m2 = square_metres(&area);
        area = rebuild(area);
        repairs.push(Repair::Rebuilt { before_m2, after_m2: square_metres(&area) });
    }
    area.0.retain(|p| p.unsigned_area() > 0.0);
    if area.0.is_empty() {
        return Err(Unrepairable::NoArea);
    }
    Ok((area.orient(Direction::Default), repairs))
}

/// Exteriors less holes on the ellipsoid, square metres, however they are wound and whatever they cross.
fn square_metres(area: &MultiPolygon<f64>) -> f64 {
    let of_ring = |ring: &LineString<f64>| Polygon::new(ring.clone(), Vec::new()).geodesic_area_signed().abs();
    area.iter().map(|p| of_ring(p.exterior()) - p.interiors().iter().map(of_ring).sum::<f64>()).sum()
}

/// Each part by itself by the odd-even rule, then the union of the parts: two parts that overlap cover their overlap.
fn rebuild(area: MultiPolygon<f64>) -> MultiPolygon<f64> {
    let mut parts = Vec::with_capacity(area.0.len());
    for polygon in area {
        let part = MultiPolygon(vec![polygon]);
        if is_whole(&part) {
            parts.extend(part);
        } else {
            parts.extend(part.iter().flat_map(odd_even));
        }
    }
    let parts = MultiPolygon(parts);
    if is_valid(&parts) { parts } else { union([&parts]) }
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
        if !repairs.contains(&Repair::DroppedRing) {
            repairs.push(Repair::DroppedRing);
        }
        return Ok(None);
    }
    Ok(Some(ring))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    /// How many parts an area has after its repair, how large they are, and whether they had to be rebuilt.
    fn repaired(area: MultiPolygon<f64>) -> (usize, f64, bool) {
        let (area, repairs) = to_valid_area(area).expect("repairable");
        let rebuilt = repairs.iter().any(|repair| matches!(repair, Repair::Rebuilt { .. }));
        assert!(is_valid(&area));
        (area.0.len(), area.unsigned_area(), rebuilt)
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
        assert_eq!(repaired(cut), (2, 12.0, true));
    }

    #[test]
    fn parts_cover_their_ground_however_they_are_wound() {
        let touching = wkt!(MULTIPOLYGON(((0. 0.,1. 0.,1. 1.,0. 1.,0. 0.)),((1. 0.,1. 1.,2. 1.,2. 0.,1. 0.))));
        assert_eq!(repaired(touching), (1, 2.0, true));
        let overlapping = wkt!(MULTIPOLYGON(((0. 0.,2. 0.,2. 2.,0. 2.,0. 0.)),((1. 0.,1. 2.,3. 2.,3. 0.,1. 0.))));
        let (parts, size, rebuilt) = repaired(overlapping);
        assert!((parts, rebuilt) == (1, true) && (size - 6.0).abs() < 1e-6, "{size}");
        let beside_a_bowtie = wkt!(MULTIPOLYGON(((0. 0.,0. 1.,1. 0.,1. 1.,0. 0.)),((5. 0.,5. 1.,6. 1.,6. 0.,5. 0.))));
        let (parts, size, _) = repaired(beside_a_bowtie);
        assert!(parts == 3 && (size - 1.5).abs() < 1e-6, "{size}");
    }

    #[test]
    fn a_repair_says_the_area_before_and_after() {
        let bowtie = wkt!(MULTIPOLYGON(((114. 22.,114. 22.01,114.01 22.,114.01 22.01,114. 22.))));
        let (_, repairs) = to_valid_area(bowtie).expect("repairable");
        let Some(Repair::Rebuilt { before_m2, after_m2 }) = repairs.first() else { panic!("not rebuilt") };
        assert!(*before_m2 < 200.0 && (after_m2 / 571_000.0 - 1.0).abs() < 0.01, "{repairs:?}");
    }

    #[test]
    fn lines_and_numbers_that_are_none_are_refused() {
        let line = wkt!(MULTIPOLYGON(((0. 0.,1. 1.,2. 2.,0. 0.))));
        assert!(to_valid_area(line).is_err());
        let nan = MultiPolygon(vec![Polygon::new(vec![(0.0, 0.0), (1.0, f64::NAN), (1.0, 1.0)].into(), vec![])]);
        assert_eq!(to_valid_area(nan), Err(Unrepairable::NotFinite));
    }
}
