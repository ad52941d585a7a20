//! The only module that calls the encoder.
//!
//! `fast-mvt` and not `mvt`: the latter takes vertices out of straight runs along an axis, one area at a time, and with
//! them the vertices in which a border ends that comes from the other side.
//!
//! What is written is version 2.1 of the Mapbox Vector Tile specification: extent 4096, rings open,
//! exteriors of positive area and holes of negative area with y pointing down. Every feature has its code
//! as the attribute `code` and an id made of it, so that a client can follow a thing from tile to tile and
//! from generation to generation. Ids are a hash, so two things may share one by chance.

use super::field::Field;
use crate::outline::{polygon::Polygon, scheme::Vertex};
use fast_mvt::{MvtCoord, MvtError, MvtFeatureBuilder, MvtGeomType, MvtLayerBuilder, MvtValueRef};
use xxhash_rust::xxh3::xxh3_64;

/// Ids keep this many bits, so that JavaScript's numbers hold them.
const ID_BITS: u32 = 53;

/// A value of a feature, in the type that the tile stores it as.
pub(crate) enum Value<'a> {
    Text(&'a str),
    Int(i64),
    Float(f64),
}

/// A value of a feature, or its absence, by name.
pub(crate) type Named<'a> = (&'a str, Option<Value<'a>>);

/// A layer in the making. Features are added one by one and stand in the tile in that order.
pub(crate) struct LayerWriter {
    /// Absent only while a feature is being added.
    layer: Option<MvtLayerBuilder>,
    /// The attributes that are written; others are left out.
    fields: Vec<Field>,
}

/// The encoder refused what it was given, which would be a defect of this crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the tile could not be encoded: {0}")]
pub struct TileError(pub String);

fn failed(error: MvtError) -> TileError {
    TileError(error.to_string())
}

impl LayerWriter {
    /// A layer with a name, whose features keep these attributes.
    pub(crate) fn new(name: &str, fields: &[Field]) -> Result<Self, TileError> {
        let writer = MvtLayerBuilder::new(name).map_err(failed)?;
        Ok(Self { layer: Some(writer), fields: fields.to_vec() })
    }

    /// The bytes of the layer; those of several layers one behind the other are a tile. An empty layer has
    /// no bytes, as the specification wants none.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.layer.filter(|layer| layer.num_features() > 0).map(MvtLayerBuilder::encode).unwrap_or_default()
    }

    /// Adds a point at a vertex in units of the tile. `values` without a value, and those that are no
    /// fields of the layer, are left out.
    pub(crate) fn point(&mut self, code: &str, at: Vertex, values: &[Named<'_>]) -> Result<(), TileError> {
        self.feature(MvtGeomType::Point, code, values, |feature| feature.points([coord(&at)]).map(drop))
    }

    /// Adds an area of valid polygons in units of the tile, unless nothing is left of it.
    pub(crate) fn area(&mut self, code: &str, polygons: &[Polygon], values: &[Named<'_>]) -> Result<(), TileError> {
        if polygons.is_empty() {
            return Ok(());
        }
        self.feature(MvtGeomType::Polygon, code, values, |feature| {
            for polygon in polygons {
                for (index, ring) in polygon.iter().enumerate() {
                    feature.ring(ring.iter().map(coord), index == 0)?;
                }
            }
            Ok(())
        })
    }

    /// Adds lines in units of the tile, unless nothing is left of them.
    pub(crate) fn lines(&mut self, code: &str, lines: &[Vec<Vertex>], values: &[Named<'_>]) -> Result<(), TileError> {
        if lines.is_empty() {
            return Ok(());
        }
        self.feature(MvtGeomType::LineString, code, values, |feature| {
            lines.iter().try_for_each(|line| feature.line(line.iter().map(coord)).map(drop))
        })
    }

    /// Adds a feature with its id, its code and its values, whose geometry `draw` gives.
    fn feature(
        &mut self,
        of: MvtGeomType,
        code: &str,
        values: &[Named<'_>],
        draw: impl FnOnce(&mut MvtFeatureBuilder) -> Result<(), MvtError>,
    ) -> Result<(), TileError> {
        let Some(layer) = self.layer.take() else { return Ok(()) };
        let mut feature = layer.feature_of(of);
        draw(&mut feature).map_err(failed)?;
        feature.id(Some(xxh3_64(code.as_bytes()) >> (u64::BITS - ID_BITS)));
        feature.tag_ref("code", MvtValueRef::String(code)).map_err(failed)?;
        for (key, value) in values.iter().filter(|(key, _)| self.fields.iter().any(|f| f.name == *key)) {
            let value = match value {
                Some(Value::Text(text)) => MvtValueRef::String(text),
                Some(Value::Int(number)) => MvtValueRef::Int(*number),
                Some(Value::Float(number)) => MvtValueRef::Double(*number),
                None => continue,
            };
            feature.tag_ref(key, value).map_err(failed)?;
        }
        self.layer = Some(feature.end());
        Ok(())
    }
}

fn coord(v: &Vertex) -> MvtCoord {
    MvtCoord { x: v.0 as i32, y: v.1 as i32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mvt::{GeomEncoder, GeomType, Tile};

    /// For a point both encoders have the same to say.
    #[test]
    fn another_encoder_writes_the_same_point() {
        let fields = Field::all(&["code", "name"], &[]);
        let mut writer = LayerWriter::new("labels", &fields).expect("a layer");
        writer.point("99", (7, 9), &[("name", Some(Value::Text("岚洲")))]).expect("encodes");
        let mut tile = Tile::new(4096);
        let geometry = GeomEncoder::new(GeomType::Point).point(7, 9).expect("fits").encode().expect("encodes");
        let mut feature = tile.create_layer("labels").into_feature(geometry);
        feature.set_id(xxh3_64(b"99") >> (u64::BITS - ID_BITS));
        feature.add_tag_string("code", "99");
        feature.add_tag_string("name", "岚洲");
        tile.add_layer(feature.into_layer()).expect("one layer");
        let decoded = |bytes: &[u8]| {
            format!("{:?}", fast_mvt::MvtReaderRef::new(bytes).and_then(|r| r.to_tile()).expect("decodes"))
        };
        assert_eq!(decoded(&writer.finish()), decoded(&tile.to_bytes().expect("encodes")));
    }
}
