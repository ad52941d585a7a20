//! Conditions on items of collections, and tiles with some records alone.

use crate::{body, built, header_of, json, plate};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
    response::Response,
};
use baseplate_core::{FilterQuery, LngLat, TileId, pick_layers};
use serde_json::{Value, json};
use std::{fs, path::Path};
use tempfile::TempDir;
use tower::ServiceExt;

/// Where the address is at which all cases are.
const AT: &str = "9901010010010100001000101";
const CASES: &str = "case,large,small,created,done,stars\n\
    H-1,Noise,Building,2026-01-05 09:00,2026-01-09,5\n\
    H-2,Noise,Shop,2026-02-03 10:00,,\n\
    H-3,Road,,2026-02-04 11:00,2026-03-01,2\n\
    H-4,,,,,1\n";

/// The town with a layer of cases that have times and classes.
fn service() -> (TempDir, Router) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let town = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/town");
    let rows: Vec<String> = CASES.lines().zip(["street", AT, AT, AT, AT]).map(|(a, b)| format!("{a},{b}\n")).collect();
    fs::write(dir.path().join("cases.csv"), rows.concat()).expect("a file");
    let text = fs::read_to_string(town.join("spec.toml")).expect("a spec");
    let text = text.replace("path = \"", &format!("path = \"{}/", town.display()))
        + "\n[[layers]]\nid = \"cases\"\npath = \"cases.csv\"\ncode = \"case\"\nat = { address = \"street\" }\ntime = \"created\"\n\
           until = \"done\"\nclass = [\"large\", \"small\"]\nattributes = { stars = \"integer\" }\naudience = \"public\"\n";
    fs::write(dir.path().join("spec.toml"), text).expect("a file");
    let plate = built(&dir.path().join("spec.toml"), &dir.path().join("out.plate"));
    (dir, tile_server::router(plate).expect("the settings fit"))
}

async fn get(service: &Router, path: &str) -> Response {
    let request = Request::get(path).header(header::HOST, "map.example").body(Body::empty()).expect("a request");
    service.clone().oneshot(request).await.expect("answers")
}

async fn value(service: &Router, path: &str) -> (StatusCode, Value) {
    let response = get(service, path).await;
    let status = response.status();
    (status, serde_json::from_slice(&body(response).await).expect("JSON"))
}

/// The codes that a question for items finds on its first page.
async fn found(service: &Router, query: &str) -> Vec<String> {
    let (status, page) = value(service, &format!("/ogc/collections/cases/items?{query}")).await;
    assert_eq!(status, StatusCode::OK, "{query}: {page}");
    let features = page["features"].as_array().expect("features");
    features.iter().map(|feature| feature["id"].as_str().expect("a code").to_owned()).collect()
}

#[tokio::test]
async fn items_are_those_that_meet_the_condition() {
    let (_dir, service) = service();
    for (query, codes) in [
        ("filter=stars%20%3E%201", &["H-1", "H-3"][..]),
        ("filter=stars%20IS%20NULL%20OR%20class%20LIKE%20'Noise/%25'", &["H-1", "H-2"]),
        ("filter=NOT%20stars%20%3D%205", &["H-3", "H-4"]),
        ("filter=time%20%3E%3D%20DATE('2026-02-03')", &["H-2", "H-3"]),
        ("filter=time%20%3C%20TIMESTAMP('2026-02-03T02:00:00Z')", &["H-1"]),
        ("datetime=2026-01-08T00:00:00Z/2026-02-03T02:00:00Z", &["H-1", "H-2"]),
        ("datetime=2026-02-20T00:00:00Z/..", &["H-3"]),
        ("class=Road", &["H-3"]),
        ("stars=2&filter=TRUE&filter-lang=cql2-text", &["H-3"]),
        ("filter=S_INTERSECTS(geometry,BBOX(0,0,1,1))", &[]),
    ] {
        assert_eq!(found(&service, query).await, codes, "{query}");
    }
    let (_, page) = value(&service, "/ogc/collections/cases/items?filter=stars%20%3E%200&limit=1").await;
    let next = page["links"].as_array().expect("links").iter().find(|link| link["rel"] == "next").expect("more");
    let next = next["href"].as_str().expect("an address").strip_prefix("http://map.example").expect("here");
    assert!(next.contains("&limit=1&filter=stars%20%3E%200"), "{next}");
    assert_eq!(value(&service, next).await.1["features"][0]["id"], "H-3");
    let (_, whole) = value(&service, "/ogc/collections/cases/items?filter=stars%20%3E%200").await;
    assert_eq!((&page["numberMatched"], &whole["numberMatched"]), (&Value::Null, &json!(3)));
    let properties = json!({ "address": "9901010010010100001000101", "building": "9901010010010100001", "grid": "99010100100101",
        "community": "990101001001", "subdistrict": "990101001", "district": "990101", "city": "9901", "code": "H-1", "class": "Noise/Building", "stars": 5, "time": "2026-01-05T01:00:00Z", "until": "2026-01-08T16:00:00Z" });
    assert_eq!(whole["features"][0]["properties"], properties);
}

#[tokio::test]
async fn collections_say_what_can_be_asked() {
    let (_dir, service) = service();
    let (_, collection) = value(&service, "/ogc/collections/cases").await;
    let interval = json!([["2026-01-05T01:00:00Z", "2026-02-04T03:00:00Z"]]);
    assert_eq!(collection["extent"]["temporal"]["interval"], interval);
    let response = get(&service, "/ogc/collections/cases/queryables").await;
    assert_eq!(header_of(&response, header::CONTENT_TYPE), "application/schema+json");
    let schema: Value = serde_json::from_slice(&body(response).await).expect("JSON");
    assert_eq!(schema["properties"]["stars"], json!({ "type": "integer" }));
    assert_eq!(schema["properties"]["time"], json!({ "type": "string", "format": "date-time" }));
    assert_eq!(schema["properties"]["geometry"]["format"], "geometry-point");
    assert!(schema["properties"].get("role").is_none(), "what items do not show cannot be asked for");
    let (_, conformance) = value(&service, "/ogc/conformance").await;
    assert!(conformance.to_string().contains("cql2/1.0/conf/basic-cql2"));
}

#[tokio::test]
async fn a_page_looks_at_a_bounded_number_of_rows_and_goes_on() {
    let (plate, layers) = (plate(), plate().tile_layers());
    let buildings = &pick_layers(&layers, ["buildings"]).expect("a layer")[0];
    // As many comparisons for each building that a page does not get to the end.
    let text = format!("floors IN ({}9)", "9,".repeat(4_000));
    let ask = |text| {
        let asked = FilterQuery { text: Some(text), ..FilterQuery::default() };
        plate.layer_filter(buildings, asked).expect("a condition").expect("asks for something")
    };
    let (slow, quick) = (ask(&text), ask("floors = 9"));
    let (mut found, mut from, mut pages) = (Vec::new(), Some(0), 0);
    while let Some(at) = from {
        let page = plate.matching_places(buildings, Some(&slow), None, at, 1_000);
        assert!(page.next.is_none_or(|next| next - at < 1_000), "{page:?}");
        found.extend(page.places);
        (from, pages) = (page.next, pages + 1);
    }
    assert!(pages > 2, "{pages}");
    let all = plate.matching_places(buildings, Some(&quick), None, 0, 10_000);
    assert_eq!((all.next, all.places), (None, found));
    let long = format!("floors IN ({}9)", "9,".repeat(5_000));
    let wrong = plate.layer_filter(buildings, FilterQuery { text: Some(&long), ..FilterQuery::default() });
    assert_eq!(wrong.expect_err("too long").to_string(), "filter: a filter has at most 8192 bytes");
}

#[tokio::test]
async fn tiles_have_the_records_that_are_meant() {
    let (_dir, service) = service();
    let (_, item) = value(&service, "/ogc/collections/cases/items/H-1").await;
    let degrees = |at: usize| item["geometry"]["coordinates"][at].as_f64().expect("a number");
    let id = TileId::around(LngLat::new(degrees(0), degrees(1)), 17).expect("a tile");
    let at = format!("/tiles/cases/17/{}/{}.mvt", id.x(), id.y());
    let tag = async |query: &str| {
        let response = get(&service, &format!("{at}{query}")).await;
        (response.status(), header_of(&response, header::ETAG))
    };
    let (all, dated, february) = (tag("").await, tag("?from=1999").await, tag("?from=2026-02&to=2026-02").await);
    assert!(all != dated && dated != february && all != february, "one has no time, another one is of January");
    assert_eq!(february, tag("?from=2026-01-06&to=2027").await, "the same records, the same tile");
    assert_eq!(tag("?class=Road").await, tag("?from=2026-02-04").await);
    assert_ne!(tag("?class=Noise").await, tag("?class=Noise/Shop").await);
    assert_eq!(tag("?to=1999").await.0, StatusCode::NO_CONTENT);
    for (path, words) in [
        (format!("{at}?class=Rain"), "there is no class 'Rain'"),
        (at.replace("/cases/", "/enterprises/") + "?from=2026", "the records of layer 'enterprises' have no time"),
        (at.replace("/cases/", "/cases,buildings/") + "?from=2026", "there is no layer 'buildings' whose records"),
    ] {
        let (status, problem) = value(&service, &path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{problem}");
    }
    assert_eq!(value(&service, &format!("{at}?from=yesterday")).await.0, StatusCode::BAD_REQUEST);
    let (_, tilejson) = value(&service, "/tiles/cases.json?from=2026-01&class=Noise/Shop").await;
    let template = "http://map.example/tiles/cases/{z}/{x}/{y}.mvt?from=2026-01&class=Noise/Shop";
    assert_eq!(tilejson["tiles"][0], template);
    let fields = json!({ "class": "String", "code": "String", "count": "Number", "name": "String", "time": "Number", "until": "Number" });
    assert_eq!(tilejson["vector_layers"][0]["fields"], fields);
    let (status, _) = json("/tiles/buildings.json?class=Noise").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
