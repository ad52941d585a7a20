//! Points of addresses.

use super::{
    content::{Content, Shape},
    feature::{
        CHAIN, ColumnType, Feature, FeatureColumn, FeatureValue, chain, chain_columns, chain_value, columns, point,
        text,
    },
};
use crate::{
    model::GridKind,
    outline::{TileId, scheme::Vertex},
    plate::{Address, Baseplate},
    spatial::Bbox,
    tile::{Canvas, Field, TileError, Value},
};
use std::collections::BTreeMap;

/// The first zoom that what lies at addresses can be configured to begin at: before it a tile would have to look at too many rows.
pub(super) const EARLIEST: u8 = 15;

/// The columns of addresses besides the grids that they lie in.
const OWN: [&str; 4] = ["code", "text", "building", "building_link"];

/// All addresses.
pub(super) struct Addresses;

impl Content for Addresses {
    fn shape(&self) -> Shape {
        Shape::Point
    }

    fn fields(&self) -> Vec<Field> {
        Field::all(&["code", "text", "building"], &["count"])
    }

    fn columns(&self) -> Vec<FeatureColumn> {
        columns(&[&OWN.map(|name| (name, ColumnType::Text)), &chain_columns(&CHAIN)])
    }

    fn earliest(&self, _: u8) -> u8 {
        EARLIEST
    }

    fn features<'a>(&'a self, plate: &'a Baseplate) -> Box<dyn Iterator<Item = Feature<'a>> + Send + 'a> {
        Box::new((0..self.places(plate)).filter_map(|row| Some(address(plate.address_row(row)?))))
    }

    fn count(&self, plate: &Baseplate) -> u64 {
        plate.manifest().rows.addresses
    }

    fn places(&self, plate: &Baseplate) -> u32 {
        plate.manifest().rows.addresses as u32
    }

    fn feature<'a>(&self, plate: &'a Baseplate, place: u32) -> Option<Feature<'a>> {
        plate.address_row(place).map(address)
    }

    fn has(&self, plate: &Baseplate, place: u32) -> bool {
        plate.address_row(place).is_some()
    }

    fn value<'a>(&self, plate: &'a Baseplate, place: u32, column: usize) -> FeatureValue<'a> {
        let Some(address) = plate.address_row(place) else { return FeatureValue::Null };
        match column.checked_sub(OWN.len()) {
            None => own(address, column),
            Some(above) => chain_value(address.grid(&GridKind::basic()), above),
        }
    }

    fn touches(&self, plate: &Baseplate, place: u32, bbox: Bbox) -> Option<bool> {
        Some(bbox.contains(plate.address_row(place)?.point()?))
    }

    fn place_of(&self, plate: &Baseplate, code: &str) -> Option<u32> {
        plate.address(code).filter(|a| a.code() == code).map(|a| a.row())
    }

    fn places_in(&self, plate: &Baseplate, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        plate.address_rows_in(bbox, from, limit)
    }

    fn may_be_in(&self, plate: &Baseplate, _: TileId, bbox: Bbox) -> bool {
        plate.has_addresses_in(bbox)
    }

    fn draw(&self, plate: &Baseplate, to: &mut dyn Canvas) -> Result<(), TileError> {
        let frame = to.frame();
        let mut clusters: BTreeMap<Vertex, (Vertex, Address<'_>, i64)> = BTreeMap::new();
        for address in plate.addresses_in(frame.bbox()) {
            if let Some(at) = address.point().and_then(|p| frame.point(p.coord())) {
                clusters.entry(frame.cluster(at)).or_insert((at, address, 0)).2 += 1;
            }
        }
        for (at, address, count) in clusters.into_values() {
            let building = address.building();
            let values = [
                ("text", address.text().map(Value::Text)),
                ("building", building.as_ref().map(|(b, _)| Value::Text(b.code()))),
                ("count", Some(Value::Int(count))),
            ];
            to.point(address.code(), at, &values)?;
        }
        Ok(())
    }
}

fn address(address: Address<'_>) -> Feature<'_> {
    let own = (0..OWN.len()).map(|column| own(address, column));
    let values = own.chain(chain(address.grid(&GridKind::basic()), &CHAIN)).collect();
    Feature { values, geometry: address.point().map(point) }
}

/// The value of one of the columns [`OWN`].
fn own(address: Address<'_>, column: usize) -> FeatureValue<'_> {
    let building = || address.building();
    match column {
        0 => FeatureValue::Text(address.code()),
        1 => text(address.text()),
        2 => text(building().map(|(building, _)| building.code())),
        _ => text(building().map(|(_, how)| how.as_str())),
    }
}
