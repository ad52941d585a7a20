//! The file of counts by category: for each attribute a matrix of the grids of the first kind, of all
//! levels, by its categories.
//!
//! `index/categories.bin` (see [`crate::arrays`]; magic `BPCATEGO`, version 3) has first, for each
//! attribute of people in the manifest's order, two arrays: the matrix, `u32`, row by row, and one `u8` a
//! grid that is not 0 where the grid's numbers are estimates. Behind them it has one matrix of `u32` for
//! each attribute of enterprises. Rows of a matrix are the grids of the first kind in the order of their
//! table, and columns are the categories in the manifest's order.

use crate::arrays::{ArraysError, ArraysReader};
use arrow_buffer::{Buffer, ScalarBuffer};

/// First bytes of the file.
pub(crate) const MAGIC: [u8; 8] = *b"BPCATEGO";
/// Version of its layout.
pub(crate) const VERSION: u32 = 3;

/// The opened file: what is counted by each attribute of each layer in turn.
pub(crate) struct Categories(Vec<CategoryCounts>);

/// What is counted by an attribute.
pub(crate) struct CategoryCounts {
    /// A matrix of the grids of the first kind, of all levels, by categories, row by row.
    pub(crate) counts: ScalarBuffer<u32>,
    /// For each of these grids whether its numbers are estimates; empty where numbers are always exact.
    pub(crate) estimated: ScalarBuffer<u8>,
}

impl Categories {
    /// Opens the file; `layers` says of each how many attributes it has, and whether their numbers can be estimates.
    pub(crate) fn open(file: Buffer, layers: impl Iterator<Item = (usize, bool)>) -> Result<Self, ArraysError> {
        let file = ArraysReader::open(file, MAGIC, VERSION)?;
        let (mut next, mut all) = (0, Vec::new());
        for estimates in layers.flat_map(|(attributes, estimates)| std::iter::repeat_n(estimates, attributes)) {
            let counts = file.array(next)?;
            let estimated = if estimates { file.array(next + 1)? } else { ScalarBuffer::from(Vec::new()) };
            all.push(CategoryCounts { counts, estimated });
            next += if estimates { 2 } else { 1 };
        }
        Ok(Self(all))
    }

    /// What is counted by an attribute.
    pub(crate) fn get(&self, attribute: usize) -> Option<&CategoryCounts> {
        self.0.get(attribute)
    }
}
