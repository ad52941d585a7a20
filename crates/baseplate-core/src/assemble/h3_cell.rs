//! The H3 cell that a building or an address carries.

use crate::spatial::LngLat;

/// Resolution of the H3 cells that buildings and addresses carry: about 9 m from centre to edge.
const H3_RESOLUTION: h3o::Resolution = h3o::Resolution::Twelve;

/// The cell of a point; `None` where no cell can be.
pub(super) fn h3_cell(point: LngLat) -> Option<u64> {
    h3o::LatLng::new(point.lat, point.lng).ok().map(|p| p.to_cell(H3_RESOLUTION).into())
}
