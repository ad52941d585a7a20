//! What a cell that borders cross knows: a reference point, the faces around it, and the edges of the cell.
//!
//! Layout, in words of 64 bits: longitude and latitude of the reference point; number of edges (low half) and of faces (high
//! half); the faces, two to a word; for each edge `a.x, a.y, b.x, b.y` and `left` (low half), `right` (high half). Each
//! edge runs so that the reference point is strictly on its left.

use crate::{
    coverage::Edge,
    spatial::{Bbox, LngLat},
};
use geo_types::Coord;
use robust::orient2d;

/// Words before the faces.
const HEADER: usize = 3;
/// Words of an edge.
const EDGE: usize = 5;
/// See [`Side`].
const ERROR: f64 = 2.0 * f64::EPSILON;

/// A record where it lies.
pub(super) struct Record<'a> {
    reference: Coord<f64>,
    faces: u32,
    face_words: &'a [u64],
    edges: &'a [[u64; EDGE]],
}

impl<'a> Record<'a> {
    /// The record that begins at an index of the words; `None` if it reaches beyond their end.
    pub(super) fn read(words: &'a [u64], at: usize) -> Option<Self> {
        let rest = words.get(at..)?;
        let ([lng, lat, counts], rest) = rest.split_first_chunk::<HEADER>()?;
        let (edges, faces) = halves(*counts);
        let (face_words, rest) = rest.split_at_checked((faces as usize).div_ceil(2))?;
        let edges = rest.get(..EDGE.checked_mul(edges as usize)?)?.as_chunks().0;
        let reference = Coord { x: f64::from_bits(*lng), y: f64::from_bits(*lat) };
        Some(Self { reference, faces, face_words, edges })
    }

    /// Appends a record with its reference point, the faces around that point and the edges of the cell. No
    /// edge may be in one line with the reference point.
    pub(super) fn write(
        words: &mut Vec<u64>,
        reference: LngLat,
        faces: &[u32],
        edges: impl ExactSizeIterator<Item = Edge>,
    ) {
        let counts = word(edges.len() as u32, faces.len() as u32);
        words.extend([reference.lng.to_bits(), reference.lat.to_bits(), counts]);
        words.extend(faces.chunks(2).map(|two| word(two[0], two.get(1).copied().unwrap_or(0))));
        for Edge { a, b, left, right } in edges.map(|edge| with_left(edge, reference.coord())) {
            words.extend([a.x, a.y, b.x, b.y].map(f64::to_bits));
            words.push(word(left, right));
        }
    }

    /// The faces around the reference point.
    fn faces(&self) -> impl Iterator<Item = u32> {
        self.face_words.iter().flat_map(|w| <[u32; 2]>::from(halves(*w))).take(self.faces as usize)
    }

    /// The edges of the cell, each with the reference point on its left.
    pub(super) fn edges(&self) -> impl Iterator<Item = Edge> {
        self.edges.iter().map(read_edge)
    }

    /// The first face that contains a point of the cell or touches it; 0 for none.
    pub(super) fn owner(&self, p: LngLat) -> u32 {
        self.only_face(p.coord()).unwrap_or_else(|| self.touching(p).first().copied().unwrap_or(0))
    }

    /// The fast way: XOR and count of the faces that contain the point, 0 for none. `None` if there are several, or a side
    /// is not certain: on a border always, elsewhere hardly ever.
    fn only_face(&self, p: Coord<f64>) -> Option<u32> {
        let mut face = self.faces().fold(0, |xor, face| xor ^ face);
        let (mut count, mut certain) = (self.faces as i32, true);
        let reference = self.reference - p;
        for Edge { a, b, left, right } in self.edges() {
            let (a, b) = (a - p, b - p);
            let (end, left_a, left_b) = (Side::of(a, b), Side::of(a, reference), Side::of(b, reference));
            certain &= end.certain & (end.left | left_a.certain & left_b.certain);
            let crosses = !end.left & (left_a.left != left_b.left);
            face ^= if crosses { left ^ right } else { 0 };
            count += i32::from(crosses) * (i32::from(right != 0) - i32::from(left != 0));
        }
        match (certain, count) {
            (true, 0) => Some(0),
            (true, 1) => Some(face),
            _ => None,
        }
    }

    /// The slow way: every face that contains the point or touches it, in ascending order.
    fn touching(&self, p: LngLat) -> Vec<u32> {
        let walk = Walk { from: self.reference, to: p.coord() };
        let (mut inside, mut border) = (self.faces().collect(), Vec::new());
        for edge in self.edges() {
            match walk.meets(&edge) {
                Meeting::Misses => {}
                Meeting::EndsOn => border.extend([edge.left, edge.right]),
                Meeting::Crosses => cross(&mut inside, &edge),
            }
        }
        inside.extend(border.into_iter().filter(|face| *face != 0));
        inside.sort_unstable();
        inside.dedup();
        inside
    }

    /// Whether an edge of the cell has a point in common with a box: unless the box or the line of the edge lies apart.
    pub(super) fn touches(&self, bbox: Bbox) -> bool {
        let [west, south, east, north] = bbox.0;
        let corners = [(west, south), (east, south), (east, north), (west, north)].map(|(x, y)| Coord { x, y });
        self.edges().any(|edge| {
            let (a, b) = (exact(edge.a), exact(edge.b));
            let boxed = Bbox::EMPTY.extend(edge.a.into()).extend(edge.b.into());
            let sides = || corners.map(|c| orient2d(a, b, exact(c)));
            let apart = |sides: [f64; 4]| sides.iter().all(|s| *s > 0.0) || sides.iter().all(|s| *s < 0.0);
            boxed.intersection(bbox).is_some() && !apart(sides())
        })
    }
}

/// A word of its lower and its upper half.
fn word(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

/// The lower and the upper half of a word.
fn halves(word: u64) -> (u32, u32) {
    (word as u32, (word >> 32) as u32)
}

#[inline]
fn read_edge(&[ax, ay, bx, by, sides]: &[u64; EDGE]) -> Edge {
    let coord = |x, y| Coord { x: f64::from_bits(x), y: f64::from_bits(y) };
    let (left, right) = halves(sides);
    Edge { a: coord(ax, ay), b: coord(bx, by), left, right }
}

/// The edge in the direction that has the point on its left.
fn with_left(edge: Edge, point: Coord<f64>) -> Edge {
    if orient2d(exact(edge.a), exact(edge.b), exact(point)) > 0.0 {
        return edge;
    }
    Edge { a: edge.b, b: edge.a, left: edge.right, right: edge.left }
}

/// On which side of the line through two points a third one lies, in plain arithmetic, and whether that is certain.
///
/// # Proof
/// Let u = 2⁻⁵³, and a, b, p the points. The side is the sign of D = L − R, where L = (a.x − p.x)(b.y − p.y) and
/// R = (a.y − p.y)(b.x − p.x). The computed l is L·(1 + δ₁)(1 + δ₂)(1 + δ₃) with all |δ| ≤ u (two differences and a
/// product), therefore |l − L| ≤ ((1 − u)⁻³ − 1)·|l| < 3.1·u·|l|; the same holds for r. Where a product underflows, 2⁻¹⁰⁷⁵ is added to
/// that; differences never lose anything by underflow. Together |(l − r) − D| < 3.1·u·(|l| + |r|) + 2⁻¹⁰⁷⁴.
/// The computed difference d and sum s keep |l − r| ≥ |d|/(1 + u) and |l| + |r| ≤ s/(1 − u). Hence D has the sign
/// of d whenever |d| > 4·u·s + 2⁻¹⁰²², which is asked here: 4·u is [`ERROR`], a power of two, so the product
/// with it is exact or far below 2⁻¹⁰²². What overflows makes s infinite or d NaN, and is not certain.
struct Side {
    left: bool,
    certain: bool,
}

impl Side {
    /// The side of the origin p, seen from a to b, where `a` and `b` are the computed a − p and b − p.
    #[inline]
    fn of(a: Coord<f64>, b: Coord<f64>) -> Self {
        let (l, r) = (a.x * b.y, a.y * b.x);
        let d = l - r;
        Self { left: d > 0.0, certain: d.abs() > ERROR * (l.abs() + r.abs()) + f64::MIN_POSITIVE }
    }
}

/// How a walk meets an edge.
pub(super) enum Meeting {
    /// It does not cross the edge.
    Misses,
    /// It crosses the edge.
    Crosses,
    /// Its end lies on the edge.
    EndsOn,
}

/// The straight way from a point that lies on no edge to another.
pub(super) struct Walk {
    pub(super) from: Coord<f64>,
    pub(super) to: Coord<f64>,
}

impl Walk {
    /// How the walk meets an edge, decided exactly.
    ///
    /// A vertex on the line of the walk counts as lying to its left, for both edges that end there: as if
    /// the line were moved by less than any distance, which no crossing count notices.
    pub(super) fn meets(&self, edge: &Edge) -> Meeting {
        let (a, b) = (exact(edge.a), exact(edge.b));
        let end = orient2d(a, b, exact(self.to));
        if end == 0.0 && self.end_in_box(edge) {
            return Meeting::EndsOn;
        }
        let start = orient2d(a, b, exact(self.from));
        let left = |vertex| orient2d(exact(self.from), exact(self.to), vertex) >= 0.0;
        if (start > 0.0) == (end > 0.0) || left(a) == left(b) { Meeting::Misses } else { Meeting::Crosses }
    }

    fn end_in_box(&self, edge: &Edge) -> bool {
        let between = |v: f64, p: f64, q: f64| p.min(q) <= v && v <= p.max(q);
        between(self.to.x, edge.a.x, edge.b.x) && between(self.to.y, edge.a.y, edge.b.y)
    }
}

/// Carries a set of faces over an edge: the face on either side goes out if it is in the set, and in if it
/// is not.
pub(super) fn cross(set: &mut Vec<u32>, edge: &Edge) {
    for face in [edge.left, edge.right].into_iter().filter(|face| *face != 0) {
        match set.iter().position(|f| *f == face) {
            Some(at) => drop(set.swap_remove(at)),
            None => set.push(face),
        }
    }
}

/// A vertex in the type of the exact predicates.
pub(super) fn exact(c: Coord<f64>) -> robust::Coord<f64> {
    robust::Coord { x: c.x, y: c.y }
}
