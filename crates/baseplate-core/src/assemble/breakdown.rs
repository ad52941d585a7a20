//! Counts by category: the file `categories.bin`.
//!
//! For each attribute of people, as released, then of enterprises, there is a matrix of `u32`: a row for
//! each grid of the first kind, of all levels in the order of the table of grids, a column for each word of
//! the attribute and one for "not said". Behind each matrix of people stands an array of `u8` that says for
//! each grid whether its numbers are estimates. `store/categories.rs` reads it.

use super::{categories::Category, context::Context, released::Released, tables::Tables};
use crate::{
    arrays::ArraysWriter,
    store::categories::{MAGIC, VERSION},
};

impl Context<'_> {
    /// The bytes of the file of categories.
    pub(super) fn write_categories(&self, tables: &Tables<'_>, released: Option<&Released>) -> Vec<u8> {
        let parents = self.first_kind_parents();
        let mut file = ArraysWriter::new(MAGIC, VERSION);
        if let Some(released) = released {
            for (attribute, of_block) in released.state.attributes.iter().zip(&released.numbers.attributes) {
                let width = attribute.words.width();
                let mut matrix = vec![0_u32; parents.len() * width];
                for (spot, numbers) in released.spots.iter().zip(of_block.chunks_exact(width)) {
                    let Some(grid) = self.grid_of(tables, *spot, 0) else { continue };
                    matrix[grid as usize * width..][..width].iter_mut().zip(numbers).for_each(|(sum, n)| *sum += n);
                }
                roll_up(&mut matrix, width, &parents);
                file.push(&matrix);
                let estimated = self.category_estimates(tables, released, attribute);
                file.push(&estimated[..parents.len()].iter().map(|e| u8::from(*e)).collect::<Vec<_>>());
            }
        }
        let grid = |address: u32| tables.grids_of_address(address).first().copied().flatten();
        let enterprises = tables.enterprises.order.iter().filter(|position| tables.enterprises.counts(**position));
        let enterprises: Vec<_> =
            enterprises.filter_map(|p| Some((*p, grid(tables.enterprises.address(*p)?)?))).collect();
        tables.enterprises.attributes.0.iter().for_each(|c| file.push(&matrix(c, &enterprises, &parents)));
        file.finish()
    }
}

/// Counts of some positions of a table, each with the row of its grid on the ground, by word and "not
/// said"; each level is the sum of the one below.
fn matrix(category: &Category, positions: &[(u32, u32)], parents: &[Option<u32>]) -> Vec<u32> {
    let width = category.words.len() + 1;
    let mut matrix = vec![0_u32; parents.len() * width];
    for (position, grid) in positions {
        let word = usize::from(category.of_row[*position as usize]).min(width - 1);
        matrix[*grid as usize * width + word] += 1;
    }
    roll_up(&mut matrix, width, parents);
    matrix
}

/// Adds each row of a matrix to the one above it, from the ground up.
fn roll_up(matrix: &mut [u32], width: usize, parents: &[Option<u32>]) {
    for (row, parent) in parents.iter().enumerate() {
        let Some(parent) = parent.map(|parent| parent as usize) else { continue };
        // The one above stands on a higher level, so it comes later.
        let (below, above) = matrix.split_at_mut(parent * width);
        let sums = above.iter_mut().zip(&below[row * width..][..width]);
        sums.for_each(|(sum, n)| *sum += n);
    }
}
