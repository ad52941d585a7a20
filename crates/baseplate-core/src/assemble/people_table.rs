//! The people of a plate as a table, by address.

use super::{
    address_table::NOWHERE,
    categories::{Attributes, Category},
};
use crate::code::PersonToken;

/// People at addresses, by their position in reading order, and the order of their rows.
pub(super) struct PeopleTable {
    pub(super) tokens: Vec<PersonToken>,
    /// The beginnings of the tokens under the former key, if there is one.
    pub(super) former: Vec<u64>,
    /// Rows of their addresses, or [`NOWHERE`].
    pub(super) addresses: Vec<u32>,
    pub(super) roles: Category,
    pub(super) attributes: Attributes,
    /// Whether a position counts: once for each person, at the first address of the sources where the person lives.
    pub(super) counted: Vec<bool>,
    /// Positions in the order of the rows: by address; without one at the end.
    pub(super) order: Vec<u32>,
    /// The first row of each address, and of those without one.
    pub(super) starts: Vec<u32>,
    /// Rows in the order of their tokens.
    pub(super) by_token: Vec<u32>,
}

impl PeopleTable {
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    pub(super) fn token(&self, position: u32) -> PersonToken {
        self.tokens[position as usize]
    }

    pub(super) fn address(&self, position: u32) -> Option<u32> {
        Some(self.addresses[position as usize]).filter(|row| *row != NOWHERE)
    }

    pub(super) fn role(&self, position: u32) -> u8 {
        self.roles.of_row[position as usize]
    }

    /// Whether a position counts.
    pub(super) fn counts(&self, position: u32) -> bool {
        self.counted[position as usize]
    }
}
