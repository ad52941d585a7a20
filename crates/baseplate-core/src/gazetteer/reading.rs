//! What a text says: the names, divisions and numbers in it, and what is left over.

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
    /// The numbers of the grids that it may be.
    pub(crate) grid_numbers: Vec<u32>,
    /// The lowest level of these, as a number.
    pub(super) level: u8,
    /// Whether it stands there in full; a short form may be anything.
    pub(super) full: bool,
    /// Whether that is a name that it had.
    pub(super) former: bool,
    pub(super) spelt: Spelt,
    /// Whether the same characters are also a name of roads or estates.
    pub(super) is_name_too: bool,
}

/// A name of roads or estates in a text.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// Names that are spelt so, or nearly so.
    pub(super) names: Vec<u32>,
    pub(super) spelt: Spelt,
    /// Whether the same characters are also a division.
    pub(super) is_division_too: bool,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// A number in a text.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    pub(crate) number: Number,
    /// The name before it, by its index among the names.
    pub(super) owner: Option<usize>,
    /// Where it begins.
    pub(super) from: usize,
}

impl Counted {
    pub(super) fn to(&self) -> usize {
        self.from + self.number.len
    }
}

/// A text, read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    pub(crate) mentions: Vec<Mention>,
    pub(super) names: Vec<Named>,
    pub(crate) numbers: Vec<Counted>,
    pub(crate) rests: Vec<Rest>,
    /// The term of a division that the plate lacks and the library puts addresses under.
    pub(super) head: Option<u32>,
    /// Whether a place outside the city is named.
    pub(super) is_elsewhere: bool,
    /// Whether a county of another city is named beside the own city.
    pub(super) has_other_county: bool,
    /// What is not confirmed of the numbers that stand before the first name: they are those of something else.
    pub(super) in_front: Option<MatchLevel>,
    /// Whether the place is named by another one (对面), and whether it is where roads meet.
    pub(super) is_relative: bool,
    pub(super) is_junction: bool,
    /// The divisions elsewhere that are named.
    pub(super) abroad: Vec<(Abroad, bool)>,
    /// Where the last word around an address ends.
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

    /// The names of the two roads of which a text says nothing but that they meet.
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

    /// Whether a place may lie in the division that the text names and the plate lacks.
    pub(super) fn may_be_under(&self, head: Option<u32>) -> bool {
        self.head.zip(head).is_none_or(|(asked, own)| asked == own)
    }

    /// The lowest divisions that are named in full.
    pub(super) fn lowest(&self) -> &[u32] {
        let full = self.mentions.iter().filter(|mention| mention.full && mention.spelt == Spelt::Exact);
        full.min_by_key(|mention| mention.level).map_or(&[], |mention| &mention.grid_numbers)
    }
}
