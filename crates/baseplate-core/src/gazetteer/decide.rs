//! From a text to one answer: the entry of the geocoder.
//!
//! The steps go from what is certain to what has to be weighed, and the first that gives an answer ends the
//! search. The text may be an address of the library letter by letter or element by element; it may be one
//! behind a label (地址：…) or in front of a remark that says nothing. Otherwise it is read along the names of
//! the city. If that reading leaves words over, the text is read once more with names that are nearly spelt
//! so, and the better of the two answers is taken.
//!
//! From one reading the numbers are understood in up to 24 ways (`interpret.rs`). For each the places that
//! have all numbers are searched, the cheapest complete answer wins, and the loop ends early when no other
//! way could be cheaper. If no place has all numbers the answer stops above them (`stopped.rs`), and if
//! there is no name at all it may be an area (`areas.rs`). The work is bounded whatever the text is: its
//! normal form has at most 256 characters, and every step has a limit of its own.

use super::{
    class::Class,
    decision::{DOUBTFUL, Decision, GUESSED},
    faults::element_of,
    index::GeoIndex,
    interpret::{Interpretation, interpretations},
    judge::{ALIKE, Judge},
    normal::Normal,
    prefix::label_end,
    reading::Reading,
    rest::remarks_at,
    words, written,
};
use crate::verdict::{Fault, FaultKind, GeocodeStatus, MatchLevel};

/// The answer to a text as people write it. A text of which nothing is left in its normal form is
/// [`GeocodeStatus::Invalid`]; any other gets an answer, if need be that nothing in it is known.
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
pub(crate) fn without_exact(index: &GeoIndex, text: &str) -> Decision {
    let normal = Normal::of(text);
    written::element_by_element(index, &normal).unwrap_or_else(|| read(index, &normal))
}

/// The answer to a text that is read by its names and numbers, first as it is spelt, then corrected.
///
/// The corrected reading is tried only if something was not understood. It wins if it finds something where
/// the first found nothing, leads to a whole answer or to a door at least, or else costs less. Where both
/// come to the same answer, the corrected one explains more of the text and the lower cost is kept.
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

/// The answer to one reading, and all that is taken away from it afterwards: words that may mean another
/// place end it, words of relation (对面) make it the road, a contradicting name or a guess lowers its
/// confidence, and the address code goes wherever something was asked for that was not found.
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

impl Judge<'_> {
    /// The best answer over all ways to understand the numbers: a complete one before others, then the
    /// cheapest. A way costs 15 hundredths for each step that it is far-fetched, so once a complete answer
    /// costs no more than that, no later way can be better.
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

    /// The answer if the numbers are understood in this way; `None` if no place has them all. Places whose
    /// costs differ by less than [`ALIKE`] are alike, and what they have in common is answered.
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

    /// Adds the other buildings or rooms that the text names (101、102室) to the answer. If one of them is
    /// not in the library, none is trusted: the answer becomes the door, or the building without a room.
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
}
