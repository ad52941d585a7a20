//! From the rings of a source to a valid area, with a note of what had to be done.

use geo::{
    Area, LineString, MakeValid, MultiPolygon, Orient, Polygon, RemoveRepeatedPoints, Validation, orient::Direction,
    unary_union,
};
use std::fmt;

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
    if !area.is_valid() || area.iter().any(is_cut_apart) {
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
/// the validity check of `geo` lets pass.
fn is_cut_apart(polygon: &Polygon<f64>) -> bool {
    !polygon.interiors().is_empty() && polygon.make_valid().is_ok_and(|parts| parts.0.len() > 1)
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
    if parts.is_valid() { Ok(parts) } else { Ok(unary_union(&parts)) }
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
