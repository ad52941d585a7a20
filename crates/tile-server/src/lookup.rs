//! Look-ups: what is where, and what a code stands for.

use crate::{aside::aside, problem::Problem};
use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
};
use baseplate_core::{Areas, Baseplate, Crs, EntityAnswer, GridKind, Level, LngLat, PlaceAnswer, Stats, StatsQuery};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct LocateQuery {
    lng: Option<String>,
    lat: Option<String>,
    crs: Option<String>,
    kind: Option<String>,
}

/// `GET /api/locate?lng=&lat=[&crs=][&kind=]`
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

/// `GET /api/entities/{code}`
pub(crate) async fn entity(
    State(plate): State<Baseplate>,
    code: Result<Path<String>, PathRejection>,
) -> Result<Json<EntityAnswer>, Problem> {
    let Path(code) = code?;
    plate.describe(&code).map(Json).ok_or_else(|| Problem::not_found(plate.describe_missing(&code)))
}

#[derive(Deserialize)]
pub(crate) struct StatsParameters {
    level: Option<String>,
    h3: Option<u8>,
    within: Option<String>,
    by: Option<String>,
}

/// `GET /api/stats?[level=][&h3=][&within=][&by=]`
pub(crate) async fn stats(
    State(plate): State<Baseplate>,
    query: Result<Query<StatsParameters>, QueryRejection>,
) -> Result<Json<Stats>, Problem> {
    let Query(StatsParameters { level, h3, within, by }) = query?;
    let level: Level = level.as_deref().unwrap_or("community").parse().map_err(Problem::bad_request)?;
    let query = StatsQuery { areas: h3.map_or(Areas::Level(level), Areas::Cells), within, by };
    aside(move || plate.stats(&query)).await?.map(Json).map_err(Problem::bad_request)
}

/// The point that the parameters `lng`, `lat` and `crs` say, in the coordinates of the plate.
pub(crate) fn plate_point(lng: Option<String>, lat: Option<String>, crs: Option<String>) -> Result<LngLat, Problem> {
    let crs: Crs = crs.as_deref().unwrap_or("cgcs2000").parse().map_err(Problem::bad_request)?;
    let (x, y) = (number("lng", lng)?, number("lat", lat)?);
    crs.to_plate().and_then(|to_plate| to_plate.convert(x, y)).map_err(Problem::bad_request)
}

/// The value of a parameter that must be there.
pub(crate) fn wanted(name: &str, value: Option<String>) -> Result<String, Problem> {
    value.ok_or_else(|| Problem::bad_request(format!("the parameter '{name}' is missing")))
}

/// The number that a parameter says.
pub(crate) fn number(name: &str, value: Option<String>) -> Result<f64, Problem> {
    let value = wanted(name, value)?;
    value.trim().parse().map_err(|_| Problem::bad_request(format!("{name}: '{value}' is not a number")))
}
