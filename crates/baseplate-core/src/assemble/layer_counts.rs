//! What is counted of a layer: the file `layers/ID.counts.bin`, which `store/layer_counts.rs` describes and reads.
//!
//! Records count one by one in the grids and cells where they lie; people as they were released, by blocks, whose totals stand in the
//! tables of grids and cells.

use super::{
    categories::Category, cells::records_by_cell, context::Context, error::BuildError, layers::LayerStage,
    record_table::RecordTable, released::Released, tables::Tables,
};
use crate::{
    arrays::ArraysWriter,
    store::{
        layer::PEOPLE_LAYER,
        layer_counts::{MAGIC, VERSION, cell_order},
        names::layer_counts_file,
    },
};

impl Context<'_> {
    /// Writes what is counted of people.
    pub(super) fn write_people_counts(
        &self,
        tables: &Tables<'_>,
        released: Option<&Released>,
    ) -> Result<(), BuildError> {
        self.write_file(&layer_counts_file(PEOPLE_LAYER), &self.counts_of_people(tables, released))
    }

    /// The bytes of the file of people: what was released by category.
    fn counts_of_people(&self, tables: &Tables<'_>, released: Option<&Released>) -> Vec<u8> {
        let parents = self.first_kind_parents();
        let mut file = with_totals(&[], &[], &[]);
        let Some(released) = released else { return file.finish() };
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
        file.finish()
    }
}

impl LayerStage<'_> {
    /// Writes what is counted of a layer of records; gives the cells in which some count.
    pub(super) fn write_layer_counts(&self, records: &RecordTable) -> Result<Vec<u64>, BuildError> {
        let parents = self.backbone.parents();
        let counted: Vec<u32> =
            (0..records.ends[3]).filter(|row| records.counts(records.order[*row as usize])).collect();
        let (mut grids, coverages) = (vec![0_u32; parents.len()], self.backbone.kinds().len());
        for row in &counted {
            let of_row = (0..coverages).filter_map(|coverage| records.grid(*row, coverage, self.backbone));
            of_row.for_each(|grid| grids[grid as usize] += 1);
        }
        roll_up(&mut grids, 1, &parents);
        let mut cells: Vec<(u64, u32)> =
            records_by_cell(records, self.backbone).into_iter().map(|(cell, number)| (cell.into(), number)).collect();
        cells.sort_unstable_by_key(|(cell, _)| cell_order(*cell));
        let (cells, in_cells): (Vec<u64>, Vec<u32>) = cells.into_iter().unzip();
        let mut file = with_totals(&grids, &cells, &in_cells);
        let parents = &parents[..self.backbone.of_first_kind()];
        let on_ground = |row: &u32| Some((records.order[*row as usize], records.grid(*row, 0, self.backbone)?));
        let on_ground: Vec<_> = counted.iter().filter_map(on_ground).collect();
        for category in &records.attributes.0 {
            file.push(&matrix(category, &on_ground, parents));
            file.push::<u8>(&[]);
        }
        self.write_file(&layer_counts_file(&records.info.id), &file.finish())?;
        Ok(cells)
    }
}

/// A file that begins with totals, behind which stand the counts by category.
pub(super) fn with_totals(grids: &[u32], cells: &[u64], in_cells: &[u32]) -> ArraysWriter {
    let mut file = ArraysWriter::new(MAGIC, VERSION);
    file.push(grids);
    file.push(cells);
    file.push(in_cells);
    file
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
