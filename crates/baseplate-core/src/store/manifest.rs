//! `plate.json`: what a generation holds, from what it was made, and how to tell that it is whole.

use super::{
    layer::LayerInfo,
    spec::{AliasSpec, CodeTypeSpec},
};
use crate::{
    model::{GridKind, Level},
    spatial::Bbox,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, ops::Range};

/// Version of the plate format that this crate writes and reads. It changes whenever an older reader would err.
pub const FORMAT: u32 = 11;

/// The format before, whose plates are brought to [`FORMAT`] without their sources.
pub(crate) const MIGRATED: u32 = 10;

/// The contents of `plate.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`] of the writer.
    pub format: u32,
    /// The plate's name.
    pub name: String,
    /// The generation, as its directory is called.
    pub generation: String,
    /// When it was built, RFC 3339, UTC.
    pub built_at: String,
    /// The program that built it.
    pub built_by: String,
    /// The stored coordinate system.
    pub crs: String,
    /// The box of the grids, degrees; of the buildings if there are none, else of the addresses; null for an empty plate.
    pub bbox: Option<Bbox>,
    /// Rows of the tables of the backbone.
    pub rows: RowCounts,
    /// The coverages, `basic` first.
    pub coverages: Vec<CoverageInfo>,
    /// The levels of each kind, from the highest down.
    pub levels: Vec<LevelInfo>,
    /// The highest number that was ever given to a grid.
    pub last_grid_number: u32,
    /// The layers: people, enterprises, then those that the spec declares, in its order.
    pub layers: Vec<LayerInfo>,
    /// The fingerprint of the key under which people became tokens; null for a plate without people.
    pub key_fingerprint: Option<String>,
    /// What is published about people; null where nothing is.
    pub people_release: Option<PeopleRelease>,
    /// As many persons as are told of together at least.
    pub suppress_below: u32,
    /// The city's own types of codes.
    pub code_types: Vec<CodeTypeSpec>,
    /// Names that divisions had.
    pub aliases: Vec<AliasSpec>,
    /// How often each rule of quality found something that is not about a person.
    pub issues: BTreeMap<String, u64>,
    /// The sources, but those of people.
    pub sources: Vec<SourceInfo>,
    /// Every other file of the generation but those about single persons.
    pub files: Vec<FileInfo>,
    /// XXH3-64 of the manifest of those, hexadecimal.
    pub private: String,
}

impl Manifest {
    /// The layer that is called so.
    pub fn layer(&self, id: &str) -> Option<&LayerInfo> {
        self.layers.iter().find(|layer| layer.id == id)
    }
}

/// What a generation holds about single persons: a manifest of its own, because each of its numbers would tell who came and went. It
/// is in the folder that the plate's owner alone can enter.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PrivateManifest {
    /// Rows of people at addresses.
    pub rows: u64,
    /// Attributes of people, each a column of their table.
    pub attributes: Vec<String>,
    /// How often each rule of quality found something about a person.
    pub issues: BTreeMap<String, u64>,
    /// The sources of people.
    pub sources: Vec<SourceInfo>,
    /// The files about single persons.
    pub files: Vec<FileInfo>,
}

/// Rows of the tables of the backbone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCounts {
    /// Grids of all levels and kinds.
    pub grids: u64,
    /// Buildings.
    pub buildings: u64,
    /// Addresses.
    pub addresses: u64,
}

/// What is published about people: the release that all counts of them are of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleRelease {
    /// The series of releases that it belongs to, 16 hexadecimal digits.
    pub series: String,
    /// Its number in the series, from 1.
    pub number: u32,
    /// The day on which it was made, UTC, such as `2026-10-01`.
    pub day: String,
    /// What tells all that was published up to it from anything else, 16 hexadecimal digits.
    pub published: String,
    /// People in all.
    pub people: u64,
    /// Homes in which somebody lives: addresses.
    pub households: u64,
}

/// A level of the grids of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelInfo {
    /// The kind.
    pub kind: GridKind,
    /// The level.
    pub level: Level,
    /// How many grids it has.
    pub grids: u32,
    /// The first zoom of tiles at which they are drawn. It stays as it is from generation to generation, until the number of grids
    /// is twice or half of what it was when the zoom was chosen.
    pub first_zoom: u8,
    /// How many grids there were when the zoom was chosen.
    pub grids_then: u32,
}

/// A coverage, and how clean it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CoverageInfo {
    /// Its kind.
    pub kind: GridKind,
    /// The level of its grids, the finest of its kind.
    pub level: Level,
    /// The first of its rows in the table of grids.
    pub first_row: u32,
    /// How many rows it has.
    pub grids: u32,
    /// Pairs of grids that overlap by more than 0.01 m².
    pub overlaps: u64,
    /// The sum of their overlaps, square metres.
    pub overlap_m2: f64,
    /// Enclosed gaps of more than 0.01 m².
    pub gaps: u64,
    /// Their sum, square metres.
    pub gap_m2: f64,
    /// The area of its grids, square metres on the ellipsoid.
    pub area_m2: f64,
}

impl CoverageInfo {
    /// Its rows in the table of grids.
    pub(crate) fn rows(&self) -> Range<u32> {
        self.first_row..self.first_row.saturating_add(self.grids)
    }
}

/// A source file and what became of its rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SourceInfo {
    /// `grid`, `building`, `address`, `person`, `override`, `enterprise`, or the id of the layer.
    pub entity: String,
    /// As in the spec.
    pub path: String,
    /// Coordinate system as in the spec; null for records without a place.
    pub crs: Option<String>,
    /// How PROJ brought it to degrees, with the shift of its datum; null where PROJ was not needed.
    pub operation: Option<String>,
    /// Size, bytes.
    pub bytes: u64,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Rows found.
    pub rows: u64,
    /// Rows in the plate.
    pub used: u64,
    /// Rows that are linked: grids to the one above, buildings to a grid, addresses to a building, people and enterprises to
    /// an address.
    pub linked: u64,
    /// Rows that could not be used; each stands in `rejects.csv`.
    pub rejected: u64,
}

/// A file of the generation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileInfo {
    /// Relative to the generation.
    pub path: String,
    /// Size, bytes.
    pub bytes: u64,
    /// XXH3-64 of the whole file, hexadecimal.
    pub xxh3: String,
    /// XXH3-64 of an Arrow file's footer, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// XXH3-64 of an Arrow file's footer and batch headers, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub structure: Option<String>,
}

/// A hash as the manifest writes it.
pub(crate) fn hash_text(hash: u64) -> String {
    format!("{hash:016x}")
}
