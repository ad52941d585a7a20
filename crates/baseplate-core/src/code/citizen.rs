//! GB 11643, the citizen id (公民身份号码).

use super::{
    error::CodeError,
    guards::fold_code,
    written::{check_alphabet, check_length, read_code},
};
use std::{fmt, str::FromStr};

/// Digits of the body; the check character follows.
const BODY: usize = 17;
/// Weights of ISO 7064 MOD 11-2 for 17 digits.
const WEIGHTS: [u32; BODY] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check character by remainder.
const CHECKS: &[u8; 11] = b"10X98765432";

/// 公民身份号码, a citizen id that passes its check. It has no `Display` and its `Debug` is masked, so that it cannot
/// reach a log or an error by accident.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CitizenId(String);

impl CitizenId {
    /// The id in clear; for hashing under a key, never for showing.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The id that starts with these 17 digits: its check character is added.
    ///
    /// ```
    /// use baseplate_core::code::CitizenId;
    /// assert_eq!(CitizenId::complete("11010519491231002")?.expose(), "11010519491231002X");
    /// # Ok::<(), baseplate_core::code::CodeError>(())
    /// ```
    ///
    /// # Errors
    /// [`CodeError`] when `body` is not 17 ASCII digits or its digits 7 to 14 are no date.
    pub fn complete(body: &str) -> Result<Self, CodeError> {
        let check = check_character(body)?;
        Ok(Self(format!("{body}{check}")))
    }
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CitizenId(******)")
    }
}

impl FromStr for CitizenId {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let id = read_code(text)?.to_ascii_uppercase();
        check_length(&id, 18, "18")?;
        let (body, check) = (id.get(..17), id.get(17..));
        let (Some(body), Some(check)) = (body, check) else {
            return Err(CodeError::Length { found: id.chars().count(), expected: "18 ASCII characters" });
        };
        let expected = check_character(body)?;
        if check.starts_with(expected) { Ok(Self(id)) } else { Err(CodeError::Check { position: 18, expected }) }
    }
}

/// Whether a text has the shape of a citizen id, right or wrong: such a text must not be repeated in a message.
pub(crate) fn looks_like_id(text: &str) -> bool {
    let id = fold_code(text);
    let shape = |c: char| c.is_ascii_digit() || c.eq_ignore_ascii_case(&'X');
    matches!(id.chars().count(), 15 | 17 | 18) && id.chars().all(shape)
}

/// Years of birth between which a number is taken for somebody's id.
const YEARS: std::ops::RangeInclusive<u32> = 1800..=2999;

/// Whether a text can hardly be anything but a citizen id, its check character right, wrong or missing: there is a date in the right
/// place. It stands where it should not, as in the column of an address or a category.
pub(crate) fn is_misplaced_id(text: &str) -> bool {
    let is_other_number = || text.len() > BODY + 1 && text.bytes().all(|b| b.is_ascii_digit());
    if text.len() < BODY || is_other_number() {
        return false;
    }
    let folded = fold_code(text).to_ascii_uppercase().replace('-', "");
    folded.split(|c: char| !c.is_ascii_digit() && c != 'X').any(has_id_shape)
}

/// Whether 18 characters are an id, of somebody born in a year in which somebody can be.
pub(super) fn is_id(text: &str) -> bool {
    has_id_shape(text) && text.parse::<CitizenId>().is_ok()
}

/// Whether 15 characters are an id as it was given until 1999.
pub(super) fn is_old_id(text: &str) -> bool {
    has_id_shape(&format!("{}19{}", &text[..6], &text[6..]))
}

fn has_id_shape(id: &str) -> bool {
    let (body, check) = id.split_at_checked(BODY).unwrap_or((id, ""));
    let is_check = |c: char| c.is_ascii_digit() || c == 'X';
    if body.len() != BODY || check.len() > 1 || !body.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let digits = digits_of(body);
    let year = || digits[6..10].iter().fold(0, |year, digit| year * 10 + digit);
    check.chars().all(is_check) && YEARS.contains(&year()) && check_date(&digits[6..14]).is_ok()
}

/// The values of as many digits as stand before the check character.
fn digits_of(body: &str) -> [u32; BODY] {
    std::array::from_fn(|at| body.as_bytes().get(at).map_or(0, |b| u32::from(b.wrapping_sub(b'0'))))
}

/// ISO 7064 MOD 11-2 over the 17 digits before the check character.
fn check_character(body: &str) -> Result<char, CodeError> {
    check_length(body, BODY, "17")?;
    check_alphabet(body, "a digit", |c| c.is_ascii_digit())?;
    let digits = digits_of(body);
    check_date(&digits[6..14])?;
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(d, w)| d * w).sum();
    Ok(char::from(CHECKS[(sum % 11) as usize]))
}

fn check_date(digits: &[u32]) -> Result<(), CodeError> {
    let number = |range: std::ops::Range<usize>| digits[range].iter().fold(0, |n, d| n * 10 + d);
    let (year, month, day) = (number(0..4), number(4..6), number(6..8));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    if (1..=days).contains(&day) { Ok(()) } else { Err(CodeError::Date) }
}
