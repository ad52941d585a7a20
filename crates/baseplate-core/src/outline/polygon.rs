//! Polygons on a lattice: from directed edges to rings that decoders accept.
//!
//! Everywhere in this folder y points down, an exterior has a positive area, and what a ring bounds is on
//! its left. *Left* and *clockwise* are those of a plane whose y points up, where a positive cross product
//! turns left; on a screen both are mirrored.
//!
//! Snapping and clipping yield edges that meet in vertices only, but not yet valid polygons: an edge may
//! run there and back again, two pieces may touch in a vertex, and what was one ring may have fallen apart.
//! Three steps put that right. Edges that lie on each other are netted, so that at most one direction is
//! left. The rest is walked along, always taking the edge that bounds the same piece of the inside, and cut
//! at vertices that are passed twice: these are rings that visit no vertex twice. Last, rings of positive
//! area become exteriors, and those of negative area holes of the smallest exterior around them.
//!
//! All arithmetic is of integers and exact. Cross products are of coordinates of at most 2^29 each in the
//! world of the deepest zoom, doubled where midpoints are compared, which `i64` holds. Walking n edges
//! takes O(n log n); putting h holes into e exteriors takes O(h · vertices of the exteriors), and nothing
//! where there is one exterior.

use super::scheme::Vertex;
use std::{cmp::Ordering, collections::HashMap};

/// A closed ring without its first vertex repeated at the end, in lattice units.
pub(crate) type Ring = Vec<Vertex>;
/// An exterior, which comes first, and its holes.
pub(crate) type Polygon = Vec<Ring>;
/// A piece of border from one vertex to another, with what it bounds on its left.
pub(crate) type HalfEdge = (Vertex, Vertex);

/// Twice the signed area of an open ring, in square lattice units; positive where the tile format wants
/// exteriors (clockwise on screen).
pub(crate) fn doubled_area(ring: &[Vertex]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

/// The edges of an open ring in its order, the one from the last vertex back to the first included.
pub(crate) fn half_edges(ring: &[Vertex]) -> impl Iterator<Item = HalfEdge> {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

/// Valid polygons of rings whose edges meet in vertices only: what runs there and back again goes, and a
/// ring that touches itself becomes several. Rings that share no vertex, as nearly all do, are only sorted
/// into exteriors and holes.
pub(crate) fn polygons(rings: Vec<Ring>) -> Vec<Polygon> {
    let rings =
        if has_repeats(&rings) { traced(rings.iter().flat_map(|ring| half_edges(ring)).collect()) } else { rings };
    grouped(rings)
}

/// As [`polygons`], of edges in any order. They must form closed walks: an edge that leads nowhere is
/// dropped together with the walk that it ends.
pub(crate) fn polygons_of_edges(edges: Vec<HalfEdge>) -> Vec<Polygon> {
    grouped(traced(edges))
}

/// Whether any vertex is visited more than once, by one ring or by two.
fn has_repeats(rings: &[Ring]) -> bool {
    let mut all: Vec<Vertex> = rings.iter().flatten().copied().collect();
    all.sort_unstable();
    all.windows(2).any(|pair| pair[0] == pair[1])
}

/// Rings that visit no vertex twice, from edges; those that run there and back again are left out.
fn traced(edges: Vec<HalfEdge>) -> Vec<Ring> {
    let edges = without_opposites(edges);
    let mut used = vec![false; edges.len()];
    let mut rings = Vec::new();
    for first in 0..edges.len() {
        if !used[first] {
            rings.extend(simple_rings(walk(&edges, &mut used, first)));
        }
    }
    rings
}

/// Nets the edges between the same two vertices: the direction that is there more often stays, once; if
/// both are there equally often, none does. Edges of no length go. What comes out is sorted by its first
/// vertex, which [`walk`] searches by.
fn without_opposites(mut edges: Vec<HalfEdge>) -> Vec<HalfEdge> {
    edges.retain(|(a, b)| a != b);
    let undirected = |e: &HalfEdge| (e.0.min(e.1), e.0.max(e.1));
    edges.sort_unstable_by_key(|e| (undirected(e), *e));
    let mut left = Vec::with_capacity(edges.len());
    for claims in edges.chunk_by(|e, f| undirected(e) == undirected(f)) {
        let (on, back): (Vec<&HalfEdge>, Vec<&HalfEdge>) = claims.iter().partition(|e| e.0 < e.1);
        match on.len().cmp(&back.len()) {
            Ordering::Greater => left.extend(on.first().copied().copied()),
            Ordering::Less => left.extend(back.first().copied().copied()),
            Ordering::Equal => {}
        }
    }
    left.sort_unstable();
    left
}

/// Follows the border from an edge on along the same piece of the inside, back to where it began; the edges
/// passed are marked as used. Where several edges leave a vertex, the first one clockwise of the way back
/// is the one that bounds the same piece. Empty if the walk comes to a vertex that no unused edge leaves.
fn walk(edges: &[HalfEdge], used: &mut [bool], first: usize) -> Ring {
    let mut ring = Vec::new();
    let mut at = first;
    loop {
        used[at] = true;
        let (from, to) = edges[at];
        ring.push(from);
        if to == edges[first].0 {
            return ring;
        }
        let start = edges.partition_point(|e| e.0 < to);
        let leaving = (start..edges.len()).take_while(|i| edges[*i].0 == to).filter(|i| !used[*i]);
        let back = minus(from, to);
        let next = leaving.min_by(|i, j| clockwise(back, minus(edges[*i].1, to), minus(edges[*j].1, to)));
        let Some(next) = next else { return Vec::new() };
        at = next;
    }
}

fn minus(a: Vertex, b: Vertex) -> Vertex {
    (a.0 - b.0, a.1 - b.1)
}

fn cross(a: Vertex, b: Vertex) -> i64 {
    a.0 * b.1 - a.1 * b.0
}

/// Which of two directions comes first when turning clockwise from a third.
fn clockwise(from: Vertex, a: Vertex, b: Vertex) -> Ordering {
    let half = |d: Vertex| match cross(from, d) {
        1.. => 2,
        0 if from.0 * d.0 + from.1 * d.1 > 0 => 3,
        0 => 1,
        _ => 0,
    };
    half(a).cmp(&half(b)).then_with(|| cross(a, b).cmp(&0))
}

/// Cuts a ring at the vertices that it visits more than once, so that each part visits none twice: whenever
/// a vertex comes up again, what was walked since is a ring of its own.
fn simple_rings(ring: Ring) -> Vec<Ring> {
    let (mut rings, mut path): (Vec<Ring>, Ring) = (Vec::new(), Vec::with_capacity(ring.len()));
    let mut seen_at: HashMap<Vertex, usize> = HashMap::with_capacity(ring.len());
    for vertex in ring {
        if let Some(start) = seen_at.get(&vertex).copied() {
            let round = path.split_off(start);
            for passed in &round {
                seen_at.remove(passed);
            }
            rings.push(round);
        }
        seen_at.insert(vertex, path.len());
        path.push(vertex);
    }
    rings.push(path);
    rings
}

/// Puts holes into the smallest exterior around them; without one they go, as do rings of fewer than three
/// vertices and those without an area. The first edge's middle stands for a hole, because it lies on no
/// edge of an exterior.
fn grouped(rings: Vec<Ring>) -> Vec<Polygon> {
    let (mut exteriors, mut holes) = (Vec::new(), Vec::new());
    for ring in rings.into_iter().filter(|ring| ring.len() >= 3) {
        match doubled_area(&ring) {
            1.. => exteriors.push(vec![ring]),
            0 => {}
            _ => holes.push(ring),
        }
    }
    if let [only] = exteriors.as_mut_slice() {
        only.extend(holes);
        return exteriors;
    }
    let sizes: Vec<i64> = exteriors.iter().map(|polygon: &Polygon| doubled_area(&polygon[0])).collect();
    for hole in holes {
        let middle = (hole[0].0 + hole[1].0, hole[0].1 + hole[1].1);
        let around = (0..exteriors.len()).filter(|i| contains(&exteriors[*i][0], middle));
        if let Some(i) = around.min_by_key(|i| sizes[*i]) {
            exteriors[i].push(hole);
        }
    }
    exteriors
}

/// Whether a ring contains a point, given doubled, that is on none of its edges.
pub(crate) fn contains(ring: &[Vertex], doubled: Vertex) -> bool {
    let crosses = |(a, b): &HalfEdge| {
        let (a, b) = (minus((a.0 * 2, a.1 * 2), doubled), minus((b.0 * 2, b.1 * 2), doubled));
        (a.1 > 0) != (b.1 > 0) && (cross(a, b) > 0) == (b.1 > a.1)
    };
    half_edges(ring).filter(crosses).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spikes_and_lines_go() {
        let edges = [(0, 0), (10, 0), (20, 0), (10, 0), (10, 10), (0, 10)];
        assert_eq!(polygons(vec![edges.to_vec()]), [[[(0, 0), (10, 0), (10, 10), (0, 10)]]]);
        assert!(polygons(vec![vec![(0, 0), (10, 0), (20, 0), (10, 0)]]).is_empty());
    }

    /// Two squares that touch in a corner are two polygons; a square hole that touches its exterior in a corner stays a hole.
    #[test]
    fn rings_that_touch_themselves_become_several() {
        let bow = vec![(0, 0), (5, 0), (5, 5), (9, 5), (9, 9), (5, 9), (5, 5), (0, 5)];
        assert_eq!(polygons(vec![bow]).len(), 2);
        let bay = vec![(0, 0), (9, 0), (9, 9), (0, 9), (0, 4), (3, 6), (4, 4), (3, 2), (0, 4)];
        let found = polygons(vec![bay]);
        assert_eq!((found.len(), found[0].len()), (1, 2));
        assert!(doubled_area(&found[0][0]) > 0 && doubled_area(&found[0][1]) < 0);
    }
}
