//! What is found wrong with the data while a plate is built (底数清、情况明).
//!
//! A build does not stop at data that contradicts itself; it decides, goes on, and writes an *issue* of one
//! of the [`Rule`]s below. An issue names the thing by its code, perhaps another thing that does not agree
//! with it, a point to look at, and [`Evidence`]: what was measured, in numbers and in a form of words that
//! can be read in any of the [`Language`]s. Issues of one build are in its tables `issues.arrow` and, where
//! they are about persons, `private/issues.arrow`; nothing about a single person is in the former.
//!
//! What cannot be used at all, such as a row whose geometry cannot be read, is no issue but a remark in
//! `rejects.csv` ([`crate::source`]).
//!
//! The id of a rule, such as `grid-overlap`, is what tables, answers and options call it. What a rule's
//! limits are stands where it is checked, in [`crate::coverage`] and [`crate::assemble`].

mod evidence;

pub use evidence::{Evidence, Form, Language};
pub(crate) use evidence::{REFERENCE_GCJ02, SWAPPED, rounded};

use crate::{model::Entity, model::UnknownWord, spatial::LngLat};
use std::{fmt, str::FromStr};

/// How much an issue matters. The order is that of importance, hints first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; may well be right.
    Hint,
    /// Probably wrong.
    Warning,
    /// Wrong: records contradict one another or themselves.
    Error,
}

impl Severity {
    /// All of them, from the least to the greatest.
    pub const ALL: [Self; 3] = [Self::Hint, Self::Warning, Self::Error];

    /// The word in tables and answers: `hint`, `warning` or `error`.
    pub const fn as_str(self) -> &'static str {
        ["hint", "warning", "error"][self as usize]
    }
}

macro_rules! rules {
    ($($variant:ident $id:literal $entity:ident $severity:ident $meaning:literal;)*) => {
        /// The rules of quality. Each says what it found with evidence in numbers.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $meaning] $variant,)*
        }

        impl Rule {
            /// All rules, by entity.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The id in tables, answers and options.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id),* }
            }

            /// What it is about; links and sources can be about others as well.
            pub const fn entity(self) -> Entity {
                match self { $(Self::$variant => Entity::$entity),* }
            }

            /// How much it matters.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),* }
            }

            /// What it means, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),* }
            }
        }
    };
}

rules! {
    GridOverlap "grid-overlap" Grid Error "Two grids of one kind cover the same ground.";
    GridGap "grid-gap" Grid Error "Ground that grids enclose belongs to none of them.";
    GridOutsideParent "grid-outside-parent" Grid Error "A grid reaches out of the one it is said to lie in.";
    GridInvalidRing "grid-invalid-ring" Grid Warning "The polygon of a grid had to be repaired.";
    GridSliver "grid-sliver" Grid Warning "A grid is a splinter, too thin or too small to be worked in.";
    GridDuplicateCode "grid-duplicate-code" Grid Error "A grid code stands in more than one row.";
    BuildingStraddles "building-straddles" Building Warning "A footprint lies in two grids, with 10 % or more in each.";
    BuildingNoGrid "building-no-grid" Building Error "A building stands in no grid.";
    BuildingDuplicateFootprint "building-duplicate-footprint" Building Error "Two buildings have the same footprint.";
    BuildingCodeElsewhere "building-code-elsewhere" Building Hint "The community in a building code is not the one it stands in.";
    BuildingTemporaryCode "building-temporary-code" Building Hint "A building still has a temporary code.";
    AddressFar "address-far" Address Warning "An address lies more than 30 m from the building it names.";
    AddressOtherGrid "address-other-grid" Address Warning "An address lies in another grid than its building.";
    AddressTwoCodes "address-two-codes" Address Error "One address has two codes.";
    AddressCodeTwice "address-code-twice" Address Error "One code stands for two addresses.";
    AddressDuplicate "address-duplicate" Address Warning "Two addresses are the same but for the way they are written.";
    AddressIncomplete "address-incomplete" Address Warning "An address has no number.";
    AddressNoGrid "address-no-grid" Address Error "An address lies in no grid.";
    AddressNullPoint "address-null-point" Address Warning "The coordinates of an address are 0, 0, which is what registers write for none.";
    AddressUnreadable "address-unreadable" Address Hint "An address has words that the geocoder cannot place: it is found by just these words, and by no shorter text.";
    AddressFloor "address-floor" Address Warning "A room lies above the top floor of its building.";
    SourceCrs "source-crs" Address Error "The points of a source fit better in another coordinate system.";
    SourceAxes "source-axes" Address Error "The points of a source fit better with their axes swapped.";
    PersonIdInvalid "person-id-invalid" Person Error "A citizen id fails its check: it is kept, but not linked.";
    PersonTwice "person-twice" Person Warning "A person stands twice at one address in one role.";
    PersonTwoHomes "person-two-homes" Person Error "A person lives at two addresses.";
    PersonInDemolished "person-in-demolished" Person Error "A person lives in a building that was demolished.";
    EnterpriseUsccSuspect "enterprise-uscc-suspect" Enterprise Warning "A 统一社会信用代码 fails its form or its check.";
    EnterpriseDuplicate "enterprise-duplicate" Enterprise Error "An enterprise that is in business is registered twice.";
    EnterpriseCancelled "enterprise-cancelled" Enterprise Error "An enterprise that was cancelled still does business.";
    EnterpriseNoAddress "enterprise-no-address" Enterprise Warning "No address can be found for an enterprise.";
    RecordNoPlace "record-no-place" Record Warning "No place can be found for a record of a layer.";
    RecordTime "record-time" Record Warning "A record is of a time in the future, or before 1949.";
    RecordElsewhere "record-elsewhere" Record Warning "The point of a record lies more than 500 m from its address or building, or its place outside the grid that it names.";
    RecordOutside "record-outside" Record Warning "The point of a record lies in no grid.";
    RecordDuplicate "record-duplicate" Record Error "Two records of a layer have one code.";
    LinkDangling "link-dangling" Address Error "A record names the code of something that is not in the plate.";
    IdInClear "id-in-clear" Person Error "A column of a source has citizen ids that it should not have: they were masked.";
    CodeForm "code-form" Address Hint "A code looks like none of the city's types of codes.";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Rule {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL.iter().copied().find(|rule| rule.as_str() == text).ok_or_else(|| UnknownWord {
            found: text.to_owned(),
            allowed: "the rules that `baseplate check --rules` lists",
        })
    }
}

/// Something found wrong, as a build collects it and a table keeps it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Issue {
    /// The rule that it breaks, which also says how much it matters.
    pub(crate) rule: Rule,
    /// What the thing is: the rule's own entity, unless [`Issue::about`] says otherwise.
    pub(crate) entity: Entity,
    /// The code of the thing; the token of a person, the path of a source.
    pub(crate) code: String,
    /// The code of the other thing, if two do not agree.
    pub(crate) other: Option<String>,
    /// What was measured, in a form of words with its values.
    pub(crate) evidence: Evidence,
    /// Where to look at it, degrees; `None` for what has no place.
    pub(crate) at: Option<LngLat>,
}

impl Issue {
    /// An issue about a thing of the rule's own entity, with nothing but its code and evidence.
    pub(crate) fn new(rule: Rule, code: impl ToString, evidence: impl Into<Evidence>) -> Self {
        let (code, evidence) = (code.to_string(), evidence.into());
        Self { rule, entity: rule.entity(), code, other: None, evidence, at: None }
    }

    /// The same issue about a thing of another entity.
    pub(crate) fn about(self, entity: Entity) -> Self {
        Self { entity, ..self }
    }

    /// The same issue with the code of the other thing.
    pub(crate) fn other(self, other: impl ToString) -> Self {
        Self { other: Some(other.to_string()), ..self }
    }

    /// The same issue at a point; coordinates that are not finite are left out.
    pub(crate) fn at(self, at: impl Into<Option<LngLat>>) -> Self {
        Self { at: at.into().and_then(LngLat::placed), ..self }
    }
}
