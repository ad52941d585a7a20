//! Times: each form that is read or refused, and, against the crate that knows the zones, every form, zone and period.
#![cfg(feature = "stats")]
#![expect(clippy::expect_used, reason = "a test whose ground is missing should stop and say so")]

use baseplate_core::time::{Bucket, Calendar, Interval, Moment, Period, TimeError, Zone};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::{Offset, TimeZone, TimeZoneDatabase},
};
use proptest::prelude::*;

/// 2026-01-05 in Shanghai.
const DAY: i64 = 1_767_542_400;
/// 1900-01-02 and 2199-12-30 in UTC: every zone has years 1900 to 2199 between them.
const SECONDS: std::ops::Range<i64> = -2_208_902_400..7_257_945_600;

fn shanghai() -> Zone {
    zone(Zone::DEFAULT)
}

fn zone(name: &str) -> Zone {
    name.parse().expect("a name of the database")
}

/// The second of a text in Shanghai, and whether it is a day.
fn read(text: &str) -> Result<(i64, bool), TimeError> {
    Moment::read(text, &shanghai()).map(|moment| (moment.second(), moment.is_day()))
}

#[test]
fn days_are_read() {
    for text in [
        "2026-01-05",
        "2026-1-5",
        "2026/1/5",
        "2026/01/05",
        "2026.1.5",
        "2026年1月5日",
        "2026年01月05号",
        "2026年 1月 5日",
        " 2026-01-05\u{3000}",
        "２０２６－０１－０５",
        "２０２６／１／５",
        "２０２６年１月５日",
        "20260105",
        "20260105.0",
        "２０２６０１０５",
        "46027",
        "46027.0",
    ] {
        assert_eq!(read(text), Ok((DAY, true)), "{text}");
    }
}

#[test]
fn times_are_read() {
    let cases = [
        (
            9 * 3600,
            "2026/1/5 9:00, 2026-01-05 09:00:00, 2026-01-05T09:00, 2026.1.5 9:00, 2026-01-05 9:0, 2026-01-05t09:00:00",
        ),
        (9 * 3600, "2026年1月5日 9时, 2026年1月5日9时00分, 2026年1月5日9:00, 2026年1月5日 9点, 2026-01-05 9时"),
        (
            9 * 3600,
            "2026/1/5 上午9:00, 2026/1/5 上午 9:00:00, 2026年1月5日上午9时, 2026-01-05 9:00 上午, 2026/1/5 9:00:00 AM",
        ),
        (9 * 3600, "２０２６/１/５　９：００, ２０２６－０１－０５Ｔ０１：００：００Ｚ"),
        (9 * 3600, "2026-01-05T09:00:00+08:00, 2026-01-05T01:00:00Z, 2026-01-05T01:00:00z, 2026-01-05 09:00:00 +0800"),
        (9 * 3600, "2026-01-05 09:00+08, 2026-01-04T20:00:00-05:00, 2026年1月5日9时+08:00, 2026-01-05T01:00:00-00:00"),
        (
            9 * 3600,
            "20260105090000, 20260105090000.0, 46027.375, 1767574800, 1767574800.0, 1767574800000, 1767574800999",
        ),
        (9 * 3600 + 3, "2026-01-05 09:00:03, 2026-01-05 09:00:03.999, 2026-01-05T09:00:03.25+08:00, 2026-01-05 9:0:3"),
        (9 * 3600 + 3, "20260105090003, 1767574803.9, 2026年1月5日9时0分3秒, 2026-01-05 09:00:03,123"),
        (34_200, "2026年1月5日 9时30分, 2026年1月5日 9点30分, 2026年1月5日9时30分00秒, 46027.39583, 46027.3958333333"),
        (15 * 3600, "2026/1/5 下午3:00, 2026/1/5 下午 3时, 2026/1/5 3:00 PM, 2026/1/5 下午15:00, 46027.625"),
        (
            0,
            "2026/1/5 上午12:00, 2026/1/5 上午0:00, 2026/1/5 12:00:00 AM, 2026-01-05 00:00, 2026-01-04 24:00, 46026.9999999",
        ),
        (45_000, "2026/1/5 下午12:30, 2026/1/5 12:30 PM, 2026/1/5 下午0:30, 2026/1/5 12:30"),
        (86_400, "2026-01-05 24:00, 2026-01-05T24:00:00, 20260105240000, 2026年1月5日24时, 2026-01-05T16:00:00Z"),
        (86_399, "2026-01-05 23:59:59.999999999, 2026/1/5 下午11:59:59"),
    ];
    for (seconds, texts) in cases {
        for text in texts.split(", ") {
            assert_eq!(read(text), Ok((DAY + seconds, false)), "{text}");
        }
    }
}

#[test]
fn days_of_spreadsheets_are_those_of_the_1900_system() {
    for (number, day) in [("10000", "1927-05-18"), ("36526", "2000-01-01"), ("99999", "2173-10-13")] {
        assert_eq!(read(number), read(day), "{number}");
    }
}

#[test]
fn what_is_no_time_is_refused_with_the_reason() {
    use TimeError as E;
    let cases = [
        (E::Empty, vec!["", "  ", "\u{3000}"]),
        (E::YearLast, vec!["1/5/2026", "05-01-2026", "13/5/2026", "5.1.2026", "1/5/2026 9:00", "１／５／２０２６"]),
        (E::ShortYear, vec!["26/1/5", "26-01-05", "1/5/26", "26年1月5日", "26.1.5 9:00"]),
        (E::NoDay, vec!["2026-01", "2026/1", "2026年1月", "2026年"]),
        (E::YearOrSerial, vec!["2026", "1905", "2026.1", "2026.01"]),
        (E::MonthOrShortDay, vec!["202601", "260105", "100000", "260105.5"]),
        (E::HourOrSeconds, vec!["2026010509", "1999123124", "2026010509.0"]),
        (E::Digits, vec!["0", "1", "60", "1234", "9999", "01234", "0123456789", "202601050900", "20260105090000123"]),
        (E::Digits, vec!["1234567", "0.375", "20260105.5", "46027000000", "123456789"]),
        (E::Year, vec!["1899-12-31", "2200-01-01", "0000-00-00", "00000000", "18991231", "22000101", "9999999999"]),
        (E::Year, vec!["05012026", "7258118400", "7258118400000", "9999-12-31", "1899年12月31日"]),
        (E::Date, vec!["2026-02-30", "2026-13-01", "2026-00-05", "2025-02-29", "20260230", "20261305"]),
        (E::Date, vec!["1900-02-29", "2100-02-29", "2026年6月31日", "20260230090000", "2026-1-0"]),
        (E::Clock, vec!["2026-01-05 25:00", "2026-01-05 09:60", "2026-01-05 23:59:60", "2026-01-05 24:01"]),
        (E::Clock, vec!["2026-01-05 24:00:00.5", "2026-01-05 上午13:00", "2026-01-05 下午24:00", "20260105246000"]),
        (E::Offset, vec!["2026-01-05T09:00:00+19:00", "2026-01-05T09:00:00+08:60", "2026-01-05T09:00:00-18:01"]),
        (E::Form, vec!["yesterday", "-1", "+46027", "2026-1/5", "2026-01-05 9", "2026-01-05 09:00 CST", "一月五日"]),
        (E::Form, vec!["2026-01-05Z", "2026-01-05+08:00", "2026-001", "2026-01-05 9:30.5", "2026-01-05 上午下午9:00"]),
        (
            E::Form,
            vec!["2.02601E+13", "46,027", "2026-01-05 09:00:", "2026-01-05T", "2026-01-05T09:00+8", "5 Jan 2026"],
        ),
        (E::Form, vec!["2026年1月5", "2026年1-5", "2026-01-05 9时30", "2026-01-05 9时30分15", "2026-01-05 009:00"]),
    ];
    for (error, texts) in cases {
        for text in texts {
            assert_eq!(read(text), Err(error), "{text}");
        }
    }
    assert_eq!(read(&"2".repeat(1000)), Err(E::Form));
}

#[test]
fn hours_that_clocks_show_twice_or_never_follow_the_rule() {
    // Forward on 4 May 1986 at 02:00, back on 14 September at 02:00.
    assert_eq!(read("1986-05-04 01:59:59"), read("1986-05-04T01:59:59+08:00"));
    assert_eq!(read("1986-05-04 02:30"), read("1986-05-04T02:30:00+08:00"));
    assert_eq!(read("1986-05-04 03:00"), read("1986-05-04T03:00:00+09:00"));
    assert_eq!(read("1986-09-14 00:59"), read("1986-09-14T00:59:00+09:00"));
    assert_eq!(read("1986-09-14 01:30"), read("1986-09-14T01:30:00+09:00"));
    assert_eq!(read("1986-09-14 02:00"), read("1986-09-14T02:00:00+08:00"));
    let apia = zone("Pacific/Apia");
    for text in ["2011-12-30", "2011-12-30 09:00", "20111230", "20111230090000"] {
        assert_eq!(Moment::read(text, &apia), Err(TimeError::SkippedDay), "{text}");
    }
    assert_eq!(Moment::read("2011-12-29 24:00", &apia).map(Moment::second), Ok(1_325_239_200));
    // In São Paulo midnight of 4 November 2018 was skipped: the day began at 01:00.
    let day = Moment::read("2018-11-04", &zone("America/Sao_Paulo"));
    assert_eq!(day.map(Moment::second), Moment::read("2018-11-04T01:00-02:00", &apia).map(Moment::second));
}

#[test]
fn bounds_are_whole_spans() {
    let zone = shanghai();
    let between = |from, to| Interval::between(from, to, &zone).map(|i| (i.from(), i.to()));
    let ogc = |text| Interval::ogc(text, &zone).map(|i| (i.from(), i.to()));
    let day = (Some(DAY), Some(DAY + 86_400));
    for text in ["2026-01-05", "2026-1-5", "2026-01-05/2026-01-05", "2026-01-05T00:00:00+08:00/2026-01-05 23:59:59"] {
        assert_eq!(ogc(text), Ok(day), "{text}");
    }
    assert_eq!(between(Some("2026-01-05"), Some("2026-01-05")), Ok(day));
    assert_eq!(between(Some("2026-01-05 00:00"), Some("2026-01-06T00:00:00+08:00")), Ok(day));
    assert_eq!(between(Some("2026"), Some("2026")), Ok((Some(1_767_196_800), Some(1_798_732_800))));
    assert_eq!(between(Some("2026-02"), Some("2026-02")), Ok((Some(1_769_875_200), Some(1_772_294_400))));
    assert_eq!(between(None, None), Ok((None, None)));
    assert_eq!(ogc("2026-01-05/.."), Ok((Some(DAY), None)));
    assert_eq!(ogc("../2026-01-05"), Ok((None, Some(DAY + 86_400))));
    assert_eq!(ogc("/2026-01-05"), Ok((None, Some(DAY + 86_400))));
    assert_eq!(ogc("2026-01-05T00:00:00+08:00"), Ok((Some(DAY), Some(DAY + 1))));
    assert_eq!(ogc("2026/2027"), Ok((Some(1_767_196_800), Some(1_830_268_800))));
    assert_eq!(between(Some("2199"), Some("2199")).map(|(_, to)| to), Ok(Some(7_258_089_600)));
    for text in ["", "..", "/", "../..", "2026-01-05/2026-01-06/2026-01-07", "46027", "1767574800", "2026W02", "202601"]
    {
        assert!(ogc(text).is_err(), "{text}");
    }
    assert_eq!(between(Some("2026-01-06"), Some("2026-01-05")), Err(TimeError::Order));
    assert_eq!(between(Some("2026-01-05 09:00"), Some("2026-01-05 09:00")), Err(TimeError::Order));
    assert_eq!(ogc("2026-02/2026-01"), Err(TimeError::Order));
    assert_eq!(ogc("2026-02-30"), Err(TimeError::Date));
    assert_eq!(ogc("1/5"), Err(TimeError::Bound));
}

#[test]
fn years_of_weeks_are_those_of_iso_8601() {
    let weeks = |from: &str, to: &str| {
        let second = |text: &str| read(text).expect("a day").0;
        let calendar = Calendar::new(&shanghai(), Period::Week, second(from), second(to)).expect("in range");
        calendar.buckets().map(|bucket| bucket.label).collect::<Vec<_>>()
    };
    assert_eq!(weeks("2025-12-28", "2026-01-05"), ["2025-W52", "2026-W01", "2026-W02"]);
    assert_eq!(weeks("2020-12-31", "2021-01-04"), ["2020-W53", "2021-W01"]);
}

fn any_zone() -> impl Strategy<Value = TimeZone> {
    let names: Vec<_> = TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect();
    let known = ["Asia/Shanghai", "America/New_York", "America/St_Johns", "Pacific/Apia", "Africa/Casablanca", "UTC"];
    let name = prop_oneof![prop::sample::select(names), prop::sample::select(known.map(str::to_owned).to_vec())];
    name.prop_map(|name| TimeZoneDatabase::bundled().get(&name).expect("it is available"))
}

/// Seconds anywhere, and around changes of clocks, where all errors are.
fn any_second(zone: &TimeZone, second: i64, near: Option<i64>) -> i64 {
    let from = Timestamp::from_second(second).expect("in range");
    let change = zone.following(from).next().filter(|change| SECONDS.contains(&change.timestamp().as_second()));
    match (near, change) {
        (Some(distance), Some(change)) => change.timestamp().as_second() + distance,
        _ => second,
    }
}

fn local(zone: &TimeZone, second: i64) -> DateTime {
    zone.to_datetime(Timestamp::from_second(second).expect("in range"))
}

/// The day that a second belongs to: what clocks show, or showed before they were put back.
fn day_of(zone: &TimeZone, second: i64) -> Date {
    let at = Timestamp::from_second(second + 1).expect("in range");
    let before = zone.preceding(at).next().map(|change| local(zone, change.timestamp().as_second() - 1).date());
    let shown = local(zone, second).date();
    before.map_or(shown, |before| before.max(shown))
}

fn label(zone: &TimeZone, period: Period, second: i64) -> String {
    let day = day_of(zone, second);
    match period {
        Period::Day => day.to_string(),
        Period::Week => day.strftime("%G-W%V").to_string(),
        Period::Month => day.strftime("%Y-%m").to_string(),
        Period::Quarter => format!("{}-Q{}", day.year(), (day.month() - 1) / 3 + 1),
        Period::Year => day.year().to_string(),
        Period::Hour => local(zone, second).strftime("%H").to_string(),
        Period::Weekday => local(zone, second).strftime("%u").to_string(),
    }
}

/// Forms of a local time, and whether they say seconds.
const FORMS: [(&str, bool); 12] = [
    ("%Y-%m-%d %H:%M:%S", true),
    ("%Y-%m-%dT%H:%M:%S.5", true),
    ("%Y/%-m/%-d %-H:%M:%S", true),
    ("%Y.%-m.%-d %H:%M:%S", true),
    ("%Y%m%d%H%M%S", true),
    ("%Y年%-m月%-d日 %-H时%-M分%-S秒", true),
    ("%Y年%m月%d日%H:%M:%S", true),
    ("%Y/%-m/%-d %-I:%M:%S %p", true),
    ("%Y-%m-%d %p %I:%M:%S", true),
    ("%Y-%m-%d %H:%M", false),
    ("%Y/%-m/%-d %-H:%M", false),
    ("%Y年%-m月%-d日%-H时%-M分", false),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_printed_at_an_offset_is_read_again(tz in any_zone(), second in SECONDS, near in prop::option::of(-9000..9000_i64)) {
        let second = any_second(&tz, second, near);
        let own = zone(tz.iana_name().expect("it has one"));
        let timestamp = Timestamp::from_second(second).expect("in range");
        let text = timestamp.to_string();
        prop_assert_eq!(Moment::read(&text, &own).map(Moment::second), Ok(second), "{}", text);
        let offset = tz.to_offset(timestamp);
        let whole = Offset::from_seconds(offset.seconds() / 60 * 60).expect("in range");
        for form in ["%Y-%m-%dT%H:%M:%S%:z", "%Y-%m-%d %H:%M:%S%z", "%Y/%-m/%-d %-H:%M:%S %z"] {
            let text = timestamp.to_zoned_datetime(whole.to_time_zone()).strftime(form).to_string();
            prop_assert_eq!(Moment::read(&text, &own).map(Moment::second), Ok(second), "{}", text);
        }
    }

    #[test]
    fn local_times_are_those_of_the_zone(tz in any_zone(), second in SECONDS, near in prop::option::of(-9000..9000_i64), shift in -7200..7200_i64) {
        let second = any_second(&tz, second, near);
        let own = zone(tz.iana_name().expect("it has one"));
        // Also times that clocks never showed: those a little later at the same offset.
        let offset = tz.to_offset(Timestamp::from_second(second).expect("in range"));
        let shown = offset.to_datetime(Timestamp::from_second(second + shift).expect("in range"));
        for (form, has_seconds) in FORMS {
            let said = if has_seconds { shown } else { shown.with().second(0).build().expect("a time") };
            let expected = tz.to_ambiguous_timestamp(said).compatible().expect("in range").as_second();
            let text = shown.strftime(form).to_string();
            match Moment::read(&text, &own) {
                Err(TimeError::SkippedDay) => prop_assert!(local(&tz, expected).date() != said.date(), "{}", text),
                read => prop_assert_eq!(read.map(Moment::second), Ok(expected), "{}", text),
            }
        }
    }

    #[test]
    fn days_begin_when_clocks_first_show_them(tz in any_zone(), second in SECONDS, near in prop::option::of(-9000..9000_i64)) {
        let second = any_second(&tz, second, near);
        let day = day_of(&tz, second);
        let moment = Moment::read(&day.to_string(), &zone(tz.iana_name().expect("it has one"))).expect("a day that was lived");
        prop_assert!(moment.is_day() && moment.second() <= second);
        prop_assert_eq!(day_of(&tz, moment.second()), day);
        prop_assert!(day_of(&tz, moment.second() - 1) < day);
    }

    #[test]
    fn buckets_are_those_of_the_zone(
        tz in any_zone(),
        period in prop::sample::select(Period::ALL.to_vec()),
        first in SECONDS,
        near in prop::option::of(-9000..9000_i64),
        length in prop_oneof![0..200_000_i64, 0..40_000_000_i64, 0..1_000_000_000_i64],
        parts in prop::collection::vec(0.0..1.0_f64, 8),
    ) {
        let first = any_second(&tz, first, near);
        let last = (first + length).min(SECONDS.end);
        let calendar = Calendar::new(&zone(tz.iana_name().expect("it has one")), period, first, last).expect("in range");
        let buckets: Vec<_> = calendar.buckets().collect();
        prop_assert_eq!(buckets.len() as u32, calendar.bucket_count());
        prop_assert!(buckets.is_sorted_by(|a, b| a.label < b.label));
        let follow = |pair: &[Bucket]| match (&pair[0].seconds, &pair[1].seconds) {
            (Some(one), Some(next)) => one.start < one.end && one.end == next.start,
            (one, next) => one.is_none() && next.is_none(),
        };
        prop_assert!(buckets.windows(2).all(follow));
        prop_assert_eq!((calendar.index(first - 1), calendar.index(last + 1)), (None, None));
        prop_assert_eq!((calendar.index(i64::MIN), calendar.index(i64::MAX)), (None, None));
        let edges = buckets.iter().flat_map(|bucket| bucket.seconds.clone()).flat_map(|span| [span.start - 1, span.start, span.end - 1]);
        let edges = edges.step_by(buckets.len() / 50 + 1).filter(|second| (first..=last).contains(second));
        let within = parts.iter().map(|part| any_second(&tz, first + (part * (last - first) as f64) as i64, near)).map(|s| s.clamp(first, last));
        for second in edges.chain([first, last]).chain(within) {
            let index = calendar.index(second).expect("between the first and the last");
            let bucket = calendar.bucket(index).expect("it has the index");
            prop_assert_eq!(&bucket.label, &label(&tz, period, second));
            prop_assert_eq!(&bucket, &buckets[index as usize]);
            prop_assert!(bucket.seconds.is_none_or(|span| span.contains(&second)));
        }
    }

    #[test]
    fn numbers_of_spreadsheets_are_read_again(second in -1_345_000_000..6_400_000_000_i64) {
        let days = second as f64 / 86_400.0 + 25_569.0;
        for text in [format!("{days:.9}"), format!("{days:.5}")] {
            prop_assert_eq!(Moment::read(&text, &zone("UTC")).map(Moment::second), Ok(second), "{}", text);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(any in "\\PC{0,40}", close in "[0-9０-９年月日号时点分秒上下午APMTZ:：/／.+ \u{3000}-]{0,24}") {
        let zone = shanghai();
        for text in [&any, &close] {
            let read = Moment::read(text, &zone);
            prop_assert!(read.is_ok_and(|moment| Calendar::new(&zone, Period::Day, moment.second(), moment.second()).is_ok()) || read.is_err());
            let _ = (Interval::ogc(text, &zone), Interval::between(Some(text), Some(text), &zone), text.parse::<Zone>(), text.parse::<Period>());
        }
    }
}
