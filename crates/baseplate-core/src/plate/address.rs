//! What an address is asked.

use super::{
    handle::Baseplate,
    rows::{Address, Building, Grid, Record},
};
use crate::{
    model::{GridKind, How},
    spatial::LngLat,
};
use std::ops::Range;

impl<'a> Address<'a> {
    pub(crate) fn row(&self) -> u32 {
        self.row
    }

    /// The code of the address, as the source has it. It is never empty: an address whose code cannot be read is not there.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let address = plate.address("9901010010010100001000101").expect("in the sample");
    /// assert_eq!(address.code(), "9901010010010100001000101");
    /// ```
    pub fn code(&self) -> &'a str {
        self.plate.0.addresses.code.get(self.row).unwrap_or_default()
    }

    /// The full text of the address; `None` if its bytes are damaged.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let address = plate.address("9901010010010100001000101").expect("in the sample");
    /// assert_eq!(address.text(), Some("示例市霁峰区沐台街道鹤渚社区秋实路3号珠峰购物中心1栋101铺"));
    /// ```
    pub fn text(&self) -> Option<&'a str> {
        self.plate.0.addresses.text.get(self.row)
    }

    /// The point of the address, that of its building if the source had none; degrees, EPSG:4490. `None` if there is no building
    /// either.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let address = plate.address("9901010010010100001000101").expect("in the sample");
    /// let at = address.point().expect("the source has one");
    /// assert!(114.0 < at.lng && at.lng < 115.0);
    /// ```
    pub fn point(&self) -> Option<LngLat> {
        let table = &self.plate.0.addresses;
        Some(LngLat::new(table.lng.get(self.row)?, table.lat.get(self.row)?))
    }

    /// The H3 cell of the point of the address, resolution 12, as its index; `None` without a point.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let address = plate.address("9901010010010100001000101").expect("in the sample");
    /// assert!(address.h3().is_some());
    /// ```
    pub fn h3(&self) -> Option<u64> {
        self.plate.0.addresses.h3.get(self.row)
    }

    /// The building that the address belongs to, and how that was found out; `None` if it has none.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::How;
    ///
    /// let address = plate.address("9901010010010100001000101").expect("in the sample");
    /// let (building, how) = address.building().expect("is linked");
    /// assert_eq!((building.code(), how), ("9901010010010100001", How::Given));
    /// ```
    pub fn building(&self) -> Option<(Building<'a>, How)> {
        let table = &self.plate.0.addresses;
        let building = self.plate.building_row(table.building.get(self.row)?)?;
        Some((building, How::from_u8(table.link.get(self.row)?)?))
    }

    /// How far the point of the address lies from the footprint of its building, metres; zero inside. `None` without a building or
    /// a point.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let address = plate.address("9901010010010100001000101").expect("in the sample");
    /// assert!(address.distance_m() < Some(100.0));
    /// ```
    pub fn distance_m(&self) -> Option<f32> {
        self.plate.0.addresses.distance_m.get(self.row)
    }

    /// The enterprises at the address, one row for each role: [`Layer::at`](super::Layer::at) of the layer `enterprises`.
    /// Natural persons in business are among them: whoever shows names filters by [`Record::is_listed`].
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let address = plate.address("9901010010010100001000101").expect("in the sample");
    /// assert!(address.enterprises().any(|enterprise| enterprise.code() == "91990101MAHTNDDP28"));
    /// ```
    pub fn enterprises(&self) -> impl ExactSizeIterator<Item = Record<'a>> + use<'a> {
        self.plate.enterprises_at(self.row..self.row.saturating_add(1))
    }

    /// The grid of a kind in which the address lies: that of its building, or of its own point if it has no building. `None`
    /// outside of all, or if the plate has no such kind.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::GridKind;
    ///
    /// let address = plate.address("9901010010010100001000101").expect("in the sample");
    /// assert_eq!(address.grid(&GridKind::basic()).map(|grid| grid.name()), Some("鹤渚社区第01网格"));
    /// ```
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
    /// The rows of the addresses without a building; they are the last of the table.
    pub(crate) fn unbuilt_addresses(&self) -> Range<u32> {
        let rows = self.0.addresses.rows;
        rows.saturating_sub(self.0.address_grids.rows) as u32..rows as u32
    }

    /// The row of the grid of a coverage in which an address without a building lies.
    pub(super) fn grid_of_unbuilt(&self, address: u32, coverage: usize) -> Option<u32> {
        let grids = &self.0.address_grids;
        let place = address.checked_sub(self.unbuilt_addresses().start)?;
        (grids.address.get(place)? == address).then(|| grids.grids.get(coverage)?.1.get(place))?
    }
}
