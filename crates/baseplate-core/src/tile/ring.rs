//! Rings in tile units: clipped and cleaned.

use super::mercator::{CLIP, Vertex};

/// Clips a closed ring (first vertex not repeated) to the tile with its buffer, and takes out repeated vertices and
/// spikes. `None` if no area is left.
pub(super) fn clip_and_clean(ring: Vec<Vertex>) -> Option<Vec<Vertex>> {
    let (low, high) = CLIP;
    let outside = ring.iter().all(|v| v.0 < low)
        || ring.iter().all(|v| v.0 > high)
        || ring.iter().all(|v| v.1 < low)
        || ring.iter().all(|v| v.1 > high);
    if outside {
        return None;
    }
    let inside = ring.iter().all(|v| (low..=high).contains(&v.0) && (low..=high).contains(&v.1));
    let ring = if inside { ring } else { clip(ring) };
    let ring = clean(ring);
    (ring.len() >= 3 && doubled_area(&ring) != 0).then_some(ring)
}

/// Sutherland–Hodgman against the four sides. A border shared by two rings is cut at the same vertex in both, because
/// a cut does not depend on the direction of the edge.
fn clip(ring: Vec<Vertex>) -> Vec<Vertex> {
    let (low, high) = CLIP;
    let flip = |ring: Vec<Vertex>| ring.into_iter().map(|(x, y)| (y, x)).collect::<Vec<_>>();
    let ring = clip_side(clip_side(ring, low, |v| v.0 >= low), high, |v| v.0 <= high);
    flip(clip_side(clip_side(flip(ring), low, |v| v.0 >= low), high, |v| v.0 <= high))
}

/// Keeps what is on the right side of the line x = `at`.
fn clip_side(ring: Vec<Vertex>, at: i64, keep: impl Fn(&Vertex) -> bool) -> Vec<Vertex> {
    let mut kept = Vec::with_capacity(ring.len() + 2);
    for (i, vertex) in ring.iter().enumerate() {
        let before = &ring[(i + ring.len() - 1) % ring.len()];
        if keep(before) != keep(vertex) {
            kept.push(cut(*before.min(vertex), *before.max(vertex), at));
        }
        if keep(vertex) {
            kept.push(*vertex);
        }
    }
    kept
}

/// Where the edge between two vertices on either side of x = `at` meets it.
fn cut(a: Vertex, b: Vertex, at: i64) -> Vertex {
    let t = (at - a.0) as f64 / (b.0 - a.0) as f64;
    (at, a.1 + ((b.1 - a.1) as f64 * t).round() as i64)
}

/// Takes out repeated vertices and spikes (there and back again) until none is left.
fn clean(ring: Vec<Vertex>) -> Vec<Vertex> {
    let mut kept: Vec<Vertex> = Vec::with_capacity(ring.len());
    for vertex in ring {
        push(&mut kept, vertex);
    }
    loop {
        let n = kept.len();
        if n < 3 {
            return kept;
        }
        if kept[0] == kept[n - 1] || is_spike(kept[n - 2], kept[n - 1], kept[0]) {
            kept.pop();
        } else if is_spike(kept[n - 1], kept[0], kept[1]) {
            kept.remove(0);
        } else {
            return kept;
        }
    }
}

fn push(kept: &mut Vec<Vertex>, vertex: Vertex) {
    while let Some(last) = kept.last() {
        let spike = kept.len() >= 2 && is_spike(kept[kept.len() - 2], *last, vertex);
        if *last == vertex {
            return;
        }
        if !spike {
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
        let ring = clip_and_clean(vec![(-far, -far), (far, -far), (far, far), (-far, far)]).expect("covers the tile");
        assert_eq!(doubled_area(&ring), 2 * (CLIP.1 - CLIP.0).pow(2));
    }

    #[test]
    fn spikes_and_repeats_go_and_lines_vanish() {
        let spiky = vec![(0, 0), (10, 0), (20, 0), (10, 0), (10, 0), (10, 10), (0, 10)];
        assert_eq!(clip_and_clean(spiky), Some(vec![(0, 0), (10, 0), (10, 10), (0, 10)]));
        assert_eq!(clip_and_clean(vec![(0, 0), (10, 0), (20, 0)]), None);
        assert_eq!(clip_and_clean(vec![(0, 0), (5, 5), (10, 10), (3, 3)]), None);
    }
}
