//! The service without sockets: every route, and what it says when it is asked wrongly.
#![expect(clippy::expect_used, reason = "a test whose ground is missing should stop and say so")]

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
use tower::ServiceExt;

fn service() -> Router {
    static PLATE: OnceLock<(TempDir, Baseplate)> = OnceLock::new();
    let (_, plate) = PLATE.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("town.plate");
        let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/town/spec.toml");
        let key = PersonKey::new(b"a key for tests and nothing else").expect("long enough");
        let options = BuildOptions { strict: true, key: Some(key) };
        build(&Spec::read(&spec).expect("a spec"), &path, options, &|_| {}).expect("builds");
        (dir, Baseplate::open(&path).expect("opens"))
    });
    tile_server::router(plate.clone())
}

async fn ask(request: Request<Body>) -> Response {
    service().oneshot(request).await.expect("answers")
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

/// A point in the middle of the sample town.
const MIDDLE: &str = "lng=114.05&lat=22.552";

#[tokio::test]
async fn a_point_has_a_chain_and_outside_has_none() {
    let (status, answer) = json(&format!("/api/locate?{MIDDLE}")).await;
    assert_eq!(status, StatusCode::OK);
    let levels: Vec<_> = answer["chain"].as_array().expect("a chain").iter().map(|g| g["level"].clone()).collect();
    assert_eq!(levels, ["grid", "community", "subdistrict", "district", "city"]);
    let (status, answer) = json("/api/locate?lng=0&lat=0").await;
    assert_eq!((status, answer["chain"].as_array().map(Vec::len)), (StatusCode::OK, Some(0)));
}

#[tokio::test]
async fn a_shifted_point_finds_the_same_grid() {
    let (_, plain) = json(&format!("/api/locate?{MIDDLE}")).await;
    let (x, y) = baseplate_core::gcj02::from_wgs84(114.05, 22.552);
    let (_, shifted) = json(&format!("/api/locate?lng={x}&lat={y}&crs=gcj02")).await;
    assert_eq!(plain["chain"], shifted["chain"]);
}

#[tokio::test]
async fn codes_lead_from_address_to_building_to_grid() {
    let (_, place) = json(&format!("/api/locate?{MIDDLE}")).await;
    let grid = place["chain"][0]["code"].as_str().expect("a code").to_owned();
    let (_, grid) = json(&format!("/api/entities/{grid}")).await;
    assert_eq!(grid["entity"], "grid");
    let building = format!("{}00001", grid["code"].as_str().expect("a code"));
    let (_, building) = json(&format!("/api/entities/{building}")).await;
    assert_eq!(building["links"][0]["code"], grid["code"]);
    let address = building["address_list"][0]["code"].as_str().expect("an address").to_owned();
    let (_, address) = json(&format!("/api/entities/{address}")).await;
    assert_eq!((&address["building"]["code"], &address["links"][0]["how"]), (&building["code"], &Value::from("given")));
}

#[tokio::test]
async fn tiles_have_a_type_a_tag_and_a_304() {
    let layers = "districts,grids,buildings";
    let id = baseplate_core::TileId::around(baseplate_core::LngLat::new(114.05, 22.552), 15).expect("a tile");
    let path = format!("/tiles/{layers}/15/{}/{}.mvt", id.x(), id.y());
    let tile = get(&path).await;
    assert_eq!(tile.status(), StatusCode::OK);
    assert_eq!(header_of(&tile, header::CONTENT_TYPE), "application/vnd.mapbox-vector-tile");
    let tag = header_of(&tile, header::ETAG);
    let again = Request::get(&path).header(header::IF_NONE_MATCH, &tag).body(Body::empty()).expect("a request");
    let again = ask(again).await;
    assert_eq!((again.status(), header_of(&again, header::ETAG)), (StatusCode::NOT_MODIFIED, tag));
    assert_eq!(get(&format!("/tiles/{layers}/15/0/0.mvt")).await.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn tilejson_describes_what_was_asked_for() {
    let (status, tilejson) = json("/tiles/districts,grids.json").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(tilejson["tilejson"], "3.0.0");
    assert_eq!(tilejson["tiles"][0], "http://map.example/tiles/districts,grids/{z}/{x}/{y}.mvt");
    let ids: Vec<_> = tilejson["vector_layers"].as_array().expect("layers").iter().map(|l| l["id"].clone()).collect();
    assert_eq!(ids, ["districts", "grids"]);
}

#[tokio::test]
async fn the_style_draws_only_what_is_there_and_nothing_from_elsewhere() {
    let (_, style) = json("/style.json").await;
    let text = style.to_string();
    assert!(!text.contains("null") && text.matches("http").count() == text.matches("http://map.example/").count());
    let (_, tilejson) = json("/tiles/cities,districts,subdistricts,communities,grids,buildings,addresses,districts-labels,subdistricts-labels,communities-labels,grids-labels.json").await;
    let ids: Vec<_> = tilejson["vector_layers"].as_array().expect("layers").iter().map(|l| l["id"].clone()).collect();
    for layer in style["layers"].as_array().expect("layers") {
        assert!(layer.get("source-layer").is_none_or(|of| ids.contains(of)), "{layer}");
    }
}

#[tokio::test]
async fn wrong_questions_get_problem_json() {
    let cases = [
        ("/api/locate?lng=114", StatusCode::BAD_REQUEST, "'lat' is missing"),
        ("/api/locate?lng=114&lat=north", StatusCode::BAD_REQUEST, "'north' is not a number"),
        ("/api/locate?lng=114&lat=NaN", StatusCode::BAD_REQUEST, "not a finite number"),
        ("/api/locate?lng=22&lat=114", StatusCode::BAD_REQUEST, "axes swapped"),
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
    let post = Request::post("/api/locate").body(Body::empty()).expect("a request");
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

#[tokio::test]
async fn statistics_by_level_cell_and_attribute() {
    let ask = async |query: &str| json(&format!("/api/stats{query}")).await.1;
    let communities = ask("").await;
    assert_eq!(communities["rows"].as_array().map(Vec::len), Some(12));
    assert_eq!(communities["suppress_below"], 5);
    let grids = ask("?level=grid&by=sex").await;
    let rows = grids["rows"].as_array().expect("rows");
    assert!(rows.iter().any(|r| r["people"].is_null()) && rows.iter().any(|r| r["people"].is_u64()));
    assert!(rows.iter().all(|r| r["by"].as_array().map(Vec::len) == Some(2)));
    assert!(!ask("?h3=8&by=industry&within=990101").await["rows"].as_array().expect("rows").is_empty());
    for wrong in ["?level=village", "?h3=15", "?by=colour", "?within=nowhere", "?h3=8&by=sex"] {
        let refused = get(&format!("/api/stats{wrong}")).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{wrong}");
        assert_eq!(refused.headers()[header::CONTENT_TYPE], "application/problem+json", "{wrong}");
    }
}

#[tokio::test]
async fn enterprises_are_shown_and_people_are_not() {
    let enterprises = include_str!("../../../data/town/enterprises.csv");
    let uscc = &enterprises.lines().nth(1).expect("a row")[..18];
    let (_, enterprise) = json(&format!("/api/entities/{uscc}")).await;
    assert_eq!(enterprise["entity"], "enterprise");
    assert_eq!(enterprise["links"][0]["relation"], "enterprise→address");
    let people = include_str!("../../../data/town/people.csv");
    let row: Vec<&str> = people.lines().nth(1).expect("a row").split(',').collect();
    let missing = get(&format!("/api/entities/{}", row[0])).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    let said = String::from_utf8(body(missing).await).expect("text");
    assert!(!said.contains(row[0]), "{said}");
    let address = String::from_utf8(body(get(&format!("/api/entities/{}", row[1])).await).await).expect("text");
    assert!(!address.contains("token") && !address.contains("people") && !address.contains("residences"), "{address}");
}

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
        (texts(&[&large]), StatusCode::PAYLOAD_TOO_LARGE, "4 MiB"),
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
