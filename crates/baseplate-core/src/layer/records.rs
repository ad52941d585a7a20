//! The records of a layer at the address where they count, with the attributes that the city has of them.

use super::{
    addresses::EARLIEST,
    content::{Content, Shape},
    feature::{CHAIN, ColumnType, Feature, FeatureColumn, FeatureValue, chain, chain_columns, columns, point, text},
};
use crate::{
    model::GridKind,
    outline::TileId,
    plate::{Baseplate, Layer, Record},
    spatial::Bbox,
    tile::{Canvas, Field, TileError, Value},
};
use std::collections::BTreeMap;

/// What features say of records besides their attributes, and what formats add; attributes that are called so have `attribute_` in
/// front.
const OWN: [&str; 9] = ["code", "name", "count", "role", "address", "building", "geometry", "bbox", "wkt"];

/// The records of a layer that may be named.
pub(super) struct Records {
    layer: String,
    /// What their categories are called here, in the order of the plate.
    attributes: Vec<String>,
}

impl Records {
    pub(super) fn of(layer: Layer<'_>) -> Self {
        let names: Vec<&str> = layer.info().categories().map(|attribute| attribute.name.as_str()).collect();
        let is_own = |name: &str| OWN.contains(&name) || CHAIN.iter().any(|(level, _)| *level == name);
        let called = |name: &&str| {
            let mut called = (*name).to_owned();
            while is_own(&called) || (called != **name && names.contains(&called.as_str())) {
                called = format!("attribute_{called}");
            }
            called
        };
        Self { layer: layer.id().to_owned(), attributes: names.iter().map(called).collect() }
    }

    /// The layer in a plate.
    fn layer<'a>(&self, plate: &'a Baseplate) -> Option<Layer<'a>> {
        plate.layer(&self.layer)
    }

    /// The record at a place: one that has an address, counts there and may be named.
    fn counted<'a>(&self, plate: &'a Baseplate, place: u32) -> Option<Record<'a>> {
        self.layer(plate)?.placed_record(place).filter(|record| record.is_counted() && record.is_listed())
    }

    /// All rows that may be named, wherever they are.
    fn listed<'a>(&self, plate: &'a Baseplate) -> impl Iterator<Item = Record<'a>> + Send + use<'a> {
        self.layer(plate).into_iter().flat_map(|layer| layer.records()).filter(Record::is_listed)
    }

    fn row<'a>(&self, record: Record<'a>) -> Feature<'a> {
        let mut values = vec![FeatureValue::Text(record.code()), text(record.name())];
        values.extend((0..self.attributes.len()).map(|at| text(record.category(at))));
        values.push(text(record.role()));
        values.push(text(record.address().map(|address| address.code())));
        values.push(text(record.building().map(|building| building.code())));
        values.extend(chain(record.grid(&GridKind::basic()), &CHAIN));
        Feature { values, geometry: record.point().map(point) }
    }
}

impl Content for Records {
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
        Box::new(self.listed(plate).map(|record| self.row(record)))
    }

    fn count(&self, plate: &Baseplate) -> u64 {
        self.listed(plate).count() as u64
    }

    fn places(&self, plate: &Baseplate) -> u32 {
        self.layer(plate).map_or(0, |layer| layer.placed_rows())
    }

    fn feature<'a>(&self, plate: &'a Baseplate, place: u32) -> Option<Feature<'a>> {
        self.counted(plate, place).map(|record| self.row(record))
    }

    fn place_of(&self, plate: &Baseplate, code: &str) -> Option<u32> {
        let found = self.layer(plate)?.record(code)?;
        let mut rows = found.everywhere().filter(|record| record.code() == code).map(|record| record.row());
        rows.find(|row| self.counted(plate, *row).is_some())
    }

    fn places_in(&self, plate: &Baseplate, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        self.layer(plate).map(|layer| layer.rows_in(bbox, from, limit)).unwrap_or_default()
    }

    fn may_be_in(&self, plate: &Baseplate, _: TileId, bbox: Bbox) -> bool {
        self.layer(plate).is_some_and(|layer| layer.may_be_in(bbox))
    }

    fn draw(&self, plate: &Baseplate, to: &mut dyn Canvas) -> Result<(), TileError> {
        let Some(layer) = self.layer(plate) else { return Ok(()) };
        let frame = to.frame();
        let mut clusters = BTreeMap::new();
        let rows = layer.rows_in(frame.bbox(), 0, usize::MAX);
        let records = rows.into_iter().filter_map(|row| self.counted(plate, row));
        for record in records {
            let Some(at) = record.point().and_then(|p| frame.point(p.coord())) else { continue };
            clusters.entry(frame.cluster(at)).or_insert((at, record, 0)).2 += 1;
        }
        for (at, record, count) in clusters.into_values() {
            let mut values = vec![("name", record.name().map(Value::Text))];
            let attributes = self.attributes.iter().map(String::as_str).enumerate();
            values.extend(attributes.map(|(at, name)| (name, record.category(at).map(Value::Text))));
            values.push(("count", Some(Value::Int(count))));
            to.point(record.code(), at, &values)?;
        }
        Ok(())
    }
}
