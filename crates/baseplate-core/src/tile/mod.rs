//! Vector tiles (Mapbox Vector Tile 2.1): cutting and encoding what is drawn.
//!
//! Order of work: project to the unit square of the scheme → snap to the lattice of the zoom (for grids at build, kept in
//! [`Outlines`](crate::outline::Outlines)) → clip, in vertices that are there already ([`clip`]) → encode. What comes out of each
//! step is valid.
//!
//! Nothing here is kept between tiles: a tile is a function of the plate, the scheme, z/x/y and the layers
//! asked for, so two servers of one generation answer alike, byte by byte.

mod canvas;
mod clip;
mod encode;
mod field;
pub(crate) mod frame;
mod lines;

pub(crate) use canvas::{Area, Canvas, Content, Drawing};
pub use encode::TileError;
pub(crate) use encode::{LayerWriter, Value};
pub use field::{Field, FieldType};
