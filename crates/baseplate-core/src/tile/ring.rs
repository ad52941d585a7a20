//! Polygons in tile units: clipped and cleaned.

use super::mercator::{CLIP, EXTENT, Vertex};
use geo::{BooleanOps, Coord, LineString, Polygon, Rect};

/// Polygons are first cut to this wider range with a quick method, so that the exact one has little to do.
const WIDE: (i64, i64) = (CLIP.0 - EXTENT, CLIP.1 + EXTENT);

/// A closed ring, its first vertex not repeated.
pub(super) type Ring = Vec<Vertex>;

/// Clips a polygon (exterior, then holes) to the tile with its buffer and takes out repeated vertices and spikes. What is
/// left may be several polygons, or none.
pub(super) fn clip_and_clean(rings: Vec<Ring>) -> Vec<Vec<Ring>> {
    let reaches = |range: (i64, i64), ring: &Ring| {
        let within = |v: i64| (range.0..=range.1).contains(&v);
        ring.iter().any(|v| !within(v.0) || !within(v.1))
    };
    if rings.first().is_none_or(misses_tile) {
        return Vec::new();
    }
    if !rings.iter().any(|ring| reaches(CLIP, ring)) {
        return cleaned(rings).into_iter().collect();
    }
    let near = |ring: Ring| if reaches(WIDE, &ring) { clip(ring, WIDE) } else { ring };
    cut(rings.into_iter().map(near).collect()).into_iter().filter_map(cleaned).collect()
}

/// Whether all of a ring lies on one side of the tile.
fn misses_tile(ring: &Ring) -> bool {
    let (low, high) = CLIP;
    let all = |beyond: fn(&Vertex, i64) -> bool, limit| ring.iter().all(|v| beyond(v, limit));
    all(|v, l| v.0 < l, low) || all(|v, l| v.0 > l, high) || all(|v, l| v.1 < l, low) || all(|v, l| v.1 > l, high)
}

/// The rings without repeats and spikes; `None` if the exterior has no area.
fn cleaned(rings: Vec<Ring>) -> Option<Vec<Ring>> {
    let mut rings = rings.into_iter().map(clean);
    let has_area = |ring: &Ring| ring.len() >= 3 && doubled_area(ring) != 0;
    let exterior = rings.next().filter(has_area)?;
    Some(std::iter::once(exterior).chain(rings.filter(has_area)).collect())
}

/// The exact cut: polygons that the tile's edge divides become several. Which of two neighbours is cut makes no
/// difference to where their border meets the edge, to within the rounding that both share.
fn cut(rings: Vec<Ring>) -> Vec<Vec<Ring>> {
    let float = |ring: Ring| LineString(ring.iter().map(|v| Coord { x: v.0 as f64, y: v.1 as f64 }).collect());
    let mut rings = rings.into_iter().map(float);
    let Some(exterior) = rings.next() else { return Vec::new() };
    let polygon = Polygon::new(exterior, rings.collect());
    let (low, high) = (CLIP.0 as f64, CLIP.1 as f64);
    let frame = Rect::new(Coord { x: low, y: low }, Coord { x: high, y: high }).to_polygon();
    let ring = |line: &LineString<f64>| {
        let open = &line.0[..line.0.len().saturating_sub(1)];
        open.iter().map(|c| (c.x.round() as i64, c.y.round() as i64)).collect::<Ring>()
    };
    let polygons = polygon.intersection(&frame);
    polygons.iter().map(|p| std::iter::once(p.exterior()).chain(p.interiors()).map(ring).collect()).collect()
}

/// Sutherland–Hodgman against the four sides. It can leave bridges of no width along them.
fn clip(ring: Ring, (low, high): (i64, i64)) -> Ring {
    let flip = |ring: Ring| ring.into_iter().map(|(x, y)| (y, x)).collect::<Ring>();
    let ring = clip_side(clip_side(ring, low, |v| v.0 >= low), high, |v| v.0 <= high);
    flip(clip_side(clip_side(flip(ring), low, |v| v.0 >= low), high, |v| v.0 <= high))
}

/// Keeps what is on the right side of the line x = `at`.
fn clip_side(ring: Ring, at: i64, keep: impl Fn(&Vertex) -> bool) -> Ring {
    let mut kept = Vec::with_capacity(ring.len() + 2);
    for (i, vertex) in ring.iter().enumerate() {
        let before = &ring[(i + ring.len() - 1) % ring.len()];
        if keep(before) != keep(vertex) {
            kept.push(meet(*before.min(vertex), *before.max(vertex), at));
        }
        if keep(vertex) {
            kept.push(*vertex);
        }
    }
    kept
}

/// Where the edge between two vertices on either side of x = `at` meets it.
fn meet(a: Vertex, b: Vertex, at: i64) -> Vertex {
    let t = (at - a.0) as f64 / (b.0 - a.0) as f64;
    (at, a.1 + ((b.1 - a.1) as f64 * t).round() as i64)
}

/// Takes out repeated vertices and spikes (there and back again) until none is left.
fn clean(ring: Ring) -> Ring {
    let mut kept: Ring = Vec::with_capacity(ring.len());
    for vertex in ring {
        push(&mut kept, vertex);
    }
    let mut first = 0;
    while kept.len() - first >= 3 {
        let n = kept.len();
        if kept[first] == kept[n - 1] || is_spike(kept[n - 2], kept[n - 1], kept[first]) {
            kept.pop();
        } else if is_spike(kept[n - 1], kept[first], kept[first + 1]) {
            first += 1;
        } else {
            break;
        }
    }
    kept.split_off(first)
}

fn push(kept: &mut Ring, vertex: Vertex) {
    while let Some(last) = kept.last() {
        if *last == vertex {
            return;
        }
        if kept.len() < 2 || !is_spike(kept[kept.len() - 2], *last, vertex) {
            break;
        }
        kept.pop();
    }
    kept.push(vertex);
}

/// Whether the way a → b → c turns straight back at b.
fn is_spike(a: Vertex, b: Vertex, c: Vertex) -> bool {
    let (u, v) = ((a.0 - b.0, a.1 - b.1), (c.0 - b.0, c.1 - b.1));
    u.0 * v.1 == u.1 * v.0 && u.0 * v.0 + u.1 * v.1 > 0
}

/// Twice the signed area; positive where the tile format wants exteriors (clockwise on screen).
pub(super) fn doubled_area(ring: &[Vertex]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_around_the_tile_becomes_its_frame() {
        let far = 100_000;
        let polygons = clip_and_clean(vec![vec![(-far, -far), (far, -far), (far, far), (-far, far)]]);
        assert_eq!(polygons.len(), 1);
        assert_eq!(doubled_area(&polygons[0][0]).abs(), 2 * (CLIP.1 - CLIP.0).pow(2));
    }

    #[test]
    fn spikes_and_repeats_go_and_lines_vanish() {
        let spiky = vec![(0, 0), (10, 0), (20, 0), (10, 0), (10, 0), (10, 10), (0, 10)];
        assert_eq!(clip_and_clean(vec![spiky]), [[[(0, 0), (10, 0), (10, 10), (0, 10)]]]);
        assert!(clip_and_clean(vec![vec![(0, 0), (10, 0), (20, 0)]]).is_empty());
        assert!(clip_and_clean(vec![vec![(0, 0), (5, 5), (10, 10), (3, 3)]]).is_empty());
    }

    /// The arms of a U that reaches into the tile are two polygons, without a bridge along the edge.
    #[test]
    fn what_the_edge_divides_becomes_several() {
        let edge = CLIP.1;
        let u =
            vec![(0, 0), (edge + 50, 0), (edge + 50, 90), (0, 90), (0, 60), (edge + 20, 60), (edge + 20, 30), (0, 30)];
        let polygons = clip_and_clean(vec![u]);
        assert_eq!(polygons.len(), 2);
        assert_eq!(polygons.iter().map(|p| doubled_area(&p[0]).abs()).sum::<i64>(), 2 * 2 * 30 * edge);
    }
}
