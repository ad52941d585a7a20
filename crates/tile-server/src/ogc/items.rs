//! Items of a collection, page by page.
//!
//! A page begins at a place of the layer, its cursor, and its `next` link names the place behind its last item; so going through all
//! pages meets every feature once, however large the layer is. With a condition a page looks at a bounded number of rows, so it may have
//! fewer features than were asked for, or none, and a next one all the same.

use super::{
    GEOJSON, layer, link,
    query::{ItemsQuery, Page, cursor},
};
use crate::{
    http::{
        aside::{Turns, aside},
        problem::Problem,
    },
    params::{FormatQuery, Params, ParamsAndOthers, PathParams},
    state::{Base, Layers},
};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderName, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use baseplate_core::{Baseplate, Feature, FeatureValue, LayerFilter, MatchingPlaces, TileLayer};
use geo_types::{Geometry, MultiPolygon};
use geojson::GeometryValue;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A page of more features waits for its turn, as batches do; so does one with a condition, which may look at many rows.
const AT_ONCE_MAX: usize = 1_000;

/// The features of a layer, page by page. Each queryable of the collection is a parameter too, `NAME=VALUE`.
///
/// `GET /ogc/collections/{id}/items`
#[utoipa::path(get, path = "/ogc/collections/{id}/items", tag = "ogc", params(ItemsQuery, ("id" = String, Path, description = "Name of a layer", example = "grids")),
    responses(
        (status = OK, description = "A page of features", content_type = "application/geo+json", body = Object),
        (status = GONE, description = "The cursor is of another generation", content_type = "application/problem+json", body = Problem)))]
pub(crate) async fn items(
    State(plate): State<Baseplate>,
    State(layers): State<Layers>,
    State(turns): State<Turns>,
    PathParams(id): PathParams<String>,
    ParamsAndOthers(query, equal): ParamsAndOthers<ItemsQuery>,
    Base(base): Base,
) -> Result<Response, Problem> {
    let page = query.page(equal, &plate.manifest().generation)?;
    let is_large = page.limit > AT_ONCE_MAX || page.is_filtered();
    let made = move || {
        let layer = layer(&layers, &id)?;
        let filter = plate.layer_filter(layer, page.filter()).map_err(Problem::bad_request)?;
        geojson(&collection(&plate, layer, &page, filter.as_ref(), &base))
    };
    if is_large { turns.aside(move |_| Some(made())).await? } else { aside(made).await? }
}

/// One feature.
///
/// `GET /ogc/collections/{id}/items/{code}`
#[utoipa::path(get, path = "/ogc/collections/{id}/items/{code}", tag = "ogc",
    params(FormatQuery, ("id" = String, Path, description = "Name of a layer", example = "grids"), ("code" = String, Path, description = "Code of the feature")),
    responses((status = OK, description = "A feature", content_type = "application/geo+json", body = Object)))]
pub(crate) async fn item(
    State(plate): State<Baseplate>,
    State(layers): State<Layers>,
    _: Params<FormatQuery>,
    PathParams((id, code)): PathParams<(String, String)>,
    Base(base): Base,
) -> Result<Response, Problem> {
    let layer = layer(&layers, &id)?;
    let missing = || Problem::not_found(format!("{id} has no feature '{code}'"));
    let place = plate.feature_place(layer, &code).ok_or_else(missing)?;
    let mut feature = Item::new(&said(layer), plate.feature(layer, place).ok_or_else(missing)?);
    let at = format!("{base}/ogc/collections/{id}");
    feature.links =
        vec![link("self", GEOJSON, format!("{at}/items/{code}")), link("collection", "application/json", at)];
    geojson(&feature)
}

/// The header that names the coordinates of an answer, and what it says.
const CONTENT_CRS: HeaderName = HeaderName::from_static("content-crs");
const IN_CRS84: &str = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>";

fn geojson(value: &impl Serialize) -> Result<Response, Problem> {
    let mut text = serde_json::to_vec(value).map_err(Problem::internal)?;
    text.shrink_to_fit();
    Ok(([(CONTENT_TYPE, GEOJSON), (CONTENT_CRS, IN_CRS84)], Body::from(text)).into_response())
}

fn collection<'a>(
    plate: &'a Baseplate,
    layer: &'a TileLayer,
    page: &Page,
    filter: Option<&LayerFilter>,
    base: &str,
) -> Collection<'a> {
    let found = plate.matching_places(layer, filter, page.boxes.as_deref(), page.from, page.limit);
    let (MatchingPlaces { places, next }, said) = (found, said(layer));
    let features = places.into_iter().filter_map(|place| plate.feature(layer, place));
    let features: Vec<_> = features.map(|feature| Item::new(&said, feature)).collect();
    let at = format!("{base}/ogc/collections/{}", layer.name);
    let generation = &plate.manifest().generation;
    let asked = |from| format!("{at}/items?cursor={}{}", cursor(from, generation), page.repeated);
    let mut links = vec![link("self", GEOJSON, asked(page.from)), link("collection", "application/json", at.clone())];
    links.extend(next.map(|next| link("next", GEOJSON, asked(next))));
    let has_all = page.boxes.is_none() && filter.is_none() && !layer.has_empty_places();
    let all = has_all.then(|| plate.feature_places(layer));
    let is_whole = page.from == 0 && next.is_none();
    Collection {
        r#type: "FeatureCollection",
        number_returned: features.len(),
        number_matched: all.or_else(|| is_whole.then_some(features.len() as u32)),
        features,
        links,
    }
}

/// A page of features, as GeoJSON with the links of OGC API – Features.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Collection<'a> {
    r#type: &'static str,
    number_returned: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_matched: Option<u32>,
    features: Vec<Item<'a>>,
    links: Vec<Value>,
}

/// A feature with the attributes that its collection shows.
#[derive(Serialize)]
struct Item<'a> {
    r#type: &'static str,
    id: Option<FeatureValue<'a>>,
    geometry: Option<GeometryValue>,
    properties: BTreeMap<&'a str, FeatureValue<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Value>,
}

/// What each column of a layer's features is called, if the collection shows it.
fn said(layer: &TileLayer) -> Vec<Option<&str>> {
    layer.columns().iter().map(|column| layer.item_column(&column.name)).collect()
}

impl<'a> Item<'a> {
    fn new(said: &[Option<&'a str>], feature: Feature<'a>) -> Self {
        let named = said.iter().zip(feature.values).filter_map(|(name, value)| Some(((*name)?, value)));
        let properties: BTreeMap<_, _> = named.filter(|(_, value)| *value != FeatureValue::Null).collect();
        let geometry = feature.geometry.as_ref().map(|shape| match shape {
            Geometry::MultiPolygon(MultiPolygon(areas)) if areas.len() == 1 => GeometryValue::from(&areas[0]),
            _ => GeometryValue::from(shape),
        });
        let id = properties.get("code").cloned();
        Self { r#type: "Feature", id, geometry, properties, links: Vec::new() }
    }
}
