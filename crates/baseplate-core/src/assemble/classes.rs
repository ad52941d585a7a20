//! The classes of the records of a layer: a tree of names, from the large to the small.

use super::log::Log;
use crate::store::ClassInfo;
use std::collections::{BTreeMap, HashMap};

/// The number for "none".
pub(super) const NO_CLASS: u16 = u16::MAX;

/// Classes while records are read: the names from the top down that each record has.
#[derive(Default)]
pub(super) struct ClassesBuilder {
    /// A number for each path that was met.
    numbers: HashMap<Vec<String>, u32>,
    /// The number of the path of each position; empty as long as none has any.
    of_row: Vec<u32>,
    rows: usize,
}

/// The number of a path without names.
const NONE: u32 = u32::MAX;

impl ClassesBuilder {
    /// Takes over the class of a record: its names from the top down, as far as the source has them.
    pub(super) fn push<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        // A slash parts the names of a class from one another wherever it is named.
        let path: Vec<String> = names.map(|name| name.replace('/', "／")).collect();
        if !path.is_empty() && self.of_row.is_empty() {
            self.of_row.resize(self.rows, NONE);
        }
        self.rows += 1;
        if path.is_empty() && self.of_row.is_empty() {
            return;
        }
        let next = self.numbers.len() as u32;
        let number = if path.is_empty() { NONE } else { *self.numbers.entry(path).or_insert(next) };
        self.of_row.push(number);
    }

    /// The classes, each before those below it, and the number of that of each position. With more classes than there are numbers
    /// the last ones are left out, which is noted.
    pub(super) fn finish(self, layer: &str, log: &mut Log) -> (Vec<ClassInfo>, Vec<u16>) {
        let mut tree: BTreeMap<&[String], u16> = BTreeMap::new();
        for path in self.numbers.keys() {
            for depth in 1..=path.len() {
                tree.insert(&path[..depth], NO_CLASS);
            }
        }
        if tree.len() > usize::from(NO_CLASS) {
            log.notes.push(format!("layer {layer} has more than {NO_CLASS} classes: further ones were left out"));
        }
        // Names in their order put each class right before those below it.
        for (number, class) in (0..NO_CLASS).zip(tree.values_mut()) {
            *class = number;
        }
        let describe = |(path, _): (&&[String], &u16)| ClassInfo {
            name: path.last().cloned().unwrap_or_default(),
            parent: path.split_last().and_then(|(_, above)| tree.get(above)).copied(),
            depth: path.len() as u8 - 1,
        };
        let classes = tree.iter().take(usize::from(NO_CLASS)).map(describe).collect();
        let mut by_number = vec![NO_CLASS; self.numbers.len()];
        self.numbers.iter().for_each(|(path, number)| by_number[*number as usize] = tree[path.as_slice()]);
        let class = |number: &u32| by_number.get(*number as usize).copied().unwrap_or(NO_CLASS);
        (classes, self.of_row.iter().map(class).collect())
    }
}
