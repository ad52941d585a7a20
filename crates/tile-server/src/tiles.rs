//! Tiles and their TileJSON.

use crate::problem::Problem;
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State, rejection::PathRejection},
    http::{
        HeaderMap, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HOST, IF_NONE_MATCH},
    },
    response::{IntoResponse, Response},
};
use baseplate_core::{Baseplate, Bbox, FieldType, MAX_ZOOM, TileId, TileLayer};
use serde_json::{Map, Value, json};
use xxhash_rust::xxh3::xxh3_64;

/// Tiles may be kept, but are asked for again each time, at the price of a 304: what a restarted server serves shows at once.
const REVALIDATE: &str = "public, no-cache";

/// `GET /tiles/{layers}/{z}/{x}/{y}.mvt`
pub(crate) async fn tile(
    State(plate): State<Baseplate>,
    path: Result<Path<(String, String, String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Path((layers, z, x, file)) = path?;
    let id = tile_id(&z, &x, &file)?;
    let layers = pick(&plate, &layers)?;
    let made = tokio::task::spawn_blocking(move || plate.tile(&layers, id)).await;
    let bytes = Bytes::from(made.map_err(|e| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, e))??);
    let etag = format!("W/\"{:016x}\"", xxh3_64(&bytes));
    let common = [(CACHE_CONTROL, REVALIDATE.to_owned()), (ETAG, etag.clone())];
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|tag| tag.trim() == etag || tag.trim() == "*")) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    if bytes.is_empty() {
        return Ok((StatusCode::NO_CONTENT, common).into_response());
    }
    Ok((common, [(CONTENT_TYPE, "application/vnd.mapbox-vector-tile")], bytes).into_response())
}

fn tile_id(z: &str, x: &str, file: &str) -> Result<TileId, Problem> {
    let wrong = || Problem::not_found("tiles are at /tiles/{layers}/{z}/{x}/{y}.mvt");
    let y = file.strip_suffix(".mvt").ok_or_else(wrong)?;
    let (z, x, y) = (z.parse(), x.parse(), y.parse());
    let (Ok(z), Ok(x), Ok(y)) = (z, x, y) else { return Err(wrong()) };
    Ok(TileId::new(z, x, y)?)
}

fn pick(plate: &Baseplate, names: &str) -> Result<Vec<TileLayer>, Problem> {
    Ok(plate.pick_layers(names.split(','))?)
}

/// `GET /tiles/{layers}.json`, TileJSON 3.0
pub(crate) async fn tilejson(
    State(plate): State<Baseplate>,
    file: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let Path(file) = file?;
    let names = file.strip_suffix(".json").ok_or_else(|| Problem::not_found("TileJSON is at /tiles/{layers}.json"))?;
    let layers = pick(&plate, names)?;
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
    let word = |of| match of {
        FieldType::Text => "String",
        FieldType::Number => "Number",
    };
    let fields: Map<String, Value> = layer.fields.iter().map(|f| (f.name.to_owned(), word(f.of).into())).collect();
    json!({
        "id": layer.name,
        "description": layer.description,
        "minzoom": layer.min_zoom,
        "maxzoom": MAX_ZOOM,
        "fields": fields,
    })
}

/// The address under which the client sees this server; TileJSON wants absolute addresses.
pub(crate) fn base_url(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = text("x-forwarded-proto").filter(|s| ["http", "https"].contains(s)).unwrap_or("http");
    let is_host = |host: &&str| host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b));
    let host = text("x-forwarded-host").or(text(HOST.as_str())).filter(is_host).unwrap_or("localhost");
    format!("{scheme}://{host}")
}
