//! The features of a layer as rows: all of them, as they are stored, without zooms.

use crate::{
    model::Level,
    plate::{Counts, Grid},
    spatial::LngLat,
};
use FeatureValue::Null;
use geo_types::{Geometry, Point};
use h3o::CellIndex;
use serde::{Serialize, Serializer};

/// A feature of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature<'a> {
    /// One value for each of [`TileLayer::columns`](crate::TileLayer::columns).
    pub values: Vec<FeatureValue<'a>>,
    /// A point, polygon or multipolygon in degrees, its outer rings anticlockwise; `None` for what has no place.
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
}

/// A value of a feature; in JSON null, a text or a number.
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
}

fn hexadecimal<S: Serializer>(cell: &CellIndex, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(cell)
}

/// What something lies in, from the ground up.
pub(super) const CHAIN: [(&str, Level); 5] = [
    ("grid", Level::Grid),
    ("community", Level::Community),
    ("subdistrict", Level::Subdistrict),
    ("district", Level::District),
    ("city", Level::City),
];
/// The things that are counted, and whether the numbers of people and of households are estimates (1) or not (0).
pub(super) const COUNTED: [&str; 7] =
    ["buildings", "addresses", "enterprises", "people", "households", "people_estimated", "households_estimated"];

/// Columns of these names and types.
pub(super) fn columns(parts: &[&[(&str, ColumnType)]]) -> Vec<FeatureColumn> {
    let named = parts.iter().flat_map(|part| part.iter());
    named.map(|(name, of)| FeatureColumn { name: (*name).to_owned(), of: *of }).collect()
}

/// The columns of the codes of some of [`CHAIN`].
pub(super) fn chain_columns(of: &[(&'static str, Level)]) -> Vec<(&'static str, ColumnType)> {
    of.iter().map(|(name, _)| (*name, ColumnType::Text)).collect()
}

/// The columns of the numbers that [`COUNTED`] names.
pub(super) fn count_columns() -> Vec<(&'static str, ColumnType)> {
    COUNTED.map(|name| (name, ColumnType::Integer)).to_vec()
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

pub(super) fn point(at: LngLat) -> Geometry<f64> {
    Point::new(at.lng, at.lat).into()
}

/// What [`COUNTED`] names.
pub(super) fn counts<'a>(of: Counts) -> Vec<FeatureValue<'a>> {
    let Counts { buildings, addresses, enterprises, people, households, people_estimated, households_estimated } = of;
    let of_people = people.map(|_| u32::from(people_estimated));
    let of_households = households.map(|_| u32::from(households_estimated));
    let things = [Some(buildings), Some(addresses), Some(enterprises)];
    things.into_iter().chain([people, households, of_people, of_households]).map(integer).collect()
}
