//! For who watches the server: whether it lives, whether it is ready, what it has done.

use crate::{
    http::problem::Problem,
    state::{Generation, Shared, prometheus},
};
use axum::{
    extract::State,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::IntoResponse,
};
use std::sync::Arc;

/// `GET /healthz`: the process lives.
#[utoipa::path(get, path = "/healthz", tag = "server", responses((status = OK, description = "`ok`", body = String, content_type = "text/plain")))]
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: requests may be sent here; 503 from the moment the server is told to stop.
#[utoipa::path(get, path = "/readyz", tag = "server", responses((status = OK, description = "`ready`", body = String, content_type = "text/plain")))]
pub(crate) async fn ready(State(generation): State<Generation>) -> Result<&'static str, Problem> {
    if generation.shared().draining() {
        Err(Problem::unavailable("the server is about to stop"))
    } else {
        Ok("ready\n")
    }
}

/// What is said to everything while the plate is not open.
pub(crate) async fn not_open() -> Problem {
    Problem::unavailable("the plate is being opened")
}

/// `GET /metrics`: what the server has done, for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "server", responses((status = OK, description = "Text exposition format 0.0.4", body = String, content_type = "text/plain")))]
pub(crate) async fn metrics(State(generation): State<Generation>) -> impl IntoResponse {
    as_text(prometheus::text(generation.shared(), Some(&generation)))
}

/// `GET /metrics` while the plate is not open.
pub(crate) async fn metrics_waiting(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    as_text(prometheus::text(&shared, None))
}

fn as_text(text: String) -> impl IntoResponse {
    ([(CONTENT_TYPE, prometheus::TEXT_FORMAT), (CACHE_CONTROL, "no-store")], text)
}
