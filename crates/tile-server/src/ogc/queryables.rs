//! What conditions on the items of a collection can name.

use super::{layer, links::SCHEMA};
use crate::{
    http::problem::Problem,
    params::{FormatQuery, Params, PathParams},
    state::{Base, Layers},
};
use axum::{
    Json,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use baseplate_core::{ColumnType, Shape, TileLayer};
use serde_json::{Map, Value, json};

/// What filters can name.
///
/// `GET /ogc/collections/{id}/queryables`
#[utoipa::path(get, path = "/ogc/collections/{id}/queryables", tag = "ogc", params(FormatQuery, ("id" = String, Path, description = "Name of a layer", example = "grids")),
    responses((status = OK, description = "A JSON Schema of the queryables", content_type = "application/schema+json", body = Object)))]
pub(crate) async fn queryables(
    State(layers): State<Layers>,
    _: Params<FormatQuery>,
    PathParams(id): PathParams<String>,
    Base(base): Base,
) -> Result<Response, Problem> {
    let layer = layer(&layers, &id)?;
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("{base}/ogc/collections/{}/queryables", layer.name),
        "type": "object",
        "title": layer.name,
        "description": layer.description,
        "properties": properties(layer),
        "additionalProperties": false,
    });
    Ok(([(CONTENT_TYPE, SCHEMA)], Json(schema).into_response().into_body()).into_response())
}

fn properties(layer: &TileLayer) -> Map<String, Value> {
    let columns = layer.queryables().into_iter();
    let mut properties: Map<_, _> = columns.map(|column| (column.name, schema(column.of))).collect();
    let format = match layer.shape {
        Shape::Point => "geometry-point",
        Shape::Polygon => "geometry-polygon-or-multipolygon",
        Shape::Mixed => "geometry-any",
    };
    properties.insert("geometry".to_owned(), json!({ "x-ogc-role": "primary-geometry", "format": format }));
    properties
}

fn schema(of: ColumnType) -> Value {
    match of {
        ColumnType::Text => json!({ "type": "string" }),
        ColumnType::Integer => json!({ "type": "integer" }),
        ColumnType::Float => json!({ "type": "number" }),
        ColumnType::Boolean => json!({ "type": "boolean" }),
        ColumnType::Time => json!({ "type": "string", "format": "date-time" }),
        ColumnType::Date => json!({ "type": "string", "format": "date" }),
    }
}
