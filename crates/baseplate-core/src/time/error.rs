//! Why a text is no time.

/// Why a text is no time, time zone, period or bound. Each says what is wrong, and what to write instead where that is known; the text
/// itself is quoted by whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Nothing but white space.
    #[error("the time is empty")]
    Empty,
    /// None of the forms that are read, or longer than any of them.
    #[error("the time is written in no form that is read: write it as 2026-01-05 or 2026-01-05 09:00:00")]
    Form,
    /// 1/5/2026 or 05-01-2026.
    #[error("the year stands last, so nobody can tell the day from the month: write it as 2026-01-05")]
    YearLast,
    /// 26/1/5, 1/5/26 or 26年1月5日.
    #[error("the year has two digits: write all four")]
    ShortYear,
    /// 2026-01 or 2026年1月.
    #[error("the day is missing: write it as 2026-01-05")]
    NoDay,
    /// Before 1900 or behind 2199.
    #[error("the year is not between 1900 and 2199")]
    Year,
    /// The 30th of February.
    #[error("there is no such day in the calendar")]
    Date,
    /// A day that nobody in the zone has lived, such as 2011-12-30 in Samoa.
    #[error("there was no such day in the time zone: its clocks were put forward by a whole day")]
    SkippedDay,
    /// 25:00, 09:60, or an hour that does not go with 上午.
    #[error("there is no such time of day")]
    Clock,
    /// An offset that no place has.
    #[error("the offset from UTC is over 18 hours")]
    Offset,
    /// A number that is neither of a spreadsheet nor of a clock, nor a day without separators.
    #[error("a number of so many digits is no time: write it as 2026-01-05 or 2026-01-05 09:00:00")]
    Digits,
    /// 2026: a year, or a day of July 1905.
    #[error("the number may be a year or a day number of a spreadsheet: write it as 2026-01-05")]
    YearOrSerial,
    /// 202601: a month, or a day with a year of two digits.
    #[error("the number may be a month or a day with a year of two digits: write it as 2026-01-05")]
    MonthOrShortDay,
    /// 2026010509: an hour, or a second in the year 2034.
    #[error("the number may be a day with an hour or seconds since 1970: write it as 2026-01-05 09:00:00")]
    HourOrSeconds,
    /// A name that the IANA database does not have.
    #[error("there is no such time zone: write a name of the IANA database, such as Asia/Shanghai")]
    Zone,
    /// None of the words for periods.
    #[error("there is no such period: write day, week, month, quarter, year, hour or weekday")]
    Period,
    /// A bound that is none of its forms.
    #[error("it is no bound of times: write it as 2026, 2026-01, 2026-01-05 or 2026-01-05T09:00:00Z")]
    Bound,
    /// A time span that holds no second.
    #[error("the time span does not end behind its beginning")]
    Order,
}
