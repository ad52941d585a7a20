//! What a building is asked.

use super::rows::{Address, Building, Enterprise, Grid, GridOverride, area_in, row_box};
use crate::{
    model::GridKind,
    spatial::{Bbox, LngLat},
    store::table::first_row,
};
use geo::MultiPolygon;

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
        self.plate.grid_row(self.plate.0.building_grids.grids.get(index)?.1.get(self.row)?)
    }

    /// The grid of a kind that was decided for it, whatever geometry says.
    pub fn grid_override(&self, kind: &GridKind) -> Option<GridOverride<'a>> {
        let grid = self.grid(kind)?;
        overrides(self).find(|o| o.grid() == Some(grid))
    }

    /// The share of its footprint that lies in its grid of the first coverage, 0 to 1. Below 0.9 it straddles a border.
    pub fn grid_share(&self) -> Option<f32> {
        self.plate.0.building_grids.grid_share.get(self.row)
    }

    /// Whether the source says that it was demolished.
    pub fn is_demolished(&self) -> bool {
        self.plate.0.buildings.demolished.get(self.row).unwrap_or_default()
    }

    /// The enterprises at its addresses, one row for each role.
    pub fn enterprises(&self) -> impl ExactSizeIterator<Item = Enterprise<'a>> + use<'a> {
        let plate = self.plate;
        let first = self.first_address();
        let rows = plate.enterprise_rows_at(first..first.saturating_add(self.address_count()));
        rows.map(move |row| plate.enterprise_row(row))
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

/// What was decided about a building.
fn overrides<'a>(building: &Building<'a>) -> impl Iterator<Item = GridOverride<'a>> + use<'a> {
    let Building { plate, row: building } = *building;
    let table = &plate.0.overrides;
    let first = first_row(table.rows, |row| table.building.get(row).is_some_and(|other| other < building));
    let of_building = (first..).take_while(move |row| table.building.get(*row) == Some(building));
    of_building.map(move |row| GridOverride { plate, row })
}

impl<'a> GridOverride<'a> {
    /// The building.
    pub fn building(&self) -> Option<Building<'a>> {
        self.plate.building_row(self.plate.0.overrides.building.get(self.row)?)
    }

    /// The grid.
    pub fn grid(&self) -> Option<Grid<'a>> {
        self.plate.grid_row(self.plate.0.overrides.grid.get(self.row)?)
    }

    /// Why.
    pub fn reason(&self) -> Option<&'a str> {
        self.plate.0.overrides.reason.get(self.row)
    }

    /// Who decided it.
    pub fn approved_by(&self) -> Option<&'a str> {
        self.plate.0.overrides.approved_by.get(self.row)
    }
}
