//! The nearest building and address. Set `BASEPLATE_BENCH_PLATE` to a plate; without it the sample town is built.
#![expect(clippy::expect_used, reason = "a benchmark whose ground is missing should stop and say so")]

use baseplate_core::{Baseplate, Bbox, BuildOptions, LngLat, Metric, Spec, build, code::PersonKey};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use geo::{BoundingRect, Coord, Distance, Euclidean, MapCoords, MultiPolygon, Point};
use rstar::{
    RTree,
    primitives::{GeomWithData, Rectangle},
};
use std::path::PathBuf;

/// Points of one run.
const POINTS: usize = 20_000;
/// How far to look, metres.
const WITHIN_M: f64 = 100.0;

fn plate() -> (Option<tempfile::TempDir>, PathBuf) {
    if let Some(given) = std::env::var_os("BASEPLATE_BENCH_PLATE") {
        return (None, given.into());
    }
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("town.plate");
    let spec = Spec::read("../data/town/spec.toml".as_ref()).expect("the sample's spec");
    let key = PersonKey::new(b"a key for benchmarks and nothing else").expect("long enough");
    build(&spec, &path, BuildOptions { strict: false, key: Some(key) }, &|_| {}).expect("the sample builds");
    (Some(dir), path)
}

/// Uniform points over a box, the same every time (a Weyl sequence).
fn points(Bbox([w, s, e, n]): Bbox) -> Vec<LngLat> {
    let at = |i: usize, step: f64| (i as f64 * step).fract();
    (1..=POINTS)
        .map(|i| LngLat::new(w + (e - w) * at(i, 0.754_877_666_246_7), s + (n - s) * at(i, 0.569_840_290_998)))
        .collect()
}

/// The usual way: footprints in metres, an R-tree over their envelopes, and `geo` for the exact distance.
struct Peer {
    metric: Metric,
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    areas: Vec<MultiPolygon<f64>>,
}

impl Peer {
    fn new(plate: &Baseplate, bbox: Bbox) -> Self {
        let metric = Metric::at((bbox.0[1] + bbox.0[3]) / 2.0);
        let metres = |c: Coord<f64>| Coord { x: c.x * metric.lng_m, y: c.y * metric.lat_m };
        let footprints = plate.buildings_in(bbox).into_iter().filter_map(|b| b.footprint());
        let areas: Vec<MultiPolygon<f64>> = footprints.map(|area| area.map_coords(metres)).collect();
        let leaf = |(i, area): (usize, &MultiPolygon<f64>)| {
            let rect = area.bounding_rect().expect("not empty");
            GeomWithData::new(Rectangle::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]), i)
        };
        let tree = RTree::bulk_load(areas.iter().enumerate().map(leaf).collect());
        Self { metric, tree, areas }
    }

    fn nearest(&self, p: LngLat) -> Option<(usize, f64)> {
        let at = [p.lng * self.metric.lng_m, p.lat * self.metric.lat_m];
        let mut best = (None, WITHIN_M);
        for (leaf, bound2) in self.tree.nearest_neighbor_iter_with_distance_2(at) {
            if bound2 > best.1 * best.1 {
                break;
            }
            let distance = Euclidean.distance(&Point::new(at[0], at[1]), &self.areas[leaf.data]);
            if distance < best.1 {
                best = (Some(leaf.data), distance);
            }
        }
        best.0.map(|row| (row, best.1))
    }
}

/// The peer's plane has one scale for the whole city, so distances differ by a few parts in a thousand.
fn check(plate: &Baseplate, peer: &Peer, asked: &[LngLat]) {
    for p in asked {
        let (ours, theirs) = (plate.nearest_building(*p, WITHIN_M), peer.nearest(*p));
        if let (Some((_, ours)), Some((_, theirs))) = (ours, theirs) {
            assert!((ours - theirs).abs() < 0.01 * ours + 0.01, "{p:?}: {ours} m and {theirs} m");
        }
        let near = |d: Option<f64>| d.is_none_or(|d| d > 0.99 * WITHIN_M);
        assert!(ours.is_some() == theirs.is_some() || near(ours.map(|o| o.1)) && near(theirs.map(|t| t.1)), "{p:?}");
    }
}

fn benchmarks(c: &mut Criterion) {
    let (_dir, path) = plate();
    let plate = Baseplate::open(&path).expect("opens");
    let bbox = plate.manifest().bbox.expect("not empty");
    let asked = points(bbox);
    let peer = Peer::new(&plate, bbox);
    check(&plate, &peer, &asked);

    let mut group = c.benchmark_group("nearest");
    group.throughput(Throughput::Elements(POINTS as u64)).sample_size(10);
    group.bench_function("building, one by one", |b| {
        b.iter(|| asked.iter().filter(|p| plate.nearest_building(**p, WITHIN_M).is_some()).count());
    });
    group.bench_function("building, rstar + geo, one by one", |b| {
        b.iter(|| asked.iter().filter(|p| peer.nearest(**p).is_some()).count());
    });
    group.bench_function("nearest_buildings", |b| b.iter(|| plate.nearest_buildings(&asked, WITHIN_M).len()));
    group.bench_function("address, one by one", |b| {
        b.iter(|| asked.iter().filter(|p| plate.nearest_address(**p, WITHIN_M).is_some()).count());
    });
    group.finish();
}

criterion_group!(nearest_benches, benchmarks);
criterion_main!(nearest_benches);
