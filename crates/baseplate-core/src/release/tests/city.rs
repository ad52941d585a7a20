//! Small cities made up by chance, in which people move, change, come and go.

use super::super::{Beginning, Census, Column, Place, State, Tree};
use std::collections::{BTreeMap, BTreeSet};

/// Numbers that look like chance and are the same every time.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}

/// Who lives at which place, with a word of the one attribute.
pub(super) struct City {
    pub(super) chance: Chance,
    /// The key of each place, with the area on the ground where it lies.
    pub(super) places: Vec<(u64, u32)>,
    pub(super) people: BTreeMap<u64, (u64, u16)>,
    next: u64,
    pub(super) words: Vec<String>,
    /// Whether people change their word rather than their place.
    fickle: bool,
}

/// Areas on the ground, two to each of the areas above.
pub(super) const AREAS: u32 = 6;

pub(super) fn tree() -> Tree {
    let ground = (0..AREAS).map(|area| (1, Some(AREAS + area / 2)));
    Tree::new(ground.chain((0..AREAS / 2).map(|_| (2, None))))
}

impl City {
    pub(super) fn new(seed: u64, places: u64, most: u64) -> Self {
        let mut chance = Chance(seed);
        let places: Vec<(u64, u32)> =
            (0..places).map(|place| (1000 + place, (place * u64::from(AREAS) / places.max(1)) as u32)).collect();
        let fickle = seed.is_multiple_of(3);
        let words = if fickle { 2 } else { 2 + chance.below(2) };
        let words = (0..words).map(|word| format!("word {word}")).collect();
        let mut city = Self { chance, places, people: BTreeMap::new(), next: 1, words, fickle };
        for place in 0..city.places.len() {
            // Houses of all sizes, some of them empty.
            let many = if city.chance.below(4) == 0 { 0 } else { city.chance.below(most) };
            (0..many).for_each(|_| city.arrive(place));
        }
        city
    }

    fn arrive(&mut self, place: usize) {
        let token = self.next.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 1;
        self.next += 1;
        let word = self.word();
        self.people.insert(token, (self.places[place].0, word));
    }

    fn word(&mut self) -> u16 {
        let words = self.words.len() as u64;
        if self.fickle {
            return self.chance.below(words) as u16;
        }
        // The last one is rare, and some say nothing.
        match self.chance.below(10) {
            0 => words as u16 - u16::from(self.chance.below(3) > 0),
            other => (other % (words - 1).max(1)) as u16,
        }
    }

    /// Some time goes by: of `of` people one does something.
    pub(super) fn live(&mut self, of: u64) {
        let tokens: Vec<u64> = self.people.keys().copied().collect();
        for token in tokens {
            if self.chance.below(of) > 0 {
                continue;
            }
            let place = self.chance.below(self.places.len() as u64) as usize;
            let what = self.chance.below(4);
            match if self.fickle && self.chance.below(3) > 0 { 2 } else { what } {
                0 => drop(self.people.remove(&token)),
                1 => self.arrive(place),
                2 => {
                    let word = self.word();
                    self.people.get_mut(&token).into_iter().for_each(|(_, said)| *said = word);
                }
                _ => {
                    let key = self.places[place].0;
                    self.people.get_mut(&token).into_iter().for_each(|(at, _)| *at = key);
                }
            }
        }
        // An area is redrawn: places lie in another one.
        let (from, count) = (self.chance.below(self.places.len() as u64) as usize, self.chance.below(4) as usize);
        let area = self.chance.below(AREAS.into()) as u32;
        self.places.iter_mut().skip(from).take(count).for_each(|(_, of)| *of = area);
        if self.chance.below(3) == 0 {
            let (key, at) = (2000 + self.next, self.chance.below(self.places.len() as u64) as usize);
            let area = self.places[at].1;
            self.places.insert(at, (key, area));
            let many = self.chance.below(9);
            (0..many).for_each(|_| self.arrive(at));
        }
    }

    pub(super) fn census(&self) -> Census {
        let row: BTreeMap<u64, u32> = self.places.iter().map(|(key, _)| *key).zip(0..).collect();
        let people: Vec<(u64, u32)> = self.people.iter().map(|(token, (key, _))| (*token, row[key])).collect();
        let homes: BTreeSet<(u64, u32)> =
            self.people.iter().map(|(token, (key, _))| (key * 10 + token % 3, row[key])).collect();
        Census {
            places: self
                .places
                .iter()
                .map(|(key, area)| Place { key: *key, area: Some(*area), point: [0.0; 2] })
                .collect(),
            people,
            attributes: vec![Column {
                name: "kind".to_owned(),
                words: self.words.clone(),
                of_person: self.people.values().map(|(_, word)| *word).collect(),
            }],
            households: homes.into_iter().collect(),
        }
    }

    pub(super) fn first(&self, threshold: u32) -> Option<State> {
        let beginning = Beginning { day: 20_000, key: "key".to_owned(), threshold, tree: tree() };
        State::first(beginning, &self.census())
    }
}
