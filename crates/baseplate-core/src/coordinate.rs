//! Coordinates as people write them: numbers, or degrees, minutes and seconds, one in a cell or both.

use std::borrow::Cow;

/// The axis that a letter or a word names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Axis {
    /// East and west.
    Longitude,
    /// North and south.
    Latitude,
}

/// The longest text of a coordinate or two, bytes.
const TEXT_MAX: usize = 256;
/// Words for the four directions, with their axis and sign. Those in Latin letters follow the others, which contain none.
const DIRECTIONS: [(&str, Axis, f64); 8] = [
    ("东经", Axis::Longitude, 1.0),
    ("西经", Axis::Longitude, -1.0),
    ("北纬", Axis::Latitude, 1.0),
    ("南纬", Axis::Latitude, -1.0),
    ("E", Axis::Longitude, 1.0),
    ("W", Axis::Longitude, -1.0),
    ("N", Axis::Latitude, 1.0),
    ("S", Axis::Latitude, -1.0),
];

/// Reads one coordinate: a number, or degrees with minutes and seconds such as `114°03'00"E`, `114 03 00`, `114度3分0秒`.
/// The unit is that of the text; nothing is said about whether it is a point on the earth.
///
/// ```
/// use baseplate_core::parse_coordinate;
/// assert_eq!(parse_coordinate("114°03'00\"E"), Some(114.05));
/// assert_eq!(parse_coordinate(" 2494304.903"), Some(2494304.903));
/// assert_eq!(parse_coordinate("南纬22度30分"), Some(-22.5));
/// assert_eq!(parse_coordinate("114°75'"), None);
/// ```
pub fn parse_coordinate(text: &str) -> Option<f64> {
    let text = short(text)?;
    if let Ok(number) = text.parse::<f64>() {
        return Some(number).filter(|number| number.is_finite());
    }
    read(&narrow(text)).map(|(value, _)| value)
}

/// Reads a cell that holds both coordinates, longitude or easting first unless the text says which is which. Between them stands
/// a comma, a semicolon or white space.
///
/// ```
/// use baseplate_core::parse_point;
/// assert_eq!(parse_point("114.05,22.55"), Some((114.05, 22.55)));
/// assert_eq!(parse_point("22°33'N 114°03'E"), Some((114.05, 22.55)));
/// assert_eq!(parse_point("114.05"), None);
/// ```
pub fn parse_point(text: &str) -> Option<(f64, f64)> {
    let text = narrow(short(text)?.trim_matches(['(', ')', '[', ']', '（', '）']));
    let (first, second) = halves(&text)?;
    let ((first, axis), (second, other)) = (read(first)?, read(second)?);
    match (axis, other) {
        (Some(axis), Some(other)) if axis == other => None,
        (Some(Axis::Latitude), _) | (_, Some(Axis::Longitude)) => Some((second, first)),
        _ => Some((first, second)),
    }
}

/// A cell without the white space around it, if it is no longer than two coordinates can be.
fn short(cell: &str) -> Option<&str> {
    Some(cell.trim()).filter(|text| text.len() <= TEXT_MAX)
}

/// A number with a decimal comma, with a point instead; any other text as it is. So numbers are written in some files that do
/// not separate their columns by commas.
///
/// ```
/// use baseplate_core::decimal_point;
/// assert_eq!(decimal_point("114,0413371"), "114.0413371");
/// ```
pub fn decimal_point(cell: &str) -> Cow<'_, str> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match cell.trim().split_once(',') {
        Some((whole, fraction)) if digits(whole.trim_start_matches(['-', '+'])) && digits(fraction) => {
            format!("{whole}.{fraction}").into()
        }
        _ => cell.into(),
    }
}

/// Full-width characters, and the many signs for degrees, minutes and seconds, as the one that is read.
fn narrow(text: &str) -> String {
    let character = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '、' => ',',
        'º' | '˚' | '度' => '°',
        '′' | '’' | '‘' | '`' | '´' | 'ˊ' | '分' => '\'',
        '″' | '”' | '“' | '秒' => '"',
        c if c.is_whitespace() => ' ',
        c => c.to_ascii_uppercase(),
    };
    text.chars().map(character).collect::<String>().replace("''", "\"")
}

/// The texts of the two coordinates.
fn halves(text: &str) -> Option<(&str, &str)> {
    if let Some((first, second)) = text.split_once([',', ';']) {
        return Some((first, second)).filter(|_| !second.contains([',', ';']));
    }
    let starts: Vec<usize> =
        text.match_indices(' ').map(|(at, _)| at).filter(|at| !text[at + 1..].starts_with(' ')).collect();
    match starts.as_slice() {
        [one] => Some(text.split_at(*one)),
        // Degrees, minutes and seconds of both.
        [_, _, third, _, _] => Some(text.split_at(*third)),
        many => many.iter().map(|at| text.split_at(*at)).find(|(first, second)| is_whole(first) && is_whole(second)),
    }
}

/// Whether a text says its axis, so that it is no part of another coordinate.
fn is_whole(text: &str) -> bool {
    read(text).is_some_and(|(_, axis)| axis.is_some())
}

/// The value of a narrowed text, and the axis if it says one.
fn read(text: &str) -> Option<(f64, Option<Axis>)> {
    let text = text.trim();
    let named = |(word, axis, sign): &(&str, Axis, f64)| {
        let rest = text.strip_prefix(word).or_else(|| text.strip_suffix(word))?;
        Some((rest.trim_start_matches([':', ' ']).trim_end(), *axis, *sign))
    };
    match DIRECTIONS.iter().find_map(named) {
        Some((rest, axis, sign)) => Some((sign * unsigned(rest)?, Some(axis))),
        None => match text.strip_prefix('-') {
            Some(rest) => Some((-unsigned(rest)?, None)),
            None => Some((unsigned(text.strip_prefix('+').unwrap_or(text))?, None)),
        },
    }
}

/// A number without a sign, or degrees, minutes below 60 and seconds below 60: each with its own sign
/// behind it, or told apart by blanks or colons. Only the last of them may have a decimal point.
fn unsigned(text: &str) -> Option<f64> {
    if !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b' ' | b':' | b'\'' | b'"' | 0xc2 | 0xb0)) {
        return None;
    }
    let parts: Vec<&str> = text.split(['°', '\'', '"', ':', ' ']).filter(|part| !part.is_empty()).collect();
    if !signs_fit(text) || parts.len() > 3 || parts.iter().rev().skip(1).any(|part| part.contains('.')) {
        return None;
    }
    let numbers: Vec<f64> = parts.iter().map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (degrees, sixtieths) = numbers.split_first()?;
    if sixtieths.iter().any(|part| *part >= 60.0) {
        return None;
    }
    let seconds = sixtieths.iter().zip([60.0, 1.0]).map(|(part, unit)| part * unit).sum::<f64>();
    Some(degrees + seconds / 3600.0)
}

/// Whether the signs are each there once and in their order.
fn signs_fit(text: &str) -> bool {
    let found_at: Vec<usize> = ['°', '\'', '"'].iter().filter_map(|sign| text.find(*sign)).collect();
    let once = |sign: &char| text.matches(*sign).count() <= 1;
    found_at.is_sorted() && ['°', '\'', '"'].iter().all(once)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn degrees_minutes_and_seconds() {
        for text in [
            "114°03'00\"E",
            "114 03 00",
            "114度3分0秒",
            "114:03:00",
            "E114°3′",
            "东经114°03′00″",
            "114°3'",
            "114º03’00”",
            "114°03'00''",
            "１１４°０３′",
            "114.05°",
            "114.05E",
            "东经114度03分",
            " 114° 03' 00\" E ",
            "114 3",
        ] {
            assert_eq!(parse_coordinate(text), Some(114.05), "{text}");
        }
        assert_eq!(parse_coordinate("22°32'45.6\"N"), Some(22.0 + (32.0 * 60.0 + 45.6) / 3600.0));
        assert_eq!(parse_coordinate("-22°30'"), Some(-22.5));
        assert_eq!(parse_coordinate("W1 30"), Some(-1.5));
    }

    #[test]
    fn what_is_no_coordinate_is_none() {
        for text in [
            "",
            "far",
            "一一四",
            "114°75'00\"",
            "114°03'75\"",
            "114'03\"00°",
            "114.5 30",
            "114 03 00 00",
            "114,05",
            "E",
            "°",
            "114°°3",
            "方",
            "nan",
            "inf",
        ] {
            assert_eq!(parse_coordinate(text), None, "{text}");
        }
    }

    #[test]
    fn both_in_one_cell() {
        for text in [
            "114.05,22.55",
            "114.05, 22.55",
            "114.05 22.55",
            "114.05;22.55",
            "114.05，22.55",
            "114.05、22.55",
            "(114.05,22.55)",
            "114°03'00\",22°33'00\"",
            "114 03 00 22 33 00",
            "114°03'E 22°33'N",
            "N22°33′,E114°03′",
            "北纬22度33分，东经114度3分",
            "22.55N,114.05E",
            "114° 03' 00\" E 22° 33' 00\" N",
            "114.05  22.55",
        ] {
            assert_eq!(parse_point(text), Some((114.05, 22.55)), "{text}");
        }
        for text in ["", "114.05", "114.05,22.55,3", "114.05,", "22N,23N", "114 03 00 22"] {
            assert_eq!(parse_point(text), None, "{text}");
        }
    }

    #[test]
    fn a_decimal_comma_becomes_a_point() {
        assert_eq!(decimal_point(" 114,0413371 "), "114.0413371");
        assert_eq!(decimal_point("-1,5"), "-1.5");
        for text in ["1,2,3", "114.05", "1.234,5", ",5", "a,5"] {
            assert_eq!(decimal_point(text), text);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9 °'\"EWNS.,;:度分秒北纬经-]{0,16}") {
            let _ = (parse_coordinate(&text), parse_point(&text));
        }

        #[test]
        fn numbers_are_themselves(number in -1e7..1e7_f64) {
            prop_assert_eq!(parse_coordinate(&number.to_string()), Some(number));
            prop_assert_eq!(parse_point(&format!("{number},{number}")).map(|(x, _)| x), Some(number));
        }
    }
}
