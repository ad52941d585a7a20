//! The one place that calls the `mvt` encoder.
//!
//! The encoder takes rings as they come, and leaves out a MoveTo where a ring begins at the vertex that the last
//! one ended with; so rings are oriented and, where needed, rotated before they get there.

use super::{
    TileError,
    mercator::{EXTENT, Vertex},
    ring::{Ring, doubled_area},
};
use mvt::{Feature, GeomData, GeomEncoder, GeomType, Layer, Tile};
use xxhash_rust::xxh3::xxh3_64;

/// Ids keep this many bits, so that JavaScript's numbers hold them.
const ID_BITS: u32 = 53;

/// A value of a feature.
pub(super) enum Value<'a> {
    Text(&'a str),
    Int(i64),
    Float(f32),
}

/// A tile in the making.
pub(super) struct TileWriter(Tile);

/// A layer in the making.
pub(super) struct LayerWriter(Layer);

fn failed(error: mvt::Error) -> TileError {
    TileError::Encode(error.to_string())
}

impl TileWriter {
    pub(super) fn new() -> Self {
        Self(Tile::new(EXTENT as u32))
    }

    pub(super) fn layer(&self, name: &str) -> LayerWriter {
        LayerWriter(self.0.create_layer(name))
    }

    /// Adds a layer, unless it is empty.
    pub(super) fn finish_layer(&mut self, layer: LayerWriter) -> Result<(), TileError> {
        if layer.0.num_features() > 0 {
            self.0.add_layer(layer.0).map_err(failed)?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, TileError> {
        self.0.to_bytes().map_err(failed)
    }
}

impl LayerWriter {
    /// Adds a point.
    pub(super) fn point(
        &mut self,
        code: &str,
        at: Vertex,
        values: &[(&str, Option<Value<'_>>)],
    ) -> Result<(), TileError> {
        let geometry = GeomEncoder::new(GeomType::Point).point(at.0 as i32, at.1 as i32).and_then(GeomEncoder::encode);
        self.feature(code, geometry.map_err(failed)?, values);
        Ok(())
    }

    /// Adds an area, given as polygons of an exterior and its holes, all of them clean.
    pub(super) fn area(
        &mut self,
        code: &str,
        polygons: Vec<Vec<Ring>>,
        values: &[(&str, Option<Value<'_>>)],
    ) -> Result<(), TileError> {
        let mut encoder = GeomEncoder::new(GeomType::Polygon);
        let mut cursor = None;
        for polygon in polygons {
            for (index, mut ring) in polygon.into_iter().enumerate() {
                let is_exterior = index == 0;
                if (doubled_area(&ring) > 0) != is_exterior {
                    ring.reverse();
                }
                if cursor == ring.first().copied() {
                    ring.rotate_left(1);
                }
                for (x, y) in &ring {
                    encoder.add_point(*x as i32, *y as i32).map_err(failed)?;
                }
                encoder.complete_geom().map_err(failed)?;
                cursor = ring.last().copied();
            }
        }
        let geometry = encoder.encode().map_err(failed)?;
        self.feature(code, geometry, values);
        Ok(())
    }

    fn feature(&mut self, code: &str, geometry: GeomData, values: &[(&str, Option<Value<'_>>)]) {
        let layer = std::mem::take(&mut self.0);
        let mut feature: Feature = layer.into_feature(geometry);
        feature.set_id(xxh3_64(code.as_bytes()) >> (u64::BITS - ID_BITS));
        feature.add_tag_string("code", code);
        for (key, value) in values {
            match value {
                Some(Value::Text(text)) => feature.add_tag_string(key, text),
                Some(Value::Int(number)) => feature.add_tag_int(key, *number),
                Some(Value::Float(number)) => feature.add_tag_float(key, *number),
                None => {}
            }
        }
        self.0 = feature.into_layer();
    }
}
