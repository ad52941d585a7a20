//! The enterprises of a plate as a table, by address.

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
    pub(super) codes: Strings,
    pub(super) names: Spill,
    /// The address as text, of those that are not linked by code.
    pub(super) texts: Spill,
    /// Rows of their addresses, or [`NOWHERE`].
    pub(super) addresses: Vec<u32>,
    /// How the links of those were made that have only a text: how far down it was matched, and the confidence.
    pub(super) match_levels: Category,
    pub(super) confidences: Vec<f32>,
    pub(super) roles: Category,
    pub(super) active: Vec<bool>,
    pub(super) attributes: Attributes,
    /// Whether a position counts: once for each enterprise, see [`EnterpriseTable::arrange`].
    pub(super) counted: Vec<bool>,
    /// Positions in the order of the rows: by address; without one at the end.
    pub(super) order: Vec<u32>,
    /// The first row of each address, and of those without one.
    pub(super) starts: Vec<u32>,
    /// Rows in the order of their codes.
    pub(super) by_code: Vec<u32>,
}

impl EnterpriseTable {
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    pub(super) fn address(&self, position: u32) -> Option<u32> {
        Some(self.addresses[position as usize]).filter(|row| *row != NOWHERE)
    }

    /// How the link of a position was made, if there is one.
    pub(super) fn how(&self, position: u32) -> Option<How> {
        let geocoded = self.match_levels.of_row[position as usize] != NONE;
        self.address(position).map(|_| if geocoded { How::Geocoded } else { How::Given })
    }

    pub(super) fn role(&self, position: u32) -> u8 {
        self.roles.of_row[position as usize]
    }

    /// Whether a position counts.
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
