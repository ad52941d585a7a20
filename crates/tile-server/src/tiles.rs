//! Tiles and their TileJSON.

use crate::{
    app::Generation,
    aside::aside,
    cache::TileKey,
    config::Limits,
    encoding::Encoding,
    limits::too_long,
    problem::Problem,
    rendition::{Rendition, encoding_for},
};
use axum::{
    Json,
    extract::{Path, Request, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header::HOST},
    response::Response,
};
use baseplate_core::{Baseplate, Bbox, FieldType, MAX_ZOOM, TileId, TileLayer};
use serde_json::{Map, Value, json};
use std::sync::atomic::Ordering::Relaxed;
use tokio::time::timeout;

/// What a tile is.
const MVT: HeaderValue = HeaderValue::from_static("application/vnd.mapbox-vector-tile");

/// `GET /tiles/{layers}/{z}/{x}/{y}.mvt`
pub(crate) async fn tile(
    State(generation): State<Generation>,
    path: Result<Path<(String, String, String, String)>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Path((layers, z, x, file)) = path?;
    answer(&generation, &layers, tile_id(&z, &x, &file)?, request.headers()).await
}

/// A tile with the layers that a list names, as a request with these headers wants it.
pub(crate) async fn answer(
    generation: &Generation,
    layers: &str,
    tile: TileId,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let key = TileKey { layers: places(generation, layers)?, tile, encoding: encoding_for(headers)? };
    let metrics = &generation.shared().metrics;
    let rendition = match generation.tiles().get(&key) {
        Some(rendition) => {
            metrics.hits.fetch_add(1, Relaxed);
            rendition
        }
        None => {
            metrics.misses.fetch_add(1, Relaxed);
            let limits = generation.shared().settings.limits;
            timeout(limits.request_time(), made(generation, key)).await.map_err(|_| too_long(&limits))??
        }
    };
    Ok(rendition.answer(headers, MVT))
}

/// The places of layers among those of the plate, each once.
fn places(generation: &Generation, names: &str) -> Result<Vec<u16>, Problem> {
    within_layers(names, &generation.shared().settings.limits)?;
    let all = generation.plate().tile_layers();
    let mut places = Vec::with_capacity(8);
    for name in names.split(',') {
        match all.iter().position(|layer| layer.name == name) {
            Some(place) if places.contains(&(place as u16)) => {}
            Some(place) => places.push(place as u16),
            None => drop(generation.plate().pick_layers([name])?),
        }
    }
    Ok(places)
}

fn within_layers(names: &str, limits: &Limits) -> Result<(), Problem> {
    let most = limits.layers as usize;
    if names.split(',').nth(most).is_none() {
        return Ok(());
    }
    Err(Problem::new(StatusCode::URI_TOO_LONG, format!("one address may name {most} layers")))
}

/// A tile that was not there: made once, and encoded once for each encoding that is asked for.
async fn made(generation: &Generation, key: TileKey) -> Result<Rendition, Problem> {
    let plain_key = TileKey { encoding: Encoding::Identity, ..key.clone() };
    let (tiles, encoding) = (generation.tiles(), key.encoding);
    let plain = tiles.get_or_make(&plain_key, made_plain(generation, &plain_key));
    if encoding == Encoding::Identity {
        return plain.await;
    }
    let encoded = async {
        let plain = plain.await?;
        aside(move || plain.encoded(encoding)).await?
    };
    tiles.get_or_make(&key, encoded).await
}

async fn made_plain(generation: &Generation, key: &TileKey) -> Result<Rendition, Problem> {
    let (all, tile) = (generation.plate().tile_layers(), key.tile);
    let layers: Vec<TileLayer> = key.layers.iter().filter_map(|place| all.get(usize::from(*place)).cloned()).collect();
    in_zooms(&layers, tile.z())?;
    let plate = generation.plate().clone();
    let bytes = aside(move || plate.tile(&layers, tile)).await??;
    generation.shared().metrics.tile_made(bytes.len());
    Ok(Rendition::plain(bytes))
}

fn in_zooms(layers: &[TileLayer], zoom: u8) -> Result<(), Problem> {
    if layers.iter().any(|layer| (layer.min_zoom..=MAX_ZOOM).contains(&zoom)) {
        return Ok(());
    }
    let zooms = layers.iter().map(|layer| format!("{} is in zooms {} to {MAX_ZOOM}", layer.name, layer.min_zoom));
    let zooms = zooms.collect::<Vec<_>>().join(", ");
    Err(Problem::not_found(format!("there are no tiles of zoom {zoom}: {zooms}")))
}

fn tile_id(z: &str, x: &str, file: &str) -> Result<TileId, Problem> {
    let wrong = || Problem::not_found("tiles are at /tiles/{layers}/{z}/{x}/{y}.mvt");
    let y = file.strip_suffix(".mvt").ok_or_else(wrong)?;
    let (z, x, y) = (z.parse(), x.parse(), y.parse());
    let (Ok(z), Ok(x), Ok(y)) = (z, x, y) else { return Err(wrong()) };
    Ok(TileId::new(z, x, y)?)
}

/// `GET /tiles/{layers}.json`, TileJSON 3.0
pub(crate) async fn tilejson(
    State(plate): State<Baseplate>,
    State(limits): State<Limits>,
    file: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let Path(file) = file?;
    let names = file.strip_suffix(".json").ok_or_else(|| Problem::not_found("TileJSON is at /tiles/{layers}.json"))?;
    within_layers(names, &limits)?;
    let layers = plate.pick_layers(names.split(','))?;
    let manifest = plate.manifest();
    let mut tilejson = json!({
        "tilejson": "3.0.0",
        "name": manifest.name,
        "version": "1.0.0",
        "scheme": "xyz",
        "tiles": [format!("{}/tiles/{names}/{{z}}/{{x}}/{{y}}.mvt", base_url(&headers))],
        "minzoom": layers.iter().map(|l| l.min_zoom).min().unwrap_or_default(),
        "maxzoom": MAX_ZOOM,
        "vector_layers": layers.iter().map(vector_layer).collect::<Vec<_>>(),
        "generation": manifest.generation,
    });
    if let Some(Bbox([w, s, e, n])) = manifest.bbox {
        tilejson["bounds"] = json!([w, s, e, n]);
        tilejson["center"] = json!([(w + e) / 2.0, (s + n) / 2.0, 12]);
    }
    Ok(Json(tilejson))
}

fn vector_layer(layer: &TileLayer) -> Value {
    json!({
        "id": layer.name,
        "description": layer.description,
        "minzoom": layer.min_zoom,
        "maxzoom": MAX_ZOOM,
        "fields": fields(layer),
    })
}

/// The attributes of a layer, as TileJSON names their types.
pub(crate) fn fields(layer: &TileLayer) -> Map<String, Value> {
    let word = |of| match of {
        FieldType::Text => "String",
        FieldType::Number => "Number",
    };
    layer.fields.iter().map(|f| (f.name.to_owned(), word(f.of).into())).collect()
}

/// `point` or `polygon`.
pub(crate) fn geometry(layer: &TileLayer) -> &'static str {
    if layer.shows_areas() || layer.name == "buildings" { "polygon" } else { "point" }
}

/// The address under which the client sees this server; TileJSON wants absolute addresses.
pub(crate) fn base_url(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = text("x-forwarded-proto").filter(|s| ["http", "https"].contains(s)).unwrap_or("http");
    let is_host = |host: &&str| host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b));
    let host = text("x-forwarded-host").or(text(HOST.as_str())).filter(is_host).unwrap_or("localhost");
    format!("{scheme}://{host}")
}
