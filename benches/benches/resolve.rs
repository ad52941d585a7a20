//! Codes and counts.
#![expect(clippy::expect_used, reason = "a benchmark whose ground is missing should stop and say so")]

use baseplate_benches::plate;
use baseplate_core::{Areas, Baseplate, Entity, GridKind, Level, StatsQuery, Thing};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

/// Codes that are asked for in turn.
const CODES: usize = 10_000;

/// Codes of buildings, addresses and enterprises from all over the plate.
fn codes(plate: &Baseplate) -> [(&'static str, Vec<String>); 3] {
    let bbox = plate.manifest().bbox.expect("not empty");
    let all = plate.buildings_in(bbox);
    let spread = || all.iter().step_by((all.len() / CODES).max(1));
    let addresses = spread().filter_map(|b| b.addresses().last()).map(|a| a.code().to_owned());
    let enterprises = spread().filter_map(|b| b.enterprises().next()).map(|e| e.code().to_owned());
    [
        ("building", spread().map(|b| b.code().to_owned()).collect()),
        ("address", addresses.collect()),
        ("enterprise", enterprises.collect()),
    ]
}

/// The building, the grid and all levels above it, how many addresses and enterprises share the building.
fn linked(plate: &Baseplate, code: &str) -> (usize, u32, usize) {
    let thing = plate.resolve(code).expect("in the plate");
    let building = match thing {
        Thing::Building(building) => Some(building),
        Thing::Address(address) => address.building().map(|(building, _)| building),
        Thing::Record(record) => record.address().and_then(|a| a.building()).map(|(building, _)| building),
        Thing::Grid(_) => None,
    };
    let chain = thing.grid(&GridKind::basic()).map_or(0, |grid| grid.chain().map(|g| g.code().len()).sum());
    (chain, building.map_or(0, |b| b.address_count()), building.map_or(0, |b| b.enterprises().len()))
}

fn benchmarks(c: &mut Criterion) {
    let (_dir, path) = plate();
    let plate = Baseplate::open(&path).expect("opens");

    let mut resolve = c.benchmark_group("code → everything linked");
    for (entity, codes) in codes(&plate).iter().filter(|(_, codes)| !codes.is_empty()) {
        // Neighbours in the list are far apart in the tables.
        let mut next = (0..codes.len()).map(|i| &codes[i * 7_919 % codes.len()]).cycle();
        let mut code = || black_box(next.next().expect("endless"));
        resolve.bench_function(format!("{entity}, as handles"), |b| b.iter(|| linked(&plate, code())));
        resolve.bench_function(format!("{entity}, as an answer with its lists"), |b| {
            b.iter(|| plate.describe(code()).expect("in the plate"));
        });
    }
    resolve.finish();

    let mut counts = c.benchmark_group("all counts of a grid, by code");
    for level in Level::ALL {
        let query = StatsQuery { areas: Areas::Level(level), kind: None, within: None, by: None };
        let rows = plate.stats(&query).expect("counts").rows;
        let Some(row) = rows.get(rows.len() / 2) else { continue };
        counts.bench_function(level.as_str(), |b| {
            b.iter(|| {
                let grid = plate.grid(black_box(&row.code)).expect("in the plate");
                Entity::ALL.map(|entity| grid.count(entity))
            });
        });
    }
    counts.finish();

    let mut stats = c.benchmark_group("statistics of the whole plate");
    for by in [None, Some("industry".to_owned()), Some("sex".to_owned())] {
        let query = StatsQuery { areas: Areas::Level(Level::Grid), kind: None, within: None, by };
        if plate.stats(&query).is_ok() {
            let name = query.by.clone().unwrap_or_else(|| "totals".to_owned());
            stats.bench_function(format!("grids, {name}"), |b| b.iter(|| plate.stats(&query).expect("counts")));
        }
    }
    stats.finish();
}

criterion_group!(resolve_benches, benchmarks);
criterion_main!(resolve_benches);
