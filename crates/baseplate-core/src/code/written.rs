//! A code as it is written: read, checked and shown alike in every type.

use super::{
    error::CodeError,
    guards::{fold_code, is_exponent},
};
use std::borrow::Cow;

/// A code as it is written, or why its digits cannot be known any more.
pub(super) fn read_code(text: &str) -> Result<Cow<'_, str>, CodeError> {
    let code = fold_code(text);
    if is_exponent(&code) { Err(CodeError::Rounded) } else { Ok(code) }
}

/// Fails at the first character that `allowed` refuses.
pub(super) fn check_alphabet(
    text: &str,
    expected: &'static str,
    allowed: impl Fn(char) -> bool,
) -> Result<(), CodeError> {
    match text.chars().zip(1..).find(|(c, _)| !allowed(*c)) {
        Some((found, position)) => Err(CodeError::Character { position, found, expected }),
        None => Ok(()),
    }
}

/// Fails unless the text has `length` characters.
pub(super) fn check_length(text: &str, length: usize, expected: &'static str) -> Result<(), CodeError> {
    match text.chars().count() {
        0 => Err(CodeError::Empty),
        found if found != length => Err(CodeError::Length { found, expected }),
        _ => Ok(()),
    }
}

/// Gives types that hold one text a reference to it and a `Display`.
macro_rules! shown_as_text {
    ($($code:ty),*) => {$(
        impl $code {
            /// The code as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $code {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}
pub(super) use shown_as_text;
