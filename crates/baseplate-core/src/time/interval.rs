//! Between which times something is asked.

use super::{
    date::date_of,
    error::TimeError,
    moment::Moment,
    period::Period,
    text::{Rest, fold},
    zone::Zone,
};
use jiff::civil::Date;

/// The seconds from one on and up to another one that is not among them; either may be missing.
///
/// A bound is a year, a month, a day or a time: `2026`, `2026-01`, `2026-01-05`, `2026-01-05T09:00:00+08:00`, or `2026-01-05 09:00` in
/// the zone that is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Interval {
    from: Option<i64>,
    to: Option<i64>,
}

/// What a bound says.
#[derive(Clone, Copy)]
enum Bound {
    /// A year, a month or a day: its first second, and the one behind it.
    Span(i64, i64),
    Second(i64),
}

impl Interval {
    /// Reads two bounds, each of which may be left out. A year, a month or a day as `to` is included as a whole; a time as `to` is not, so
    /// that one interval can begin where another ends.
    ///
    /// ```
    /// use baseplate_core::time::{Interval, Zone};
    /// let utc: Zone = "UTC".parse()?;
    /// let january = Interval::between(Some("2026-01-01"), Some("2026-01-31"), &utc)?;
    /// assert_eq!(january, Interval::between(Some("2026-01"), Some("2026-02-01T00:00:00Z"), &utc)?);
    /// assert_eq!((january.from(), january.to()), (Some(1_767_225_600), Some(1_769_904_000)));
    /// # Ok::<(), baseplate_core::time::TimeError>(())
    /// ```
    ///
    /// # Errors
    /// [`TimeError`] says why a text is no bound, or that no second is between the two.
    pub fn between(from: Option<&str>, to: Option<&str>, zone: &Zone) -> Result<Self, TimeError> {
        let bound = |text: Option<&str>| text.map(|text| bound(text, zone)).transpose();
        let to = bound(to)?.map(|to| match to {
            Bound::Span(_, end) => end,
            Bound::Second(second) => second,
        });
        Self::of(bound(from)?.map(Bound::begin), to)
    }

    /// Reads the parameter `datetime` of OGC API: one bound, or two with `/` between them, of which one may be `..` or empty. Both ends
    /// are included, as that standard has it, and a time is the second that it names.
    ///
    /// ```
    /// use baseplate_core::time::{Interval, Zone};
    /// let utc: Zone = "UTC".parse()?;
    /// let second = Interval::ogc("2026-01-05T09:00:00Z", &utc)?;
    /// assert!(second.contains(1_767_603_600) && !second.contains(1_767_603_601));
    /// assert_eq!(Interval::ogc("2026-01-01/..", &utc)?.to(), None);
    /// assert!(Interval::ogc("0001-01-01T00:00:00Z/9999-12-31T23:59:59Z", &utc)?.contains(1_767_603_600));
    /// # Ok::<(), baseplate_core::time::TimeError>(())
    /// ```
    ///
    /// # Errors
    /// [`TimeError`] says why a text is no interval.
    pub fn ogc(text: &str, zone: &Zone) -> Result<Self, TimeError> {
        let side = |text: &str| match text.trim() {
            "" | ".." => Ok(None),
            text => bound(known(text), zone).map(Some),
        };
        let Some((from, to)) = text.split_once('/') else {
            return Self::at(known(text), zone);
        };
        let (from, to) = (side(from)?, side(to)?);
        if from.is_none() && to.is_none() {
            return Err(TimeError::Bound);
        }
        Self::of(from.map(Bound::begin), to.map(Bound::end))
    }

    /// Reads one bound as all the seconds that it stands for: a year, a month, a day or a second.
    ///
    /// ```
    /// use baseplate_core::time::{Interval, Zone};
    /// let day = Interval::at("2026-01-05", &"UTC".parse::<Zone>()?)?;
    /// assert_eq!((day.from(), day.to()), (Some(1_767_571_200), Some(1_767_657_600)));
    /// # Ok::<(), baseplate_core::time::TimeError>(())
    /// ```
    ///
    /// # Errors
    /// [`TimeError`] says why a text is no bound.
    pub fn at(text: &str, zone: &Zone) -> Result<Self, TimeError> {
        let one = bound(text, zone)?;
        Self::of(Some(one.begin()), Some(one.end()))
    }

    fn of(from: Option<i64>, to: Option<i64>) -> Result<Self, TimeError> {
        match (from, to) {
            (Some(from), Some(to)) if from >= to => Err(TimeError::Order),
            _ => Ok(Self { from, to }),
        }
    }

    /// The first second, if there is one.
    pub const fn from(self) -> Option<i64> {
        self.from
    }

    /// The second behind the last one, if there is one.
    pub const fn to(self) -> Option<i64> {
        self.to
    }

    /// Whether a second is in it.
    pub fn contains(self, second: i64) -> bool {
        self.from.is_none_or(|from| from <= second) && self.to.is_none_or(|to| second < to)
    }
}

impl Bound {
    fn begin(self) -> i64 {
        let (Self::Span(begin, _) | Self::Second(begin)) = self;
        begin
    }

    /// The second behind it.
    fn end(self) -> i64 {
        match self {
            Self::Span(_, end) => end,
            Self::Second(second) => second + 1,
        }
    }
}

fn bound(text: &str, zone: &Zone) -> Result<Bound, TimeError> {
    let text = fold(text)?;
    let mut rest = Rest(&text);
    let year = rest.digits();
    let has_month = rest.one_of(&['-']).is_some();
    let month = rest.digits();
    match (year.len(), has_month, month.len()) {
        (4, false, 0) if rest.is_empty() => Ok(span(date_of(year, "1", "1")?, Period::Year, zone)),
        (4, true, 1 | 2) if rest.is_empty() => Ok(span(date_of(year, month, "1")?, Period::Month, zone)),
        (_, true, _) => {
            let moment = Moment::read(&text, zone)?;
            let day = || span(zone.date(moment.second()), Period::Day, zone);
            Ok(if moment.is_day() { day() } else { Bound::Second(moment.second()) })
        }
        _ => Err(TimeError::Bound),
    }
}

fn span(first: Date, period: Period, zone: &Zone) -> Bound {
    Bound::Span(zone.day_begin(first), zone.day_begin(period.next_day(first)))
}

/// A moment of OGC API; of one before or behind all times that can be stored the first or the last of these.
fn known(text: &str) -> &str {
    let year =
        text.get(..4).filter(|_| text.as_bytes().get(4) == Some(&b'-')).and_then(|year| year.parse::<i16>().ok());
    match year {
        Some(..=1899) => "1900-01-01T00:00:00Z",
        Some(2200..) => "2199-12-31T23:59:59Z",
        _ => text,
    }
}
