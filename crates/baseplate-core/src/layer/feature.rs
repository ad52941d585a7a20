//! The features of a layer as rows: all of them, as they are stored, without zooms.

use crate::{
    model::Level,
    plate::{Baseplate, Counts, Grid},
    spatial::LngLat,
    store::Counting,
    text,
    tile::Value,
};
use FeatureValue::Null;
use geo_types::{Geometry, Point};
use h3o::CellIndex;
use serde::{Serialize, Serializer};
use std::{borrow::Cow, sync::Arc};

/// A feature of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature<'a> {
    /// One value for each of [`TileLayer::columns`](crate::TileLayer::columns).
    pub values: Vec<FeatureValue<'a>>,
    /// A point, polygon, multipolygon or multi-line string in degrees, its outer rings anticlockwise; `None` for what has no place.
    pub geometry: Option<Geometry<f64>>,
}

/// A column of a layer's features.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureColumn {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub of: ColumnType,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// True or false.
    Boolean,
    /// A second.
    Time,
    /// A day.
    Date,
}

/// A value of a feature; in JSON null, a text, a number, true or false. Times are written as `2026-01-05T01:00:00Z` and days as `2026-01-05`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum FeatureValue<'a> {
    /// Nothing is known.
    Null,
    /// Text of the plate.
    Text(&'a str),
    /// An H3 index, in hexadecimal.
    Cell(#[serde(serialize_with = "hexadecimal")] CellIndex),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// A second: how many it is since 1970-01-01T00:00:00Z.
    Time(#[serde(serialize_with = "as_second")] i64),
    /// A day: how many it is since 1970-01-01.
    Date(#[serde(serialize_with = "as_day")] i64),
}

fn hexadecimal<S: Serializer>(cell: &CellIndex, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(cell)
}

fn as_second<S: Serializer>(second: &i64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&text::second(*second))
}

fn as_day<S: Serializer>(day: &i64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&text::day(*day))
}

impl FeatureValue<'_> {
    /// The value as text, as it stands in JSON but without quotes; empty where nothing is known.
    ///
    /// ```
    /// use baseplate_core::FeatureValue;
    /// assert_eq!(FeatureValue::Time(1_767_574_800).to_text(), "2026-01-05T01:00:00Z");
    /// ```
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Null => "".into(),
            Self::Text(text) => (*text).into(),
            Self::Cell(cell) => cell.to_string().into(),
            Self::Integer(number) => number.to_string().into(),
            Self::Float(number) => number.to_string().into(),
            Self::Boolean(flag) => flag.to_string().into(),
            Self::Time(second) => text::second(*second).into(),
            Self::Date(day) => text::day(*day).into(),
        }
    }
}

/// What something lies in, from the ground up.
pub(super) const CHAIN: [(&str, Level); 5] = [
    ("grid", Level::Grid),
    ("community", Level::Community),
    ("subdistrict", Level::Subdistrict),
    ("district", Level::District),
    ("city", Level::City),
];
/// What is counted of people, and whether the numbers are estimates (1) or not (0).
const OF_PEOPLE: [&str; 4] = ["people", "households", "people_estimated", "households_estimated"];

/// The things whose numbers areas have: buildings, addresses, the layers whose records are counted one by one, and people.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    layers: Vec<Arc<str>>,
}

impl Counted {
    /// Those of a plate.
    pub(super) fn of(plate: &Baseplate) -> Self {
        let layers = plate.layers().filter(|layer| layer.counting() == Counting::Records);
        Self { layers: layers.map(|layer| layer.shared_id()).collect() }
    }

    /// The columns of features with all numbers.
    pub(super) fn columns(&self) -> Vec<(&str, ColumnType)> {
        let names = ["buildings", "addresses"].into_iter().chain(self.layers.iter().map(|id| &**id)).chain(OF_PEOPLE);
        names.map(|name| (name, ColumnType::Integer)).collect()
    }

    /// The fields of tiles.
    pub(super) fn fields(&self) -> Vec<&str> {
        let layers = self.layers.iter().map(|id| &**id);
        ["buildings", "addresses"].into_iter().chain(layers).chain(["people", "people_estimated"]).collect()
    }

    /// The values of these fields: a number of each, and 1 where that of people is an estimate.
    pub(super) fn values<'a>(&'a self, counts: &Counts) -> Vec<(&'a str, Option<Value<'a>>)> {
        let number = |n: u32| Some(Value::Int(n.into()));
        let layers = counts.layers.iter().map(|(_, n)| number(*n));
        let values = [number(counts.buildings), number(counts.addresses)].into_iter().chain(layers);
        let estimated = counts.people_estimated.then_some(Value::Int(1));
        self.fields().into_iter().zip(values.chain([counts.people.and_then(number), estimated])).collect()
    }
}

/// Columns of these names and types.
pub(super) fn columns(parts: &[&[(&str, ColumnType)]]) -> Vec<FeatureColumn> {
    let named = parts.iter().flat_map(|part| part.iter());
    named.map(|(name, of)| FeatureColumn { name: (*name).to_owned(), of: *of }).collect()
}

/// The columns of the codes of some of [`CHAIN`].
pub(super) fn chain_columns(of: &[(&'static str, Level)]) -> Vec<(&'static str, ColumnType)> {
    of.iter().map(|(name, _)| (*name, ColumnType::Text)).collect()
}

pub(super) fn text(value: Option<&str>) -> FeatureValue<'_> {
    value.map_or(Null, FeatureValue::Text)
}

pub(super) fn integer<'a>(value: Option<impl Into<i64>>) -> FeatureValue<'a> {
    value.map_or(Null, |number| FeatureValue::Integer(number.into()))
}

/// The codes of a grid and of what is above it, for some of [`CHAIN`].
pub(super) fn chain<'a>(grid: Option<Grid<'a>>, of: &[(&str, Level)]) -> Vec<FeatureValue<'a>> {
    let mut codes = [None; CHAIN.len()];
    for above in grid.iter().flat_map(Grid::chain) {
        if let Some(level) = above.level() {
            codes[level as usize] = Some(above.code());
        }
    }
    of.iter().map(|(_, level)| text(codes[*level as usize])).collect()
}

/// The code at a place of [`CHAIN`] of what a grid lies in.
pub(super) fn chain_value(grid: Option<Grid<'_>>, place: usize) -> FeatureValue<'_> {
    chain(grid, &CHAIN).into_iter().nth(place).unwrap_or(Null)
}

pub(super) fn point(at: LngLat) -> Geometry<f64> {
    Point::new(at.lng, at.lat).into()
}

/// The values of [`Counted::columns`].
pub(super) fn counts<'a>(of: Counts) -> Vec<FeatureValue<'a>> {
    let Counts { buildings, addresses, layers, people, households, people_estimated, households_estimated } = of;
    let of_people = people.map(|_| u32::from(people_estimated));
    let of_households = households.map(|_| u32::from(households_estimated));
    let things = [buildings, addresses].into_iter().chain(layers.into_iter().map(|(_, n)| n)).map(Some);
    things.chain([people, households, of_people, of_households]).map(integer).collect()
}
