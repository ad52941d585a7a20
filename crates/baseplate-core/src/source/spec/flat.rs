//! The tables of sources in a spec as they stand in TOML.
//!
//! Serde cannot refuse unknown keys in a flattened struct, so the keys about a file are written into each
//! table by a macro, and `spec/sources.rs` makes of each what the program uses.

use super::file::SourceFile;
use crate::{
    crs::Datum,
    model::{GridKind, GroundKind, Level},
    source::dialect::parse_delimiter,
    store::{AttributeType, Audience, Titles},
};
use serde::{Deserialize, Deserializer, de::Error};
use std::{collections::BTreeMap, path::PathBuf};

/// The default of [`SourceFile::min_used`].
pub(super) const MIN_USED: f64 = 0.5;

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
            $($(#[$attribute])* pub(super) $key: $value,)*
        }

        impl $name {
            /// What it says about its file.
            pub(super) fn file(&mut self) -> SourceFile {
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

/// The character that separates columns, from its name.
fn separator<'de, D: Deserializer<'de>>(value: D) -> Result<Option<char>, D::Error> {
    let name = String::deserialize(value)?;
    parse_delimiter(&name).map(Some).map_err(D::Error::custom)
}

/// The default share of rows that must be usable.
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

/// The default level of grids.
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

flat!(FlatGround {
    kind: Option<GroundKind>,
    class: Option<String>,
    #[serde(default)]
    kinds: BTreeMap<String, GroundKind>,
    name: Option<String>,
    code: Option<String>,
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

flat!(FlatLayer {
    id: String,
    #[serde(default)]
    title: Titles,
    category: Option<String>,
    keeper: Option<String>,
    description: Option<String>,
    licence: Option<String>,
    #[serde(default)]
    audience: Audience,
    code: Option<String>,
    name: Option<String>,
    #[serde(default)]
    at: At,
    role: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    status: Option<String>,
    #[serde(default)]
    ended: Vec<String>,
    time: Option<String>,
    until: Option<String>,
    zone: Option<String>,
    #[serde(default)]
    class: Vec<String>,
    #[serde(default)]
    attributes: Attributes,
});

flat!(FlatOverride {
    building: String,
    grid: String,
    reason: Option<String>,
    approved_by: Option<String>,
});

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

/// Where records are: the strongest that works wins.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct At {
    pub(super) address: Option<String>,
    pub(super) building: Option<String>,
    pub(super) enterprise: Option<String>,
    pub(super) grid: Option<String>,
    pub(super) address_text: Option<String>,
    pub(super) lng: Option<String>,
    pub(super) lat: Option<String>,
}

impl At {
    /// Whether it names no column but for points.
    pub(super) fn is_nowhere(&self) -> bool {
        let columns = [&self.address, &self.building, &self.enterprise, &self.grid, &self.address_text];
        columns.iter().all(|column| column.is_none())
    }
}

/// Names of categories, or columns with their types.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Attributes {
    Categories(Vec<String>),
    Typed(BTreeMap<String, Column>),
}

/// What a column holds, and for whom it is, if that is said.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(super) enum Column {
    Type(AttributeType),
    For(ColumnTable),
}

/// The long form of a column.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnTable {
    #[serde(default, rename = "type")]
    of: AttributeType,
    #[serde(default = "Audience::anybody")]
    audience: Audience,
}

impl Attributes {
    /// The columns with their types.
    pub(super) fn typed(self) -> Vec<(String, AttributeType)> {
        match self {
            Self::Categories(names) => names.into_iter().map(|name| (name, AttributeType::Category)).collect(),
            Self::Typed(typed) => typed
                .into_iter()
                .map(|(name, column)| match column {
                    Column::Type(of) | Column::For(ColumnTable { of, .. }) => (name, of),
                })
                .collect(),
        }
    }

    /// The columns that are not for everybody who may read the layer, each with whom it is for.
    pub(super) fn audiences(&self) -> BTreeMap<String, Audience> {
        let Self::Typed(typed) = self else { return BTreeMap::new() };
        let audience = |(name, column): (&String, &Column)| match column {
            Column::For(ColumnTable { audience, .. }) => Some((name.clone(), *audience)),
            Column::Type(_) => None,
        };
        typed.iter().filter_map(audience).filter(|(_, audience)| !audience.is_anybody()).collect()
    }
}

impl Default for Attributes {
    fn default() -> Self {
        Self::Categories(Vec::new())
    }
}
