//! Finished tiles over generations: what did not change is not made again, and what is served is always what the open generation draws.

use crate::{body, metric};
use axum::{Router, body::Body, http::Request};
use baseplate_core::{Baseplate, Bbox, BuildOptions, LngLat, Spec, TileScheme, build};
use std::{collections::BTreeMap, fs, path::PathBuf};
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
        let (enterprises, _) = after.split_once("[titles").expect("titles");
        fs::write(town.0.path().join("spec.toml"), format!("{before}[[enterprises]]{enterprises}")).expect("a file");
        town
    }

    /// Changes a file.
    fn change(&self, file: &str, change: impl FnOnce(&str) -> String) {
        let path = self.0.path().join(file);
        let (before, after) = (fs::read_to_string(&path).expect("a file"), path.clone());
        let changed = change(&before);
        assert_ne!(changed, before, "{file} is as before");
        fs::write(after, changed).expect("a file");
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

/// The addresses of tiles that show a plate, each of its layers alone and all together.
fn paths(plate: &Baseplate) -> Vec<String> {
    let names: Vec<String> = plate.tile_layers().into_iter().map(|layer| layer.name).collect();
    let lists: Vec<String> = names.iter().cloned().chain([names.join(",")]).collect();
    let Bbox([west, south, east, north]) = plate.manifest().bbox.expect("a box");
    let mut paths = Vec::new();
    let schemes = TileScheme::ALL.into_iter().flat_map(|scheme| (10..=16).map(move |zoom| (scheme, zoom)));
    for (scheme, zoom) in schemes.filter(|(scheme, zoom)| *scheme == TileScheme::Mercator || *zoom == 14) {
        let corner = |lng, lat| scheme.tile_around(LngLat::new(lng, lat), zoom).expect("a tile");
        let (first, last) = (corner(west, north), corner(east, south));
        for (x, y) in (first.x()..=last.x()).flat_map(|x| (first.y()..=last.y()).map(move |y| (x, y))) {
            let path = |list: &String| match scheme {
                TileScheme::Mercator => format!("/tiles/{list}/{zoom}/{x}/{y}.mvt"),
                TileScheme::Gcj02 => format!("/tiles/{list}/{zoom}/{x}/{y}.mvt?crs=gcj02&zooms=all"),
                TileScheme::Cgcs2000 => format!("/tiles/cgcs2000/{list}/{zoom}/{x}/{y}.mvt"),
            };
            paths.extend(lists.iter().map(path));
        }
    }
    paths
}

/// What is answered under some addresses.
async fn answers(service: &Router, paths: &[String]) -> Vec<(u16, Vec<u8>)> {
    let mut answers = Vec::new();
    for path in paths {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let answer = service.clone().oneshot(request).await.expect("an answer");
        let status = answer.status().as_u16();
        answers.push((status, if status == 404 { Vec::new() } else { body(answer).await }));
    }
    answers
}

/// Publishes a generation to a server whose cache is warm, and compares all its tiles with those of one that was just started. Gives
/// how many there are, how many the generation made, and the time of both in seconds.
async fn compare(app: &App, plate: Baseplate, before: u64) -> (usize, u64) {
    let paths = paths(&plate);
    let t=std::time::Instant::now();
    app.publish(plate.clone()).expect("the settings fit");
    let swap=t.elapsed();
    let t=std::time::Instant::now();
    let fresh = answers(&tile_server::router(plate).expect("the settings fit"), &paths).await;
    let cold=t.elapsed();
    let t=std::time::Instant::now();
    let warm = answers(&app.router(), &paths).await;
    let second=t.elapsed();
    let t=std::time::Instant::now();
    let _ = answers(&app.router(), &paths).await;
    let hot=t.elapsed();
    let made = metric(&app.router(), "baseplate_tiles_made_total").await - before;
    for ((path, warm), fresh) in paths.iter().zip(&warm).zip(&fresh) {
        assert!(warm == fresh, "{path}");
    }
    let n=warm.iter().filter(|(s,_)| *s!=404).count();
    println!("swap {swap:?} fresh {cold:?} after swap {second:?} hot {hot:?}; {n} tiles, {made} made");
    (n, made)
}

#[tokio::test]
async fn tiles_after_any_change_are_those_of_a_fresh_server() {
    let town = Town::new();
    let app = App::new(Settings::default());
    let mut before = 0;
    for step in 0..8 {
        match step {
            0 => {}
            1 => town.rename_grid("99010100100101", "改名网格"),
            2 => town.move_border(40, 2e-5),
            3 => town.drop_building(100),
            4 => town.add_address(500),
            5 => town.move_border(300, -1e-4),
            6 => { town.rename_grid("99010100100101", "鹤渚社区第01网格"); town.add_address(4000) }
            _ => town.drop_building(900),
        }
        let t=std::time::Instant::now();
        let plate = town.published();
        println!("step {step}: built in {:?}", t.elapsed());
        compare(&app, plate, before).await;
        before = metric(&app.router(), "baseplate_tiles_made_total").await;
    }
}
