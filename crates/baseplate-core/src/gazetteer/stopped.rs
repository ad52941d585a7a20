//! What is left of an answer when no place has all the numbers of a text.
//!
//! The numbers are given up from the building upwards: first the building, then the door, then both, and so
//! on. The places that have what is kept are searched as before, and what they have in common is the
//! answer, at most the door. Giving up other classes replaces an earlier answer only if its best place
//! costs less by more than 100 hundredths. If nothing is left, the road or estate alone is the answer, if
//! the text's divisions allow.

use super::{
    class::Class,
    decision::{DOUBTFUL, Decision, Found},
    interpret::Interpretation,
    judge::{ALIKE, Judge},
    search::{Fit, spelling_cost},
    spelling::Spelt,
    words,
};
use crate::{
    model::Level,
    verdict::{Fault, FaultKind, GeocodeStatus, MatchLevel},
};

/// The classes whose numbers are given up, one set after another, from what stands lowest.
const GIVEN_UP: [&[Class]; 5] = [
    &[Class::Building],
    &[Class::Door],
    &[Class::Building, Class::Door],
    &[Class::Building, Class::Door, Class::Lane],
    &Class::OF_STEM,
];

impl Judge<'_> {
    /// The answer when some numbers are given up, at most down to the level above them; `None` if not even
    /// a name of the text can be answered. Every number that was given up is marked as unconfirmed.
    pub(super) fn stopped(&self, way: &Interpretation) -> Option<Decision> {
        let mut best: Option<(u32, Decision)> = None;
        for given_up in GIVEN_UP {
            let is_kept = |class: Class| !given_up.contains(&class);
            let lost = way.stem.iter().any(|number| !is_kept(number.class));
            if !lost {
                continue;
            }
            let mut kept = Interpretation { cost: way.cost, ..Interpretation::default() };
            kept.stem = way.stem.iter().filter(|number| is_kept(number.class)).copied().collect();
            let fits = self.search(&kept).places();
            let Some(first) = fits.first() else { continue };
            let alike: Vec<&Fit> = fits.iter().take_while(|fit| fit.cost < first.cost + ALIKE).collect();
            let found = self.group(&alike, self.group_level(first).min(MatchLevel::DoorNumber));
            let mut decision = self.matched(found, first, false);
            decision.cost = first.cost + self.rest_cost(first);
            decision.faults.retain(|fault| fault.kind != FaultKind::Missing || fault.element <= MatchLevel::Community);
            decision.faults.extend(self.lost_faults(way, given_up));
            if best.as_ref().is_none_or(|(cost, _)| first.cost + 100 < *cost) {
                best = Some((first.cost, decision));
            }
        }
        best.map(|(_, decision)| decision).or_else(|| self.name(way))
    }

    /// The road or estate alone: the first of the names, an estate before a road, the best spelling first.
    /// `None` if the name occurs in none of the divisions that the text names. An estate that occurs in
    /// areas with nothing below the district in common is doubtful, since it may be any of several.
    fn name(&self, way: &Interpretation) -> Option<Decision> {
        let on_road = |name: &u32| words::is_road(self.index.name_text(*name));
        let mut names: Vec<(bool, Spelt, u32)> = Vec::new();
        for named in &self.reading.names {
            names.extend(named.names.iter().map(|name| (on_road(name), named.spelt, *name)));
        }
        let (road, spelt, name) = names.into_iter().min()?;
        let all = self.index.areas_of_name(name);
        let mentioned = |area: &u32| {
            self.reading.mentions.iter().all(|mention| {
                mention.is_name_too || mention.grid_numbers.iter().any(|number| self.index.is_in(Some(*area), *number))
            })
        };
        let within: Vec<u32> = all.iter().copied().filter(mentioned).collect();
        if within.is_empty() && !all.is_empty() {
            return None;
        }
        let area = self.common(within.iter().copied());
        let is_several =
            !road && within.len() > 1 && area.is_none_or(|area| self.index.level(area) > Level::Subdistrict as u8);
        let in_area = |place: &&u32| area.is_none_or(|area| self.index.is_in(self.index.grid(**place), area));
        let place = self.index.places_of_name(name).iter().find(in_area).copied();
        let level = if road { MatchLevel::Road } else { MatchLevel::Estate };
        let mut decision = Decision::nothing(GeocodeStatus::Matched);
        let found = Found { level, row: None, place, area };
        decision.faults = self.faults(&found, None);
        if spelt != Spelt::Exact {
            decision.faults.push(Fault { element: level, kind: FaultKind::Misspelt });
        }
        decision.faults.extend(self.lost_faults(way, &Class::OF_STEM));
        decision.found = Some(found);
        decision.complete = way.stem.is_empty() && way.tail.is_empty();
        decision.cost = spelling_cost(spelt) + self.rests_cost();
        if is_several {
            decision.cost = decision.cost.max(DOUBTFUL);
        }
        Some(decision)
    }
}
