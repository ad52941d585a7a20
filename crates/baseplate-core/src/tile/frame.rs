//! How shapes come into the frame of a tile: snapped, cut, and put together.
//!
//! A [`Frame`] is where a tile lies in the world. Areas of grids come snapped, in units of the world, and
//! are only moved and cut. Footprints come as WKB in degrees; they are projected, snapped and cut here, but
//! small ones are left out at zooms at which they would be specks, and simple ones take a shorter way (see
//! [`Frame::convex`]). Points that would lie on each other are put together by [`Frame::cluster`].

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

/// How wide an area is around a point, in units of the tile: twice the distance to the nearer border to the
/// west or east of the point, so that a text centred there fits between. 0 if there is no border on one of
/// the sides.
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

    /// Moves an area from units of the world at the tile's zoom to those of the tile, whose origin is its
    /// north-western corner.
    pub(crate) fn moved(&self, mut area: Vec<Polygon>) -> Vec<Polygon> {
        area.iter_mut().flatten().flatten().for_each(|v| *v = (v.0 - self.left, v.1 - self.top));
        area
    }

    /// Snaps and cuts one area. Its rings are in the unit square, open, and turned as tiles want them; what
    /// comes out is in units of the tile, and empty where nothing of the area lies in the tile.
    pub(crate) fn draw(&self, rings: &WorldRings) -> Vec<Polygon> {
        self.convex(rings).unwrap_or_else(|| clip(self.moved(snap_area(rings, self.lattice()))))
    }

    /// Draws a footprint, WKB in degrees. `None` if it cannot be read, has vertices that are not finite, is
    /// absurdly large, or is smaller than [`BUILDING_UNITS2`] before [`ALL_BUILDINGS_FROM`]; an empty list
    /// if it lies beside the tile.
    pub(crate) fn draw_building(&self, wkb: &[u8]) -> Option<Vec<Polygon>> {
        let rings = self.rings(wkb)?;
        (self.is_near(&rings) && self.is_seen(&rings)).then(|| self.draw(&rings))
    }

    /// Draws an area of the ground, WKB in degrees. `None` if it cannot be read, has vertices that are not finite, or is smaller than
    /// [`BUILDING_UNITS2`] before [`ALL_BUILDINGS_FROM`]; an empty list if it lies beside the tile. It may be as large as a sea: what lies
    /// farther than a tile from this one is cut off before anything is snapped.
    pub(crate) fn draw_ground(&self, wkb: &[u8]) -> Option<Vec<Polygon>> {
        let rings = self.rings(wkb)?;
        if !(is_finite(&rings) && self.is_seen(&rings)) {
            return None;
        }
        let near = |start: i64| [start - EXTENT, start + 2 * EXTENT].map(|v| v as f64 / self.units);
        Some(self.draw(&within(rings, near(self.left), near(self.top))))
    }

    /// The rings of an area, WKB in degrees, in the unit square and turned as tiles want them; `None` if it cannot be read.
    fn rings(&self, wkb: &[u8]) -> Option<WorldRings> {
        let projected = |c: robust::Coord<f64>| self.project(Coord { x: c.x, y: c.y });
        Some(footprint::rings(wkb)?.into_iter().map(|ring| ring.rev().map(projected).collect()).collect())
    }

    /// Whether an area is drawn at the zoom, or would be a speck.
    fn is_seen(&self, rings: &WorldRings) -> bool {
        self.id.z() >= ALL_BUILDINGS_FROM || units2(rings) * self.units * self.units >= BUILDING_UNITS2
    }

    /// Whether some rings are finite and their box is at most [`TILES_ACROSS`] wide and high: work grows with the tiles that an
    /// edge crosses, and a damaged vertex may lie anywhere.
    fn is_near(&self, rings: &WorldRings) -> bool {
        let side = |of: fn(&Coord<f64>) -> f64| {
            let spread = |(low, high): (f64, f64), v: f64| (low.min(v), high.max(v));
            let (low, high) = rings.iter().flatten().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), spread);
            high - low
        };
        is_finite(rings) && side(|c| c.x).max(side(|c| c.y)) * self.units <= TILES_ACROSS * EXTENT as f64
    }

    /// A single ring that crosses no line at which tiles are cut and that rounding leaves convex, as most
    /// footprints are: it needs no more care, because a convex ring touches itself nowhere. `None` for any
    /// other ring.
    fn convex(&self, rings: &WorldRings) -> Option<Vec<Polygon>> {
        let [ring] = rings.as_slice() else { return None };
        let round = |v: f64, start: i64| (v * self.units + 0.5).floor() as i64 - start;
        let mut ring: Vec<Vertex> = ring.iter().map(|c| (round(c.x, self.left), round(c.y, self.top))).collect();
        ring.dedup();
        let uncut = BUFFER..=EXTENT - BUFFER;
        (ring.iter().all(|v| uncut.contains(&v.0) && uncut.contains(&v.1)) && is_convex(&ring))
            .then(|| vec![vec![ring]])
    }

    /// The square that a point is put together in, by its column and row: points of a tile with the same
    /// square are drawn as one. From [`SINGLE_POINTS_FROM`] on a square is a single unit.
    pub(crate) fn cluster(&self, at: Vertex) -> Vertex {
        let side = if self.id.z() < SINGLE_POINTS_FROM { CLUSTER } else { 1 };
        (at.0.div_euclid(side), at.1.div_euclid(side))
    }
}

/// Whether all vertices of some rings are finite.
fn is_finite(rings: &WorldRings) -> bool {
    rings.iter().flatten().all(|c| c.x.is_finite() && c.y.is_finite())
}

/// The part of some rings between two bounds on each axis (Sutherland and Hodgman 1974). Where a ring leaves the box and comes back it
/// runs along the side of the box, there and back, which bounds nothing.
fn within(rings: WorldRings, x: [f64; 2], y: [f64; 2]) -> WorldRings {
    let swap = |c: Coord<f64>| Coord { x: c.y, y: c.x };
    let swapped = |ring: Vec<Coord<f64>>| ring.into_iter().map(swap).collect::<Vec<_>>();
    let cut = |ring| swapped(between(swapped(between(ring, x)), y));
    rings.into_iter().map(cut).filter(|ring| ring.len() > 2).collect()
}

/// The part of a ring between two bounds on the first axis.
fn between(ring: Vec<Coord<f64>>, [low, high]: [f64; 2]) -> Vec<Coord<f64>> {
    let cut = |ring: Vec<Coord<f64>>, bound: f64, is_in: fn(f64, f64) -> bool| {
        let next = ring.iter().cycle().skip(1);
        let mut kept = Vec::with_capacity(ring.len());
        for (a, b) in ring.iter().zip(next) {
            if is_in(a.x, bound) {
                kept.push(*a);
            }
            if is_in(a.x, bound) != is_in(b.x, bound) {
                kept.push(Coord { x: bound, y: a.y + (b.y - a.y) * (bound - a.x) / (b.x - a.x) });
            }
        }
        kept
    };
    cut(cut(ring, low, |x, low| x >= low), high, |x, high| x <= high)
}

/// The signed area of rings in the unit square, as a share of the square. Coordinates are taken from the
/// first vertex, so that those of small rings do not cancel out.
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

/// Whether a ring turns left only, and once around. Vertices on a straight side are allowed; a ring of
/// fewer than three vertices is not convex. Turning is counted by how often the edges change between rising
/// and falling, in the order of x and then y, which a convex ring does twice.
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
