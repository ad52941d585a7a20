mod attack;
mod city;
mod measure;

use super::{Cells, Numbers, Register, State, gather::enough, next::Told};
use attack::{Attacker, groups};
use city::{Chance, City};
use std::collections::{BTreeMap, BTreeSet};

/// Cities of all kinds: how many places, how many people at most in one, one of how many does something between releases.
const CITIES: [(u64, u64, u64); 6] = [(8, 12, 4), (14, 6, 6), (14, 30, 12), (20, 8, 3), (30, 5, 5), (6, 40, 20)];
const THRESHOLD: u32 = 4;
const RELEASES: u32 = 10;

fn cities(count: u64) -> impl Iterator<Item = (City, u64)> {
    (0..count).map(|seed| {
        let (places, most, of) = CITIES[(seed % CITIES.len() as u64) as usize];
        (City::new(seed, places, most), of)
    })
}

/// Checks what must hold of every state.
fn check(state: &State) {
    let counted = |cells: &Cells, of: &BTreeMap<u32, u32>| {
        // Of what was counted together the sum is right.
        let (mut published, mut truth) = (BTreeMap::new(), BTreeMap::new());
        for cell in 0..cells.homes.len() as u32 {
            let bond = cells.bonds[cell as usize];
            *published.entry(bond).or_insert(0) += cells.row(cell)[0];
            *truth.entry(bond).or_insert(0) += of.get(&cell).copied().unwrap_or_default();
        }
        assert_eq!(published, truth);
    };
    for (cells, register) in [(&state.people, &state.register), (&state.households, &state.dwellings)] {
        let mut of_cell = BTreeMap::new();
        if cells.width > 0 {
            register.blocks.iter().for_each(|block| *of_cell.entry(cells.of_block[*block as usize]).or_insert(0) += 1);
            counted(cells, &of_cell);
        }
        assert!(register.who.is_sorted());
    }
    let numbers = Numbers::of(state);
    for (attribute, matrix) in state.attributes.iter().zip(&numbers.attributes) {
        for (people, row) in numbers.people.iter().zip(matrix.chunks_exact(attribute.cells.width)) {
            assert_eq!(row.iter().sum::<u32>(), *people, "the categories of a block sum to its people");
        }
        assert_eq!(attribute.categories.len(), state.register.who.len());
    }
    for (attribute, matrix) in state.attributes.iter().zip(&numbers.attributes) {
        let (width, scaled) = (attribute.cells.width, attribute.is_scaled(&state.people));
        let mut apart: BTreeMap<(u32, usize), i64> = BTreeMap::new();
        for cell in 0..attribute.cells.homes.len() as u32 {
            for (category, n) in attribute.cells.row(cell).iter().enumerate() {
                *apart.entry((attribute.cells.bonds[cell as usize], category)).or_default() -= i64::from(*n);
            }
        }
        for (block, row) in matrix.chunks_exact(width).enumerate().filter(|(block, _)| !scaled[*block]) {
            let bond = attribute.cells.bonds[attribute.cells.of_block[block] as usize];
            row.iter().enumerate().for_each(|(c, n)| *apart.entry((bond, c)).or_default() += i64::from(*n));
        }
        let exact = |bond: u32| {
            (0..state.blocks())
                .any(|block| attribute.cells.bonds[attribute.cells.of_block[block] as usize] == bond && !scaled[block])
        };
        assert!(
            apart.iter().all(|((bond, _), n)| *n == 0 || !exact(*bond)),
            "what is counted together is what was counted"
        );
    }
    for attribute in &state.attributes {
        let together: BTreeSet<_> = (0..state.blocks())
            .map(|block| (state.people.bonds[block], attribute.cells.bonds[attribute.cells.of_block[block] as usize]))
            .collect();
        let bonds: BTreeSet<u32> = together.iter().map(|(of_people, _)| *of_people).collect();
        assert_eq!(together.len(), bonds.len(), "no pool of people is parted by an attribute");
    }
    assert_eq!(numbers.households.iter().sum::<u32>(), state.households.published.iter().sum::<u32>());
}

/// Checks that each pool of a release is of enough persons who came or went, counted by who is in the register.
fn check_pools(before: &State, after: &State, told: &Told) {
    let rows = |register: &Register| -> BTreeSet<(u64, u32)> {
        register.who.iter().copied().zip(register.blocks.iter().copied()).collect()
    };
    let (was, is) = (rows(&before.register), rows(&after.register));
    for pool in groups(&told.people) {
        let mut by: BTreeMap<u64, i32> = BTreeMap::new();
        let inside = |rows: &BTreeSet<(u64, u32)>| {
            rows.iter().filter(|(_, b)| pool.contains(b)).map(|(who, _)| *who).collect::<Vec<_>>()
        };
        inside(&is).into_iter().for_each(|who| *by.entry(who).or_default() += 1);
        inside(&was).into_iter().for_each(|who| *by.entry(who).or_default() -= 1);
        let moved = by.values().filter(|by| **by != 0).count();
        assert!(moved >= THRESHOLD as usize, "{pool:?}: {moved}");
    }
    for (attribute, turn) in after.attributes.iter().zip(&told.attributes) {
        for pool in groups(turn) {
            let is_with = |cell: &u32| attribute.cells.bonds[*cell as usize] == attribute.cells.bonds[pool[0] as usize];
            let together = (0..attribute.cells.homes.len() as u32).filter(is_with).count();
            assert_eq!(pool.len(), together, "an attribute is counted of all that were ever counted together");
        }
    }
}

#[test]
fn first_blocks_have_enough_in_every_category() {
    let mut seen = 0;
    for (city, _) in cities(300) {
        let Some(state) = city.first(THRESHOLD) else {
            assert!(city.people.len() < THRESHOLD as usize);
            continue;
        };
        seen += 1;
        assert_eq!(state.people.published.iter().sum::<u32>() as usize, city.people.len());
        assert!(state.people.published.iter().all(|n| *n >= THRESHOLD));
        for attribute in &state.attributes {
            assert!(
                (0..attribute.cells.homes.len() as u32)
                    .all(|cell| enough(attribute.cells.row(cell).iter().copied(), THRESHOLD))
            );
        }
        check(&state);
    }
    assert!(seen > 200);
}

#[test]
fn nobody_is_pinned_over_ten_releases() {
    for (seed, (mut city, of)) in (0..).zip(cities(150)) {
        let Some(mut state) = city.first(THRESHOLD) else { continue };
        let mut attacker = Attacker::begin(&state);
        for release in 1..=RELEASES {
            city.live(of);
            let before = state.clone();
            let told = state.next(20_000 + release, &city.census());
            check(&state);
            check_pools(&before, &state, &told);
            attacker.read(&before, &state, &told);
        }
        let breaches = attacker.breaches(THRESHOLD, &mut Chance(seed));
        assert!(breaches.is_empty(), "city {seed}: {:?}", &breaches[..breaches.len().min(3)]);
    }
}

#[test]
fn changes_are_told_in_the_end() {
    for (mut city, of) in cities(60) {
        let Some(mut state) = city.first(THRESHOLD) else { continue };
        (0..RELEASES).for_each(|release| {
            city.live(of);
            state.next(release, &city.census());
        });
        let (published, truth) = (state.people.published.iter().sum::<u32>(), city.people.len() as u32);
        // Not counted are those who are too few in the whole city.
        assert!(published.abs_diff(truth) < THRESHOLD, "{published} of {truth}");
    }
}

#[test]
fn a_release_without_changes_changes_nothing() {
    for (city, _) in cities(60) {
        let Some(mut state) = city.first(THRESHOLD) else { continue };
        let before = state.clone();
        state.next(20_001, &city.census());
        assert_eq!(State { days: before.days.clone(), trail: before.trail.clone(), ..state }, before);
    }
}

/// The attacker is worth something: told as it was before, each number as soon as it changes, single persons are found.
#[test]
fn the_attacker_finds_what_is_told_at_once() {
    let mut breached = 0;
    for (seed, (mut city, of)) in (0..).zip(cities(60)) {
        let Some(mut state) = city.first(THRESHOLD) else { continue };
        let mut attacker = Attacker::begin(&state);
        state.threshold = 1;
        for release in 0..3 {
            city.live(of);
            let before = state.clone();
            let told = state.next(release, &city.census());
            attacker.read(&before, &state, &told);
        }
        breached += u32::from(!attacker.breaches(THRESHOLD, &mut Chance(seed)).is_empty());
    }
    assert!(breached > 40, "{breached}");
}
