//! At which zoom a level appears.
//!
//! A level is legible where its grids are wide enough on screen to be told apart and labelled. How wide
//! they are is taken from their mean area, as if they were squares, and from the scale of Web Mercator at
//! the city's latitude; the other schemes differ from it by less than a zoom.

use super::MAX_ZOOM;

/// A level appears at the first zoom at which its grids are this wide on average, in pixels of a 512-pixel tile.
const LEGIBLE_PX: f64 = 24.0;
/// Metres a pixel of a 512-pixel tile at zoom 0, on the equator.
const PX_M: f64 = 40_075_016.686 / 512.0;
/// A level can be asked for, or configured to appear, so many zooms earlier: its areas are then a pixel wide, enough for a fill.
pub(crate) const EARLIER: u8 = 5;

/// The first zooms of levels, from the highest down, each given as the number of its grids, their mean area in square metres and a
/// latitude. The highest that has more than one grid, and what is above it, is there from zoom 0.
pub(crate) fn first_zooms(levels: impl Iterator<Item = (usize, f64, f64)>) -> Vec<u8> {
    let mut several_above = false;
    let zoom = |(count, mean_m2, lat): (usize, f64, f64)| {
        let width_px = mean_m2.sqrt() / (PX_M * lat.to_radians().cos());
        let zoom = (LEGIBLE_PX / width_px).log2().ceil();
        let zoom = if several_above { zoom.clamp(0.0, f64::from(MAX_ZOOM)) as u8 } else { 0 };
        several_above |= count > 1;
        zoom
    };
    levels.map(zoom).collect()
}
