//! Each thing counts once, where it stands: copies, homes, offices, demolished buildings, H3 cells, parts of the city.

use crate::common::{all_issues, build_text, town};
use baseplate_core::{
    Address, Areas, Baseplate, Building, Entity, EntityAnswer, Grid, GridKind, Level, LngLat, Own, Record, Rule,
    StatsQuery, StatsRow,
};
use h3o::{CellIndex, LatLng, Resolution};
use std::collections::{BTreeMap, HashSet};

const SPEC: &str = r#"
    [plate]
    name = "小城"
    suppress_below = 1
    [[grids]]
    path = "grids.csv"
    crs = "EPSG:4490"
    code = "code"
    ancestors = { community = "above", district = "above", city = "above" }
    [[buildings]]
    path = "buildings.csv"
    crs = "EPSG:4490"
    code = "code"
    status = "status"
    [[addresses]]
    path = "addresses.csv"
    crs = "EPSG:4490"
    code = "code"
    text = "text"
    lng = "lng"
    lat = "lat"
    [[people]]
    path = "people.csv"
    id = "id"
    id_type = "other"
    address = "address"
    role = "role"
    [[enterprises]]
    path = "enterprises.csv"
    uscc = "uscc"
    name = "name"
    address = "address"
    role = "role"
    attributes = ["status"]
"#;

/// A square of 1/1000 degree whose south-west corner is so many thousandths east of 114° and north of 22.5°.
fn square(east: f64, north: f64) -> String {
    let at = |x: f64, y: f64| format!("{:.4} {:.4}", 114.0 + (east + x) / 1e3, 22.5 + (north + y) / 1e3);
    let ring = [at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, 1.0), at(0.0, 0.0)];
    format!("\"POLYGON(({}))\"", ring.join(","))
}

/// Two grids of one code above, a building in each corner, an address in each building.
fn city(statuses: &[&str], people: &str, enterprises: &str) -> (tempfile::TempDir, Baseplate) {
    let grids = "code,above,wkt\nA,441900,\"POLYGON((114 22.5,114.01 22.5,114.01 22.51,114 22.51,114 22.5))\"\n\
                 B,441900,\"POLYGON((114.01 22.5,114.02 22.5,114.02 22.51,114.01 22.51,114.01 22.5))\"\n";
    let places = [(1.0, 1.0), (5.0, 5.0), (12.0, 1.0), (16.0, 5.0)];
    let building = |(i, (x, y)): (usize, &(f64, f64))| {
        format!("b{i},{},{}\n", statuses.get(i).copied().unwrap_or_default(), square(*x, *y))
    };
    let buildings: String = places.iter().enumerate().map(building).collect();
    let address = |(i, (x, y)): (usize, &(f64, f64))| {
        format!("a{i},海棠路{i}号,{:.4},{:.4}\n", 114.0 + (x + 0.5) / 1e3, 22.5 + (y + 0.5) / 1e3)
    };
    let addresses: String = places.iter().enumerate().map(address).collect();
    let (dir, report) = build_text(&[
        ("spec.toml", SPEC),
        ("grids.csv", grids),
        ("buildings.csv", &format!("code,status,wkt\n{buildings}")),
        ("addresses.csv", &format!("code,text,lng,lat\n{addresses}")),
        ("people.csv", &format!("id,address,role\n{people}")),
        ("enterprises.csv", &format!("uscc,name,address,role,status\n{enterprises}")),
    ]);
    report.expect("builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    (dir, plate)
}

fn counts(plate: &Baseplate, grid: &str, entity: Entity) -> Option<u32> {
    plate.grid(grid).and_then(|grid| grid.count(entity))
}

const PERSON: &str = "甲,a0,居住\n";
const FIRM: &str = "91440300MA50000063,甲公司,a0,注册,存续\n";

#[test]
fn copies_of_rows_count_once_and_are_noted() {
    let people = format!("{}乙,a2,居住\n", PERSON.repeat(3));
    let (dir, plate) = city(&[], &people, &FIRM.repeat(3));
    assert_eq!(
        (counts(&plate, "A", Entity::Enterprise), plate.manifest().layer("enterprises").map_or(0, |layer| layer.rows)),
        (Some(1), 1)
    );
    assert_eq!(counts(&plate, "A", Entity::Person), Some(1));
    let rejects = std::fs::read_to_string(dir.path().join("out.plate/rejects.csv")).expect("a list");
    assert_eq!(rejects.matches("an exact copy of an earlier row").count(), 2, "{rejects}");
    let firms = plate.manifest().sources.iter().find(|s| s.entity == "enterprise").expect("a source");
    assert_eq!((firms.rows, firms.used, firms.rejected), (3, 3, 0));
}

#[test]
fn what_stands_for_nothing_is_nothing() {
    let people = format!("{PERSON}-,a0,居住\nnan,a1,居住\n丙,-,居住\n");
    let firms = format!("{FIRM}91440300MA5000057B,己公司,#N/A,注册,存续\n");
    let (dir, plate) = city(&[], &people, &firms);
    assert_eq!(plate.people().expect("own files").manifest().rows, 2, "a dash is nobody's id");
    let rejects = std::fs::read_to_string(dir.path().join("out.plate/rejects.csv")).expect("a list");
    assert_eq!(rejects.matches("no id: the row is about nobody").count(), 2, "{rejects}");
    assert!(!rejects.contains("no address has this code"), "{rejects}");
    let issues: Vec<_> = all_issues(&plate).map(|issue| issue.evidence.to_string()).collect();
    assert!(issues.iter().any(|evidence| evidence == "no address is named"), "{issues:?}");
}

#[test]
fn rows_that_say_something_else_are_no_copies() {
    let grids = "code,wkt\nG,\"POLYGON((114 22.5,114.01 22.5,114.01 22.51,114 22.51,114 22.5))\"\n";
    let house = |floors: u32, status: &str| {
        format!("h,{floors},{status},\"POLYGON((114.001 22.501,114.002 22.501,114.002 22.502,114.001 22.501))\"\n")
    };
    let spec = "plate = { name = \"小城\" }\n[[grids]]\npath = \"grids.csv\"\ncrs = \"EPSG:4490\"\ncode = \"code\"\n\
                [[buildings]]\npath = \"buildings.csv\"\ncrs = \"EPSG:4490\"\ncode = \"house\"\nfloors = \"floors\"\n\
                status = \"status\"\n[[addresses]]\npath = \"addresses.csv\"\ncrs = \"EPSG:4490\"\ncode = \"addr\"\n\
                text = \"text\"\nlng = \"x\"\nlat = \"y\"\n";
    let houses = house(5, "在") + &house(5, "在") + &house(12, "已拆除");
    let addresses = "addr,text,x,y\na,海棠路1号,0,0\na,海棠路1号,0,0\nb,海棠路2号,nan,-\nc,海棠路3号,114.005,22.505\nc,海棠路4号,114.005,22.505\n";
    let (dir, report) = build_text(&[
        ("spec.toml", spec),
        ("grids.csv", grids),
        ("buildings.csv", &format!("house,floors,status,wkt\n{houses}")),
        ("addresses.csv", addresses),
    ]);
    report.expect("builds");
    let rejects = std::fs::read_to_string(dir.path().join("out.plate/rejects.csv")).expect("a list");
    let lines: Vec<_> = rejects.lines().filter_map(|line| line.split_once(".csv,")).map(|(_, rest)| rest).collect();
    assert_eq!(
        lines,
        [
            "3,,,an exact copy of an earlier row: kept once,noted",
            "4,house,h,code seen before with other attributes: those of the first row were kept,noted",
            "4,\"x, y\",,\"no coordinates, and no building is named\",rejected",
            "3,,,an exact copy of an earlier row: kept once,noted",
            "6,addr,c,address code seen before: row 5 was kept,rejected",
        ],
        "{rejects}"
    );
}

#[test]
fn an_enterprise_counts_at_one_registered_address() {
    let two = "91440300MA50000063,甲公司,a2,注册,注销\n91440300MA50000063,甲公司,,注册,存续\n\
               91440300MA50000063,甲公司,a0,注册,存续\n91440300MA50000063,甲公司,a3,注册,存续\n\
               91440300MA5000057B,己公司,a1,经营,存续\n";
    let (_dir, plate) = city(&[], PERSON, two);
    assert_eq!(counts(&plate, "A", Entity::Enterprise), Some(1), "the first that is in business and has an address");
    assert_eq!(counts(&plate, "B", Entity::Enterprise), Some(0));
    let firm = plate.enterprise("91440300MA50000063").expect("is there");
    assert_eq!(firm.address().map(|a| a.code()), Some("a0"));
    assert_eq!((firm.everywhere().count(), firm.everywhere().filter(Record::is_counted).count()), (4, 1));
    let by = plate
        .stats(&StatsQuery {
            areas: Areas::Cells(8),
            within: None,
            kind: None,
            by: Some("enterprise.status".to_owned()),
        })
        .expect("counts");
    let sum: u32 = by.rows.iter().flat_map(|row| row.by.iter().flatten()).sum();
    assert_eq!(sum, 1, "by category and cell too");
}

#[test]
fn a_person_with_two_homes_is_one() {
    let (_dir, plate) = city(&[], "甲,a2,居住\n甲,a0,居住\n甲,a1,户籍\n乙,a0,居住\n", FIRM);
    assert_eq!((counts(&plate, "A", Entity::Person), counts(&plate, "B", Entity::Person)), (Some(1), Some(1)));
    let city = plate.grids_with_code("441900").find(|g| g.level() == Some(Level::City)).expect("is there");
    assert_eq!(city.count(Entity::Person), Some(2));
    assert_eq!(all_issues(&plate).filter(|issue| issue.rule == Rule::PersonTwoHomes).count(), 1);
    let people = plate.people().expect("own files");
    let counted = |code: &str| people.at(plate.address(code).expect("is there")).filter(|p| p.is_counted()).count();
    assert_eq!(["a0", "a1", "a2"].map(counted), [1, 0, 1]);
}

#[test]
fn an_enterprise_in_two_roles_is_one_at_its_address() {
    let firms = "91440300MA50000063,甲公司,a0,经营,存续\n91440300MA50000063,甲公司,a0,注册,存续\n\
                 91440300MA5000014X,乙公司,a0,注册,存续\n";
    let (_dir, plate) = city(&[], PERSON, firms);
    let of = |code: &str| plate.describe(code).expect("is there");
    for code in ["a0", "b0"] {
        let (EntityAnswer { own: Own::Address { enterprises, enterprise_list, .. }, .. }
        | EntityAnswer { own: Own::Building { enterprises, enterprise_list, .. }, .. }) = of(code)
        else {
            panic!("{code} is neither");
        };
        assert_eq!((enterprises, enterprise_list.len()), (2, 2), "{code}");
        assert!(
            enterprise_list.iter().all(|e| e.role.is_some_and(|role| role.as_str() == "注册")),
            "the stronger role"
        );
    }
    let Own::Enterprise { co_located, .. } = of("91440300MA5000014X").own else { panic!("no enterprise") };
    assert_eq!(co_located, 1);
}

#[test]
fn only_stated_words_say_that_a_building_is_gone() {
    for (status, gone) in [
        ("已拆除", true),
        ("已拆", true),
        ("灭失", true),
        ("已拆除（2019年）", true),
        ("Demolished", true),
        ("未拆除", false),
        ("待拆除", false),
        ("计划拆除", false),
        ("not demolished", false),
        ("部分灭失", false),
        ("", false),
    ] {
        let (_dir, plate) = city(&[status], PERSON, FIRM);
        let building = plate.building("b0").expect("is there");
        assert_eq!(building.is_demolished(), gone, "{status}");
        assert_eq!(counts(&plate, "A", Entity::Building), Some(if gone { 1 } else { 2 }), "{status}");
        let cells =
            plate.stats(&StatsQuery { areas: Areas::Cells(9), within: None, kind: None, by: None }).expect("counts");
        assert_eq!(
            cells.rows.iter().map(|row| row.counts.buildings).sum::<u32>(),
            if gone { 3 } else { 4 },
            "{status}"
        );
    }
}

#[test]
fn a_building_that_stands_goes_before_one_that_is_gone() {
    let grids = "code,wkt\nA,\"POLYGON((114 22.5,114.01 22.5,114.01 22.51,114 22.51,114 22.5))\"\n";
    let buildings = format!(
        "code,state,wkt\nold,推平,{}\nnew,,{}\nlast,推平,{}\n",
        square(1.0, 1.0),
        square(1.0, 1.0),
        square(5.0, 5.0)
    );
    let spec = r#"
        plate = { name = "小城" }
        [[grids]]
        path = "grids.csv"
        crs = "EPSG:4490"
        code = "code"
        [[buildings]]
        path = "buildings.csv"
        crs = "EPSG:4490"
        code = "code"
        status = "state"
        demolished = ["推平"]
        [[addresses]]
        path = "addresses.csv"
        crs = "EPSG:4490"
        code = "code"
        text = "text"
        lng = "x"
        lat = "y"
    "#;
    let addresses = "code,text,x,y\na,一号,114.0015,22.5015\nb,二号,114.0055,22.5055\nc,三号,114.00205,22.5015\n";
    let (dir, report) = build_text(&[
        ("spec.toml", spec),
        ("grids.csv", grids),
        ("buildings.csv", &buildings),
        ("addresses.csv", addresses),
    ]);
    report.expect("builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    let of = |code: &str| plate.address(code).and_then(|a| a.building()).map(|(building, _)| building.code());
    assert_eq!([of("a"), of("b"), of("c")], [Some("new"), Some("last"), Some("new")]);
    let there = plate.buildings_at(LngLat::new(114.0015, 22.5015));
    assert_eq!(there.iter().map(Building::code).collect::<Vec<_>>(), ["new", "old"]);
    let nearest = |lng, lat, within| plate.nearest_building(LngLat::new(lng, lat), within).map(|(b, _)| b.code());
    assert_eq!(nearest(114.0015, 22.5015, 10.0), Some("new"));
    assert_eq!(nearest(114.0055, 22.5055, 10.0), Some("last"), "where nothing stands");
    assert_eq!(nearest(114.0055, 22.5055, 1_000.0), Some("new"), "one that stands, if it is near enough");
}

/// Points and numbers of everything that counts: buildings, addresses, enterprises.
fn everything(plate: &Baseplate) -> Vec<(LngLat, Option<Grid<'_>>, [u32; 3])> {
    let (basic, whole) = (GridKind::basic(), plate.manifest().bbox.expect("not empty"));
    let building = |b: Building<'_>| (b.point().expect("a point"), [1, 0, 0]);
    let address = |a: Address<'_>| {
        let enterprises = a.enterprises().filter(Record::is_counted).count() as u32;
        (a.point().expect("a point"), [0, 1, enterprises])
    };
    let buildings = plate.buildings_in(whole).into_iter().filter(|b| !b.is_demolished());
    let buildings = buildings.map(|b| (building(b).0, b.grid(&basic), building(b).1));
    let addresses = plate.addresses_in(whole).into_iter().map(|a| (address(a).0, a.grid(&basic), address(a).1));
    buildings.chain(addresses).collect()
}

fn by_cell<'p>(
    all: &[(LngLat, Option<Grid<'p>>, [u32; 3])],
    resolution: Resolution,
    inside: impl Fn(&Option<Grid<'p>>) -> bool,
) -> BTreeMap<String, [u32; 3]> {
    let mut cells: BTreeMap<String, [u32; 3]> = BTreeMap::new();
    for (at, _, numbers) in all.iter().filter(|(_, grid, _)| inside(grid)) {
        let cell = LatLng::new(at.lat, at.lng).expect("on Earth").to_cell(resolution);
        let sum = cells.entry(cell.to_string()).or_default();
        (0..3).for_each(|i| sum[i] += numbers[i]);
    }
    cells
}

fn numbers(rows: &[StatsRow]) -> BTreeMap<String, [u32; 3]> {
    let counts = |row: &StatsRow| [row.counts.buildings, row.counts.addresses, row.counts.records("enterprises")];
    rows.iter().map(|row| (row.code.clone(), counts(row))).filter(|(_, n)| *n != [0; 3]).collect()
}

#[test]
fn cells_hold_what_lies_in_them() {
    let plate = town();
    let all = everything(&plate);
    for resolution in 5..=10 {
        let stats = plate
            .stats(&StatsQuery { areas: Areas::Cells(resolution), within: None, kind: None, by: None })
            .expect("counts");
        let resolution = Resolution::try_from(resolution).expect("a resolution");
        assert_eq!(numbers(&stats.rows), by_cell(&all, resolution, |_| true), "{resolution}");
        let people: u32 = stats.rows.iter().filter_map(|row| row.counts.people).sum();
        assert_eq!(u64::from(people), plate.manifest().layer("people").map_or(0, |layer| layer.rows), "{resolution}");
    }
}

#[test]
fn within_a_grid_cells_hold_what_is_in_the_grid() {
    let plate = town();
    let all = everything(&plate);
    let whole: BTreeMap<String, (Option<u32>, bool)> = {
        let stats =
            plate.stats(&StatsQuery { areas: Areas::Cells(9), within: None, kind: None, by: None }).expect("counts");
        stats.rows.into_iter().map(|row| (row.code, (row.counts.people, row.counts.people_estimated))).collect()
    };
    let (mut shown, mut cut) = (0, 0);
    for code in ["99010100100101", "990101001001", "990101", "9901"] {
        let grid = plate.grid(code).unwrap_or_else(|| panic!("the town has no {code}"));
        let inside = |of: &Option<Grid<'_>>| of.is_some_and(|of| of.chain().any(|above| above == grid));
        for resolution in [7, 9, 10] {
            let within = Some(code.to_owned());
            let stats = plate
                .stats(&StatsQuery {
                    areas: Areas::Cells(resolution),
                    within,
                    kind: None,
                    by: Some("industry".to_owned()),
                })
                .expect("counts");
            let resolution = Resolution::try_from(resolution).expect("a resolution");
            assert_eq!(numbers(&stats.rows), by_cell(&all, resolution, inside), "{code} {resolution}");
            let covered: HashSet<u64> = grid
                .h3_cover(resolution.into())
                .expect("a cover")
                .filter(|(_, position)| position.as_str() == "inside")
                .map(|(cell, _)| cell)
                .collect();
            for row in &stats.rows {
                let by: u32 = row.by.iter().flatten().sum();
                assert_eq!(by, row.counts.records("enterprises"), "{code} {}", row.code);
                let cell: CellIndex = row.code.parse().expect("a cell");
                let is_inside = covered.contains(&cell.into());
                assert!(is_inside || row.counts.people_estimated, "{code}: the border cuts {}", row.code);
                if resolution == Resolution::Nine && is_inside {
                    assert_eq!(
                        (row.counts.people, row.counts.people_estimated),
                        whole[&row.code],
                        "{code} {}",
                        row.code
                    );
                }
                shown += u32::from(row.counts.people.is_some());
                cut += u32::from(!is_inside);
            }
            let people: u32 = stats.rows.iter().filter_map(|row| row.counts.people).sum();
            assert_eq!(Some(people), grid.count(Entity::Person), "{code} {resolution}");
        }
    }
    assert!(shown > 5 && cut > 20, "{shown} shown, {cut} cut");
}

#[test]
fn a_code_of_several_levels_means_all_of_them() {
    let (_dir, plate) = city(&[], PERSON, FIRM);
    for (level, rows) in [(Level::City, 1), (Level::District, 1), (Level::Community, 1), (Level::Grid, 2)] {
        let query = StatsQuery { areas: Areas::Level(level), within: Some("441900".to_owned()), kind: None, by: None };
        assert_eq!(plate.stats(&query).expect("counts").rows.len(), rows, "{level}");
    }
    let query = StatsQuery { areas: Areas::Cells(9), within: Some("441900".to_owned()), kind: None, by: None };
    let addresses: u32 = plate.stats(&query).expect("counts").rows.iter().map(|row| row.counts.addresses).sum();
    assert_eq!(addresses, 4);
}

/// 个体工商户 are counted, and named by nothing but their own code.
#[test]
fn natural_persons_are_counted_and_not_listed() {
    let firms = format!(
        "{FIRM}92440300MA5000057B,丁记小吃,a0,注册,存续\n440300600000015,戊记五金,a0,注册,存续\n\
         X1,己记理发,a0,注册,\nX1,己记理发,a1,经营,个体工商户\n91440300MA5000058X,庚公司,a0,注册,存续\n93440300MA5000059U,辛合作社,a0,注册,存续\n"
    );
    let (_dir, plate) = city(&[], PERSON, &firms);
    let listed = |plate: &Baseplate| {
        let answer = plate.describe("b0").expect("is there");
        let Own::Building { enterprises, natural_persons_hidden, enterprise_list, .. } = answer.own else {
            unreachable!("a building")
        };
        (enterprises, natural_persons_hidden, enterprise_list.len())
    };
    let features = |plate: &Baseplate| {
        let layer = plate.tile_layers().iter().find(|layer| layer.name == "enterprises").expect("a layer").clone();
        let by_place =
            (0..plate.feature_places(&layer)).filter(|place| plate.feature(&layer, *place).is_some()).count();
        assert_eq!(plate.features(&layer).count() as u64, plate.feature_count(&layer));
        (plate.feature_count(&layer), by_place, plate.feature_place(&layer, "92440300MA5000057B").is_some())
    };
    let found = |plate: &Baseplate| plate.suggest("92440300MA5", None, 10).len();
    let all = plate.clone().with_natural_persons();
    let (enterprises, hidden, list) = listed(&plate);
    assert_eq!(listed(&all), (enterprises, 0, list + 3));
    assert_eq!(hidden, 3);
    let (count, by_place, _) = features(&plate);
    assert_eq!(features(&plate), (count, by_place, false));
    // Features are rows, of which one of the three has two; by place there are those that count.
    assert_eq!(features(&all), (count + 4, by_place + 3, true));
    assert_eq!((found(&plate), found(&all)), (0, 1));
    assert_eq!(counts(&plate, "A", Entity::Enterprise), counts(&all, "A", Entity::Enterprise));
    let owner = plate.enterprise("92440300MA5000057B").expect("by its whole code");
    assert!(owner.is_natural_person() && !owner.is_listed());
    assert!(!plate.enterprise("93440300MA5000059U").expect("is there").is_natural_person());
}
