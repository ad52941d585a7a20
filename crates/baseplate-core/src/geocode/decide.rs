//! From the places that fit to one answer.

use super::{
    answer::{Fault, FaultKind, GeocodeStatus, MatchLevel},
    decision::{DOUBTFUL, Decision, Found, GUESSED},
    faults::element_of,
    fuzzy::Spelt,
    index::GeoIndex,
    interpret::{Interpretation, interpretations},
    normal::Normal,
    number::{Class, Value},
    reading::{Reading, label_end},
    rest::remarks_at,
    search::{Fit, Search},
    words, written,
};
use crate::{model::Level, text};
use std::cell::Cell;

/// Places that an ambiguous answer lists; with more the answer stops above them.
pub(super) const ALTERNATIVES_MAX: usize = 5;
/// Places that are compared with one text: a bound on the work, many times what an address needs.
const PLACES_MAX: u32 = 8_192;
/// Fits whose costs differ by less are alike, hundredths.
const ALIKE: u32 = 15;

/// The answer to a text.
pub(crate) fn decide(index: &GeoIndex, text: &str) -> Decision {
    let normal = Normal::of(text);
    if normal.len() == 0 {
        return Decision::nothing(GeocodeStatus::Invalid);
    }
    written::known(index, &normal)
        .or_else(|| without_label(index, &normal))
        .or_else(|| without_remark(index, &normal))
        .unwrap_or_else(|| read(index, &normal))
}

/// The answer to a text behind a word such as 地址 or a phone number, if the library has the rest of it.
fn without_label(index: &GeoIndex, normal: &Normal) -> Option<Decision> {
    let from = label_end(index, normal);
    let rest = normal.between(from, normal.len());
    let is_rest = from > 0 && rest.len() > 0;
    is_rest.then(|| written::known(index, &rest))?
}

/// The answer to a text whose end says nothing of the place, if the library has the rest of it.
fn without_remark(index: &GeoIndex, normal: &Normal) -> Option<Decision> {
    remarks_at(normal).find_map(|end| {
        // 对面, 广州市: a remark that means something is none.
        written::known(index, &normal.up_to(end))
            .filter(|_| Reading::of(index, &normal.between(end, normal.len())).is_nothing())
            .map(|decision| Decision { rests: vec![(end, normal.len())], ..decision })
    })
}

/// The answer to a text as if no address of the library had it letter by letter.
pub(super) fn without_exact(index: &GeoIndex, text: &str) -> Decision {
    let normal = Normal::of(text);
    written::element_by_element(index, &normal).unwrap_or_else(|| read(index, &normal))
}

/// The answer to a text that is read by its names and numbers.
fn read(index: &GeoIndex, normal: &Normal) -> Decision {
    let reading = Reading::of(index, normal);
    let as_spelt = of_reading(index, normal, &reading);
    let understood = reading.rests.iter().all(|rest| rest.bracketed && as_spelt.complete);
    if understood || reading.is_elsewhere {
        return as_spelt;
    }
    let corrected = reading.corrected(index, normal);
    let corrected = of_reading(index, normal, &corrected);
    if corrected.found.is_some() && corrected.found == as_spelt.found && corrected.status == as_spelt.status {
        // It says more about the text, and nothing else about the place.
        return Decision { cost: corrected.cost.min(as_spelt.cost), ..corrected };
    }
    let rank = |d: &Decision| (d.found.is_some(), d.complete, d.level() >= MatchLevel::DoorNumber);
    let better = rank(&corrected) > rank(&as_spelt)
        || (rank(&corrected) == rank(&as_spelt)
            && (corrected.cost, as_spelt.level()) < (as_spelt.cost, corrected.level()));
    if better { corrected } else { as_spelt }
}

fn of_reading(index: &GeoIndex, normal: &Normal, reading: &Reading) -> Decision {
    let known = reading.up_to_unknown(normal);
    let judge = Judge::new(index, known.as_ref().unwrap_or(reading));
    let mut decision = judge.best();
    if known.is_some() {
        decision.stop_above(reading.numbers.len() > judge.reading.numbers.len());
    }
    if reading.is_relative {
        let is_road = |name: &u32| words::is_road(index.name_text(*name));
        decision.be_relative(reading.names.iter().any(|named| named.names.iter().any(is_road)));
        if let Some(roads) = reading.crossing(index) {
            decision.be_crossing(roads, reading.lowest().first().copied());
        }
    }
    if let Some(element) = reading.in_front.filter(|_| decision.found.is_some()) {
        decision.faults.push(Fault { element, kind: FaultKind::Unconfirmed });
    }
    if reading.has_other_name(normal) && decision.found.is_some() {
        let element = decision.level().clamp(MatchLevel::Road, MatchLevel::Estate);
        decision.faults.push(Fault { element, kind: FaultKind::Contradicting });
    }
    if reading.is_elsewhere {
        decision = Decision::nothing(GeocodeStatus::OutOfArea);
    }
    // 霁峰大厦 says nothing of 霁峰区.
    let is_area = decision.status == GeocodeStatus::Matched && reading.names.is_empty();
    if is_area && !reading.rests.is_empty() && !reading.has_division() {
        decision = Decision::nothing(GeocodeStatus::None);
    }
    let is_guess = decision.is_misspelt() && !reading.vouches(index);
    if decision.doubts() || reading.in_front.is_some() || is_guess {
        decision.cost = decision.cost.max(if is_guess && !reading.sounds_alike() { GUESSED } else { DOUBTFUL });
    }
    // A room that is not there leaves its building; of an address without one nothing is left that has a code.
    let has_building =
        decision.found.as_ref().and_then(|f| f.place).is_some_and(|place| index.building(place).is_some());
    if decision.is_elsewhere() || reading.in_front.is_some() || !decision.complete && !has_building {
        decision.take_code();
    }
    decision.rests = reading.rests.iter().map(|rest| (rest.from, rest.to)).collect();
    decision.in_order()
}

/// From a reading to an answer.
pub(super) struct Judge<'a> {
    pub(super) index: &'a GeoIndex,
    pub(super) reading: &'a Reading,
    budget: Cell<u32>,
}

/// What is left of the numbers when those of some classes are not in the library.
const GIVEN_UP: [&[Class]; 5] = [
    &[Class::Building],
    &[Class::Door],
    &[Class::Building, Class::Door],
    &[Class::Building, Class::Door, Class::Lane],
    &Class::OF_STEM,
];

impl<'a> Judge<'a> {
    pub(super) fn new(index: &'a GeoIndex, reading: &'a Reading) -> Self {
        Self { index, reading, budget: Cell::new(PLACES_MAX) }
    }

    fn best(&self) -> Decision {
        let is_road = |at: usize| {
            let names = self.reading.names.get(at).map_or(&[][..], |named| &named.names);
            names.iter().any(|name| words::is_road(self.index.name_text(*name)))
        };
        let ways = interpretations(&self.reading.numbers, &is_road);
        let mut best: Option<Decision> = None;
        for way in &ways {
            let Some(decision) = self.of_way(way) else { continue };
            let key = |d: &Decision| (!d.complete, d.cost);
            if best.as_ref().is_none_or(|best| key(&decision) < key(best)) {
                best = Some(decision);
            }
            if best.as_ref().is_some_and(|best| best.complete && best.cost <= u32::from(way.cost) * 15) {
                break;
            }
        }
        let stop = || ways.first().and_then(|way| self.stopped(way));
        best.or_else(stop).or_else(|| self.area()).unwrap_or_else(|| Decision::nothing(GeocodeStatus::None))
    }

    fn search<'s>(&'s self, way: &'s Interpretation) -> Search<'s> {
        Search { index: self.index, reading: self.reading, way, budget: &self.budget }
    }

    /// The answer if the numbers are understood in this way; `None` if no place has them all.
    fn of_way(&self, way: &Interpretation) -> Option<Decision> {
        let fits = self.search(way).places();
        let least = fits.first()?.cost;
        let alike = fits.iter().take_while(|fit| fit.cost < least + ALIKE).count();
        let (alike, others) = fits.split_at(alike);
        let mut decision = self.of_fits(way, alike)?;
        decision.cost += least + self.rest_cost(&alike[0]);
        decision.gap = decision.gap.or(others.first().map(|fit| fit.cost - least));
        self.add_set(way, &mut decision);
        if let Some(lost) = way.lost {
            // The second of two lanes: the place is in neither.
            if Class::OF_STEM.contains(&lost) {
                let most = if lost < Class::Door { MatchLevel::Estate } else { MatchLevel::DoorNumber };
                decision.rise(self.group_level(&alike[0]).min(most));
                decision.faults.push(Fault { element: element_of(lost), kind: FaultKind::Unconfirmed });
            }
            decision.stop_above(true);
        }
        Some(decision)
    }

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

    /// The room is not there: the answer stops above it.
    fn without_room(&self, way: &Interpretation, alike: &[Fit]) -> Decision {
        let mut decision = self.of_buildings(alike, false);
        let tail = way.tail;
        let unconfirmed = |element| Fault { element, kind: FaultKind::Unconfirmed };
        let place = decision.found.as_ref().filter(|found| found.level == MatchLevel::Building).and_then(|f| f.place);
        let has =
            |fits: &dyn Fn(super::tail::TailKey) -> bool| place.is_some_and(|place| self.index.tails(place).any(fits));
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
            let is_high = |row: &u32| self.index.level(*row) >= Level::Subdistrict as u8;
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

    fn group(&self, fits: &[&Fit], level: MatchLevel) -> Found {
        let area = self.common(fits.iter().filter_map(|fit| self.index.grid(fit.place)));
        Found { level, row: None, place: fits.first().map(|fit| fit.place), area }
    }

    /// The level that several places of one name have in common.
    fn group_level(&self, fit: &Fit) -> MatchLevel {
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

    fn matched(&self, found: Found, fit: &Fit, complete: bool) -> Decision {
        let mut decision = Decision::nothing(GeocodeStatus::Matched);
        decision.faults = self.faults(&found, Some(fit));
        decision.found = Some(found);
        decision.complete = complete;
        decision
    }

    /// The other buildings or rooms that the text names.
    fn add_set(&self, way: &Interpretation, decision: &mut Decision) {
        let mut others: Vec<Interpretation> = Vec::new();
        let bare = Interpretation { more_buildings: Vec::new(), more_rooms: Vec::new(), ..way.clone() };
        for room in &way.more_rooms {
            let mut other = bare.clone();
            other.tail.room = Some(*room);
            others.push(other);
        }
        for building in &way.more_buildings {
            let mut other = bare.clone();
            other.stem.iter_mut().filter(|n| n.class == Class::Building).for_each(|n| n.value = *building);
            others.push(other);
        }
        if !others.is_empty() && !decision.complete {
            return;
        }
        let mut is_lost = false;
        for other in &others {
            let found = self.of_way(other).filter(|d| d.complete && d.status == GeocodeStatus::Matched);
            match found.and_then(|d| d.found) {
                Some(found) => decision.also.push(found),
                None => {
                    let element = if way.more_rooms.is_empty() { MatchLevel::Building } else { MatchLevel::Room };
                    decision.faults.push(Fault { element, kind: FaultKind::Unconfirmed });
                    is_lost = true;
                }
            }
        }
        // 28栋71栋 may be anything, if there is no 71栋.
        if is_lost {
            decision.complete = false;
            decision.also.clear();
            match way.more_rooms.is_empty() {
                true => decision.rise(MatchLevel::DoorNumber),
                false => decision.take_code(),
            }
        }
    }

    /// No place has all the numbers: what is left when some are given up, at most down to the level above them.
    fn stopped(&self, way: &Interpretation) -> Option<Decision> {
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

    /// The road or estate alone.
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
                mention.is_name_too || mention.rows.iter().any(|row| self.index.is_in(Some(*area), *row))
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
        decision.cost = super::search::spelling_cost(spelt) + self.rests_cost();
        if is_several {
            decision.cost = decision.cost.max(DOUBTFUL);
        }
        Some(decision)
    }

    /// What was not understood speaks against a place, more so where it touches a name that the place was found by.
    fn rest_cost(&self, fit: &Fit) -> u32 {
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
}
