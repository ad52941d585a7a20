//! What is around the routes, over an open generation and without one.

use super::{
    routes,
    watch::{Watch, watch},
};
use crate::{
    http::problem::Problem,
    state::{Generation, Shared},
};
use axum::{Router, http::StatusCode, middleware::from_fn_with_state};
use std::sync::Arc;

/// The service over an open generation.
pub(super) fn routed(generation: Generation) -> Router {
    let watched = Watch::over(&generation);
    let (routes, _) = routes::open(generation.shared().settings.limits);
    layered(routes.with_state(generation), watched)
}

/// The service while there is no generation.
pub(super) fn waiting(shared: &Arc<Shared>) -> Router {
    layered(routes::waiting().with_state(Arc::clone(shared)), Watch::waiting(shared))
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
    use crate::{config::Settings, http::aside::aside, service::watch::REQUEST_ID};
    use axum::{body::Body, http::Request, routing::get};
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
