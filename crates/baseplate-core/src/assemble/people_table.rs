//! The people of a plate as a table, by address.
//!
//! As with addresses, everything is kept at a *position* in reading order; `order` gives the position of
//! each row. There is no id in it, only tokens.

use super::{
    address_table::NOWHERE,
    categories::{Attributes, Category},
};
use crate::code::PersonToken;

/// People at addresses, by their position in reading order, and the order of their rows.
pub(super) struct PeopleTable {
    /// The token of each position.
    pub(super) tokens: Vec<PersonToken>,
    /// The beginning of each token under the former key, if there is one; else empty.
    pub(super) former: Vec<u64>,
    /// The row of the address of each position, or [`NOWHERE`].
    pub(super) addresses: Vec<u32>,
    /// What each is to the address.
    pub(super) roles: Category,
    /// The attributes by which people are counted.
    pub(super) attributes: Attributes,
    /// Whether a position is the one at which its person counts: the first address of the sources where the
    /// person lives.
    pub(super) counted: Vec<bool>,
    /// The position of each row: rows are by address; those without one stand at the end.
    pub(super) order: Vec<u32>,
    /// The first row of each address, and behind them the first of those without one.
    pub(super) starts: Vec<u32>,
    /// Rows in the order of their tokens.
    pub(super) by_token: Vec<u32>,
}

impl PeopleTable {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// The token of a position.
    pub(super) fn token(&self, position: u32) -> PersonToken {
        self.tokens[position as usize]
    }

    /// The row of the address of a position, if it has one.
    pub(super) fn address(&self, position: u32) -> Option<u32> {
        Some(self.addresses[position as usize]).filter(|row| *row != NOWHERE)
    }

    /// The number of the role of a position.
    pub(super) fn role(&self, position: u32) -> u8 {
        self.roles.of_row[position as usize]
    }

    /// Whether a position is the one at which its person counts.
    pub(super) fn counts(&self, position: u32) -> bool {
        self.counted[position as usize]
    }
}
