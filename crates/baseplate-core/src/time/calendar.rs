//! Times in buckets.

use super::{date::DAY_S, error::TimeError, period::Period, steps::Steps, zone::Zone};
use jiff::civil::Date;
use std::ops::Range;

/// The seconds that a calendar may have: those of every time that is read, in all zones.
const SECONDS: Range<i64> = -2_209_161_600..7_258_291_200;
/// Seconds of many whole weeks, by which every second becomes one behind a Monday long ago.
const WEEKS_S: i64 = 10_000 * 7 * DAY_S;
/// The first day of 1970 was a Thursday.
const THURSDAY: i64 = 3;

/// The buckets of a period in a zone over a span of time, made once; then each second has its bucket at once, whatever
/// the zone.
///
/// A bucket of the calendar is a span without holes: it begins with the first second at which the clocks show its first day or a later one.
/// Days on which clocks are put forward or back have 23 or 25 hours, and a day that a zone left out has no bucket. The hour of the day and
/// the day of the week are what the clocks show.
///
/// The table of days takes 6 KB a year, so 1.9 MB for all the 300 that can be read; other periods take less.
///
/// ```
/// use baseplate_core::time::{Calendar, Moment, Period, Zone};
/// let zone: Zone = Zone::DEFAULT.parse()?;
/// let second = |text| Moment::read(text, &zone).map(Moment::second);
/// let months = Calendar::new(&zone, Period::Month, second("2025-12-24")?, second("2026-02-03")?)?;
/// let labels: Vec<_> = months.buckets().map(|bucket| bucket.label).collect();
/// assert_eq!(labels, ["2025-12", "2026-01", "2026-02"]);
/// assert_eq!(months.index(second("2026-01-05 09:00")?), Some(1));
/// assert_eq!(months.index(second("2026-02-04")?), None);
/// # Ok::<(), baseplate_core::time::TimeError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Calendar {
    first: i64,
    /// How far the last second is behind the first.
    length: u64,
    steps: Steps,
    buckets: Buckets,
}

/// What the steps of a calendar are.
#[derive(Debug, Clone)]
enum Buckets {
    /// Buckets themselves; the first day of each.
    Spans(Period, Vec<Date>),
    /// Times of one offset, with what makes local seconds of seconds, and those behind a Monday; there are 24 buckets.
    Hours(Vec<i64>),
    /// The same; there are 7 buckets.
    Weekdays(Vec<i64>),
}

/// A bucket of a [`Calendar`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// What it is called; labels are in the order of time as texts too.
    pub label: String,
    /// Its seconds, also those outside of the span of the calendar; none for the hour of the day and the day of the week.
    pub seconds: Option<Range<i64>>,
}

impl Calendar {
    /// Makes the buckets from that of the `first` second to that of the `last` one, both since 1970. Of hours of the day and days of
    /// the week there are always all.
    ///
    /// # Errors
    /// [`TimeError::Order`] if `last` is before `first`, [`TimeError::Year`] if one of them is in no year that is read.
    pub fn new(zone: &Zone, period: Period, first: i64, last: i64) -> Result<Self, TimeError> {
        if !SECONDS.contains(&first) || !SECONDS.contains(&last) {
            return Err(TimeError::Year);
        }
        let length = u64::try_from(last - first).map_err(|_| TimeError::Order)?;
        let (steps, buckets) = match period.first_day(zone.date(first)) {
            Some(day) => spans(zone, period, day, last),
            None => repeated(zone, period, first, last),
        };
        Ok(Self { first, length, steps, buckets })
    }

    /// The bucket of a second, counted from 0; none of a second that is not between the first and the last.
    #[inline]
    pub fn index(&self, second: i64) -> Option<u32> {
        if second.wrapping_sub(self.first) as u64 > self.length {
            return None;
        }
        let step = self.steps.at(second);
        Some(match &self.buckets {
            Buckets::Spans(..) => step as u32,
            Buckets::Hours(shifts) => ((second + shifts[step]) as u64 / 3600 % 24) as u32,
            Buckets::Weekdays(shifts) => ((second + shifts[step]) as u64 / DAY_S as u64 % 7) as u32,
        })
    }

    /// How many buckets there are.
    pub fn bucket_count(&self) -> u32 {
        match &self.buckets {
            Buckets::Spans(..) => self.steps.len() as u32,
            Buckets::Hours(_) => 24,
            Buckets::Weekdays(_) => 7,
        }
    }

    /// The bucket of an index.
    pub fn bucket(&self, index: u32) -> Option<Bucket> {
        if index >= self.bucket_count() {
            return None;
        }
        Some(match &self.buckets {
            Buckets::Spans(period, days) => {
                let day = days.get(index as usize)?;
                Bucket { label: period.label(*day), seconds: self.steps.span(index as usize) }
            }
            Buckets::Hours(_) => Bucket { label: format!("{index:02}"), seconds: None },
            Buckets::Weekdays(_) => Bucket { label: (index + 1).to_string(), seconds: None },
        })
    }

    /// All buckets, in order.
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> {
        (0..self.bucket_count()).filter_map(|index| self.bucket(index))
    }
}

/// The spans of a period from the one that begins with a day to that of a second; days that a zone left out are none.
fn spans(zone: &Zone, period: Period, first: Date, last: i64) -> (Steps, Buckets) {
    let (mut days, mut begins, mut day) = (vec![first], vec![zone.day_begin(first)], first);
    loop {
        let next = period.next_day(day);
        let begin = zone.day_begin(next);
        if begins.last() == Some(&begin) {
            // The day before was left out.
            days.pop();
            begins.pop();
        }
        if begin > last {
            begins.push(begin);
            return (Steps::new(begins), Buckets::Spans(period, days));
        }
        days.push(next);
        begins.push(begin);
        day = next;
    }
}

/// The offsets of a zone between two seconds, for what comes again.
fn repeated(zone: &Zone, period: Period, first: i64, last: i64) -> (Steps, Buckets) {
    let (mut begins, offsets): (Vec<_>, Vec<_>) = zone.offsets_between(first, last).unzip();
    begins.push(last + 1);
    let shifts = offsets.into_iter().map(|offset| offset + WEEKS_S + THURSDAY * DAY_S).collect();
    let buckets = if period == Period::Hour { Buckets::Hours(shifts) } else { Buckets::Weekdays(shifts) };
    (Steps::new(begins), buckets)
}

#[cfg(test)]
mod tests {
    use super::{super::date::midnight, *};

    #[test]
    fn the_table_of_all_years_is_small() {
        let zone: Zone = Zone::DEFAULT.parse().unwrap();
        let last = SECONDS.end - 1;
        let count = |period| Calendar::new(&zone, period, SECONDS.start, last).map(|calendar| calendar.bucket_count());
        assert_eq!(count(Period::Day), Ok(109_578));
        assert_eq!([Period::Year, Period::Hour, Period::Weekday].map(count), [Ok(302), Ok(24), Ok(7)]);
        assert_eq!(Calendar::new(&zone, Period::Day, i64::MIN, i64::MAX).err(), Some(TimeError::Year));
        assert_eq!(Calendar::new(&zone, Period::Day, 1, 0).err(), Some(TimeError::Order));
    }

    #[test]
    fn the_seconds_of_a_calendar_are_whole_days() {
        assert_eq!(SECONDS.start, midnight(Date::constant(1899, 12, 30)));
        assert_eq!(SECONDS.end, midnight(Date::constant(2200, 1, 3)));
    }
}
