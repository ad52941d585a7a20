//! Columns of layers that are not for everybody: no route tells their names or values.

use crate::{body, built};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::Value;
use std::{fs, path::Path};
use tempfile::TempDir;
use tower::ServiceExt;

/// The code of the address at which both records are.
const ADDRESS: &str = "9901010010010100001000101";
/// Names and values of the columns that are not public.
const SECRETS: [&str; 6] = ["owner_kept", "phone_kept", "rent_kept", "王某某", "138-0000-0000", "98765"];

fn service() -> (TempDir, Router) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let town = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/town");
    let rows = format!(
        "no,name,addr,owner_kept,state,phone_kept,rent_kept,rooms\n\
         R1,租约甲,{ADDRESS},王某某,在租,138-0000-0000,98765,3\nR2,租约乙,{ADDRESS},王某某,空置,138-0000-0000,98765,2\n"
    );
    fs::write(dir.path().join("lets.csv"), rows).expect("a file");
    let text = fs::read_to_string(town.join("spec.toml")).expect("a spec");
    let text = text.replace("path = \"", &format!("path = \"{}/", town.display()))
        + "\n[[layers]]\nid = \"lets\"\npath = \"lets.csv\"\naudience = \"public\"\ncode = \"no\"\nname = \"name\"\n\
           at = { address = \"addr\" }\n[layers.attributes]\nstate = \"category\"\nrooms = \"integer\"\n\
           owner_kept = { audience = \"internal\" }\nphone_kept = { type = \"text\", audience = \"restricted\" }\n\
           rent_kept = { type = \"integer\", audience = \"restricted\" }\n";
    fs::write(dir.path().join("spec.toml"), text).expect("a file");
    let plate = built(&dir.path().join("spec.toml"), &dir.path().join("out.plate"));
    (dir, tile_server::router(plate).expect("the settings fit"))
}

async fn ask(service: &Router, request: Request<Body>) -> (StatusCode, Vec<u8>) {
    let response = service.clone().oneshot(request).await.expect("answers");
    (response.status(), body(response).await)
}

async fn json(service: &Router, path: &str) -> (StatusCode, Value) {
    let (status, bytes) = ask(service, Request::get(path).body(Body::empty()).expect("a request")).await;
    (status, serde_json::from_slice(&bytes).expect("JSON"))
}

/// The tile of a zoom around a point.
fn tile(lng: f64, lat: f64, zoom: u8) -> (u32, u32) {
    let size = f64::from(1_u32 << zoom);
    let (x, y) = ((lng + 180.0) / 360.0, (1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0);
    ((x * size) as u32, (y * size) as u32)
}

#[tokio::test]
async fn the_plate_tells_the_public_ones_and_how_many_more_there_are() {
    let (_dir, service) = service();
    let (_, about) = json(&service, "/api/plate").await;
    let layer = about["layers"].as_array().and_then(|all| all.iter().find(|layer| layer["id"] == "lets"));
    let layer = layer.expect("is shown");
    let names: Vec<&Value> = layer["attributes"].as_array().expect("a list").iter().map(|a| &a["name"]).collect();
    assert_eq!((names, &layer["withheld"]), (vec![&Value::from("state"), &Value::from("rooms")], &3.into()));
    let (_, record) = json(&service, "/api/entities/R1").await;
    assert_eq!((&record["attributes"]["state"], &record["attributes"]["rooms"]), (&"在租".into(), &3.into()));
    let (status, by) = json(&service, "/api/stats?level=community&by=lets.state").await;
    assert_eq!((status, by["categories"].as_array().map(Vec::len)), (StatusCode::OK, Some(2)));
    let (status, sums) = json(&service, "/api/layers/lets/stats?value=rooms").await;
    assert_eq!((status, &sums["areas"][0]["sums"][0]), (StatusCode::OK, &5.0.into()));
    for path in ["/api/stats?level=community&by=lets.owner_kept", "/api/layers/lets/stats?value=rent_kept"] {
        assert!(json(&service, path).await.0.is_client_error(), "{path}");
    }
}

#[tokio::test]
async fn no_route_tells_the_others() {
    let (_dir, service) = service();
    let (_, entity) = json(&service, &format!("/api/entities/{ADDRESS}")).await;
    let at = |name: &str| entity[name].as_f64().expect("a point");
    let (lng, lat) = (at("lng"), at("lat"));
    let (x, y) = tile(lng, lat, 17);
    let (_, api) = json(&service, "/openapi.json").await;
    let queries = [
        ("/api/locate", format!("lng={lng}&lat={lat}")),
        ("/api/reverse", format!("lng={lng}&lat={lat}")),
        ("/api/geocode", "address=租约甲".to_owned()),
        ("/api/suggest", "q=租约".to_owned()),
        ("/api/stats", "h3=9&by=lets.state".to_owned()),
        ("/ogc/collections/{id}/items", "limit=1000".to_owned()),
    ];
    let codes = ["R1", "R2", ADDRESS, "9901010010010100001"];
    let mut seen = 0;
    for path in api["paths"].as_object().expect("paths").keys() {
        for code in codes {
            let mut asked = path.replace("{z}/{x}/{y}", &format!("17/{x}/{y}")).replace("{matrix}", "17");
            let values = [
                ("layers", "lets"),
                ("layer", "lets"),
                ("id", "lets"),
                ("code", code),
                ("set", "WebMercatorQuad"),
                ("file", "layers.html"),
            ];
            for (name, value) in values {
                asked = asked.replace(&format!("{{{name}}}"), value);
            }
            asked = asked.replace("{row}", &y.to_string()).replace("{column}", &x.to_string());
            assert!(!asked.contains('{'), "{asked}: give its parameters values here");
            if let Some((_, query)) = queries.iter().find(|(of, _)| of == path) {
                asked = format!("{asked}?{}", query.replace("租约", "%E7%A7%9F%E7%BA%A6").replace('甲', "%E7%94%B2"));
            }
            let request = Request::get(&asked).header(header::ACCEPT, "*/*").body(Body::empty()).expect("a request");
            let (status, bytes) = ask(&service, request).await;
            let text = String::from_utf8_lossy(&bytes);
            let told = SECRETS.iter().find(|secret| text.contains(**secret));
            assert_eq!(told, None, "{asked}: {status}");
            seen += usize::from(text.contains("在租"));
        }
    }
    assert!(seen >= 4, "cards, features and tiles tell what is public: {seen} did");
}
