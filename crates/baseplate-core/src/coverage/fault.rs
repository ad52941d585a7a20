//! Where a coverage is not a partition: overlaps and gaps.
//!
//! Overlaps are found by intersecting every pair of grids whose boxes have ground in common. A quicker way
//! by unmatched edges would miss sheets that lie over one another as a whole. Gaps are what a frame around
//! the grids encloses and none covers; only grids with an edge that nobody shares can bound one, so only
//! these take part. Both are measured in metres near the place, and what is smaller than the rounding of
//! coordinates is left out.

use super::Edge;
use crate::spatial::{Bbox, LngLat, Metric, common, enclosed, representative_point, rows_touching, rtree};
use geo::{Area, Contains, Intersects, MapCoords, MultiPolygon, Point, Polygon};
use rayon::prelude::*;

/// Overlaps and gaps below this are the rounding of coordinates, square metres.
const TOLERANCE_M2: f64 = 0.01;

/// Ground on which a coverage is not a partition. Faces count from 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// Two grids cover the same ground; `at` is a point of it.
    Overlap { faces: [u32; 2], area_m2: f64, at: LngLat },
    /// Ground between grids that none of them covers; `at` is a point of it.
    Gap { area_m2: f64, at: LngLat },
}

impl Fault {
    /// How much ground it concerns, square metres.
    pub(crate) fn area_m2(&self) -> f64 {
        match self {
            Self::Overlap { area_m2, .. } | Self::Gap { area_m2, .. } => *area_m2,
        }
    }
}

/// Finds every overlap of two grids, and every gap that grids enclose. `edges` are those of `areas`, which
/// must be valid and oriented; bays that reach the outline of the coverage are no gaps.
pub(crate) fn find_faults(edges: &[Edge], areas: &[MultiPolygon<f64>]) -> Vec<Fault> {
    let boxes: Vec<Bbox> = areas.iter().map(Bbox::of).collect();
    let mut faults = overlaps(&boxes, areas);
    faults.extend(gaps(edges, &boxes, areas));
    faults
}

/// The overlaps of all pairs of grids, each once, in the order of the grids.
fn overlaps(boxes: &[Bbox], areas: &[MultiPolygon<f64>]) -> Vec<Fault> {
    let tree = rtree(boxes.iter().copied());
    let of_one = |row: usize| {
        let later = rows_touching(&tree, boxes[row]).into_iter().filter(move |other| *other as usize > row);
        later.filter_map(move |other| overlap(row, other as usize, boxes, areas)).collect::<Vec<_>>()
    };
    (0..areas.len()).into_par_iter().flat_map_iter(of_one).collect()
}

/// The overlap of two grids, if they have one that is larger than rounding.
fn overlap(row: usize, other: usize, boxes: &[Bbox], areas: &[MultiPolygon<f64>]) -> Option<Fault> {
    let [w, s, e, n] = boxes[row].intersection(boxes[other])?.0;
    let metric = Metric::at(s);
    if (e - w) * metric.lng_m * (n - s) * metric.lat_m < TOLERANCE_M2 {
        return None;
    }
    // Near the common box coordinates are small numbers, which keeps the overlay's integer lattice fine.
    let local = |area: &MultiPolygon<f64>| {
        area.map_coords(|c| geo::Coord { x: (c.x - w) * metric.lng_m, y: (c.y - s) * metric.lat_m })
    };
    let both = common(&local(&areas[row]), &local(&areas[other]));
    let area_m2 = both.unsigned_area();
    if area_m2 < TOLERANCE_M2 {
        return None;
    }
    let at = representative_point(&both)?;
    let at = LngLat::new(w + at.lng / metric.lng_m, s + at.lat / metric.lat_m);
    Some(Fault::Overlap { faces: [row as u32 + 1, other as u32 + 1], area_m2, at })
}

/// The gaps that grids enclose.
///
/// A gap is bounded by edges that have a grid on one side only, so the grids that have such edges enclose
/// it. What they enclose besides is filled by grids all of whose edges are shared, and filled as a whole:
/// an edge between such a grid and a gap would not be shared.
fn gaps(edges: &[Edge], boxes: &[Bbox], areas: &[MultiPolygon<f64>]) -> Vec<Fault> {
    let mut open: Vec<u32> =
        edges.iter().filter(|e| e.left == 0 || e.right == 0).map(|e| e.left.max(e.right)).collect();
    open.sort_unstable();
    open.dedup();
    let tree = rtree(boxes.iter().copied());
    let filled = |at: LngLat| {
        let near = rows_touching(&tree, Bbox([at.lng, at.lat, at.lng, at.lat]));
        near.into_iter().any(|row| areas[row as usize].contains(&Point(at.coord())))
    };
    let fault = |region: Polygon<f64>| {
        let region = MultiPolygon::from(region);
        let at = representative_point(&region)?;
        let metric = Metric::at(at.lat);
        let area_m2 = region.unsigned_area() * metric.lng_m * metric.lat_m;
        let real = area_m2 >= TOLERANCE_M2 && region.intersects(&Point(at.coord())) && !filled(at);
        real.then_some(Fault::Gap { area_m2, at })
    };
    enclosed(open.iter().map(|face| &areas[*face as usize - 1])).into_par_iter().filter_map(fault).collect()
}
