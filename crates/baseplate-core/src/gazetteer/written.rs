//! Texts in the library's own words: letter by letter, or element by element.
//!
//! A text whose normal form has the hash of an address is that address, at the price of one look-up; of
//! foreign texts about one in 10⁹ meets an address of a city of 12 million by chance. A text with another
//! order of divisions, or none, is taken apart by the grammar that read the library; the address that has
//! the same names, numbers and tail, in the divisions that the text names, is the answer. Neither guesses:
//! what is found here is complete and costs nothing.

use super::{
    class::Class,
    decision::{Decision, Found},
    grammar,
    index::{Element, GeoIndex, key_of},
    interpret::{Interpretation, StemNumber},
    judge::{ALTERNATIVES_MAX, Judge},
    normal::Normal,
    number::Value,
    prefix::head_at,
    reading::Reading,
    search::{Fit, PLACES_MAX},
    tail::TailKey,
};
use crate::verdict::{GeocodeStatus, MatchLevel};

/// The answer to a text in the library's own words; `None` if the library has no such address.
pub(super) fn known(index: &GeoIndex, normal: &Normal) -> Option<Decision> {
    letter_by_letter(index, normal).or_else(|| element_by_element(index, normal))
}

/// The addresses whose normal form is that of the text. Several make an ambiguous answer, of which at most
/// [`ALTERNATIVES_MAX`] are listed.
fn letter_by_letter(index: &GeoIndex, normal: &Normal) -> Option<Decision> {
    let mut found: Vec<Found> = Vec::new();
    for (row, tail, place) in index.addresses_of_text(normal.hash()) {
        if found.len() < ALTERNATIVES_MAX && !found.iter().any(|other| other.row == Some(row)) {
            found.push(Found { level: tail.level(), row: Some(row), place: Some(place), area: index.grid(place) });
        }
    }
    let first = found.first()?.clone();
    let mut decision = Decision::nothing(GeocodeStatus::Matched);
    decision.complete = true;
    if found.len() == 1 {
        return Some(Decision { found: Some(first), ..decision });
    }
    let reading = Reading::default();
    let several = Judge::new(index, &reading).ambiguous(found, &Fit::default());
    Some(Decision { faults: Vec::new(), ..several })
}

/// The address that has the same elements as the text: all names, all numbers, and whatever stands behind
/// the building.
///
/// The places to compare are those of the name, with its numbers, that has the fewest; `None` also if even
/// these are more than [`PLACES_MAX`].
pub(super) fn element_by_element(index: &GeoIndex, normal: &Normal) -> Option<Decision> {
    let parsed = grammar::parse(normal, |chars| head_at(index, chars).map(|(length, _)| length));
    let reading = Reading::of_parsed(index, normal, &parsed)?;
    let mut elements: Vec<Element> = Vec::new();
    let mut way = Interpretation { tail: parsed.tail, ..Interpretation::default() };
    let mut candidates: Option<Vec<u32>> = None;
    for (at, (segment, named)) in parsed.segments.iter().zip(&reading.names).enumerate() {
        let (name, mut numbers) = (named.names[0], segment.numbers.clone());
        numbers.sort_unstable();
        elements.push(Element::Name(name));
        elements.extend(numbers.iter().map(|(class, value)| Element::Number(*class, *value)));
        let stem = |(class, value): &(Class, Value)| StemNumber {
            class: *class,
            value: *value,
            owner: Some(at),
            said: *class,
        };
        way.stem.extend(numbers.iter().map(stem));
        let found: Vec<u32> = if numbers.is_empty() {
            index.places_of_name(name).iter().copied().take(PLACES_MAX + 1).collect()
        } else {
            index.places_of_key(key_of(name, &numbers)).take(PLACES_MAX + 1).collect()
        };
        if candidates.as_ref().is_none_or(|least| found.len() < least.len()) {
            candidates = Some(found);
        }
    }
    let candidates = candidates.filter(|found| found.len() <= PLACES_MAX)?;
    let agreed: Vec<(usize, u32)> = reading.names.iter().enumerate().map(|(at, named)| (at, named.names[0])).collect();
    let numbers: Vec<Class> = way.stem.iter().map(|number| number.class).collect();
    let key = parsed.tail.key();
    let fit = |place: u32| {
        let grid = index.grid(place);
        let lies_there =
            reading.mentions.iter().all(|m| m.grid_numbers.iter().any(|number| index.is_in(grid, *number)));
        if !lies_there
            || !reading.may_be_under(index.head(place))
            || !index.elements(place).eq(elements.iter().copied())
        {
            return None;
        }
        let rows = index.tails(place).zip(index.rows(place)).filter(|(tail, _)| *tail == key).map(|(_, row)| *row);
        let rows: Vec<u32> = if way.tail.is_empty() { Vec::new() } else { rows.collect() };
        let is_there = way.tail.is_empty() || !rows.is_empty();
        is_there.then(|| Fit { place, agreed: agreed.clone(), numbers: numbers.clone(), rows, ..Fit::default() })
    };
    let fits: Vec<Fit> = candidates.into_iter().filter_map(fit).collect();
    let is_whole = way.tail.is_empty();
    if fits.is_empty()
        || is_whole && fits.iter().all(|f| index.building(f.place).is_none() && index.whole(f.place).is_none())
    {
        return None;
    }
    Judge::new(index, &reading).of_fits(&way, &fits).map(Decision::in_order)
}

impl TailKey {
    /// How far down an address with this key leads.
    fn level(self) -> MatchLevel {
        match self {
            Self::WHOLE => MatchLevel::Building,
            tail if tail.is_unit() => MatchLevel::Unit,
            tail if tail.is_floor() => MatchLevel::Floor,
            _ => MatchLevel::Room,
        }
    }
}
