//! Statistics, in the form that goes out.

use super::CountsForm;
use crate::{
    model::Entity,
    stats::{LayerArea, LayerStats, Stats, StatsRow},
    store::PeopleRelease,
};
use serde::Serialize;

/// An area and what is in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = StatsRow))]
struct StatsRowForm {
    /// The code of the grid, or the cell in hexadecimal.
    code: String,
    /// The name of the grid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    name: Option<String>,
    /// How large the grid or the cell is, square metres.
    area_m2: f64,
    /// What is in it.
    #[serde(flatten)]
    counts: CountsForm,
    /// The same by category, in the order of [`Stats::categories`].
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    by: Option<Vec<u32>>,
    /// Whether the numbers by category are estimates: the area holds a part of what was counted together, or its people were counted anew
    /// since their categories were.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    by_estimated: Option<bool>,
}

impl From<StatsRow> for StatsRowForm {
    fn from(StatsRow { code, name, area_m2, counts, by, by_estimated }: StatsRow) -> Self {
        Self { code, name, area_m2, counts: counts.into(), by, by_estimated }
    }
}

/// Statistics.
///
/// ```
/// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
/// use baseplate_core::{Areas, Level, StatsAnswer, StatsQuery};
///
/// let areas = Areas::Level(Level::Community);
/// let stats = plate.stats(&StatsQuery { areas, kind: None, within: None, by: None })?;
/// let json = serde_json::to_string(&StatsAnswer::from(stats))?;
/// assert!(json.contains(r#""rows":[{"code":"990101001001","name":"#), "{json}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Stats, description = "Statistics."))]
pub struct StatsAnswer {
    /// The generation that answered.
    generation: String,
    /// As many persons as are told of together at least.
    suppress_below: u32,
    /// The release that the counts of people are of; null where people are not counted.
    people_release: Option<PeopleRelease>,
    /// What is counted by category.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    entity: Option<Entity>,
    /// The values of the attribute; an empty one stands for "not said", and of people `other` for all that too few have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    categories: Vec<String>,
    /// The areas: grids by code, cells by index.
    rows: Vec<StatsRowForm>,
}

impl From<Stats> for StatsAnswer {
    fn from(Stats { generation, suppress_below, people_release, entity, categories, rows }: Stats) -> Self {
        let rows = rows.into_iter().map(StatsRowForm::from).collect();
        Self { generation, suppress_below, people_release, entity, categories, rows }
    }
}

/// An area, and how many records of a layer are in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = LayerArea))]
struct LayerAreaForm {
    /// The code of the grid, or the cell in hexadecimal; empty for the whole plate.
    code: String,
    /// The name of the grid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    name: Option<String>,
    /// The numbers, class by class in the order of `classes`, of each class period by period.
    counts: Vec<u32>,
    /// Of the records that each of these counts, how many have a value of the attribute that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    filled: Vec<u32>,
    /// The sums of these values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sums: Vec<f64>,
}

/// How many records of a layer there are.
///
/// ```
/// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
/// use baseplate_core::{LayerQuery, LayerStatsAnswer};
///
/// let stats = plate.layer_stats(&LayerQuery::of("enterprises"))?;
/// assert!(serde_json::to_string(&LayerStatsAnswer::from(stats))?.contains(r#""layer":"enterprises""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = LayerStats, description = "How many records of a layer there are."))]
pub struct LayerStatsAnswer {
    /// The generation that answered.
    generation: String,
    /// The id of the layer.
    layer: String,
    /// The classes, their names from the top down separated by `/`; an empty one stands for "not said", or for all.
    classes: Vec<String>,
    /// The periods; an empty one stands for "not said", or for all.
    periods: Vec<String>,
    /// The areas: grids by code, cells by index, in which there may be records.
    areas: Vec<LayerAreaForm>,
    /// Records that were asked for and of which only an area is known that is larger than these, such as a community where grids are
    /// counted. With them the numbers of the grids of a community add up to that of the community.
    above: u64,
    /// Other records that were asked for and lie in none of them, or have no place at all.
    elsewhere: u64,
}

impl From<LayerStats> for LayerStatsAnswer {
    fn from(LayerStats { generation, layer, classes, periods, areas, above, elsewhere }: LayerStats) -> Self {
        let form = |LayerArea { code, name, counts, filled, sums }| LayerAreaForm { code, name, counts, filled, sums };
        let areas = areas.into_iter().map(form).collect();
        Self { generation, layer, classes, periods, areas, above, elsewhere }
    }
}
