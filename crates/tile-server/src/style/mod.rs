//! A MapLibre style that draws the whole plate with nothing from outside.
//!
//! `style.json` beside this file is the style of a city with all levels. For a plate it is fitted: layers of things
//! the plate does not have go, and what belongs to a level moves to the zoom at which that level's tiles begin. Kinds of
//! grids other than `basic` and the layers of records that the spec declares are added.

mod density;
mod ground;
mod kinds;
mod records;

use crate::{
    config::BaseMap,
    http::{aside::aside, problem::Problem},
    openapi,
    params::{Params, StyleQuery, Theme},
    state::{Base, Generation},
    tiles::tile_query,
};
use axum::{Json, extract::State};
use baseplate_core::{Baseplate, Bbox, Crs, Level, LngLat, Metric, TileLayer, TileScheme};
use serde_json::{Map, Value, json};

/// Labels are in the browser's own fonts; without a word ol-mapbox-style asks a server in the internet for others.
const NO_FONTS: &str = "data:text/css,";
const TEMPLATE: &str = include_str!("style.json");
/// The colours of the template, and those that stand for them in the dark.
const DARK: [(&str, &str); 26] = [
    ("#f3f5f8", "#0f1622"),
    ("#e4efe4", "#1c2c27"),
    ("#f4ebdd", "#2f281d"),
    ("#ebe4f3", "#272339"),
    ("#dff0f0", "#182e33"),
    ("#f4e3e4", "#32222a"),
    ("#dfe8f5", "#1a2942"),
    ("#ffffff", "#0b1019"),
    ("#9fb0c6", "#4b5d78"),
    ("#8299b8", "#657ea2"),
    ("#5f7ba3", "#84a1cc"),
    ("#3d5a87", "#adc5ec"),
    ("#c3cedd", "#3a4a62"),
    ("#dae2ed", "#35445c"),
    ("#cfdae8", "#3f506b"),
    ("#bccbdf", "#4d6182"),
    ("#a6b9d3", "#5e759b"),
    ("#12397a", "#8fb4ff"),
    ("#b4540a", "#f2a65a"),
    ("#2a3a52", "#d5deec"),
    ("#34476a", "#c6d2e6"),
    ("#33507e", "#c4d5f3"),
    ("#2a4674", "#d2dff7"),
    ("#1c3766", "#e3ecfc"),
    ("rgba(255,255,255,0.92)", "rgba(11,16,25,0.92)"),
    ("rgba(255,255,255,0.95)", "rgba(11,16,25,0.95)"),
];
/// How much of the base map the fills of divisions cover.
const FILL_OVER_BASE_MAP: f64 = 0.25;
/// The zooms at which the template's levels begin, from the highest down.
const TEMPLATE_ZOOMS: [(Level, f64); 4] =
    [(Level::District, 0.0), (Level::Subdistrict, 9.5), (Level::Community, 11.5), (Level::Grid, 13.0)];

/// The view that the style's own zoom is meant for, pixels; one of a usual screen.
const VIEW_PX: [f64; 2] = [960.0, 640.0];
/// Pixels along the side of the world at zoom 0.
const SIDE_PX: f64 = 512.0;
/// The closest first view.
const ZOOM_MAX: f64 = 18.0;
/// Half the width of the first view of a plate without areas, metres.
const VIEW_M: f64 = 500.0;

/// A MapLibre style that draws the whole plate with nothing from outside, but for a base map if the settings name one.
///
/// `GET /style.json[?crs=][&theme=][&labels=none][&zooms=all]`
#[utoipa::path(get, path = "/style.json", tag = "tiles", params(StyleQuery),
    responses((status = OK, description = "A style of version 8", body = openapi::Style)))]
pub(crate) async fn style(
    State(generation): State<Generation>,
    Params(query): Params<StyleQuery>,
    Base(base): Base,
) -> Result<Json<Value>, Problem> {
    let base_map = generation.shared().settings.base_map.as_ref();
    let usual = base_map.map_or(TileScheme::Mercator, BaseMap::scheme);
    let (scheme, theme, early) = (query.scheme().unwrap_or(usual), query.theme(), query.is_early());
    let (plate, layers) = (generation.plate().clone(), generation.layers().clone());
    let fitted = aside(move || fitted(&plate, &layers, &base, scheme, theme, early)).await?;
    let mut style = fitted.map_err(Problem::internal)?;
    if !query.has_labels() {
        style["layers"].as_array_mut().into_iter().for_each(|layers| layers.retain(|layer| layer["type"] != "symbol"));
    }
    // Pictures of another system would lie beside the data.
    if let Some(base_map) = base_map.filter(|map| map.scheme() == scheme) {
        put_under(&mut style, base_map, theme);
    }
    Ok(Json(style))
}

/// The style of a city with all levels.
///
/// # Errors
/// If the file is no JSON, which a test would tell.
fn template(theme: Theme) -> serde_json::Result<Value> {
    let text = match theme {
        Theme::Light => TEMPLATE.to_owned(),
        Theme::Dark => DARK.iter().fold(TEMPLATE.to_owned(), |text, (light, dark)| text.replace(light, dark)),
    };
    serde_json::from_str(&text)
}

/// Puts the pictures of a base map under the data, and lets them shine through.
fn put_under(style: &mut Value, base_map: &BaseMap, theme: Theme) {
    let BaseMap { tiles, attribution, tile_size, max_zoom, .. } = base_map;
    style["sources"]["base-map"] =
        json!({ "type": "raster", "tiles": tiles, "tileSize": tile_size, "maxzoom": max_zoom });
    if let Some(attribution) = attribution {
        style["sources"]["base-map"]["attribution"] = json!(attribution);
    }
    let paint = match theme {
        Theme::Light => json!({}),
        Theme::Dark => json!({ "raster-brightness-max": 0.55, "raster-saturation": -0.4 }),
    };
    let Some(layers) = style["layers"].as_array_mut() else { return };
    for fill in layers.iter_mut().filter(|layer| layer["id"] == "districts-fill") {
        fill["paint"]["fill-opacity"] = json!(FILL_OVER_BASE_MAP);
    }
    // The base map has a ground of its own.
    layers.retain(|layer| layer["id"] != "subdistricts-fill" && !ground::is_ground(layer));
    let above_background = layers.len().min(1);
    layers
        .insert(above_background, json!({ "id": "base-map", "type": "raster", "source": "base-map", "paint": paint }));
}

fn fitted(
    plate: &Baseplate,
    layers: &[TileLayer],
    base: &str,
    scheme: TileScheme,
    theme: Theme,
    early: bool,
) -> serde_json::Result<Value> {
    let mut style = template(theme)?;
    let manifest = plate.manifest();
    style["name"] = json!(manifest.name);
    style["metadata"] = json!({
        "baseplate:name": manifest.name,
        "baseplate:generation": manifest.generation,
        "baseplate:built_at": manifest.built_at,
        "baseplate:bounds": first_view(plate).map(|bounds| in_scheme(bounds, scheme)),
        "baseplate:crs": if scheme == TileScheme::Gcj02 { "gcj02" } else { "cgcs2000" },
        "ol:webfonts": NO_FONTS,
    });
    if let Some(Bbox([west, south, east, north])) = first_view(plate).map(|bounds| in_scheme(bounds, scheme)) {
        style["center"] = json!([(west + east) / 2.0, (south + north) / 2.0]);
        style["zoom"] = json!(zoom_for(Bbox([west, south, east, north])));
    }
    let mut sources = Map::new();
    if let Some(drawn) = style["layers"].as_array_mut() {
        drawn.retain_mut(|layer| fit(layer, layers));
        for layer in drawn.iter_mut().filter(|layer| layer["source-layer"] == "density") {
            density::classify(layer, plate);
        }
        ground::add(drawn, layers, theme)?;
        kinds::add(drawn, layers, theme)?;
        kinds::say(drawn, layers);
        records::add(drawn, layers, plate, theme)?;
        let named: Vec<&str> = drawn.iter().filter_map(|layer| layer["source"].as_str()).collect();
        for source in named {
            let is_drawn = |layer: &&TileLayer| {
                drawn.iter().any(|drawn| drawn["source"] == source && drawn["source-layer"] == layer.name.as_str())
            };
            let names: Vec<&str> = layers.iter().filter(is_drawn).map(|layer| layer.name.as_str()).collect();
            let url = format!("{base}/tiles/{}.json{}", names.join(","), tile_query(scheme, early));
            sources.insert(source.to_owned(), json!({ "type": "vector", "url": url }));
        }
    }
    style["sources"] = Value::Object(sources);
    Ok(style)
}

/// A box of the plate in the coordinates of a scheme; the shift hardly varies over a city.
fn in_scheme(bounds: Bbox, scheme: TileScheme) -> Bbox {
    if scheme != TileScheme::Gcj02 {
        return bounds;
    }
    let Bbox([west, south, east, north]) = bounds;
    let shifted = |lng, lat| Crs::Gcj02.from_plate(LngLat::new(lng, lat)).unwrap_or((lng, lat));
    let ((west, south), (east, north)) = (shifted(west, south), shifted(east, north));
    Bbox([west, south, east, north])
}

/// The zoom at which a box fills a view.
fn zoom_for(Bbox([west, south, east, north]): Bbox) -> f64 {
    let mercator = |lat: f64| (std::f64::consts::FRAC_PI_4 + lat.to_radians() / 2.0).tan().ln();
    let width = (east - west).to_radians() * SIDE_PX / std::f64::consts::TAU;
    let height = (mercator(north) - mercator(south)) * SIDE_PX / std::f64::consts::TAU;
    let zoom = (VIEW_PX[0] / width).min(VIEW_PX[1] / height).log2();
    (zoom.clamp(0.0, ZOOM_MAX) * 100.0).round() / 100.0
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
    let widest = layers.iter().rfind(|l| is_fill && kinds::is_of_first(l, layers) && l.min_zoom == 0);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dark_style_has_no_light_colour() {
        let text = |theme| template(theme).expect("it is JSON").to_string();
        let dark = text(Theme::Dark);
        assert_eq!(text(Theme::Light).len() > 1000, dark.len() > 1000);
        for (light, _) in DARK {
            assert!(TEMPLATE.contains(light), "{light} is not in the template");
            assert!(!dark.contains(light), "{light}");
        }
    }
}
