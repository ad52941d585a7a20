//! The layers of a plate: what hangs on its grids, buildings and addresses.

use super::{
    handle::Baseplate,
    record_table::{OpenedLayer, RecordTable},
    rows::{Address, Building, Grid, HexCell, Record},
};
use crate::{
    code::fold_code,
    model::Entity,
    quality::Rule,
    spatial::Bbox,
    store::{
        AttributeInfo, Counting, LayerInfo,
        layer::ENTERPRISES_LAYER,
        layer_counts::{CategoryCounts, LayerCounts},
    },
};
use std::{collections::BTreeMap, ops::Range, sync::Arc};

/// Addresses of a box that are looked at together.
const ADDRESSES_AT_ONCE: usize = 4096;

/// A layer: records of one sort that hang on addresses, and through them on buildings and grids.
#[derive(Clone, Copy)]
pub struct Layer<'a> {
    plate: &'a Baseplate,
    /// What is said of it to whoever reads the plate, and all that the manifest says.
    info: &'a LayerInfo,
    stored: &'a LayerInfo,
    opened: &'a OpenedLayer,
}

impl<'a> Layer<'a> {
    /// What the layer is called in requests, tiles and collections: `people`, `enterprises`.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let ids: Vec<&str> = plate.layers().map(|layer| layer.id()).collect();
    /// assert_eq!(ids, ["people", "enterprises"]);
    /// ```
    pub fn id(&self) -> &'a str {
        &self.info.id
    }

    /// All that the plate says of the layer to its reader: of its attributes those that are for the audience of this handle
    /// ([`Baseplate::for_audience`]).
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprises = plate.layer("enterprises").expect("every plate has it");
    /// assert!(enterprises.info().linked <= enterprises.info().rows);
    /// ```
    pub fn info(&self) -> &'a LayerInfo {
        self.info
    }

    /// How names of its attributes are told from those of other layers: `person`, `enterprise`, else the id of the layer.
    pub(crate) fn owner(&self) -> &'a str {
        if self.info.entity == Entity::Record { &self.info.id } else { self.info.entity.as_str() }
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
        self.info.entity
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
        self.info.counting
    }

    /// How many attributes of its records are for fewer than the audience of this handle ([`Baseplate::for_audience`]) and are not told.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprises = plate.layer("enterprises").expect("every plate has it");
    /// assert_eq!(enterprises.withheld(), 0);
    /// ```
    pub fn withheld(&self) -> usize {
        self.stored.attributes.len() - self.info.attributes.len()
    }

    /// What is stored of it, for its reader or not: columns and counts stand in this order.
    pub(super) fn stored(&self) -> &'a LayerInfo {
        self.stored
    }

    /// Whether its reader may read an attribute.
    pub(super) fn may_read(&self, attribute: &AttributeInfo) -> bool {
        attribute.audience <= self.plate.1.audience
    }

    /// The categories among its attributes, each with its place among all that are stored.
    pub(crate) fn categories(&self) -> impl Iterator<Item = (usize, &'a AttributeInfo)> + use<'a> {
        let layer = *self;
        self.stored.categories().enumerate().filter(move |(_, attribute)| layer.may_read(attribute))
    }

    /// The attributes that its reader may read, each with its place among the columns that are stored like it.
    pub(crate) fn attribute_columns(&self) -> impl Iterator<Item = (&'a AttributeInfo, usize)> + use<'a> {
        let layer = *self;
        let columns = self.stored.attributes.iter().zip(self.stored.attribute_columns());
        columns.filter(move |(attribute, _)| layer.may_read(attribute))
    }

    /// The attributes of its records, under the names that the source gives them; records are counted by those that are categories.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprises = plate.layer("enterprises").expect("every plate has it");
    /// assert!(enterprises.attributes().iter().any(|attribute| attribute.name == "industry"));
    /// ```
    pub fn attributes(&self) -> &'a [AttributeInfo] {
        &self.info.attributes
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
        let code = fold_code(code);
        let code = if self.info.entity == Entity::Enterprise { code.to_ascii_uppercase().into() } else { code };
        let rows = self.records_table()?.with_code(&code);
        let all = || rows.iter().filter_map(|row| self.row(*row));
        all().find(Record::is_counted).or_else(|| all().next())
    }

    /// All rows of its records, in the order of the plate: by address, those without one at the end. Natural persons in business
    /// are among them: whoever shows names filters by [`Record::is_listed`].
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprises = plate.layer("enterprises").expect("every plate has it");
    /// assert_eq!(enterprises.records().count() as u64, enterprises.info().rows);
    /// ```
    pub fn records(&self) -> impl Iterator<Item = Record<'a>> + Send + use<'a> {
        let layer = *self;
        (0..self.records_table().map_or(0, |records| records.columns.rows as u32)).filter_map(move |row| layer.row(row))
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
        let mut all = self.at_rows(first..first.saturating_add(building.address_count()));
        let alone = self.records_table().map(|records| records.in_building(building.row())).unwrap_or_default();
        all.extend(alone.filter_map(|row| self.row(row)));
        all.into_iter()
    }

    /// The records of which all that is known is that they lie in a grid of any level: no building, no point and no grid below it. Natural
    /// persons in business are among them: whoever shows names filters by [`Record::is_listed`].
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let community = plate.grid("990101001001").expect("in the sample");
    /// let enterprises = plate.layer("enterprises").expect("every plate has it");
    /// assert_eq!(enterprises.in_area_alone(community).len(), 0, "enterprises have addresses");
    /// ```
    pub fn in_area_alone(&self, grid: Grid<'a>) -> impl ExactSizeIterator<Item = Record<'a>> + use<'a> {
        let rows = self.records_table().map(|records| records.in_areas(grid.row()..grid.row().saturating_add(1)));
        rows.unwrap_or_default().filter_map(|row| self.row(row)).collect::<Vec<_>>().into_iter()
    }

    /// How many of its records count in a grid; `None` of people, whose numbers the grid has ([`Grid::count`]).
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Entity;
    ///
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// let enterprises = plate.layer("enterprises").expect("every plate has it");
    /// assert_eq!(enterprises.in_grid(grid), grid.count(Entity::Enterprise));
    /// ```
    pub fn in_grid(&self, grid: Grid<'_>) -> Option<u32> {
        self.records_table()?;
        self.opened.counts.grids.get(grid.row() as usize).copied()
    }

    /// How many of its records count in an H3 cell, on the terms of [`Layer::in_grid`].
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprises = plate.layer("enterprises").expect("every plate has it");
    /// let in_cells = plate.hex_cells(9).filter_map(|cell| enterprises.in_cell(cell)).sum::<u32>();
    /// assert!(in_cells > 0);
    /// ```
    pub fn in_cell(&self, cell: HexCell<'_>) -> Option<u32> {
        self.records_table()?;
        Some(self.opened.counts.in_cell(cell.cell()?))
    }

    /// How often each rule found something wrong with its records, of what the audience of the plate may be told
    /// ([`Baseplate::issue_counts`]); rules that found nothing are left out.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Entity;
    ///
    /// let enterprises = plate.layer("enterprises").expect("every plate has it");
    /// assert!(enterprises.issue_counts().keys().all(|rule| rule.entity() == Entity::Enterprise));
    /// ```
    pub fn issue_counts(&self) -> BTreeMap<Rule, u64> {
        self.plate.broken_by(self.opened)
    }

    /// Up to `most` records with a name that has a text at its beginning, or soon after the names of divisions there. Natural
    /// persons in business are never among them.
    pub(crate) fn named(&self, text: &str, most: usize) -> Vec<Record<'a>> {
        let Some(opened) = self.records_table() else { return Vec::new() };
        let mut rows: Vec<u32> = opened.by_name.starting_with(&opened.columns.name, text, most).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.into_iter().filter_map(|row| self.row(row)).filter(|one| !one.is_natural_person()).collect()
    }

    /// Up to `most` records that lists may name, with a code that begins so.
    pub(super) fn starting_with(&self, code: &str, most: usize) -> impl Iterator<Item = Record<'a>> + use<'a> {
        let layer = *self;
        let found = |records: &'a Arc<RecordTable>| records.by_code.starting_with(&records.columns.code, code, most);
        let rows: Vec<u32> = self.records_table().map(found).into_iter().flatten().collect();
        rows.into_iter().filter_map(move |row| layer.row(row)).filter(Record::is_listed)
    }

    /// How many of its rows have an address, a building or a point; they are the first of the table.
    pub(crate) fn pointed_rows(&self) -> u32 {
        self.records_table().map_or(0, |records| records.pointed())
    }

    /// How many of its rows have a place, if only an area; they are the first of the table.
    pub(crate) fn placed_rows(&self) -> u32 {
        self.records_table().map_or(0, |records| records.placed())
    }

    /// One of all rows, if there is such a row.
    pub(crate) fn any_record(&self, row: u32) -> Option<Record<'a>> {
        self.row(row)
    }

    /// One of the rows that have a place.
    pub(crate) fn placed_record(&self, row: u32) -> Option<Record<'a>> {
        self.row(row).filter(|_| row < self.placed_rows())
    }

    /// All rows that have a place.
    pub(crate) fn placed_records(&self) -> impl Iterator<Item = Record<'a>> + use<'a> {
        let layer = *self;
        (0..self.placed_rows()).filter_map(move |row| layer.row(row))
    }

    /// Its rows inside a box or on its border, at most `limit` from row `from` on, ascending.
    pub(crate) fn rows_in(&self, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        let Some(records) = self.records_table() else { return Vec::new() };
        if let Some(tree) = &records.by_place {
            let at = |row| Some(Bbox::EMPTY.extend(self.row(row)?.point()?));
            return tree.search_from(bbox, from, limit, at);
        }
        let (mut found, first) = (Vec::new(), records.columns.address.get(from).filter(|_| from < records.linked));
        let Some(mut address) = first else { return found };
        while found.len() < limit {
            // A few addresses have all that a page needs, if anything is there.
            let addresses = self.plate.address_rows_in(bbox, address, limit.min(ADDRESSES_AT_ONCE));
            let Some(last) = addresses.last() else { break };
            address = last + 1;
            let rows = addresses.iter().flat_map(|address| records.at(*address..address.saturating_add(1)));
            found.extend(rows.filter(|row| *row >= from));
        }
        found.truncate(limit);
        found
    }

    /// Whether any of its rows may lie in a box.
    pub(crate) fn may_be_in(&self, bbox: Bbox) -> bool {
        match self.records_table().and_then(|records| records.by_place.as_ref()) {
            Some(tree) => tree.touches(bbox, |row| Some(Bbox::EMPTY.extend(self.row(row)?.point()?))),
            None => self.plate.has_addresses_in(bbox),
        }
    }

    /// Its rows that have a point alone.
    pub(crate) fn point_records(&self) -> impl Iterator<Item = Record<'a>> + use<'a> {
        let layer = *self;
        let from = self.records_table().map_or(0, |records| records.built);
        (from..self.pointed_rows()).filter_map(move |row| layer.row(row))
    }

    /// What is counted by one of its categories, by the place of the attribute among those.
    pub(crate) fn category_counts(&self, category: usize) -> Option<&'a CategoryCounts> {
        self.opened.counts.category(category)
    }

    /// The H3 cells in which its records count.
    #[cfg(feature = "build")]
    pub(crate) fn counted_cells(&self) -> impl Iterator<Item = u64> + use<'a> {
        self.opened.counts.cells().map(|(cell, _)| cell)
    }

    /// The names of each of its classes from the top down, separated by `/`.
    pub(crate) fn class_paths(&self) -> &'a [String] {
        &self.opened.class_paths
    }

    /// Whether any of its records says when it ended.
    pub(crate) fn has_ends(&self) -> bool {
        self.records_table().is_some_and(|records| records.columns.until.has_any())
    }

    /// The plate that it is of.
    #[cfg(feature = "stats")]
    pub(super) fn plate(&self) -> &'a Baseplate {
        self.plate
    }

    /// Its id, shared by all that name it.
    pub(crate) fn shared_id(&self) -> Arc<str> {
        self.opened.id.clone()
    }

    /// What is counted of it.
    pub(super) fn counts(&self) -> &'a LayerCounts {
        &self.opened.counts
    }

    /// What its tiles and its collection show, and from which zoom on; `None` if there are no records to show.
    pub(crate) fn shown(&self) -> Option<(&'a str, u8)> {
        self.records_table().filter(|records| records.columns.rows > 0)?;
        Some((&self.info.about, self.info.first_zoom))
    }

    /// Its records, if anybody may read them.
    pub(super) fn records_table(&self) -> Option<&'a Arc<RecordTable>> {
        self.opened.records.as_ref()
    }

    fn row(&self, row: u32) -> Option<Record<'a>> {
        self.plate.record_row(self.records_table()?, row)
    }

    /// The records at some rows of addresses.
    pub(super) fn at_rows(&self, addresses: Range<u32>) -> Vec<Record<'a>> {
        let rows = self.records_table().map(|records| records.at(addresses)).unwrap_or_default();
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
        self.plate.layer_at(self.records.layer)
    }
}

impl Baseplate {
    /// The layers of the plate that the audience of this handle may read ([`Baseplate::for_audience`]), in the order in which
    /// statistics name their attributes.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// for layer in plate.layers() {
    ///     println!("{}: {} attributes", layer.id(), layer.attributes().len());
    /// }
    /// ```
    pub fn layers(&self) -> impl Iterator<Item = Layer<'_>> {
        (0..self.0.layers.len()).map(|at| self.layer_at(at)).filter(|layer| layer.info.audience <= self.1.audience)
    }

    /// The layer that is called so; `None` if the plate has none of that name.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert!(plate.layer("enterprises").is_some());
    /// assert!(plate.layer("hydrants").is_none());
    /// ```
    pub fn layer(&self, id: &str) -> Option<Layer<'_>> {
        self.layers().find(|layer| layer.info.id == id)
    }

    /// The layer at a place among those of the manifest.
    fn layer_at(&self, at: usize) -> Layer<'_> {
        let stored = &self.0.manifest.layers[at];
        let info = self.1.layers.as_ref().and_then(|layers| layers.get(at)).unwrap_or(stored);
        Layer { plate: self, info, stored, opened: &self.0.layers[at] }
    }

    /// The enterprises at some rows of addresses.
    pub(super) fn enterprises_at(&self, addresses: Range<u32>) -> impl ExactSizeIterator<Item = Record<'_>> {
        self.layer(ENTERPRISES_LAYER).map(|layer| layer.at_rows(addresses)).unwrap_or_default().into_iter()
    }

    /// The enterprise with a unified social credit code (统一社会信用代码): the [`Layer::record`] of the layer `enterprises`.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise(" 91990101mahtnddp28").expect("in the sample");
    /// assert_eq!(enterprise.code(), "91990101MAHTNDDP28");
    /// ```
    pub fn enterprise(&self, uscc: &str) -> Option<Record<'_>> {
        self.layer(ENTERPRISES_LAYER)?.record(uscc)
    }
}
