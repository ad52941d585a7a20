//! Tile schemes: which square of the world a tile is, and where a point lies in it.

use crate::{
    crs::gcj02,
    spatial::{Bbox, LngLat},
};
use geo_types::Coord;
use std::{
    f64::consts::{PI, TAU},
    fmt,
    str::FromStr,
};

/// The deepest zoom of tiles; maps draw closer views from these (a tile's unit is then 7 cm).
pub const MAX_ZOOM: u8 = 17;
/// Units along a side of a tile.
pub(crate) const EXTENT: i64 = 4096;
/// Units around a tile in which features are still drawn.
pub(crate) const BUFFER: i64 = 64;
/// The scheme's square ends here, degrees north and south.
const LAT_MAX: f64 = 85.051_128_779_806_59;

/// There is no such tile in the scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{z}/{x}/{y} is no tile of {scheme}: {}", scheme_words(*scheme))]
pub struct OutOfScheme {
    /// The scheme.
    pub scheme: TileScheme,
    /// The zoom that was asked for.
    pub z: u8,
    /// The column that was asked for.
    pub x: u32,
    /// The row that was asked for.
    pub y: u32,
}

fn scheme_words(scheme: TileScheme) -> String {
    match scheme {
        TileScheme::Cgcs2000 => {
            format!("zoom goes from 1 to {MAX_ZOOM}, and at zoom z there are 2^z columns and 2^(z-1) rows")
        }
        _ => format!("zoom goes to {MAX_ZOOM}, and at zoom z there are 2^z columns and rows"),
    }
}

/// How the world is cut into tiles, and in which coordinates.
///
/// At zoom z all have 2^z columns; [`TileScheme::Cgcs2000`] has half as many rows and begins at zoom 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TileScheme {
    /// Web Mercator (EPSG:3857), z/x/y from the north-west.
    #[default]
    Mercator,
    /// The same with every point shifted to GCJ-02 (火星坐标系), for base maps of Amap and Tencent.
    Gcj02,
    /// Degrees of EPSG:4490 as they are, for 天地图's `c` tiles and clients like it: the `WorldCRS84Quad` of the OGC, whose zoom is
    /// one less.
    Cgcs2000,
}

impl TileScheme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Mercator, Self::Gcj02, Self::Cgcs2000];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mercator => "mercator",
            Self::Gcj02 => "gcj02",
            Self::Cgcs2000 => "cgcs2000",
        }
    }

    /// The tile at column `x` and row `y` of zoom `z`.
    ///
    /// # Errors
    /// [`OutOfScheme`] if there is none.
    pub fn tile(self, z: u8, x: u32, y: u32) -> Result<TileId, OutOfScheme> {
        let shift = u8::from(self == Self::Cgcs2000);
        let exists = (shift..=MAX_ZOOM).contains(&z) && x < 1 << z && y < 1 << (z - shift);
        if exists { Ok(TileId { scheme: self, z, x, y }) } else { Err(OutOfScheme { scheme: self, z, x, y }) }
    }

    /// The tile around a point; the nearest one for a point outside the scheme.
    ///
    /// # Errors
    /// [`OutOfScheme`] if there is no such zoom.
    pub fn tile_around(self, point: LngLat, z: u8) -> Result<TileId, OutOfScheme> {
        let side = f64::from(1_u32 << z.min(MAX_ZOOM));
        let world = self.project(point.coord());
        let rows = if self == Self::Cgcs2000 { side / 2.0 } else { side };
        let index = |v: f64, of: f64| (v * side).clamp(0.0, (of - 1.0).max(0.0)) as u32;
        self.tile(z, index(world.x, side), index(world.y, rows))
    }

    /// A point of the plate in the unit square, origin north-west.
    pub(crate) fn project(self, c: Coord<f64>) -> Coord<f64> {
        match self {
            Self::Mercator => mercator(c),
            Self::Gcj02 => {
                let (x, y) = gcj02::from_wgs84(c.x, c.y);
                mercator(Coord { x, y })
            }
            Self::Cgcs2000 => Coord { x: c.x / 360.0 + 0.5, y: (90.0 - c.y) / 360.0 },
        }
    }

    /// The unit square back to degrees of the scheme, which are the plate's but for GCJ-02.
    fn unproject(self, x: f64, y: f64) -> LngLat {
        let lat = match self {
            Self::Cgcs2000 => 90.0 - y * 360.0,
            _ => (2.0 * ((0.5 - y) * TAU).exp().atan() - PI / 2.0).to_degrees(),
        };
        LngLat::new((x - 0.5) * 360.0, lat)
    }
}

fn mercator(c: Coord<f64>) -> Coord<f64> {
    let lat = c.y.clamp(-LAT_MAX, LAT_MAX);
    let y = 0.5 - (PI / 4.0 + lat.to_radians() / 2.0).tan().ln() / TAU;
    Coord { x: c.x / 360.0 + 0.5, y }
}

impl fmt::Display for TileScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TileScheme {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Self::as_str).join(", ");
        Self::ALL.into_iter().find(|s| s.as_str() == text).ok_or_else(|| format!("'{text}' is not one of {}", names()))
    }
}

/// A tile of a scheme.
///
/// ```
/// use baseplate_core::{LngLat, TileId};
/// let id = TileId::around(LngLat::new(113.8831, 22.555), 14)?;
/// assert_eq!(id, TileId::new(14, 13374, 7137)?);
/// # Ok::<(), baseplate_core::OutOfScheme>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileId {
    scheme: TileScheme,
    z: u8,
    x: u32,
    y: u32,
}

impl TileId {
    /// As [`TileScheme::tile`] of [`TileScheme::Mercator`].
    ///
    /// # Errors
    /// [`OutOfScheme`] if there is none.
    pub fn new(z: u8, x: u32, y: u32) -> Result<Self, OutOfScheme> {
        TileScheme::Mercator.tile(z, x, y)
    }

    /// As [`TileScheme::tile_around`] of [`TileScheme::Mercator`].
    ///
    /// # Errors
    /// [`OutOfScheme`] if the zoom is too deep.
    pub fn around(point: LngLat, z: u8) -> Result<Self, OutOfScheme> {
        TileScheme::Mercator.tile_around(point, z)
    }

    /// Its scheme.
    pub fn scheme(&self) -> TileScheme {
        self.scheme
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

/// A vertex in tile units, or in units of the world at a zoom.
pub(crate) type Vertex = (i64, i64);

/// Where a tile lies in the world.
pub(crate) struct Frame {
    pub(crate) id: TileId,
    pub(crate) units: f64,
    pub(crate) left: i64,
    pub(crate) top: i64,
    near: Option<NearMercator>,
}

/// From this zoom on a tile is so small that [`NearMercator`] is as exact as Mercator's own formula.
const NEAR_ZOOM: u8 = 12;

/// Mercator around a latitude, by the first terms of its Taylor series: at [`NEAR_ZOOM`] the next one is below 1e-17 of the world's
/// side, a tenth of what a coordinate can say.
struct NearMercator {
    lat: f64,
    terms: [f64; 5],
}

impl NearMercator {
    fn at(lat: f64) -> Self {
        let (phi, y) = (lat.to_radians(), mercator(Coord { x: 0.0, y: lat }).y);
        let (sec, tan) = (1.0 / phi.cos(), phi.tan());
        let (second, third) = (sec * tan, sec * (2.0 * sec * sec - 1.0));
        let fourth = sec * tan * (6.0 * sec * sec - 1.0);
        Self { lat, terms: [y, -sec / TAU, -second / (2.0 * TAU), -third / (6.0 * TAU), -fourth / (24.0 * TAU)] }
    }

    fn project(&self, c: Coord<f64>) -> Coord<f64> {
        let d = (c.y - self.lat).to_radians();
        Coord { x: c.x / 360.0 + 0.5, y: self.terms.iter().rev().fold(0.0, |sum, term| sum * d + term) }
    }
}

/// A shifted tile is looked for in a box that is wider by this, degrees: the shift bends by less within a tile of the zooms from
/// [`FINE_ZOOM`] on, and is less than the wider one anywhere.
const SHIFT_BEND: f64 = 5e-4;
const SHIFT_MAX: f64 = 0.02;
const FINE_ZOOM: u8 = 9;

impl Frame {
    pub(crate) fn new(id: TileId) -> Self {
        let units = (EXTENT << id.z) as f64;
        let (left, top) = (i64::from(id.x) * EXTENT, i64::from(id.y) * EXTENT);
        let is_near = id.scheme == TileScheme::Mercator && id.z >= NEAR_ZOOM;
        let middle = id.scheme.unproject(0.5, (top + EXTENT / 2) as f64 / units);
        Self { id, units, left, top, near: is_near.then(|| NearMercator::at(middle.lat)) }
    }

    /// As [`TileScheme::project`], for points of the tile and around it.
    pub(crate) fn project(&self, c: Coord<f64>) -> Coord<f64> {
        match &self.near {
            Some(near) => near.project(c),
            None => self.id.scheme.project(c),
        }
    }

    /// The box of the tile and its buffer, and a little more, in degrees of the plate.
    pub(crate) fn bbox(&self) -> Bbox {
        let margin = BUFFER + 4;
        let [x0, x1] = [-margin, EXTENT + margin].map(|x| (self.left + x) as f64 / self.units);
        let [y0, y1] = [-margin, EXTENT + margin].map(|y| (self.top + y) as f64 / self.units);
        let at = |x, y| self.id.scheme.unproject(x, y);
        let (north_west, south_east) = (at(x0, y0), at(x1, y1));
        let plain = Bbox([north_west.lng, south_east.lat, south_east.lng, north_west.lat]);
        if self.id.scheme != TileScheme::Gcj02 {
            return plain;
        }
        if self.id.z < FINE_ZOOM {
            return wider(plain, SHIFT_MAX);
        }
        let sides = [(x0, y0), (x0, y1), (x1, y0), (x1, y1), ((x0 + x1) / 2.0, (y0 + y1) / 2.0)];
        let back = |(x, y): (f64, f64)| {
            let shifted = at(x, y);
            gcj02::to_wgs84(shifted.lng, shifted.lat).map_or(shifted, |(lng, lat)| LngLat::new(lng, lat))
        };
        wider(sides.into_iter().map(back).fold(Bbox::EMPTY, Bbox::extend), SHIFT_BEND)
    }

    /// Where a point lies, in units of this tile, if it is in the tile proper: a point is in one tile only.
    pub(crate) fn point(&self, c: Coord<f64>) -> Option<Vertex> {
        let world = self.project(c);
        // A damaged point may lie anywhere.
        let inside = |v: f64, start: i64| {
            ((v * self.units).floor() as i64).checked_sub(start).filter(|v| (0..EXTENT).contains(v))
        };
        Some((inside(world.x, self.left)?, inside(world.y, self.top)?))
    }
}

/// A box grown by some degrees on every side.
pub(crate) fn wider(Bbox([w, s, e, n]): Bbox, by: f64) -> Bbox {
    Bbox([w - by, s - by, e + by, n + by])
}
