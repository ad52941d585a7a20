//! The layers of a plate: what hangs on its grids, buildings and addresses.

use super::{
    handle::Baseplate,
    record_table::RecordTable,
    rows::{Address, Building, Record},
};
use crate::{
    code::fold_code,
    model::Entity,
    schema::layers::{Counting, ENTERPRISES, LAYERS, LayerDeclaration},
    store::AttributeInfo,
};
use std::ops::Range;

/// A layer: records of one sort that hang on addresses, and through them on buildings and grids.
#[derive(Clone, Copy)]
pub struct Layer<'a> {
    plate: &'a Baseplate,
    declared: &'static LayerDeclaration,
    /// Its records, if anybody may read them.
    opened: Option<&'a RecordTable>,
}

impl<'a> Layer<'a> {
    fn of(plate: &'a Baseplate, declared: &'static LayerDeclaration) -> Self {
        let opened = plate.0.layers.iter().find(|records| records.declared.entity == declared.entity);
        Self { plate, declared, opened }
    }

    /// What the layer is called in requests, tiles and collections: `people`, `enterprises`.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let ids: Vec<&str> = plate.layers().map(|layer| layer.id()).collect();
    /// assert_eq!(ids, ["people", "enterprises"]);
    /// ```
    pub fn id(&self) -> &'static str {
        self.declared.id
    }

    /// What one of its records is.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Entity;
    ///
    /// assert_eq!(plate.layer("enterprises").map(|layer| layer.entity()), Some(Entity::Enterprise));
    /// ```
    pub fn entity(&self) -> Entity {
        self.declared.entity
    }

    /// How its records are counted. Those that are counted in blocks are never shown: of such a layer all methods that lead to
    /// records find none.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Counting;
    ///
    /// let people = plate.layer("people").expect("every plate has it");
    /// assert_eq!(people.counting(), Counting::Blocks);
    /// assert_eq!(people.records().count(), 0);
    /// ```
    pub fn counting(&self) -> Counting {
        self.declared.counting
    }

    /// The attributes that its records can be counted by, under the names that the source gives them, with their values.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprises = plate.layer("enterprises").expect("every plate has it");
    /// assert!(enterprises.attributes().iter().any(|attribute| attribute.name == "industry"));
    /// ```
    pub fn attributes(&self) -> &'a [AttributeInfo] {
        self.plate.manifest().attributes_of(self.declared.entity)
    }

    /// The record with a code; of several rows the one at which it counts. Case, width and spaces of the code do not matter.
    /// [`Record::everywhere`] leads to the others.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprises = plate.layer("enterprises").expect("every plate has it");
    /// let record = enterprises.record(" 91990101mahtnddp28").expect("in the sample");
    /// assert_eq!(record.code(), "91990101MAHTNDDP28");
    /// ```
    pub fn record(&self, code: &str) -> Option<Record<'a>> {
        let code = fold_code(code).to_ascii_uppercase();
        let rows = self.opened?.with_code(&code);
        let all = || rows.iter().filter_map(|row| self.row(*row));
        all().find(Record::is_counted).or_else(|| all().next())
    }

    /// All rows of its records, in the order of the plate: by address, those without one at the end. Natural persons in business
    /// are among them: whoever shows names filters by [`Record::is_listed`].
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprises = plate.layer("enterprises").expect("every plate has it");
    /// assert_eq!(enterprises.records().count() as u64, plate.manifest().rows.enterprises);
    /// ```
    pub fn records(&self) -> impl Iterator<Item = Record<'a>> + Send + use<'a> {
        let layer = *self;
        (0..self.opened.map_or(0, |records| records.columns.rows as u32)).filter_map(move |row| layer.row(row))
    }

    /// The records at an address, one row for each role. Natural persons in business are among them: whoever shows names
    /// filters by [`Record::is_listed`].
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let address = plate.address("9901010010010100001000101").expect("in the sample");
    /// let enterprises = plate.layer("enterprises").expect("every plate has it");
    /// assert!(enterprises.at(address).any(|record| record.code() == "91990101MAHTNDDP28"));
    /// ```
    pub fn at(&self, address: Address<'a>) -> impl ExactSizeIterator<Item = Record<'a>> + use<'a> {
        self.at_rows(address.row()..address.row().saturating_add(1)).into_iter()
    }

    /// The records at the addresses of a building, one row for each address and role. Natural persons in business are among
    /// them: whoever shows names filters by [`Record::is_listed`].
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// let enterprises = plate.layer("enterprises").expect("every plate has it");
    /// assert!(enterprises.in_building(building).len() > 1);
    /// ```
    pub fn in_building(&self, building: Building<'a>) -> impl ExactSizeIterator<Item = Record<'a>> + use<'a> {
        let first = building.first_address();
        self.at_rows(first..first.saturating_add(building.address_count())).into_iter()
    }

    /// Up to `most` records with a name that has a text at its beginning, or soon after the names of divisions there. Natural
    /// persons in business are never among them.
    pub(crate) fn named(&self, text: &str, most: usize) -> Vec<Record<'a>> {
        let Some(opened) = self.opened else { return Vec::new() };
        let mut rows: Vec<u32> = opened.by_name.starting_with(&opened.columns.name, text, most).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.into_iter().filter_map(|row| self.row(row)).filter(|one| !one.is_natural_person()).collect()
    }

    /// Up to `most` records that lists may name, with a code that begins so.
    pub(super) fn starting_with(&self, code: &str, most: usize) -> impl Iterator<Item = Record<'a>> + use<'a> {
        let layer = *self;
        let found = |records: &'a RecordTable| records.by_code.starting_with(&records.columns.uscc, code, most);
        let rows: Vec<u32> = self.opened.map(found).into_iter().flatten().collect();
        rows.into_iter().filter_map(move |row| layer.row(row)).filter(Record::is_listed)
    }

    /// How many of its rows have an address; they are the first of the table.
    pub(crate) fn linked_rows(&self) -> u32 {
        self.opened.map_or(0, |records| records.linked)
    }

    /// One of the rows that have an address.
    pub(crate) fn linked_record(&self, row: u32) -> Option<Record<'a>> {
        self.row(row).filter(|_| row < self.linked_rows())
    }

    /// All rows that have an address.
    pub(crate) fn linked_records(&self) -> impl Iterator<Item = Record<'a>> + use<'a> {
        let layer = *self;
        (0..self.linked_rows()).filter_map(move |row| layer.row(row))
    }

    /// The place of its first attribute among those of all layers.
    pub(crate) fn first_attribute(&self) -> usize {
        let before = self.plate.layers().take_while(|layer| layer.declared.entity != self.declared.entity);
        before.map(|layer| layer.attributes().len()).sum()
    }

    /// What its tiles and its collection show, and from which zoom on; `None` if there are no records to show.
    pub(crate) fn shown(&self) -> Option<(&'static str, u8)> {
        self.opened.filter(|records| records.columns.rows > 0)?;
        Some((self.declared.about, self.declared.first_zoom))
    }

    fn row(&self, row: u32) -> Option<Record<'a>> {
        self.plate.record_row(self.opened?, row)
    }

    /// The records at some rows of addresses.
    pub(super) fn at_rows(&self, addresses: Range<u32>) -> Vec<Record<'a>> {
        let starts = &self.plate.0.addresses.first_enterprise;
        let rows = self.opened.map(|records| records.at(addresses, starts)).unwrap_or_default();
        rows.filter_map(|row| self.row(row)).collect()
    }
}

impl<'a> Record<'a> {
    /// The layer that the record is of.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.layer().id(), "enterprises");
    /// ```
    pub fn layer(&self) -> Layer<'a> {
        Layer::of(self.plate, self.records.declared)
    }
}

impl Baseplate {
    /// The layers of the plate, in the order in which statistics name their attributes.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// for layer in plate.layers() {
    ///     println!("{}: {} attributes", layer.id(), layer.attributes().len());
    /// }
    /// ```
    pub fn layers(&self) -> impl Iterator<Item = Layer<'_>> {
        LAYERS.iter().map(|declared| Layer::of(self, declared))
    }

    /// The layer that is called so; `None` if the plate has none of that name.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert!(plate.layer("enterprises").is_some());
    /// assert!(plate.layer("hydrants").is_none());
    /// ```
    pub fn layer(&self, id: &str) -> Option<Layer<'_>> {
        self.layers().find(|layer| layer.declared.id == id)
    }

    /// The enterprises at some rows of addresses.
    pub(super) fn enterprises_at(&self, addresses: Range<u32>) -> impl ExactSizeIterator<Item = Record<'_>> {
        self.layer(ENTERPRISES).map(|layer| layer.at_rows(addresses)).unwrap_or_default().into_iter()
    }

    /// The enterprise with a unified social credit code (统一社会信用代码): the [`Layer::record`] of the layer `enterprises`.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise(" 91990101mahtnddp28").expect("in the sample");
    /// assert_eq!(enterprise.code(), "91990101MAHTNDDP28");
    /// ```
    pub fn enterprise(&self, uscc: &str) -> Option<Record<'_>> {
        self.layer(ENTERPRISES)?.record(uscc)
    }
}
