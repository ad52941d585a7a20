//! Finding rows by code, by name and by place.

use super::{
    handle::Baseplate,
    rows::{Address, Building, Grid, row_box},
};
use crate::{
    code::{CodeError, CodeType, fold_code},
    model::{GridKind, Level},
    spatial::{Bbox, LngLat, covers},
};

/// Levels of up to this many grids are looked through one by one.
const SCANNED: usize = 4096;

impl Baseplate {
    /// The buildings whose footprint contains or touches a point (degrees, EPSG:4490): those that stand before those that were
    /// demolished, both in the order of the plate.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// let at = building.point().expect("every building has one");
    /// assert_eq!(plate.buildings_at(at), [building]);
    /// ```
    pub fn buildings_at(&self, point: LngLat) -> Vec<Building<'_>> {
        let mut found = self.buildings_in(Bbox::EMPTY.extend(point));
        found.retain(|b| b.footprint().is_some_and(|area| covers(&area, point.coord())));
        found.sort_by_key(Building::is_demolished);
        found
    }

    /// The buildings whose box touches `bbox` (degrees, EPSG:4490), in the order of the plate.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Bbox;
    ///
    /// let found = plate.buildings_in(Bbox([114.035, 22.545, 114.038, 22.548]));
    /// assert!(found.iter().any(|building| building.code() == "9901010010010100001"));
    /// ```
    pub fn buildings_in(&self, bbox: Bbox) -> Vec<Building<'_>> {
        let table = &self.0.buildings;
        let rows = table.by_place.search(bbox, |row| row_box(&table.bbox, row));
        rows.into_iter().filter_map(|row| self.building_row(row)).collect()
    }

    /// The addresses inside `bbox` (degrees, EPSG:4490) or on its border, in the order of the plate.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Bbox;
    ///
    /// let found = plate.addresses_in(Bbox([114.03, 22.54, 114.05, 22.56]));
    /// assert!(found.len() > 100);
    /// ```
    pub fn addresses_in(&self, bbox: Bbox) -> Vec<Address<'_>> {
        let table = &self.0.addresses;
        let at = |row| Some(Bbox::EMPTY.extend(LngLat::new(table.lng.get(row)?, table.lat.get(row)?)));
        let rows = table.by_place.search(bbox, at);
        rows.into_iter().filter_map(|row| self.address_row(row)).collect()
    }

    /// The grids of all levels and kinds whose box touches `bbox` (degrees, EPSG:4490), in the order of the plate.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Bbox;
    ///
    /// let found = plate.grids_in(Bbox([114.035, 22.545, 114.038, 22.548]));
    /// assert!(found.iter().any(|grid| grid.name() == "示例市"));
    /// ```
    pub fn grids_in(&self, bbox: Bbox) -> Vec<Grid<'_>> {
        let table = &self.0.grids;
        let rows = table.by_place.search(bbox, |row| row_box(&table.bbox, row));
        rows.into_iter().filter_map(|row| self.grid_row(row)).collect()
    }

    /// The grids of one kind and level whose box touches `bbox` (degrees, EPSG:4490), by code.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{Bbox, GridKind, Level};
    ///
    /// let bbox = Bbox([114.035, 22.545, 114.038, 22.548]);
    /// let communities = plate.grids_of(&GridKind::basic(), Level::Community, bbox);
    /// assert_eq!(communities[0].name(), "鹤渚社区");
    /// ```
    pub fn grids_of(&self, kind: &GridKind, level: Level, bbox: Bbox) -> Vec<Grid<'_>> {
        let table = &self.0.grids;
        let place = |row: u32| row_box(&table.bbox, row);
        let rows = self.level_rows(kind, level);
        let found: Vec<u32> = if rows.len() <= SCANNED {
            rows.filter(|row| place(*row).is_some_and(|b| b.intersection(bbox).is_some())).collect()
        } else {
            let mut found = table.by_place.search(bbox, place);
            found.retain(|row| rows.contains(row));
            found
        };
        found.into_iter().filter_map(|row| self.grid_row(row)).collect()
    }

    /// Whether the box of a grid of any level and kind touches `bbox`.
    pub(crate) fn has_grids_in(&self, bbox: Bbox) -> bool {
        let table = &self.0.grids;
        table.by_place.touches(bbox, |row| row_box(&table.bbox, row))
    }

    /// Whether the box of a building touches `bbox`.
    pub(crate) fn has_buildings_in(&self, bbox: Bbox) -> bool {
        let table = &self.0.buildings;
        table.by_place.touches(bbox, |row| row_box(&table.bbox, row))
    }

    /// Whether an address lies inside `bbox` or on its border.
    pub(crate) fn has_addresses_in(&self, bbox: Bbox) -> bool {
        let table = &self.0.addresses;
        table
            .by_place
            .touches(bbox, |row| Some(Bbox::EMPTY.extend(LngLat::new(table.lng.get(row)?, table.lat.get(row)?))))
    }

    /// The grids of all levels and kinds with a code, the basic and finest one first: in some cities a district and a community
    /// have the same. Case, width and spaces do not matter.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert_eq!(plate.grids_with_code("990101001001").map(|grid| grid.name()).collect::<Vec<_>>(), ["鹤渚社区"]);
    /// ```
    pub fn grids_with_code(&self, code: &str) -> impl Iterator<Item = Grid<'_>> {
        let code = fold_code(code).to_ascii_uppercase();
        let rows = self.0.grids.by_code.find_all(code.as_str(), |row| self.0.grids.code.get(row));
        rows.iter().filter_map(|row| self.grid_row(*row))
    }

    /// The grid with a code; where several have it, the basic and finest one. Case, width and spaces do not matter.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert_eq!(plate.grid("990101001001").map(|grid| grid.name()), Some("鹤渚社区"));
    /// assert!(plate.grid("nothing").is_none());
    /// ```
    pub fn grid(&self, code: &str) -> Option<Grid<'_>> {
        let code = fold_code(code).to_ascii_uppercase();
        self.grid_row(self.0.grids.by_code.find(&self.0.grids.code, &code)?)
    }

    /// The building with a code. Width and spaces do not matter.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert!(plate.building("9901010010010100001").is_some());
    /// ```
    pub fn building(&self, code: &str) -> Option<Building<'_>> {
        self.building_row(self.0.buildings.by_code.find(&self.0.buildings.code, &fold_code(code))?)
    }

    /// The address with a code. Width and spaces do not matter.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert!(plate.address("9901010010010100001000101").is_some());
    /// ```
    pub fn address(&self, code: &str) -> Option<Address<'_>> {
        self.address_row(self.0.addresses.by_code.find(&self.0.addresses.code, &fold_code(code))?)
    }

    /// The types of codes that this city has: the five that every city has, and its own.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert_eq!(plate.code_types().len(), 5, "the town has none of its own");
    /// ```
    pub fn code_types(&self) -> Vec<CodeType> {
        let own = self.manifest().code_types.iter();
        let own = own.filter_map(|t| CodeType::own(&t.name, &t.pattern, t.entity).ok());
        CodeType::standard().into_iter().chain(own).collect()
    }

    /// Of which types a text could be a code, and what is wrong with it as each of them.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let fitting = plate.explain("91990101MAHTNDDP28").into_iter().filter(|(_, checked)| checked.is_ok());
    /// assert!(fitting.count() > 0);
    /// ```
    pub fn explain(&self, text: &str) -> Vec<(CodeType, Result<(), CodeError>)> {
        self.code_types().into_iter().map(|t| (t.clone(), t.check(text))).collect()
    }

    /// Up to `most` grids whose name has a text in it.
    pub(crate) fn grids_named(&self, text: &str, most: usize) -> Vec<Grid<'_>> {
        let (names, finder) = (&self.0.grids.name, memchr::memmem::Finder::new(text));
        let is_named = |row: &u32| names.get(*row).is_some_and(|name| finder.find(name.as_bytes()).is_some());
        let rows = (0..self.0.grids.rows as u32).filter(is_named);
        rows.filter_map(|row| self.grid_row(row)).take(most).collect()
    }

    /// The first rows from `from` on, at most `limit`, of the buildings whose box touches `bbox`.
    pub(crate) fn building_rows_in(&self, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        let table = &self.0.buildings;
        table.by_place.search_from(bbox, from, limit, |row| row_box(&table.bbox, row))
    }

    /// The first rows from `from` on, at most `limit`, of the addresses inside `bbox` or on its border.
    pub(crate) fn address_rows_in(&self, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        let table = &self.0.addresses;
        let at = |row| Some(Bbox::EMPTY.extend(LngLat::new(table.lng.get(row)?, table.lat.get(row)?)));
        table.by_place.search_from(bbox, from, limit, at)
    }
}
