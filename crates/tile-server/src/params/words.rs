//! Parameters that are words, and schemas of words.

use super::read::{checked, parsed};
use baseplate_core::{GridKind, Level, Rule, Severity, UnknownWord, time::Period};
use serde::{Deserialize, Deserializer, de::Error as _};
use std::str::FromStr;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, Type},
    },
};

/// The schema of a text of a form.
pub(super) fn text_schema(pattern: impl Into<String>) -> RefOr<Schema> {
    RefOr::T(ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build().into())
}

/// The schema of a text that is one of some words.
pub(super) fn words_schema<const N: usize>(description: Option<&str>, words: [&str; N]) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String).description(description).enum_values(Some(words));
    RefOr::T(text.build().into())
}

/// A kind of grids; `basic` by default.
pub(crate) struct Kind(pub(crate) GridKind);

impl Default for Kind {
    fn default() -> Self {
        Self(GridKind::basic())
    }
}

impl FromStr for Kind {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        text.parse().map(Self)
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        parsed(source)
    }
}

impl PartialSchema for Kind {
    fn schema() -> RefOr<Schema> {
        text_schema("^[a-z][a-z0-9-]{0,31}$")
    }
}

impl ToSchema for Kind {}

/// The length of a period.
pub(crate) struct PeriodWord(pub(crate) Period);

impl<'de> Deserialize<'de> for PeriodWord {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        parsed(source).map(Self)
    }
}

impl PartialSchema for PeriodWord {
    fn schema() -> RefOr<Schema> {
        words_schema(None, Period::ALL.map(Period::as_str))
    }
}

impl ToSchema for PeriodWord {}

/// A year, month, day or time; its zone, and whether there is such a time, are known to the layer that is asked.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct TimeBound(pub(crate) String);

impl PartialSchema for TimeBound {
    fn schema() -> RefOr<Schema> {
        text_schema("^(19|20|21)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|1[0-9]|2[0-8]))?)?$")
    }
}

impl ToSchema for TimeBound {}

/// A level of the hierarchy.
pub(crate) struct LevelWord(pub(crate) Level);

impl<'de> Deserialize<'de> for LevelWord {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        parsed(source).map(Self)
    }
}

impl PartialSchema for LevelWord {
    fn schema() -> RefOr<Schema> {
        Level::schema()
    }
}

impl ToSchema for LevelWord {}

/// Ids of rules with commas between them.
pub(crate) struct Rules(pub(crate) Vec<Rule>);

impl<'de> Deserialize<'de> for Rules {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        text.split(',').map(str::parse).collect::<Result<_, _>>().map(Self).map_err(D::Error::custom)
    }
}

impl PartialSchema for Rules {
    fn schema() -> RefOr<Schema> {
        list_schema(Rule::ALL.iter().map(|rule| rule.as_str()))
    }
}

impl ToSchema for Rules {}

/// Severities with commas between them.
pub(crate) struct Severities(pub(crate) Vec<Severity>);

const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Hint];

impl<'de> Deserialize<'de> for Severities {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        let severity = |word: &str| {
            let one = serde::de::IntoDeserializer::<D::Error>::into_deserializer(word);
            let named = |word: &str| SEVERITIES.into_iter().find(|severity| severity.as_str() == word);
            checked(one, &"error, warning or hint", named)
        };
        text.split(',').map(severity).collect::<Result<_, _>>().map(Self)
    }
}

impl PartialSchema for Severities {
    fn schema() -> RefOr<Schema> {
        list_schema(SEVERITIES.iter().map(|severity| severity.as_str()))
    }
}

impl ToSchema for Severities {}

/// A line of text: 1 to 200 characters, none of them a control character.
#[derive(Debug, Clone)]
pub(crate) struct Line(pub(crate) String);

/// Characters of a [`Line`].
const LINE_MAX: usize = 200;

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let expected = format!("a line of 1 to {LINE_MAX} characters");
        let is_line =
            |text: &str| (1..=LINE_MAX).contains(&text.chars().count()) && !text.contains(|c: char| c.is_control());
        checked(source, &expected.as_str(), |text| is_line(text).then(|| Self(text.to_owned())))
    }
}

impl PartialSchema for Line {
    fn schema() -> RefOr<Schema> {
        text_schema(format!(r"^[^\x00-\x1f\x7f-\x9f]{{1,{LINE_MAX}}}$"))
    }
}

impl ToSchema for Line {}

/// Texts with commas between them, none of them empty, of letters, digits and what addresses and names of types have.
#[derive(Debug, Clone)]
pub(crate) struct List(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.:/#".contains(c);
        let list = |text: &str| {
            let is_right = |part: &str| !part.is_empty() && part.chars().all(is_name);
            text.split(',').all(is_right).then(|| Self(text.split(',').map(str::to_owned).collect()))
        };
        checked(source, &"a list of names with commas between them", list)
    }
}

impl PartialSchema for List {
    fn schema() -> RefOr<Schema> {
        let name = "[A-Za-z0-9_.:/#-]+";
        text_schema(format!("^{name}(,{name})*$"))
    }
}

impl ToSchema for List {}

/// The schema of a list of some words with commas between them.
fn list_schema<'w>(words: impl Iterator<Item = &'w str>) -> RefOr<Schema> {
    let one = format!("({})", words.collect::<Vec<_>>().join("|"));
    text_schema(format!("^{one}(,{one})*$"))
}
