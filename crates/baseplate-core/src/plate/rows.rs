//! The rows of a plate's tables, as handles: a row and the plate it is in.
//!
//! A handle costs next to nothing to make or copy; its methods read the mapped tables. Texts and numbers that the source did not have
//! are `None`. A row whose code cannot be read has no handle, so that no handle is without its code: of grids this is settled when the
//! plate is opened, of the other tables when a handle is made.

use super::{handle::Baseplate, record_table::RecordTable};
use crate::{
    spatial::{Bbox, LngLat, footprint},
    store::table::Doubles,
};
use geo_types::{MultiPolygon, Polygon};
use std::{fmt, sync::Arc};

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

/// A record of a layer, such as an enterprise (法人, 市场主体): one row for each address and role of a code, from which the others are
/// found.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) records: &'a Arc<RecordTable>,
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

/// Rows are equal if they are the same row of the same opened plate; they are shown by their codes.
macro_rules! compare {
    ($($row:ident by $table:ident.$code:ident),+) => { $(
        impl PartialEq for $row<'_> {
            fn eq(&self, other: &Self) -> bool {
                self.row == other.row && Arc::ptr_eq(&self.plate.0, &other.plate.0)
            }
        }

        impl Eq for $row<'_> {}

        impl fmt::Debug for $row<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let code = self.plate.0.$table.$code.get(self.row).unwrap_or_default();
                f.debug_tuple(stringify!($row)).field(&code).finish()
            }
        }
    )+ };
}

compare!(Grid by grids.code, Building by buildings.code, Address by addresses.code);

impl PartialEq for Record<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.records.layer, self.row) == (other.records.layer, other.row) && Arc::ptr_eq(&self.plate.0, &other.plate.0)
    }
}

impl Eq for Record<'_> {}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Record").field(&self.code()).finish()
    }
}

impl Baseplate {
    pub(crate) fn grid_row(&self, row: u32) -> Option<Grid<'_>> {
        ((row as usize) < self.0.grids.rows).then_some(Grid { plate: self, row })
    }

    pub(crate) fn building_row(&self, row: u32) -> Option<Building<'_>> {
        self.0.buildings.code.get(row).map(|_| Building { plate: self, row })
    }

    pub(crate) fn address_row(&self, row: u32) -> Option<Address<'_>> {
        self.0.addresses.code.get(row).map(|_| Address { plate: self, row })
    }

    pub(super) fn record_row<'a>(&'a self, records: &'a Arc<RecordTable>, row: u32) -> Option<Record<'a>> {
        records.columns.code.get(row).map(|_| Record { plate: self, records, row })
    }
}

/// The box of a row.
pub(super) fn row_box(columns: &[Doubles; 4], row: u32) -> Option<Bbox> {
    let [w, s, e, n] = columns;
    Some(Bbox([w.get(row)?, s.get(row)?, e.get(row)?, n.get(row)?]))
}

/// An area whose vertices lie in its box: one that was damaged must not send anybody around the Earth.
pub(super) fn area_in(bytes: &[u8], bbox: Bbox) -> Option<MultiPolygon<f64>> {
    let area = footprint::area(bytes)?;
    let is_in = |polygon: &Polygon<f64>| polygon.exterior().0.iter().all(|c| bbox.contains(LngLat::from(*c)));
    area.0.iter().all(is_in).then_some(area)
}
