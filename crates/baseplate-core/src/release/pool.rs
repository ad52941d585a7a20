//! Changes, told of so many at once that nobody stands out.
//!
//! A *cell* here is a group of blocks with published numbers; it has nothing to do with cells of H3. A
//! *pool* is a set of cells whose changes are told as one sum, and cells that were ever in one pool are
//! bound: only their sum is a count, what each has is a share by a fixed rule. A change is told if enough
//! different persons are in it and nobody or enough are left.

use super::{
    Tree,
    gather::{Bundle, Crowd, Gathering, enough},
    share::apportion,
};
use std::collections::{BTreeMap, btree_map::Entry};

/// Somebody was not counted in a cell and category, and should be; or the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    /// The cell of the block in which the person is or is to be counted.
    pub(super) cell: u32,
    /// The category; 0 where people are counted without one.
    pub(super) category: u16,
    /// The beginning of the person's token.
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
}

/// What a release has counted.
pub(crate) struct Turn {
    /// Which cells were counted.
    pub(crate) counted: Vec<bool>,
    /// The pools of more than one cell.
    pub(crate) pools: Vec<Vec<u32>>,
}

impl Turn {
    /// How many cells were counted, and of how many.
    pub(crate) fn counted(&self) -> (usize, usize) {
        (self.counted.iter().filter(|counted| **counted).count(), self.counted.len())
    }
}

/// The changes of a group of cells.
#[derive(Debug, Default)]
pub(super) struct Movements {
    /// Who moved in which category, and which way. Who both comes and goes has not moved.
    moved: BTreeMap<(u16, u64), i8>,
    /// What changes in each category.
    categories: Vec<Category>,
}

/// What changes of a category.
#[derive(Debug, Default, Clone, Copy)]
struct Category {
    /// What was published of it last.
    published: u32,
    /// How many different persons moved.
    persons: u32,
    /// By how much the number changes.
    by: i32,
}

impl Category {
    /// What would be published.
    fn after(self) -> i64 {
        i64::from(self.published) + i64::from(self.by)
    }
}

impl Movements {
    /// Takes a movement in; one that undoes another takes it out.
    fn add(&mut self, category: u16, who: u64, by: i8) {
        let of = &mut self.categories[usize::from(category)];
        of.by += i32::from(by);
        match self.moved.entry((category, who)) {
            Entry::Vacant(entry) => {
                entry.insert(by);
                of.persons += 1;
            }
            Entry::Occupied(mut entry) if *entry.get() + by != 0 => *entry.get_mut() += by,
            Entry::Occupied(entry) => {
                entry.remove();
                of.persons -= 1;
            }
        }
    }

    /// Whether there is a change, each is of enough persons, and each leaves nobody or enough.
    fn may_be_told(categories: impl Iterator<Item = Category> + Clone, threshold: u32) -> bool {
        let leaves = |of: Category| of.after() == 0 || of.after() >= i64::from(threshold);
        enough(categories.clone().map(|of| of.persons), threshold) && categories.filter(|of| of.persons > 0).all(leaves)
    }
}

impl Crowd for Movements {
    fn take(&mut self, mut other: Self) {
        if self.moved.len() < other.moved.len() {
            std::mem::swap(self, &mut other);
        }
        self.categories.iter_mut().zip(&other.categories).for_each(|(of, more)| of.published += more.published);
        other.moved.into_iter().for_each(|((category, who), by)| self.add(category, who, by));
    }

    fn is_enough(&self, threshold: u32) -> bool {
        Self::may_be_told(self.categories.iter().copied(), threshold)
    }

    fn is_enough_with(&self, other: &Self, threshold: u32) -> bool {
        let mut both: Vec<Category> = self.categories.clone();
        for (of, more) in both.iter_mut().zip(&other.categories) {
            *of = Category {
                published: of.published + more.published,
                persons: of.persons + more.persons,
                by: of.by + more.by,
            };
        }
        let (few, many) = if self.moved.len() < other.moved.len() {
            (&self.moved, &other.moved)
        } else {
            (&other.moved, &self.moved)
        };
        for (moved, by) in few {
            let of = &mut both[usize::from(moved.0)];
            // One person, who may not have moved at all.
            of.persons -= many.get(moved).map_or(0, |other| if other + by == 0 { 2 } else { 1 });
        }
        Self::may_be_told(both.into_iter(), threshold)
    }
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

    /// How many cells there are.
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
        cell
    }

    /// The changes of each cell; those of cells whose sum alone was counted stand together.
    pub(super) fn movements(&self, changes: &[Change]) -> Vec<Vec<Bundle<Movements>>> {
        let mut of_bond: Vec<Vec<Bundle<Movements>>> = (0..self.len()).map(|_| Vec::new()).collect();
        for cell in 0..self.len() as u32 {
            let categories = self.row(cell).iter().map(|n| Category { published: *n, ..Category::default() }).collect();
            let crowd = Movements { moved: BTreeMap::new(), categories };
            let bundle = Bundle { home: self.homes[cell as usize], members: vec![cell], crowd };
            of_bond[self.bonds[cell as usize] as usize].push(bundle);
        }
        for Change { cell, category, who, by } in changes {
            let bundles = &mut of_bond[self.bonds[*cell as usize] as usize];
            if let Ok(at) = bundles.binary_search_by_key(cell, |bundle| bundle.members[0]) {
                bundles[at].crowd.add(*category, *who, *by);
            }
        }
        of_bond.retain(|bundles| !bundles.is_empty());
        of_bond
    }

    /// Publishes what may be told of some movements: of a cell by itself where that is enough, else of as
    /// few as are enough. What is left over waits.
    pub(super) fn turn(&mut self, tree: &Tree, movements: Vec<Vec<Bundle<Movements>>>, threshold: u32) -> Turn {
        let mut turn = Turn { counted: vec![false; self.len()], pools: Vec::new() };
        let mut gathering = Gathering::new(tree, threshold);
        // What is left over in the end waits.
        gathering.gather(movements.into_iter());
        for pool in gathering.groups() {
            self.publish(&pool.members, &pool.crowd);
            pool.members.iter().for_each(|cell| turn.counted[*cell as usize] = true);
            if pool.members.len() > 1 {
                turn.pools.push(pool.members);
            }
        }
        self.bind(&turn.pools);
        turn
    }

    /// Splits the changes of a pool over its cells.
    fn publish(&mut self, cells: &[u32], movements: &Movements) {
        let width = self.width;
        let mut after = Vec::new();
        for (category, moved) in movements.categories.iter().enumerate().filter(|(_, of)| of.persons > 0) {
            let of_cells: Vec<u32> =
                cells.iter().map(|cell| self.published[*cell as usize * width + category]).collect();
            // Where a category is new, its people are where people are.
            let everybody = || cells.iter().map(|cell| self.row(*cell).iter().sum()).collect();
            let weights = if of_cells.iter().all(|n| *n == 0) { everybody() } else { of_cells };
            after.push((category, apportion(moved.after() as u64, &weights)));
        }
        for (category, shares) in after {
            for (cell, share) in cells.iter().zip(shares) {
                self.published[*cell as usize * width + category] = share;
            }
        }
    }

    /// Remembers that only the sum of the cells of each pool was counted.
    pub(super) fn bind(&mut self, pools: &[Vec<u32>]) {
        let mut merged = Bonds::of(std::mem::take(&mut self.bonds));
        pools.iter().for_each(|pool| pool.iter().for_each(|cell| merged.join(pool[0], *cell)));
        self.bonds = merged.finish();
    }
}

/// Sets of cells that grow together: a forest in which each points to another of its set or to itself.
pub(super) struct Bonds(Vec<u32>);

impl Bonds {
    /// From the number of each one's set, which is that of one of its members.
    pub(super) fn of(bonds: Vec<u32>) -> Self {
        Self(bonds)
    }

    /// The one that stands for a set.
    fn find(&mut self, mut one: u32) -> u32 {
        while self.0[one as usize] != one {
            let next = self.0[one as usize];
            self.0[one as usize] = self.0[next as usize];
            one = next;
        }
        one
    }

    /// Makes two sets one.
    pub(super) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        // The lowest number stands for all, whatever the order.
        self.0[a.max(b) as usize] = a.min(b);
    }

    /// For each the number of its set, the lowest of its members.
    pub(super) fn finish(mut self) -> Vec<u32> {
        (0..self.0.len() as u32).map(|one| self.find(one)).collect()
    }
}
