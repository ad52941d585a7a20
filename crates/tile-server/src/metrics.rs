//! What is counted, and how Prometheus reads it. Counting takes no lock but a shared one.

use crate::app::{Generation, Shared};
use std::{
    collections::BTreeMap,
    fmt::{self, Write},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, UNIX_EPOCH},
};

/// The content type of the text format.
pub(crate) const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Upper bounds of the latency buckets, nanoseconds.
const LATENCY_NS: [u64; 14] = [
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    1_000_000_000,
    5_000_000_000,
    30_000_000_000,
];
/// Upper bounds of the buckets of tile sizes, bytes.
const TILE_BYTES: [u64; 9] = [256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 128 << 10, 256 << 10, 500_000, 1 << 20];
/// HTTP statuses begin with this one, and there are at most so many.
const STATUSES: (u16, usize) = (100, 500);

/// Everything that is counted from the start of the server on.
#[derive(Default)]
pub(crate) struct Metrics {
    routes: RwLock<BTreeMap<String, Arc<RouteMetrics>>>,
    /// Requests at work.
    pub(crate) in_flight: AtomicU64,
    /// Requests that found more at work than may be.
    pub(crate) refused: AtomicU64,
    /// Tiles found in the cache.
    pub(crate) hits: AtomicU64,
    /// Tiles not found there.
    pub(crate) misses: AtomicU64,
    /// Tiles made from the plate.
    pub(crate) made: AtomicU64,
    /// Their sizes before compression.
    tile_bytes: Histogram<{ TILE_BYTES.len() }>,
}

/// What is counted of one route.
pub(crate) struct RouteMetrics {
    statuses: [AtomicU64; STATUSES.1],
    latency: Histogram<{ LATENCY_NS.len() }>,
}

impl Default for RouteMetrics {
    fn default() -> Self {
        Self { statuses: [const { AtomicU64::new(0) }; STATUSES.1], latency: Histogram::default() }
    }
}

impl RouteMetrics {
    fn record(&self, status: u16, took: Duration) {
        if let Some(count) = self.statuses.get(usize::from(status.saturating_sub(STATUSES.0))) {
            count.fetch_add(1, Relaxed);
        }
        self.latency.record(&LATENCY_NS, u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
    }
}

impl Metrics {
    /// Counts an answer.
    pub(crate) fn answered(&self, route: &str, status: u16, took: Duration) {
        self.route(route).record(status, took);
    }

    fn route(&self, route: &str) -> Arc<RouteMetrics> {
        let known = self.routes.read().unwrap_or_else(PoisonError::into_inner).get(route).cloned();
        known.unwrap_or_else(|| {
            let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(routes.entry(route.to_owned()).or_default())
        })
    }

    /// Counts a tile that was made.
    pub(crate) fn tile_made(&self, bytes: usize) {
        self.made.fetch_add(1, Relaxed);
        self.tile_bytes.record(&TILE_BYTES, bytes as u64);
    }
}

/// Counts by bucket, and the sum of what was counted.
#[derive(Debug)]
struct Histogram<const N: usize> {
    buckets: [AtomicU64; N],
    above: AtomicU64,
    sum: AtomicU64,
}

impl<const N: usize> Default for Histogram<N> {
    fn default() -> Self {
        Self { buckets: [const { AtomicU64::new(0) }; N], above: AtomicU64::new(0), sum: AtomicU64::new(0) }
    }
}

impl<const N: usize> Histogram<N> {
    fn record(&self, bounds: &[u64; N], value: u64) {
        let bucket = self.buckets.get(bounds.partition_point(|bound| *bound < value)).unwrap_or(&self.above);
        bucket.fetch_add(1, Relaxed);
        self.sum.fetch_add(value, Relaxed);
    }

    /// Its lines; `labels` is empty or ends with a comma, `scale` turns a unit of the bounds into one of the metric.
    fn write(&self, out: &mut String, name: &str, labels: &str, bounds: &[u64; N], scale: f64) -> fmt::Result {
        let mut count = 0;
        for (bound, bucket) in bounds.iter().zip(&self.buckets) {
            count += bucket.load(Relaxed);
            writeln!(out, "{name}_bucket{{{labels}le=\"{}\"}} {count}", *bound as f64 * scale)?;
        }
        count += self.above.load(Relaxed);
        writeln!(out, "{name}_bucket{{{labels}le=\"+Inf\"}} {count}")?;
        let of = labels.trim_end_matches(',');
        let of = if of.is_empty() { String::new() } else { format!("{{{of}}}") };
        writeln!(out, "{name}_sum{of} {}\n{name}_count{of} {count}", self.sum.load(Relaxed) as f64 * scale)
    }
}

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

fn write_service(out: &mut String, Shared { metrics, connections, .. }: &Shared) -> fmt::Result {
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
        of.latency.write(out, "baseplate_request_seconds", &format!("route=\"{route}\","), &LATENCY_NS, 1e-9)?;
    }
    head(out, "baseplate_tile_bytes", "histogram", "Sizes of the tiles made, before compression.")?;
    metrics.tile_bytes.write(out, "baseplate_tile_bytes", "", &TILE_BYTES, 1.0)?;
    let counter = |out: &mut String, name, help, of: &AtomicU64| single(out, name, "counter", help, of.load(Relaxed));
    counter(out, "baseplate_tiles_made_total", "Tiles made from the plate.", &metrics.made)?;
    counter(out, "baseplate_cache_hits_total", "Tiles found in the cache.", &metrics.hits)?;
    counter(out, "baseplate_cache_misses_total", "Tiles not found there.", &metrics.misses)?;
    counter(out, "baseplate_refused_total", "Requests refused because too many ran.", &metrics.refused)?;
    single(out, "baseplate_in_flight_requests", "gauge", "Requests at work.", metrics.in_flight.load(Relaxed))?;
    let closed = "Connections closed to make room for others.";
    counter(out, "baseplate_connections_closed_total", closed, &connections.closed)?;
    single(out, "baseplate_connections", "gauge", "Open connections.", connections.len())?;
    let held = "Bodies of requests and answers not yet taken by their clients.";
    single(out, "baseplate_held_bytes", "gauge", held, connections.held())
}

fn write_generation(out: &mut String, generation: &Generation) -> fmt::Result {
    let (manifest, tiles) = (generation.plate().manifest(), generation.tiles());
    let number: u64 = manifest.generation.parse().unwrap_or_default();
    single(out, "baseplate_generation", "gauge", "The number of the open generation.", number)?;
    let built = humantime::parse_rfc3339(&manifest.built_at).ok();
    if let Some(since) = built.and_then(|at| at.duration_since(UNIX_EPOCH).ok()) {
        single(out, "baseplate_built_timestamp_seconds", "gauge", "When it was built.", since.as_secs())?;
    }
    single(out, "baseplate_cache_entries", "gauge", "Tiles in the cache.", tiles.len())?;
    single(out, "baseplate_cache_bytes", "gauge", "What they take.", tiles.bytes())
}
