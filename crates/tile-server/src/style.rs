//! A MapLibre style that draws the whole plate with nothing from outside.
//!
//! `style.json` beside this file is the style of a city with all levels. For a plate it is fitted: layers of things
//! the plate does not have go, and what belongs to a level moves to the zoom at which that level's tiles begin.

use crate::{
    openapi,
    problem::Problem,
    tiles::{TileQuery, base_url, crs_query},
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::HeaderMap,
};
use baseplate_core::{Baseplate, Bbox, Level, LngLat, Metric, TileLayer, TileScheme};
use serde_json::{Value, json};

const TEMPLATE: &str = include_str!("style.json");
/// The zooms at which the template's levels begin, from the highest down.
const TEMPLATE_ZOOMS: [(Level, f64); 4] =
    [(Level::District, 0.0), (Level::Subdistrict, 9.5), (Level::Community, 11.5), (Level::Grid, 13.0)];

/// Half the width of the first view of a plate without areas, metres.
const VIEW_M: f64 = 500.0;

/// A MapLibre style that draws the whole plate with nothing from outside.
///
/// `GET /style.json[?crs=]`
#[utoipa::path(get, path = "/style.json", tag = "tiles", params(TileQuery),
    responses((status = OK, description = "A style of version 8", body = openapi::Style)))]
pub(crate) async fn style(
    State(plate): State<Baseplate>,
    query: Result<Query<TileQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let scheme = query?.0.scheme()?;
    Ok(Json(fitted(&plate, &base_url(&headers), scheme)))
}

fn fitted(plate: &Baseplate, base: &str, scheme: TileScheme) -> Value {
    let mut style: Value = serde_json::from_str(TEMPLATE).unwrap_or_default();
    let layers = plate.tile_layers();
    let manifest = plate.manifest();
    style["name"] = json!(manifest.name);
    style["metadata"] = json!({
        "baseplate:name": manifest.name,
        "baseplate:generation": manifest.generation,
        "baseplate:built_at": manifest.built_at,
        "baseplate:bounds": first_view(plate),
    });
    let mut drawn_layers: Vec<&str> = Vec::new();
    if let Some(drawn) = style["layers"].as_array_mut() {
        drawn.retain_mut(|layer| fit(layer, layers));
        join_labels(drawn);
        let is_drawn = |name: &&str| drawn.iter().any(|layer| layer["source-layer"] == *name);
        drawn_layers.extend(layers.iter().map(|l| l.name.as_str()).filter(is_drawn));
    }
    let query = crs_query(scheme);
    style["sources"]["plate"]["url"] = json!(format!("{base}/tiles/{}.json{query}", drawn_layers.join(",")));
    if drawn_layers.is_empty() {
        style["sources"] = json!({});
    }
    style
}

/// What the map shows first: all grids, or, where there are none that could be seen from afar, the surroundings of a
/// building in the middle of the curve along which buildings lie.
fn first_view(plate: &Baseplate) -> Option<Bbox> {
    let whole = plate.manifest().bbox?;
    let grids = plate.coverages().flat_map(|c| c.grids()).filter_map(|g| g.bbox());
    let covered = grids.fold(Bbox::EMPTY, Bbox::union);
    if !covered.is_empty() {
        return Some(covered);
    }
    let buildings = plate.buildings_in(whole);
    let middle = buildings.get(buildings.len() / 2).and_then(|b| b.point());
    let Some(LngLat { lng, lat }) = middle else { return Some(whole) };
    let metric = Metric::at(lat);
    let (east, north) = (VIEW_M / metric.lng_m, VIEW_M / metric.lat_m);
    Some(Bbox([lng - east, lat - north, lng + east, lat + north]))
}

/// Fits a style layer to the plate; false if the plate has nothing for it to draw.
fn fit(drawn: &mut Value, layers: &[TileLayer]) -> bool {
    let Some(wanted) = drawn["source-layer"].as_str().map(str::to_owned) else { return true };
    let is_fill = drawn["type"] == "fill" && wanted == Level::District.plural();
    let widest = layers.iter().rfind(|l| is_fill && l.shows_areas() && l.min_zoom == 0);
    let name = widest.map_or_else(|| wanted.clone(), |l| l.name.clone());
    let Some(layer) = layers.iter().find(|l| l.name == name) else { return false };
    drawn["source-layer"] = json!(name);
    let plural = wanted.trim_end_matches("-labels");
    if let Some((_, begins)) = TEMPLATE_ZOOMS.iter().find(|(level, _)| level.plural() == plural) {
        let shift = if is_fill { 0.0 } else { f64::from(layer.min_zoom) - begins };
        shift_zooms(drawn, shift);
    }
    true
}

/// Makes the labels of each level last until those of the next level begin.
fn join_labels(drawn: &mut [Value]) {
    let mut next_begins: Option<Value> = None;
    for (level, _) in TEMPLATE_ZOOMS.iter().rev() {
        let id = format!("{}-label", level.plural());
        let Some(labels) = drawn.iter_mut().find(|layer| layer["id"] == id.as_str()) else { continue };
        if let Some(begins) = next_begins.take() {
            labels["maxzoom"] = begins;
        }
        next_begins = labels.get("minzoom").cloned();
    }
}

/// Moves a layer's zoom limits and the stops of its zoom curves.
fn shift_zooms(drawn: &mut Value, shift: f64) {
    for limit in ["minzoom", "maxzoom"] {
        if let Some(zoom) = drawn.get_mut(limit) {
            *zoom = json!((zoom.as_f64().unwrap_or_default() + shift).clamp(0.0, 24.0));
        }
    }
    for part in ["paint", "layout"] {
        if let Some(values) = drawn.get_mut(part).and_then(Value::as_object_mut) {
            values.values_mut().for_each(|value| shift_curve(value, shift));
        }
    }
}

fn shift_curve(value: &mut Value, shift: f64) {
    let Some(items) = value.as_array_mut() else { return };
    let first_stop = match items.first().and_then(Value::as_str) {
        Some("interpolate") if items.get(2) == Some(&json!(["zoom"])) => 3,
        Some("step") if items.get(1) == Some(&json!(["zoom"])) => 3,
        _ => return,
    };
    for stop in items.iter_mut().skip(first_stop).step_by(2) {
        if let Some(zoom) = stop.as_f64() {
            *stop = json!(zoom + shift);
        }
    }
}
