//! Many texts in one allocation: a code of 25 characters costs 33 bytes, and no pointer.

/// Texts that stand one behind the other.
#[derive(Default)]
pub(super) struct Strings {
    /// The texts.
    data: String,
    /// The byte behind each.
    ends: Vec<usize>,
}

impl Strings {
    /// Appends a text.
    pub(super) fn push(&mut self, text: &str) {
        self.data.push_str(text);
        self.ends.push(self.data.len());
    }

    /// The text with an index, which must be one of them.
    pub(super) fn get(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.data[start..self.ends[index]]
    }
}
