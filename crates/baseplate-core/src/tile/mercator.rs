//! The tile scheme: Web Mercator, origin north-west, z/x/y.

use super::{MAX_ZOOM, TileError};
use crate::spatial::{Bbox, LngLat};
use geo::Coord;
use std::f64::consts::{PI, TAU};

/// Units along a side of a tile.
pub(super) const EXTENT: i64 = 4096;
/// Units around a tile in which features are still drawn.
const BUFFER: i64 = 64;
/// Below the deepest zoom vertices are rounded to multiples of this many units (half a pixel on screen), which thins them.
const COARSE: i64 = 4;

/// A tile of the z/x/y scheme.
///
/// ```
/// use baseplate_core::{LngLat, TileId};
/// let id = TileId::around(LngLat::new(113.8831, 22.555), 14)?;
/// assert_eq!(id, TileId::new(14, 13374, 7137)?);
/// # Ok::<(), baseplate_core::TileError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileId {
    z: u8,
    x: u32,
    y: u32,
}

impl TileId {
    /// The tile at column `x` and row `y` of zoom `z`.
    ///
    /// # Errors
    /// [`TileError::OutOfScheme`] if there is none.
    pub fn new(z: u8, x: u32, y: u32) -> Result<Self, TileError> {
        if z > MAX_ZOOM || x >= 1 << z || y >= 1 << z {
            return Err(TileError::OutOfScheme { z, x, y });
        }
        Ok(Self { z, x, y })
    }

    /// The tile around a point.
    ///
    /// # Errors
    /// [`TileError::OutOfScheme`] if the zoom is too deep.
    pub fn around(point: LngLat, z: u8) -> Result<Self, TileError> {
        let side = f64::from(1_u32 << z.min(MAX_ZOOM));
        let world = project(point.coord());
        let index = |v: f64| (v * side).clamp(0.0, side - 1.0) as u32;
        Self::new(z, index(world.x), index(world.y))
    }

    /// Zoom.
    pub fn z(&self) -> u8 {
        self.z
    }

    /// Column, from the west.
    pub fn x(&self) -> u32 {
        self.x
    }

    /// Row, from the north.
    pub fn y(&self) -> u32 {
        self.y
    }
}

/// The scheme's square ends here, degrees north and south.
const LAT_MAX: f64 = 85.051_128_779_806_59;

/// Degrees to the unit square, origin north-west.
fn project(c: Coord<f64>) -> Coord<f64> {
    let lat = c.y.clamp(-LAT_MAX, LAT_MAX);
    let y = 0.5 - (PI / 4.0 + lat.to_radians() / 2.0).tan().ln() / TAU;
    Coord { x: c.x / 360.0 + 0.5, y }
}

/// The unit square back to degrees.
fn unproject(x: f64, y: f64) -> LngLat {
    LngLat::new((x - 0.5) * 360.0, (2.0 * ((0.5 - y) * TAU).exp().atan() - PI / 2.0).to_degrees())
}

/// A vertex in tile units.
pub(super) type Vertex = (i64, i64);

/// A tile's place in the world.
pub(super) struct Frame {
    units: f64,
    left: i64,
    top: i64,
    step: i64,
}

impl Frame {
    pub(super) fn new(id: TileId) -> Self {
        Self {
            units: (EXTENT << id.z) as f64,
            left: i64::from(id.x) * EXTENT,
            top: i64::from(id.y) * EXTENT,
            step: if id.z == MAX_ZOOM { 1 } else { COARSE },
        }
    }

    /// The box of the tile and its buffer, and a step more, in degrees.
    pub(super) fn bbox(&self) -> Bbox {
        let margin = BUFFER + COARSE;
        let at = |x: i64, y: i64| unproject((self.left + x) as f64 / self.units, (self.top + y) as f64 / self.units);
        let (north_west, south_east) = (at(-margin, -margin), at(EXTENT + margin, EXTENT + margin));
        Bbox([north_west.lng, south_east.lat, south_east.lng, north_west.lat])
    }

    /// A coordinate in units of this tile, rounded in the world's lattice, so that every tile rounds it alike.
    pub(super) fn vertex(&self, c: Coord<f64>) -> Vertex {
        let world = project(c);
        let step = self.step as f64;
        let round = |v: f64| (v * self.units / step).round() as i64 * self.step;
        (round(world.x) - self.left, round(world.y) - self.top)
    }

    /// As [`Frame::vertex`], if the point lies in the tile proper: a point is in one tile only.
    pub(super) fn point(&self, c: Coord<f64>) -> Option<Vertex> {
        let world = project(c);
        let (x, y) =
            ((world.x * self.units).floor() as i64 - self.left, (world.y * self.units).floor() as i64 - self.top);
        let inside = |v: i64| (0..EXTENT).contains(&v);
        (inside(x) && inside(y)).then_some((x, y))
    }
}

/// The range of tile units, on both axes, that polygons are clipped to.
pub(super) const CLIP: (i64, i64) = (-BUFFER, EXTENT + BUFFER);
