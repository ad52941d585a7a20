//! The first release of a series.
//!
//! Places are put together along the curve, within their areas, until each block has at least the
//! threshold; that number is published. Households and attributes are then counted in groups of whole
//! blocks, which may be coarser. Which places are together is settled here for good: later releases add
//! places to blocks and never take one out.

use super::{Cells, Census, Column, Register, State, Tree, Words, gather, pool::Bonds, state::Attribute};
use xxhash_rust::xxh3::Xxh3Default;

/// What a series begins with.
pub(crate) struct Beginning {
    /// The day of the release, in days since 1970-01-01.
    pub(crate) day: u32,
    /// The fingerprint of the key that made the tokens.
    pub(crate) key: String,
    /// Persons that are told together at least.
    pub(crate) threshold: u32,
    /// Areas by number; places name those on the ground.
    pub(crate) tree: Tree,
}

impl State {
    /// Begins a series; `None` if there are fewer people in all than are told together. The places of the
    /// census must be in the order of the curve along which they are put together.
    pub(crate) fn first(beginning: Beginning, census: &Census) -> Option<Self> {
        let Beginning { day, key, threshold, tree } = beginning;
        let areas: Vec<u32> = census.places.iter().map(|place| place.area.unwrap_or(tree.whole())).collect();
        let at_place = census.people_at();
        let blocks = gather(&tree, &areas, &at_place, 1, threshold)?;
        let count = blocks.homes.len();
        let published = sums(&blocks.of_place, count, 1, &at_place);
        let people = Cells {
            of_block: (0..count as u32).collect(),
            homes: blocks.homes,
            width: 1,
            published,
            bonds: (0..count as u32).collect(),
        };
        let middles = middles(&blocks.of_place, count);
        let series = series_of(&key, day, &people.published);
        let keys: Vec<u64> = middles.iter().map(|place| census.places[*place as usize].key).collect();
        let points = middles.iter().flat_map(|place| census.places[*place as usize].point).collect();
        let mut places: Vec<(u64, u32)> =
            census.places.iter().map(|p| p.key).zip(blocks.of_place.iter().copied()).collect();
        places.sort_unstable();
        places.dedup_by_key(|(key, _)| *key);
        let registered = |rows: &[(u64, u32)]| Register {
            who: rows.iter().map(|(who, _)| *who).collect(),
            blocks: rows.iter().map(|(_, place)| blocks.of_place[*place as usize]).collect(),
        };
        let register = registered(&census.people);
        let dwellings = registered(&census.households);
        let at_block = sums(&blocks.of_place, count, 1, &census.households_at());
        let households = coarser(&tree, &people, &at_block, 1, threshold).unwrap_or_default();
        let mut state = Self {
            series,
            days: vec![day],
            trail: Vec::new(),
            threshold,
            key,
            tree,
            places,
            keys,
            points,
            people,
            register,
            households,
            dwellings,
            attributes: Vec::new(),
        };
        state.add_attributes(census);
        state.stamp();
        Some(state)
    }

    /// Counts the attributes of the census that have not been counted before. One that cannot be told of
    /// anybody is tried again at the next release.
    pub(super) fn add_attributes(&mut self, census: &Census) {
        for column in &census.attributes {
            if self.attributes.iter().all(|attribute| attribute.name != column.name) {
                let attribute = self.attribute(column, census);
                self.attributes.extend(attribute);
            }
        }
    }

    /// An attribute as it is counted for the first time: of those who are in the register, so that it says no more about who has
    /// come and gone than their number does. `None` if it cannot be told of anybody.
    fn attribute(&self, column: &Column, census: &Census) -> Option<Attribute> {
        // Of who has left and is counted still nothing is said.
        let not_said = column.words.len() as u16;
        let said: Vec<u16> =
            said(&self.register.who, &census.people, column).into_iter().map(|word| word.unwrap_or(not_said)).collect();
        let mut counts = vec![0_u32; column.words.len() + 1];
        said.iter().for_each(|word| counts[usize::from(*word)] += 1);
        let words = Words::choose(&column.words, &counts, self.threshold);
        let (of_word, width) = (words.of(&column.words), words.width());
        let categories: Vec<u8> = said.iter().map(|word| of_word[usize::from(*word)] as u8).collect();
        let mut at_block = vec![0; self.blocks() * width];
        for (block, category) in self.register.blocks.iter().zip(&categories) {
            at_block[*block as usize * width + usize::from(*category)] += 1;
        }
        let cells = coarser(&self.tree, &self.people, &at_block, width, self.threshold)?;
        Some(Attribute { name: column.name.clone(), words, cells, categories, gone: Vec::new() })
    }
}

/// For each row of a register the number of the word that is said of the person now, or that of "not said";
/// `None` if the person is in the sources no more. `who` and `people` are ascending; the register may have
/// a person twice.
pub(super) fn said(who: &[u64], people: &[(u64, u32)], column: &Column) -> Vec<Option<u16>> {
    let last = column.words.len() as u16;
    let mut next = 0;
    let word = |who: &u64| {
        while people.get(next).is_some_and(|(token, _)| token < who) {
            next += 1;
        }
        people.get(next).filter(|(token, _)| token == who).map(|_| column.of_person[next].min(last))
    };
    who.iter().map(word).collect()
}

/// Groups of blocks, those that were in one pool together, in which every category has nobody or enough.
/// `None` if all together have too few. `counts` has `width` numbers for each block; the groups' own sums
/// are what is published of them.
fn coarser(tree: &Tree, people: &Cells, counts: &[u32], width: usize, threshold: u32) -> Option<Cells> {
    // What was in one pool is one place here; it stands where its first block stands.
    let mut first: Vec<u32> = people.bonds.clone();
    first.sort_unstable();
    first.dedup();
    let place = |block: usize| first.binary_search(&people.bonds[block]).unwrap_or_default();
    let mut homes: Vec<u32> = first.iter().map(|block| people.homes[*block as usize]).collect();
    let mut at_place = vec![0; first.len() * width];
    for block in 0..people.len() {
        let to = place(block);
        homes[to] = tree.common(homes[to], people.homes[block]);
        at_place[to * width..][..width].iter_mut().zip(&counts[block * width..]).for_each(|(sum, n)| *sum += n);
    }
    let groups = gather(tree, &homes, &at_place, width, threshold)?;
    let of_block: Vec<u32> = (0..people.len()).map(|block| groups.of_place[place(block)]).collect();
    let cells = groups.homes.len();
    let published = sums(&of_block, cells, width, counts);
    let bonds = Bonds::of((0..cells as u32).collect()).finish();
    Some(Cells { of_block, homes: groups.homes, width, published, bonds })
}

/// The counts of groups: `group` has the group of each item, `counts` its `width` numbers, item by item.
/// What comes out has `width` numbers for each group.
fn sums(group: &[u32], groups: usize, width: usize, counts: &[u32]) -> Vec<u32> {
    let mut sums = vec![0; groups * width];
    for (group, counts) in group.iter().zip(counts.chunks_exact(width)) {
        sums[*group as usize * width..][..width].iter_mut().zip(counts).for_each(|(sum, n)| *sum += n);
    }
    sums
}

/// For each block the place in the middle of it: which one that is tells nothing about who lives where.
fn middles(block: &[u32], blocks: usize) -> Vec<u32> {
    let mut places: Vec<Vec<u32>> = vec![Vec::new(); blocks];
    (0..).zip(block).for_each(|(place, block)| places[*block as usize].push(place));
    places.iter().map(|of_block| of_block[of_block.len() / 2]).collect()
}

/// What tells a series from others: a hash of the key's fingerprint, the day and the first numbers of all
/// blocks. The same sources begin the same one on the same day.
fn series_of(key: &str, day: u32, published: &[u32]) -> u64 {
    let mut hash = Xxh3Default::new();
    hash.update(key.as_bytes());
    std::iter::once(&day).chain(published).for_each(|number| hash.update(&number.to_le_bytes()));
    hash.digest()
}
