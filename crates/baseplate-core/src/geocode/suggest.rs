//! Completions of what is being typed.

use super::{answer::Suggestion, coded, place};
use crate::{
    code::fold_code,
    coordinate::parse_point,
    gazetteer::{
        Class, Found, Joint, Reading, TailKey, decide, head_at,
        index::{Automaton, Element, Form, GeoIndex, Meaning},
        normal::{Normal, is_numberish},
        words,
    },
    model::{Entity, Level},
    plate::{Baseplate, Grid, Record, Thing},
    spatial::{LngLat, Metric},
    verdict::{Fault, FaultKind, GeocodeStatus, MatchLevel},
};
use fst::{IntoStreamer, Streamer};
use std::time::Duration;

/// Terms, places or rooms that are weighed for one answer: a bound on the work.
const WEIGHED: usize = 200;
/// Characters of a name that is being typed.
const FRAGMENT: usize = 12;

/// Characters of a name from which on it is looked for within names, and among the names of records.
const WORD: usize = 2;

/// A completion on its way.
struct Candidate<'a> {
    is: What<'a>,
    /// Smaller is better: first how it fits, then how far it is or how rare.
    rank: (u8, f64),
}

enum What<'a> {
    Place(Found),
    Thing(Thing<'a>),
}

impl Candidate<'_> {
    fn place(found: Found, rank: (u8, f64)) -> Self {
        Self { is: What::Place(found), rank }
    }
}

/// How well a completion fits: what the text says, names that begin so, divisions that do, names with the word in them, records,
/// and what lies where only a part of the text says.
const SAID: u8 = 0;
const NAMED: u8 = 1;
const DIVISION: u8 = 2;
const ELSEWHERE: u8 = 3;
const WITHIN: u8 = 4;
const RECORD: u8 = 5;
const PARTLY: u8 = 6;
const NAMED_WITHIN: u8 = 7;

/// How long the names of records are looked through while somebody types.
const SCAN: Duration = Duration::from_millis(20);

pub(super) fn suggest<'a>(
    plate: &'a Baseplate,
    prefix: &str,
    near: Option<LngLat>,
    limit: usize,
) -> Vec<Suggestion<'a>> {
    let index = plate.geo_index();
    let normal = Normal::of(prefix);
    if normal.len() == 0 || limit == 0 {
        return Vec::new();
    }
    let typing = Typing { plate, index, near };
    if let Some((lng, lat)) = parse_point(prefix) {
        return typing.point(lng, lat).into_iter().collect();
    }
    let mut candidates = typing.codes(prefix);
    if candidates.is_empty() {
        candidates = typing.below(prefix, &normal);
        candidates.extend(typing.names(&normal));
        candidates.extend(typing.grids(prefix));
        candidates.extend(typing.records(prefix));
    }
    candidates.sort_by(|a, b| a.rank.0.cmp(&b.rank.0).then(a.rank.1.total_cmp(&b.rank.1)));
    let mut suggestions: Vec<Suggestion<'a>> = Vec::new();
    for candidate in candidates {
        let suggestion = typing.suggestion(&candidate.is);
        if !suggestion.text.is_empty() && !suggestions.iter().any(|other| other.text == suggestion.text) {
            suggestions.push(suggestion);
        }
        if suggestions.len() == limit {
            break;
        }
    }
    suggestions
}

struct Typing<'a> {
    plate: &'a Baseplate,
    index: &'a GeoIndex,
    near: Option<LngLat>,
}

impl<'a> Typing<'a> {
    fn suggestion(&self, is: &What<'a>) -> Suggestion<'a> {
        match is {
            What::Place(found) => self.of_place(found),
            What::Thing(thing) => self.of_thing(thing),
        }
    }

    fn of_place(&self, found: &Found) -> Suggestion<'a> {
        let place = place::described(self.plate, self.index, found);
        // A division: that itself, not what lies above it.
        let is_area = found.row.is_none() && found.place.is_none();
        if let Some(grid) = found.area.filter(|_| is_area).and_then(|number| self.plate.grid_numbered(number)) {
            return self.of_grid(grid);
        }
        let building = place.building_code.filter(|_| found.level == MatchLevel::Building);
        let (code, entity) = match (building, place.address_code) {
            (Some(code), _) => (Some(code), Some(Entity::Building)),
            (None, Some(code)) => (Some(code), Some(Entity::Address)),
            (None, None) => (place.building_code, place.building_code.map(|_| Entity::Building)),
        };
        Suggestion { text: place.standard_address, level: found.level, code, entity, layer: None, at: place.at }
    }

    fn of_grid(&self, grid: Grid<'a>) -> Suggestion<'a> {
        let mut names: Vec<&str> = Vec::new();
        for name in grid.chain().map(|grid| grid.name()) {
            // 鹤渚社区第01网格 says the community itself.
            if !names.last().is_some_and(|below| below.starts_with(name)) {
                names.push(name);
            }
        }
        names.reverse();
        let level = self.level_of(grid.number().unwrap_or_default());
        let (code, at) = (Some(grid.code()), grid.label_point());
        Suggestion { text: names.concat(), level, code, entity: Some(Entity::Grid), layer: None, at }
    }

    /// What has a code of its own is that, and not the address or the community in which it is.
    fn of_thing(&self, thing: &Thing<'a>) -> Suggestion<'a> {
        let found = coded::found(self.plate, thing);
        let of_place = |found: &Found| self.of_place(found);
        let (text, level) = (String::new(), MatchLevel::City);
        let nowhere = || Suggestion { text, level, code: None, entity: None, layer: None, at: None };
        let place = || found.as_ref().map_or_else(nowhere, of_place);
        let entity = Some(thing.entity());
        match thing {
            Thing::Grid(grid) => self.of_grid(*grid),
            Thing::Building(building) => {
                let text = Some(place().text).filter(|text| !text.is_empty());
                let text = text.or(building.name().map(str::to_owned)).unwrap_or_else(|| building.code().to_owned());
                let (code, at) = (Some(building.code()), building.point());
                Suggestion { text, level: MatchLevel::Building, code, entity, layer: None, at }
            }
            Thing::Address(address) => Suggestion { code: Some(address.code()), entity, ..place() },
            Thing::Record(record) => {
                let text = record.name().unwrap_or(record.code()).to_owned();
                let (layer, at) = (Some(record.layer().id()), record.point());
                Suggestion { text, code: Some(record.code()), entity, layer, at, ..place() }
            }
        }
    }

    /// A pair of coordinates that was pasted, with what is there.
    fn point(&self, lng: f64, lat: f64) -> Option<Suggestion<'a>> {
        let at = [LngLat::new(lng, lat), LngLat::new(lat, lng)];
        let (at, reversed) = at.into_iter().find_map(|at| Some((at, place::reverse(self.plate, at)?)))?;
        let text = format!("{}, {} {}", at.lng, at.lat, reversed.place.standard_address);
        Some(Suggestion {
            text,
            level: reversed.place.match_level,
            code: None,
            entity: None,
            layer: None,
            at: Some(at),
        })
    }

    /// What has a code that begins so.
    fn codes(&self, prefix: &str) -> Vec<Candidate<'a>> {
        let code = fold_code(prefix.trim()).to_ascii_uppercase();
        let digits = code.chars().filter(char::is_ascii_digit).count();
        if digits < 6 || !code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Vec::new();
        }
        let things = self.plate.starting_with(&code, WEIGHED / 40).into_iter().enumerate();
        things.map(|(at, thing)| Candidate { is: What::Thing(thing), rank: (SAID, at as f64) }).collect()
    }

    /// Grids whose name has this in it.
    fn grids(&self, typed: &str) -> Vec<Candidate<'a>> {
        let typed = typed.trim();
        if typed.chars().count() < WORD {
            return Vec::new();
        }
        let grids = self.plate.grids_named(typed, WEIGHED / 10).into_iter().enumerate();
        let is_low = |grid: &Grid<'_>| grid.level() == Some(Level::Grid);
        let rank = |at: usize, grid: &Grid<'a>| if grid.name() == typed { (SAID, 0.0) } else { (DIVISION, at as f64) };
        let grids = grids.filter(|(_, grid)| is_low(grid));
        grids.map(|(at, grid)| Candidate { rank: rank(at, &grid), is: What::Thing(Thing::Grid(grid)) }).collect()
    }

    /// Records with a name that has this near its beginning, a code that begins so, or a name that has it anywhere; natural persons in
    /// business are not found by their names.
    fn records(&self, typed: &str) -> Vec<Candidate<'a>> {
        let typed = typed.trim();
        if typed.chars().count() < WORD {
            return Vec::new();
        }
        let code = fold_code(typed);
        let rank = |record: &Record<'_>, fits: u8| match record.name() {
            _ if record.code().eq_ignore_ascii_case(&code) => (SAID, 0.0),
            Some(name) if name == typed => (SAID, 0.0),
            name => (fits, name.unwrap_or_default().len() as f64),
        };
        let candidate = |record: Record<'a>, fits: u8| Candidate {
            rank: rank(&record, fits),
            is: What::Thing(Thing::Record(record)),
        };
        let named = self.plate.layers().flat_map(|layer| layer.named(typed, WEIGHED));
        let named = named.map(|record| candidate(record, RECORD));
        let others = self.plate.search_records_for(typed, None, WEIGHED / 10, SCAN).records.into_iter();
        let begins = |record: &Record<'_>| record.code().to_ascii_uppercase().starts_with(&code.to_ascii_uppercase());
        let others = others.filter(|record| begins(record) || !record.is_natural_person());
        named.chain(others.map(|record| candidate(record, NAMED_WITHIN))).collect()
    }

    /// Roads, estates and divisions whose names begin with the end of the text.
    fn names(&self, normal: &Normal) -> Vec<Candidate<'a>> {
        let chars = &normal.chars;
        let latin = chars.iter().all(|c| c.is_ascii_alphanumeric());
        if latin && chars.iter().any(|c| c.is_ascii_alphabetic()) {
            let typed: String = chars.iter().collect::<String>().to_ascii_lowercase();
            let terms = with_prefix(self.index.pinyin(), &typed, |key, _| {
                let tail = key.len().checked_sub(4).and_then(|at| key.get(at..))?;
                Some(u32::from_be_bytes(tail.try_into().ok()?))
            });
            return self.weigh(terms, None, NAMED);
        }
        let reading = Reading::of(self.index, normal);
        let context = self.context(&reading);
        let mut head = 0;
        while let Some((length, _)) =
            head_at(self.index, &chars[head..]).filter(|(length, _)| head + length < chars.len())
        {
            head += length;
        }
        for from in chars.len().saturating_sub(FRAGMENT)..chars.len() {
            let fragment: String = chars[from..].iter().collect();
            // Behind words that say nothing the end of the text says nothing either.
            if reading.rests.iter().any(|rest| rest.to <= from) {
                continue;
            }
            let terms = with_prefix(self.index.terms(), &fragment, |_, term| Some(term as u32));
            let own = |term: &u32| {
                self.index.meanings(*term).any(|m| matches!(m, Meaning::Name(_) | Meaning::Division { .. }))
            };
            let terms: Vec<u32> = terms.into_iter().filter(own).collect();
            let is_word = from == head && chars.len() - from >= WORD;
            let within = if is_word { self.index.terms_with(&fragment, WEIGHED) } else { Vec::new() };
            let within: Vec<u32> = within.into_iter().filter(|term| own(term) && !terms.contains(term)).collect();
            if terms.len() + within.len() > 0 {
                let mut candidates = self.weigh(terms, context, NAMED);
                candidates.extend(self.weigh(within, context, WITHIN));
                return candidates;
            }
        }
        Vec::new()
    }

    /// The area that the text names.
    fn context(&self, reading: &Reading) -> Option<u32> {
        let numbers = reading
            .mentions
            .iter()
            .filter(|m| m.grid_numbers.len() == 1)
            .filter_map(|m| m.grid_numbers.first().copied());
        numbers.min_by_key(|number| self.index.level(*number))
    }

    fn weigh(&self, terms: Vec<u32>, context: Option<u32>, fits: u8) -> Vec<Candidate<'a>> {
        let mut candidates = Vec::new();
        for term in terms {
            for meaning in self.index.meanings(term) {
                match meaning {
                    Meaning::Name(name) => candidates.extend(self.name(name, context, fits)),
                    Meaning::Division { grid_number, form: Form::Full } => {
                        // The city that the plate is named after is no grid, and nothing to go to.
                        let Some(grid) = self.plate.grid_numbered(grid_number) else { continue };
                        let level = self.level_of(grid_number);
                        let found = Found { level, row: None, place: None, area: Some(grid_number) };
                        let away = self.away(grid.label_point());
                        let size = f64::from(self.index.level(grid_number));
                        candidates.push(Candidate::place(found, (fits.max(DIVISION), away.unwrap_or(-size))));
                    }
                    _ => {}
                }
            }
        }
        candidates
    }

    fn level_of(&self, grid_number: u32) -> MatchLevel {
        match Level::ALL.into_iter().find(|level| *level as u8 == self.index.level(grid_number)) {
            Some(Level::Subdistrict) => MatchLevel::Subdistrict,
            Some(Level::District) => MatchLevel::District,
            Some(Level::City) => MatchLevel::City,
            _ => MatchLevel::Community,
        }
    }

    /// A road or estate, at the place of it that is in the area or near.
    fn name(&self, name: u32, context: Option<u32>, fits: u8) -> Option<Candidate<'a>> {
        let is_road = words::is_road(self.index.name_text(name));
        let level = if is_road { MatchLevel::Road } else { MatchLevel::Estate };
        let places = self.index.places_of_name(name);
        let inside = |place: &&u32| context.is_none_or(|area| self.index.is_in(self.index.grid(**place), area));
        let step = places.len() / 16 + 1;
        let sample = places.iter().step_by(step).filter(inside);
        let nearest = sample.min_by(|a, b| {
            let away = |place: u32| self.place_away(place).unwrap_or(0.0);
            away(**a).total_cmp(&away(**b))
        });
        let place = *nearest.or(places.iter().take(WEIGHED).find(inside)).or(places.first())?;
        let fits = if inside(&&place) { fits } else { fits.max(ELSEWHERE) };
        let away = self.place_away(place).unwrap_or(-(places.len() as f64));
        let area = self.index.chain(self.index.grid(place)).nth(1).or(self.index.grid(place));
        let found = Found { level, row: None, place: Some(place), area };
        Some(Candidate::place(found, (fits, away)))
    }

    fn place_away(&self, place: u32) -> Option<f64> {
        self.near?;
        let building = self.index.building(place).and_then(|row| self.plate.building_row(row)).and_then(|b| b.point());
        self.away(building)
    }

    fn away(&self, at: Option<LngLat>) -> Option<f64> {
        let near = self.near?;
        Some(Metric::at(near.lat).distance(near, at?))
    }

    /// The buildings of a road or estate that is typed in full, and the rooms of a building.
    fn below(&self, prefix: &str, normal: &Normal) -> Vec<Candidate<'a>> {
        let decision = decide(self.index, prefix);
        let typed: String = {
            let from = normal.chars.iter().rposition(|c| !is_numberish(*c)).map_or(0, |at| at + 1);
            normal.chars[from..].iter().collect()
        };
        // Behind a whole number that is not there, the others are none: 秋实路9号.
        let is_gone = |fault: &Fault| fault.kind == FaultKind::Unconfirmed;
        if typed.is_empty() && decision.faults.iter().any(is_gone) && decision.level() < MatchLevel::Building {
            return Vec::new();
        }
        if decision.status == GeocodeStatus::Ambiguous {
            let found = decision.alternatives.into_iter().enumerate();
            return found.map(|(at, found)| Candidate::place(found, (SAID, at as f64))).collect();
        }
        // Words that are not understood may be the beginning of something else.
        let said = if decision.rests.is_empty() { SAID } else { PARTLY };
        let is_found = |found: &Found| found.level >= MatchLevel::Road && found.place.is_some();
        let Some(found) = decision.found.filter(is_found) else { return Vec::new() };
        let Some(place) = found.place else { return Vec::new() };
        match found.level {
            MatchLevel::Room => vec![Candidate::place(found, (said, 0.0))],
            level if level >= MatchLevel::Building => {
                let mut rooms = self.rooms(place, if decision.complete { "" } else { &typed }, said);
                rooms.push(Candidate::place(found, (said, -1.0)));
                rooms
            }
            _ => self.buildings(place, &found, &typed, &whole_numbers(self.index, normal), said.max(NAMED)),
        }
    }

    fn rooms(&self, place: u32, typed: &str, fits: u8) -> Vec<Candidate<'a>> {
        let rows = self
            .index
            .tails(place)
            .zip(self.index.rows(place))
            .filter(|(tail, _)| *tail != TailKey::WHOLE && tail.room_chars().starts_with(typed));
        let found = |row: u32| Found {
            level: MatchLevel::Room,
            row: Some(row),
            place: Some(place),
            area: self.index.grid(place),
        };
        let candidates = rows.take(WEIGHED).enumerate();
        candidates.map(|(at, (_, row))| Candidate::place(found(*row), (fits, at as f64))).collect()
    }

    /// The buildings of the same name that have the numbers that were typed in full, and whose next number begins as typed.
    fn buildings(&self, place: u32, found: &Found, typed: &str, whole: &[Element], fits: u8) -> Vec<Candidate<'a>> {
        let names: Vec<u32> = self
            .index
            .elements(place)
            .filter_map(|e| if let Element::Name(name) = e { Some(name) } else { None })
            .collect();
        let is_asked = |name: &&u32| words::is_road(self.index.name_text(**name)) == (found.level == MatchLevel::Road);
        let Some(name) = names.iter().find(is_asked).or(names.first()) else { return Vec::new() };
        let begins = |place: &u32| {
            let has_area = found.area.is_none_or(|area| self.index.is_in(self.index.grid(*place), area));
            let mut numbers = self
                .index
                .elements(*place)
                .filter_map(|e| if let Element::Number(_, value) = e { Some(value) } else { None });
            let has_whole = whole.iter().all(|number| self.index.elements(*place).any(|element| element == *number));
            has_area && has_whole && (typed.is_empty() || numbers.any(|value| value.text().starts_with(typed)))
        };
        let places = self.index.places_of_name(*name).iter().copied().take(8 * WEIGHED).filter(begins).take(WEIGHED);
        let candidate = |place: u32| {
            let row = self.index.whole(place);
            let found = Found { level: MatchLevel::Building, row, place: Some(place), area: self.index.grid(place) };
            Candidate::place(found, (fits, self.place_away(place).unwrap_or(f64::from(place))))
        };
        places.map(candidate).collect()
    }
}

/// The numbers of a text that say what they count.
fn whole_numbers(index: &GeoIndex, normal: &Normal) -> Vec<Element> {
    let numbers = Reading::of(index, normal).numbers.into_iter().map(|counted| counted.number);
    let said = numbers.filter(|number| Class::OF_STEM.contains(&number.class) && number.joint == Joint::Single);
    said.filter_map(|number| Some(Element::Number(number.class, *number.values.first()?))).collect()
}

/// What stands under the keys that begin so.
fn with_prefix<T>(automaton: &Automaton, prefix: &str, read: impl Fn(&[u8], u64) -> Option<T>) -> Vec<T> {
    let mut stream = automaton.range().ge(prefix).into_stream();
    let mut found = Vec::new();
    while let Some((key, output)) = stream.next() {
        if !key.starts_with(prefix.as_bytes()) || found.len() == WEIGHED {
            break;
        }
        found.extend(read(key, output.value()));
    }
    found
}
