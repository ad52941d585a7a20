//! Why a text is not a code.

use super::guards::LOST;

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
