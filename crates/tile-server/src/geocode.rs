//! Addresses: from text to codes, completions while one types, and from a point back to an address.

use crate::{
    aside::{Turns, aside},
    config::Limits,
    openapi::Degrees,
    problem::Problem,
    query::{count, number, plate_point, wanted},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use baseplate_core::{Baseplate, Crs, Geocoded, LngLat, Reversed, Suggestion};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Completions, if the request does not say how many.
const SUGGESTIONS: usize = 8;
/// The most completions of one request.
const SUGGESTIONS_MAX: usize = 20;
/// After so many texts of a batch it is asked whether the answer is still wanted.
const TEXTS_AT_ONCE: usize = 512;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TextQuery {
    /// The text of an address.
    #[param(value_type = String, example = "秋实路3号1栋")]
    q: Option<String>,
}

/// The place that a text stands for.
///
/// `GET /api/geocode?q=`
#[utoipa::path(get, path = "/api/geocode", tag = "addresses", params(TextQuery),
    responses((status = OK, description = "What became of the text", body = Geocoded<'static>)))]
pub(crate) async fn one(
    State(plate): State<Baseplate>,
    query: Result<Query<TextQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let text = wanted("q", query?.0.q)?;
    aside(move || Json(plate.geocode(&text)).into_response()).await
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
    answers: Vec<Geocoded<'a>>,
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
                answers.extend(plate.geocode_many(some));
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
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SuggestQuery {
    /// What was typed so far: the beginning of an address, a name or a code, also in pinyin.
    #[param(value_type = String, example = "秋实")]
    q: Option<String>,
    /// `lng,lat` in degrees: what is near comes first.
    #[param(value_type = Option<String>, example = "114.05,22.552",
        pattern = r"^-?(180(\.0{1,15})?|(1[0-7][0-9]|[1-9]?[0-9])(\.[0-9]{1,15})?),-?(90(\.0{1,15})?|[1-8]?[0-9](\.[0-9]{1,15})?)$")]
    near: Option<String>,
    /// How many at most; 8 where it is not said.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 20)]
    limit: Option<String>,
}

/// Completions of what is being typed.
///
/// `GET /api/suggest?q=[&near=lng,lat][&limit=]`
#[utoipa::path(get, path = "/api/suggest", tag = "addresses", params(SuggestQuery),
    responses((status = OK, description = "The best first", body = Vec<Suggestion<'static>>)))]
pub(crate) async fn suggest(
    State(plate): State<Baseplate>,
    query: Result<Query<SuggestQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(SuggestQuery { q, near, limit }) = query?;
    let (prefix, near) = (wanted("q", q)?, near.map(near_point).transpose()?);
    let limit = limit.map_or(Ok(SUGGESTIONS), |text| count("limit", &text, 1..=SUGGESTIONS_MAX))?;
    aside(move || Json(plate.suggest(&prefix, near, limit)).into_response()).await
}

fn near_point(text: String) -> Result<LngLat, Problem> {
    let (lng, lat) =
        text.split_once(',').ok_or_else(|| Problem::bad_request("near: two numbers 'lng,lat' are wanted"))?;
    let (lng, lat) = (number("near", Some(lng.to_owned()))?, number("near", Some(lat.to_owned()))?);
    Crs::Geographic.to_plate().and_then(|to_plate| to_plate.convert(lng, lat)).map_err(Problem::bad_request)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReverseQuery {
    /// Longitude, degrees.
    #[param(value_type = f64, minimum = -180, maximum = 180, example = 114.05)]
    lng: Option<String>,
    /// Latitude, degrees.
    #[param(value_type = f64, minimum = -90, maximum = 90, example = 22.552)]
    lat: Option<String>,
    /// The system of the coordinates.
    #[param(inline, value_type = Option<Degrees>)]
    crs: Option<String>,
}

/// The address at a point.
///
/// `GET /api/reverse?lng=&lat=[&crs=]`
///
/// The address whose own point is nearest, within 100 m; inside a footprint that has addresses, the nearest of these.
#[utoipa::path(get, path = "/api/reverse", tag = "addresses", params(ReverseQuery),
    responses((status = OK, description = "The nearest address, else the grid; null outside the city",
        body = Option<Reversed<'static>>)))]
pub(crate) async fn reverse(
    State(plate): State<Baseplate>,
    query: Result<Query<ReverseQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(ReverseQuery { lng, lat, crs }) = query?;
    let point = plate_point(lng, lat, crs)?;
    Ok(Json(plate.reverse(point)).into_response())
}
