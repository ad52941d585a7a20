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

/// A moment or an interval of which one end may be open, RFC 3339: its first and its last second since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    from: Option<i64>,
    to: Option<i64>,
}

impl Interval {
    /// Whether something lies in it that is from one second to another.
    pub(crate) fn meets(self, first: i64, last: i64) -> bool {
        self.from.is_none_or(|from| from <= last) && self.to.is_none_or(|to| first <= to)
    }
}

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        let wrong = || D::Error::custom(format!("datetime: '{text}' is neither a moment nor an interval, RFC 3339"));
        interval(&text).ok_or_else(wrong)
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

/// What a text says that is a moment, or two with a slash between them of which one may be open.
fn interval(text: &str) -> Option<Interval> {
    let end = |end: &str| if end.is_empty() || end == ".." { Some(None) } else { moment(end).map(Some) };
    match text.split_once('/') {
        None => moment(text).map(|moment| Interval { from: Some(moment), to: Some(moment) }),
        Some(("", "")) => None,
        Some((from, to)) => Some(Interval { from: end(from)?, to: end(to)? }),
    }
}

/// The second of a moment, RFC 3339, in UTC or with an offset.
fn moment(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't'])?;
    let (time, zone) = time.split_at(time.find(['Z', 'z', '+', '-'])?);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
    let offset = if zone.eq_ignore_ascii_case("z") { vec![0, 0] } else { numbers(zone.get(1..)?, ':', &[2, 2])? };
    let (time, date) = (numbers(time, ':', &[2, 2, 2])?, numbers(date, '-', &[4, 2, 2])?);
    let is_time = time[0] < 24 && time[1] < 60 && time[2] <= 60 && offset[0] < 24 && offset[1] < 60;
    if !(is_fraction && is_time && is_day(date[0], date[1], date[2])) {
        return None;
    }
    let of_day = |hours: u16, minutes: u16| 3600 * i64::from(hours) + 60 * i64::from(minutes);
    let ahead = if zone.starts_with('-') { -of_day(offset[0], offset[1]) } else { of_day(offset[0], offset[1]) };
    Some(86_400 * days(date[0], date[1], date[2]) + of_day(time[0], time[1]) + i64::from(time[2]) - ahead)
}

/// Days from 1970-01-01 to a day. Years are counted from March on, so that leap days stand at their ends.
fn days(year: u16, month: u16, day: u16) -> i64 {
    let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
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
            assert!(interval(right).is_some(), "{right}");
        }
        for wrong in
            ["", "/", "yesterday", "2024", "2024-13-01T00:00:00Z", "2024-01-01T00:00:00+99:00", "a/b", "二〇二四年"]
        {
            assert!(interval(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn moments_are_seconds() {
        for (text, second) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2024-02-29T12:00:00Z", 1_709_208_000),
            ("2024-01-01T00:00:00.5+08:00", 1_704_038_400),
            ("1969-12-31T23:59:59-01:00", 3_599),
        ] {
            assert_eq!(moment(text), Some(second), "{text}");
        }
        let open = interval("../1970-01-01T00:00:09Z").expect("an interval");
        assert!(open.meets(9, 20) && open.meets(-5, 3) && !open.meets(10, 20));
    }
}
