//! The files of other departments of a town, as a reader of the files finds them.

#![expect(clippy::unwrap_used, reason = "a failure here fails the test")]

use baseplate_core::gcj02;
use city_synth::{Scale, Summary, write_city};
use geo::{BoundingRect, Contains, Coord, Geometry, Intersects, LineString, Point, Polygon, Rect, Validation};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The files, all but `spec.toml`.
const FILES: [&str; 11] = [
    "grids.geojson",
    "buildings.geojsonl",
    "addresses.csv",
    "people.csv",
    "enterprises.csv",
    "hotline.csv",
    "parts.csv",
    "cameras.csv",
    "rentals.csv",
    "schools.geojson",
    "ground.geojson",
];
/// Columns of the hotline.
const CREATED: usize = 1;
const SETTLED: usize = 2;
const MAJOR: usize = 3;
const TOPIC: usize = 4;
const LEAF: usize = 5;
const ADDRESS: usize = 7;

/// A town on disk, removed in the end.
struct Town {
    dir: PathBuf,
    summary: Summary,
}

/// A feature: its properties and its geometry.
type Feature = (Value, Geometry);

impl Town {
    fn new(test: &str, seed: u64) -> Self {
        let dir = std::env::temp_dir().join(format!("city-synth-departments-{test}-{seed}-{}", std::process::id()));
        let summary = write_city(&dir, Scale::Town, seed).unwrap();
        Self { dir, summary }
    }

    fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.dir.join(file)).unwrap()
    }

    /// The rows of a file.
    fn rows(&self, file: &str) -> Vec<Vec<String>> {
        let text = self.text(file);
        let mut rows = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        let header = rows.next().unwrap();
        let rows: Vec<Vec<String>> = rows.collect();
        assert!(rows.iter().all(|row| row.len() == header.len()), "{file}");
        rows
    }

    /// The requests, each once.
    fn requests(&self) -> Vec<Vec<String>> {
        let mut seen = BTreeSet::new();
        self.rows("hotline.csv").into_iter().filter(|row| seen.insert(row[0].clone())).collect()
    }

    fn features(&self, file: &str) -> Vec<Feature> {
        let whole: Value = serde_json::from_str(&self.text(file)).unwrap();
        whole["features"].as_array().unwrap().iter().map(feature).collect()
    }

    fn buildings(&self) -> Vec<Feature> {
        self.text("buildings.geojsonl").lines().map(|line| feature(&serde_json::from_str(line).unwrap())).collect()
    }

    /// WGS84 points of the addresses, by code.
    fn addresses(&self) -> BTreeMap<String, Point> {
        self.rows("addresses.csv").iter().map(|row| (row[0].clone(), point(&row[2], &row[3]))).collect()
    }

    /// The box around all grids.
    fn extent(&self) -> Rect {
        let boxes = self.features("grids.geojson");
        let mut boxes = boxes.iter().map(|(_, grid)| grid.bounding_rect().unwrap());
        let first = boxes.next().unwrap();
        boxes.fold(first, |all, one| {
            let (low, high) = ((all.min(), one.min()), (all.max(), one.max()));
            Rect::new(
                Coord { x: low.0.x.min(low.1.x), y: low.0.y.min(low.1.y) },
                Coord { x: high.0.x.max(high.1.x), y: high.0.y.max(high.1.y) },
            )
        })
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn line(value: &Value) -> LineString {
    let vertex = |vertex: &Value| Coord { x: vertex[0].as_f64().unwrap(), y: vertex[1].as_f64().unwrap() };
    value.as_array().unwrap().iter().map(vertex).collect()
}

fn feature(value: &Value) -> Feature {
    let (geometry, coordinates) = (&value["geometry"], &value["geometry"]["coordinates"]);
    let geometry = if geometry["type"] == "LineString" {
        Geometry::LineString(line(coordinates))
    } else {
        let mut rings = coordinates.as_array().unwrap().iter().map(line);
        let outer = rings.next().unwrap();
        Geometry::Polygon(Polygon::new(outer, rings.collect()))
    };
    (value["properties"].clone(), geometry)
}

/// The WGS84 point of two columns in GCJ-02.
fn point(x: &str, y: &str) -> Point {
    let (lng, lat) = gcj02::to_wgs84(x.parse().unwrap(), y.parse().unwrap()).unwrap();
    Point::new(lng, lat)
}

/// Year, month, day, hour and minute of a text like `2026/1/5 9:00`.
fn moment(text: &str) -> [u32; 5] {
    let parts: Vec<u32> = text.split(['/', ' ', ':']).map(|part| part.parse().unwrap()).collect();
    parts.try_into().unwrap()
}

/// Whether a time lies in the two years of the hotline and in the calendar.
fn can_be([year, month, day, ..]: [u32; 5]) -> bool {
    (2024..=2026).contains(&year) && ((2024, 10)..=(2026, 9)).contains(&(year, month)) && !(month == 2 && day > 28)
}

fn is_near(found: f64, wanted: f64, tolerance: f64) -> bool {
    (found / wanted - 1.0).abs() <= tolerance
}

#[test]
fn the_seed_decides_every_byte() {
    let (first, again, other) = (Town::new("first", 1), Town::new("again", 1), Town::new("other", 2));
    let mut size = 0;
    for file in FILES {
        assert_eq!(first.text(file), again.text(file));
        assert_ne!(first.text(file), other.text(file));
        size += first.text(file).len();
    }
    assert!(size < 5_000_000, "{size} bytes");
}

#[test]
fn the_sample_is_the_town_of_the_first_seed() {
    let town = Town::new("sample", 1);
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/town");
    for file in FILES {
        assert_eq!(std::fs::read_to_string(sample.join(file)).unwrap(), town.text(file), "{file}");
    }
}

#[test]
fn the_summary_counts_the_rows() {
    let town = Town::new("summary", 3);
    let Summary { requests, parts, cameras, rentals, schools, ground, .. } = town.summary;
    let rows = ["hotline.csv", "parts.csv", "cameras.csv", "rentals.csv"].map(|file| town.rows(file).len() as u64);
    assert_eq!(rows, [requests, parts, cameras, rentals]);
    let features = ["schools.geojson", "ground.geojson"].map(|file| town.features(file).len() as u64);
    assert_eq!(features, [schools, ground]);
}

#[test]
fn classes_of_requests_are_a_tree() {
    let requests = Town::new("tree", 1).requests();
    let mut topics = BTreeMap::new();
    let mut majors = BTreeMap::new();
    for row in &requests {
        assert_eq!(*topics.entry(&row[LEAF]).or_insert(&row[TOPIC]), &row[TOPIC]);
        assert_eq!(*majors.entry(&row[TOPIC]).or_insert(&row[MAJOR]), &row[MAJOR]);
    }
    let distinct = majors.values().collect::<BTreeSet<_>>();
    assert_eq!((distinct.len(), majors.len()), (6, 20));
    assert!((45..=50).contains(&topics.len()), "{topics:?}");
}

#[test]
fn one_ticket_in_a_hundred_comes_twice_as_it_was() {
    let town = Town::new("twice", 4);
    let mut rows: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for row in town.rows("hotline.csv") {
        rows.entry(row[0].clone()).or_default().push(row);
    }
    let twice: Vec<_> = rows.values().filter(|rows| rows.len() > 1).collect();
    assert!(is_near(twice.len() as f64, rows.len() as f64 / 100.0, 0.15), "{} of {}", twice.len(), rows.len());
    assert!(twice.iter().all(|rows| rows.len() == 2 && rows[0] == rows[1]));
}

#[test]
fn few_times_cannot_be_and_each_kind_is_there() {
    let requests = Town::new("times", 1).requests();
    let (good, bad): (Vec<_>, Vec<_>) = requests.iter().partition(|row| can_be(moment(&row[CREATED])));
    for start in ["2027/", "1899/12/30 ", "2026/2/30 "] {
        assert!(bad.iter().any(|row| row[CREATED].starts_with(start)), "{start}");
    }
    assert!((4..=6).contains(&bad.len()), "{bad:?}");
    for row in good.iter().filter(|row| !row[SETTLED].is_empty()) {
        let (created, settled) = (moment(&row[CREATED]), moment(&row[SETTLED]));
        assert!(can_be(settled) && created <= settled, "{row:?}");
    }
    for row in &requests {
        let is_open = row[SETTLED].is_empty();
        assert_eq!(is_open, ["待受理", "处理中"].contains(&row[11].as_str()), "{row:?}");
        assert!(row[10].is_empty() || (!is_open && (1..=5).contains(&row[10].parse::<u32>().unwrap())));
    }
}

#[test]
fn one_community_complains_of_noise_in_the_summer_of_2026() {
    let requests = Town::new("noise", 1).requests();
    let mut complaints: BTreeMap<&str, usize> = BTreeMap::new();
    for row in requests.iter().filter(|row| row[TOPIC] == "噪声扰民" && !row[ADDRESS].is_empty()) {
        let [year, month, ..] = moment(&row[CREATED]);
        if year == 2026 && (6..=8).contains(&month) {
            *complaints.entry(&row[ADDRESS][..12]).or_default() += 1;
        }
    }
    let mut counts: Vec<usize> = complaints.into_values().collect();
    counts.sort_unstable();
    let (first, second) = (counts.pop().unwrap(), counts.pop().unwrap());
    assert!(first >= 20 && first >= 4 * second, "{counts:?}");
}

#[test]
fn requests_follow_the_day_and_the_seasons() {
    let requests = Town::new("patterns", 6).requests();
    let moments: Vec<[u32; 5]> = requests.iter().map(|row| moment(&row[CREATED])).collect();
    let at = |hours: std::ops::Range<u32>| moments.iter().filter(|moment| hours.contains(&moment[3])).count();
    assert!(at(9..12) > 4 * at(3..6), "{} and {}", at(9..12), at(3..6));
    let in_months = |months: [u32; 3]| moments.iter().filter(|moment| months.contains(&moment[1])).count();
    assert!(in_months([6, 7, 8]) > in_months([12, 1, 2]));
}

#[test]
fn requests_say_where_they_are_in_three_ways() {
    let town = Town::new("where", 5);
    let (requests, addresses) = (town.requests(), town.addresses());
    let share =
        |column: usize| requests.iter().filter(|row| !row[column].is_empty()).count() as f64 / requests.len() as f64;
    assert!(is_near(share(ADDRESS), 0.6, 0.1) && is_near(share(8), 0.2, 0.2), "{} {}", share(ADDRESS), share(8));
    assert!(is_near(share(6), 1.0, 0.0));
    let extent = town.extent();
    for row in requests.iter().filter(|row| !row[8].is_empty()) {
        assert!(extent.contains(&point(&row[8], &row[9])));
    }
    assert!(requests.iter().all(|row| row[ADDRESS].is_empty() || addresses.contains_key(&row[ADDRESS])));
}

#[test]
fn street_furniture_stands_in_the_city_and_in_no_building() {
    let town = Town::new("parts", 2);
    let (extent, buildings) = (town.extent(), town.buildings());
    for (file, x) in [("parts.csv", 2), ("cameras.csv", 2)] {
        let rows = town.rows(file);
        let codes: BTreeSet<&String> = rows.iter().map(|row| &row[0]).collect();
        assert_eq!(codes.len(), rows.len());
        for row in &rows {
            let place = point(&row[x], &row[x + 1]);
            assert!(extent.contains(&place), "{row:?}");
            assert!(!buildings.iter().any(|(_, building)| building.intersects(&place)), "{row:?}");
        }
    }
    let classes: BTreeSet<String> = town.rows("parts.csv").into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(classes.len(), 4);
}

#[test]
fn rented_homes_have_an_address() {
    let town = Town::new("rentals", 1);
    let (rentals, addresses) = (town.rows("rentals.csv"), town.addresses());
    let codes: BTreeSet<&String> = rentals.iter().map(|row| &row[0]).collect();
    assert_eq!(codes.len(), rentals.len());
    for row in &rentals {
        assert!(addresses.contains_key(&row[0]));
        assert!(row[1].parse::<u32>().unwrap() >= 1 && row[2].parse::<f64>().unwrap() >= 12.0, "{row:?}");
    }
}

#[test]
fn schools_hold_their_buildings() {
    for seed in 1..5 {
        let town = Town::new("schools", seed);
        let buildings = town.buildings();
        for (properties, grounds) in town.features("schools.geojson") {
            assert!(grounds.is_valid() && properties["pupils"].as_u64().unwrap() > 0, "{properties}");
            for (building, footprint) in &buildings {
                assert!(grounds.contains(footprint) || !grounds.intersects(footprint), "{properties} {building}");
            }
        }
    }
}

#[test]
fn the_ground_touches_no_building() {
    for seed in [1, 7, 8] {
        let town = Town::new("ground", seed);
        let ground = town.features("ground.geojson");
        let (grids, buildings) = (town.features("grids.geojson"), town.buildings());
        let classes: BTreeSet<&str> = ground.iter().filter_map(|(feature, _)| feature["class"].as_str()).collect();
        for class in ["主干路", "次干路", "支路", "河流", "海域", "绿地"] {
            assert!(classes.contains(class), "{class} of seed {seed}");
        }
        for (properties, shape) in &ground {
            assert!(shape.is_valid(), "{properties} of seed {seed}");
            let touched = buildings.iter().find(|(_, building)| shape.intersects(building));
            assert!(touched.is_none(), "{properties} {touched:?}");
            let is_water = ["河流", "海域"].iter().any(|class| properties["class"] == *class);
            assert!(!is_water || !grids.iter().any(|(_, grid)| shape.intersects(grid)), "{properties} of {seed}");
        }
    }
}
