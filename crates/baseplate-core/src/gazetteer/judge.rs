//! A reading on its way to an answer, and what every kind of answer is weighed with.

use super::{
    index::GeoIndex,
    interpret::Interpretation,
    reading::Reading,
    search::{Fit, Search},
};
use crate::{model::Level, verdict::MatchLevel};
use std::cell::Cell;

/// Places that an ambiguous answer lists; with more the answer stops above them.
pub(super) const ALTERNATIVES_MAX: usize = 5;
/// Places that are compared with one text: a bound on the work, many times what an address needs.
const PLACES_MAX: u32 = 8_192;
/// Fits whose costs differ by less are alike, hundredths.
pub(super) const ALIKE: u32 = 15;

/// From a reading to an answer. Each kind of answer is in a file of its own.
pub(super) struct Judge<'a> {
    pub(super) index: &'a GeoIndex,
    pub(super) reading: &'a Reading,
    budget: Cell<u32>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(index: &'a GeoIndex, reading: &'a Reading) -> Self {
        Self { index, reading, budget: Cell::new(PLACES_MAX) }
    }

    pub(super) fn search<'s>(&'s self, way: &'s Interpretation) -> Search<'s> {
        Search { index: self.index, reading: self.reading, way, budget: &self.budget }
    }

    /// What was not understood speaks against a place, more so where it touches a name that the place was found by.
    pub(super) fn rest_cost(&self, fit: &Fit) -> u32 {
        let sure = fit.agreed.len() > 1 || !fit.numbers.is_empty();
        if sure { self.rests_cost() } else { self.rests_cost() * 2 }
    }

    pub(super) fn rests_cost(&self) -> u32 {
        let rests = self.reading.rests.iter().filter(|rest| !rest.bracketed);
        let cost = |touches: bool, length: usize| match (touches, length) {
            (true, 1) => 25,
            (true, _) => 40,
            (false, _) => 5,
        };
        rests.map(|rest| cost(rest.touches, rest.to - rest.from)).sum::<u32>().min(120)
    }

    /// The lowest area that holds all of some.
    pub(super) fn common(&self, areas: impl Iterator<Item = u32>) -> Option<u32> {
        let mut areas = areas;
        let mut common = areas.next();
        for area in areas {
            common = self.index.chain(common).find(|above| self.index.is_in(Some(area), *above));
        }
        common
    }

    pub(super) fn common_level(&self, fits: &[&Fit]) -> Level {
        let common = self.common(fits.iter().filter_map(|fit| self.index.grid(fit.place)));
        common.map_or(Level::City, |number| self.level_of(number))
    }

    pub(super) fn level_of(&self, number: u32) -> Level {
        Level::ALL.into_iter().find(|level| *level as u8 == self.index.level(number)).unwrap_or(Level::City)
    }

    pub(super) fn area_level(&self, number: Option<u32>) -> MatchLevel {
        match number.map(|number| self.level_of(number)) {
            Some(Level::Grid | Level::Community) => MatchLevel::Community,
            Some(Level::Subdistrict) => MatchLevel::Subdistrict,
            Some(Level::District) => MatchLevel::District,
            _ => MatchLevel::City,
        }
    }
}
