//! The polygons of grids.

use crate::geometry::{Point, Quad};
use crate::lattice::{Block, Lattice, Side};
use crate::lot::{Lot, Part};
use crate::random::{Purpose, Random};

/// The polygon of a grid. Rings do not repeat their first vertex.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// The outer ring, counter-clockwise.
    pub(crate) outer: Vec<Point>,
    /// The ring of the hole, clockwise.
    pub(crate) hole: Option<Vec<Point>>,
}

impl Shape {
    /// The polygon of one grid of a lot.
    pub(crate) fn new(lattice: &Lattice, seed: u64, lot: &Lot, part: Part) -> Self {
        let core = lot.core.and(lot.blocks.first()).map(|&block| {
            let (u, v) = core_extent(seed, block);
            core_ring(&lattice.quad(block), u, v)
        });
        match (part, core) {
            (Part::Core, Some(ring)) => Self { outer: ring, hole: None },
            (_, core) => Self {
                outer: outer_ring(lattice, &lot.blocks),
                hole: core.map(|ring| ring.into_iter().rev().collect()),
            },
        }
    }
}

/// The extent of the core in its block's bilinear coordinates.
pub(crate) fn core_extent(seed: u64, block: Block) -> ([f64; 2], [f64; 2]) {
    let mut random = Random::new(seed, Purpose::Core, &[block.i.into(), block.j.into()]);
    let mut extent = || [random.between(0.28, 0.36), random.between(0.64, 0.72)];
    (extent(), extent())
}

/// Corners and middles of the core's sides, counter-clockwise.
fn core_ring(quad: &Quad, u: [f64; 2], v: [f64; 2]) -> Vec<Point> {
    let core = quad.part(u, v);
    [(0.0, 0.0), (0.5, 0.0), (1.0, 0.0), (1.0, 0.5), (1.0, 1.0), (0.5, 1.0), (0.0, 1.0), (0.0, 0.5)]
        .map(|(u, v)| core.at(u, v))
        .to_vec()
}

/// The ring around blocks that lie side by side: the sides that belong to only one of them.
fn outer_ring(lattice: &Lattice, blocks: &[Block]) -> Vec<Point> {
    let sides: Vec<Side> = blocks.iter().flat_map(|block| block.sides()).collect();
    let is_outer = |side: &&Side| {
        let uses = sides.iter().filter(|other| other.segment == side.segment);
        uses.count() == 1
    };
    let mut open: Vec<Side> = sides.iter().filter(is_outer).copied().collect();
    let mut ring = Vec::new();
    let mut at = open.first().map(|side| side.start());
    while let Some(k) = open.iter().position(|side| Some(side.start()) == at) {
        let side = open.swap_remove(k);
        at = Some(side.end());
        ring.extend(lattice.side(side));
        ring.pop();
    }
    ring
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::ring_area;

    #[test]
    fn an_l_of_three_blocks_has_the_area_of_its_blocks() {
        let lattice = Lattice::new(3, 60);
        let blocks = [(0, 0), (0, 1), (1, 0)].map(|(i, j)| Block { i, j });
        let sum: f64 = blocks.iter().map(|block| ring_area(&outer_ring(&lattice, &[*block]))).sum();
        let whole = ring_area(&outer_ring(&lattice, &blocks));
        assert!((sum - whole).abs() < 1e-6);
    }

    #[test]
    fn the_core_fills_the_hole() {
        let lattice = Lattice::new(3, 60);
        let lot = Lot { id: 0, blocks: vec![Block { i: 1, j: 1 }], core: Some(1) };
        let body = Shape::new(&lattice, 3, &lot, Part::Body);
        let mut core = Shape::new(&lattice, 3, &lot, Part::Core).outer;
        core.reverse();
        assert_eq!(body.hole, Some(core));
    }
}
