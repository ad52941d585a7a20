//! Footprints of buildings.

use super::{
    content::{Content, Shape},
    feature::{
        CHAIN,
        ColumnType::{self, Float, Integer, Text},
        Feature, FeatureColumn,
        FeatureValue::{self, Null},
        chain, chain_columns, chain_value, columns, integer, text,
    },
};
use crate::{
    model::GridKind,
    outline::{MAX_ZOOM, TileId},
    plate::{Baseplate, Building, Grid},
    spatial::Bbox,
    text::door,
    tile::{Area, Canvas, Field, TileError, Value, frame::ALL_BUILDINGS_FROM},
};

/// The first zoom that they can be configured to begin at: before it a tile would have to look at too many rows.
const EARLIEST: u8 = 13;

/// The columns of buildings besides the grids that they lie in.
const OWN: [(&str, ColumnType); 5] =
    [("code", Text), ("name", Text), ("use", Text), ("floors", Integer), ("height", Float)];

/// All buildings.
pub(super) struct Buildings;

impl Content for Buildings {
    fn shape(&self) -> Shape {
        Shape::Polygon
    }

    fn fields(&self) -> Vec<Field> {
        Field::all(&["code", "name", "label", "use", "grid"], &["floors", "height"])
    }

    fn columns(&self) -> Vec<FeatureColumn> {
        columns(&[&OWN, &chain_columns(&CHAIN)])
    }

    fn earliest(&self, _: u8) -> u8 {
        EARLIEST
    }

    fn features<'a>(&'a self, plate: &'a Baseplate) -> Box<dyn Iterator<Item = Feature<'a>> + Send + 'a> {
        Box::new((0..self.places(plate)).filter_map(|row| Some(building(plate.building_row(row)?))))
    }

    fn count(&self, plate: &Baseplate) -> u64 {
        plate.manifest().rows.buildings
    }

    fn places(&self, plate: &Baseplate) -> u32 {
        plate.manifest().rows.buildings as u32
    }

    fn feature<'a>(&self, plate: &'a Baseplate, place: u32) -> Option<Feature<'a>> {
        plate.building_row(place).map(building)
    }

    fn has(&self, plate: &Baseplate, place: u32) -> bool {
        plate.building_row(place).is_some()
    }

    fn value<'a>(&self, plate: &'a Baseplate, place: u32, column: usize) -> FeatureValue<'a> {
        let Some(building) = plate.building_row(place) else { return Null };
        match column.checked_sub(OWN.len()) {
            None => own(building, column),
            Some(above) => chain_value(building.grid(&GridKind::basic()), above),
        }
    }

    fn place_of(&self, plate: &Baseplate, code: &str) -> Option<u32> {
        plate.building(code).filter(|b| b.code() == code).map(|b| b.row())
    }

    fn places_in(&self, plate: &Baseplate, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        plate.building_rows_in(bbox, from, limit)
    }

    fn may_be_in(&self, plate: &Baseplate, _: TileId, bbox: Bbox) -> bool {
        plate.has_buildings_in(bbox)
    }

    fn draw(&self, plate: &Baseplate, to: &mut dyn Canvas) -> Result<(), TileError> {
        let basic = GridKind::basic();
        let (zoom, bbox) = (to.frame().id.z(), to.frame().bbox());
        for building in plate.buildings_in(bbox) {
            let Some(footprint) = building.footprint_wkb() else { continue };
            let size = [
                ("height", building.height_m().map(Value::Float)),
                ("floors", building.floors().map(|n| Value::Int(n.into()))),
            ];
            if zoom < ALL_BUILDINGS_FROM {
                to.area(building.code(), Area::Footprint(footprint), &size)?;
                continue;
            }
            // Said once, in the tile that has the middle: its parts would be named each.
            let has_middle = || building.point().is_some_and(|at| to.frame().point(at.coord()).is_some());
            let label = (zoom == MAX_ZOOM && has_middle()).then(|| building_label(&building)).flatten();
            let [height, floors] = size;
            let values = [
                height,
                floors,
                ("name", building.name().map(Value::Text)),
                ("label", label.map(Value::Text)),
                ("use", building.usage().map(Value::Text)),
                ("grid", building.grid(&basic).as_ref().map(Grid::code).map(Value::Text)),
            ];
            to.area(building.code(), Area::Footprint(footprint), &values)?;
        }
        Ok(())
    }
}

fn building(building: Building<'_>) -> Feature<'_> {
    let own = (0..OWN.len()).map(|column| own(building, column));
    let values = own.chain(chain(building.grid(&GridKind::basic()), &CHAIN)).collect();
    Feature { values, geometry: building.footprint().map(Into::into) }
}

/// The value of one of the columns [`OWN`].
fn own(building: Building<'_>, column: usize) -> FeatureValue<'_> {
    match column {
        0 => FeatureValue::Text(building.code()),
        1 => text(building.name()),
        2 => text(building.usage()),
        3 => integer(building.floors()),
        _ => building.height_m().map_or(Null, FeatureValue::Float),
    }
}

/// What a building is called on the map: `1栋` of its name, else its name, else `1栋` of its first address.
fn building_label<'p>(building: &Building<'p>) -> Option<&'p str> {
    let name = building.name();
    let first = || building.addresses().next().and_then(|address| address.text());
    name.and_then(door).or(name).or_else(|| first().and_then(door))
}
