//! Request ids, metrics, and what every answer carries.

use crate::{ask, ask_with, body, get, service};
use axum::{
    body::Body,
    http::{HeaderName, Request},
};
use tower::ServiceExt;

const ID: HeaderName = HeaderName::from_static("x-request-id");

#[tokio::test]
async fn a_sane_request_id_comes_back_and_others_are_replaced() {
    let given = ask_with("/healthz", &[(ID, "order-7.a_B")]).await;
    assert_eq!(given.headers()[ID], "order-7.a_B");
    let long = "x".repeat(65);
    let mut made = Vec::new();
    for wrong in ["", "two words", "a\"b", "<script>", long.as_str()] {
        let answer = ask_with("/nothing", &[(ID, wrong)]).await;
        made.push(answer.headers()[ID].to_str().expect("text").to_owned());
        assert_eq!(made.last().map(String::len), Some(16), "{wrong}");
    }
    made.sort();
    made.dedup();
    assert_eq!(made.len(), 5);
}

#[tokio::test]
async fn every_answer_names_its_generation() {
    for path in ["/", "/healthz", "/metrics", "/catalog", "/api/locate", "/nothing", "/tiles/rivers/0/0/0.mvt"] {
        let answer = get(path).await;
        assert_eq!(answer.headers()["x-baseplate-generation"], "000001", "{path}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
    }
    let refused = Request::put("/catalog").body(Body::empty()).expect("a request");
    assert_eq!(ask(refused).await.headers()["x-baseplate-generation"], "000001");
}

#[tokio::test]
async fn metrics_count_by_route_and_status_and_name_no_address() {
    let service = service("");
    let text = async || {
        let request = Request::get("/metrics").body(Body::empty()).expect("a request");
        let answer = service.clone().oneshot(request).await.expect("metrics");
        assert!(answer.headers()["content-type"].to_str().expect("text").starts_with("text/plain; version=0.0.4"));
        String::from_utf8(body(answer).await).expect("text")
    };
    for path in ["/api/entities/secret-1", "/api/entities/secret-2", "/api/geocode?q=secret", "/catalog"] {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        service.clone().oneshot(request).await.expect("an answer");
    }
    let text = text().await;
    for line in [
        r#"baseplate_requests_total{route="/api/entities/{code}",status="404"} 2"#,
        r#"baseplate_requests_total{route="/catalog",status="200"} 1"#,
        r#"baseplate_request_seconds_count{route="/api/entities/{code}"} 2"#,
        r#"baseplate_request_seconds_bucket{route="/api/geocode",le="+Inf"} 1"#,
        "baseplate_generation 1",
        "baseplate_in_flight_requests 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in:\n{text}");
    }
    assert!(!text.contains("secret"));
}
