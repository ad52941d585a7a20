//! A reading on its way to an answer, and what every kind of answer is weighed with.
//!
//! A [`Judge`] holds one reading, the index and a budget of comparisons. Its methods are spread over the
//! files that make the kinds of answers: `decide.rs` (which to take), `fits.rs` (places), `stopped.rs`
//! (numbers given up), `areas.rs` (divisions) and `faults.rs`. What is here is used by all of them.

use super::{
    index::GeoIndex,
    interpret::Interpretation,
    reading::Reading,
    search::{Fit, Search},
};
use crate::{model::Level, verdict::MatchLevel};
use std::cell::Cell;

/// The most places that an ambiguous answer lists; with more of them the answer stops above.
pub(super) const ALTERNATIVES_MAX: usize = 5;
/// The most places that are compared with one text, over all ways to read it. It bounds the work and is
/// many times what an address needs.
const PLACES_MAX: u32 = 8_192;
/// Fits whose costs differ by less are alike, hundredths.
pub(super) const ALIKE: u32 = 15;

/// Makes an answer of a reading.
pub(super) struct Judge<'a> {
    pub(super) index: &'a GeoIndex,
    pub(super) reading: &'a Reading,
    /// How many places may still be compared with the text; shared by all searches for it.
    budget: Cell<u32>,
}

impl<'a> Judge<'a> {
    /// A judge with the whole budget.
    pub(super) fn new(index: &'a GeoIndex, reading: &'a Reading) -> Self {
        Self { index, reading, budget: Cell::new(PLACES_MAX) }
    }

    /// The search for places if the numbers are understood in one way. It draws on the judge's budget.
    pub(super) fn search<'s>(&'s self, way: &'s Interpretation) -> Search<'s> {
        Search { index: self.index, reading: self.reading, way, budget: &self.budget }
    }

    /// What the words that were not understood cost for one place, in hundredths. It is twice as much where
    /// nothing but a single name leads to the place.
    pub(super) fn rest_cost(&self, fit: &Fit) -> u32 {
        let sure = fit.agreed.len() > 1 || !fit.numbers.is_empty();
        if sure { self.rests_cost() } else { self.rests_cost() * 2 }
    }

    /// What the words that were not understood cost, in hundredths and at most 120. Words that touch a name
    /// may be part of it and cost most; words in brackets cost nothing.
    pub(super) fn rests_cost(&self) -> u32 {
        let rests = self.reading.rests.iter().filter(|rest| !rest.bracketed);
        let cost = |touches: bool, length: usize| match (touches, length) {
            (true, 1) => 25,
            (true, _) => 40,
            (false, _) => 5,
        };
        rests.map(|rest| cost(rest.touches, rest.to - rest.from)).sum::<u32>().min(120)
    }

    /// The number of the lowest area that holds all of some, given by number; `None` if there are none or
    /// nothing holds them all.
    pub(super) fn common(&self, areas: impl Iterator<Item = u32>) -> Option<u32> {
        let mut areas = areas;
        let mut common = areas.next();
        for area in areas {
            common = self.index.chain(common).find(|above| self.index.is_in(Some(area), *above));
        }
        common
    }

    /// The level of the lowest area that holds all of some places; the city if none does.
    pub(super) fn common_level(&self, fits: &[&Fit]) -> Level {
        let common = self.common(fits.iter().filter_map(|fit| self.index.grid(fit.place)));
        common.map_or(Level::City, |number| self.level_of(number))
    }

    /// The level of a grid or division, by number. What a damaged index says otherwise is the city.
    pub(super) fn level_of(&self, number: u32) -> Level {
        Level::ALL.into_iter().find(|level| *level as u8 == self.index.level(number)).unwrap_or(Level::City)
    }

    /// How far down an answer goes that is an area. Basic grids have no level of their own in answers: they
    /// are their community.
    pub(super) fn area_level(&self, number: Option<u32>) -> MatchLevel {
        match number.map(|number| self.level_of(number)) {
            Some(Level::Grid | Level::Community) => MatchLevel::Community,
            Some(Level::Subdistrict) => MatchLevel::Subdistrict,
            Some(Level::District) => MatchLevel::District,
            _ => MatchLevel::City,
        }
    }
}
