//! Items of a collection, page by page.
//!
//! A page begins at a place of the layer, its cursor, and its `next` link names the place behind its last item; so going through all
//! pages meets every feature once, however large the layer is.

use super::{
    GEOJSON, layer, link,
    query::{ItemsQuery, Page, cursor},
};
use crate::{
    http::{
        aside::{Turns, aside},
        problem::Problem,
    },
    params::{FormatQuery, Params, PathParams},
    state::{Base, Layers},
};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderName, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use baseplate_core::{Baseplate, Bbox, Feature, FeatureValue, TileLayer};
use geo_types::{Geometry, MultiPolygon};
use geojson::GeometryValue;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A page of more features waits for its turn, as batches do.
const AT_ONCE_MAX: usize = 1_000;

/// The features of a layer, page by page.
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
    Params(query): Params<ItemsQuery>,
    Base(base): Base,
) -> Result<Response, Problem> {
    let page = query.page(&plate.manifest().generation)?;
    let is_large = page.limit > AT_ONCE_MAX;
    let made = move || {
        let layer = layer(&layers, &id)?;
        geojson(&collection(&plate, layer, &page, &base))
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

fn collection<'a>(plate: &'a Baseplate, layer: &'a TileLayer, page: &Page, base: &str) -> Collection<'a> {
    let (features, next) = features(plate, layer, page);
    let at = format!("{base}/ogc/collections/{}", layer.name);
    let generation = &plate.manifest().generation;
    let asked = |from| format!("{at}/items?cursor={}{}", cursor(from, generation), page.repeated);
    let mut links = vec![link("self", GEOJSON, asked(page.from)), link("collection", "application/json", at.clone())];
    links.extend(next.map(|next| link("next", GEOJSON, asked(next))));
    let is_all = page.boxes.is_none() && !layer.has_empty_places();
    Collection {
        r#type: "FeatureCollection",
        number_returned: features.len(),
        number_matched: is_all.then(|| plate.feature_places(layer)),
        features,
        links,
    }
}

/// The features of a page, and where the next one begins if there may be more.
fn features<'a>(plate: &'a Baseplate, layer: &'a TileLayer, page: &Page) -> (Vec<Item<'a>>, Option<u32>) {
    let (places, said) = (plate.feature_places(layer), said(layer));
    let (mut features, mut at) = (Vec::new(), page.from);
    while features.len() < page.limit && at < places {
        let wanted = page.limit - features.len();
        let found = match &page.boxes {
            Some(boxes) => places_in(plate, layer, boxes, at, wanted),
            None => (at..places.min(at.saturating_add(wanted as u32))).collect(),
        };
        let Some(last) = found.last() else { return (features, None) };
        at = last + 1;
        let found = found.into_iter().filter_map(|place| plate.feature(layer, place));
        features.extend(found.map(|feature| Item::new(&said, feature)));
    }
    (features, (at < places).then_some(at))
}

/// The first places from `from` on, at most `limit`, of features that touch one of the boxes.
fn places_in(plate: &Baseplate, layer: &TileLayer, boxes: &[Bbox], from: u32, limit: usize) -> Vec<u32> {
    let found = boxes.iter().flat_map(|bbox| plate.feature_places_in(layer, *bbox, from, limit));
    found.collect::<BTreeSet<u32>>().into_iter().take(limit).collect()
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

/// A feature with the attributes that its layer has in tiles too.
#[derive(Serialize)]
struct Item<'a> {
    r#type: &'static str,
    id: Option<FeatureValue<'a>>,
    geometry: Option<GeometryValue>,
    properties: BTreeMap<&'a str, FeatureValue<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Value>,
}

/// What each column of a layer's features is called, if tiles have it too.
fn said(layer: &TileLayer) -> Vec<Option<&str>> {
    let field = |name: &str| layer.fields.iter().map(|field| field.name.as_str()).find(|field| *field == name);
    layer.columns().iter().map(|column| field(&column.name)).collect()
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
