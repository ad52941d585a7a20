//! Where there can be tiles at all.

use super::{
    TileId, TileLayer,
    feature::resolution,
    layer::Content,
    scheme::{Frame, wider},
};
use crate::{plate::Baseplate, spatial::Bbox};

/// What is counted in an H3 cell lies no farther from any point of the cell than so many of its edges.
const CELL_EDGES: f64 = 3.0;
/// Kilometres of a degree of latitude, at least.
const DEGREE_KM: f64 = 110.0;
/// Degrees of longitude are taken for no shorter than this share of those of latitude.
const NARROWEST: f64 = 0.05;

impl Baseplate {
    /// Whether a tile with some layers, or one of a deeper zoom inside it, can have features. `false` is certain, whatever the
    /// zooms of the layers are; `true` is not.
    pub fn may_have_tiles(&self, layers: &[TileLayer], id: TileId) -> bool {
        let bbox = Frame::new(id).bbox();
        layers.iter().any(|layer| match layer.content {
            Content::Areas(..) | Content::Labels(..) => self.has_grids_in(bbox),
            Content::Buildings => self.has_buildings_in(bbox),
            Content::Addresses | Content::Enterprises => self.has_addresses_in(bbox),
            Content::Density => {
                let around = around(bbox, id.z());
                self.has_buildings_in(around) || self.has_addresses_in(around)
            }
        })
    }
}

/// A box with the cells around it that can reach into it.
fn around(bbox: Bbox, zoom: u8) -> Bbox {
    let Bbox([_, south, _, north]) = bbox;
    let reach = CELL_EDGES * resolution(zoom).edge_length_km() / DEGREE_KM;
    let shortest = (south.abs().max(north.abs()) + reach).min(90.0).to_radians().cos().max(NARROWEST);
    wider(bbox, reach / shortest)
}
