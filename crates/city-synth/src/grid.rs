//! A grid with all that stands in it, as long as it is being written.

use std::ops::Range;

use crate::address::{ListedRoom, Location};
use crate::ancestry::Ancestry;
use crate::building::Building;
use crate::division::Community;
use crate::geometry::Quad;
use crate::lot::{Lot, Part};
use crate::random::{Purpose, Random};

/// A grid.
pub(crate) struct Grid<'a> {
    /// The community it belongs to.
    pub(crate) community: &'a Community,
    /// The divisions above it.
    pub(crate) ancestry: &'a Ancestry,
    /// The lot it is part of.
    pub(crate) lot: &'a Lot,
    /// Which part of the lot.
    pub(crate) part: Part,
    /// Its buildings, by number.
    pub(crate) premises: Vec<Premises>,
    /// The rooms of all its buildings that have an address, building by building.
    pub(crate) rooms: Vec<ListedRoom>,
    /// Land that was left over.
    pub(crate) vacancies: Vec<Vacancy>,
}

/// A building and where it is.
pub(crate) struct Premises {
    /// The building.
    pub(crate) building: Building,
    /// Its code.
    pub(crate) code: String,
    /// Its place in the address library.
    pub(crate) location: Location,
    /// Which of the grid's rooms are in it.
    pub(crate) rooms: Range<usize>,
}

/// Land in a compound that no building stands on.
pub(crate) struct Vacancy {
    /// Name of the compound.
    pub(crate) estate: String,
    /// The land, apart from all buildings.
    pub(crate) land: Quad,
}

impl Premises {
    /// Code of the building's own address.
    pub(crate) fn main_address(&self) -> String {
        format!("{}000000", self.code)
    }
}

impl<'a> Grid<'a> {
    /// A grid on which nothing stands yet.
    pub(crate) fn empty(community: &'a Community, ancestry: &'a Ancestry, (lot, part): (&'a Lot, Part)) -> Self {
        Self { community, ancestry, lot, part, premises: Vec::new(), rooms: Vec::new(), vacancies: Vec::new() }
    }

    /// What its random numbers belong to.
    pub(crate) fn identity(&self) -> [i64; 3] {
        let (i, j) = self.lot.place();
        [i.into(), j.into(), self.part as i64]
    }

    /// The random numbers of one purpose in this grid.
    pub(crate) fn random(&self, seed: u64, purpose: Purpose) -> Random {
        Random::new(seed, purpose, &self.identity())
    }

    /// Number of addresses, those of buildings included.
    pub(crate) fn addresses(&self) -> usize {
        self.premises.len() + self.rooms.len()
    }

    /// The building that a room is in.
    pub(crate) fn premises_of(&self, room: usize) -> Option<&Premises> {
        self.premises.get(self.premises.partition_point(|premises| premises.rooms.end <= room))
    }
}
