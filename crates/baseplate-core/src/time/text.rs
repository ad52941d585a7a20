//! Texts of times, piece by piece.

use super::error::TimeError;

/// The longest text of a time, in bytes.
const TEXT_MAX: usize = 128;

/// A text without white space around it, in which full-width characters are those of ASCII, letters are large and white space is blanks.
pub(super) fn fold(text: &str) -> Result<String, TimeError> {
    let character = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c).to_ascii_uppercase(),
        c if c.is_whitespace() => ' ',
        c => c.to_ascii_uppercase(),
    };
    let text = text.trim();
    match text.len() {
        0 => Err(TimeError::Empty),
        1..=TEXT_MAX => Ok(text.chars().map(character).collect()),
        _ => Err(TimeError::Form),
    }
}

/// What is left of a text that is read from its beginning.
pub(super) struct Rest<'t>(pub(super) &'t str);

impl<'t> Rest<'t> {
    /// Takes the digits in front, of which there may be none.
    pub(super) fn digits(&mut self) -> &'t str {
        let end = self.0.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        digits
    }

    /// Takes the character in front if it is one of these.
    pub(super) fn one_of(&mut self, characters: &[char]) -> Option<char> {
        let first = self.0.chars().next().filter(|c| characters.contains(c))?;
        self.0 = &self.0[first.len_utf8()..];
        Some(first)
    }

    /// Takes a word in front, if it is there.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let rest = self.0.strip_prefix(word);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// Takes the blanks in front.
    pub(super) fn blanks(&mut self) {
        self.0 = self.0.trim_start_matches(' ');
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
