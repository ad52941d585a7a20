//! A coverage: neighbouring grids of one kind and level, as a topology of shared edges.
//!
//! Two grids that share a border share its vertices; each such edge is kept once, with the grid on either
//! side. An edge that has a grid on one side only lies on the outline, on a gap, or where two grids
//! disagree about their border.
//!
//! From the edges come the locator (`locate/`), the areas of upper levels (`dissolve.rs`) and the faults of
//! the coverage (`fault.rs`). All of them expect areas that are valid and oriented (`spatial/repair.rs`),
//! in degrees.

#[cfg(feature = "stats")]
mod above;
#[cfg(feature = "build")]
mod dissolve;
mod edge;
#[cfg(feature = "build")]
mod fault;

#[cfg(feature = "stats")]
pub(crate) use above::{holds, lies_in};
#[cfg(feature = "build")]
pub(crate) use dissolve::dissolve;
pub(crate) use edge::{Edge, shared_edges};
#[cfg(feature = "build")]
pub(crate) use fault::{Fault, find_faults};
