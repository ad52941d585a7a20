//! The search for what a text is in Chinese.

use crate::catalogue::{Catalogue, Entry, Kind, Part};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

/// What may be spent on one text, in bytes that are copied or hashed; what is left then stays as it is. It is 5 to 15 ms, and many
/// times what the longest of the programs' own texts take.
const BYTES_MAX: usize = 1 << 20;

/// What it takes to try every entry, as bytes.
const BYTES_OF_ALL: usize = 4 << 10;

/// What it takes to try one place where a gap may end, as bytes. To look for such places takes an eighth of a text.
const BYTES_OF_PLACE: usize = 64;

/// Sentences of one text of which only a part may be known.
const PARTS_MAX: usize = 256;

/// Sentences inside one another.
const DEPTH_MAX: usize = 12;

/// What was found in the gaps of a sentence, by their names.
type Found<'a> = Vec<(&'a str, String)>;

/// How sentences inside a sentence are looked up.
type LookUp<'f> = &'f dyn Fn(&str) -> Option<String>;

/// The search for the parts of one text.
pub(crate) struct Search<'c> {
    catalogue: &'c Catalogue,
    /// What was looked for already; without it the time would double with every colon of a line.
    seen: RefCell<HashMap<String, Option<String>>>,
    /// Bytes that may still be spent.
    left: Cell<usize>,
    /// Sentences that may still be known in part.
    parts_left: Cell<usize>,
    /// How many sentences there are around the one that is looked at.
    depth: Cell<usize>,
    /// Whether what stands before a colon must be one word: a sentence could be taken for a name otherwise.
    strict: bool,
}

impl<'c> Search<'c> {
    pub(crate) fn new(catalogue: &'c Catalogue, strict: bool) -> Self {
        let (left, parts_left) = (Cell::new(BYTES_MAX), Cell::new(PARTS_MAX));
        Self { catalogue, seen: RefCell::default(), left, parts_left, depth: Cell::new(0), strict }
    }

    /// The Chinese of a sentence of which all is known.
    pub(crate) fn whole(&self, text: &str) -> Option<String> {
        self.spend(text.len())?;
        if let Some(seen) = self.seen.borrow().get(text) {
            return seen.clone();
        }
        self.spend(BYTES_OF_ALL)?;
        let mut entries = self.catalogue.0.iter();
        let found = self.inside(|| entries.find_map(|entry| self.chinese_of(entry, text, &|inner| self.whole(inner))));
        self.seen.borrow_mut().insert(text.to_owned(), found.clone());
        found
    }

    /// The same, else of one with a sentence inside that is not known, else what was given. A sentence that has but signs of its own
    /// says nothing about what it is, and is not taken for a part.
    pub(crate) fn most_of(&self, text: &str) -> String {
        let part = || {
            self.parts_left.set(self.parts_left.get().checked_sub(1)?);
            let mut telling = self.catalogue.0.iter().filter(|entry| entry.has_letters());
            telling.find_map(|entry| self.chinese_of(entry, text, &|inner| Some(self.most_of(inner))))
        };
        self.whole(text).or_else(|| self.inside(part)).unwrap_or_else(|| text.to_owned())
    }

    /// Nothing if there is no more to spend, from then on.
    fn spend(&self, bytes: usize) -> Option<()> {
        let left = self.left.get().checked_sub(bytes);
        self.left.set(left.unwrap_or_default());
        left.map(drop)
    }

    /// Whether nothing more can be found.
    pub(crate) fn is_spent(&self) -> bool {
        self.left.get() == 0 && self.parts_left.get() == 0
    }

    /// Looks one sentence deeper.
    fn inside(&self, look: impl FnOnce() -> Option<String>) -> Option<String> {
        let depth = self.depth.get();
        if depth >= DEPTH_MAX {
            return None;
        }
        self.depth.set(depth + 1);
        let found = look();
        self.depth.set(depth);
        found
    }

    fn chinese_of(&self, entry: &Entry, text: &str, inner: LookUp<'_>) -> Option<String> {
        if entry.begins_with_gap() {
            self.spend(text.len() / 8)?;
            entry.words_in_order(text)?;
        }
        let found = self.fit(&entry.sentence, text, inner)?;
        if let [Part::Gap(Kind::Anything, name), Part::Words(behind), ..] = &entry.sentence[..] {
            let (_, begin) = found.iter().find(|(known, _)| known == name)?;
            // Another path stands before it, or another line.
            let is_more = entry.has_letters() && !behind.starts_with(':') && begin.contains(": ");
            if is_more || begin.contains('\n') || self.strict && !entry.has_letters() && begin.contains(' ') {
                return None;
            }
        }
        let fill = |part: &Part| match part {
            Part::Words(words) => words.clone(),
            Part::Gap(_, name) => {
                found.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
            }
        };
        Some(entry.chinese.iter().map(fill).collect())
    }

    /// Fits a sentence to a text from its beginning to its end; `inner` looks sentences inside it up.
    fn fit<'a>(&self, parts: &'a [Part], text: &str, inner: LookUp<'_>) -> Option<Found<'a>> {
        let Some((first, rest)) = parts.split_first() else { return text.is_empty().then(Vec::new) };
        let (kind, name) = match first {
            Part::Words(words) => return self.fit(rest, text.strip_prefix(words.as_str())?, inner),
            Part::Gap(kind, name) => (*kind, name.as_str()),
        };
        let value = |value: &str| match kind {
            Kind::Anything => Some(value.to_owned()),
            Kind::Number => (!value.is_empty() && digits(value) == value.len()).then(|| value.to_owned()),
            Kind::Sentence => inner(value),
        };
        let behind = |end: usize| {
            self.spend(BYTES_OF_PLACE)?;
            let mut found = self.fit(rest, &text[end..], inner)?;
            found.push((name, value(&text[..end])?));
            Some(found)
        };
        let reach = if kind == Kind::Number { digits(text) } else { text.len() };
        match rest.first() {
            None => behind(text.len()),
            Some(Part::Words(words)) if kind == Kind::Number => {
                (1..=reach).filter(|at| text[*at..].starts_with(words.as_str())).find_map(behind)
            }
            Some(Part::Words(words)) => {
                self.spend(text.len() / 8)?;
                text.match_indices(words.as_str()).find_map(|(at, _)| behind(at))
            }
            Some(Part::Gap(..)) => (0..=reach).rev().filter(|at| text.is_char_boundary(*at)).find_map(behind),
        }
    }
}

/// How much of a text, from its beginning, is a number; `#` stands for one that differs from row to row.
fn digits(text: &str) -> usize {
    let is_of_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | '#');
    text.find(|c| !is_of_number(c)).unwrap_or(text.len())
}
