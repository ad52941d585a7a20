//! The addresses of a plate as a table, by building.
//!
//! Addresses are kept in the order in which they were read, at a *position* each, since their texts lie in
//! a file in that order; `order` and `rows` lead from rows of the table that is written to positions and
//! back. A position that was dropped has no row.

use super::{building_table::BuildingTable, spill::Spill, strings::Strings};
use crate::{
    link::BuildingLink,
    spatial::{LngLat, h3_cell},
};
use hashbrown::HashTable;
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64;

/// The row of an address that is not there.
pub(super) const NOWHERE: u32 = u32::MAX;

/// The addresses by their position in reading order, and the order of their rows.
pub(super) struct AddressTable {
    /// The code of each position.
    pub(super) codes: Strings,
    /// The text of each position.
    pub(super) texts: Spill,
    /// The point of each position; [`LngLat::NOWHERE`] where neither the source nor a building gives one.
    pub(super) points: Vec<LngLat>,
    /// The building of each position, with how it was found.
    pub(super) links: Vec<Option<BuildingLink>>,
    /// By position, the rows of the grids of addresses that have no building, one for each coverage.
    pub(super) grids: HashMap<u32, Vec<Option<u32>>>,
    /// The position of each row: rows are by building, then code; those without a building stand at the
    /// end, along the curve.
    pub(super) order: Vec<u32>,
    /// The first row of each building, and behind them the first of those without one.
    pub(super) starts: Vec<u32>,
    /// The row of each position; `u32::MAX` for positions that were dropped.
    pub(super) rows: Vec<u32>,
    /// Rows in the order of their codes.
    pub(super) by_code: Vec<u32>,
    /// Positions by the hash (XXH3) of their code.
    pub(super) positions: HashTable<u32>,
}

/// A hash table of positions by their codes, which must differ.
pub(super) fn positions_by_code(codes: &Strings, positions: &[u32]) -> HashTable<u32> {
    let hash = |position: &u32| xxh3_64(codes.get(*position as usize).as_bytes());
    let mut found = HashTable::with_capacity(positions.len());
    positions.iter().for_each(|position| {
        found.insert_unique(hash(position), *position, hash);
    });
    found
}

impl AddressTable {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// The row of the address with a code, compared letter by letter.
    pub(super) fn row_of(&self, code: &str) -> Option<u32> {
        let position =
            self.positions.find(xxh3_64(code.as_bytes()), |position| self.codes.get(*position as usize) == code)?;
        Some(self.rows[*position as usize])
    }

    /// The row of the building of an address, given its row.
    pub(super) fn building(&self, row: u32) -> Option<u32> {
        self.links[self.order[row as usize] as usize].map(|link| link.building)
    }

    /// The point of an address, given its row.
    pub(super) fn point(&self, row: u32) -> LngLat {
        self.points[self.order[row as usize] as usize]
    }

    /// The cell of an address, given its row; `None` if it has no point.
    pub(super) fn h3(&self, row: u32) -> Option<u64> {
        h3_cell(self.point(row))
    }
}

/// The grids of a row of the table of addresses, one for each coverage.
pub(super) fn grids_of_address<'t>(
    buildings: &'t BuildingTable,
    addresses: &'t AddressTable,
    row: u32,
) -> &'t [Option<u32>] {
    match addresses.building(row) {
        Some(building) => &buildings.grids[building as usize],
        None => addresses.grids.get(&addresses.order[row as usize]).map_or(&[], Vec::as_slice),
    }
}
