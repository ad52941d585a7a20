//! From areas to unique edges.
//!
//! Every edge of every ring is turned so that it runs to the east, or to the north if it is vertical, and
//! says on which side its grid lies. Sorted by their ends, the two halves of a shared border come together
//! and become one edge with a face on either side. It takes time n log n and compares coordinates bit by
//! bit, so only borders with the same vertices are shared.

use geo_types::{Coord, MultiPolygon};
use rayon::prelude::*;

/// A piece of border between two vertices, `a` before `b` in the order of x, then y; degrees. A face is the
/// index of a grid in the coverage, counted from 1; 0 is outside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Edge {
    /// The end with the lesser longitude, or latitude where they are equal.
    pub(crate) a: Coord<f64>,
    /// The other end.
    pub(crate) b: Coord<f64>,
    /// The face on the left when going from `a` to `b`.
    pub(crate) left: u32,
    /// The face on the right when going from `a` to `b`.
    pub(crate) right: u32,
}

impl Edge {
    /// The ends, bit by bit.
    fn key(&self) -> [u64; 4] {
        [self.a.x, self.a.y, self.b.x, self.b.y].map(f64::to_bits)
    }
}

/// The edges of a coverage, each with the faces on both sides. The areas must be valid and oriented (exteriors
/// counter-clockwise, holes clockwise). Where more than two areas claim an edge, or two claim the same side, it appears
/// more than once, so that every area is named as often as it claims it.
pub(crate) fn shared_edges(areas: &[MultiPolygon<f64>]) -> Vec<Edge> {
    let mut halves: Vec<Edge> = (1..).zip(areas).flat_map(|(face, area)| half_edges(face, area)).collect();
    halves.par_sort_unstable_by_key(|e| (e.key(), e.left, e.right));
    let mut edges = Vec::with_capacity(halves.len() / 2 + 1);
    for claims in halves.chunk_by(|e, f| e.key() == f.key()) {
        let (on_left, on_right): (Vec<&Edge>, Vec<&Edge>) = claims.iter().partition(|e| e.left != 0);
        for i in 0..on_left.len().max(on_right.len()) {
            let left = on_left.get(i).map_or(0, |e| e.left);
            let right = on_right.get(i).map_or(0, |e| e.right);
            edges.push(Edge { left, right, ..claims[0] });
        }
    }
    edges
}

/// The edges of an area, each with the face on the side on which it lies and nothing on the other.
fn half_edges(face: u32, area: &MultiPolygon<f64>) -> impl Iterator<Item = Edge> {
    let rings = area.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    rings.flat_map(geo_types::LineString::lines).filter(|line| line.start != line.end).map(move |line| {
        // Adding zero makes −0.0 and 0.0 one number.
        let (start, end) = (line.start + Coord::zero(), line.end + Coord::zero());
        if (start.x, start.y) < (end.x, end.y) {
            Edge { a: start, b: end, left: face, right: 0 }
        } else {
            Edge { a: end, b: start, left: 0, right: face }
        }
    })
}
