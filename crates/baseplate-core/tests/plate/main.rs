//! A plate from end to end: build, open, ask; and what happens when it is damaged.
#![cfg(all(feature = "build", feature = "tile"))]
#![expect(clippy::expect_used, reason = "a test whose ground is missing should stop and say so")]

mod areas;
mod catalogue;
mod changes;
mod common;
mod counting;
mod generations;
mod geocode;
mod golden;
mod ground;
mod h3;
mod kept;
mod kinds;
mod layers;
mod linked;
mod nearest;
mod publishing;
mod quality;
mod releases;
mod sharing;

use baseplate_core::{
    Areas, Baseplate, Entity, GridKind, How, Level, LngLat, OpenError, Spec, StatsQuery, TileId, build,
};
use common::{build_text, options, town, town_dir, town_spec};
use std::{fs, path::Path};

/// A spec with two grids side by side, sharing the border x = 1, and one of another kind over both.
const TWO_GRIDS: &str = r#"
[plate]
name = "two"
[[grids]]
path = "grids.csv"
crs = "EPSG:4326"
code = "code"
ancestors = { district = "district" }
[[grids]]
path = "beats.csv"
crs = "EPSG:4326"
code = "code"
kind = "police"
[[buildings]]
path = "buildings.csv"
crs = "EPSG:4326"
code = "code"
[[addresses]]
path = "addresses.csv"
crs = "EPSG:4326"
code = "code"
text = "text"
lng = "x"
lat = "y"
building = "building"
"#;

const TWO_GRIDS_FILES: [(&str, &str); 5] = [
    ("spec.toml", TWO_GRIDS),
    (
        "grids.csv",
        "code,district,wkt\nB,D,\"POLYGON((1 0,2 0,2 1,1 1,1 0))\"\nA,D,\"POLYGON((0 0,1 0,1 1,0 1,0 0))\"\n",
    ),
    ("beats.csv", "code,wkt\nP1,\"POLYGON((0 0,2 0,2 1,0 1,0 0))\"\n"),
    ("buildings.csv", "code,wkt\n007,\"POLYGON((0.5 0.5,0.50001 0.5,0.50001 0.50001,0.5 0.50001,0.5 0.5))\"\n"),
    (
        "addresses.csv",
        "code,text,x,y,building\n\
         a1,given,0.5,0.5,007\na2,near,0.5,0.50011,\na3,far,1.5,0.5,\na4,dangling,0.500005,0.500005,008\na5,no point,,,007\na6,lost,,,\n",
    ),
];

#[test]
fn a_border_belongs_to_the_first_by_code() {
    let (dir, report) = build_text(&TWO_GRIDS_FILES);
    report.expect("builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    let owner = |lng, lat| plate.locate(LngLat::new(lng, lat)).map(|g| g.code().to_owned());
    for lat in [0.0, 0.25, 1.0] {
        assert_eq!(owner(1.0, lat).as_deref(), Some("A"));
        assert_eq!(owner(2.0, lat).as_deref(), Some("B"));
    }
    assert_eq!(owner(2.0000001, 0.5), None);
    let chain: Vec<_> =
        plate.locate(LngLat::new(1.5, 0.5)).expect("inside").chain().map(|g| g.code().to_owned()).collect();
    assert_eq!(chain, ["B", "D"]);
    let police: GridKind = "police".parse().expect("a kind");
    let beat = plate.coverage(&police).expect("two coverages").locate(LngLat::new(1.5, 0.5)).expect("inside");
    assert_eq!((beat.code(), beat.parent().map(|g| g.code())), ("P1", Some("D")));
}

#[test]
fn addresses_are_linked_by_code_then_place() {
    let (dir, report) = build_text(&TWO_GRIDS_FILES);
    let report = report.expect("builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    let link = |code: &str| plate.address(code).expect("used").building().map(|(b, how)| (b.code().to_owned(), how));
    assert_eq!(link("a1"), Some(("007".to_owned(), How::Given)));
    assert_eq!(link("a2"), Some(("007".to_owned(), How::Spatial)));
    assert_eq!(link("a3"), None);
    assert_eq!(link("a4"), Some(("007".to_owned(), How::Spatial)));
    assert_eq!(link("a5"), Some(("007".to_owned(), How::Given)));
    let near = plate.address("a2").expect("used").distance_m().expect("linked");
    assert!((near - 11.06).abs() < 0.01, "1e-4° of latitude on the equator: {near} m");
    let far = plate.address("a3").expect("used").grid(&GridKind::basic()).expect("in a grid");
    assert_eq!(far.code(), "B");
    let counts = |code: &str| {
        plate
            .grid(code)
            .map(|g| (g.count(Entity::Building).expect("a number"), g.count(Entity::Address).expect("a number")))
    };
    assert_eq!((counts("A"), counts("B"), counts("D")), (Some((1, 4)), Some((0, 1)), Some((1, 5))));
    assert_eq!(counts("P1"), Some((1, 5)));
    assert!(plate.address("a6").is_none());
    let rejects = fs::read_to_string(dir.path().join("out.plate/rejects.csv")).expect("rejects");
    assert!(rejects.contains("no coordinates, and no building is named"), "{rejects}");
    assert!(rejects.contains("008") && rejects.contains("linked by place instead"), "{rejects}");
    assert_eq!(report.manifest.sources[3].rejected, 1);
}

/// A spec whose columns are called in Chinese, so that a word of the spec among the file's headers would be seen.
const HEADERS: &str = r#"
[plate]
name = "headers"
[[grids]]
path = "grids.csv"
crs = "EPSG:4326"
min_used = 0.1
code = "网格编码"
parent = "上级编码"
[[grids]]
path = "beats.csv"
crs = "EPSG:4326"
kind = "police"
code = "警格"
geometry = "边界"
ancestors = { community = "社区编码", district = "区编码" }
[[grids]]
path = "communities.csv"
crs = "EPSG:4326"
kind = "police"
level = "community"
code = "社区"
parent = "所属区"
[[addresses]]
path = "addresses.csv"
crs = "EPSG:4326"
min_used = 0.1
code = "地址编码"
text = "地址"
lng = "经度"
lat = "纬度"
"#;

const HEADERS_FILES: [(&str, &str); 5] = [
    ("spec.toml", HEADERS),
    ("grids.csv", "网格编码,上级编码,wkt\nA,ZZZ,\"POLYGON((0 0,4 0,4 1,0 1,0 0))\"\nB,,POINT(0 0)\nC,,\n"),
    (
        "beats.csv",
        "警格,社区编码,区编码,边界\nP1,C1,D1,\"POLYGON((0 0,1 0,1 1,0 1,0 0))\"\nP2,C1,D1,\"POLYGON((1 0,2 0,2 1,1 1,1 0))\"\n\
         P3,C1,D2,\"POLYGON((2 0,3 0,3 1,2 1,2 0))\"\nP4,C1,D1,\"POLYGON((3 0,4 0,4 1,3 1))\"\nP5,C1,D1,\n",
    ),
    ("communities.csv", "社区,所属区,wkt\nC1,D9,\"POLYGON((0 0,4 0,4 1,0 1,0 0))\"\n"),
    ("addresses.csv", "地址编码,地址,经度,纬度\na1,一号,0.5,0.5\na2,二号,,\na3,三号,500,0.5\na4,四号,0.5,北\n"),
];

#[test]
fn a_reject_names_its_column_as_the_file_does() {
    let (dir, report) = build_text(&HEADERS_FILES);
    report.expect("builds");
    let mut rejects = csv::Reader::from_path(dir.path().join("out.plate/rejects.csv")).expect("rejects");
    let mut named = Vec::new();
    for row in rejects.records().map(|row| row.expect("a row")) {
        let file = Path::new(&row[0]).file_name().expect("a file").to_string_lossy().into_owned();
        let path = dir.path().join(&file);
        let header = fs::read_to_string(path).expect("a source").lines().next().expect("a header").to_owned();
        for column in row[2].split(", ").filter(|column| !column.is_empty()) {
            assert!(header.split(',').any(|name| name == column), "{column} is no column of {file}: {row:?}");
        }
        named.push(format!("{file}:{}:{}", &row[1], &row[2]));
    }
    for row in [
        "grids.csv:2:上级编码",
        "grids.csv:3:wkt",
        "grids.csv:4:wkt",
        "beats.csv:4:社区编码",
        "beats.csv:6:边界",
        "addresses.csv:3:经度, 纬度",
        "addresses.csv:4:经度, 纬度",
        "addresses.csv:5:纬度",
    ] {
        assert!(named.iter().any(|named| named == row), "{row} is not among {named:?}");
    }
}

#[test]
fn the_town_is_linked_throughout() {
    let plate = town();
    let city = plate.grid("9901").expect("the city");
    assert_eq!(city.level(), Some(Level::City));
    let rows = plate.manifest().rows;
    let count = |entity| city.count(entity).map(u64::from);
    assert_eq!((count(Entity::Building), count(Entity::Address)), (Some(rows.buildings), Some(rows.addresses)));
    let basic = GridKind::basic();
    for grid in plate.coverage(&basic).expect("basic").grids() {
        let label = grid.label_point().expect("a point");
        assert_eq!(plate.locate(label).map(|g| g.code()), Some(grid.code()));
        assert_eq!(grid.chain().count(), 5);
    }
    for building in plate.buildings_in(plate.manifest().bbox.expect("not empty")) {
        assert_eq!(building.grid(&basic).map(|g| g.code()), Some(&building.code()[..14]));
        let of_building: Vec<_> = building.addresses().collect();
        assert_eq!(of_building.len(), building.address_count() as usize);
        assert!(of_building.iter().all(|a| a.building().is_some_and(|(b, _)| b.code() == building.code())));
        assert!(plate.buildings_at(building.point().expect("a point")).iter().any(|b| b.code() == building.code()));
    }
}

#[test]
fn the_same_sources_give_the_same_files() {
    let again = tempfile::tempdir().expect("a temporary directory");
    let path = again.path().join("again.plate");
    let spec = Spec::read(&town_spec()).expect("a spec");
    let second = build(&spec, &path, options(false), &|_| {}).expect("builds").manifest;
    let (first, second) = (town().manifest().files.clone(), second.files);
    let hashes = |files: &[baseplate_core::FileInfo]| {
        // The journal says when each was published.
        let files = files.iter().filter(|f| f.path != "changes.jsonl");
        files.map(|f| (f.path.clone(), f.xxh3.clone())).collect::<Vec<_>>()
    };
    assert_eq!(hashes(&first), hashes(&second));
}

#[test]
fn a_strict_build_writes_nothing_and_leaves_the_former_plate() {
    let (dir, report) = build_text(&TWO_GRIDS_FILES);
    report.expect("builds");
    let (spec, out) = (Spec::read(&dir.path().join("spec.toml")).expect("a spec"), dir.path().join("out.plate"));
    let strict = build(&spec, &out, options(true), &|_| {});
    assert!(strict.expect_err("one row is rejected").to_string().contains("1 rows were rejected"));
    assert_eq!(Baseplate::open(&out).expect("opens").manifest().generation, "000001");
}

#[test]
fn a_tile_of_nothing_is_empty_and_equal_content_is_equal() {
    let plate = town();
    let layers = plate.tile_layers();
    let at = |point, z| plate.tile(&layers, TileId::around(point, z).expect("in the scheme")).expect("encodes");
    assert!(at(LngLat::new(0.0, 0.0), 10).is_empty());
    let middle = plate.grid("9901").expect("the city").label_point().expect("a point");
    for z in 0..=17 {
        let tile = at(middle, z);
        assert!(!tile.is_empty(), "zoom {z}");
        assert_eq!(tile, at(middle, z));
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

fn files_of(dir: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(dir).expect("a directory").map(|e| e.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files_of(&path) } else { vec![path] }).collect()
}

/// Whatever is cut off or changed in whichever file: opening says so in a sentence that names the file.
#[test]
fn damage_is_found_when_a_plate_is_opened() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let plate = dir.path().join("copy.plate");
    copy(town_dir(), &plate);
    let all = files_of(&plate)
        .into_iter()
        .filter(|p| !p.ends_with(".lock") && p.parent() != Some(&plate) || p.ends_with("CURRENT"));
    for path in all {
        let whole = fs::read(&path).expect("a file");
        let mut wrong = vec![whole[..whole.len() / 2].to_vec(), Vec::new(), b"something else entirely".to_vec()];
        for at in [0, whole.len() / 3, whole.len().saturating_sub(1)] {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x40;
            wrong.push(flipped);
        }
        for bytes in wrong {
            fs::write(&path, &bytes).expect("written");
            let opened = Baseplate::open(&plate).and_then(|plate| plate.people().map(drop));
            let error = opened.expect_err("damaged").to_string();
            let generation = path.parent().and_then(Path::file_name).expect("a name").to_string_lossy().into_owned();
            let file = path.file_name().expect("a name").to_string_lossy().into_owned();
            assert!(error.contains(&file) || error.contains(&generation) || file == "CURRENT", "{file}: {error}");
        }
        fs::write(&path, &whole).expect("restored");
    }
    Baseplate::open(&plate).expect("whole again").verify().expect("whole again");
}

/// What is about single persons is its owner's alone, and nothing but a question about a person opens it.
#[cfg(unix)]
#[test]
fn what_is_about_single_persons_stays_closed() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a temporary directory");
    let plate = dir.path().join("copy.plate");
    copy(town_dir(), &plate);
    let private = files_of(&plate).into_iter().find(|p| p.ends_with("private/people.arrow")).expect("people");
    let private = private.parent().expect("a folder").to_owned();
    let mode = |path: &Path| fs::metadata(path).expect("is there").permissions().mode() & 0o777;
    for path in files_of(&plate) {
        let is_private = path.starts_with(&private) || path.ends_with("people-releases.bin");
        let wanted = if is_private { 0o600 } else { 0o640 };
        assert!(mode(&path) == wanted || path.ends_with(".lock"), "{}", path.display());
    }
    // A folder of a copy has the mode of whoever copied it.
    let folders = |path: &Path| mode(path.parent().expect("a folder"));
    let original = files_of(town_dir()).into_iter().find(|p| p.ends_with("private/people.arrow")).expect("people");
    assert_eq!(folders(&original), 0o700);
    assert_eq!(folders(original.parent().expect("a folder")), 0o750);

    fs::rename(&private, dir.path().join("away")).expect("moved");
    let open = Baseplate::open(&plate).expect("opens without");
    assert!(open.manifest().layer("people").map_or(0, |layer| layer.rows) > 0);
    assert!(matches!(open.people().map(drop), Err(OpenError::Io { path, .. }) if path.starts_with(&private)));
    let query =
        StatsQuery { areas: Areas::Level(Level::District), kind: None, within: None, by: Some("sex".to_owned()) };
    let stats = open.stats(&query).expect("counts by category");
    assert!(stats.rows.iter().any(|row| row.by.iter().flatten().any(|n| *n > 0)), "{stats:?}");
    let answer = open.describe_place(LngLat::new(0.0, 0.0), &GridKind::basic());
    assert!(answer.is_some());
    assert!(open.verify().is_err());
}

#[test]
fn another_version_and_another_directory_are_refused() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    assert!(matches!(Baseplate::open(dir.path()), Err(OpenError::NotAPlate(_))));
    let current = dir.path().join("CURRENT");
    fs::write(&current, b"\xff\xfe").expect("written");
    assert!(matches!(Baseplate::open(dir.path()), Err(OpenError::Damaged { path, .. }) if path == current));
    fs::remove_file(&current).and_then(|()| fs::create_dir(&current)).expect("a directory");
    assert!(matches!(Baseplate::open(dir.path()), Err(OpenError::Io { path, .. }) if path == current));
}
