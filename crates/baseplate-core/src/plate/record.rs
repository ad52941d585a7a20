//! What a record of a layer is asked.

use super::rows::{Address, Record};
use crate::{
    model::{Entity, How},
    verdict::MatchLevel,
};

impl<'a> Record<'a> {
    pub(crate) fn row(&self) -> u32 {
        self.row
    }

    /// The code of the record, as the source has it: of an enterprise its unified social credit code (统一社会信用代码). It is never
    /// empty: a row whose code cannot be read is not there.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.code(), "91990101MAHTNDDP28");
    /// ```
    pub fn code(&self) -> &'a str {
        self.records.columns.uscc.get(self.row).unwrap_or_default()
    }

    /// What the record is, as its layer says.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Entity;
    ///
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.entity(), Entity::Enterprise);
    /// ```
    pub fn entity(&self) -> Entity {
        self.records.declared.entity
    }

    /// The name of the record; `None` if the source has none.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.name(), Some("示例市琼潭悦酒店管理有限公司"));
    /// ```
    pub fn name(&self) -> Option<&'a str> {
        self.records.columns.name.get(self.row)
    }

    /// What the record has to do with the address of this row, such as 注册 (has its registered office there), 经营 (does its business
    /// there) or 仓储 (has a warehouse there) of an enterprise; `None` if the source does not say.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.role(), Some("注册"));
    /// ```
    pub fn role(&self) -> Option<&'a str> {
        let role = self.records.columns.role.get(self.row)?;
        self.records.declared.roles.contains(&role).then_some(role)
    }

    /// The place of its role among those that the layer declares, the one by which records count first.
    pub(crate) fn role_number(&self) -> Option<usize> {
        let role = self.role()?;
        self.records.declared.roles.iter().position(|word| *word == role)
    }

    /// Whether the record is still so, as far as the source says: of an enterprise, whether it is in business.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(enterprise.is_active());
    /// ```
    pub fn is_active(&self) -> bool {
        self.records.columns.active.get(self.row).unwrap_or_default()
    }

    /// Whether the record is counted at the address of this row. An enterprise is counted once, where it is registered: of several
    /// such rows at one that says it is in business, has an address, and that by code, in this order; then at the first.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(enterprise.is_counted());
    /// ```
    pub fn is_counted(&self) -> bool {
        self.records.columns.counted.get(self.row).unwrap_or_default()
    }

    /// Whether the record is a natural person in business (个体工商户), by its code or because one of its attributes says so.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(!enterprise.is_natural_person());
    /// ```
    pub fn is_natural_person(&self) -> bool {
        // Where the cell cannot be read nobody is named.
        self.records.columns.natural_person.get(self.row).unwrap_or(true)
    }

    /// Whether lists may name the record; see [`Baseplate::with_natural_persons`](super::Baseplate::with_natural_persons).
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
        self.plate.address_row(self.records.columns.address.get(self.row)?)
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
        How::from_u8(self.records.columns.link.get(self.row)?)
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
        let table = &self.records.columns;
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
        self.records.columns.address_text.get(self.row)
    }

    /// The attributes of the record that the source has a value for: name and value.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(enterprise.attributes().any(|attribute| attribute == ("industry", "餐饮")));
    /// ```
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let row = self.row;
        let columns = self.records.columns.attributes.iter();
        columns.filter_map(move |(name, words)| Some((name.as_str(), words.get(row)?)))
    }

    /// Its value of an attribute, by the place of the attribute among those of its layer.
    pub(crate) fn attribute(&self, attribute: usize) -> Option<&'a str> {
        self.records.columns.attributes.get(attribute)?.1.get(self.row)
    }

    /// The number of its word in one of its attributes.
    pub(crate) fn attribute_number(&self, attribute: usize) -> Option<u8> {
        self.records.columns.attributes.get(attribute)?.1.number(self.row)
    }

    /// All rows of the record: one for each address and role.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(enterprise.everywhere().all(|row| row.code() == enterprise.code()));
    /// ```
    pub fn everywhere(&self) -> impl Iterator<Item = Self> + use<'a> {
        let (plate, records) = (self.plate, self.records);
        records.with_code(self.code()).iter().filter_map(move |row| plate.record_row(records, *row))
    }
}
