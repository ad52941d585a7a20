//! Texts of times as people and programs write them.

use super::{
    clock::{clock, offset},
    date::date_of,
    error::TimeError,
    text::Rest,
};
use jiff::civil::Date;

/// What a text says.
#[derive(Debug, PartialEq)]
pub(super) struct Written {
    /// The day.
    pub(super) date: Date,
    /// Seconds since its midnight, if there is a time of day.
    pub(super) clock: Option<i64>,
    /// Seconds that the time is ahead of UTC, if it says so.
    pub(super) offset: Option<i64>,
}

/// Reads a folded text that is more than a number.
pub(super) fn written(text: &str) -> Result<Written, TimeError> {
    let mut rest = Rest(text);
    let date = date(&mut rest)?;
    if rest.is_empty() {
        return Ok(Written { date, clock: None, offset: None });
    }
    rest.word("T");
    let clock = Some(clock(&mut rest)?);
    let offset = offset(&mut rest)?;
    if rest.is_empty() { Ok(Written { date, clock, offset }) } else { Err(TimeError::Form) }
}

/// Takes a day: `2026-01-05`, `2026/1/5`, `2026.1.5` or `2026年1月5日`.
fn date(rest: &mut Rest<'_>) -> Result<Date, TimeError> {
    let first = rest.digits();
    match (first, rest.one_of(&['-', '/', '.', '年'])) {
        ("", _) | (_, None) => Err(TimeError::Form),
        (year, Some('年')) => date_in_words(year, rest),
        (first, Some(separator)) => date_in_numbers(first, separator, rest),
    }
}

fn date_in_words(year: &str, rest: &mut Rest<'_>) -> Result<Date, TimeError> {
    let mut part = |words: &[char]| {
        rest.blanks();
        match rest.digits() {
            "" if rest.is_empty() => Err(TimeError::NoDay),
            digits if matches!(digits.len(), 1 | 2) && rest.one_of(words).is_some() => Ok(digits),
            _ => Err(TimeError::Form),
        }
    };
    match year.len() {
        2 => Err(TimeError::ShortYear),
        4 => date_of(year, part(&['月'])?, part(&['日', '号'])?),
        _ => Err(TimeError::Form),
    }
}

fn date_in_numbers(first: &str, separator: char, rest: &mut Rest<'_>) -> Result<Date, TimeError> {
    let second = rest.digits();
    if (first.len(), rest.is_empty()) == (4, true) && matches!(second.len(), 1 | 2) {
        return Err(TimeError::NoDay);
    }
    let third = rest.one_of(&[separator]).map_or("", |_| rest.digits());
    match (first.len(), second.len(), third.len()) {
        (4, 1 | 2, 1 | 2) => date_of(first, second, third),
        (1 | 2, 1 | 2, 4) => Err(TimeError::YearLast),
        (1 | 2, 1 | 2, 1 | 2) => Err(TimeError::ShortYear),
        _ => Err(TimeError::Form),
    }
}
