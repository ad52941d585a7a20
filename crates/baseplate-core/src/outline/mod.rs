//! The schemes of tiles, and the outlines of grids snapped to their lattices, so that neighbours share every vertex.

mod file;
pub(crate) mod polygon;
pub(crate) mod scheme;
pub(crate) mod snap;
pub(crate) mod zooms;

pub(crate) use file::Outlines;
#[cfg(feature = "tile")]
pub(crate) use file::decoded;
pub use scheme::{MAX_ZOOM, OutOfScheme, TileId, TileScheme};
