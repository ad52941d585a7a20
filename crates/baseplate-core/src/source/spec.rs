//! The spec: which of the user's files and columns make a plate.
//!
//! It is TOML, and every table refuses keys that it does not know, so that a slip in a name is an error
//! with its line and not a column that is silently left out. The tables of sources share the keys about
//! their file (`spec/file.rs`) and have their columns (`spec/sources.rs`); `spec/flat.rs` has them as they
//! stand in TOML. Paths are made relative to the spec's folder when it is read, and everything that can be
//! checked without opening a file is checked then.

mod file;
mod flat;
mod names;
mod records;
mod sources;
mod titles;

pub use file::SourceFile;
pub use flat::{Ancestor, IdType};
#[cfg(test)]
pub(crate) use names::TAKEN_NAMES;
use names::check_names;
pub(crate) use records::KEPT_NUMBERS;
pub use records::RecordSource;
pub use sources::{AddressSource, BuildingSource, ELEMENTS, GridSource, GroundSource, OverrideSource, PersonSource};

use super::error::SourceError;
use crate::{
    code::CodeType,
    crs::Crs,
    store::{AliasSpec, AttributeTitles, CodeTypeSpec},
};
use serde::Deserialize;
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
    #[serde(default, deserialize_with = "records::enterprises")]
    pub enterprises: Vec<RecordSource>,
    /// Files of records of any department, each of a layer.
    #[serde(default)]
    pub layers: Vec<RecordSource>,
    /// Files of the ground that is drawn under everything.
    #[serde(default)]
    pub ground: Vec<GroundSource>,
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
    /// Looks whether all shares are shares.
    ///
    /// # Errors
    /// A sentence that names the key.
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

    /// Looks whether attributes can be columns, and whether titles are of attributes that there are.
    ///
    /// # Errors
    /// A sentence that names the key.
    fn check_attributes(&self) -> Result<(), String> {
        let people = self.people.iter().flat_map(|s| &s.attributes);
        let records = self.records().flat_map(|s| s.attributes.iter().map(|(name, _)| name));
        let all: BTreeSet<&str> = people.chain(records).map(String::as_str).collect();
        check_names(all.iter().copied())?;
        match self.titles.keys().find(|name| !all.contains(name.as_str())) {
            Some(unknown) => {
                let all = all.into_iter().collect::<Vec<_>>().join(", ");
                Err(format!("titles.{unknown}: no source has such an attribute; there are: {all}"))
            }
            None => self.titles.iter().try_for_each(|(name, titles)| titles.check(name)),
        }
    }

    /// The files of records: those of enterprises, then those of the layers that the spec declares.
    pub(crate) fn records(&self) -> impl Iterator<Item = &RecordSource> {
        self.enterprises.iter().chain(&self.layers)
    }

    /// The files of all sources.
    fn files_mut(&mut self) -> impl Iterator<Item = &mut SourceFile> {
        let Self { grids, buildings, addresses, people, enterprises, layers, ground, overrides, .. } = self;
        let placed = grids.iter_mut().map(|s| &mut s.file).chain(buildings.iter_mut().map(|s| &mut s.file));
        let placed =
            placed.chain(addresses.iter_mut().map(|s| &mut s.file)).chain(ground.iter_mut().map(|s| &mut s.file));
        let records = enterprises.iter_mut().chain(layers).map(|s| &mut s.file);
        let linked = people.iter_mut().map(|s| &mut s.file).chain(records);
        placed.chain(linked).chain(overrides.iter_mut().map(|s| &mut s.file))
    }
}
