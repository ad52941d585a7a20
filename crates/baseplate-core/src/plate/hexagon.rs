//! The H3 cells in which something lies.

use super::{handle::Baseplate, rows::HexCell};
#[cfg(feature = "build")]
use crate::schema::tables::HexCellRow;
use crate::{
    model::Entity,
    store::{layer::ENTERPRISES_LAYER, table::first_row},
};

/// Where the number of the resolution stands in an H3 index, four bits from here on.
const RESOLUTION_BIT: u32 = 52;
const RESOLUTION_MAX: u8 = 15;

impl Baseplate {
    /// The H3 cells of a resolution, 5 to 10, in which something lies, with what lies in them; by cell. Other resolutions have
    /// none.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert!(plate.hex_cells(9).len() > 10);
    /// assert_eq!(plate.hex_cells(12).len(), 0);
    /// ```
    pub fn hex_cells(&self, resolution: u8) -> impl ExactSizeIterator<Item = HexCell<'_>> {
        let table = &self.0.cells;
        let from = |r: u8| first_row(table.rows, |row| table.resolution.get(row).is_some_and(|found| found < r));
        (from(resolution)..from(resolution.saturating_add(1))).map(|row| HexCell { plate: self, row })
    }

    /// One of [`Baseplate::hex_cells`] by its H3 index; `None` if nothing lies in it.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let first = plate.hex_cells(9).next().and_then(|cell| cell.cell()).expect("the town is not empty");
    /// assert_eq!(plate.hex_cell(first).and_then(|cell| cell.cell()), Some(first));
    /// ```
    pub fn hex_cell(&self, cell: u64) -> Option<HexCell<'_>> {
        let table = &self.0.cells;
        let wanted = ((cell >> RESOLUTION_BIT) as u8 & RESOLUTION_MAX, cell);
        let key = |row| Some((table.resolution.get(row)?, table.cell.get(row)?));
        let row = first_row(table.rows, |row| key(row).is_some_and(|found| found < wanted));
        (key(row) == Some(wanted)).then_some(HexCell { plate: self, row })
    }
}

impl HexCell<'_> {
    pub(crate) fn row(&self) -> u32 {
        self.row
    }

    /// Whether the audience of its plate may know of it: not if nothing is in it but records that it may not read.
    #[cfg(any(feature = "stats", feature = "tile"))]
    pub(crate) fn is_shown(&self) -> bool {
        let Baseplate(inner, view) = self.plate;
        let Some(cell) = self.cell() else { return false };
        let layers = inner.manifest.layers.iter().zip(&inner.layers);
        let counting = layers.filter(|(_, layer)| layer.counts.in_cell(cell) > 0);
        let mut readable = counting.map(|(info, _)| info.audience <= view.audience).peekable();
        self.has_backbone() || readable.peek().is_none() || readable.any(|readable| readable)
    }

    /// Whether buildings, addresses or people are in it, and not records of layers alone.
    #[cfg(any(feature = "stats", feature = "tile"))]
    pub(crate) fn has_backbone(&self) -> bool {
        let (cells, row) = (&self.plate.0.cells, self.row);
        let numbers = [cells.buildings.get(row), cells.addresses.get(row), cells.people.get(row)];
        numbers.into_iter().chain([cells.households.get(row)]).flatten().any(|number| number > 0)
    }

    /// The row as it is stored; `None` if the table is damaged.
    #[cfg(feature = "build")]
    pub(crate) fn stored(&self) -> Option<HexCellRow<'static>> {
        let (cells, row) = (&self.plate.0.cells, self.row);
        Some(HexCellRow {
            cell: cells.cell.get(row)?,
            resolution: cells.resolution.get(row)?,
            buildings: cells.buildings.get(row)?,
            addresses: cells.addresses.get(row)?,
            people: cells.people.get(row),
            households: cells.households.get(row),
            people_estimated: cells.people_estimated.get(row)?,
            households_estimated: cells.households_estimated.get(row)?,
        })
    }

    /// The H3 index of the cell.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let cell = plate.hex_cells(9).next().expect("the town is not empty");
    /// assert!(cell.cell().is_some());
    /// ```
    pub fn cell(&self) -> Option<u64> {
        self.plate.0.cells.cell.get(self.row)
    }

    /// The H3 resolution of the cell, 5 to 10.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let cell = plate.hex_cells(9).next().expect("the town is not empty");
    /// assert_eq!(cell.resolution(), Some(9));
    /// ```
    pub fn resolution(&self) -> Option<u8> {
        self.plate.0.cells.resolution.get(self.row)
    }

    /// How many of something are in the cell, on the terms of [`Grid::count`](crate::Grid::count).
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Entity;
    ///
    /// let addresses = plate.hex_cells(9).filter_map(|cell| cell.count(Entity::Address)).sum::<u32>();
    /// assert!(addresses > 10_000);
    /// ```
    pub fn count(&self, entity: Entity) -> Option<u32> {
        let cells = &self.plate.0.cells;
        match entity {
            Entity::Grid | Entity::Record => None,
            Entity::Building => cells.buildings.get(self.row),
            Entity::Address => cells.addresses.get(self.row),
            Entity::Person => cells.people.get(self.row),
            Entity::Enterprise => self.plate.layer(ENTERPRISES_LAYER)?.in_cell(*self),
        }
    }

    /// How many homes in the cell somebody lives in: addresses, as of the last release; `None` where none was made.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let cell = plate.hex_cells(9).next().expect("the town is not empty");
    /// println!("{:?} households", cell.households());
    /// ```
    pub fn households(&self) -> Option<u32> {
        self.plate.0.cells.households.get(self.row)
    }

    /// Whether the number of people of the cell is an estimate, because it holds a part of what was counted together.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let cell = plate.hex_cells(9).next().expect("the town is not empty");
    /// let about = if cell.is_estimated() { "about " } else { "" };
    /// println!("{about}{:?} people", cell.count(baseplate_core::Entity::Person));
    /// ```
    pub fn is_estimated(&self) -> bool {
        self.plate.0.cells.people_estimated.get(self.row).unwrap_or_default()
    }

    /// Whether the number of households of the cell is an estimate.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let cell = plate.hex_cells(9).next().expect("the town is not empty");
    /// let about = if cell.are_households_estimated() { "about " } else { "" };
    /// println!("{about}{:?} households", cell.households());
    /// ```
    pub fn are_households_estimated(&self) -> bool {
        self.plate.0.cells.households_estimated.get(self.row).unwrap_or_default()
    }
}
