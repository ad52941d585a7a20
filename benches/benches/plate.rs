//! Open, locate and tile. Set `BASEPLATE_BENCH_PLATE` to a plate; without it the sample town is built.
#![expect(clippy::expect_used, reason = "a benchmark whose ground is missing should stop and say so")]

use baseplate_benches::plate;
use baseplate_core::{Baseplate, Bbox, GridKind, LngLat, TileId};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use geo::{Contains, MultiPolygon, Point};
use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};
use std::hint::black_box;

/// Points of one bulk look-up.
const POINTS: usize = 100_000;

/// Uniform points over a box, the same every time (a Weyl sequence).
fn points(Bbox([w, s, e, n]): Bbox) -> Vec<LngLat> {
    let at = |i: usize, step: f64| (i as f64 * step).fract();
    (1..=POINTS)
        .map(|i| LngLat::new(w + (e - w) * at(i, 0.754_877_666_246_7), s + (n - s) * at(i, 0.569_840_290_998)))
        .collect()
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

fn benchmarks(c: &mut Criterion) {
    let (_dir, path) = plate();
    let plate = Baseplate::open(&path).expect("opens");
    let bbox = plate.manifest().bbox.expect("not empty");
    let coverage = plate.coverage(&GridKind::basic()).expect("basic grids");
    let asked = points(bbox);

    c.bench_function("open", |b| b.iter(|| Baseplate::open(black_box(&path)).expect("opens")));

    let mut locate = c.benchmark_group("locate");
    locate.throughput(Throughput::Elements(POINTS as u64));
    locate.bench_function("one by one", |b| {
        b.iter(|| asked.iter().filter(|p| coverage.locate(**p).is_some()).count());
    });
    locate.bench_function("locate_many", |b| b.iter(|| coverage.locate_many(black_box(&asked)).len()));
    let peer = Peer::new(&plate);
    locate.sample_size(10).bench_function("rstar + geo::Contains, one by one", |b| {
        b.iter(|| asked.iter().filter(|p| peer.locate(**p).is_some()).count());
    });
    locate.finish();

    let layers = plate.tile_layers().to_vec();
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
