//! The catalogue of the layers of records: what each is, and where what it holds can be read.

use crate::{
    http::problem::Problem,
    params::{FormatQuery, Line, Params, PathParams},
    state::{Base, Generation},
};
use axum::{Json, extract::State};
use baseplate_core::CatalogueEntry;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, PartialSchema, ToSchema};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LayersQuery {
    /// Only layers that have every word of it in their id, titles, category, keeper, description, or the names, titles and meanings of
    /// their columns.
    #[param(schema_with = Line::schema, example = "企业")]
    q: Option<Line>,
    /// Only layers of this category.
    #[param(schema_with = Line::schema)]
    category: Option<Line>,
}

/// Layers of records.
#[derive(Serialize, ToSchema)]
pub(crate) struct LayerList {
    /// The generation that answered.
    generation: String,
    /// The layers, in the order of the plate.
    layers: Vec<CatalogueLayer>,
}

/// A layer of records, and where what it holds can be read.
#[derive(Serialize, ToSchema)]
#[schema(as = LayerEntry)]
pub(crate) struct CatalogueLayer {
    #[serde(flatten)]
    entry: CatalogueEntry,
    /// Where it is found.
    links: LayerLinks,
}

/// Where what a layer holds can be read.
#[derive(Serialize, ToSchema)]
struct LayerLinks {
    /// The TileJSON of its tiles; null where the server draws none.
    tiles: Option<String>,
    /// Its records, page by page, by OGC API – Features; null where the server shows none.
    items: Option<String>,
    /// Its counts by area, class and period.
    stats: String,
    /// Its record by OGC API – Records.
    record: String,
}

impl CatalogueLayer {
    fn new(entry: &CatalogueEntry, generation: &Generation, base: &str) -> Self {
        let id = &entry.id;
        let is_served = generation.layers().iter().any(|layer| layer.name == *id);
        let links = LayerLinks {
            tiles: is_served.then(|| format!("{base}/tiles/{id}.json")),
            items: is_served.then(|| format!("{base}/ogc/collections/{id}/items")),
            stats: format!("{base}/api/layers/{id}/stats"),
            record: format!("{base}/ogc/collections/catalogue/items/{id}"),
        };
        Self { entry: entry.clone(), links }
    }
}

/// The layers of records that anybody may read.
///
/// `GET /api/layers?[q=][&category=]`
#[utoipa::path(get, path = "/api/layers", tag = "look-ups", params(LayersQuery),
    responses((status = OK, description = "The layers", body = LayerList)))]
pub(crate) async fn layers(
    State(generation): State<Generation>,
    Params(query): Params<LayersQuery>,
    Base(base): Base,
) -> Result<Json<LayerList>, Problem> {
    let text = query.q.as_ref().map(|Line(text)| text.as_str()).unwrap_or_default();
    let category = query.category.as_ref().map(|Line(category)| category.as_str());
    let found = generation.catalogue().search(text);
    let found = found.filter(|entry| category.is_none() || entry.category.as_deref() == category);
    let layers = found.map(|entry| CatalogueLayer::new(entry, &generation, &base)).collect();
    Ok(Json(LayerList { generation: generation.plate().manifest().generation.clone(), layers }))
}

/// One of them.
///
/// `GET /api/layers/{layer}`
#[utoipa::path(get, path = "/api/layers/{layer}", tag = "look-ups",
    params(FormatQuery, ("layer" = String, Path, description = "The id of a layer", example = "enterprises")),
    responses((status = OK, description = "The layer", body = CatalogueLayer)))]
pub(crate) async fn layer(
    State(generation): State<Generation>,
    _: Params<FormatQuery>,
    PathParams(id): PathParams<String>,
    Base(base): Base,
) -> Result<Json<CatalogueLayer>, Problem> {
    let catalogue = generation.catalogue();
    let missing = || {
        let ids: Vec<_> = catalogue.entries().map(|entry| entry.id.as_str()).collect();
        Problem::not_found(format!("there is no layer '{id}'; there are: {}", ids.join(", ")))
    };
    let entry = catalogue.entry(&id).ok_or_else(missing)?;
    Ok(Json(CatalogueLayer::new(entry, &generation, &base)))
}
