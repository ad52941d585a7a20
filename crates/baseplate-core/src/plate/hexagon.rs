//! The H3 cells in which something lies.

use super::{handle::Baseplate, rows::HexCell};
use crate::{model::Entity, store::table::first_row};
use h3o::CellIndex;

impl Baseplate {
    /// The H3 cells in which something lies, of the resolutions 5 to 10, with what lies in them; by cell.
    pub fn hex_cells(&self, resolution: u8) -> impl ExactSizeIterator<Item = HexCell<'_>> {
        let table = &self.0.cells;
        let from = |r: u8| first_row(table.rows, |row| table.resolution.get(row).is_some_and(|found| found < r));
        (from(resolution)..from(resolution.saturating_add(1))).map(|row| HexCell { plate: self, row })
    }

    /// One of [`Baseplate::hex_cells`] by its H3 index.
    pub fn hex_cell(&self, cell: u64) -> Option<HexCell<'_>> {
        let table = &self.0.cells;
        let wanted = (u8::from(CellIndex::try_from(cell).ok()?.resolution()), cell);
        let key = |row| Some((table.resolution.get(row)?, table.cell.get(row)?));
        let row = first_row(table.rows, |row| key(row).is_some_and(|found| found < wanted));
        (key(row) == Some(wanted)).then_some(HexCell { plate: self, row })
    }
}

impl HexCell<'_> {
    pub(crate) fn row(&self) -> u32 {
        self.row
    }

    /// Its H3 index.
    pub fn cell(&self) -> Option<u64> {
        self.plate.0.cells.cell.get(self.row)
    }

    /// Its resolution.
    pub fn resolution(&self) -> Option<u8> {
        self.plate.0.cells.resolution.get(self.row)
    }

    /// As [`Grid::count`].
    pub fn count(&self, entity: Entity) -> Option<u32> {
        let cells = &self.plate.0.cells;
        match entity {
            Entity::Grid => None,
            Entity::Building => cells.buildings.get(self.row),
            Entity::Address => cells.addresses.get(self.row),
            Entity::Person => cells.people.get(self.row),
            Entity::Enterprise => cells.enterprises.get(self.row),
        }
    }

    /// As [`Grid::households`].
    pub fn households(&self) -> Option<u32> {
        self.plate.0.cells.households.get(self.row)
    }

    /// As [`Grid::is_estimated`].
    pub fn is_estimated(&self) -> bool {
        self.plate.0.cells.people_estimated.get(self.row).unwrap_or_default()
    }

    /// As [`Grid::are_households_estimated`].
    pub fn are_households_estimated(&self) -> bool {
        self.plate.0.cells.households_estimated.get(self.row).unwrap_or_default()
    }
}
