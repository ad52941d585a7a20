//! How long tiles of a plate take, and how big they are: every zoom, each tile made once, on one thread.
//!
//! ```text
//! cargo run --release -p baseplate-benches --example tiles -- PLATE [--layers grids,buildings] [--scheme gcj02]
//! ```
//! Tiles are those around places drawn evenly from the plate's grids and buildings, so that towns weigh more than fields. With
//! `--all` every tile over the plate's box is made. Prints a table in Markdown.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

use baseplate_core::{Baseplate, LngLat, MAX_ZOOM, TileId, TileLayer, TileScheme, pick_layers};
use clap::Parser;
use std::{collections::BTreeSet, error::Error, path::PathBuf, time::Instant};

/// As in the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long tiles take and how big they are
#[derive(Parser)]
struct Options {
    /// The plate
    plate: PathBuf,
    /// Layers by name, with commas between; all if not given
    #[arg(long)]
    layers: Option<String>,
    /// mercator, gcj02 or cgcs2000
    #[arg(long, default_value = "mercator")]
    scheme: TileScheme,
    /// At most so many tiles a zoom
    #[arg(long, default_value_t = 500)]
    tiles: usize,
    /// Every tile over the plate's box
    #[arg(long)]
    all: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let plate = Baseplate::open(&options.plate)?;
    let layers = match &options.layers {
        Some(names) => pick_layers(&plate.tile_layers(), names.split(','))?,
        None => plate.tile_layers(),
    };
    let places = places(&plate);
    println!(
        "| zoom | tiles | p50 ms | p99 ms | max ms | largest, bytes | tile |\n|---:|---:|---:|---:|---:|---:|---|"
    );
    for zoom in u8::from(options.scheme == TileScheme::Cgcs2000)..=MAX_ZOOM {
        let tiles = if options.all { all(&plate, options.scheme, zoom)? } else { around(&places, &options, zoom)? };
        row(&plate, &layers, zoom, &tiles)?;
    }
    Ok(())
}

/// Points of all grids and of as many buildings.
fn places(plate: &Baseplate) -> Vec<LngLat> {
    let grids = plate.coverages().flat_map(|c| c.grids()).filter_map(|grid| grid.label_point());
    let mut places: Vec<LngLat> = grids.collect();
    if let Some(bbox) = plate.manifest().bbox {
        let buildings = plate.buildings_in(bbox);
        let step = (buildings.len() / places.len().max(1)).max(1);
        places.extend(buildings.iter().step_by(step).filter_map(|b| b.point()));
    }
    places
}

fn around(places: &[LngLat], options: &Options, zoom: u8) -> Result<Vec<TileId>, Box<dyn Error>> {
    let key = |id: &TileId| (id.x(), id.y());
    let mut tiles: Vec<TileId> = Vec::new();
    let mut seen = BTreeSet::new();
    // A step that shares no factor with their number visits all places in an order that jumps about.
    let step = (places.len() * 5 / 8) | 1;
    for i in 0..places.len() {
        let id = options.scheme.tile_around(places[i.wrapping_mul(step) % places.len()], zoom)?;
        if seen.insert(key(&id)) {
            tiles.push(id);
        }
        if tiles.len() == options.tiles {
            break;
        }
    }
    Ok(tiles)
}

fn all(plate: &Baseplate, scheme: TileScheme, zoom: u8) -> Result<Vec<TileId>, Box<dyn Error>> {
    let Some(bbox) = plate.manifest().bbox else { return Ok(Vec::new()) };
    let [west, south, east, north] = bbox.0;
    let (a, b) =
        (scheme.tile_around(LngLat::new(west, north), zoom)?, scheme.tile_around(LngLat::new(east, south), zoom)?);
    let columns = (a.x()..=b.x()).flat_map(|x| (a.y()..=b.y()).map(move |y| (x, y)));
    Ok(columns.map(|(x, y)| scheme.tile(zoom, x, y)).collect::<Result<_, _>>()?)
}

fn row(plate: &Baseplate, layers: &[TileLayer], zoom: u8, tiles: &[TileId]) -> Result<(), Box<dyn Error>> {
    let (mut times, mut largest) = (Vec::with_capacity(tiles.len()), (0, String::new()));
    for id in tiles {
        let start = Instant::now();
        let bytes = plate.tile(layers, *id)?.len();
        times.push(start.elapsed().as_secs_f64() * 1e3);
        largest = largest.max((bytes, format!("{zoom}/{}/{}", id.x(), id.y())));
    }
    times.sort_by(f64::total_cmp);
    let share = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
    let [p50, p99, max] = [50, 99, 100].map(|percent| share(percent).copied().unwrap_or_default());
    println!("| {zoom} | {} | {p50:.2} | {p99:.2} | {max:.2} | {} | {} |", tiles.len(), largest.0, largest.1);
    Ok(())
}
