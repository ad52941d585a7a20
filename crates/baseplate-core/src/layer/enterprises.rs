//! Enterprises at the address where they are registered, with the attributes that the city has of them.

use super::{
    addresses::EARLIEST,
    content::{Content, Shape},
    feature::{CHAIN, ColumnType, Feature, FeatureColumn, FeatureValue, chain, chain_columns, columns, point, text},
};
use crate::{
    model::GridKind,
    outline::TileId,
    plate::{Baseplate, Enterprise},
    spatial::Bbox,
    tile::{Canvas, Field, TileError, Value},
};
use std::collections::BTreeMap;

/// What features say of enterprises besides their attributes, and what formats add; attributes that are called so have `attribute_` in
/// front.
const OWN: [&str; 9] = ["code", "name", "count", "role", "address", "building", "geometry", "bbox", "wkt"];

/// The enterprises that may be named.
pub(super) struct Enterprises {
    /// What their attributes are called here, in the order of the plate.
    attributes: Vec<String>,
}

impl Enterprises {
    pub(super) fn of(plate: &Baseplate) -> Self {
        let names: Vec<&str> = plate.manifest().enterprise_attributes.iter().map(|a| a.name.as_str()).collect();
        let is_own = |name: &str| OWN.contains(&name) || CHAIN.iter().any(|(level, _)| *level == name);
        let called = |name: &&str| {
            let mut called = (*name).to_owned();
            while is_own(&called) || (called != **name && names.contains(&called.as_str())) {
                called = format!("attribute_{called}");
            }
            called
        };
        Self { attributes: names.iter().map(called).collect() }
    }

    fn row<'a>(&self, enterprise: Enterprise<'a>) -> Feature<'a> {
        let address = enterprise.address();
        let mut values = vec![FeatureValue::Text(enterprise.uscc()), text(enterprise.name())];
        values.extend((0..self.attributes.len()).map(|at| text(enterprise.attribute(at))));
        values.push(text(enterprise.role().map(|role| role.as_str())));
        values.push(text(address.map(|address| address.code())));
        values.push(text(address.and_then(|address| address.building()).map(|(building, _)| building.code())));
        let grid = address.and_then(|address| address.grid(&GridKind::basic()));
        values.extend(chain(grid, &CHAIN));
        Feature { values, geometry: address.and_then(|a| a.point()).map(point) }
    }
}

impl Content for Enterprises {
    fn shape(&self) -> Shape {
        Shape::Point
    }

    fn fields(&self) -> Vec<Field> {
        let attributes = self.attributes.iter().map(String::as_str);
        let texts: Vec<&str> = ["code", "name"].into_iter().chain(attributes).collect();
        Field::all(&texts, &["count"])
    }

    fn columns(&self) -> Vec<FeatureColumn> {
        let is_text = |name| (name, ColumnType::Text);
        let attributes: Vec<_> = self.attributes.iter().map(|name| is_text(name.as_str())).collect();
        let linked = ["role", "address", "building"].map(is_text);
        columns(&[&["code", "name"].map(is_text), &attributes, &linked, &chain_columns(&CHAIN)])
    }

    fn earliest(&self, _: u8) -> u8 {
        EARLIEST
    }

    fn has_empty_places(&self) -> bool {
        true
    }

    fn features<'a>(&'a self, plate: &'a Baseplate) -> Box<dyn Iterator<Item = Feature<'a>> + Send + 'a> {
        Box::new(plate.enterprise_rows().filter(Enterprise::is_listed).map(|enterprise| self.row(enterprise)))
    }

    fn count(&self, plate: &Baseplate) -> u64 {
        plate.enterprise_rows().filter(Enterprise::is_listed).count() as u64
    }

    fn places(&self, plate: &Baseplate) -> u32 {
        plate.linked_enterprise_rows()
    }

    fn feature<'a>(&self, plate: &'a Baseplate, place: u32) -> Option<Feature<'a>> {
        counted(plate, place).map(|enterprise| self.row(enterprise))
    }

    fn place_of(&self, plate: &Baseplate, code: &str) -> Option<u32> {
        let found = plate.enterprise(code)?;
        let mut rows = found.everywhere().filter(|e| e.uscc() == code).map(|e| e.row());
        rows.find(|row| counted(plate, *row).is_some())
    }

    /// Rows of enterprises lie in the order of their addresses.
    fn places_in(&self, plate: &Baseplate, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        let mut found = Vec::new();
        let mut enterprises = (from..plate.linked_enterprise_rows()).filter_map(|row| plate.linked_enterprise(row));
        let first = enterprises.find_map(|e| e.address()).map(|a| a.row());
        let Some(mut address) = first else { return found };
        while found.len() < limit {
            let addresses = plate.address_rows_in(bbox, address, limit);
            let Some(last) = addresses.last() else { break };
            address = last + 1;
            for row in addresses.into_iter().filter_map(|row| plate.address_row(row)) {
                found.extend(row.enterprises().map(|e| e.row()).filter(|row| *row >= from));
            }
        }
        found.truncate(limit);
        found
    }

    fn may_be_in(&self, plate: &Baseplate, _: TileId, bbox: Bbox) -> bool {
        plate.has_addresses_in(bbox)
    }

    fn draw(&self, plate: &Baseplate, to: &mut dyn Canvas) -> Result<(), TileError> {
        let frame = to.frame();
        let mut clusters = BTreeMap::new();
        for address in plate.addresses_in(frame.bbox()) {
            let Some(at) = address.point().and_then(|p| frame.point(p.coord())) else { continue };
            for enterprise in address.enterprises().filter(|e| e.is_counted() && e.is_listed()) {
                clusters.entry(frame.cluster(at)).or_insert((at, enterprise, 0)).2 += 1;
            }
        }
        for (at, enterprise, count) in clusters.into_values() {
            let mut values = vec![("name", enterprise.name().map(Value::Text))];
            let attributes = self.attributes.iter().map(String::as_str).enumerate();
            values.extend(attributes.map(|(at, name)| (name, enterprise.attribute(at).map(Value::Text))));
            values.push(("count", Some(Value::Int(count))));
            to.point(enterprise.uscc(), at, &values)?;
        }
        Ok(())
    }
}

fn counted(plate: &Baseplate, place: u32) -> Option<Enterprise<'_>> {
    plate.linked_enterprise(place).filter(|e| e.is_counted() && e.is_listed())
}
