//! Layers that come and go without a build: what is added is what a build with the same lines would make, and what is removed is gone.

use crate::{
    common::{build_text, town_spec},
    layers::{GROUND, HOTLINE, SPEC},
};
use baseplate_core::{
    Areas, Audience, Baseplate, BuildOptions, ChangeError, How, LayerLabels, LayerQuery, Level, LookError,
    RecordSource, Rule, Spec, StatsQuery, add_layer, build, kept_layer, label_layer, look_at, remove_layer,
    replace_layer,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

const CAMERAS: &str = "x,y\n114.005,22.505\n114.005,22.505\n114.5,22.5\n";

/// A plate of the ground and no layers, and the lines of the layers of [`SPEC`].
fn bare() -> (TempDir, PathBuf, Vec<RecordSource>) {
    let mut parts = SPEC.split("[[layers]]");
    let spec = parts.next().expect("a spec");
    let files = [("spec.toml", spec), ("hotline.csv", HOTLINE), ("cameras.csv", CAMERAS)];
    let (dir, report) = build_text(&[&files[..], &GROUND[..]].concat());
    report.expect("builds");
    let lines = dir.path().join("layer.toml");
    let layers = parts.map(|part| RecordSource::parse(part, &lines).expect("the lines of a layer")).collect();
    let plate = dir.path().join("out.plate");
    (dir, plate, layers)
}

fn add(plate: &Path, source: &RecordSource) {
    add_layer(plate, source, &|_| {}).expect("is added");
}

/// The bytes of every file of the published generation whose contents do not tell when or how it was made.
fn contents(plate: &Path) -> BTreeMap<String, Vec<u8>> {
    let current = fs::read_to_string(plate.join("CURRENT")).expect("a plate");
    let dir = plate.join(current.split(' ').next().expect("a generation"));
    let manifest = Baseplate::open(plate).expect("opens").manifest().clone();
    let tells = |path: &str| {
        ["rejects.csv", "changes.jsonl"].contains(&path) || path.ends_with(".geojsonl") || path.ends_with(".toml")
    };
    let files = manifest.files.iter().map(|file| file.path.clone()).filter(|path| !tells(path));
    files.map(|path| (path.clone(), fs::read(dir.join(path)).expect("a file"))).collect()
}

fn rebuild(dir: &TempDir, plate: &Path) {
    let spec = Spec::read(&dir.path().join("spec.toml")).expect("a spec");
    build(&spec, plate, BuildOptions::default(), &|_| {}).expect("builds");
}

#[test]
fn a_layer_that_is_added_is_what_a_build_would_make_of_it() {
    let files = [("spec.toml", SPEC), ("hotline.csv", HOTLINE), ("cameras.csv", CAMERAS)];
    let (built, report) = build_text(&[&files[..], &GROUND[..]].concat());
    report.expect("builds");
    let built = contents(&built.path().join("out.plate"));
    let (dir, plate, layers) = bare();
    let before = contents(&plate);
    layers.iter().for_each(|layer| add(&plate, layer));
    let opened = Baseplate::open(&plate).expect("opens");
    opened.verify().expect("is whole");
    assert_eq!(contents(&plate), built);
    assert_eq!(opened.manifest().issues.values().sum::<u64>(), opened.issues().count() as u64);
    rebuild(&dir, &plate);
    assert_eq!(contents(&plate), built, "a later build links the rows that the plate keeps");
    for id in ["cameras", "hotline"] {
        remove_layer(&plate, id).expect("is removed");
    }
    assert_eq!(contents(&plate), before, "nothing is left of it");
    let rejects = fs::read_to_string(plate.join("rejects.csv")).expect("a list");
    assert!(!rejects.contains("hotline"), "{rejects}");
}

#[test]
fn rows_that_are_known_by_their_numbers_keep_them() {
    let (dir, plate, layers) = bare();
    let lines = "id = \"points\"\npath = \"p.geojson\"\ncrs = \"EPSG:4490\"\nattributes = { kind = \"category\" }\n";
    let source = RecordSource::parse(lines, &dir.path().join("layer.toml")).expect("the lines of a layer");
    let point = |x: f64| {
        let geometry = format!(r#"{{"type":"Point","coordinates":[{x},22.505]}}"#);
        format!(r#"{{"type":"Feature","properties":{{"kind":"k"}},"geometry":{geometry}}}"#)
    };
    let broken = r#"{"type":"Feature","properties":{"kind":"k"},"geometry":{"type":"Polygon","coordinates":[]}}"#;
    let features = format!("{},{broken},{}", point(114.003), point(114.013));
    fs::write(&source.file.path, format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#))
        .expect("written");
    add(&plate, &source);
    let codes = |plate: &Path| -> Vec<String> {
        let plate = Baseplate::open(plate).expect("opens");
        plate.layer("points").expect("is there").records().map(|record| record.code().to_owned()).collect()
    };
    let added = codes(&plate);
    rebuild(&dir, &plate);
    assert_eq!((codes(&plate), added.len()), (added.clone(), 2));
    assert_eq!(layers.len(), 2);
}

#[test]
fn a_layer_is_replaced_by_what_is_read_in_the_same_way() {
    let (dir, plate, layers) = bare();
    add(&plate, &layers[0]);
    assert!(matches!(add_layer(&plate, &layers[0], &|_| {}), Err(ChangeError::There(id)) if id == "hotline"));
    let opened = Baseplate::open(&plate).expect("opens");
    let source = kept_layer(&opened, "hotline").expect("is kept").expect("was added");
    assert_eq!(source.file.path.file_name(), Some("hotline.csv".as_ref()), "of its place only the name is kept");
    let file = dir.path().join("new.csv");
    fs::write(&file, HOTLINE.lines().take(3).collect::<Vec<_>>().join("\n")).expect("written");
    let less = replace_layer(&plate, "hotline", &file, false, &|_| {}).expect_err("much less");
    assert!(matches!(less, ChangeError::Loses { before: 7, linked_before: 5, now: 2, linked: 2, .. }), "{less}");
    let added = replace_layer(&plate, "hotline", &file, true, &|_| {}).expect("is replaced");
    assert_eq!((added.layer.rows, added.layer.linked, added.sources[0].rejected), (2, 2, 0));
    let newer = opened.newer().expect("opens").expect("was published");
    assert_eq!((newer.issues().count(), newer.manifest().sources.len()), (0, opened.manifest().sources.len()));
    assert_eq!(
        opened.layer("hotline").map(|layer| layer.records().count()),
        Some(7),
        "who has it open sees the former one"
    );
}

#[test]
fn what_cannot_be_changed_leaves_the_plate_as_it_was() {
    let (dir, plate, layers) = bare();
    let before = fs::read(plate.join("CURRENT")).expect("a plate");
    assert!(matches!(remove_layer(&plate, "hotline"), Err(ChangeError::NotThere { .. })));
    assert!(matches!(remove_layer(&plate, "enterprises"), Err(ChangeError::OfSpec(_))));
    let hotline = dir.path().join("hotline.csv");
    let replace = |id: &str| replace_layer(&plate, id, &hotline, false, &|_| {});
    assert!(matches!(replace("hotline"), Err(ChangeError::NotThere { .. })));
    assert!(matches!(replace("enterprises"), Err(ChangeError::OfSpec(_))));
    let mut source = layers[0].clone();
    source.file.path = dir.path().join("missing.csv");
    assert!(matches!(add_layer(&plate, &source, &|_| {}), Err(ChangeError::Write(_))));
    fs::write(&source.file.path, "no,addr,text,bldg,x,y,created,large,small,state,stars,cost,open,note,due\n")
        .expect("written");
    let empty = add_layer(&plate, &source, &|_| {}).expect_err("has no rows");
    assert!(empty.to_string().contains("missing.csv: it has no rows"), "{empty}");
    let no_plate = dir.path().join("none");
    assert!(matches!(add_layer(&no_plate, &layers[0], &|_| {}), Err(ChangeError::Open(_))));
    assert!(!no_plate.exists());
    assert_eq!(fs::read(plate.join("CURRENT")).expect("a plate"), before);
    let rest: Vec<_> = fs::read_dir(&plate).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert!(rest.iter().all(|name| !name.to_string_lossy().ends_with(".partial")), "{rest:?}");
}

#[test]
fn a_file_tells_what_its_columns_are() {
    let (dir, plate, _) = bare();
    let file = dir.path().join("12345 工单.csv");
    let rows: String = (0..60)
        .map(|n| {
            let (code, room, small) = (format!("W{n:04}"), 101 + n % 2, ["噪声-施工", "噪声-商业", "市容-占道"][n % 3]);
            let large = small.split('-').next().expect("a class");
            let day = 1 + n % 28;
            format!("{code},2026年{}月{day}日 9时,{large},{small},海棠路1号{room},{},{}\n", 1 + n % 3, 1 + n % 5, 2 * n)
        })
        .collect();
    fs::write(&file, format!("工单号,受理时间,大类,小类,地址,满意度,耗时\n{rows}")).expect("written");
    let opened = Baseplate::open(&plate).expect("opens");
    let found = look_at(&opened, &file, None).expect("is read");
    let source = &found.source;
    assert_eq!((source.code.as_deref(), source.time.as_deref()), (Some("工单号"), Some("受理时间")));
    assert_eq!(
        (source.address_text.as_deref(), &source.class[..]),
        (Some("地址"), &["大类".to_owned(), "小类".to_owned()][..])
    );
    assert_eq!((found.rows, source.layer.as_str(), source.title.zh.as_deref()), (60, "", Some("12345 工单")));
    assert_eq!(found.doubts, [""; 0]);
    let lines = source.to_toml().replace("id = \"\"", "id = \"hotline\"");
    let parsed = RecordSource::parse(&lines, Path::new("/layer.toml")).expect("what was found is what a spec says");
    assert_eq!(parsed.to_toml(), lines);
    add(&plate, &parsed);
    let plate = opened.newer().expect("opens").expect("was published");
    let query = LayerQuery {
        areas: Some(Areas::Level(Level::Grid)),
        classes: Some(0),
        period: "month".parse().ok(),
        ..LayerQuery::of("hotline")
    };
    let stats = plate.layer_stats(&query).expect("counts");
    assert_eq!((&stats.classes[..2], stats.periods.len()), (&["噪声".to_owned(), "市容".to_owned()][..], 4));
    assert_eq!(stats.areas.iter().flat_map(|area| &area.counts).sum::<u32>(), 60);
}

#[test]
fn what_a_file_does_not_tell_is_asked_and_not_guessed() {
    let (dir, plate, _) = bare();
    let opened = Baseplate::open(&plate).expect("opens");
    let look = |name: &str, text: &str| {
        let file = dir.path().join(name);
        fs::write(&file, text).expect("written");
        look_at(&opened, &file, None)
    };
    let on_the_road: String = (0..40).map(|n| format!("{},22.505\n", 114.003 + f64::from(n) / 1e4)).collect();
    let Err(LookError::Nowhere { doubts, .. }) = look("road.csv", &format!("lng,lat\n{on_the_road}")) else {
        panic!("points beside all buildings fit no system better than another");
    };
    assert!(doubts.contains("--crs"), "{doubts}");
    let inside: String = (0..40).map(|n| format!("{:.6},22.5015\n", 114.0011 + f64::from(n) * 2e-5)).collect();
    let found = look("inside.csv", &format!("经度,纬度\n{inside}")).expect("is read").source;
    assert_eq!(
        (found.file.crs.as_deref(), found.point),
        (Some("EPSG:4490"), Some(("经度".to_owned(), "纬度".to_owned())))
    );
    let people = town_spec().with_file_name("people.csv");
    assert!(matches!(look_at(&opened, &people, None), Err(LookError::Persons { column, .. }) if column == "id_no"));
    assert!(matches!(look("empty.csv", "a,b\n"), Err(LookError::Empty(_))));
}

#[test]
fn a_text_that_says_near_a_building_leads_to_the_building() {
    let (dir, plate, _) = bare();
    let source = RecordSource::parse(
        "id = \"near\"\npath = \"near.csv\"\ncode = \"no\"\nat = { address_text = \"text\" }\n",
        &dir.path().join("layer.toml"),
    );
    let source = source.expect("the lines of a layer");
    let rows = "no,text\nN1,海棠路1号附近\nN2,海棠路1号101旁边。\nN3,附近\nN4,海棠路9号附近\nN5,海棠路1号101\n";
    fs::write(&source.file.path, rows).expect("written");
    add(&plate, &source);
    let plate = Baseplate::open(&plate).expect("opens");
    let layer = plate.layer("near").expect("is there");
    let place = |code: &str| {
        let record = layer.record(code).expect("is kept");
        (record.address().map(|a| a.code()), record.building().map(|b| b.code()), record.link())
    };
    for code in ["N1", "N2"] {
        assert_eq!(place(code), (None, Some("b1"), Some(How::Geocoded)), "{code}");
    }
    for code in ["N3", "N4"] {
        assert_eq!(place(code), (None, None, None), "{code}");
    }
    assert_eq!(place("N5").0, Some("a1"));
    let confidence =
        |code: &str| layer.record(code).and_then(|record| record.geocoded()).map(|(_, confidence)| confidence);
    assert!(confidence("N2") < confidence("N5"));
}

#[test]
fn numbers_of_an_attribute_are_added_up() {
    let (_dir, plate, layers) = bare();
    add(&plate, &layers[0]);
    let plate = Baseplate::open(&plate).expect("opens");
    let stats = |value: &str, level| {
        let query = LayerQuery { areas: level, value: Some(value.to_owned()), ..LayerQuery::of("hotline") };
        plate.layer_stats(&query)
    };
    let one = |value: &str| {
        let stats = stats(value, None).expect("adds up");
        (stats.areas[0].counts.clone(), stats.areas[0].filled.clone(), stats.areas[0].sums.clone())
    };
    assert_eq!(one("stars"), (vec![6], vec![4], vec![10.0]));
    assert_eq!(one("cost"), (vec![6], vec![2], vec![15.5]));
    assert_eq!(one("open"), (vec![6], vec![3], vec![2.0]), "yes is one");
    let by_grid = stats("stars", Some(Areas::Level(Level::Grid))).expect("adds up");
    let of_grids: Vec<_> = by_grid.areas.iter().map(|area| (area.code.as_str(), area.sums[0])).collect();
    assert_eq!((of_grids, by_grid.elsewhere), (vec![("A", 5.0), ("B", 3.0)], 1));
    let text = stats("note", None).expect_err("a text");
    assert!(text.to_string().ends_with("those with numbers or yes and no are: cost, open, stars"), "{text}");
}

#[test]
fn what_contradicts_itself_is_kept_and_listed() {
    let (dir, plate, _) = bare();
    let lines = "id = \"odd\"\npath = \"odd.csv\"\ncrs = \"EPSG:4490\"\ncode = \"no\"\ntime = \"at\"\n\
                 at = { address = \"addr\", lng = \"x\", lat = \"y\" }\n";
    let source = RecordSource::parse(lines, &dir.path().join("layer.toml")).expect("the lines of a layer");
    let rows = "no,addr,x,y,at\nO1,a1,114.0015,22.5015,2199-01-01\nO2,a1,114.0015,22.5015,1948-12-31\n\
                O3,a1,114.015,22.505,2026-01-05\nO4,,114.5,22.5,2026-01-05\nO5,a1,114.0015,22.5015,1949-10-01\n";
    fs::write(&source.file.path, rows).expect("written");
    add(&plate, &source);
    let plate = Baseplate::open(&plate).expect("opens");
    let found: Vec<_> = plate.issues().map(|issue| (issue.rule, issue.code, issue.layer)).collect();
    let of = |rule, code| (rule, code, Some("odd"));
    let expected = [
        of(Rule::RecordTime, "O1"),
        of(Rule::RecordTime, "O2"),
        of(Rule::RecordElsewhere, "O3"),
        of(Rule::RecordOutside, "O4"),
    ];
    assert_eq!(found, expected);
    assert_eq!(plate.layer("odd").map(|layer| layer.info().rows), Some(5));
    let public = plate.for_audience(Audience::Public);
    assert_eq!(public.issues().count(), 0, "who may not read a layer is told nothing of it");
}

#[test]
fn cells_of_any_kind_are_kept_for_a_later_build() {
    let (dir, plate, _) = bare();
    let lines = "id = \"notes\"\npath = \"notes.csv\"\nat = { address = \"addr\" }\nattributes = { note = \"text\", more = \"text\" }\n";
    let source = RecordSource::parse(lines, &dir.path().join("layer.toml")).expect("the lines of a layer");
    let rows = "addr,a,b,c,note,more\na1,,,,\"投诉:\n1,2,3\n谢谢 \"\"急\"\"\",x\na2,,,,NULL,\n";
    fs::write(&source.file.path, rows).expect("written");
    add(&plate, &source);
    let notes = || -> Vec<Option<String>> {
        let plate = Baseplate::open(&plate).expect("opens");
        let text = |record: baseplate_core::Record<'_>| {
            let note = record.attributes().find(|(name, _)| *name == "note");
            note.map(|(_, value)| format!("{value:?}"))
        };
        plate.layer("notes").expect("is there").records().map(text).collect()
    };
    let added = notes();
    assert_eq!((added.len(), added[1].is_none()), (2, true));
    assert!(added[0].as_ref().is_some_and(|note| note.contains("\\n1,2,3\\n谢谢")), "{added:?}");
    rebuild(&dir, &plate);
    assert_eq!(notes(), added);
}

#[test]
fn names_that_would_show_an_id_and_words_of_every_plate_are_refused() {
    let (dir, plate, layers) = bare();
    let people = fs::read_to_string(town_spec().with_file_name("people.csv")).expect("the sample");
    let id = people.lines().nth(1).and_then(|line| line.split(',').next()).expect("an id");
    let mut titled = layers[0].clone();
    titled.title.zh = Some(format!("工单 {id}"));
    let refused = add_layer(&plate, &titled, &|_| {}).expect_err("would show an id");
    assert!(matches!(&refused, ChangeError::IdInName(line) if !line.contains(id)), "{refused}");
    let mut called = layers[0].clone();
    for taken in ["address", "person", "grids", "../x", ""] {
        taken.clone_into(&mut called.layer);
        assert!(matches!(add_layer(&plate, &called, &|_| {}), Err(ChangeError::Write(_))), "{taken}");
    }
    let mut gridded = layers[0].clone();
    gridded.file.crs = Some("+proj=longlat +nadgrids=shift.gsb".to_owned());
    assert!(matches!(add_layer(&plate, &gridded, &|_| {}), Err(ChangeError::GridFile(_))));
    assert_eq!(dir.path().join("out.plate"), plate);
}

#[test]
fn layers_that_were_added_are_not_lost_with_a_damaged_generation() {
    let (dir, plate, layers) = bare();
    add(&plate, &layers[0]);
    let kept = plate.join("000002/layers/hotline.geojsonl");
    let whole = fs::read(&kept).expect("is kept");
    let spec = Spec::read(&dir.path().join("spec.toml")).expect("a spec");
    let build_again = |accept| build(&spec, &plate, BuildOptions { accept, ..BuildOptions::default() }, &|_| {});
    // Files of a generation may be links to others, so they are put aside before they are written.
    let write = |path: &Path, bytes: &[u8]| {
        fs::remove_file(path).and_then(|()| fs::write(path, bytes)).expect("written");
    };
    write(&kept, &whole[..whole.len() / 2]);
    let refused = build_again(false).expect_err("half of the rows are gone");
    assert!(refused.to_string().contains("hotline.geojsonl"), "{refused}");
    write(&kept, &whole);
    let manifest = plate.join("000002/plate.json");
    let json = fs::read(&manifest).expect("a manifest");
    write(&manifest, b"{}");
    let refused = build_again(false).expect_err("nobody knows what was added");
    assert!(refused.to_string().contains("hotline.toml"), "{refused}");
    write(&manifest, &json);
    build_again(false).expect("builds");
    assert!(Baseplate::open(&plate).expect("opens").layer("hotline").is_some());
}

#[test]
fn cells_with_nothing_but_records_of_others_are_not_shown() {
    let (_dir, plate, layers) = bare();
    let cells = |plate: &Baseplate| {
        let query = StatsQuery { areas: Areas::Cells(10), kind: None, within: None, by: None };
        plate.stats(&query).expect("counts").rows.len()
    };
    let before = cells(&Baseplate::open(&plate).expect("opens"));
    add(&plate, &layers[1]);
    let owner = Baseplate::open(&plate).expect("opens");
    assert_eq!(cells(&owner), before + 2, "cameras stand in two cells where nothing else is");
    assert_eq!(cells(&owner.for_audience(Audience::Public)), before);
}

#[test]
fn what_is_said_of_a_layer_can_be_changed() {
    let (dir, plate, layers) = bare();
    add(&plate, &layers[1]);
    let labels =
        LayerLabels { title: Some("摄像头".to_owned()), audience: Some(Audience::Public), ..LayerLabels::default() };
    label_layer(&plate, "cameras", &labels).expect("is labelled");
    let said = || {
        let plate = Baseplate::open(&plate).expect("opens");
        let layer = plate.layer("cameras").expect("is there");
        (layer.info().title.zh.clone(), layer.info().audience, layer.records().count())
    };
    let expected = (Some("摄像头".to_owned()), Audience::Public, 3);
    assert_eq!(said(), expected);
    rebuild(&dir, &plate);
    assert_eq!(said(), expected, "and stays so");
    assert!(matches!(label_layer(&plate, "hotline", &labels), Err(ChangeError::NotThere { .. })));
}

#[test]
fn lines_are_read_with_the_head_of_their_table_and_without() {
    let lines = "id = \"x\"\npath = \"x.csv\"\nat = { address = \"a\" }\n";
    let parse = |text: &str| RecordSource::parse(text, Path::new("/x.toml")).map(|source| source.to_toml());
    let headed = format!("\n[[layers]]\n{lines}\n[layers.attributes]\n\"类\" = \"category\"\n");
    assert_eq!(
        parse(&headed).expect("headed"),
        parse(lines).expect("bare") + "attributes = { \"类\" = \"category\" }\n"
    );
    let two = format!("[[layers]]\n{lines}\n[[layers]]\n{lines}");
    assert!(parse(&two).is_err(), "one layer at a time: {:?}", parse(&two));
}

#[test]
fn ids_in_some_cells_are_masked_and_told() {
    let (dir, plate, _) = bare();
    let people = fs::read_to_string(town_spec().with_file_name("people.csv")).expect("the sample");
    let id = people.lines().nth(1).and_then(|line| line.split(',').next()).expect("an id");
    let file = dir.path().join("notes.csv");
    let rows: String = (0..50).map(|n| format!("a{},{n}\n", 1 + n % 2)).collect();
    fs::write(&file, format!("地址编码,备注\n{rows}a1,电话13800138000{id}\na2,{id}{id}\n")).expect("written");
    let opened = Baseplate::open(&plate).expect("opens");
    let found = look_at(&opened, &file, None).expect("is no file of persons");
    let added = add_layer(&plate, &found.source, &|_| {}).expect("is added");
    assert!(added.notes.iter().any(|note| note.contains("citizen ids")), "{:?}", added.notes);
    let newer = opened.newer().expect("opens").expect("was published");
    assert!(newer.issues().any(|issue| issue.rule == Rule::IdInClear && issue.layer == Some("notes")));
    assert_eq!(newer.for_audience(Audience::Public).issue_counts().len(), 0);
    let mut folders = vec![plate.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                let bytes = fs::read(&entry).expect("a file");
                assert!(!bytes.windows(id.len()).any(|part| part == id.as_bytes()), "{}", entry.display());
            }
        }
    }
}

#[test]
fn columns_that_tell_who_somebody_is_are_for_few() {
    let (dir, plate, _) = bare();
    let file = dir.path().join("calls.csv");
    let rows = (0..40).map(|row| format!("1380013{row:04},王某{row},+86 139-0013-{row:04},a1,{row}\n"));
    fs::write(&file, format!("手机号,联系人姓名,回拨,addr,件数\n{}", rows.collect::<String>())).expect("written");
    let found = look_at(&Baseplate::open(&plate).expect("opens"), &file, None).expect("is read").source;
    assert_eq!((found.code.as_deref(), found.name.as_deref()), (None, None), "codes and names are shown");
    let restricted: Vec<_> = found.audiences.iter().map(|(name, audience)| (name.as_str(), *audience)).collect();
    assert_eq!(restricted, ["回拨", "手机号", "联系人姓名"].map(|name| (name, Audience::Restricted)));
    assert!(found.to_toml().contains("audience = \"restricted\""), "a later build knows it");
}

#[test]
fn a_text_that_is_no_code_finds_no_record_by_its_code() {
    let (_dir, plate, layers) = bare();
    layers.iter().for_each(|layer| add(&plate, layer));
    let plate = Baseplate::open(&plate).expect("opens");
    for text in ["'", "-", "null", "\u{200b}", "\"\""] {
        assert!(plate.search_records(text, None, 10).records.is_empty(), "{text}");
    }
}
