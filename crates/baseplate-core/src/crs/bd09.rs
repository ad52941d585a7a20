//! BD-09, Baidu's second offset on top of GCJ-02.
//!
//! The forward formula is the published one: in polar coordinates about the origin of degrees, radius and
//! angle get a small ripple, then both axes a constant shift. The inverse is found by iteration on it.

use super::invert::invert;
use std::f64::consts::PI;

/// The angular frequency of Baidu's ripple, radians a degree.
const RIPPLE: f64 = PI * 3000.0 / 180.0;
/// Constant part of the offset, degrees east and north.
const SHIFT: (f64, f64) = (0.0065, 0.006);
/// GCJ-02 to BD-09, both longitude and latitude in degrees. The formula is applied wherever the point is.
pub fn from_gcj02(lng: f64, lat: f64) -> (f64, f64) {
    let radius = lng.hypot(lat) + 2e-5 * (lat * RIPPLE).sin();
    let angle = lat.atan2(lng) + 3e-6 * (lng * RIPPLE).cos();
    (radius * angle.cos() + SHIFT.0, radius * angle.sin() + SHIFT.1)
}

/// BD-09 to GCJ-02, degrees: a bounded iteration, because the formula in circulation is off by up to half a metre.
/// `None` where it does not arrive within 1e-9°.
pub fn to_gcj02(lng: f64, lat: f64) -> Option<(f64, f64)> {
    invert(from_gcj02, (lng, lat), (lng - SHIFT.0, lat - SHIFT.1))
}
