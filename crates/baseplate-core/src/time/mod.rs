//! Times of records: reading them as departments export them, counting them by periods, and asking between two of them.
//!
//! A time is a count of seconds since 1970-01-01T00:00:00Z in an `i64`; what it is on the clock on the wall is a matter of a [`Zone`].
//! [`Moment::read`] reads one, a [`Calendar`] knows which day, week, month, quarter or year it is in, and an [`Interval`] what
//! was asked for.
//!
//! # The forms that are read
//!
//! | form | what it is |
//! |---|---|
//! | `2026-01-05` `2026/1/5` `2026.1.5` `2026年1月5日` | a day, year first; 号 is 日 |
//! | … `9:00` `09:00:03` `09:00:03.25` | a time on that day, behind blanks or a `T`; fractions are left out |
//! | … `9时` `9时30分` `9时30分15秒` `9点30分` | the same in words |
//! | … `上午9:00` `下午3时` `9:00 AM` | the same in halves of the day, before or behind the time: 上午12:30 is 00:30, 下午12:30 is 12:30 |
//! | … `24:00` | the end of that day, as in ISO 8601: it can mean nothing else |
//! | … `09:00Z` `09:00:00+08:00` `09:00:00 +0800` `09:00+08` | the same at an offset from UTC, whatever the zone |
//! | `20260105` | a day, if there is such a day from 1900 to 2199; no other reading of eight digits is one of those |
//! | `20260105090000` | a day and a time |
//! | `46027` `46027.375` | five digits: the day of a spreadsheet in its 1900 system, with a part of the day to the nearest second; from `10000` (18 May 1927) on, so the 29 February 1900 that spreadsheets invented is before all of them |
//! | `1767574800` | ten digits: seconds since 1970, from 2001 on |
//! | `1767574800000` | thirteen digits: milliseconds since 1970, from 2001 on |
//!
//! Full-width digits and signs are those of ASCII, and numbers may end with `.0`. Where a text does not say its offset, it is in the zone, of which [`Zone`]
//! tells what becomes of hours that clocks show twice or never.
//!
//! # What is refused
//!
//! Nothing is guessed; each of these is a [`TimeError`] that says so.
//!
//! | form | why |
//! |---|---|
//! | `1/5/2026` `05-01-2026`, `13/5/2026` too | day and month cannot be told apart, and one row does not say in which order its column has them |
//! | `26/1/5` `26年1月5日` | a year of two digits |
//! | `2026-01` `2026年1月` | no day |
//! | `2026` `2026.1` | a year or month, or a day of 1905 in a spreadsheet |
//! | `202601` `260105` | a month, or a day with a short year, or a day of a spreadsheet |
//! | `2026010509` | an hour, or a second of 2034: so ten digits that begin with a day and an hour are refused, some seconds of 2030 to 2039 among them |
//! | `60` `1234` `202601050900` | other counts of digits |
//! | `1899-12-31` `0000-00-00` `2200-01-01` | a year before 1900 or behind 2199 |
//! | `2026-02-30` `2026-01-05 25:00` `23:59:60` | no such day, no such time of day |
//! | `2026-01-05 9` `2026-01-05 09:00 CST` | anything else |

mod calendar;
mod clock;
mod date;
mod error;
mod interval;
mod moment;
mod period;
mod steps;
mod text;
mod written;
mod zone;

pub use calendar::{Bucket, Calendar};
pub use error::TimeError;
pub use interval::Interval;
pub use moment::Moment;
pub use period::Period;
pub use zone::Zone;
