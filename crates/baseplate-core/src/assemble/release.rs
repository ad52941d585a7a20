//! Releases of counts of people: whether one is due, and what is counted for it.
//!
//! The state of the releases lies beside the plate's generations. If a release is due, everybody is counted
//! (a census) and what may be told of the changes is published; otherwise the numbers of the last one are
//! shown again, for the grids as they are now. A state that is missing, older than what is published, or of
//! another series or key is an error: counts made anew beside those that somebody has seen would tell who
//! moved.

use super::{
    context::Context,
    error::BuildError,
    log::Log,
    options::BuildOptions,
    progress::Progress,
    released::{Released, Spot, day_of},
    tables::Tables,
};
use crate::{
    code::PersonKey,
    model::Level,
    release::{Beginning, Census, Column, Place, State, Told, Tree},
    source::ReleaseEvery,
    store::{PeopleRelease, map::map},
};
use chrono::{Datelike, NaiveDate, Utc};
use rayon::prelude::*;
use std::path::Path;
use xxhash_rust::xxh3::xxh3_64;

/// The key by which a place is known from build to build: a hash of what it is and of its code.
fn place_key(entity: &str, code: &str) -> u64 {
    xxh3_64(format!("{entity}:{code}").as_bytes())
}

impl Context<'_> {
    /// Makes a release if one is due, else takes over what the last one published; `None` if there are no
    /// people, or too few to count.
    ///
    /// # Errors
    /// [`BuildError::Releases`] if the state cannot be used.
    pub(super) fn release(
        &self,
        file: &Path,
        options: &BuildOptions,
        published: Option<&PeopleRelease>,
        tables: &Tables<'_>,
        log: &mut Log,
    ) -> Result<Option<Released>, BuildError> {
        let Some(key) = self.key.filter(|_| !self.spec.people.is_empty()) else { return Ok(None) };
        (self.on_progress)(Progress::Step("counting the people"));
        let published = published.filter(|_| !options.new_people_series);
        let fail = |reason: String| BuildError::Releases { path: file.to_owned(), reason };
        let stored = match file.exists() && !options.new_people_series {
            true => {
                let bytes = map(file).map_err(BuildError::write(file))?;
                Some(State::read(bytes).map_err(|e| fail(format!("{e}: put the file back from the backup")))?)
            }
            false => None,
        };
        check(stored.as_ref(), published).map_err(fail)?;
        let today = Utc::now().date_naive();
        let places = self.places(tables);
        let mut is_renamed = false;
        let (state, is_new) = match stored {
            Some(mut state) => {
                is_renamed = self.rename(&mut state, key, tables).map_err(fail)?;
                let last = state.days.last().copied().unwrap_or_default();
                let is_due = options.release_people || is_due(self.spec.plate.people_release, day_of(last), today);
                if is_due {
                    let told = state.next(number_of(today), &self.census(tables, &places));
                    note(&state, &told, log);
                }
                (state, is_due)
            }
            None => match self.first_release(key, today, &self.census(tables, &places), log) {
                Some(state) => (state, true),
                None => return Ok(None),
            },
        };
        if state.threshold != self.spec.plate.suppress_below {
            let (kept, wanted) = (state.threshold, self.spec.plate.suppress_below);
            log.notes.push(format!(
                "suppress_below is {wanted} in the spec, but people are counted with {kept}, as at their first release"
            ));
        }
        Ok(Some(Released::new(state, is_new, is_new || is_renamed, &places)))
    }

    /// Knows people again whose tokens were made with the former key. Returns whether that was needed.
    fn rename(&self, state: &mut State, key: &PersonKey, tables: &Tables<'_>) -> Result<bool, String> {
        if state.key == key.fingerprint() {
            return Ok(false);
        }
        let former = self.former_key.filter(|former| former.fingerprint() == state.key);
        former.ok_or_else(|| OTHER_KEY.to_owned())?;
        let tokens = tables.people.tokens.iter().map(|token| token.head());
        let mut renamed: Vec<_> = tables.people.former.iter().copied().zip(tokens).collect();
        renamed.sort_unstable();
        renamed.dedup();
        state.rename(&renamed, key.fingerprint());
        Ok(true)
    }

    /// Begins a series; `None` if there are too few people for one.
    fn first_release(&self, key: &PersonKey, today: NaiveDate, census: &Census, log: &mut Log) -> Option<State> {
        let threshold = self.spec.plate.suppress_below;
        let tree = self.release_tree();
        let state = State::first(Beginning { day: number_of(today), key: key.fingerprint(), threshold, tree }, census);
        if state.is_none() {
            log.notes.push(format!("there are fewer than {threshold} people in all: they are not counted"));
        } else if self.spec.plate.people_state.is_none() {
            log.notes.push(ELSEWHERE.to_owned());
        }
        state
    }

    /// The places where somebody may live, along the curve of the buildings, then of the addresses without one.
    fn places(&self, tables: &Tables<'_>) -> Vec<(Spot, Place)> {
        let (buildings, addresses) = (tables.buildings, tables.addresses);
        let first_grid = |grids: Option<&Vec<Option<u32>>>| grids.and_then(|grids| grids.first().copied().flatten());
        let has_address = |row: &u32| addresses.starts[*row as usize] < addresses.starts[*row as usize + 1];
        let of_buildings = (0..buildings.len() as u32).filter(has_address).map(|row| {
            let (point, at) = (buildings.points[row as usize], row as usize);
            let area = first_grid(buildings.grids.get(at));
            let key = place_key("building", &buildings.drafts[at].code);
            (Spot::Building(row), Place { key, area, point: [point.lng, point.lat] })
        });
        let without = addresses.starts[buildings.len()]..addresses.len() as u32;
        let of_addresses = without.map(|row| {
            let (point, position) = (addresses.point(row), addresses.order[row as usize]);
            let key = place_key("address", addresses.codes.get(position as usize));
            (
                Spot::Address(row),
                Place { key, area: first_grid(addresses.grids.get(&position)), point: [point.lng, point.lat] },
            )
        });
        of_buildings.chain(of_addresses).collect()
    }

    /// Everybody where they are counted: at the building of their address, or at the address if it has
    /// none.
    fn census(&self, tables: &Tables<'_>, places: &[(Spot, Place)]) -> Census {
        let (people, addresses) = (tables.people, tables.addresses);
        let mut of_building = vec![u32::MAX; tables.buildings.len()];
        let first_address = addresses.starts[tables.buildings.len()];
        let mut of_address = vec![u32::MAX; addresses.len() - first_address as usize];
        for (index, (spot, _)) in (0..).zip(places) {
            match spot {
                Spot::Building(row) => of_building[*row as usize] = index,
                Spot::Address(row) => of_address[(row - first_address) as usize] = index,
                Spot::Gone(_) => {}
            }
        }
        let index_of = |address: u32| match addresses.building(address) {
            Some(building) => of_building[building as usize],
            None => of_address[(address - first_address) as usize],
        };
        let token = |person: u32| people.tokens[person as usize].head();
        let counted = people.order.iter().copied().filter(|person| people.counts(*person));
        let mut rows: Vec<(u64, u32)> = counted.map(|person| (token(person), person)).collect();
        rows.par_sort_unstable();
        rows.dedup_by_key(|(token, _)| *token);
        rows.retain(|(_, person)| people.address(*person).is_some());
        let attributes = people.attributes.0.iter().map(|category| Column {
            name: category.name.clone(),
            words: category.words.clone(),
            of_person: rows.iter().map(|(_, person)| category.of_row[*person as usize].into()).collect(),
        });
        let attributes = attributes.collect();
        // Of each person the address, then the place: in one vector, because there are as many as people.
        rows.iter_mut().for_each(|(_, person)| *person = people.address(*person).unwrap_or_default());
        let mut homes: Vec<u32> = rows.iter().map(|(_, address)| *address).collect();
        homes.par_sort_unstable();
        homes.dedup();
        let home_key =
            |address: u32| xxh3_64(addresses.codes.get(addresses.order[address as usize] as usize).as_bytes());
        let mut households: Vec<(u64, u32)> = homes.into_iter().map(|home| (home_key(home), index_of(home))).collect();
        households.par_sort_unstable();
        households.dedup_by_key(|(key, _)| *key);
        rows.iter_mut().for_each(|(_, address)| *address = index_of(*address));
        Census { places: places.iter().map(|(_, place)| *place).collect(), people: rows, attributes, households }
    }

    /// The areas within which people are counted together: the grids of the first kind.
    fn release_tree(&self) -> Tree {
        let parents = self.first_kind_parents();
        let height = |row: usize| {
            let level = self.grids.drafts[row].level;
            Level::ALL.iter().position(|l| *l == level).unwrap_or_default() as u8 + 1
        };
        Tree::new(parents.iter().enumerate().map(|(row, parent)| (height(row), *parent)))
    }
}

/// Why a state that was made with another key cannot be used, and the cure.
const OTHER_KEY: &str = "it was made with another key, and nobody in it would be known again: build with that key, or give it as \
     well, with --former-key-file and --accept";

/// What is noted when a series begins inside a plate.
const ELSEWHERE: &str = "counts of people begin a series, which is kept in this plate: before you build this city into another \
     directory too, name a place for it in the spec ([plate] people_state), or the two would tell who has moved";

/// Says how much a release has counted.
fn note(state: &State, told: &Told, log: &mut Log) {
    let number = state.days.len();
    let (counted, all) = told.people.counted();
    log.notes.push(format!("release {number}: people were counted anew in {counted} of {all} blocks"));
    for (attribute, turn) in state.attributes.iter().zip(&told.attributes) {
        let (name, (counted, all)) = (&attribute.name, turn.counted());
        log.notes.push(format!("release {number}: {name} was counted anew in {counted} of {all} groups of blocks"));
    }
}

/// Looks whether a state goes on where the published generation stopped.
///
/// # Errors
/// A sentence that says why not, and what to do.
fn check(state: Option<&State>, published: Option<&PeopleRelease>) -> Result<(), String> {
    let Some(published) = published else { return Ok(()) };
    let said = |what: &str| {
        format!(
            "{what}. Counts made anew beside those of release {} of {} would tell who has moved: put the file back from the \
             backup, or begin a new series with --new-people-series if nobody has seen the former counts",
            published.number, published.day
        )
    };
    match state {
        None => {
            Err(said("it is missing (if people_state is new in the spec, copy people-releases.bin of the plate there)"))
        }
        Some(state) if format!("{:016x}", state.series) != published.series => {
            Err(said("it belongs to another series"))
        }
        Some(state) if (state.days.len() as u32) < published.number => Err(said("it is older than what is published")),
        Some(state) if state.told(published.number) != published.published => {
            Err(said("it has published other numbers than this plate"))
        }
        Some(_) => Ok(()),
    }
}

/// Whether a month, quarter or year has begun since the last release. A clock that went back makes none
/// due.
fn is_due(every: ReleaseEvery, last: NaiveDate, today: NaiveDate) -> bool {
    let months = |day: NaiveDate| day.year() * 12 + day.month0() as i32;
    let length = match every {
        ReleaseEvery::Monthly => 1,
        ReleaseEvery::Quarterly => 3,
        ReleaseEvery::Yearly => 12,
        ReleaseEvery::OnCommand => return false,
    };
    months(today).div_euclid(length) > months(last).div_euclid(length)
}

/// A day as its number since 1970-01-01; 0 for earlier ones.
fn number_of(day: NaiveDate) -> u32 {
    (day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() / 86_400).max(0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_due_when_its_period_has_begun() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let due = |every, last: &str, today: &str| is_due(every, day(last), day(today));
        assert!(!due(ReleaseEvery::Quarterly, "2026-10-01", "2026-12-31"));
        assert!(due(ReleaseEvery::Quarterly, "2026-12-31", "2027-01-01"));
        assert!(due(ReleaseEvery::Monthly, "2026-01-31", "2026-02-01"));
        assert!(!due(ReleaseEvery::Yearly, "2026-01-01", "2026-12-31"));
        assert!(!due(ReleaseEvery::OnCommand, "2020-01-01", "2026-12-31"));
        assert!(!due(ReleaseEvery::Monthly, "2026-05-01", "2026-04-01"), "a clock that went back");
        assert_eq!(day_of(number_of(day("2026-11-28"))), day("2026-11-28"));
    }
}
