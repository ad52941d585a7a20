//! The rows of a plate's tables, as handles: a row and the plate it is in.
//!
//! A handle costs nothing to make or copy; its methods read the mapped tables. Texts and numbers that the source did not have
//! are `None`.

use super::handle::Baseplate;
use crate::{
    spatial::{Bbox, LngLat, wkb},
    store::table::Doubles,
};
use geo::{CoordsIter, MultiPolygon};

/// A governance polygon (网格) of any level and kind.
#[derive(Clone, Copy)]
pub struct Grid<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) row: u32,
}

/// A building (楼栋).
#[derive(Clone, Copy)]
pub struct Building<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) row: u32,
}

/// An address (统一地址), down to the room.
#[derive(Clone, Copy)]
pub struct Address<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) row: u32,
}

/// An enterprise (法人, 市场主体): one of its rows, from which the others are found.
#[derive(Clone, Copy)]
pub struct Enterprise<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) row: u32,
}

/// A grid that was decided for a building.
#[derive(Clone, Copy)]
pub struct GridOverride<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) row: u32,
}

/// An H3 cell and what lies in it.
#[derive(Clone, Copy)]
pub struct HexCell<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) row: u32,
}

impl Baseplate {
    pub(crate) fn grid_row(&self, row: u32) -> Option<Grid<'_>> {
        ((row as usize) < self.0.grids.rows).then_some(Grid { plate: self, row })
    }

    pub(crate) fn building_row(&self, row: u32) -> Option<Building<'_>> {
        ((row as usize) < self.0.buildings.rows).then_some(Building { plate: self, row })
    }

    pub(crate) fn address_row(&self, row: u32) -> Option<Address<'_>> {
        ((row as usize) < self.0.addresses.rows).then_some(Address { plate: self, row })
    }

    pub(super) fn enterprise_row(&self, row: u32) -> Enterprise<'_> {
        Enterprise { plate: self, row }
    }
}

/// The box of a row.
pub(super) fn row_box(columns: &[Doubles; 4], row: u32) -> Option<Bbox> {
    let [w, s, e, n] = columns;
    Some(Bbox([w.get(row)?, s.get(row)?, e.get(row)?, n.get(row)?]))
}

/// An area whose vertices lie in its box: one that was damaged must not send anybody around the Earth.
pub(super) fn area_in(bytes: &[u8], bbox: Bbox) -> Option<MultiPolygon<f64>> {
    let area = wkb::read_area(bytes)?;
    area.exterior_coords_iter().all(|c| bbox.contains(LngLat::new(c.x, c.y))).then_some(area)
}
