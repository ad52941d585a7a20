//! Whatever a code stands for.

use super::{
    handle::Baseplate,
    rows::{Address, Building, Grid, Record},
};
use crate::{
    model::{Entity, GridKind, Level},
    store::Counting,
};

/// Whatever a code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing<'a> {
    /// A grid of any level.
    Grid(Grid<'a>),
    /// A building.
    Building(Building<'a>),
    /// An address.
    Address(Address<'a>),
    /// A record of a layer, such as an enterprise.
    Record(Record<'a>),
}

impl<'a> Thing<'a> {
    /// What the thing is.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Entity;
    ///
    /// let thing = plate.resolve("9901010010010100001").expect("in the sample");
    /// assert_eq!(thing.entity(), Entity::Building);
    /// ```
    pub fn entity(&self) -> Entity {
        match self {
            Self::Grid(_) => Entity::Grid,
            Self::Building(_) => Entity::Building,
            Self::Address(_) => Entity::Address,
            Self::Record(record) => record.entity(),
        }
    }

    /// The code of the thing, as the source has it; never empty.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let thing = plate.resolve("9901010010010100001").expect("in the sample");
    /// assert_eq!(thing.code(), "9901010010010100001");
    /// ```
    pub fn code(&self) -> &'a str {
        match self {
            Self::Grid(grid) => grid.code(),
            Self::Building(building) => building.code(),
            Self::Address(address) => address.code(),
            Self::Record(record) => record.code(),
        }
    }

    /// The grid of a kind in which the thing lies, from which the chain leads up; a grid of any kind lies in itself.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::GridKind;
    ///
    /// let thing = plate.resolve("9901010010010100001").expect("in the sample");
    /// assert_eq!(thing.grid(&GridKind::basic()), plate.grid("99010100100101"));
    /// ```
    pub fn grid(&self, kind: &GridKind) -> Option<Grid<'a>> {
        match self {
            Self::Grid(grid) => Some(*grid),
            Self::Building(building) => building.grid(kind),
            Self::Address(address) => address.grid(kind),
            Self::Record(record) => record.lowest_grid(kind),
        }
    }
}

impl Baseplate {
    /// Whatever has this code: a grid, else a building, an address, a record of a layer. People are found with a key only
    /// ([`Baseplate::people`]).
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Thing;
    ///
    /// let Some(Thing::Building(building)) = plate.resolve("9901010010010100001") else { panic!("in the sample") };
    /// assert_eq!(building.floors(), Some(3));
    /// assert!(plate.resolve("nothing").is_none());
    /// ```
    pub fn resolve(&self, code: &str) -> Option<Thing<'_>> {
        let grid = self.grid(code).map(Thing::Grid);
        let place = grid.or_else(|| self.building(code).map(Thing::Building));
        let place = place.or_else(|| self.address(code).map(Thing::Address));
        place.or_else(|| self.layers().find_map(|layer| layer.record(code)).map(Thing::Record))
    }

    /// All things with a code in a layer, each once and in the order of the plate: `buildings`, `addresses`, the basic grids of a level by
    /// its plural (`grids`, `communities` …), or the records of a layer by its id, of which lists may name. `None` if there is no such
    /// layer that can be read. At most as many come as its size hint says.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let buildings = plate.things_of("buildings").expect("every plate has them");
    /// assert_eq!(buildings.count(), 1796);
    /// assert!(plate.things_of("people").is_none());
    /// ```
    pub fn things_of(&self, layer: &str) -> Option<Box<dyn Iterator<Item = Thing<'_>> + Send + '_>> {
        let rows = |rows: usize| 0..rows as u32;
        if let Some(level) = Level::ALL.into_iter().find(|level| level.plural() == layer) {
            let grids = self.level_rows(&GridKind::basic(), level);
            return Some(Box::new(grids.filter_map(|row| self.grid_row(row)).map(Thing::Grid)));
        }
        match layer {
            "buildings" => {
                let buildings = rows(self.0.buildings.rows).filter_map(|row| self.building_row(row));
                Some(Box::new(buildings.map(Thing::Building)))
            }
            "addresses" => {
                let addresses = rows(self.0.addresses.rows).filter_map(|row| self.address_row(row));
                Some(Box::new(addresses.map(Thing::Address)))
            }
            _ => {
                let layer = self.layer(layer).filter(|layer| layer.counting() == Counting::Records)?;
                // A record with several rows stands for itself by the first of them.
                let is_first = |record: &Record<'_>| record.everywhere().next().as_ref() == Some(record);
                let records = layer.records().filter(Record::is_listed).filter(is_first);
                Some(Box::new(records.map(Thing::Record)))
            }
        }
    }

    /// What has a code that begins so, a few of each: grids, buildings, addresses, records of each layer.
    pub(crate) fn starting_with(&self, code: &str, each: usize) -> Vec<Thing<'_>> {
        let inner = &self.0;
        let grids = inner.grids.by_code.starting_with(&inner.grids.code, code, each);
        let buildings = inner.buildings.by_code.starting_with(&inner.buildings.code, code, each);
        let addresses = inner.addresses.by_code.starting_with(&inner.addresses.code, code, each);
        let records = self.layers().flat_map(|layer| layer.starting_with(code, each)).map(Thing::Record);
        let grids = grids.filter_map(|row| self.grid_row(row)).map(Thing::Grid);
        let buildings = buildings.filter_map(|row| self.building_row(row)).map(Thing::Building);
        let addresses = addresses.filter_map(|row| self.address_row(row)).map(Thing::Address);
        grids.chain(buildings).chain(addresses).chain(records).collect()
    }
}
