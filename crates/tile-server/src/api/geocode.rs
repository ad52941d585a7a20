//! Addresses: from text to codes, completions while one types, and from a point back to an address.

use crate::{
    config::Limits,
    http::{
        aside::{Turns, aside},
        problem::Problem,
    },
    params::{Count, Near, Params, PointQuery},
};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use baseplate_core::{Baseplate, GeocodeAnswer, ReverseAnswer, SuggestionAnswer};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Completions, if the request does not say how many.
const SUGGESTIONS: usize = 8;
/// After so many texts of a batch it is asked whether the answer is still wanted.
const TEXTS_AT_ONCE: usize = 512;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TextQuery {
    /// The text of an address.
    #[param(example = "秋实路3号1栋")]
    q: String,
}

/// The place that a text stands for.
///
/// `GET /api/geocode?q=`
#[utoipa::path(get, path = "/api/geocode", tag = "addresses", params(TextQuery),
    responses((status = OK, description = "What became of the text", body = GeocodeAnswer<'static>)))]
pub(crate) async fn one(State(plate): State<Baseplate>, Params(query): Params<TextQuery>) -> Result<Response, Problem> {
    aside(move || Json(GeocodeAnswer::from(plate.geocode(&query.q))).into_response()).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Texts {
    /// As many as the server is set to take; 10,000 by default.
    #[schema(max_items = 10_000)]
    texts: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Answers<'a> {
    answers: Vec<GeocodeAnswer<'a>>,
}

/// The places that many texts stand for, in their order.
///
/// `POST /api/geocode` with `{"texts": […]}`; answers `{"answers": […]}`.
#[utoipa::path(post, path = "/api/geocode", tag = "addresses", request_body = Texts,
    responses((status = OK, description = "An answer for each text", body = Answers<'static>)))]
pub(crate) async fn many(
    State(plate): State<Baseplate>,
    State(limits): State<Limits>,
    State(turns): State<Turns>,
    body: Bytes,
) -> Result<Response, Problem> {
    turns
        .aside(move |wanted| {
            let texts = match texts(&body, &limits) {
                Ok(texts) => texts,
                Err(problem) => return Some(problem.into_response()),
            };
            let mut answers = Vec::with_capacity(texts.len());
            for some in texts.chunks(TEXTS_AT_ONCE) {
                wanted.still()?;
                answers.extend(plate.geocode_many(some).into_iter().map(GeocodeAnswer::from));
            }
            Some(Json(Answers { answers }).into_response())
        })
        .await
}

fn texts(body: &[u8], limits: &Limits) -> Result<Vec<String>, Problem> {
    // What is wrong with the JSON is not said in the parser's words, which quote it.
    let unreadable = |_| Problem::bad_request(r#"the body is not JSON of the form {"texts": ["…", "…"]}"#);
    let Texts { texts } = serde_json::from_slice(body).map_err(unreadable)?;
    if texts.len() > limits.texts as usize {
        let detail = format!("{} texts; one request may have {}", texts.len(), limits.texts);
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    Ok(texts)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SuggestQuery {
    /// What was typed so far: the beginning of an address, a name or a code, also in pinyin.
    #[param(example = "秋实")]
    q: String,
    /// `lng,lat` in degrees: what is near comes first.
    #[param(inline, example = "114.05,22.552")]
    near: Option<Near>,
    /// How many at most; 8 where it is not said.
    #[param(inline)]
    limit: Option<Count<1, 20>>,
}

/// Completions of what is being typed.
///
/// `GET /api/suggest?q=[&near=lng,lat][&limit=]`
#[utoipa::path(get, path = "/api/suggest", tag = "addresses", params(SuggestQuery),
    responses((status = OK, description = "The best first", body = Vec<SuggestionAnswer<'static>>)))]
pub(crate) async fn suggest(
    State(plate): State<Baseplate>,
    Params(query): Params<SuggestQuery>,
) -> Result<Response, Problem> {
    let SuggestQuery { q, near, limit } = query;
    let (near, limit) = (near.map(|near| near.0), limit.map_or(SUGGESTIONS, |limit| limit.0));
    let found = move || {
        let suggestions = plate.suggest(&q, near, limit).into_iter().map(SuggestionAnswer::from);
        Json(suggestions.collect::<Vec<_>>()).into_response()
    };
    aside(found).await
}

/// The address at a point.
///
/// `GET /api/reverse?lng=&lat=[&crs=]`
///
/// The address whose own point is nearest, within 100 m; inside a footprint that has addresses, the nearest of these.
#[utoipa::path(get, path = "/api/reverse", tag = "addresses", params(PointQuery),
    responses((status = OK, description = "The nearest address, else the grid; null outside the city",
        body = Option<ReverseAnswer<'static>>)))]
pub(crate) async fn reverse(
    State(plate): State<Baseplate>,
    Params(point): Params<PointQuery>,
) -> Result<Response, Problem> {
    let point = point.in_plate()?;
    Ok(Json(plate.reverse(point).map(ReverseAnswer::from)).into_response())
}
