//! Coverages: which grid owns a point.

use super::{handle::Baseplate, rows::Grid};
use crate::{model::GridKind, spatial::LngLat, store::CoverageInfo};
use rayon::prelude::*;

/// A thread makes at least this many handles of a bulk look-up, or it would cost more to wake it.
const HANDLES: usize = 1 << 14;

/// A coverage: the finest grids of one kind.
#[derive(Clone, Copy)]
pub struct Coverage<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) index: usize,
}

impl<'a> Coverage<'a> {
    /// Its kind.
    pub fn kind(&self) -> &'a GridKind {
        &self.info().kind
    }

    /// What was found out about it at build.
    pub fn info(&self) -> &'a CoverageInfo {
        &self.plate.0.manifest.coverages[self.index]
    }

    /// The grid that owns a point: of the grids that contain or touch it the first by code. `None` outside.
    pub fn locate(&self, point: LngLat) -> Option<Grid<'a>> {
        self.grid_at(self.plate.0.locators[self.index].locate(point)?)
    }

    /// The owners of many points, in their order, on all threads of the current rayon pool.
    pub fn locate_many(&self, points: &[LngLat]) -> Vec<Option<Grid<'a>>> {
        let owners = self.plate.0.locators[self.index].locate_many(points);
        owners.into_par_iter().with_min_len(HANDLES).map(|owner| self.grid_at(owner?)).collect()
    }

    /// Its grids, by code.
    pub fn grids(&self) -> impl Iterator<Item = Grid<'a>> + use<'a> {
        let this = *self;
        (0..self.info().grids).filter_map(move |place| this.grid_at(place))
    }

    fn grid_at(&self, place: u32) -> Option<Grid<'a>> {
        self.plate.grid_row(self.info().first_row.checked_add(place)?)
    }
}

impl Baseplate {
    /// The coverage of a kind, or `None` if the plate has no such kind.
    pub fn coverage(&self, kind: &GridKind) -> Option<Coverage<'_>> {
        self.coverages().find(|c| c.kind() == kind)
    }

    /// All coverages, `basic` first.
    pub fn coverages(&self) -> impl Iterator<Item = Coverage<'_>> {
        (0..self.0.locators.len()).map(|index| Coverage { plate: self, index })
    }

    /// The basic grid that owns a point: of the grids that contain or touch it the first by code. `None` outside.
    /// Its chain leads to the community, the subdistrict, the district and the city.
    pub fn locate(&self, point: LngLat) -> Option<Grid<'_>> {
        self.coverages().find(|c| c.kind().is_basic())?.locate(point)
    }
}
