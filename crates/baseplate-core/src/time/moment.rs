//! Reading times.

use super::{
    clock::clock_of_digits,
    date::{DAY_S, date_at, date_of, midnight, plus_days},
    error::TimeError,
    text::{Rest, fold},
    written::{Written, written},
    zone::Zone,
};
use jiff::civil::Date;

/// The day 0 of a spreadsheet. It counts a 29 February 1900 that there was not, so that its day 1 is 1 January 1900 only before
/// that day; no number that is read is so low.
const SERIAL_ZERO: Date = Date::constant(1899, 12, 30);
/// The first second that is no more read as a number, 2200-01-01T00:00:00Z.
const SECONDS_END: i64 = 7_258_118_400;

/// A time that was read: a second, or a whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    second: i64,
    is_day: bool,
}

impl Moment {
    /// Reads a text as departments export it; the [module](super) lists the forms. A text that does not say how far it is from UTC is
    /// meant in `zone`.
    ///
    /// ```
    /// use baseplate_core::time::{Moment, TimeError, Zone};
    /// let zone: Zone = Zone::DEFAULT.parse()?;
    /// let moment = Moment::read("2026年1月5日 9时30分", &zone)?;
    /// assert_eq!((moment.second(), moment.is_day()), (1_767_576_600, false));
    /// assert!(Moment::read("2026/1/5", &zone)?.is_day());
    /// assert_eq!(Moment::read("1/5/2026", &zone), Err(TimeError::YearLast));
    /// # Ok::<(), TimeError>(())
    /// ```
    ///
    /// # Errors
    /// [`TimeError`] says why a text is no time: nothing is guessed.
    pub fn read(text: &str, zone: &Zone) -> Result<Self, TimeError> {
        let text = fold(text)?;
        let mut rest = Rest(&text);
        let whole = rest.digits();
        let fraction = rest.one_of(&['.']).map_or("", |_| rest.digits());
        if rest.is_empty() && !whole.is_empty() {
            return number(whole, fraction, zone);
        }
        let Written { date, clock, offset } = written(&text)?;
        match (clock, offset) {
            (Some(clock), Some(offset)) => Ok(Self { second: midnight(date) + clock - offset, is_day: false }),
            _ => in_zone(date, clock, zone),
        }
    }

    /// Seconds since 1970-01-01T00:00:00Z; of a day, the one with which it begins.
    pub const fn second(self) -> i64 {
        self.second
    }

    /// Whether the text said a day and no time.
    pub const fn is_day(self) -> bool {
        self.is_day
    }
}

/// The moment of a day, and of seconds since its midnight, on the clocks of a zone.
fn in_zone(date: Date, clock: Option<i64>, zone: &Zone) -> Result<Moment, TimeError> {
    if !zone.has_day(date) {
        return Err(TimeError::SkippedDay);
    }
    Ok(match clock {
        None => Moment { second: zone.day_begin(date), is_day: true },
        Some(clock) => Moment { second: zone.second(midnight(date) + clock), is_day: false },
    })
}

/// The moment of a number: its digits before and behind the point. How many there are says what it counts.
fn number(whole: &str, fraction: &str, zone: &Zone) -> Result<Moment, TimeError> {
    let is_whole = fraction.bytes().all(|b| b == b'0');
    match whole.len() {
        4 if date_of(whole, "1", "1").is_ok() => Err(TimeError::YearOrSerial),
        6 => Err(TimeError::MonthOrShortDay),
        8 if is_whole => in_zone(date_of_digits(whole)?, None, zone),
        14 => in_zone(date_of_digits(&whole[..8])?, Some(clock_of_digits(&whole[8..])?), zone),
        _ if whole.starts_with('0') => Err(TimeError::Digits),
        5 if is_whole => in_zone(serial_day(whole)?, None, zone),
        5 => serial_time(serial_day(whole)?, fraction, zone),
        10 if date_of_digits(&whole[..8]).is_ok() && ("00"..="24").contains(&&whole[8..]) => {
            Err(TimeError::HourOrSeconds)
        }
        10 => seconds(whole),
        13 => seconds(&whole[..10]),
        _ => Err(TimeError::Digits),
    }
}

fn date_of_digits(digits: &str) -> Result<Date, TimeError> {
    date_of(&digits[..4], &digits[4..6], &digits[6..])
}

/// The day of a number of a spreadsheet.
fn serial_day(digits: &str) -> Result<Date, TimeError> {
    digits.parse().map(|days| plus_days(SERIAL_ZERO, days)).map_err(|_| TimeError::Digits)
}

/// The moment of a part of a day, to the nearest second: sheets show five places, which are 0.9 s.
fn serial_time(date: Date, fraction: &str, zone: &Zone) -> Result<Moment, TimeError> {
    let part: f64 = format!("0.{fraction}").parse().map_err(|_| TimeError::Digits)?;
    let local = midnight(date) + (part * DAY_S as f64).round() as i64;
    in_zone(date_at(local), Some(local.rem_euclid(DAY_S)), zone)
}

fn seconds(digits: &str) -> Result<Moment, TimeError> {
    let second: i64 = digits.parse().map_err(|_| TimeError::Digits)?;
    if second < SECONDS_END { Ok(Moment { second, is_day: false }) } else { Err(TimeError::Year) }
}
