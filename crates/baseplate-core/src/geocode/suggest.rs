//! Completions of what is being typed.

use super::{
    answer::{GeocodeStatus, MatchLevel, Suggestion},
    decide::decide,
    decision::Found,
    index::{Automaton, Form, GeoIndex, Meaning},
    normal::{Normal, is_numberish},
    place, words,
};
use crate::{
    model::Level,
    plate::Baseplate,
    spatial::{LngLat, Metric},
};
use fst::{IntoStreamer, Streamer};

/// Terms, places or rooms that are weighed for one answer: a bound on the work.
const WEIGHED: usize = 200;
/// Characters of a name that is being typed.
const FRAGMENT: usize = 12;

/// A completion on its way.
struct Candidate {
    found: Found,
    /// Smaller is better: first how it fits, then how far it is or how rare.
    rank: (u8, f64),
}

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
    let mut candidates = typing.codes(prefix);
    if candidates.is_empty() {
        candidates = typing.below(prefix, &normal);
        candidates.extend(typing.names(&normal));
    }
    candidates.sort_by(|a, b| a.rank.0.cmp(&b.rank.0).then(a.rank.1.total_cmp(&b.rank.1)));
    let mut suggestions: Vec<Suggestion<'a>> = Vec::new();
    for candidate in candidates {
        let suggestion = typing.suggestion(&candidate.found);
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
    fn suggestion(&self, found: &Found) -> Suggestion<'a> {
        let place = place::described(self.plate, self.index, found);
        // A division, or the grid of any kind whose code is being typed: that itself, not what lies above it.
        let is_area = found.row.is_none() && found.place.is_none();
        let area = found.area.filter(|_| is_area).and_then(|row| self.plate.grid_row(row));
        let grid = area.filter(|grid| grid.level() == Some(Level::Grid)).map_or("", |grid| grid.name());
        let code = place.address_code.or(place.building_code).or(area.map(|grid| grid.code()));
        Suggestion { text: place.standard_address + grid, level: found.level, code, at: place.at }
    }

    /// What has a code that begins so.
    fn codes(&self, prefix: &str) -> Vec<Candidate> {
        let code = crate::code::fold_code(prefix.trim()).to_ascii_uppercase();
        let digits = code.chars().filter(char::is_ascii_digit).count();
        if digits < 6 || !code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Vec::new();
        }
        let rows = self.plate.starting_with(&code, WEIGHED / 40);
        rows.into_iter()
            .filter_map(|thing| self.plate.found(&thing))
            .enumerate()
            .map(|(at, found)| Candidate { found, rank: (0, at as f64) })
            .collect()
    }

    /// Roads, estates and divisions whose names begin with the end of the text.
    fn names(&self, normal: &Normal) -> Vec<Candidate> {
        let chars = &normal.chars;
        let latin = chars.iter().all(|c| c.is_ascii_alphanumeric());
        if latin && chars.iter().any(|c| c.is_ascii_alphabetic()) {
            let typed: String = chars.iter().collect::<String>().to_ascii_lowercase();
            let terms = with_prefix(self.index.pinyin(), &typed, |key, _| {
                let tail = key.len().checked_sub(4).and_then(|at| key.get(at..))?;
                Some(u32::from_be_bytes(tail.try_into().ok()?))
            });
            return self.weigh(terms, None);
        }
        let context = self.context(normal);
        for from in chars.len().saturating_sub(FRAGMENT)..chars.len() {
            let fragment: String = chars[from..].iter().collect();
            let terms = with_prefix(self.index.terms(), &fragment, |_, term| Some(term as u32));
            let own = |term: &u32| {
                self.index.meanings(*term).any(|m| matches!(m, Meaning::Name(_) | Meaning::Division { .. }))
            };
            let terms: Vec<u32> = terms.into_iter().filter(own).collect();
            if !terms.is_empty() {
                return self.weigh(terms, context);
            }
        }
        Vec::new()
    }

    /// The area that the text names.
    fn context(&self, normal: &Normal) -> Option<u32> {
        let reading = super::reading::Reading::of(self.index, normal);
        let rows = reading.mentions.iter().filter(|m| m.rows.len() == 1).filter_map(|m| m.rows.first().copied());
        rows.min_by_key(|row| self.index.level(*row))
    }

    fn weigh(&self, terms: Vec<u32>, context: Option<u32>) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        for term in terms {
            for meaning in self.index.meanings(term) {
                match meaning {
                    Meaning::Name(name) => candidates.extend(self.name(name, context)),
                    Meaning::Division { row, form: Form::Full } => {
                        // The city that the plate is named after is no grid, and nothing to go to.
                        let Some(grid) = self.plate.grid_row(row) else { continue };
                        let level = self.level_of(row);
                        let found = Found { level, row: None, place: None, area: Some(row) };
                        let away = self.away(grid.label_point());
                        let size = f64::from(self.index.level(row));
                        candidates.push(Candidate { found, rank: (2, away.unwrap_or(-size)) });
                    }
                    _ => {}
                }
            }
        }
        candidates
    }

    fn level_of(&self, row: u32) -> MatchLevel {
        match Level::ALL.into_iter().find(|level| *level as u8 == self.index.level(row)) {
            Some(Level::Subdistrict) => MatchLevel::Subdistrict,
            Some(Level::District) => MatchLevel::District,
            Some(Level::City) => MatchLevel::City,
            _ => MatchLevel::Community,
        }
    }

    /// A road or estate, at the place of it that is in the area or near.
    fn name(&self, name: u32, context: Option<u32>) -> Option<Candidate> {
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
        let outside = u8::from(!inside(&&place));
        let away = self.place_away(place).unwrap_or(-(places.len() as f64));
        let area = self.index.chain(self.index.grid(place)).nth(1).or(self.index.grid(place));
        let found = Found { level, row: None, place: Some(place), area };
        Some(Candidate { found, rank: (1 + 2 * outside, away) })
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
    fn below(&self, prefix: &str, normal: &Normal) -> Vec<Candidate> {
        let decision = decide(self.index, prefix);
        let typed: String = {
            let from = normal.chars.iter().rposition(|c| !is_numberish(*c)).map_or(0, |at| at + 1);
            normal.chars[from..].iter().collect()
        };
        if decision.status == GeocodeStatus::Ambiguous {
            let found = decision.alternatives.into_iter().enumerate();
            return found.map(|(at, found)| Candidate { found, rank: (0, at as f64) }).collect();
        }
        let Some(found) = decision.found.filter(|found| found.level >= MatchLevel::Road && found.place.is_some())
        else {
            return Vec::new();
        };
        let Some(place) = found.place else { return Vec::new() };
        match found.level {
            MatchLevel::Room => vec![Candidate { found, rank: (0, 0.0) }],
            level if level >= MatchLevel::Building => {
                let mut rooms = self.rooms(place, if decision.complete { "" } else { &typed });
                rooms.push(Candidate { found, rank: (0, -1.0) });
                rooms
            }
            _ => self.buildings(place, &found, &typed),
        }
    }

    fn rooms(&self, place: u32, typed: &str) -> Vec<Candidate> {
        let rows = self
            .index
            .tails(place)
            .zip(self.index.rows(place))
            .filter(|(tail, _)| *tail != super::tail::TailKey::WHOLE && tail.room_chars().starts_with(typed));
        let found = |row: u32| Found {
            level: MatchLevel::Room,
            row: Some(row),
            place: Some(place),
            area: self.index.grid(place),
        };
        let candidates = rows.take(WEIGHED).enumerate();
        candidates.map(|(at, (_, row))| Candidate { found: found(*row), rank: (0, at as f64) }).collect()
    }

    /// The buildings of the same name whose next number begins as typed.
    fn buildings(&self, place: u32, found: &Found, typed: &str) -> Vec<Candidate> {
        use super::index::Element;
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
            has_area && (typed.is_empty() || numbers.any(|value| value.text().starts_with(typed)))
        };
        let places = self.index.places_of_name(*name).iter().copied().take(8 * WEIGHED).filter(begins).take(WEIGHED);
        let candidate = |place: u32| {
            let row = self.index.whole(place);
            let found = Found { level: MatchLevel::Building, row, place: Some(place), area: self.index.grid(place) };
            Candidate { found, rank: (1, self.place_away(place).unwrap_or(f64::from(place))) }
        };
        places.map(candidate).collect()
    }
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
