//! What a building is asked.

use super::rows::{Address, Building, Grid, GridOverride, Record, area_in, row_box};
use crate::{
    model::GridKind,
    spatial::{Bbox, LngLat},
    store::table::first_row,
};
use geo_types::MultiPolygon;

impl<'a> Building<'a> {
    pub(crate) fn row(&self) -> u32 {
        self.row
    }

    /// The code of the building, as the source has it. It is never empty: a building whose code cannot be read is not there.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// assert_eq!(building.code(), "9901010010010100001");
    /// ```
    pub fn code(&self) -> &'a str {
        self.plate.0.buildings.code.get(self.row).unwrap_or_default()
    }

    /// The name of the building; `None` if the source has none.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// assert_eq!(building.name(), Some("珠峰购物中心1栋"));
    /// ```
    pub fn name(&self) -> Option<&'a str> {
        self.plate.0.buildings.name.get(self.row)
    }

    /// How many floors the building has above the ground; `None` if the source does not say.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// assert_eq!(building.floors(), Some(3));
    /// ```
    pub fn floors(&self) -> Option<u16> {
        self.plate.0.buildings.floors.get(self.row)
    }

    /// The height of the building, metres; `None` if the source does not say.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// assert_eq!(building.height_m(), Some(11.9));
    /// ```
    pub fn height_m(&self) -> Option<f64> {
        self.plate.0.buildings.height_m.get(self.row)
    }

    /// What the building is used for, in the words of the source; `None` if it does not say.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// assert_eq!(building.usage(), Some("商业"));
    /// ```
    pub fn usage(&self) -> Option<&'a str> {
        self.plate.0.buildings.usage.get(self.row)
    }

    /// A point inside the footprint of the building, by which it was located; degrees, EPSG:4490.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// let at = building.point().expect("every building has one");
    /// assert_eq!(plate.buildings_at(at).first(), Some(&building));
    /// ```
    pub fn point(&self) -> Option<LngLat> {
        let table = &self.plate.0.buildings;
        Some(LngLat::new(table.lng.get(self.row)?, table.lat.get(self.row)?))
    }

    /// The H3 cell of the point of the building, resolution 12, as its index.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// let cell = building.h3().expect("the point is a place");
    /// println!("{cell:x}");
    /// ```
    pub fn h3(&self) -> Option<u64> {
        self.plate.0.buildings.h3.get(self.row)
    }

    /// The box around the footprint of the building: west, south, east and north in degrees, EPSG:4490.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// let bbox = building.bbox().expect("every building has one");
    /// assert!(plate.buildings_in(bbox).contains(&building));
    /// ```
    pub fn bbox(&self) -> Option<Bbox> {
        row_box(&self.plate.0.buildings.bbox, self.row)
    }

    /// The footprint of the building, degrees, EPSG:4490; `None` if its bytes are damaged.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// let footprint = building.footprint().expect("is whole");
    /// assert_eq!(footprint.0.len(), 1, "one polygon");
    /// ```
    pub fn footprint(&self) -> Option<MultiPolygon<f64>> {
        area_in(self.plate.0.buildings.geometry.get(self.row)?, self.bbox()?)
    }

    /// The same as bytes.
    pub(crate) fn footprint_wkb(&self) -> Option<&'a [u8]> {
        self.plate.0.buildings.geometry.get(self.row)
    }

    /// The grid of a kind in which the building stands, after overrides; `None` outside of all, or if the plate has no such kind.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::GridKind;
    ///
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// assert_eq!(building.grid(&GridKind::basic()), plate.grid("99010100100101"));
    /// ```
    pub fn grid(&self, kind: &GridKind) -> Option<Grid<'a>> {
        let index = self.plate.coverage(kind)?.index;
        self.plate.grid_row(self.plate.0.building_grids.grids.get(index)?.1.get(self.row)?)
    }

    /// The grid of a kind that somebody decided on for the building, whatever geometry says; `None` where nobody did.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::GridKind;
    ///
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// assert!(building.grid_override(&GridKind::basic()).is_none(), "nobody decided anything in the sample");
    /// ```
    pub fn grid_override(&self, kind: &GridKind) -> Option<GridOverride<'a>> {
        let grid = self.grid(kind)?;
        overrides(self).find(|o| o.grid() == Some(grid))
    }

    /// The share of the footprint that lies in the building's grid of the first coverage, from 0 to 1; below 0.9 the building
    /// straddles a border. `None` outside of all grids.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// let straddles = building.grid_share().is_some_and(|share| share < 0.9);
    /// println!("{} straddles a border: {straddles}", building.code());
    /// ```
    pub fn grid_share(&self) -> Option<f32> {
        self.plate.0.building_grids.grid_share.get(self.row)
    }

    /// Whether the source says that the building was demolished.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// assert!(!building.is_demolished());
    /// ```
    pub fn is_demolished(&self) -> bool {
        self.plate.0.buildings.demolished.get(self.row).unwrap_or_default()
    }

    /// The enterprises at the addresses of the building, one row for each address and role:
    /// [`Layer::in_building`](super::Layer::in_building) of the layer `enterprises`. Natural persons in business are among them:
    /// whoever shows names filters by [`Record::is_listed`].
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// let named = building.enterprises().filter(|enterprise| enterprise.is_listed());
    /// assert!(named.count() > 1);
    /// ```
    pub fn enterprises(&self) -> impl ExactSizeIterator<Item = Record<'a>> + use<'a> {
        let first = self.first_address();
        self.plate.enterprises_at(first..first.saturating_add(self.address_count()))
    }

    /// The row of its first address.
    pub(crate) fn first_address(&self) -> u32 {
        self.plate.0.buildings.first_address.get(self.row).unwrap_or_default()
    }

    /// How many addresses the building has.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// assert_eq!(building.addresses().count(), building.address_count() as usize);
    /// ```
    pub fn address_count(&self) -> u32 {
        self.plate.0.buildings.addresses.get(self.row).unwrap_or_default()
    }

    /// The addresses of the building, by code.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample");
    /// assert_eq!(building.addresses().next(), plate.address("9901010010010100001000000"));
    /// ```
    pub fn addresses(&self) -> impl Iterator<Item = Address<'a>> + use<'a> {
        let plate = self.plate;
        let first = self.first_address();
        let end = first.saturating_add(self.address_count()).min(plate.0.addresses.rows as u32);
        (first..end).filter_map(move |row| plate.address_row(row))
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
    /// The building for which a grid was decided.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::GridKind;
    ///
    /// let kind = GridKind::basic();
    /// let decided = plate.buildings_in(plate.manifest().bbox.expect("not empty")).into_iter();
    /// for decision in decided.filter_map(|building| building.grid_override(&kind)) {
    ///     println!("{:?}", decision.building());
    /// }
    /// ```
    pub fn building(&self) -> Option<Building<'a>> {
        self.plate.building_row(self.plate.0.overrides.building.get(self.row)?)
    }

    /// The grid that was decided for the building.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::GridKind;
    ///
    /// let kind = GridKind::basic();
    /// let decided = plate.buildings_in(plate.manifest().bbox.expect("not empty")).into_iter();
    /// for decision in decided.filter_map(|building| building.grid_override(&kind)) {
    ///     println!("{:?} stands in {:?}", decision.building(), decision.grid());
    /// }
    /// ```
    pub fn grid(&self) -> Option<Grid<'a>> {
        self.plate.grid_row(self.plate.0.overrides.grid.get(self.row)?)
    }

    /// The reason for the decision; `None` if the source gives none.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::GridKind;
    ///
    /// let kind = GridKind::basic();
    /// let decided = plate.buildings_in(plate.manifest().bbox.expect("not empty")).into_iter();
    /// for decision in decided.filter_map(|building| building.grid_override(&kind)) {
    ///     println!("{}", decision.reason().unwrap_or("no reason was given"));
    /// }
    /// ```
    pub fn reason(&self) -> Option<&'a str> {
        self.plate.0.overrides.reason.get(self.row)
    }

    /// Who decided on the grid; `None` if the source does not say.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::GridKind;
    ///
    /// let kind = GridKind::basic();
    /// let decided = plate.buildings_in(plate.manifest().bbox.expect("not empty")).into_iter();
    /// for decision in decided.filter_map(|building| building.grid_override(&kind)) {
    ///     println!("{}", decision.approved_by().unwrap_or("nobody is named"));
    /// }
    /// ```
    pub fn approved_by(&self) -> Option<&'a str> {
        self.plate.0.overrides.approved_by.get(self.row)
    }
}
