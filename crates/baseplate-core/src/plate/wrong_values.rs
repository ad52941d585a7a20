//! A plate with wrong bytes and hashes made to fit: whatever is asked ends soon, without a panic.

use super::Baseplate;
use crate::store::{
    Manifest,
    manifest::hash_text,
    names::{CURRENT, MANIFEST},
    structure::structure_hash,
};
use crate::{
    Areas, BuildOptions, GridKind, H3CoverQuery, Level, LngLat, Spec, StatsQuery, TileScheme, build, code::PersonKey,
};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use xxhash_rust::xxh3::xxh3_64;

/// What any question may take here, in a debug build on a busy machine.
const SOON: Duration = Duration::from_secs(20);
/// How often each file is changed, and from which seed, unless `TRIES` and `SEED` say otherwise.
const TRIES: u64 = 3;
const SEED: u64 = 7;

/// A generator of numbers (SplitMix64), so that a failure can be had again.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

fn town(dir: &Path) -> PathBuf {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/town/spec.toml");
    let key = PersonKey::new(b"5097b0401182c115f1cf257f33f66af4edbf7e9c16429aa14894d4d6e1ed2aec").expect("a key");
    let options = BuildOptions { key: Some(key), ..BuildOptions::default() };
    let plate = dir.join("town.plate");
    build(&Spec::read(&spec).expect("a spec"), &plate, options, &|_| {}).expect("builds");
    plate
}

/// Makes the hashes of a file fit what is in it.
fn fit(plate: &Path, file: &str) {
    let dir = plate.join("000001");
    let text = fs::read(dir.join(MANIFEST)).expect("a manifest");
    let mut manifest: Manifest = serde_json::from_slice(&text).expect("a manifest");
    let bytes = fs::read(dir.join(file)).expect("a file");
    let listed = manifest.files.iter_mut().find(|f| f.path == file).expect("in the list");
    listed.xxh3 = hash_text(xxh3_64(&bytes));
    listed.bytes = bytes.len() as u64;
    if let Some(hash) = listed.structure.is_some().then(|| structure_hash(&bytes)).and_then(Result::ok) {
        (listed.footer, listed.structure) = (Some(hash_text(hash.footer)), Some(hash_text(hash.whole)));
    }
    publish(plate, &serde_json::to_vec(&manifest).expect("JSON"));
}

fn publish(plate: &Path, manifest: &[u8]) {
    fs::write(plate.join("000001").join(MANIFEST), manifest).expect("written");
    fs::write(plate.join(CURRENT), format!("000001 {}\n", hash_text(xxh3_64(manifest)))).expect("written");
}

/// Asks everything that a server or a program asks; the answers may be wrong.
fn ask(path: &Path) {
    let Ok(plate) = Baseplate::open(path) else { return };
    let _ = plate.verify();
    let middle = LngLat::new(114.05, 22.55);
    for (lng, lat) in [(114.05, 22.55), (114.03, 22.54), (0.0, 0.0)] {
        let at = LngLat::new(lng, lat);
        let _ = (plate.describe_place(at, &GridKind::basic()), plate.buildings_at(at), plate.reverse(at));
        let _ = (plate.nearest_building(at, 500.0), plate.nearest_address(at, 500.0));
    }
    let layers = &plate.tile_layers();
    for (zoom, scheme) in
        [(10, TileScheme::Mercator), (14, TileScheme::Gcj02), (15, TileScheme::Cgcs2000), (17, TileScheme::Mercator)]
    {
        let around = plate.buildings_in(plate.manifest().bbox.unwrap_or(crate::Bbox::EMPTY));
        let places = around.iter().step_by(around.len() / 3 + 1).filter_map(|b| b.point()).chain([middle]);
        for place in places {
            let _ = scheme.tile_around(place, zoom).map(|id| plate.tile(layers, id));
        }
    }
    for layer in layers {
        let _ = plate.features(layer).take(3000).count() + plate.feature_count(layer) as usize;
        let _ = plate.feature_places_in(layer, crate::Bbox([114.0, 22.5, 114.1, 22.6]), 0, 500);
        let _ = (0..plate.feature_places(layer)).step_by(97).filter_map(|place| plate.feature(layer, place)).count();
    }
    for areas in [Areas::Level(Level::Community), Areas::Level(Level::Grid), Areas::Cells(9)] {
        for by in [None, Some("sex"), Some("industry")] {
            let by = by.map(str::to_owned);
            let _ = plate.stats(&StatsQuery { areas, kind: None, within: None, by });
        }
    }
    let codes: Vec<_> = plate.addresses_in(crate::Bbox([114.0, 22.5, 114.1, 22.6])).into_iter().step_by(997).collect();
    for address in &codes {
        let _ = (plate.describe(address.code()), address.text().map(|text| plate.geocode(text)));
        let _ = address.text().map(|text| plate.suggest(&text.chars().take(6).collect::<String>(), Some(middle), 10));
    }
    let _ = plate.suggest("9901", None, 10);
    let cover = H3CoverQuery { kind: GridKind::basic(), level: Level::Grid, resolution: 9 };
    let _ = plate.issues().count() + plate.h3_cover(&cover).is_ok() as usize;
    if let Ok(people) = plate.people() {
        let _ = codes.iter().flat_map(|a| people.at(*a)).filter_map(|r| r.role()).count() + people.issues().count();
    }
}

/// One vertex 7,000 km to the west.
#[test]
fn a_vertex_far_away_is_found_and_not_drawn() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = town(dir.path());
    let file = path.join("000001/buildings.arrow");
    let (wkb, place, code) = {
        let plate = Baseplate::open(&path).expect("opens");
        plate.verify().expect("is whole");
        let building = plate.building_row(17).expect("is there");
        (
            building.footprint_wkb().expect("a footprint").to_vec(),
            building.point().expect("a point"),
            building.code().to_owned(),
        )
    };
    let mut bytes = fs::read(&file).expect("a file");
    let at = bytes.windows(wkb.len()).position(|window| window == wkb).expect("in the file");
    // Order, type, number of polygons; order, type, number of rings; number of vertices; the second of them.
    let vertex = at + 9 + 9 + 4 + 16;
    bytes[vertex..vertex + 8].copy_from_slice(&52.0_f64.to_le_bytes());
    fs::write(&file, &bytes).expect("written");
    fit(&path, "buildings.arrow");
    let plate = Baseplate::open(&path).expect("opens: the hashes fit");
    let error = plate.verify().expect_err("found").to_string();
    assert!(error.contains("buildings.arrow") && error.contains("row 17"), "{error}");
    assert_eq!(plate.building(&code).expect("is there").footprint(), None);
    for zoom in [13, 15, 17] {
        let began = Instant::now();
        let id = TileScheme::Mercator.tile_around(place, zoom).expect("a tile");
        let tile = plate.tile(&plate.tile_layers(), id).expect("drawn");
        assert!(began.elapsed() < SOON && tile.len() < 1 << 20, "{zoom}: {:?}, {} bytes", began.elapsed(), tile.len());
    }
}

/// A grid without its code would be an answer without an answer, so the plate is refused; any other row is not there.
#[test]
fn no_handle_is_without_its_code() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = town(dir.path());
    let spoil = |name: &str, code: &str| {
        let file = path.join("000001").join(name);
        let mut bytes = fs::read(&file).expect("a file");
        let at = bytes.windows(code.len()).position(|window| window == code.as_bytes()).expect("in the file");
        bytes[at + 3] = 0xFF;
        fs::write(&file, &bytes).expect("written");
        fit(&path, name);
    };
    let (building, firm) = ("9901010010010100001", "91990101MAHTNDDP28");
    let (addresses, firms) = {
        let plate = Baseplate::open(&path).expect("opens");
        let building = plate.building(building).expect("is there");
        let first = building.first_address();
        (first..first + building.address_count(), building.enterprises().len())
    };
    spoil("buildings.arrow", building);
    spoil("layers/enterprises.arrow", firm);
    let plate = Baseplate::open(&path).expect("opens: the hashes fit");
    assert!(plate.verify().is_err());
    assert!(plate.building(building).is_none() && plate.enterprise(firm).is_none());
    let address = plate.address("9901010010010100001000000").expect("is there");
    assert_eq!(address.building().map(|(building, _)| building), None);
    let here = addresses.filter_map(|row| plate.address_row(row)).map(|a| a.enterprises().len());
    assert_eq!(here.sum::<usize>(), firms - 1);
    spoil("grids.arrow", "99010100100101");
    let error = Baseplate::open(&path).expect_err("a grid without a code").to_string();
    assert!(error.contains("grids.arrow") && error.contains("its code cannot be read"), "{error}");
}

#[test]
fn a_count_that_is_not_what_there_is_to_count_is_found() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = town(dir.path());
    let columns = {
        let plate = Baseplate::open(&path).expect("opens");
        let (grids, cells) = (&plate.0.grids, &plate.0.cells);
        let grids = (0..grids.rows as u32).map(|row| grids.addresses.get(row)).collect::<Vec<_>>();
        let cells = (0..cells.rows as u32).map(|row| cells.addresses.get(row)).collect::<Vec<_>>();
        [("grids.arrow", grids), ("cells.arrow", cells)]
    };
    for (name, column) in columns {
        let file = path.join("000001").join(name);
        let right = fs::read(&file).expect("a file");
        let column: Vec<u8> = column.into_iter().flatten().flat_map(u32::to_le_bytes).collect();
        let at = right.windows(column.len()).position(|window| window == column).expect("in the file");
        let mut bytes = right.clone();
        bytes[at + 4 * 7] ^= 1;
        fs::write(&file, &bytes).expect("written");
        fit(&path, name);
        let error = Baseplate::open(&path).expect("opens: the hashes fit").verify().expect_err("found").to_string();
        assert!(error.contains(name) && error.contains("row 7"), "{error}");
        fs::write(&file, &right).expect("restored");
        fit(&path, name);
    }
}

#[test]
fn wrong_values_with_right_hashes_end_soon() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let plate = town(dir.path());
    let whole = fs::read(plate.join("000001").join(MANIFEST)).expect("a manifest");
    let manifest: Manifest = serde_json::from_slice(&whole).expect("a manifest");
    let said = |name: &str, or: u64| std::env::var(name).ok().and_then(|s| s.parse().ok()).unwrap_or(or);
    let (mut numbers, tries) = (Numbers(said("SEED", SEED)), said("TRIES", TRIES));
    let doubles = [f64::NAN, f64::INFINITY, -f64::INFINITY, 1e300, -1e18, 180.0, -90.0, 52.0, 1e-300, 70_000.0];
    let words: Vec<[u8; 8]> = doubles.iter().map(|v| v.to_le_bytes()).chain([[0xFF; 8], [0; 8], [0x7F; 8]]).collect();
    for file in manifest.files.iter().filter(|f| f.bytes > 0 && !f.path.ends_with(".csv")) {
        let path = plate.join("000001").join(&file.path);
        let right = fs::read(&path).expect("a file");
        for _ in 0..tries {
            let mut bytes = right.clone();
            let from = numbers.below(bytes.len());
            // Values stand at multiples of eight; the end of a file is its structure, or an index.
            let at =
                if numbers.below(4) == 0 { bytes.len().saturating_sub(1 + numbers.below(4000)) } else { from } / 8 * 8;
            let run = 1 + numbers.below(6) * numbers.below(40);
            for place in (at..bytes.len().min(at + 8 * run)).step_by(8) {
                let word = words[numbers.below(words.len())];
                let end = bytes.len().min(place + 8);
                bytes[place..end].copy_from_slice(&word[..end - place]);
            }
            fs::write(&path, &bytes).expect("written");
            fit(&plate, &file.path);
            let began = Instant::now();
            ask(&plate);
            assert!(began.elapsed() < SOON, "{} at {at}, {run} words: {:?}", file.path, began.elapsed());
        }
        fs::write(&path, &right).expect("restored");
        publish(&plate, &whole);
    }
    let text = String::from_utf8(whole.clone()).expect("text");
    for (at, _) in text.match_indices(|c: char| c.is_ascii_digit()).step_by(23) {
        for other in ["9", "99999999999", "1e300", "-1"] {
            let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            publish(&plate, changed.as_bytes());
            let began = Instant::now();
            let _ = Baseplate::open(&plate).map(|plate| plate.tile_layers().len());
            assert!(began.elapsed() < SOON, "plate.json at {at}: {:?}", began.elapsed());
        }
    }
    publish(&plate, &whole);
    Baseplate::open(&plate).expect("opens").verify().expect("is whole");
}
