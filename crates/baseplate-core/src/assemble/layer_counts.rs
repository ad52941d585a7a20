//! What is counted of a layer: the file `layers/ID.counts.bin`, which `store/layer_counts.rs` describes and reads.
//!
//! Records count one by one in the grids and cells where they lie; people as they were released, by blocks, whose totals stand in the
//! tables of grids and cells.

use super::{
    categories::Category, cells::records_by_cell, context::Context, error::BuildError, record_table::RecordTable,
    released::Released, tables::Tables,
};
use crate::{
    arrays::ArraysWriter,
    store::{
        layer::PEOPLE_LAYER,
        layer_counts::{MAGIC, VERSION, cell_order},
        names::layer_counts_file,
    },
};
use h3o::CellIndex;
use std::collections::BTreeMap;

/// How many records of a layer count in each grid and in each H3 cell.
pub(super) struct LayerNumbers {
    /// By row of the table of grids.
    pub(super) grids: Vec<u32>,
    /// The cells in which some do.
    pub(super) cells: BTreeMap<CellIndex, u32>,
}

impl Context<'_> {
    /// Counts the records of a layer; `h3` has the cell of each address.
    pub(super) fn count_records(&self, records: &RecordTable, tables: &Tables<'_>, h3: &[Option<u64>]) -> LayerNumbers {
        let mut grids = vec![0_u32; tables.grids.len()];
        for row in (0..records.ends[2]).filter(|row| records.counts(records.order[*row as usize])) {
            let of_row = records.grids_of(row, tables.buildings, tables.addresses);
            of_row.iter().flatten().for_each(|grid| grids[*grid as usize] += 1);
        }
        self.roll_up(&mut grids);
        LayerNumbers { grids, cells: records_by_cell(records, tables, h3) }
    }

    /// Writes the counts of all layers.
    pub(super) fn write_layer_counts(
        &self,
        tables: &Tables<'_>,
        released: Option<&Released>,
        counts: &[LayerNumbers],
    ) -> Result<(), BuildError> {
        self.write_file(&layer_counts_file(PEOPLE_LAYER), &self.counts_of_people(tables, released))?;
        tables.layers.iter().zip(counts).try_for_each(|(records, numbers)| {
            let file = layer_counts_file(&records.info.id);
            self.write_file(&file, &self.counts_of_records(records, numbers, tables))
        })
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

    /// The bytes of the file of a layer of records.
    fn counts_of_records(&self, records: &RecordTable, numbers: &LayerNumbers, tables: &Tables<'_>) -> Vec<u8> {
        let parents = self.first_kind_parents();
        let mut cells: Vec<(u64, u32)> = numbers.cells.iter().map(|(cell, number)| ((*cell).into(), *number)).collect();
        cells.sort_unstable_by_key(|(cell, _)| cell_order(*cell));
        let (cells, in_cells): (Vec<u64>, Vec<u32>) = cells.into_iter().unzip();
        let mut file = with_totals(&numbers.grids, &cells, &in_cells);
        let counted =
            (0..records.ends[2]).map(|row| (row, records.order[row as usize])).filter(|(_, p)| records.counts(*p));
        let on_ground = counted.filter_map(|(row, position)| {
            let grids = records.grids_of(row, tables.buildings, tables.addresses);
            Some((position, grids.first().copied().flatten()?))
        });
        let on_ground: Vec<_> = on_ground.collect();
        for category in &records.attributes.0 {
            file.push(&matrix(category, &on_ground, &parents));
            file.push::<u8>(&[]);
        }
        file.finish()
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
