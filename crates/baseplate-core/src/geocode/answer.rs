//! What the geocoder answers.

#[cfg(feature = "schema")]
use crate::spatial::MaybePoint;
use crate::{model::Entity, spatial::LngLat};
use serde::Serialize;
use std::fmt;

/// What became of an address text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum GeocodeStatus {
    /// It is one place, down to [`GeocodedPlace::match_level`].
    Matched,
    /// It may be several places, and nothing in the text tells which: see [`Geocoded::alternatives`].
    Ambiguous,
    /// Nothing in it is known.
    None,
    /// It is in another city.
    OutOfArea,
    /// It is no text that could be an address: empty, or not a row of the file at all.
    Invalid,
}

impl GeocodeStatus {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Matched, Self::Ambiguous, Self::None, Self::OutOfArea, Self::Invalid];

    /// The word in files and answers.
    pub const fn as_str(self) -> &'static str {
        ["matched", "ambiguous", "none", "out_of_area", "invalid"][self as usize]
    }
}

/// How far down an address was matched, from the large to the small; also what a [`Fault`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum MatchLevel {
    /// 市.
    City,
    /// 区.
    District,
    /// 街道.
    Subdistrict,
    /// 社区.
    Community,
    /// A road or lane, without a number at it.
    Road,
    /// An estate, village, park or other named compound; its phase and zone too.
    Estate,
    /// 门牌号: a number at a road or lane that several buildings share.
    DoorNumber,
    /// 楼栋.
    Building,
    /// 单元.
    Unit,
    /// 楼层.
    Floor,
    /// 房间.
    Room,
}

impl MatchLevel {
    /// All of them, from the large to the small.
    pub const ALL: [Self; 11] = [
        Self::City,
        Self::District,
        Self::Subdistrict,
        Self::Community,
        Self::Road,
        Self::Estate,
        Self::DoorNumber,
        Self::Building,
        Self::Unit,
        Self::Floor,
        Self::Room,
    ];

    /// The word in files and answers.
    pub const fn as_str(self) -> &'static str {
        [
            "city",
            "district",
            "subdistrict",
            "community",
            "road",
            "estate",
            "door_number",
            "building",
            "unit",
            "floor",
            "room",
        ][self as usize]
    }
}

/// How much can be built on an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Band {
    /// Can be used unseen.
    High,
    /// Worth a look.
    Medium,
    /// To be decided by a person.
    Low,
}

impl Band {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

    /// The word in files and answers.
    pub const fn as_str(self) -> &'static str {
        ["high", "medium", "low"][self as usize]
    }
}

/// What is wrong with an element of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum FaultKind {
    /// The address has it, the text does not.
    Missing,
    /// An outdated or other name of the same thing stands there.
    Replaced,
    /// It is written wrongly.
    Misspelt,
    /// It is known, and another one than the address has.
    Contradicting,
    /// It is asked for and not in the library: the answer stops above it.
    Unconfirmed,
    /// It stands there twice.
    Redundant,
    /// It is named by what it is beside (对面): the place is another one.
    Relative,
}

impl FaultKind {
    /// The word in files and answers.
    pub const fn as_str(self) -> &'static str {
        ["missing", "replaced", "misspelt", "contradicting", "unconfirmed", "redundant", "relative"][self as usize]
    }
}

/// A fault of a text; shown as `district:missing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Fault {
    /// Which element.
    pub element: MatchLevel,
    /// What is wrong with it.
    pub kind: FaultKind,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.element.as_str(), self.kind.as_str())
    }
}

/// A place that a text stands for. Codes are there as far down as the place goes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GeocodedPlace<'a> {
    /// How far down the text was matched.
    pub match_level: MatchLevel,
    /// What the coordinates are those of; `None` if there are none.
    pub coordinate_level: Option<MatchLevel>,
    /// EPSG:4490.
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(value_type = MaybePoint))]
    pub at: Option<LngLat>,
    /// 统一地址编码: of the room, or of the building as a whole.
    pub address_code: Option<&'a str>,
    /// 楼栋编码.
    pub building_code: Option<&'a str>,
    /// The basic grid.
    pub grid_code: Option<&'a str>,
    /// 社区.
    pub community_code: Option<&'a str>,
    /// 街道.
    pub subdistrict_code: Option<&'a str>,
    /// 区.
    pub district_code: Option<&'a str>,
    /// How the library writes the place, down to the level that was matched.
    pub standard_address: String,
}

/// The answer to an address text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Geocoded<'a> {
    /// What became of the text.
    pub status: GeocodeStatus,
    /// The place, if there is one; the first of them if the text names several; if it is ambiguous, what all
    /// alternatives have in common.
    pub place: Option<GeocodedPlace<'a>>,
    /// The other rooms or buildings that one text names (101、102室).
    pub also: Vec<GeocodedPlace<'a>>,
    /// The probability that the place is the one that was meant, 0 to 1.
    pub confidence: f64,
    /// The same in three words.
    pub band: Band,
    /// What is wrong with the text.
    pub faults: Vec<Fault>,
    /// What of the text was not understood, in its order.
    pub unmatched: String,
    /// By how much the next best place is worse, as a difference of confidence; `None` if there is no other.
    pub gap: Option<f64>,
    /// The places that it may be, the best first, if it is ambiguous.
    pub alternatives: Vec<GeocodedPlace<'a>>,
    /// Of a crossing of two roads: metres between the two addresses, one of each road, that are nearest to one another. The place is
    /// halfway between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub crossing_m: Option<f64>,
}

/// A completion of what is being typed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Suggestion<'a> {
    /// The whole text to put into the box.
    pub text: String,
    /// What it is.
    pub level: MatchLevel,
    /// Its code, if it has one: of an area, a building, an address or an enterprise.
    pub code: Option<&'a str>,
    /// What the code is of. The level of an enterprise is that of its address.
    pub entity: Option<Entity>,
    /// EPSG:4490.
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(value_type = MaybePoint))]
    pub at: Option<LngLat>,
}

/// The place at a point.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reversed<'a> {
    /// The nearest address within reach, else the grid.
    #[serde(flatten)]
    pub place: GeocodedPlace<'a>,
    /// Metres to the point of the address; zero inside the footprint of its building. To the building where no address has a
    /// point within reach; `None` if neither is near.
    pub distance_m: Option<f64>,
}
