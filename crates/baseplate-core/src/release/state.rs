//! What has been published about people so far, and who is in it.
//!
//! The state goes from release to release and is kept beside the generations of a plate (`file.rs` has its
//! layout). It is changed by [`State::first`] and [`State::next`] only, and replaced on disk before the
//! generation that shows it is published.

use super::{Cells, Tree, Words};
use xxhash_rust::xxh3::Xxh3Default;

/// Who is counted where: rows by token, ascending. Who has moved stands in two blocks until both are counted anew.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Register {
    /// The beginnings of tokens, or hashes of addresses, ascending.
    pub(crate) who: Vec<u64>,
    /// The block of each row; of one person in ascending order.
    pub(crate) blocks: Vec<u32>,
}

impl Register {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.who.len()
    }
}

/// The counts of an attribute by category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// The name of the attribute.
    pub(crate) name: String,
    /// The words that are told apart.
    pub(crate) words: Words,
    /// The groups of blocks in which it is counted, with the published numbers by category.
    pub(crate) cells: Cells,
    /// For each row of people the category it is counted in, or [`NOT_YET`].
    pub(crate) categories: Vec<u8>,
    /// Who is counted here still and in no row of people any more: token, block and category.
    pub(crate) gone: Vec<(u64, u32, u8)>,
}

/// Somebody whose category has not been counted.
pub(super) const NOT_YET: u8 = u8::MAX;

/// A series of releases.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct State {
    /// What tells it from every other one.
    pub(crate) series: u64,
    /// The days of its releases, days since 1970-01-01.
    pub(crate) days: Vec<u32>,
    /// For each release a hash of all that was published up to it.
    pub(crate) trail: Vec<u64>,
    /// Persons that are told together at least.
    pub(crate) threshold: u32,
    /// The fingerprint of the key that made the tokens.
    pub(crate) key: String,
    /// The areas of the first release.
    pub(crate) tree: Tree,
    /// All places that ever were: key, ascending, and block.
    pub(crate) places: Vec<(u64, u32)>,
    /// For each block the place that it is counted at, whatever area that lies in.
    pub(crate) keys: Vec<u64>,
    /// Where that place was last, degrees: two numbers a block.
    pub(crate) points: Vec<f64>,
    /// The published numbers of people; its cells are the blocks.
    pub(crate) people: Cells,
    /// Who is counted in which block.
    pub(crate) register: Register,
    /// The published numbers of addresses with a resident; without any where they are too few.
    pub(crate) households: Cells,
    /// Which address with a resident is counted in which block.
    pub(crate) dwellings: Register,
    /// The attributes that were ever counted.
    pub(crate) attributes: Vec<Attribute>,
}

impl State {
    /// The block of a place, by its key; `None` if no census so far had it.
    pub(crate) fn block_of(&self, key: u64) -> Option<u32> {
        let at = self.places.binary_search_by_key(&key, |(key, _)| *key).ok()?;
        Some(self.places[at].1)
    }

    /// Knows everybody by the tokens of another key: `renamed` has the old and the new one of each person, by the old. Who is not among them
    /// has left, and is known by the old one until that is told.
    pub(crate) fn rename(&mut self, renamed: &[(u64, u64)], key: String) {
        let new = |who: u64| {
            let at = renamed.binary_search_by_key(&who, |(old, _)| *old);
            at.map_or(who, |at| renamed[at].1)
        };
        let mut order: Vec<usize> = (0..self.register.len()).collect();
        let who: Vec<u64> = self.register.who.iter().map(|who| new(*who)).collect();
        order.sort_by_key(|row| (who[*row], self.register.blocks[*row]));
        self.register.blocks = order.iter().map(|row| self.register.blocks[*row]).collect();
        self.register.who = order.iter().map(|row| who[*row]).collect();
        for attribute in &mut self.attributes {
            attribute.categories = order.iter().map(|row| attribute.categories[*row]).collect();
            attribute.gone.iter_mut().for_each(|(who, ..)| *who = new(*who));
        }
        self.key = key;
    }

    /// Remembers what a release has published, as a hash that continues the one before.
    pub(super) fn stamp(&mut self) {
        let mut hash = Xxh3Default::new();
        hash.update(&self.trail.last().copied().unwrap_or(self.series).to_le_bytes());
        let cells = [&self.people, &self.households].into_iter().chain(self.attributes.iter().map(|a| &a.cells));
        let numbers = cells.flat_map(|cells| &cells.published).chain(self.days.last());
        numbers.for_each(|number| hash.update(&number.to_le_bytes()));
        self.trail.push(hash.digest());
    }

    /// How many blocks there are.
    pub(crate) fn blocks(&self) -> usize {
        self.keys.len()
    }
}
