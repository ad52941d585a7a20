//! A plate of every format that is read stands in `tests/plates`, made from the sources beside it: what was written once opens for good.

use baseplate_core::{Baseplate, Entity, FORMAT, LngLat, OpenError};
use std::path::{Path, PathBuf};

fn plates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plates")
}

#[test]
fn plates_of_every_format_that_is_read_open_and_answer() {
    let plate = Baseplate::open(plates().join(format!("format-{FORMAT}"))).expect("opens");
    plate.verify().expect("is whole");
    let grid = plate.locate(LngLat::new(114.005, 22.505)).expect("in the first grid");
    assert_eq!(grid.code(), "99010100100101");
    assert_eq!(grid.parent().map(|above| above.name()), Some("松涛社区"));
    assert_eq!(grid.count(Entity::Address), Some(2));
    let answer = plate.geocode("松涛路1号松涛大厦102");
    assert_eq!(answer.place.and_then(|place| place.address_code), Some("9901010010010100001000002"));
    let enterprise = plate.enterprise("91990101MA00000000").expect("in the plate");
    assert_eq!(enterprise.attributes().collect::<Vec<_>>(), [("industry", "制造")]);
    assert_eq!(plate.building("9901010010010100001").and_then(|b| b.floors()), Some(12));
}

#[test]
fn a_plate_of_another_format_is_refused_with_the_cure() {
    let dir = tempfile::tempdir().expect("a folder");
    let golden = plates().join(format!("format-{FORMAT}"));
    let generation = dir.path().join("000001");
    std::fs::create_dir(&generation).expect("a folder");
    let manifest = std::fs::read_to_string(golden.join("000001/plate.json")).expect("a manifest");
    let older = manifest.replace(&format!("\"format\": {FORMAT}"), "\"format\": 9");
    std::fs::write(generation.join("plate.json"), &older).expect("written");
    let hash = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(older.as_bytes()));
    std::fs::write(dir.path().join("CURRENT"), format!("000001 {hash}\n")).expect("written");
    let error = Baseplate::open(dir.path()).expect_err("another format");
    assert!(matches!(error, OpenError::Format { found: 9, .. }), "{error}");
    assert!(error.to_string().contains("baseplate build SPEC.toml --out"), "{error}");
}
