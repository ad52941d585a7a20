//! The tables of a generation, all together.

use super::{
    address_table::AddressTable, building_table::BuildingTable, enterprise_table::EnterpriseTable,
    grid_table::GridTable, people_table::PeopleTable,
};

/// The tables of a generation, all of which are written.
pub(super) struct Tables<'a> {
    pub(super) grids: &'a GridTable,
    pub(super) buildings: &'a BuildingTable,
    pub(super) addresses: &'a AddressTable,
    pub(super) people: &'a PeopleTable,
    pub(super) enterprises: &'a EnterpriseTable,
}

impl Tables<'_> {
    /// The grids of a row of the table of addresses, one for each coverage.
    pub(super) fn grids_of_address(&self, row: u32) -> &[Option<u32>] {
        match self.addresses.building(row) {
            Some(building) => &self.buildings.grids[building as usize],
            None => self.addresses.grids.get(&self.addresses.order[row as usize]).map_or(&[], Vec::as_slice),
        }
    }
}
