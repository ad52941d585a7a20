//! What of a spec a plate keeps: codes and names of the city, and what attributes are called on screen.

use crate::model::Entity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

/// `[titles.ATTRIBUTE]`: what an attribute of people or enterprises is called on screen, in the languages of the readers. All keys are
/// values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeTitles {
    /// In Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
    /// In English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// The unit of its values, such as `m²` or `元`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What its values mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<Titles>,
    /// Its values, by how the source writes them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub categories: BTreeMap<String, Titles>,
}

/// What something is called on screen, in the languages of the readers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Titles {
    /// In Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
    /// In English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}
