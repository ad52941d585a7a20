//! The numbers of blocks that everything shown is summed from.
//!
//! Published are numbers of cells, which are groups of blocks for households and attributes. Here they are
//! split over the blocks by fixed rules that know nothing but published numbers, so the split tells nothing
//! new; whoever shows a part of a cell says that it is an estimate.

use super::{
    Attribute, Cells, State,
    share::{apportion, table},
};
use std::collections::BTreeMap;

/// What is published of each block.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Numbers {
    /// People of each block.
    pub(crate) people: Vec<u32>,
    /// Homes of each block with somebody in them. Those of a group of blocks are published; a block's are
    /// its share by people.
    pub(crate) households: Vec<u32>,
    /// For each attribute blocks × categories, row by row; a block's categories sum to its people.
    pub(crate) attributes: Vec<Vec<u32>>,
}

impl Numbers {
    /// The numbers of blocks by the fixed rules from what is published of groups of them.
    pub(crate) fn of(state: &State) -> Self {
        let people = state.people.published.clone();
        let mut households = vec![0; people.len()];
        for (cell, blocks) in members(&state.households).into_iter().enumerate() {
            let weights: Vec<u32> = blocks.iter().map(|block| people[*block as usize]).collect();
            let total = state.households.published[cell];
            blocks.iter().zip(apportion(total.into(), &weights)).for_each(|(block, n)| households[*block as usize] = n);
        }
        let attributes = state.attributes.iter().map(|attribute| by_category(&attribute.cells, &people)).collect();
        Self { people, households, attributes }
    }
}

impl Attribute {
    /// For each block whether its categories are scaled, because the people of those it was counted
    /// together with were counted anew since. It is so for all of a bond or for none: the people that the
    /// bond's categories sum to are compared with those that its blocks have now.
    pub(crate) fn is_scaled(&self, people: &Cells) -> Vec<bool> {
        let bond = |block: usize| self.cells.bonds[self.cells.of_block[block] as usize] as usize;
        let mut apart = vec![0_i64; self.cells.len()];
        for (cell, bond) in (0..).zip(&self.cells.bonds) {
            apart[*bond as usize] += self.cells.row(cell).iter().map(|n| i64::from(*n)).sum::<i64>();
        }
        (0..people.len()).for_each(|block| apart[bond(block)] -= i64::from(people.published[block]));
        (0..people.len()).map(|block| apart[bond(block)] != 0).collect()
    }
}

/// The blocks of each cell.
fn members(cells: &Cells) -> Vec<Vec<u32>> {
    let mut members = vec![Vec::new(); cells.len()];
    (0..).zip(&cells.of_block).for_each(|(block, cell)| members[*cell as usize].push(block));
    members
}

/// The categories of each block, blocks × categories: those of its group, scaled to the people that its
/// blocks have now. What was counted together has the categories that were counted. Rows sum to `people`
/// exactly; the sums of columns over a bond are those published, scaled where the number of people has
/// changed since.
fn by_category(cells: &Cells, people: &[u32]) -> Vec<u32> {
    let mut matrix = vec![0; people.len() * cells.width];
    for (cell, blocks) in (0..).zip(members(cells)) {
        let rows: Vec<u32> = blocks.iter().map(|block| people[*block as usize]).collect();
        let total = rows.iter().map(|n| u64::from(*n)).sum();
        let columns = apportion(total, cells.row(cell));
        for (block, of_block) in blocks.iter().zip(table(&rows, &columns).chunks_exact(cells.width)) {
            matrix[*block as usize * cells.width..][..cells.width].copy_from_slice(of_block);
        }
    }
    let mut together: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let bonds = cells.of_block.iter().map(|cell| cells.bonds[*cell as usize]);
    (0..).zip(bonds).for_each(|(block, bond)| together.entry(bond).or_default().push(block));
    let mut counted = vec![vec![0_u32; 0]; cells.len()];
    for (cell, bond) in (0..).zip(&cells.bonds) {
        let sums = &mut counted[*bond as usize];
        sums.resize(cells.width, 0);
        sums.iter_mut().zip(cells.row(cell)).for_each(|(sum, n)| *sum += n);
    }
    for (bond, blocks) in together {
        let total = blocks.iter().map(|block| u64::from(people[*block as usize])).sum();
        fit(&mut matrix, cells.width, &blocks, &apportion(total, &counted[bond as usize]));
    }
    matrix
}

/// Gives some blocks of a matrix these sums of columns without changing how many each block has: who is too
/// many in a category is of one that has too few. `wanted` must sum to what the blocks have. Each round
/// settles at least one category.
fn fit(matrix: &mut [u32], width: usize, blocks: &[u32], wanted: &[u32]) {
    let column = |matrix: &[u32], category: usize| -> Vec<u32> {
        blocks.iter().map(|block| matrix[*block as usize * width + category]).collect()
    };
    let mut apart: Vec<i64> = (0..width)
        .map(|category| {
            column(matrix, category).iter().map(|n| i64::from(*n)).sum::<i64>() - i64::from(wanted[category])
        })
        .collect();
    while let (Some(from), Some(to)) = (apart.iter().position(|n| *n > 0), apart.iter().position(|n| *n < 0)) {
        let moved = apart[from].min(-apart[to]);
        for (block, n) in blocks.iter().zip(apportion(moved as u64, &column(matrix, from))) {
            matrix[*block as usize * width + from] -= n;
            matrix[*block as usize * width + to] += n;
        }
        apart[from] -= moved;
        apart[to] += moved;
    }
}

/// Which areas have an estimate: those that hold some places of a set of blocks that were counted together, and not all. `places` has
/// the block and the area of each; what lies in no area counts as another one.
pub(crate) fn cut_areas(
    bonds: &[u32],
    areas: usize,
    places: impl Iterator<Item = (u32, Option<u32>)> + Clone,
) -> Vec<bool> {
    let bond = |block: u32| bonds.get(block as usize).copied().unwrap_or(block) as usize;
    let mut first: Vec<Option<Option<u32>>> = vec![None; bonds.len()];
    let mut is_cut = vec![false; bonds.len()];
    for (block, area) in places.clone() {
        let bond = bond(block);
        match first.get(bond).copied() {
            Some(Some(known)) => is_cut[bond] |= known != area,
            Some(None) => first[bond] = Some(area),
            None => {}
        }
    }
    let mut cut = vec![false; areas];
    for (block, area) in places {
        if let (Some(area), true) = (area, is_cut.get(bond(block)) == Some(&true)) {
            cut[area as usize] = true;
        }
    }
    cut
}
