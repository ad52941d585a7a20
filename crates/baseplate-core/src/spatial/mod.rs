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
//! | `wkb.rs`, `footprint.rs` | areas as bytes, and distances straight from these |
//! | `hilbert.rs` | the order of rows |
//! | `cell.rs` | H3 cells of many points |

mod cell;
pub(crate) mod footprint;
mod hilbert;
mod metric;
mod overlay;
mod plane;
mod repair;
mod validity;
pub(crate) mod wkb;

pub(crate) use cell::{CELL_RESOLUTIONS, CellFinder};
pub(crate) use hilbert::hilbert_index;
pub use metric::Metric;
pub(crate) use overlay::{assembled, common, enclosed, outside, union};
pub(crate) use plane::Plane;
pub(crate) use repair::{Repair, to_valid_area};
pub(crate) use validity::is_valid;

use geo::{BoundingRect, Coord, InteriorPoint, MultiPolygon};

/// A point of the plate: longitude and latitude in degrees, EPSG:4490. Any value is allowed; a point that is not
/// finite is simply nowhere.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
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

/// In schemas: a point whose two members are both there or both missing.
#[cfg(feature = "schema")]
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it stands in for a flattened Option<LngLat>")]
pub(crate) struct MaybePoint {
    /// Degrees east.
    #[schema(nullable = false)]
    lng: Option<f64>,
    /// Degrees north.
    #[schema(nullable = false)]
    lat: Option<f64>,
}

impl From<Coord<f64>> for LngLat {
    fn from(c: Coord<f64>) -> Self {
        Self::new(c.x, c.y)
    }
}

/// A box in degrees: `[west, south, east, north]`, borders included.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Bbox(pub [f64; 4]);

impl Bbox {
    /// The box that holds nothing; extending it by a point gives that point.
    pub const EMPTY: Self = Self([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY]);

    /// The box of all vertices of an area, [`Bbox::EMPTY`] if it has none.
    pub fn of(area: &MultiPolygon<f64>) -> Self {
        area.bounding_rect().map_or(Self::EMPTY, |r| Self([r.min().x, r.min().y, r.max().x, r.max().y]))
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

/// A point that is certainly inside the area (`None` for an empty one): where labels stand and buildings are located.
pub(crate) fn representative_point(area: &MultiPolygon<f64>) -> Option<LngLat> {
    area.interior_point().map(|p| p.0.into())
}

/// A leaf of an R-tree: the number of a box, and the box.
pub(crate) type Leaf = rstar::primitives::GeomWithData<rstar::primitives::Rectangle<[f64; 2]>, u32>;

/// An R-tree over boxes, the number of each being its index in the iteration. Empty boxes are left out.
pub(crate) fn rtree(boxes: impl Iterator<Item = Bbox>) -> rstar::RTree<Leaf> {
    let leaf = |(row, Bbox([w, s, e, n])): (u32, Bbox)| {
        Leaf::new(rstar::primitives::Rectangle::from_corners([w, s], [e, n]), row)
    };
    rstar::RTree::bulk_load((0..).zip(boxes).filter(|(_, b)| !b.is_empty()).map(leaf).collect())
}

/// The numbers of the boxes that touch `bbox`, ascending.
pub(crate) fn rows_touching(tree: &rstar::RTree<Leaf>, bbox: Bbox) -> Vec<u32> {
    let [w, s, e, n] = bbox.0;
    let envelope = rstar::AABB::from_corners([w, s], [e, n]);
    let mut rows: Vec<u32> = tree.locate_in_envelope_intersecting(envelope).map(|leaf| leaf.data).collect();
    rows.sort_unstable();
    rows
}
