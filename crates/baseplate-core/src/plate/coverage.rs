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
    /// The kind of the grids of the coverage.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let kinds: Vec<_> = plate.coverages().map(|coverage| coverage.kind().to_string()).collect();
    /// assert_eq!(kinds, ["basic"]);
    /// ```
    pub fn kind(&self) -> &'a GridKind {
        &self.info().kind
    }

    /// What was found out about the coverage at build: its level, its overlaps and gaps.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::GridKind;
    ///
    /// let basic = plate.coverage(&GridKind::basic()).expect("every city has basic grids");
    /// assert_eq!(basic.info().overlaps, 0);
    /// ```
    pub fn info(&self) -> &'a CoverageInfo {
        &self.plate.0.manifest.coverages[self.index]
    }

    /// The grid that owns a point (degrees, EPSG:4490): of the grids that contain or touch it the first by code. `None` outside.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{GridKind, LngLat};
    ///
    /// let basic = plate.coverage(&GridKind::basic()).expect("every city has basic grids");
    /// assert!(basic.locate(LngLat::new(114.05, 22.552)).is_some());
    /// assert!(basic.locate(LngLat::new(0.0, 0.0)).is_none());
    /// ```
    pub fn locate(&self, point: LngLat) -> Option<Grid<'a>> {
        self.grid_at(self.plate.0.locators[self.index].locate(point)?)
    }

    /// The owners of many points (degrees, EPSG:4490), in their order, on all threads of the current rayon pool.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{GridKind, LngLat};
    ///
    /// let basic = plate.coverage(&GridKind::basic()).expect("every city has basic grids");
    /// let owners = basic.locate_many(&[LngLat::new(114.05, 22.552), LngLat::new(0.0, 0.0)]);
    /// assert!(owners[0].is_some() && owners[1].is_none());
    /// ```
    pub fn locate_many(&self, points: &[LngLat]) -> Vec<Option<Grid<'a>>> {
        let owners = self.plate.0.locators[self.index].locate_many(points);
        owners.into_par_iter().with_min_len(HANDLES).map(|owner| self.grid_at(owner?)).collect()
    }

    /// The grids of the coverage, by code.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::GridKind;
    ///
    /// let basic = plate.coverage(&GridKind::basic()).expect("every city has basic grids");
    /// assert_eq!(basic.grids().next(), plate.grid("99010100100101"));
    /// ```
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
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::GridKind;
    ///
    /// assert!(plate.coverage(&GridKind::basic()).is_some());
    /// assert!(plate.coverage(&"police".parse()?).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn coverage(&self, kind: &GridKind) -> Option<Coverage<'_>> {
        self.coverages().find(|c| c.kind() == kind)
    }

    /// All coverages, `basic` first.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert_eq!(plate.coverages().count(), 1);
    /// ```
    pub fn coverages(&self) -> impl Iterator<Item = Coverage<'_>> {
        (0..self.0.locators.len()).map(|index| Coverage { plate: self, index })
    }

    /// The basic grid that owns a point (degrees, EPSG:4490): of the grids that contain or touch it the first by code. `None`
    /// outside. Its chain leads to the community, the subdistrict, the district and the city.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::LngLat;
    ///
    /// let grid = plate.locate(LngLat::new(114.05, 22.552)).expect("in the middle of the town");
    /// assert_eq!(grid.chain().last().map(|city| city.name()), Some("示例市"));
    /// ```
    pub fn locate(&self, point: LngLat) -> Option<Grid<'_>> {
        self.coverages().find(|c| c.kind().is_basic())?.locate(point)
    }
}
