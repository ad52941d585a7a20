//! TileJSON, style and catalogue.

use crate::{ask_with, body, get, header_of, json, service};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::Value;
use tower::ServiceExt;

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
    let (_, tilejson) = json("/tiles/ground,cities,districts,subdistricts,communities,grids,density,buildings,enterprises,addresses,districts-labels,subdistricts-labels,communities-labels,grids-labels.json").await;
    let ids: Vec<_> = tilejson["vector_layers"].as_array().expect("layers").iter().map(|l| l["id"].clone()).collect();
    for layer in style["layers"].as_array().expect("layers") {
        assert!(layer.get("source-layer").is_none_or(|of| ids.contains(of)), "{layer}");
    }
}

#[tokio::test]
async fn the_catalogue_lists_what_tilejson_describes() {
    let (status, catalogue) = json("/catalog").await;
    assert_eq!(status, StatusCode::OK);
    let layers = catalogue["layers"].as_array().expect("layers");
    let find = |id: &str| layers.iter().find(|layer| layer["id"] == id).expect("a layer");
    assert_eq!((&find("grids")["geometry"], &find("addresses")["geometry"]), (&"polygon".into(), &"point".into()));
    assert_eq!(
        (&find("buildings")["geometry"], &find("grids-labels")["geometry"]),
        (&"polygon".into(), &"point".into())
    );
    for layer in layers {
        let address = layer["tilejson"].as_str().expect("an address");
        let (_, tilejson) = json(address.strip_prefix("http://map.example").expect("an address here")).await;
        let described = &tilejson["vector_layers"][0];
        for key in ["id", "description", "minzoom", "maxzoom", "fields"] {
            assert_eq!(described[key], layer[key], "{key}");
        }
        assert_eq!(tilejson["generation"], catalogue["generation"]);
    }
}

#[tokio::test]
async fn documents_have_encodings_and_tags() {
    for path in ["/tiles/grids.json", "/style.json", "/catalog", "/api/plate"] {
        let (plain, packed) = (get(path).await, ask_with(path, &[(header::ACCEPT_ENCODING, "gzip")]).await);
        let tag = header_of(&packed, header::ETAG);
        assert!(tag.starts_with('"') && tag != header_of(&plain, header::ETAG), "{path}: {tag}");
        assert_eq!(header_of(&packed, header::CONTENT_ENCODING), "gzip");
        assert_eq!(header_of(&packed, header::CONTENT_TYPE), "application/json");
        assert!(!body(plain).await.is_empty());
        let known = [(header::ACCEPT_ENCODING, "gzip"), (header::IF_NONE_MATCH, tag.as_str())];
        let again = ask_with(path, &known).await;
        assert_eq!((again.status(), header_of(&again, header::ETAG)), (StatusCode::NOT_MODIFIED, tag));
        assert_eq!(header_of(&again, header::VARY), "accept-encoding");
    }
    assert_eq!(get("/tiles/rivers.json").await.status(), StatusCode::NOT_FOUND);
}

/// The settings of a base map in GCJ-02.
const BASE_MAP: &str = r#"
[base_map]
tiles = ["https://a.pictures.cn/{z}/{x}/{y}.png", "https://b.pictures.cn/{z}/{x}/{y}.png"]
crs = "gcj02"
attribution = "© 示例"
"#;

#[tokio::test]
async fn on_a_base_map_the_data_lies_where_the_pictures_do() {
    let service = service(BASE_MAP);
    let ask = async |path: &str| {
        let request = Request::get(path).header(header::HOST, "map.example").body(Body::empty()).expect("a request");
        service.clone().oneshot(request).await.expect("answers")
    };
    let style = async |query: &str| -> Value {
        serde_json::from_slice(&body(ask(&format!("/style.json{query}")).await).await).expect("JSON")
    };
    let on_pictures = style("").await;
    assert_eq!(on_pictures["metadata"]["baseplate:crs"], "gcj02");
    assert_eq!(on_pictures["layers"][1]["id"], "base-map");
    assert_eq!(on_pictures["sources"]["base-map"]["attribution"], "© 示例");
    assert!(on_pictures["sources"]["plate"]["url"].as_str().is_some_and(|url| url.ends_with("?crs=gcj02")));
    let bare = style("?crs=wgs84").await;
    assert!(bare["sources"].get("base-map").is_none());
    let corner = |style: &Value| {
        let bounds = &style["metadata"]["baseplate:bounds"];
        (bounds[0].as_f64().expect("a number"), bounds[1].as_f64().expect("a number"))
    };
    let (west, south) = corner(&bare);
    assert_eq!(corner(&on_pictures), baseplate_core::gcj02::from_wgs84(west, south));
    let policy = header_of(&ask("/").await, header::CONTENT_SECURITY_POLICY);
    // Without the page built in there is no policy to look at.
    assert!(
        policy.is_empty() || policy.contains("connect-src 'self' https://a.pictures.cn https://b.pictures.cn;"),
        "{policy}"
    );
}

#[tokio::test]
async fn the_style_is_light_or_dark() {
    let ground = async |theme: &str| json(&format!("/style.json?theme={theme}")).await.1["layers"][0].clone();
    assert_eq!(ground("light").await, json("/style.json").await.1["layers"][0]);
    assert_ne!(ground("light").await, ground("dark").await);
    assert_eq!(get("/style.json?theme=pink").await.status(), StatusCode::BAD_REQUEST);
}
