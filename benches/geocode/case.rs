//! Texts with what is expected of them.

use crate::{
    city::City,
    ground::{Ground, Noise},
    noise::KINDS,
    random::Random,
    text::{Named, Part, Text},
};
use baseplate_core::MatchLevel;

/// Rows that are tried before a kind is given up.
const ATTEMPTS: usize = 200;
/// Share of rows of which only the building is asked for, besides those that name no room by themselves.
const BUILDINGS: f64 = 0.15;

/// A text and what is expected of it.
#[derive(Debug)]
pub(crate) struct Case {
    /// The kind of noise.
    pub(crate) kind: &'static str,
    pub(crate) text: String,
    /// The text as the library writes it.
    pub(crate) clean: String,
    pub(crate) named: Named,
    pub(crate) expect: Expect,
}

/// What is expected of an answer.
#[derive(Debug)]
pub(crate) enum Expect {
    /// These, all of them.
    Exact(Places),
    /// That it may be any of these, of which the first is the one it was made of.
    OneOf(Places),
    /// An answer above a level.
    Above {
        /// The first level at which every answer is wrong.
        level: MatchLevel,
        /// The building that is named, if one is.
        building: Option<String>,
        /// The name that another was made of: nothing but a door number may be answered with it.
        unlike: Option<String>,
        /// Whether it was made of a known place by another number.
        other_number: bool,
    },
}

/// Places of the library.
#[derive(Debug)]
pub(crate) struct Places {
    /// [`MatchLevel::Room`] or [`MatchLevel::Building`].
    pub(crate) level: MatchLevel,
    pub(crate) addresses: Vec<String>,
    /// Sorted, without repetitions.
    pub(crate) buildings: Vec<String>,
}

impl Places {
    pub(crate) fn new(city: &City, rows: &[usize], level: MatchLevel) -> Self {
        let mut buildings: Vec<String> = rows.iter().map(|row| city.building_code(*row).to_owned()).collect();
        buildings.sort_unstable();
        buildings.dedup();
        Self { level, addresses: rows.iter().map(|row| city.code(*row)).collect(), buildings }
    }
}

impl Expect {
    /// The word in files.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Exact(_) => "exact",
            Self::OneOf(_) => "ambiguous",
            Self::Above { .. } => "above",
        }
    }
}

/// Texts of a kind of noise, about as many as asked for.
pub(crate) fn noisy(city: &City, (kind, noise): (&'static str, Noise), seed: u64, count: usize) -> Vec<Case> {
    let random = |number: usize| Random::new(seed, kind, number as u64);
    (0..count).filter_map(|number| noisy_case(kind, noise, &mut Ground { city, random: random(number) })).collect()
}

/// All kinds of noise, in the order of the table.
pub(crate) fn kinds() -> impl Iterator<Item = (&'static str, Noise)> {
    KINDS.into_iter()
}

fn noisy_case(kind: &'static str, noise: Noise, ground: &mut Ground<'_>) -> Option<Case> {
    let (clean, text) = (0..ATTEMPTS).find_map(|_| {
        let clean = ground.city.text(drawn(ground.city, &mut ground.random));
        let mut text = clean.clone();
        let made = noise(&mut text, ground) && (kind == "clean" || text.written() != clean.written());
        made.then_some((clean, text))
    })?;
    let expect = expected(ground.city, &text);
    Some(Case { kind, text: text.written(), clean: clean.written(), named: text.named, expect })
}

/// A row of any building.
pub(crate) fn drawn(city: &City, random: &mut Random) -> usize {
    let row = random.below(city.len());
    if random.chance(BUILDINGS) { city.main_row(row) } else { row }
}

/// What a text of the library has to be answered with.
fn expected(city: &City, text: &Text) -> Expect {
    let asked = if city.element(text.row, Part::Room).is_empty() { MatchLevel::Building } else { MatchLevel::Room };
    if !text.several.is_empty() {
        return Expect::Exact(Places::new(city, &text.several, asked));
    }
    let others = city.fits(&text.named).into_iter().filter(|row| *row != text.row);
    let rows: Vec<usize> = [text.row].into_iter().chain(others).collect();
    let places = Places::new(city, &rows, asked);
    if rows.len() > 1 { Expect::OneOf(places) } else { Expect::Exact(places) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{city::tests::city, divisions::no_estate, numbers::suffix_dropped};

    #[test]
    fn cases_repeat_themselves_and_differ_by_seed() {
        let city = city();
        let texts = |seed| kinds().flat_map(|kind| noisy(&city, kind, seed, 20)).map(|c| c.text).collect::<Vec<_>>();
        assert_eq!(texts(1), texts(1));
        assert_ne!(texts(1), texts(2));
        assert!(texts(1).len() > 20 * 28);
    }

    #[test]
    fn what_cannot_be_decided_is_ambiguous() {
        let city = city();
        let row = city.row("A12", Some("A122单元501室")).unwrap();
        let expectation = |drop: &[Part]| {
            let mut text = city.text(row);
            drop.iter().for_each(|part| assert!(text.drop(*part)));
            match expected(&city, &text) {
                Expect::OneOf(places) => places.addresses.len(),
                Expect::Exact(places) if places.addresses == ["A122单元501室"] => 1,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(expectation(&[]), 1);
        assert_eq!(expectation(&[Part::Unit]), 2);
        assert_eq!(expectation(&[Part::Estate]), 1);
        assert_eq!(expectation(&[Part::Estate, Part::Label, Part::Unit]), 4);
    }

    #[test]
    fn the_row_it_was_made_of_comes_first() {
        let city = city();
        for kind in [("no_estate", no_estate as Noise), ("suffix_dropped", suffix_dropped)] {
            for case in noisy(&city, kind, 1, 200) {
                let (Expect::Exact(places) | Expect::OneOf(places)) = case.expect else { panic!() };
                let (row, clean) = (&places.addresses[0], &case.clean);
                assert!(row.ends_with(clean.split(['栋', '号']).next_back().unwrap()), "{row} {clean}");
            }
        }
    }
}
