//! Sites: the compound on one block (or on a core), and the land in it that may be built on.

use crate::geometry::Quad;
use crate::land_use::Use;
use crate::lattice::{Axis, Block, Lattice};
use crate::lot::{Lot, Part};
use crate::random::{Purpose, Random};
use crate::shape::core_extent;

/// Distance that buildings keep from streets and from the border of their grid, metres.
const SETBACK: f64 = 6.0;
/// Distance that buildings keep from the neighbouring part of the same site, metres.
const SEAM: f64 = 2.0;
/// Door numbers on each side of a street along one block.
pub(crate) const DOORS_PER_BLOCK: u32 = 8;

/// One compound.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// Number of the compound, for its name.
    pub(crate) number: u32,
    /// Which of several compounds under this number, from 0.
    pub(crate) phase: Option<usize>,
    /// The block it lies on.
    pub(crate) block: Block,
    /// Which grid of the lot it belongs to.
    pub(crate) part: Part,
    /// Its use.
    pub(crate) usage: Use,
    /// Land that may be built on: convex, apart from each other and from the grid's border.
    pub(crate) plots: Vec<Quad>,
}

/// A place at a street.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Door {
    /// Direction of the street.
    pub(crate) axis: Axis,
    /// Lattice line of the street.
    pub(crate) line: i32,
    /// Lattice index of the block along the street.
    pub(crate) along: i32,
    /// Place within the block, below [`DOORS_PER_BLOCK`].
    pub(crate) step: u32,
    /// Whether the place is on the northern or western side, which has the odd numbers.
    pub(crate) odd: bool,
}

impl Site {
    /// The sites of one grid.
    pub(crate) fn all(lattice: &Lattice, seed: u64, lot: &Lot, part: Part) -> Vec<Self> {
        let number = match (part, lot.core) {
            (Part::Core, Some(core)) => core,
            _ => lot.id,
        };
        let (i, j) = lot.place();
        let mut random = Random::new(seed, Purpose::Site, &[i.into(), j.into(), i64::from(part == Part::Core)]);
        let usage = Use::of_compound(centrality(lattice, lot), &mut random);
        let several = lot.blocks.len() > 1;
        let sites = lot.blocks.iter().enumerate().map(|(k, &block)| Self {
            number,
            phase: several.then_some(k),
            block,
            part,
            usage,
            plots: plots(lattice, seed, block, lot.core.map(|_| part)),
        });
        sites.collect()
    }

    /// Number of buildings that this site would have before scaling to the city's target.
    pub(crate) fn natural_buildings(&self) -> f64 {
        let area: f64 = self.plots.iter().map(Quad::area).sum();
        area / self.usage.profile().slot_area
    }

    /// The place of the gate.
    pub(crate) fn gate(&self, random: &mut Random) -> Door {
        let step = random.below(DOORS_PER_BLOCK / 2);
        let shift = match self.part {
            Part::Body => 0,
            Part::Core => DOORS_PER_BLOCK / 2,
        };
        self.door(random.below(4), step + shift)
    }

    /// A place at the street on one side (south, east, north, west) of the block.
    pub(crate) fn door(&self, side: u32, step: u32) -> Door {
        let Block { i, j } = self.block;
        let (axis, line, along, odd) = match side {
            0 => (Axis::East, j, i, true),
            1 => (Axis::North, i + 1, j, true),
            2 => (Axis::East, j + 1, i, false),
            _ => (Axis::North, i, j, false),
        };
        Door { axis, line, along, step: step.min(DOORS_PER_BLOCK - 1), odd }
    }
}

/// 1 in the centre of the city, falling to 0 at its rim.
fn centrality(lattice: &Lattice, lot: &Lot) -> f64 {
    let (i, j) = lot.place();
    let place = lattice.quad(Block { i, j }).at(0.5, 0.5);
    let (half_width, half_height) = lattice.half_extent();
    let (x, y) = (place.x / half_width, place.y / half_height);
    (1.0 - (x * x + y * y).sqrt()).max(0.0)
}

/// The land for buildings on a block; `pierced` tells which part of a pierced block is asked for.
fn plots(lattice: &Lattice, seed: u64, block: Block, pierced: Option<Part>) -> Vec<Quad> {
    let quad = lattice.quad(block);
    let margins = block.sides().map(|side| SETBACK + lattice.bulge(side));
    let [south, east, north, west] = margins;
    let (u, v) = core_extent(seed, block);
    match pierced {
        None => quad.inset(margins).into_iter().collect(),
        Some(Part::Core) => quad.part(u, v).inset([SETBACK; 4]).into_iter().collect(),
        Some(Part::Body) => {
            let ([u0, u1], [v0, v1]) = (u, v);
            let strips = [
                ([0.0, 1.0], [0.0, v0], [south, east, SETBACK, west]),
                ([0.0, u0], [v0, v1], [SEAM, SETBACK, SEAM, west]),
                ([u1, 1.0], [v0, v1], [SEAM, east, SEAM, SETBACK]),
                ([0.0, 1.0], [v1, 1.0], [SETBACK, east, north, west]),
            ];
            strips.into_iter().filter_map(|(u, v, margins)| quad.part(u, v).inset(margins)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::distance_left;

    #[test]
    fn plots_keep_the_setback() {
        let lattice = Lattice::new(6, 60);
        for block in (-3..3).flat_map(|i| (-3..3).map(move |j| Block { i, j })) {
            let quad = lattice.quad(block);
            let plots = plots(&lattice, 6, block, None);
            for corner in plots.iter().flat_map(|plot| plot.0) {
                for k in 0..4 {
                    let distance = distance_left(quad.0[k], quad.0[(k + 1) % 4], corner);
                    assert!(distance >= SETBACK - 1e-9, "{distance} in {block:?}");
                }
            }
        }
    }

    #[test]
    fn opposite_sides_of_a_street_differ_in_parity() {
        let site = |j| Site {
            number: 0,
            phase: None,
            block: Block { i: 0, j },
            part: Part::Body,
            usage: Use::Residential,
            plots: Vec::new(),
        };
        let (south, north) = (site(0).door(2, 1), site(1).door(0, 1));
        assert_eq!((south.axis, south.line), (north.axis, north.line));
        assert!(north.odd && !south.odd);
    }
}
