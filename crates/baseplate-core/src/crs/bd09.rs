//! BD-09, Baidu's second offset on top of GCJ-02.

use super::gcj02::MAX_RESIDUAL_DEG;
use std::f64::consts::PI;

/// The angular frequency of Baidu's ripple, radians a degree.
const RIPPLE: f64 = PI * 3000.0 / 180.0;
/// Constant part of the offset, degrees east and north.
const SHIFT: (f64, f64) = (0.0065, 0.006);
/// Bound on the inverse iteration; the map contracts by about 1e-3 a step, so 5 arrive.
const MAX_STEPS: usize = 20;
/// The inverse stops when a step is smaller than this, degrees.
const TOLERANCE_DEG: f64 = 1e-12;

/// GCJ-02 to BD-09, degrees.
pub fn from_gcj02(lng: f64, lat: f64) -> (f64, f64) {
    let radius = lng.hypot(lat) + 2e-5 * (lat * RIPPLE).sin();
    let angle = lat.atan2(lng) + 3e-6 * (lng * RIPPLE).cos();
    (radius * angle.cos() + SHIFT.0, radius * angle.sin() + SHIFT.1)
}

/// BD-09 to GCJ-02, degrees: a bounded iteration, because the formula in circulation is off by up to half a metre.
/// `None` where it does not arrive within 1e-9°.
pub fn to_gcj02(lng: f64, lat: f64) -> Option<(f64, f64)> {
    let (mut x, mut y) = (lng - SHIFT.0, lat - SHIFT.1);
    for _ in 0..MAX_STEPS {
        let (bx, by) = from_gcj02(x, y);
        let (dx, dy) = (lng - bx, lat - by);
        (x, y) = (x + dx, y + dy);
        if dx.abs() < TOLERANCE_DEG && dy.abs() < TOLERANCE_DEG {
            break;
        }
    }
    let (bx, by) = from_gcj02(x, y);
    ((bx - lng).abs() <= MAX_RESIDUAL_DEG && (by - lat).abs() <= MAX_RESIDUAL_DEG).then_some((x, y))
}
