//! Many points at once answer what single ones do, in every form.

use crate::{ask, body, header_of, json, problem};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};

const OCTETS: &str = "application/octet-stream";

/// Points over the town and beyond its edge.
fn points() -> Vec<[f64; 2]> {
    let at = |i: u32| [114.03 + f64::from(i % 20) * 0.0021, 22.535 + f64::from(i / 20) * 0.0015];
    (0..400).map(at).collect()
}

async fn post(path: &str, sent: &str, accept: &str, content: impl Into<Body>) -> Response {
    let request = Request::post(path).header(header::CONTENT_TYPE, sent).header(header::ACCEPT, accept);
    ask(request.body(content.into()).expect("a request")).await
}

async fn codes_of(content: Value) -> Vec<Option<String>> {
    let answer = post("/api/locate", "application/json", "*/*", content.to_string()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let answer: Value = serde_json::from_slice(&body(answer).await).expect("JSON");
    let codes = answer["codes"].as_array().expect("codes").iter();
    codes.map(|code| code.as_str().map(str::to_owned)).collect()
}

fn bytes_of(points: &[[f64; 2]]) -> Vec<u8> {
    points.as_flattened().iter().flat_map(|number| number.to_le_bytes()).collect()
}

#[tokio::test]
async fn a_batch_answers_what_single_points_do() {
    let (points, mut single) = (points(), Vec::new());
    for [lng, lat] in &points {
        let (_, answer) = json(&format!("/api/locate?lng={lng}&lat={lat}")).await;
        single.push(answer["chain"][0]["code"].as_str().map(str::to_owned));
    }
    assert!(single.iter().any(Option::is_none) && single.iter().flatten().count() > 50);
    assert_eq!(codes_of(json!({ "points": points })).await, single);
    assert_eq!(codes_of(json!({ "points": [] })).await, Vec::<Option<String>>::new());

    let text = post("/api/locate", OCTETS, "text/plain", bytes_of(&points)).await;
    let text = String::from_utf8(body(text).await).expect("text");
    let lines: Vec<_> = text.lines().map(|line| (!line.is_empty()).then(|| line.to_owned())).collect();
    assert_eq!(lines, single);

    let bytes = post("/api/locate", OCTETS, OCTETS, bytes_of(&points)).await;
    assert_eq!(header_of(&bytes, header::CONTENT_TYPE), OCTETS);
    let bytes = body(bytes).await;
    let number = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize;
    let (count, width) = (number(0), number(4));
    assert_eq!((count, bytes.len()), (points.len(), 8 + count * width));
    let codes = bytes[8..].chunks(width).map(|code| String::from_utf8_lossy(code).trim_end_matches('\0').to_owned());
    assert_eq!(codes.map(|code| (!code.is_empty()).then_some(code)).collect::<Vec<_>>(), single);
}

#[tokio::test]
async fn shifted_points_find_the_same_grids() {
    let shifted: Vec<_> = points().iter().map(|[lng, lat]| baseplate_core::gcj02::from_wgs84(*lng, *lat)).collect();
    let wgs84 = codes_of(json!({ "points": points(), "crs": "wgs84" })).await;
    assert_eq!(codes_of(json!({ "points": shifted, "crs": "gcj02" })).await, wgs84);
    let bytes = bytes_of(&shifted.iter().map(|(x, y)| [*x, *y]).collect::<Vec<_>>());
    let text = post("/api/locate?crs=gcj02&kind=basic", OCTETS, "text/plain", bytes).await;
    let text = String::from_utf8(body(text).await).expect("text");
    assert!(text.lines().eq(wgs84.iter().map(|code| code.as_deref().unwrap_or_default())));
}

#[tokio::test]
async fn wrong_batches_are_named() {
    let json = "application/json";
    let nan = bytes_of(&[[114.05, 22.55], [f64::NAN, 22.55]]);
    let cases = [
        ("", OCTETS, json, vec![0; 17], StatusCode::BAD_REQUEST, "17 bytes"),
        ("", OCTETS, json, nan, StatusCode::BAD_REQUEST, "point 1, counted from 0"),
        ("", json, json, br#"{"points": [[114, 22], [22, 114]]}"#.to_vec(), StatusCode::BAD_REQUEST, "point 1"),
        ("", json, json, br#"{"points": [[114]]}"#.to_vec(), StatusCode::BAD_REQUEST, "not JSON of the form"),
        ("", json, json, br#"{"point": []}"#.to_vec(), StatusCode::BAD_REQUEST, "not JSON of the form"),
        ("", json, json, br#"{"points": [], "crs": "mars"}"#.to_vec(), StatusCode::BAD_REQUEST, "'mars'"),
        ("?kind=police", OCTETS, json, vec![], StatusCode::NOT_FOUND, "it has: basic"),
        ("?colour=red", OCTETS, json, vec![], StatusCode::BAD_REQUEST, "colour"),
        ("", OCTETS, "image/png", vec![], StatusCode::NOT_ACCEPTABLE, "text/plain"),
        ("", OCTETS, "application/json;q=0", vec![], StatusCode::NOT_ACCEPTABLE, "text/plain"),
    ];
    for (query, sent, accept, content, expected, words) in cases {
        let (status, detail) = problem(post(&format!("/api/locate{query}"), sent, accept, content).await).await;
        assert!(status == expected && detail.contains(words), "{query} {sent} {accept}: {status} {detail}");
    }
}
