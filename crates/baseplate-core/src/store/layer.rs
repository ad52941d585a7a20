//! What a generation says of its layers: what hangs on grids, buildings and addresses.
//!
//! All that is asked of a layer follows what stands here: handles, tiles, collections, exports, statistics, searches and cards. Nothing
//! of it is known to the program: the layers of people and of enterprises are declared like those of any department, by the spec.

use super::{AttributeTitles, Titles};
use crate::model::{EnterpriseRole, Entity, PersonRole};
use serde::{Deserialize, Serialize};

/// The layer of people.
pub(crate) const PEOPLE_LAYER: &str = "people";
/// The layer of enterprises (法人, 市场主体).
pub(crate) const ENTERPRISES_LAYER: &str = "enterprises";

/// How the records of a layer are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Counting {
    /// One by one, each where it counts; numbers are always exact.
    Records,
    /// In blocks of enough persons that releases publish. Its records are about single persons: they have no points, rows, cards or
    /// collections, and are opened by the owner of the plate alone.
    Blocks,
}

/// Who may read a layer. Whoever may read more may read less.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Anybody.
    Public,
    /// Those who work with the plate: whoever can open its files.
    #[default]
    Internal,
    /// Few of them.
    Restricted,
}

impl Audience {
    /// All, from those that may read least.
    pub const ALL: [Self; 3] = [Self::Public, Self::Internal, Self::Restricted];

    /// Its word in specs and manifests.
    pub const fn as_str(self) -> &'static str {
        ["public", "internal", "restricted"][self as usize]
    }

    pub(crate) fn anybody() -> Self {
        Self::Public
    }

    pub(crate) fn is_anybody(&self) -> bool {
        *self == Self::Public
    }
}

/// What the values of an attribute are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttributeType {
    /// One of at most 255 different texts, by which records are counted.
    #[default]
    Category,
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A second.
    Time,
    /// A day.
    Date,
}

/// An attribute of the records of a layer, or of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeInfo {
    /// Its name.
    pub name: String,
    /// What its values are.
    #[serde(default, rename = "type")]
    pub of: AttributeType,
    /// The values that it has, if it is a category; of people the last one is that of all others.
    pub categories: Vec<String>,
    /// What it and its values are called on screen.
    #[serde(default)]
    pub titles: AttributeTitles,
    /// Who may read it, of those who may read the layer.
    #[serde(default = "Audience::anybody", skip_serializing_if = "Audience::is_anybody")]
    pub audience: Audience,
}

/// A layer of a generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerInfo {
    /// What it is called in requests, tiles and collections.
    pub id: String,
    /// What one of its records is.
    pub entity: Entity,
    /// How its records are counted.
    pub counting: Counting,
    /// Who may read it.
    pub audience: Audience,
    /// What it is called on screen.
    #[serde(default)]
    pub title: Titles,
    /// The category of the catalogue that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Who keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeper: Option<String>,
    /// What its records are, in a few sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// On what terms it may be used: the name of a licence, or its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// The words that say what a record has to do with its address, the one by which it counts first; none if all count.
    #[serde(default)]
    pub roles: Vec<String>,
    /// The first zoom of its tiles, if its records are shown one by one.
    pub first_zoom: u8,
    /// What its tiles and its collection show.
    #[serde(default)]
    pub about: String,
    /// Rows of its table; of people, persons as of the last release.
    pub rows: u64,
    /// How many of them have a place, or are known to lie in an area.
    pub linked: u64,
    /// Of how many of these an area is all that is known.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub in_areas: u64,
    /// Its attributes, those by which records are counted among them.
    pub attributes: Vec<AttributeInfo>,
    /// When its records were, if it is dated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeInfo>,
    /// The classes of its records, each before those below it; none if it has no classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<ClassInfo>,
    /// The generation that changed it last; none if it was written before plates kept that and nothing was published since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<LastChange>,
}

/// The generation since which a layer is as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastChange {
    /// Its name.
    pub generation: String,
    /// When it was published, RFC 3339, UTC.
    pub at: String,
}

/// When the records of a layer were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeInfo {
    /// The zone in which its days begin, such as `Asia/Shanghai`.
    pub zone: String,
    /// The first second of any record, since 1970-01-01T00:00:00Z.
    pub first: i64,
    /// The last one.
    pub last: i64,
}

/// A class of the records of a layer: a place in a tree such as 17 large, 189 small and 512 fine ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassInfo {
    /// What it is called below the one above it, as the source has it.
    pub name: String,
    /// The place of the class above it in the list of classes; null for those at the top.
    pub parent: Option<u16>,
    /// How many classes stand above it.
    pub depth: u8,
}

/// Whether a number says nothing that its absence does not say.
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The first zoom of the tiles of records.
const FIRST_ZOOM: u8 = 16;

impl LayerInfo {
    /// A layer of which nothing more is known.
    fn new(id: &str, entity: Entity, counting: Counting) -> Self {
        Self {
            id: id.to_owned(),
            entity,
            counting,
            audience: Audience::Public,
            title: Titles::default(),
            category: None,
            keeper: None,
            description: None,
            licence: None,
            roles: Vec::new(),
            first_zoom: 0,
            about: String::new(),
            rows: 0,
            linked: 0,
            in_areas: 0,
            attributes: Vec::new(),
            time: None,
            classes: Vec::new(),
            changed: None,
        }
    }

    /// The layer of people, which every plate has.
    pub(crate) fn people() -> Self {
        let roles = PersonRole::WORDS.iter().map(|word| (*word).to_owned()).collect();
        Self { roles, ..Self::new(PEOPLE_LAYER, Entity::Person, Counting::Blocks) }
    }

    /// The layer of enterprises, which every plate has.
    pub(crate) fn enterprises() -> Self {
        let about =
            "enterprises at the address where they are registered, put together like addresses; code is the USCC";
        Self {
            roles: EnterpriseRole::WORDS.iter().map(|word| (*word).to_owned()).collect(),
            first_zoom: FIRST_ZOOM,
            about: about.to_owned(),
            ..Self::new(ENTERPRISES_LAYER, Entity::Enterprise, Counting::Records)
        }
    }

    /// A layer that the spec declares.
    pub(crate) fn of_records(id: &str) -> Self {
        let about = format!("records of the layer {id}, put together like addresses");
        Self { first_zoom: FIRST_ZOOM, about, ..Self::new(id, Entity::Record, Counting::Records) }
    }

    /// The attributes by which its records are counted, in their order.
    pub fn categories(&self) -> impl Iterator<Item = &AttributeInfo> {
        self.attributes.iter().filter(|attribute| attribute.of == AttributeType::Category)
    }

    /// The type of each of its attributes, and its place among the attributes that are stored like it.
    pub(crate) fn attribute_columns(&self) -> impl Iterator<Item = usize> + use<'_> {
        self.attributes.iter().scan([0_usize; 5], |taken, attribute| {
            let taken = &mut taken[attribute.of.stored()];
            *taken += 1;
            Some(*taken - 1)
        })
    }

    /// The names of its attributes by how they are stored: words, texts, integers, numbers and flags.
    pub(crate) fn columns(&self) -> [Vec<String>; 5] {
        std::array::from_fn(|group| {
            let of_group = self.attributes.iter().filter(|attribute| attribute.of.stored() == group);
            of_group.map(|attribute| attribute.name.clone()).collect()
        })
    }
}

impl AttributeType {
    /// Its word in specs and manifests.
    pub const fn as_str(self) -> &'static str {
        ["category", "text", "integer", "number", "boolean", "time", "date"][self as usize]
    }

    /// The place of its columns among those of a table of records: words, texts, integers, numbers, flags.
    pub(crate) fn stored(self) -> usize {
        match self {
            Self::Category => 0,
            Self::Text => 1,
            Self::Integer | Self::Time | Self::Date => 2,
            Self::Number => 3,
            Self::Boolean => 4,
        }
    }
}
