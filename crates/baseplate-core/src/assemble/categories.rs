//! Categories: words of which there are few, by which people and enterprises are counted.
//!
//! A word is kept as a number of one byte for each row, so an attribute of a million rows takes a megabyte.
//! An attribute has at most 255 words; further ones are left out, which is noted once.

use super::log::Log;
use crate::{
    schema::Word,
    source::{Columns, Row},
    store::{AttributeInfo, AttributeTitles, AttributeType, Audience},
};
use arrow_array::{ArrayRef, StringArray};
use std::{collections::BTreeMap, sync::Arc};

/// The number for "none".
pub(super) const NONE: u8 = u8::MAX;

/// An attribute, its words, and the word of each row.
pub(super) struct Category {
    /// The name of the attribute.
    pub(super) name: String,
    /// The words, in the order in which they were first seen.
    pub(super) words: Vec<String>,
    /// The number of the word of each row in reading order; [`NONE`] where nothing is said.
    pub(super) of_row: Vec<u8>,
    /// Whether it had to leave words out.
    full: bool,
}

impl Category {
    /// A category whose words are known.
    pub(super) fn fixed<'w>(name: &str, words: impl Iterator<Item = &'w str>) -> Self {
        Self { name: name.to_owned(), words: words.map(str::to_owned).collect(), of_row: Vec::new(), full: false }
    }

    /// The number of a word; `None` if there are too many different ones already.
    fn number(&mut self, word: &str) -> Option<u8> {
        let known = self.words.iter().position(|w| w == word);
        let number = known.unwrap_or(self.words.len());
        if number >= usize::from(NONE) {
            return None;
        }
        if known.is_none() {
            self.words.push(word.to_owned());
        }
        Some(number as u8)
    }

    /// The category as a column to be written.
    pub(super) fn column(&self) -> WordColumn<'_> {
        WordColumn { category: self, words: Arc::new(StringArray::from_iter_values(&self.words)) }
    }
}

/// A category with its words as all batches of its column share them.
pub(super) struct WordColumn<'a> {
    /// The category.
    category: &'a Category,
    /// Its words as an array.
    words: ArrayRef,
}

impl WordColumn<'_> {
    /// The word of a row, by its position in reading order.
    pub(super) fn word(&self, row: u32) -> Option<Word<'_>> {
        let number = self.category.of_row[row as usize];
        Some(Word { number: (number != NONE).then_some(number), words: &self.words })
    }
}

/// The attributes of a table, from all its sources.
#[derive(Default)]
pub(super) struct Attributes(pub(super) Vec<Category>);

/// Which attribute a source has in which column: the index of the attribute, and that of the column.
pub(super) struct AttributeColumns(Vec<(usize, usize)>);

impl AttributeColumns {
    /// The values of a row, in the order in which the source names the attributes.
    pub(super) fn values<'r>(&self, row: &'r Row) -> impl Iterator<Item = Option<&'r str>> {
        self.0.iter().map(|(_, index)| row.cell(*index))
    }
}

impl Attributes {
    /// The attributes with words for which something holds, and the numbers of those words.
    pub(super) fn words_that(&self, hold: impl Fn(&str) -> bool) -> Vec<(&Category, Vec<u8>)> {
        let numbers = |c: &Category| (0..).zip(&c.words).filter(|(_, word)| hold(word)).map(|(n, _)| n).collect();
        self.0.iter().map(|c| (c, numbers(c))).filter(|(_, numbers): &(_, Vec<u8>)| !numbers.is_empty()).collect()
    }

    /// The names of the attributes.
    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().map(|category| category.name.clone()).collect()
    }

    /// The columns of the attributes, to be written.
    pub(super) fn columns(&self) -> Vec<WordColumn<'_>> {
        self.0.iter().map(Category::column).collect()
    }

    /// The attributes as the manifest has them.
    pub(super) fn describe(&self, titles: &BTreeMap<String, AttributeTitles>) -> Vec<AttributeInfo> {
        let describe = |c: &Category| AttributeInfo {
            name: c.name.clone(),
            of: AttributeType::Category,
            categories: c.words.clone(),
            titles: titles.get(&c.name).cloned().unwrap_or_default(),
            audience: Audience::Public,
        };
        self.0.iter().map(describe).collect()
    }

    /// The attributes that a source names; new ones are added, empty for the `rows` that were read so far.
    pub(super) fn of_source(&mut self, names: &[String], columns: &mut Columns, rows: usize) -> AttributeColumns {
        let cell = |name: &String| {
            let known = self.0.iter().position(|c| c.name == *name);
            let index = known.unwrap_or_else(|| {
                self.0.push(Category { name: name.clone(), words: Vec::new(), of_row: vec![NONE; rows], full: false });
                self.0.len() - 1
            });
            (index, columns.want(name))
        };
        AttributeColumns(names.iter().map(cell).collect())
    }

    /// Takes over a row that is kept.
    pub(super) fn push(&mut self, columns: &AttributeColumns, row: &Row, log: &mut Log) {
        self.0.iter_mut().for_each(|c| c.of_row.push(NONE));
        for (attribute, column) in &columns.0 {
            let Some(word) = row.cell(*column) else { continue };
            let category = &mut self.0[*attribute];
            match (category.number(word), category.of_row.last_mut()) {
                (Some(number), Some(last)) => *last = number,
                _ if !category.full => {
                    category.full = true;
                    let name = &category.name;
                    log.notes.push(format!("attribute '{name}' has more than 255 values: further ones were left out"));
                }
                _ => {}
            }
        }
    }
}
