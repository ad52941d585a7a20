//! How shapes come into the frame of a tile: snapped, cut, and put together.

use super::clip::clip;
use crate::{
    outline::{
        polygon::Polygon,
        scheme::{BUFFER, EXTENT, Frame, Vertex},
        snap::{Lattice, WorldRings, snap_area},
    },
    spatial::footprint,
};
use geo_types::Coord;

/// From this zoom on all buildings are drawn.
pub(crate) const ALL_BUILDINGS_FROM: u8 = 15;
/// Before it those of at least this area, square units of the tile.
const BUILDING_UNITS2: f64 = 64.0;
/// From this zoom on points are put together only where they are one point.
const SINGLE_POINTS_FROM: u8 = 17;
/// Before it where they lie in one square of this side, units of the tile.
const CLUSTER: i64 = 64;
/// A footprint that is wider or higher than so many tiles is damaged and not drawn; at zoom 17 they measure 70 km.
const TILES_ACROSS: f64 = 256.0;

/// How wide an area is around a point, from border to border and as far to one side as to the other; units of the tile.
pub(crate) fn width_at(area: &[Polygon], (x, y): Vertex) -> i64 {
    let (mut left, mut right) = (i64::MAX, i64::MAX);
    for ring in area.iter().flatten() {
        let edges = ring.iter().zip(ring.iter().cycle().skip(1));
        // The line lies half a unit lower, so that it meets no vertex.
        for (a, b) in edges.filter(|(a, b)| (a.1 <= y) != (b.1 <= y)) {
            let along = (2 * (y - a.1) + 1) as f64 / (2 * (b.1 - a.1)) as f64;
            let crossing = a.0 + (along * (b.0 - a.0) as f64) as i64;
            let side = if crossing < x { &mut left } else { &mut right };
            *side = (*side).min((crossing - x).abs());
        }
    }
    if left == i64::MAX || right == i64::MAX { 0 } else { 2 * left.min(right) }
}

impl Frame {
    fn lattice(&self) -> Lattice {
        Lattice { units: self.units, step: 1 }
    }

    /// From units of the world to those of the tile.
    pub(crate) fn moved(&self, mut area: Vec<Polygon>) -> Vec<Polygon> {
        area.iter_mut().flatten().flatten().for_each(|v| *v = (v.0 - self.left, v.1 - self.top));
        area
    }

    /// Rings in the unit square, turned as tiles want them.
    pub(crate) fn draw(&self, rings: &WorldRings) -> Vec<Polygon> {
        self.convex(rings).unwrap_or_else(|| clip(self.moved(snap_area(rings, self.lattice()))))
    }

    /// A footprint, unless it is too small for the zoom.
    pub(crate) fn draw_building(&self, wkb: &[u8]) -> Option<Vec<Polygon>> {
        let rings: WorldRings = footprint::rings(wkb)?
            .into_iter()
            .map(|ring| ring.rev().map(|c| self.project(Coord { x: c.x, y: c.y })).collect())
            .collect();
        if !self.is_near(&rings) {
            return None;
        }
        if self.id.z() < ALL_BUILDINGS_FROM && units2(&rings) * self.units * self.units < BUILDING_UNITS2 {
            return None;
        }
        Some(self.draw(&rings))
    }

    /// Whether some rings are finite and their box is at most [`TILES_ACROSS`] wide and high: work grows with the tiles that an
    /// edge crosses, and a damaged vertex may lie anywhere.
    fn is_near(&self, rings: &WorldRings) -> bool {
        let side = |of: fn(&Coord<f64>) -> f64| {
            let spread = |(low, high): (f64, f64), v: f64| (low.min(v), high.max(v));
            let (low, high) = rings.iter().flatten().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), spread);
            high - low
        };
        let is_finite = |c: &Coord<f64>| c.x.is_finite() && c.y.is_finite();
        rings.iter().flatten().all(is_finite)
            && side(|c| c.x).max(side(|c| c.y)) * self.units <= TILES_ACROSS * EXTENT as f64
    }

    /// A single ring that crosses no line at which tiles are cut and that rounding leaves convex, as most footprints are: it needs
    /// no more care.
    fn convex(&self, rings: &WorldRings) -> Option<Vec<Polygon>> {
        let [ring] = rings.as_slice() else { return None };
        let round = |v: f64, start: i64| (v * self.units + 0.5).floor() as i64 - start;
        let mut ring: Vec<Vertex> = ring.iter().map(|c| (round(c.x, self.left), round(c.y, self.top))).collect();
        ring.dedup();
        let uncut = BUFFER..=EXTENT - BUFFER;
        (ring.iter().all(|v| uncut.contains(&v.0) && uncut.contains(&v.1)) && is_convex(&ring))
            .then(|| vec![vec![ring]])
    }

    pub(crate) fn cluster(&self, at: Vertex) -> Vertex {
        let side = if self.id.z() < SINGLE_POINTS_FROM { CLUSTER } else { 1 };
        (at.0.div_euclid(side), at.1.div_euclid(side))
    }
}

/// The area of rings in the unit square.
fn units2(rings: &WorldRings) -> f64 {
    let origin = rings.first().and_then(|ring| ring.first()).copied().unwrap_or_default();
    let of_ring = |ring: &Vec<Coord<f64>>| -> f64 {
        let next = ring.iter().cycle().skip(1);
        ring.iter()
            .zip(next)
            .map(|(a, b)| (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y))
            .sum()
    };
    rings.iter().map(of_ring).sum::<f64>() / 2.0
}

/// Whether a ring turns left only, and once around.
fn is_convex(ring: &[Vertex]) -> bool {
    let n = ring.len();
    let step = |i: usize| {
        let (a, b) = (ring[i % n], ring[(i + 1) % n]);
        (b.0 - a.0, b.1 - a.1)
    };
    let turns_left = |i| {
        let (u, v) = (step(i), step(i + 1));
        let cross = u.0 * v.1 - u.1 * v.0;
        cross > 0 || (cross == 0 && u.0 * v.0 + u.1 * v.1 > 0)
    };
    let rises = |i: usize| step(i) > (0, 0);
    n >= 3 && (0..n).all(turns_left) && (0..n).filter(|i| rises(*i) != rises(i + 1)).count() == 2
}
