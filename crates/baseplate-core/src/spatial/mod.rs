//! Geometry that knows no city word: points, boxes, WKB, repair, and distances in metres.
//!
//! Coordinates are longitude and latitude in degrees, EPSG:4490, in this order, as `f64`; rings are closed,
//! exteriors counter-clockwise and holes clockwise once they have been through
//! [`to_valid_area`](repair::to_valid_area). Lengths and areas in metres say so in their names. Boxes and
//! areas do not reach over the 180th meridian.
//!
//! | file | what |
//! |---|---|
//! | `metric.rs`, `plane.rs` | degrees to metres, exactly monotonous where a search relies on it |
//! | `repair.rs`, `validity.rs`, `overlay.rs` | valid areas of whatever rings a source has; unions and common parts |
//! | `inside.rs`, `touch.rs` | whether an area holds a point or touches a box, exactly |
//! | `wkb.rs`, `footprint.rs` | areas as bytes, and distances straight from these |
//! | `hilbert.rs` | the order of rows |
//! | `cell.rs` | H3 cells of many points |

#[cfg(feature = "build")]
mod area;
#[cfg(any(feature = "stats", feature = "tile"))]
mod cell;
pub(crate) mod footprint;
#[cfg(feature = "build")]
mod hilbert;
mod inside;
mod metric;
#[cfg(feature = "stats")]
mod overlay;
mod plane;
#[cfg(feature = "build")]
mod repair;
#[cfg(feature = "tile")]
mod touch;
#[cfg(feature = "stats")]
mod tree;
#[cfg(feature = "stats")]
mod validity;
#[cfg(feature = "build")]
pub(crate) mod wkb;

#[cfg(feature = "build")]
pub(crate) use area::representative_point;
#[cfg(feature = "stats")]
pub(crate) use cell::h3_cell;
#[cfg(any(feature = "stats", feature = "tile"))]
pub(crate) use cell::{CELL_RESOLUTIONS, CellFinder};
#[cfg(feature = "build")]
pub(crate) use hilbert::hilbert_index;
pub(crate) use inside::covers;
pub use metric::Metric;
#[cfg(feature = "stats")]
pub(crate) use overlay::{assembled, common, enclosed, outside, union};
pub(crate) use plane::Plane;
#[cfg(feature = "build")]
pub(crate) use repair::{Repair, to_valid_area};
#[cfg(feature = "tile")]
pub(crate) use touch::{lines_touch, touches};
#[cfg(feature = "stats")]
pub(crate) use tree::{Leaf, rows_touching, rtree};
#[cfg(feature = "stats")]
pub(crate) use validity::is_valid;

use geo_types::{Coord, MultiPolygon};

/// A point of the plate: longitude and latitude in degrees, EPSG:4490. Any value is allowed; a point that is not
/// finite is simply nowhere.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct LngLat {
    /// Degrees east.
    pub lng: f64,
    /// Degrees north.
    pub lat: f64,
}

impl LngLat {
    /// A point from degrees east and degrees north, in this order.
    pub const fn new(lng: f64, lat: f64) -> Self {
        Self { lng, lat }
    }

    /// No point at all: both coordinates are NaN.
    pub(crate) const NOWHERE: Self = Self::new(f64::NAN, f64::NAN);

    /// The point, if it is somewhere: both coordinates are finite.
    pub(crate) fn placed(self) -> Option<Self> {
        (self.lng.is_finite() && self.lat.is_finite()).then_some(self)
    }

    /// The point as the geometry libraries have it: `x` is the longitude, `y` the latitude.
    pub(crate) const fn coord(self) -> Coord<f64> {
        Coord { x: self.lng, y: self.lat }
    }
}

impl From<Coord<f64>> for LngLat {
    fn from(c: Coord<f64>) -> Self {
        Self::new(c.x, c.y)
    }
}

/// A box in degrees: `[west, south, east, north]`, borders included.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Bbox(pub [f64; 4]);

impl Bbox {
    /// The box that holds nothing; extending it by a point gives that point.
    pub const EMPTY: Self = Self([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY]);

    /// The box of all vertices of an area, [`Bbox::EMPTY`] if it has none.
    pub fn of(area: &MultiPolygon<f64>) -> Self {
        area.iter().flat_map(|polygon| &polygon.exterior().0).copied().collect()
    }

    /// The smallest box that holds both. That with [`Bbox::EMPTY`] is the other one.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Self([a.min(e), b.min(f), c.max(g), d.max(h)])
    }

    /// The box grown to hold a point.
    #[must_use]
    pub fn extend(self, p: LngLat) -> Self {
        self.union(Self([p.lng, p.lat, p.lng, p.lat]))
    }

    /// Whether the point is inside or on the border; never for NaN.
    pub fn contains(&self, p: LngLat) -> bool {
        let [w, s, e, n] = self.0;
        w <= p.lng && p.lng <= e && s <= p.lat && p.lat <= n
    }

    /// The common part, if the boxes touch; a common side or corner gives a box without extent.
    pub fn intersection(self, other: Self) -> Option<Self> {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        let both = [a.max(e), b.max(f), c.min(g), d.min(h)];
        (both[0] <= both[2] && both[1] <= both[3]).then_some(Self(both))
    }

    /// Whether the box holds no point: it has none of its sides, or one of them is NaN.
    pub fn is_empty(&self) -> bool {
        !(self.0[0] <= self.0[2] && self.0[1] <= self.0[3])
    }
}

impl FromIterator<Coord<f64>> for Bbox {
    fn from_iter<I: IntoIterator<Item = Coord<f64>>>(corners: I) -> Self {
        corners.into_iter().fold(Self::EMPTY, |whole, c| whole.extend(c.into()))
    }
}
