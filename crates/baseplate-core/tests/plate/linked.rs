//! People, enterprises and overrides: what is linked, what is counted, and what must not be seen.

use crate::common::{build_text, key, town, town_dir, town_spec};
use baseplate_core::{
    Areas, Baseplate, BuildError, BuildOptions, Entity, GridKind, How, Level, PersonRole, Record, Spec, StatsError,
    StatsQuery, Thing, build,
    code::{KeyError, PersonKey},
};
use std::{collections::BTreeMap, fs, path::Path};

/// All files below a directory, as bytes.
fn contents(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            all.extend(contents(&entry));
        } else {
            all.push((entry.display().to_string(), fs::read(&entry).expect("a file")));
        }
    }
    all
}

const CITY: [(&str, &str); 5] = [
    (
        "spec.toml",
        r#"
        plate = { name = "小城" }
        [[grids]]
        path = "grids.csv"
        crs = "EPSG:4490"
        code = "code"
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
        [[people]]
        path = "people.csv"
        id = "id"
        address = "address"
        [[overrides]]
        path = "overrides.csv"
        building = "building"
        grid = "grid"
        reason = "why"
        approved_by = "who"
        "#,
    ),
    ("grids.csv", "code,wkt\nA,\"POLYGON((0 0,1 0,1 1,0 1,0 0))\"\nB,\"POLYGON((1 0,2 0,2 1,1 1,1 0))\"\n"),
    ("buildings.csv", "code,wkt\nx,\"POLYGON((0.1 0.1,0.2 0.1,0.2 0.2,0.1 0.2,0.1 0.1))\"\n"),
    ("addresses.csv", "code,text,building\nx1,一号,x\nx2,二号,x\n"),
    ("overrides.csv", "building,grid,why,who\nx,B,属地管理,街道办\nx,C,,\n"),
];

fn city(people: &str) -> (tempfile::TempDir, Result<baseplate_core::BuildReport, BuildError>) {
    let files: Vec<_> = CITY.into_iter().chain([("people.csv", people)]).collect();
    build_text(&files)
}

#[test]
fn no_id_is_written_anywhere() {
    // A right id, a wrong one, one in a broken line, one in a row that is too long, one with a role that does not exist:
    // none of these people can exist.
    let ids =
        ["000000299901010018", "000000299901010029", "000000299901010039", "000000299901010049", "000000299901010059"];
    let [a, b, c, d, e] = ids;
    let people = format!("id,address\n{a},x1\n{b},x1\n\"{c},x1\n{d},x1,surplus\n{e},\n");
    let (dir, report) = city(&people);
    let report = report.expect("builds");
    let seen = format!("{report:?}");
    for id in ids {
        let digits = &id[..17];
        assert!(!seen.contains(digits), "the report shows an id");
        for (file, bytes) in contents(&dir.path().join("out.plate")) {
            assert!(!bytes.windows(17).any(|w| w == digits.as_bytes()), "{file} has an id in clear");
        }
    }
}

#[test]
fn a_file_without_a_header_does_not_show_its_people() {
    let (_dir, report) = city("000000299901010018,x1\n");
    let message = report.expect_err("no header").to_string();
    assert!(message.contains("there is no column 'id'") && !message.contains("0000002999"), "{message}");
}

#[test]
fn without_a_key_people_are_refused() {
    let out = tempfile::tempdir().expect("a directory");
    let spec = Spec::read(&town_spec()).expect("a spec");
    let refused = build(&spec, &out.path().join("out.plate"), BuildOptions::default(), &|_| {});
    let message = refused.expect_err("no key").to_string();
    assert!(message.contains("head -c 32 /dev/urandom") && message.contains("--key-file"), "{message}");
}

#[test]
fn a_person_is_found_with_the_key_alone() {
    let id = "000000299901010018";
    let (dir, report) = city(&format!("id,address\n{id},x1\n"));
    report.expect("builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    let stranger =
        PersonKey::new(b"ae448ac86c4e8e4dec645729708ef41873ae79c6dff84eff73360989487f08e5").expect("long enough");
    let people = plate.people().expect("own files");
    assert!(matches!(people.person(&stranger, id), Err(KeyError::Other { .. })));
    let wrong = people.person(&key(), id).expect("the key");
    let is_valid = id.parse::<baseplate_core::code::CitizenId>().is_ok();
    let person = wrong.expect("kept, right or wrong");
    let homes: Vec<_> = person.residences().collect();
    assert_eq!(homes.len(), 1);
    assert_eq!(homes[0].address().map(|a| a.code()), is_valid.then_some("x1"));
    assert_eq!(homes[0].role(), Some(PersonRole::Lives));
    assert_eq!(people.person(&key(), "000000299901010099").expect("the key").map(drop), None);
    assert!(plate.resolve(id).is_none());
}

#[test]
fn an_id_in_another_column_is_rejected_unread() {
    // In the column of the address, in a category, and in a category in groups; nobody can have them.
    let ids = ["000000296312139569", "000000296407246957", "000000 29651219 4175"];
    let [address, sex, kind] = ids;
    let people = format!(
        "id,address,sex,kind\n000000299901010018,x1,男,户籍\n000000299901010018,{address},男,户籍\n\
         000000299901010018,x1,{sex},户籍\n000000299901010018,x1,男,{kind}\n"
    );
    let spec = CITY[0]
        .1
        .replace("address = \"address\"", "address = \"address\"\nattributes = [\"sex\", \"kind\"]\nmin_used = 0");
    let files: Vec<_> = [("spec.toml", spec.as_str()), ("people.csv", people.as_str())]
        .into_iter()
        .chain(CITY.into_iter().skip(1))
        .collect();
    let (dir, report) = build_text(&files);
    let report = report.expect("builds");
    let source = report.private.sources.iter().find(|s| s.entity == "person").expect("a source");
    assert_eq!((source.rows, source.used, source.rejected), (4, 1, 3));
    for (file, bytes) in contents(&dir.path().join("out.plate")) {
        for id in ids {
            assert!(!bytes.windows(id.len()).any(|window| window == id.as_bytes()), "{file} has an id");
        }
    }
}

#[test]
fn an_override_wins_over_geometry_and_says_so() {
    let (dir, report) = city("id,address\n000000299901010018,x1\n");
    let report = report.expect("builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    let building = plate.building("x").expect("a building");
    let decided = building.grid_override(&GridKind::basic()).expect("decided");
    assert_eq!(building.grid(&GridKind::basic()).map(|g| g.code()), Some("B"));
    assert_eq!((decided.reason(), decided.approved_by()), (Some("属地管理"), Some("街道办")));
    let answer = serde_json::to_value(plate.describe("x1")).expect("JSON");
    let link = answer["links"].as_array().expect("links").iter().find(|l| l["relation"] == "building→grid");
    let link = link.expect("a link to the grid");
    assert_eq!((&link["how"], &link["code"]), (&"override".into(), &"B".into()));
    assert_eq!((&link["reason"], &link["approved_by"]), (&"属地管理".into(), &"街道办".into()));
    let count = |code: &str| plate.grid(code).and_then(|g| g.count(Entity::Address));
    assert_eq!((count("A"), count("B")), (Some(0), Some(2)));
    let source = report.manifest.sources.iter().find(|s| s.entity == "override").expect("its source");
    assert_eq!((source.used, source.rejected), (1, 1));
}

/// Of a code and the rest of its row the text and the code.
fn text_and_code<'a>((code, rest): (&'a str, &'a str)) -> (&'a str, &'a str) {
    (rest.split(',').next().unwrap_or_default(), code)
}

#[test]
fn enterprises_of_the_town_are_where_they_are_said_to_be() {
    let plate = town();
    let rows = fs::read_to_string(town_spec().with_file_name("enterprises.csv")).expect("the sample");
    let library = fs::read_to_string(town_spec().with_file_name("addresses.csv")).expect("the sample");
    let by_text: BTreeMap<&str, &str> =
        library.lines().filter_map(|line| line.split_once(',')).map(text_and_code).collect();
    let (mut at, mut geocoded): (BTreeMap<String, usize>, _) = (BTreeMap::new(), 0);
    for row in rows.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>()) {
        let [uscc, _, given, text, ..] = row[..] else { panic!("a row of the sample has seven cells") };
        let (address, how) = if given.is_empty() { (by_text[text], How::Geocoded) } else { (given, How::Given) };
        let mut everywhere = plate.enterprise(uscc).expect("in the plate").everywhere();
        let is_there = |e: Record<'_>| e.address().map(|a| a.code()) == Some(address) && e.link() == Some(how);
        assert!(everywhere.any(is_there), "{uscc}");
        geocoded += usize::from(given.is_empty());
        *at.entry(address.to_owned()).or_default() += 1;
    }
    assert!(geocoded > 100, "{geocoded}");
    for (address, count) in &at {
        let there = plate.address(address).expect("in the sample");
        assert_eq!(there.enterprises().len(), *count, "{address}");
        let (building, _) = there.building().expect("linked");
        assert!(building.enterprises().len() >= *count);
    }
    let Some(Thing::Record(one)) = rows.lines().nth(1).and_then(|line| plate.resolve(&line[..18])) else {
        panic!("the first enterprise is found by its code")
    };
    assert_eq!(one.role(), Some("注册"));
}

#[test]
fn people_of_the_town_are_counted_where_they_live() {
    let plate = town();
    let people = plate.people().expect("own files");
    let rows = fs::read_to_string(town_spec().with_file_name("people.csv")).expect("the sample");
    let (mut lives, mut all) = (BTreeMap::<String, u32>::new(), 0);
    for row in rows.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>()) {
        all += 1;
        let person = people.person(&key(), row[0]).expect("the key").expect("in the plate");
        assert!(person.residences().any(|r| r.address().is_some_and(|a| a.code() == row[1])));
        if row[2] == "居住" {
            *lives.entry(row[1][..14].to_owned()).or_default() += 1;
        }
    }
    assert_eq!(people.manifest().rows, all);
    let (mut exact, mut estimated) = (0, 0);
    for grid in plate.coverage(&GridKind::basic()).expect("basic").grids() {
        let (count, truth) = (grid.count(Entity::Person).expect("counted"), lives.get(grid.code()).copied());
        match grid.is_estimated() {
            false => {
                assert_eq!(truth.unwrap_or_default(), count, "{}", grid.code());
                exact += 1;
            }
            true => estimated += 1,
        }
    }
    assert!(exact > estimated, "{exact} grids exact, {estimated} estimated");
    let city = plate.grid("9901").and_then(|g| g.count(Entity::Person));
    assert_eq!(city, Some(lives.values().sum()));
}

#[test]
fn statistics_add_up() {
    let plate = town();
    let ask = |areas, by: Option<&str>, within: Option<&str>| {
        plate.stats(&StatsQuery { areas, kind: None, by: by.map(str::to_owned), within: within.map(str::to_owned) })
    };
    let city = ask(Areas::Level(Level::City), None, None).expect("the city").rows.remove(0).counts;
    for level in Level::ALL {
        let rows = ask(Areas::Level(level), Some("industry"), None).expect("by industry").rows;
        assert_eq!(rows.iter().map(|r| r.counts.addresses).sum::<u32>(), city.addresses);
        for row in rows {
            let by: u32 = row.by.iter().flatten().sum();
            assert_eq!(by, row.counts.records("enterprises"), "{}", row.code);
        }
        for row in ask(Areas::Level(level), Some("sex"), None).expect("by sex").rows {
            let by = row.by.expect("categories");
            assert_eq!(Some(by.iter().sum()), row.counts.people, "{}", row.code);
            // Exact numbers are of at least as many as are told together.
            let told = |n: &u32| *n == 0 || *n >= 5 || row.by_estimated == Some(true);
            assert!(by.iter().all(told), "{} {by:?}", row.code);
        }
    }
    for resolution in 5..=10 {
        let cells = ask(Areas::Cells(resolution), Some("industry"), None).expect("cells").rows;
        assert_eq!(cells.iter().map(|r| r.counts.addresses).sum::<u32>(), city.addresses);
        let by: u32 = cells.iter().flat_map(|r| r.by.iter().flatten()).sum();
        assert_eq!(by, city.records("enterprises"));
    }
    let district = ask(Areas::Level(Level::Grid), None, Some("990101")).expect("a district").rows;
    assert!(!district.is_empty() && district.iter().all(|r| r.code.starts_with("990101")));
    for resolution in 5..=10 {
        let cells = ask(Areas::Cells(resolution), Some("sex"), None).expect("cells").rows;
        let by: u32 = cells.iter().flat_map(|r| r.by.iter().flatten()).sum();
        assert_eq!((Some(by), cells.iter().map(|r| r.counts.people).sum()), (city.people, city.people));
    }
    assert_eq!(ask(Areas::Cells(3), None, None), Err(StatsError::Resolution(3)));
    assert!(ask(Areas::Cells(8), Some("colour"), None).expect_err("none").to_string().contains("person.sex"));
    assert!(town_dir().exists());
}
