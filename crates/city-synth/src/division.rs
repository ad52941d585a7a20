//! Nested levels: districts, subdistricts and communities, made by bisecting the city.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::lattice::Block;
use crate::lot::Lot;
use crate::random::{Purpose, Random};
use crate::scale::Targets;

/// Code of the made-up city.
pub(crate) const CITY_CODE: &str = "9901";

/// A community and the lots in it.
#[derive(Clone, Debug)]
pub(crate) struct Community {
    /// Number of the district in the city, from 1.
    pub(crate) district: usize,
    /// Number of the subdistrict in its district, from 1.
    pub(crate) subdistrict: usize,
    /// Number of the subdistrict in the city, from 0.
    pub(crate) subdistrict_index: usize,
    /// Number of the community in its subdistrict, from 1.
    pub(crate) community: usize,
    /// Number of the community in the city, from 0.
    pub(crate) index: usize,
    /// The lots, ordered by place.
    pub(crate) lots: Vec<Lot>,
}

impl Community {
    /// Code of the district, 6 digits.
    pub(crate) fn district_code(&self) -> String {
        format!("{CITY_CODE}{:02}", self.district)
    }

    /// Code of the subdistrict, 9 digits.
    pub(crate) fn subdistrict_code(&self) -> String {
        format!("{}{:03}", self.district_code(), self.subdistrict)
    }

    /// Code of the community, 12 digits.
    pub(crate) fn code(&self) -> String {
        format!("{}{:03}", self.subdistrict_code(), self.community)
    }
}

/// How many divisions there are on every level, and how large they are meant to be.
struct Plan {
    /// The subdistricts of every district, by their number in the city.
    districts: Vec<Range<usize>>,
    /// The communities of every subdistrict, by their number in the city.
    subdistricts: Vec<Range<usize>>,
    /// Relative number of grids of every community.
    weights: Vec<f64>,
}

impl Plan {
    fn new(targets: &Targets, seed: u64) -> Self {
        let mut random = Random::new(seed, Purpose::Division, &[]);
        Self {
            districts: apportion(targets.subdistricts, targets.districts, &mut random),
            subdistricts: apportion(targets.communities, targets.subdistricts, &mut random),
            weights: (0..targets.communities).map(|_| random.between(0.7, 1.3)).collect(),
        }
    }

    /// Weights of subdistricts.
    fn subdistrict_weights(&self, members: &Range<usize>) -> Vec<f64> {
        self.subdistricts[members.clone()]
            .iter()
            .map(|communities| self.weights[communities.clone()].iter().sum())
            .collect()
    }

    /// Weights of all districts.
    fn district_weights(&self) -> Vec<f64> {
        self.districts.iter().map(|members| self.subdistrict_weights(members).iter().sum()).collect()
    }

    /// Divides a subdistrict into its communities.
    fn communities(
        &self,
        lots: Vec<Lot>,
        (district, subdistrict): (usize, usize),
        subdistrict_index: usize,
    ) -> Vec<Community> {
        let members = self.subdistricts[subdistrict_index].clone();
        let groups = bisect(lots, &self.weights[members.clone()]);
        let numbered = groups.into_iter().zip((1..).zip(members));
        numbered
            .map(|(mut lots, (community, index))| {
                lots.sort_unstable_by_key(Lot::place);
                Community { district, subdistrict, subdistrict_index, community, index, lots }
            })
            .collect()
    }
}

/// Divides the lots into the communities asked for, ordered by code.
pub(crate) fn divide(lots: Vec<Lot>, targets: &Targets, seed: u64) -> Vec<Community> {
    let plan = Plan::new(targets, seed);
    let mut communities = Vec::with_capacity(targets.communities);
    let districts = bisect(lots, &plan.district_weights());
    for (lots, (district, members)) in districts.into_iter().zip((1..).zip(&plan.districts)) {
        let subdistricts = bisect(lots, &plan.subdistrict_weights(members));
        let numbered = subdistricts.into_iter().zip((1..).zip(members.clone()));
        for (lots, (subdistrict, index)) in numbered {
            communities.extend(plan.communities(lots, (district, subdistrict), index));
        }
    }
    communities
}

/// Cuts `0..total` into `parts` ranges of similar, random length.
fn apportion(total: usize, parts: usize, random: &mut Random) -> Vec<Range<usize>> {
    let weights: Vec<f64> = (0..parts).map(|_| random.between(0.7, 1.3)).collect();
    let sum: f64 = weights.iter().sum();
    let (mut reached, mut start) = (0.0, 0);
    let ranges = weights.iter().map(|weight| {
        reached += weight;
        let end = (total as f64 * reached / sum).round() as usize;
        let range = start..end;
        start = end;
        range
    });
    ranges.collect()
}

/// Cuts lots into one group per weight, of proportional numbers of grids.
fn bisect(mut lots: Vec<Lot>, weights: &[f64]) -> Vec<Vec<Lot>> {
    let middle = weights.len() / 2;
    if middle == 0 {
        return vec![lots];
    }
    let (left, right) = weights.split_at(middle);
    let share = left.iter().sum::<f64>() / weights.iter().sum::<f64>();
    let cut = cut_in_two(&mut lots, share, [left.len(), right.len()]);
    let rest = lots.split_off(cut);
    let mut groups = bisect(lots, left);
    groups.extend(bisect(rest, right));
    groups
}

/// Orders the lots so that the first ones, whose number is returned, are one part and the others are another.
///
/// The cut goes across the longer axis unless only another direction, or a slight shift, leaves both parts connected.
fn cut_in_two(lots: &mut [Lot], share: f64, least: [usize; 2]) -> usize {
    let sweeps = sweeps(lots);
    let lowest = least[0].min(lots.len());
    let highest = lots.len().saturating_sub(least[1]);
    let bounded = |cut: usize| cut.min(highest).max(lowest);
    for shift in [0, 1, -1, 2, -2] {
        for sweep in sweeps {
            lots.sort_unstable_by_key(|lot| sweep(lot.place()));
            let cut = bounded(cut_at(lots, share).saturating_add_signed(shift));
            let (first, second) = lots.split_at(cut);
            if is_connected(first) && is_connected(second) {
                return cut;
            }
        }
    }
    let [sweep, ..] = sweeps;
    lots.sort_unstable_by_key(|lot| sweep(lot.place()));
    bounded(cut_at(lots, share))
}

/// A key by which places are swept over.
type Sweep = fn((i32, i32)) -> (i32, i32);

/// The four ways to sweep line by line, those along the longer axis first.
fn sweeps(lots: &[Lot]) -> [Sweep; 4] {
    let extent = |axis: Sweep| {
        let along = || lots.iter().map(|lot| axis(lot.place()).0);
        along().max().unwrap_or(0) - along().min().unwrap_or(0)
    };
    let eastward: [Sweep; 2] = [|(i, j)| (i, j), |(i, j)| (i, -j)];
    let northward: [Sweep; 2] = [|(i, j)| (j, i), |(i, j)| (j, -i)];
    let ([a, b], [c, d]) =
        if extent(eastward[0]) >= extent(northward[0]) { (eastward, northward) } else { (northward, eastward) };
    [a, b, c, d]
}

/// Whether one can walk from every lot to every other across common sides.
fn is_connected(lots: &[Lot]) -> bool {
    let mut left: BTreeSet<Block> = lots.iter().flat_map(|lot| lot.blocks.clone()).collect();
    let mut open: Vec<Block> = left.pop_first().into_iter().collect();
    while let Some(block) = open.pop() {
        let neighbours = [(1, 0), (0, 1), (-1, 0), (0, -1)].map(|(di, dj)| block.offset(di, dj));
        open.extend(neighbours.into_iter().filter(|next| left.remove(next)));
    }
    left.is_empty()
}

/// How many lots from the front hold `share` of the grids.
fn cut_at(lots: &[Lot], share: f64) -> usize {
    let grids = |lot: &Lot| lot.parts().len() as f64;
    let wanted = share * lots.iter().map(grids).sum::<f64>();
    let mut reached = 0.0;
    lots.iter()
        .take_while(|lot| {
            reached += grids(lot);
            reached <= wanted + 0.5
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_has_its_number_and_no_community_is_too_large() {
        let targets = crate::scale::Scale::City.targets();
        let lots = (0..19_000)
            .map(|id: u32| Lot {
                id,
                blocks: vec![Block { i: (id % 190).cast_signed(), j: (id / 190).cast_signed() }],
                core: None,
            })
            .collect();
        let communities = divide(lots, &targets, 1);
        assert_eq!(communities.len(), 787);
        assert!(communities.iter().all(|c| (1..=99).contains(&c.lots.len())));
        let mut codes: Vec<String> = communities.iter().map(Community::subdistrict_code).collect();
        assert!(codes.is_sorted());
        codes.dedup();
        assert_eq!(codes.len(), 74);
        assert!(codes.iter().all(|code| code.len() == 9));
    }
}
