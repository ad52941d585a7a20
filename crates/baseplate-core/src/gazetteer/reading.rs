//! What a text says: the names, divisions and numbers in it, and what is left over.
//!
//! A reading knows nothing of places yet. It is made by `path.rs`, cut off where unknown words may mean
//! another place (`unknown.rs`), and then compared with the places of the index (`search.rs`). All
//! positions in it are indices into the characters of the normal form of the text.

use super::{
    index::{Abroad, GeoIndex},
    number::Number,
    rest::Rest,
    spelling::Spelt,
    words,
};
use crate::{model::Level, verdict::MatchLevel};

/// A division that a text names.
#[derive(Debug, Clone)]
pub(crate) struct Mention {
    /// The numbers of the grids that it may be, at least one.
    pub(crate) grid_numbers: Vec<u32>,
    /// The lowest level of these, as the number of a `Level`.
    pub(super) level: u8,
    /// Whether it stands there in full; a short form may be anything.
    pub(super) full: bool,
    /// Whether it is named as it was called formerly.
    pub(super) former: bool,
    /// How it is spelt.
    pub(super) spelt: Spelt,
    /// Whether the same characters are also a name of roads or estates.
    pub(super) is_name_too: bool,
}

/// A name of roads or estates in a text.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// Names that are spelt so, or nearly so.
    pub(super) names: Vec<u32>,
    /// How they are spelt.
    pub(super) spelt: Spelt,
    /// Whether the same characters are also a division.
    pub(super) is_division_too: bool,
    /// The index of its first character.
    pub(super) from: usize,
    /// The index behind its last character.
    pub(super) to: usize,
}

/// A number in a text, with the name that it stands behind.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    /// The number with the word for what it counts.
    pub(crate) number: Number,
    /// The index of the name before it among the names; `None` if none stands before it.
    pub(super) owner: Option<usize>,
    /// Where it begins.
    pub(super) from: usize,
}

impl Counted {
    /// The index behind the number and the word for what it counts.
    pub(super) fn to(&self) -> usize {
        self.from + self.number.len
    }
}

/// What was read in a text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    /// The divisions of the plate that are named, in the order of the text.
    pub(crate) mentions: Vec<Mention>,
    /// The names of roads and estates, in the order of the text.
    pub(super) names: Vec<Named>,
    /// The numbers, in the order of the text.
    pub(crate) numbers: Vec<Counted>,
    /// What was not understood, in the order of the text.
    pub(crate) rests: Vec<Rest>,
    /// The term of a division that the plate lacks and the library puts addresses under.
    pub(super) head: Option<u32>,
    /// Whether a place outside the city is named.
    pub(super) is_elsewhere: bool,
    /// Whether a county of another city is named beside the own city.
    pub(super) has_other_county: bool,
    /// What is not confirmed of the numbers that stand before the first name: they are those of something else.
    pub(super) in_front: Option<MatchLevel>,
    /// Whether the place is named by another one (对面).
    pub(super) is_relative: bool,
    /// Whether a word says that roads meet (路口).
    pub(super) is_junction: bool,
    /// The divisions elsewhere that are named: what each is, and whether it stands there in a short form.
    pub(super) abroad: Vec<(Abroad, bool)>,
    /// The index behind the last word around an address (收件人), behind which something else begins.
    pub(super) aside_end: usize,
}

impl Reading {
    /// Whether something in the text besides misspelt names says where it is: another name; or, of names that sound the same or are
    /// a slip, a community or subdistrict.
    pub(super) fn vouches(&self, index: &GeoIndex) -> bool {
        let is_low = |number: &u32| index.level(*number) <= Level::Subdistrict as u8;
        let is_division = |m: &Mention| m.full && m.spelt == Spelt::Exact && m.grid_numbers.iter().any(is_low);
        // A village or town tells little; a road with its door, or an estate with its building, tells which place is meant.
        let is_exact = |(at, named): (usize, &Named)| {
            let has_number = || self.numbers.iter().any(|number| number.owner == Some(at));
            named.spelt == Spelt::Exact && (self.sounds_alike() || has_number())
        };
        self.names.iter().enumerate().any(is_exact) || self.sounds_alike() && self.mentions.iter().any(is_division)
    }

    /// Whether no name is spelt with other characters than some that sound the same or are a slip.
    pub(super) fn sounds_alike(&self) -> bool {
        self.names.iter().all(|named| named.spelt <= Spelt::Slip)
    }

    /// The numbers of the names of two roads of which a text says nothing but that they meet; `None` if it
    /// says more.
    pub(super) fn crossing(&self, index: &GeoIndex) -> Option<[u32; 2]> {
        let road = |named: &Named| {
            let [name] = named.names[..] else { return None };
            (named.spelt == Spelt::Exact && words::is_road(index.name_text(name))).then_some(name)
        };
        let [one, other] = &self.names[..] else { return None };
        let says_more = !self.numbers.is_empty() || self.rests.iter().any(|rest| rest.to > rest.from + 1);
        let both = [road(one)?, road(other)?];
        (both[0] != both[1] && self.is_junction && !says_more).then_some(both)
    }

    /// Whether the text says nothing of any place.
    pub(super) fn is_nothing(&self) -> bool {
        let says = !self.mentions.is_empty() || !self.names.is_empty() || !self.numbers.is_empty();
        !says && !self.is_relative && self.abroad.is_empty()
    }

    /// Whether a division stands there in so many words: not cut short, and not but for a character that sounds otherwise.
    pub(super) fn has_division(&self) -> bool {
        self.mentions.iter().any(|mention| mention.former || mention.full && mention.spelt <= Spelt::Slip)
    }

    /// Whether a place may lie in the division that the text names and the plate lacks. `head` is the term
    /// of the division under which the library puts the place; what is not said on either side excludes
    /// nothing.
    pub(super) fn may_be_under(&self, head: Option<u32>) -> bool {
        self.head.zip(head).is_none_or(|(asked, own)| asked == own)
    }

    /// The numbers of the lowest division that is named in full and spelt as in the library; empty if there
    /// is none.
    pub(super) fn lowest(&self) -> &[u32] {
        let full = self.mentions.iter().filter(|mention| mention.full && mention.spelt == Spelt::Exact);
        full.min_by_key(|mention| mention.level).map_or(&[], |mention| &mention.grid_numbers)
    }
}
