//! The sources of a spec, each with its file and the columns in it.
//!
//! A field that is a text names a column of a CSV or a property of a GeoJSON feature, unless its doc calls
//! it a value. What is optional may be left out, and then nothing is known of it.

use super::{
    file::SourceFile,
    flat::{Ancestor, FlatAddress, FlatBuilding, FlatGrid, FlatGround, FlatOverride, FlatPerson, IdType},
};
use crate::model::{GridKind, GroundKind, Level};
use serde::Deserialize;
use std::collections::BTreeMap;

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

/// `[[ground]]`: roads, water and greens that are drawn under everything.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "FlatGround")]
pub struct GroundSource {
    /// The file, of areas and lines.
    pub file: SourceFile,
    /// What all of it is, where no column says it; a value.
    pub kind: Option<GroundKind>,
    /// What each piece is, in words.
    pub class: Option<String>,
    /// What these words mean, where they are not among those that everybody uses; values.
    pub kinds: BTreeMap<String, GroundKind>,
    /// Its name.
    pub name: Option<String>,
    /// Its code; numbers if left out.
    pub code: Option<String>,
}

/// `[[people]]`: each row is a person at an address.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "FlatPerson")]
pub struct PersonSource {
    /// The file; it has no coordinates, so `crs` does not apply.
    pub file: SourceFile,
    /// The citizen id, or another text that is the person's own.
    pub id: String,
    /// Which of the two it is; a value.
    pub id_type: IdType,
    /// The code of the address at which the person is.
    pub address: String,
    /// 户籍, 居住, 产权 or 租赁; 居住 if left out or empty.
    pub role: Option<String>,
    /// Categories by which people are counted.
    pub attributes: Vec<String>,
}

/// `[[overrides]]`: buildings whose grid was decided by somebody, whatever geometry says.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "FlatOverride")]
pub struct OverrideSource {
    /// The file; it has no coordinates, so `crs` does not apply.
    pub file: SourceFile,
    /// The code of the building.
    pub building: String,
    /// The code of its grid, of any kind.
    pub grid: String,
    /// Why it was decided so.
    pub reason: Option<String>,
    /// Who decided it.
    pub approved_by: Option<String>,
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

/// The default of [`BuildingSource::demolished`].
const DEMOLISHED: [&str; 9] = ["已拆除", "已拆", "拆除", "已拆迁", "已拆毁", "已灭失", "灭失", "demolished", "razed"];

impl TryFrom<FlatGrid> for GridSource {
    type Error = String;

    fn try_from(mut flat: FlatGrid) -> Result<Self, String> {
        let file = flat.file().placed()?;
        let FlatGrid { kind, level, code, name, parent, ancestors, .. } = flat;
        if let Some(low) = ancestors.keys().find(|a| **a <= level) {
            return Err(format!("ancestors: {low} is not above the level of these grids ({level})"));
        }
        if parent.is_some() && !ancestors.is_empty() {
            return Err("give either parent or ancestors, not both".to_owned());
        }
        Ok(Self { file, kind, level, code, name, parent, ancestors })
    }
}

impl TryFrom<FlatBuilding> for BuildingSource {
    type Error = String;

    fn try_from(mut flat: FlatBuilding) -> Result<Self, String> {
        let file = flat.file().placed()?;
        let FlatBuilding { code, name, floors, height, r#use, status, demolished, .. } = flat;
        if demolished.is_some() && status.is_none() {
            return Err("demolished: name the column of these words with status".to_owned());
        }
        let demolished = demolished.unwrap_or_else(|| DEMOLISHED.map(str::to_owned).into());
        Ok(Self { file, code, name, floors, height, use_: r#use, status, demolished })
    }
}

impl TryFrom<FlatAddress> for AddressSource {
    type Error = String;

    fn try_from(mut flat: FlatAddress) -> Result<Self, String> {
        let file = flat.file().placed()?;
        let FlatAddress { code, text, mut elements, lng, lat, building, .. } = flat;
        let point = match (lng, lat) {
            (Some(lng), Some(lat)) => Some((lng, lat)),
            (None, None) => None,
            _ => return Err("lng and lat come together: one of them is missing".to_owned()),
        };
        let text = match text {
            Some(text) if elements.is_empty() => vec![text],
            Some(_) => return Err("give either text or elements, not both".to_owned()),
            None => ELEMENTS.iter().filter_map(|name| elements.remove(*name)).collect(),
        };
        if let Some(unknown) = elements.keys().next() {
            return Err(format!("elements: '{unknown}' is not one of {}", ELEMENTS.join(", ")));
        }
        Ok(Self { file, code, text, point, building })
    }
}

impl TryFrom<FlatGround> for GroundSource {
    type Error = String;

    fn try_from(mut flat: FlatGround) -> Result<Self, String> {
        let file = flat.file().placed()?;
        let FlatGround { kind, class, kinds, name, code, .. } = flat;
        if kind.is_some() == class.is_some() {
            return Err("give either kind, for all of it, or class, the column that says what each piece is".to_owned());
        }
        if kind.is_some() && !kinds.is_empty() {
            return Err("kinds: name the column of these words with class".to_owned());
        }
        Ok(Self { file, kind, class, kinds, name, code })
    }
}

impl TryFrom<FlatPerson> for PersonSource {
    type Error = String;

    fn try_from(mut flat: FlatPerson) -> Result<Self, String> {
        let file = flat.file().placeless()?;
        let FlatPerson { id, id_type, address, role, attributes, .. } = flat;
        Ok(Self { file, id, id_type, address, role, attributes })
    }
}

impl TryFrom<FlatOverride> for OverrideSource {
    type Error = String;

    fn try_from(mut flat: FlatOverride) -> Result<Self, String> {
        let file = flat.file().placeless()?;
        let FlatOverride { building, grid, reason, approved_by, .. } = flat;
        Ok(Self { file, building, grid, reason, approved_by })
    }
}
