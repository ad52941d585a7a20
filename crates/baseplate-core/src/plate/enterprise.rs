//! What an enterprise is asked, and where enterprises are.

use super::{
    handle::Baseplate,
    rows::{Address, Enterprise},
};
use crate::{
    code::fold_code,
    gazetteer::MatchLevel,
    model::{EnterpriseRole, How},
};
use std::ops::Range;

impl<'a> Enterprise<'a> {
    pub(crate) fn row(&self) -> u32 {
        self.row
    }

    /// Its 统一社会信用代码, as the source has it.
    pub fn uscc(&self) -> &'a str {
        self.plate.0.enterprises.uscc.get(self.row).unwrap_or_default()
    }

    /// Its name.
    pub fn name(&self) -> Option<&'a str> {
        self.plate.0.enterprises.name.get(self.row)
    }

    /// What it has to do with the address of this row.
    pub fn role(&self) -> Option<EnterpriseRole> {
        self.plate.0.enterprises.role.get(self.row)?.parse().ok()
    }

    /// Whether it is in business, as far as the source says.
    pub fn is_active(&self) -> bool {
        self.plate.0.enterprises.active.get(self.row).unwrap_or_default()
    }

    /// Whether the enterprise is counted at the address of this row. It is counted once, where it is registered: of several such
    /// rows at one that says it is in business, has an address, and that by code, in this order; then at the first.
    pub fn is_counted(&self) -> bool {
        self.plate.0.enterprises.counted.get(self.row).unwrap_or_default()
    }

    /// Whether it is a natural person in business (个体工商户), by its code or because one of its attributes says so.
    pub fn is_natural_person(&self) -> bool {
        // Where the cell cannot be read nobody is named.
        self.plate.0.enterprises.natural_person.get(self.row).unwrap_or(true)
    }

    /// Whether lists may name it; see [`Baseplate::with_natural_persons`].
    pub fn is_listed(&self) -> bool {
        self.plate.1 || !self.is_natural_person()
    }

    /// The address of this row.
    pub fn address(&self) -> Option<Address<'a>> {
        self.plate.address_row(self.plate.0.enterprises.address.get(self.row)?)
    }

    /// How the address of this row was found: given, or geocoded from its text. `None` if it has none.
    pub fn link(&self) -> Option<How> {
        How::from_u8(self.plate.0.enterprises.link.get(self.row)?)
    }

    /// How far down its text was matched and how likely that is right, if the address was found by the text.
    pub fn geocoded(&self) -> Option<(MatchLevel, f32)> {
        let table = &self.plate.0.enterprises;
        let word = table.match_level.get(self.row)?;
        let level = MatchLevel::ALL.into_iter().find(|level| level.as_str() == word)?;
        Some((level, table.confidence.get(self.row)?))
    }

    /// The address as text, if it could not be linked by code.
    pub fn address_text(&self) -> Option<&'a str> {
        self.plate.0.enterprises.address_text.get(self.row)
    }

    /// Its attributes: name and value.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let row = self.row;
        let columns = self.plate.0.enterprises.attributes.iter();
        columns.filter_map(move |(name, words)| Some((name.as_str(), words.get(row)?)))
    }

    /// Its value of an attribute, by the place of the attribute among those of enterprises.
    pub(crate) fn attribute(&self, attribute: usize) -> Option<&'a str> {
        self.plate.0.enterprises.attributes.get(attribute)?.1.get(self.row)
    }

    /// The number of its word in one of its attributes.
    pub(crate) fn attribute_number(&self, attribute: usize) -> Option<u8> {
        self.plate.0.enterprises.attributes.get(attribute)?.1.number(self.row)
    }

    /// All its rows: one for each address and role.
    pub fn everywhere(&self) -> impl Iterator<Item = Self> + use<'a> {
        let (plate, uscc) = (self.plate, self.uscc());
        let rows = plate.0.enterprises_by_code.find_all(uscc, |row| plate.0.enterprises.uscc.get(row));
        rows.iter().map(move |row| plate.enterprise_row(*row))
    }
}

impl Baseplate {
    /// The enterprise with a 统一社会信用代码, at all its addresses.
    pub fn enterprise(&self, uscc: &str) -> Option<Enterprise<'_>> {
        let uscc = fold_code(uscc).to_ascii_uppercase();
        let rows = self.0.enterprises_by_code.find_all(uscc.as_str(), |row| self.0.enterprises.uscc.get(row));
        let all = || rows.iter().map(|row| self.enterprise_row(*row));
        // Of several rows the one at which it counts.
        all().find(Enterprise::is_counted).or_else(|| all().next())
    }

    /// The rows of enterprises, in the order of the plate.
    pub(crate) fn enterprise_rows(&self) -> impl Iterator<Item = Enterprise<'_>> + Send {
        (0..self.manifest().rows.enterprises as u32).map(|row| self.enterprise_row(row))
    }

    /// The rows of enterprises that have an address.
    pub(crate) fn linked_enterprises(&self) -> impl ExactSizeIterator<Item = Enterprise<'_>> {
        (0..self.0.enterprises_linked).map(|row| self.enterprise_row(row))
    }

    /// Up to `most` enterprises with a name that has a text at its beginning, or soon after the names of divisions there. Natural
    /// persons in business are never among them.
    pub(crate) fn enterprises_named(&self, text: &str, most: usize) -> Vec<Enterprise<'_>> {
        let table = &self.0.enterprises;
        let mut rows: Vec<u32> = self.0.enterprises_by_name.starting_with(&table.name, text, most).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.into_iter().map(|row| self.enterprise_row(row)).filter(|one| !one.is_natural_person()).collect()
    }

    /// The rows of the enterprises at some rows of addresses.
    pub(super) fn enterprise_rows_at(&self, addresses: Range<u32>) -> Range<u32> {
        let (starts, linked) = (&self.0.addresses.first_enterprise, self.0.enterprises_linked);
        let end = starts.get(addresses.end).unwrap_or(linked).min(linked);
        starts.get(addresses.start).unwrap_or(end).min(end)..end
    }
}
