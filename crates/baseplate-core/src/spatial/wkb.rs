//! Areas and lines as well-known binary, through the `wkb` crate.
//!
//! Sources may have WKB or EWKB of any type and byte order; the plate has little-endian multi-polygons and
//! multi-line strings only, whose bytes `footprint.rs` reads without this module.

use geo::{Geometry, MultiLineString, MultiPolygon};
use geo_traits::to_geo::ToGeoGeometry;
use wkb::{reader::read_wkb, writer::WriteOptions};

/// Why bytes are no geometry.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WkbError {
    /// The bytes do not follow the format.
    #[error("not well-known binary: {0}")]
    Format(#[from] wkb::error::WkbError),
    /// An empty point or a type without coordinates.
    #[error("the geometry is empty")]
    Empty,
}

/// Reads WKB or EWKB of any type; Z and M are dropped.
///
/// # Errors
/// [`WkbError`] if the bytes do not follow the format, or have no coordinates.
pub(crate) fn read(bytes: &[u8]) -> Result<Geometry<f64>, WkbError> {
    read_wkb(bytes)?.try_to_geometry().ok_or(WkbError::Empty)
}

/// Writes an area as a little-endian multi-polygon, also if it has one polygon or none.
pub(crate) fn write_area(area: &MultiPolygon<f64>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(wkb::writer::multi_polygon_wkb_size(area));
    // Writing to memory cannot fail, and XY areas are always representable.
    let _ = wkb::writer::write_multi_polygon(&mut bytes, area, &WriteOptions::default());
    bytes
}

/// Writes lines as a little-endian multi-line string, also if it is one line.
pub(crate) fn write_lines(lines: &MultiLineString<f64>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(wkb::writer::multi_line_string_wkb_size(lines));
    let _ = wkb::writer::write_multi_line_string(&mut bytes, lines, &WriteOptions::default());
    bytes
}
