//! Tilesets of a collection: Web Mercator, and degrees.

use super::{json_link, layer, link};
use crate::{
    http::problem::Problem,
    openapi::Bytes,
    params::{FormatQuery, MvtQuery, Params, PathParams},
    state::{Base, Generation, Layers},
    tiles::{WantedLayers, answer},
};
use axum::{
    Json,
    extract::{Request, State},
    response::Response,
};
use baseplate_core::{Field, FieldType, MAX_ZOOM, Shape, TileLayer, TileScheme};
use serde_json::{Map, Value, json};

const MVT: &str = "application/vnd.mapbox-vector-tile";
/// Metres a pixel of the standard display, by which the OGC tells scales.
const OGC_PIXEL_M: f64 = 0.000_28;
/// Pixels along a tile's side in the definitions of the sets.
const SIDE_PX: u32 = 256;

/// A tile matrix set of the OGC's registry, and the scheme that is the same.
struct MatrixSet {
    id: &'static str,
    crs: &'static str,
    scheme: TileScheme,
    /// What a tile matrix is called there and here differs by this.
    zoom_shift: u8,
    /// Units of the reference system along the side of the square that zoom 0 of the scheme covers, and metres a unit.
    side: f64,
    unit_m: f64,
    /// The corner where tiles begin.
    origin: [f64; 2],
}

/// Half of the equator in Web Mercator, metres.
const HALF_M: f64 = 20_037_508.342_789_244;
const SETS: [MatrixSet; 2] = [
    MatrixSet {
        id: "WebMercatorQuad",
        crs: "http://www.opengis.net/def/crs/EPSG/0/3857",
        scheme: TileScheme::Mercator,
        zoom_shift: 0,
        side: 2.0 * HALF_M,
        unit_m: 1.0,
        origin: [-HALF_M, HALF_M],
    },
    MatrixSet {
        id: "WorldCRS84Quad",
        crs: "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        scheme: TileScheme::Cgcs2000,
        zoom_shift: 1,
        side: 360.0,
        unit_m: 111_319.490_793_273_57,
        origin: [-180.0, 90.0],
    },
];

impl MatrixSet {
    fn named(id: &str) -> Result<&'static Self, Problem> {
        let missing = || Problem::not_found(format!("there is no tile matrix set '{id}'; there are {}", Self::ids()));
        SETS.iter().find(|set| set.id == id).ok_or_else(missing)
    }

    fn ids() -> String {
        SETS.each_ref().map(|set| set.id).join(", ")
    }

    fn uri(&self) -> String {
        format!("http://www.opengis.net/def/tilematrixset/OGC/1.0/{}", self.id)
    }

    fn matrix(&self, matrix: u8) -> Value {
        let zoom = matrix + self.zoom_shift;
        let cell = self.side / f64::from(1_u32 << zoom) / f64::from(SIDE_PX);
        json!({
            "id": matrix.to_string(),
            "scaleDenominator": cell * self.unit_m / OGC_PIXEL_M,
            "cellSize": cell,
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": self.origin,
            "tileWidth": SIDE_PX,
            "tileHeight": SIDE_PX,
            "matrixWidth": 1_u32 << zoom,
            "matrixHeight": 1_u32 << matrix,
        })
    }
}

/// How the world is cut into tiles.
///
/// `GET /ogc/tileMatrixSets`
#[utoipa::path(get, path = "/ogc/tileMatrixSets", tag = "ogc", params(FormatQuery),
    responses((status = OK, description = "The tile matrix sets", body = Object)))]
pub(crate) async fn matrix_sets(_: Params<FormatQuery>, Base(base): Base) -> Result<Json<Value>, Problem> {
    let sets = SETS.each_ref().map(|set| {
        let at = format!("{base}/ogc/tileMatrixSets/{}", set.id);
        json!({ "id": set.id, "uri": set.uri(), "crs": set.crs, "links": [json_link("self", at)] })
    });
    Ok(Json(json!({ "tileMatrixSets": sets })))
}

/// One of these ways.
///
/// `GET /ogc/tileMatrixSets/{set}`
#[utoipa::path(get, path = "/ogc/tileMatrixSets/{set}", tag = "ogc", params(FormatQuery, ("set" = String, Path, description = "WebMercatorQuad or WorldCRS84Quad", example = "WebMercatorQuad")),
    responses((status = OK, description = "A tile matrix set", body = Object)))]
pub(crate) async fn matrix_set(
    _: Params<FormatQuery>,
    PathParams(id): PathParams<String>,
) -> Result<Json<Value>, Problem> {
    let set = MatrixSet::named(&id)?;
    let matrices: Vec<Value> = (0..=MAX_ZOOM - set.zoom_shift).map(|matrix| set.matrix(matrix)).collect();
    Ok(Json(json!({
        "id": set.id,
        "uri": set.uri(),
        "crs": set.crs,
        "orderedAxes": ["X", "Y"],
        "tileMatrices": matrices,
    })))
}

/// The tilesets of a layer.
///
/// `GET /ogc/collections/{id}/tiles`
#[utoipa::path(get, path = "/ogc/collections/{id}/tiles", tag = "ogc", params(FormatQuery, ("id" = String, Path, description = "Name of a layer", example = "grids")),
    responses((status = OK, description = "A list of tilesets", body = Object)))]
pub(crate) async fn tilesets(
    State(layers): State<Layers>,
    _: Params<FormatQuery>,
    PathParams(id): PathParams<String>,
    Base(base): Base,
) -> Result<Json<Value>, Problem> {
    let layer = layer(&layers, &id)?;
    let at = format!("{base}/ogc/collections/{}/tiles", layer.name);
    let sets = SETS.each_ref().map(|set| {
        json!({
            "title": format!("{} in {}", layer.name, set.id),
            "dataType": "vector",
            "crs": set.crs,
            "tileMatrixSetURI": set.uri(),
            "links": [json_link("self", format!("{at}/{}", set.id)), link("item", MVT, template(&at, set))],
        })
    });
    Ok(Json(json!({ "links": [json_link("self", at.clone())], "tilesets": sets })))
}

fn template(at: &str, set: &MatrixSet) -> String {
    format!("{at}/{}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", set.id)
}

/// One tileset of a layer.
///
/// `GET /ogc/collections/{id}/tiles/{set}`
#[utoipa::path(get, path = "/ogc/collections/{id}/tiles/{set}", tag = "ogc",
    params(FormatQuery, ("id" = String, Path, description = "Name of a layer", example = "grids"), ("set" = String, Path, description = "WebMercatorQuad or WorldCRS84Quad", example = "WebMercatorQuad")),
    responses((status = OK, description = "A tileset", body = Object)))]
pub(crate) async fn tileset(
    State(layers): State<Layers>,
    _: Params<FormatQuery>,
    PathParams((id, set)): PathParams<(String, String)>,
    Base(base): Base,
) -> Result<Json<Value>, Problem> {
    let (layer, set) = (layer(&layers, &id)?, MatrixSet::named(&set)?);
    let at = format!("{base}/ogc/collections/{id}/tiles");
    let mut item = link("item", MVT, template(&at, set));
    item["templated"] = json!(true);
    let mut described = json!({
        "id": layer.name,
        "dataType": "vector",
        "minTileMatrix": layer.min_zoom.saturating_sub(set.zoom_shift).to_string(),
        "maxTileMatrix": (layer.max_zoom - set.zoom_shift.min(layer.max_zoom)).to_string(),
        "propertiesSchema": { "type": "object", "properties": properties(layer) },
    });
    // A layer of areas and lines has no one dimension.
    match layer.shape {
        Shape::Point => described["geometryDimension"] = json!(0),
        Shape::Polygon => described["geometryDimension"] = json!(2),
        Shape::Mixed => {}
    }
    Ok(Json(json!({
        "title": layer.name,
        "dataType": "vector",
        "crs": set.crs,
        "tileMatrixSetURI": set.uri(),
        "layers": [described],
        "links": [
            json_link("self", format!("{at}/{}", set.id)),
            json_link("http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", format!("{base}/ogc/tileMatrixSets/{}", set.id)),
            item,
        ],
    })))
}

/// The attributes of a layer as a JSON schema.
fn properties(layer: &TileLayer) -> Map<String, Value> {
    let of = |field: &Field| if field.of == FieldType::Text { "string" } else { "number" };
    layer.fields.iter().map(|field| (field.name.to_owned(), json!({ "type": of(field) }))).collect()
}

/// Layer, set, matrix, row and column.
type TilePath = PathParams<(String, String, String, String, String)>;

/// A tile of a layer.
///
/// `GET /ogc/collections/{id}/tiles/{set}/{matrix}/{row}/{column}`
#[utoipa::path(get, path = "/ogc/collections/{id}/tiles/{set}/{matrix}/{row}/{column}", operation_id = "ogc_tile", tag = "ogc",
    params(MvtQuery, ("id" = String, Path, description = "Name of a layer", example = "grids"), ("set" = String, Path, description = "WebMercatorQuad or WorldCRS84Quad", example = "WebMercatorQuad"),
        ("matrix" = u8, Path, description = "Tile matrix", example = 10),
        ("row" = u32, Path, description = "Row, from the north", example = 446),
        ("column" = u32, Path, description = "Column, from the west", example = 836)),
    responses(
        (status = OK, description = "A Mapbox Vector Tile", content_type = "application/vnd.mapbox-vector-tile", body = Bytes),
        (status = NO_CONTENT, description = "Nothing is to be seen there"),
        (status = NOT_MODIFIED, description = "The tile is the one that the client has"),
        (status = NOT_ACCEPTABLE, description = "No encoding that the client takes", content_type = "application/problem+json", body = Problem),
    ))]
pub(crate) async fn tile(
    State(generation): State<Generation>,
    _: Params<MvtQuery>,
    PathParams((id, set, matrix, row, column)): TilePath,
    request: Request,
) -> Result<Response, Problem> {
    let set = MatrixSet::named(&set)?;
    layer(generation.layers(), &id)?;
    let wrong = || Problem::not_found("tiles are at …/{tileMatrix}/{tileRow}/{tileCol}, three whole numbers");
    let zoom = matrix.parse::<u8>().ok().and_then(|z| z.checked_add(set.zoom_shift)).ok_or_else(wrong)?;
    let (Ok(x), Ok(y)) = (column.parse(), row.parse()) else { return Err(wrong()) };
    answer(&generation, WantedLayers::all_of(&id), set.scheme.tile(zoom, x, y)?, request.headers()).await
}
