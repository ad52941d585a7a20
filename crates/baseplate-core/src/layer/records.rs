//! The records of a layer at the address where they count, with the attributes that the city has of them.

use super::{
    addresses::EARLIEST,
    content::{Content, Shape},
    feature::{
        CHAIN, ColumnType, Feature, FeatureColumn, FeatureValue, chain, chain_columns, chain_value, columns, point,
        text,
    },
    only::Only,
};
use crate::{
    model::GridKind,
    outline::TileId,
    plate::{AttributeValue, Baseplate, Layer, Record},
    spatial::Bbox,
    store::AttributeType,
    tile::{Canvas, Field, TileError, Value},
};
use std::{collections::BTreeMap, sync::Arc};

/// What features say of records besides their attributes, and what formats add; attributes that are called so have `attribute_` in
/// front.
const OWN: [&str; 9] = ["code", "name", "count", "role", "address", "building", "geometry", "bbox", "wkt"];

/// The records of a layer that may be named.
#[derive(Clone)]
pub(super) struct Records {
    layer: String,
    /// All but the grids that they lie in, in the order of the columns.
    columns: Vec<(String, Told)>,
    /// Which of the records are meant, if not all.
    only: Option<Arc<Only>>,
}

/// What a column tells of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Told {
    Code,
    Name,
    /// An attribute of a type, at a place among those that are stored like it.
    Attribute(AttributeType, usize),
    Class,
    Time,
    Until,
    Role,
    Address,
    Building,
}

impl Told {
    const fn of(self) -> ColumnType {
        match self {
            Self::Attribute(AttributeType::Integer, _) => ColumnType::Integer,
            Self::Attribute(AttributeType::Number, _) => ColumnType::Float,
            Self::Attribute(AttributeType::Boolean, _) => ColumnType::Boolean,
            Self::Attribute(AttributeType::Date, _) => ColumnType::Date,
            Self::Attribute(AttributeType::Time, _) | Self::Time | Self::Until => ColumnType::Time,
            _ => ColumnType::Text,
        }
    }

    /// Whether tiles have it: texts and numbers of records would be most of their bytes.
    const fn is_drawn(self) -> bool {
        matches!(
            self,
            Self::Code
                | Self::Name
                | Self::Attribute(AttributeType::Category, _)
                | Self::Class
                | Self::Time
                | Self::Until
        )
    }

    /// Whether collections have it.
    const fn is_item(self) -> bool {
        !matches!(self, Self::Role)
    }

    fn value(self, record: Record<'_>) -> FeatureValue<'_> {
        let time = |second: Option<i64>| second.map_or(FeatureValue::Null, FeatureValue::Time);
        match self {
            Self::Code => FeatureValue::Text(record.code()),
            Self::Name => text(record.name()),
            Self::Attribute(of, at) => match record.attribute(of, at) {
                None => FeatureValue::Null,
                Some(AttributeValue::Text(text)) => FeatureValue::Text(text),
                Some(AttributeValue::Integer(number)) => FeatureValue::Integer(number),
                Some(AttributeValue::Time(second)) => FeatureValue::Time(second),
                Some(AttributeValue::Date(day)) => FeatureValue::Date(day),
                Some(AttributeValue::Number(number)) => FeatureValue::Float(number),
                Some(AttributeValue::Boolean(flag)) => FeatureValue::Boolean(flag),
            },
            Self::Class => text(record.class_path()),
            Self::Time => time(record.time()),
            Self::Until => time(record.until()),
            Self::Role => text(record.role()),
            Self::Address => text(record.address().map(|address| address.code())),
            Self::Building => text(record.building().map(|building| building.code())),
        }
    }
}

impl Records {
    pub(super) fn of(layer: Layer<'_>) -> Self {
        let info = layer.info();
        let dated = info.time.is_some();
        let told = [
            (!info.classes.is_empty()).then_some(("class", Told::Class)),
            dated.then_some(("time", Told::Time)),
            (dated && layer.has_ends()).then_some(("until", Told::Until)),
        ];
        let told: Vec<_> = told.into_iter().flatten().collect();
        let names: Vec<&str> = layer.attributes().iter().map(|attribute| attribute.name.as_str()).collect();
        let is_own = |name: &str| {
            OWN.contains(&name)
                || told.iter().any(|(own, _)| *own == name)
                || CHAIN.iter().any(|(level, _)| *level == name)
        };
        let called = |name: &str| {
            let mut called = name.to_owned();
            while is_own(&called) || (called != name && names.contains(&called.as_str())) {
                called = format!("attribute_{called}");
            }
            called
        };
        let attributes = layer.attribute_columns();
        let attributes = attributes.map(|(attribute, at)| (called(&attribute.name), Told::Attribute(attribute.of, at)));
        let owned = |(name, told): (&str, Told)| (name.to_owned(), told);
        let linked = [("role", Told::Role), ("address", Told::Address), ("building", Told::Building)];
        let first = [("code", Told::Code), ("name", Told::Name)].map(owned).into_iter();
        let columns = first.chain(attributes).chain(told.iter().copied().map(owned)).chain(linked.map(owned)).collect();
        Self { layer: layer.id().to_owned(), columns, only: None }
    }

    /// The layer in a plate.
    fn layer<'a>(&self, plate: &'a Baseplate) -> Option<Layer<'a>> {
        plate.layer(&self.layer)
    }

    /// The record at a place: one that has a place, if only an area, counts there and may be named.
    fn counted<'a>(&self, plate: &'a Baseplate, place: u32) -> Option<Record<'a>> {
        let is_meant = |record: &Record<'_>| self.only.as_ref().is_none_or(|only| only.has(record));
        let record = self.layer(plate)?.placed_record(place)?;
        (record.is_counted() && record.is_listed() && is_meant(&record)).then_some(record)
    }

    /// All rows that may be named, wherever they are.
    fn listed<'a>(&self, plate: &'a Baseplate) -> impl Iterator<Item = Record<'a>> + Send + use<'a> {
        self.layer(plate).into_iter().flat_map(|layer| layer.records()).filter(Record::is_listed)
    }

    fn row<'a>(&self, record: Record<'a>) -> Feature<'a> {
        let mut values: Vec<_> = self.columns.iter().map(|(_, told)| told.value(record)).collect();
        values.extend(chain(record.lowest_grid(&GridKind::basic()), &CHAIN));
        Feature { values, geometry: record.point().map(point) }
    }

    /// The place of a column that tells something of records.
    fn place_of_column(&self, wanted: Told) -> Option<usize> {
        self.columns.iter().position(|(_, told)| *told == wanted)
    }
}

impl Content for Records {
    fn shape(&self) -> Shape {
        Shape::Point
    }

    fn fields(&self) -> Vec<Field> {
        let drawn = |is_time: bool| {
            let columns = self.columns.iter().filter(|(_, told)| told.is_drawn());
            let columns = columns.filter(move |(_, told)| (told.of() == ColumnType::Time) == is_time);
            columns.map(|(name, _)| name.as_str())
        };
        let (texts, times): (Vec<_>, Vec<_>) = (drawn(false).collect(), drawn(true).collect());
        Field::all(&texts, &[times.as_slice(), &["count"]].concat())
    }

    fn columns(&self) -> Vec<FeatureColumn> {
        let own: Vec<_> = self.columns.iter().map(|(name, told)| (name.as_str(), told.of())).collect();
        columns(&[&own, &chain_columns(&CHAIN)])
    }

    fn item_columns(&self) -> Vec<String> {
        let own = self.columns.iter().filter(|(_, told)| told.is_item()).map(|(name, _)| name.clone());
        own.chain(CHAIN.iter().map(|(name, _)| (*name).to_owned())).collect()
    }

    fn period_columns(&self) -> Option<(usize, Option<usize>)> {
        Some((self.place_of_column(Told::Time)?, self.place_of_column(Told::Until)))
    }

    fn with_only(&self, only: Only) -> Option<Arc<dyn Content>> {
        Some(Arc::new(Self { only: Some(Arc::new(only)), ..self.clone() }))
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

    fn has(&self, plate: &Baseplate, place: u32) -> bool {
        self.counted(plate, place).is_some()
    }

    fn value<'a>(&self, plate: &'a Baseplate, place: u32, column: usize) -> FeatureValue<'a> {
        let Some(record) = self.layer(plate).and_then(|layer| layer.placed_record(place)) else {
            return FeatureValue::Null;
        };
        match self.columns.get(column) {
            Some((_, told)) => told.value(record),
            None => chain_value(record.lowest_grid(&GridKind::basic()), column - self.columns.len()),
        }
    }

    fn touches(&self, plate: &Baseplate, place: u32, bbox: Bbox) -> Option<bool> {
        Some(bbox.contains(self.layer(plate)?.placed_record(place)?.point()?))
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
        let drawn: Vec<_> = self.columns.iter().filter(|(_, told)| told.is_drawn() && *told != Told::Code).collect();
        for (at, record, count) in clusters.into_values() {
            let mut values: Vec<_> =
                drawn.iter().map(|(name, told)| (name.as_str(), drawn_value(told.value(record)))).collect();
            values.push(("count", Some(Value::Int(count))));
            to.point(record.code(), at, &values)?;
        }
        Ok(())
    }
}

/// A value as tiles have it: times as seconds, which style expressions compare and interpolate.
fn drawn_value(value: FeatureValue<'_>) -> Option<Value<'_>> {
    match value {
        FeatureValue::Text(text) => Some(Value::Text(text)),
        FeatureValue::Time(second) => Some(Value::Int(second)),
        _ => None,
    }
}
