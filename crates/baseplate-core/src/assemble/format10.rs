//! What a plate of format 10 has otherwise than the present one, for [`migrate`](super::migrate).
//!
//! | format 10 | now |
//! |---|---|
//! | `plate.json`: `rows.people`, `rows.enterprises`, `person_attributes`, `enterprise_attributes` | `layers` |
//! | `enterprises.arrow`: `uscc` and no building, point or time | `layers/enterprises.arrow`: `code` and all columns of records |
//! | `index/enterprises-by-code.bin`, `index/enterprises-by-name.bin` | the same bytes among the layers |
//! | `enterprises` in `grids.arrow` and `cells.arrow`, the counts of both layers in `index/categories.bin` | a file of counts for each layer |
//!
//! `index/categories.bin` (magic `BPCATEGO`, version 3) has for each attribute of people a matrix of `u32` and an array of `u8`, as they
//! stand in `layers/people.counts.bin`, and behind them one matrix of `u32` for each attribute of enterprises.

use super::layer_counts::with_totals;
use crate::{
    arrays::{ArraysError, ArraysReader, ArraysWriter},
    schema::{Word, tables::RecordRow},
    store::{
        AttributeInfo, FORMAT, LayerInfo, Manifest, OpenError, PrivateManifest,
        files::{Files, read_manifest_of_any_format},
        layer::{ENTERPRISES_LAYER, PEOPLE_LAYER},
        names::{LAYERS, MANIFEST, PRIVATE_MANIFEST, layer_counts_file, records_by_code, records_by_name},
        table::{Bytes8, Cells, Flags, Rows, Singles, Table, TableError, Text, Words},
    },
};
use arrow_array::{ArrayRef, StringArray};
use arrow_buffer::Buffer;
use serde::Deserialize;
use std::{
    path::{Component, Path, PathBuf},
    sync::Arc,
};

const ENTERPRISES: &str = "enterprises.arrow";
const BY_CODE: &str = "index/enterprises-by-code.bin";
const BY_NAME: &str = "index/enterprises-by-name.bin";
const CATEGORIES: &str = "index/categories.bin";
const CATEGORIES_MAGIC: [u8; 8] = *b"BPCATEGO";
const CATEGORIES_VERSION: u32 = 3;
/// The column of how many enterprises count, in the tables of grids and cells.
const COUNTED: &str = "enterprises";

/// What its manifest says of layers.
#[derive(Deserialize)]
struct OldManifest {
    rows: OldRows,
    person_attributes: Vec<AttributeInfo>,
    enterprise_attributes: Vec<AttributeInfo>,
}

/// How many there are of the layers.
#[derive(Deserialize)]
struct OldRows {
    people: u64,
    enterprises: u64,
}

impl OldManifest {
    /// The layers: people, and enterprises, of which it is not known how many are linked.
    fn layers(self) -> [LayerInfo; 2] {
        let Self { rows: OldRows { people, enterprises }, person_attributes, enterprise_attributes } = self;
        [
            LayerInfo { rows: people, linked: people, attributes: person_attributes, ..LayerInfo::people() },
            LayerInfo { rows: enterprises, attributes: enterprise_attributes, ..LayerInfo::enterprises() },
        ]
    }
}

/// The manifest in the present words, but with the files of format 10.
fn translate(mut json: serde_json::Value) -> Result<Manifest, serde_json::Error> {
    let layers = OldManifest::deserialize(&json)?.layers();
    if let Some(fields) = json.as_object_mut() {
        fields.insert("format".to_owned(), FORMAT.into());
        fields.insert("layers".to_owned(), serde_json::to_value(layers)?);
    }
    serde_json::from_value(json)
}

/// The published generation of a plate of format 10.
pub(super) struct OldGeneration {
    /// Its directory.
    pub(super) dir: PathBuf,
    /// What it says of itself, in the present words, but with the files that it has.
    pub(super) manifest: Manifest,
    /// What it says of single persons.
    private: PrivateManifest,
}

impl OldGeneration {
    /// Reads the manifests of a plate that is known to be of format 10, and compares every file with its hash.
    ///
    /// # Errors
    /// When a file is damaged, or what is about single persons is not for this user.
    pub(super) fn open(plate: &Path) -> Result<Self, OpenError> {
        let (dir, json) = read_manifest_of_any_format(plate)?;
        let damaged = |e: serde_json::Error| OpenError::Damaged { path: dir.join(MANIFEST), reason: e.to_string() };
        let manifest = translate(json).map_err(damaged)?;
        let files = Files { dir: &dir, manifest: &manifest, listed: &manifest.files };
        let private = files.private_manifest()?;
        let of_people = Files { listed: &private.files, ..files };
        for files in [&files, &of_people] {
            if let Some(file) = files.listed.iter().find(|file| !may_be(&file.path)) {
                return Err(files.damaged(MANIFEST, format!("it names a file that cannot be: {}", file.path)));
            }
            files.verify()?;
        }
        Ok(Self { manifest, private, dir })
    }

    fn files(&self) -> Files<'_> {
        Files { dir: &self.dir, manifest: &self.manifest, listed: &self.manifest.files }
    }

    /// The files that are taken over as they are: how each is called, and how it was.
    pub(super) fn kept(&self) -> impl Iterator<Item = (String, &str)> {
        let listed = self.manifest.files.iter().chain(&self.private.files).map(|file| file.path.as_str());
        listed.chain([PRIVATE_MANIFEST]).filter_map(|file| Some((now(file)?, file)))
    }

    /// The names of the attributes of enterprises.
    fn attributes(&self) -> impl Iterator<Item = &str> {
        let layer = self.manifest.layer(ENTERPRISES_LAYER);
        layer.into_iter().flat_map(|layer| &layer.attributes).map(|attribute| attribute.name.as_str())
    }

    /// The table of enterprises.
    pub(super) fn enterprises(&self) -> Result<OldEnterprises, OpenError> {
        self.files().columns(ENTERPRISES, |table| OldEnterprises::read(table, self.attributes()))
    }

    /// The files of counts of the layers: how each is called, and its bytes.
    pub(super) fn counts(&self) -> Result<[(String, Vec<u8>); 2], OpenError> {
        let files = self.files();
        let grids = files.columns("grids.arrow", counted)?;
        let (cells, in_cells) = files.columns("cells.arrow", |table| {
            let cells: Cells = table.numbers("cell")?;
            let counts = (0..).zip(counted(table)?).filter(|(_, count)| *count > 0);
            let of_cell = |(row, count)| Some((cells.get(row)?, count));
            let counts = counts.map(|count| of_cell(count).ok_or_else(|| TableError::Empty("cell".to_owned())));
            counts.collect::<Result<(Vec<_>, Vec<_>), _>>()
        })?;
        let [mut people, mut enterprises] = [with_totals(&[], &[], &[]), with_totals(&grids, &cells, &in_cells)];
        let of_people = self.manifest.layer(PEOPLE_LAYER).map_or(0, |layer| layer.attributes.len());
        let of_enterprises = self.attributes().count();
        files.index(CATEGORIES, |file| divide(file, (&mut people, of_people), (&mut enterprises, of_enterprises)))?;
        Ok([(PEOPLE_LAYER, people), (ENTERPRISES_LAYER, enterprises)]
            .map(|(layer, file)| (layer_counts_file(layer), file.finish())))
    }
}

/// How a file of format 10 is called now; [`None`] for those in whose place others come.
fn now(file: &str) -> Option<String> {
    match file {
        ENTERPRISES | CATEGORIES => None,
        BY_CODE => Some(records_by_code(ENTERPRISES_LAYER)),
        BY_NAME => Some(records_by_name(ENTERPRISES_LAYER)),
        _ => Some(file.to_owned()),
    }
}

/// Whether a manifest of format 10 can name a file: none outside the generation, no manifest, and none that is written now.
fn may_be(file: &str) -> bool {
    let is_inside = Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
    is_inside && ![MANIFEST, PRIVATE_MANIFEST].contains(&file) && !file.starts_with(LAYERS)
}

/// Whether a file stands in the present generation as it stood, under its name.
pub(super) fn stays(file: &str) -> bool {
    now(file).is_some_and(|name| name == file)
}

/// How many enterprises count in each row of the table of grids, or in that of cells.
fn counted(table: &Table) -> Result<Vec<u32>, TableError> {
    let counts: Rows = table.numbers(COUNTED)?;
    let count = |row| counts.get(row).ok_or_else(|| TableError::Empty(COUNTED.to_owned()));
    (0..table.rows() as u32).map(count).collect()
}

/// Gives what is counted by category to the layers, of which each has so many attributes.
fn divide(
    file: Buffer,
    (people, of_people): (&mut ArraysWriter, usize),
    (enterprises, of_enterprises): (&mut ArraysWriter, usize),
) -> Result<(), ArraysError> {
    let file = ArraysReader::open(file, CATEGORIES_MAGIC, CATEGORIES_VERSION)?;
    for attribute in 0..of_people {
        people.push::<u32>(&file.array(2 * attribute)?);
        people.push::<u8>(&file.array(2 * attribute + 1)?);
    }
    for attribute in 0..of_enterprises {
        enterprises.push::<u32>(&file.array(2 * of_people + attribute)?);
        enterprises.push::<u8>(&[]);
    }
    Ok(())
}

/// The columns of `enterprises.arrow`.
pub(super) struct OldEnterprises {
    /// How many rows it has.
    pub(super) rows: usize,
    uscc: Text,
    name: Text,
    address: Rows,
    address_text: Text,
    active: Flags,
    counted: Flags,
    natural_person: Flags,
    link: Bytes8,
    confidence: Singles,
    match_level: OldWords,
    role: OldWords,
    attributes: Vec<OldWords>,
}

/// A column of words with all of them, as the batches to be written share them.
struct OldWords {
    column: Words,
    words: ArrayRef,
}

impl OldWords {
    fn read(table: &Table, name: &str) -> Result<Self, TableError> {
        let column = table.words(name)?;
        let words = Arc::new(StringArray::from_iter_values(&column.words));
        Ok(Self { column, words })
    }

    fn word(&self, row: u32) -> Option<Word<'_>> {
        Some(Word { number: self.column.number(row), words: &self.words })
    }
}

impl OldEnterprises {
    fn read<'a>(table: &Table, attributes: impl Iterator<Item = &'a str>) -> Result<Self, TableError> {
        let enterprises = Self {
            rows: table.rows(),
            uscc: table.text("uscc")?,
            name: table.text("name")?,
            address: table.numbers("address")?,
            address_text: table.text("address_text")?,
            active: table.flags("active")?,
            counted: table.flags("counted")?,
            natural_person: table.flags("natural_person")?,
            link: table.numbers("link")?,
            confidence: table.numbers("confidence")?,
            match_level: OldWords::read(table, "match_level")?,
            role: OldWords::read(table, "role")?,
            attributes: attributes.map(|name| OldWords::read(table, name)).collect::<Result<_, _>>()?,
        };
        match enterprises.hole() {
            Some(column) => Err(TableError::Empty(column.to_owned())),
            None => Ok(enterprises),
        }
    }

    /// The first column that misses a value where there must be one.
    fn hole(&self) -> Option<&'static str> {
        let rows = || 0..self.rows as u32;
        let flags = [("active", &self.active), ("counted", &self.counted), ("natural_person", &self.natural_person)];
        let mut flags = flags.into_iter().filter(|(_, column)| rows().any(|row| column.get(row).is_none()));
        let has_codes = rows().all(|row| self.uscc.get(row).is_some());
        if has_codes { flags.next().map(|(name, _)| name) } else { Some("uscc") }
    }

    /// How many rows have an address.
    pub(super) fn linked(&self) -> u64 {
        (0..self.rows as u32).filter(|row| self.address.get(*row).is_some()).count() as u64
    }

    /// A row as a record. Columns that must be filled are.
    pub(super) fn row(&self, row: u32) -> RecordRow<'_> {
        let is_so = |column: &Flags| column.get(row) == Some(true);
        RecordRow {
            code: self.uscc.get(row).unwrap_or_default(),
            name: self.name.get(row),
            address: self.address.get(row),
            building: None,
            lng: None,
            lat: None,
            address_text: self.address_text.get(row),
            active: is_so(&self.active),
            counted: is_so(&self.counted),
            natural_person: is_so(&self.natural_person),
            link: self.link.get(row),
            confidence: self.confidence.get(row),
            match_level: self.match_level.word(row),
            role: self.role.word(row),
            time: None,
            until: None,
            class: None,
            words: self.attributes.iter().map(|column| column.word(row)).collect(),
            texts: Vec::new(),
            integers: Vec::new(),
            numbers: Vec::new(),
            flags: Vec::new(),
        }
    }
}
