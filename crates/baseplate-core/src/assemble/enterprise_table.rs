//! The enterprises of a plate as a table, by address.
//!
//! As with addresses, everything is kept at a *position* in reading order; `order` gives the position of
//! each row. An enterprise may have several rows, one for each address and role; `counted` marks the one at
//! which it counts.

use super::{
    address_table::NOWHERE,
    categories::{Attributes, Category, NONE},
    spill::Spill,
    strings::Strings,
};
use crate::{code::is_natural_person, model::How};
use memchr::memmem;
use rayon::prelude::*;

/// Enterprises at addresses, by their position in reading order, and the order of their rows.
pub(super) struct EnterpriseTable {
    /// The code of each position.
    pub(super) codes: Strings,
    /// The name of each position, empty if it has none.
    pub(super) names: Spill,
    /// The address as text, of those that are not linked by code; empty otherwise.
    pub(super) texts: Spill,
    /// The row of the address of each position, or [`NOWHERE`].
    pub(super) addresses: Vec<u32>,
    /// How far down the text was matched, of links that were made by text.
    pub(super) match_levels: Category,
    /// The confidence of such links; NaN for others.
    pub(super) confidences: Vec<f32>,
    /// What each is to its address.
    pub(super) roles: Category,
    /// Whether each is in business.
    pub(super) active: Vec<bool>,
    /// The attributes by which enterprises are counted.
    pub(super) attributes: Attributes,
    /// Whether a position counts: once for each enterprise, see [`EnterpriseTable::arrange`].
    pub(super) counted: Vec<bool>,
    /// The position of each row: rows are by address; those without one stand at the end.
    pub(super) order: Vec<u32>,
    /// The first row of each address, and behind them the first of those without one.
    pub(super) starts: Vec<u32>,
    /// Rows in the order of their codes.
    pub(super) by_code: Vec<u32>,
}

impl EnterpriseTable {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// The row of the address of a position, if it has one.
    pub(super) fn address(&self, position: u32) -> Option<u32> {
        Some(self.addresses[position as usize]).filter(|row| *row != NOWHERE)
    }

    /// How the link of a position was made, if there is one.
    pub(super) fn how(&self, position: u32) -> Option<How> {
        let geocoded = self.match_levels.of_row[position as usize] != NONE;
        self.address(position).map(|_| if geocoded { How::Geocoded } else { How::Given })
    }

    /// The number of the role of a position.
    pub(super) fn role(&self, position: u32) -> u8 {
        self.roles.of_row[position as usize]
    }

    /// Whether a position is the one at which its enterprise counts.
    pub(super) fn counts(&self, position: u32) -> bool {
        self.counted[position as usize]
    }

    /// For each position whether it is a natural person in business: its code says so, or an attribute of any row with this code.
    pub(super) fn natural_persons(&self) -> Vec<bool> {
        let (simplified, traditional) = (memmem::Finder::new("个"), memmem::Finder::new("個"));
        let says = |word: &str| {
            let may = [&simplified, &traditional].iter().any(|finder| finder.find(word.as_bytes()).is_some());
            let bare: String = if may { word.chars().filter(|c| !c.is_whitespace()).collect() } else { String::new() };
            bare.contains("个体") || bare.contains("個體")
        };
        let words = self.attributes.words_that(says);
        let is_one = |position: usize| {
            let is_said = words.iter().any(|(category, numbers)| numbers.contains(&category.of_row[position]));
            is_said || is_natural_person(self.codes.get(position)) || says(self.names.get(position))
        };
        let mut found: Vec<bool> = (0..self.active.len()).into_par_iter().map(is_one).collect();
        // What is said of one row of a code holds for its others.
        let of_row = |row: &u32| self.order[*row as usize] as usize;
        let alike = self.by_code.par_chunk_by(|a, b| self.codes.get(of_row(a)) == self.codes.get(of_row(b)));
        for rows in alike.filter(|rows| rows.len() > 1).collect::<Vec<_>>() {
            let is_one = rows.iter().any(|row| found[of_row(row)]);
            rows.iter().for_each(|row| found[of_row(row)] = is_one);
        }
        found
    }
}
