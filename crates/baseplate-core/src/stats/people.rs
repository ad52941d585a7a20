//! Counts of people of areas that were not summed when the plate was built: from the numbers of blocks.

use super::{Attribute, Breakdown};
use crate::{
    model::GridKind,
    plate::{Baseplate, Grid},
    spatial::CellFinder,
};
use h3o::{CellIndex, Resolution};
use std::collections::{HashMap, HashSet};

impl Baseplate {
    /// The sums of some numbers of blocks by area; `area` tells that of a block.
    fn sum_blocks<A: std::hash::Hash + Eq>(
        &self,
        numbers: &[u32],
        width: usize,
        mut area: impl FnMut(usize) -> Option<A>,
    ) -> HashMap<A, Vec<u32>> {
        let mut sums: HashMap<A, Vec<u32>> = HashMap::new();
        for (block, of_block) in numbers.chunks_exact(width.max(1)).enumerate() {
            let Some(area) = area(block) else { continue };
            let sum = sums.entry(area).or_insert_with(|| vec![0; width]);
            sum.iter_mut().zip(of_block).for_each(|(sum, n)| *sum = sum.saturating_add(*n));
        }
        sums
    }

    /// The cell of a resolution in which a block is counted.
    fn cell_of_block(&self, finder: &mut CellFinder, block: usize) -> Option<CellIndex> {
        let (point, finer) = self.blocks().place(block)?;
        finder.cell(point, CellIndex::try_from(finer).ok()?)
    }

    /// People by category and cell. Cells cut what is counted together, so these are estimates.
    pub(super) fn people_by_cell(&self, attribute: &Attribute<'_>, resolution: Resolution) -> Breakdown {
        let mut finder = CellFinder::new(resolution);
        let numbers = self.blocks().attribute(attribute.at);
        let sums = self.sum_blocks(&numbers, attribute.width(), |block| self.cell_of_block(&mut finder, block));
        let of_area: HashMap<u64, Vec<u32>> = sums.into_iter().map(|(cell, sum)| (cell.into(), sum)).collect();
        let estimated = of_area.keys().copied().collect();
        Breakdown { is_in_blocks: true, categories: attribute.categories.clone(), of_area, estimated }
    }

    /// The numbers of blocks that lie in some grids by cell: people, or those of an attribute.
    pub(super) fn people_of_cells_within(
        &self,
        resolution: Resolution,
        attribute: Option<&Attribute<'_>>,
        inside: impl Fn(usize) -> bool,
    ) -> HashMap<CellIndex, Vec<u32>> {
        let mut finder = CellFinder::new(resolution);
        let cell = |block: usize| if inside(block) { self.cell_of_block(&mut finder, block) } else { None };
        match attribute {
            Some(attribute) => self.sum_blocks(&self.blocks().attribute(attribute.at), attribute.width(), cell),
            None => self.sum_blocks(self.blocks().people(), 1, cell),
        }
    }

    /// People by category, of the grids of all levels of a kind that is not the first. Its grids cut what is counted together.
    pub(super) fn people_by_grid(
        &self,
        attribute: &Attribute<'_>,
        kind: &GridKind,
    ) -> (HashMap<u64, Vec<u32>>, HashSet<u64>) {
        let Some(coverage) = self.manifest().coverages.iter().position(|c| c.kind == *kind) else {
            return Default::default();
        };
        let numbers = self.blocks().attribute(attribute.at);
        let ground = self.sum_blocks(&numbers, attribute.width(), self.blocks().grids(coverage));
        let mut of_area: HashMap<u64, Vec<u32>> = HashMap::new();
        for (row, numbers) in ground {
            let chain = self.grid_row(row).into_iter().flat_map(|grid: Grid<'_>| grid.chain());
            for area in chain.filter(|area| area.kind().as_ref() == Some(kind)) {
                let sums = of_area.entry(area.row().into()).or_insert_with(|| vec![0; attribute.width()]);
                sums.iter_mut().zip(&numbers).for_each(|(sum, n)| *sum = sum.saturating_add(*n));
            }
        }
        let estimated = of_area.keys().copied().collect();
        (of_area, estimated)
    }
}
