//! Who lives where when a release is made.
//!
//! A census is what a build knows: the places of the city in the order of a curve, and everybody at one of
//! them. It is the only input of a release beside the state of the former ones; nothing in it is published.

/// A place where people live: a building, or an address without one. This is the only sense in which the
/// word is used in this module.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    /// A hash of its code, by which it is known again.
    pub(crate) key: u64,
    /// The area on the ground in which it lies now; places of a later release are joined with neighbours that have the same.
    pub(crate) area: Option<u32>,
    /// Longitude and latitude, degrees.
    pub(crate) point: [f64; 2],
}

/// An attribute in a census: words, and for each person the number of one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// The name of the attribute.
    pub(crate) name: String,
    /// Its words.
    pub(crate) words: Vec<String>,
    /// For each person, in the order of [`Census::people`], the number of a word; a number beyond the words
    /// where nothing is said.
    pub(crate) of_person: Vec<u16>,
}

/// Everybody at the place where they are counted.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Census {
    /// The places, in the order of a curve, so that neighbours in the list are neighbours on the ground.
    pub(crate) places: Vec<Place>,
    /// Everybody once: the first 64 bits of the token, ascending, with the index of the place.
    pub(crate) people: Vec<(u64, u32)>,
    /// The attributes of people.
    pub(crate) attributes: Vec<Column>,
    /// Addresses with somebody who lives there: a hash of the code, ascending, with the index of the place.
    pub(crate) households: Vec<(u64, u32)>,
}

impl Census {
    /// How many people each place has.
    pub(super) fn people_at(&self) -> Vec<u32> {
        counted(&self.people, self.places.len())
    }

    /// How many households each place has.
    pub(super) fn households_at(&self) -> Vec<u32> {
        counted(&self.households, self.places.len())
    }
}

/// How many of some rows each place has.
fn counted(rows: &[(u64, u32)], places: usize) -> Vec<u32> {
    let mut counts = vec![0; places];
    rows.iter().for_each(|(_, place)| counts[*place as usize] += 1);
    counts
}

/// The words of an attribute that are told apart, settled at its first release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    /// Those that enough people have; an empty one stands for "not said". Behind them comes one category for all others.
    pub(crate) kept: Vec<String>,
}

/// Of so many people one must have a word for it to be told apart: a rarer one would coarsen the counts of all others.
const RARE: u32 = 1000;

impl Words {
    /// Chooses which words are told apart; `counts` has a number for each word and one more for "not said".
    ///
    /// A word is kept if at least the threshold and a thousandth of the people have it. Everybody who is in
    /// no category of their own comes to nobody or to at least the threshold together, which may cost the
    /// rarest kept word; the categories fit into a byte.
    pub(super) fn choose(words: &[String], counts: &[u32], threshold: u32) -> Self {
        let total: u32 = counts.iter().sum();
        let least = threshold.max(total / RARE);
        let named = words.iter().map(String::as_str).chain([""]).zip(counts.iter().copied());
        let (mut kept, rare): (Vec<_>, Vec<_>) =
            named.filter(|(_, n)| *n > 0).partition(|(word, n)| *n >= least && *word != OTHER);
        let mut others: u32 = rare.iter().map(|(_, n)| n).sum();
        kept.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        while kept.len() > MOST || others > 0 && others < threshold {
            let Some((_, n)) = kept.pop() else { break };
            others += n;
        }
        let order = |word: &str| words.iter().position(|w| w == word).unwrap_or(words.len());
        kept.sort_by_key(|(word, _)| order(word));
        Self { kept: kept.into_iter().map(|(word, _)| word.to_owned()).collect() }
    }

    /// How many categories there are, with that of all others.
    pub(crate) fn width(&self) -> usize {
        self.kept.len() + 1
    }

    /// The category of each of these words, and at the end that of "not said".
    pub(super) fn of(&self, words: &[String]) -> Vec<u16> {
        let category = |word: &str| self.kept.iter().position(|kept| kept == word).unwrap_or(self.kept.len()) as u16;
        words.iter().map(String::as_str).chain([""]).map(category).collect()
    }
}

/// The word for all that is not told apart.
pub(crate) const OTHER: &str = "other";
/// Categories that fit into a byte, with two numbers to spare.
const MOST: usize = 250;
