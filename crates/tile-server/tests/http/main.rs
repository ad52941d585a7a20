//! The service without sockets: every route, and what it says when it is asked wrongly.
#![expect(clippy::expect_used, reason = "a test whose ground is missing should stop and say so")]

mod batch;
mod card;
mod catalogue;
mod changes;
mod columns;
mod documents;
mod filters;
mod generations;
mod geocode;
mod kinds;
mod limits;
mod lookup;
mod records;
mod tiles;
mod watch;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
    response::Response,
};
use baseplate_core::{Baseplate, BuildOptions, Spec, build, code::PersonKey};
use http_body_util::BodyExt;
use serde_json::Value;
use std::{path::Path, sync::OnceLock};
use tempfile::TempDir;
use tile_server::Settings;
use tower::ServiceExt;

fn plate() -> Baseplate {
    static PLATE: OnceLock<(TempDir, Baseplate)> = OnceLock::new();
    let (_, plate) = PLATE.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("town.plate");
        let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/town/spec.toml");
        let plate = built(&spec, &path);
        (dir, plate)
    });
    plate.clone()
}

fn built(spec: &Path, path: &Path) -> Baseplate {
    let key = PersonKey::new(b"5097b0401182c115f1cf257f33f66af4edbf7e9c16429aa14894d4d6e1ed2aec").expect("long enough");
    let options = BuildOptions { strict: true, key: Some(key), ..BuildOptions::default() };
    build(&Spec::read(spec).expect("a spec"), path, options, &|_| {}).expect("builds");
    Baseplate::open(path).expect("opens")
}

/// A service of its own, with these settings.
fn service(toml: &str) -> Router {
    let settings = Settings::parse(toml, "test.toml".as_ref()).expect("settings");
    tile_server::router_with(plate(), settings).expect("the settings fit")
}

async fn ask(request: Request<Body>) -> Response {
    tile_server::router(plate()).expect("the settings fit").oneshot(request).await.expect("answers")
}

async fn ask_with(path: &str, headers: &[(header::HeaderName, &str)]) -> Response {
    let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(name, *value));
    ask(request.body(Body::empty()).expect("a request")).await
}

/// The status, and the detail of what must be a problem.
async fn problem(response: Response) -> (StatusCode, String) {
    assert_eq!(header_of(&response, header::CONTENT_TYPE), "application/problem+json");
    let status = response.status();
    let problem: Value = serde_json::from_slice(&body(response).await).expect("JSON");
    assert_eq!(problem["status"], status.as_u16());
    (status, problem["detail"].as_str().expect("a detail").to_owned())
}

async fn get(path: &str) -> Response {
    ask(Request::get(path).header(header::HOST, "map.example").body(Body::empty()).expect("a request")).await
}

async fn body(response: Response) -> Vec<u8> {
    response.into_body().collect().await.expect("a body").to_bytes().to_vec()
}

async fn json(path: &str) -> (StatusCode, Value) {
    let response = get(path).await;
    let status = response.status();
    (status, serde_json::from_slice(&body(response).await).expect("JSON"))
}

fn header_of(response: &Response, name: header::HeaderName) -> String {
    response.headers().get(name).map(|v| v.to_str().expect("text").to_owned()).unwrap_or_default()
}

/// The value of a metric without labels.
async fn metric(service: &Router, name: &str) -> u64 {
    let request = Request::get("/metrics").body(Body::empty()).expect("a request");
    let text = body(service.clone().oneshot(request).await.expect("metrics")).await;
    let text = String::from_utf8(text).expect("text");
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.expect("a metric").parse().expect("a number")
}

/// A point in the middle of the sample town.
const MIDDLE: &str = "lng=114.05&lat=22.552";

#[tokio::test]
async fn wrong_questions_get_problem_json() {
    let cases = [
        ("/api/locate?lng=114", StatusCode::BAD_REQUEST, "'lat' is missing"),
        ("/api/locate?lng=114&lat=north", StatusCode::BAD_REQUEST, "'north' is not a number"),
        ("/api/locate?lng=114&lat=NaN", StatusCode::BAD_REQUEST, "not a finite number"),
        ("/api/locate?lng=22&lat=114", StatusCode::BAD_REQUEST, "axes look swapped"),
        ("/api/locate?lng=114&lat=22&crs=mars", StatusCode::BAD_REQUEST, "'mars' is no coordinate system"),
        ("/api/locate?lng=114&lat=22&crs=EPSG:4547", StatusCode::BAD_REQUEST, "needs PROJ"),
        ("/api/locate?lng=114&lat=22&kind=police", StatusCode::NOT_FOUND, "it has: basic"),
        ("/api/entities/nothing", StatusCode::NOT_FOUND, "'nothing'"),
        ("/tiles/rivers/1/0/0.mvt", StatusCode::NOT_FOUND, "no layer 'rivers'"),
        ("/tiles/grids/3/9/0.mvt", StatusCode::NOT_FOUND, "is no tile"),
        ("/tiles/grids/3/0/0.png", StatusCode::NOT_FOUND, "tiles are at"),
        ("/tiles/grids/99999/0/0.mvt", StatusCode::NOT_FOUND, "tiles are at"),
        ("/no/such/thing", StatusCode::NOT_FOUND, "nothing at /no/such/thing"),
    ];
    for (path, expected, words) in cases {
        let response = get(path).await;
        assert_eq!(
            (response.status(), header_of(&response, header::CONTENT_TYPE).as_str()),
            (expected, "application/problem+json"),
            "{path}"
        );
        let problem: Value = serde_json::from_slice(&body(response).await).expect("JSON");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{path}: {problem}");
    }
    let post = Request::post("/api/stats").body(Body::empty()).expect("a request");
    assert_eq!(ask(post).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn health_and_page() {
    assert_eq!(get("/healthz").await.status(), StatusCode::OK);
    assert_eq!(get("/readyz").await.status(), StatusCode::OK);
    let page = get("/").await;
    assert_eq!(page.status(), StatusCode::OK);
    let text = String::from_utf8(body(page).await).expect("text");
    assert!(text.contains("<title>") || text.contains("make web"), "{text}");
}
