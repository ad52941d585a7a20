//! GeoJSON (RFC 7946): one collection, a feature a line.

use super::{BufferedOut, Sink};
use crate::cmd::export::Failure;
use baseplate_core::{Feature, FeatureColumn, FeatureValue};
use geo_types::{Coord, Geometry, LineString, Polygon};
use serde_json::{Map, Value, json};
use std::io::Write;

pub(super) struct GeoJsonSink<'w> {
    columns: Vec<FeatureColumn>,
    out: BufferedOut<'w>,
    /// What stands before the next feature.
    before: &'static str,
}

impl<'w> GeoJsonSink<'w> {
    pub(super) fn new(columns: Vec<FeatureColumn>, mut out: BufferedOut<'w>) -> Result<Self, Failure> {
        out.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
        Ok(Self { columns, out, before: "\n" })
    }
}

impl Sink for GeoJsonSink<'_> {
    fn put(&mut self, feature: &Feature<'_>) -> Result<(), Failure> {
        let named = self.columns.iter().zip(&feature.values);
        let properties: Map<String, Value> = named.map(|(c, v)| (c.name.to_owned(), property(v))).collect();
        let geometry = feature.geometry.as_ref().map_or(Value::Null, geometry);
        self.out.write_all(self.before.as_bytes())?;
        let object = json!({ "type": "Feature", "properties": properties, "geometry": geometry });
        serde_json::to_writer(&mut self.out, &object)?;
        self.before = ",\n";
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), Failure> {
        self.out.write_all(b"\n]}\n")?;
        Ok(self.out.flush()?)
    }
}

fn property(value: &FeatureValue<'_>) -> Value {
    match value {
        FeatureValue::Null => Value::Null,
        FeatureValue::Text(text) => (*text).into(),
        FeatureValue::Cell(cell) => cell.to_string().into(),
        FeatureValue::Integer(number) => (*number).into(),
        FeatureValue::Float(number) => (*number).into(),
    }
}

fn geometry(geometry: &Geometry<f64>) -> Value {
    let (of, coordinates) = match geometry {
        Geometry::Point(at) => ("Point", vertex(&at.0)),
        Geometry::Polygon(area) => ("Polygon", polygon(area)),
        Geometry::MultiPolygon(areas) => ("MultiPolygon", areas.iter().map(polygon).collect()),
        _ => return Value::Null,
    };
    json!({ "type": of, "coordinates": coordinates })
}

fn polygon(area: &Polygon<f64>) -> Value {
    std::iter::once(area.exterior()).chain(area.interiors()).map(ring).collect()
}

fn ring(ring: &LineString<f64>) -> Value {
    ring.coords().map(vertex).collect()
}

fn vertex(at: &Coord<f64>) -> Value {
    json!([at.x, at.y])
}
