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

/// The opened file: what is counted by each attribute of people, then of enterprises.
pub(crate) struct Categories(Vec<CategoryCounts>);

/// What is counted by an attribute.
pub(crate) struct CategoryCounts {
    /// A matrix of the grids of the first kind, of all levels, by categories, row by row.
    pub(crate) counts: ScalarBuffer<u32>,
    /// For each of these grids whether its numbers are estimates; empty for an attribute of enterprises.
    pub(crate) estimated: ScalarBuffer<u8>,
}

impl Categories {
    /// Opens the file of so many attributes of people and of enterprises.
    pub(crate) fn open(file: Buffer, of_people: usize, of_enterprises: usize) -> Result<Self, ArraysError> {
        let file = ArraysReader::open(file, MAGIC, VERSION)?;
        let of_person =
            |place: usize| Ok(CategoryCounts { counts: file.array(2 * place)?, estimated: file.array(2 * place + 1)? });
        let of_enterprise = |place: usize| {
            let counts = file.array(2 * of_people + place)?;
            Ok(CategoryCounts { counts, estimated: ScalarBuffer::from(Vec::new()) })
        };
        let all = (0..of_people).map(of_person).chain((0..of_enterprises).map(of_enterprise));
        all.collect::<Result<_, _>>().map(Self)
    }

    /// What is counted by an attribute.
    pub(crate) fn get(&self, attribute: usize) -> Option<&CategoryCounts> {
        self.0.get(attribute)
    }
}
