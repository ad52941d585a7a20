//! Parameters of the standards of the OGC.

use super::{
    read::checked,
    words::{text_schema, words_schema},
};
use serde::{Deserialize, Deserializer, de::Error as _};
use std::ops::RangeInclusive;
use utoipa::{
    PartialSchema,
    openapi::{RefOr, schema::Schema},
};

/// The reference system of all coordinates under `/ogc`.
pub(crate) const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// The one system that can be asked for.
pub(crate) struct Crs84;

impl<'de> Deserialize<'de> for Crs84 {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        checked(source, &CRS84, |text| (text == CRS84).then_some(Self))
    }
}

impl PartialSchema for Crs84 {
    fn schema() -> RefOr<Schema> {
        words_schema(None, [CRS84])
    }
}

/// A condition; whether it is one is known to the layer that is asked.
pub(crate) struct FilterText;

impl<'de> Deserialize<'de> for FilterText {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        String::deserialize(source).map(|_| Self)
    }
}

impl PartialSchema for FilterText {
    /// Conditions that every layer understands: many more can be said.
    fn schema() -> RefOr<Schema> {
        text_schema(
            "^(NOT )?(TRUE|FALSE|true|false|code (=|<>|<|<=|>|>=) '[0-9A-Za-z]{0,32}'|code LIKE '[0-9A-Za-z%_]{1,32}'|code IS NOT NULL)$",
        )
    }
}

/// The language of conditions; `cql-text` is what clients of earlier drafts call it.
pub(crate) struct FilterLang;

/// The words for the one language.
const FILTER_LANGS: [&str; 2] = ["cql2-text", "cql-text"];

impl<'de> Deserialize<'de> for FilterLang {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        checked(source, &FILTER_LANGS[0], |text| FILTER_LANGS.contains(&text).then_some(Self))
    }
}

impl PartialSchema for FilterLang {
    fn schema() -> RefOr<Schema> {
        words_schema(None, FILTER_LANGS)
    }
}

/// The place of a layer where a page begins, of a generation of the plate.
pub(crate) struct Cursor {
    /// The generation whose rows are counted.
    pub(crate) generation: String,
    /// The first row that may be on the page.
    pub(crate) row: u32,
}

/// How many digits the name of a generation and a row in a cursor have.
const CURSOR_DIGITS: (RangeInclusive<usize>, RangeInclusive<usize>) = (6..=9, 1..=9);

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        cursor(&text).ok_or_else(|| D::Error::custom("cursor: take it from a link 'next'"))
    }
}

fn cursor(text: &str) -> Option<Cursor> {
    let (generation, row) = text.split_once('.')?;
    let is_number = |text: &str, digits: RangeInclusive<usize>| {
        digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let is_cursor = is_number(generation, CURSOR_DIGITS.0) && is_number(row, CURSOR_DIGITS.1);
    is_cursor.then(|| Some(Cursor { generation: generation.to_owned(), row: row.parse().ok()? }))?
}

impl PartialSchema for Cursor {
    fn schema() -> RefOr<Schema> {
        let number = |digits: RangeInclusive<usize>| format!("[0-9]{{{},{}}}", digits.start(), digits.end());
        text_schema(format!(r"^{}\.{}$", number(CURSOR_DIGITS.0), number(CURSOR_DIGITS.1)))
    }
}

impl utoipa::ToSchema for Cursor {}

/// A moment or an interval of which one end may be open, RFC 3339. Which seconds it has is known to the layer that is asked.
pub(crate) struct Interval;

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        let wrong = || D::Error::custom(format!("datetime: '{text}' is neither a moment nor an interval, RFC 3339"));
        is_interval(&text).then_some(Self).ok_or_else(wrong)
    }
}

impl PartialSchema for Interval {
    fn schema() -> RefOr<Schema> {
        let date = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])";
        let time = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
        let moment = format!("{date}T{time}");
        text_schema(format!(r"^({moment}(/(\.\.|{moment})?)?|(\.\.)?/{moment})$"))
    }
}

/// Whether a text is a moment, or two with a slash between them of which one may be open.
fn is_interval(text: &str) -> bool {
    let is_open = |end: &str| end.is_empty() || end == "..";
    match text.split_once('/') {
        None => is_moment(text),
        Some((from, to)) => {
            let ends = [from, to];
            ends.iter().all(|end| is_open(end) || is_moment(end)) && !ends.iter().all(|end| end.is_empty())
        }
    }
}

/// RFC 3339, in UTC or with an offset.
fn is_moment(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't']) else { return false };
    let Some(zone_at) = time.find(['Z', 'z', '+', '-']) else { return false };
    let (time, zone) = time.split_at(zone_at);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
    let is_zone = zone.eq_ignore_ascii_case("z")
        || zone.get(1..).and_then(|offset| numbers(offset, ':', &[2, 2])).is_some_and(|n| n[0] < 24 && n[1] < 60);
    let is_time = numbers(time, ':', &[2, 2, 2]).is_some_and(|n| n[0] < 24 && n[1] < 60 && n[2] <= 60);
    is_fraction && is_zone && is_time && numbers(date, '-', &[4, 2, 2]).is_some_and(|n| is_day(n[0], n[1], n[2]))
}

/// Numbers with so many digits each.
fn numbers(text: &str, between: char, digits: &[usize]) -> Option<Vec<u16>> {
    let parts: Vec<&str> = text.split(between).collect();
    let fits = |(part, digits): (&&str, &usize)| part.len() == *digits && part.bytes().all(|b| b.is_ascii_digit());
    let is_right = parts.len() == digits.len() && parts.iter().zip(digits).all(fits);
    is_right.then(|| parts.iter().filter_map(|part| part.parse().ok()).collect())
}

fn is_day(year: u16, month: u16, day: u16) -> bool {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u16::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_intervals_are_told_from_other_texts() {
        for right in [
            "2024-02-29T12:00:00Z",
            "2024-01-01T00:00:00.5+08:00",
            "../2024-01-01T00:00:00Z",
            "2024-01-01T00:00:00Z/",
            "1949-10-01T15:00:00+08:00",
        ] {
            assert!(is_interval(right), "{right}");
        }
        for wrong in
            ["", "/", "yesterday", "2024", "2024-13-01T00:00:00Z", "2024-01-01T00:00:00+99:00", "a/b", "二〇二四年"]
        {
            assert!(!is_interval(wrong), "{wrong}");
        }
    }
}
