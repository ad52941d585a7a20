//! Counts of people: what the releases have published, and where in this generation it is shown.

use super::{
    BuildError, BuildOptions, Context, Progress, Tables,
    counts::{Estimates, Numbers as Counted},
    h3_cell,
    log::Log,
};
use crate::{
    model::Level,
    release::{Attribute, Beginning, Census, Column, Numbers, OTHER, Place, State, Told, Tree, cut_areas},
    source::{AttributeTitles, ReleaseEvery},
    spatial::{CellFinder, LngLat},
    store::{
        AttributeInfo, PeopleRelease,
        blocks::{BlockColumns, write_grids},
        map::map,
        names::{BLOCK_GRIDS, BLOCKS},
    },
};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use h3o::{CellIndex, Resolution};
use rayon::prelude::*;
use std::{collections::BTreeMap, path::Path};
use xxhash_rust::xxh3::xxh3_64;

/// Where people of a block are counted.
#[derive(Clone, Copy)]
pub(super) enum Spot {
    Building(u32),
    /// An address without a building.
    Address(u32),
    /// Where the place of a block was, if it is in the sources no more.
    Gone(LngLat),
}

/// What is published, and where it is shown.
pub(super) struct Released {
    pub(super) state: State,
    pub(super) numbers: Numbers,
    /// For each block a number that is the same for all whose households were counted together.
    pub(super) bonds_of_households: Vec<u32>,
    /// For each block where it is counted.
    pub(super) spots: Vec<Spot>,
    /// All places of this generation that are in a block, and those that blocks are counted at.
    members: Vec<(u32, Spot)>,
    /// Whether this build made a release.
    pub(super) is_new: bool,
    /// Whether the state has to be kept anew.
    pub(super) is_changed: bool,
}

/// The key by which a place is known from build to build.
fn place_key(entity: &str, code: &str) -> u64 {
    xxh3_64(format!("{entity}:{code}").as_bytes())
}

impl Context<'_> {
    /// Makes a release if one is due, else takes over what the last one published.
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
        let state = match file.exists() && !options.new_people_series {
            true => {
                let bytes = map(file).map_err(BuildError::write(file))?;
                Some(State::read(bytes).map_err(|e| fail(format!("{e}: put the file back from the backup")))?)
            }
            false => None,
        };
        check(state.as_ref(), published).map_err(fail)?;
        let today = Utc::now().date_naive();
        let places = self.places(tables);
        let mut is_renamed = false;
        let (state, is_new) = match state {
            Some(mut state) => {
                if state.key != key.fingerprint() {
                    let former = self.former_key.filter(|former| former.fingerprint() == state.key);
                    former.ok_or_else(|| fail(OTHER_KEY.to_owned()))?;
                    let tokens = tables.people.tokens.iter().map(|token| token.head());
                    let mut renamed: Vec<_> = tables.people.former.iter().copied().zip(tokens).collect();
                    renamed.sort_unstable();
                    renamed.dedup();
                    state.rename(&renamed, key.fingerprint());
                    is_renamed = true;
                }
                let last = state.days.last().copied().unwrap_or_default();
                let is_due = options.release_people || is_due(self.spec.plate.people_release, day_of(last), today);
                if is_due {
                    let told = state.next(number_of(today), &self.census(tables, &places));
                    note(&state, &told, log);
                }
                (state, is_due)
            }
            None => {
                let beginning = Beginning {
                    day: number_of(today),
                    key: key.fingerprint(),
                    threshold: self.spec.plate.suppress_below,
                    tree: self.release_tree(),
                };
                match State::first(beginning, &self.census(tables, &places)) {
                    Some(state) => {
                        if self.spec.plate.people_state.is_none() {
                            log.notes.push(ELSEWHERE.to_owned());
                        }
                        (state, true)
                    }
                    None => {
                        let least = self.spec.plate.suppress_below;
                        log.notes.push(format!("there are fewer than {least} people in all: they are not counted"));
                        return Ok(None);
                    }
                }
            }
        };
        if state.threshold != self.spec.plate.suppress_below {
            let (kept, wanted) = (state.threshold, self.spec.plate.suppress_below);
            log.notes.push(format!(
                "suppress_below is {wanted} in the spec, but people are counted with {kept}, as at their first release"
            ));
        }
        Ok(Some(Released { is_changed: is_new || is_renamed, ..Released::new(state, is_new, &places) }))
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
            let (point, place) = (addresses.point(row), addresses.order[row as usize]);
            let key = place_key("address", addresses.codes.get(place as usize));
            (
                Spot::Address(row),
                Place { key, area: first_grid(addresses.grids.get(&place)), point: [point.lng, point.lat] },
            )
        });
        of_buildings.chain(of_addresses).collect()
    }

    /// Everybody where they are counted.
    fn census(&self, tables: &Tables<'_>, places: &[(Spot, Place)]) -> Census {
        let (people, addresses) = (tables.people, tables.addresses);
        let mut of_building = vec![u32::MAX; tables.buildings.len()];
        let first_address = addresses.starts[tables.buildings.len()];
        let mut of_address = vec![u32::MAX; addresses.len() - first_address as usize];
        for (place, (spot, _)) in (0..).zip(places) {
            match spot {
                Spot::Building(row) => of_building[*row as usize] = place,
                Spot::Address(row) => of_address[(row - first_address) as usize] = place,
                Spot::Gone(_) => {}
            }
        }
        let place_of = |address: u32| match addresses.building(address) {
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
        let mut households: Vec<(u64, u32)> = homes.into_iter().map(|home| (home_key(home), place_of(home))).collect();
        households.par_sort_unstable();
        households.dedup_by_key(|(key, _)| *key);
        rows.iter_mut().for_each(|(_, address)| *address = place_of(*address));
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

    /// The grid of a coverage, by its place among them, that a spot lies in.
    pub(super) fn grid_of(&self, tables: &Tables<'_>, spot: Spot, coverage: usize) -> Option<u32> {
        match spot {
            Spot::Building(row) => tables.buildings.grids[row as usize].get(coverage).copied().flatten(),
            Spot::Address(row) => tables.grids_of_address(row).get(coverage).copied().flatten(),
            Spot::Gone(point) => self.grids_at(point).get(coverage).copied().flatten(),
        }
    }

    /// What is kept of the blocks, so that other areas can be counted.
    pub(super) fn write_blocks(&self, tables: &Tables<'_>, released: Option<&Released>) -> Result<(), BuildError> {
        let columns = released.map_or_else(BlockColumns::default, |released| {
            let places: Vec<_> = released.spots.iter().map(|spot| tables.place_of(*spot)).collect();
            BlockColumns {
                people: released.numbers.people.clone(),
                points: places.iter().map(|(point, _)| *point).collect(),
                h3: places.iter().map(|(_, cell)| *cell).collect(),
                attributes: released.numbers.attributes.clone(),
            }
        });
        self.write_file(BLOCKS, &columns.write())?;
        let spots = released.map_or(&[][..], |released| &released.spots);
        let grids = |coverage| spots.iter().map(|spot| self.grid_of(tables, *spot, coverage)).collect();
        self.write_file(BLOCK_GRIDS, &write_grids((0..self.coverages.len()).map(grids)))
    }

    /// The grids whose numbers are estimates, because they hold a part of what was counted together.
    pub(super) fn cut_grids(&self, tables: &Tables<'_>, released: &Released, bonds: &[u32]) -> Vec<bool> {
        let mut cut = vec![false; self.grids.len()];
        for coverage in 0..self.coverages.len() {
            let ground: Vec<(u32, Option<u32>)> =
                released.members.iter().map(|(block, spot)| (*block, self.grid_of(tables, *spot, coverage))).collect();
            for level in Level::ALL {
                let is_level = |row: &u32| self.grids.drafts[*row as usize].level == level;
                let above: Vec<Option<u32>> = (0..self.grids.len() as u32)
                    .map(|row| std::iter::once(row).chain(self.above(row)).find(is_level))
                    .collect();
                let places = ground.iter().map(|(block, grid)| (*block, grid.and_then(|row| above[row as usize])));
                let of_level = cut_areas(bonds, self.grids.len(), places);
                cut.iter_mut().zip(of_level).for_each(|(cut, of_level)| *cut |= of_level);
            }
        }
        cut
    }

    /// The grids whose numbers by category are estimates: those that hold a part of what was counted together, and those whose people were
    /// counted anew since their categories were.
    pub(super) fn category_estimates(&self, tables: &Tables<'_>, released: &Released, of: &Attribute) -> Vec<bool> {
        let mut estimated = self.cut_grids(tables, released, &of.cells.bonds_of_blocks());
        let is_scaled = of.is_scaled(&released.state.people);
        for spot in released.members.iter().filter(|(block, _)| is_scaled[*block as usize]).map(|(_, spot)| *spot) {
            for grid in (0..self.coverages.len()).filter_map(|coverage| self.grid_of(tables, spot, coverage)) {
                std::iter::once(grid).chain(self.above(grid)).for_each(|area| estimated[area as usize] = true);
            }
        }
        estimated
    }

    /// The cells of a resolution with people: how many, in how many homes, and which of that is an estimate.
    pub(super) fn people_by_cell(
        &self,
        tables: &Tables<'_>,
        released: &Released,
        resolution: Resolution,
    ) -> Vec<(CellIndex, Counted, Estimates)> {
        let mut finder = CellFinder::new(resolution);
        let mut numbers = BTreeMap::<CellIndex, u32>::new();
        let mut cell_of = |spot: Spot| {
            let (point, finer) = tables.place_of(spot);
            finder.cell(point, CellIndex::try_from(finer?).ok()?)
        };
        let mut number = |cell: CellIndex| {
            let next = numbers.len() as u32;
            *numbers.entry(cell).or_insert(next)
        };
        let members: Vec<(u32, Option<u32>)> =
            released.members.iter().map(|(block, spot)| (*block, cell_of(*spot).map(&mut number))).collect();
        let spots: Vec<Option<u32>> = released.spots.iter().map(|spot| cell_of(*spot).map(&mut number)).collect();
        let mut sums = vec![Counted::default(); numbers.len()];
        for (block, cell) in spots.iter().enumerate() {
            let Some(cell) = cell else { continue };
            sums[*cell as usize].add(released.of(block));
        }
        let cut = |bonds: &[u32]| cut_areas(bonds, numbers.len(), members.iter().copied());
        let (people, households) = (cut(&released.state.people.bonds), cut(&released.bonds_of_households));
        let cell = |(cell, number): (CellIndex, u32)| {
            let number = number as usize;
            let households = households[number] || released.is_untold_of_households();
            (cell, sums[number], Estimates { people: people[number], households })
        };
        numbers.into_iter().map(cell).collect()
    }
}

impl Tables<'_> {
    /// Where a spot is, and its fine cell.
    pub(super) fn place_of(&self, spot: Spot) -> (LngLat, Option<u64>) {
        match spot {
            Spot::Building(row) => (self.buildings.points[row as usize], self.buildings.h3[row as usize]),
            Spot::Address(row) => (self.addresses.point(row), self.addresses.h3(row)),
            Spot::Gone(point) => (point, h3_cell(point)),
        }
    }
}

impl State {
    /// What tells all that was published up to a release, as the manifest has it.
    fn told(&self, number: u32) -> String {
        let release = number.checked_sub(1).and_then(|before| self.trail.get(before as usize));
        format!("{:016x}", release.copied().unwrap_or_default())
    }
}

impl Released {
    fn new(state: State, is_new: bool, places: &[(Spot, Place)]) -> Self {
        let numbers = Numbers::of(&state);
        let points = state.points.chunks_exact(2);
        let mut spots: Vec<Spot> = points.map(|point| Spot::Gone(LngLat::new(point[0], point[1]))).collect();
        let mut members = Vec::with_capacity(places.len());
        for (spot, place) in places {
            let Some(block) = state.block_of(place.key) else { continue };
            members.push((block, *spot));
            if state.keys[block as usize] == place.key {
                spots[block as usize] = *spot;
            }
        }
        // What is counted of places that are gone is counted where their block is.
        let stands = |(block, spot): (usize, &Spot)| matches!(spot, Spot::Gone(_)).then_some((block as u32, *spot));
        members.extend(spots.iter().enumerate().filter_map(stands));
        let bonds_of_households = state.households.bonds_of_blocks();
        Self { state, numbers, bonds_of_households, spots, members, is_new, is_changed: is_new }
    }

    /// Whether there are too few households to tell of any.
    pub(super) fn is_untold_of_households(&self) -> bool {
        self.state.households.width == 0
    }

    /// The numbers of a block.
    pub(super) fn of(&self, block: usize) -> Counted {
        Counted { people: self.numbers.people[block], households: self.numbers.households[block], ..Counted::default() }
    }

    /// The attributes by which people are counted, as the manifest has them.
    pub(super) fn attributes(&self, titles: &BTreeMap<String, AttributeTitles>) -> Vec<AttributeInfo> {
        let describe = |attribute: &Attribute| AttributeInfo {
            name: attribute.name.clone(),
            categories: attribute.words.kept.iter().cloned().chain([OTHER.to_owned()]).collect(),
            titles: titles.get(&attribute.name).cloned().unwrap_or_default(),
        };
        self.state.attributes.iter().map(describe).collect()
    }

    /// What the manifest says of it.
    pub(super) fn describe(&self) -> PeopleRelease {
        let day = self.state.days.last().copied().unwrap_or_default();
        PeopleRelease {
            series: format!("{:016x}", self.state.series),
            number: self.state.days.len() as u32,
            day: day_of(day).to_string(),
            published: self.state.told(self.state.days.len() as u32),
            people: self.numbers.people.iter().map(|n| u64::from(*n)).sum(),
            households: self.numbers.households.iter().map(|n| u64::from(*n)).sum(),
        }
    }
}

const OTHER_KEY: &str = "it was made with another key, and nobody in it would be known again: build with that key, or give it as \
     well, with --former-key-file and --accept";

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

/// Whether a state goes on where the published generation stopped.
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

/// Whether a period has begun since the last release.
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

/// A day by its number since 1970-01-01.
fn day_of(number: u32) -> NaiveDate {
    DateTime::from_timestamp(i64::from(number) * 86_400, 0).unwrap_or_default().date_naive()
}

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
