//! A plate with layers of records that its spec declares: what is drawn and said of them.

use crate::{body, built, problem};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};
use std::{fs, path::Path};
use tempfile::TempDir;
use tower::ServiceExt;

/// The town with so many layers of two cases each, which are at an address of it.
pub(crate) fn service(layers: usize) -> (TempDir, Router) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let town = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/town");
    let rows =
        "case,subject,street,ward\nH-1,Streetlight,9901010010010100001000101,A\nH-2,,9901010010010100001000101,B\n";
    fs::write(dir.path().join("cases.csv"), rows).expect("a file");
    let text = fs::read_to_string(town.join("spec.toml")).expect("a spec");
    let mut text = text.replace("path = \"", &format!("path = \"{}/", town.display()));
    for place in 1..=layers {
        text += &format!(
            "\n[[layers]]\nid = \"cases-{place}\"\ntitle = {{ zh = \"热线工单\", en = \"Hotline cases\" }}\npath = \"cases.csv\"\n\
             code = \"case\"\nname = \"subject\"\nat = {{ address = \"street\" }}\nattributes = [\"ward\"]\nkeeper = \"热线中心\"\naudience = \"public\"\n\
             description = \"市民来电的工单\"\nlicence = \"CC-BY-4.0\"\n"
        );
    }
    text += "\n[titles.ward]\nzh = \"片区\"\nmeaning = { zh = \"社区片区的代号\" }\n";
    fs::write(dir.path().join("spec.toml"), text).expect("a file");
    let plate = built(&dir.path().join("spec.toml"), &dir.path().join("out.plate"));
    (dir, tile_server::router(plate).expect("the settings fit"))
}

pub(crate) async fn json(service: &Router, path: &str) -> Value {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = service.clone().oneshot(request).await.expect("answers");
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    serde_json::from_slice(&body(response).await).expect("JSON")
}

fn position(style: &Value, id: &str) -> usize {
    let layers = style["layers"].as_array().expect("layers");
    layers.iter().position(|layer| layer["id"] == id).expect("a layer")
}

#[tokio::test]
async fn the_style_draws_every_declared_layer_and_says_what_it_is_called() {
    let (_dir, service) = service(2);
    for (theme, colours) in [("light", ["#b3261e", "#00696f"]), ("dark", ["#ff9d94", "#5fd0d8"])] {
        let style = json(&service, &format!("/style.json?theme={theme}")).await;
        assert!(!style.to_string().contains("#colour") && !style.to_string().contains("#halo"));
        for (layer, colour) in ["cases-1", "cases-2"].iter().zip(colours) {
            let (point, label) =
                (position(&style, &format!("{layer}-point")), position(&style, &format!("{layer}-label")));
            assert!(point < label && label < position(&style, "addresses-label"));
            let (point, label) = (&style["layers"][point], &style["layers"][label]);
            assert_eq!((&point["type"], &point["paint"]["circle-color"]), (&"circle".into(), &colour.into()));
            assert_eq!((&point["minzoom"], &label["minzoom"]), (&16.into(), &17.into()));
            for style in [point, label] {
                assert_eq!((&style["source"], &style["source-layer"]), (&"plate".into(), &(*layer).into()));
                assert_eq!(style["layout"]["visibility"], "visible");
                let title = json!({ "zh": "热线工单", "en": "Hotline cases" });
                assert_eq!(style["metadata"], json!({ "baseplate:layer": layer, "baseplate:title": title }));
            }
        }
        assert!(style["sources"]["plate"]["url"].as_str().is_some_and(|url| url.contains("cases-1,cases-2")));
    }
    let bare = json(&service, "/style.json?labels=none").await;
    assert!(!bare.to_string().contains("cases-1-label"));
}

#[tokio::test]
async fn many_declared_layers_are_not_shown_at_first() {
    let (_dir, service) = service(4);
    let style = json(&service, "/style.json").await;
    for layer in ["cases-1", "cases-4"] {
        let point = &style["layers"][position(&style, &format!("{layer}-point"))];
        assert_eq!(point["layout"]["visibility"], "none");
        // What is not shown is not loaded with what is.
        let source = point["source"].as_str().expect("a source");
        assert!(
            style["sources"][source]["url"].as_str().is_some_and(|url| url.ends_with(&format!("/tiles/{layer}.json")))
        );
    }
    assert!(!style["sources"]["plate"]["url"].as_str().expect("an address").contains("cases"));
}

#[tokio::test]
async fn the_plate_says_which_layers_it_has() {
    let (_dir, service) = service(1);
    let about = json(&service, "/api/plate").await;
    let layer = json!({
        "id": "cases-1", "title": { "zh": "热线工单", "en": "Hotline cases" }, "category": null, "keeper": "热线中心",
        "rows": 2, "linked": 2, "withheld": 0, "audience": "public",
        "attributes": [{ "name": "ward", "type": "category", "titles": { "zh": "片区", "meaning": { "zh": "社区片区的代号" } } }],
    });
    assert_eq!((&about["layers"], &about["rows"]["cases-1"]), (&json!([layer]), &2.into()));
    let record = json(&service, "/api/entities/H-1").await;
    assert_eq!((&record["entity"], &record["layer"]), (&"record".into(), &"cases-1".into()));
    assert_eq!(record["attributes"], json!({ "ward": "A" }));
    let address = json(&service, "/api/entities/9901010010010100001000101").await;
    assert_eq!((&address["layers"][0]["layer"], &address["layers"][0]["count"]), (&"cases-1".into(), &2.into()));
}

#[tokio::test]
async fn layers_with_the_same_codes_are_told_apart() {
    let (_dir, service) = service(2);
    for layer in ["cases-1", "cases-2"] {
        let record = json(&service, &format!("/api/layers/{layer}/records/H-1")).await;
        assert_eq!(
            (&record["entity"], &record["layer"], &record["code"]),
            (&"record".into(), &layer.into(), &"H-1".into())
        );
        assert_eq!((&record["time"], &record["until"], &record["class"]), (&Value::Null, &Value::Null, &json!([])));
    }
    for (path, words) in [
        ("/api/layers/cases-2/records/H-9", "no record of the layer 'cases-2' has the code 'H-9'"),
        ("/api/layers/people/records/H-1", "there is no layer 'people' of records to read"),
        ("/api/layers/cases-1/records/H-1?list=x", "'x' is not a number"),
    ] {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let (_, detail) = problem(service.clone().oneshot(request).await.expect("answers")).await;
        assert!(detail.contains(words), "{detail}");
    }
}

#[tokio::test]
async fn records_are_found_by_code_and_by_a_part_of_their_name() {
    let (_dir, service) = service(2);
    for (q, codes, complete) in [
        ("H-1", vec!["H-1", "H-1"], true),
        ("h-", vec!["H-1", "H-1", "H-2", "H-2"], true),
        ("eetligh", vec!["H-1", "H-1"], true),
        ("nothing", vec![], true),
        ("H-&limit=1", vec!["H-1"], false),
        ("H-2&layer=cases-2", vec!["H-2"], true),
    ] {
        let found = json(&service, &format!("/api/search?q={q}")).await;
        let records = found["records"].as_array().expect("records");
        assert_eq!(records.iter().map(|record| &record["code"]).collect::<Vec<_>>(), codes, "{q}");
        assert_eq!(found["complete"], complete, "{q}");
    }
    let typed = json(&service, "/api/suggest?q=eetlig").await;
    assert_eq!((&typed[0]["code"], &typed[0]["layer"]), (&"H-1".into(), &"cases-1".into()), "{typed}");
    let request = Request::get("/api/search?q=a&layer=people").body(Body::empty()).expect("a request");
    let (status, detail) = problem(service.clone().oneshot(request).await.expect("answers")).await;
    assert!(status == StatusCode::NOT_FOUND && detail.contains("no layer 'people'"), "{detail}");
}
