//! From the places that fit to an answer: a room, a building, or what several of them have in common.
//!
//! The places come from the search with equal costs. If the text names a room, the addresses of all these
//! places that have its tail are counted: one is the answer, a few make an ambiguous one, none ends the
//! answer at the building, unit or floor. If it names none, the buildings are counted in the same way; many
//! of them are answered as the door, road or estate that they share. An estate of one name in several
//! subdistricts is several estates, since an estate lies in one subdistrict, while a road goes through
//! many.

use super::{
    class::Class,
    decision::{Decision, Found},
    interpret::Interpretation,
    judge::{ALTERNATIVES_MAX, Judge},
    number::Value,
    search::Fit,
    tail::TailKey,
    words,
};
use crate::{
    model::Level,
    text,
    verdict::{Fault, FaultKind, GeocodeStatus, MatchLevel},
};

impl Judge<'_> {
    /// The answer for places that are alike, of which there is at least one; `way` says how the numbers
    /// were understood and so whether a room is asked for.
    pub(super) fn of_fits(&self, way: &Interpretation, alike: &[Fit]) -> Option<Decision> {
        if way.tail.is_empty() {
            return Some(self.of_buildings(alike, true));
        }
        let rows: Vec<(&Fit, u32)> = alike.iter().flat_map(|fit| fit.rows.iter().map(move |row| (fit, *row))).collect();
        let mut distinct: Vec<u32> = rows.iter().map(|(_, row)| *row).collect();
        distinct.sort_unstable();
        distinct.dedup();
        match (rows.as_slice(), distinct.len()) {
            ([], _) => Some(self.without_room(way, alike)),
            ([(fit, row), ..], 1) => {
                let level = if way.tail.room.is_some() { MatchLevel::Room } else { MatchLevel::Floor };
                let level = if way.tail.room.is_none() && way.tail.floor.is_none() { MatchLevel::Unit } else { level };
                let found = Found { level, row: Some(*row), place: Some(fit.place), area: self.index.grid(fit.place) };
                let mut decision = self.matched(found, fit, true);
                if fit.unit_open {
                    decision.faults.push(Fault { element: MatchLevel::Unit, kind: FaultKind::Missing });
                }
                Some(decision)
            }
            (rows, count) if count <= ALTERNATIVES_MAX => Some(self.ambiguous_rows(rows)),
            (rows, _) => {
                let fits: Vec<Fit> = alike.iter().filter(|fit| !fit.rows.is_empty()).cloned().collect();
                let mut decision = self.of_buildings(&fits, true);
                let element = if rows[0].0.unit_open { MatchLevel::Unit } else { MatchLevel::Building };
                decision.faults.push(Fault { element, kind: FaultKind::Missing });
                Some(decision)
            }
        }
    }

    /// The ambiguous answer between some addresses, each given with the place that it fits; there is at
    /// least one.
    fn ambiguous_rows(&self, rows: &[(&Fit, u32)]) -> Decision {
        let level = if self.index.wholes(rows[0].0.place).any(|row| row == rows[0].1) {
            MatchLevel::Building
        } else {
            MatchLevel::Room
        };
        let found = |(fit, row): &(&Fit, u32)| Found {
            level,
            row: Some(*row),
            place: Some(fit.place),
            area: self.index.grid(fit.place),
        };
        let mut alternatives: Vec<Found> = Vec::new();
        for row in rows {
            if !alternatives.iter().any(|other| other.row == Some(row.1)) {
                alternatives.push(found(row));
            }
        }
        self.ambiguous(alternatives, rows[0].0)
    }

    /// The ambiguous answer between some alternatives, of which there is at least one. What is found is
    /// what they have in common: the building if all are in one, else the lowest area that holds them.
    pub(super) fn ambiguous(&self, alternatives: Vec<Found>, fit: &Fit) -> Decision {
        let area = self.common(alternatives.iter().filter_map(|found| found.area));
        let same = alternatives.iter().all(|found| found.place == alternatives[0].place);
        let level = if same { MatchLevel::Building } else { self.area_level(area) };
        let whole = alternatives[0].place.filter(|_| same).and_then(|place| self.index.whole(place));
        let row = whole.filter(|row| alternatives.iter().all(|found| found.row != Some(*row)));
        let place = if same { alternatives[0].place } else { None };
        let mut decision = self.matched(Found { level, row, place, area }, fit, true);
        decision.status = GeocodeStatus::Ambiguous;
        decision.alternatives = alternatives;
        decision.gap = Some(0);
        decision
    }

    /// The answer when no address has the room: it stops at the floor or the unit if the building has
    /// these, else at the building. A room whose number says another floor than the text confirms neither.
    fn without_room(&self, way: &Interpretation, alike: &[Fit]) -> Decision {
        let mut decision = self.of_buildings(alike, false);
        let tail = way.tail;
        let unconfirmed = |element| Fault { element, kind: FaultKind::Unconfirmed };
        let place = decision.found.as_ref().filter(|found| found.level == MatchLevel::Building).and_then(|f| f.place);
        let has = |fits: &dyn Fn(TailKey) -> bool| place.is_some_and(|place| self.index.tails(place).any(fits));
        let in_unit = tail.unit.is_some_and(|unit| has(&|tail| tail.is_in_unit(unit)));
        let storey = tail.floor.and_then(Value::number);
        // Room 301 is not on floor 2.
        let of_room = tail.room.and_then(Value::number).and_then(|room| text::storey(room, None));
        let at_odds = of_room.zip(storey).is_some_and(|(of_room, storey)| of_room != storey);
        let on_floor = !at_odds && storey.is_some_and(|storey| has(&|tail| tail.floor() == Some(storey)));
        for (level, asked, known) in [
            (MatchLevel::Unit, tail.unit.is_some(), in_unit),
            (MatchLevel::Floor, tail.floor.is_some(), on_floor),
            (MatchLevel::Room, tail.room.is_some(), false),
        ] {
            match (asked, known) {
                (true, true) => {
                    if let Some(found) = decision.found.as_mut().filter(|_| decision.alternatives.is_empty()) {
                        found.level = level;
                    }
                }
                (true, false) => decision.faults.push(unconfirmed(level)),
                _ => {}
            }
        }
        let deepest = tail.room.is_none() && (tail.floor.is_none() || on_floor) && (tail.unit.is_none() || in_unit);
        decision.complete = deepest && decision.found.as_ref().is_some_and(|found| found.level >= MatchLevel::Building);
        decision
    }

    /// The answer for places that are all alike. `complete` says that nothing deeper is asked for.
    ///
    /// Places of one building count once. If the numbers of the text tell buildings apart, a few of them
    /// make an ambiguous answer; otherwise they are answered as the group that they form.
    fn of_buildings(&self, alike: &[Fit], complete: bool) -> Decision {
        let fit = &&alike[0];
        let found = |fit: &Fit| Found {
            level: MatchLevel::Building,
            row: self.index.whole(fit.place).filter(|_| !fit.is_deeper),
            place: Some(fit.place),
            area: self.index.grid(fit.place),
        };
        let identity = |fit: &Fit| self.index.building(fit.place).map_or((1, fit.place), |building| (0, building));
        let mut distinct: Vec<&Fit> = Vec::new();
        for fit in alike {
            if !distinct.iter().any(|other| identity(other) == identity(fit)) {
                distinct.push(fit);
            }
        }
        if distinct.len() == 1 {
            // Rows that say the same but for a division are two addresses.
            let rows: Vec<(&Fit, u32)> = self.index.wholes(fit.place).map(|row| (*fit, row)).collect();
            let is_one = rows.len() < 2 || fit.is_deeper || self.index.building(fit.place).is_some();
            return match complete && !is_one && rows.len() <= ALTERNATIVES_MAX {
                true => self.ambiguous_rows(&rows),
                false => self.matched(found(fit), fit, complete),
            };
        }
        let tells = fit.numbers.contains(&Class::Building)
            || (fit.numbers.contains(&Class::Door) && self.common_level(&distinct) > Level::Community);
        if tells && distinct.len() <= ALTERNATIVES_MAX {
            return self.ambiguous(distinct.into_iter().map(found).collect(), fit);
        }
        let level = self.group_level(fit);
        let several = if level == MatchLevel::Estate { self.estates(&distinct) } else { Vec::new() };
        if (2..=ALTERNATIVES_MAX).contains(&several.len()) {
            return self.ambiguous(several, fit);
        }
        self.matched(self.group(&distinct, level), fit, complete)
    }

    /// The estates of one name, one in each subdistrict: roads go through several, an estate lies in one.
    fn estates(&self, fits: &[&Fit]) -> Vec<Found> {
        let subdistrict = |area: Option<u32>| {
            let is_high = |number: &u32| self.index.level(*number) >= Level::Subdistrict as u8;
            self.index.chain(area).find(is_high)
        };
        let mut estates: Vec<(Option<u32>, Vec<&Fit>)> = Vec::new();
        for fit in fits {
            let above = subdistrict(self.index.grid(fit.place));
            match estates.iter_mut().find(|(other, _)| *other == above) {
                Some((_, of_estate)) => of_estate.push(*fit),
                None => estates.push((above, vec![*fit])),
            }
        }
        estates.iter().map(|(_, fits)| self.group(fits, MatchLevel::Estate)).collect()
    }

    /// Several places as one answer at a level, with the lowest area that holds all of them and the first
    /// place as the one that stands for them.
    pub(super) fn group(&self, fits: &[&Fit], level: MatchLevel) -> Found {
        let area = self.common(fits.iter().filter_map(|fit| self.index.grid(fit.place)));
        Found { level, row: None, place: fits.first().map(|fit| fit.place), area }
    }

    /// The level that several places of one name have in common.
    pub(super) fn group_level(&self, fit: &Fit) -> MatchLevel {
        let on_road = |(_, name): &(usize, u32)| words::is_road(self.index.name_text(*name));
        let lacks_lane = fit.lacking.contains(&Class::Lane);
        match () {
            // 12号 of a village of which no lane is said is no single door.
            () if fit.numbers.contains(&Class::Door) && !lacks_lane => MatchLevel::DoorNumber,
            () if fit.numbers.contains(&Class::Lane) => MatchLevel::Road,
            () if fit.agreed.iter().any(|name| !on_road(name)) => MatchLevel::Estate,
            () => MatchLevel::Road,
        }
    }

    /// The answer that one thing was found, with the faults of the text against it.
    pub(super) fn matched(&self, found: Found, fit: &Fit, complete: bool) -> Decision {
        let mut decision = Decision::nothing(GeocodeStatus::Matched);
        decision.faults = self.faults(&found, Some(fit));
        decision.found = Some(found);
        decision.complete = complete;
        decision
    }
}
