//! The five codes (五码): parse, check, show.
//!
//! After parsing nobody checks again: every type here has a private field, a checked constructor (`FromStr`) and a
//! `Display` that gives back what was accepted. What a code contains is a hint about the past, never today's grid.

mod citizen;
mod clear;
mod guards;
mod registry;
mod token;
mod uscc;

pub use citizen::CitizenId;
pub(crate) use citizen::{is_misplaced_id, looks_like_id};
pub use clear::mask_ids;
pub(crate) use clear::{Among, is_masked, masked};
pub(crate) use guards::{
    LOST, ends_rounded, fold_code, is_exponent, is_guarded, is_long, is_placeholder, looks_rounded, mostly_rounded,
    surely_rounded,
};
pub use registry::CodeType;
pub use token::{KeyError, PersonKey, PersonToken};
pub use uscc::{Uscc, is_natural_person};

use std::{borrow::Cow, fmt, str::FromStr};

/// Why a text is not a code of the wanted type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Nothing but white space.
    #[error("the code is empty")]
    Empty,
    /// Too short or too long.
    #[error("{found} characters, expected {expected}")]
    Length {
        /// Characters found.
        found: usize,
        /// What is allowed.
        expected: &'static str,
    },
    /// A character the alphabet does not have.
    #[error("character {position} is '{found}', expected {expected}")]
    Character {
        /// Counted from 1.
        position: usize,
        /// The character.
        found: char,
        /// What is allowed there.
        expected: &'static str,
    },
    /// The birth date inside a citizen id does not exist.
    #[error("characters 7 to 14 are no date of the calendar")]
    Date,
    /// A number such as 9.9E+18, of which the last digits are lost.
    #[error("{LOST}")]
    Rounded,
    /// Not what the city's codes look like.
    #[error("it does not match the pattern {pattern}")]
    Pattern {
        /// The regular expression.
        pattern: String,
    },
    /// The check character is not the one that the others give.
    #[error("check character {position} is wrong: expected '{expected}'")]
    Check {
        /// Counted from 1.
        position: usize,
        /// The character that would be right.
        expected: char,
    },
}

/// A code as it is written, or why its digits cannot be known any more.
fn read_code(text: &str) -> Result<Cow<'_, str>, CodeError> {
    let code = fold_code(text);
    if is_exponent(&code) { Err(CodeError::Rounded) } else { Ok(code) }
}

/// Fails at the first character that `allowed` refuses.
fn check_alphabet(text: &str, expected: &'static str, allowed: impl Fn(char) -> bool) -> Result<(), CodeError> {
    match text.chars().zip(1..).find(|(c, _)| !allowed(*c)) {
        Some((found, position)) => Err(CodeError::Character { position, found, expected }),
        None => Ok(()),
    }
}

/// Fails unless the text has `length` characters.
fn check_length(text: &str, length: usize, expected: &'static str) -> Result<(), CodeError> {
    match text.chars().count() {
        0 => Err(CodeError::Empty),
        found if found != length => Err(CodeError::Length { found, expected }),
        _ => Ok(()),
    }
}

/// 网格编码, the code of a grid of any level: 1 to 32 of `0-9 A-Z -`, as cities differ (14, 15, 20 …).
/// Lower-case letters and full-width characters are folded; white space and the guards of spreadsheets are taken off.
///
/// ```
/// use baseplate_core::code::GridCode;
/// assert_eq!(" 44030400100101".parse::<GridCode>()?.as_str(), "44030400100101");
/// assert!("网格一".parse::<GridCode>().is_err());
/// # Ok::<(), baseplate_core::code::CodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GridCode(String);

/// The most characters of a grid code.
const GRID_CODE_MAX: usize = 32;

impl FromStr for GridCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let code = read_code(text)?.to_ascii_uppercase();
        match code.chars().count() {
            0 => return Err(CodeError::Empty),
            found if found > GRID_CODE_MAX => return Err(CodeError::Length { found, expected: "1 to 32" }),
            _ => {}
        }
        check_alphabet(&code, "0-9, A-Z or -", |c| c.is_ascii_digit() || c.is_ascii_uppercase() || c == '-')?;
        Ok(Self(code))
    }
}

/// The code of a building (楼栋编码) or address (统一地址编码) as a register writes it: 1 to 64 visible characters.
/// Codes of the national shape (19 and 25 characters) can say which codes they were made from. White space, also inside, and
/// what spreadsheets put around a code (`'…`, `="…"`, `.0`) are taken off.
///
/// ```
/// use baseplate_core::code::PlaceCode;
/// let room: PlaceCode = "4403040010010100001000101".parse()?;
/// assert_eq!(room.building_part(), Some("4403040010010100001"));
/// assert_eq!(room.grid_part(), Some("44030400100101"));
/// assert_eq!("'44030400100101 00001".parse::<PlaceCode>()?.as_str(), "4403040010010100001");
/// assert!("4.40304E+18".parse::<PlaceCode>().is_err());
/// # Ok::<(), baseplate_core::code::CodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceCode(String);

/// The most characters of a place code.
const PLACE_CODE_MAX: usize = 64;
/// Characters of the grid, building and address code in the national shape.
const NATIONAL: [usize; 3] = [14, 19, 25];
/// Characters of the divisions in front of them, down to the community.
const COMMUNITY: usize = 12;

impl FromStr for PlaceCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let code = read_code(text)?;
        match code.chars().count() {
            0 => return Err(CodeError::Empty),
            found if found > PLACE_CODE_MAX => return Err(CodeError::Length { found, expected: "1 to 64" }),
            _ => {}
        }
        check_alphabet(&code, "a visible character", |c| !c.is_control() && !c.is_whitespace())?;
        Ok(Self(code.into_owned()))
    }
}

impl PlaceCode {
    /// Whether the code has the national shape: 14 digits, 5 of `0-9 A-Z`, and 6 more of them for a room.
    fn is_national(&self) -> bool {
        let code = self.0.as_bytes();
        NATIONAL[1..].contains(&code.len())
            && code[..NATIONAL[0]].iter().all(u8::is_ascii_digit)
            && code.iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
    }

    /// The grid in which the place lay when its code was issued. A hint: grids are re-cut and districts split.
    pub fn grid_part(&self) -> Option<&str> {
        self.is_national().then(|| &self.0[..NATIONAL[0]])
    }

    /// The community in which the place lay when its code was issued.
    pub fn community_part(&self) -> Option<&str> {
        self.is_national().then(|| &self.0[..COMMUNITY])
    }

    /// Whether the building part has the `T` of a temporary building in front.
    pub fn is_temporary(&self) -> bool {
        self.is_national() && self.0.as_bytes()[NATIONAL[0]] == b'T'
    }

    /// The building part of a 25-character address code.
    pub fn building_part(&self) -> Option<&str> {
        (self.0.len() == NATIONAL[2] && self.is_national()).then(|| &self.0[..NATIONAL[1]])
    }
}

macro_rules! shown_as_text {
    ($($code:ty),*) => {$(
        impl $code {
            /// The code as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $code {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}
shown_as_text!(GridCode, PlaceCode, Uscc);
