//! Tiles: encodings, entity tags, and what there is instead of a tile.

use crate::{ask, ask_with, body, get, header_of, json, metric, plate, problem, service};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
    response::Response,
};
use baseplate_core::{LngLat, TileId, TileScheme};
use serde_json::{Value, json as value};
use std::io::Read;
use tile_server::Settings;
use tokio::task::JoinSet;
use tower::ServiceExt;

/// A tile in the middle of the town.
fn path() -> String {
    let id = TileId::around(LngLat::new(114.05, 22.552), 15).expect("a tile");
    format!("/tiles/districts,grids,buildings/15/{}/{}.mvt", id.x(), id.y())
}

/// A tile where the town is not.
const EMPTY: &str = "/tiles/grids,buildings/15/0/0.mvt";
const ENCODINGS: [&str; 4] = ["identity", "gzip", "br", "zstd"];

fn decoded(encoding: &str, bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match encoding {
        "gzip" => flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).expect("gzip"),
        "br" => brotli::Decompressor::new(bytes, 4096).read_to_end(&mut plain).expect("br"),
        "zstd" => zstd::Decoder::new(bytes).and_then(|mut d| d.read_to_end(&mut plain)).expect("zstd"),
        _ => (&mut &bytes[..]).read_to_end(&mut plain).expect("bytes"),
    };
    plain
}

/// What every answer about a tile says, whether it has a body or not.
fn check_headers(response: &Response) -> String {
    assert_eq!(header_of(response, header::CACHE_CONTROL), "public, no-cache");
    assert_eq!(header_of(response, header::VARY), "accept-encoding");
    assert_eq!(header_of(response, header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
    assert_eq!(response.headers()["x-baseplate-generation"], "000001");
    let tag = header_of(response, header::ETAG);
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 16, "{tag}");
    tag
}

#[tokio::test]
async fn each_encoding_has_the_same_tile_and_its_own_tag() {
    let plain = body(get(&path()).await).await;
    let mut tags = Vec::new();
    for encoding in ENCODINGS {
        let tile = ask_with(&path(), &[(header::ACCEPT_ENCODING, encoding)]).await;
        assert_eq!(tile.status(), StatusCode::OK);
        assert_eq!(header_of(&tile, header::CONTENT_TYPE), "application/vnd.mapbox-vector-tile");
        assert_eq!(header_of(&tile, header::CONTENT_ENCODING), encoding.replace("identity", ""));
        tags.push(check_headers(&tile));
        assert_eq!(decoded(encoding, &body(tile).await), plain, "{encoding}");
    }
    tags.dedup();
    assert_eq!(tags.len(), ENCODINGS.len());
    let refused = ask_with(&path(), &[(header::ACCEPT_ENCODING, "*;q=0")]).await;
    assert_eq!(problem(refused).await.0, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn who_has_the_tile_gets_a_304() {
    for path in [path().as_str(), EMPTY] {
        let tag = check_headers(&ask_with(path, &[(header::ACCEPT_ENCODING, "br")]).await);
        let weak = format!("W/{tag}");
        let (list, spaced) = (format!("\"other\",{tag}"), format!("\"other\" , W/{tag} ,\"more\""));
        for known in [tag.as_str(), &weak, &list, &spaced, "*"] {
            let headers = [(header::ACCEPT_ENCODING, "br"), (header::IF_NONE_MATCH, known)];
            let again = ask_with(path, &headers).await;
            assert_eq!((again.status(), check_headers(&again)), (StatusCode::NOT_MODIFIED, tag.clone()), "{known}");
            assert!(body(again).await.is_empty());
        }
        let fresh = ask_with(path, &[(header::IF_NONE_MATCH, "\"other\"")]).await.status();
        assert_ne!(fresh, StatusCode::NOT_MODIFIED);
    }
    let of_gzip = check_headers(&ask_with(&path(), &[(header::ACCEPT_ENCODING, "gzip")]).await);
    let headers = [(header::ACCEPT_ENCODING, "zstd"), (header::IF_NONE_MATCH, of_gzip.as_str())];
    assert_eq!(ask_with(&path(), &headers).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_empty_tile_is_204_in_every_encoding() {
    for encoding in ENCODINGS {
        let tile = ask_with(EMPTY, &[(header::ACCEPT_ENCODING, encoding)]).await;
        assert_eq!(
            (tile.status(), header_of(&tile, header::CONTENT_ENCODING)),
            (StatusCode::NO_CONTENT, String::new())
        );
        check_headers(&tile);
        assert!(body(tile).await.is_empty());
    }
}

#[tokio::test]
async fn head_says_what_get_would() {
    for path in [path().as_str(), EMPTY, "/catalog", "/style.json", "/tiles/grids.json", "/api/stats", "/nothing"] {
        let head = Request::head(path).header(header::HOST, "map.example").header(header::ACCEPT_ENCODING, "gzip");
        let head = ask(head.body(Body::empty()).expect("a request")).await;
        let get = [(header::HOST, "map.example"), (header::ACCEPT_ENCODING, "gzip")];
        let get = ask_with(path, &get).await;
        assert_eq!(head.status(), get.status(), "{path}");
        for name in [header::ETAG, header::CONTENT_TYPE, header::CONTENT_ENCODING, header::VARY, header::CACHE_CONTROL]
        {
            assert_eq!(head.headers().get(&name), get.headers().get(&name), "{path}: {name}");
        }
        let length = header_of(&head, header::CONTENT_LENGTH).parse();
        assert!(body(head).await.is_empty(), "{path}");
        let sent = body(get).await.len();
        assert!(length.is_err() || length == Ok(sent), "{path}: {length:?} {sent}");
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_ask() {
    for path in [path().as_str(), "/api/locate", "/catalog"] {
        let preflight =
            Request::builder().method(Method::OPTIONS).uri(path).header(header::ORIGIN, "https://map.example");
        let preflight = preflight.header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET");
        let allowed = ask(preflight.body(Body::empty()).expect("a request")).await;
        assert_eq!(allowed.status(), StatusCode::OK, "{path}");
        assert_eq!(header_of(&allowed, header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
        assert!(header_of(&allowed, header::ACCESS_CONTROL_ALLOW_METHODS).contains("POST"));
    }
}

#[tokio::test]
async fn where_no_tile_can_be_the_reason_is_said() {
    let cases = [
        ("/tiles/buildings/3/0/0.mvt", "buildings is in zooms 14 to"),
        ("/tiles/addresses,buildings/13/0/0.mvt", "no tiles of zoom 13"),
        ("/tiles/grids/3/9/0.mvt", "is no tile"),
        ("/tiles/grids,rivers/3/0/0.mvt", "no layer 'rivers'"),
        ("/tiles/grids/40/0/0.mvt", "is no tile"),
        ("/tiles/grids/-1/0/0.mvt", "tiles are at"),
    ];
    for (path, words) in cases {
        let (status, detail) = problem(get(path).await).await;
        assert!(status == StatusCode::NOT_FOUND && detail.contains(words), "{path}: {status} {detail}");
    }
    let begun = "/tiles/buildings,districts/3/0/0.mvt";
    assert_eq!(get(begun).await.status(), StatusCode::NO_CONTENT, "one of the layers is in this zoom");
}

#[tokio::test]
async fn layers_named_twice_count_once() {
    let once = body(get(&path()).await).await;
    assert_eq!(body(get(&path().replace("buildings", "buildings,grids,buildings")).await).await, once);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_tile_is_made_once_however_many_ask() {
    let service = service("");
    let mut asked = JoinSet::new();
    for i in 0..64 {
        let request = Request::get(path()).header(header::ACCEPT_ENCODING, ENCODINGS[i % ENCODINGS.len()]);
        asked.spawn(service.clone().oneshot(request.body(Body::empty()).expect("a request")));
    }
    for answer in asked.join_all().await {
        assert_eq!(answer.expect("an answer").status(), StatusCode::OK);
    }
    assert_eq!(metric(&service, "baseplate_tiles_made_total").await, 1);
    assert_eq!(metric(&service, "baseplate_cache_entries").await, ENCODINGS.len() as u64);
    let (hits, misses) =
        (metric(&service, "baseplate_cache_hits_total").await, metric(&service, "baseplate_cache_misses_total").await);
    assert_eq!(hits + misses, 64);
}

#[tokio::test]
async fn the_cache_keeps_its_bound() {
    for most in [0_u64, 100_000] {
        let service = service(&format!("[limits]\ncache_bytes = {most}"));
        let id = TileId::around(LngLat::new(114.05, 22.552), 16).expect("a tile");
        let around = (0..100_u32).map(|i| (id.x() - 5 + i % 10, id.y() - 5 + i / 10));
        for (x, y) in around {
            let request = Request::get(format!("/tiles/buildings/16/{x}/{y}.mvt")).header("accept-encoding", "zstd");
            let tile = service.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("a tile");
            assert!(tile.status().is_success());
        }
        assert!(metric(&service, "baseplate_cache_bytes").await <= most);
        assert_eq!(metric(&service, "baseplate_cache_entries").await > 0, most > 0);
    }
}

#[tokio::test]
async fn a_tile_says_its_generation_as_tilejson_does() {
    let (_, tilejson) = json("/tiles/grids.json").await;
    let tile = get(&path()).await;
    assert_eq!(tile.headers()["x-baseplate-generation"], tilejson["generation"].as_str().expect("a name"));
}

/// A zoom-15 tile around the middle of the sample town, in a scheme.
fn around_middle(scheme: TileScheme) -> TileId {
    scheme.tile_around(LngLat::new(114.05, 22.552), 15).expect("a tile")
}

#[tokio::test]
async fn the_same_tiles_come_shifted_and_in_degrees() {
    let (plain, shifted) = (around_middle(TileScheme::Mercator), around_middle(TileScheme::Gcj02));
    let path = |id: TileId, rest: &str| format!("/tiles/grids/15/{}/{}.mvt{rest}", id.x(), id.y());
    let of = async |path: String| body(get(&path).await).await;
    let original = of(path(plain, "")).await;
    assert_eq!(original, of(path(plain, "?crs=cgcs2000")).await);
    assert_eq!(original, of(path(plain, "?crs=wgs84")).await);
    let gcj02 = of(path(shifted, "?crs=gcj02")).await;
    assert!(!gcj02.is_empty() && gcj02 != original);
    let degrees = around_middle(TileScheme::Cgcs2000);
    let in_degrees = of(format!("/tiles/cgcs2000/grids/15/{}/{}.mvt", degrees.x(), degrees.y())).await;
    assert!(!in_degrees.is_empty() && in_degrees != original);
    let (status, detail) = problem(get(&path(plain, "?crs=bd09")).await).await;
    assert!(status == StatusCode::BAD_REQUEST && detail.contains("bd09"), "{detail}");
    assert_eq!(get("/tiles/cgcs2000/grids/15/0/16384.mvt").await.status(), StatusCode::NOT_FOUND);
    let (_, tilejson) = json("/tiles/grids.json?crs=gcj02").await;
    assert_eq!(tilejson["tiles"][0], "http://map.example/tiles/grids/{z}/{x}/{y}.mvt?crs=gcj02");
    let (_, style) = json("/style.json?crs=gcj02").await;
    assert!(style["sources"]["plate"]["url"].as_str().is_some_and(|url| url.ends_with(".json?crs=gcj02")));
}

#[tokio::test]
async fn settings_change_the_layers() {
    let toml = "[layers.buildings]\nmin_zoom = 15\nfields = ['height']\n[layers.enterprises]\nenabled = false";
    let service = service(toml);
    let of = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        body(service.clone().oneshot(request).await.expect("answers")).await
    };
    let catalogue: Value = serde_json::from_slice(&of("/catalog").await).expect("JSON");
    let layers = catalogue["layers"].as_array().expect("layers");
    let buildings = layers.iter().find(|l| l["id"] == "buildings").expect("buildings");
    assert_eq!(
        (&buildings["minzoom"], &buildings["fields"]),
        (&value!(15), &value!({"code": "String", "height": "Number"}))
    );
    assert!(layers.iter().all(|l| l["id"] != "enterprises"));
    let id = TileId::around(LngLat::new(114.05, 22.552), 16).expect("a tile");
    let bytes = of(&format!("/tiles/buildings/16/{}/{}.mvt", id.x(), id.y())).await;
    let has = |word: &str| bytes.windows(word.len()).any(|w| w == word.as_bytes());
    assert!(has("height") && has("code") && !has("floors") && !has("grid"));
    let wrong = Settings::parse("[layers.people]\nenabled = true", "server.toml".as_ref()).expect("settings");
    let refused = tile_server::router_with(plate(), wrong).map(drop);
    assert!(refused.is_err_and(|e| e.to_string().contains("layers.people")));
}
