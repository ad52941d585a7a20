//! Layers that a spec declares: any department's records, linked, counted, shown and asked like enterprises are.

use crate::common::build_text;
use baseplate_core::{
    Areas, AttributeValue, Audience, Baseplate, Counts, Entity, Feature, FilterQuery, GridKind, How, LayerQuery, Level,
    LngLat, Own, RecordSource, Rule, StatsQuery, TileScheme, time::Period,
};
use std::{collections::BTreeMap, fs};

pub(crate) const SPEC: &str = r#"
[plate]
name = "layers"
[[grids]]
path = "grids.csv"
crs = "EPSG:4490"
code = "code"
ancestors = { community = "community" }
[[grids]]
path = "beats.csv"
crs = "EPSG:4490"
code = "code"
kind = "police"
[[buildings]]
path = "buildings.csv"
crs = "EPSG:4490"
code = "code"
[[addresses]]
path = "addresses.csv"
crs = "EPSG:4490"
code = "code"
text = "text"
building = "building"
[[layers]]
id = "hotline"
title = { zh = "12345 工单", en = "12345 requests" }
category = "民生诉求"
keeper = "区政数局"
audience = "public"
path = "hotline.csv"
crs = "EPSG:4490"
code = "no"
at = { address = "addr", address_text = "text", building = "bldg", lng = "x", lat = "y" }
time = "created"
class = ["large", "small"]
attributes = { state = "category", stars = "integer", cost = "number", open = "boolean", note = "text", due = "date" }
[[layers]]
id = "cameras"
audience = "restricted"
path = "cameras.csv"
crs = "EPSG:4490"
at = { lng = "x", lat = "y" }
"#;

/// Two grids of one community, side by side at 114.01, the second one also a beat; a building in each, and an address in the first.
pub(crate) const GROUND: [(&str, &str); 4] = [
    (
        "grids.csv",
        "code,community,wkt\n\
         A,K,\"POLYGON((114 22.5,114.01 22.5,114.01 22.51,114 22.51,114 22.5))\"\n\
         B,K,\"POLYGON((114.01 22.5,114.02 22.5,114.02 22.51,114.01 22.51,114.01 22.5))\"\n",
    ),
    ("beats.csv", "code,wkt\nP,\"POLYGON((114.01 22.5,114.02 22.5,114.02 22.51,114.01 22.51,114.01 22.5))\"\n"),
    (
        "buildings.csv",
        "code,wkt\n\
         b1,\"POLYGON((114.001 22.501,114.002 22.501,114.002 22.502,114.001 22.502,114.001 22.501))\"\n\
         b2,\"POLYGON((114.011 22.501,114.012 22.501,114.012 22.502,114.011 22.502,114.011 22.501))\"\n",
    ),
    ("addresses.csv", "code,text,building\na1,海棠路1号101,b1\na2,海棠路1号102,b1\n"),
];

pub(crate) const HOTLINE: &str = "no,addr,text,bldg,x,y,created,large,small,state,stars,cost,open,note,due\n\
    T1,a1,,,,,2026/1/5 9:00,噪声,施工,办结,5,12.5,是,夜里,2026-01-09\n\
    T2,,海棠路1号102,,,,2026年2月3日 10时,噪声,商业,待办,,,否,,\n\
    T3,,,b2,,,2026-02-04 11:00:00,市容,,待办,x,1e400,,,\n\
    T4,,,,114.015,22.505,46058.5,市容,占道,办结,1,3,1,,\n\
    T5,,没有这样的地方,,,,2026/3/1,噪声,施工,待办,2,,,,\n\
    T6,a9,,b2,,,2026/3/2,噪声,施工,待办,2,,,,\n\
    T7,a1,,,,,2026/2/30,噪声,施工,待办,2,,,,\n\
    T1,a1,,,,,2026/1/5 9:00,噪声,施工,办结,5,12.5,是,夜里,2026-01-09\n\
    T2,,没有这样的地方,,,,2026/2/3,噪声,商业,待办,,,否,,\n";

fn plate() -> (tempfile::TempDir, Baseplate) {
    let cameras = "x,y\n114.005,22.505\n114.005,22.505\n114.5,22.5\n";
    let files = [("spec.toml", SPEC), ("hotline.csv", HOTLINE), ("cameras.csv", cameras)];
    let (dir, report) = build_text(&[&files[..], &GROUND[..]].concat());
    report.expect("builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    plate.verify().expect("is whole");
    (dir, plate)
}

#[test]
fn a_card_of_a_record_says_when_it_was_and_its_classes() {
    let (_dir, plate) = plate();
    let said = |code: &str| {
        let answer = plate.describe_record("hotline", code, 1).expect("a card");
        let Own::Record { time, until, class, .. } = answer.own else { panic!("{code} is no record") };
        (time, until, class)
    };
    let at = |text: &str| Some(text.to_owned());
    assert_eq!(said("T1"), (at("2026-01-05T09:00:00+08:00"), None, vec!["噪声".to_owned(), "施工".to_owned()]));
    assert_eq!(said("T3"), (at("2026-02-04T11:00:00+08:00"), None, vec!["市容".to_owned()]));
    let camera = plate.layer("cameras").and_then(|layer| layer.records().next()).expect("kept").code().to_owned();
    let answer = plate.describe_record("cameras", &camera, 1).expect("a card");
    assert!(matches!(answer.own, Own::Record { time: None, until: None, class, .. } if class.is_empty()));
    let public = plate.for_audience(Audience::Public);
    assert_eq!(public.describe_record("cameras", &camera, 1), None);
}

#[test]
fn records_are_linked_by_the_strongest_that_works() {
    let (dir, plate) = plate();
    let hotline = plate.layer("hotline").expect("declared");
    let record = |code: &str| hotline.record(code).expect("kept");
    let grid = |code: &str| record(code).grid(&GridKind::basic()).map(|grid| grid.code());
    let linked = |code: &str| (record(code).address().map(|a| a.code()), record(code).link(), grid(code));
    assert_eq!(linked("T1"), (Some("a1"), Some(How::Given), Some("A")));
    assert_eq!(linked("T2"), (Some("a2"), Some(How::Geocoded), Some("A")));
    assert_eq!(linked("T3"), (None, Some(How::Given), Some("B")));
    assert_eq!(linked("T4"), (None, Some(How::Spatial), Some("B")));
    assert_eq!(linked("T5"), (None, None, None));
    assert_eq!(linked("T6"), (None, Some(How::Given), Some("B")), "the building helps where the address does not");
    assert_eq!(record("T3").building().map(|b| b.code()), Some("b2"));
    assert_eq!(record("T4").point(), Some(LngLat::new(114.015, 22.505)));
    assert!(hotline.record("T7").is_none(), "a day that is none is a reject");
    let rejects = fs::read_to_string(dir.path().join("out.plate/rejects.csv")).expect("a list");
    let said = |what: &str| rejects.lines().filter(|line| line.contains(what)).count();
    assert_eq!(
        (said("2026/2/30"), said("an exact copy"), said("not a whole number"), said("not a number")),
        (1, 1, 1, 1),
        "{rejects}"
    );
    let rules: Vec<Rule> = plate
        .issues()
        .map(|issue| issue.rule)
        .filter(|rule| rule.entity() == Entity::Record || *rule == Rule::LinkDangling)
        .collect();
    let (no_place, outside) = (Rule::RecordNoPlace, Rule::RecordOutside);
    assert_eq!(rules, [no_place, Rule::LinkDangling, no_place, Rule::RecordDuplicate, outside]);
    let info = hotline.info();
    assert_eq!((info.rows, info.linked, info.title.zh.as_deref()), (7, 5, Some("12345 工单")));
}

#[test]
fn attributes_have_the_types_that_are_declared() {
    let (_dir, plate) = plate();
    let record = plate.layer("hotline").and_then(|layer| layer.record("T1")).expect("kept");
    let attributes: BTreeMap<_, _> = record.attributes().collect();
    let days = 20_462; // 2026-01-09
    assert_eq!(attributes["state"], AttributeValue::Text("办结"));
    assert_eq!(attributes["stars"], AttributeValue::Integer(5));
    assert_eq!(attributes["cost"], AttributeValue::Number(12.5));
    assert_eq!(attributes["open"], AttributeValue::Boolean(true));
    assert_eq!(attributes["note"], AttributeValue::Text("夜里"));
    assert_eq!(attributes["due"], AttributeValue::Date(days));
    assert_eq!(record.time(), Some(1_767_574_800), "nine in Shanghai is one in Greenwich");
    let answer = serde_json::to_value(plate.describe("T1").expect("is there")).expect("JSON");
    assert_eq!((&answer["entity"], &answer["layer"]), (&"record".into(), &"hotline".into()));
    assert_eq!((&answer["attributes"]["stars"], &answer["attributes"]["due"]), (&5.into(), &"2026-01-09".into()));
    assert_eq!(answer["links"][0]["relation"], "record→address");
    let building = serde_json::to_value(plate.describe("b2").expect("is there")).expect("JSON");
    assert_eq!((&building["layers"][0]["layer"], &building["layers"][0]["count"]), (&"hotline".into(), &2.into()));
}

#[test]
fn areas_count_them_whatever_they_hang_on() {
    let (_dir, plate) = plate();
    let count = |grid: &str, layer: &str| plate.layer(layer).and_then(|layer| layer.in_grid(plate.grid(grid)?));
    assert_eq!([count("A", "hotline"), count("B", "hotline"), count("K", "hotline")], [Some(2), Some(3), Some(5)]);
    assert_eq!([count("A", "cameras"), count("K", "cameras")], [Some(2), Some(2)], "the third lies outside");
    for resolution in [5, 7, 9, 10] {
        let all: u32 = plate.hex_cells(resolution).map(|cell| Counts::from(cell).records("hotline")).sum();
        assert_eq!(all, 5, "resolution {resolution}");
    }
    let by = Some("hotline.state".to_owned());
    let stats =
        plate.stats(&StatsQuery { areas: Areas::Level(Level::Grid), kind: None, within: None, by }).expect("counts");
    assert_eq!(stats.categories, ["办结", "待办"]);
    assert_eq!(stats.rows.iter().filter_map(|row| row.by.clone()).collect::<Vec<_>>(), [[1, 1], [1, 2]]);
}

#[test]
fn classes_and_periods_add_up() {
    let (_dir, plate) = plate();
    let areas = Some(Areas::Level(Level::Grid));
    let query = LayerQuery { areas, classes: Some(0), period: Some(Period::Month), ..LayerQuery::of("hotline") };
    let stats = plate.layer_stats(&query).expect("counts");
    assert_eq!((stats.classes.as_slice(), stats.elsewhere), (&["噪声", "市容", ""].map(str::to_owned)[..], 1));
    assert_eq!(stats.periods, ["2026-01", "2026-02", "2026-03", ""]);
    let of = |code: &str| stats.areas.iter().find(|area| area.code == code).map(|area| area.counts.clone());
    assert_eq!(of("A"), Some(vec![1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    assert_eq!(of("B"), Some(vec![0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0]));
    // What lies below a class is what it has.
    let all = plate.layer_stats(&LayerQuery { classes: Some(1), ..LayerQuery::of("hotline") }).expect("counts");
    let below = |class: &str| {
        let of_class =
            all.classes.iter().zip(&all.areas[0].counts).filter(|(name, _)| name.split('/').next() == Some(class));
        of_class.map(|(_, count)| *count).sum::<u32>()
    };
    assert_eq!((below("噪声"), below("市容"), all.elsewhere), (4, 2, 0));
    let one = |class: Option<&str>, from: Option<&str>, to: Option<&str>| {
        let [class, from, to] = [class, from, to].map(|text| text.map(str::to_owned));
        plate
            .layer_stats(&LayerQuery { class, from, to, ..LayerQuery::of("hotline") })
            .map(|stats| stats.areas[0].counts.iter().sum::<u32>())
    };
    assert_eq!(one(Some("噪声"), None, None).expect("counts"), 4);
    assert_eq!(one(Some("噪声/施工"), Some("2026-01"), Some("2026-01-05")).expect("counts"), 1);
    assert_eq!(one(None, Some("2026-02"), Some("2026-02")).expect("counts"), 3);
    let within = |code: &str, areas| {
        let query = LayerQuery { within: Some(code.to_owned()), areas, ..LayerQuery::of("hotline") };
        plate.layer_stats(&query).map(|stats| (stats.areas.iter().map(|a| a.counts[0]).sum::<u32>(), stats.elsewhere))
    };
    for areas in [None, Some(Areas::Level(Level::Grid)), Some(Areas::Cells(9))] {
        assert_eq!(within("A", areas).expect("counts"), (2, 4), "{areas:?}");
        assert_eq!(within("P", areas).expect("counts"), (3, 3), "of another kind, {areas:?}");
    }
    assert!(one(Some("没有"), None, None).is_err() && one(None, Some("2026-13"), None).is_err());
    assert!(plate.layer_stats(&LayerQuery { period: Some(Period::Day), ..LayerQuery::of("cameras") }).is_err());
    assert!(plate.layer_stats(&LayerQuery::of("people")).is_err(), "people are counted by blocks alone");
}

#[test]
fn they_are_drawn_and_listed_where_they_are() {
    let (_dir, plate) = plate();
    let layers = plate.tile_layers();
    let hotline = layers.iter().find(|layer| layer.name == "hotline").expect("a layer of tiles");
    let at = TileScheme::Mercator.tile_around(LngLat::new(114.015, 22.505), 17).expect("a tile");
    assert!(!plate.tile(std::slice::from_ref(hotline), at).expect("drawn").is_empty(), "a point alone is drawn");
    let west = baseplate_core::Bbox([114.0, 22.5, 114.01, 22.51]);
    assert_eq!(plate.feature_places_in(hotline, west, 0, 10).len(), 2);
    assert_eq!(plate.feature_count(hotline), 7);
}

#[test]
fn conditions_can_name_every_attribute() {
    let (_dir, plate) = plate();
    let layers = plate.tile_layers();
    let hotline = layers.iter().find(|layer| layer.name == "hotline").expect("a layer of tiles");
    let found = |text: &str| {
        let asked = FilterQuery { text: Some(text), ..FilterQuery::default() };
        let filter = plate.layer_filter(hotline, asked).expect(text);
        let places = plate.matching_places(hotline, filter.as_ref(), None, 0, 10).places.into_iter();
        let code = |feature: Feature<'_>| feature.values[0].to_text().into_owned();
        places.filter_map(|place| plate.feature(hotline, place).map(code)).collect::<Vec<_>>().join(" ")
    };
    for (text, codes) in [
        ("state = '办结'", "T1 T4"),
        ("stars >= 2 AND stars < 5", "T6"),
        ("cost > 3 OR cost = 3.0", "T1 T4"),
        ("open = true", "T1 T4"),
        ("open <> TRUE", "T2"),
        ("note LIKE '夜_'", "T1"),
        ("due = DATE('2026-01-09')", "T1"),
        ("class LIKE '噪声/%' AND time > DATE('2026-01-05')", "T2 T6"),
        ("time BETWEEN DATE('2026-02-03') AND '2026-02'", "T2 T3 T4"),
        ("stars IS NULL", "T2 T3"),
        ("NOT (stars > 1)", "T4"),
        ("S_INTERSECTS(geometry, POINT(114.015 22.505))", "T4"),
        ("S_INTERSECTS(geometry, BBOX(114.01, 22.5, -170, 22.51)) AND stars > 1", "T6"),
        ("2 = stars OR code IN ('T1')", "T1 T6"),
    ] {
        assert_eq!(found(text), codes, "{text}");
    }
    let columns: Vec<_> = hotline.queryables().into_iter().map(|column| column.name).collect();
    let own = ["code", "name", "state", "cost", "due", "note", "open", "stars", "class", "time", "address", "building"];
    let above = ["grid", "community", "subdistrict", "district", "city"];
    assert_eq!(columns, [&own[..], &above[..]].concat());
    assert_eq!(found("community IS NULL"), "", "all that has a place lies in one");
}

#[test]
fn an_audience_reads_what_is_for_it() {
    let (_dir, plate) = plate();
    let public = plate.clone().for_audience(Audience::Public);
    let ids = |plate: &Baseplate| plate.layers().map(|layer| layer.id().to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(&plate), ["people", "enterprises", "hotline", "cameras"]);
    assert_eq!(ids(&public), ["people", "enterprises", "hotline"]);
    assert!(plate.resolve("2").is_some() && public.resolve("2").is_none());
    assert!(public.layer_stats(&LayerQuery::of("cameras")).is_err());
    let counted = |plate: &Baseplate| plate.grid("A").map(|grid| Counts::from(grid).layers.len());
    assert_eq!((counted(&plate), counted(&public)), (Some(3), Some(2)));
    assert!(public.tile_layers().iter().all(|layer| layer.name != "cameras"));
}

#[test]
fn specs_that_cannot_be_meant_are_refused() {
    for (from, to, said) in [
        ("id = \"hotline\"", "id = \"people\"", "every plate has something that is called so"),
        ("id = \"hotline\"", "id = \"Hot\"", "beginning with a letter"),
        ("lng = \"x\", lat = \"y\" }\ntime", "lng = \"x\" }\ntime", "one of them is missing"),
        ("stars = \"integer\"", "stars = \"int\"", "attributes"),
        ("note = \"text\"", "time = \"text\"", "a plate has a column 'time' of its own"),
        ("time = \"created\"", "until = \"created\"", "name the column of the beginning with time"),
        ("time = \"created\"", "time = \"created\"\nzone = \"Asia/Nowhere\"", "zone"),
    ] {
        let spec = SPEC.replacen(from, to, 1);
        let error = baseplate_core::Spec::parse(&spec, "spec.toml".as_ref()).expect_err(to).to_string();
        assert!(error.contains(said), "{to}: {error}");
    }
}

#[test]
fn a_column_is_read_by_those_whom_it_is_for() {
    let spec = SPEC.replace("cost = \"number\"", "cost = { type = \"number\", audience = \"internal\" }");
    let spec = spec.replace("state = \"category\"", "state = { audience = \"restricted\" }");
    let files = [("spec.toml", spec.as_str()), ("hotline.csv", HOTLINE), ("cameras.csv", "x,y\n114.005,22.505\n")];
    let (dir, report) = build_text(&[&files[..], &GROUND[..]].concat());
    report.expect("builds");
    let opened = || Baseplate::open(dir.path().join("out.plate")).expect("opens");
    let told = |plate: &Baseplate| {
        let layer = plate.layer("hotline").expect("public");
        let names: Vec<String> = layer.attributes().iter().map(|attribute| attribute.name.clone()).collect();
        let of_record: Vec<&str> =
            layer.record("T1").map(|one| one.attributes().map(|(name, _)| name).collect()).unwrap_or_default();
        assert_eq!(names, of_record, "T1 has them all");
        (names.join(" "), layer.withheld())
    };
    let (all, internal) = (opened(), opened().for_audience(Audience::Internal));
    let public = opened().for_audience(Audience::Public);
    assert_eq!(told(&all), ("state cost due note open stars".to_owned(), 0));
    assert_eq!(told(&internal), ("cost due note open stars".to_owned(), 1));
    assert_eq!(told(&public), ("due note open stars".to_owned(), 2));
    all.verify().expect("is whole");
    public.verify().expect("is whole, whoever reads it");
    let stars = |plate: &Baseplate| plate.describe("T1").map(|answer| serde_json::to_value(answer).expect("JSON"));
    assert_eq!(stars(&public).expect("is there")["attributes"]["stars"], 5, "columns keep their values");
    let sums = LayerQuery { value: Some("cost".to_owned()), ..LayerQuery::of("hotline") };
    assert!(all.layer_stats(&sums).is_ok() && public.layer_stats(&sums).is_err());
    let by = Some("hotline.state".to_owned());
    let query = StatsQuery { areas: Areas::Level(Level::Grid), kind: None, within: None, by };
    assert!(all.stats(&query).is_ok() && internal.stats(&query).is_err());
}

#[test]
fn a_column_for_few_is_nothing_that_all_are_shown() {
    let lines = "id = \"lets\"\npath = \"lets.csv\"\nname = \"who\"\nat = { address = \"addr\" }\n";
    let parse = |attributes: &str| RecordSource::parse(&format!("{lines}{attributes}\n"), "lets.toml".as_ref());
    let source = parse("attributes = { phone = { type = \"text\", audience = \"restricted\" } }").expect("a table");
    let again = RecordSource::parse(&source.to_toml(), "lets.toml".as_ref()).expect("its own lines");
    assert_eq!((again.audiences.get("phone"), again.attributes.len()), (Some(&Audience::Restricted), 1));
    let refused = parse("attributes = { who = { type = \"text\", audience = \"internal\" } }").expect_err("a name");
    assert!(refused.to_string().contains("'who' is not for everybody"), "{refused}");
}
