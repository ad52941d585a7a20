//! Changes, told of so many at once that nobody stands out.

use super::{Tree, share::apportion};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody was not counted in a cell and category, and should be; or the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    pub(super) cell: u32,
    pub(super) category: u16,
    pub(super) who: u64,
    /// 1 for who comes, -1 for who goes.
    pub(super) by: i8,
}

/// Groups of blocks with published numbers: the blocks themselves, or the coarser groups that an attribute needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cells {
    /// For each block its cell.
    pub(crate) of_block: Vec<u32>,
    /// For each cell the lowest area that holds all of it.
    pub(crate) homes: Vec<u32>,
    /// How many numbers each cell has.
    pub(crate) width: usize,
    /// What is published: cells × width.
    pub(crate) published: Vec<u32>,
    /// Cells that were ever in one pool have the same number here: only their sum was counted.
    pub(crate) bonds: Vec<u32>,
    /// The least height of a pool that may count each cell: it must not part what a pool of people has put together.
    pub(crate) floors: Vec<u8>,
}

/// What a release has counted.
pub(crate) struct Turn {
    /// The height of the pool that each cell was counted in.
    pub(crate) counted: Vec<Option<u8>>,
    /// The pools of more than one cell.
    pub(crate) pools: Vec<Vec<u32>>,
}

/// How many cells were counted, of how many.
impl std::fmt::Display for Turn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.counted.iter().flatten().count(), self.counted.len())
    }
}

/// The changes of a pool: how many in each category, and by how many persons.
#[derive(Default, Clone)]
struct Moved {
    by: i64,
    persons: u32,
}

impl Cells {
    /// For each block a number that is the same for all that were counted together.
    pub(crate) fn bonds_of_blocks(&self) -> Vec<u32> {
        // Cells have other numbers than blocks: the first block of each stands for it.
        let mut first = vec![u32::MAX; self.len()];
        let bond = |block: u32| self.bonds[self.of_block[block as usize] as usize] as usize;
        (0..self.of_block.len() as u32).rev().for_each(|block| first[bond(block)] = block);
        (0..self.of_block.len() as u32).map(|block| first[bond(block)]).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.homes.len()
    }

    /// The row of numbers of a cell.
    pub(crate) fn row(&self, cell: u32) -> &[u32] {
        &self.published[cell as usize * self.width..][..self.width]
    }

    /// Adds a cell of which nothing is known yet.
    pub(super) fn grow(&mut self, home: u32) -> u32 {
        let cell = self.len() as u32;
        self.homes.push(home);
        self.published.extend(std::iter::repeat_n(0, self.width));
        self.bonds.push(cell);
        self.floors.push(0);
        cell
    }

    /// Publishes what may be of some changes: of a cell by itself where that is enough, else of all cells of an area that were
    /// not counted in a lower one.
    pub(super) fn turn(&mut self, tree: &Tree, mut changes: Vec<Change>, threshold: u32) -> Turn {
        let mut turn = Turn { counted: vec![None; self.len()], pools: Vec::new() };
        for height in 0..=tree.height(tree.whole()) {
            changes.retain(|change| turn.counted[change.cell as usize].is_none());
            if changes.is_empty() {
                break;
            }
            let group = |cell: u32| match height {
                0 => Some(cell),
                _ => (tree.height(self.homes[cell as usize]) <= height)
                    .then(|| tree.above(self.homes[cell as usize], height)),
            };
            let moved = moved(&changes, group);
            let ready: BTreeSet<u32> = moved
                .iter()
                .filter(|(_, of)| of.values().all(|m| m.persons == 0 || m.persons >= threshold))
                .map(|(g, _)| *g)
                .collect();
            let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for cell in (0..self.len() as u32).filter(|cell| turn.counted[*cell as usize].is_none()) {
                let group = group(cell).filter(|group| ready.contains(group));
                group.into_iter().for_each(|group| members.entry(group).or_default().push(cell));
            }
            for (group, cells) in members {
                let moved = &moved[&group];
                let fits = cells.iter().all(|cell| self.floors[*cell as usize] <= height);
                if moved.values().any(|m| m.persons > 0) && fits && self.publish(&cells, moved, threshold) {
                    cells.iter().for_each(|cell| {
                        turn.counted[*cell as usize] = Some(height);
                        self.floors[*cell as usize] = 0;
                    });
                    if cells.len() > 1 {
                        turn.pools.push(cells);
                    }
                }
            }
        }
        self.bind(&turn.pools);
        turn
    }

    /// Splits the changes of a pool over its cells, if every number that changes is then zero or enough.
    fn publish(&mut self, cells: &[u32], moved: &BTreeMap<u16, Moved>, threshold: u32) -> bool {
        let width = self.width;
        let weights = |published: &[u32], category: u16| -> Vec<u32> {
            cells.iter().map(|cell| published[*cell as usize * width + usize::from(category)]).collect()
        };
        let mut after = Vec::new();
        for (category, moved) in moved.iter().filter(|(_, moved)| moved.persons > 0) {
            let of_cells = weights(&self.published, *category);
            let total = of_cells.iter().map(|n| i64::from(*n)).sum::<i64>() + moved.by;
            if total != 0 && total < i64::from(threshold) {
                return false;
            }
            // Where a category is new, its people are where people are.
            let everybody = || cells.iter().map(|cell| self.row(*cell).iter().sum()).collect();
            let weights = if of_cells.iter().all(|n| *n == 0) { everybody() } else { of_cells };
            after.push((*category, apportion(total as u64, &weights)));
        }
        for (category, shares) in after {
            for (cell, share) in cells.iter().zip(shares) {
                self.published[*cell as usize * width + usize::from(category)] = share;
            }
        }
        true
    }

    /// Remembers that only the sum of the cells of each pool was counted.
    fn bind(&mut self, pools: &[Vec<u32>]) {
        let mut merged = Bonds::of(std::mem::take(&mut self.bonds));
        pools.iter().for_each(|pool| pool.iter().for_each(|cell| merged.join(pool[0], *cell)));
        self.bonds = merged.finish();
    }
}

/// The changes of each group by category. Who both comes and goes in a group has not moved.
fn moved(changes: &[Change], group: impl Fn(u32) -> Option<u32>) -> BTreeMap<u32, BTreeMap<u16, Moved>> {
    let place = |change: &Change| Some((group(change.cell)?, change.category, change.who, change.by));
    let mut placed: Vec<_> = changes.iter().filter_map(place).collect();
    placed.sort_unstable();
    let mut groups: BTreeMap<u32, BTreeMap<u16, Moved>> = BTreeMap::new();
    for of_person in placed.chunk_by(|a, b| (a.0, a.1, a.2) == (b.0, b.1, b.2)) {
        let (group, category, ..) = of_person[0];
        let by: i64 = of_person.iter().map(|(.., by)| i64::from(*by)).sum();
        let moved = groups.entry(group).or_default().entry(category).or_default();
        moved.by += by;
        moved.persons += u32::from(by != 0);
    }
    groups
}

/// Sets that grow together.
pub(super) struct Bonds(Vec<u32>);

impl Bonds {
    /// From the number of each one's set, which is that of one of its members.
    pub(super) fn of(bonds: Vec<u32>) -> Self {
        Self(bonds)
    }

    fn find(&mut self, mut one: u32) -> u32 {
        while self.0[one as usize] != one {
            let next = self.0[one as usize];
            self.0[one as usize] = self.0[next as usize];
            one = next;
        }
        one
    }

    pub(super) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        // The lowest number stands for all, whatever the order.
        self.0[a.max(b) as usize] = a.min(b);
    }

    pub(super) fn finish(mut self) -> Vec<u32> {
        (0..self.0.len() as u32).map(|one| self.find(one)).collect()
    }
}
