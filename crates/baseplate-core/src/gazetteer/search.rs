//! Which places a reading fits.
//!
//! The places to compare are found by hash: for each name of the text, those that have it with all the
//! numbers behind it, else with one of these. Rare names come first, and once a place agrees with all names
//! and divisions no other name is asked. Each place is then compared with the whole text. It fits only if
//! it has *every* number of the text that tells buildings apart; there is no score that could outvote one.
//! What else speaks against it is a cost: names that it does not have, divisions in which it does not lie,
//! a spelling.
//!
//! The work is bounded three times: [`PLACES_MAX`] places of one name or key, the budget of the judge over
//! all searches of a text, and the number of names and numbers of a reading.

use super::{
    class::Class,
    index::{Element, GeoIndex, key_of},
    interpret::{Interpretation, StemNumber},
    number::Value,
    reading::{Mention, Named, Reading},
    spelling::Spelt,
    tail::TailKey,
    words,
};
use crate::model::Level;
use std::{cell::Cell, collections::HashSet};

/// The most places of one name or key that are looked at. A name that more places have, without a number,
/// says too little.
pub(super) const PLACES_MAX: usize = 512;

/// How well a place fits a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Fit {
    pub(super) place: u32,
    /// What speaks against it, in hundredths.
    pub(super) cost: u32,
    /// The names that agree: the index of each among the names of the text, and the number of the name that
    /// it is.
    pub(super) agreed: Vec<(usize, u32)>,
    /// How many names of the text the place does not have.
    pub(super) foreign: u32,
    /// The classes of the numbers that agree.
    pub(super) numbers: Vec<Class>,
    /// The classes of the numbers of the place that the text leaves out.
    pub(super) lacking: Vec<Class>,
    /// The divisions of the text in which the place does not lie, by their index among the mentions.
    pub(super) contradicted: Vec<usize>,
    /// The rows of its addresses that fit the tail of the text; empty if none does, or if the text has no
    /// tail.
    pub(super) rows: Vec<u32>,
    /// Whether the rows fit but for the unit.
    pub(super) unit_open: bool,
    /// Whether the place is deeper than the text: its last name or number is not in it.
    pub(super) is_deeper: bool,
}

/// Characters of a name of which one may be wrong without anything else to go by.
const LONG_NAME: usize = 5;
/// What a division costs in which the place does not lie, if it is named in full and spelt as in the
/// library.
const DIVISION: u32 = 150;
/// What any other division costs in which the place does not lie.
const SHORT_DIVISION: u32 = 60;
/// What a name of the text costs that the place does not have.
const FOREIGN_NAME: u32 = 200;
/// What it costs that a building is said to be at a road, and neither its estate nor its door.
const NO_ESTATE: u32 = 70;

/// A reading of a text, and one way to understand its numbers, to be compared with places.
pub(super) struct Search<'a> {
    pub(super) index: &'a GeoIndex,
    pub(super) reading: &'a Reading,
    pub(super) way: &'a Interpretation,
    /// Places that may still be compared with the text: a bound on the work.
    pub(super) budget: &'a Cell<u32>,
}

impl Search<'_> {
    /// The places that fit, the best first. All have every number of the text that tells buildings apart.
    pub(super) fn places(&self) -> Vec<Fit> {
        let mut fits: Vec<Fit> = Vec::new();
        let mut seen = HashSet::new();
        let mut order: Vec<usize> = (0..self.reading.names.len()).collect();
        // Rare names first: a place that fits all of the text is then found at once.
        order.sort_by_key(|at| self.places_of(&self.reading.names[*at]));
        for at in order {
            for place in self.candidates(at) {
                if self.budget.get() > 0 && seen.insert(place) {
                    self.budget.set(self.budget.get() - 1);
                    fits.extend(self.fit(place));
                }
            }
            if fits.iter().any(|fit| fit.foreign == 0 && fit.contradicted.is_empty()) {
                break;
            }
        }
        fits.sort_by_key(|fit| (fit.cost, fit.place));
        fits
    }

    /// How many places have a name of the text: the smaller, the more the name says.
    fn places_of(&self, named: &Named) -> usize {
        named.names.iter().map(|name| self.index.places_of_name(*name).len()).sum()
    }

    /// The numbers behind the name with an index, in the order of their classes.
    fn numbers_of(&self, at: usize) -> Vec<(Class, Value)> {
        let owned = self.way.stem.iter().filter(|number| number.owner == Some(at));
        let mut numbers: Vec<_> = owned.map(|number| (number.class, number.value)).collect();
        numbers.sort_unstable();
        numbers
    }

    /// The places that have the name with an index, and its numbers or at least one of them; ascending,
    /// each once.
    fn candidates(&self, at: usize) -> Vec<u32> {
        let numbers = self.numbers_of(at);
        let named = &self.reading.names[at];
        let mut places = Vec::new();
        for name in &named.names {
            let under = |numbers: &[(Class, Value)]| -> Vec<u32> {
                self.index.places_of_key(key_of(*name, numbers)).take(PLACES_MAX).collect()
            };
            let mut found = if numbers.is_empty() { Vec::new() } else { under(&numbers) };
            if found.is_empty() && numbers.len() > 1 {
                found =
                    numbers.iter().rev().map(|number| under(&[*number])).find(|f| !f.is_empty()).unwrap_or_default();
            }
            if numbers.iter().all(|(class, _)| *class == Class::Building) && found.is_empty() {
                let all = self.index.places_of_name(*name);
                found = if all.len() <= PLACES_MAX { all.to_vec() } else { Vec::new() };
            }
            places.extend(found);
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    /// How well a place fits; `None` if it is out of the question: one of its numbers is another than the
    /// text says, its name occurs in a division that the text names while the place lies elsewhere, or its
    /// spelling alone speaks for it.
    pub(super) fn fit(&self, place: u32) -> Option<Fit> {
        if !self.reading.may_be_under(self.index.head(place)) {
            return None;
        }
        let elements: Vec<Element> = self.index.elements(place).collect();
        let mut fit = Fit { place, cost: u32::from(self.way.cost) * 15, ..Fit::default() };
        self.compare_names(&elements, &mut fit);
        self.compare_numbers(&elements, &mut fit)?;
        let has = |class: &Class| self.way.stem.iter().any(|number| number.class == *class);
        let numbers =
            elements.iter().filter_map(|e| if let Element::Number(class, _) = e { Some(*class) } else { None });
        fit.lacking = numbers.filter(|class| !has(class)).collect();
        let is_open = |element: &Element| match element {
            Element::Name(name) => !fit.agreed.iter().any(|(_, other)| other == name),
            Element::Number(class, value) => {
                !self.way.stem.iter().any(|number| number.class == *class && number.value == *value)
            }
        };
        // 绍兴路66号 is no number 66 of a lane there.
        if fit.lacking.contains(&Class::Lane) && has(&Class::Door) {
            return None;
        }
        // A building of some estate at the road, or of another one.
        let has_agreed = |at: &usize| self.way.stem.iter().any(|n| n.class == Class::Building && n.owner == Some(*at));
        let on_road = |(at, name): &(usize, u32)| has_agreed(at) && words::is_road(self.index.name_text(*name));
        if fit.lacking.contains(&Class::Door) && fit.agreed.iter().all(on_road) && !fit.agreed.is_empty() {
            fit.cost += NO_ESTATE;
        }
        fit.is_deeper = elements.last().is_some_and(is_open);
        self.compare_divisions(&mut fit)?;
        if !self.is_credible(&fit) {
            return None;
        }
        self.find_rows(&mut fit);
        Some(fit)
    }

    /// Notes which names of the text the place has, and what the others cost.
    fn compare_names(&self, elements: &[Element], fit: &mut Fit) {
        for (at, named) in self.reading.names.iter().enumerate() {
            let own = named.names.iter().find(|name| elements.contains(&Element::Name(**name)));
            match own {
                Some(name) => {
                    fit.agreed.push((at, *name));
                    fit.cost += spelling_cost(named.spelt);
                }
                None if named.is_division_too && self.numbers_of(at).is_empty() => {}
                None if named.spelt != Spelt::Exact => fit.cost += FOREIGN_NAME / 2,
                None => {
                    fit.foreign += 1;
                    fit.cost += FOREIGN_NAME;
                }
            }
        }
    }

    /// Every number of the text must be that of the place. `None` if one is not.
    fn compare_numbers(&self, elements: &[Element], fit: &mut Fit) -> Option<()> {
        for number in &self.way.stem {
            match self.compare_number(number, elements, fit) {
                Agreement::Same => fit.numbers.push(number.class),
                Agreement::Other => return None,
                Agreement::Beside => {}
            }
        }
        Some(())
    }

    /// Compares a number of the text with those of its class in a place: first with the one behind the same
    /// name, then with those behind others.
    fn compare_number(&self, number: &StemNumber, elements: &[Element], fit: &Fit) -> Agreement {
        let owner =
            number.owner.and_then(|owner| fit.agreed.iter().find(|(at, _)| *at == owner)).map(|(_, name)| *name);
        let (mut of_owner, mut elsewhere, mut name) = (None, None, None);
        for element in elements {
            match element {
                Element::Name(other) => name = Some(*other),
                Element::Number(class, value) if *class == number.class => {
                    if owner.is_some() && name == owner {
                        of_owner = Some(*value);
                    } else {
                        elsewhere = Some(*value);
                    }
                }
                Element::Number(..) => {}
            }
        }
        // A 号 may count buildings of the name before it, not those of another one.
        let is_recounted = number.said == Class::Door && number.class == Class::Building;
        let has_door = || elements.iter().any(|element| matches!(element, Element::Number(Class::Door, _)));
        if is_recounted && has_door() {
            return Agreement::Other;
        }
        let elsewhere = elsewhere.filter(|_| owner.is_none() || !is_recounted);
        match of_owner.or(elsewhere) {
            Some(value) if value == number.value => Agreement::Same,
            // The number of a road at which the place is not said to lie.
            _ if number.owner.is_some() && owner.is_none() && number.class <= Class::Door => Agreement::Beside,
            _ => Agreement::Other,
        }
    }

    /// Divisions that do not hold the place cost; `None` if the name occurs there, so that another place is meant.
    fn compare_divisions(&self, fit: &mut Fit) -> Option<()> {
        let grid = self.index.grid(fit.place);
        for (at, mention) in self.reading.mentions.iter().enumerate() {
            if mention.grid_numbers.iter().any(|number| self.index.is_in(grid, *number)) {
                continue;
            }
            if mention.is_name_too {
                continue;
            }
            if mention.full && !mention.former && !self.is_confirmed(grid, mention) && self.occurs_in(fit, mention) {
                return None;
            }
            fit.contradicted.push(at);
            fit.cost += if mention.full && mention.spelt == Spelt::Exact { DIVISION } else { SHORT_DIVISION };
        }
        Some(())
    }

    /// Whether all names that agree occur somewhere in a division.
    fn occurs_in(&self, fit: &Fit, mention: &Mention) -> bool {
        let is_there = |area: &u32| mention.grid_numbers.iter().any(|number| self.index.is_in(Some(*area), *number));
        fit.agreed.iter().all(|(_, name)| self.index.areas_of_name(*name).iter().any(is_there))
    }

    /// Whether the text names a lower division in which a place lies: then it is the upper one that is wrong.
    fn is_confirmed(&self, grid: Option<u32>, wrong: &Mention) -> bool {
        let level = wrong.grid_numbers.iter().map(|number| self.index.level(*number)).max().unwrap_or(0);
        let below = |number: &u32| self.index.level(*number) < level && self.index.is_in(grid, *number);
        self.reading.mentions.iter().any(|mention| mention.full && mention.grid_numbers.iter().any(below))
    }

    /// Whether a place may be meant although its name is spelt otherwise: with another name that agrees, or in the
    /// subdistrict that the text names, or by a name so long that little else can be meant.
    fn is_credible(&self, fit: &Fit) -> bool {
        let is_exact = |(at, _): &(usize, u32)| self.reading.names[*at].spelt == Spelt::Exact;
        if fit.agreed.is_empty() || fit.agreed.iter().any(is_exact) {
            return true;
        }
        let grid = self.index.grid(fit.place);
        let low =
            |number: &u32| self.index.level(*number) <= Level::Subdistrict as u8 && self.index.is_in(grid, *number);
        let in_division =
            self.reading.mentions.iter().any(|mention| mention.full && mention.grid_numbers.iter().any(low));
        let long = fit.agreed.iter().any(|(_, name)| self.index.name_text(*name).chars().count() >= LONG_NAME);
        fit.contradicted.is_empty() && (in_division || long)
    }

    /// The rows that the unit, floor and room of the text fit: exactly, else but for the kind of room (铺,
    /// 室), else but for the unit if the text says none.
    fn find_rows(&self, fit: &mut Fit) {
        let tail = self.way.tail;
        if tail.is_empty() {
            return;
        }
        let (key, rows) = (tail.key(), self.index.rows(fit.place));
        let of = |fits: &dyn Fn(TailKey) -> bool| -> Vec<u32> {
            self.index.tails(fit.place).zip(rows).filter(|(tail, _)| fits(*tail)).map(|(_, row)| *row).collect()
        };
        fit.rows = of(&|other| other == key);
        if fit.rows.is_empty() {
            fit.rows = of(&|other| other.is(key));
        }
        if fit.rows.is_empty() && tail.unit.is_none() {
            fit.rows = of(&|other| other.is_but_for_unit(key));
            fit.unit_open = !fit.rows.is_empty();
        }
    }
}

/// What a wrong spelling says against a place, in hundredths.
pub(super) fn spelling_cost(spelt: Spelt) -> u32 {
    [0, 20, 25, 40, 50][spelt as usize]
}

/// How a number of the text compares with a place: it is the same, another one, or that of a road at which
/// the place is not said to lie.
enum Agreement {
    Same,
    Other,
    Beside,
}
