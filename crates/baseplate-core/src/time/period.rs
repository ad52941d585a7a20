//! By what times are counted together.

use super::{date::plus_days, error::TimeError};
use jiff::civil::Date;
use std::{fmt, str::FromStr};

/// By what times are counted together: five spans of the calendar, and two that come again.
///
/// ```
/// use baseplate_core::time::Period;
/// assert_eq!("week".parse(), Ok(Period::Week));
/// assert!(Period::ALL.iter().all(|period| period.as_str().parse() == Ok(*period)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// A day, labelled `2026-01-05`.
    Day,
    /// A week of ISO 8601, from Monday on, labelled `2026-W02`.
    Week,
    /// A month, labelled `2026-01`.
    Month,
    /// A quarter of a year, labelled `2026-Q1`.
    Quarter,
    /// A year, labelled `2026`.
    Year,
    /// The hour of the day, labelled `00` to `23`.
    Hour,
    /// The day of the week, labelled `1` (Monday) to `7` (Sunday).
    Weekday,
}

impl Period {
    /// All periods, the spans of the calendar first.
    pub const ALL: [Self; 7] =
        [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year, Self::Hour, Self::Weekday];

    /// The word in requests and answers.
    pub const fn as_str(self) -> &'static str {
        ["day", "week", "month", "quarter", "year", "hour", "weekday"][self as usize]
    }

    /// The first day of the span in which a day lies; none of what comes again.
    pub(super) fn first_day(self, date: Date) -> Option<Date> {
        match self {
            Self::Day => Some(date),
            Self::Week => Some(plus_days(date, -i64::from(date.weekday().to_monday_zero_offset()))),
            Self::Month => Some(date.first_of_month()),
            Self::Quarter => {
                let months_before = (date.month() - 1) % 3;
                Some((0..months_before).fold(date.first_of_month(), |first, _| plus_days(first, -1).first_of_month()))
            }
            Self::Year => Some(date.first_of_year()),
            Self::Hour | Self::Weekday => None,
        }
    }

    /// The first day of the span behind the one that begins with a day.
    pub(super) fn next_day(self, first: Date) -> Date {
        let months = |count| (0..count).fold(first, |first: Date, _| plus_days(first.last_of_month(), 1));
        match self {
            Self::Day | Self::Hour | Self::Weekday => plus_days(first, 1),
            Self::Week => plus_days(first, 7),
            Self::Month => months(1),
            Self::Quarter => months(3),
            Self::Year => plus_days(first.last_of_year(), 1),
        }
    }

    /// What the span that begins with a day is called.
    pub(super) fn label(self, first: Date) -> String {
        let (year, month) = (first.year(), first.month());
        match self {
            Self::Day | Self::Hour | Self::Weekday => format!("{year:04}-{month:02}-{:02}", first.day()),
            Self::Week => {
                let week = first.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Self::Month => format!("{year:04}-{month:02}"),
            Self::Quarter => format!("{year:04}-Q{}", (month + 2) / 3),
            Self::Year => format!("{year:04}"),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Period {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        Self::ALL.into_iter().find(|period| period.as_str() == text).ok_or(TimeError::Period)
    }
}
