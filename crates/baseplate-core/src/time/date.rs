//! Days of the calendar, as seconds that do not know a zone.
//!
//! *Local seconds* count from the midnight that began 1970 on the clock on the wall, as if it had never been put forward or back.

use super::error::TimeError;
use jiff::{SignedDuration, civil::Date};

/// Seconds of a day on which the clocks run through.
pub(super) const DAY_S: i64 = 86_400;
/// The day from which local seconds are counted.
const EPOCH: Date = Date::constant(1970, 1, 1);
/// More days than from the first to the last day of any calendar here.
const DAYS_MAX: i64 = 10_000_000;
/// The years that a time may be in, both included.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

/// The day of a year, a month and a day, each in digits.
pub(super) fn date_of(year: &str, month: &str, day: &str) -> Result<Date, TimeError> {
    let number = |digits: &str| digits.parse::<i8>().map_err(|_| TimeError::Date);
    let year = year.parse::<i16>().ok().filter(|year| YEARS.contains(year)).ok_or(TimeError::Year)?;
    Date::new(year, number(month)?, number(day)?).map_err(|_| TimeError::Date)
}

/// The local seconds at which a day begins.
pub(super) fn midnight(date: Date) -> i64 {
    date.duration_since(EPOCH).as_secs()
}

/// The day in which a local second lies.
pub(super) fn date_at(local: i64) -> Date {
    plus_days(EPOCH, local.div_euclid(DAY_S))
}

/// The day that is so many days later, or the last one that there is.
pub(super) fn plus_days(date: Date, days: i64) -> Date {
    date.saturating_add(SignedDuration::from_hours(24 * days.clamp(-DAYS_MAX, DAYS_MAX)))
}
