//! The words of the domain that every stage shares: levels, kinds, entities, and how a link was made.

use std::{fmt, str::FromStr};

/// A text that is none of the words a field allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is not one of {allowed}")]
pub struct UnknownWord {
    /// What was found.
    pub found: String,
    /// What may stand there.
    pub allowed: &'static str,
}

/// The rungs of the hierarchy, from the ground up. A smaller level lies in a larger one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Level {
    /// 基础网格, or the finest polygon of another kind.
    Grid = 0,
    /// 社区.
    Community = 1,
    /// 街道.
    Subdistrict = 2,
    /// 区.
    District = 3,
    /// 市.
    City = 4,
}

impl Level {
    /// All levels, from the ground up.
    pub const ALL: [Self; 5] = [Self::Grid, Self::Community, Self::Subdistrict, Self::District, Self::City];

    /// The word in specs, tables and answers.
    pub const fn as_str(self) -> &'static str {
        ["grid", "community", "subdistrict", "district", "city"][self as usize]
    }

    /// The name of its tile layer.
    pub const fn plural(self) -> &'static str {
        ["grids", "communities", "subdistricts", "districts", "cities"][self as usize]
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|l| l.as_str() == text).ok_or_else(|| UnknownWord {
            found: text.to_owned(),
            allowed: "grid, community, subdistrict, district, city",
        })
    }
}

/// The kind of a coverage: `basic` (基础网格), or any other set of grids over the same ground (专属, 警务, …), named by
/// 1 to 32 of `a-z 0-9 -`, beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GridKind(String);

impl GridKind {
    /// The kind that partitions the city, and the one meant where none is named.
    pub fn basic() -> Self {
        Self("basic".to_owned())
    }

    /// The word in specs, tables and answers.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is [`GridKind::basic`].
    pub fn is_basic(&self) -> bool {
        self.0 == "basic"
    }
}

impl FromStr for GridKind {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let starts = text.starts_with(|c: char| c.is_ascii_lowercase());
        if starts && text.len() <= 32 && text.chars().all(word) {
            Ok(Self(text.to_owned()))
        } else {
            Err(UnknownWord { found: text.to_owned(), allowed: "1 to 32 of a-z, 0-9 and -, beginning with a letter" })
        }
    }
}

impl TryFrom<String> for GridKind {
    type Error = UnknownWord;

    fn try_from(text: String) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

impl From<GridKind> for String {
    fn from(kind: GridKind) -> Self {
        kind.0
    }
}

impl fmt::Display for GridKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The things a plate holds, each in a table of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Entity {
    /// A governance polygon (网格) of any level and kind.
    Grid,
    /// A building (楼栋).
    Building,
    /// An address (统一地址), down to the room.
    Address,
    /// A person (人口), known by a token only.
    Person,
    /// An enterprise (法人, 市场主体).
    Enterprise,
    /// A record of a layer that the spec declares.
    Record,
}

impl Entity {
    /// All of them, from the ground up.
    pub const ALL: [Self; 6] =
        [Self::Grid, Self::Building, Self::Address, Self::Person, Self::Enterprise, Self::Record];

    /// The word in answers.
    pub const fn as_str(self) -> &'static str {
        ["grid", "building", "address", "person", "enterprise", "record"][self as usize]
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a link was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum How {
    /// The source named the other's code.
    Given = 0,
    /// The geometries lie in or near one another.
    Spatial = 1,
    /// Somebody decided it, whatever geometry says.
    Override = 2,
    /// The address was given as text and found by the geocoder.
    Geocoded = 3,
    /// The source named an enterprise, and this is where that is.
    Enterprise = 4,
}

impl How {
    /// All of them, by number.
    pub const ALL: [Self; 5] = [Self::Given, Self::Spatial, Self::Override, Self::Geocoded, Self::Enterprise];

    /// The word in tables and answers.
    pub const fn as_str(self) -> &'static str {
        ["given", "spatial", "override", "geocoded", "enterprise"][self as usize]
    }

    pub(crate) fn from_u8(value: u8) -> Option<Self> {
        Self::ALL.get(usize::from(value)).copied()
    }
}

/// What a person has to do with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[repr(u8)]
pub enum PersonRole {
    /// 居住: lives there. People are counted where they live.
    #[serde(rename = "居住")]
    Lives = 0,
    /// 户籍: is registered there.
    #[serde(rename = "户籍")]
    Registered = 1,
    /// 产权: owns it.
    #[serde(rename = "产权")]
    Owns = 2,
    /// 租赁: rents it.
    #[serde(rename = "租赁")]
    Rents = 3,
}

/// What an enterprise has to do with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[repr(u8)]
pub enum EnterpriseRole {
    /// 注册: has its registered office there. Enterprises are counted where they are registered.
    #[serde(rename = "注册")]
    Registered = 0,
    /// 经营: does its business there.
    #[serde(rename = "经营")]
    Operates = 1,
    /// 仓储: has a warehouse there.
    #[serde(rename = "仓储")]
    Stores = 2,
}

macro_rules! role_words {
    ($role:ident, $words:literal, $($variant:ident = $word:literal),*) => {
        impl $role {
            /// All of them, by number.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Their words, by number.
            pub(crate) const WORDS: &[&'static str] = &[$($word),*];

            /// The word in sources and answers.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl FromStr for $role {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                let role = Self::ALL.iter().copied().find(|role| role.as_str() == text);
                role.ok_or_else(|| UnknownWord { found: text.to_owned(), allowed: $words })
            }
        }
    };
}
role_words!(PersonRole, "居住, 户籍, 产权, 租赁", Lives = "居住", Registered = "户籍", Owns = "产权", Rents = "租赁");
role_words!(EnterpriseRole, "注册, 经营, 仓储", Registered = "注册", Operates = "经营", Stores = "仓储");

/// What a piece of the ground is: it decides whether areas or lines are meant, how they are drawn, and from which zoom on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroundKind {
    /// 水域: sea, lakes, rivers with their banks; areas.
    Water,
    /// 绿地: parks, woods, lawns; areas.
    Green,
    /// 岸线: where land and sea meet; lines.
    Coast,
    /// 高速路、快速路; lines, as all that follow.
    Motorway,
    /// 主干路.
    MainRoad,
    /// 铁路、轨道交通.
    Railway,
    /// 次干路.
    Road,
    /// 河道: rivers and canals without banks.
    Waterway,
    /// 支路.
    Street,
    /// 步行道、绿道.
    Path,
}

impl GroundKind {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::Water,
        Self::Green,
        Self::Coast,
        Self::Motorway,
        Self::MainRoad,
        Self::Railway,
        Self::Road,
        Self::Waterway,
        Self::Street,
        Self::Path,
    ];
    /// The words of the kinds, for messages.
    pub const WORDS: &'static str = "water, green, coast, motorway, main-road, railway, road, waterway, street, path";

    /// The word in specs, tables and tiles.
    pub const fn as_str(self) -> &'static str {
        ["water", "green", "coast", "motorway", "main-road", "railway", "road", "waterway", "street", "path"]
            [self as usize]
    }

    /// Whether its pieces are areas; they are lines otherwise.
    pub const fn is_area(self) -> bool {
        matches!(self, Self::Water | Self::Green)
    }

    /// The first zoom at which it is drawn.
    pub const fn first_zoom(self) -> u8 {
        [5, 11, 5, 8, 10, 11, 12, 12, 14, 15][self as usize]
    }
}

impl fmt::Display for GroundKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for GroundKind {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let unknown = || UnknownWord { found: text.to_owned(), allowed: Self::WORDS };
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(unknown)
    }
}
