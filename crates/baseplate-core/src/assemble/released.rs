//! Counts of people that were released, and where in this generation they are shown.
//!
//! A block is counted at one spot: the building or address of its place, or where that was last if it is
//! gone. The numbers of a grid or cell are the sums over the blocks whose spots it holds; if it holds some
//! places of a block and not all, or a part of what was counted together, its number is an estimate.

use super::{
    context::Context,
    counted::{Counted, Estimates},
    error::BuildError,
    tables::Tables,
};
use crate::{
    model::Level,
    release::{Attribute, Numbers, OTHER, Place, State, cut_areas},
    spatial::{CellFinder, LngLat, h3_cell},
    store::{
        AttributeInfo, AttributeTitles, AttributeType, Audience, PeopleRelease,
        blocks::{BlockColumns, write_grids},
        names::{BLOCK_GRIDS, BLOCKS},
    },
};
use chrono::{DateTime, NaiveDate};
use h3o::{CellIndex, Resolution};
use std::collections::BTreeMap;

/// Where people of a block are counted.
#[derive(Clone, Copy)]
pub(super) enum Spot {
    /// The row of a building.
    Building(u32),
    /// The row of an address without a building.
    Address(u32),
    /// Where the place of a block was, if it is in the sources no more.
    Gone(LngLat),
}

/// What is published, and where it is shown.
pub(super) struct Released {
    /// The state of the releases.
    pub(super) state: State,
    /// What is published of each block.
    pub(super) numbers: Numbers,
    /// For each block a number that is the same for all whose households were counted together.
    pub(super) bonds_of_households: Vec<u32>,
    /// For each block where it is counted.
    pub(super) spots: Vec<Spot>,
    /// All places of this generation that are in a block, and those that blocks are counted at: the block,
    /// and the spot.
    members: Vec<(u32, Spot)>,
    /// Whether this build made a release.
    pub(super) is_new: bool,
    /// Whether the state has to be kept anew.
    pub(super) is_changed: bool,
}

impl Context<'_> {
    /// The grid of a coverage, by its index, that a spot lies in.
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
            let points: Vec<_> = released.spots.iter().map(|spot| tables.point_and_cell(*spot)).collect();
            BlockColumns {
                people: released.numbers.people.clone(),
                points: points.iter().map(|(point, _)| *point).collect(),
                h3: points.iter().map(|(_, cell)| *cell).collect(),
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
                let of_blocks = ground.iter().map(|(block, grid)| (*block, grid.and_then(|row| above[row as usize])));
                let of_level = cut_areas(bonds, self.grids.len(), of_blocks);
                cut.iter_mut().zip(of_level).for_each(|(cut, of_level)| *cut |= of_level);
            }
        }
        cut
    }

    /// The grids whose numbers by category are estimates: those that hold a part of what was counted together, and those whose people were
    /// counted anew since their categories were.
    pub(super) fn category_estimates(
        &self,
        tables: &Tables<'_>,
        released: &Released,
        attribute: &Attribute,
    ) -> Vec<bool> {
        let mut estimated = self.cut_grids(tables, released, &attribute.cells.bonds_of_blocks());
        let is_scaled = attribute.is_scaled(&released.state.people);
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
            let (point, finer) = tables.point_and_cell(spot);
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
            sums[*cell as usize] += released.of(block);
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
    pub(super) fn point_and_cell(&self, spot: Spot) -> (LngLat, Option<u64>) {
        match spot {
            Spot::Building(row) => (self.buildings.points[row as usize], self.buildings.h3[row as usize]),
            Spot::Address(row) => (self.addresses.point(row), self.addresses.h3(row)),
            Spot::Gone(point) => (point, h3_cell(point)),
        }
    }
}

impl State {
    /// What tells all that was published up to a release, as the manifest has it.
    pub(super) fn told(&self, number: u32) -> String {
        let release = number.checked_sub(1).and_then(|before| self.trail.get(before as usize));
        format!("{:016x}", release.copied().unwrap_or_default())
    }
}

impl Released {
    /// What a state publishes, shown at the places of this generation.
    pub(super) fn new(state: State, is_new: bool, is_changed: bool, places: &[(Spot, Place)]) -> Self {
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
        Self { state, numbers, bonds_of_households, spots, members, is_new, is_changed }
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
            of: AttributeType::Category,
            name: attribute.name.clone(),
            categories: attribute.words.kept.iter().cloned().chain([OTHER.to_owned()]).collect(),
            titles: titles.get(&attribute.name).cloned().unwrap_or_default(),
            audience: Audience::Public,
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

/// A day by its number since 1970-01-01.
pub(super) fn day_of(number: u32) -> NaiveDate {
    DateTime::from_timestamp(i64::from(number) * 86_400, 0).unwrap_or_default().date_naive()
}
