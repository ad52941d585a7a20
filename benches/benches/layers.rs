//! Statistics of the layer with the most records: by area, class and period.
#![expect(clippy::expect_used, reason = "a benchmark whose ground is missing should stop and say so")]

use baseplate_benches::plate;
use baseplate_core::{Areas, Baseplate, Counting, LayerQuery, Level, time::Period};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

/// The layer with the most records; one that is dated, if there is any.
fn largest(plate: &Baseplate) -> String {
    let layers = plate.layers().filter(|layer| layer.counting() == Counting::Records);
    let largest = layers.max_by_key(|layer| (layer.info().time.is_some(), layer.info().rows));
    largest.expect("every plate has enterprises").id().to_owned()
}

fn stats(c: &mut Criterion) {
    let (_dir, path) = plate();
    let plate = Baseplate::open(path).expect("opens");
    let layer = largest(&plate);
    let info = plate.layer(&layer).expect("is there").info().clone();
    let all = LayerQuery::of(&layer);
    let mut questions = vec![
        ("whole", all.clone()),
        ("communities", LayerQuery { areas: Some(Areas::Level(Level::Community)), ..all.clone() }),
        ("grids", LayerQuery { areas: Some(Areas::Level(Level::Grid)), ..all.clone() }),
        ("h3-8", LayerQuery { areas: Some(Areas::Cells(8)), ..all.clone() }),
    ];
    if info.time.is_some() {
        let by = |areas, period, classes| LayerQuery { areas, period: Some(period), classes, ..all.clone() };
        questions.push(("hours", by(None, Period::Hour, None)));
        questions.push(("months-communities", by(Some(Areas::Level(Level::Community)), Period::Month, None)));
        let year = LayerQuery {
            from: Some("2025".to_owned()),
            to: Some("2025".to_owned()),
            ..by(Some(Areas::Level(Level::Community)), Period::Month, Some(0))
        };
        questions.push(("months-classes-communities-of-a-year", year));
    }
    let mut group = c.benchmark_group(format!("stats of {} {layer}", info.rows));
    group.sample_size(20);
    for (name, query) in questions {
        group.bench_function(name, |b| b.iter(|| black_box(plate.layer_stats(&query).expect("counts"))));
    }
    group.finish();
}

criterion_group!(benches, stats);
criterion_main!(benches);
