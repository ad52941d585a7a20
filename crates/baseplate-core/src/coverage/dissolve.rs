//! Upper levels from lower ones: the edges between two grids of the same community are taken out, the rest
//! are its border.
//!
//! Every edge whose two faces are of different groups is a directed piece of the border of each of them,
//! the group on its left. The pieces are chained to rings at their common vertices, at forks along the
//! piece that keeps to the same side of the border; a loop is cut off wherever a ring comes back to a
//! vertex. Counter-clockwise rings become exteriors, clockwise ones holes.
//!
//! No vertex is computed, so neighbouring groups share their border exactly. Where members overlap or leave
//! gaps, small rings are left inside and filled; if the result is not valid, the members are joined by an
//! overlay instead.

use super::Edge;
use crate::spatial::{assembled, is_valid, union};
use geo::{Area, Contains, Coord, InteriorPoint, LineString, MultiPolygon, Polygon};
use rayon::prelude::*;
use std::collections::HashMap;

/// Rings smaller than this (square metres) inside a dissolved area are slivers between its members: gaps are filled,
/// overlaps are covered already.
const SLIVER_M2: f64 = 10.0;

/// The areas of `groups` groups of faces, counter-clockwise outside, in the order of the groups.
///
/// `group_of[face − 1]` is the group of a face, or `u32::MAX` for none; `areas` are those of the faces, in
/// degrees. Vertices are the members' own, so that neighbouring groups share their border exactly.
/// `square_metres` is the size of a square degree there. A group without faces has an empty area.
pub(crate) fn dissolve(
    edges: &[Edge],
    areas: &[MultiPolygon<f64>],
    group_of: &[u32],
    groups: usize,
    square_metres: f64,
) -> Vec<MultiPolygon<f64>> {
    let group = |face: u32| if face == 0 { u32::MAX } else { group_of[face as usize - 1] };
    let mut borders: Vec<Vec<(Coord<f64>, Coord<f64>)>> = vec![Vec::new(); groups];
    for edge in edges {
        let (left, right) = (group(edge.left), group(edge.right));
        if left != right {
            if let Some(border) = borders.get_mut(left as usize) {
                border.push((edge.a, edge.b));
            }
            if let Some(border) = borders.get_mut(right as usize) {
                border.push((edge.b, edge.a));
            }
        }
    }
    let sliver = SLIVER_M2 / square_metres;
    let dissolve_one = |(group, border): (usize, Vec<_>)| {
        let dissolved = assemble(chain(&border), sliver);
        if is_valid(&dissolved) {
            return dissolved;
        }
        // Members that overlap or miss each other by more than a sliver leave rings that cross: join the areas themselves.
        let members: Vec<_> =
            areas.iter().zip(group_of).filter(|(_, g)| **g as usize == group).map(|(area, _)| area).collect();
        union(members)
    };
    borders.into_par_iter().enumerate().map(dissolve_one).collect()
}

/// A vertex as a key: equal for the same numbers.
fn key(c: Coord<f64>) -> (u64, u64) {
    (c.x.to_bits(), c.y.to_bits())
}

/// Directed edges to closed rings. Wherever a ring comes back to a vertex it has passed, the loop in between is cut
/// off as a ring of its own, so that no ring touches itself.
fn chain(border: &[(Coord<f64>, Coord<f64>)]) -> Vec<LineString<f64>> {
    let mut outgoing: HashMap<(u64, u64), Vec<usize>> = HashMap::with_capacity(border.len());
    for (index, (from, _)) in border.iter().enumerate() {
        outgoing.entry(key(*from)).or_default().push(index);
    }
    let (mut used, mut rings) = (vec![false; border.len()], Vec::new());
    for first in 0..border.len() {
        let mut path: Vec<Coord<f64>> = Vec::new();
        let mut passed: HashMap<(u64, u64), usize> = HashMap::new();
        let mut next = (!used[first]).then_some(first);
        while let Some(edge) = next {
            used[edge] = true;
            let (from, to) = border[edge];
            passed.insert(key(from), path.len());
            path.push(from);
            if let Some(start) = passed.get(&key(to)).copied() {
                let ring: Vec<_> = path.drain(start..).chain([to]).collect();
                for vertex in &ring {
                    passed.remove(&key(*vertex));
                }
                rings.push(LineString(ring));
            }
            let free = outgoing.get(&key(to)).into_iter().flatten().copied().filter(|e| !used[*e]);
            next = free.min_by(|e, f| turn(from, to, border[*e].1).total_cmp(&turn(from, to, border[*f].1)));
        }
    }
    rings
}

/// The clockwise angle from the way back to the way on: the smallest one keeps to the same side of the border.
fn turn(from: Coord<f64>, at: Coord<f64>, to: Coord<f64>) -> f64 {
    let back = (from.y - at.y).atan2(from.x - at.x);
    let on = (to.y - at.y).atan2(to.x - at.x);
    (back - on).rem_euclid(std::f64::consts::TAU)
}

/// Counter-clockwise rings are exteriors, clockwise ones are holes. Slivers go: holes, and exteriors inside another one.
fn assemble(rings: Vec<LineString<f64>>, sliver: f64) -> MultiPolygon<f64> {
    let polygons: Vec<_> = rings.into_iter().map(|ring| Polygon::new(ring, Vec::new())).collect();
    let areas: Vec<f64> = polygons.iter().map(Polygon::signed_area).collect();
    let large = || polygons.iter().zip(&areas).filter(|(_, area)| **area > sliver).map(|(polygon, _)| polygon);
    let covered =
        |shell: &Polygon<f64>| shell.interior_point().is_some_and(|p| large().any(|around| around.contains(&p)));
    let is_kept = |(shell, area): &(&Polygon<f64>, &f64)| match **area {
        area if area > 0.0 => area > sliver || !covered(shell),
        area => -area > sliver,
    };
    let kept = polygons.iter().zip(&areas).filter(is_kept).map(|(polygon, _)| polygon.exterior().clone());
    MultiPolygon(assembled(kept))
}
