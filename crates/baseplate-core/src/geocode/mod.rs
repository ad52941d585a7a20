//! From an address as people write it to its codes.
//!
//! A text is brought into a normal form ([`normal`]). If the library has it letter by letter, or element by element, that is the answer
//! ([`written`]). Else it is read as names, divisions and numbers along the best way through it
//! ([`reading`]); the numbers are understood in the ways they can be ([`interpret`]); the places that have the names and *all* the
//! numbers are compared with the rest of the text ([`search`]); one answer is made of them ([`decide`]). Wrong spellings
//! ([`fuzzy`]) are looked for only when that did not lead to a whole answer.

mod answer;
mod areas;
mod confidence;
mod decide;
mod decision;
mod faults;
mod fuzzy;
mod grammar;
pub(crate) mod index;
mod interpret;
mod normal;
mod number;
mod place;
mod reading;
mod rest;
mod search;
mod suggest;
mod tail;
mod words;
mod written;

pub use answer::{Band, Fault, FaultKind, GeocodeStatus, Geocoded, GeocodedPlace, MatchLevel, Reversed, Suggestion};
pub(crate) use decide::decide;
pub(crate) use decision::Decision;

use crate::{
    code::fold_code,
    model::Level,
    plate::{Baseplate, Thing},
    spatial::LngLat,
};
use decision::Found;
use rayon::prelude::*;

/// Characters of the longest code.
const CODE_MAX: usize = 32;
/// Bulk look-ups are handed to threads in pieces of at least this many texts.
const CHUNK: usize = 64;

impl Baseplate {
    /// The place that an address text stands for. A code (grid, building, address, 统一社会信用代码) is also understood.
    ///
    /// It costs a bounded amount of work whatever the text is; only its first 256 characters that are neither spaces nor
    /// punctuation are looked at.
    pub fn geocode(&self, text: &str) -> Geocoded<'_> {
        let index = self.geo_index();
        let decision = self.of_code(text).unwrap_or_else(|| decide(index, text));
        decision.on(self, index, text)
    }

    /// What [`Baseplate::geocode`] would answer if no address of the library had this text letter by letter. For evaluations.
    #[doc(hidden)]
    pub fn geocode_read(&self, text: &str) -> Geocoded<'_> {
        let index = self.geo_index();
        decide::without_exact(index, text).on(self, index, text)
    }

    /// [`Baseplate::geocode`] of many texts, in their order, on all threads of the current rayon pool.
    pub fn geocode_many<T: AsRef<str> + Sync>(&self, texts: &[T]) -> Vec<Geocoded<'_>> {
        texts.par_iter().with_min_len(CHUNK).map(|text| self.geocode(text.as_ref())).collect()
    }

    /// Up to `limit` completions of what is being typed, the likeliest first; those near a point before others.
    pub fn suggest(&self, prefix: &str, near: Option<LngLat>, limit: usize) -> Vec<Suggestion<'_>> {
        suggest::suggest(self, prefix, near, limit)
    }

    /// What is at a point: the nearest address within 100 m, else the grid; `None` outside the city.
    ///
    /// The nearest is the one whose own point is nearest; but inside a footprint that has addresses it is one of these, unless
    /// another has its point exactly there. Where no address has its point within reach, the nearest address of the nearest
    /// building within reach is taken. Of equally near ones the first in the order of the plate.
    pub fn reverse(&self, point: LngLat) -> Option<Reversed<'_>> {
        place::reverse(self, point)
    }

    /// The answer to a text that is a code.
    fn of_code(&self, text: &str) -> Option<Decision> {
        let text = text.trim();
        let is_sign = |c: char| c.is_ascii_alphanumeric() || c == '-' || ('０'..='ｚ').contains(&c);
        if !text.chars().take(CODE_MAX).all(is_sign) {
            return None;
        }
        let code = fold_code(text);
        if code.len() < 4 || code.len() > CODE_MAX || !code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return None;
        }
        let mut decision = Decision::nothing(GeocodeStatus::Matched);
        decision.found = Some(self.found(&self.resolve(&code)?)?);
        decision.complete = true;
        Some(decision)
    }

    /// Where a thing is.
    fn found(&self, thing: &Thing<'_>) -> Option<Found> {
        match thing {
            Thing::Grid(grid) => {
                let level = match grid.level()? {
                    Level::Grid | Level::Community => MatchLevel::Community,
                    Level::Subdistrict => MatchLevel::Subdistrict,
                    Level::District => MatchLevel::District,
                    Level::City => MatchLevel::City,
                };
                Some(Found { level, row: None, place: None, area: Some(grid.row()) })
            }
            Thing::Building(building) => {
                let mut found = self.of_address(building.addresses().next()?.row())?;
                found.level = MatchLevel::Building;
                Some(found)
            }
            Thing::Address(address) => self.of_address(address.row()),
            Thing::Enterprise(enterprise) => self.of_address(enterprise.address()?.row()),
        }
    }

    /// The place of a row of the addresses.
    fn of_address(&self, row: u32) -> Option<Found> {
        let (index, address) = (self.geo_index(), self.address_row(row)?);
        let place = address.building().and_then(|(building, _)| index.place_of_row(row, building.row()));
        let is_whole = place.is_some_and(|place| index.whole(place) == Some(row));
        let level = if is_whole { MatchLevel::Building } else { MatchLevel::Room };
        let area = self.coverages().next().and_then(|c| address.grid(c.kind())).map(|grid| grid.row());
        Some(Found { level, row: Some(row), place, area })
    }
}
