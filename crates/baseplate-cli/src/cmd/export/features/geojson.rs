//! GeoJSON (RFC 7946): one collection, a feature a line.

use super::sink::{BufferedOut, Sink};
use crate::cmd::outcome::Failure;
use baseplate_core::{Feature, FeatureColumn, FeatureValue};
use geojson::GeometryValue;
use serde::Serialize;
use std::{collections::BTreeMap, io::Write};

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
        let properties: BTreeMap<_, _> = named.map(|(c, v)| (c.name.as_str(), v)).collect();
        let geometry = feature.geometry.as_ref().map(GeometryValue::from);
        self.out.write_all(self.before.as_bytes())?;
        let object = Object { of: "Feature", properties, geometry };
        serde_json::to_writer(&mut self.out, &object)?;
        self.before = ",\n";
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), Failure> {
        self.out.write_all(b"\n]}\n")?;
        Ok(self.out.flush()?)
    }
}

#[derive(Serialize)]
struct Object<'a> {
    #[serde(rename = "type")]
    of: &'static str,
    properties: BTreeMap<&'a str, &'a FeatureValue<'a>>,
    geometry: Option<GeometryValue>,
}
