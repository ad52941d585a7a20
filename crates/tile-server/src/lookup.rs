//! Look-ups: what is where, and what a code stands for.

use crate::{
    aside::aside,
    openapi::Degrees,
    problem::Problem,
    query::{count, plate_point},
};
use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
};
use baseplate_core::{Areas, Baseplate, EntityAnswer, GridKind, Level, PlaceAnswer, Stats, StatsError, StatsQuery};
use serde::Deserialize;
use utoipa::IntoParams;

/// The most addresses and enterprises that one answer lists.
const LISTED_MAX: usize = 5_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LocateQuery {
    /// Longitude, degrees.
    #[param(value_type = f64, minimum = -180, maximum = 180, example = 114.05)]
    lng: Option<String>,
    /// Latitude, degrees.
    #[param(value_type = f64, minimum = -90, maximum = 90, example = 22.552)]
    lat: Option<String>,
    /// The system of the coordinates.
    #[param(inline, value_type = Option<Degrees>)]
    crs: Option<String>,
    /// The kind of grids; `basic` where it is not said.
    #[param(value_type = Option<String>, pattern = "^[a-z][a-z0-9-]{0,31}$", example = "basic")]
    kind: Option<String>,
}

/// The grid around a point and the levels above it.
///
/// `GET /api/locate?lng=&lat=[&crs=][&kind=]`
#[utoipa::path(get, path = "/api/locate", tag = "look-ups", params(LocateQuery),
    responses((status = OK, description = "What stands there; the chain is empty outside the city", body = PlaceAnswer)))]
pub(crate) async fn locate(
    State(plate): State<Baseplate>,
    query: Result<Query<LocateQuery>, QueryRejection>,
) -> Result<Json<PlaceAnswer>, Problem> {
    let Query(query) = query?;
    let point = plate_point(query.lng, query.lat, query.crs)?;
    let kind: GridKind = query.kind.as_deref().unwrap_or("basic").parse().map_err(Problem::bad_request)?;
    let kinds = || plate.coverages().map(|c| c.kind().to_string()).collect::<Vec<_>>().join(", ");
    let missing = || Problem::not_found(format!("the plate has no grids of kind '{kind}'; it has: {}", kinds()));
    plate.describe_place(point, &kind).map(Json).ok_or_else(missing)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EntityQuery {
    /// The most addresses and enterprises that are listed; 50 where it is not said.
    #[param(value_type = Option<u16>, minimum = 0, maximum = 5_000)]
    list: Option<String>,
}

/// What a code stands for, and what is linked with it.
///
/// `GET /api/entities/{code}[?list=]`
#[utoipa::path(get, path = "/api/entities/{code}", tag = "look-ups",
    params(EntityQuery, ("code" = String, Path, description = "Of a grid, a building, an address or an enterprise", example = "99010100100101")),
    responses((status = OK, description = "The thing", body = EntityAnswer)))]
pub(crate) async fn entity(
    State(plate): State<Baseplate>,
    code: Result<Path<String>, PathRejection>,
    query: Result<Query<EntityQuery>, QueryRejection>,
) -> Result<Json<EntityAnswer>, Problem> {
    let Path(code) = code?;
    let listed = query?.0.list.map(|text| count("list", &text, 0..=LISTED_MAX)).transpose()?;
    let answer = listed.map_or_else(|| plate.describe(&code), |listed| plate.describe_listing(&code, listed));
    answer.map(Json).ok_or_else(|| Problem::not_found(plate.describe_missing(&code)))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatsParameters {
    /// The level of the areas. Where neither it nor `h3` is said `community`, or the finest level of a kind that has none.
    #[param(inline, value_type = Option<Level>)]
    level: Option<String>,
    /// The kind of the grids; the first kind of the plate where it is not said.
    #[param(value_type = Option<String>, pattern = "^[a-z][a-z0-9-]{0,31}$", example = "basic")]
    kind: Option<String>,
    /// H3 cells of this resolution instead; then `level` and `kind` say nothing.
    #[param(minimum = 5, maximum = 10)]
    h3: Option<u8>,
    /// Only what is in the grids with this code; of an H3 cell the part inside, people only of cells that lie inside as a whole.
    within: Option<String>,
    /// Also by the values of this attribute.
    by: Option<String>,
}

/// How much is in each area. People are counted as of the last release; what ends in `_estimated` says which numbers are estimates.
///
/// `GET /api/stats?[level=][&kind=][&h3=][&within=][&by=]`
#[utoipa::path(get, path = "/api/stats", tag = "look-ups", params(StatsParameters),
    responses((status = OK, description = "The areas with their counts", body = Stats)))]
pub(crate) async fn stats(
    State(plate): State<Baseplate>,
    query: Result<Query<StatsParameters>, QueryRejection>,
) -> Result<Json<Stats>, Problem> {
    let Query(StatsParameters { level, kind, h3, within, by }) = query?;
    let level: Option<Level> = level.map(|level| level.parse()).transpose().map_err(Problem::bad_request)?;
    let kind: Option<GridKind> = kind.map(|kind| kind.parse()).transpose().map_err(Problem::bad_request)?;
    let level = || level.unwrap_or_else(|| plate.usual_level(kind.as_ref()));
    let areas = h3.map_or_else(|| Areas::Level(level()), Areas::Cells);
    let query = StatsQuery { areas, kind, within, by };
    let wrong = |error: StatsError| match error {
        StatsError::Within(_) | StatsError::Attribute { .. } | StatsError::Kind { .. } | StatsError::Level { .. } => {
            Problem::not_found(error)
        }
        StatsError::Resolution(_) => Problem::bad_request(error),
    };
    aside(move || plate.stats(&query)).await?.map(Json).map_err(wrong)
}
