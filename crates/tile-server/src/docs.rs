//! Human-readable documentation of the interface, embedded: Swagger UI over `/openapi.json`.

use crate::{http::problem::Problem, params::PathParams};
use axum::{
    body::Body,
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse, Redirect, Response},
};
use std::sync::{Arc, LazyLock};
use utoipa_swagger_ui::{Config, serve};

/// What the page may load: itself and nothing else. Its icons are in its script, as `data:`; so is one style, named by its hash.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /docs`: leads to the page; its files lie beside it.
#[utoipa::path(get, path = "/docs", tag = "pages", responses((status = PERMANENT_REDIRECT, description = "To `/docs/`")))]
pub(crate) async fn moved() -> Redirect {
    Redirect::permanent("docs/")
}

/// `GET /docs/`: this description as a page, on which every request can be tried.
#[utoipa::path(get, path = "/docs/", operation_id = "docs_page", tag = "pages",
    responses((status = OK, description = "The page", body = String, content_type = "text/html")))]
pub(crate) async fn index() -> Result<Response, Problem> {
    embedded("index.html")
}

/// `GET /docs/{file}`: a file of the page.
#[utoipa::path(get, path = "/docs/{file}", tag = "pages",
    params(("file" = String, Path, example = "swagger-ui.css")),
    responses((status = OK, description = "The file", content((String = "text/css"), (String = "text/javascript"),
        (String = "text/html"), (String = "image/png"), (String = "application/json")))))]
pub(crate) async fn file(PathParams(file): PathParams<String>) -> Result<Response, Problem> {
    embedded(&file)
}

fn embedded(file: &str) -> Result<Response, Problem> {
    static CONFIG: LazyLock<Arc<Config<'static>>> =
        LazyLock::new(|| Arc::new(Config::new(["../openapi.json"]).validator_url("none")));
    let found = serve(file, Arc::clone(&CONFIG)).map_err(Problem::internal)?;
    let found = found.ok_or_else(|| Problem::not_found(format!("there is nothing at /docs/{file}")))?;
    let kind = HeaderValue::from_str(&found.content_type).map_err(Problem::internal)?;
    let policy = const { HeaderValue::from_static(POLICY) };
    let keep = const { HeaderValue::from_static("no-cache") };
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, keep), (CONTENT_SECURITY_POLICY, policy)];
    Ok((headers, Body::from(found.bytes.into_owned())).into_response())
}
