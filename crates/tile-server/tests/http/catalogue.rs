//! The catalogue of layers of records: as lists, and as records of OGC API.

use crate::{
    body, problem,
    records::{json, service},
};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};
use tower::ServiceExt;

fn ids(answer: &Value, list: &str) -> Vec<String> {
    let list = answer[list].as_array().expect("a list");
    list.iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
}

async fn refused(service: &Router, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    problem(service.clone().oneshot(request).await.expect("answers")).await
}

#[tokio::test]
async fn a_layer_says_what_it_is_and_where_it_is_found() {
    let (_dir, service) = service(1);
    let layer = json(&service, "/api/layers/cases-1").await;
    let expected = json!({
        "id": "cases-1", "title": { "zh": "热线工单", "en": "Hotline cases" }, "category": null, "keeper": "热线中心",
        "description": "市民来电的工单", "licence": "CC-BY-4.0", "audience": "public",
        "columns": [{ "name": "ward", "title": { "zh": "片区" }, "type": "category", "unit": null, "meaning": { "zh": "社区片区的代号" } }],
        "rows": 2, "linked": 2, "linked_share": 1.0, "time": null, "class_levels": 0,
        "issues": { "error": 0, "warning": 0, "hint": 0 },
        "changed": { "generation": "000001", "at": layer["changed"]["at"] },
        "links": {
            "tiles": "http://localhost/tiles/cases-1.json", "items": "http://localhost/ogc/collections/cases-1/items",
            "stats": "http://localhost/api/layers/cases-1/stats",
            "record": "http://localhost/ogc/collections/catalogue/items/cases-1",
        },
    });
    assert_eq!(layer, expected);
    assert!(layer["changed"]["at"].as_str().is_some_and(|at| at.ends_with('Z')));
    for link in ["tiles", "items", "stats", "record"] {
        let path = layer["links"][link].as_str().and_then(|link| link.strip_prefix("http://localhost"));
        json(&service, path.expect("an address here")).await;
    }
    let all = json(&service, "/api/layers").await;
    assert_eq!(ids(&all, "layers"), ["enterprises", "cases-1"], "people are no layer of records");
    assert_eq!((&all["layers"][1], &all["generation"]), (&expected, &"000001".into()));
    let (status, detail) = refused(&service, "/api/layers/none").await;
    assert_eq!((status, detail.contains("enterprises, cases-1")), (StatusCode::NOT_FOUND, true), "{detail}");
}

#[tokio::test]
async fn layers_are_found_by_words_in_chinese_and_in_english() {
    let (_dir, service) = service(1);
    for (query, found) in [
        ("q=%E7%83%AD%E7%BA%BF", true),                                        // 热线
        ("q=%E5%B7%A5%E5%8D%95%20%E7%83%AD%E7%BA%BF%E4%B8%AD%E5%BF%83", true), // 工单 热线中心
        ("q=cases%E7%89%87%E5%8C%BA", true),                                   // cases片区
        ("q=HOTLINE,ward", true),
        ("q=%E7%A4%BE%E5%8C%BA%E7%89%87%E5%8C%BA%E7%9A%84%E4%BB%A3%E5%8F%B7", true), // 社区片区的代号
        ("q=%E7%BA%BF%E7%83%AD", false),                                             // 线热
        ("q=hotline%20cameras", false),
        ("q=hotline&category=%E4%BA%A4%E9%80%9A", false), // 交通
    ] {
        let answer = json(&service, &format!("/api/layers?{query}")).await;
        assert_eq!(ids(&answer, "layers").contains(&"cases-1".to_owned()), found, "{query}");
    }
    for wrong in ["q=", "q=%0A", "category=", "z=1"] {
        assert_eq!(refused(&service, &format!("/api/layers?{wrong}")).await.0, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn the_catalogue_is_a_collection_of_records() {
    let (_dir, service) = service(3);
    let collections = json(&service, "/ogc/collections").await;
    let listed = collections["collections"].as_array().expect("collections");
    let catalogue = json(&service, "/ogc/collections/catalogue").await;
    assert_eq!((listed.last(), &catalogue["itemType"]), (Some(&catalogue), &"record".into()));
    let record = json(&service, "/ogc/collections/catalogue/items/cases-1").await;
    let properties = &record["properties"];
    for (name, value) in [
        ("type", json!("dataset")),
        ("title", json!("热线工单")),
        ("description", json!("市民来电的工单")),
        ("license", json!("CC-BY-4.0")),
        ("contacts", json!([{ "organization": "热线中心", "roles": ["custodian"] }])),
        ("keywords", json!(["片区"])),
        ("language", json!({ "code": "zh" })),
    ] {
        assert_eq!(properties[name], value, "{name}");
    }
    assert_eq!((&record["id"], &record["time"]), (&"cases-1".into(), &Value::Null));
    assert_eq!(record["geometry"]["coordinates"][0].as_array().map(Vec::len), Some(5));
    assert_eq!(refused(&service, "/ogc/collections/catalogue/items/none").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn records_are_asked_for_page_by_page() {
    let (_dir, service) = service(3);
    let items = "/ogc/collections/catalogue/items";
    let first = json(&service, &format!("{items}?q=%E7%83%AD%E7%BA%BF%E5%B7%A5%E5%8D%95&limit=2")).await;
    assert_eq!(
        (ids(&first, "features"), &first["numberMatched"]),
        (vec!["cases-1".into(), "cases-2".into()], &3.into())
    );
    let next = first["links"].as_array().expect("links").iter().find(|link| link["rel"] == "next");
    let next = next.and_then(|link| link["href"].as_str()?.strip_prefix("http://localhost")).expect("an address here");
    let last = json(&service, next).await;
    assert_eq!((ids(&last, "features"), last["links"].as_array().map(Vec::len)), (vec!["cases-3".into()], Some(2)));
    for (query, found) in [
        ("", 4),
        ("?ids=cases-2,cases-3,none", 2),
        ("?type=dataset", 4),
        ("?type=service", 0),
        ("?externalIds=x", 0),
        ("?q=none,hotline%20cases", 3),
        ("?q=cases%20hotline", 0),
        ("?bbox=114,22,115,23", 4),
        ("?bbox=0,0,1,1", 0),
        ("?datetime=2020-01-01T00:00:00Z/..", 4),
    ] {
        let answer = json(&service, &format!("{items}{query}")).await;
        assert_eq!((ids(&answer, "features").len(), &answer["numberMatched"]), (found, &found.into()), "{query}");
    }
    assert_eq!(refused(&service, &format!("{items}?cursor=999999.1")).await.0, StatusCode::GONE);
    assert_eq!(refused(&service, &format!("{items}?limit=0")).await.0, StatusCode::BAD_REQUEST);
    let conformance = json(&service, "/ogc/conformance").await.to_string();
    assert!(conformance.contains("ogcapi-records-1/1.0/conf/record-core-query-parameters"));
    let request = Request::get(items).body(Body::empty()).expect("a request");
    let answer = service.clone().oneshot(request).await.expect("answers");
    assert_eq!(crate::header_of(&answer, axum::http::header::CONTENT_TYPE), "application/geo+json");
    assert!(!body(answer).await.is_empty());
}
