//! Counts of people change at releases only, and a series of them goes on where it stopped.

use crate::common::options;
use baseplate_core::{
    Areas, Baseplate, BuildError, BuildOptions, BuildReport, Entity, Level, Spec, StatsQuery, build, code::PersonKey,
};
use std::{fs, path::Path};

const SPEC: &str = r#"
    [plate]
    name = "小城"
    people_release = "on-command"
    [[grids]]
    path = "grids.csv"
    crs = "EPSG:4490"
    code = "code"
    ancestors = { community = "above" }
    [[buildings]]
    path = "buildings.csv"
    crs = "EPSG:4490"
    code = "code"
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
    id_type = "other"
    address = "address"
    attributes = ["sex"]
    [[overrides]]
    path = "overrides.csv"
    building = "building"
    grid = "grid"
    reason = "why"
    approved_by = "who"
    may_be_empty = true
"#;

/// The folder of a small city: two grids under one community, six houses in a row.
struct City(tempfile::TempDir);

impl City {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).expect("a file");
        write("spec.toml", SPEC);
        write(
            "grids.csv",
            "code,above,wkt\nA,C,\"POLYGON((114 22.5,114.003 22.5,114.003 22.51,114 22.51,114 22.5))\"\n\
             B,C,\"POLYGON((114.003 22.5,114.006 22.5,114.006 22.51,114.003 22.51,114.003 22.5))\"\n",
        );
        let house = |n: u32| {
            let west = 114.0002 + f64::from(n) / 1e3;
            let east = west + 0.0005;
            format!(
                "h{n},\"POLYGON(({west:.4} 22.501,{east:.4} 22.501,{east:.4} 22.502,{west:.4} 22.502,{west:.4} 22.501))\"\n"
            )
        };
        write("buildings.csv", &(0..6).map(house).fold("code,wkt\n".to_owned(), |text, house| text + &house));
        let address = |n: u32| format!("a{n},海棠路{n}号,{:.4},22.5015,h{n}\n", 114.0004 + f64::from(n) / 1e3);
        let addresses = (0..6).map(address).fold("code,text,lng,lat,building\n".to_owned(), |text, one| text + &one);
        write("addresses.csv", &addresses);
        write("overrides.csv", "building,grid,why,who\n");
        Self(dir)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// So many people in each house, whose ids begin with a number; every second one is a man.
    fn people(&self, houses: &[(u32, u32)]) {
        let people = houses.iter().enumerate().flat_map(|(house, (first, count))| {
            (*first..first + count).map(move |n| format!("p{n},a{house},{}\n", if n % 2 == 0 { "男" } else { "女" }))
        });
        let text = people.fold("id,address,sex\n".to_owned(), |text, person| text + &person);
        fs::write(self.path().join("people.csv"), text).expect("a file");
    }

    fn build(&self, options: BuildOptions) -> Result<BuildReport, BuildError> {
        let spec = Spec::read(&self.path().join("spec.toml")).expect("a spec");
        build(&spec, &self.path().join("out.plate"), options, &|_| {})
    }

    fn plate(&self) -> Baseplate {
        Baseplate::open(self.path().join("out.plate")).expect("opens")
    }

    /// People of the two grids and the community, and which are estimates.
    fn counts(&self) -> [(u32, bool); 3] {
        let plate = self.plate();
        ["A", "B", "C"].map(|code| {
            let grid = plate.grid(code).expect("is there");
            (grid.count(Entity::Person).expect("counted"), grid.is_estimated())
        })
    }
}

fn release() -> BuildOptions {
    BuildOptions { release_people: true, accept: true, ..options(false) }
}

#[test]
fn counts_change_at_releases_only() {
    let city = City::new();
    city.people(&[(0, 20), (100, 20), (200, 3), (300, 20), (400, 2), (500, 20)]);
    let report = city.build(options(false)).expect("builds");
    assert!(report.is_release);
    assert_eq!(city.counts(), [(43, false), (42, false), (85, false)]);
    // Two leave and one comes: no build tells.
    city.people(&[(0, 18), (100, 20), (200, 4), (300, 20), (400, 2), (500, 20)]);
    let report = city.build(BuildOptions { accept: true, ..options(false) }).expect("builds");
    assert!(!report.is_release);
    assert_eq!(city.counts(), [(43, false), (42, false), (85, false)]);
    // Nor does a release, because three movers are too few.
    let report = city.build(release()).expect("builds");
    assert!(report.is_release && report.notes.iter().any(|note| note.contains("0 of 4 blocks")), "{:?}", report.notes);
    assert_eq!(city.counts(), [(43, false), (42, false), (85, false)]);
    // With ten that come to another house they are enough: all that is too little goes with them, and whoever stays out of a pool tells nothing.
    city.people(&[(0, 18), (100, 30), (200, 4), (300, 20), (400, 2), (500, 20)]);
    city.build(release()).expect("builds");
    let [a, b, c] = city.counts();
    assert_eq!((a.0 + b.0, c), (94, (94, false)), "the sum is told");
    assert!(a.1 && b.1, "what each grid has of it is an estimate");
    // Enough come to both grids: each is told for itself, and shared out by what was told before.
    city.people(&[(40, 28), (100, 30), (200, 4), (300, 40), (400, 2), (500, 20)]);
    city.build(release()).expect("builds");
    assert_eq!(city.counts()[2], (124, false));
    let plate = city.plate();
    let people = plate.manifest().people_release.clone().expect("a release");
    assert_eq!((people.number, plate.manifest().layer("people").map_or(0, |layer| layer.rows)), (4, people.people));
    plate.verify().expect("sound");
}

/// A house that is put into another grid takes its block with it, and nothing is told of who lives in it.
#[test]
fn an_override_moves_blocks_as_a_whole() {
    let city = City::new();
    city.people(&[(0, 20), (100, 20), (200, 3), (300, 20), (400, 2), (500, 20)]);
    city.build(options(false)).expect("builds");
    let before = city.counts();
    fs::write(city.path().join("overrides.csv"), "building,grid,why,who\nh2,B,分片,街道\n").expect("a file");
    city.build(options(false)).expect("builds");
    let after = city.counts();
    assert_eq!(after[0].0 + after[1].0, before[0].0 + before[1].0);
    assert!(after[0].1 && after[1].1, "both hold a part of a block: {after:?}");
    assert_eq!(after[2], before[2]);
    // The small house is no block: either all of its block's people have moved, or none.
    assert!(
        [0, 3, 23].contains(&before[0].0.abs_diff(after[0].0)) && before[0].0.abs_diff(after[0].0) != 3,
        "{after:?}"
    );
}

/// What was counted of a house that is gone stays where it was until it is told, and is an estimate if only a part of that is there.
#[test]
fn a_house_that_is_gone_leaves_an_estimate() {
    let city = City::new();
    city.people(&[(0, 20), (100, 20), (200, 20), (300, 5), (400, 0), (500, 0)]);
    city.build(options(false)).expect("builds");
    assert_eq!(city.counts(), [(60, false), (5, false), (65, false)]);
    for name in ["buildings.csv", "addresses.csv"] {
        let path = city.path().join(name);
        let text = fs::read_to_string(&path).expect("a file");
        let left: String = text.lines().filter(|line| !line.contains("h3")).map(|line| format!("{line}\n")).collect();
        fs::write(path, left).expect("a file");
    }
    city.people(&[(0, 18), (100, 20), (200, 20)]);
    city.build(BuildOptions { accept: true, ..options(false) }).expect("builds");
    assert_eq!(city.counts()[1], (5, false), "as of the release");
    city.build(release()).expect("builds");
    let [a, b, c] = city.counts();
    assert_eq!((a.0 + b.0, c.0), (58, 58));
    assert!(b.0 == 0 || b.1, "{b:?}");
}

#[test]
fn a_series_goes_on_or_the_build_says_why_not() {
    let city = City::new();
    let state = city.path().join("out.plate/people-releases.bin");
    city.people(&[(0, 20), (100, 20), (200, 20), (300, 20), (400, 20), (500, 20)]);
    city.build(options(false)).expect("builds");
    let first = fs::read(&state).expect("a state");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&state).expect("is there").permissions().mode() & 0o777, 0o600);
    }
    city.build(release()).expect("a second release");
    let refused = |said: &str| {
        let error = city.build(options(false)).expect_err("refused").to_string();
        assert!(error.contains("people-releases.bin") && error.contains(said), "{error}");
    };
    fs::write(&state, &first).expect("put back");
    refused("older than what is published");
    fs::remove_file(&state).expect("removed");
    refused("it is missing");
    fs::write(&state, &first[..first.len() / 2]).expect("cut");
    refused("truncated or damaged");
    let mut damaged = first.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(&state, damaged).expect("changed");
    refused("truncated or damaged");
    // Another plate went on from the same state with other people.
    fs::write(&state, &first).expect("put back");
    let other = City::new();
    other.people(&[(0, 20), (100, 20), (200, 20), (300, 20), (400, 20), (500, 20)]);
    other.build(options(false)).expect("builds");
    other.people(&[(0, 20), (100, 20), (200, 20), (300, 20), (400, 20), (500, 40)]);
    other.build(release()).expect("builds");
    fs::copy(other.path().join("out.plate/people-releases.bin"), &state).expect("taken for ours");
    refused("other numbers than this plate");
    // A generation that cannot be opened has published as well.
    fs::remove_file(&state).expect("removed");
    fs::remove_file(city.path().join("out.plate/CURRENT")).expect("removed");
    refused("it is missing");
    city.build(BuildOptions { new_people_series: true, ..options(false) }).expect("a new series");
    assert_eq!(city.plate().manifest().people_release.clone().expect("a release").number, 1);
}

#[test]
fn another_key_knows_everybody_again() {
    let city = City::new();
    city.people(&[(0, 20), (100, 20), (200, 20), (300, 20), (400, 20), (500, 20)]);
    city.build(options(false)).expect("builds");
    let before = city.counts();
    let other = || PersonKey::new(b"ae448ac86c4e8e4dec645729708ef41873ae79c6dff84eff73360989487f08e5").expect("a key");
    let error = city.build(BuildOptions { key: Some(other()), ..release() }).expect_err("refused").to_string();
    assert!(error.contains("--former-key-file"), "{error}");
    let renamed = BuildOptions { key: Some(other()), former_key: options(false).key, ..release() };
    let report = city.build(renamed).expect("builds");
    assert!(report.notes.iter().any(|note| note.contains("counted anew in 0 of 6 blocks")), "{:?}", report.notes);
    assert_eq!(city.counts(), before, "nobody has moved");
    // Twelve leave under the new key, and are known.
    city.people(&[(0, 20), (100, 20), (200, 20), (300, 20), (400, 20), (500, 8)]);
    city.build(BuildOptions { key: Some(other()), ..release() }).expect("builds");
    assert_eq!(city.counts()[2].0, before[2].0 - 12);
}

#[test]
fn rare_words_count_as_other() {
    let city = City::new();
    city.people(&[(0, 20), (100, 20), (200, 20), (300, 20), (400, 20), (500, 20)]);
    let people = fs::read_to_string(city.path().join("people.csv")).expect("people");
    let people = people.replacen("男", "x", 3).replacen("女", "", 2);
    fs::write(city.path().join("people.csv"), people).expect("a file");
    city.build(options(false)).expect("builds");
    let plate = city.plate();
    assert_eq!(plate.manifest().layers[0].attributes[0].categories, ["女", "男", "other"]);
    let query = |areas| StatsQuery { areas, kind: None, within: None, by: Some("sex".to_owned()) };
    let stats = plate.stats(&query(Areas::Level(Level::Community))).expect("counts");
    assert_eq!(
        (stats.categories.join(" "), stats.rows[0].by.clone()),
        ("女 男 other".to_owned(), Some(vec![58, 57, 5]))
    );
}
