//! GeoJSON: a FeatureCollection, read as a stream, or one feature a line.
//!
//! Each feature is taken out as raw text first and read by itself, so that a bad one costs nothing but itself.
//! Numbers keep the digits they are written with: a 25-digit code that somebody stored as a number is not rounded.

use super::{Columns, Inspection, RawGeometry, Reject, Row, Sink, SourceError, SourceFile, encoding::open_text};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

/// Reads a FeatureCollection, a single Feature or a bare geometry.
pub(super) fn read_collection(
    file: &SourceFile,
    inspection: &Inspection,
    columns: &Columns,
    sink: &mut Sink<'_>,
) -> Result<Option<String>, SourceError> {
    let text = open_text(file, inspection)?;
    let mut features = Features { columns, sink, count: 0 };
    let mut json = serde_json::Deserializer::from_reader(text);
    let read = json.deserialize_map(Document(&mut features)).and_then(|crs| json.end().map(|()| crs));
    match read {
        Ok(crs) => Ok(crs),
        Err(e) => {
            let row = features.count + 1;
            let reason = format!("the file cannot be read on from here: {e}");
            (features.sink)(Err(Reject::new(row, "", "", reason)));
            Ok(None)
        }
    }
}

/// Reads one feature a line.
pub(super) fn read_lines(
    file: &SourceFile,
    inspection: &Inspection,
    columns: &Columns,
    sink: &mut Sink<'_>,
) -> Result<(), SourceError> {
    super::delimited::for_each_line(open_text(file, inspection)?, |number, line| match line {
        Ok("") => {}
        Ok(line) => sink(feature_row(number, line, columns)),
        Err(reject) => sink(Err(reject)),
    });
    Ok(())
}

struct Features<'a, 's> {
    columns: &'a Columns,
    sink: &'a mut Sink<'s>,
    count: u64,
}

impl Features<'_, '_> {
    fn take(&mut self, text: &str) {
        self.count += 1;
        (self.sink)(feature_row(self.count, text, self.columns));
    }
}

/// The top of a GeoJSON document. Its value is the coordinate system that the file names.
struct Document<'f, 'a, 's>(&'f mut Features<'a, 's>);

impl<'de> Visitor<'de> for Document<'_, '_, '_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<String>, A::Error> {
        let (mut crs, mut collection) = (None, false);
        let mut rest: BTreeMap<String, Box<RawValue>> = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "features" => {
                    collection = true;
                    map.next_value_seed(Sequence(self.0))?;
                }
                "crs" => crs = declared_crs(&map.next_value()?),
                "type" | "geometry" | "properties" | "id" | "coordinates" | "geometries" => {
                    rest.insert(key, map.next_value()?);
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let kind = rest.get("type").and_then(|raw| serde_json::from_str::<String>(raw.get()).ok()).unwrap_or_default();
        let is_geometry = rest.contains_key("coordinates") || rest.contains_key("geometries");
        let whole = serde_json::to_string(&rest).map_err(serde::de::Error::custom)?;
        match kind.as_str() {
            "FeatureCollection" if collection => {}
            "FeatureCollection" => return Err(serde::de::Error::custom("a FeatureCollection without features")),
            _ if collection => {
                let reason = "the document's type should be FeatureCollection; its features were read all the same";
                (self.0.sink)(Err(Reject::new(0, "type", &kind, reason)));
            }
            "Feature" => self.0.take(&whole),
            _ if is_geometry => {
                self.0.take(&format!(r#"{{"type":"Feature","geometry":{whole},"properties":null}}"#));
            }
            _ => return Err(serde::de::Error::custom("neither a FeatureCollection nor a Feature nor a geometry")),
        }
        Ok(crs)
    }
}

/// The `features` array, or a single feature where an array should stand.
struct Sequence<'f, 'a, 's>(&'f mut Features<'a, 's>);

impl<'de> DeserializeSeed<'de> for Sequence<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Sequence<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while let Some(feature) = sequence.next_element::<Box<RawValue>>()? {
            self.0.take(feature.get());
        }
        Ok(())
    }
}

/// `{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4547"}}`, as GeoJSON had it before RFC 7946.
fn declared_crs(crs: &serde_json::Value) -> Option<String> {
    crs.pointer("/properties/name").and_then(|name| name.as_str()).map(str::to_owned)
}

#[derive(Deserialize)]
struct RawFeature<'a> {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(borrow)]
    geometry: Option<&'a RawValue>,
    #[serde(borrow)]
    properties: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
}

fn feature_row(number: u64, text: &str, columns: &Columns) -> Result<Row, Reject> {
    let feature: RawFeature<'_> =
        serde_json::from_str(text).map_err(|e| Reject::new(number, "", text, format!("not a GeoJSON feature: {e}")))?;
    if feature.kind.as_deref() != Some("Feature") {
        return Err(Reject::new(number, "type", &feature.kind.unwrap_or_default(), "the type should be Feature"));
    }
    let properties: HashMap<String, &RawValue> = match feature.properties {
        Some(raw) => serde_json::from_str(raw.get())
            .map_err(|e| Reject::new(number, "properties", raw.get(), format!("not an object: {e}")))?,
        None => HashMap::new(),
    };
    let mut cells = Vec::with_capacity(columns.0.len());
    for column in &columns.0 {
        let own_id = feature.id.filter(|_| column == "id");
        cells.push(properties.get(column.as_str()).copied().or(own_id).and_then(cell_text));
    }
    let geometry = match feature.geometry {
        Some(raw) => Some(
            RawGeometry::from_geojson(raw.get())
                .map_err(|reason| Reject::new(number, "geometry", raw.get(), reason))?,
        ),
        None => None,
    };
    Ok(Row { number, cells, geometry })
}

/// A property as text: strings without their quotes, numbers as they are written, null as nothing.
fn cell_text(raw: &RawValue) -> Option<String> {
    match raw.get() {
        "null" => None,
        text if text.starts_with('"') => serde_json::from_str(text).ok(),
        text => Some(text.to_owned()),
    }
}
