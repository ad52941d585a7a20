//! Addresses: single ones, batches, completions, and back from a point.

use crate::{ask, body, header_of, json};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::Value;

/// An address of the sample town, as it stands there, and its code.
const ADDRESS: (&str, &str) =
    ("示例市霁峰区沐台街道鹤渚社区秋实路3号珠峰购物中心1栋101铺", "9901010010010100001000101");

fn geocode_path(text: &str) -> String {
    let escaped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("/api/geocode?q={escaped}")
}

async fn post_geocode(content: impl Into<Body>) -> (StatusCode, Value) {
    let request = Request::post("/api/geocode").body(content.into()).expect("a request");
    let response = ask(request).await;
    let status = response.status();
    if !status.is_success() {
        assert_eq!(header_of(&response, header::CONTENT_TYPE), "application/problem+json");
    }
    (status, serde_json::from_slice(&body(response).await).expect("JSON"))
}

fn texts(of: &[&str]) -> String {
    serde_json::json!({ "texts": of }).to_string()
}

#[tokio::test]
async fn an_address_has_its_codes() {
    let (status, answer) = json(&geocode_path(ADDRESS.0)).await;
    assert_eq!((status, answer["status"].as_str()), (StatusCode::OK, Some("matched")));
    assert_eq!(answer["place"]["address_code"], ADDRESS.1);
    assert_eq!(answer["place"]["building_code"], &ADDRESS.1[..19]);
    assert_eq!(answer["place"]["match_level"], "room");
    let (_, entity) = json(&format!("/api/entities/{}", ADDRESS.1)).await;
    assert_eq!(answer["place"]["lng"], entity["lng"]);
}

#[tokio::test]
async fn a_batch_answers_what_single_questions_do() {
    let asked = [ADDRESS.0, "鹤渚社区", "", "广东省广州市天河区体育西路1号", "🏠\u{0}((", "秋实路3号", ADDRESS.1];
    let (status, batch) = post_geocode(texts(&asked)).await;
    assert_eq!(status, StatusCode::OK);
    let answers = batch["answers"].as_array().expect("answers");
    assert_eq!(answers.len(), asked.len());
    for (text, answer) in asked.iter().zip(answers) {
        assert_eq!(json(&geocode_path(text)).await.1, *answer, "{text}");
        let words = ["matched", "ambiguous", "none", "out_of_area", "invalid"];
        assert!(words.contains(&answer["status"].as_str().expect("a word")), "{answer}");
        let confidence = answer["confidence"].as_f64().expect("a number");
        assert!((0.0..=1.0).contains(&confidence) && answer["alternatives"].is_array(), "{answer}");
    }
    assert_eq!(post_geocode(texts(&[])).await, (StatusCode::OK, serde_json::json!({ "answers": [] })));
}

#[tokio::test]
async fn a_batch_has_limits_and_says_them() {
    let (status, most) = post_geocode(texts(&vec![""; 10_000])).await;
    assert_eq!((status, most["answers"].as_array().map(Vec::len)), (StatusCode::OK, Some(10_000)));
    let large = "x".repeat(4 << 20);
    let cases = [
        (texts(&vec![""; 10_001]), StatusCode::PAYLOAD_TOO_LARGE, "10000"),
        (texts(&[&large]), StatusCode::PAYLOAD_TOO_LARGE, "4194304"),
        (r#"["秘密路1号"]"#.to_owned(), StatusCode::BAD_REQUEST, "texts"),
        (r#"{"texts": "秘密路1号"}"#.to_owned(), StatusCode::BAD_REQUEST, "texts"),
        (r#"{"texts": ["秘密路1号""#.to_owned(), StatusCode::BAD_REQUEST, "texts"),
    ];
    for (content, expected, words) in cases {
        let (status, problem) = post_geocode(content).await;
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(status == expected && detail.contains(words) && !detail.contains("秘密"), "{problem}");
    }
}

#[tokio::test]
async fn completions_are_a_list_of_few() {
    let begun: String = "秋实路".bytes().map(|byte| format!("%{byte:02X}")).collect();
    let count = async |more: &str| {
        let (status, list) = json(&format!("/api/suggest?q={begun}{more}")).await;
        assert_eq!(status, StatusCode::OK, "{list}");
        let list = list.as_array().expect("a list").clone();
        assert!(list.iter().all(|s| s["text"].is_string() && s["level"].is_string()), "{list:?}");
        list.len()
    };
    assert!((1..=8).contains(&count("").await));
    assert!(count("&limit=20&near=114.05,22.552").await <= 20);
    assert_eq!(count("&limit=1").await, 1);
}

#[tokio::test]
async fn a_point_has_an_address_and_outside_has_none() {
    let (_, entity) = json(&format!("/api/entities/{}", ADDRESS.1)).await;
    let (status, answer) = json(&format!("/api/reverse?lng={}&lat={}", entity["lng"], entity["lat"])).await;
    assert_eq!((status, answer["building_code"].as_str()), (StatusCode::OK, Some(&ADDRESS.1[..19])));
    assert_eq!(json("/api/reverse?lng=0&lat=0").await, (StatusCode::OK, Value::Null));
}

#[tokio::test]
async fn what_is_wrong_with_a_question_about_addresses_is_said() {
    let cases = [
        ("/api/geocode", "'q' is missing"),
        ("/api/suggest", "'q' is missing"),
        ("/api/suggest?q=a&near=114.05", "lng,lat"),
        ("/api/suggest?q=a&near=114.05,x", "not a number"),
        ("/api/suggest?q=a&limit=21", "1 to 20"),
        ("/api/suggest?q=a&limit=0", "1 to 20"),
        ("/api/reverse?lng=1", "'lat' is missing"),
        ("/api/reverse?lng=1&lat=1&crs=nonsense", "nonsense"),
    ];
    for (path, words) in cases {
        let (status, problem) = json(path).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{path}: {problem}");
    }
}
