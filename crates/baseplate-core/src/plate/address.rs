//! What an address is asked.

use super::{
    handle::Baseplate,
    rows::{Address, Building, Enterprise, Grid},
};
use crate::{
    model::{GridKind, How},
    spatial::LngLat,
};

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
        let rows = plate.enterprise_rows_at(self.row..self.row.saturating_add(1));
        rows.map(move |row| plate.enterprise_row(row))
    }

    /// The grid of a kind: that of its building, or of its own point if it has no building.
    pub fn grid(&self, kind: &GridKind) -> Option<Grid<'a>> {
        match self.building() {
            Some((building, _)) => building.grid(kind),
            None => {
                let index = self.plate.coverage(kind)?.index;
                self.plate.grid_row(self.plate.grid_of_unbuilt(self.row, index)?)
            }
        }
    }
}

impl Baseplate {
    /// The row of the grid of a coverage in which an address without a building lies; such addresses are the last of the table.
    pub(super) fn grid_of_unbuilt(&self, address: u32, coverage: usize) -> Option<u32> {
        let grids = &self.0.address_grids;
        let place = address.checked_sub((self.0.addresses.rows.checked_sub(grids.rows)?) as u32)?;
        (grids.address.get(place)? == address).then(|| grids.grids.get(coverage)?.1.get(place))?
    }
}
