//! GB 32100, the unified social credit code (统一社会信用代码).

use super::{
    error::CodeError,
    written::{check_alphabet, check_length, read_code, shown_as_text},
};
use std::str::FromStr;

/// The 31 characters of GB 32100: no I, O, S, V, Z.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The same, for an error.
const EXPECTED: &str = "0-9 or A-Z without I, O, S, V, Z";
/// Weights of GB 11714 for the organisation code at positions 9 to 16.
const ORGANISATION_WEIGHTS: [usize; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
/// Characters of the body; the check character follows.
const BODY: usize = 17;

/// 统一社会信用代码, of the right form. Whether its check characters are right is a separate question
/// ([`Uscc::check`]): real companies are known whose code fails, so a failure makes a code suspect, not unusable.
///
/// ```
/// use baseplate_core::code::Uscc;
/// assert!("91350100M000100Y43".parse::<Uscc>()?.check().is_ok());
/// assert!("91350211M0000XUF46".parse::<Uscc>()?.check().is_err());
/// # Ok::<(), baseplate_core::code::CodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc(String);

shown_as_text!(Uscc);

impl FromStr for Uscc {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let code = read_code(text)?.to_ascii_uppercase();
        check_length(&code, BODY + 1, "18")?;
        check_alphabet(&code, EXPECTED, |c| ALPHABET.contains(c))?;
        Ok(Self(code))
    }
}

/// Whether a code is that of a natural person in business (个体工商户): a 统一社会信用代码 of that category, or a registration number
/// of 15 digits (GS 15), with a suffix or not, whose serial number begins with 6 to 9. Separators do not count, and a code of a wrong
/// length that begins with 92 is taken for one: rather one too many than a person named.
///
/// ```
/// use baseplate_core::code::is_natural_person;
/// assert!(is_natural_person("92350100M000100Y3F") && is_natural_person("350100600000015"));
/// assert!(is_natural_person("92350100-M000100Y-3F") && is_natural_person("350100600000015(1-1)"));
/// assert!(!is_natural_person("91350100M000100Y43") && !is_natural_person("93350100M000100Y2L"));
/// ```
pub fn is_natural_person(code: &str) -> bool {
    let code = || code.bytes().filter(u8::is_ascii_alphanumeric);
    let length = code().count();
    let is_number = || (15..=BODY).contains(&length) && code().take(15).all(|b| b.is_ascii_digit());
    let is_serial_of_one = || code().nth(6).is_some_and(|b| (b'6'..=b'9').contains(&b));
    length >= 15 && code().take(2).eq(*b"92") || is_number() && is_serial_of_one()
}

impl Uscc {
    /// The characters of a code, by value.
    pub const ALPHABET: &'static str = ALPHABET;

    /// The code that starts with these 16 characters: both check characters are added.
    ///
    /// ```
    /// use baseplate_core::code::Uscc;
    /// assert_eq!(Uscc::complete("91350100M000100Y")?.as_str(), "91350100M000100Y43");
    /// # Ok::<(), baseplate_core::code::CodeError>(())
    /// ```
    ///
    /// # Errors
    /// [`CodeError`] when `body` is not 16 characters of [`Uscc::ALPHABET`].
    pub fn complete(body: &str) -> Result<Self, CodeError> {
        check_length(body, BODY - 1, "16")?;
        check_alphabet(body, EXPECTED, |c| ALPHABET.contains(c))?;
        let mut code = body.to_owned();
        code.push(organisation_check(&body[8..]));
        code.push(last_character(&code));
        Ok(Self(code))
    }

    /// Checks the last character (mod 31), then the organisation code's own check at position 17 (mod 11).
    ///
    /// # Errors
    /// [`CodeError::Check`] with the character that would be right.
    pub fn check(&self) -> Result<(), CodeError> {
        let found: Vec<char> = self.0.chars().collect();
        let expected = last_character(&self.0[..BODY]);
        if found[BODY] != expected {
            return Err(CodeError::Check { position: BODY + 1, expected });
        }
        let expected = organisation_check(&self.0[8..16]);
        if found[16] != expected {
            return Err(CodeError::Check { position: 17, expected });
        }
        Ok(())
    }
}

fn value(c: char) -> usize {
    ALPHABET.find(c).unwrap_or_default()
}

/// Mod 31 over the body, weights 3^(i−1) mod 31.
fn last_character(body: &str) -> char {
    let (mut sum, mut weight) = (0, 1);
    for c in body.chars() {
        sum += value(c) * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET.chars().nth((31 - sum % 31) % 31).unwrap_or('0')
}

/// GB 11714: mod 11 over eight characters, letters counting from A = 10.
fn organisation_check(body: &str) -> char {
    let digits = body.chars().map(|c| c.to_digit(36).unwrap_or_default() as usize);
    let sum: usize = digits.zip(ORGANISATION_WEIGHTS).map(|(d, w)| d * w).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        check => char::from(b'0' + check as u8),
    }
}
