//! The tables of the backbone of a generation and of people, all together.

use super::{
    address_table::{AddressTable, grids_of_address},
    building_table::BuildingTable,
    grid_table::GridTable,
    people_table::PeopleTable,
};

/// These tables, all of which are written.
pub(super) struct Tables<'a> {
    pub(super) grids: &'a GridTable,
    pub(super) buildings: &'a BuildingTable,
    pub(super) addresses: &'a AddressTable,
    pub(super) people: &'a PeopleTable,
}

impl Tables<'_> {
    /// The grids of a row of the table of addresses, one for each coverage.
    pub(super) fn grids_of_address(&self, row: u32) -> &[Option<u32>] {
        grids_of_address(self.buildings, self.addresses, row)
    }
}
