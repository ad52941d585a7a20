//! Coordinate systems: whatever a source is written in → the stored one, EPSG:4490 (CGCS2000) longitude and latitude.
//!
//! WGS84 and CGCS2000 differ by a tenth of a millimetre and are taken as one. Web Mercator, GCJ-02 and BD-09 are
//! computed here; every other system goes through PROJ, behind the cargo feature `proj`, with the shift of its datum. In
//! all of them the first coordinate is the easting or longitude, whatever the official axis order says.

pub mod bd09;
mod convert;
mod error;
pub mod gcj02;
#[cfg(feature = "proj")]
mod grid_files;
mod invert;
mod look;
mod name;
mod options;
#[cfg(feature = "proj")]
mod projected;
#[cfg(feature = "build")]
mod suspect;
#[cfg(feature = "proj")]
mod system;

pub use convert::ToPlate;
pub use error::CrsError;
pub use name::Crs;
pub use options::{ConversionOptions, Datum};
#[cfg(feature = "build")]
pub use suspect::{Sample, SampleRow, Suspicion};
