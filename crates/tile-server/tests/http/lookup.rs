//! Points, codes and statistics.

use crate::{MIDDLE, body, get, json};
use axum::http::{StatusCode, header};
use serde_json::Value;

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
async fn statistics_by_level_cell_and_attribute() {
    let ask = async |query: &str| json(&format!("/api/stats{query}")).await.1;
    let communities = ask("").await;
    assert_eq!(communities["rows"].as_array().map(Vec::len), Some(12));
    assert_eq!(communities["suppress_below"], 5);
    let grids = ask("?level=grid&by=sex").await;
    let rows = grids["rows"].as_array().expect("rows");
    assert!(
        rows.iter()
            .all(|r| r["people"].is_u64() && r["people_estimated"].is_boolean() && r["by_estimated"].is_boolean())
    );
    let categories = grids["categories"].as_array().map(Vec::len);
    assert!(rows.iter().all(|r| r["by"].as_array().map(Vec::len) == categories));
    assert!(!ask("?h3=8&by=industry&within=990101").await["rows"].as_array().expect("rows").is_empty());
    let (wrong, unknown) = (StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND);
    let cases = [
        ("?level=village", wrong),
        ("?h3=15", wrong),
        ("?colour=red", wrong),
        ("?by=colour", unknown),
        ("?within=nowhere", unknown),
    ];
    for (wrong, status) in cases {
        let refused = get(&format!("/api/stats{wrong}")).await;
        assert_eq!(refused.status(), status, "{wrong}");
        assert_eq!(refused.headers()[header::CONTENT_TYPE], "application/problem+json", "{wrong}");
    }
}

#[tokio::test]
async fn enterprises_are_shown_and_people_are_not() {
    let enterprises = include_str!("../../../../data/town/enterprises.csv");
    let uscc = &enterprises.lines().nth(1).expect("a row")[..18];
    let (_, enterprise) = json(&format!("/api/entities/{uscc}")).await;
    assert_eq!(enterprise["entity"], "enterprise");
    assert_eq!(enterprise["links"][0]["relation"], "enterprise→address");
    let people = include_str!("../../../../data/town/people.csv");
    let row: Vec<&str> = people.lines().nth(1).expect("a row").split(',').collect();
    let missing = get(&format!("/api/entities/{}", row[0])).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    let said = String::from_utf8(body(missing).await).expect("text");
    assert!(!said.contains(row[0]), "{said}");
    let address = String::from_utf8(body(get(&format!("/api/entities/{}", row[1])).await).await).expect("text");
    assert!(!address.contains("token") && !address.contains("people") && !address.contains("residences"), "{address}");
}

#[tokio::test]
async fn lists_are_as_long_as_wanted_and_addresses_say_their_floor() {
    let (_, place) = json(&format!("/api/locate?{MIDDLE}")).await;
    let building = format!("{}00001", place["chain"][0]["code"].as_str().expect("a code"));
    let listed = async |query: &str| json(&format!("/api/entities/{building}{query}")).await.1["address_list"].clone();
    assert_eq!(listed("?list=1").await.as_array().map(Vec::len), Some(1));
    assert_eq!(listed("?list=0").await.as_array().map(Vec::len), Some(0));
    let all = listed("?list=5000").await;
    let of_rooms: Vec<_> = all.as_array().expect("a list").iter().filter(|a| !a["floor"].is_null()).collect();
    assert!(!of_rooms.is_empty());
    for address in of_rooms {
        let (text, floor) = (address["text"].as_str().expect("a text"), address["floor"].as_u64().expect("a number"));
        assert!(text.contains(&format!("{floor}0")) || text.contains(&format!("{floor}1")), "{address}");
    }
    for wrong in ["-1", "5001", "many"] {
        assert_eq!(get(&format!("/api/entities/{building}?list={wrong}")).await.status(), StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn the_plate_says_what_it_is_made_from() {
    let (status, plate) = json("/api/plate").await;
    assert_eq!((status, &plate["rows"]["grids"]), (StatusCode::OK, &Value::from(79)));
    assert_eq!(plate["levels"], serde_json::json!(["grid", "community", "subdistrict", "district", "city"]));
    assert!(plate["attributes"].as_array().is_some_and(|a| a.iter().any(|a| a["name"] == "industry")));
    let files: Vec<_> = plate["sources"].as_array().expect("sources").iter().map(|s| s["file"].clone()).collect();
    // What people's sources hold is for the owner of the plate.
    assert_eq!(files, ["grids.geojson", "buildings.geojsonl", "addresses.csv", "ground.geojson", "enterprises.csv"]);
}

#[tokio::test]
async fn issues_come_in_pages_and_by_rule_severity_and_place() {
    let ask = async |query: &str| json(&format!("/api/issues{query}")).await.1;
    let (_, plate) = json("/api/plate").await;
    let count = |rule: &str| {
        let rules = plate["issues"].as_array().expect("issues");
        rules.iter().find(|found| found["rule"] == rule).and_then(|found| found["count"].as_u64()).unwrap_or_default()
    };
    let all = ask("").await;
    assert_eq!(all["matched"].as_u64(), Some(count("building-temporary-code")));
    let mut seen = Vec::new();
    let mut next = Some(0);
    while let Some(from) = next {
        let page = ask(&format!("?limit=5&from={from}")).await;
        seen.extend(page["issues"].as_array().expect("issues").iter().cloned());
        next = page["next"].as_u64();
    }
    assert_eq!(Value::Array(seen), all["issues"]);
    let first = &all["issues"][0];
    let (lng, lat) = (first["lng"].as_f64().expect("a place"), first["lat"].as_f64().expect("a place"));
    let around = format!("?bbox={},{},{},{}", lng - 1e-9, lat - 1e-9, lng + 1e-9, lat + 1e-9);
    assert_eq!(ask(&around).await["issues"][0], *first);
    assert_eq!(ask("?severity=error,warning").await["matched"], 0);
    assert_eq!(ask("?severity=hint&rule=building-temporary-code,address-far").await["matched"], all["matched"]);
    for wrong in ["rule=none", "severity=bad", "bbox=1,2", "limit=0", "from=x", "entity=person"] {
        assert_eq!(get(&format!("/api/issues?{wrong}")).await.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }
}
