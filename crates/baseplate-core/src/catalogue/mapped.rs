//! An open plate as what records hang on.

use crate::{
    assemble::{Backbone, EnterprisePlace},
    gazetteer::index::GeoIndex,
    model::{GridKind, Level},
    plate::{Address, Baseplate, Building, Grid, Record},
    spatial::LngLat,
};

/// The grids, buildings and addresses of an open plate.
pub(super) struct Mapped<'a> {
    plate: &'a Baseplate,
    kinds: Vec<GridKind>,
}

impl<'a> Mapped<'a> {
    pub(super) fn new(plate: &'a Baseplate) -> Self {
        Self { plate, kinds: plate.coverages().map(|coverage| coverage.kind().clone()).collect() }
    }

    fn grids(&self) -> impl Iterator<Item = Grid<'a>> + use<'a> {
        let plate = self.plate;
        (0..plate.manifest().rows.grids as u32).filter_map(|row| plate.grid_row(row))
    }

    /// The row of the first of some grids that is of the kind of the first coverage.
    fn first_kind(&self, mut grids: impl Iterator<Item = Grid<'a>>) -> Option<u32> {
        let first = self.kinds.first()?;
        grids.find(|grid| grid.kind().as_ref() == Some(first)).map(|grid| grid.row())
    }

    fn address(&self, row: u32) -> Option<Address<'a>> {
        self.plate.address_row(row)
    }

    fn building(&self, row: u32) -> Option<Building<'a>> {
        self.plate.building_row(row)
    }
}

impl Backbone for Mapped<'_> {
    fn geo_index(&self) -> &GeoIndex {
        self.plate.geo_index()
    }

    fn addresses(&self) -> usize {
        self.plate.manifest().rows.addresses as usize
    }

    fn address_of(&self, code: &str) -> Option<u32> {
        self.plate.address(code).filter(|address| address.code() == code).map(|address| address.row())
    }

    fn building_of(&self, code: &str) -> Option<u32> {
        self.plate.building(code).filter(|building| building.code() == code).map(|building| building.row())
    }

    fn area_of(&self, code: &str) -> Option<u32> {
        self.first_kind(self.plate.grids_with_code(code))
    }

    fn area_numbered(&self, number: u32) -> Option<u32> {
        self.first_kind(self.plate.grid_numbered(number).into_iter())
    }

    fn enterprise_place(&self, code: &str) -> Option<EnterprisePlace> {
        let counted = self.plate.enterprise(code)?;
        let place = |record: Record<'_>| match (record.address(), record.building()) {
            (Some(address), _) => Some(EnterprisePlace { address: Some(address.row()), building: None }),
            (None, building) => building.map(|b| EnterprisePlace { address: None, building: Some(b.row()) }),
        };
        Some(std::iter::once(counted).chain(counted.everywhere()).find_map(place).unwrap_or_default())
    }

    fn building_at(&self, address: u32) -> Option<u32> {
        self.address(address)?.building().map(|(building, _)| building.row())
    }

    fn address_place(&self, address: u32) -> Option<(LngLat, u64)> {
        let address = self.address(address)?;
        address.point().zip(address.h3())
    }

    fn building_place(&self, building: u32) -> Option<(LngLat, u64)> {
        let building = self.building(building)?;
        building.point().zip(building.h3())
    }

    fn address_grid(&self, address: u32, coverage: usize) -> Option<u32> {
        self.address(address)?.grid(self.kinds.get(coverage)?).map(|grid| grid.row())
    }

    fn building_grid(&self, building: u32, coverage: usize) -> Option<u32> {
        self.building(building)?.grid(self.kinds.get(coverage)?).map(|grid| grid.row())
    }

    fn kinds(&self) -> Vec<GridKind> {
        self.kinds.clone()
    }

    fn grids_at(&self, point: LngLat) -> Vec<Option<u32>> {
        self.plate.coverages().map(|coverage| coverage.locate(point).map(|grid| grid.row())).collect()
    }

    fn parents(&self) -> Vec<Option<u32>> {
        let parent =
            |grid: Grid<'_>| grid.parent().filter(|above| above.kind() == grid.kind()).map(|above| above.row());
        self.grids().map(parent).collect()
    }

    fn of_first_kind(&self) -> usize {
        self.plate.first_kind().len()
    }

    fn divisions(&self) -> Vec<&str> {
        let above = self.grids().filter(|grid| grid.level().is_some_and(|level| level > Level::Grid));
        above.map(|grid| grid.name()).filter(|name| !name.is_empty()).collect()
    }
}
