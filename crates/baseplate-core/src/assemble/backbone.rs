//! What records hang on: grids, buildings and addresses.
//!
//! A build has them in memory, an open plate has them mapped; layers are read, linked and counted alike on either.

use super::{
    address_table::{AddressTable, grids_of_address},
    building_table::BuildingTable,
    context::Context,
};
use crate::{
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

/// The tables of a build.
pub(super) struct Assembled<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) buildings: &'a BuildingTable,
    pub(super) addresses: &'a AddressTable,
    pub(super) geo_index: &'a GeoIndex,
    /// The rows of buildings by code.
    pub(super) building_codes: HashMap<&'a str, u32>,
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
