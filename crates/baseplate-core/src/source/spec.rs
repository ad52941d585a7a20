//! The spec: which of the user's files and columns make a plate.

mod flat;
mod titles;

pub use titles::{AttributeTitles, Titles};

use super::SourceError;
use crate::{
    code::CodeType,
    crs::{Crs, Datum},
    model::{Entity, GridKind, Level},
};
use flat::{FlatAddress, FlatBuilding, FlatEnterprise, FlatGrid, FlatOverride, FlatPerson};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A spec as read from TOML. Every path is relative to the spec file; every other value is the name of a column (or
/// GeoJSON property) unless its doc says otherwise.
///
/// ```
/// use baseplate_core::Spec;
/// let spec = Spec::parse(r#"
///     [plate]
///     name = "示例市"
///     [[grids]]
///     path = "grids.geojson"
///     crs = "EPSG:4490"
///     code = "code"
/// "#, "city/spec.toml".as_ref())?;
/// assert_eq!(spec.grids[0].file.path.to_str(), Some("city/grids.geojson"));
/// # Ok::<(), baseplate_core::SourceError>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// About the plate itself.
    pub plate: PlateSpec,
    /// How much a generation may lose against the one before.
    #[serde(default)]
    pub publish: PublishSpec,
    /// Files of grids: any number, of any level and kind.
    #[serde(default)]
    pub grids: Vec<GridSource>,
    /// Files of buildings.
    #[serde(default)]
    pub buildings: Vec<BuildingSource>,
    /// Files of addresses.
    #[serde(default)]
    pub addresses: Vec<AddressSource>,
    /// Files of people at their addresses.
    #[serde(default)]
    pub people: Vec<PersonSource>,
    /// Files of enterprises at their addresses.
    #[serde(default)]
    pub enterprises: Vec<EnterpriseSource>,
    /// Files of grids that were decided for buildings.
    #[serde(default)]
    pub overrides: Vec<OverrideSource>,
    /// The city's own types of codes.
    #[serde(default)]
    pub code_types: Vec<CodeTypeSpec>,
    /// Names that divisions had.
    #[serde(default)]
    pub aliases: Vec<AliasSpec>,
    /// Places that people know by a name that no address has.
    #[serde(default)]
    pub landmarks: Vec<LandmarkSpec>,
    /// What attributes and their values are called on screen, by attribute.
    #[serde(default)]
    pub titles: BTreeMap<String, AttributeTitles>,
}

/// `[plate]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlateSpec {
    /// What the plate is called on screen; a value.
    pub name: String,
    /// How far a point may be from a footprint and still be linked to that building, metres; a value.
    #[serde(default = "default_link_distance")]
    pub link_distance_m: f64,
    /// As many persons as are told of together at least; a value. It is settled by the first release.
    #[serde(default = "default_suppression")]
    pub suppress_below: u32,
    /// How often counts of people are released anew; a value.
    #[serde(default)]
    pub people_release: ReleaseEvery,
    /// The file with the state of the releases, relative to the spec; a value. It is in the plate's own directory if left out: name a
    /// place where it stays if plates are built into new directories.
    pub people_state: Option<PathBuf>,
}

/// How often counts of people are released: with the first build of each period, or with `--release-people` alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseEvery {
    /// On the first build of a month.
    Monthly,
    /// On the first build of a quarter.
    #[default]
    Quarterly,
    /// On the first build of a year.
    Yearly,
    /// When it is asked for.
    OnCommand,
}

/// `[publish]`: how much less than the former generation a new one may hold, or its build asks before it publishes. All keys are
/// values, shares from 0 to 1; 1 asks never.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PublishSpec {
    /// The share of the rows of a table that may be gone.
    pub rows_lost: f64,
    /// By how much the share of the linked rows of a source may fall.
    pub linked_lost: f64,
    /// The share of the area of a coverage that may be gone.
    pub area_lost: f64,
}

impl Default for PublishSpec {
    fn default() -> Self {
        Self { rows_lost: 0.01, linked_lost: 0.01, area_lost: 0.01 }
    }
}

impl PublishSpec {
    fn check(&self) -> Result<(), String> {
        let shares = [("rows_lost", self.rows_lost), ("linked_lost", self.linked_lost), ("area_lost", self.area_lost)];
        match shares.into_iter().find(|(_, share)| !(0.0..=1.0).contains(share)) {
            Some((key, share)) => Err(format!("publish.{key} is a share from 0 to 1, not {share}")),
            None => Ok(()),
        }
    }
}

/// The default of [`PlateSpec::link_distance_m`].
fn default_link_distance() -> f64 {
    30.0
}

/// The default of [`PlateSpec::suppress_below`].
fn default_suppression() -> u32 {
    5
}

/// Columns of the tables of people and enterprises that attributes cannot be called after.
const TAKEN_NAMES: [&str; 11] = [
    "token",
    "address",
    "role",
    "uscc",
    "name",
    "address_text",
    "link",
    "active",
    "confidence",
    "match_level",
    "counted",
];

/// What a source says about its file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// `.geojson`, `.geojsonl` or `.csv`, each also with `.gz`; a value.
    pub path: PathBuf,
    /// The coordinate system of the file; a value. Mandatory for grids, buildings and addresses, without meaning for others.
    pub crs: Option<String>,
    /// What is done about a datum to which no shift is known; a value.
    pub datum: Option<Datum>,
    /// The folder of the spec, from which the paths of grid files in `crs` start.
    pub folder: PathBuf,
    /// The text encoding, such as `gbk`; found out by itself if left out; a value.
    pub encoding: Option<String>,
    /// The character between the columns of a CSV, or `tab`; found out by itself if left out; a value.
    pub delimiter: Option<char>,
    /// Where a CSV has its geometry (WKT, WKB in hexadecimal, or the text of GeoJSON).
    pub geometry: Option<String>,
    /// The share of the rows, 0 to 1, that must be usable, or the source is no use as a whole; a value.
    pub min_used: f64,
    /// Whether the file may be without rows; a value.
    pub may_be_empty: bool,
}

/// `[[grids]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "FlatGrid")]
pub struct GridSource {
    /// The file.
    pub file: SourceFile,
    /// The coverage the grids belong to; a value.
    pub kind: GridKind,
    /// Their level; a value.
    pub level: Level,
    /// Their code.
    pub code: String,
    /// Their name; the code if left out.
    pub name: Option<String>,
    /// The code of the grid they lie in; found by largest overlap if left out.
    pub parent: Option<String>,
    /// Upper levels to be dissolved from these grids.
    pub ancestors: BTreeMap<Level, Ancestor>,
}

/// The columns of one dissolved level: `community = "CODE2"`, or `community = { code = "CODE2", name = "NAME2" }`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Ancestor {
    /// The code alone; it is the name as well.
    Code(String),
    /// Code and name.
    Named {
        /// Its code.
        code: String,
        /// Its name.
        name: String,
    },
}

impl Ancestor {
    /// The code's column.
    pub fn code(&self) -> &str {
        match self {
            Self::Code(code) | Self::Named { code, .. } => code,
        }
    }

    /// The name's column.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Code(_) => None,
            Self::Named { name, .. } => Some(name),
        }
    }
}

/// `[[buildings]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "FlatBuilding")]
pub struct BuildingSource {
    /// The file.
    pub file: SourceFile,
    /// Their code.
    pub code: String,
    /// Their name.
    pub name: Option<String>,
    /// Floors above the ground.
    pub floors: Option<String>,
    /// Height, metres.
    pub height: Option<String>,
    /// What they are used for.
    pub use_: Option<String>,
    /// Whether they still stand; one of the words of `demolished` says that they do not.
    pub status: Option<String>,
    /// The words of the status that say that a building is gone; values.
    pub demolished: Vec<String>,
}

/// `[[addresses]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "FlatAddress")]
pub struct AddressSource {
    /// The file.
    pub file: SourceFile,
    /// Their code.
    pub code: String,
    /// The full text, or the columns it is put together from, in the order of [`ELEMENTS`].
    pub text: Vec<String>,
    /// Easting or longitude and northing or latitude. Without them the geometry of the file is used, and an
    /// address that has no point at all stands at its given building.
    pub point: Option<(String, String)>,
    /// The code of the building they lie in.
    pub building: Option<String>,
}

/// `[[people]]`: each row is a person at an address.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "FlatPerson")]
pub struct PersonSource {
    /// The file; it has no places, so `crs` does not apply.
    pub file: SourceFile,
    /// The citizen id, or another text that is the person's own.
    pub id: String,
    /// Which of the two it is; a value.
    pub id_type: IdType,
    /// The code of the address.
    pub address: String,
    /// 户籍, 居住, 产权 or 租赁; 居住 if left out or empty.
    pub role: Option<String>,
    /// Categories by which people are counted.
    pub attributes: Vec<String>,
}

/// What tells people apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdType {
    /// 公民身份号码, whose date and check character must be right.
    #[default]
    Citizen,
    /// Any text.
    Other,
}

/// `[[enterprises]]`: each row is an enterprise at an address.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "FlatEnterprise")]
pub struct EnterpriseSource {
    /// The file; it has no places, so `crs` does not apply.
    pub file: SourceFile,
    /// 统一社会信用代码.
    pub uscc: String,
    /// Its name.
    pub name: Option<String>,
    /// The code of the address.
    pub address: Option<String>,
    /// The address as text; kept for rows without a code.
    pub address_text: Option<String>,
    /// 注册, 经营 or 仓储; 注册 if left out or empty.
    pub role: Option<String>,
    /// Whether it is in business: 注销 or 吊销 in it says that it is not. The attribute `status` if left out.
    pub status: Option<String>,
    /// Categories by which enterprises are counted.
    pub attributes: Vec<String>,
}

/// `[[overrides]]`: buildings whose grid was decided by somebody, whatever geometry says.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "FlatOverride")]
pub struct OverrideSource {
    /// The file; it has no places, so `crs` does not apply.
    pub file: SourceFile,
    /// The code of the building.
    pub building: String,
    /// The code of its grid, of any kind.
    pub grid: String,
    /// Why.
    pub reason: Option<String>,
    /// Who decided it.
    pub approved_by: Option<String>,
}

/// `[[code_types]]`: what codes look like in this city. All keys are values.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CodeTypeSpec {
    /// What it is called.
    pub name: String,
    /// A regular expression that the whole code matches.
    pub pattern: String,
    /// What it is the code of.
    pub entity: Entity,
}

/// `[[aliases]]`: a name that a division had before it was renamed, split or merged. All keys are values.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AliasSpec {
    /// The name as people still write it.
    pub name: String,
    /// The divisions that are there now, by name or code.
    pub now: Vec<String>,
    /// The day from which on the name was outdated, such as `2017-01-07`.
    pub since: Option<String>,
}

/// `[[landmarks]]`: a place that people know by a name that no address has, such as a hospital or a square. The geocoder answers its
/// name with its address. All keys are values; one of `address` and `point` is needed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandmarkSpec {
    /// What it is called.
    pub name: String,
    /// Other names of it.
    #[serde(default)]
    pub names: Vec<String>,
    /// Its address in the library: the code, or the text just as it stands there.
    pub address: Option<String>,
    /// Where it is, if no address is given: `[lng, lat]` in degrees, EPSG:4490. The nearest address within 100 m is taken for its own.
    pub point: Option<[f64; 2]>,
}

/// The elements of an address, from the large to the small: keys of `elements`, and the order of the full text.
pub const ELEMENTS: [&str; 12] = [
    "province",
    "city",
    "district",
    "subdistrict",
    "community",
    "road",
    "number",
    "estate",
    "building",
    "unit",
    "floor",
    "room",
];

impl Spec {
    /// Reads a spec file.
    ///
    /// # Errors
    /// [`SourceError::Io`] if it cannot be read, [`SourceError::Spec`] if it is not a spec (with line and key).
    pub fn read(path: &Path) -> Result<Self, SourceError> {
        let text = fs::read_to_string(path).map_err(|e| SourceError::io(path, e))?;
        Self::parse(&text, path)
    }

    /// Reads a spec from text; `path` is where relative paths start from, and how errors call it.
    ///
    /// # Errors
    /// [`SourceError::Spec`] with line and key.
    pub fn parse(text: &str, path: &Path) -> Result<Self, SourceError> {
        let fail = |reason: String| SourceError::Spec { path: path.to_owned(), reason };
        let mut spec: Self = toml::from_str(text).map_err(|e| fail(e.to_string()))?;
        if spec.grids.is_empty() && spec.buildings.is_empty() && spec.addresses.is_empty() {
            return Err(fail("it names no source: add [[grids]], [[buildings]] or [[addresses]]".to_owned()));
        }
        if !(spec.plate.link_distance_m >= 0.0 && spec.plate.link_distance_m.is_finite()) {
            return Err(fail("plate.link_distance_m must be a distance in metres, 0 or more".to_owned()));
        }
        spec.publish.check().map_err(fail)?;
        for landmark in &spec.landmarks {
            let mut names = landmark.names.iter().chain([&landmark.name]);
            if names.any(|name| name.trim().chars().count() < 2) {
                return Err(fail(format!("landmarks: '{}' needs names of two characters or more", landmark.name)));
            }
            if landmark.address.is_none() == landmark.point.is_none() {
                return Err(fail(format!(
                    "landmarks: '{}' needs either an address or a point, and not both",
                    landmark.name
                )));
            }
        }
        spec.check_attributes().map_err(fail)?;
        for code_type in &spec.code_types {
            CodeType::own(&code_type.name, &code_type.pattern, code_type.entity).map_err(fail)?;
        }
        let base = path.parent().unwrap_or(Path::new(""));
        spec.plate.people_state = spec.plate.people_state.map(|state| base.join(state));
        for file in spec.files_mut() {
            file.path = base.join(&file.path);
            file.folder = base.to_owned();
            let crs = file.crs.as_deref().map(str::parse::<Crs>);
            crs.transpose().map_err(|e| fail(format!("{}: {e}", file.path.display())))?;
        }
        Ok(spec)
    }

    /// Attributes become columns of their own, beside those that every plate has.
    fn check_attributes(&self) -> Result<(), String> {
        let people = self.people.iter().flat_map(|s| &s.attributes);
        let enterprises = self.enterprises.iter().flat_map(|s| &s.attributes);
        let all: BTreeSet<&str> = people.chain(enterprises).map(String::as_str).collect();
        if let Some(taken) = all.iter().find(|name| TAKEN_NAMES.contains(name)) {
            return Err(format!("attributes: a plate has a column '{taken}' of its own; rename yours"));
        }
        match self.titles.keys().find(|name| !all.contains(name.as_str())) {
            Some(unknown) => {
                let all = all.into_iter().collect::<Vec<_>>().join(", ");
                Err(format!("titles.{unknown}: no source has such an attribute; there are: {all}"))
            }
            None => self.titles.iter().try_for_each(|(name, titles)| titles.check(name)),
        }
    }

    fn files_mut(&mut self) -> impl Iterator<Item = &mut SourceFile> {
        let Self { grids, buildings, addresses, people, enterprises, overrides, .. } = self;
        let placed = grids.iter_mut().map(|s| &mut s.file).chain(buildings.iter_mut().map(|s| &mut s.file));
        let placed = placed.chain(addresses.iter_mut().map(|s| &mut s.file));
        let linked = people.iter_mut().map(|s| &mut s.file).chain(enterprises.iter_mut().map(|s| &mut s.file));
        placed.chain(linked).chain(overrides.iter_mut().map(|s| &mut s.file))
    }
}
