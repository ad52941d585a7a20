//! What is counted while the server runs. Counting takes no lock but a shared one.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

/// Upper bounds of the latency buckets, nanoseconds.
pub(super) const LATENCY_NS: [u64; 14] = [
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
pub(super) const TILE_BYTES: [u64; 9] =
    [256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 128 << 10, 256 << 10, 500_000, 1 << 20];
/// HTTP statuses begin with this one, and there are at most so many.
pub(super) const STATUSES: (u16, usize) = (100, 500);

/// Everything that is counted from the start of the server on.
#[derive(Default)]
pub(crate) struct Metrics {
    pub(super) routes: RwLock<BTreeMap<String, Arc<RouteMetrics>>>,
    /// Requests at work.
    pub(crate) in_flight: AtomicU64,
    /// Requests that found more at work than may be.
    pub(crate) refused: AtomicU64,
    /// Tiles found in the cache.
    pub(crate) hits: AtomicU64,
    /// Tiles not found there.
    pub(crate) misses: AtomicU64,
    /// Tiles made, from the plate or from layers that were drawn before.
    pub(crate) made: AtomicU64,
    /// Layers of tiles drawn from the plate.
    pub(crate) layers_drawn: AtomicU64,
    /// Their sizes before compression.
    pub(super) tile_bytes: Histogram<{ TILE_BYTES.len() }>,
}

/// What is counted of one route.
pub(crate) struct RouteMetrics {
    pub(super) statuses: [AtomicU64; STATUSES.1],
    pub(super) latency: Histogram<{ LATENCY_NS.len() }>,
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
pub(crate) struct Histogram<const N: usize> {
    pub(super) buckets: [AtomicU64; N],
    pub(super) above: AtomicU64,
    pub(super) sum: AtomicU64,
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
}
