//! Records of which no building is known but an area, by its code or by a text that says no more, and records about enterprises.

use crate::common::build_text;
use baseplate_core::{
    Areas, Baseplate, Counts, GridKind, How, LayerQuery, Level, MatchLevel, Record, Rule, StatsQuery, TileLayer,
    look_at, pick_layers,
};
use proptest::prelude::*;
use tempfile::TempDir;

const SPEC: &str = r#"
[plate]
name = "示例市"
[[grids]]
path = "grids.csv"
crs = "EPSG:4490"
code = "code"
ancestors = { community = { code = "community", name = "cname" }, subdistrict = { code = "street", name = "sname" } }
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
[[enterprises]]
path = "enterprises.csv"
uscc = "uscc"
name = "name"
address = "addr"
role = "role"
[[layers]]
id = "visits"
audience = "public"
path = "visits.csv"
crs = "EPSG:4490"
code = "no"
at = { address = "addr", enterprise = "firm", grid = "grid", address_text = "text", lng = "x", lat = "y" }
class = ["class"]
attributes = ["state"]
"#;

/// Three grids side by side: A and B of the community K, C of the community L; both of one subdistrict.
const GROUND: [(&str, &str); 5] = [
    (
        "grids.csv",
        "code,community,cname,street,sname,wkt\n\
         A,K,海棠社区,S,东湖街道,\"POLYGON((114 22.5,114.01 22.5,114.01 22.51,114 22.51,114 22.5))\"\n\
         B,K,海棠社区,S,东湖街道,\"POLYGON((114.01 22.5,114.02 22.5,114.02 22.51,114.01 22.51,114.01 22.5))\"\n\
         C,L,木棉社区,S,东湖街道,\"POLYGON((114.02 22.5,114.03 22.5,114.03 22.51,114.02 22.51,114.02 22.5))\"\n",
    ),
    ("beats.csv", "code,wkt\nP,\"POLYGON((114 22.5,114.03 22.5,114.03 22.51,114 22.51,114 22.5))\"\n"),
    (
        "buildings.csv",
        "code,wkt\n\
         b1,\"POLYGON((114.001 22.501,114.002 22.501,114.002 22.502,114.001 22.502,114.001 22.501))\"\n\
         b2,\"POLYGON((114.011 22.501,114.012 22.501,114.012 22.502,114.011 22.502,114.011 22.501))\"\n\
         b3,\"POLYGON((114.021 22.501,114.022 22.501,114.022 22.502,114.021 22.502,114.021 22.501))\"\n",
    ),
    (
        "addresses.csv",
        "code,text,building\n\
         a1,示例市东湖街道海棠社区锦绣路1号海棠花园1栋101,b1\n\
         a2,示例市东湖街道海棠社区锦绣路1号海棠花园1栋102,b1\n\
         a3,示例市东湖街道海棠社区锦绣路3号海棠花园2栋101,b2\n\
         a4,示例市东湖街道木棉社区锦绣路5号木棉苑1栋101,b3\n",
    ),
    (
        "enterprises.csv",
        "uscc,name,addr,role\n\
         91990101MAHTNDDP28,示例市琼潭悦酒店管理有限公司,a3,注册\n\
         91990101MA60L8R141,示例市禧茂教育科技有限公司,,注册\n",
    ),
];

const VISITS: &str = "no,addr,firm,grid,text,x,y,class,state\n\
    V1,,９1990101mahtnddp28 ,,,,,噪声,办结\n\
    V2,,91990101MA60L8R141,K,,,,噪声,待办\n\
    V3,,91990101MA60L8R14X,,,,,噪声,待办\n\
    V4,a1,91990101MAHTNDDP28,,,,,市容,待办\n\
    V5,,,A,,,,市容,待办\n\
    V6,,, k ,,,,市容,待办\n\
    V7,,,S,,,,噪声,待办\n\
    V8,,,Z,,,,噪声,待办\n\
    V9,,,,海棠花园,,,噪声,待办\n\
    V10,,,,锦绣路,,,噪声,待办\n\
    V11,,,,木棉社区,,,噪声,办结\n\
    V12,,,,海棠花园9栋,,,噪声,办结\n\
    V13,,,,海棠花园对面,,,噪声,办结\n\
    V14,,,L,海棠花园1栋101,,,噪声,办结\n\
    V15,,,K,,114.025,22.505,噪声,办结\n\
    V16,,,P,,,,噪声,办结\n";

fn plate() -> (TempDir, Baseplate) {
    let files = [("spec.toml", SPEC), ("visits.csv", VISITS)];
    let (dir, report) = build_text(&[&files[..], &GROUND[..]].concat());
    report.expect("builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    plate.verify().expect("is whole");
    (dir, plate)
}

fn visit<'a>(plate: &'a Baseplate, code: &str) -> Record<'a> {
    plate.layer("visits").and_then(|layer| layer.record(code)).expect("kept")
}

#[test]
fn a_record_is_where_the_enterprise_is_that_it_names() {
    let (_dir, plate) = plate();
    let place = |code: &str| (visit(&plate, code).address().map(|a| a.code()), visit(&plate, code).link());
    assert_eq!(place("V1"), (Some("a3"), Some(How::Enterprise)), "the code is folded as those of enterprises are");
    assert_eq!(place("V4"), (Some("a1"), Some(How::Given)), "its own address goes before that of the enterprise");
    assert_eq!(place("V2"), (None, Some(How::Given)), "an enterprise without a place leaves the grid");
    assert_eq!(place("V3"), (None, None));
    let answer = serde_json::to_value(plate.describe("V1").expect("is there")).expect("JSON");
    assert_eq!(answer["links"][0]["how"], "enterprise");
}

#[test]
fn a_record_may_be_known_to_lie_in_an_area_and_no_more() {
    let (_dir, plate) = plate();
    let area = |code: &str| visit(&plate, code).area().map(|grid| grid.code());
    let known = |code: &str| (area(code), visit(&plate, code).geocoded().map(|(level, _)| level));
    let by_text = Some(MatchLevel::Community);
    assert_eq!([known("V2"), known("V6")], [(Some("K"), None); 2]);
    assert_eq!([known("V5"), known("V7")], [(Some("A"), None), (Some("S"), None)]);
    assert_eq!([known("V9"), known("V12")], [(Some("K"), by_text); 2], "all buildings of the estate are in it");
    assert_eq!(known("V11"), (Some("L"), by_text));
    assert_eq!([area("V10"), area("V13"), area("V8")], [None; 3], "a road of two communities, and what is beside one");
    assert_eq!(area("V16"), None, "the code of another kind");
    let ground = |code: &str| visit(&plate, code).grid(&GridKind::basic()).map(|grid| grid.code());
    assert_eq!([ground("V5"), ground("V6")], [Some("A"), None], "in the grid that is named, in none of a community");
    assert!(["V5", "V6", "V9"].iter().all(|code| visit(&plate, code).point().is_none()), "no point is made up");
    let (layer, community) = (plate.layer("visits").expect("declared"), plate.grid("K").expect("is there"));
    let alone: Vec<&str> = layer.in_area_alone(community).map(|record| record.code()).collect();
    assert_eq!(alone, ["V2", "V6", "V9", "V12"]);
    assert_eq!((layer.info().rows, layer.info().linked, layer.info().in_areas), (16, 11, 7));
    let answer = serde_json::to_value(plate.describe("V9").expect("is there")).expect("JSON");
    assert_eq!((&answer["lng"], &answer["chain"][0]["code"]), (&serde_json::Value::Null, &"K".into()));
    assert_eq!((&answer["links"][0]["relation"], &answer["links"][0]["code"]), (&"record→grid".into(), &"K".into()));
}

#[test]
fn what_is_known_to_an_area_counts_there_and_above() {
    let (_dir, plate) = plate();
    let count = |grid: &str| Counts::from(plate.grid(grid).expect("is there")).records("visits");
    // A: V4, V5, V14. B: V1. K: those and V2, V6, V9, V12. C: V15. L: that and V11. S: all of these and V7.
    assert_eq!(["A", "B", "K", "C", "L", "S"].map(count), [3, 1, 8, 1, 2, 11]);
    let of_level = |level: Level, within: Option<&str>| {
        let query = LayerQuery {
            areas: Some(Areas::Level(level)),
            within: within.map(str::to_owned),
            ..LayerQuery::of("visits")
        };
        let stats = plate.layer_stats(&query).expect("counts");
        let numbers: Vec<u32> = stats.areas.iter().map(|area| area.counts[0]).collect();
        (numbers, stats.above, stats.elsewhere)
    };
    assert_eq!(of_level(Level::Grid, None), (vec![3, 1, 1], 6, 5));
    assert_eq!(of_level(Level::Grid, Some("K")), (vec![3, 1], 4, 8), "with those above they are the community's");
    assert_eq!(of_level(Level::Community, None), (vec![8, 2], 1, 5));
    assert_eq!(of_level(Level::Subdistrict, None), (vec![11], 0, 5));
    let whole = LayerQuery { within: Some("K".to_owned()), ..LayerQuery::of("visits") };
    let whole = plate.layer_stats(&whole).expect("counts");
    assert_eq!((whole.areas[0].counts[0], whole.above), (8, 0));
    let cells = LayerQuery { areas: Some(Areas::Cells(9)), ..LayerQuery::of("visits") };
    let cells = plate.layer_stats(&cells).expect("counts");
    assert_eq!((cells.areas.iter().map(|cell| cell.counts[0]).sum::<u32>(), cells.above, cells.elsewhere), (4, 7, 5));
    let beats = LayerQuery {
        areas: Some(Areas::Level(Level::Grid)),
        kind: Some("police".parse().expect("a kind")),
        ..LayerQuery::of("visits")
    };
    let beats = plate.layer_stats(&beats).expect("counts");
    assert_eq!(
        (beats.areas[0].counts[0], beats.above, beats.elsewhere),
        (4, 0, 12),
        "of another kind nothing is known"
    );
    let by = Some("visits.state".to_owned());
    let query = StatsQuery { areas: Areas::Level(Level::Community), kind: None, within: None, by };
    let by: Vec<_> = plate.stats(&query).expect("counts").rows.into_iter().filter_map(|row| row.by).collect();
    assert_eq!(by, [[3, 5], [2, 0]]);
}

#[test]
fn features_have_the_area_and_no_point() {
    let (_dir, plate) = plate();
    let layers = pick_layers(&plate.tile_layers(), ["visits"]).expect("is shown");
    let layer: &TileLayer = &layers[0];
    let columns: Vec<String> = layer.columns().into_iter().map(|column| column.name).collect();
    let value = |code: &str, column: &str| {
        let at = columns.iter().position(|name| name == column).expect("a column");
        let text =
            |feature: &baseplate_core::Feature<'_>, at: usize| serde_json::to_value(&feature.values[at]).expect("JSON");
        let found = plate.features(layer).find(|feature| text(feature, 0) == code).expect("is there");
        (text(&found, at), found.geometry.is_some())
    };
    assert_eq!(value("V9", "community"), ("K".into(), false));
    assert_eq!(value("V9", "grid"), (serde_json::Value::Null, false));
    assert_eq!(value("V5", "grid"), ("A".into(), false));
}

#[test]
fn what_does_not_fit_is_listed() {
    let (_dir, plate) = plate();
    let of_rule = |rule: Rule| {
        let issues = plate.issues().filter(move |issue| issue.rule == rule);
        issues.map(|issue| (issue.code.to_owned(), issue.other.map(str::to_owned))).collect::<Vec<_>>()
    };
    let pair = |code: &str, other: &str| (code.to_owned(), Some(other.to_owned()));
    assert_eq!(of_rule(Rule::LinkDangling), [pair("V3", "91990101MA60L8R14X"), pair("V8", "Z"), pair("V16", "P")]);
    assert_eq!(of_rule(Rule::RecordElsewhere), [pair("V14", "L"), pair("V15", "K")]);
    let nowhere: Vec<String> = of_rule(Rule::RecordNoPlace).into_iter().map(|(code, _)| code).collect();
    assert_eq!(nowhere, ["V3", "V8", "V10", "V13", "V16"]);
}

#[test]
fn a_file_tells_that_its_columns_are_codes_of_areas_or_enterprises() {
    let (dir, plate) = plate();
    let look = |lines: &str| {
        let file = dir.path().join("reports.csv");
        std::fs::write(&file, lines).expect("a file");
        look_at(&plate, &file, None).expect("has a place").source
    };
    let source = look("单位,网格\n91990101MAHTNDDP28,A\n91990101MA60L8R141,K\n91990101MAHTNDDP28,S\n");
    assert_eq!((source.enterprise.as_deref(), source.grid.as_deref()), (Some("单位"), Some("网格")));
    assert!(source.to_toml().contains("at = { enterprise = \"单位\", grid = \"网格\" }"), "{}", source.to_toml());
    let source = look(
        "说明,所在\n文体活动的安排,东湖街道海棠社区\n中心开放时间,东湖街道木棉社区\n外墙大片脱落,东湖街道海棠社区海棠花园\n",
    );
    assert_eq!(source.address_text.as_deref(), Some("所在"), "a column of communities, where none has addresses");
}

/// The numbers of a query, area by area, with those that are known to larger areas alone.
fn numbers(plate: &Baseplate, query: LayerQuery) -> (Vec<(String, u64)>, u64) {
    let stats = plate.layer_stats(&query).expect("counts");
    let sum = |counts: &[u32]| counts.iter().copied().map(u64::from).sum();
    (stats.areas.iter().map(|area| (area.code.clone(), sum(&area.counts))).collect(), stats.above)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn what_lies_below_and_what_is_known_to_an_area_alone_are_the_area(
        rows in prop::collection::vec((0..10_usize, 0..4_usize), 0..60),
    ) {
        let places = ["a1,,,", "a3,,,", "a4,,,", ",A,,", ",B,,", ",C,,", ",K,,", ",L,,", ",S,,", ",,114.025,22.505"];
        let classes = ["噪声,施工", "噪声,", "市容,占道", ","];
        let mut lines = "addr,grid,x,y,class,below\n".to_owned();
        rows.iter().for_each(|(place, class)| lines.push_str(&format!("{},{}\n", places[*place], classes[*class])));
        let spec = SPEC.replace(
            "code = \"no\"\nat = { address = \"addr\", enterprise = \"firm\", grid = \"grid\", address_text = \"text\", lng = \"x\", lat = \"y\" }\nclass = [\"class\"]\nattributes = [\"state\"]",
            "may_be_empty = true\nat = { address = \"addr\", grid = \"grid\", lng = \"x\", lat = \"y\" }\nclass = [\"class\", \"below\"]",
        );
        let files = [("spec.toml", spec.as_str()), ("visits.csv", lines.as_str())];
        let (dir, report) = build_text(&[&files[..], &GROUND[..]].concat());
        report.expect("builds");
        let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
        plate.verify().expect("is whole");
        let of_level = |level, within: Option<&str>, class: Option<&str>| LayerQuery {
            areas: Some(Areas::Level(level)),
            within: within.map(str::to_owned),
            class: class.map(str::to_owned),
            ..LayerQuery::of("visits")
        };
        let known: Vec<Option<&str>> = plate.layer("visits").expect("declared").info().classes.iter()
            .filter(|class| class.depth == 0).map(|class| Some(class.name.as_str())).chain([None]).collect();
        for class in known {
            let mut below = Level::Grid;
            for level in [Level::Community, Level::Subdistrict] {
                for (code, all) in numbers(&plate, of_level(level, None, class)).0 {
                    let (areas, above) = numbers(&plate, of_level(below, Some(&code), class));
                    prop_assert_eq!(areas.iter().map(|(_, n)| n).sum::<u64>() + above, all, "{} of {:?}", code, class);
                    if class.is_none() {
                        let stored = Counts::from(plate.grid(&code).expect("is there")).records("visits");
                        prop_assert_eq!(u64::from(stored), all, "{}", code);
                    }
                }
                below = level;
            }
        }
        prop_assert_eq!(numbers(&plate, of_level(Level::Subdistrict, None, None)).0[0].1, rows.len() as u64);
    }
}
