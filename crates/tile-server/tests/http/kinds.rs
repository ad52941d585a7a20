//! A plate with several kinds of grids: what is drawn, listed and counted of them.

use crate::body;
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use baseplate_core::{Baseplate, BuildOptions, Spec, build};
use serde_json::Value;
use std::{fs, sync::OnceLock};
use tempfile::TempDir;
use tower::ServiceExt;

/// A source of strips: the kind and level, then the code, west and east of each, thousandths of a degree.
type Strips<'a> = (&'a str, &'a str, &'a [(&'a str, f64, f64)]);

/// Grids and communities of the basic kind where it is wanted, and beats and stations of the police that lie across them.
const STRIPS: [Strips<'_>; 4] = [
    ("basic", "grid", &[("G1", 0.0, 5.0), ("G2", 5.0, 10.0), ("G3", 10.0, 15.0), ("G4", 15.0, 20.0)]),
    ("basic", "community", &[("C1", 0.0, 10.0), ("C2", 10.0, 20.0)]),
    ("police", "grid", &[("P1", 0.0, 7.0), ("P2", 7.0, 20.0)]),
    ("police", "community", &[("T1", 0.0, 20.0)]),
];

fn plate_of(of: &[Strips<'_>]) -> (TempDir, Baseplate) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut spec = "[plate]\nname = \"kinds\"\n".to_owned();
    for (kind, level, strips) in of {
        let file = format!("{kind}-{level}.csv");
        let row = |(code, west, east): &(&str, f64, f64)| {
            let (west, east) = (114.0 + west / 1000.0, 114.0 + east / 1000.0);
            format!("{code},\"POLYGON(({west} 22,{east} 22,{east} 22.005,{west} 22.005,{west} 22))\"\n")
        };
        let rows: String = strips.iter().map(row).collect();
        fs::write(dir.path().join(&file), format!("code,wkt\n{rows}")).expect("a file");
        spec += &format!(
            "[[grids]]\npath = \"{file}\"\ncrs = \"EPSG:4326\"\ncode = \"code\"\nkind = \"{kind}\"\nlevel = \"{level}\"\n"
        );
    }
    fs::write(dir.path().join("spec.toml"), spec).expect("a file");
    let (spec, path) = (Spec::read(&dir.path().join("spec.toml")).expect("a spec"), dir.path().join("out.plate"));
    build(&spec, &path, BuildOptions::default(), &|_| {}).expect("builds");
    let plate = Baseplate::open(path).expect("opens");
    (dir, plate)
}

fn service() -> Router {
    static PLATE: OnceLock<(TempDir, Baseplate)> = OnceLock::new();
    tile_server::router(PLATE.get_or_init(|| plate_of(&STRIPS)).1.clone()).expect("the settings fit")
}

async fn json(service: Router, path: &str) -> (StatusCode, Value) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = service.oneshot(request).await.expect("answers");
    let status = response.status();
    (status, serde_json::from_slice(&body(response).await).expect("JSON"))
}

fn drawn<'a>(style: &'a Value, id: &str) -> &'a Value {
    let layers = style["layers"].as_array().expect("layers");
    layers.iter().find(|layer| layer["id"] == id).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn the_style_has_every_kind_and_says_which() {
    for (theme, colour) in [("light", "#7b2d8e"), ("dark", "#d59be6")] {
        let (_, style) = json(service(), &format!("/style.json?theme={theme}")).await;
        assert!(!style.to_string().contains("#colour") && !style.to_string().contains("#halo"));
        let line = drawn(&style, "police-grids-line");
        assert_eq!((&line["layout"]["visibility"], &line["source-layer"]), (&"none".into(), &"police-grids".into()));
        assert_eq!(line["paint"]["line-color"], colour);
        assert_eq!(
            (&line["metadata"]["baseplate:kind"], &line["metadata"]["baseplate:level"]),
            (&"police".into(), &"grid".into())
        );
        assert_eq!(drawn(&style, "grids-line")["metadata"]["baseplate:kind"], "basic");
        for id in ["police-grids-label", "police-communities-line"] {
            assert!(drawn(&style, id).is_object(), "{id}");
        }
        // What is not shown is not loaded with what is.
        let url = |source: &str| style["sources"][source]["url"].as_str().unwrap_or_default().to_owned();
        assert!(!url("plate").contains("police") && url("plate-police").contains("police-grids"), "{style}");
        assert_eq!(drawn(&style, "districts-fill")["source-layer"], "communities");
    }
}

#[tokio::test]
async fn a_kind_that_is_alone_is_what_is_seen() {
    let (_dir, plate) = plate_of(&STRIPS[2..]);
    let (_, style) = json(tile_server::router(plate.clone()).expect("the settings fit"), "/style.json").await;
    let line = drawn(&style, "police-grids-line");
    assert_eq!((&line["layout"]["visibility"], &line["source"]), (&"visible".into(), &"plate".into()));
    let (status, stats) = json(tile_server::router(plate).expect("the settings fit"), "/api/stats").await;
    assert_eq!((status, stats["rows"][0]["code"].as_str()), (StatusCode::OK, Some("T1")));
}

#[tokio::test]
async fn statistics_and_the_plate_know_every_kind() {
    let codes = async |path: &str| {
        let (status, stats) = json(service(), path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {stats}");
        let rows = stats["rows"].as_array().expect("rows").clone();
        rows.iter().map(|row| row["code"].as_str().expect("a code").to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(codes("/api/stats").await, "C1 C2");
    assert_eq!(codes("/api/stats?kind=police").await, "T1");
    assert_eq!(codes("/api/stats?kind=police&level=grid").await, "P1 P2");
    assert_eq!(codes("/api/stats?level=grid&within=P2").await, "G3 G4");
    for (path, status, words) in [
        ("/api/stats?kind=fire", StatusCode::NOT_FOUND, "the plate has: basic, police"),
        ("/api/stats?kind=police&level=city", StatusCode::NOT_FOUND, "it has: grid, community"),
        ("/api/stats?kind=Police", StatusCode::BAD_REQUEST, "a-z"),
    ] {
        let (found, problem) = json(service(), path).await;
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(found == status && detail.contains(words), "{path}: {found} {detail}");
    }
    let (_, about) = json(service(), "/api/plate").await;
    let kinds: Vec<_> = about["kinds"].as_array().expect("kinds").iter().map(|of| of.to_string()).collect();
    assert_eq!(
        kinds,
        [r#"{"kind":"basic","levels":["grid","community"]}"#, r#"{"kind":"police","levels":["grid","community"]}"#]
    );
}
