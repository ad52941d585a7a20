//! What an attacker does: elimination over the whole system, and enumeration of all cities that agree with what is published.

use super::city::City;
use std::collections::{BTreeMap, BTreeSet};

/// Sums are taken modulo this prime, 2⁶¹ − 1.
const PRIME: u64 = (1 << 61) - 1;

fn times(a: u64, b: u64) -> u64 {
    (u128::from(a) * u128::from(b) % u128::from(PRIME)) as u64
}

fn inverse(a: u64) -> u64 {
    let (mut power, mut left, mut result) = (a, PRIME - 2, 1);
    while left > 0 {
        if left & 1 == 1 {
            result = times(result, power);
        }
        power = times(power, power);
        left >>= 1;
    }
    result
}

/// A space of vectors, by rows that begin with a 1 in columns of their own.
#[derive(Debug, Default)]
pub(super) struct Span {
    rows: BTreeMap<usize, Vec<u64>>,
}

impl Span {
    pub(super) fn add(&mut self, vector: Vec<u64>) {
        let mut rest = self.reduce(vector);
        if let Some(lead) = rest.iter().position(|value| *value != 0) {
            let scale = inverse(rest[lead]);
            rest.iter_mut().for_each(|value| *value = times(*value, scale));
            self.rows.insert(lead, rest);
        }
    }

    pub(super) fn contains(&self, vector: Vec<u64>) -> bool {
        self.reduce(vector).iter().all(|value| *value == 0)
    }

    fn reduce(&self, mut vector: Vec<u64>) -> Vec<u64> {
        for (lead, row) in &self.rows {
            let factor = PRIME - vector[*lead];
            if factor != PRIME {
                for (value, of_row) in vector.iter_mut().zip(row).filter(|(_, of_row)| **of_row != 0) {
                    *value = (*value + times(factor, *of_row)) % PRIME;
                }
            }
        }
        vector
    }
}

/// The sums over `target` in all cities of whole, non-negative counts that agree with what is published; no more than two. Atoms
/// in no published row are tried up to one person more than there are.
pub(super) fn possible_values(city: &City, published: &[Vec<bool>; 2], target: &[u64]) -> BTreeSet<u32> {
    let shown = city.rows().filter(|(side, row)| published[*side][*row as usize]);
    let equations: Vec<_> =
        shown.map(|(side, row)| (city.indicator(side, row), city.counts(side)[row as usize])).collect();
    let mut values = BTreeSet::new();
    complete(city, &equations, &mut Vec::new(), target, &mut values);
    values
}

/// Tries every count of the next atom.
fn complete(
    city: &City,
    equations: &[(Vec<u64>, u32)],
    begun: &mut Vec<u32>,
    target: &[u64],
    values: &mut BTreeSet<u32>,
) {
    let sum = |indicator: &[u64]| indicator.iter().zip(&*begun).map(|(inside, people)| *inside as u32 * people).sum();
    if begun.len() == city.atoms.len() {
        if equations.iter().all(|(indicator, count)| sum(indicator) == *count) {
            values.insert(sum(target));
        }
        return;
    }
    let at = begun.len();
    let mut most = city.atoms[at].people + 1;
    let around = equations.iter().filter(|(indicator, _)| indicator[at] == 1);
    if let Some(left) = around.map(|(indicator, count)| count.checked_sub(sum(indicator)).unwrap_or(0)).min() {
        most = left;
    }
    for people in 0..=most {
        begun.push(people);
        if values.len() < 2 {
            complete(city, equations, begun, target, values);
        }
        begun.pop();
    }
}
