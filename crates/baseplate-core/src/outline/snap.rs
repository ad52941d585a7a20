//! Snap rounding: areas on the integer lattice of a zoom, neighbours with the same vertices along the same borders.
//!
//! Every vertex goes to the lattice point next to it, and every edge that passes through the square around such a point ("hot
//! pixel") bends to it. So rounding carries no vertex across an edge: what was a coverage stays one, pieces narrower than the
//! lattice close, and what remains of an area has rings that meet in vertices only (Hobby 1999; Guibas and Marimont 1998). The lines at
//! which tiles are cut take part: an edge has a vertex wherever it crosses one, which [`crate::tile`] relies on when it cuts.
//!
//! The coordinates inside this file are multiples of the lattice's step: the unit square times
//! [`Lattice::scale`]. Only the polygons that leave it are in tile units again. Vertices are rounded half
//! up, so that the square of a lattice point has its lower sides and not its upper ones, and every
//! coordinate belongs to one square.
//!
//! Neighbours come to the same vertices without knowing of each other, because whatever is computed for an
//! edge is computed from its end in the west to that in the east (see [`bent`]), and because the hot pixels
//! are those of all areas of the coverage. They therefore need not have the same vertices along a common
//! border beforehand, as long as the border is the same line.
//!
//! Hot pixels are kept in square buckets whose side is about the mean length of an edge, so that an edge
//! looks into few buckets and finds few pixels in each: the expected work is O(n log n) of the vertices,
//! for sorting. A long edge looks into the buckets that it passes and not into those of its box.

use super::{
    polygon::{Polygon, Ring, polygons},
    scheme::{BUFFER, EXTENT, Vertex},
};
use geo_types::Coord;
use rayon::prelude::*;
use std::collections::HashMap;

/// The rings of an area in the unit square of a scheme: open, with what they bound on their left where y points down.
pub(crate) type WorldRings = Vec<Vec<Coord<f64>>>;

/// A lattice over the unit square of a scheme: its points are `step` tile units apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lattice {
    /// Tile units along the world's side: 4096 · 2^zoom.
    pub(crate) units: f64,
    /// Tile units from one lattice point to the next, a divisor of [`BUFFER`].
    pub(crate) step: i64,
}

impl Lattice {
    /// Lattice points along the world's side, by which the unit square is multiplied.
    fn scale(self) -> f64 {
        self.units / self.step as f64
    }

    /// Makes polygons of snapped rings, and brings them from lattice steps to tile units.
    fn areas(self, rings: Vec<Ring>) -> Vec<Polygon> {
        let mut areas = polygons(rings);
        areas.iter_mut().flatten().flatten().for_each(|v| *v = (v.0 * self.step, v.1 * self.step));
        areas
    }

    /// Calls `found` for the lattice coordinates strictly between `a` and `b` at which tiles are cut. A
    /// tile is drawn from 64 units before its border to 64 units behind it, so there are two such lines
    /// around each border between tiles.
    fn cuts_between(self, a: f64, b: f64, mut found: impl FnMut(i64)) {
        let (tile, buffer) = (EXTENT / self.step, BUFFER / self.step);
        let (low, high) = (a.min(b), a.max(b));
        let first = (low - buffer as f64).floor() as i64;
        for index in first.div_euclid(tile)..=((high + buffer as f64).ceil() as i64).div_euclid(tile) {
            for line in [index * tile - buffer, index * tile + buffer] {
                if low < line as f64 && (line as f64) < high {
                    found(line);
                }
            }
        }
    }

    /// The lattice points at which an edge crosses lines of the tiles, with how far along it, from 0 to 1.
    /// The coordinate across the line is the line's own, the one along it is rounded.
    fn crossings(self, a: Coord<f64>, b: Coord<f64>, mut found: impl FnMut(f64, Vertex)) {
        self.cuts_between(a.x, b.x, |x| {
            let t = (x as f64 - a.x) / (b.x - a.x);
            found(t, (x, nearest(a.y + t * (b.y - a.y))));
        });
        self.cuts_between(a.y, b.y, |y| {
            let t = (y as f64 - a.y) / (b.y - a.y);
            found(t, (nearest(a.x + t * (b.x - a.x)), y));
        });
    }
}

/// The lattice point in whose square a coordinate lies; its lower side belongs to the square.
fn nearest(v: f64) -> i64 {
    (v + 0.5).floor() as i64
}

fn lattice_point(c: Coord<f64>) -> Vertex {
    (nearest(c.x), nearest(c.y))
}

/// How far along the edge, from 0 to 1, the middle of its way through the square of a lattice point is;
/// `None` if it passes by. The edge is clipped to the square axis by axis (Liang and Barsky 1984). An edge
/// that only touches the square in a corner or runs along its upper side passes by.
fn passes(a: Coord<f64>, b: Coord<f64>, at: Vertex) -> Option<f64> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (from, to, middle) in [(a.x, b.x, at.0 as f64), (a.y, b.y, at.1 as f64)] {
        let (low, high) = (middle - 0.5, middle + 0.5);
        let way = to - from;
        if way == 0.0 {
            if !(low..high).contains(&from) {
                return None;
            }
            continue;
        }
        let (t, u) = ((low - from) / way, (high - from) / way);
        enter = enter.max(t.min(u));
        leave = leave.min(t.max(u));
    }
    (enter < leave).then_some((enter + leave) / 2.0)
}

/// Snaps the areas of a coverage, all at once, and gives polygons in tile units of the world, by area. An
/// area of which nothing is left has no polygons.
pub(crate) fn snap_coverage(faces: &[WorldRings], lattice: Lattice) -> Vec<Vec<Polygon>> {
    let hot = HotPixels::of(faces, lattice);
    let snap = |rings: &WorldRings| {
        let near = |a, b, found: &mut dyn FnMut(Vertex)| hot.near(a, b, found);
        lattice.areas(rings.iter().map(|ring| bent(ring, lattice, near)).collect())
    };
    faces.par_iter().map(snap).collect()
}

/// Areas of more vertices than this are snapped with the means of a coverage, whose work does not grow with their square.
const FEW: usize = 256;

/// Snaps one area for itself. Up to [`FEW`] vertices every edge is compared with every vertex, which is
/// quicker than buckets are for footprints.
pub(crate) fn snap_area(rings: &WorldRings, lattice: Lattice) -> Vec<Polygon> {
    if rings.iter().map(Vec::len).sum::<usize>() > FEW {
        return snap_coverage(std::slice::from_ref(rings), lattice).pop().unwrap_or_default();
    }
    let scale = lattice.scale();
    let mut hot: Vec<Vertex> = rings.iter().flatten().map(|c| lattice_point(*c * scale)).collect();
    hot.sort_unstable();
    hot.dedup();
    let near = |_, _, found: &mut dyn FnMut(Vertex)| hot.iter().for_each(|at| found(*at));
    lattice.areas(rings.iter().map(|ring| bent(ring, lattice, near)).collect())
}

/// A ring whose edges are bent to the hot pixels that they pass through, of those that `near` offers.
fn bent(ring: &[Coord<f64>], lattice: Lattice, near: impl Fn(Coord<f64>, Coord<f64>, &mut dyn FnMut(Vertex))) -> Ring {
    let scale = lattice.scale();
    let (mut bent, mut stops): (Ring, Vec<(f64, Vertex)>) = (Vec::with_capacity(ring.len() + 4), Vec::new());
    for (from, to) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        // Either neighbour computes an edge in the same direction, so both get the same numbers.
        let forward = (from.x, from.y) < (to.x, to.y);
        let (a, b) = if forward { (*from * scale, *to * scale) } else { (*to * scale, *from * scale) };
        stops.clear();
        near(a, b, &mut |at| stops.extend(passes(a, b, at).map(|t| (t, at))));
        lattice.crossings(a, b, |t, at| stops.push((t, at)));
        stops.extend([(-1.0, lattice_point(a)), (2.0, lattice_point(b))]);
        stops.sort_by(|s, t| s.0.total_cmp(&t.0));
        if !forward {
            stops.reverse();
        }
        // A pixel may be named twice, as a vertex and as a crossing; it is one stop on the way.
        for (_, at) in &stops {
            if bent.last() != Some(at) {
                bent.push(*at);
            }
        }
    }
    while bent.len() > 1 && bent.first() == bent.last() {
        bent.pop();
    }
    bent
}

/// The lattice points that vertices and crossings of a coverage go to, in square buckets. An edge bends to
/// each of them whose square it passes through.
struct HotPixels {
    /// Side of a bucket as a power of two.
    shift: u32,
    /// All hot pixels, each once, sorted by bucket.
    pixels: Vec<Vertex>,
    /// For each bucket, by its column and row, where its pixels begin and end in `pixels`.
    buckets: HashMap<Vertex, (u32, u32)>,
}

impl HotPixels {
    /// Collects the vertices and crossings of all areas. The side of a bucket is the power of two below the
    /// mean distance of pixels along the borders, but at least four lattice steps.
    fn of(faces: &[WorldRings], lattice: Lattice) -> Self {
        let scale = lattice.scale();
        let edges = |rings: &WorldRings| -> Vec<(Coord<f64>, Coord<f64>)> {
            let of_ring = |ring: &Vec<Coord<f64>>| {
                let next = ring.iter().cycle().skip(1);
                ring.iter().zip(next).map(|(a, b)| (*a * scale, *b * scale)).collect::<Vec<_>>()
            };
            rings.iter().flat_map(of_ring).collect()
        };
        let of_face = |rings: &WorldRings| {
            let mut pixels = Vec::new();
            let mut length = 0.0;
            for (a, b) in edges(rings) {
                pixels.push(lattice_point(a));
                length += (b.x - a.x).abs().max((b.y - a.y).abs());
                if (a.x, a.y) < (b.x, b.y) {
                    lattice.crossings(a, b, |_, at| pixels.push(at));
                } else {
                    lattice.crossings(b, a, |_, at| pixels.push(at));
                }
            }
            (pixels, length)
        };
        let of_faces: Vec<_> = faces.par_iter().map(of_face).collect();
        let length: f64 = of_faces.iter().map(|(_, length)| length).sum();
        let mut pixels: Vec<Vertex> = of_faces.into_iter().flat_map(|(pixels, _)| pixels).collect();
        let mean = length / pixels.len().max(1) as f64;
        let shift = (mean.max(4.0) as u64).ilog2();
        let bucket = |v: &Vertex| (v.0 >> shift, v.1 >> shift);
        pixels.par_sort_unstable_by_key(|v| (bucket(v), *v));
        pixels.dedup();
        let mut buckets = HashMap::new();
        let mut start = 0;
        for of_bucket in pixels.chunk_by(|v, w| bucket(v) == bucket(w)) {
            let end = start + of_bucket.len() as u32;
            buckets.insert(bucket(&of_bucket[0]), (start, end));
            start = end;
        }
        Self { shift, pixels, buckets }
    }

    /// Offers all hot pixels that an edge may pass through, by the buckets it runs through.
    fn near(&self, a: Coord<f64>, b: Coord<f64>, found: &mut dyn FnMut(Vertex)) {
        let side = (1_u64 << self.shift) as f64;
        let bucket = |v: f64| (v / side).floor() as i64;
        for column in bucket(a.x.min(b.x) - 0.5)..=bucket(a.x.max(b.x) + 0.5) {
            let (low, high) = rows(a, b, column as f64 * side - 0.5, (column + 1) as f64 * side + 0.5);
            for row in bucket(low - 0.5)..=bucket(high + 0.5) {
                let Some((start, end)) = self.buckets.get(&(column, row)) else { continue };
                self.pixels[*start as usize..*end as usize].iter().for_each(|at| found(*at));
            }
        }
    }
}

/// The range of y of the part of an edge whose x is between two limits, or next to it.
fn rows(a: Coord<f64>, b: Coord<f64>, left: f64, right: f64) -> (f64, f64) {
    if a.x == b.x {
        return (a.y.min(b.y), a.y.max(b.y));
    }
    let at = |x: f64| {
        let t = ((x - a.x) / (b.x - a.x)).clamp(0.0, 1.0);
        a.y + t * (b.y - a.y)
    };
    let (y, z) = (at(left), at(right));
    (y.min(z), y.max(z))
}
