//! What was counted, as Prometheus reads it.

use super::{
    generation::{Generation, Shared},
    metrics::{Histogram, LATENCY_NS, STATUSES, TILE_BYTES},
};
use std::{
    fmt::{self, Write},
    sync::{
        PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::UNIX_EPOCH,
};

/// The content type of the text format.
pub(crate) const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The metrics of a server, and of its open generation if there is one, in the text format.
pub(crate) fn text(shared: &Shared, generation: Option<&Generation>) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write_service(&mut out, shared);
    if let Some(generation) = generation {
        let _ = write_generation(&mut out, generation);
    }
    out
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}")
}

fn single(out: &mut String, name: &str, kind: &str, help: &str, value: impl fmt::Display) -> fmt::Result {
    head(out, name, kind, help)?;
    writeln!(out, "{name} {value}")
}

fn write_service(out: &mut String, Shared { metrics, connections, tiles, .. }: &Shared) -> fmt::Result {
    let routes = metrics.routes.read().unwrap_or_else(PoisonError::into_inner);
    head(out, "baseplate_requests_total", "counter", "Answers by route and status.")?;
    for (route, of) in routes.iter() {
        let counted = of.statuses.iter().map(|count| count.load(Relaxed)).zip(STATUSES.0..);
        for (count, status) in counted.filter(|(count, _)| *count > 0) {
            writeln!(out, "baseplate_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}")?;
        }
    }
    head(out, "baseplate_request_seconds", "histogram", "Time until an answer began, by route.")?;
    for (route, of) in routes.iter() {
        write_histogram(
            out,
            &of.latency,
            "baseplate_request_seconds",
            &format!("route=\"{route}\","),
            (&LATENCY_NS, 1e9),
        )?;
    }
    head(out, "baseplate_tile_bytes", "histogram", "Sizes of the tiles made, before compression.")?;
    write_histogram(out, &metrics.tile_bytes, "baseplate_tile_bytes", "", (&TILE_BYTES, 1.0))?;
    let counter = |out: &mut String, name, help, of: &AtomicU64| single(out, name, "counter", help, of.load(Relaxed));
    let made = "Tiles made, from the plate or from layers that were drawn before.";
    counter(out, "baseplate_tiles_made_total", made, &metrics.made)?;
    counter(out, "baseplate_layers_drawn_total", "Layers of tiles drawn from the plate.", &metrics.layers_drawn)?;
    counter(out, "baseplate_cache_hits_total", "Tiles found in the cache.", &metrics.hits)?;
    counter(out, "baseplate_cache_misses_total", "Tiles not found there.", &metrics.misses)?;
    single(out, "baseplate_cache_entries", "gauge", "Tiles in the cache.", tiles.len())?;
    let bytes = "What they take, with their layers and the numbers by which they are found.";
    single(out, "baseplate_cache_bytes", "gauge", bytes, tiles.bytes())?;
    counter(out, "baseplate_refused_total", "Requests refused because too many ran.", &metrics.refused)?;
    single(out, "baseplate_in_flight_requests", "gauge", "Requests at work.", metrics.in_flight.load(Relaxed))?;
    let closed = "Connections closed to make room for others.";
    counter(out, "baseplate_connections_closed_total", closed, &connections.closed)?;
    single(out, "baseplate_connections", "gauge", "Open connections.", connections.len())?;
    let held = "Bodies of requests and answers not yet taken by their clients.";
    single(out, "baseplate_held_bytes", "gauge", held, connections.held())
}

fn write_generation(out: &mut String, generation: &Generation) -> fmt::Result {
    let manifest = generation.plate().manifest();
    let number: u64 = manifest.generation.parse().unwrap_or_default();
    single(out, "baseplate_generation", "gauge", "The number of the open generation.", number)?;
    let built = humantime::parse_rfc3339(&manifest.built_at).ok();
    if let Some(since) = built.and_then(|at| at.duration_since(UNIX_EPOCH).ok()) {
        single(out, "baseplate_built_timestamp_seconds", "gauge", "When it was built.", since.as_secs())?;
    }
    Ok(())
}

/// The lines of a histogram; `labels` is empty or ends with a comma, `scale` turns a unit of the bounds into one of the metric.
fn write_histogram<const N: usize>(
    out: &mut String,
    histogram: &Histogram<N>,
    name: &str,
    labels: &str,
    (bounds, per_unit): (&[u64; N], f64),
) -> fmt::Result {
    let mut count = 0;
    for (bound, bucket) in bounds.iter().zip(&histogram.buckets) {
        count += bucket.load(Relaxed);
        writeln!(out, "{name}_bucket{{{labels}le=\"{}\"}} {count}", *bound as f64 / per_unit)?;
    }
    count += histogram.above.load(Relaxed);
    writeln!(out, "{name}_bucket{{{labels}le=\"+Inf\"}} {count}")?;
    let of = labels.trim_end_matches(',');
    let of = if of.is_empty() { String::new() } else { format!("{{{of}}}") };
    writeln!(out, "{name}_sum{of} {}\n{name}_count{of} {count}", histogram.sum.load(Relaxed) as f64 / per_unit)
}
