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
use std::{collections::BTreeMap, fmt, io::BufRead};

/// Reads a FeatureCollection, a single Feature or a bare geometry.
pub(super) fn read_collection(
    file: &SourceFile,
    inspection: &Inspection,
    columns: &Columns,
    sink: &mut Sink<'_>,
) -> Result<Vec<String>, SourceError> {
    let text = open_text(file, inspection)?;
    let mut features = Features::new(columns, sink);
    let mut json = serde_json::Deserializer::from_reader(text);
    let declared = match json.deserialize_map(Document(&mut features)).and_then(|crs| json.end().map(|()| crs)) {
        Ok(declared) => declared,
        // Sound JSON, but no GeoJSON: there is nothing in the file, and nothing of it is lost.
        Err(e) if e.is_data() => {
            (features.sink)(Err(Reject::new(0, "", "", format!("not GeoJSON: {e}"))));
            None
        }
        Err(e) => return Err(SourceError::broken(&file.path, features.count + 1, e)),
    };
    let mut notes = features.finish(file)?;
    if let Some((declared, used)) = declared.zip(file.crs.as_deref()).filter(|(d, used)| !same_system(d, used)) {
        let path = file.path.display();
        notes.push(format!("{path} says that it is in {declared}; the spec's {used} was used"));
    }
    Ok(notes)
}

/// Reads one feature a line.
pub(super) fn read_lines(
    file: &SourceFile,
    inspection: &Inspection,
    columns: &Columns,
    sink: &mut Sink<'_>,
) -> Result<Vec<String>, SourceError> {
    let mut features = Features::new(columns, sink);
    let (mut text, mut number, mut line) = (open_text(file, inspection)?, 0, String::new());
    loop {
        number += 1;
        line.clear();
        if text.read_line(&mut line).map_err(|e| SourceError::broken(&file.path, number, e))? == 0 {
            return features.finish(file);
        }
        // Some writers begin each line with a record separator.
        let feature = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{1e}');
        if !feature.is_empty() {
            features.take(number, feature);
        }
    }
}

/// Whether the system that an old GeoJSON file names is the one of the spec.
fn same_system(declared: &str, spec: &str) -> bool {
    let number = |name: &str| name.rsplit(':').next().map(str::to_owned);
    let geographic = ["4326", "4490"].iter().any(|code| spec.ends_with(code));
    declared.ends_with("CRS84") && geographic || number(declared) == number(spec)
}

struct Features<'a, 's> {
    columns: &'a Columns,
    sink: &'a mut Sink<'s>,
    /// Features so far.
    count: u64,
    /// Whether any feature had the wanted column.
    seen: Vec<bool>,
    /// The properties of the first feature.
    found: Option<Vec<String>>,
    /// What is strange about the document.
    notes: Vec<String>,
}

impl<'a, 's> Features<'a, 's> {
    fn new(columns: &'a Columns, sink: &'a mut Sink<'s>) -> Self {
        Self { columns, sink, count: 0, seen: vec![false; columns.0.len()], found: None, notes: Vec::new() }
    }

    fn take(&mut self, number: u64, text: &str) {
        self.count += 1;
        let row = self.row(number, text);
        (self.sink)(row);
    }

    /// A column that no feature has is a slip in the spec: without the code nothing can be read; without another there is
    /// something to note.
    fn finish(self, file: &SourceFile) -> Result<Vec<String>, SourceError> {
        let path = file.path.clone();
        let mut notes: Vec<String> = self.notes.iter().map(|note| format!("{}: {note}", path.display())).collect();
        let Some(found) = self.found.map(|names| names.join(", ")) else { return Ok(notes) };
        let unseen: Vec<&String> =
            self.columns.0.iter().zip(&self.seen).filter(|(_, s)| !**s).map(|(c, _)| c).collect();
        if let (false, Some(code)) = (self.seen[0], unseen.first()) {
            return Err(SourceError::NoColumn { path, column: (*code).clone(), found });
        }
        notes
            .extend(unseen.iter().map(|c| format!("{}: no feature has '{c}'; the first has: {found}", path.display())));
        Ok(notes)
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
                self.0
                    .notes
                    .push(format!("its type is '{kind}' where FeatureCollection should stand; its features were read"));
            }
            "Feature" => self.0.take(1, &whole),
            _ if is_geometry => {
                self.0.take(1, &format!(r#"{{"type":"Feature","geometry":{whole},"properties":null}}"#));
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
            self.0.take(self.0.count + 1, feature.get());
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

impl Features<'_, '_> {
    fn row(&mut self, number: u64, text: &str) -> Result<Row, Reject> {
        let feature: RawFeature<'_> = serde_json::from_str(text)
            .map_err(|e| Reject::new(number, "", text, format!("not a GeoJSON feature: {e}")))?;
        if feature.kind.as_deref() != Some("Feature") {
            return Err(Reject::new(number, "type", &feature.kind.unwrap_or_default(), "the type should be Feature"));
        }
        if text.contains(char::REPLACEMENT_CHARACTER) {
            let reason = "it has characters that the encoding of the file does not have";
            return Err(Reject::new(number, "", text, reason));
        }
        let cells = self.cells(number, &feature)?;
        let bad = |raw: &RawValue, reason| Reject::new(number, "geometry", raw.get(), reason);
        let read = |raw: &RawValue| RawGeometry::from_geojson(raw.get()).map_err(|reason| bad(raw, reason));
        Ok(Row { number, cells, geometry: feature.geometry.map(read).transpose()? })
    }

    fn cells(&mut self, number: u64, feature: &RawFeature<'_>) -> Result<Vec<Option<String>>, Reject> {
        let bad = |raw: &RawValue, e| Reject::new(number, "properties", raw.get(), format!("not an object: {e}"));
        let properties: BTreeMap<String, &RawValue> = match feature.properties {
            Some(raw) => serde_json::from_str(raw.get()).map_err(|e| bad(raw, e))?,
            None => BTreeMap::new(),
        };
        self.found.get_or_insert_with(|| properties.keys().cloned().collect());
        let cell = |(column, seen): (&String, &mut bool)| {
            let own_id = feature.id.filter(|_| column == "id");
            let raw = properties.get(column).copied().or(own_id);
            *seen |= raw.is_some();
            raw.and_then(cell_text)
        };
        Ok(self.columns.0.iter().zip(&mut self.seen).map(cell).collect())
    }
}

/// A property as text: strings without their quotes, numbers as they are written, null as nothing.
fn cell_text(raw: &RawValue) -> Option<String> {
    match raw.get() {
        "null" => None,
        text if text.starts_with('"') => serde_json::from_str(text).ok(),
        text => Some(text.to_owned()),
    }
}
