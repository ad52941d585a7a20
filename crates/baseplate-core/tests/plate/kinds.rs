//! Grids of several kinds over the same ground: what lies above them, and what is counted in them.

use crate::common::build_text;
use baseplate_core::{Areas, Baseplate, GridKind, Level, LngLat, Spec, Stats, StatsError, StatsQuery};
use std::fmt::Write;
use tempfile::TempDir;

const SPEC: &str = r#"
[plate]
name = "kinds"
[[grids]]
path = "grids.csv"
crs = "EPSG:4326"
code = "code"
ancestors = { community = "community", subdistrict = "subdistrict", district = "district" }
[[grids]]
path = "beats.csv"
crs = "EPSG:4326"
code = "code"
kind = "police"
[[grids]]
path = "stations.csv"
crs = "EPSG:4326"
code = "code"
kind = "police"
level = "community"
[[grids]]
path = "fire.csv"
crs = "EPSG:4326"
code = "code"
kind = "fire"
[[addresses]]
path = "addresses.csv"
crs = "EPSG:4326"
code = "code"
text = "text"
lng = "x"
lat = "y"
[[enterprises]]
path = "enterprises.csv"
uscc = "uscc"
name = "name"
address = "address"
attributes = ["industry"]
[titles.industry]
zh = "行业"
en = "Trade"
categories = { trade = { zh = "商贸", en = "Trade" }, food = { zh = "餐饮" } }
"#;

/// A strip of the ground, in squares of a hundredth of a degree from west to east.
fn strip(west: f64, east: f64) -> String {
    let (west, east) = (114.0 + west / 100.0, 114.0 + east / 100.0);
    format!("\"POLYGON(({west} 22,{east} 22,{east} 22.01,{west} 22.01,{west} 22))\"")
}

fn strips(of: &[(&str, f64, f64)]) -> String {
    of.iter().fold("code,wkt\n".to_owned(), |mut text, (code, west, east)| {
        let _ = writeln!(text, "{code},{}", strip(*west, *east));
        text
    })
}

/// Eight squares in a row: communities of two, subdistricts of four, one district. Beats have two, two and three of
/// them, and the last lies half outside; each square has an address with an enterprise.
fn plate() -> (TempDir, Baseplate) {
    let (mut grids, mut addresses, mut enterprises) = (
        "code,community,subdistrict,district,wkt\n".to_owned(),
        "code,text,x,y\n".to_owned(),
        "uscc,name,address,industry\n".to_owned(),
    );
    for at in 0..8 {
        let middle = 114.005 + f64::from(at) / 100.0;
        let _ = writeln!(grids, "G{at},C{},S{},D,{}", at / 2, at / 4, strip(at.into(), f64::from(at) + 1.0));
        let _ = writeln!(addresses, "A{at},示例路{at}号,{middle},22.005");
        let _ = writeln!(enterprises, "U{at},N{at},A{at},{}", ["trade", "food"][at as usize % 2]);
    }
    let beats = strips(&[("P0", 0.0, 2.04), ("P1", 2.04, 4.0), ("P2", 4.0, 7.0), ("P3", 7.0, 9.0)]);
    let stations = strips(&[("T0", 0.0, 4.0), ("T1", 4.0, 9.0)]);
    let fire = strips(&[("F0", 3.0, 5.0), ("F1", 7.4, 9.0), ("F2", 0.0, 0.4)]);
    let files = [
        ("spec.toml", SPEC),
        ("grids.csv", &grids),
        ("beats.csv", &beats),
        ("stations.csv", &stations),
        ("fire.csv", &fire),
        ("addresses.csv", &addresses),
        ("enterprises.csv", &enterprises),
    ];
    let (dir, report) = build_text(&files);
    report.expect("builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    (dir, plate)
}

fn chain(plate: &Baseplate, code: &str) -> Vec<String> {
    plate.grid(code).expect("a grid").chain().skip(1).map(|grid| grid.code().to_owned()).collect()
}

#[test]
fn attributes_and_their_values_have_the_titles_of_the_spec() {
    let (dir, plate) = plate();
    let [industry] = &plate.manifest().layers[1].attributes[..] else { panic!("one attribute") };
    assert_eq!((industry.titles.zh.as_deref(), industry.titles.en.as_deref()), (Some("行业"), Some("Trade")));
    let food = &industry.titles.categories["food"];
    assert_eq!((food.zh.as_deref(), food.en.as_deref()), (Some("餐饮"), None));
    let spec = SPEC.replace("[titles.industry]", "[titles.branch]");
    std::fs::write(dir.path().join("spec.toml"), spec).expect("written");
    let refused = Spec::read(&dir.path().join("spec.toml")).expect_err("no such attribute").to_string();
    assert!(refused.contains("titles.branch") && refused.contains("industry"), "{refused}");
}

#[test]
fn above_a_grid_of_another_kind_is_what_holds_it() {
    let (_dir, plate) = plate();
    // Its own kind first, whatever the share; then the lowest basic level that holds the station.
    assert_eq!(chain(&plate, "P0"), ["T0", "S0", "D"]);
    assert_eq!(chain(&plate, "P2"), ["T1"], "a fifth of the station lies outside the city");
    // Half in one subdistrict and half in the other; mostly outside; within one square.
    assert_eq!(chain(&plate, "F0"), ["D"]);
    assert_eq!(chain(&plate, "F1"), [""; 0]);
    assert_eq!(chain(&plate, "F2"), ["C0", "S0", "D"]);
    assert_eq!(chain(&plate, "G5"), ["C2", "S1", "D"]);
    let fire: GridKind = "fire".parse().expect("a kind");
    let place = plate.describe_place(LngLat::new(114.045, 22.005), &fire).expect("the kind is there");
    assert_eq!(place.chain.iter().map(|grid| grid.code.as_str()).collect::<Vec<_>>(), ["F0", "D"]);
}

fn ask(plate: &Baseplate, kind: Option<&str>, level: Level, within: Option<&str>) -> Result<Stats, StatsError> {
    let kind = kind.map(|kind| kind.parse().expect("a kind"));
    let (by, within) = (Some("industry".to_owned()), within.map(str::to_owned));
    plate.stats(&StatsQuery { areas: Areas::Level(level), kind, within, by })
}

fn codes(stats: &Stats) -> Vec<&str> {
    stats.rows.iter().map(|row| row.code.as_str()).collect()
}

#[test]
fn every_kind_and_level_is_counted() {
    let (_dir, plate) = plate();
    for (kind, level, enterprises) in [
        (None, Level::Community, vec![2, 2, 2, 2]),
        (Some("police"), Level::Grid, vec![2, 2, 3, 1]),
        (Some("police"), Level::Community, vec![4, 4]),
        (Some("fire"), Level::Grid, vec![2, 1, 0]),
    ] {
        let stats = ask(&plate, kind, level, None).expect("counted");
        let counted: Vec<u32> = stats.rows.iter().map(|row| row.counts.records("enterprises")).collect();
        assert_eq!(counted, enterprises, "{kind:?} {level}");
        for row in &stats.rows {
            let by: u32 = row.by.iter().flatten().sum();
            assert_eq!(
                (by, row.counts.addresses),
                (row.counts.records("enterprises"), row.counts.records("enterprises")),
                "{}",
                row.code
            );
        }
    }
}

#[test]
fn within_takes_a_grid_of_any_kind() {
    let (_dir, plate) = plate();
    let within = |kind, level, code| ask(&plate, kind, level, Some(code)).map(|stats| codes(&stats).join(" "));
    assert_eq!(within(None, Level::Grid, "P2"), Ok("G4 G5 G6".to_owned()));
    assert_eq!(within(None, Level::Community, "F0"), Ok(String::new()), "half of two communities is none");
    assert_eq!(within(Some("police"), Level::Grid, "S0"), Ok("P0 P1".to_owned()));
    assert_eq!(within(Some("police"), Level::Grid, "T1"), Ok("P2 P3".to_owned()));
    assert_eq!(within(None, Level::Grid, "C1"), Ok("G2 G3".to_owned()));
}

#[test]
fn a_kind_or_level_that_is_not_there_is_answered_with_those_that_are() {
    let (_dir, plate) = plate();
    let said = |kind, level| ask(&plate, Some(kind), level, None).expect_err("not there").to_string();
    assert_eq!(
        said("health", Level::Grid),
        "there are no grids of the kind 'health'; the plate has: basic, fire, police"
    );
    assert_eq!(said("fire", Level::Community), "the kind 'fire' has no grids of the level community; it has: grid");
    let usual = |kind: Option<&str>| plate.usual_level(kind.map(|kind| kind.parse().expect("a kind")).as_ref());
    assert_eq!(
        (usual(None), usual(Some("police")), usual(Some("fire"))),
        (Level::Community, Level::Community, Level::Grid)
    );
}
