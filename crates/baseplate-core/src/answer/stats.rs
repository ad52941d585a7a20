//! Statistics, in the form that goes out.

use super::CountsForm;
use crate::{
    model::Entity,
    stats::{Stats, StatsRow},
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
