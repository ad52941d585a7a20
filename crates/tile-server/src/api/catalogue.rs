//! The catalogue: what layers there are, and where their TileJSON is.

use crate::{
    http::problem::Problem,
    openapi,
    params::{FormatQuery, Params},
    state::{Base, Layers},
};
use axum::{Json, extract::State};
use baseplate_core::Baseplate;
use serde_json::{Value, json};

/// The layers of the plate.
///
/// `GET /catalog`
#[utoipa::path(get, path = "/catalog", tag = "tiles", params(FormatQuery),
    responses((status = OK, description = "Each layer with its zooms and attributes", body = openapi::Catalogue)))]
pub(crate) async fn catalogue(
    State(plate): State<Baseplate>,
    State(layers): State<Layers>,
    _: Params<FormatQuery>,
    Base(base): Base,
) -> Result<Json<Value>, Problem> {
    let manifest = plate.manifest();
    let layers = layers.iter().map(|layer| {
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
    Ok(Json(json!({
        "name": manifest.name,
        "generation": manifest.generation,
        "built_at": manifest.built_at,
        "bounds": manifest.bbox,
        "layers": layers.collect::<Vec<_>>(),
    })))
}
