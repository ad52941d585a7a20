//! The parts of a raster while it is made: where each lies, and which edges cross it.
//!
//! A *part* is a block, or a cell of a block or of a larger cell. Parts of one kind form a raster
//! themselves, numbered row by row from the south-west; coordinates within it are counted in parts. An edge
//! is assigned to every part that it may cross: parts are taken a little larger than they are, so rounding
//! can add a part, and never lose one. Since a superfluous edge changes nothing about which faces are
//! found, that is all the care that is needed.

use super::frame::{Frame, MAX_HALVINGS, UNIT_BITS};
use crate::{coverage::Edge, spatial::LngLat};
use geo_types::Coord;

/// Parts are taken this much larger (in their sizes) when edges are assigned, so that rounding loses none.
const OVERSIZE: f64 = 1e-6;
/// Points tried as a reference point. Each fails only if it is in one line with an edge around.
const REFERENCE_TRIES: u32 = 1_000;
/// Multiples of these, taken without their whole part, are spread evenly over a square.
const SPREAD: (f64, f64) = (0.754_877_666_246_692_8, 0.569_840_290_998_053_3);

/// The indices of the parts of a row of `count`, each of length 1, that a range from `low` to `high`
/// touches.
pub(super) fn parts((low, high): (f64, f64), count: usize) -> std::ops::Range<usize> {
    let end = (high.floor() + 1.0).max(0.0) as usize;
    low.max(0.0) as usize..end.min(count)
}

/// The blocks of a raster, or the cells of a block or cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts<'a> {
    frame: &'a Frame,
    /// The blocks from the west side of the frame to the south-west corner of the first part.
    x: f64,
    /// The blocks from the south side of the frame to that corner.
    y: f64,
    /// Parts to a block in either direction, a power of two.
    scale: f64,
    /// Parts in a row.
    pub(super) columns: usize,
    /// Rows of parts.
    pub(super) rows: usize,
}

impl<'a> Parts<'a> {
    /// The blocks of a frame.
    pub(super) fn blocks(frame: &'a Frame) -> Self {
        Self { frame, x: 0.0, y: 0.0, scale: 1.0, columns: frame.columns, rows: frame.rows }
    }

    /// The cells of a part, `side` (a power of two) in a row.
    pub(super) fn cells(&self, part: usize, side: usize) -> Self {
        let along = |corner: f64, number: usize| corner + number as f64 / self.scale;
        let (x, y) = (along(self.x, part % self.columns), along(self.y, part / self.columns));
        Self { frame: self.frame, x, y, scale: self.scale * side as f64, columns: side, rows: side }
    }

    /// How often a part can be halved: its cells must be far larger than the errors of raster coordinates and the last digits of
    /// coordinates.
    pub(super) fn most_halvings(&self) -> u32 {
        let frame = self.frame;
        let across = frame.columns.max(frame.rows) as f64;
        let digits = |from: f64, per_degree: f64| from.abs() * per_degree / 2_f64.powi(40);
        let rounding = digits(frame.west, frame.blocks_per_lng).max(digits(frame.south, frame.blocks_per_lat));
        let smallest = (across / 2_f64.powi(28)).max(rounding).max(2_f64.powi(-(UNIT_BITS as i32)));
        ((1.0 / (self.scale * smallest)).log2() as u32).min(MAX_HALVINGS)
    }

    /// The length of an edge from south to north and from west to east together, in sides of a part; each
    /// no more than one.
    pub(super) fn length_within(&self, edge: &Edge) -> f64 {
        let ((ax, ay), (bx, by)) = (self.raster(edge.a), self.raster(edge.b));
        (bx - ax).abs().min(1.0) + (by - ay).abs().min(1.0)
    }

    /// Parts east and north of the corner.
    fn raster(&self, c: Coord<f64>) -> (f64, f64) {
        ((self.frame.x(c.x) - self.x) * self.scale, (self.frame.y(c.y) - self.y) * self.scale)
    }

    /// The points of a part that are tried as its reference point, in degrees: its middle first, then
    /// others spread evenly over the inner three fifths of it.
    pub(super) fn candidates(self, part: usize) -> impl Iterator<Item = LngLat> {
        let (column, row) = (part % self.columns, part / self.columns);
        let tried = move |k: u32| {
            let within = |step: f64| 0.2 + 0.6 * (0.5 + f64::from(k) * step).fract();
            let x = self.x + (column as f64 + within(SPREAD.0)) / self.scale;
            let y = self.y + (row as f64 + within(SPREAD.1)) / self.scale;
            LngLat::new(
                self.frame.west + x / self.frame.blocks_per_lng,
                self.frame.south + y / self.frame.blocks_per_lat,
            )
        };
        (0..REFERENCE_TRIES).map(tried)
    }

    /// Calls `each` with every part that an edge may cross: in each row those below the piece of the edge
    /// within the row.
    fn for_each_crossed(&self, edge: &Edge, mut each: impl FnMut(usize)) {
        let ((ax, ay), (bx, by)) = (self.raster(edge.a), self.raster(edge.b));
        let (low, high) = (ay.min(by), ay.max(by));
        for row in larger_parts(low, high, self.rows) {
            let at = |level: f64| if high > low { ax + (bx - ax) * ((level - ay) / (by - ay)) } else { ax };
            let (bottom, top) = (row as f64 - OVERSIZE, row as f64 + 1.0 + OVERSIZE);
            let (p, q) = if high > low { (at(bottom.max(low)), at(top.min(high))) } else { (ax, bx) };
            let columns = larger_parts(p.min(q), p.max(q), self.columns);
            columns.for_each(|column| each(row * self.columns + column));
        }
    }
}

fn larger_parts(low: f64, high: f64, count: usize) -> std::ops::Range<usize> {
    parts((low - OVERSIZE, high + OVERSIZE), count)
}

/// Which edges cross which part: `edges[starts[part]..starts[part + 1]]`, in ascending order.
pub(super) struct Crossing {
    starts: Vec<u32>,
    pub(super) edges: Vec<u32>,
}

impl Crossing {
    /// Assigns some edges, by number, to the parts that they may cross, in two passes: one to count, one to
    /// fill.
    pub(super) fn assign(parts: &Parts<'_>, edges: &[Edge], which: impl Iterator<Item = u32> + Clone) -> Self {
        let mut starts = vec![0_u32; parts.columns * parts.rows + 1];
        for index in which.clone() {
            parts.for_each_crossed(&edges[index as usize], |part| starts[part + 1] += 1);
        }
        for part in 1..starts.len() {
            starts[part] += starts[part - 1];
        }
        let mut next = starts.clone();
        let mut assigned = vec![0; starts.last().map_or(0, |n| *n as usize)];
        for index in which {
            parts.for_each_crossed(&edges[index as usize], |part| {
                assigned[next[part] as usize] = index;
                next[part] += 1;
            });
        }
        Self { starts, edges: assigned }
    }

    /// The numbers of the edges that may cross a part, in the order in which they were given.
    pub(super) fn of(&self, part: usize) -> &[u32] {
        &self.edges[self.starts[part] as usize..self.starts[part + 1] as usize]
    }
}
