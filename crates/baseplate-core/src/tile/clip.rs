//! Cutting polygons to a tile whose edges they cross in vertices only (see [`crate::outline::snap`]):
//! nothing is computed, so nothing is rounded, and neighbours are cut in the same vertices.
//!
//! Polygons are cut to the square from 64 units before the tile to 64 units behind it on both axes. Because
//! an edge has a vertex wherever it crosses the border of that square, an edge whose two ends lie in the
//! square lies in it as a whole, and any other lies outside. Cutting therefore means to keep the former,
//! and to close what is open with the stretches of the border that the polygon covers. Which these are is
//! told by counting along the border: an edge that ends on it leaves the square there and begins a covered
//! stretch, an edge that starts on it ends one. Where no edge touches the border, it is covered as a whole
//! or not at all, which a single point decides.
//!
//! The border is a closed line of four sides that begins in the corner (LOW, LOW) and runs with the square
//! on its left, in the sense of [`crate::outline::polygon`]; a position on it is its distance from that
//! corner, from 0 to 4 · SIDE.

use crate::outline::{
    polygon::{HalfEdge, Polygon, Ring, contains, half_edges, polygons_of_edges},
    scheme::{BUFFER, EXTENT, Vertex},
};

/// The lower bound of the square of tile units, on both axes, that polygons are clipped to.
const LOW: i64 = -BUFFER;
const HIGH: i64 = EXTENT + BUFFER;
const SIDE: i64 = HIGH - LOW;

/// The part of an area that lies in the tile and its buffer. Coordinates are of the tile; rings are open
/// and turned as [`crate::outline::polygon`] says. What comes out is valid again, and a polygon that only
/// touches the square is left out. Polygons inside pass through as they are, so that the work is that of
/// those across the border.
pub(crate) fn clip(area: Vec<Polygon>) -> Vec<Polygon> {
    let mut kept = Vec::with_capacity(area.len());
    for polygon in area {
        match polygon.first().map(|exterior| Reach::of(exterior)) {
            Some(Reach::Inside) => kept.push(polygon),
            Some(Reach::Across) => kept.extend(cut(&polygon)),
            Some(Reach::Beside) | None => {}
        }
    }
    kept
}

/// Where the box of an exterior lies, and with it the polygon and its holes.
enum Reach {
    /// The polygon lies in the square as a whole and need not be cut.
    Inside,
    /// The box reaches over the border, so the polygon must be cut.
    Across,
    /// On one side of the tile as a whole.
    Beside,
}

impl Reach {
    /// Compares the box of an exterior with the square. A box that only touches the square from outside is
    /// beside it.
    fn of(ring: &[Vertex]) -> Self {
        let first = ring.first().copied().unwrap_or_default();
        let (mut low, mut high) = (first, first);
        for v in ring {
            low = (low.0.min(v.0), low.1.min(v.1));
            high = (high.0.max(v.0), high.1.max(v.1));
        }
        if high.0 <= LOW || high.1 <= LOW || low.0 >= HIGH || low.1 >= HIGH {
            Self::Beside
        } else if low.0 >= LOW && low.1 >= LOW && high.0 <= HIGH && high.1 <= HIGH {
            Self::Inside
        } else {
            Self::Across
        }
    }
}

/// Whether a vertex lies in the square or on its border.
fn is_in(v: Vertex) -> bool {
    (LOW..=HIGH).contains(&v.0) && (LOW..=HIGH).contains(&v.1)
}

/// An edge of the area: how it lies to the square's border.
#[derive(PartialEq)]
enum Along {
    /// On it, with the inside of the square on the left.
    Forward,
    /// On it, the other way round: the inside of the area is outside the square, so the edge is not kept.
    Backward,
    /// Not along a side, even if its ends lie on two of them.
    Not,
}

fn along((a, b): &HalfEdge) -> Along {
    let forward = match () {
        () if a.1 == LOW && b.1 == LOW => b.0 > a.0,
        () if a.0 == HIGH && b.0 == HIGH => b.1 > a.1,
        () if a.1 == HIGH && b.1 == HIGH => b.0 < a.0,
        () if a.0 == LOW && b.0 == LOW => b.1 < a.1,
        () => return Along::Not,
    };
    if forward { Along::Forward } else { Along::Backward }
}

/// Cuts one polygon, exterior and holes alike. The order of edges does not matter, as they are put together
/// anew.
fn cut(polygon: &[Ring]) -> Vec<Polygon> {
    let within = |e: &HalfEdge| is_in(e.0) && is_in(e.1);
    let mut edges: Vec<HalfEdge> = polygon.iter().flat_map(|ring| half_edges(ring)).filter(within).collect();
    let on_border = edges.iter().any(|e| along(e) != Along::Not);
    edges.retain(|e| along(e) != Along::Backward);
    edges.extend(covered_border(polygon, &edges, on_border));
    polygons_of_edges(edges)
}

/// How far along the square's border a vertex lies, from its corner (LOW, LOW) with the inside on the left; `None` off the border.
fn along_border(v: Vertex) -> Option<i64> {
    match v {
        _ if !is_in(v) => None,
        (x, LOW) => Some(x - LOW),
        (HIGH, y) => Some(SIDE + y - LOW),
        (x, HIGH) => Some(2 * SIDE + HIGH - x),
        (LOW, y) => Some(3 * SIDE + HIGH - y),
        _ => None,
    }
}

/// The vertex at a distance along the border: the inverse of [`along_border`].
fn border_vertex(at: i64) -> Vertex {
    let on = at % SIDE;
    match at / SIDE {
        0 => (LOW + on, LOW),
        1 => (HIGH, LOW + on),
        2 => (HIGH - on, HIGH),
        _ => (LOW, HIGH - on),
    }
}

/// The stretches of the square's border that lie in the polygon, as edges with the square on their left.
/// Going along the border, one comes into it where an edge leaves the square, and out of it where one
/// enters. How deep one is in the polygon at the corner where counting begins is not known, so the least
/// depth on the way is taken for the outside. Corners and all vertices of the polygon that lie on the
/// border divide the stretches, so that the neighbouring tile's polygons have the same vertices there.
fn covered_border(polygon: &[Ring], edges: &[HalfEdge], on_border: bool) -> Vec<HalfEdge> {
    let ends = edges.iter().flat_map(|(from, to)| [(along_border(*from), -1), (along_border(*to), 1)]);
    let mut turns: Vec<(i64, i64)> = ends.filter_map(|(at, turn)| Some((at?, turn))).collect();
    turns.extend([0, SIDE, 2 * SIDE, 3 * SIDE].map(|corner| (corner, 0)));
    turns.extend(polygon.iter().flatten().filter_map(|v| Some((along_border(*v)?, 0))));
    turns.sort_unstable();
    let mut stops: Vec<(i64, i64)> = Vec::with_capacity(turns.len());
    let mut depth = 0;
    for same in turns.chunk_by(|a, b| a.0 == b.0) {
        depth += same.iter().map(|(_, turn)| turn).sum::<i64>();
        stops.push((same[0].0, depth));
    }
    let (low, high) = stops.iter().fold((i64::MAX, i64::MIN), |(low, high), s| (low.min(s.1), high.max(s.1)));
    let base = if low < high || on_border || !covers_border(polygon, &stops) { low } else { low - 1 };
    let next = stops.iter().cycle().skip(1);
    let stretches = stops.iter().zip(next).filter(|(stop, _)| stop.1 > base);
    stretches.map(|(from, to)| (border_vertex(from.0), border_vertex(to.0))).collect()
}

/// Whether the polygon covers a border that it nowhere crosses, told by the middle of its longest stretch.
fn covers_border(polygon: &[Ring], stops: &[(i64, i64)]) -> bool {
    let next = stops.iter().skip(1).map(|s| s.0).chain([4 * SIDE]);
    let longest = stops.iter().map(|s| s.0).zip(next).max_by_key(|(from, to)| to - from);
    let Some((from, to)) = longest else { return false };
    let (a, b) = (border_vertex(from), border_vertex(to % (4 * SIDE)));
    let middle = (a.0 + b.0, a.1 + b.1);
    polygon.iter().filter(|ring| contains(ring, middle)).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outline::polygon::doubled_area;

    fn square(low: i64, high: i64) -> Ring {
        vec![(low, low), (high, low), (high, high), (low, high)]
    }

    fn areas(clipped: &[Polygon]) -> i64 {
        clipped.iter().flatten().map(|ring| doubled_area(ring)).sum()
    }

    #[test]
    fn a_polygon_around_the_tile_becomes_its_frame() {
        let clipped = clip(vec![vec![square(-9000, 9000)]]);
        assert_eq!((clipped.len(), areas(&clipped)), (1, 2 * SIDE * SIDE));
        let ring = vec![square(-9000, 9000), square(-8000, 8000).into_iter().rev().collect()];
        assert!(clip(vec![ring]).is_empty());
    }

    #[test]
    fn a_hole_around_a_corner_is_cut_out() {
        let hole = vec![(HIGH, -900), (50, -900), (50, LOW), (50, 90), (HIGH, 90), (HIGH, LOW)];
        let clipped = clip(vec![vec![square(-9000, 9000), hole]]);
        assert_eq!(areas(&clipped), 2 * (SIDE * SIDE - (HIGH - 50) * (90 - LOW)));
    }

    /// The arms of a U that reaches into the tile are two polygons, without a bridge along the edge.
    #[test]
    fn what_the_edge_divides_becomes_several() {
        let u = vec![
            (0, 0),
            (HIGH, 0),
            (HIGH + 50, 0),
            (HIGH + 50, 90),
            (HIGH, 90),
            (0, 90),
            (0, 60),
            (HIGH, 60),
            (HIGH + 20, 60),
            (HIGH + 20, 30),
            (HIGH, 30),
            (0, 30),
        ];
        let clipped = clip(vec![vec![u]]);
        assert_eq!((clipped.len(), areas(&clipped)), (2, 2 * 2 * 30 * HIGH));
    }

    #[test]
    fn what_lies_along_the_border_or_touches_it_makes_no_slivers() {
        assert!(clip(vec![vec![vec![(HIGH, 0), (HIGH + 9, 0), (HIGH + 9, 9), (HIGH, 9)]]]).is_empty());
        let beside = vec![(HIGH, 0), (HIGH + 9, 5), (HIGH, 9), (HIGH - 9, 5)];
        assert_eq!(areas(&clip(vec![vec![beside]])), 9 * 9);
        let touching = vec![(HIGH, 5), (HIGH - 9, 9), (HIGH - 9, 0)];
        assert_eq!(areas(&clip(vec![vec![touching.clone()]])), doubled_area(&touching));
        let bay = vec![(-9000, -9000), (9000, -9000), (9000, 9000), (HIGH, 5), (9000, 9000), (-9000, 9000)];
        assert_eq!(areas(&clip(vec![vec![bay]])), 2 * SIDE * SIDE);
    }
}
