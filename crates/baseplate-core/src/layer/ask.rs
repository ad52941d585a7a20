//! What is asked of layers: a whole tile, and the features of a layer.

use super::{
    feature::{Feature, FeatureColumn},
    tile_layer::TileLayer,
};
use crate::{
    outline::{TileId, scheme::Frame},
    plate::Baseplate,
    spatial::Bbox,
    tile::{Content, Drawing, LayerWriter, TileError},
};

impl TileLayer {
    /// The columns of its features.
    pub fn columns(&self) -> Vec<FeatureColumn> {
        self.content.columns()
    }

    /// Whether some of its places ([`Baseplate::feature_places`]) can be empty, so that it has fewer features than places.
    pub fn has_empty_places(&self) -> bool {
        self.content.has_empty_places()
    }
}

impl Baseplate {
    /// A tile with some layers, as MVT bytes; empty if nothing is to be seen in it. Equal content gives equal bytes.
    ///
    /// # Errors
    /// [`TileError`], which would be a defect of this crate.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{LngLat, TileId, pick_layers};
    ///
    /// let layers = pick_layers(&plate.tile_layers(), ["grids", "buildings"])?;
    /// let bytes = plate.tile(&layers, TileId::around(LngLat::new(114.05, 22.552), 15)?)?;
    /// assert!(!bytes.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tile(&self, layers: &[TileLayer], id: TileId) -> Result<Vec<u8>, TileError> {
        let frame = Frame::new(id);
        let mut tile = Vec::new();
        for layer in layers.iter().filter(|l| l.is_at(id.z())) {
            let mut drawing = Drawing { frame: &frame, layer: LayerWriter::new(&layer.name, &layer.fields)? };
            layer.content.draw(self, &mut drawing)?;
            tile.extend(drawing.layer.finish());
        }
        Ok(tile)
    }

    /// A number of what a tile with some layers is drawn from, made in a part of the tile's time. Where it is the same, in whichever
    /// generation of whichever plate, [`Baseplate::tile`] gives the same bytes. Another version of this crate may give other numbers.
    ///
    /// # Errors
    /// None that is known.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{LngLat, TileId, pick_layers};
    ///
    /// let (layers, id) = (plate.tile_layers(), TileId::around(LngLat::new(114.05, 22.552), 15)?);
    /// let number = |name| plate.tile_content(&pick_layers(&layers, [name]).unwrap_or_default(), id);
    /// assert_eq!(number("grids")?, number("grids")?);
    /// assert_ne!(number("grids")?, number("buildings")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tile_content(&self, layers: &[TileLayer], id: TileId) -> Result<u128, TileError> {
        let frame = Frame::new(id);
        let mut content = Content::of(&frame);
        for layer in layers.iter().filter(|l| l.is_at(id.z())) {
            content.begin(&layer.name, &layer.fields);
            layer.content.draw(self, &mut content)?;
        }
        Ok(content.finish())
    }

    /// Whether a tile with some layers, or one of a deeper zoom inside it, can have features. `false` is certain, whatever the
    /// zooms of the layers are; `true` is not.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{LngLat, TileId};
    ///
    /// let layers = plate.tile_layers();
    /// assert!(plate.may_have_tiles(&layers, TileId::around(LngLat::new(114.05, 22.552), 15)?));
    /// assert!(!plate.may_have_tiles(&layers, TileId::around(LngLat::new(0.0, 0.0), 15)?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn may_have_tiles(&self, layers: &[TileLayer], id: TileId) -> bool {
        let bbox = Frame::new(id).bbox();
        layers.iter().any(|layer| layer.content.may_be_in(self, id, bbox))
    }

    /// All features of a layer, in the order of the plate. Each is made when it is asked for.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::pick_layers;
    ///
    /// let layers = pick_layers(&plate.tile_layers(), ["buildings"])?;
    /// assert_eq!(plate.features(&layers[0]).count(), 1796);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn features<'a>(&'a self, layer: &'a TileLayer) -> Box<dyn Iterator<Item = Feature<'a>> + Send + 'a> {
        layer.content.features(self)
    }

    /// How many features a layer has.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::pick_layers;
    ///
    /// let layers = pick_layers(&plate.tile_layers(), ["buildings"])?;
    /// assert_eq!(plate.feature_count(&layers[0]), 1796);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn feature_count(&self, layer: &TileLayer) -> u64 {
        layer.content.count(self)
    }

    /// How many places a layer has: numbers of its features, from 0 on, in an order that a generation keeps. Some places may be empty.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::pick_layers;
    ///
    /// let layers = pick_layers(&plate.tile_layers(), ["buildings"])?;
    /// assert_eq!(plate.feature_places(&layers[0]), 1796);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn feature_places(&self, layer: &TileLayer) -> u32 {
        layer.content.places(self)
    }

    /// The feature at a place of a layer; `None` if the place is empty. Enterprises stand at the address where they are registered.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::pick_layers;
    ///
    /// let layers = pick_layers(&plate.tile_layers(), ["buildings"])?;
    /// assert!(plate.feature(&layers[0], 0).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn feature<'a>(&'a self, layer: &TileLayer, place: u32) -> Option<Feature<'a>> {
        layer.content.feature(self, place)
    }

    /// The place of the feature with a code; `None` if the layer has no such feature.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::pick_layers;
    ///
    /// let layers = pick_layers(&plate.tile_layers(), ["buildings"])?;
    /// let place = plate.feature_place(&layers[0], "9901010010010100001").expect("in the sample");
    /// assert!(plate.feature(&layers[0], place).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn feature_place(&self, layer: &TileLayer, code: &str) -> Option<u32> {
        layer.content.place_of(self, code)
    }

    /// The first places from `from` on whose features touch a box, at most `limit`. For areas it is their own boxes that count.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{Bbox, pick_layers};
    ///
    /// let layers = pick_layers(&plate.tile_layers(), ["buildings"])?;
    /// let places = plate.feature_places_in(&layers[0], Bbox([114.035, 22.545, 114.038, 22.548]), 0, 10);
    /// assert!(!places.is_empty() && places.len() <= 10);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn feature_places_in(&self, layer: &TileLayer, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        layer.content.places_in(self, bbox, from, limit)
    }
}

#[cfg(test)]
#[cfg(feature = "build")]
mod tests {
    use crate::{BuildOptions, ColumnType, FeatureValue, Spec, build, code::PersonKey};

    #[test]
    fn every_feature_has_a_value_of_the_right_type_for_each_column() {
        let spec = Spec::read("../../data/town/spec.toml".as_ref()).expect("the sample");
        let dir = tempfile::tempdir().expect("a folder");
        let options = BuildOptions {
            key: Some(PersonKey::new(&std::array::from_fn::<u8, 32, _>(|i| i as u8)).expect("a key")),
            ..Default::default()
        };
        let path = dir.path().join("town.plate");
        build(&spec, &path, options, &|_| {}).expect("builds");
        let plate = crate::Baseplate::open(path).expect("opens");
        for layer in &plate.tile_layers() {
            let columns = layer.columns();
            let mut count = 0;
            for feature in plate.features(layer) {
                count += 1;
                assert_eq!(feature.values.len(), columns.len(), "{}", layer.name);
                for (value, column) in feature.values.iter().zip(&columns) {
                    let of = match value {
                        FeatureValue::Null => column.of,
                        FeatureValue::Text(_) | FeatureValue::Cell(_) => ColumnType::Text,
                        FeatureValue::Integer(_) => ColumnType::Integer,
                        FeatureValue::Float(_) => ColumnType::Float,
                        FeatureValue::Boolean(_) => ColumnType::Boolean,
                        FeatureValue::Time(_) => ColumnType::Time,
                        FeatureValue::Date(_) => ColumnType::Date,
                    };
                    assert_eq!(of, column.of, "{}.{}", layer.name, column.name);
                }
            }
            assert_eq!(count, plate.feature_count(layer), "{}", layer.name);
            for place in (0..plate.feature_places(layer)).step_by(37) {
                let feature = plate.feature(layer, place);
                assert_eq!(layer.content.has(&plate, place), feature.is_some(), "{} {place}", layer.name);
                for (column, value) in feature.into_iter().flat_map(|feature| feature.values.into_iter().enumerate()) {
                    assert_eq!(layer.content.value(&plate, place, column), value, "{} {place} {column}", layer.name);
                }
            }
            // Numbers of what is put together, and what helps to place names.
            let drawn_only = ["count", "label", "short", "width_px"];
            assert!(
                layer
                    .fields
                    .iter()
                    .all(|f| drawn_only.contains(&f.name.as_str()) || columns.iter().any(|c| c.name == f.name))
            );
        }
    }
}
