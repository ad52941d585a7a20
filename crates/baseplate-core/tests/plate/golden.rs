//! A plate of every format that is read, or brought to the present one, stands in `tests/plates`, made from the sources beside it: what
//! was written once opens for good.

use baseplate_core::{
    Areas, AttributeValue, Baseplate, BuildOptions, Entity, FORMAT, LayerInfo, Level, LngLat, Manifest, MigrateError,
    OpenError, Spec, StatsQuery, StatsRow, build, migrate,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

fn plates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plates")
}

/// The plate of a format, copied to where it can be written.
fn copy_of(format: u32) -> tempfile::TempDir {
    fn copy(from: &Path, to: &Path) {
        for entry in fs::read_dir(from).expect("a folder") {
            let (entry, to) = entry.map(|entry| (entry.path(), to.join(entry.file_name()))).expect("an entry");
            if entry.is_dir() {
                fs::create_dir(&to).expect("a folder");
                copy(&entry, &to);
            } else {
                fs::copy(&entry, &to).expect("a copy");
            }
        }
    }
    let dir = tempfile::tempdir().expect("a folder");
    copy(&plates().join(format!("format-{format}")), dir.path());
    dir
}

/// Brings a copy of the plate of format 10 to the present one.
fn migrated() -> (tempfile::TempDir, Manifest) {
    let dir = copy_of(10);
    let manifest = migrate(dir.path()).expect("can be brought to the present format").expect("was of another one");
    (dir, manifest)
}

/// What lies in a folder and those below, relative to it, ascending.
fn files_in(dir: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            files.extend(files_in(&entry.path()).into_iter().map(|file| format!("{name}/{file}")));
        } else {
            files.push(name);
        }
    }
    files.sort();
    files
}

fn answers(plate: &Baseplate) {
    plate.verify().expect("is whole");
    let grid = plate.locate(LngLat::new(114.005, 22.505)).expect("in the first grid");
    assert_eq!(grid.code(), "99010100100101");
    assert_eq!(grid.parent().map(|above| above.name()), Some("松涛社区"));
    assert_eq!(grid.count(Entity::Address), Some(2));
    let answer = plate.geocode("松涛路1号松涛大厦102");
    assert_eq!(answer.place.and_then(|place| place.address_code), Some("9901010010010100001000002"));
    let enterprise = plate.enterprise("91990101MA00000000").expect("in the plate");
    assert_eq!(enterprise.attributes().collect::<Vec<_>>(), [("industry", AttributeValue::Text("制造"))]);
    assert_eq!(plate.building("9901010010010100001").and_then(|b| b.floors()), Some(12));
}

#[test]
fn plates_of_every_format_that_is_read_open_and_answer() {
    answers(&Baseplate::open(plates().join(format!("format-{FORMAT}"))).expect("opens"));
}

#[test]
fn a_plate_of_the_format_before_is_brought_to_the_present_one() {
    let (dir, manifest) = migrated();
    assert_eq!((manifest.format, manifest.generation.as_str()), (FORMAT, "000002"));
    let plate = Baseplate::open(dir.path()).expect("opens");
    answers(&plate);
    assert_eq!(plate.manifest().generation, "000002");
    let former = plates().join("format-10/000001");
    for file in files_in(&former) {
        let kept = fs::read(dir.path().join("000001").join(&file)).expect("the former generation is kept");
        assert_eq!(kept, fs::read(former.join(&file)).expect("a file"), "{file}");
    }
    assert_eq!(migrate(dir.path()).expect("is of the present format").map(|manifest| manifest.generation), None);
    assert_eq!(
        files_in(dir.path()).iter().filter(|file| file.ends_with("/plate.json")).count(),
        4,
        "and nothing is written"
    );
}

#[cfg(unix)]
#[test]
fn files_that_stay_are_links_and_those_about_single_persons_are_for_the_owner_alone() {
    use std::os::unix::fs::MetadataExt;
    let (dir, _) = migrated();
    let metadata = |file: &str| fs::metadata(dir.path().join(file)).expect("a file");
    let renamed = ["index/enterprises-by-code.bin", "layers/enterprises.by-code.bin"];
    for [old, new] in [["index/geocode.bin"; 2], ["grids.arrow"; 2], ["private/people.arrow"; 2], renamed] {
        assert_eq!(metadata(&format!("000001/{old}")).ino(), metadata(&format!("000002/{new}")).ino(), "{new}");
    }
    for file in files_in(&dir.path().join("000002")) {
        let mode = if file.starts_with("private/") { 0o600 } else { 0o640 };
        assert_eq!(metadata(&format!("000002/{file}")).mode() & 0o777, mode, "{file}");
    }
    assert_eq!(metadata("000002/private").mode() & 0o777, 0o700);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_a_link_to_another_place_is_copied() {
    let dir = copy_of(10);
    let (file, elsewhere) = (dir.path().join("000001/index/geocode.bin"), dir.path().join("elsewhere.bin"));
    fs::rename(&file, &elsewhere).expect("moved");
    std::os::unix::fs::symlink(&elsewhere, &file).expect("a link");
    migrate(dir.path()).expect("can be brought to the present format");
    let now = dir.path().join("000002/index/geocode.bin");
    assert!(fs::symlink_metadata(&now).expect("a file").is_file());
    assert_eq!(fs::read(now).expect("a file"), fs::read(elsewhere).expect("a file"));
}

/// The manifest says when the plate was built; three tables still have a column of enterprises, which nobody reads.
const MAY_DIFFER: [&str; 5] = ["changes.jsonl", "plate.json", "grids.arrow", "cells.arrow", "addresses.arrow"];

#[test]
fn a_plate_that_was_brought_to_the_present_format_is_what_is_built_in_it() {
    let (dir, manifest) = migrated();
    let spec = Spec::read(&plates().join("sources/spec.toml")).expect("a spec");
    let built_dir = tempfile::tempdir().expect("a folder");
    let out = built_dir.path().join("plate");
    let report = build(&spec, &out, BuildOptions::default(), &|_| {}).expect("builds");
    let (one, other) = (dir.path().join("000002"), out.join("000001"));
    assert_eq!(files_in(&one), files_in(&other));
    let differs =
        |file: &&String| fs::read(one.join(file)).expect("a file") != fs::read(other.join(file)).expect("a file");
    let files = files_in(&one);
    let mut different: Vec<&String> = files.iter().filter(differs).collect();
    different.retain(|file| !MAY_DIFFER.contains(&file.as_str()));
    assert!(different.is_empty(), "{different:?}");
    let layers = |manifest: &Manifest| {
        let undated = manifest.layers.iter().cloned().map(|layer| LayerInfo { changed: None, ..layer });
        undated.collect::<Vec<_>>()
    };
    assert_eq!(layers(&manifest), layers(&report.manifest));
    let plates = [dir.path(), &out].map(|plate| Baseplate::open(plate).expect("opens"));
    let [one, other] = plates.map(|plate| counted(&plate));
    assert_eq!(one, other);
    assert_eq!(one.0, [Some(1), Some(0), Some(1)]);
    // A build over it is compared with it, and takes the files that did not change from it.
    let next = build(&spec, dir.path(), BuildOptions::default(), &|_| {}).expect("builds");
    assert_eq!(next.notes, report.notes);
    assert_eq!(next.manifest.last_grid_number, manifest.last_grid_number);
}

/// How many enterprises count in the grids, and by industry.
fn counted(plate: &Baseplate) -> (Vec<Option<u32>>, Vec<StatsRow>) {
    let grids = ["99010100100101", "99010100100102", "990101001001"].map(|code| plate.grid(code));
    let counts = grids.map(|grid| grid.and_then(|grid| grid.count(Entity::Enterprise))).to_vec();
    let query =
        StatsQuery { areas: Areas::Level(Level::Grid), kind: None, within: None, by: Some("industry".to_owned()) };
    let by_industry = plate.stats(&query).expect("statistics");
    (counts, by_industry.rows)
}

#[test]
fn a_damaged_plate_is_not_brought_to_the_present_format() {
    for file in ["index/geocode.bin", "enterprises.arrow", "private/people.arrow", "private/plate.json", "plate.json"] {
        let dir = copy_of(10);
        let path = dir.path().join("000001").join(file);
        let mut bytes = fs::read(&path).expect("a file");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).expect("written");
        let before = files_in(dir.path());
        let error = migrate(dir.path()).expect_err("is damaged");
        assert!(
            matches!(&error, MigrateError::Open(OpenError::Damaged { path: told, .. }) if *told == path),
            "{error}"
        );
        let left: Vec<_> = files_in(dir.path()).into_iter().filter(|name| name != ".lock").collect();
        assert_eq!(left, before);
    }
}

/// A plate of a format of which nothing is known but its number.
fn of_format(format: u32) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let generation = dir.path().join("000001");
    fs::create_dir(&generation).expect("a folder");
    let manifest = fs::read_to_string(plates().join("format-10/000001/plate.json")).expect("a manifest");
    let other = manifest.replace("\"format\": 10", &format!("\"format\": {format}"));
    fs::write(generation.join("plate.json"), &other).expect("written");
    let hash = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(other.as_bytes()));
    fs::write(dir.path().join("CURRENT"), format!("000001 {hash}\n")).expect("written");
    dir
}

#[test]
fn a_plate_of_another_format_is_refused_with_the_cure() {
    for format in [9, 10, FORMAT + 1] {
        let dir = of_format(format);
        let error = Baseplate::open(dir.path()).expect_err("another format");
        assert!(matches!(error, OpenError::Format { found, .. } if found == u64::from(format)), "{error}");
        assert!(error.to_string().contains("baseplate build SPEC.toml --out"), "{error}");
        assert_eq!(error.to_string().contains("baseplate migrate PLATE"), format == 10, "{error}");
        if format != 10 {
            let told = migrate(dir.path()).expect_err("another format");
            assert_eq!(told.to_string(), error.to_string());
            assert_eq!(files_in(dir.path()), ["000001/plate.json", "CURRENT"]);
        }
    }
}

#[test]
fn what_is_no_plate_is_not_made_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("city.plate");
    let error = migrate(&path).expect_err("no plate");
    assert!(matches!(error, MigrateError::Open(OpenError::NotAPlate(_))), "{error}");
    assert!(!path.exists());
}
