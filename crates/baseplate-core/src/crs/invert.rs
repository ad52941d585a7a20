//! The inverse of an offset that has a forward formula only.

/// An inverse stops behind a step smaller than this, degrees; what is left is a fiftieth of it at most (about 0.2 µm).
const STEP_DEG: f64 = 1e-10;
/// Bound on the steps of an inverse; inside China 3 to 6 arrive.
const MAX_STEPS: usize = 30;
/// The largest residual that still counts as an answer, degrees.
const MAX_RESIDUAL_DEG: f64 = 1e-9;

/// The point that `forward` takes to `target`, by fixed-point iteration from `start`, all in degrees;
/// `None` if it does not arrive. It converges where `forward` is the identity and a small, smooth offset,
/// as GCJ-02 and BD-09 are.
pub(super) fn invert(
    forward: impl Fn(f64, f64) -> (f64, f64),
    target: (f64, f64),
    start: (f64, f64),
) -> Option<(f64, f64)> {
    let residual = |(x, y): (f64, f64)| {
        let (fx, fy) = forward(x, y);
        (target.0 - fx, target.1 - fy)
    };
    let mut at = start;
    for _ in 0..MAX_STEPS {
        let (dx, dy) = residual(at);
        at = (at.0 + dx, at.1 + dy);
        if dx.abs() < STEP_DEG && dy.abs() < STEP_DEG {
            return Some(at);
        }
    }
    let (dx, dy) = residual(at);
    (dx.abs() <= MAX_RESIDUAL_DEG && dy.abs() <= MAX_RESIDUAL_DEG).then_some(at)
}
