//! What is wrong with a text, as far as its answer shows.
//!
//! Faults are found by comparing a reading with the place or area it led to: names that the place does not
//! have, names and numbers that it has and the text leaves out, divisions that are wrong, repeated or
//! outdated. They are told to whoever sent the text and raise no cost by themselves; costs are counted
//! where places are compared (`search.rs`). `docs/addresses.md` lists what each fault means to a reader.

use super::{
    class::Class, decision::Found, index::Element, interpret::Interpretation, judge::Judge, search::Fit,
    spelling::Spelt, words,
};
use crate::{
    model::Level,
    verdict::{Fault, FaultKind, MatchLevel},
};

impl Judge<'_> {
    /// The faults of the text against an answer. With `fit`, names and numbers are compared too; without,
    /// as for areas, only the divisions are. What is missing is told only of elements above the answer, or
    /// above the unit.
    pub(super) fn faults(&self, found: &Found, fit: Option<&Fit>) -> Vec<Fault> {
        let mut faults = self.division_faults(found, fit);
        let Some(fit) = fit else { return faults };
        let element = |name: u32| {
            if words::is_road(self.index.name_text(name)) { MatchLevel::Road } else { MatchLevel::Estate }
        };
        for (at, named) in self.reading.names.iter().enumerate() {
            let agreed = fit.agreed.iter().find(|(other, _)| *other == at);
            let kind = match agreed {
                Some(_) if named.spelt != Spelt::Exact => FaultKind::Misspelt,
                None if self.reading.mentions.iter().all(|m| !m.is_name_too) => FaultKind::Contradicting,
                _ => continue,
            };
            let name = agreed.map_or(named.names[0], |(_, name)| *name);
            faults.push(Fault { element: element(name), kind });
        }
        for class in &fit.lacking {
            faults.push(Fault { element: element_of(*class), kind: FaultKind::Missing });
        }
        for name in self.index.elements(fit.place) {
            if let Element::Name(name) = name
                && !fit.agreed.iter().any(|(_, other)| *other == name)
            {
                faults.push(Fault { element: element(name), kind: FaultKind::Missing });
            }
        }
        faults.retain(|fault| fault.kind != FaultKind::Missing || fault.element < found.level.max(MatchLevel::Unit));
        faults.dedup();
        faults
    }

    /// The faults of the divisions that the text names, against the area of the answer: contradicting if it
    /// does not lie there, redundant if named before, replaced if it is a former name, misspelt. Then the
    /// divisions from community to district that the text leaves out.
    fn division_faults(&self, found: &Found, fit: Option<&Fit>) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut seen: Vec<u32> = Vec::new();
        for (at, mention) in self.reading.mentions.iter().enumerate() {
            let Some(number) = mention.grid_numbers.first() else { continue };
            let own = mention.grid_numbers.iter().find(|number| self.index.is_in(found.area, **number));
            let level = self.area_level(Some(*own.unwrap_or(number)));
            let contradicts = fit.is_some_and(|fit| fit.contradicted.contains(&at));
            let kind = match own {
                _ if contradicts => FaultKind::Contradicting,
                Some(own) if seen.contains(own) => FaultKind::Redundant,
                _ if mention.former => FaultKind::Replaced,
                _ if mention.spelt != Spelt::Exact => FaultKind::Misspelt,
                _ => {
                    seen.extend(own);
                    continue;
                }
            };
            seen.extend(own);
            faults.push(Fault { element: level, kind });
        }
        for number in self.index.chain(found.area) {
            let level = self.level_of(number);
            let lacks =
                matches!(level, Level::Community | Level::Subdistrict | Level::District) && !seen.contains(&number);
            if lacks {
                faults.push(Fault { element: self.area_level(Some(number)), kind: FaultKind::Missing });
            }
        }
        faults
    }

    /// An unconfirmed fault for each number that was given up because no place has it.
    pub(super) fn lost_faults(&self, way: &Interpretation, given_up: &[Class]) -> Vec<Fault> {
        let lost = way.stem.iter().filter(|number| given_up.contains(&number.class));
        let mut faults: Vec<Fault> =
            lost.map(|number| Fault { element: element_of(number.class), kind: FaultKind::Unconfirmed }).collect();
        faults.dedup();
        faults
    }
}

/// The element of an address that a number of some class belongs to.
pub(super) fn element_of(class: Class) -> MatchLevel {
    match class {
        Class::Phase | Class::Zone => MatchLevel::Estate,
        Class::Lane => MatchLevel::Road,
        Class::Door => MatchLevel::DoorNumber,
        Class::Building => MatchLevel::Building,
        Class::Unit => MatchLevel::Unit,
        Class::Floor => MatchLevel::Floor,
        Class::Room | Class::Bare => MatchLevel::Room,
    }
}
