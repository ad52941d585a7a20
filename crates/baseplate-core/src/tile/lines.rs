//! How lines come into the frame of a tile: snapped to the lattice of grids, and cut at the border of the tile and its buffer.
//!
//! Vertices go to the lattice point next to them, as those of grids do, so that a road along the border of a grid lies on that border.
//! A line is cut in new vertices, which lie 64 units outside the tile, where nobody sees that they are rounded.

use crate::outline::{
    scheme::{BUFFER, EXTENT, Frame, Vertex},
    usual_step,
};
use geo_types::{Coord, LineString, MultiLineString};

/// From this zoom on all lines are drawn.
const ALL_FROM: u8 = 14;
/// Before it those whose box has a side of at least so many units of the tile.
const SHORTEST: i64 = 16;
/// Farther from the corner of the world than any vertex of a sound line, units of the tile.
const FAR: f64 = 1e12;
/// The square that lines are cut to, on both axes.
const LOW: i64 = -BUFFER;
const HIGH: i64 = EXTENT + BUFFER;

/// What a tile shows of lines in degrees, in units of the tile. Nothing of lines with vertices that are not finite, and of those that
/// are mere specks at the zoom.
pub(super) fn drawn(lines: &MultiLineString<f64>, frame: &Frame) -> Vec<Vec<Vertex>> {
    let Some(snapped) = lines.iter().map(|line| snapped(line, frame)).collect::<Option<Vec<_>>>() else {
        return Vec::new();
    };
    if frame.id.z() < ALL_FROM && longest_side(&snapped) < SHORTEST {
        return Vec::new();
    }
    snapped.iter().flat_map(|line| cut(line)).collect()
}

/// A line on the lattice, in units of the tile; `None` if a vertex is not finite.
fn snapped(line: &LineString<f64>, frame: &Frame) -> Option<Vec<Vertex>> {
    let step = usual_step(frame.id.z()) as f64;
    // A damaged vertex may lie anywhere.
    let on_lattice =
        |v: f64, start: i64| ((v * frame.units / step + 0.5).floor() * step).clamp(-FAR, FAR) as i64 - start;
    let vertex = |c: &Coord<f64>| {
        let at = frame.project(*c);
        (at.x.is_finite() && at.y.is_finite()).then(|| (on_lattice(at.x, frame.left), on_lattice(at.y, frame.top)))
    };
    let mut vertices = line.0.iter().map(vertex).collect::<Option<Vec<_>>>()?;
    vertices.dedup();
    Some(vertices)
}

/// The longer side of the box around all vertices.
fn longest_side(lines: &[Vec<Vertex>]) -> i64 {
    let side = |of: fn(&Vertex) -> i64| {
        let all = || lines.iter().flatten().map(of);
        all().max().unwrap_or_default() - all().min().unwrap_or_default()
    };
    side(|v| v.0).max(side(|v| v.1))
}

/// The parts of a line in the square.
fn cut(line: &[Vertex]) -> Vec<Vec<Vertex>> {
    let (mut parts, mut part): (Vec<Vec<Vertex>>, Vec<Vertex>) = (Vec::new(), Vec::new());
    for (from, to) in line.iter().zip(line.iter().skip(1)) {
        let Some((start, end)) = segment(*from, *to) else { continue };
        if part.last() != Some(&start) {
            parts.push(std::mem::take(&mut part));
            part.push(start);
        }
        part.push(end);
    }
    parts.push(part);
    parts.iter_mut().for_each(Vec::dedup);
    parts.retain(|part| part.len() > 1);
    parts
}

/// The part of an edge in the square (Liang and Barsky 1984).
fn segment(from: Vertex, to: Vertex) -> Option<(Vertex, Vertex)> {
    let (dx, dy) = ((to.0 - from.0) as f64, (to.1 - from.1) as f64);
    let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
    let sides = [(-dx, from.0 - LOW), (dx, HIGH - from.0), (-dy, from.1 - LOW), (dy, HIGH - from.1)];
    for (outward, room) in sides {
        let room = room as f64;
        if outward == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if outward < 0.0 {
            enters = enters.max(room / outward);
        } else {
            leaves = leaves.min(room / outward);
        }
    }
    let at = |t: f64| (from.0 + (t * dx).round() as i64, from.1 + (t * dy).round() as i64);
    (enters <= leaves)
        .then(|| (if enters > 0.0 { at(enters) } else { from }, if leaves < 1.0 { at(leaves) } else { to }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_that_comes_back_is_two_parts() {
        let line = [(0, 0), (HIGH + 100, 0), (HIGH + 100, 50), (0, 50)];
        assert_eq!(cut(&line), [vec![(0, 0), (HIGH, 0)], vec![(HIGH, 50), (0, 50)]]);
        assert_eq!(cut(&[(LOW - 9, 3), (LOW - 1, 9)]), Vec::<Vec<Vertex>>::new());
        assert_eq!(cut(&[(5, 5), (60, 70), (80, 5)]), [vec![(5, 5), (60, 70), (80, 5)]]);
    }

    proptest! {
        /// What is left lies in the square and on the line, and nothing of it that lies in the square is missing.
        #[test]
        fn what_is_left_is_what_lies_in_the_square(line in prop::collection::vec((-9000..13000_i64, -9000..13000_i64), 2..12)) {
            let parts = cut(&line);
            let length = |part: &[Vertex]| -> f64 {
                let edges = part.iter().zip(part.iter().skip(1));
                edges.map(|(a, b)| ((b.0 - a.0) as f64).hypot((b.1 - a.1) as f64)).sum()
            };
            prop_assert!(parts.iter().flatten().all(|v| (LOW..=HIGH).contains(&v.0) && (LOW..=HIGH).contains(&v.1)));
            // Sampling finds the length inside independently.
            const STEPS: usize = 20_000;
            let inside: f64 = line.iter().zip(line.iter().skip(1)).map(|(a, b)| {
                let at = |t: f64| (a.0 as f64 + t * (b.0 - a.0) as f64, a.1 as f64 + t * (b.1 - a.1) as f64);
                let is_in = |(x, y): (f64, f64)| x >= LOW as f64 && x <= HIGH as f64 && y >= LOW as f64 && y <= HIGH as f64;
                let hits = (0..STEPS).filter(|i| is_in(at((*i as f64 + 0.5) / STEPS as f64))).count();
                length(&[*a, *b]) * hits as f64 / STEPS as f64
            }).sum();
            let kept: f64 = parts.iter().map(|part| length(part)).sum();
            prop_assert!((kept - inside).abs() < 40.0, "{} {}", kept, inside);
        }
    }
}
