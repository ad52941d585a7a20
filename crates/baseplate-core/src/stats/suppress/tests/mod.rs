//! Attacks on what is published, by means that share nothing with the suppression.

mod attack;
mod city;

use super::{Atom, Family, publishable, publishable_pair};
use attack::{Span, possible_values};
use city::{City, any_city, sprawl};
use proptest::prelude::*;

/// Where nothing else is said, counts below this are secret.
const THRESHOLD: u32 = 5;

/// The hidden rows of a city that elimination over its atoms recovers from the published ones.
fn recovered(city: &City, published: &[Vec<bool>; 2]) -> Vec<(usize, u32)> {
    let mut span = Span::default();
    for (side, row) in city.rows().filter(|(side, row)| published[*side][*row as usize]) {
        span.add(city.indicator(side, row));
    }
    let hidden = city.rows().filter(|(side, row)| !published[*side][*row as usize]);
    hidden.filter(|(side, row)| span.contains(city.indicator(*side, *row))).collect()
}

fn primary_only(city: &City, side: usize) -> Vec<bool> {
    let (counts, empty) = (city.counts(side), city.uninhabited(side));
    counts.iter().zip(empty).map(|(count, empty)| empty || *count >= THRESHOLD).collect()
}

fn each_alone(city: &City) -> [Vec<bool>; 2] {
    [0, 1].map(|side| city.with_family(side, |family| publishable(family, THRESHOLD)))
}

/// Grids of 3, 7 and 9 people under one community; a cell that is the second grid, and one that is the others.
fn village() -> City {
    let parents = || vec![Some(3), Some(3), Some(3), None];
    let cells = vec![Some(2), Some(2), None];
    City::new([parents(), cells], &[(0, 0, 3), (1, 1, 7), (2, 0, 9)])
}

#[test]
fn without_complements_the_attack_succeeds() {
    let city = village();
    let primary = primary_only(&city, 0);
    assert_eq!(primary, [false, true, true, true]);
    assert_eq!(recovered(&city, &[primary, vec![false; 3]])[0], (0, 0));
    let alone = each_alone(&city);
    assert_eq!(alone, [vec![false, false, true, true], vec![true; 3]]);
    let [grids, _] = alone;
    assert!(recovered(&city, &[grids, vec![false; 3]]).iter().all(|(side, _)| *side == 1));
}

#[test]
fn families_that_are_safe_alone_give_each_other_away() {
    let city = village();
    assert_eq!(recovered(&city, &each_alone(&city)), [(0, 0), (0, 1)]);
    let together = city.publishable_pair(THRESHOLD);
    assert!(!together[0][0]);
    assert!(recovered(&city, &together).is_empty());
}

#[test]
fn a_cell_inside_a_grid_does_not_uncover_the_rest_of_the_grid() {
    let parents = [vec![Some(2), Some(2), None], vec![Some(2), Some(2), None]];
    let city = City::new(parents, &[(0, 0, 5), (0, 1, 2), (1, 1, 30)]);
    assert_eq!(each_alone(&city), [vec![true; 3], vec![true; 3]]);
    assert_eq!(city.publishable_pair(THRESHOLD), [vec![true; 3], vec![false, false, true]]);
}

#[test]
fn a_zero_that_follows_only_from_counts_being_positive_is_covered() {
    // The middle grid has 10 people, five in each cell. So nobody is left for the other two, whatever their sum might be.
    let city = City::new([vec![None; 3], vec![None; 2]], &[(0, 0, 0), (1, 0, 5), (1, 1, 5), (2, 0, 0)]);
    let alone = each_alone(&city);
    assert_eq!(alone, [vec![false, true, false], vec![true; 2]]);
    assert!(recovered(&city, &alone).is_empty());
    assert_eq!(possible_values(&city, &alone, &city.indicator(0, 0)).len(), 1);
    let together = city.publishable_pair(THRESHOLD);
    assert_eq!(possible_values(&city, &together, &city.indicator(0, 0)).len(), 2);
}

#[test]
fn a_whole_small_chain_is_hidden_and_its_neighbour_with_it() {
    // 0 → 1 → 4, 2 → 3 → 4: row 1 is small through its only child, row 3 covers it and is covered by row 2.
    let parents = [Some(1), Some(4), Some(3), Some(4), None];
    let family = Family { parents: &parents, categories: 1, counts: &[2, 2, 8, 8, 10], uninhabited: &[] };
    assert_eq!(publishable(&family, THRESHOLD), [false, false, false, false, true]);
}

#[test]
fn a_row_is_published_with_all_categories_or_none() {
    let parents = [Some(3), Some(3), Some(3), None];
    let counts = [9, 1, 8, 8, 7, 7, 24, 16];
    let family = Family { parents: &parents, categories: 2, counts: &counts, uninhabited: &[false; 4] };
    assert_eq!(publishable(&family, THRESHOLD), [false, true, false, true]);
}

#[test]
fn the_zero_of_an_uninhabited_row_is_published_and_covers_nothing() {
    let parents = [Some(3), Some(3), Some(3), None];
    let counts = [0, 0, 20, 20];
    let mut family = Family { parents: &parents, categories: 1, counts: &counts, uninhabited: &[true, true] };
    assert_eq!(publishable(&family, THRESHOLD), [true; 4]);
    // With the second row's zero a secret, the third must cover it; the first cannot.
    family.uninhabited = &[true];
    assert_eq!(publishable(&family, THRESHOLD), [true, false, false, true]);
    // Somebody is counted where nobody should be.
    family.counts = &[1, 0, 20, 21];
    assert_eq!(publishable(&family, THRESHOLD), [false, false, false, true]);
}

#[test]
fn a_sprawling_city_stays_mostly_published() {
    let city = sprawl(60);
    for (side, published) in city.publishable_pair(THRESHOLD).iter().enumerate() {
        let (counts, leaves) = (city.counts(side), city.leaves(side));
        let count = |leaf: &u32| counts[*leaf as usize];
        let secret = leaves.iter().filter(|leaf| count(leaf) < THRESHOLD && !city.uninhabited(side)[**leaf as usize]);
        let secret = secret.count();
        let hidden = || leaves.iter().filter(|leaf| !published[**leaf as usize]);
        assert!(secret > 50, "too little to hide: {secret}");
        assert!(hidden().count() < 3 * secret, "{} hidden for {secret} small ones", hidden().count());
        let people: u32 = hidden().map(count).sum();
        assert!(people * 10 < leaves.iter().map(count).sum::<u32>(), "{people} people are hidden");
    }
}

#[test]
fn elimination_recovers_nothing_of_a_town() {
    let city = sprawl(9);
    let published = city.publishable_pair(THRESHOLD);
    assert!(published[0].contains(&false) && published[1].contains(&false));
    assert_eq!(recovered(&city, &published), []);
    assert!(!recovered(&city, &[primary_only(&city, 0), primary_only(&city, 1)]).is_empty());
}

#[test]
fn large_counts_are_all_published() {
    let city = City::new(village().parents, &[(0, 0, 5), (0, 1, 6), (1, 1, 7), (2, 0, 9)]);
    assert_eq!(city.publishable_pair(THRESHOLD), [vec![true; 4], vec![true; 3]]);
}

/// The leaves of a published row that are in no published row below it: how many there are, and their people.
fn residual(city: &City, side: usize, published: &[bool], row: u32) -> (usize, u32) {
    let owner = |leaf: u32| city.chain(side, leaf).into_iter().find(|row| published[*row as usize]);
    let counts = city.counts(side);
    let left: Vec<_> = city.leaves(side).into_iter().filter(|leaf| owner(*leaf) == Some(row)).collect();
    let inhabited = left.iter().filter(|leaf| !city.uninhabited(side)[**leaf as usize]);
    (inhabited.count(), left.iter().map(|leaf| counts[*leaf as usize]).sum())
}

/// The equations of a breakdown: one for each published row and category over the unknowns atoms × categories, and one for each
/// row whose total is published.
fn breakdown_span(city: &City, categories: usize, shown: &[bool], totals: &[bool]) -> Span {
    let mut span = Span::default();
    for row in 0..shown.len() as u32 {
        if shown[row as usize] {
            (0..categories).for_each(|category| span.add(spread(city, row, categories, &[category])));
        }
        if totals[row as usize] {
            span.add(spread(city, row, categories, &(0..categories).collect::<Vec<_>>()));
        }
    }
    span
}

/// The indicator of a row of the first family in some of the categories.
fn spread(city: &City, row: u32, categories: usize, of: &[usize]) -> Vec<u64> {
    let each = city.indicator(0, row).into_iter();
    each.flat_map(|inside| (0..categories).map(move |category| inside * u64::from(of.contains(&category)))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn elimination_recovers_no_hidden_row(city in any_city(9, 24, 12)) {
        prop_assert_eq!(recovered(&city, &city.publishable_pair(THRESHOLD)), []);
        for (side, alone) in each_alone(&city).into_iter().enumerate() {
            let mut published = [0, 1].map(|side| vec![false; city.parents[side].len()]);
            published[side] = alone;
            let found = recovered(&city, &published);
            prop_assert!(found.iter().all(|(other, _)| *other != side), "{found:?}");
        }
    }

    #[test]
    fn what_is_left_of_a_published_row_is_not_small(city in any_city(9, 24, 12)) {
        for published in [city.publishable_pair(THRESHOLD), each_alone(&city)] {
            for (side, row) in city.rows().filter(|(side, row)| published[*side][*row as usize]) {
                let (leaves, people) = residual(&city, side, &published[side], row);
                prop_assert!(leaves == 0 || people >= THRESHOLD, "{side} {row}: {people}");
            }
        }
    }

    #[test]
    fn a_published_row_less_a_published_row_inside_is_not_small(city in any_city(9, 24, 12)) {
        let published = city.publishable_pair(THRESHOLD);
        let shown: Vec<_> = city.rows().filter(|(side, row)| published[*side][*row as usize]).collect();
        for ((side, row), (other, inner)) in shown.iter().flat_map(|a| shown.iter().map(move |b| (*a, *b))) {
            let (outside, inside) = (city.indicator(side, row), city.indicator(other, inner));
            if side != other && outside != inside && outside.iter().zip(&inside).all(|(a, b)| a >= b) {
                let left = city.counts(side)[row as usize] - city.counts(other)[inner as usize];
                let nobody_inside = inside.iter().all(|atom| *atom == 0);
                prop_assert!(nobody_inside || left >= THRESHOLD, "{side} {row} − {inner}: {left}");
            }
        }
    }

    #[test]
    fn every_hidden_count_has_two_possible_values(city in any_city(4, 7, 4)) {
        let published = city.publishable_pair(3);
        for (side, row) in city.rows().filter(|(side, row)| !published[*side][*row as usize]) {
            let values = possible_values(&city, &published, &city.indicator(side, row));
            prop_assert!(values.len() >= 2, "{side} {row}: {values:?}");
        }
    }

    #[test]
    fn small_rows_are_hidden_and_empty_ones_published(city in any_city(9, 24, 12)) {
        for published in [city.publishable_pair(THRESHOLD), each_alone(&city)] {
            for (side, row) in city.rows() {
                let (count, empty) = (city.counts(side)[row as usize], city.uninhabited(side)[row as usize]);
                prop_assert!(!published[side][row as usize] || empty || count >= THRESHOLD);
                prop_assert!(published[side][row as usize] || !empty);
            }
        }
    }

    #[test]
    fn nothing_is_hidden_where_nothing_is_small(mut city in any_city(9, 24, 12)) {
        city.atoms.iter_mut().for_each(|atom| atom.people += THRESHOLD);
        let all = [0, 1].map(|side| vec![true; city.parents[side].len()]);
        prop_assert_eq!(city.publishable_pair(THRESHOLD), all.clone());
        prop_assert_eq!(each_alone(&city), all);
    }

    #[test]
    fn elimination_recovers_no_hidden_breakdown(city in any_city(7, 16, 60), cuts in prop::collection::vec((0.0..1.0f64, 0.0..1.0f64), 16)) {
        let split = |(atom, (low, high)): (&Atom, &(f64, f64))| {
            let first = (f64::from(atom.people) * low) as u32;
            let second = (f64::from(atom.people - first) * high) as u32;
            [first, second, atom.people - first - second]
        };
        let of_atoms: Vec<_> = city.atoms.iter().zip(&cuts).map(split).collect();
        let inside = |row: u32| city.indicator(0, row).into_iter().zip(&of_atoms).filter(|(inside, _)| *inside == 1);
        let rows = 0..city.parents[0].len() as u32;
        let counts: Vec<u32> = rows.clone().flat_map(|row| {
            (0..3).map(move |category| inside(row).map(|(_, counts)| counts[category]).sum::<u32>())
        }).collect();
        let empty = city.uninhabited(0);
        let family = Family { parents: &city.parents[0], categories: 3, counts: &counts, uninhabited: &empty };
        let totals = &each_alone(&city)[0];
        let shown: Vec<_> = publishable(&family, THRESHOLD).iter().zip(totals).map(|(row, total)| *row && *total).collect();
        let span = breakdown_span(&city, 3, &shown, totals);
        for row in rows {
            let every: Vec<_> = (0..3).map(|category| spread(&city, row, 3, &[category])).collect();
            prop_assert!(shown[row as usize] || every.into_iter().all(|target| !span.contains(target)), "row {row}");
            prop_assert!(totals[row as usize] || !span.contains(spread(&city, row, 3, &[0, 1, 2])), "total of row {row}");
        }
    }

    #[test]
    fn any_input_has_an_answer(
        parents in prop::collection::vec(prop::option::of(0..12u32), 0..10),
        categories in 0..3usize,
        counts in prop::collection::vec(0..20u32, 0..24),
        uninhabited in prop::collection::vec(any::<bool>(), 0..12),
        atoms in prop::collection::vec((0..12u32, 0..12u32, 0..9u32), 0..12),
    ) {
        let family = Family { parents: &parents, categories, counts: &counts, uninhabited: &uninhabited };
        prop_assert_eq!(publishable(&family, THRESHOLD).len(), parents.len());
        let atoms: Vec<_> = atoms.into_iter().map(|(a, b, people)| Atom { leaves: [a, b], people }).collect();
        let [first, second] = publishable_pair([&family, &family], &atoms, THRESHOLD);
        prop_assert_eq!((first.len(), second.len()), (parents.len(), parents.len()));
    }
}
