//! Finished tiles over generations: what did not change is not made again, and what is served is always what the open generation draws.

use crate::{body, metric};
use axum::{Router, body::Body, http::Request};
use baseplate_core::{Baseplate, Bbox, BuildOptions, LngLat, Spec, TileId, TileLayer, TileScheme, build};
use std::{collections::BTreeMap, fs, path::PathBuf, slice};
use tempfile::TempDir;
use tile_server::{App, Settings};
use tower::ServiceExt;

/// The sample town without people, whose files can be changed between generations.
struct Town(TempDir);

impl Town {
    fn new() -> Self {
        let town = Self(tempfile::tempdir().expect("a folder"));
        let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/town");
        for file in ["grids.geojson", "buildings.geojsonl", "addresses.csv", "enterprises.csv"] {
            fs::copy(sample.join(file), town.0.path().join(file)).expect("a copy");
        }
        let spec = fs::read_to_string(sample.join("spec.toml")).expect("a spec");
        let (before, rest) = spec.split_once("[[people]]").expect("people");
        let (_, after) = rest.split_once("[[enterprises]]").expect("enterprises");
        let (enterprises, _) = after.split_once("[[ground]]").expect("ground");
        fs::write(town.0.path().join("spec.toml"), format!("{before}[[enterprises]]{enterprises}")).expect("a file");
        town
    }

    /// Changes a file.
    fn change(&self, file: &str, change: impl FnOnce(&str) -> String) {
        let path = self.0.path().join(file);
        let before = fs::read_to_string(&path).expect("a file");
        let changed = change(&before);
        assert!(changed != before, "{file} is as before");
        fs::write(path, changed).expect("a file");
    }

    /// Publishes the next generation.
    fn published(&self) -> Baseplate {
        let path = self.0.path().join("town.plate");
        let spec = Spec::read(&self.0.path().join("spec.toml")).expect("a spec");
        build(&spec, &path, BuildOptions { accept: true, ..BuildOptions::default() }, &|_| {}).expect("builds");
        Baseplate::open(&path).expect("opens")
    }

    fn rename_grid(&self, code: &str, name: &str) {
        self.change("grids.geojson", |grids| {
            let (before, after) = grids.split_once(&format!("\"code\":\"{code}\",\"name\":\"")).expect("the grid");
            let (_, after) = after.split_once('"').expect("a name");
            format!("{before}\"code\":\"{code}\",\"name\":\"{name}\"{after}")
        });
    }

    /// Moves the n-th of the vertices that several grids share, in all of them.
    fn move_border(&self, n: usize, by: f64) {
        self.change("grids.geojson", |grids| {
            let mut times: BTreeMap<&str, usize> = BTreeMap::new();
            for vertex in grids.split('[').filter_map(|rest| rest.split_once(']')).map(|(vertex, _)| vertex) {
                *times.entry(vertex).or_default() += 1;
            }
            let mut shared = times.into_iter().filter(|(vertex, times)| *times == 2 && vertex.contains(','));
            let (vertex, _) = shared.nth(n).expect("a vertex that two grids share");
            let (lng, lat) = vertex.split_once(',').expect("two coordinates");
            let moved = |text: &str| text.parse::<f64>().expect("a number") + by;
            grids.replace(&format!("[{vertex}]"), &format!("[{:.8},{:.8}]", moved(lng), moved(lat)))
        });
    }

    fn drop_building(&self, n: usize) {
        let without = |(at, line): (usize, &str)| if at == n { String::new() } else { format!("{line}\n") };
        self.change("buildings.geojsonl", |rows| rows.lines().enumerate().map(without).collect());
    }

    /// Another address in the building of the n-th.
    fn add_address(&self, n: usize) {
        self.change("addresses.csv", |rows| {
            let row = rows.lines().nth(n + 1).expect("an address");
            let (code, rest) = row.split_once(',').expect("a code");
            format!("{rows}{code}9,{}\n", rest.replacen(',', "附9室,", 1))
        });
    }
}

/// A tile under an address, and what it should be.
struct Wanted {
    path: String,
    layers: Vec<TileLayer>,
    id: TileId,
}

impl Wanted {
    fn new(layers: &[TileLayer], id: TileId) -> Self {
        let names = layers.iter().map(|layer| layer.name.as_str()).collect::<Vec<_>>().join(",");
        let tile = format!("{names}/{}/{}/{}.mvt", id.z(), id.x(), id.y());
        let (path, early) = match id.scheme() {
            TileScheme::Mercator => (format!("/tiles/{tile}"), false),
            TileScheme::Gcj02 => (format!("/tiles/{tile}?crs=gcj02&zooms=all"), true),
            TileScheme::Cgcs2000 => (format!("/tiles/cgcs2000/{tile}"), false),
        };
        let begins = |layer: &TileLayer| if early { layer.clone().beginning_earliest() } else { layer.clone() };
        Self { path, layers: layers.iter().map(begins).collect(), id }
    }

    /// The tiles in which some layers of a plate are, as one list.
    fn all(plate: &Baseplate, layers: &[TileLayer]) -> Vec<Self> {
        let Bbox([west, south, east, north]) = plate.manifest().bbox.expect("a box");
        let schemes = TileScheme::ALL.into_iter().flat_map(|scheme| (10..=17).map(move |zoom| (scheme, zoom)));
        let mut all = Vec::new();
        for (scheme, zoom) in schemes.filter(|(scheme, zoom)| *scheme == TileScheme::Mercator || *zoom == 14) {
            let corner = |lng, lat| scheme.tile_around(LngLat::new(lng, lat), zoom).expect("a tile");
            let (first, last) = (corner(west, north), corner(east, south));
            let places = (first.x()..=last.x()).flat_map(|x| (first.y()..=last.y()).map(move |y| (x, y)));
            let tiles = places.map(|(x, y)| Self::new(layers, scheme.tile(zoom, x, y).expect("a tile")));
            all.extend(tiles.filter(|wanted| wanted.layers.iter().any(|layer| layer.is_at(zoom))));
        }
        all
    }

    /// Asks for it, and compares it with what a plate draws.
    async fn check(&self, service: &Router, plate: &Baseplate) {
        let request = Request::get(&self.path).body(Body::empty()).expect("a request");
        let answer = service.clone().oneshot(request).await.expect("an answer");
        assert!(answer.status().is_success(), "{}: {}", self.path, answer.status());
        let drawn = plate.tile(&self.layers, self.id).expect("draws");
        assert!(body(answer).await == drawn, "{} of {}", self.path, plate.manifest().generation);
    }
}

/// Asks for all tiles of some layers, and compares them with what the plate draws: how many there are, and how many layers the server
/// drew for them.
async fn check_all(app: &App, plate: &Baseplate, layers: &[TileLayer]) -> (u64, u64) {
    let drawn = async || metric(&app.router(), "baseplate_layers_drawn_total").await;
    let (all, before) = (Wanted::all(plate, layers), drawn().await);
    for wanted in &all {
        wanted.check(&app.router(), plate).await;
    }
    (all.len() as u64, drawn().await - before)
}

/// The layers of which a new generation drew tiles, each asked for by itself, with how many of how many.
async fn drawn_anew(app: &App, plate: &Baseplate) -> BTreeMap<String, (u64, u64)> {
    let mut anew = BTreeMap::new();
    for layer in plate.tile_layers() {
        let (all, drawn) = check_all(app, plate, slice::from_ref(&layer)).await;
        anew.extend((drawn > 0).then_some((layer.name, (drawn, all))));
    }
    anew
}

#[tokio::test]
async fn what_a_change_did_not_touch_is_not_drawn_again() {
    let (town, app) = (Town::new(), App::new(Settings::default()));
    let publish = || {
        let plate = town.published();
        app.publish(plate.clone()).expect("the settings fit");
        plate
    };
    let plate = publish();
    let layers = plate.tile_layers();
    assert_eq!(drawn_anew(&app, &plate).await.len(), layers.len());
    let (tiles, whole) = check_all(&app, &plate, &layers).await;
    assert!(whole > 5 * tiles);

    let plate = publish();
    assert!(drawn_anew(&app, &plate).await.is_empty(), "nothing changed");
    assert_eq!(check_all(&app, &plate, &layers).await, (tiles, 0));

    town.rename_grid("99010100100101", "改名网格");
    let plate = publish();
    let anew = drawn_anew(&app, &plate).await;
    assert!(anew.keys().eq(["grids", "grids-labels"]), "{anew:?}");
    assert!(anew.values().all(|(drawn, all)| 5 * drawn < *all), "{anew:?}");
    let (_, drawn) = check_all(&app, &plate, &layers).await;
    assert_eq!(drawn, anew.values().map(|(drawn, _)| drawn).sum::<u64>());
    assert!(20 * drawn < whole, "{drawn} of {whole}");

    town.add_address(500);
    let plate = publish();
    let anew = drawn_anew(&app, &plate).await;
    // Areas and cells say how many addresses lie in them.
    let counting = ["addresses", "cities", "communities", "density", "districts", "grids", "subdistricts"];
    assert!(anew.keys().eq(counting), "{anew:?}");
    let few = ["addresses", "communities", "density", "grids"].map(|name| anew[name]);
    assert!(few.iter().all(|(drawn, all)| 3 * drawn < *all), "{anew:?}");
    let (_, drawn) = check_all(&app, &plate, &layers).await;
    assert_eq!(drawn, anew.values().map(|(drawn, _)| drawn).sum::<u64>());
    assert!(2 * drawn < whole, "{drawn} of {whole}");
}

/// Numbers that look random, the same in every run.
fn random(state: &mut u64, below: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize % below
}

#[tokio::test]
async fn tiles_are_right_after_any_changes_for_new_requests_and_for_late_ones() {
    let (town, app) = (Town::new(), App::new(Settings::default()));
    let mut before: Option<(Baseplate, Router)> = None;
    let mut state = 7;
    for step in 0..7 {
        match step {
            0 => {}
            1 | 5 => town.move_border(random(&mut state, 500), 5e-5),
            2 => town.drop_building(random(&mut state, 1500)),
            3 => town.rename_grid("99010100100102", &format!("第{step}网格")),
            _ => town.add_address(random(&mut state, 5000)),
        }
        let plate = town.published();
        app.publish(plate.clone()).expect("the settings fit");
        let layers = plate.tile_layers();
        let all: Vec<_> = layers.iter().map(slice::from_ref).chain([&layers[..]]).collect();
        for wanted in all.iter().flat_map(|layers| Wanted::all(&plate, layers)) {
            // Some are asked for first by requests to the generation before, some last, and most by none.
            let late = before.as_ref().map(|generation| (generation, random(&mut state, 4)));
            if let Some(((old, service), 0)) = &late {
                wanted.check(service, old).await;
            }
            wanted.check(&app.router(), &plate).await;
            if let Some(((old, service), 1)) = &late {
                wanted.check(service, old).await;
            }
        }
        before = Some((plate, app.router()));
    }
}

#[tokio::test]
async fn the_bound_of_the_cache_is_one_for_all_generations() {
    let most = 400_000;
    let town = Town::new();
    let app =
        App::new(Settings::parse(&format!("limits.cache_bytes = {most}"), "test.toml".as_ref()).expect("settings"));
    let mut services = Vec::new();
    for step in 0..3 {
        town.add_address(1000 * step);
        let plate = town.published();
        app.publish(plate.clone()).expect("the settings fit");
        services.push((plate, app.router()));
        for wanted in Wanted::all(&services[0].0, &services[0].0.tile_layers()) {
            for (plate, service) in &services {
                wanted.check(service, plate).await;
            }
            assert!(metric(&app.router(), "baseplate_cache_bytes").await <= most);
        }
    }
    assert!(metric(&app.router(), "baseplate_cache_bytes").await > most / 2);
    assert!(metric(&app.router(), "baseplate_cache_entries").await > 0);
}
