//! What is wrong with a filter.

use crate::time::TimeError;

/// What is wrong with a filter, and at which character of it, from 1 on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CqlError {
    /// Something else belongs there.
    #[error("character {at}: expected {expected}, found {found}")]
    Expected {
        /// The character.
        at: usize,
        /// What belongs there.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// A text or name that does not end.
    #[error("character {at}: the quote is never closed")]
    Quote {
        /// The character.
        at: usize,
    },
    /// There is no such column.
    #[error("character {at}: there is no column '{name}'; there are: {known}")]
    Column {
        /// The character.
        at: usize,
        /// The name.
        name: String,
        /// The columns that there are.
        known: String,
    },
    /// A text that is no time.
    #[error("character {at}: {error}")]
    Time {
        /// The character.
        at: usize,
        /// Why it is none.
        error: TimeError,
    },
    /// A polygon that is no box.
    #[error("character {at}: only upright boxes with south before north can be intersected")]
    NoBox {
        /// The character.
        at: usize,
    },
    /// It is too long.
    #[error("a filter has at most {most} bytes")]
    Long {
        /// The most bytes.
        most: usize,
    },
    /// It is nested too deep.
    #[error("character {at}: there are more than {most} brackets within one another")]
    Deep {
        /// The character.
        at: usize,
        /// The most brackets.
        most: usize,
    },
}
