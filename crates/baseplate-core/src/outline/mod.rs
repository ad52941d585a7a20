//! The schemes of tiles, and the outlines of grids snapped to their lattices, so that neighbours share
//! every vertex.
//!
//! Coordinates pass through three systems here. The plate holds degrees (EPSG:4490). A [`TileScheme`]
//! projects them to its *unit square*: `x` from 0 in the west to 1 in the east, `y` from 0 in the north
//! downwards, `f64`. At a zoom the square is a *lattice* of `4096 << zoom` units a side, and a vertex is a
//! pair of `i64` on it; a tile is a window of 4096 by 4096 of these units, whose vertices are counted from
//! its own north-western corner when they are drawn.
//!
//! Grids are snapped at build, all of a level at once, because only then do neighbours round alike;
//! [`Outlines`] keeps the result for every scheme, level and zoom. Buildings are many and have no
//! neighbours to agree with, so they are snapped one by one whenever a tile is asked for (see
//! [`crate::tile`]).

mod file;
pub(crate) mod polygon;
pub(crate) mod scheme;
pub(crate) mod snap;
pub(crate) mod zooms;

pub(crate) use file::Outlines;
#[cfg(feature = "tile")]
pub(crate) use file::{decoded, usual_step};
pub use scheme::{MAX_ZOOM, OutOfScheme, TileId, TileScheme};
