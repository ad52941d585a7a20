//! Cities of nothing but counts.

use super::super::{Atom, Family, publishable_pair};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Two families over the same people. Rows without atoms are uninhabited.
#[derive(Debug, Clone)]
pub(super) struct City {
    pub(super) parents: [Vec<Option<u32>>; 2],
    pub(super) atoms: Vec<Atom>,
}

impl City {
    /// `atoms` are leaf of the first family, leaf of the second, people.
    pub(super) fn new(parents: [Vec<Option<u32>>; 2], atoms: &[(u32, u32, u32)]) -> Self {
        let mut unique = BTreeMap::new();
        for (a, b, people) in atoms {
            *unique.entry([*a, *b]).or_insert(0) += people;
        }
        let atoms = unique.into_iter().map(|(leaves, people)| Atom { leaves, people }).collect();
        Self { parents, atoms }
    }

    pub(super) fn publishable_pair(&self, threshold: u32) -> [Vec<bool>; 2] {
        self.with_family(0, |first| {
            self.with_family(1, |second| publishable_pair([first, second], &self.atoms, threshold))
        })
    }

    pub(super) fn with_family<T>(&self, side: usize, use_it: impl FnOnce(&Family<'_>) -> T) -> T {
        let (counts, uninhabited) = (self.counts(side), self.uninhabited(side));
        use_it(&Family { parents: &self.parents[side], categories: 1, counts: &counts, uninhabited: &uninhabited })
    }

    /// Every row of either family.
    pub(super) fn rows(&self) -> impl Iterator<Item = (usize, u32)> + Clone + '_ {
        (0..2).flat_map(|side| (0..self.parents[side].len() as u32).map(move |row| (side, row)))
    }

    pub(super) fn leaves(&self, side: usize) -> Vec<u32> {
        let parents = &self.parents[side];
        (0..parents.len() as u32).filter(|row| !parents.contains(&Some(*row))).collect()
    }

    /// A row and those above it.
    pub(super) fn chain(&self, side: usize, row: u32) -> Vec<u32> {
        std::iter::successors(Some(row), |row| self.parents[side][*row as usize]).collect()
    }

    pub(super) fn counts(&self, side: usize) -> Vec<u32> {
        let mut counts = vec![0; self.parents[side].len()];
        for atom in &self.atoms {
            self.chain(side, atom.leaves[side]).into_iter().for_each(|row| counts[row as usize] += atom.people);
        }
        counts
    }

    pub(super) fn uninhabited(&self, side: usize) -> Vec<bool> {
        let mut empty = vec![true; self.parents[side].len()];
        for atom in &self.atoms {
            self.chain(side, atom.leaves[side]).into_iter().for_each(|row| empty[row as usize] = false);
        }
        empty
    }

    /// For each atom 1 if it lies in the row, else 0.
    pub(super) fn indicator(&self, side: usize, row: u32) -> Vec<u64> {
        self.atoms.iter().map(|atom| self.chain(side, atom.leaves[side]).contains(&row).into()).collect()
    }
}

/// Leaves, then up to four rows above them, each with a later row or nothing as its parent.
fn any_parents(leaves: usize) -> impl Strategy<Value = Vec<Option<u32>>> {
    let inner = prop::collection::vec(prop::option::weighted(0.9, 1..4usize), 1..4);
    (2..=leaves, inner).prop_flat_map(|(leaves, inner)| {
        let rows = leaves + inner.len();
        let above = prop::collection::vec(prop::option::weighted(0.95, leaves..rows), leaves);
        above.prop_map(move |above| {
            let inner = inner.iter().enumerate();
            let inner = inner.map(|(at, step)| step.map(|step| leaves + at + step).filter(|parent| *parent < rows));
            above.iter().copied().chain(inner).map(|parent| parent.map(|parent| parent as u32)).collect()
        })
    })
}

/// A city of up to `leaves` leaves in each family and up to `atoms` atoms of fewer than `people` people, many of none or a few.
pub(super) fn any_city(leaves: usize, atoms: usize, people: u32) -> impl Strategy<Value = City> {
    let few = prop_oneof![Just(0), 0..3u32, 0..people];
    let atoms = prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), few), 1..atoms);
    (any_parents(leaves), any_parents(leaves), atoms).prop_map(|(first, second, atoms)| {
        let city = City { parents: [first, second], atoms: Vec::new() };
        let leaves = [city.leaves(0), city.leaves(1)];
        let inhabit = |(a, b, people): (prop::sample::Index, prop::sample::Index, u32)| {
            (leaves[0][a.index(leaves[0].len())], leaves[1][b.index(leaves[1].len())], people)
        };
        let atoms: Vec<_> = atoms.into_iter().map(inhabit).collect();
        City::new(city.parents, &atoms)
    })
}

/// `side` × `side` leaves, and above them squares of 4 × 4, of 4 × 4 of those, and so on up to one.
fn lattice(side: usize) -> Vec<Option<u32>> {
    let (mut parents, mut side) = (Vec::new(), side);
    while side > 1 {
        let (above, next) = (parents.len() + side * side, side.div_ceil(4));
        parents.extend((0..side * side).map(|at| Some((above + at / side / 4 * next + at % side / 4) as u32)));
        side = next;
    }
    parents.push(None);
    parents
}

/// A city of `side` × `side` grids, and cells a little larger and shifted. Addresses get rarer from the middle outwards.
pub(super) fn sprawl(side: usize) -> City {
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let cells = side * 9 / 10;
    let leaf = |x: f64, y: f64, side: usize| ((y * side as f64) as usize * side + (x * side as f64) as usize) as u32;
    let atoms: Vec<_> = (0..side * side * 8)
        .map(|_| {
            let (angle, away) = (random() * std::f64::consts::TAU, random().powf(1.2) * 0.499);
            let (x, y) = (0.5 + away * angle.cos(), 0.5 + away * angle.sin());
            let people = (random() * 5.0) as u32;
            (leaf(x, y, side), leaf((x + 0.3 * y).fract(), (y + 0.77).fract(), cells), people)
        })
        .collect();
    City::new([lattice(side), lattice(cells)], &atoms)
}
