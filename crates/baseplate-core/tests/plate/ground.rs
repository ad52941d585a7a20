//! The ground under everything: what is read of it, and that it is drawn.

use crate::common::build_text;
use baseplate_core::{Baseplate, FeatureValue, Shape, TileId, pick_layers};
use std::fs;

const SPEC: &str = r#"
[plate]
name = "ground"
[[grids]]
path = "grids.csv"
crs = "EPSG:4490"
code = "code"
[[ground]]
path = "ground.csv"
crs = "EPSG:4490"
class = "class"
kinds = { "城市干道" = "main-road", "park" = "water" }
name = "name"
[[ground]]
path = "rails.csv"
crs = "EPSG:4490"
kind = "railway"
code = "id"
"#;

const FILES: [(&str, &str); 3] = [
    ("grids.csv", "code,wkt\nA,\"POLYGON((114 22,114.02 22,114.02 22.02,114 22.02,114 22))\"\n"),
    (
        "ground.csv",
        "class,name,wkt\n\
         城市干道,秋实路,\"LINESTRING(114 22.01,114.02 22.01)\"\n\
         residential,,\"MULTILINESTRING((114 22.011,114.02 22.011),(114.01 22,114.01 22.02))\"\n\
         河流,鹭溪河,\"POLYGON((114 22.015,114.02 22.015,114.02 22.016,114 22.016,114 22.015))\"\n\
         河流,小溪,\"LINESTRING(114 22.001,114.02 22.002)\"\n\
         park,湖,\"POLYGON((114.001 22.001,114.001 22.004,114.004 22.004,114.004 22.001,114.001 22.001))\"\n\
         飞地,,\"LINESTRING(114 22,114.01 22)\"\n\
         ,,\"LINESTRING(114 22,114.01 22)\"\n\
         绿地,,\"LINESTRING(114 22,114.01 22)\"\n\
         主干路,,\"POLYGON((114 22,114.01 22,114.01 22.01,114 22))\"\n\
         次干路,,\n",
    ),
    ("rails.csv", "id,wkt\nR1,\"LINESTRING(114 22.005,114.03 22.006)\"\n"),
];

#[test]
fn what_the_words_of_a_source_mean_is_drawn_and_the_rest_is_rejected() {
    let (dir, report) = build_text(&[&[("spec.toml", SPEC)][..], &FILES[..]].concat());
    let report = report.expect("builds");
    let path = dir.path().join("out.plate");
    let plate = Baseplate::open(&path).expect("opens");
    plate.verify().expect("is whole");
    let layers = pick_layers(&plate.tile_layers(), ["ground"]).expect("there is one");
    assert_eq!(layers[0].shape, Shape::Mixed);
    let said = |value: &FeatureValue<'_>| match value {
        FeatureValue::Text(text) => (*text).to_owned(),
        _ => String::new(),
    };
    let features: Vec<Vec<String>> =
        plate.features(&layers[0]).map(|feature| feature.values.iter().map(said).collect()).collect();
    let mut kinds: Vec<(&str, &str)> = features.iter().map(|row| (row[1].as_str(), row[2].as_str())).collect();
    let sorted = [
        ("water", "河流"),
        ("water", "park"),
        ("main-road", "城市干道"),
        ("railway", ""),
        ("waterway", "河流"),
        ("street", "residential"),
    ];
    kinds[..2].sort_unstable_by_key(|(_, class)| std::cmp::Reverse(*class));
    assert_eq!(kinds, sorted, "by first zoom");
    assert!(features.iter().any(|row| row[0] == "R1") && features.iter().any(|row| row[0].starts_with('D')));
    let rejects = fs::read_to_string(path.join("000001/rejects.csv")).expect("a list");
    assert_eq!(rejects.matches(",rejected\n").count(), 5, "{rejects}");
    for reason in [
        "nobody knows what this is",
        "does not say what it is",
        "green,\"a polygon is needed, found a line\"",
        "main-road,\"a line is needed, found a polygon\"",
        "no geometry",
    ] {
        assert!(rejects.contains(reason), "{reason}: {rejects}");
    }
    let of_ground: Vec<_> = report.manifest.sources.iter().filter(|source| source.entity == "ground").collect();
    assert_eq!(of_ground.iter().map(|source| (source.rows, source.used)).collect::<Vec<_>>(), [(10, 5), (1, 1)]);
    let drawn = |zoom| {
        let id = TileId::around(baseplate_core::LngLat::new(114.01, 22.01), zoom).expect("a tile");
        plate.tile(&layers, id).expect("is drawn")
    };
    assert!(drawn(4).is_empty(), "none is drawn so early");
    let has_streets = |zoom| drawn(zoom).windows(11).any(|bytes| bytes == b"residential");
    assert!(!drawn(13).is_empty() && !has_streets(13) && has_streets(14), "streets come later");
    let bounds = plate.describe_tiles(&layers).bounds.expect("a box").0;
    assert_eq!(bounds, [114.0, 22.0, 114.03, 22.02], "that of the ground, wider than that of the grids");
    assert!(!plate.may_have_tiles(&layers, TileId::new(10, 0, 0).expect("a tile")));
}

#[test]
fn a_plate_without_it_has_no_such_layer() {
    let spec = SPEC.split("[[ground]]").next().expect("a spec");
    let (dir, report) = build_text(&[&[("spec.toml", spec)][..], &FILES[..1]].concat());
    report.expect("builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    assert!(plate.tile_layers().iter().all(|layer| layer.name != "ground"));
    assert!(!dir.path().join("out.plate/000001/ground.arrow").exists());
}
