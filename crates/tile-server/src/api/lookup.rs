//! Look-ups: what is where, and what a code stands for.

use crate::{
    http::{aside::aside, problem::Problem},
    params::{
        Count, Kind, Latitude, LevelWord, Longitude, Params, PathParams, PeriodWord, PointCrs, PointQuery, TimeBound,
    },
};
use axum::{Json, extract::State};
use baseplate_core::{
    Areas, Baseplate, EntityAnswer, GridKind, LayerQuery, LayerStatsAnswer, PlaceAnswer, StatsAnswer, StatsQuery,
};
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LocateQuery {
    /// Longitude, degrees.
    #[param(inline, example = 114.05)]
    lng: Longitude,
    /// Latitude, degrees.
    #[param(inline, example = 22.552)]
    lat: Latitude,
    /// The system of the coordinates.
    #[param(inline)]
    crs: Option<PointCrs>,
    /// The kind of grids; `basic` where it is not said.
    #[param(inline, example = "basic")]
    kind: Option<Kind>,
}

/// The grid around a point and the levels above it.
///
/// `GET /api/locate?lng=&lat=[&crs=][&kind=]`
#[utoipa::path(get, path = "/api/locate", tag = "look-ups", params(LocateQuery),
    responses((status = OK, description = "What stands there; the chain is empty outside the city", body = PlaceAnswer)))]
pub(crate) async fn locate(
    State(plate): State<Baseplate>,
    Params(query): Params<LocateQuery>,
) -> Result<Json<PlaceAnswer>, Problem> {
    let LocateQuery { lng, lat, crs, kind } = query;
    let point = PointQuery { lng, lat, crs }.in_plate()?;
    let Kind(kind) = kind.unwrap_or_default();
    plate.describe_place(point, &kind).map(Json).ok_or_else(|| no_kind(&plate, &kind))
}

/// 404: what kinds of grids there are.
pub(super) fn no_kind(plate: &Baseplate, kind: &GridKind) -> Problem {
    let kinds: Vec<String> = plate.coverages().map(|coverage| coverage.kind().to_string()).collect();
    Problem::not_found(format!("the plate has no grids of kind '{kind}'; it has: {}", kinds.join(", ")))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EntityQuery {
    /// The most addresses and enterprises that are listed; 50 where it is not said.
    #[param(inline)]
    list: Option<Count<0, 5_000>>,
}

/// What a code stands for, and what is linked with it.
///
/// `GET /api/entities/{code}[?list=]`
#[utoipa::path(get, path = "/api/entities/{code}", tag = "look-ups",
    params(EntityQuery, ("code" = String, Path, description = "Of a grid, a building, an address, an enterprise or a record of a layer", example = "99010100100101")),
    responses((status = OK, description = "The thing", body = EntityAnswer)))]
pub(crate) async fn entity(
    State(plate): State<Baseplate>,
    PathParams(code): PathParams<String>,
    Params(query): Params<EntityQuery>,
) -> Result<Json<EntityAnswer>, Problem> {
    let answer = plate.describe_listing(&code, query.list.map_or(EntityAnswer::LISTED, |list| list.0));
    answer.map(Json).ok_or_else(|| Problem::not_found(plate.describe_missing(&code)))
}

/// A record of a layer, and what is linked with it: several layers can have the same codes.
///
/// `GET /api/layers/{layer}/records/{code}[?list=]`
#[utoipa::path(get, path = "/api/layers/{layer}/records/{code}", tag = "look-ups",
    params(EntityQuery, ("layer" = String, Path, description = "The id of a layer", example = "enterprises"),
        ("code" = String, Path, description = "The code of one of its records", example = "91990101MAHTNDDP28")),
    responses((status = OK, description = "The record", body = EntityAnswer)))]
pub(crate) async fn record(
    State(plate): State<Baseplate>,
    PathParams((layer, code)): PathParams<(String, String)>,
    Params(query): Params<EntityQuery>,
) -> Result<Json<EntityAnswer>, Problem> {
    let listed = query.list.map_or(EntityAnswer::LISTED, |list| list.0);
    let answer = plate.describe_record(&layer, &code, listed);
    answer.map(Json).ok_or_else(|| Problem::not_found(plate.describe_missing_record(&layer, &code)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatsParameters {
    /// The level of the areas. Where neither it nor `h3` is said `community`, or the finest level of a kind that has none.
    #[param(inline)]
    level: Option<LevelWord>,
    /// The kind of the grids; the first kind of the plate where it is not said.
    #[param(inline, example = "basic")]
    kind: Option<Kind>,
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
    responses((status = OK, description = "The areas with their counts", body = StatsAnswer)))]
pub(crate) async fn stats(
    State(plate): State<Baseplate>,
    Params(query): Params<StatsParameters>,
) -> Result<Json<StatsAnswer>, Problem> {
    let StatsParameters { level, kind, h3, within, by } = query;
    let kind = kind.map(|kind| kind.0);
    let level = || level.map_or_else(|| plate.usual_level(kind.as_ref()), |level| level.0);
    let areas = h3.map_or_else(|| Areas::Level(level()), Areas::Cells);
    let query = StatsQuery { areas, kind, within, by };
    Ok(Json(aside(move || plate.stats(&query).map(StatsAnswer::from)).await??))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LayerStatsParameters {
    /// The level of the areas. Where neither it nor `h3` is said the whole plate is one area.
    #[param(inline)]
    level: Option<LevelWord>,
    /// The kind of the grids; the first kind of the plate where it is not said.
    #[param(inline, example = "basic")]
    kind: Option<Kind>,
    /// H3 cells of this resolution instead.
    #[param(minimum = 5, maximum = 10)]
    h3: Option<u8>,
    /// Only what is in the grids with this code.
    within: Option<String>,
    /// By classes down to this depth, from 0; all together where it is not said.
    #[param(minimum = 0, maximum = 255)]
    classes: Option<u8>,
    /// Only this class and those below: its names from the top down, separated by `/`.
    class: Option<String>,
    /// By periods of this length: `day`, `week`, `month`, `quarter`, `year`, `hour` (of the day) or `weekday`.
    #[param(inline)]
    period: Option<PeriodWord>,
    /// Only from this time on: a year, month, day or time, in the zone of the layer.
    #[param(inline, example = "2026-01")]
    from: Option<TimeBound>,
    /// Only until this time; a year, month or day is included.
    #[param(inline, example = "2026-06")]
    to: Option<TimeBound>,
    /// Also `filled` and `sums` of this attribute: of numbers, or of yes and no as 1 and 0.
    #[param(example = "satisfaction")]
    value: Option<String>,
}

/// How many records of a layer are in each area, by class and period. Only layers that anybody may read are there.
///
/// `GET /api/layers/{layer}/stats?[level=][&kind=][&h3=][&within=][&classes=][&class=][&period=][&from=][&to=][&value=]`
#[utoipa::path(get, path = "/api/layers/{layer}/stats", tag = "look-ups",
    params(LayerStatsParameters, ("layer" = String, Path, description = "The id of a layer", example = "enterprises")),
    responses((status = OK, description = "The areas with their counts", body = LayerStatsAnswer)))]
pub(crate) async fn layer_stats(
    State(plate): State<Baseplate>,
    PathParams(layer): PathParams<String>,
    Params(query): Params<LayerStatsParameters>,
) -> Result<Json<LayerStatsAnswer>, Problem> {
    let LayerStatsParameters { level, kind, h3, within, classes, class, period, from, to, value } = query;
    let areas = h3.map(Areas::Cells).or_else(|| level.map(|level| Areas::Level(level.0)));
    let (kind, period) = (kind.map(|kind| kind.0), period.map(|period| period.0));
    let [from, to] = [from, to].map(|bound| bound.map(|bound| bound.0));
    let query = LayerQuery { layer, areas, kind, within, classes, class, period, from, to, value };
    Ok(Json(aside(move || plate.layer_stats(&query).map(LayerStatsAnswer::from)).await??))
}
