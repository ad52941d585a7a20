//! Limits, each with a value that a request can pass, and settings that cannot be.

use crate::{plate, problem, service};
use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    http::{Request, StatusCode, header},
    response::Response,
};
use hyper::body::Frame;
use std::{
    convert::Infallible,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};
use tile_server::{App, Settings};
use tower::ServiceExt;

async fn ask(service: &Router, request: Request<Body>) -> Response {
    service.clone().oneshot(request).await.expect("answers")
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).expect("a request")
}

fn post(path: &str, content: impl Into<Body>) -> Request<Body> {
    Request::post(path).body(content.into()).expect("a request")
}

/// The body of a client that never sends it.
struct Never;

impl HttpBody for Never {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Pending
    }
}

#[tokio::test]
async fn what_is_too_much_is_refused_with_its_limit() {
    let limits = "[limits]\nbody_bytes = 200\npoints = 3\ntexts = 2\nlayers = 2\nurl_bytes = 100";
    let service = service(limits);
    let long = format!("/api/geocode?q={}", "a".repeat(100));
    let large = post("/api/locate", "x".repeat(201));
    let streamed = Body::new(http_body_util::Full::new(Bytes::from("x".repeat(201))));
    let cases = [
        (large, StatusCode::PAYLOAD_TOO_LARGE, "200 bytes"),
        (post("/api/geocode", streamed), StatusCode::PAYLOAD_TOO_LARGE, "200 bytes"),
        (post("/api/locate", r#"{"points": [[1,1],[1,1],[1,1],[1,1]]}"#), StatusCode::PAYLOAD_TOO_LARGE, "may have 3"),
        (post("/api/geocode", r#"{"texts": ["a", "b", "c"]}"#), StatusCode::PAYLOAD_TOO_LARGE, "may have 2"),
        (get("/tiles/grids,districts,buildings/0/0/0.mvt"), StatusCode::URI_TOO_LONG, "2 layers"),
        (get("/tiles/grids,districts,buildings.json"), StatusCode::URI_TOO_LONG, "2 layers"),
        (get(&long), StatusCode::URI_TOO_LONG, "100 bytes"),
    ];
    for (request, expected, words) in cases {
        let asked = request.uri().to_string();
        let (status, detail) = problem(ask(&service, request).await).await;
        assert!(status == expected && detail.contains(words), "{asked}: {status} {detail}");
    }
    let within = post("/api/locate", r#"{"points": [[1,1],[1,1],[1,1]]}"#);
    assert_eq!(ask(&service, within).await.status(), StatusCode::OK);
    assert!(ask(&service, get("/tiles/grids,districts/0/0/0.mvt")).await.status().is_success());
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let service = service("[limits]\nbody_seconds = 1");
    let (status, detail) = problem(ask(&service, post("/api/locate", Body::new(Never))).await).await;
    assert!(status == StatusCode::REQUEST_TIMEOUT && detail.contains("within 1 s"), "{status} {detail}");
}

#[tokio::test]
async fn more_requests_than_may_be_come_back_later() {
    let service = service("[limits]\nconcurrent_requests = 1");
    // A request that has not arrived as a whole takes no place.
    let arriving = tokio::spawn(service.clone().oneshot(post("/api/locate", Body::new(Never))));
    tokio::task::yield_now().await;
    {
        let mut running = pin!(service.clone().oneshot(post("/api/geocode", r#"{"texts": ["a"]}"#)));
        let begun = running.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(begun.is_pending(), "it is at work until it is asked again");
        let refused = ask(&service, get("/tiles/grids.json")).await;
        assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
        assert_eq!(problem(refused).await.0, StatusCode::SERVICE_UNAVAILABLE);
        for path in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(ask(&service, get(path)).await.status(), StatusCode::OK, "{path}");
        }
    }
    assert_eq!(ask(&service, get("/tiles/grids.json")).await.status(), StatusCode::OK);
    arriving.abort();
}

#[tokio::test]
async fn other_hosts_and_origins_are_refused_where_they_are_listed() {
    let service = service("[network]\nhosts = [\"map.example.cn\"]\norigins = [\"https://desk.example.cn\"]");
    let request = |path: &str, host: &str, origin: &str| {
        let request = Request::get(path).header(header::HOST, host).header(header::ORIGIN, origin);
        request.body(Body::empty()).expect("a request")
    };
    let desk = "https://desk.example.cn";
    for (path, host, status) in [
        ("/catalog", "map.example.cn:8080", StatusCode::OK),
        ("/catalog", "evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("/healthz", "10.0.0.7:8080", StatusCode::OK),
    ] {
        assert_eq!(ask(&service, request(path, host, desk)).await.status(), status, "{path} of {host}");
    }
    for (origin, allowed) in [(desk, Some(desk)), ("https://evil.example", None)] {
        let answer = ask(&service, request("/catalog", "map.example.cn", origin)).await;
        let found =
            answer.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).map(|value| value.to_str().expect("text"));
        assert_eq!(found, allowed);
        assert!(answer.headers().get_all(header::VARY).iter().any(|value| value == "origin"));
    }
}

#[tokio::test]
async fn a_service_is_ready_between_opening_and_draining() {
    let app = App::new(Settings::default());
    let status = async |path: &str| ask(&app.router(), get(path)).await.status().as_u16();
    for (path, expected) in [("/healthz", 200), ("/metrics", 200), ("/readyz", 503), ("/tiles/grids.json", 503)] {
        assert_eq!(status(path).await, expected, "{path}");
    }
    let waiting = ask(&app.router(), get("/api/locate?lng=1&lat=1")).await;
    assert_eq!(waiting.headers()[header::RETRY_AFTER], "1");
    assert!(problem(waiting).await.1.contains("being opened"));
    app.publish(plate()).expect("the settings fit");
    assert_eq!((status("/readyz").await, status("/tiles/grids.json").await), (200, 200));
    app.drain();
    assert_eq!((status("/readyz").await, status("/healthz").await, status("/tiles/grids.json").await), (503, 200, 200));
}

#[test]
fn settings_that_cannot_be_are_named() {
    let cases = [
        ("[limits]\ntexts = 0", "texts = 0: a number from 1 to"),
        ("[limits]\nbody_seconds = 90000", "body_seconds = 90000: a number from 1 to 86400"),
        ("[limits]\ntexts = -1", "texts = -1"),
        ("[limits]\ntexts = \"many\"", "texts = \"many\""),
        ("[limits]\ntext = 5", "unknown field `text`"),
        ("[limits]\nconnections = 256", "connections = 256: more than the 256 of concurrent_requests are wanted"),
        ("[network]\nproxies = [\"10.0.0.300\"]", "10.0.0.300"),
        ("[network]\npublic_url = \"map.cn\"", "an address such as https://host/path"),
        ("[network]\norigins = [\"https://a.cn/\"]", "and nothing behind"),
        ("[limit]\ntexts = 5", "unknown field `limit`"),
        ("texts", "texts"),
    ];
    for (toml, words) in cases {
        let error = Settings::parse(toml, "city/server.toml".as_ref()).expect_err(toml).to_string();
        assert!(error.starts_with("city/server.toml: ") && error.contains(words), "{toml}: {error}");
    }
    let missing = Settings::read("no/such.toml".as_ref()).expect_err("no file").to_string();
    assert!(missing.starts_with("no/such.toml: ") && missing.contains("--config"), "{missing}");
    assert_eq!(Settings::parse("", "x".as_ref()).expect("defaults").limits.texts, 10_000);
}
