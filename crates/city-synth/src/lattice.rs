//! The streets: a deformed lattice of crossings and the segments between them.
//!
//! The lattice has no bounds. A crossing's place is a smooth function of its indices plus a bounded displacement, both
//! small enough that every block stays a convex quadrilateral when its streets are taken as straight. A segment's
//! vertices depend on the segment alone, so the two blocks beside it carry identical vertices.

use std::f64::consts::{PI, TAU};

use crate::geometry::{Point, Quad, distance_left};
use crate::random::{Purpose, Random};

/// Mean distance between neighbouring crossings, metres.
const SPACING: f64 = 308.0;
/// Relative change of spacing between the centre (closer) and the rim (wider).
const CONTRAST: f64 = 0.35;
/// Relative change of spacing by the secondary centres.
const RIPPLE: f64 = 0.12;
/// Slope of the lattice lines against the axes.
const SLANT: f64 = 0.10;
/// Largest displacement of a crossing, as a share of the local spacing.
const JITTER: f64 = 0.11;
/// A segment has fewer than this many vertices between its crossings.
const MAX_VERTICES: u32 = 7;
/// Largest bow of a segment, as a share of its length.
const BOW: f64 = 0.025;
/// Largest wiggle of a segment, as a share of its length.
const WIGGLE: f64 = 0.006;
/// Width to height of the city.
const ASPECT: f64 = 60.0 / 35.0;

/// A street crossing, by its column and row in the lattice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Crossing {
    /// Column, growing eastward.
    pub(crate) i: i32,
    /// Row, growing northward.
    pub(crate) j: i32,
}

/// The direction of a street.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Axis {
    /// Runs from west to east.
    East,
    /// Runs from south to north.
    North,
}

/// The piece of a street between two neighbouring crossings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Segment {
    /// The western or southern end.
    pub(crate) from: Crossing,
    /// The direction from there.
    pub(crate) axis: Axis,
}

impl Segment {
    /// The eastern or northern end.
    pub(crate) fn to(self) -> Crossing {
        let Crossing { i, j } = self.from;
        match self.axis {
            Axis::East => Crossing { i: i + 1, j },
            Axis::North => Crossing { i, j: j + 1 },
        }
    }
}

/// A segment as walked along a block's boundary.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    /// The segment.
    pub(crate) segment: Segment,
    /// Whether it is walked against its direction.
    pub(crate) backward: bool,
}

impl Side {
    /// Where the walk starts.
    pub(crate) fn start(self) -> Crossing {
        if self.backward { self.segment.to() } else { self.segment.from }
    }

    /// Where the walk ends.
    pub(crate) fn end(self) -> Crossing {
        if self.backward { self.segment.from } else { self.segment.to() }
    }
}

/// A lattice piece between four crossings, by its south-western one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Block {
    /// Column, growing eastward.
    pub(crate) i: i32,
    /// Row, growing northward.
    pub(crate) j: i32,
}

impl Block {
    /// The block `di` columns east and `dj` rows north.
    pub(crate) fn offset(self, di: i32, dj: i32) -> Self {
        Self { i: self.i + di, j: self.j + dj }
    }

    /// The four sides counter-clockwise: south, east, north, west.
    pub(crate) fn sides(self) -> [Side; 4] {
        let side = |i, j, axis, backward| Side { segment: Segment { from: Crossing { i, j }, axis }, backward };
        let Self { i, j } = self;
        [
            side(i, j, Axis::East, false),
            side(i + 1, j, Axis::North, false),
            side(i, j + 1, Axis::East, true),
            side(i, j, Axis::North, true),
        ]
    }
}

/// The deformed lattice of one city.
#[derive(Clone, Debug)]
pub(crate) struct Lattice {
    seed: u64,
    /// Columns and rows of the city; the periods of the deformation.
    columns: f64,
    rows: f64,
    phases: [f64; 4],
}

impl Lattice {
    /// The lattice of a city of about `blocks` blocks.
    pub(crate) fn new(seed: u64, blocks: usize) -> Self {
        let columns = (blocks as f64 * 4.0 / PI * ASPECT).sqrt();
        let mut random = Random::new(seed, Purpose::Warp, &[]);
        Self { seed, columns, rows: columns / ASPECT, phases: std::array::from_fn(|_| random.between(0.0, TAU)) }
    }

    /// Half the east-west and half the north-south extent of the city, metres.
    pub(crate) fn half_extent(&self) -> (f64, f64) {
        (self.columns * SPACING / 2.0, self.rows * SPACING / 2.0)
    }

    /// The place of a crossing.
    pub(crate) fn crossing(&self, crossing: Crossing) -> Point {
        let (i, j) = (f64::from(crossing.i), f64::from(crossing.j));
        let (x, dx) = stretch(i, self.columns, self.phases[0]);
        let (y, dy) = stretch(j, self.rows, self.phases[1]);
        let mut random = Random::new(self.seed, Purpose::Crossing, &[crossing.i.into(), crossing.j.into()]);
        Point::new(
            x + slant(j, self.rows, self.phases[2]) + dx * random.between(-JITTER, JITTER),
            y + slant(i, self.columns, self.phases[3]) + dy * random.between(-JITTER, JITTER),
        )
    }

    /// The vertices of a segment along its direction, both ends included.
    pub(crate) fn segment(&self, segment: Segment) -> Vec<Point> {
        let (from, to) = (self.crossing(segment.from), self.crossing(segment.to()));
        let Crossing { i, j } = segment.from;
        let mut random = Random::new(self.seed, Purpose::Segment, &[i.into(), j.into(), segment.axis as i64]);
        let count = random.below(MAX_VERTICES);
        let bow = random.between(-BOW, BOW);
        let wiggle = random.between(-WIGGLE, WIGGLE);
        let across = (to - from).left();
        let vertex = |k: u32| {
            let t = f64::from(k) / f64::from(count + 1);
            let aside = bow * 4.0 * t * (1.0 - t) + wiggle * (TAU * t).sin();
            from * (1.0 - t) + to * t + across * aside
        };
        let mut vertices = vec![from];
        vertices.extend((1..=count).map(vertex));
        vertices.push(to);
        vertices
    }

    /// The vertices of a side as it is walked, both ends included.
    pub(crate) fn side(&self, side: Side) -> Vec<Point> {
        let mut vertices = self.segment(side.segment);
        if side.backward {
            vertices.reverse();
        }
        vertices
    }

    /// How far a side's street bulges into the block on its left, metres.
    pub(crate) fn bulge(&self, side: Side) -> f64 {
        let (from, to) = (self.crossing(side.start()), self.crossing(side.end()));
        self.segment(side.segment).into_iter().map(|vertex| distance_left(from, to, vertex)).fold(0.0, f64::max)
    }

    /// The point on the left of a side, `share` of its length from its start and `aside` metres away.
    pub(crate) fn beside(&self, side: Side, share: f64, aside: f64) -> Point {
        let vertices = self.side(side);
        let edges = || vertices.iter().zip(vertices.iter().skip(1));
        let mut left = share * edges().map(|(&a, &b)| (b - a).length()).sum::<f64>();
        let mut place = self.crossing(side.start());
        for (&a, &b) in edges() {
            let (length, along) = ((b - a).length(), (b - a).direction());
            place = a + along * left.min(length) + along.left() * aside;
            if left <= length {
                break;
            }
            left -= length;
        }
        place
    }

    /// The block's corners, joined straight.
    pub(crate) fn quad(&self, block: Block) -> Quad {
        Quad(block.sides().map(|side| self.crossing(side.start())))
    }
}

/// Place along an axis and its rate of change, metres and metres per index, of lattice index `t`.
fn stretch(t: f64, period: f64, phase: f64) -> (f64, f64) {
    let (main, minor) = (TAU * t / period, 3.0 * TAU * t / period + phase);
    let place = t - (CONTRAST * main.sin() + RIPPLE / 3.0 * minor.sin()) * period / TAU;
    let rate = 1.0 - CONTRAST * main.cos() - RIPPLE * minor.cos();
    (place * SPACING, rate * SPACING)
}

/// Sideways shift of a lattice line at index `t` along it, metres.
fn slant(t: f64, period: f64, phase: f64) -> f64 {
    SPACING * SLANT * period / TAU * (TAU * t / period + phase).sin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_convex() {
        for (seed, blocks) in [(1, 70), (2, 5_000), (3, 20_000)] {
            let lattice = Lattice::new(seed, blocks);
            for (i, j) in (-120..120).flat_map(|i| (-70..70).map(move |j| (i, j))) {
                let corners = lattice.quad(Block { i, j }).0;
                for k in 0..4 {
                    let [a, b, c] = [0, 1, 2].map(|step| corners[(k + step) % 4]);
                    assert!(distance_left(a, b, c) > 20.0, "block {i} {j} of seed {seed}");
                }
            }
        }
    }

    #[test]
    fn neighbours_share_their_street() {
        let lattice = Lattice::new(1, 70);
        let (south, north) = (Block { i: 2, j: 1 }, Block { i: 2, j: 2 });
        let mut shared = lattice.side(south.sides()[2]);
        shared.reverse();
        assert_eq!(shared, lattice.side(north.sides()[0]));
    }
}
