//! The file of what is counted of a layer: totals by grid and cell, and counts by category.
//!
//! `layers/ID.counts.bin` (see [`crate::arrays`]; magic `BPLAYERS`, version 1) has first three arrays: how many records count in each
//! grid (`u32`, in the order of `grids.arrow`), the H3 cells in which some do (`u64`, by resolution and cell), and how many in each of
//! these (`u32`). The three are empty for what is counted in blocks, whose totals stand in `grids.arrow` and `cells.arrow`. Behind them
//! each category among the attributes, in the manifest's order, has two arrays: a matrix (`u32`, row by row) whose rows are the grids
//! of the first kind, of all levels in the order of their table, and whose columns are the values of the attribute, and for records
//! one more for "not said"; and one `u8` a grid that is not 0 where the grid's numbers are estimates, empty where none is.

use crate::arrays::{ArraysError, ArraysReader};
use arrow_buffer::{Buffer, ScalarBuffer};

/// First bytes of the file.
pub(crate) const MAGIC: [u8; 8] = *b"BPLAYERS";
/// Version of its layout.
pub(crate) const VERSION: u32 = 1;
/// Arrays before those of attributes.
const TOTALS: usize = 3;

/// The opened file.
pub(crate) struct LayerCounts {
    /// How many records count in each grid.
    pub(crate) grids: ScalarBuffer<u32>,
    /// The cells in which some do, by resolution and cell.
    cells: ScalarBuffer<u64>,
    /// How many in each of these.
    in_cells: ScalarBuffer<u32>,
    /// What is counted by each category.
    categories: Vec<CategoryCounts>,
}

/// What is counted by an attribute.
pub(crate) struct CategoryCounts {
    /// A matrix of the grids of the first kind, of all levels, by categories, row by row.
    pub(crate) counts: ScalarBuffer<u32>,
    /// For each of these grids whether its numbers are estimates; empty where numbers are always exact.
    pub(crate) estimated: ScalarBuffer<u8>,
}

impl LayerCounts {
    /// Opens the file of a layer with so many categories among its attributes.
    pub(crate) fn open(file: Buffer, categories: usize) -> Result<Self, ArraysError> {
        let file = ArraysReader::open(file, MAGIC, VERSION)?;
        let category = |place: usize| {
            let at = TOTALS + 2 * place;
            Ok(CategoryCounts { counts: file.array(at)?, estimated: file.array(at + 1)? })
        };
        let categories = (0..categories).map(category).collect::<Result<_, ArraysError>>()?;
        Ok(Self { grids: file.array(0)?, cells: file.array(1)?, in_cells: file.array(2)?, categories })
    }

    /// What is counted by a category, by its place among those of the layer.
    pub(crate) fn category(&self, place: usize) -> Option<&CategoryCounts> {
        self.categories.get(place)
    }

    /// How many records count in an H3 cell.
    pub(crate) fn in_cell(&self, cell: u64) -> u32 {
        let found = self.cells.binary_search_by_key(&cell_order(cell), |cell| cell_order(*cell));
        found.ok().and_then(|at| self.in_cells.get(at)).copied().unwrap_or_default()
    }

    /// The cells in which records count, with how many.
    pub(crate) fn cells(&self) -> impl ExactSizeIterator<Item = (u64, u32)> {
        self.cells.iter().copied().zip(self.in_cells.iter().copied())
    }

    /// Whether there is a number for each of so many grids and for each cell, and the cells are in order.
    pub(crate) fn fits(&self, grids: usize) -> bool {
        let ordered = self.cells.is_sorted_by(|a, b| cell_order(*a) < cell_order(*b));
        self.grids.len() == grids && self.cells.len() == self.in_cells.len() && ordered
    }
}

/// Cells by resolution, then by index: the bits of the resolution, from the 52nd on, come before all others that differ.
pub(crate) fn cell_order(cell: u64) -> (u64, u64) {
    (cell >> 52 & 0xf, cell)
}
