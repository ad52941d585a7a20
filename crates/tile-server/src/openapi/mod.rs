//! The description of the whole interface, OpenAPI 3.1, made from the handlers.
//!
//! Each handler says beside itself what it takes and answers, and the list of routes collects it. What holds for all of them is put in
//! afterwards.

mod complete;
mod schema;

pub(crate) use complete::document;
pub(crate) use schema::{Bytes, Catalogue, Style, TileJson, points};

use crate::{
    http::problem::Problem,
    params::{FormatQuery, Params},
};
use axum::{
    Extension,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use std::sync::{Arc, OnceLock};
use utoipa::OpenApi;

/// The description without routes.
#[derive(OpenApi)]
#[openapi(info(title = "Base-plate", description = schema::ABOUT), components(schemas(Problem)))]
pub(crate) struct Preamble;

/// What the list of routes collected, for the handler that answers with it.
#[derive(Clone)]
pub(crate) struct Description(pub(crate) Arc<utoipa::openapi::OpenApi>);

/// This description.
///
/// `GET /openapi.json`
#[utoipa::path(get, path = "/openapi.json", tag = "pages", params(FormatQuery),
    responses((status = OK, description = "OpenAPI 3.1", body = schema::Document)))]
pub(crate) async fn openapi(
    _: Params<FormatQuery>,
    Extension(Description(description)): Extension<Description>,
) -> Result<Response, Problem> {
    // One program has one list of routes.
    static TEXT: OnceLock<Result<String, serde_json::Error>> = OnceLock::new();
    let text = TEXT.get_or_init(|| document(&description).map(|document| document.to_string()));
    let text = text.as_ref().map_err(Problem::internal)?;
    Ok(([(CONTENT_TYPE, "application/json")], text.as_str()).into_response())
}
