//! Search among the records of layers.

use crate::{
    http::{aside::aside, problem::Problem},
    params::{Count, Params},
};
use axum::{Json, extract::State};
use baseplate_core::{Baseplate, Counting, Record};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Records where nothing else is said.
const FOUND: usize = 20;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchQuery {
    /// A code, its beginning, or a part of a name.
    #[param(example = "餐饮")]
    q: String,
    /// Only records of the layer with this id.
    #[param(example = "enterprises")]
    layer: Option<String>,
    /// How many at most; 20 where it is not said.
    #[param(inline)]
    limit: Option<Count<1, 100>>,
}

/// What a search found.
#[derive(Serialize, ToSchema)]
pub(crate) struct SearchAnswer {
    /// The generation that answered.
    generation: String,
    /// The best first: those with this code or name, then those whose code begins so, whose name does, and those whose name has the text
    /// in it; names the shortest first, codes in their order.
    records: Vec<FoundRecord>,
    /// Whether these are all that there are: no more were found than were asked for, and all names were looked at within a tenth of a
    /// second.
    complete: bool,
}

/// A record that was found.
#[derive(Serialize, ToSchema)]
struct FoundRecord {
    /// The id of its layer.
    layer: String,
    /// Its code.
    code: String,
    /// Its name.
    name: Option<String>,
    /// Degrees east; null where it has no place.
    lng: Option<f64>,
    /// Degrees north.
    lat: Option<f64>,
}

impl From<Record<'_>> for FoundRecord {
    fn from(record: Record<'_>) -> Self {
        let (lng, lat) = record.point().map(|point| (point.lng, point.lat)).unzip();
        let (layer, code) = (record.layer().id().to_owned(), record.code().to_owned());
        Self { layer, code, name: record.name().map(str::to_owned), lng, lat }
    }
}

/// Records of layers by code or name. Only layers that anybody may read are there.
///
/// `GET /api/search?q=[&layer=][&limit=]`
#[utoipa::path(get, path = "/api/search", tag = "look-ups", params(SearchQuery),
    responses((status = OK, description = "The records", body = SearchAnswer)))]
pub(crate) async fn search(
    State(plate): State<Baseplate>,
    Params(query): Params<SearchQuery>,
) -> Result<Json<SearchAnswer>, Problem> {
    let SearchQuery { q, layer, limit } = query;
    let of_records = || plate.layers().filter(|layer| layer.counting() == Counting::Records).map(|layer| layer.id());
    if let Some(id) = layer.as_deref().filter(|id| !of_records().any(|known| known == *id)) {
        let known = of_records().collect::<Vec<_>>().join(", ");
        return Err(Problem::not_found(format!("there is no layer '{id}' of records to read; there are: {known}")));
    }
    let answer = move || {
        let found = plate.search_records(&q, layer.as_deref(), limit.map_or(FOUND, |limit| limit.0));
        let records = found.records.into_iter().map(FoundRecord::from).collect();
        SearchAnswer { generation: plate.manifest().generation.clone(), records, complete: found.complete }
    };
    aside(answer).await.map(Json)
}
