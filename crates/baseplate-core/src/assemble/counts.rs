//! Counting: what lies in each grid and each H3 cell.
//!
//! Buildings count in their own grids and addresses in those of their building; records count where they lie
//! (`layer_counts.rs`). People count by blocks, at the point of the block, so the numbers of areas are sums of what was
//! released and nothing else. Each level above the ground is the sum of the grids below it.

use super::{
    cells::by_containing_cell,
    context::Context,
    counted::{Counted, Estimates},
    released::Released,
    tables::Tables,
};
use crate::spatial::CELL_RESOLUTIONS;
use h3o::CellIndex;
use rayon::prelude::*;
use std::ops::AddAssign;

/// An H3 cell and what lies in it.
pub(super) struct CellNumbers {
    /// The index of the cell.
    pub(super) cell: u64,
    /// Its resolution.
    pub(super) resolution: u8,
    /// What lies in it.
    pub(super) numbers: Counted,
    /// Which of the numbers are estimates.
    pub(super) estimates: Estimates,
}

/// All counts of a plate.
pub(super) struct Counts {
    /// What lies in each grid, by row of the table of grids.
    pub(super) grids: Vec<Counted>,
    /// Which of these numbers are estimates, by row of the table of grids.
    pub(super) estimates: Vec<Estimates>,
    /// Whether people are counted at all.
    pub(super) has_people: bool,
    /// By resolution, then cell.
    pub(super) cells: Vec<CellNumbers>,
    /// The cell of each row of the table of addresses.
    pub(super) h3: Vec<Option<u64>>,
}

impl Context<'_> {
    /// Counts everything in every grid and cell; `of_layers` are cells in which records of layers count.
    pub(super) fn count(&self, tables: &Tables<'_>, released: Option<&Released>, of_layers: &[u64]) -> Counts {
        let h3: Vec<_> =
            (0..tables.addresses.len() as u32).into_par_iter().map(|row| tables.addresses.h3(row)).collect();
        let mut grids = vec![Counted::default(); tables.grids.len()];
        let standing = tables.buildings.drafts.iter().zip(&tables.buildings.grids).filter(|(b, _)| !b.demolished);
        for (_, of_building) in standing {
            of_building.iter().flatten().for_each(|grid| grids[*grid as usize] += Counted::building());
        }
        for row in 0..tables.addresses.len() as u32 {
            tables.grids_of_address(row).iter().flatten().for_each(|grid| grids[*grid as usize] += Counted::address());
        }
        if let Some(released) = released {
            for (block, spot) in released.spots.iter().enumerate() {
                let grid_of = |coverage| self.grid_of(tables, *spot, coverage);
                (0..self.coverages.len())
                    .filter_map(grid_of)
                    .for_each(|grid| grids[grid as usize] += released.of(block));
            }
        }
        self.roll_up(&mut grids);
        let mut estimates = vec![Estimates::default(); tables.grids.len()];
        if let Some(released) = released {
            let cut = |bonds: &[u32]| self.cut_grids(tables, released, bonds);
            let of_both = cut(&released.state.people.bonds).into_iter().zip(cut(&released.bonds_of_households));
            let is_untold = released.is_untold_of_households();
            estimates = of_both.map(|(people, cut)| Estimates { people, households: cut || is_untold }).collect();
        }
        let mut cells = by_containing_cell(tables, &h3);
        for cell in of_layers.iter().filter_map(|cell| CellIndex::try_from(*cell).ok()) {
            cells.entry(cell).or_default();
        }
        let mut of_cells = std::collections::HashMap::new();
        if let Some(released) = released {
            for resolution in CELL_RESOLUTIONS {
                for (cell, numbers, estimates) in self.people_by_cell(tables, released, resolution) {
                    *cells.entry(cell).or_default() += numbers;
                    of_cells.insert(cell, estimates);
                }
            }
        }
        let cell_numbers = |(cell, numbers): (CellIndex, Counted)| CellNumbers {
            cell: cell.into(),
            resolution: cell.resolution().into(),
            numbers,
            estimates: of_cells.get(&cell).copied().unwrap_or_default(),
        };
        let mut cells: Vec<_> = cells.into_iter().map(cell_numbers).collect();
        cells.sort_by_key(|c| (c.resolution, c.cell));
        let has_people = released.is_some();
        Counts { grids, estimates, has_people, cells, h3 }
    }

    /// Adds what lies in the grids of the ground to every level above of the same kind.
    pub(super) fn roll_up<N: Copy + Default + PartialEq + AddAssign>(&self, counts: &mut [N]) {
        let ground = counts.to_vec();
        for (row, numbers) in ground.into_iter().enumerate().filter(|(_, n)| *n != N::default()) {
            for parent in self.above(row as u32) {
                counts[parent as usize] += numbers;
            }
        }
    }
}
