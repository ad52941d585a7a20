//! The list of routes.

use crate::{
    app::{App, Generation, Shared},
    batch, catalogue,
    config::Settings,
    docs, document, geocode, health,
    limits::{arrived, in_time},
    lookup, openapi, page,
    problem::Problem,
    style, tiles,
    watch::{GENERATION, REQUEST_ID, Watch, watch},
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{
        Method, StatusCode,
        header::{ETAG, RETRY_AFTER},
    },
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use baseplate_core::{Baseplate, LayerError};
use std::{any::Any, sync::Arc, time::Duration};
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::{Any as AnyOf, CorsLayer},
};

/// How long browsers keep what a preflight allowed.
const PREFLIGHT: Duration = Duration::from_secs(86_400);
/// How hard answers are compressed that are made for one request: they must be quick.
const QUALITY: CompressionLevel = CompressionLevel::Precise(4);

/// The service over a plate, with default settings.
pub fn router(plate: Baseplate) -> Router {
    router_with(plate, Settings::default()).unwrap_or_default()
}

/// The service over a plate.
///
/// # Errors
/// [`LayerError`] if the settings name layers or attributes that the plate does not have.
pub fn router_with(plate: Baseplate, settings: Settings) -> Result<Router, LayerError> {
    let app = App::new(settings);
    app.publish(plate)?;
    Ok(app.router())
}

/// Every route over an open generation. Tiles have few layers around them, since they come by the thousand.
pub(crate) fn routes(generation: Generation) -> Router {
    let limits = generation.shared().settings.limits;
    let tiles = Router::new()
        .route("/tiles/{layers}/{z}/{x}/{file}", get(tiles::tile))
        .route("/tiles/cgcs2000/{layers}/{z}/{x}/{file}", get(tiles::tile_in_degrees));
    let documents = Router::new()
        .route("/tiles/{file}", get(tiles::tilejson))
        .route("/style.json", get(style::style))
        .route("/catalog", get(catalogue::catalogue))
        .route("/openapi.json", get(openapi::openapi))
        .layer(from_fn(document::document));
    let answers = Router::new()
        .route("/api/locate", get(lookup::locate).post(batch::locate_many))
        .route("/api/entities/{code}", get(lookup::entity))
        .route("/api/stats", get(lookup::stats))
        .route("/api/geocode", get(geocode::one).post(geocode::many))
        .route("/api/suggest", get(geocode::suggest))
        .route("/api/reverse", get(geocode::reverse))
        .route("/docs", get(docs::moved))
        .route("/docs/", get(docs::index))
        .route("/docs/{file}", get(docs::file))
        .route("/", get(page::index))
        .route("/{*path}", get(page::file))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(limits, arrived))
        .layer(from_fn_with_state(limits, in_time))
        .layer(CompressionLayer::new().quality(QUALITY));
    let own = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics));
    let watched = Watch::over(&generation);
    layered(tiles.merge(documents).merge(answers).merge(own).with_state(generation), watched)
}

/// The routes while there is no generation.
pub(crate) fn waiting_routes(shared: &Arc<Shared>) -> Router {
    let routes = Router::new()
        .route("/healthz", get(health::alive))
        .route("/metrics", get(health::metrics_waiting))
        .fallback(health::not_open)
        .with_state(Arc::clone(shared));
    layered(routes, Watch::waiting(shared))
}

/// What is around every route.
fn layered(routes: Router, watched: Watch) -> Router {
    routes
        .method_not_allowed_fallback(async || {
            let detail = "this address answers GET and HEAD; /api/geocode and /api/locate also POST";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
        })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(cors())
        .layer(from_fn_with_state(watched, watch))
}

/// Pages of any origin may ask; nothing here depends on who asks.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AnyOf)
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers(AnyOf)
        .expose_headers([ETAG, RETRY_AFTER, GENERATION, REQUEST_ID])
        .max_age(PREFLIGHT)
        .vary([])
}

/// A panic ends its request, not the server. What it said stands in the log.
fn panicked(said: Box<dyn Any + Send>) -> Response {
    let said = said.downcast_ref::<&str>().copied().map(str::to_owned).or_else(|| said.downcast_ref().cloned());
    Problem::internal(format!("panic: {}", said.unwrap_or_default())).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aside::aside;
    use axum::{body::Body, http::Request};
    use tower::ServiceExt;

    async fn fail_aside() -> Result<(), Problem> {
        aside(|| panic!("on another thread")).await
    }

    async fn fail() {
        panic!("in the handler")
    }

    #[tokio::test]
    async fn a_panic_ends_its_request_only() {
        let shared = Arc::new(Shared::new(Settings::default()));
        let routes = Router::new().route("/a", get(fail)).route("/b", get(fail_aside)).route("/c", get(async || "c"));
        let routes = layered(routes, Watch::waiting(&shared));
        for (path, status) in [("/a", 500), ("/b", 500), ("/c", 200), ("/a", 500), ("/c", 200)] {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            let answer = routes.clone().oneshot(request).await.expect("an answer");
            assert_eq!(answer.status().as_u16(), status, "{path}");
            assert!(answer.headers().contains_key(REQUEST_ID));
        }
        assert_eq!(shared.metrics.in_flight.load(std::sync::atomic::Ordering::Relaxed), 0);
    }
}
