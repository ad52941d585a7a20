//! Times of day, and how far they are from UTC.

use super::{date::DAY_S, error::TimeError, text::Rest};

/// The largest offset from UTC, in minutes.
const OFFSET_MAX_MIN: i64 = 18 * 60;

/// The halves of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Half {
    Morning,
    Afternoon,
}

/// Reads a time of day: seconds since midnight. A fraction of a second is left out: what is meant is the second in which the time lies.
pub(super) fn clock(rest: &mut Rest<'_>) -> Result<i64, TimeError> {
    let before = half(rest);
    let hour = rest.digits();
    let parts = match rest.one_of(&[':', '时', '点']) {
        Some(':') => behind_colon(rest)?,
        Some(_) => behind_word(rest)?,
        None => return Err(TimeError::Form),
    };
    let half = before.or_else(|| half(rest));
    let [hour, minute, second] = [hour, parts[0], parts[1]].map(number);
    seconds(hour?, minute?, second?, half, parts[2].bytes().any(|b| b != b'0'))
}

/// The seconds since midnight of six digits.
pub(super) fn clock_of_digits(digits: &str) -> Result<i64, TimeError> {
    seconds(number(&digits[..2])?, number(&digits[2..4])?, number(&digits[4..])?, None, false)
}

/// Takes 上午, 下午, AM or PM with the blanks around it.
fn half(rest: &mut Rest<'_>) -> Option<Half> {
    rest.blanks();
    let words = [("上午", Half::Morning), ("AM", Half::Morning), ("下午", Half::Afternoon), ("PM", Half::Afternoon)];
    let (_, half) = words.into_iter().find(|(word, _)| rest.word(word))?;
    rest.blanks();
    Some(half)
}

/// Minutes, seconds and their fraction as digits: `30`, `30:15` or `30:15.25`.
fn behind_colon<'t>(rest: &mut Rest<'t>) -> Result<[&'t str; 3], TimeError> {
    let minute = rest.digits();
    let second = rest.one_of(&[':']).map(|_| rest.digits());
    let fraction = second.and_then(|_| rest.one_of(&['.', ','])).map(|_| rest.digits());
    let found = [Some(minute), second, fraction];
    if found.contains(&Some("")) { Err(TimeError::Form) } else { Ok(found.map(|part| part.unwrap_or("0"))) }
}

/// Minutes and seconds as digits: nothing, `30分` or `30分15秒`.
fn behind_word<'t>(rest: &mut Rest<'t>) -> Result<[&'t str; 3], TimeError> {
    let mut parts = ["0"; 3];
    for (part, word) in parts.iter_mut().zip(["分", "秒"]) {
        rest.blanks();
        match rest.digits() {
            "" => break,
            digits if rest.word(word) => *part = digits,
            _ => return Err(TimeError::Form),
        }
    }
    Ok(parts)
}

fn number(digits: &str) -> Result<i64, TimeError> {
    match digits.len() {
        1 | 2 => digits.parse().map_err(|_| TimeError::Form),
        _ => Err(TimeError::Form),
    }
}

/// 24:00 is the end of the day, as in ISO 8601; 12 in the afternoon is noon, and 12 in the morning midnight, as clocks show them.
fn seconds(hour: i64, minute: i64, second: i64, half: Option<Half>, fraction: bool) -> Result<i64, TimeError> {
    let hour = match half {
        Some(Half::Morning) if hour > 12 => return Err(TimeError::Clock),
        Some(Half::Morning) => hour % 12,
        Some(Half::Afternoon) if hour < 12 => hour + 12,
        Some(Half::Afternoon) if hour == 24 => return Err(TimeError::Clock),
        _ => hour,
    };
    let seconds = hour * 3600 + minute * 60 + second;
    if minute > 59 || second > 59 || seconds > DAY_S || seconds == DAY_S && fraction {
        return Err(TimeError::Clock);
    }
    Ok(seconds)
}

/// Takes an offset from UTC, if one is there: `Z`, `+08:00`, `+0800` or `+08`, in seconds.
pub(super) fn offset(rest: &mut Rest<'_>) -> Result<Option<i64>, TimeError> {
    rest.blanks();
    let sign = match rest.one_of(&['Z', '+', '-']) {
        None => return Ok(None),
        Some('Z') => return Ok(Some(0)),
        Some('-') => -1,
        Some(_) => 1,
    };
    let digits = rest.digits();
    let (hours, minutes) = match digits.len() {
        4 => digits.split_at(2),
        2 if rest.word(":") => (digits, rest.digits()),
        2 => (digits, "00"),
        _ => return Err(TimeError::Form),
    };
    if minutes.len() != 2 {
        return Err(TimeError::Form);
    }
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let total = hours * 60 + minutes;
    if minutes > 59 || total > OFFSET_MAX_MIN { Err(TimeError::Offset) } else { Ok(Some(sign * total * 60)) }
}
