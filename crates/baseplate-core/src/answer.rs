//! Answers in the form that people and programs get them: the JSON of `baseplate get` and of the HTTP interface.

use crate::{
    model::{Entity, GridKind, How, Level},
    plate::{Address, Baseplate, Building, Grid, Thing},
    spatial::{Bbox, LngLat},
};
use serde::Serialize;

/// Addresses that an answer lists; the count says how many there are.
const LISTED: usize = 50;

/// A grid in a chain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GridRef {
    /// Its level.
    pub level: Option<Level>,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// An address in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AddressRef {
    /// Its code.
    pub code: String,
    /// Its full text.
    pub text: Option<String>,
}

/// How one thing hangs on another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Link {
    /// `address→building`, `building→grid`, `address→grid` or `grid→parent`.
    pub relation: &'static str,
    /// The code at the far end.
    pub code: String,
    /// The coverage, for links to a grid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<GridKind>,
    /// How the link was made.
    pub how: How,
    /// Metres between the two; zero inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f32>,
}

/// A building in short.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BuildingRef {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Option<String>,
    /// Floors above the ground.
    pub floors: Option<u16>,
    /// Height, metres.
    pub height_m: Option<f32>,
    /// What it is used for.
    #[serde(rename = "use")]
    pub usage: Option<String>,
    /// How many addresses it has.
    pub addresses: u32,
}

/// What stands at a point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlaceAnswer {
    /// The generation that answered.
    pub generation: String,
    /// The point, in the coordinates of the plate.
    #[serde(flatten)]
    pub point: LngLat,
    /// The coverage that was asked.
    pub kind: GridKind,
    /// The grid and the levels above it, from the ground up; empty outside.
    pub chain: Vec<GridRef>,
    /// The building around the point.
    pub building: Option<BuildingRef>,
    /// The first of its addresses.
    pub addresses: Vec<AddressRef>,
}

/// A thing and what is linked with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntityAnswer {
    /// The generation that answered.
    pub generation: String,
    /// What it is.
    pub entity: Entity,
    /// Its code.
    pub code: String,
    /// A point inside it.
    #[serde(flatten)]
    pub point: Option<LngLat>,
    /// What only things of its sort have.
    #[serde(flatten)]
    pub own: Own,
    /// The grid it lies in (for a grid: itself) and the levels above, from the ground up.
    pub chain: Vec<GridRef>,
    /// How it hangs on other things.
    pub links: Vec<Link>,
}

/// What only grids, only buildings or only addresses have.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Own {
    /// Of a grid.
    Grid {
        /// Its name.
        name: String,
        /// Its level.
        level: Option<Level>,
        /// Its coverage.
        kind: Option<GridKind>,
        /// Area on the ellipsoid, square metres.
        area_m2: Option<f64>,
        /// Its box, degrees.
        bbox: Option<Bbox>,
        /// Buildings in it.
        buildings: u32,
        /// Addresses in it.
        addresses: u32,
    },
    /// Of a building.
    Building {
        /// Its name.
        name: Option<String>,
        /// Floors above the ground.
        floors: Option<u16>,
        /// Height, metres.
        height_m: Option<f32>,
        /// What it is used for.
        #[serde(rename = "use")]
        usage: Option<String>,
        /// The box of its footprint, degrees.
        bbox: Option<Bbox>,
        /// The H3 cell of its point, resolution 12.
        h3: Option<String>,
        /// How many addresses it has.
        addresses: u32,
        /// The first of them.
        address_list: Vec<AddressRef>,
    },
    /// Of an address.
    Address {
        /// Its full text.
        text: Option<String>,
        /// The H3 cell of its point, resolution 12.
        h3: Option<String>,
        /// The building it belongs to.
        building: Option<BuildingRef>,
    },
}

impl From<Grid<'_>> for GridRef {
    fn from(grid: Grid<'_>) -> Self {
        Self { level: grid.level(), code: grid.code().to_owned(), name: grid.name().to_owned() }
    }
}

impl From<Address<'_>> for AddressRef {
    fn from(address: Address<'_>) -> Self {
        Self { code: address.code().to_owned(), text: address.text().map(str::to_owned) }
    }
}

impl From<Building<'_>> for BuildingRef {
    fn from(building: Building<'_>) -> Self {
        Self {
            code: building.code().to_owned(),
            name: building.name().map(str::to_owned),
            floors: building.floors(),
            height_m: building.height_m(),
            usage: building.usage().map(str::to_owned),
            addresses: building.address_count(),
        }
    }
}

impl Baseplate {
    /// What stands at a point: the chain of grids of a coverage, the building and its addresses. `None` if the plate has no
    /// coverage of this kind; the basic one may be asked for even where a plate has no grids at all.
    pub fn describe_place(&self, point: LngLat, kind: &GridKind) -> Option<PlaceAnswer> {
        let coverage = self.coverage(kind);
        if coverage.is_none() && !kind.is_basic() {
            return None;
        }
        let grid = coverage.and_then(|c| c.locate(point));
        let building = self.buildings_at(point).into_iter().next();
        Some(PlaceAnswer {
            generation: self.manifest().generation.clone(),
            point,
            kind: kind.clone(),
            chain: chain(grid),
            building: building.map(BuildingRef::from),
            addresses: building.iter().flat_map(Building::addresses).take(LISTED).map(AddressRef::from).collect(),
        })
    }

    /// Whatever a code stands for and what is linked with it.
    pub fn describe(&self, code: &str) -> Option<EntityAnswer> {
        let thing = self.resolve(code)?;
        let (point, own) = match thing {
            Thing::Grid(grid) => (grid.label_point(), own_of_grid(grid)),
            Thing::Building(building) => (building.point(), own_of_building(building)),
            Thing::Address(address) => (address.point(), own_of_address(address)),
        };
        Some(EntityAnswer {
            generation: self.manifest().generation.clone(),
            entity: thing.entity(),
            code: thing.code().to_owned(),
            point,
            own,
            chain: chain(thing.grid(&GridKind::basic())),
            links: self.links(thing),
        })
    }

    fn links(&self, thing: Thing<'_>) -> Vec<Link> {
        let basic = thing.grid(&GridKind::basic());
        let above = || basic.into_iter().flat_map(|grid| grid.chain()).filter_map(Self::link_above);
        let grids = |relation, how| {
            let link = move |kind: &GridKind| {
                let code = thing.grid(kind)?.code().to_owned();
                Some(Link { relation, code, kind: Some(kind.clone()), how, distance_m: None })
            };
            self.coverages().filter_map(move |c| link(c.kind()))
        };
        match thing {
            Thing::Grid(grid) => grid.chain().filter_map(Self::link_above).collect(),
            Thing::Building(_) => grids("building→grid", How::Spatial).chain(above()).collect(),
            Thing::Address(address) => match address.building() {
                Some((building, how)) => {
                    let code = building.code().to_owned();
                    let distance_m = address.distance_m();
                    let first = Link { relation: "address→building", code, kind: None, how, distance_m };
                    std::iter::once(first).chain(grids("building→grid", How::Spatial)).chain(above()).collect()
                }
                None => grids("address→grid", How::Spatial).chain(above()).collect(),
            },
        }
    }

    /// The link of a grid to the one above it.
    fn link_above(grid: Grid<'_>) -> Option<Link> {
        let code = grid.parent()?.code().to_owned();
        Some(Link { relation: "grid→parent", code, kind: None, how: grid.parent_link()?, distance_m: None })
    }
}

fn chain(grid: Option<Grid<'_>>) -> Vec<GridRef> {
    grid.into_iter().flat_map(|grid| grid.chain()).map(GridRef::from).collect()
}

fn hex_cell(cell: Option<u64>) -> Option<String> {
    cell.map(|cell| format!("{cell:x}"))
}

fn own_of_grid(grid: Grid<'_>) -> Own {
    Own::Grid {
        name: grid.name().to_owned(),
        level: grid.level(),
        kind: grid.kind(),
        area_m2: grid.area_m2(),
        bbox: grid.bbox(),
        buildings: grid.buildings(),
        addresses: grid.addresses(),
    }
}

fn own_of_building(building: Building<'_>) -> Own {
    let BuildingRef { name, floors, height_m, usage, addresses, .. } = building.into();
    Own::Building {
        name,
        floors,
        height_m,
        usage,
        bbox: building.bbox(),
        h3: hex_cell(building.h3()),
        addresses,
        address_list: building.addresses().take(LISTED).map(AddressRef::from).collect(),
    }
}

fn own_of_address(address: Address<'_>) -> Own {
    Own::Address {
        text: address.text().map(str::to_owned),
        h3: hex_cell(address.h3()),
        building: address.building().map(|(building, _)| building.into()),
    }
}
