//! What an enterprise is asked, and where enterprises are.

use super::{
    handle::Baseplate,
    rows::{Address, Enterprise},
};
use crate::{
    code::fold_code,
    model::{EnterpriseRole, How},
    verdict::MatchLevel,
};
use std::ops::Range;

impl<'a> Enterprise<'a> {
    pub(crate) fn row(&self) -> u32 {
        self.row
    }

    /// The unified social credit code (统一社会信用代码) of the enterprise, as the source has it. It is never empty: a row whose code
    /// cannot be read is not there.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.uscc(), "91990101MAHTNDDP28");
    /// ```
    pub fn uscc(&self) -> &'a str {
        self.plate.0.enterprises.uscc.get(self.row).unwrap_or_default()
    }

    /// The name of the enterprise; `None` if the source has none.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.name(), Some("示例市琼潭悦酒店管理有限公司"));
    /// ```
    pub fn name(&self) -> Option<&'a str> {
        self.plate.0.enterprises.name.get(self.row)
    }

    /// What the enterprise has to do with the address of this row; `None` if the source does not say.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::EnterpriseRole;
    ///
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.role(), Some(EnterpriseRole::Registered));
    /// ```
    pub fn role(&self) -> Option<EnterpriseRole> {
        self.plate.0.enterprises.role.get(self.row)?.parse().ok()
    }

    /// Whether the enterprise is in business, as far as the source says.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(enterprise.is_active());
    /// ```
    pub fn is_active(&self) -> bool {
        self.plate.0.enterprises.active.get(self.row).unwrap_or_default()
    }

    /// Whether the enterprise is counted at the address of this row. It is counted once, where it is registered: of several such
    /// rows at one that says it is in business, has an address, and that by code, in this order; then at the first.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(enterprise.is_counted());
    /// ```
    pub fn is_counted(&self) -> bool {
        self.plate.0.enterprises.counted.get(self.row).unwrap_or_default()
    }

    /// Whether the enterprise is a natural person in business (个体工商户), by its code or because one of its attributes says so.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(!enterprise.is_natural_person());
    /// ```
    pub fn is_natural_person(&self) -> bool {
        // Where the cell cannot be read nobody is named.
        self.plate.0.enterprises.natural_person.get(self.row).unwrap_or(true)
    }

    /// Whether lists may name the enterprise; see [`Baseplate::with_natural_persons`].
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(enterprise.is_listed());
    /// ```
    pub fn is_listed(&self) -> bool {
        self.plate.1 || !self.is_natural_person()
    }

    /// The address of this row; `None` if it could not be linked.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.address(), plate.address("9901010010010100001000101"));
    /// ```
    pub fn address(&self) -> Option<Address<'a>> {
        self.plate.address_row(self.plate.0.enterprises.address.get(self.row)?)
    }

    /// How the address of this row was found: given, or geocoded from its text; `None` if it has none.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::How;
    ///
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.link(), Some(How::Given));
    /// ```
    pub fn link(&self) -> Option<How> {
        How::from_u8(self.plate.0.enterprises.link.get(self.row)?)
    }

    /// How far down the text of the address was matched and how likely that is right, from 0 to 1, if the address was found by the
    /// text; `None` if it was given.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.geocoded(), None, "its address was given");
    /// ```
    pub fn geocoded(&self) -> Option<(MatchLevel, f32)> {
        let table = &self.plate.0.enterprises;
        let word = table.match_level.get(self.row)?;
        let level = MatchLevel::ALL.into_iter().find(|level| level.as_str() == word)?;
        Some((level, table.confidence.get(self.row)?))
    }

    /// The address of this row as text, if it was not linked by code.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.address_text(), None, "it was linked by code");
    /// ```
    pub fn address_text(&self) -> Option<&'a str> {
        self.plate.0.enterprises.address_text.get(self.row)
    }

    /// The attributes of the enterprise that the source has a value for: name and value.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(enterprise.attributes().any(|attribute| attribute == ("industry", "餐饮")));
    /// ```
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

    /// All rows of the enterprise: one for each address and role.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(enterprise.everywhere().all(|row| row.uscc() == enterprise.uscc()));
    /// ```
    pub fn everywhere(&self) -> impl Iterator<Item = Self> + use<'a> {
        let (plate, uscc) = (self.plate, self.uscc());
        let rows = plate.0.enterprises_by_code.find_all(uscc, |row| plate.0.enterprises.uscc.get(row));
        rows.iter().filter_map(move |row| plate.enterprise_row(*row))
    }
}

impl Baseplate {
    /// The enterprise with a unified social credit code (统一社会信用代码); of several rows the one at which it counts. Case, width and
    /// spaces do not matter. [`Enterprise::everywhere`] leads to the others.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise(" 91990101mahtnddp28").expect("in the sample");
    /// assert_eq!(enterprise.uscc(), "91990101MAHTNDDP28");
    /// ```
    pub fn enterprise(&self, uscc: &str) -> Option<Enterprise<'_>> {
        let uscc = fold_code(uscc).to_ascii_uppercase();
        let rows = self.0.enterprises_by_code.find_all(uscc.as_str(), |row| self.0.enterprises.uscc.get(row));
        let all = || rows.iter().filter_map(|row| self.enterprise_row(*row));
        // Of several rows the one at which it counts.
        all().find(Enterprise::is_counted).or_else(|| all().next())
    }

    /// The rows of enterprises, in the order of the plate.
    pub(crate) fn enterprise_rows(&self) -> impl Iterator<Item = Enterprise<'_>> + Send {
        (0..self.manifest().rows.enterprises as u32).filter_map(|row| self.enterprise_row(row))
    }

    /// How many rows of enterprises have an address; they are the first of the table.
    pub(crate) fn linked_enterprise_rows(&self) -> u32 {
        self.0.enterprises_linked
    }

    /// One of the rows of enterprises that have an address.
    pub(crate) fn linked_enterprise(&self, row: u32) -> Option<Enterprise<'_>> {
        self.enterprise_row(row).filter(|_| row < self.0.enterprises_linked)
    }

    /// All rows of enterprises that have an address.
    pub(crate) fn linked_enterprises(&self) -> impl Iterator<Item = Enterprise<'_>> {
        (0..self.0.enterprises_linked).filter_map(|row| self.enterprise_row(row))
    }

    /// Up to `most` enterprises with a name that has a text at its beginning, or soon after the names of divisions there. Natural
    /// persons in business are never among them.
    pub(crate) fn enterprises_named(&self, text: &str, most: usize) -> Vec<Enterprise<'_>> {
        let table = &self.0.enterprises;
        let mut rows: Vec<u32> = self.0.enterprises_by_name.starting_with(&table.name, text, most).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.into_iter().filter_map(|row| self.enterprise_row(row)).filter(|one| !one.is_natural_person()).collect()
    }

    /// The rows of the enterprises at some rows of addresses.
    pub(super) fn enterprise_rows_at(&self, addresses: Range<u32>) -> Range<u32> {
        let (starts, linked) = (&self.0.addresses.first_enterprise, self.0.enterprises_linked);
        let end = starts.get(addresses.end).unwrap_or(linked).min(linked);
        starts.get(addresses.start).unwrap_or(end).min(end)..end
    }
}
