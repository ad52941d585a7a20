//! OGC API – Features (core, GeoJSON, filtering), – Tiles and – Records for the layers of the plate, under `/ogc`.
//!
//! A collection is a layer: its items are the features as they are stored, its tiles those of `/tiles/…`. Coordinates are
//! longitude and latitude of EPSG:4490, which CRS84 stands for to within a tenth of a millimetre.

pub(crate) mod items;
mod links;
mod query;
pub(crate) mod queryables;
pub(crate) mod records;
pub(crate) mod tiles;

use crate::{
    http::problem::Problem,
    params::{CRS84, FormatQuery, Params, PathParams},
    state::{Base, Layers},
};
use axum::{Json, extract::State};
use baseplate_core::{Baseplate, Bbox, TileLayer};
use links::{GEOJSON, SCHEMA, json_link, link};
use serde_json::{Value, json};

const CONFORMANCE: [&str; 23] = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core-query-parameters",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-collection",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/records-api",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/searchable-catalog",
];

/// The reference system of times.
const GREGORIAN: &str = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian";

/// Where the standards of the OGC begin.
///
/// `GET /ogc`
#[utoipa::path(get, path = "/ogc", tag = "ogc", params(FormatQuery),
    responses((status = OK, description = "The landing page of OGC API", body = Object)))]
pub(crate) async fn landing(
    State(plate): State<Baseplate>,
    _: Params<FormatQuery>,
    Base(base): Base,
) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({
        "title": plate.manifest().name,
        "description": "数据底板: grids, buildings, addresses and enterprises of a city",
        "links": [
            json_link("self", format!("{base}/ogc")),
            link("service-desc", "application/vnd.oai.openapi+json;version=3.1", format!("{base}/openapi.json")),
            link("service-doc", "text/html", format!("{base}/docs")),
            json_link("conformance", format!("{base}/ogc/conformance")),
            json_link("data", format!("{base}/ogc/collections")),
            json_link("http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", format!("{base}/ogc/tileMatrixSets")),
        ],
    })))
}

/// What of them is kept.
///
/// `GET /ogc/conformance`
#[utoipa::path(get, path = "/ogc/conformance", tag = "ogc", params(FormatQuery),
    responses((status = OK, description = "Classes of conformance", body = Object)))]
pub(crate) async fn conformance(_: Params<FormatQuery>) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({ "conformsTo": CONFORMANCE })))
}

/// The layers as collections, and the catalogue of them.
///
/// `GET /ogc/collections`
#[utoipa::path(get, path = "/ogc/collections", tag = "ogc", params(FormatQuery),
    responses((status = OK, description = "All collections", body = Object)))]
pub(crate) async fn collections(
    State(plate): State<Baseplate>,
    State(layers): State<Layers>,
    _: Params<FormatQuery>,
    Base(base): Base,
) -> Result<Json<Value>, Problem> {
    let described = layers.iter().map(|layer| described(&plate, layer, &base));
    let described: Vec<Value> = described.chain([records::described(&plate, &base)]).collect();
    let links = [json_link("self", format!("{base}/ogc/collections"))];
    Ok(Json(json!({ "links": links, "collections": described })))
}

/// One of them.
///
/// `GET /ogc/collections/{id}`
#[utoipa::path(get, path = "/ogc/collections/{id}", tag = "ogc", params(FormatQuery, ("id" = String, Path, description = "Name of a layer", example = "grids")),
    responses((status = OK, description = "A collection", body = Object)))]
pub(crate) async fn collection(
    State(plate): State<Baseplate>,
    State(layers): State<Layers>,
    _: Params<FormatQuery>,
    PathParams(id): PathParams<String>,
    Base(base): Base,
) -> Result<Json<Value>, Problem> {
    Ok(Json(described(&plate, layer(&layers, &id)?, &base)))
}

/// The layer that a collection stands for.
fn layer<'l>(layers: &'l [TileLayer], id: &str) -> Result<&'l TileLayer, Problem> {
    let found = || layers.iter().map(|l| l.name.as_str()).collect::<Vec<_>>().join(", ");
    let missing = || Problem::not_found(format!("there is no collection '{id}'; the plate has: {}", found()));
    layers.iter().find(|layer| layer.name == id).ok_or_else(missing)
}

fn described(plate: &Baseplate, layer: &TileLayer, base: &str) -> Value {
    let at = format!("{base}/ogc/collections/{}", layer.name);
    let mut described = json!({
        "id": layer.name,
        "title": layer.name,
        "description": layer.description,
        "itemType": "feature",
        "crs": [CRS84],
        "links": [
            json_link("self", at.clone()),
            link("items", GEOJSON, format!("{at}/items")),
            link("http://www.opengis.net/def/rel/ogc/1.0/queryables", SCHEMA, format!("{at}/queryables")),
            json_link("http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", format!("{at}/tiles")),
        ],
    });
    if let Some(Bbox(bbox)) = plate.describe_tiles(std::slice::from_ref(layer)).bounds {
        described["extent"]["spatial"] = json!({ "bbox": [bbox], "crs": CRS84 });
    }
    if let Some([first, last]) = plate.time_extent(layer) {
        described["extent"]["temporal"] = json!({ "interval": [[first, last]], "trs": GREGORIAN });
    }
    described
}
