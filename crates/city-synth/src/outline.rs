//! Which blocks belong to the city: an irregular blob grown from the centre.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::f64::consts::TAU;

use crate::geometry::Point;
use crate::lattice::{Block, Lattice};
use crate::random::{Purpose, Random};

/// Number of waves along the outline.
const WAVES: usize = 6;
/// Relative size of the first wave; each further one is a little smaller.
const SWING: f64 = 0.09;

/// The unevenness of the outline.
struct Blob {
    half_extent: (f64, f64),
    /// Cosine and sine amplitude of every wave.
    waves: [(f64, f64); WAVES],
}

impl Blob {
    fn new(lattice: &Lattice, seed: u64) -> Self {
        let mut random = Random::new(seed, Purpose::Outline, &[]);
        let waves = std::array::from_fn(|wave| {
            let swing = SWING / (1.0 + 0.35 * wave as f64);
            let phase = random.between(0.0, TAU);
            (swing * phase.cos(), swing * phase.sin())
        });
        Self { half_extent: lattice.half_extent(), waves }
    }

    /// Distance from the centre, relative to the outline in that direction.
    fn remoteness(&self, point: Point) -> f64 {
        let scaled = Point::new(point.x / self.half_extent.0, point.y / self.half_extent.1);
        let direction = scaled.direction();
        let mut turned = Point::new(1.0, 0.0);
        let mut reach = 1.0;
        for (cosine, sine) in self.waves {
            turned = Point::new(
                turned.x * direction.x - turned.y * direction.y,
                turned.x * direction.y + turned.y * direction.x,
            );
            reach += cosine * turned.x + sine * turned.y;
        }
        scaled.length() / reach
    }
}

/// The `count` blocks of the city, connected side by side, in ascending order.
///
/// The city grows from its central block, always by the least remote neighbour.
pub(crate) fn city_blocks(lattice: &Lattice, count: usize, seed: u64) -> Vec<Block> {
    let blob = Blob::new(lattice, seed);
    let candidate = |block: Block| {
        let remoteness = blob.remoteness(lattice.quad(block).at(0.5, 0.5));
        // Bit patterns of non-negative floats are ordered like the floats.
        Reverse((remoteness.to_bits(), block))
    };
    let centre = Block { i: 0, j: 0 };
    let mut seen = BTreeSet::from([centre]);
    let mut rim = BinaryHeap::from([candidate(centre)]);
    let mut city = Vec::with_capacity(count);
    while city.len() < count
        && let Some(Reverse((_, block))) = rim.pop()
    {
        city.push(block);
        for (di, dj) in [(1, 0), (0, 1), (-1, 0), (0, -1)] {
            let neighbour = block.offset(di, dj);
            if seen.insert(neighbour) {
                rim.push(candidate(neighbour));
            }
        }
    }
    city.sort_unstable();
    city
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_city_has_the_blocks_asked_for() {
        let lattice = Lattice::new(1, 500);
        let blocks = city_blocks(&lattice, 500, 1);
        let distinct: BTreeSet<Block> = blocks.iter().copied().collect();
        assert_eq!(distinct.len(), 500);
        assert!(distinct.contains(&Block { i: 0, j: 0 }));
    }
}
