//! Open, locate and tile.
#![expect(clippy::expect_used, reason = "a benchmark whose ground is missing should stop and say so")]

use baseplate_benches::plate;
use baseplate_core::{Baseplate, Bbox, Coverage, GridKind, LngLat, TileId, locator_builder};
use criterion::{
    BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use geo::{Contains, MultiPolygon, Point};
use rayon::{ThreadPool, ThreadPoolBuilder};
use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};
use std::hint::black_box;

/// Points of one bulk look-up.
const POINTS: usize = 1_000_000;

/// Independent uniform points over a box in random order, the same every time (xorshift).
fn points(Bbox([w, s, e, n]): Bbox) -> Vec<LngLat> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..POINTS).map(|_| LngLat::new(w + (e - w) * random(), s + (n - s) * random())).collect()
}

/// The same points along a Z-shaped curve over 1024 × 1024 squares of the box.
fn sorted(asked: &[LngLat], Bbox([w, s, e, n]): Bbox) -> Vec<LngLat> {
    let square = |v: f64, low: f64, high: f64| ((v - low) / (high - low) * 1024.0) as u32;
    let bits = |v: u32| (0..10).fold(0, |all, i| all | (v >> i & 1) << (2 * i));
    let mut sorted = asked.to_vec();
    sorted.sort_by_cached_key(|p| bits(square(p.lng, w, e)) | bits(square(p.lat, s, n)) << 1);
    sorted
}

/// The usual way: an R-tree over envelopes, then `geo::Contains`.
struct Peer {
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    areas: Vec<MultiPolygon<f64>>,
}

impl Peer {
    fn new(plate: &Baseplate) -> Self {
        let coverage = plate.coverage(&GridKind::basic()).expect("basic grids");
        let leaf = |(i, grid): (usize, baseplate_core::Grid<'_>)| {
            let Bbox([w, s, e, n]) = grid.bbox().expect("a box");
            GeomWithData::new(Rectangle::from_corners([w, s], [e, n]), i)
        };
        let tree = RTree::bulk_load(coverage.grids().enumerate().map(leaf).collect());
        Self { tree, areas: coverage.grids().filter_map(|g| g.area()).collect() }
    }

    fn locate(&self, p: LngLat) -> Option<usize> {
        let at = AABB::from_point([p.lng, p.lat]);
        let mut around = self.tree.locate_in_envelope_intersecting(at).map(|leaf| leaf.data);
        around.find(|i| self.areas[*i].contains(&Point::new(p.lng, p.lat)))
    }
}

fn threads(count: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(count).build().expect("threads")
}

/// Look-ups in bulk and one after another, and the peer, on the same points.
fn locate(
    group: &mut BenchmarkGroup<'_, WallTime>,
    coverage: Coverage<'_>,
    peer: &Peer,
    order: &str,
    asked: &[LngLat],
) {
    for count in [1, 2] {
        let pool = threads(count);
        group.bench_function(format!("{order}, bulk, threads: {count}"), |b| {
            b.iter(|| pool.install(|| coverage.locate_many(black_box(asked)).len()));
        });
    }
    group.bench_function(format!("{order}, one by one"), |b| {
        b.iter(|| asked.iter().filter(|p| coverage.locate(**p).is_some()).count());
    });
    group.bench_function(format!("{order}, each after the answer to the last"), |b| b.iter(|| chain(coverage, asked)));
    group.bench_function(format!("{order}, rstar + geo::Contains, one by one"), |b| {
        b.iter(|| asked.iter().filter(|p| peer.locate(**p).is_some()).count());
    });
}

/// Which point is asked next is known only with the answer.
fn chain(coverage: Coverage<'_>, asked: &[LngLat]) -> usize {
    let (mut next, mut found) = (0, 0);
    for _ in 0..asked.len() {
        let inside = black_box(usize::from(coverage.locate(asked[next]).is_some()));
        found += inside;
        next = (next + 1 + inside) % asked.len();
    }
    found
}

fn benchmarks(c: &mut Criterion) {
    let (_dir, path) = plate();
    let plate = Baseplate::open(&path).expect("opens");
    let bbox = plate.manifest().bbox.expect("not empty");
    let coverage = plate.coverage(&GridKind::basic()).expect("basic grids");

    c.bench_function("open", |b| b.iter(|| Baseplate::open(black_box(&path)).expect("opens")));

    let (asked, peer) = (points(bbox), Peer::new(&plate));
    let mut group = c.benchmark_group("locate");
    group.throughput(Throughput::Elements(POINTS as u64)).sample_size(10);
    locate(&mut group, coverage, &peer, "random", &asked);
    locate(&mut group, coverage, &peer, "sorted", &sorted(&asked, bbox));
    group.finish();

    let build_locator = locator_builder(&peer.areas);
    let mut group = c.benchmark_group("build");
    group.sample_size(10).bench_function("locator", |b| b.iter(&build_locator));
    group.finish();

    let layers = plate.tile_layers();
    let middle = plate.grids_in(bbox).first().and_then(|g| g.label_point()).expect("a grid");
    let mut tiles = c.benchmark_group("tile, all layers");
    for z in [8, 11, 13, 14, 15, 17] {
        let id = TileId::around(middle, z).expect("in the scheme");
        tiles.bench_function(format!("z{z}"), |b| {
            b.iter_batched(|| id, |id| plate.tile(&layers, id).expect("encodes"), BatchSize::SmallInput);
        });
    }
    tiles.finish();
}

criterion_group!(plate_benches, benchmarks);
criterion_main!(plate_benches);
