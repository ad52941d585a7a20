//! From the places that fit to one answer.

use super::{
    answer::{Fault, FaultKind, GeocodeStatus, MatchLevel},
    confidence,
    fuzzy::Spelt,
    index::GeoIndex,
    interpret::{Interpretation, interpretations},
    normal::Normal,
    number::{Class, Value},
    reading::Reading,
    search::{Fit, Search},
    words,
};
use crate::model::Level;
use std::cell::Cell;

/// Places that an ambiguous answer lists; with more the answer stops above them.
const ALTERNATIVES_MAX: usize = 5;
/// Places that are compared with one text: a bound on the work, many times what an address needs.
const PLACES_MAX: u32 = 8_192;
/// Fits whose costs differ by less are alike, hundredths.
const ALIKE: u32 = 15;

/// What divisions cost that contradict one another, hundredths.
const CONTRADICTING: u32 = 300;

/// A place that was found, by rows of the plate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) level: MatchLevel,
    /// The address of the room, or of the building as a whole.
    pub(crate) row: Option<u32>,
    /// Of the building, or one of those that the answer stands for.
    pub(super) place: Option<u32>,
    /// The lowest area that holds all of it, a row of the grids.
    pub(crate) area: Option<u32>,
}

/// The answer, by rows of the plate.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    pub(crate) status: GeocodeStatus,
    pub(crate) found: Option<Found>,
    pub(super) also: Vec<Found>,
    pub(super) alternatives: Vec<Found>,
    pub(super) faults: Vec<Fault>,
    /// What speaks against it, hundredths.
    pub(super) cost: u32,
    /// By how much the next best costs more.
    pub(super) gap: Option<u32>,
    /// Whether everything that the text asks for was found.
    pub(super) complete: bool,
    /// What was not understood, from and to, characters of the normal text.
    pub(super) rests: Vec<(usize, usize)>,
}

impl Decision {
    pub(super) fn nothing(status: GeocodeStatus) -> Self {
        Self {
            status,
            found: None,
            also: Vec::new(),
            alternatives: Vec::new(),
            faults: Vec::new(),
            cost: 0,
            gap: None,
            complete: false,
            rests: Vec::new(),
        }
    }

    /// The probability that it is right.
    pub(crate) fn confidence(&self) -> f64 {
        confidence::of(self)
    }

    fn level(&self) -> MatchLevel {
        self.found.as_ref().map_or(MatchLevel::City, |found| found.level)
    }
}

/// The answer to a text.
pub(crate) fn decide(index: &GeoIndex, text: &str) -> Decision {
    let normal = Normal::of(text);
    if normal.len() == 0 {
        return Decision::nothing(GeocodeStatus::Invalid);
    }
    let reading = Reading::of(index, &normal);
    let as_spelt = of_reading(index, &reading);
    let understood = reading.rests.iter().all(|rest| rest.bracketed && as_spelt.complete);
    if understood || reading.elsewhere == Some(true) {
        return as_spelt;
    }
    let corrected = reading.corrected(index, &normal);
    let corrected = of_reading(index, &corrected);
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

fn of_reading(index: &GeoIndex, reading: &Reading) -> Decision {
    let judge = Judge { index, reading, budget: Cell::new(PLACES_MAX) };
    let mut decision = judge.best();
    let far = reading.elsewhere == Some(true) || (reading.elsewhere == Some(false) && !decision.complete);
    if far {
        decision = Decision::nothing(GeocodeStatus::OutOfArea);
    }
    decision.faults.sort_by_key(|fault| (fault.element, fault.kind as u8));
    decision.faults.dedup();
    decision.rests = reading.rests.iter().map(|rest| (rest.from, rest.to)).collect();
    decision
}

struct Judge<'a> {
    index: &'a GeoIndex,
    reading: &'a Reading,
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

impl Judge<'_> {
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
        Some(decision)
    }

    fn of_fits(&self, way: &Interpretation, alike: &[Fit]) -> Option<Decision> {
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
        let found = |(fit, row): &(&Fit, u32)| Found {
            level: MatchLevel::Room,
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

    fn ambiguous(&self, alternatives: Vec<Found>, fit: &Fit) -> Decision {
        let area = self.common(alternatives.iter().filter_map(|found| found.area));
        let same = alternatives.iter().all(|found| found.place == alternatives[0].place);
        let level = if same { MatchLevel::Building } else { self.area_level(area) };
        let row = if same { alternatives[0].place.and_then(|place| self.index.whole(place)) } else { None };
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
        let on_floor = storey.is_some_and(|storey| has(&|tail| tail.floor() == Some(storey)));
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
        let fit = &alike[0];
        let found = |fit: &Fit| Found {
            level: MatchLevel::Building,
            row: self.index.whole(fit.place),
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
            return self.matched(found(fit), fit, complete);
        }
        let tells = fit.numbers.contains(&Class::Building)
            || (fit.numbers.contains(&Class::Door) && self.common_level(&distinct) > Level::Community);
        if tells && distinct.len() <= ALTERNATIVES_MAX {
            return self.ambiguous(distinct.into_iter().map(found).collect(), fit);
        }
        let level = self.group_level(fit);
        self.matched(self.group(&distinct, level), fit, complete)
    }

    fn group(&self, fits: &[&Fit], level: MatchLevel) -> Found {
        let area = self.common(fits.iter().filter_map(|fit| self.index.grid(fit.place)));
        Found { level, row: None, place: fits.first().map(|fit| fit.place), area }
    }

    /// The level that several places of one name have in common.
    fn group_level(&self, fit: &Fit) -> MatchLevel {
        let on_road = |(_, name): &(usize, u32)| words::is_road(self.index.name_text(*name));
        match () {
            () if fit.numbers.contains(&Class::Door) => MatchLevel::DoorNumber,
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
        for other in &others {
            let found = self.of_way(other).filter(|d| d.complete && d.status == GeocodeStatus::Matched);
            match found.and_then(|d| d.found) {
                Some(found) => decision.also.push(found),
                None => {
                    let element = if way.more_rooms.is_empty() { MatchLevel::Building } else { MatchLevel::Room };
                    decision.faults.push(Fault { element, kind: FaultKind::Unconfirmed });
                    decision.complete = false;
                }
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

    fn lost_faults(&self, way: &Interpretation, given_up: &[Class]) -> Vec<Fault> {
        let lost = way.stem.iter().filter(|number| given_up.contains(&number.class));
        let mut faults: Vec<Fault> =
            lost.map(|number| Fault { element: element_of(number.class), kind: FaultKind::Unconfirmed }).collect();
        faults.dedup();
        faults
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
        let in_area = |place: &&u32| area.is_none_or(|area| self.index.is_in(self.index.grid(**place), area));
        let place = self.index.places_of_name(name).iter().find(in_area).copied();
        let level = if road { MatchLevel::Road } else { MatchLevel::Estate };
        let mut decision = Decision::nothing(GeocodeStatus::Matched);
        let found = Found { level, row: None, place, area };
        decision.faults = self.faults(&found, None);
        decision.faults.extend(self.lost_faults(way, &Class::OF_STEM));
        decision.found = Some(found);
        decision.complete = way.stem.is_empty() && way.tail.is_empty();
        decision.cost = super::search::spelling_cost(spelt) + self.rests_cost();
        Some(decision)
    }

    /// The division alone.
    fn area(&self) -> Option<Decision> {
        let mentions = self.reading.mentions.iter().filter(|mention| mention.full || self.reading.mentions.len() == 1);
        let mut rows: Vec<u32> = mentions.flat_map(|mention| mention.rows.iter().copied()).collect();
        rows.sort_by_key(|row| self.index.level(*row));
        let supported = |row: &u32| {
            self.reading.mentions.iter().all(|mention| {
                mention
                    .rows
                    .iter()
                    .any(|other| self.index.is_in(Some(*row), *other) || self.index.is_in(Some(*other), *row))
            })
        };
        let known = rows.iter().copied().find(supported);
        let row = known.or(rows.first().copied())?;
        let found = Found { level: self.area_level(Some(row)), row: None, place: None, area: Some(row) };
        let mut decision = Decision::nothing(GeocodeStatus::Matched);
        decision.faults = self.faults(&found, None);
        let asks = !self.reading.numbers.is_empty();
        let element = if self.reading.names.is_empty() { MatchLevel::Road } else { MatchLevel::DoorNumber };
        if asks || self.reading.rests.iter().any(|rest| rest.to - rest.from > 1) {
            decision.faults.push(Fault { element, kind: FaultKind::Unconfirmed });
        }
        decision.found = Some(found);
        decision.complete = !asks;
        decision.cost = self.rests_cost() + if known.is_none() { CONTRADICTING } else { 0 };
        Some(decision)
    }

    /// The lowest area that holds all of some.
    fn common(&self, areas: impl Iterator<Item = u32>) -> Option<u32> {
        let mut areas = areas;
        let mut common = areas.next();
        for area in areas {
            common = self.index.chain(common).find(|above| self.index.is_in(Some(area), *above));
        }
        common
    }

    fn common_level(&self, fits: &[&Fit]) -> Level {
        let common = self.common(fits.iter().filter_map(|fit| self.index.grid(fit.place)));
        common.map_or(Level::City, |row| self.level_of(row))
    }

    fn level_of(&self, row: u32) -> Level {
        Level::ALL.into_iter().find(|level| *level as u8 == self.index.level(row)).unwrap_or(Level::City)
    }

    fn area_level(&self, row: Option<u32>) -> MatchLevel {
        match row.map(|row| self.level_of(row)) {
            Some(Level::Grid | Level::Community) => MatchLevel::Community,
            Some(Level::Subdistrict) => MatchLevel::Subdistrict,
            Some(Level::District) => MatchLevel::District,
            _ => MatchLevel::City,
        }
    }

    /// What was not understood speaks against a place, more so where it touches a name that the place was found by.
    fn rest_cost(&self, fit: &Fit) -> u32 {
        let sure = fit.agreed.len() > 1 || !fit.numbers.is_empty();
        if sure { self.rests_cost() } else { self.rests_cost() * 2 }
    }

    fn rests_cost(&self) -> u32 {
        let rests = self.reading.rests.iter().filter(|rest| !rest.bracketed);
        let cost = |touches: bool, length: usize| match (touches, length) {
            (true, 1) => 25,
            (true, _) => 40,
            (false, _) => 5,
        };
        rests.map(|rest| cost(rest.touches, rest.to - rest.from)).sum::<u32>().min(120)
    }

    fn faults(&self, found: &Found, fit: Option<&Fit>) -> Vec<Fault> {
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
            if let super::index::Element::Name(name) = name
                && !fit.agreed.iter().any(|(_, other)| *other == name)
            {
                faults.push(Fault { element: element(name), kind: FaultKind::Missing });
            }
        }
        faults.retain(|fault| fault.kind != FaultKind::Missing || fault.element < found.level.max(MatchLevel::Unit));
        faults.dedup();
        faults
    }

    fn division_faults(&self, found: &Found, fit: Option<&Fit>) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut seen: Vec<u32> = Vec::new();
        for (at, mention) in self.reading.mentions.iter().enumerate() {
            let Some(row) = mention.rows.first() else { continue };
            let own = mention.rows.iter().find(|row| self.index.is_in(found.area, **row));
            let level = self.area_level(Some(*own.unwrap_or(row)));
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
        for row in self.index.chain(found.area) {
            let level = self.level_of(row);
            let lacks =
                matches!(level, Level::Community | Level::Subdistrict | Level::District) && !seen.contains(&row);
            if lacks {
                faults.push(Fault { element: self.area_level(Some(row)), kind: FaultKind::Missing });
            }
        }
        faults
    }
}

fn element_of(class: Class) -> MatchLevel {
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
