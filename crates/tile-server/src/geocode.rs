//! Addresses: from text to codes, completions while one types, and from a point back to an address.

use crate::{
    aside::aside,
    config::Limits,
    lookup::{number, plate_point, wanted},
    problem::Problem,
};
use axum::{
    Json,
    body::Bytes,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use baseplate_core::{Baseplate, Geocoded, LngLat};
use serde::{Deserialize, Serialize};

/// Completions, if the request does not say how many.
const SUGGESTIONS: usize = 8;
/// The most completions of one request.
const SUGGESTIONS_MAX: usize = 20;

#[derive(Deserialize)]
pub(crate) struct TextQuery {
    q: Option<String>,
}

/// `GET /api/geocode?q=`
pub(crate) async fn one(
    State(plate): State<Baseplate>,
    query: Result<Query<TextQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let text = wanted("q", query?.0.q)?;
    aside(move || Json(plate.geocode(&text)).into_response()).await
}

#[derive(Deserialize)]
struct Texts {
    texts: Vec<String>,
}

#[derive(Serialize)]
struct Answers<'a> {
    answers: Vec<Geocoded<'a>>,
}

/// `POST /api/geocode` with `{"texts": […]}`; answers `{"answers": […]}` in their order.
pub(crate) async fn many(
    State(plate): State<Baseplate>,
    State(limits): State<Limits>,
    body: Bytes,
) -> Result<Response, Problem> {
    // What is wrong with the JSON is not said in the parser's words, which quote it.
    let unreadable = |_| Problem::bad_request(r#"the body is not JSON of the form {"texts": ["…", "…"]}"#);
    let Texts { texts } = serde_json::from_slice(&body).map_err(unreadable)?;
    if texts.len() > limits.texts as usize {
        let detail = format!("{} texts; one request may have {}", texts.len(), limits.texts);
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    aside(move || Json(Answers { answers: plate.geocode_many(&texts) }).into_response()).await
}

#[derive(Deserialize)]
pub(crate) struct SuggestQuery {
    q: Option<String>,
    near: Option<String>,
    limit: Option<String>,
}

/// `GET /api/suggest?q=[&near=lng,lat][&limit=]`
pub(crate) async fn suggest(
    State(plate): State<Baseplate>,
    query: Result<Query<SuggestQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(SuggestQuery { q, near, limit }) = query?;
    let (prefix, near) = (wanted("q", q)?, near.map(near_point).transpose()?);
    let limit = limit.map_or(Ok(SUGGESTIONS), parse_limit)?;
    aside(move || Json(plate.suggest(&prefix, near, limit)).into_response()).await
}

fn near_point(text: String) -> Result<LngLat, Problem> {
    let (lng, lat) =
        text.split_once(',').ok_or_else(|| Problem::bad_request("near: two numbers 'lng,lat' are wanted"))?;
    Ok(LngLat::new(number("near", Some(lng.to_owned()))?, number("near", Some(lat.to_owned()))?))
}

fn parse_limit(text: String) -> Result<usize, Problem> {
    let wrong = || Problem::bad_request(format!("limit: '{text}' is not a number from 1 to {SUGGESTIONS_MAX}"));
    text.parse().ok().filter(|limit| (1..=SUGGESTIONS_MAX).contains(limit)).ok_or_else(wrong)
}

#[derive(Deserialize)]
pub(crate) struct ReverseQuery {
    lng: Option<String>,
    lat: Option<String>,
    crs: Option<String>,
}

/// `GET /api/reverse?lng=&lat=[&crs=]`; null outside the city.
pub(crate) async fn reverse(
    State(plate): State<Baseplate>,
    query: Result<Query<ReverseQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(ReverseQuery { lng, lat, crs }) = query?;
    let point = plate_point(lng, lat, crs)?;
    Ok(Json(plate.reverse(point)).into_response())
}
