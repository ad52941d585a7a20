//! The list of routes.

use crate::{geocode, lookup, page, problem::Problem, style, tiles};
use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request},
    http::{HeaderValue, StatusCode, header::X_CONTENT_TYPE_OPTIONS},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::get,
};
use baseplate_core::Baseplate;
use std::time::Duration;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, cors::CorsLayer, timeout::TimeoutLayer,
    trace::TraceLayer,
};
use tracing::Span;

/// A request that takes longer is given up.
const TIME_PER_REQUEST: Duration = Duration::from_secs(30);

/// The service over a plate.
pub fn router(plate: Baseplate) -> Router {
    Router::new()
        .route("/", get(page::index))
        .route("/tiles/{file}", get(tiles::tilejson))
        .route("/tiles/{layers}/{z}/{x}/{file}", get(tiles::tile))
        .route("/style.json", get(style::style))
        .route("/api/locate", get(lookup::locate))
        .route("/api/entities/{code}", get(lookup::entity))
        .route("/api/stats", get(lookup::stats))
        .route("/api/geocode", get(geocode::one).post(geocode::many).layer(DefaultBodyLimit::max(geocode::BODY_MAX)))
        .route("/api/suggest", get(geocode::suggest))
        .route("/api/reverse", get(geocode::reverse))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(async || "ready\n"))
        .route("/{*path}", get(page::file))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this address answers GET and HEAD; /api/geocode also POST")
        })
        .with_state(plate)
        .layer(map_response(no_sniffing))
        .layer(CompressionLayer::new())
        .layer(CorsLayer::permissive())
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, TIME_PER_REQUEST))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TraceLayer::new_for_http().make_span_with(span))
}

/// What the log says of a request: its route, never its address, which may have somebody's id in it.
fn span(request: &Request) -> Span {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    tracing::debug_span!("request", method = %request.method(), route)
}

async fn no_sniffing(mut response: Response) -> Response {
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// A panic ends its request, not the server. What it said stands in the log.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the request could not be answered").into_response()
}
