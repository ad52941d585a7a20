//! The list of routes.

use crate::{
    about,
    app::{App, Generation, Shared},
    batch, catalogue,
    config::Settings,
    docs, document, geocode, health, issues,
    limits::in_time,
    lookup, ogc, openapi, page,
    problem::Problem,
    style, tiles,
    watch::{Watch, watch},
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};
use baseplate_core::{Baseplate, LayerError};
use std::sync::Arc;

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
        .route("/tiles/cgcs2000/{layers}/{z}/{x}/{file}", get(tiles::tile_in_degrees))
        .route("/ogc/collections/{id}/tiles/{set}/{matrix}/{row}/{column}", get(ogc::tiles::tile));
    let documents = Router::new()
        .route("/tiles/{file}", get(tiles::tilejson))
        .route("/style.json", get(style::style))
        .route("/api/plate", get(about::about))
        .route("/catalog", get(catalogue::catalogue))
        .route("/ogc", get(ogc::landing))
        .route("/ogc/conformance", get(ogc::conformance))
        .route("/ogc/collections", get(ogc::collections))
        .route("/ogc/collections/{id}", get(ogc::collection))
        .route("/ogc/collections/{id}/tiles", get(ogc::tiles::tilesets))
        .route("/ogc/collections/{id}/tiles/{set}", get(ogc::tiles::tileset))
        .route("/ogc/tileMatrixSets", get(ogc::tiles::matrix_sets))
        .route("/ogc/tileMatrixSets/{set}", get(ogc::tiles::matrix_set))
        .route("/openapi.json", get(openapi::openapi))
        .layer(from_fn(document::document));
    let answers = Router::new()
        .route("/api/locate", get(lookup::locate).post(batch::locate_many))
        .route("/api/entities/{code}", get(lookup::entity))
        .route("/api/stats", get(lookup::stats))
        .route("/api/issues", get(issues::issues))
        .route("/api/geocode", get(geocode::one).post(geocode::many))
        .route("/api/suggest", get(geocode::suggest))
        .route("/api/reverse", get(geocode::reverse))
        .route("/ogc/collections/{id}/items", get(ogc::items::items))
        .route("/ogc/collections/{id}/items/{code}", get(ogc::items::item))
        .route("/docs", get(docs::moved))
        .route("/docs/", get(docs::index))
        .route("/docs/{file}", get(docs::file))
        .route("/", get(page::index))
        .route("/{*path}", get(page::file))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(document::encoded))
        .layer(from_fn_with_state(limits, in_time));
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
        .layer(from_fn_with_state(watched, watch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{aside::aside, watch::REQUEST_ID};
    use axum::{body::Body, http::Request};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    async fn fail_aside() -> Result<(), Problem> {
        aside(|| panic!("on another thread")).await
    }

    async fn fail_in_parallel() -> Result<(), Problem> {
        aside(|| rayon::join(|| (), || panic!("on one of many threads"))).await.map(drop)
    }

    async fn fail() {
        panic!("in the handler")
    }

    #[tokio::test]
    async fn a_panic_ends_its_request_only() {
        let shared = Arc::new(Shared::new(Settings::default()));
        let routes = Router::new().route("/a", get(fail)).route("/b", get(fail_aside)).route("/c", get(async || "c"));
        let routes = routes.route("/d", get(fail_in_parallel));
        let routes = layered(routes, Watch::waiting(&shared));
        for (path, status) in [("/a", 500), ("/b", 500), ("/c", 200), ("/d", 500), ("/a", 500), ("/c", 200)] {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            let answer = routes.clone().oneshot(request).await.expect("an answer");
            assert_eq!(answer.status().as_u16(), status, "{path}");
            assert!(answer.headers().contains_key(REQUEST_ID));
            let body = answer.into_body().collect().await.expect("a body").to_bytes();
            assert!(!String::from_utf8_lossy(&body).contains("thread"), "what a panic says is for the log");
        }
        assert_eq!(shared.metrics.in_flight.load(std::sync::atomic::Ordering::Relaxed), 0);
    }
}
