//! What TileJSON, and archives of tiles after its manner, say about tiles.

use super::tile_layer::TileLayer;
use crate::{plate::Baseplate, spatial::Bbox};
use serde::Serialize;
use std::collections::BTreeMap;

/// The zoom that a map begins with.
const CENTER_ZOOM: u8 = 12;

/// Tiles with some layers, as TileJSON 3.0 describes them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TileDescription {
    /// The plate's name.
    pub name: String,
    /// The generation that the tiles are of.
    pub generation: String,
    /// The first zoom at which there are tiles.
    pub minzoom: u8,
    /// The last one.
    pub maxzoom: u8,
    /// The box of the grids, degrees, else of what there is, and of the ground if it is among the layers; `None` for an empty plate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounds: Option<Bbox>,
    /// Where a map begins: longitude and latitude in degrees, and a zoom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub center: Option<(f64, f64, u8)>,
    /// The layers.
    pub vector_layers: Vec<VectorLayer>,
}

/// A layer, as TileJSON 3.0 describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VectorLayer {
    /// Its name.
    pub id: String,
    /// What it shows, in words.
    pub description: String,
    /// The first zoom at which it has features.
    pub minzoom: u8,
    /// The last one.
    pub maxzoom: u8,
    /// Its attributes and what they are.
    pub fields: BTreeMap<String, &'static str>,
}

impl Baseplate {
    /// What TileJSON says about tiles with some layers.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let described = plate.describe_tiles(&plate.tile_layers());
    /// assert_eq!(described.name, "示例市");
    /// ```
    pub fn describe_tiles(&self, layers: &[TileLayer]) -> TileDescription {
        let manifest = self.manifest();
        let center = |Bbox([w, s, e, n]): Bbox| ((w + e) / 2.0, (s + n) / 2.0, CENTER_ZOOM);
        let of_layers = layers.iter().filter_map(|layer| layer.content.bounds(self)).reduce(Bbox::union);
        TileDescription {
            name: manifest.name.clone(),
            generation: manifest.generation.clone(),
            minzoom: layers.iter().map(|l| l.min_zoom).min().unwrap_or_default(),
            maxzoom: layers.iter().map(|l| l.max_zoom).max().unwrap_or_default(),
            bounds: of_layers.or(manifest.bbox),
            center: manifest.bbox.map(center),
            vector_layers: layers.iter().map(VectorLayer::of).collect(),
        }
    }
}

impl TileDescription {
    /// The same for the zooms from `first` to `last` only: what is outside them is left out.
    #[must_use]
    pub fn within(mut self, first: u8, last: u8) -> Self {
        self.vector_layers.retain(|layer| layer.minzoom <= last && layer.maxzoom >= first);
        for layer in &mut self.vector_layers {
            (layer.minzoom, layer.maxzoom) = (layer.minzoom.max(first), layer.maxzoom.min(last));
        }
        self.minzoom = self.vector_layers.iter().map(|l| l.minzoom).min().unwrap_or(first);
        self.maxzoom = self.vector_layers.iter().map(|l| l.maxzoom).max().unwrap_or(last);
        if let Some((_, _, zoom)) = &mut self.center {
            *zoom = (*zoom).max(self.minzoom).min(self.maxzoom);
        }
        self
    }
}

impl VectorLayer {
    fn of(layer: &TileLayer) -> Self {
        Self {
            id: layer.name.clone(),
            description: layer.description.clone(),
            minzoom: layer.min_zoom,
            maxzoom: layer.max_zoom,
            fields: layer.fields.iter().map(|field| (field.name.clone(), field.of.as_str())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(id: &str, minzoom: u8, maxzoom: u8) -> VectorLayer {
        VectorLayer { id: id.to_owned(), description: String::new(), minzoom, maxzoom, fields: BTreeMap::new() }
    }

    fn description() -> TileDescription {
        TileDescription {
            name: "岚洲".to_owned(),
            generation: "000001".to_owned(),
            minzoom: 0,
            maxzoom: 17,
            bounds: None,
            center: Some((114.0, 22.0, CENTER_ZOOM)),
            vector_layers: vec![layer("grids", 10, 17), layer("cities", 0, 17), layer("addresses", 15, 17)],
        }
    }

    #[test]
    fn narrower_zooms_leave_out_what_is_outside() {
        let narrow = description().within(6, 14);
        assert_eq!((narrow.minzoom, narrow.maxzoom), (6, 14));
        assert_eq!(narrow.vector_layers, [layer("grids", 10, 14), layer("cities", 6, 14)]);
        assert_eq!(narrow.center, Some((114.0, 22.0, CENTER_ZOOM)));
        assert_eq!(description().within(0, 9).center, Some((114.0, 22.0, 9)));
    }
}
