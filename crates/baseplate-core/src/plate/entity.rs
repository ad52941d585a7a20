//! What a plate holds, as handles: a row and the plate it is in.
//!
//! A handle costs nothing to make or copy; its methods read the mapped tables. Texts and numbers that the source did not have
//! are `None`.

use super::{Baseplate, CoverageInfo, Enterprise, GridOverride, row_box};
use crate::{
    model::{Entity, GridKind, How, Level},
    spatial::{Bbox, LngLat, wkb},
};
use geo::{CoordsIter, MultiPolygon};
use rayon::prelude::*;
use std::ops::Range;

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

/// A governance polygon (网格) of any level and kind.
#[derive(Clone, Copy)]
pub struct Grid<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) row: u32,
}

impl<'a> Grid<'a> {
    pub(crate) fn row(&self) -> u32 {
        self.row
    }

    /// Its code.
    pub fn code(&self) -> &'a str {
        self.plate.0.grids.code.get(self.row).unwrap_or_default()
    }

    /// Its name; the code if the source had none.
    pub fn name(&self) -> &'a str {
        self.plate.0.grids.name.get(self.row).unwrap_or_default()
    }

    /// Its kind.
    pub fn kind(&self) -> Option<GridKind> {
        self.plate.0.grids.kind.get(self.row)?.parse().ok()
    }

    /// Its level.
    pub fn level(&self) -> Option<Level> {
        self.plate.0.grids.level.get(self.row)?.parse().ok()
    }

    /// The grid of the next level above in which it lies.
    pub fn parent(&self) -> Option<Self> {
        // A parent always stands on a higher level, or damaged rows could send a walk up the chain in circles.
        let parent = self.plate.grid_row(self.plate.0.grids.parent.get(self.row)?)?;
        (parent.level()? > self.level()?).then_some(parent)
    }

    /// How its parent was found: given by the source, or by area. Within its kind the largest area in common decides; beyond
    /// it only a basic grid that holds nearly all of it is above it.
    pub fn parent_link(&self) -> Option<How> {
        How::from_u8(self.plate.0.grids.parent_link.get(self.row)?)
    }

    /// The grid itself, its parent, and so on up to the highest level the plate has.
    pub fn chain(&self) -> impl Iterator<Item = Self> + use<'a> {
        std::iter::successors(Some(*self), Self::parent)
    }

    /// A point inside it, where a label can stand.
    pub fn label_point(&self) -> Option<LngLat> {
        let grids = &self.plate.0.grids;
        Some(LngLat::new(grids.lng.get(self.row)?, grids.lat.get(self.row)?))
    }

    /// Its box.
    pub fn bbox(&self) -> Option<Bbox> {
        row_box(&self.plate.0.grids.bbox, self.row)
    }

    /// Its area on the ellipsoid, square metres.
    pub fn area_m2(&self) -> Option<f64> {
        self.plate.0.grids.area_m2.get(self.row)
    }

    /// Its polygon, degrees.
    pub fn area(&self) -> Option<MultiPolygon<f64>> {
        area_in(self.plate.0.grids.geometry.get(self.row)?, self.bbox()?)
    }

    /// How many of something are in it; grids are counted by [`Grid::chain`], not here. People are counted where they live, enterprises
    /// where they are registered. The number of people is that of the last release ([`Manifest::people_release`](super::Manifest)), and
    /// `None` where none was made.
    pub fn count(&self, entity: Entity) -> Option<u32> {
        let grids = &self.plate.0.grids;
        match entity {
            Entity::Grid => None,
            Entity::Building => grids.buildings.get(self.row),
            Entity::Address => grids.addresses.get(self.row),
            Entity::Person => grids.people.get(self.row),
            Entity::Enterprise => grids.enterprises.get(self.row),
        }
    }

    /// Homes in which somebody lives: addresses, as of the last release.
    pub fn households(&self) -> Option<u32> {
        self.plate.0.grids.households.get(self.row)
    }

    /// Whether its number of people is an estimate, because it holds a part of what was counted together.
    pub fn is_estimated(&self) -> bool {
        self.plate.0.grids.people_estimated.get(self.row).unwrap_or_default()
    }

    /// Whether its number of households is an estimate.
    pub fn are_households_estimated(&self) -> bool {
        self.plate.0.grids.households_estimated.get(self.row).unwrap_or_default()
    }
}

impl PartialEq for Grid<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.row == other.row && std::ptr::eq(&*self.plate.0, &*other.plate.0)
    }
}

impl std::fmt::Debug for Grid<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Grid").field(&self.code()).finish()
    }
}

/// A building (楼栋).
#[derive(Clone, Copy)]
pub struct Building<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) row: u32,
}

impl<'a> Building<'a> {
    pub(crate) fn row(&self) -> u32 {
        self.row
    }

    /// Its code.
    pub fn code(&self) -> &'a str {
        self.plate.0.buildings.code.get(self.row).unwrap_or_default()
    }

    /// Its name.
    pub fn name(&self) -> Option<&'a str> {
        self.plate.0.buildings.name.get(self.row)
    }

    /// Floors above the ground.
    pub fn floors(&self) -> Option<u16> {
        self.plate.0.buildings.floors.get(self.row)
    }

    /// Height, metres.
    pub fn height_m(&self) -> Option<f64> {
        self.plate.0.buildings.height_m.get(self.row)
    }

    /// What it is used for, in the source's words.
    pub fn usage(&self) -> Option<&'a str> {
        self.plate.0.buildings.usage.get(self.row)
    }

    /// A point inside its footprint; the point by which it was located.
    pub fn point(&self) -> Option<LngLat> {
        let table = &self.plate.0.buildings;
        Some(LngLat::new(table.lng.get(self.row)?, table.lat.get(self.row)?))
    }

    /// The H3 cell of its point, resolution 12.
    pub fn h3(&self) -> Option<u64> {
        self.plate.0.buildings.h3.get(self.row)
    }

    /// The box of its footprint.
    pub fn bbox(&self) -> Option<Bbox> {
        row_box(&self.plate.0.buildings.bbox, self.row)
    }

    /// Its footprint, degrees.
    pub fn footprint(&self) -> Option<MultiPolygon<f64>> {
        area_in(self.plate.0.buildings.geometry.get(self.row)?, self.bbox()?)
    }

    /// The same as bytes.
    pub(crate) fn footprint_wkb(&self) -> Option<&'a [u8]> {
        self.plate.0.buildings.geometry.get(self.row)
    }

    /// The grid of a kind in which it stands.
    pub fn grid(&self, kind: &GridKind) -> Option<Grid<'a>> {
        let index = self.plate.coverage(kind)?.index;
        self.plate.grid_row(self.plate.0.buildings.grid.get(index)?.get(self.row)?)
    }

    /// The grid of a kind that was decided for it, whatever geometry says.
    pub fn grid_override(&self, kind: &GridKind) -> Option<GridOverride<'a>> {
        let grid = self.grid(kind)?;
        GridOverride::of(self.plate, self.row).find(|o| o.grid() == Some(grid))
    }

    /// The share of its footprint that lies in its grid of the first coverage, 0 to 1. Below 0.9 it straddles a border.
    pub fn grid_share(&self) -> Option<f32> {
        self.plate.0.buildings.grid_share.get(self.row)
    }

    /// Whether the source says that it was demolished.
    pub fn is_demolished(&self) -> bool {
        self.plate.0.buildings.demolished.get(self.row).unwrap_or_default()
    }

    /// The enterprises at its addresses, one row for each role.
    pub fn enterprises(&self) -> impl ExactSizeIterator<Item = Enterprise<'a>> + use<'a> {
        let plate = self.plate;
        let first = self.first_address();
        enterprise_rows(plate, first, first.saturating_add(self.address_count()))
            .map(move |row| Enterprise::at(plate, row))
    }

    /// The row of its first address.
    pub(crate) fn first_address(&self) -> u32 {
        self.plate.0.buildings.first_address.get(self.row).unwrap_or_default()
    }

    /// How many addresses it has.
    pub fn address_count(&self) -> u32 {
        self.plate.0.buildings.addresses.get(self.row).unwrap_or_default()
    }

    /// Its addresses, by code.
    pub fn addresses(&self) -> impl Iterator<Item = Address<'a>> + use<'a> {
        let plate = self.plate;
        let first = self.first_address();
        (first..first.saturating_add(self.address_count())).map_while(move |row| plate.address_row(row))
    }
}

/// An address (统一地址), down to the room.
#[derive(Clone, Copy)]
pub struct Address<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) row: u32,
}

impl<'a> Address<'a> {
    pub(crate) fn row(&self) -> u32 {
        self.row
    }

    /// Its code.
    pub fn code(&self) -> &'a str {
        self.plate.0.addresses.code.get(self.row).unwrap_or_default()
    }

    /// Its full text.
    pub fn text(&self) -> Option<&'a str> {
        self.plate.0.addresses.text.get(self.row)
    }

    /// Its point; that of its building if the source had none.
    pub fn point(&self) -> Option<LngLat> {
        let table = &self.plate.0.addresses;
        Some(LngLat::new(table.lng.get(self.row)?, table.lat.get(self.row)?))
    }

    /// The H3 cell of its point, resolution 12.
    pub fn h3(&self) -> Option<u64> {
        self.plate.0.addresses.h3.get(self.row)
    }

    /// The building it belongs to, and how that was found out.
    pub fn building(&self) -> Option<(Building<'a>, How)> {
        let table = &self.plate.0.addresses;
        let building = self.plate.building_row(table.building.get(self.row)?)?;
        Some((building, How::from_u8(table.link.get(self.row)?)?))
    }

    /// Singles from its point to the footprint of its building; zero inside.
    pub fn distance_m(&self) -> Option<f32> {
        self.plate.0.addresses.distance_m.get(self.row)
    }

    /// The enterprises at it, one row for each role.
    pub fn enterprises(&self) -> impl ExactSizeIterator<Item = Enterprise<'a>> + use<'a> {
        let plate = self.plate;
        enterprise_rows(plate, self.row, self.row.saturating_add(1)).map(move |row| Enterprise::at(plate, row))
    }

    /// The grid of a kind: that of its building, or of its own point if it has no building.
    pub fn grid(&self, kind: &GridKind) -> Option<Grid<'a>> {
        match self.building() {
            Some((building, _)) => building.grid(kind),
            None => {
                let index = self.plate.coverage(kind)?.index;
                self.plate.grid_row(self.plate.0.addresses.grid.get(index)?.get(self.row)?)
            }
        }
    }
}

/// Whatever a code stands for.
#[derive(Clone, Copy)]
pub enum Thing<'a> {
    /// A grid of any level.
    Grid(Grid<'a>),
    /// A building.
    Building(Building<'a>),
    /// An address.
    Address(Address<'a>),
    /// An enterprise.
    Enterprise(Enterprise<'a>),
}

impl<'a> Thing<'a> {
    /// What it is.
    pub fn entity(&self) -> Entity {
        match self {
            Self::Grid(_) => Entity::Grid,
            Self::Building(_) => Entity::Building,
            Self::Address(_) => Entity::Address,
            Self::Enterprise(_) => Entity::Enterprise,
        }
    }

    /// Its code.
    pub fn code(&self) -> &'a str {
        match self {
            Self::Grid(grid) => grid.code(),
            Self::Building(building) => building.code(),
            Self::Address(address) => address.code(),
            Self::Enterprise(enterprise) => enterprise.uscc(),
        }
    }

    /// The grid of a kind in which it lies, from which the chain leads up; a grid of any kind lies in itself.
    pub fn grid(&self, kind: &GridKind) -> Option<Grid<'a>> {
        match self {
            Self::Grid(grid) => Some(*grid),
            Self::Building(building) => building.grid(kind),
            Self::Address(address) => address.grid(kind),
            Self::Enterprise(enterprise) => enterprise.address()?.grid(kind),
        }
    }
}

/// An area whose vertices lie in its box: one that was damaged must not send anybody around the Earth.
fn area_in(bytes: &[u8], bbox: Bbox) -> Option<MultiPolygon<f64>> {
    let area = wkb::read_area(bytes)?;
    area.exterior_coords_iter().all(|c| bbox.contains(LngLat::new(c.x, c.y))).then_some(area)
}

/// The rows of the enterprises at some rows of addresses.
fn enterprise_rows(plate: &Baseplate, first: u32, end: u32) -> Range<u32> {
    let (starts, linked) = (&plate.0.addresses.first_enterprise, plate.0.enterprises.linked);
    let end = starts.get(end).unwrap_or(linked).min(linked);
    starts.get(first).unwrap_or(end).min(end)..end
}
