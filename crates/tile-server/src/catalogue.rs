//! The catalogue: what layers there are, and where their TileJSON is.

use crate::{openapi, tiles::base_url};
use axum::{Json, extract::State, http::HeaderMap};
use baseplate_core::Baseplate;
use serde_json::{Value, json};

/// The layers of the plate.
///
/// `GET /catalog`
#[utoipa::path(get, path = "/catalog", tag = "tiles",
    responses((status = OK, description = "Each layer with its zooms and attributes", body = openapi::Catalogue)))]
pub(crate) async fn catalogue(State(plate): State<Baseplate>, headers: HeaderMap) -> Json<Value> {
    let (manifest, base) = (plate.manifest(), base_url(&headers));
    let layers = plate.tile_layers().iter().map(|layer| {
        json!({
            "id": layer.name,
            "description": layer.description,
            "geometry": layer.shape.as_str(),
            "minzoom": layer.min_zoom,
            "maxzoom": layer.max_zoom,
            "fields": layer.field_types(),
            "tilejson": format!("{base}/tiles/{}.json", layer.name),
        })
    });
    Json(json!({
        "name": manifest.name,
        "generation": manifest.generation,
        "built_at": manifest.built_at,
        "bounds": manifest.bbox,
        "layers": layers.collect::<Vec<_>>(),
    }))
}
