//! The outline of an H3 cell in degrees.
//!
//! The sides of a cell are arcs of great circles; areas have straight edges in longitude and latitude. So an outline
//! is a polygon that follows the arcs, and how far it can be off.

use crate::spatial::Bbox;
use geo::{Coord, LineString, Polygon};
use h3o::{CellIndex, LatLng, Resolution};

/// Each side of a cell coarser than [`FINE`] is followed in this many pieces.
const PIECES: u32 = 16;
/// From this resolution on (sides of 0.5 km) a side is straight to within millimetres.
const FINE: Resolution = Resolution::Eight;
/// What rounding can move a side by, degrees; 0.1 mm.
const ROUNDING: f64 = 1e-9;
/// Beyond this latitude a cell is known by its box only, degrees.
const POLAR: f64 = 85.0;

/// A polygon that is the cell to within `tolerance` degrees.
pub(super) struct Outline {
    pub(super) polygon: Polygon<f64>,
    pub(super) tolerance: f64,
    /// The box of everything within the tolerance.
    pub(super) bbox: Bbox,
}

impl Outline {
    /// Cells across the 180th meridian or near a pole have no such polygon and are taken as a box around them.
    pub(super) fn of(cell: CellIndex) -> Self {
        let corners: Vec<LatLng> = cell.boundary().to_vec();
        let bbox = corners.iter().fold(Bbox::EMPTY, |all, c| all.extend(crate::LngLat::new(c.lng(), c.lat())));
        let Bbox([w, s, e, n]) = bbox;
        if e - w > 180.0 || s < -POLAR || n > POLAR {
            return Self::boxed(cell, &corners, bbox);
        }
        let pieces = if cell.resolution() < FINE { PIECES } else { 1 };
        let next = corners.iter().cycle().skip(1);
        let (mut ring, mut off) = (Vec::with_capacity(corners.len() * pieces as usize + 1), 0.0_f64);
        for (a, b) in corners.iter().zip(next) {
            off = off.max(follow(&mut ring, Space::of(*a), Space::of(*b), pieces));
        }
        ring.extend(ring.first().copied());
        let polygon = Polygon::new(LineString(ring), Vec::new());
        let tolerance = 2.0 * off + ROUNDING;
        let reach = 3.0 * tolerance;
        let bbox = polygon.exterior().0.iter().fold(bbox, |all, c| all.extend((*c).into()));
        let Bbox([w, s, e, n]) = bbox;
        Self { polygon, tolerance, bbox: Bbox([w - reach, s - reach, e + reach, n + reach]) }
    }

    /// No point of a side is farther from its nearer corner than half the side.
    fn boxed(cell: CellIndex, corners: &[LatLng], Bbox([w, s, e, n]): Bbox) -> Self {
        let sides = corners.iter().zip(corners.iter().cycle().skip(1));
        let reach = sides.map(|(a, b)| a.distance_rads(*b).to_degrees()).fold(0.0, f64::max);
        let holds = |lat: f64| LatLng::new(lat, 0.0).is_ok_and(|pole| pole.to_cell(cell.resolution()) == cell);
        let (w, e) = if e - w > 180.0 { (-180.0, 180.0) } else { (w - ROUNDING, e + ROUNDING) };
        let s = if holds(-90.0) { -90.0 } else { (s - reach).max(-90.0) };
        let n = if holds(90.0) { 90.0 } else { (n + reach).min(90.0) };
        let polygon = geo::Rect::new(Coord { x: w, y: s }, Coord { x: e, y: n }).to_polygon();
        Self { polygon, tolerance: ROUNDING, bbox: Bbox([w, s, e, n]) }
    }
}

/// Appends the arc from a to b without its end, and tells by how many degrees the middle of a piece is off its chord at most.
fn follow(ring: &mut Vec<Coord<f64>>, a: Space, b: Space, pieces: u32) -> f64 {
    let mut off = 0.0_f64;
    for piece in 0..pieces {
        let at = |part: f64| a.towards(b, (f64::from(piece) + part) / f64::from(pieces)).degrees();
        let (from, middle, to) = (at(0.0), at(0.5), at(1.0));
        let (along, aside) = (to - from, middle - from);
        off = off.max((along.x * aside.y - along.y * aside.x).abs() / along.x.hypot(along.y));
        ring.push(from);
    }
    off
}

/// A direction from the middle of the Earth.
#[derive(Clone, Copy)]
struct Space([f64; 3]);

impl Space {
    fn of(p: LatLng) -> Self {
        let ((sin_lat, cos_lat), (sin_lng, cos_lng)) = (p.lat_radians().sin_cos(), p.lng_radians().sin_cos());
        Self([cos_lat * cos_lng, cos_lat * sin_lng, sin_lat])
    }

    fn towards(self, other: Self, part: f64) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + part * (other.0[i] - self.0[i])))
    }

    fn degrees(self) -> Coord<f64> {
        let Self([x, y, z]) = self;
        Coord { x: y.atan2(x).to_degrees(), y: z.atan2(x.hypot(y)).to_degrees() }
    }
}
