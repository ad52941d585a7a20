//! The tables of a spec as they stand in TOML, and how they become what the spec says.

use super::{
    AddressSource, Ancestor, BuildingSource, ELEMENTS, EnterpriseSource, GridSource, IdType, OverrideSource,
    PersonSource, SourceFile,
};
use crate::{
    crs::Datum,
    model::{GridKind, Level},
    source::parse_delimiter,
};
use serde::{Deserialize, Deserializer, de::Error};
use std::{collections::BTreeMap, path::PathBuf};

/// The default of [`SourceFile::min_used`].
const MIN_USED: f64 = 0.5;

/// The default of [`BuildingSource::demolished`].
const DEMOLISHED: [&str; 9] = ["已拆除", "已拆", "拆除", "已拆迁", "已拆毁", "已灭失", "灭失", "demolished", "razed"];

/// A table of the spec as it stands there: the keys that every source has, and its own.
macro_rules! flat {
    ($name:ident { $($(#[$attribute:meta])* $key:ident: $value:ty,)* }) => {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            path: PathBuf,
            crs: Option<String>,
            datum: Option<Datum>,
            encoding: Option<String>,
            #[serde(default, deserialize_with = "separator")]
            delimiter: Option<char>,
            geometry: Option<String>,
            #[serde(default = "min_used")]
            min_used: f64,
            #[serde(default)]
            may_be_empty: bool,
            $($(#[$attribute])* $key: $value,)*
        }

        impl $name {
            /// What it says about its file.
            fn file(&mut self) -> SourceFile {
                SourceFile {
                    path: std::mem::take(&mut self.path),
                    crs: self.crs.take(),
                    datum: self.datum,
                    folder: PathBuf::new(),
                    encoding: self.encoding.take(),
                    delimiter: self.delimiter,
                    geometry: self.geometry.take(),
                    min_used: self.min_used,
                    may_be_empty: self.may_be_empty,
                }
            }
        }
    };
}

fn separator<'de, D: Deserializer<'de>>(value: D) -> Result<Option<char>, D::Error> {
    let name = String::deserialize(value)?;
    parse_delimiter(&name).map(Some).map_err(D::Error::custom)
}

fn min_used() -> f64 {
    MIN_USED
}

flat!(FlatGrid {
    #[serde(default = "GridKind::basic")]
    kind: GridKind,
    #[serde(default = "ground_level")]
    level: Level,
    code: String,
    name: Option<String>,
    parent: Option<String>,
    #[serde(default)]
    ancestors: BTreeMap<Level, Ancestor>,
});

fn ground_level() -> Level {
    Level::Grid
}

flat!(FlatBuilding {
    code: String,
    name: Option<String>,
    floors: Option<String>,
    height: Option<String>,
    r#use: Option<String>,
    status: Option<String>,
    demolished: Option<Vec<String>>,
});

flat!(FlatAddress {
    code: String,
    text: Option<String>,
    #[serde(default)]
    elements: BTreeMap<String, String>,
    lng: Option<String>,
    lat: Option<String>,
    building: Option<String>,
});

flat!(FlatPerson {
    id: String,
    #[serde(default)]
    id_type: IdType,
    address: String,
    role: Option<String>,
    #[serde(default)]
    attributes: Vec<String>,
});

flat!(FlatEnterprise {
    uscc: String,
    name: Option<String>,
    address: Option<String>,
    address_text: Option<String>,
    role: Option<String>,
    status: Option<String>,
    #[serde(default)]
    attributes: Vec<String>,
});

flat!(FlatOverride {
    building: String,
    grid: String,
    reason: Option<String>,
    approved_by: Option<String>,
});

impl SourceFile {
    /// The file of things that have a place.
    fn placed(self) -> Result<Self, String> {
        match &self.crs {
            Some(_) => self.checked(),
            None => {
                Err("crs is missing: name the coordinate system of the file, such as \"EPSG:4490\" or \"gcj02\""
                    .to_owned())
            }
        }
    }

    /// The file of records that have no place of their own.
    fn placeless(self) -> Result<Self, String> {
        if self.crs.is_some() || self.datum.is_some() || self.geometry.is_some() {
            return Err(
                "crs, datum and geometry do not apply: these records lie where their addresses or buildings are"
                    .to_owned(),
            );
        }
        self.checked()
    }

    fn checked(self) -> Result<Self, String> {
        match self.min_used {
            0.0..=1.0 => Ok(self),
            other => Err(format!("min_used is a share of the rows, from 0 to 1, not {other}")),
        }
    }
}

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

impl TryFrom<FlatPerson> for PersonSource {
    type Error = String;

    fn try_from(mut flat: FlatPerson) -> Result<Self, String> {
        let file = flat.file().placeless()?;
        let FlatPerson { id, id_type, address, role, attributes, .. } = flat;
        Ok(Self { file, id, id_type, address, role, attributes })
    }
}

impl TryFrom<FlatEnterprise> for EnterpriseSource {
    type Error = String;

    fn try_from(mut flat: FlatEnterprise) -> Result<Self, String> {
        let file = flat.file().placeless()?;
        let FlatEnterprise { uscc, name, address, address_text, role, status, attributes, .. } = flat;
        Ok(Self { file, uscc, name, address, address_text, role, status, attributes })
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
