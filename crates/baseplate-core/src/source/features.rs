//! GeoJSON: a FeatureCollection, read as a stream, or one feature a line.
//!
//! Each feature is taken out as raw text first and read by itself, so that a bad one costs nothing but
//! itself; a collection is never in memory as a whole, and a feature of more than 256 MiB ends the reading.
//! Numbers keep the digits they are written with: a 25-digit code that somebody stored as a number is not
//! rounded. Wanted columns are members of `properties`; `id` is also found beside them.
//!
//! Other JSON of maps (TopoJSON, Esri JSON, packed for charts) is named with what to do about it.

use super::{
    columns::{Columns, Role},
    encoding::{Inspection, open_lines, open_text},
    error::SourceError,
    geometry::{RawGeometry, without_texts},
    lines::UNDECODED,
    row::{Row, RowRemark, Sink, Undone},
    spec::SourceFile,
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{cell::Cell, collections::BTreeMap, fmt, path::Path, rc::Rc, sync::Arc};

/// Reads a FeatureCollection, a single Feature or a bare geometry into `sink`. Returns notes on the file as
/// a whole.
///
/// # Errors
/// When the document is no JSON, is cut off, is another kind of JSON, or no feature has the column of the
/// code.
pub(super) fn read_collection(
    file: &SourceFile,
    inspection: &Inspection,
    columns: &Columns,
    sink: &mut Sink<'_>,
) -> Result<Vec<String>, SourceError> {
    let text = open_text(file, inspection)?;
    let mut features = Features::new(columns, sink);
    features.waiting = text.waiting();
    let mut json = serde_json::Deserializer::from_reader(text);
    let read = json.deserialize_any(Document(&mut features)).and_then(|found| json.end().map(|()| found));
    let declared = match read {
        Ok(Found::Geo(declared)) => declared,
        Ok(Found::Other(kind)) => return Err(kind.error(&file.path)),
        // Sound JSON, but no GeoJSON: there is nothing in the file, and nothing of it is lost.
        Err(e) if e.is_data() => {
            let found = format!("no GeoJSON ({})", without_texts(&e.to_string()));
            return Err(SourceError::other_kind(&file.path, &found, AS_COLLECTION));
        }
        Err(e) if features.count == 1 && e.is_syntax() && !features.in_collection => {
            return Err(SourceError::other_kind(&file.path, "several JSON texts in one file", AS_LINES));
        }
        Err(e) => return Err(SourceError::broken(&file.path, features.count + 1, without_texts(&e.to_string()))),
    };
    if let Some(kind) = features.other.filter(|kind| !features.any && *kind != Kind::Collection) {
        return Err(kind.error(&file.path));
    }
    let mut notes = features.finish(file, inspection)?;
    if let Some((declared, used)) = declared.zip(file.crs.as_deref()).filter(|(d, used)| !same_system(d, used)) {
        let path = file.path.display();
        notes.push(format!("{path} says that it is in {declared}; the spec's {used} was used"));
    }
    Ok(notes)
}

/// Reads one feature a line into `sink`. Returns notes on the file as a whole.
///
/// # Errors
/// When the file cannot be read to its end, is another kind of JSON, or no feature has the column of the
/// code.
pub(super) fn read_lines(
    file: &SourceFile,
    inspection: &Inspection,
    columns: &Columns,
    sink: &mut Sink<'_>,
) -> Result<Vec<String>, SourceError> {
    let mut features = Features::new(columns, sink);
    let mut lines = open_lines(file, inspection)?;
    while let Some(line) = lines.read().map_err(|e| SourceError::broken(&file.path, lines.number(), e))? {
        // Some writers begin each line with a record separator.
        let feature = line.text.trim_matches(|c: char| c.is_whitespace() || c == '\u{1e}');
        match line.fault.filter(|_| feature.is_empty()) {
            Some(fault) => features.refuse(line.number, fault),
            None if feature.is_empty() => {}
            None => features.take(line.number, feature),
        }
    }
    match features.other.take().filter(|_| !features.any) {
        Some(kind) => Err(kind.error(&file.path)),
        None => features.finish(file, inspection),
    }
}

/// Whether the system that an old GeoJSON file names is the one of the spec.
fn same_system(declared: &str, spec: &str) -> bool {
    let number = |name: &str| name.rsplit(':').next().map(str::to_owned);
    let geographic = ["4326", "4490"].iter().any(|code| spec.ends_with(code));
    declared.ends_with("CRS84") && geographic || number(declared) == number(spec)
}

/// The member of a feature that holds its geometry.
const GEOMETRY: &str = "geometry";

/// The cure for JSON that is no GeoJSON.
const AS_COLLECTION: &str = "save it as a GeoJSON FeatureCollection";
/// The cure for a file of lines under the name of a document.
const AS_LINES: &str = "if each line is a feature, call the file .geojsonl";

/// JSON that is no GeoJSON features, or none that this file's name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// TopoJSON, with arcs that areas share.
    TopoJson,
    /// JSON of Esri's services.
    EsriJson,
    /// GeoJSON whose coordinates are packed as text, for a chart library.
    PackedForCharts,
    /// A FeatureCollection without the member `features`.
    NoFeatures,
    /// A FeatureCollection where one feature a line was expected.
    Collection,
    /// Any other JSON.
    Something,
}

impl Kind {
    /// The error for such a file, with its cure.
    fn error(self, path: &Path) -> SourceError {
        let (found, cure) = match self {
            Self::TopoJson => ("TopoJSON", "convert it to GeoJSON, for example with topo2geo or ogr2ogr"),
            Self::EsriJson => ("Esri JSON", "export GeoJSON instead (f=geojson), or convert it with ogr2ogr"),
            Self::PackedForCharts => (
                "map JSON packed for charts (UTF8Encoding)",
                "get the GeoJSON that it was made from, with plain coordinates",
            ),
            Self::NoFeatures => {
                ("a FeatureCollection without features", "was it cut off or saved empty? export it again")
            }
            Self::Collection => ("one FeatureCollection, not one feature a line", "call the file .geojson"),
            Self::Something => ("neither a FeatureCollection nor a Feature nor a geometry", AS_COLLECTION),
        };
        SourceError::other_kind(path, found, cure)
    }
}

/// What a document is.
enum Found {
    /// GeoJSON, with the coordinate system that it names.
    Geo(Option<String>),
    /// JSON that is no GeoJSON.
    Other(Kind),
}

/// The features of a file while they are read.
struct Features<'a, 's> {
    columns: &'a Columns,
    geometry_column: Option<Arc<str>>,
    sink: &'a mut Sink<'s>,
    /// Bytes of a document that were read since the last feature.
    waiting: Rc<Cell<u64>>,
    /// Features so far.
    count: u64,
    /// Whether any of them could be read.
    any: bool,
    /// Whether they stand in a collection.
    in_collection: bool,
    /// What the file is if it is no GeoJSON.
    other: Option<Kind>,
    /// The guards that were taken off codes.
    undone: Undone,
    /// Whether any feature had the wanted column.
    seen: Vec<bool>,
    /// The properties of the first feature.
    found: Option<Vec<String>>,
    /// What is strange about the document.
    notes: Vec<String>,
}

impl<'a, 's> Features<'a, 's> {
    fn new(columns: &'a Columns, sink: &'a mut Sink<'s>) -> Self {
        let seen = vec![false; columns.wanted.len()];
        let (count, any, in_collection, undone) = (0, false, false, Undone::default());
        let (waiting, notes) = (Rc::default(), Vec::new());
        let geometry_column = columns.with_geometry.then(|| GEOMETRY.into());
        Self {
            columns,
            geometry_column,
            sink,
            waiting,
            count,
            any,
            in_collection,
            other: None,
            undone,
            seen,
            found: None,
            notes,
        }
    }

    /// A line of which nothing could be read.
    fn refuse(&mut self, number: u64, fault: &str) {
        self.count += 1;
        (self.sink)(Err(RowRemark::new(number, "", "", fault)));
    }

    /// Takes a feature, given as text, under its number.
    fn take(&mut self, number: u64, text: &str) {
        self.count += 1;
        self.waiting.set(0);
        let row = self.row(number, text);
        self.any |= row.is_ok();
        (self.sink)(row);
    }

    /// Ends the reading and gives its notes.
    ///
    /// # Errors
    /// A column that no feature has is a slip in the spec: without the code nothing can be read, which is
    /// an error; without another there is something to note.
    fn finish(self, file: &SourceFile, inspection: &Inspection) -> Result<Vec<String>, SourceError> {
        let path = file.path.clone();
        let doubt = inspection.script.doubt().map(str::to_owned);
        let noted = self.notes.iter().cloned().chain(doubt).chain(self.undone.note());
        let mut notes: Vec<String> = noted.map(|note| format!("{}: {note}", path.display())).collect();
        let Some(found) = self.found.map(|names| names.join(", ")) else { return Ok(notes) };
        let unseen: Vec<&String> =
            self.columns.wanted.iter().zip(&self.seen).filter(|(_, s)| !**s).map(|((c, _), _)| c).collect();
        if let (false, Some(code)) = (self.seen[0], unseen.first()) {
            return Err(SourceError::NoColumn { path, column: (*code).clone(), found, separated_by: String::new() });
        }
        notes
            .extend(unseen.iter().map(|c| format!("{}: no feature has '{c}'; the first has: {found}", path.display())));
        Ok(notes)
    }
}

/// The top of a JSON document.
struct Document<'f, 'a, 's>(&'f mut Features<'a, 's>);

impl<'de> Visitor<'de> for Document<'_, '_, '_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let (mut crs, mut keys) = (None, Vec::new());
        let mut rest: BTreeMap<String, Box<RawValue>> = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "features" => {
                    self.0.in_collection = true;
                    map.next_value_seed(Sequence(self.0))?;
                }
                "crs" => crs = declared_crs(&map.next_value()?),
                "type" | "geometry" | "properties" | "id" | "coordinates" | "geometries" => {
                    rest.insert(key, map.next_value()?);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    keys.push(key);
                }
            }
        }
        let word = rest.get("type").and_then(|raw| serde_json::from_str::<String>(raw.get()).ok()).unwrap_or_default();
        if let Some(kind) = kind_of_json(&word, &keys, self.0.in_collection) {
            return Ok(Found::Other(kind));
        }
        let whole = serde_json::to_string(&rest).map_err(serde::de::Error::custom)?;
        match word.as_str() {
            "FeatureCollection" => {}
            _ if self.0.in_collection => {
                let note = format!("its type is '{word}' where FeatureCollection should stand; its features were read");
                self.0.notes.push(note);
            }
            "Feature" => self.0.take(1, &whole),
            _ if rest.contains_key("coordinates") || rest.contains_key("geometries") => {
                self.0.take(1, &format!(r#"{{"type":"Feature","geometry":{whole},"properties":null}}"#));
            }
            _ => return Ok(Found::Other(Kind::Something)),
        }
        Ok(Found::Geo(crs))
    }
}

/// What an object is, by its type and its other keys, if it is no GeoJSON.
fn kind_of_json(word: &str, keys: &[String], has_features: bool) -> Option<Kind> {
    let has = |name: &str| keys.iter().any(|key| key == name);
    match word {
        "Topology" => Some(Kind::TopoJson),
        _ if has("UTF8Encoding") => Some(Kind::PackedForCharts),
        "FeatureCollection" if !has_features => Some(Kind::NoFeatures),
        "" if has("geometryType") || has("spatialReference") || has("fieldAliases") => Some(Kind::EsriJson),
        "" if has("arcs") && has("objects") => Some(Kind::TopoJson),
        _ => None,
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

/// The members of a feature, as they stand there.
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
    /// The row of a feature, or what is wrong with it.
    fn row(&mut self, number: u64, text: &str) -> Result<Row, RowRemark> {
        let no_feature = |e: serde_json::Error| {
            let reason = format!("not a GeoJSON feature: {}", without_texts(&e.to_string()));
            RowRemark::new(number, "", "", reason)
        };
        let feature: RawFeature<'_> = serde_json::from_str(text).map_err(no_feature)?;
        if feature.kind.as_deref() != Some("Feature") {
            let word = feature.kind.unwrap_or_default();
            self.other = self.other.or(match word.as_str() {
                "Topology" => Some(Kind::TopoJson),
                "FeatureCollection" => Some(Kind::Collection),
                _ => None,
            });
            return Err(RowRemark::new(number, "type", &word, "the type should be Feature"));
        }
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return Err(RowRemark::new(number, "", "", UNDECODED));
        }
        let cells = self.cells(number, &feature)?;
        let geometry = feature.geometry.filter(|_| self.columns.with_geometry);
        let geometry = geometry.map(|raw| self.geometry(number, raw)).transpose()?;
        Ok(Row::new(number, cells, self.columns.roles(), geometry, self.geometry_column.clone()))
    }

    /// The geometry of a feature, or what is wrong with it.
    fn geometry(&mut self, number: u64, raw: &RawValue) -> Result<RawGeometry, RowRemark> {
        RawGeometry::from_geojson(raw.get()).map_err(|reason| {
            if raw.get().contains("\"encodeOffsets\"") {
                self.other = Some(Kind::PackedForCharts);
            }
            RowRemark::new(number, GEOMETRY, raw.get(), reason)
        })
    }

    /// The cells of the wanted columns; the first feature also tells which properties there are.
    fn cells(&mut self, number: u64, feature: &RawFeature<'_>) -> Result<Vec<Option<String>>, RowRemark> {
        let bad = |e: serde_json::Error| {
            RowRemark::new(number, "properties", "", format!("not an object: {}", without_texts(&e.to_string())))
        };
        let properties: BTreeMap<String, &RawValue> = match feature.properties {
            Some(raw) => serde_json::from_str(raw.get()).map_err(bad)?,
            None => BTreeMap::new(),
        };
        self.found.get_or_insert_with(|| properties.keys().cloned().collect());
        let undone = &mut self.undone;
        let cell = |((column, role), seen): (&(String, Role), &mut bool)| {
            let own_id = feature.id.filter(|_| column == "id");
            let raw = properties.get(column).copied().or(own_id);
            *seen |= raw.is_some();
            let text = raw.and_then(cell_text)?;
            Some(if matches!(role, Role::Code | Role::Id) { undone.look(text) } else { text })
        };
        Ok(self.columns.wanted.iter().zip(&mut self.seen).map(cell).collect())
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
