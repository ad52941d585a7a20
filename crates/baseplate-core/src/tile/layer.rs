//! The layers: which there are, from which zoom on, and what their features say.

use super::{
    MAX_ZOOM, TileError,
    encode::{LayerWriter, Value},
    mercator::Frame,
    ring::{Ring, clip_and_clean},
};
use crate::{
    model::{Entity, GridKind, Level},
    plate::{Baseplate, Grid},
};
use geo::{LineString, MultiPolygon};

/// A level appears at the first zoom at which its grids are this wide on average, in pixels of a 512-pixel tile.
const LEGIBLE_PX: f64 = 24.0;
/// Metres a pixel of a 512-pixel tile at zoom 0, on the equator.
const PX_M: f64 = 40_075_016.686 / 512.0;
/// From here on a tile holds few enough buildings to stay small.
const BUILDINGS_FROM: u8 = 14;
/// The same for addresses.
const ADDRESSES_FROM: u8 = 17;

/// A layer that tiles of a plate can have.
#[derive(Debug, Clone, PartialEq)]
pub struct TileLayer {
    /// Its name.
    pub name: String,
    /// What it shows, in words.
    pub description: String,
    /// The first zoom at which it has features.
    pub min_zoom: u8,
    /// The attributes of its features.
    pub fields: Vec<Field>,
    pub(super) content: Content,
}

/// An attribute of a layer's features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// What its values are.
    pub of: FieldType,
}

/// What an attribute's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// Text.
    Text,
    /// A number.
    Number,
}

impl TileLayer {
    /// Whether its features are the polygons of a level of grids.
    pub fn shows_areas(&self) -> bool {
        matches!(self.content, Content::Areas(..))
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    Areas(GridKind, Level),
    Labels(GridKind, Level),
    Buildings,
    Addresses,
}

/// The layers of a plate: areas from the highest level down, then buildings and addresses, then label points.
pub(super) fn layers(plate: &Baseplate) -> Vec<TileLayer> {
    let of_level: Vec<_> = plate.coverages().flat_map(|c| levels(plate, c.kind())).collect();
    let areas = of_level.iter().map(|(kind, level, min_zoom)| TileLayer {
        name: area_layer(kind, *level),
        description: format!("{} of kind {kind}: polygons", level.plural()),
        min_zoom: *min_zoom,
        fields: fields(&["code", "name", "level"], &["buildings", "addresses", "enterprises", "people"]),
        content: Content::Areas(kind.clone(), *level),
    });
    let labels = of_level.iter().map(|(kind, level, min_zoom)| TileLayer {
        name: format!("{}-labels", area_layer(kind, *level)),
        description: format!("{} of kind {kind}: one point each, for labels", level.plural()),
        min_zoom: *min_zoom,
        fields: fields(&["code", "name"], &[]),
        content: Content::Labels(kind.clone(), *level),
    });
    let buildings = TileLayer {
        name: "buildings".to_owned(),
        description: "footprints; height in metres".to_owned(),
        min_zoom: BUILDINGS_FROM,
        fields: fields(&["code", "name", "use", "grid"], &["floors", "height"]),
        content: Content::Buildings,
    };
    let addresses = TileLayer {
        name: "addresses".to_owned(),
        description: "address points".to_owned(),
        min_zoom: ADDRESSES_FROM,
        fields: fields(&["code", "text"], &[]),
        content: Content::Addresses,
    };
    let rows = plate.manifest().rows;
    let buildings = (rows.buildings > 0).then_some(buildings);
    let addresses = (rows.addresses > 0).then_some(addresses);
    areas.chain(buildings).chain(addresses).chain(labels).collect()
}

/// `communities` for the basic kind, `police-communities` for another.
fn area_layer(kind: &GridKind, level: Level) -> String {
    if kind.is_basic() { level.plural().to_owned() } else { format!("{kind}-{}", level.plural()) }
}

fn fields(text: &[&'static str], numbers: &[&'static str]) -> Vec<Field> {
    let of = |names: &[&'static str], of| names.iter().map(move |name| Field { name, of }).collect::<Vec<_>>();
    [of(text, FieldType::Text), of(numbers, FieldType::Number)].concat()
}

/// The levels of a kind, from the highest down, each with its first zoom. The highest that has more than one grid, and what
/// is above it, is there from zoom 0.
fn levels(plate: &Baseplate, kind: &GridKind) -> Vec<(GridKind, Level, u8)> {
    let (mut found, mut several_above) = (Vec::new(), false);
    for (level, count, mean_m2, lat) in plate.level_sizes(kind).into_iter().rev() {
        let width_px = mean_m2.sqrt() / (PX_M * lat.to_radians().cos());
        let zoom = (LEGIBLE_PX / width_px).log2().ceil();
        let zoom = if several_above { zoom.clamp(0.0, f64::from(MAX_ZOOM)) as u8 } else { 0 };
        several_above |= count > 1;
        found.push((kind.clone(), level, zoom));
    }
    found
}

pub(super) fn areas(
    plate: &Baseplate,
    kind: &GridKind,
    level: Level,
    frame: &Frame,
    layer: &mut LayerWriter,
) -> Result<(), TileError> {
    for grid in plate.grids_of(kind, level, frame.bbox()) {
        let Some(polygons) = grid.area().map(|area| polygons(&area, frame)).filter(|p| !p.is_empty()) else { continue };
        let count = |entity| grid.count(entity).map(|n| Value::Int(n.into()));
        let values = [
            ("name", Some(Value::Text(grid.name()))),
            ("level", Some(Value::Text(level.as_str()))),
            ("buildings", count(Entity::Building)),
            ("addresses", count(Entity::Address)),
            ("enterprises", count(Entity::Enterprise)),
            ("people", count(Entity::Person)),
        ];
        layer.area(grid.code(), polygons, &values)?;
    }
    Ok(())
}

pub(super) fn labels(
    plate: &Baseplate,
    kind: &GridKind,
    level: Level,
    frame: &Frame,
    layer: &mut LayerWriter,
) -> Result<(), TileError> {
    for grid in plate.grids_of(kind, level, frame.bbox()) {
        if let Some(at) = grid.label_point().and_then(|p| frame.point(p.coord())) {
            layer.point(grid.code(), at, &[("name", Some(Value::Text(grid.name())))])?;
        }
    }
    Ok(())
}

pub(super) fn buildings(plate: &Baseplate, frame: &Frame, layer: &mut LayerWriter) -> Result<(), TileError> {
    let basic = GridKind::basic();
    for building in plate.buildings_in(frame.bbox()) {
        let Some(polygons) = building.footprint().map(|area| polygons(&area, frame)).filter(|p| !p.is_empty()) else {
            continue;
        };
        let grid = building.grid(&basic);
        let values = [
            ("name", building.name().map(Value::Text)),
            ("use", building.usage().map(Value::Text)),
            ("grid", grid.as_ref().map(Grid::code).map(Value::Text)),
            ("floors", building.floors().map(|n| Value::Int(n.into()))),
            ("height", building.height_m().map(Value::Float)),
        ];
        layer.area(building.code(), polygons, &values)?;
    }
    Ok(())
}

pub(super) fn addresses(plate: &Baseplate, frame: &Frame, layer: &mut LayerWriter) -> Result<(), TileError> {
    for address in plate.addresses_in(frame.bbox()) {
        if let Some(at) = address.point().and_then(|p| frame.point(p.coord())) {
            layer.point(address.code(), at, &[("text", address.text().map(Value::Text))])?;
        }
    }
    Ok(())
}

/// An area in tile units; polygons that the tile does not show are left out.
fn polygons(area: &MultiPolygon<f64>, frame: &Frame) -> Vec<Vec<Ring>> {
    let ring = |ring: &LineString<f64>| -> Ring {
        let open = &ring.0[..ring.0.len().saturating_sub(1)];
        open.iter().map(|c| frame.vertex(*c)).collect()
    };
    let rings = |polygon: &geo::Polygon<f64>| {
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect()
    };
    area.iter().flat_map(|polygon| clip_and_clean(rings(polygon))).collect()
}
