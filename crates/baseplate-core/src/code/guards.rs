//! What spreadsheets, pandas and people put around codes, and what they lose of them.

use crate::text::half_width;
use rayon::prelude::*;
use std::borrow::Cow;

/// Each round takes off one layer; nobody was seen to wrap a code more often.
const LAYERS_MAX: usize = 8;
/// Apostrophes that are put before digits to keep them text.
const APOSTROPHES: [char; 5] = ['\'', '‘', '’', '`', '´'];
/// Digits that a spreadsheet keeps of a number.
const KEPT_DIGITS: usize = 15;
/// From this number of zeros on it is no chance that a code ends in them.
const SURE_ZEROS: usize = 3;

/// Full width becomes half width and outer white space goes: what a person typed, as a number is written.
fn fold_width(text: &str) -> Cow<'_, str> {
    half_width(text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}'))
}

/// A code without what was put around and into it: white space and invisible characters, the guards of spreadsheets, `.0` behind
/// digits; full width becomes half width.
pub(crate) fn fold_code(text: &str) -> Cow<'_, str> {
    let mut code = Cow::Borrowed(text);
    for _ in 0..LAYERS_MAX {
        if is_plain(&code) {
            break;
        }
        let bare = without_a_layer(&code);
        if bare == code {
            break;
        }
        code = bare.into();
    }
    if is_placeholder(&code) { Cow::Borrowed("") } else { code }
}

/// Whether a text stands for a code that is not there: a column too narrow for its numbers, a dash, what programs write for nothing.
pub(crate) fn is_placeholder(code: &str) -> bool {
    let only = |sign: char| code.chars().all(|c| c == sign);
    let words = || ["nan", "null", "none", "n/a", "#n/a", "#ref!", "#value!"].into_iter();
    let is_short = code.len() <= words().map(str::len).max().unwrap_or(0);
    only('#') || only('-') || only('—') || is_short && words().any(|word| code.eq_ignore_ascii_case(word))
}

/// Whether more than width and outer white space had to be undone to read a code.
pub(crate) fn is_guarded(text: &str) -> bool {
    !is_plain(text) && fold_width(text) != fold_code(text)
}

/// Whether a text is a code as it stands, seen at a glance.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let guard = |byte: &u8| matches!(byte, b'\'' | b'`' | b'=' | b'"');
    // A sum, which a processor takes many terms of at once.
    bytes.iter().map(|byte| usize::from(byte.is_ascii_graphic())).sum::<usize>() == bytes.len()
        && !bytes.first().is_some_and(guard)
        && !(bytes.last() == Some(&b'0') && bytes.contains(&b'.'))
}

fn without_a_layer(text: &str) -> String {
    let visible = |c: &char| !c.is_whitespace() && !c.is_control() && !is_invisible(*c);
    let code: String = half_width(text).chars().filter(visible).collect();
    let mut bare = code.as_str();
    if let Some(formula) = bare.strip_prefix('=').filter(|rest| rest.starts_with('"')) {
        bare = formula;
    }
    if let Some(quoted) = bare.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        bare = quoted;
    }
    if let Some(text) = bare.strip_prefix(APOSTROPHES) {
        bare = text.strip_suffix(APOSTROPHES).unwrap_or(text);
    }
    without_point_zero(bare).to_owned()
}

/// Marks of direction, joiners and the like, which copying from documents leaves in cells.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// `9901.0` is how pandas writes the code 9901 in a column that has empty cells.
fn without_point_zero(code: &str) -> &str {
    match code.split_once('.') {
        Some((digits, zeros)) if is_digits(digits) && !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => digits,
        _ => code,
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Why a code that was written as a number is none any more. It says nothing of the code itself, which may be an id.
pub(crate) const LOST: &str =
    "it was written as a rounded number and its last digits are lost: format the column as text and export again";

/// Whether a folded code is a number with more digits than a spreadsheet keeps.
pub(crate) fn is_long(code: &str) -> bool {
    code.len() > KEPT_DIGITS && is_digits(code)
}

/// Whether a folded code is a number in exponent form: `9.9E+18`. `12E34` may well be a code.
pub(crate) fn is_exponent(code: &str) -> bool {
    let Some(at) = code.bytes().position(|byte| matches!(byte, b'E' | b'e')) else { return false };
    let (mantissa, exponent) = (&code[..at], &code[at + 1..]);
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    let positive = exponent.strip_prefix('+');
    let marked = mantissa.contains(['.', ',']) || positive.is_some();
    marked && is_digits(whole) && is_digits(fraction) && is_digits(positive.unwrap_or(exponent))
}

/// Whether a folded code may be several ones that were rounded to one number: fifteen digits and zeros, as spreadsheets keep
/// them, the shortest digits of a double and zeros, as JavaScript writes them, or all digits of a double, as other programs do. One
/// that stands in a single row may be right.
pub(crate) fn looks_rounded(code: &str) -> bool {
    ends_rounded(code) || is_wide_double(code)
}

/// Whether a folded code ends in zeros as rounded numbers do.
pub(crate) fn ends_rounded(code: &str) -> bool {
    is_long(code)
        && code.ends_with('0')
        && (code[KEPT_DIGITS..].bytes().all(|b| b == b'0') || surely_rounded(code) && is_shortest_double(code))
}

/// Whether so many zeros end a code that chance does not explain two rows with it.
pub(crate) fn surely_rounded(code: &str) -> bool {
    let zeros = code.len() - code.trim_end_matches('0').len();
    code.len() >= KEPT_DIGITS + SURE_ZEROS && zeros >= SURE_ZEROS
}

/// Whether a number is so large that doubles leave others out, and is one of them: of codes with 19 digits one in a thousand is.
fn is_wide_double(code: &str) -> bool {
    let number =
        Some(code).filter(|code| is_long(code) && may_be_wide(code)).and_then(|code| code.parse::<u128>().ok());
    number.is_some_and(|number| number > 1 << f64::MANTISSA_DIGITS && (number as f64) as u128 == number)
}

/// Whether the last digits of a long number leave it possible that it is a wide double, which is a multiple of a large power of two.
fn may_be_wide(code: &str) -> bool {
    const DIGITS: usize = 8;
    let bits = (code.len() - 1) * 33 / 10;
    let zeros = bits.saturating_sub(f64::MANTISSA_DIGITS as usize).min(DIGITS);
    let last = code.as_bytes()[code.len() - DIGITS..].iter();
    let last = last.fold(0_u32, |number, digit| number * 10 + u32::from(digit.wrapping_sub(b'0')));
    last.trailing_zeros() as usize >= zeros
}

fn is_shortest_double(code: &str) -> bool {
    code.parse::<f64>().is_ok_and(|number| number.to_string() == code)
}

/// Whether most of the long codes of a column look rounded: then one of them that happens to exist is not meant either.
pub(crate) fn mostly_rounded<'a>(codes: impl ParallelIterator<Item = &'a str>) -> bool {
    let counts = codes.map(fold_code).filter(|code| is_long(code)).map(|code| (1_u64, u64::from(looks_rounded(&code))));
    let (long, rounded) = counts.reduce(|| (0, 0), |one, other| (one.0 + other.0, one.1 + other.1));
    rounded > 1 && 2 * rounded > long
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_seen() {
        for exponent in ["9.9E+18", "9,14403E+17", "1,1E17"] {
            assert!(is_exponent(&fold_code(exponent)), "{exponent}");
        }
        assert!(!is_exponent("12E34") && !is_exponent("9901010010010100001"));
        // The first is a double; what comes next to it is none.
        assert!(looks_rounded("4403040010010100224") && !looks_rounded("4403040010010100225"));
        for nothing in ["####", "-", "NaN", "null", "#N/A"] {
            assert_eq!(fold_code(nothing), "", "{nothing}");
        }
    }

    #[test]
    fn guards_are_taken_off_and_nothing_else() {
        let guarded = [
            "\t9901",
            " 9901 ",
            "\u{a0}9901",
            "\u{3000}9901",
            "\u{1f}9901",
            "\u{feff}9901",
            "99\u{200b}01",
            "99 01",
            "9 9 0 1",
            "'9901",
            "’9901",
            "'9901'",
            "=\"9901\"",
            "\"9901\"",
            "=\"'9901\"",
            "9901.0",
            "'9901.00",
            "９９０１",
            "=\"9901.0\" ",
        ];
        for text in guarded {
            assert_eq!(fold_code(text), "9901", "{text:?}");
        }
        for code in ["9901", "A-1.5", "12.05", "1.0.0", "=9901", "00", "O'Brien", "a=\"b\"", "."] {
            assert_eq!(fold_code(code), code);
        }
    }

    #[test]
    fn width_and_outer_space_are_no_guards() {
        assert!([" 9901", "９９０１", "9901", "A.10"].iter().all(|text| !is_guarded(text)));
        assert!(["'9901", "99 01", "9901.0", "\u{1f}9901"].iter().all(|text| is_guarded(text)));
    }

    #[test]
    fn numbers_with_an_exponent_are_no_codes() {
        assert!(["9.9E+18", "9.90101001001e18", "1e+24", "4.4E24"].iter().all(|code| is_exponent(code)));
        assert!(["12E34", "9E18", "E+18", "9.9E", "A.1E+3", "1.5", "9E-18"].iter().all(|code| !is_exponent(code)));
    }

    #[test]
    fn rounding_leaves_zeros() {
        for code in ["9901010010010100000", "4403010010010100000000000", "1234567890123450", "4403040010010101000"] {
            assert!(looks_rounded(code), "{code}");
        }
        for code in [
            "9901010010010100001",
            "990101001001000",
            "9901010010010123456000",
            "12345678901234501",
            "A90101001001010000",
        ] {
            assert!(!looks_rounded(code), "{code}");
        }
        assert!(!surely_rounded("1234567890123450"));
    }

    #[test]
    fn a_column_is_judged_by_its_long_codes() {
        let real = ["1234567890123450", "1234567890123451", "1234567890123452", "10"];
        let damaged = ["1234567890123450", "1234567890123460", "1234567890123451", "10"];
        assert!(!mostly_rounded(real.into_par_iter()));
        assert!(mostly_rounded(damaged.into_par_iter()));
    }
}
