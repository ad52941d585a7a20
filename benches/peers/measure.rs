//! How look-ups are timed.

use crate::points::Asked;
use baseplate_core::LngLat;
use rayon::{ThreadPoolBuildError, ThreadPoolBuilder};
use std::{hint::black_box, time::Instant};

/// Runs of which the quickest counts.
const RUNS: usize = 3;

/// The quickest of the runs in nanoseconds a point, and what the last one answered.
pub(crate) fn best<T>(asked: &Asked, mut ask: impl FnMut() -> Vec<T>) -> (f64, Vec<T>) {
    let (mut quickest, mut answers) = (f64::INFINITY, Vec::new());
    for _ in 0..RUNS {
        drop(answers);
        let started = Instant::now();
        answers = black_box(ask());
        quickest = quickest.min(started.elapsed().as_nanos() as f64);
    }
    (quickest / asked.points.len() as f64, answers)
}

/// Asks for one point after the other. Which point comes next depends on the last answer, so that the processor cannot work
/// on several at a time, as it cannot in a service that looks up one point a request.
pub(crate) fn one_by_one<A: Copy + PartialEq>(
    points: &[LngLat],
    locate: impl Fn(LngLat) -> Option<A>,
) -> Vec<Option<A>> {
    let (zero, other) = (black_box(0), points.first().and_then(|p| locate(*p)));
    let (mut answers, mut shift) = (Vec::with_capacity(points.len()), 0);
    for at in 0..points.len() {
        let owner = locate(points[at + shift]);
        shift = zero * usize::from(black_box(owner == other));
        answers.push(owner);
    }
    answers
}

/// Runs something in a rayon pool of its own.
pub(crate) fn on_threads<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> Result<T, ThreadPoolBuildError> {
    Ok(ThreadPoolBuilder::new().num_threads(threads).build()?.install(run))
}
