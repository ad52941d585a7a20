//! Items of a collection, page by page.
//!
//! A page begins at a place of the layer, its cursor, and its `next` link names the place behind its last item; so going through all
//! pages meets every feature once, however large the layer is.

use super::{CRS84, FormatQuery, GEOJSON, format_schema, layer, link, only_json};
use crate::{aside::aside, problem::Problem, tiles::base_url};
use axum::{
    body::Body,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::{HeaderMap, HeaderName, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use baseplate_core::{Baseplate, Bbox, Feature, FeatureValue, TileLayer};
use geo_types::{Geometry, LineString, Polygon};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::{
    IntoParams,
    openapi::schema::{Object, ObjectBuilder, Type},
};

/// Items of a page, if the request does not say how many.
const LIMIT: usize = 100;
/// The most items of a page; who asks for more gets so many.
const LIMIT_MAX: usize = 10_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ItemsQuery {
    /// West, south, east and north in degrees, with commas between; or six numbers, with heights.
    #[param(example = "114.03,22.54,114.05,22.55")]
    bbox: Option<String>,
    /// The coordinates of the box.
    #[serde(rename = "bbox-crs")]
    #[param(schema_with = crs_schema)]
    bbox_crs: Option<String>,
    /// The coordinates of the answer.
    #[param(schema_with = crs_schema)]
    crs: Option<String>,
    /// How many features a page has, at most 10,000.
    #[param(value_type = Option<u32>, minimum = 1, example = 100)]
    limit: Option<String>,
    /// Where the page begins; taken from the link to the next one.
    #[param(value_type = Option<u32>, minimum = 0)]
    cursor: Option<String>,
    /// A time or an interval; features have no time, so all of them meet it.
    #[param(example = "2026-01-01T00:00:00Z")]
    datetime: Option<String>,
    /// json, the only format there is.
    #[param(schema_with = format_schema)]
    f: Option<String>,
}

fn crs_schema() -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some([CRS84])).build()
}

/// What a page is asked for, checked.
struct Page {
    bbox: Option<Bbox>,
    limit: usize,
    cursor: u32,
}

impl ItemsQuery {
    fn page(&self) -> Result<Page, Problem> {
        only_json(self.f.as_deref())?;
        for (name, crs) in [("bbox-crs", &self.bbox_crs), ("crs", &self.crs)] {
            if let Some(other) = crs.as_deref().filter(|crs| *crs != CRS84) {
                return Err(Problem::bad_request(format!("{name}: '{other}' is not {CRS84}")));
            }
        }
        let number = |name: &str, text: &str| {
            text.parse().map_err(|_| Problem::bad_request(format!("{name}: '{text}' is not a whole number")))
        };
        let limit = self.limit.as_deref().map_or(Ok(LIMIT as u64), |text| number("limit", text))?;
        if limit == 0 {
            return Err(Problem::bad_request(format!("limit: a number from 1 to {LIMIT_MAX} is wanted")));
        }
        let cursor = self.cursor.as_deref().map_or(Ok(0), |text| number("cursor", text))?;
        let cursor = u32::try_from(cursor).map_err(|_| Problem::bad_request("cursor: not one of ours"))?;
        check_datetime(self.datetime.as_deref())?;
        let bbox = self.bbox.as_deref().map(parse_bbox).transpose()?;
        Ok(Page { bbox, limit: (limit as usize).min(LIMIT_MAX), cursor })
    }
}

/// Four numbers, or six with heights, which nothing here has.
fn parse_bbox(text: &str) -> Result<Bbox, Problem> {
    let wrong = || Problem::bad_request(format!("bbox: '{text}' is not west,south,east,north in degrees"));
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|n| n.trim().parse::<f64>()).collect();
    let numbers = numbers.map_err(|_| wrong())?;
    let [west, south, east, north] = match numbers[..] {
        [w, s, e, n] | [w, s, _, e, n, _] => [w, s, e, n],
        _ => return Err(wrong()),
    };
    let fits = [west, south, east, north].iter().all(|v| v.is_finite()) && west <= east && south <= north;
    if fits { Ok(Bbox([west, south, east, north])) } else { Err(wrong()) }
}

/// Features have no time, so any interval is met by all of them; it only has to be one.
fn check_datetime(text: Option<&str>) -> Result<(), Problem> {
    let Some(text) = text else { return Ok(()) };
    let is_instant = |part: &str| {
        let shape = |c: char| c.is_ascii_digit() || "TZ:.+-tz".contains(c);
        part.len() >= 10 && part.starts_with(|c: char| c.is_ascii_digit()) && part.chars().all(shape)
    };
    let is_end = |part: &str| part.is_empty() || part == ".." || is_instant(part);
    let fits = match text.split_once('/') {
        Some((from, to)) => is_end(from) && is_end(to) && (is_instant(from) || is_instant(to)),
        None => is_instant(text),
    };
    if fits { Ok(()) } else { Err(Problem::bad_request(format!("datetime: '{text}' is no time and no interval"))) }
}

/// The features of a layer, page by page.
///
/// `GET /ogc/collections/{id}/items`
#[utoipa::path(get, path = "/ogc/collections/{id}/items", tag = "ogc", params(ItemsQuery, ("id" = String, Path, description = "Name of a layer", example = "grids")),
    responses((status = OK, description = "A page of features", content_type = "application/geo+json", body = Object)))]
pub(crate) async fn items(
    State(plate): State<Baseplate>,
    id: Result<Path<String>, PathRejection>,
    query: Result<Query<ItemsQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (Path(id), Query(query)) = (id?, query?);
    let (page, base) = (query.page()?, base_url(&headers));
    aside(move || {
        let layer = layer(&plate, &id)?;
        Ok(geojson(&collection(&plate, layer, &page, &base)))
    })
    .await?
}

/// One feature.
///
/// `GET /ogc/collections/{id}/items/{code}`
#[utoipa::path(get, path = "/ogc/collections/{id}/items/{code}", tag = "ogc",
    params(FormatQuery, ("id" = String, Path, description = "Name of a layer", example = "grids"), ("code" = String, Path, description = "Code of the feature")),
    responses((status = OK, description = "A feature", content_type = "application/geo+json", body = Object)))]
pub(crate) async fn item(
    State(plate): State<Baseplate>,
    path: Result<Path<(String, String)>, PathRejection>,
    query: Result<Query<FormatQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    query?.0.check()?;
    let (Path((id, code)), base) = (path?, base_url(&headers));
    let layer = layer(&plate, &id)?;
    let missing = || Problem::not_found(format!("{id} has no feature '{code}'"));
    let place = plate.feature_place(layer, &code).ok_or_else(missing)?;
    let mut feature = of_feature(layer, &plate.feature(layer, place).ok_or_else(missing)?);
    let at = format!("{base}/ogc/collections/{id}");
    feature["links"] =
        json!([link("self", GEOJSON, format!("{at}/items/{code}")), link("collection", "application/json", at),]);
    Ok(geojson(&feature))
}

/// The header that names the coordinates of an answer, and what it says.
const CONTENT_CRS: HeaderName = HeaderName::from_static("content-crs");
const IN_CRS84: &str = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>";

fn geojson(value: &Value) -> Response {
    ([(CONTENT_TYPE, GEOJSON), (CONTENT_CRS, IN_CRS84)], Body::from(value.to_string())).into_response()
}

fn collection(plate: &Baseplate, layer: &TileLayer, page: &Page, base: &str) -> Value {
    let (features, next) = features(plate, layer, page);
    let at = format!("{base}/ogc/collections/{}", layer.name);
    let asked = |cursor: u32| {
        let bbox = page.bbox.map(|Bbox([w, s, e, n])| format!("&bbox={w},{s},{e},{n}")).unwrap_or_default();
        format!("{at}/items?limit={}&cursor={cursor}{bbox}", page.limit)
    };
    let mut links = vec![link("self", GEOJSON, asked(page.cursor)), link("collection", "application/json", at.clone())];
    links.extend(next.map(|next| link("next", GEOJSON, asked(next))));
    let mut collection = json!({
        "type": "FeatureCollection",
        "numberReturned": features.len(),
        "features": features,
        "links": links,
    });
    if page.bbox.is_none() && layer.name != "enterprises" {
        collection["numberMatched"] = json!(plate.feature_places(layer));
    }
    collection
}

/// The features of a page, and where the next one begins if there may be more.
fn features(plate: &Baseplate, layer: &TileLayer, page: &Page) -> (Vec<Value>, Option<u32>) {
    let places = plate.feature_places(layer);
    let (mut features, mut at) = (Vec::new(), page.cursor);
    while features.len() < page.limit && at < places {
        let wanted = page.limit - features.len();
        let found = match page.bbox {
            Some(bbox) => plate.feature_places_in(layer, bbox, at, wanted),
            None => (at..places.min(at.saturating_add(wanted as u32))).collect(),
        };
        let Some(last) = found.last() else { return (features, None) };
        at = last + 1;
        features
            .extend(found.into_iter().filter_map(|place| plate.feature(layer, place)).map(|f| of_feature(layer, &f)));
    }
    (features, (at < places).then_some(at))
}

/// A feature with the attributes that its layer has in tiles too.
fn of_feature(layer: &TileLayer, feature: &Feature<'_>) -> Value {
    let columns = layer.columns();
    let named = columns.iter().map(|column| column.name).zip(&feature.values);
    let said =
        named.filter(|(name, value)| **value != FeatureValue::Null && layer.fields.iter().any(|f| f.name == *name));
    let properties: Map<String, Value> = said.map(|(name, value)| (name.to_owned(), of_value(value))).collect();
    json!({
        "type": "Feature",
        "id": properties.get("code"),
        "geometry": feature.geometry.as_ref().map(of_geometry),
        "properties": properties,
    })
}

fn of_value(value: &FeatureValue<'_>) -> Value {
    match value {
        FeatureValue::Null => Value::Null,
        FeatureValue::Text(text) => json!(text),
        FeatureValue::Cell(cell) => json!(cell.to_string()),
        FeatureValue::Integer(number) => json!(number),
        FeatureValue::Float(number) => json!(number),
    }
}

fn of_geometry(geometry: &Geometry<f64>) -> Value {
    match geometry {
        Geometry::Point(at) => json!({ "type": "Point", "coordinates": [at.x(), at.y()] }),
        Geometry::Polygon(only) => json!({ "type": "Polygon", "coordinates": rings(only) }),
        Geometry::MultiPolygon(area) => match area.0.as_slice() {
            [only] => json!({ "type": "Polygon", "coordinates": rings(only) }),
            several => json!({ "type": "MultiPolygon", "coordinates": several.iter().map(rings).collect::<Vec<_>>() }),
        },
        _ => Value::Null,
    }
}

/// The rings of a polygon as GeoJSON has them.
fn rings(polygon: &Polygon<f64>) -> Vec<Vec<[f64; 2]>> {
    let ring = |ring: &LineString<f64>| ring.0.iter().map(|c| [c.x, c.y]).collect();
    std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect()
}
