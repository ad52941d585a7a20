//! Sources that somebody damaged, or that are no sources at all: a build ends with a plate or with an error, and rows are
//! neither lost nor counted twice.
#![cfg(feature = "build")]
#![expect(clippy::expect_used, reason = "a test whose ground is missing should stop and say so")]

use baseplate_core::{Baseplate, BuildOptions, Spec, build};
use proptest::prelude::*;
use std::fs;

const SPEC: &str = r#"
[plate]
name = "any"
[[grids]]
path = "grids.geojson"
crs = "EPSG:4490"
code = "code"
[[buildings]]
path = "buildings.geojsonl"
crs = "EPSG:4326"
code = "code"
floors = "floors"
[[addresses]]
path = "addresses.csv"
crs = "gcj02"
code = "code"
text = "text"
lng = "x"
lat = "y"
building = "building"
"#;

const GRIDS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"A1"},"geometry":{"type":"Polygon","coordinates":[[[114,22],[115,22],[115,23],[114,23],[114,22]]]}},
{"type":"Feature","properties":{"code":"A2"},"geometry":{"type":"MultiPolygon","coordinates":[[[[115,22],[116,22],[116,23],[115,23],[115,22]]]]}}
]}"#;
const BUILDINGS: &str = r#"{"type":"Feature","properties":{"code":"B1","floors":3},"geometry":{"type":"Polygon","coordinates":[[[114.5,22.5],[114.501,22.5],[114.501,22.501],[114.5,22.5]]]}}
{"type":"Feature","properties":{"code":"B2","floors":"x"},"geometry":{"type":"Polygon","coordinates":[[[115.5,22.5],[115.501,22.5],[115.501,22.501],[115.5,22.5]]]}}
"#;
const ADDRESSES: &str = "code,text,x,y,building\n1,示例路1号,114.5,22.5,B1\n2,\"示例路2号\",114.6,22.6,\n3,,,,B2\n";

/// Builds the three files and says what came of it; a panic fails the test by itself.
fn outcome(grids: &[u8], buildings: &[u8], addresses: &[u8]) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let files: [(&str, &[u8]); 4] = [
        ("spec.toml", SPEC.as_bytes()),
        ("grids.geojson", grids),
        ("buildings.geojsonl", buildings),
        ("addresses.csv", addresses),
    ];
    for (name, bytes) in files {
        fs::write(dir.path().join(name), bytes).expect("a file");
    }
    let out = dir.path().join("any.plate");
    let spec = Spec::read(&dir.path().join("spec.toml")).expect("a spec");
    if let Ok(report) = build(&spec, &out, BuildOptions::default(), &|_| {}) {
        let plate = Baseplate::open(&out).expect("what was built opens");
        for source in &report.manifest.sources {
            assert_eq!(source.used + source.rejected, source.rows, "{source:?}");
        }
        assert_eq!(plate.manifest().rows, report.manifest.rows);
    } else {
        assert!(Baseplate::open(&out).is_err(), "nothing was published");
    }
}

/// Overwrites, inserts and removes bytes at places given as shares of the length.
fn damaged(text: &str, changes: &[(f64, u8, u8)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (place, kind, byte) in changes {
        let at = (place * bytes.len() as f64) as usize;
        match kind % 3 {
            0 if at < bytes.len() => bytes[at] = *byte,
            1 => bytes.insert(at.min(bytes.len()), *byte),
            _ if at < bytes.len() => drop(bytes.drain(at..(at + 1 + usize::from(*byte) / 8).min(bytes.len()))),
            _ => {}
        }
    }
    bytes
}

fn changes() -> impl Strategy<Value = Vec<(f64, u8, u8)>> {
    prop::collection::vec((0.0..1.0_f64, any::<u8>(), any::<u8>()), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn damaged_sources_never_panic(grids in changes(), buildings in changes(), addresses in changes()) {
        outcome(&damaged(GRIDS, &grids), &damaged(BUILDINGS, &buildings), &damaged(ADDRESSES, &addresses));
    }

    #[test]
    fn bytes_that_are_no_sources_never_panic(
        grids in prop::collection::vec(any::<u8>(), 0..200),
        buildings in prop::collection::vec(any::<u8>(), 0..200),
        addresses in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        outcome(&grids, &buildings, &addresses);
    }

    /// Coordinates of any size, and rings of any shape; few as large as a continent, which take half a minute without optimisation.
    #[test]
    fn any_ring_is_used_or_refused(
        ring in prop::collection::vec((-200.0..200.0_f64, -100.0..100.0_f64), 0..9),
        scale in prop_oneof![60 => -9..-1_i32, 1 => -1..1_i32, 10 => 1..3_i32],
    ) {
        let factor = 10_f64.powi(scale);
        let ring: Vec<_> = ring.iter().map(|(x, y)| format!("[{},{}]", x * factor, y * factor)).collect();
        let feature = format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"code":"A"}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}]}}"#,
            ring.join(",")
        );
        outcome(feature.as_bytes(), BUILDINGS.as_bytes(), ADDRESSES.as_bytes());
    }
}
