//! A small city that is right, and the same city made wrong in one way after the other: each rule finds its own fault,
//! and none finds anything in the right one.

use crate::common::{all_issues, build_text};
use baseplate_core::{Baseplate, Bbox, Entity, GridKind, IssueRecord, Language, LngLat, Rule, Thing};
use std::collections::BTreeMap;

/// Thousandths of a degree from the south-west corner of the city, about 100 m.
fn square(x: f64, y: f64, width: f64, height: f64) -> String {
    let at = |x: f64, y: f64| format!("{:.7} {:.7}", 114.0 + x / 1e3, 22.5 + y / 1e3);
    let ring = [at(x, y), at(x + width, y), at(x + width, y + height), at(x, y + height), at(x, y)];
    format!("POLYGON(({}))", ring.join(","))
}

/// An id that cannot exist: no area, and a year to come.
fn citizen(sequence: u32) -> String {
    let body = format!("00000029990101{sequence:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(weights).map(|(b, w)| u32::from(b - b'0') * w).sum();
    format!("{body}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
}

const SPEC: &str = r#"
    [plate]
    name = "小城"
    [[grids]]
    path = "communities.csv"
    crs = "EPSG:4490"
    level = "community"
    code = "code"
    [[grids]]
    path = "grids.csv"
    crs = "EPSG:4490"
    code = "code"
    parent = "community"
    [[buildings]]
    path = "buildings.csv"
    crs = "EPSG:4490"
    code = "code"
    floors = "floors"
    status = "status"
    [[addresses]]
    path = "addresses.csv"
    crs = "EPSG:4490"
    code = "code"
    text = "text"
    lng = "lng"
    lat = "lat"
    building = "building"
    [[people]]
    path = "people.csv"
    id = "id"
    address = "address"
    role = "role"
    [[enterprises]]
    path = "enterprises.csv"
    uscc = "uscc"
    name = "name"
    address = "address"
    address_text = "text"
    role = "role"
    attributes = ["status"]
"#;

/// The files of the right city: two communities of two grids, a building in each grid, ten rooms in each building.
fn right_city() -> BTreeMap<&'static str, String> {
    let mut files = BTreeMap::from([("spec.toml", SPEC.to_owned())]);
    let mut lines: BTreeMap<&str, Vec<String>> = BTreeMap::from([
        ("communities.csv", vec!["code,wkt".to_owned()]),
        ("grids.csv", vec!["code,community,wkt".to_owned()]),
        ("buildings.csv", vec!["code,floors,status,wkt".to_owned()]),
        ("addresses.csv", vec!["code,text,lng,lat,building".to_owned()]),
        ("people.csv", vec!["id,address,role".to_owned()]),
        ("enterprises.csv", vec!["uscc,name,address,text,role,status".to_owned()]),
    ]);
    let mut line = |file: &'static str, text: String| lines.entry(file).or_default().push(text);
    for c in 0..2 {
        let community = format!("99010100100{}", c + 1);
        let y = 3.0 * f64::from(c);
        line("communities.csv", format!("{community},\"{}\"", square(0.0, y, 6.0, 3.0)));
        for g in 0..2 {
            let (x, grid) = (3.0 * f64::from(g), format!("{community}0{}", g + 1));
            line("grids.csv", format!("{grid},{community},\"{}\"", square(x, y, 3.0, 3.0)));
            let building = format!("{grid}00001");
            line("buildings.csv", format!("{building},6,,\"{}\"", square(x + 1.0, y + 1.0, 0.3, 0.2)));
            for room in 1..=10 {
                let floor = room % 5 + 1;
                let code = format!("{building}00{:04}", floor * 100 + room);
                let (lng, lat) = (114.0 + (x + 1.1) / 1e3, 22.5 + (y + 1.1) / 1e3);
                let text = format!("红棉路{}{}号{}室", c + 1, g + 1, floor * 100 + room);
                line("addresses.csv", format!("{code},{text},{lng:.6},{lat:.6},{building}"));
                let person = c * 200 + g * 100 + room;
                line("people.csv", format!("{},{code},居住", citizen(person)));
            }
        }
    }
    for (uscc, address) in
        [("91350100M000100Y43", "9901010010010100001000201"), ("91110000101623741K", "9901010010020200001000302")]
    {
        line("enterprises.csv", format!("{uscc},甲乙丙商行,{address},红棉路,注册,存续"));
    }
    files.extend(lines.into_iter().map(|(file, lines)| (file, lines.join("\n") + "\n")));
    files
}

/// How often each rule finds something in a city.
fn found(files: &BTreeMap<&'static str, String>) -> BTreeMap<Rule, Vec<String>> {
    let list: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let (dir, report) = build_text(&list);
    let report = report.expect("builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    let mut by_rule: BTreeMap<Rule, Vec<String>> = BTreeMap::new();
    for issue in all_issues(&plate) {
        by_rule.entry(issue.rule).or_default().push(format!("{} {:?}: {}", issue.code, issue.other, issue.evidence));
    }
    for (rule, issues) in &by_rule {
        let counts = [&report.manifest.issues, &report.private.issues].map(|counts| counts.get(rule.as_str()));
        assert_eq!(counts.into_iter().flatten().sum::<u64>(), issues.len() as u64, "{rule}");
    }
    by_rule
}

/// Checks that a change of the right city is found by one rule, so many times, and by no other but those that may follow.
fn check(rule: Rule, times: usize, follows: &[Rule], change: impl FnOnce(&mut BTreeMap<&'static str, String>)) {
    let mut files = right_city();
    change(&mut files);
    let found = found(&files);
    assert_eq!(found.get(&rule).map_or(0, Vec::len), times, "{rule}: {found:#?}");
    let others: Vec<_> = found.keys().filter(|other| **other != rule && !follows.contains(other)).collect();
    assert!(others.is_empty(), "{rule} also gave {others:?}: {found:#?}");
}

fn replace(files: &mut BTreeMap<&'static str, String>, file: &'static str, from: &str, to: &str) {
    let text = files.get_mut(file).expect("a file of the city");
    assert!(text.contains(from), "{file} has no {from}");
    *text = text.replacen(from, to, 1);
}

fn append(files: &mut BTreeMap<&'static str, String>, file: &'static str, line: &str) {
    files.get_mut(file).expect("a file of the city").push_str(&format!("{line}\n"));
}

#[test]
fn a_right_city_has_no_issues() {
    let found = found(&right_city());
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn an_issue_keeps_its_key_from_build_to_build() {
    let keys = |files: &BTreeMap<&'static str, String>| -> BTreeMap<String, (Rule, String)> {
        let list: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let (dir, report) = build_text(&list);
        report.expect("builds");
        let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
        let issues: Vec<_> = all_issues(&plate).collect();
        let of = |issue: &IssueRecord<'_>| (issue.rule, issue.evidence.words(Language::Chinese));
        let by_key: BTreeMap<_, _> = issues.iter().map(|issue| (issue.key.to_owned(), of(issue))).collect();
        assert_eq!(by_key.len(), issues.len());
        by_key
    };
    let mut files = right_city();
    replace(&mut files, "addresses.csv", "22.501100", "22.501600");
    let before = keys(&files);
    // Further away, and below another fault.
    replace(&mut files, "addresses.csv", "22.501600", "22.501700");
    let square = square(0.0, 0.0, 3.0, 3.0);
    let holed = |x: f64| square.replace("))", &format!("),{}", &self::square(x, 2.0, 0.5, 0.5)["POLYGON(".len()..]));
    replace(&mut files, "grids.csv", &square, &holed(2.0));
    let after = keys(&files);
    let (key, (rule, words)) = before.iter().next().expect("one issue");
    assert_eq!((before.len(), *rule), (1, Rule::AddressFar));
    assert!(words.starts_with("距其所写楼栋 "), "{words}");
    assert_eq!(after.len(), 2);
    assert!(after[key].0 == *rule && after[key].1 != *words);
    replace(&mut files, "grids.csv", &holed(2.0), &holed(1.0));
    let moved = keys(&files);
    assert_eq!(moved.keys().filter(|key| after.contains_key(*key)).count(), 1, "a gap elsewhere is another one");
}

#[test]
fn grids_made_wrong() {
    let grid = |files: &mut BTreeMap<&'static str, String>, from: String, to: String| {
        replace(files, "grids.csv", &from, &to);
    };
    let first = square(0.0, 0.0, 3.0, 3.0);
    check(Rule::GridOverlap, 1, &[], |f| grid(f, first.clone(), square(0.0, 0.0, 3.2, 3.0)));
    check(Rule::GridGap, 1, &[], |f| {
        let holed = first.replace("))", &format!("),{}", &square(2.0, 2.0, 0.5, 0.5)["POLYGON(".len()..]));
        grid(f, first.clone(), holed);
    });
    check(Rule::GridOutsideParent, 1, &[], |f| grid(f, first.clone(), square(-0.5, 0.0, 3.5, 3.0)));
    let follows = [Rule::GridGap, Rule::BuildingNoGrid, Rule::AddressOtherGrid, Rule::AddressNoGrid];
    check(Rule::GridInvalidRing, 1, &follows, |f| {
        let crossed = "POLYGON((114.0 22.5,114.003 22.503,114.003 22.5,114.0 22.503,114.0 22.5))";
        grid(f, first.clone(), crossed.to_owned());
    });
    check(Rule::GridSliver, 1, &[], |f| {
        append(f, "grids.csv", &format!("99010100100103,990101001001,\"{}\"", square(6.0, 0.0, 0.02, 3.0)));
        replace(f, "communities.csv", &square(0.0, 0.0, 6.0, 3.0), &square(0.0, 0.0, 6.02, 3.0));
    });
    check(Rule::GridDuplicateCode, 1, &[], |f| {
        append(f, "grids.csv", &format!("99010100100102,990101001001,\"{}\"", square(6.0, 0.0, 1.0, 3.0)));
        replace(f, "communities.csv", &square(0.0, 0.0, 6.0, 3.0), &square(0.0, 0.0, 7.0, 3.0));
    });
}

#[test]
fn buildings_made_wrong() {
    let first = square(1.0, 1.0, 0.3, 0.2);
    check(Rule::BuildingStraddles, 1, &[Rule::SourceCrs], |f| {
        append(f, "buildings.csv", &format!("9901010010010100002,3,,\"{}\"", square(2.8, 1.0, 0.3, 0.2)));
    });
    let far = square(8.0, 1.0, 0.3, 0.2);
    check(Rule::AddressNoGrid, 1, &[Rule::BuildingNoGrid], |f| {
        append(f, "buildings.csv", &format!("9901010010010100002,3,,\"{far}\""));
        append(f, "addresses.csv", "9901010010010100002000201,红棉路19号201室,,,9901010010010100002");
    });
    check(Rule::BuildingNoGrid, 1, &[], |f| {
        append(f, "buildings.csv", &format!("9901010010010100002,3,,\"{}\"", square(8.0, 1.0, 0.3, 0.2)));
    });
    check(Rule::BuildingDuplicateFootprint, 1, &[], |f| {
        append(f, "buildings.csv", &format!("9901010010010100002,3,,\"{}\"", square(1.0, 1.0, 0.3, 0.198)));
    });
    check(Rule::BuildingCodeElsewhere, 1, &[], |f| {
        append(f, "buildings.csv", &format!("9901010010020100002,3,,\"{}\"", square(2.0, 2.0, 0.3, 0.2)));
    });
    check(Rule::BuildingTemporaryCode, 1, &[], |f| {
        append(f, "buildings.csv", &format!("99010100100101T0002,3,,\"{}\"", square(2.0, 2.0, 0.3, 0.2)));
    });
    check(Rule::CodeForm, 4, &[], |f| {
        f.get_mut("spec.toml")
            .expect("a spec")
            .push_str("[[code_types]]\nname = \"楼栋号\"\npattern = \"L[0-9]+\"\nentity = \"building\"\n");
        assert!(f["buildings.csv"].contains(&first));
    });
}

#[test]
fn addresses_made_wrong() {
    let row = "9901010010010100001000201,红棉路11号201室,114.001100,22.501100,9901010010010100001";
    let with = |change: &'static dyn Fn(&str) -> String| {
        move |f: &mut BTreeMap<&'static str, String>| replace(f, "addresses.csv", row, &change(row))
    };
    check(Rule::AddressFar, 1, &[], with(&|r| r.replace("22.501100", "22.501600")));
    check(Rule::AddressOtherGrid, 1, &[Rule::AddressFar], with(&|r| r.replace("114.001100", "114.003100")));
    check(Rule::AddressFloor, 1, &[], with(&|r| r.replace("201室", "1201室")));
    check(Rule::AddressFloor, 1, &[], with(&|r| r.replace("201室", "10901室")));
    check(Rule::AddressFloor, 0, &[], with(&|r| r.replace("201室", "10203室")));
    check(Rule::AddressFloor, 0, &[], with(&|r| r.replace("201室", "负1201室")));
    check(Rule::AddressIncomplete, 1, &[], with(&|r| r.replace("红棉路11号201室", "红棉路")));
    check(Rule::LinkDangling, 1, &[], with(&|r| r.replace(",9901010010010100001", ",9901010010010199999")));
    check(Rule::AddressTwoCodes, 1, &[], |f| append(f, "addresses.csv", &row.replacen("000201", "000999", 1)));
    check(Rule::AddressDuplicate, 1, &[], |f| {
        append(
            f,
            "addresses.csv",
            &row.replacen("000201", "000999", 1).replace("红棉路11号201室", "红棉路 １１号201室"),
        );
    });
    check(Rule::AddressCodeTwice, 1, &[], |f| append(f, "addresses.csv", &row.replace("201室", "601室")));
}

#[test]
fn addresses_nowhere() {
    let unknown = |lng: &str, building: &str| format!("9901010010010100001000999,红棉路99号201室,{lng},0,{building}");
    for zero in ["0", "0.0", "-0.000"] {
        check(Rule::AddressNullPoint, 1, &[Rule::AddressNoGrid], |f| append(f, "addresses.csv", &unknown(zero, "")));
    }
    check(Rule::AddressNullPoint, 1, &[], |f| append(f, "addresses.csv", &unknown("0", "9901010010010100001")));
    check(Rule::AddressNoGrid, 1, &[], |f| append(f, "addresses.csv", &unknown("114.0015", "")));
}

#[test]
fn an_address_nowhere_is_kept_and_moves_nothing() {
    let mut files = right_city();
    append(&mut files, "addresses.csv", "9901010010010100001000998,红棉路98号201室,0,0,");
    append(&mut files, "addresses.csv", "9901010010010100001000999,红棉路99号201室,1.5,2.5,");
    let list: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let (dir, report) = build_text(&list);
    let manifest = report.expect("builds").manifest;
    assert_eq!(manifest.rows.addresses, 42);
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    let boxes = plate.coverages().flat_map(|c| c.grids()).filter_map(|grid| grid.bbox());
    assert_eq!(manifest.bbox, boxes.reduce(Bbox::union));
    assert_eq!(plate.describe_tiles(&plate.tile_layers()).bounds, manifest.bbox);
    let Some(Thing::Address(nowhere)) = plate.resolve("9901010010010100001000998") else { panic!("kept") };
    assert!(nowhere.point().is_none() && nowhere.grid(&GridKind::basic()).is_none());
    assert!(plate.nearest_address(LngLat::new(0.0, 0.0), 50_000.0).is_none());
    let (there, _) = plate.nearest_address(LngLat::new(1.5, 2.5), 1.0).expect("in a batch where one has no point");
    assert_eq!(there.code(), "9901010010010100001000999");
    let in_grids: u32 = plate.coverages().flat_map(|c| c.grids()).filter_map(|g| g.count(Entity::Address)).sum();
    assert_eq!(u64::from(in_grids) + manifest.issues["address-no-grid"], manifest.rows.addresses);
}

#[test]
fn without_grids_bounds_are_those_of_buildings_and_else_of_addresses() {
    let spec = |more: &str| format!("[plate]\nname = \"小城\"\n{more}");
    let addresses = "[[addresses]]\npath = \"a.csv\"\ncrs = \"EPSG:4490\"\ncode = \"code\"\ntext = \"text\"\nlng = \"x\"\nlat = \"y\"\n";
    let buildings = "[[buildings]]\npath = \"b.csv\"\ncrs = \"EPSG:4490\"\ncode = \"code\"\n";
    let a = "code,text,x,y\nA1,红棉路1号,0,0\nA2,红棉路2号,114.5,22.5\nA3,红棉路3号,114.75,22.25\n";
    let b = format!("code,wkt\nB1,\"{}\"\n", square(0.0, 0.0, 1.0, 1.0));
    let bounds =
        |spec: &str| build_text(&[("spec.toml", spec), ("a.csv", a), ("b.csv", &b)]).1.expect("builds").manifest.bbox;
    assert_eq!(bounds(&spec(addresses)), Some(Bbox([114.5, 22.25, 114.75, 22.5])));
    assert_eq!(bounds(&spec(&format!("{addresses}{buildings}"))), Some(Bbox([114.0, 22.5, 114.001, 22.501])));
}

#[test]
fn sources_in_another_system() {
    let address = |s: &str| format!("path = \"addresses.csv\"\n    crs = \"{s}\"");
    let follows = [Rule::AddressFar, Rule::AddressOtherGrid];
    check(Rule::SourceCrs, 1, &follows, |f| replace(f, "spec.toml", &address("EPSG:4490"), &address("gcj02")));
    check(Rule::SourceAxes, 1, &[], |f| {
        let swapped = "lng = \"lat\"\n    lat = \"lng\"\n    min_used = 0";
        replace(f, "spec.toml", "lng = \"lng\"\n    lat = \"lat\"", swapped);
        // Without addresses neither people nor enterprises are linked.
        for (table, file, head) in [
            ("people", "people.csv", "id,address,role\n"),
            ("enterprises", "enterprises.csv", "uscc,name,address,text,role,status\n"),
        ] {
            f.insert(file, head.to_owned());
            replace(f, "spec.toml", &format!("[[{table}]]"), &format!("[[{table}]]\n    may_be_empty = true"));
        }
    });
}

#[test]
fn people_made_wrong() {
    let home = "9901010010010100001000201";
    let other = "9901010010020200001000302";
    let wrong = citizen(77).replacen("2999", "2998", 1);
    check(Rule::PersonIdInvalid, 1, &[], |f| append(f, "people.csv", &format!("{wrong},{home},居住")));
    check(Rule::PersonTwice, 1, &[], |f| append(f, "people.csv", &format!("{},{home},居住", citizen(1))));
    check(Rule::PersonTwoHomes, 1, &[], |f| append(f, "people.csv", &format!("{},{other},居住", citizen(1))));
    check(Rule::LinkDangling, 2, &[], |f| {
        append(f, "people.csv", &format!("{},nowhere,居住", citizen(78)));
        append(f, "people.csv", &format!("{},,户籍", citizen(78)));
    });
    check(Rule::PersonInDemolished, 10, &[], |f| {
        replace(f, "buildings.csv", "9901010010010100001,6,,", "9901010010010100001,6,已拆除,");
    });
}

#[test]
fn enterprises_made_wrong() {
    let row = "91350100M000100Y43,甲乙丙商行,9901010010010100001000201,红棉路,注册,存续";
    let other = "9901010010020200001000302";
    check(Rule::EnterpriseUsccSuspect, 1, &[], |f| {
        append(f, "enterprises.csv", &format!("91350211M0000XUF46,丁戊商行,{other},红棉路,注册,存续"));
    });
    let again = row.replace("商行", "贸易行");
    check(Rule::EnterpriseDuplicate, 1, &[], |f| append(f, "enterprises.csv", &again));
    check(Rule::EnterpriseDuplicate, 0, &[], |f| append(f, "enterprises.csv", row));
    check(Rule::EnterpriseCancelled, 1, &[], |f| {
        append(f, "enterprises.csv", &format!("911101066976941872,丁戊商行,{other},红棉路,注册,注销"));
        append(f, "enterprises.csv", &format!("911101066976941872,丁戊商行,{other},红棉路,经营,注销"));
    });
    check(Rule::EnterpriseNoAddress, 1, &[], |f| replace(f, "enterprises.csv", "9901010010010100001000201,", ","));
    check(Rule::LinkDangling, 1, &[Rule::EnterpriseNoAddress], |f| {
        replace(f, "enterprises.csv", "9901010010010100001000201,", "nowhere,");
    });
}
