//! Systems that go through PROJ, with the shifts of their datums.
#![cfg(feature = "proj")]

use baseplate_core::{Bbox, ConversionOptions, Crs, CrsError, Datum, LngLat, ToPlate};
use rayon::prelude::*;
use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

fn converter(crs: &str, options: &ConversionOptions) -> Result<ToPlate, CrsError> {
    crs.parse::<Crs>()?.to_plate_with(options)
}

fn to_plate(crs: &str, x: f64, y: f64) -> Result<(f64, f64), CrsError> {
    let point = converter(crs, &ConversionOptions::default())?.convert(x, y)?;
    Ok((point.lng, point.lat))
}

fn about(lng: f64, lat: f64) -> ConversionOptions {
    let area = Some(Bbox([lng - 0.05, lat - 0.05, lng + 0.05, lat + 0.05]));
    ConversionOptions { area, ..ConversionOptions::default() }
}

/// Whether two points are the same to within degrees.
fn near(got: LngLat, lng: f64, lat: f64, within: f64) -> bool {
    (got.lng - lng).abs() < within && (got.lat - lat).abs() < within
}

#[test]
fn easting_comes_first_whatever_the_official_order() {
    let truth = [
        (114.0, 22.5, 500_000.000, 2_489_167.311),
        (113.8831, 22.5550, 487_976.183, 2_495_262.576),
        (114.62, 22.86, 563_630.209, 2_529_167.301),
    ];
    for (lng, lat, easting, northing) in truth {
        for (crs, false_easting) in [("EPSG:4547", 0.0), ("EPSG:4526", 38_000_000.0)] {
            let (x, y) = to_plate(crs, easting + false_easting, northing).expect("inside the zone");
            // The truth is rounded to a millimetre, 1e-8°.
            assert!((x - lng).abs() < 2e-8 && (y - lat).abs() < 2e-8, "{crs}: {x}, {y} is not {lng}, {lat}");
        }
    }
}

#[test]
fn a_city_can_bring_its_own_system() {
    let own = "+proj=pipeline +step +proj=axisswap +order=1,2 +step +inv +proj=tmerc +lat_0=0 +lon_0=114 +k=1 \
               +x_0=500000 +y_0=0 +ellps=GRS80 +step +proj=unitconvert +xy_in=rad +xy_out=deg";
    let (lng, lat) = to_plate(own, 500_000.0, 2_489_167.311).expect("a pipeline");
    assert!((lng - 114.0).abs() < 1e-9 && (lat - 22.5).abs() < 2e-8);
    for tail in ["", " +no_defs", " +type=crs"] {
        let string = format!("+proj=tmerc +lat_0=0 +lon_0=114 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m{tail}");
        let (lng, lat) = to_plate(&string, 500_000.0, 2_489_167.311).expect("a PROJ string");
        assert!((lng - 114.0).abs() < 1e-9 && (lat - 22.5).abs() < 2e-8);
    }
}

#[test]
fn what_proj_refuses_is_an_error() {
    let refused = [
        "EPSG:999999",
        "+proj=nothing",
        "+proj=tmerc +lat_0=north",
        "+proj=pipeline",
        "+proj=pipeline +step +proj=nothing",
    ];
    for crs in refused {
        assert!(matches!(to_plate(crs, 1.0, 1.0), Err(CrsError::Refused { .. })), "{crs}");
    }
    assert!(matches!(to_plate("EPSG:4547", f64::NAN, 1.0), Err(CrsError::OutOfDomain { .. })));
    assert!(matches!(to_plate("EPSG:4547", 1e30, 1e30), Err(CrsError::OutOfDomain { .. })));
}

#[test]
fn only_two_dimensional_systems_are_read() {
    // Heights; heights beside CGCS2000; three-dimensional, geocentric.
    for crs in ["EPSG:5737", "EPSG:4480", "EPSG:4479", "EPSG:4979", "EPSG:9705", "+proj=geocent +ellps=GRS80"] {
        let found = to_plate(crs, 1.0, 1.0);
        assert!(matches!(found, Err(CrsError::NotTwoDimensional { .. })), "{crs}: {found:?}");
    }
}

#[test]
fn hong_kong_is_shifted_and_beijing_54_by_its_place() {
    let hong_kong = converter("EPSG:2326", &about(114.18, 22.31)).expect("Hong Kong 1980");
    assert!(near(hong_kong.convert(836_694.05, 819_069.80).expect("the origin"), 114.181_01, 22.310_60, 5e-6));
    assert!(hong_kong.operation().is_some_and(|words| words.contains("Hong Kong 1980 to WGS 84 (1)")));
    let operation = |lng, lat| {
        let made = converter("EPSG:4214", &about(lng, lat)).expect("a shift is known");
        made.operation().expect("PROJ").to_owned()
    };
    for (lng, lat, number) in [(114.05, 22.55, 3), (80.0, 40.0, 4), (109.0, 20.0, 5), (121.5, 36.0, 2)] {
        let words = operation(lng, lat);
        assert!(words.contains(&format!("Beijing 1954 to WGS 84 ({number})")), "{lng}, {lat}: {words}");
    }
    // The same operation for all points of a plate, those outside its area of use included.
    let shenzhen = converter("EPSG:4214", &about(114.05, 22.55)).expect("Beijing 1954");
    let [inside, outside] = [22.8, 23.0].map(|lat| shenzhen.convert(114.05, lat).expect("degrees").lat - lat);
    assert!((inside - outside).abs() < 2e-5 && inside.abs() > 5e-5);
}

#[test]
fn where_no_shift_is_known_the_user_decides() {
    let unknown = [
        ("EPSG:4610", 114.05, 22.55),
        ("EPSG:2383", 500_000.0, 2_494_000.0),
        ("EPSG:4555", 114.05, 22.55),
        ("+proj=longlat +ellps=krass", 114.05, 22.55),
        ("+proj=tmerc +lon_0=114 +x_0=500000 +a=6378245 +rf=298.3", 500_000.0, 2_494_000.0),
        ("+proj=longlat +a=6378100 +b=6356700", 114.05, 22.55),
    ];
    for (crs, x, y) in unknown {
        let refused = converter(crs, &about(114.05, 22.55));
        let Err(CrsError::NoShift { .. }) = &refused else { panic!("{crs}: {refused:?}") };
        let sentence = refused.expect_err("refused").to_string();
        for word in [crs, "+towgs84", "pipeline", "as-is"] {
            assert!(sentence.contains(word), "{sentence}");
        }
        let options = ConversionOptions { datum: Some(Datum::AsIs), ..about(114.05, 22.55) };
        let as_is = converter(crs, &options).expect("by the user's choice");
        let got = as_is.convert(x, y).expect("in the zone");
        assert!(x > 1e3 && (got.lng - 114.0).abs() < 1e-9 || near(got, x, y, 1e-12), "{crs}: {got:?}");
        assert!(as_is.operation().is_some_and(|words| words.contains("no shift")));
    }
    // Beijing 1954 has shifts, but none for Beijing.
    assert!(matches!(converter("EPSG:4214", &about(116.4, 39.9)), Err(CrsError::NoShift { .. })));
    // A system whose shift is known can be taken as it is, too.
    let options = ConversionOptions { datum: Some(Datum::AsIs), ..ConversionOptions::default() };
    let origin = converter("EPSG:2326", &options).and_then(|c| c.convert(836_694.05, 819_069.80)).expect("as it is");
    assert!(near(origin, 114.178_555_556, 22.312_133_333, 1e-8), "{origin:?}");
    let own = "+proj=longlat +ellps=krass +towgs84=15.8,-154.4,-82.3";
    let kept = converter(own, &options).and_then(|c| c.convert(114.05, 22.55)).expect("as it is");
    assert!(near(kept, 114.05, 22.55, 1e-12), "{kept:?}");
}

#[test]
fn parameters_of_a_city_are_used() {
    let own = "+proj=tmerc +lat_0=0 +lon_0=114 +k=1 +x_0=500000 +y_0=0 +ellps=krass \
               +towgs84=15.8,-154.4,-82.3,0,0,0,0 +units=m +no_defs";
    let (lng, lat) = to_plate(own, 505_142.0, 2_494_750.0).expect("its own shift");
    assert!((lng - 114.050_461).abs() < 1e-6 && (lat - 22.549_846).abs() < 1e-6, "{lng}, {lat}");
}

/// An NTv2 grid file of one constant shift, seconds, from 113° to 115° E and 22° to 23° N.
fn constant_shift(path: &Path, lng_s: f32, lat_s: f32) {
    let mut file = Vec::new();
    let mut record = |name: &str, value: [u8; 8]| file.extend([format!("{name:<8}").as_bytes(), &value].concat());
    let int = |value: u32| u64::from(value).to_le_bytes();
    for (name, count) in [("NUM_OREC", 11), ("NUM_SREC", 11), ("NUM_FILE", 1)] {
        record(name, int(count));
    }
    for (name, text) in
        [("GS_TYPE", b"SECONDS "), ("VERSION", b"NTv2.0  "), ("SYSTEM_F", b"OLD     "), ("SYSTEM_T", b"WGS84   ")]
    {
        record(name, *text);
    }
    for (name, metres) in
        [("MAJOR_F", 6_378_245.0), ("MINOR_F", 6_356_863.019), ("MAJOR_T", 6_378_137.0), ("MINOR_T", 6_356_752.314)]
    {
        record(name, f64::to_le_bytes(metres));
    }
    for (name, text) in
        [("SUB_NAME", b"WHOLE   "), ("PARENT", b"NONE    "), ("CREATED", b"        "), ("UPDATED", b"        ")]
    {
        record(name, *text);
    }
    // Longitudes are positive towards the west.
    let sides =
        [("S_LAT", 22.0), ("N_LAT", 23.0), ("E_LONG", -115.0), ("W_LONG", -113.0), ("LAT_INC", 0.5), ("LONG_INC", 0.5)];
    for (name, degrees) in sides {
        record(name, f64::to_le_bytes(degrees * 3_600.0));
    }
    record("GS_COUNT", int(15));
    for value in [[lat_s, -lng_s, 0.0, 0.0]; 15].as_flattened() {
        file.extend(value.to_le_bytes());
    }
    file.extend([b"END     ".as_slice(), &[0; 8]].concat());
    fs::write(path, file).expect("written");
}

#[test]
fn grid_files_are_taken_by_path() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city plan");
    fs::create_dir(&folder).expect("a folder");
    constant_shift(&folder.join("shift.gsb"), 3.6, 1.8);
    let options = ConversionOptions { folder: folder.clone(), ..about(114.0, 22.5) };
    let definitions = [
        "+proj=longlat +ellps=krass +nadgrids=shift.gsb",
        "+proj=longlat +ellps=krass +nadgrids=@gone.gsb,shift.gsb +no_defs",
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=hgridshift +grids=shift.gsb \
         +step +proj=unitconvert +xy_in=rad +xy_out=deg",
    ];
    for definition in definitions {
        let made = converter(definition, &options).expect("the file is there");
        let got = made.convert(114.0, 22.5).expect("in the grid");
        assert!(near(got, 114.001, 22.5005, 1e-7), "{definition}: {got:?}");
        assert!(matches!(made.convert(120.0, 30.0), Err(CrsError::OutOfDomain { .. })), "{definition}");
        let elsewhere = ConversionOptions { folder: dir.path().to_owned(), ..options.clone() };
        let missing = converter(definition, &elsewhere);
        assert!(matches!(missing, Err(CrsError::NoGridFile { .. })), "{definition}: {missing:?}");
    }
    fs::write(folder.join("shift.gsb"), "no grid").expect("written");
    let broken = converter(definitions[0], &options);
    assert!(matches!(broken, Err(CrsError::Refused { .. })), "{broken:?}");
}

#[test]
fn what_numbers_look_like_is_said() {
    let says = |crs: &str, x, y, words: &str| {
        let sentence = to_plate(crs, x, y).expect_err("no such point").to_string();
        assert!(sentence.contains(words), "{crs}: {sentence}");
    };
    says("EPSG:4490", 503_730.0, 2_494_304.9, "EPSG:4547");
    says("EPSG:4490", 38_503_730.0, 2_494_304.9, "EPSG:4526");
    says("EPSG:4490", 2_494_304.9, 503_730.0, "northing");
    says("EPSG:4490", 22.54, 114.05, "swapped");
    says("gcj02", 12_696_000.0, 2_577_000.0, "EPSG:3857");
}

/// One line of the table that `epsg_operations.py` makes.
struct Known<'a> {
    code: &'a str,
    about: [f64; 2],
    written: [f64; 2],
    /// `None` where PROJ knows no shift.
    shifted: Option<[f64; 2]>,
    datum: &'a str,
}

fn known(line: &str) -> Known<'_> {
    let cells: Vec<_> = line.split('\t').collect();
    let pair = |at: usize| Some([cells[at].parse().ok()?, cells[at + 1].parse().ok()?]);
    let [about, written] = [1, 3].map(|at| pair(at).expect("numbers"));
    Known { code: cells[0], about, written, shifted: pair(5), datum: cells[7] }
}

/// Compares with the operation that PROJ uses itself, for every EPSG code whose area touches China.
#[test]
fn every_system_of_china_is_shifted_as_by_proj() {
    let table = include_str!("data/epsg_china.tsv");
    let compared = AtomicUsize::new(0);
    let lines: Vec<_> = table.lines().filter(|line| !line.starts_with('#')).collect();
    let wrong: Vec<_> = lines
        .par_iter()
        .filter_map(|line| {
            let Known { code, about: [lng, lat], written: [x, y], shifted, datum } = known(line);
            let got = converter(&format!("EPSG:{code}"), &about(lng, lat)).and_then(|made| made.convert(x, y));
            let of_the_plate = datum == "China 2000" || datum.starts_with("World Geodetic System 1984");
            let right = match (&got, shifted) {
                (Ok(got), Some([lng, lat])) => near(*got, lng, lat, 1e-9),
                (Ok(got), None) => of_the_plate && near(*got, lng, lat, 1e-3),
                (Err(CrsError::NoShift { .. }), None) => !of_the_plate,
                _ => false,
            };
            compared.fetch_add(usize::from(got.is_ok()), Ordering::Relaxed);
            (!right).then(|| format!("EPSG:{code} ({datum}) at {lng}, {lat}: {got:?}, PROJ: {shifted:?}"))
        })
        .collect();
    let compared = compared.into_inner();
    assert!(compared > 500 && lines.len() - compared > 100, "{compared} of {} compared", lines.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
}
