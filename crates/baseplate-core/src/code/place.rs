//! The codes of grids (网格编码), and those of buildings and addresses (楼栋编码, 统一地址编码).

use super::{
    error::CodeError,
    written::{check_alphabet, read_code, shown_as_text},
};
use std::str::FromStr;

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
pub(super) const NATIONAL: [usize; 3] = [14, 19, 25];
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

shown_as_text!(GridCode, PlaceCode);
