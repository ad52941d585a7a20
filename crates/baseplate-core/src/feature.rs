//! The features of a layer as they are stored, for those who want the data and not a drawing of it.
//!
//! Features of a layer have places, from 0 on, in an order that a generation keeps. Some places may be empty.

use crate::{
    model::{EnterpriseRole, Entity, GridKind},
    plate::{Baseplate, Enterprise, Grid, HexCell},
    spatial::{Bbox, LngLat},
    tile::{Content, TileLayer},
};
use geo::{Coord, LineString, MultiPolygon, Polygon};
use h3o::{CellIndex, LatLng, Resolution};

/// The resolution of the cells that stand for the density layer, 0.1 km² each: the finest with counts of people.
const CELLS: u8 = 9;

/// A feature of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Its code, which names it within its layer.
    pub code: String,
    /// Where it is, in degrees; `None` if nobody knows.
    pub geometry: Option<FeatureGeometry>,
    /// Its attributes but for the code: those of the layer that it has.
    pub properties: Vec<(&'static str, Property)>,
}

/// Where a feature is.
#[derive(Debug, Clone, PartialEq)]
pub enum FeatureGeometry {
    /// A point.
    Point(LngLat),
    /// An area: exteriors counter-clockwise, holes clockwise.
    Area(MultiPolygon<f64>),
}

/// A value of a feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Property {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f32),
}

/// A value, or its absence, by name.
type Named = (&'static str, Option<Property>);

fn text(value: Option<&str>) -> Option<Property> {
    value.map(|value| Property::Text(value.to_owned()))
}

fn number(value: Option<impl Into<i64>>) -> Option<Property> {
    value.map(|value| Property::Int(value.into()))
}

impl Baseplate {
    /// How many places a layer has.
    pub fn feature_places(&self, layer: &TileLayer) -> u32 {
        let rows = self.manifest().rows;
        match layer.content() {
            Content::Areas(kind, level) | Content::Labels(kind, level) => self.level_rows(kind, *level).len() as u32,
            Content::Density => self.hex_cells(CELLS).len() as u32,
            Content::Buildings => rows.buildings as u32,
            Content::Addresses => rows.addresses as u32,
            Content::Enterprises => self.linked_enterprises().len() as u32,
        }
    }

    /// The feature at a place of a layer; `None` if the place is empty. Enterprises stand at the address where they are registered.
    pub fn feature(&self, layer: &TileLayer, place: u32) -> Option<Feature> {
        let mut feature = match layer.content() {
            Content::Areas(kind, level) => {
                let grid = self.grid_row(self.level_rows(kind, *level).nth(place as usize)?)?;
                Feature { geometry: grid.area().map(FeatureGeometry::Area), ..of_grid(&grid) }
            }
            Content::Labels(kind, level) => {
                let grid = self.grid_row(self.level_rows(kind, *level).nth(place as usize)?)?;
                Feature { geometry: grid.label_point().map(FeatureGeometry::Point), ..of_grid(&grid) }
            }
            Content::Density => of_cell(&self.hex_cells(CELLS).nth(place as usize)?)?,
            Content::Buildings => self.building_feature(place)?,
            Content::Addresses => self.address_feature(place)?,
            Content::Enterprises => of_enterprise(&self.linked_enterprises().nth(place as usize)?)?,
        };
        feature.properties.retain(|(name, _)| layer.fields.iter().any(|f| f.name == *name));
        Some(feature)
    }

    /// The place of the feature with a code.
    pub fn feature_place(&self, layer: &TileLayer, code: &str) -> Option<u32> {
        match layer.content() {
            Content::Areas(kind, level) | Content::Labels(kind, level) => {
                let rows = self.level_rows(kind, *level);
                let has_code = |row: &u32| self.grid_row(*row).is_some_and(|grid| grid.code() == code);
                rows.clone().find(has_code).map(|row| row - rows.start)
            }
            Content::Density => {
                let first = self.hex_cells(CELLS).next()?.row();
                let cell: CellIndex = code.parse().ok().filter(|c: &CellIndex| u8::from(c.resolution()) == CELLS)?;
                self.hex_cell(cell.into())?.row().checked_sub(first)
            }
            Content::Buildings => self.building(code).filter(|b| b.code() == code).map(|b| b.row()),
            Content::Addresses => self.address(code).filter(|a| a.code() == code).map(|a| a.row()),
            Content::Enterprises => {
                let found = self.enterprise(code)?;
                let mut rows = found.everywhere().filter(|e| e.uscc() == code).map(|e| e.row());
                rows.find(|row| self.feature_is_there(*row))
            }
        }
    }

    fn feature_is_there(&self, enterprise: u32) -> bool {
        self.linked_enterprises().nth(enterprise as usize).is_some_and(|e| of_enterprise(&e).is_some())
    }

    /// The first places from `from` on whose features touch a box, at most `limit`. For areas it is their own boxes that count.
    pub fn feature_places_in(&self, layer: &TileLayer, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        match layer.content() {
            Content::Areas(kind, level) | Content::Labels(kind, level) => {
                let rows = self.level_rows(kind, *level);
                let found = self.grids_of(kind, *level, bbox).into_iter().map(|grid| grid.row() - rows.start);
                found.filter(|place| *place >= from).take(limit).collect()
            }
            Content::Density => {
                let touches = |place: &u32| {
                    let cell = self.hex_cells(CELLS).nth(*place as usize);
                    cell.and_then(|c| cell_box(&c)).is_some_and(|b| b.intersection(bbox).is_some())
                };
                (from..self.feature_places(layer)).filter(touches).take(limit).collect()
            }
            Content::Buildings => self.building_rows_in(bbox, from, limit),
            Content::Addresses => self.address_rows_in(bbox, from, limit),
            Content::Enterprises => self.enterprise_rows_in(bbox, from, limit),
        }
    }

    /// Rows of enterprises lie in the order of their addresses.
    fn enterprise_rows_in(&self, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        let mut found = Vec::new();
        let first = self.linked_enterprises().nth(from as usize).and_then(|e| e.address()).map(|a| a.row());
        let Some(mut address) = first else { return found };
        while found.len() < limit {
            let addresses = self.address_rows_in(bbox, address, limit);
            let Some(last) = addresses.last() else { break };
            address = last + 1;
            for row in addresses.into_iter().filter_map(|row| self.address_row(row)) {
                found.extend(row.enterprises().map(|e| e.row()).filter(|row| *row >= from));
            }
        }
        found.truncate(limit);
        found
    }

    fn building_feature(&self, row: u32) -> Option<Feature> {
        let building = self.building_row(row)?;
        let grid = building.grid(&GridKind::basic());
        let values = [
            ("name", text(building.name())),
            ("use", text(building.usage())),
            ("grid", text(grid.as_ref().map(Grid::code))),
            ("floors", number(building.floors())),
            ("height", building.height_m().map(Property::Float)),
        ];
        Some(of(building.code(), building.footprint().map(FeatureGeometry::Area), values))
    }

    fn address_feature(&self, row: u32) -> Option<Feature> {
        let address = self.address_row(row)?;
        let values = [("text", text(address.text())), ("count", Some(Property::Int(1)))];
        Some(of(address.code(), address.point().map(FeatureGeometry::Point), values))
    }
}

fn of(code: &str, geometry: Option<FeatureGeometry>, values: impl IntoIterator<Item = Named>) -> Feature {
    let properties = values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    Feature { code: code.to_owned(), geometry, properties }
}

fn of_grid(grid: &Grid<'_>) -> Feature {
    let parent = grid.parent();
    let said = [
        ("name", text(Some(grid.name()))),
        ("level", text(grid.level().map(|level| level.as_str()))),
        ("parent", text(parent.as_ref().map(Grid::code))),
    ];
    of(grid.code(), None, said.into_iter().chain(counts(|entity| grid.count(entity))))
}

fn counts(count: impl Fn(Entity) -> Option<u32>) -> [Named; 4] {
    [
        ("buildings", number(count(Entity::Building))),
        ("addresses", number(count(Entity::Address))),
        ("enterprises", number(count(Entity::Enterprise))),
        ("people", number(count(Entity::Person))),
    ]
}

fn of_cell(cell: &HexCell<'_>) -> Option<Feature> {
    let index = CellIndex::try_from(cell.cell()?).ok()?;
    let ring: LineString<f64> = index.boundary().iter().map(|v| Coord { x: v.lng(), y: v.lat() }).collect();
    let area = FeatureGeometry::Area(Polygon::new(ring, Vec::new()).into());
    Some(of(&index.to_string(), Some(area), counts(|entity| cell.count(entity))))
}

/// A box around a cell, a little too large.
fn cell_box(cell: &HexCell<'_>) -> Option<Bbox> {
    let at = LatLng::from(CellIndex::try_from(cell.cell()?).ok()?);
    let y = 1.6 * Resolution::try_from(CELLS).ok()?.edge_length_km() / 110.0;
    let x = y / at.lat().to_radians().cos().max(0.05);
    Some(Bbox([at.lng() - x, at.lat() - y, at.lng() + x, at.lat() + y]))
}

fn of_enterprise(enterprise: &Enterprise<'_>) -> Option<Feature> {
    if enterprise.role() != Some(EnterpriseRole::Registered) {
        return None;
    }
    let at = enterprise.address().and_then(|address| address.point()).map(FeatureGeometry::Point);
    let industry = enterprise.attributes().find(|(name, _)| *name == "industry").map(|(_, value)| value);
    let values = [("name", text(enterprise.name())), ("industry", text(industry)), ("count", Some(Property::Int(1)))];
    Some(of(enterprise.uscc(), at, values))
}
