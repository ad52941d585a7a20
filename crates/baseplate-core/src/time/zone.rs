//! Time zones: what the clocks on the wall showed.

use super::{
    date::{DAY_S, date_at, midnight, plus_days},
    error::TimeError,
};
use jiff::{Timestamp, civil::Date, tz::TimeZoneDatabase};
use std::{fmt, str::FromStr};

/// The days between which offsets are kept; every bucket of a time that can be read lies between them.
const FIRST_DAY: Date = Date::constant(1898, 1, 1);
const LAST_DAY: Date = Date::constant(2202, 1, 1);

/// A time zone of the IANA database, from which years 1900 to 2199 are read. The database is part of the program, so that a plate says
/// the same everywhere.
///
/// Where clocks are put back, an hour is shown twice: its *first* run is meant. Where they are put forward, an hour is shown never: a time in
/// it is read as if they had not been put forward yet. That is what RFC 5545 says. It concerns Shanghai from 1986 to 1991 and in the 1940s.
/// A day begins with the first second at which the clocks show it or a later one, and ends where the next begins.
///
/// ```
/// use baseplate_core::time::{Moment, Zone};
/// let shanghai: Zone = Zone::DEFAULT.parse()?;
/// let second = |text| Moment::read(text, &shanghai).map(Moment::second);
/// // Shown twice, at +09:00 and then at +08:00.
/// assert_eq!(second("1986-09-14 01:30"), second("1986-09-14T01:30:00+09:00"));
/// // Never shown: behind 01:59:59 came 03:00:00.
/// assert_eq!(second("1986-05-04 02:30"), second("1986-05-04 03:30"));
/// # Ok::<(), baseplate_core::time::TimeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    /// Where each offset begins, in order; the first holds since ever.
    begins: Vec<i64>,
    /// Seconds that local time is ahead of UTC.
    offsets: Vec<i64>,
}

impl Zone {
    /// The zone that is meant where none is named.
    pub const DEFAULT: &'static str = "Asia/Shanghai";

    /// The name, as the IANA database has it.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// A second as RFC 3339 writes it, on the clocks of the zone. Offsets there are whole minutes; of those with seconds, which ended
    /// where railways came, the minutes are taken.
    ///
    /// ```
    /// use baseplate_core::time::Zone;
    /// let shanghai: Zone = Zone::DEFAULT.parse()?;
    /// assert_eq!(shanghai.rfc3339(1_767_574_800), "2026-01-05T09:00:00+08:00");
    /// # Ok::<(), baseplate_core::time::TimeError>(())
    /// ```
    pub fn rfc3339(&self, second: i64) -> String {
        let at = self.begins.partition_point(|begin| *begin <= second) - 1;
        let minutes = self.offsets[at] / 60;
        let local = second.saturating_add(60 * minutes);
        let (date, clock) = (date_at(local), local.rem_euclid(DAY_S));
        let (sign, ahead) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
        let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
        format!("{date}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}", ahead / 60, ahead % 60)
    }

    /// The days from 1970-01-01 to the one to which a second belongs.
    #[cfg(feature = "build")]
    pub(crate) fn day(&self, second: i64) -> i64 {
        midnight(self.date(second)).div_euclid(DAY_S)
    }

    /// The second at which a day begins, or the one behind it if there was none.
    pub(super) fn day_begin(&self, date: Date) -> i64 {
        let local = midnight(date);
        let at = self.offset_until(local);
        self.begins[at].max(local - self.offsets[at])
    }

    /// The second of a local one.
    pub(super) fn second(&self, local: i64) -> i64 {
        let at = self.offset_until(local);
        let second = local - self.offsets[at];
        if second < self.begins[at] { local - self.offsets[at - 1] } else { second }
    }

    /// Whether there was such a day.
    pub(super) fn has_day(&self, date: Date) -> bool {
        self.day_begin(date) < self.day_begin(plus_days(date, 1))
    }

    /// The day to which a second belongs: the last one that has begun.
    pub(super) fn date(&self, second: i64) -> Date {
        let at = self.begins.partition_point(|begin| *begin <= second) - 1;
        let date = date_at(second + self.offsets[at]);
        let next = plus_days(date, 1);
        if self.day_begin(next) <= second { next } else { date }
    }

    /// The offsets that hold between two seconds, both included, with where each begins; the first begins at the first second.
    pub(super) fn offsets_between(&self, first: i64, last: i64) -> impl Iterator<Item = (i64, i64)> {
        let from = self.begins.partition_point(|begin| *begin <= first) - 1;
        let to = self.begins.partition_point(|begin| *begin <= last);
        (from..to).map(move |at| (self.begins[at].max(first), self.offsets[at]))
    }

    /// The first of the offsets that end behind a local second.
    fn offset_until(&self, local: i64) -> usize {
        let mut from = 0;
        let mut to = self.offsets.len() - 1;
        while from < to {
            let at = from.midpoint(to);
            if local - self.offsets[at] < self.begins[at + 1] { to = at } else { from = at + 1 }
        }
        from
    }
}

impl FromStr for Zone {
    type Err = TimeError;

    fn from_str(name: &str) -> Result<Self, TimeError> {
        let zone = TimeZoneDatabase::bundled().get(name.trim()).map_err(|_| TimeError::Zone)?;
        let name = zone.iana_name().filter(|_| !zone.is_unknown()).ok_or(TimeError::Zone)?;
        let first = Timestamp::from_second(midnight(FIRST_DAY)).map_err(|_| TimeError::Zone)?;
        let (mut begins, mut offsets) = (vec![i64::MIN], vec![i64::from(zone.to_offset(first).seconds())]);
        let changes = zone.following(first).map(|t| (t.timestamp().as_second(), i64::from(t.offset().seconds())));
        for (second, offset) in changes.take_while(|(second, _)| *second < midnight(LAST_DAY)) {
            if offsets.last() != Some(&offset) {
                begins.push(second);
                offsets.push(offset);
            }
        }
        Ok(Self { name: name.to_owned(), begins, offsets })
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Halving needs that of two offsets the earlier also ends earlier on the clock on the wall.
    #[test]
    fn offsets_end_in_order_in_every_zone() {
        let names: Vec<_> = TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect();
        assert!(names.len() > 400, "{}", names.len());
        for name in names {
            let Ok(zone) = name.parse::<Zone>() else { panic!("{name} is not read") };
            let ends: Vec<_> = zone.begins[1..].iter().zip(&zone.offsets).map(|(end, offset)| end + offset).collect();
            assert!(ends.is_sorted(), "{name}");
            assert!(zone.begins.is_sorted() && zone.offsets.iter().all(|offset| offset.abs() <= 18 * 3600), "{name}");
        }
    }

    #[test]
    fn a_zone_is_known_by_its_name() {
        assert_eq!("asia/shanghai".parse::<Zone>().map(|zone| zone.to_string()), Ok("Asia/Shanghai".to_owned()));
        for name in ["", "Asia/Shenzen", "+08:00", "CST-8", "Etc/Unknown", "../etc/passwd", "北京"] {
            assert_eq!(name.parse::<Zone>(), Err(TimeError::Zone), "{name}");
        }
    }

    #[test]
    fn seconds_are_written_with_the_offset_of_their_time() {
        for (zone, second, written) in [
            ("America/St_Johns", 0, "1969-12-31T20:30:00-03:30"),
            ("Asia/Shanghai", 527_011_200, "1986-09-14T01:00:00+09:00"),
            ("Asia/Shanghai", 527_014_800, "1986-09-14T01:00:00+08:00"),
            ("Asia/Shanghai", -2_208_988_800, "1900-01-01T08:05:00+08:05"),
            ("UTC", -1, "1969-12-31T23:59:59+00:00"),
        ] {
            let zone: Zone = zone.parse().unwrap();
            assert_eq!(zone.rfc3339(second), written);
            let read = crate::time::Moment::read(written, &zone).map(crate::time::Moment::second);
            assert_eq!(read, Ok(second));
        }
        let utc: Zone = "UTC".parse().unwrap();
        assert!([i64::MIN, i64::MAX].map(|second| utc.rfc3339(second)).iter().all(|text| text.ends_with("+00:00")));
    }

    #[test]
    fn samoa_had_no_30_december_2011() {
        let apia: Zone = "Pacific/Apia".parse().unwrap();
        let day = |day| Date::constant(2011, 12, day);
        assert!(apia.has_day(day(29)) && !apia.has_day(day(30)) && apia.has_day(day(31)));
        assert_eq!(apia.day_begin(day(30)), apia.day_begin(day(31)));
    }

    #[test]
    fn a_day_that_was_shown_again_has_ended() {
        // On 29 October 2006 the clocks of St. John's went from 00:01 back to 23:01 of the day before.
        let st_johns: Zone = "America/St_Johns".parse().unwrap();
        let begin = st_johns.day_begin(Date::constant(2006, 10, 29));
        assert_eq!(begin, midnight(Date::constant(2006, 10, 29)) + 9000);
        assert_eq!(st_johns.date(begin - 1), Date::constant(2006, 10, 28));
        assert_eq!(st_johns.date(begin + 1800), Date::constant(2006, 10, 29));
    }
}
