//! Chinese text as people write it; knows no word of the domain.

use regex::Regex;
use std::{borrow::Cow, sync::LazyLock};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// A cell of CSV as a spreadsheet shows it, and not as it would calculate it: with an apostrophe in front if it begins with `=`, `+`,
/// `-`, `@`, a tab or a CR and is no number. One that has apostrophes before such a sign gets one more, so that taking one off where a
/// sign follows gives every cell back.
///
/// ```
/// use baseplate_core::spreadsheet_cell;
/// assert_eq!(spreadsheet_cell("=1+1"), "'=1+1");
/// assert_eq!(spreadsheet_cell("'=1+1"), "''=1+1");
/// assert_eq!(["-1.5", "'x", "秋实路3号"].map(spreadsheet_cell), ["-1.5", "'x", "秋实路3号"]);
/// ```
pub fn spreadsheet_cell(cell: &str) -> Cow<'_, str> {
    let is_formula = cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula && cell.parse::<f64>().is_err() { format!("'{cell}").into() } else { cell.into() }
}

/// The form in which two spellings of one text are equal: half width, capital letters, no spaces and no punctuation.
pub(crate) fn plain(text: &str) -> String {
    let folded = half_width(text);
    let kept = folded.chars().filter(|c| is_ideograph(*c) || c.is_alphanumeric() || *c == '-' || *c == '#');
    kept.map(|c| c.to_ascii_uppercase()).collect()
}

/// Whether a character is one of the ideographs of common use, of which Unicode's tables need not be asked.
pub(crate) fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// The text with its full-width letters and digits in half width, and all else in Unicode's form NFKC.
pub(crate) fn half_width(text: &str) -> Cow<'_, str> {
    // Nearly all characters of nearly all texts are their own form.
    if text.chars().all(|c| c.is_ascii() || is_ideograph(c)) {
        return text.into();
    }
    match is_nfkc_quick(text.chars()) {
        IsNormalized::Yes => text.into(),
        _ => text.nfkc().collect::<String>().into(),
    }
}

/// Whether a digit, Arabic or Chinese, stands in a text.
pub(crate) fn has_number(text: &str) -> bool {
    let is_numeral =
        |c| matches!(c, '〇' | '零' | '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '百');
    let is_number =
        |c: char| is_numeral(c) || matches!(c, '甲' | '乙' | '丙' | '丁') || !is_ideograph(c) && c.is_numeric();
    text.chars().any(is_number)
}

/// The end of a name or address that says which building: `1栋` of `蕙野小区1栋`, `12巷5号` of `锦漪上村12巷5号`; of an address with more
/// behind it too.
pub(crate) fn door(text: &str) -> Option<&str> {
    static BLOCK: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"[0-9A-Za-z零〇一二三四五六七八九十百]+(?:号楼|栋|座|幢)").ok());
    static DOOR: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:[0-9]+[巷弄里])?[0-9]+(?:[-之][0-9]+)?号").ok());
    let last = |of: &'static LazyLock<Option<Regex>>| of.as_ref()?.find_iter(text).last().map(|found| found.as_str());
    last(&BLOCK).or_else(|| last(&DOOR))
}

/// The number of the room at the end of an address and the text before it: 1203 of `…3栋1203室`. Behind a road it would be a
/// door, so a number without 室, 房, 铺 or 户 behind it must follow a building, unit or floor.
fn room_number(text: &str) -> Option<(u32, &str)> {
    let bare = text.trim_end_matches(['室', '房', '铺', '户', '号']);
    let suffix = &text[bare.len()..];
    let before = bare.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_room = suffix.contains(['室', '房', '铺', '户']);
    let follows =
        suffix.is_empty() && before.ends_with(['栋', '座', '幢', '元', '楼', '梯', '层', '负', '負', 'B', 'b']);
    if is_room || follows { Some((bare[before.len()..].parse().ok()?, before)) } else { None }
}

/// Buildings have at most so many floors below the ground.
const BASEMENTS: u32 = 9;
/// Below so many floors a B in front of a room is not the basement but a part of the building.
const LETTERED_BASEMENTS: u32 = 2;

/// The floor that an address says: 12 of `…3栋1203室`, −1 of `…负101室` and `…地下一层`. `floors` is how many its building has
/// above the ground, where that is known.
pub(crate) fn floor(text: &str, floors: Option<u16>) -> Option<i32> {
    let text = half_width(text);
    if let Some(below) = basement(&text) {
        return Some(-below);
    }
    let (room, before) = room_number(&text)?;
    let below = |below: u32| -(below.clamp(1, BASEMENTS) as i32);
    let storey = storey(room, floors);
    if before.ends_with(['负', '負', '-']) && is_minus(before) {
        return Some(below(storey.unwrap_or(1)));
    }
    match storey? {
        basement if basement <= LETTERED_BASEMENTS && is_basement_letter(before) => Some(below(basement)),
        storey => Some(storey as i32),
    }
}

/// The floor in the number of a room. Five and six digits are a unit before four digits as a rule (`10203`: unit 1, floor 2,
/// room 3), unless only another reading fits a building of so many floors: `12001` as room 1 of floor 12, or `10102` of a
/// tower with floor 101.
pub(crate) fn storey(room: u32, floors: Option<u16>) -> Option<u32> {
    let (whole, behind_unit, of_three) = (room / 100, room / 100 % 100, room / 1000);
    let fits = |storey: &u32| *storey > 0 && floors.is_some_and(|floors| *storey <= u32::from(floors));
    match room {
        0..=99 => None,
        100..=9_999 => Some(whole),
        10_000..=999_999 => {
            let fitting = [whole, behind_unit, of_three].into_iter().find(fits);
            fitting.or_else(|| [behind_unit, of_three].into_iter().find(|storey| *storey > 0))
        }
        _ => None,
    }
}

/// How far below the ground a text says that it is, in words: 2 of 地下二层, 负2楼 and B2层, 1 of 地下室.
fn basement(text: &str) -> Option<i32> {
    if text.contains("地下室") || text.contains("地下层") {
        return Some(1);
    }
    let ends = text.match_indices(['层', '楼']).map(|(end, _)| end);
    let named = |end: usize| {
        let bare = text[..end].trim_end_matches(|c: char| c.is_ascii_digit() || NUMERALS.contains(c));
        let number = small_number(&text[bare.len()..end])?;
        let is_below =
            bare.ends_with("地下") || (bare.ends_with(['负', '負', '-']) && is_minus(bare)) || is_basement_letter(bare);
        is_below.then_some(number)
    };
    ends.into_iter().find_map(named)
}

const NUMERALS: &str = "〇一二三四五六七八九";

/// A number of one digit that is not zero, Arabic or Chinese.
fn small_number(text: &str) -> Option<i32> {
    let mut chars = text.chars();
    let (digit, rest) = (chars.next()?, chars.next());
    let value = digit.to_digit(10).or_else(|| NUMERALS.chars().position(|c| c == digit).map(|at| at as u32));
    value.filter(|value| *value > 0 && rest.is_none()).map(|value| value as i32)
}

/// Whether a text ends with 负, or with a hyphen that is no link between two numbers or letters (3-101).
fn is_minus(text: &str) -> bool {
    let before = text.strip_suffix('-');
    before.is_none_or(|before| !before.is_empty() && !before.ends_with(|c: char| c.is_ascii_alphanumeric()))
}

/// Whether a text ends with a B that stands by itself.
fn is_basement_letter(text: &str) -> bool {
    let before = text.strip_suffix(['B', 'b']);
    before.is_some_and(|before| !before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-'))
}

/// A day that is so many after 1970-01-01, such as `2026-01-05`, in the Gregorian calendar.
#[cfg(any(feature = "geocode", feature = "tile"))]
pub(crate) fn day(days: i64) -> String {
    // Years begin in March here, so that the leap day is their last one; 146,097 days are 400 years.
    let shifted = days.clamp(-10_000_000, 10_000_000) + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", year_of_era + era * 400 + later)
}

/// A second that is so many after 1970-01-01T00:00:00Z, such as `2026-01-05T01:00:00Z`.
#[cfg(any(feature = "geocode", feature = "tile"))]
pub(crate) fn second(seconds: i64) -> String {
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    format!("{}T{:02}:{:02}:{:02}Z", day(days), of_day / 3600, of_day / 60 % 60, of_day % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_text_are_equal() {
        for spelling in ["红棉路１２号 A栋", "红棉路12号a栋", "红棉路12号，A栋。", "红棉路\t12号（A栋）"]
        {
            assert_eq!(plain(spelling), "红棉路12号A栋", "{spelling}");
        }
        assert_ne!(plain("红棉路1-2号"), plain("红棉路12号"));
    }

    #[test]
    fn rooms_are_told_from_doors() {
        let cases = [
            ("望湖花园3栋1203室", Some(1203)),
            ("望湖花园3栋1203", Some(1203)),
            ("望湖花园3栋2单元501", Some(501)),
            ("珠峰购物中心1栋101铺", Some(101)),
            ("海棠路1203号", None),
            ("海棠路1203", None),
            ("望湖花园3栋", None),
            ("", None),
            ("室", None),
        ];
        for (text, room) in cases {
            assert_eq!(room_number(text).map(|(room, _)| room), room, "{text}");
        }
    }

    #[test]
    fn rooms_say_their_floor() {
        let cases = [
            ("望湖花园3栋1203室", Some(18), Some(12)),
            ("望湖花园3栋12室", Some(18), None),
            ("望湖花园3栋１２０３室", None, Some(12)),
            ("望湖花园3栋10203室", None, Some(2)),
            ("望湖花园3栋10203室", Some(18), Some(2)),
            ("望湖花园3栋21802室", Some(18), Some(18)),
            ("望湖花园3栋120403室", Some(18), Some(4)),
            ("望湖花园3栋12001室", Some(18), Some(12)),
            ("望湖花园3栋12001室", None, Some(20)),
            ("望湖花园3栋20001室", None, Some(20)),
            ("云顶大厦10102室", Some(118), Some(101)),
            ("望湖花园3栋9901室", Some(18), Some(99)),
            ("望湖花园3栋1-1201室", Some(18), Some(12)),
            ("望湖花园3栋2单元1902室", Some(18), Some(19)),
            ("望湖花园3栋12楼1203", Some(18), Some(12)),
            ("望湖花园3栋1234567室", None, None),
        ];
        for (text, floors, expected) in cases {
            assert_eq!(floor(text, floors), expected, "{text} of {floors:?}");
        }
    }

    #[test]
    fn what_is_below_the_ground_has_a_floor_below_zero() {
        let below = [
            ("望湖花园3栋负101室", -1),
            ("望湖花园3栋负203", -2),
            ("望湖花园3栋负1室", -1),
            ("望湖花园3栋-101室", -1),
            ("望湖花园3栋B101", -1),
            ("望湖花园3栋B203铺", -2),
            ("望湖花园3栋地下一层", -1),
            ("望湖花园3栋地下2层15铺", -2),
            ("望湖花园3栋-1层", -1),
            ("望湖花园3栋负一楼", -1),
            ("望湖花园3栋B2层08号", -2),
            ("望湖花园3栋地下室", -1),
            ("望湖花园3栋地下室102室", -1),
            ("望湖花园3栋負1层", -1),
        ];
        for (text, expected) in below {
            assert_eq!(floor(text, Some(18)), Some(expected), "{text}");
        }
        for (text, expected) in [
            ("望湖花园3-101室", 1),
            ("望湖花园B座101室", 1),
            ("望湖花园3栋B1203室", 12),
            ("望湖花园3栋B302室", 3),
            ("望湖花园3栋AB101室", 1),
            ("望湖花园3栋1-2层201室", 2),
        ] {
            assert_eq!(floor(text, Some(18)), Some(expected), "{text}");
        }
        assert_eq!(floor("望湖花园3栋地下", None), None);
    }

    #[test]
    fn numbers_are_seen_in_every_script() {
        assert!(has_number("红棉路12号") && has_number("红棉路十二号") && has_number("红棉路１２号"));
        assert!(!has_number("红棉路") && !has_number(""));
    }
}
