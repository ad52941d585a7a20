//! What records hang on: grids, buildings and addresses.
//!
//! A build has them in memory, an open plate has them mapped; layers are read, linked and counted alike on either.

use super::{
    address_table::{AddressTable, grids_of_address},
    building_table::BuildingTable,
    context::Context,
};
use crate::{
    code::fold_code,
    gazetteer::index::GeoIndex,
    model::{GridKind, Level},
    spatial::LngLat,
};
use std::collections::HashMap;

/// Grids, buildings and addresses by their rows. Coverages are known by their place among those of the plate, the first one first.
pub(crate) trait Backbone: Sync {
    /// The index of address texts, which answers with rows of addresses.
    fn geo_index(&self) -> &GeoIndex;
    /// How many addresses there are.
    fn addresses(&self) -> usize;
    /// The row of the address with a code, compared letter by letter.
    fn address_of(&self, code: &str) -> Option<u32>;
    /// The row of the building with a code.
    fn building_of(&self, code: &str) -> Option<u32>;
    /// The row of the grid of the first coverage or above it with a code; of several the finest.
    fn area_of(&self, code: &str) -> Option<u32>;
    /// The same by its number.
    fn area_numbered(&self, number: u32) -> Option<u32>;
    /// Where the enterprise with a code counts, else where another of its rows is; `None` if there is no such enterprise.
    fn enterprise_place(&self, code: &str) -> Option<EnterprisePlace>;
    /// The row of the building of an address.
    fn building_at(&self, address: u32) -> Option<u32>;
    /// The point of an address, and its H3 cell of resolution 12.
    fn address_place(&self, address: u32) -> Option<(LngLat, u64)>;
    /// The same of a building.
    fn building_place(&self, building: u32) -> Option<(LngLat, u64)>;
    /// The row of the grid of a coverage in which an address lies.
    fn address_grid(&self, address: u32, coverage: usize) -> Option<u32>;
    /// The same of a building.
    fn building_grid(&self, building: u32, coverage: usize) -> Option<u32>;
    /// The kinds of the coverages.
    fn kinds(&self) -> Vec<GridKind>;
    /// For each coverage the row of the grid that owns a point.
    fn grids_at(&self, point: LngLat) -> Vec<Option<u32>>;
    /// For each grid of any kind and level, from the ground up, the row of the one above it that is of its kind.
    fn parents(&self) -> Vec<Option<u32>>;
    /// How many of the grids, which come first, are of the kind of the first coverage.
    fn of_first_kind(&self) -> usize;
    /// The names of the grids above the ground.
    fn divisions(&self) -> Vec<&str>;
}

/// Where an enterprise is, if that is known: the row of its address, else that of its building.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct EnterprisePlace {
    pub(crate) address: Option<u32>,
    pub(crate) building: Option<u32>,
}

/// A code of a grid or of an enterprise as it is compared.
pub(crate) fn upper_code(code: &str) -> String {
    fold_code(code).to_ascii_uppercase()
}

/// The tables of a build.
pub(super) struct Assembled<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) buildings: &'a BuildingTable,
    pub(super) addresses: &'a AddressTable,
    pub(super) geo_index: &'a GeoIndex,
    /// The rows of buildings by code.
    pub(super) building_codes: HashMap<&'a str, u32>,
    /// The rows of the grids of the first kind by code, and by number.
    pub(super) area_codes: HashMap<String, u32>,
    pub(super) area_numbers: HashMap<u32, u32>,
    /// The enterprises by code, once they are read, if records name any.
    pub(super) enterprises: HashMap<String, EnterprisePlace>,
}

/// The rows of the grids of the first kind by code, of several with one code that of the finest.
pub(super) fn areas_by_code(context: &Context<'_>) -> HashMap<String, u32> {
    let drafts = &context.grids.drafts[..context.first_kind_parents().len()];
    let mut rows = HashMap::new();
    for (row, draft) in (0..).zip(drafts) {
        rows.entry(upper_code(&draft.code)).or_insert(row);
    }
    rows
}

/// The same rows by the numbers of the grids.
pub(super) fn areas_by_number(context: &Context<'_>) -> HashMap<u32, u32> {
    context.grids.numbers[..context.first_kind_parents().len()].iter().copied().zip(0..).collect()
}

impl Backbone for Assembled<'_> {
    fn geo_index(&self) -> &GeoIndex {
        self.geo_index
    }

    fn addresses(&self) -> usize {
        self.addresses.len()
    }

    fn address_of(&self, code: &str) -> Option<u32> {
        self.addresses.row_of(code)
    }

    fn building_of(&self, code: &str) -> Option<u32> {
        self.building_codes.get(code).copied()
    }

    fn area_of(&self, code: &str) -> Option<u32> {
        self.area_codes.get(&upper_code(code)).copied()
    }

    fn area_numbered(&self, number: u32) -> Option<u32> {
        self.area_numbers.get(&number).copied()
    }

    fn enterprise_place(&self, code: &str) -> Option<EnterprisePlace> {
        self.enterprises.get(&upper_code(code)).copied()
    }

    fn building_at(&self, address: u32) -> Option<u32> {
        self.addresses.building(address)
    }

    fn address_place(&self, address: u32) -> Option<(LngLat, u64)> {
        Some((self.addresses.point(address), self.addresses.h3(address)?))
    }

    fn building_place(&self, building: u32) -> Option<(LngLat, u64)> {
        Some((self.buildings.points[building as usize], self.buildings.h3[building as usize]?))
    }

    fn address_grid(&self, address: u32, coverage: usize) -> Option<u32> {
        grids_of_address(self.buildings, self.addresses, address).get(coverage).copied().flatten()
    }

    fn building_grid(&self, building: u32, coverage: usize) -> Option<u32> {
        self.buildings.grids[building as usize].get(coverage).copied().flatten()
    }

    fn kinds(&self) -> Vec<GridKind> {
        self.context.coverages.iter().map(|coverage| coverage.info.kind.clone()).collect()
    }

    fn grids_at(&self, point: LngLat) -> Vec<Option<u32>> {
        self.context.grids_at(point)
    }

    fn parents(&self) -> Vec<Option<u32>> {
        (0..self.context.grids.len() as u32).map(|row| self.context.above(row).next()).collect()
    }

    fn of_first_kind(&self) -> usize {
        self.context.first_kind_parents().len()
    }

    fn divisions(&self) -> Vec<&str> {
        let above = self.context.grids.drafts.iter().filter(|draft| draft.level > Level::Grid);
        above.map(|draft| draft.name.as_str()).filter(|name| !name.is_empty()).collect()
    }
}
