//! The nearest building and address, against a scan over all rows.

use super::common::{build_text, town};
use baseplate_core::{Baseplate, Bbox, LngLat, Metric};
use proptest::prelude::*;

const EVERYWHERE: Bbox = Bbox([-180.0, -90.0, 180.0, 90.0]);

/// What a look-up found is a building, by code, as near as the nearest of all.
fn check_building(plate: &Baseplate, p: LngLat, within_m: f64) {
    let distance = |b: &baseplate_core::Building<'_>| {
        b.footprint().map_or(f64::INFINITY, |area| Metric::at(p.lat).distance_to_area(p, &area))
    };
    let all = plate.buildings_in(EVERYWHERE);
    let nearest = all.iter().map(distance).fold(f64::INFINITY, f64::min);
    match plate.nearest_building(p, within_m) {
        Some((building, found)) => {
            assert!((found - nearest).abs() < 1e-6 && found <= within_m, "{p:?}: {found} m, by scan {nearest} m");
            assert!((distance(&building) - found).abs() < 1e-6);
        }
        None => assert!(nearest > within_m - 1e-6, "{p:?}: nothing, by scan {nearest} m"),
    }
}

fn check_address(plate: &Baseplate, p: LngLat, within_m: f64) {
    let all = plate.addresses_in(EVERYWHERE);
    let distance = |a: &baseplate_core::Address<'_>| Metric::at(p.lat).distance(p, a.point().expect("a point"));
    let first = all.iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).expect("an address");
    match plate.nearest_address(p, within_m) {
        Some((address, found)) => {
            assert!((found - distance(first)).abs() < 1e-6 && found <= within_m);
            assert!((distance(&address) - found).abs() < 1e-6);
            let same_place = all.iter().find(|a| a.point() == address.point()).expect("itself");
            assert_eq!(address.code(), same_place.code(), "of equals the first");
        }
        None => assert!(distance(first) > within_m - 1e-6),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn it_is_what_a_scan_finds(x in -0.2..1.2_f64, y in -0.2..1.2_f64, within_m in prop_oneof![Just(0.0), 0.0..50.0, 50.0..5_000.0]) {
        let plate = town();
        let Bbox([w, s, e, n]) = plate.manifest().bbox.expect("not empty");
        let p = LngLat::new(w + (e - w) * x, s + (n - s) * y);
        check_building(&plate, p, within_m);
        check_address(&plate, p, within_m);
    }
}

#[test]
fn vertices_edges_and_insides_are_at_no_distance() {
    let plate = town();
    for building in plate.buildings_in(EVERYWHERE).into_iter().step_by(40) {
        let area = building.footprint().expect("a footprint");
        let inside = building.point().expect("a point");
        assert_eq!(plate.nearest_building(inside, 0.0).map(|(b, d)| (b.code(), d)), Some((building.code(), 0.0)));
        for line in area.0.iter().flat_map(|polygon| polygon.exterior().lines()) {
            let on_vertex = plate.nearest_building(line.start.into(), 0.0).expect("at the vertex");
            assert_eq!((on_vertex.0.code(), on_vertex.1), (building.code(), 0.0));
            check_building(&plate, ((line.start + line.end) / 2.0).into(), 1.0);
        }
    }
}

#[test]
fn bulk_answers_are_those_of_single_look_ups() {
    let plate = town();
    let Bbox([w, s, e, n]) = plate.manifest().bbox.expect("not empty");
    let at = |i: u32, step: f64| (f64::from(i) * step).fract();
    let point = |i| LngLat::new(w + (e - w) * at(i, 0.754_877_666), s + (n - s) * at(i, 0.569_840_29));
    let mut points: Vec<_> = (0..3_000).map(point).collect();
    points.push(LngLat::new(f64::NAN, 22.5));
    let key = |found: Option<(baseplate_core::Building<'_>, f64)>| found.map(|(b, d)| (b.code().to_owned(), d));
    let bulk: Vec<_> = plate.nearest_buildings(&points, 80.0).into_iter().map(key).collect();
    let single: Vec<_> = points.iter().map(|p| key(plate.nearest_building(*p, 80.0))).collect();
    assert!(single.iter().flatten().count() > 300);
    assert_eq!(bulk, single);
}

#[test]
fn what_is_no_place_and_no_distance_has_nothing_near() {
    let plate = town();
    let here = LngLat::new(114.05, 22.552);
    assert!(plate.nearest_building(here, 1e4).is_some() && plate.nearest_address(here, 1e4).is_some());
    for lng in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for p in [LngLat::new(lng, 22.5), LngLat::new(114.0, lng)] {
            assert!(plate.nearest_building(p, 1e4).is_none() && plate.nearest_address(p, 1e4).is_none());
        }
    }
    for within_m in [f64::NAN, -1.0, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(plate.nearest_building(here, within_m).is_none() && plate.nearest_address(here, within_m).is_none());
    }
    assert!(plate.nearest_building(LngLat::new(0.0, 0.0), 1e5).is_none());
}

/// Two squares that are equally far from x = 0.5.
const TWINS: [(&str, &str); 4] = [
    (
        "spec.toml",
        "[plate]\nname = \"twins\"\n[[grids]]\npath = \"grids.csv\"\ncrs = \"EPSG:4326\"\ncode = \"code\"\n\
         [[buildings]]\npath = \"buildings.csv\"\ncrs = \"EPSG:4326\"\ncode = \"code\"\n\
         [[addresses]]\npath = \"addresses.csv\"\ncrs = \"EPSG:4326\"\ncode = \"code\"\ntext = \"text\"\nlng = \"x\"\nlat = \"y\"\n",
    ),
    ("grids.csv", "code,wkt\nA,\"POLYGON((0 0,1 0,1 1,0 1,0 0))\"\n"),
    (
        "buildings.csv",
        "code,wkt\nE,\"POLYGON((0.5625 0.5,0.59375 0.5,0.59375 0.53125,0.5625 0.53125,0.5625 0.5))\"\n\
         W,\"POLYGON((0.40625 0.5,0.4375 0.5,0.4375 0.53125,0.40625 0.53125,0.40625 0.5))\"\n",
    ),
    ("addresses.csv", "code,text,x,y\na1,east,0.5625,0.5\na2,west,0.4375,0.5\n"),
];

#[test]
fn of_equals_the_first_row_is_found() {
    let (dir, report) = build_text(&TWINS);
    report.expect("builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    let middle = LngLat::new(0.5, 0.515_625);
    let first = plate.buildings_in(EVERYWHERE)[0].code();
    let (found, distance_m) = plate.nearest_building(middle, 1e5).expect("two of them");
    assert_eq!(found.code(), first);
    let expected = 0.0625 * Metric::at(middle.lat).lng_m;
    assert!((distance_m - expected).abs() < 1e-6);
    assert!(plate.nearest_building(middle, distance_m).is_some(), "the limit itself is within");
    assert!(plate.nearest_building(middle, distance_m.next_down()).is_none(), "and nothing beyond it");
    let first = plate.addresses_in(EVERYWHERE)[0].code();
    assert_eq!(plate.nearest_address(LngLat::new(0.5, 0.5), 1e5).expect("two of them").0.code(), first);
}
