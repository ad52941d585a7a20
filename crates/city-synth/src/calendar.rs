//! The two years of which departments keep records: from 1 October 2024 to 30 September 2026.

use std::fmt;

/// Number of months in the period.
pub(crate) const MONTHS: u32 = 24;
/// Number of days in the period.
pub(crate) const DAYS: u32 = 730;
/// Minutes of a day.
pub(crate) const DAY: u32 = 24 * 60;
/// The month of the year in which the period starts, from 0.
const FIRST_MONTH: u32 = 9;
/// The year in which the period starts.
const FIRST_YEAR: u32 = 2024;
/// Days of the months of every year: the period has no 29th of February.
const LENGTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// The month of the year, from 0, of a month of the period.
pub(crate) fn month_of_year(month: u32) -> usize {
    ((FIRST_MONTH + month) % 12) as usize
}

/// The number of days in a month of the period.
pub(crate) fn length(month: u32) -> u32 {
    LENGTHS[month_of_year(month)]
}

/// The first day of a month of the period.
pub(crate) fn first_day(month: u32) -> u32 {
    (0..month).map(length).sum()
}

/// Whether a day is a Saturday or a Sunday. The first is a Tuesday.
pub(crate) fn is_weekend(day: u32) -> bool {
    (day + 1) % 7 >= 5
}

/// Year, month and day of the month.
pub(crate) fn date(day: u32) -> (u32, u32, u32) {
    let (mut month, mut left) = (0, day);
    while left >= length(month) {
        left -= length(month);
        month += 1;
    }
    (FIRST_YEAR + (FIRST_MONTH + month) / 12, month_of_year(month) as u32 + 1, left + 1)
}

/// A minute of the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    /// Minutes since the start of the period.
    minutes: u32,
}

impl Moment {
    /// The moment of a day, `minute` minutes after midnight; `None` after the end of the period.
    pub(crate) fn new(day: u32, minute: u32) -> Option<Self> {
        let minutes = day * DAY + minute;
        (minutes < DAYS * DAY).then_some(Self { minutes })
    }

    /// The day of the period, from 0.
    pub(crate) fn day(self) -> u32 {
        self.minutes / DAY
    }

    /// Minutes since midnight.
    pub(crate) fn minute(self) -> u32 {
        self.minutes % DAY
    }
}

impl fmt::Display for Moment {
    /// As spreadsheets show it: `2026/1/5 9:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.day());
        write!(f, "{year}/{month}/{day} {}:{:02}", self.minute() / 60, self.minute() % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_has_its_bounds() {
        let text = |day, minute| Moment::new(day, minute).map(|moment| moment.to_string());
        assert_eq!(text(0, 0).as_deref(), Some("2024/10/1 0:00"));
        assert_eq!(text(461, 9 * 60 + 5).as_deref(), Some("2026/1/5 9:05"));
        assert_eq!(text(DAYS - 1, DAY - 1).as_deref(), Some("2026/9/30 23:59"));
        assert_eq!(text(DAYS - 1, DAY), None);
        assert_eq!((0..MONTHS).map(length).sum::<u32>(), DAYS);
        assert_eq!(date(first_day(MONTHS - 1)), (2026, 9, 1));
    }

    #[test]
    fn weekends_are_where_they_are() {
        let weekends = (0..DAYS).filter(|&day| is_weekend(day)).map(date);
        assert_eq!(weekends.take(3).collect::<Vec<_>>(), [(2024, 10, 5), (2024, 10, 6), (2024, 10, 12)]);
    }
}
