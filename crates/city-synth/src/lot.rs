//! Lots: blocks put together, of which grids are made.
//!
//! Most lots are one block and one grid. Some join two blocks side by side or three in an L; some are pierced, which
//! makes two grids of one block: a body with a hole, and the core that fills the hole.

use std::collections::BTreeSet;

use crate::lattice::{Block, Lattice};
use crate::random::{Purpose, Random};

/// Share of grids that are two blocks side by side.
const PAIRS: f64 = 0.05;
/// Share of grids that are three blocks in an L.
const CORNERS: f64 = 0.015;
/// Share of grids that fill a hole of another one.
const CORES: f64 = 0.03;
/// A pierced block is at least this wide and deep, metres.
const PIERCED_SIDE: f64 = 230.0;

/// One or more blocks and the grids on them.
#[derive(Clone, Debug)]
pub(crate) struct Lot {
    /// Number of the lot's main site, unique among all sites.
    pub(crate) id: u32,
    /// The blocks, side by side.
    pub(crate) blocks: Vec<Block>,
    /// Number of the site in the hole, if the lot is pierced.
    pub(crate) core: Option<u32>,
}

/// Which grid of a lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The lot, without its hole if it has one.
    Body,
    /// What fills the hole.
    Core,
}

impl Lot {
    /// The grids of the lot.
    pub(crate) fn parts(&self) -> &'static [Part] {
        if self.core.is_some() { &[Part::Body, Part::Core] } else { &[Part::Body] }
    }

    /// The first block, which stands for the lot's place.
    pub(crate) fn place(&self) -> (i32, i32) {
        self.blocks.first().map_or((0, 0), |block| (block.i, block.j))
    }
}

/// How many lots of each kind make a number of grids.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LotCounts {
    pairs: usize,
    corners: usize,
    cores: usize,
    /// Number of blocks needed.
    pub(crate) blocks: usize,
}

impl LotCounts {
    /// The counts for `grids` grids.
    pub(crate) fn new(grids: usize) -> Self {
        let count = |share: f64| (grids as f64 * share).round() as usize;
        let (pairs, corners, cores) = (count(PAIRS), count(CORNERS), count(CORES));
        Self { pairs, corners, cores, blocks: grids - cores + pairs + 2 * corners }
    }
}

/// Puts the city's blocks together into lots, in ascending order of place.
pub(crate) fn lots(lattice: &Lattice, blocks: &[Block], counts: LotCounts, seed: u64) -> Vec<Lot> {
    let mut random = Random::new(seed, Purpose::Lots, &[]);
    let mut order = blocks.to_vec();
    for k in (1..order.len()).rev() {
        order.swap(k, random.below(k as u32 + 1) as usize);
    }
    let mut free: BTreeSet<Block> = blocks.iter().copied().collect();
    let mut groups = Vec::new();
    for (wanted, arms) in [(counts.corners, 2), (counts.pairs, 1)] {
        let found = order.iter().filter_map(|&block| {
            let group = group(block, arms, &mut random);
            let fits = group.iter().all(|block| free.contains(block));
            fits.then(|| {
                group.iter().for_each(|block| _ = free.remove(block));
                group
            })
        });
        groups.extend(found.take(wanted));
    }
    let hosts: BTreeSet<Block> = order
        .iter()
        .copied()
        .filter(|block| free.contains(block) && is_roomy(lattice, *block))
        .take(counts.cores)
        .collect();
    groups.extend(free.into_iter().map(|block| vec![block]));
    groups.sort_unstable();
    number(groups, &hosts)
}

/// A block with one neighbour, or with two that meet it at a right angle.
fn group(block: Block, arms: usize, random: &mut Random) -> Vec<Block> {
    const TURNS: [(i32, i32); 5] = [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 0)];
    let turn = random.below(4) as usize;
    let mut group = vec![block];
    group.extend(TURNS[turn..turn + arms].iter().map(|&(di, dj)| block.offset(di, dj)));
    group.sort_unstable();
    group
}

fn is_roomy(lattice: &Lattice, block: Block) -> bool {
    let quad = lattice.quad(block);
    quad.width() >= PIERCED_SIDE && quad.depth() >= PIERCED_SIDE
}

fn number(groups: Vec<Vec<Block>>, hosts: &BTreeSet<Block>) -> Vec<Lot> {
    let mut next_core = groups.len() as u32;
    let lots = groups.into_iter().zip(0..).map(|(blocks, id)| {
        let pierced = blocks.len() == 1 && blocks.iter().all(|block| hosts.contains(block));
        let core = pierced.then_some(next_core);
        next_core += u32::from(pierced);
        Lot { id, blocks, core }
    });
    lots.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outline::city_blocks;

    #[test]
    fn lots_use_every_block_once_and_make_the_grids_asked_for() {
        let counts = LotCounts::new(1_000);
        let lattice = Lattice::new(4, counts.blocks);
        let blocks = city_blocks(&lattice, counts.blocks, 4);
        let lots = lots(&lattice, &blocks, counts, 4);
        let grids: usize = lots.iter().map(|lot| lot.parts().len()).sum();
        assert_eq!(grids, 1_000);
        let mut used: Vec<Block> = lots.iter().flat_map(|lot| lot.blocks.clone()).collect();
        used.sort_unstable();
        assert_eq!(used, blocks);
    }
}
