//! How a text was matched: what became of it, how far down, how much can be built on that, and what is
//! wrong with the text.
//!
//! These are the words of the geocoder's answers, of the files that the command line writes and of the API.
//! Each enum has a fixed list `ALL` and a fixed word for each variant, which files and answers use; the
//! words are part of the interface and do not change.

use serde::Serialize;
use std::fmt;

/// What became of an address text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum GeocodeStatus {
    /// It is one place, down to the level that was matched.
    Matched,
    /// It may be several places, and nothing in the text tells which: the alternatives are listed.
    Ambiguous,
    /// Nothing in it is known.
    None,
    /// It is in another city.
    OutOfArea,
    /// It is no text that could be an address: empty, or not a row of the file at all.
    Invalid,
}

impl GeocodeStatus {
    /// All statuses, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::Matched, Self::Ambiguous, Self::None, Self::OutOfArea, Self::Invalid];

    /// The word for the status in files and answers.
    pub const fn as_str(self) -> &'static str {
        ["matched", "ambiguous", "none", "out_of_area", "invalid"][self as usize]
    }
}

/// How far down an address was matched, from the large to the small; also what a [`Fault`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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
    /// All levels, from the large to the small.
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

    /// The word for the level in files and answers.
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
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Band {
    /// From a confidence of 0.99 on; such answers can be used unseen.
    High,
    /// From a confidence of 0.8 on; such answers are worth a look.
    Medium,
    /// Any lower confidence; such answers are to be decided by a person.
    Low,
}

impl Band {
    /// All bands, from the best down.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

    /// The word for the band in files and answers.
    pub const fn as_str(self) -> &'static str {
        ["high", "medium", "low"][self as usize]
    }
}

/// What is wrong with an element of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
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
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Missing,
        Self::Replaced,
        Self::Misspelt,
        Self::Contradicting,
        Self::Unconfirmed,
        Self::Redundant,
        Self::Relative,
    ];

    /// The word for the kind of fault in files and answers.
    pub const fn as_str(self) -> &'static str {
        ["missing", "replaced", "misspelt", "contradicting", "unconfirmed", "redundant", "relative"][self as usize]
    }
}

/// A fault of a text; shown as `district:missing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fault {
    /// The element of the address that the fault is about.
    pub element: MatchLevel,
    /// What is wrong with that element.
    pub kind: FaultKind,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.element.as_str(), self.kind.as_str())
    }
}
