//! GCJ-02 (火星坐标系), the offset datum of Amap and Tencent maps.
//!
//! The forward formula is the published one on the Krasovsky 1940 ellipsoid. It has no closed inverse; the inverse here
//! is a bounded fixed-point iteration that reports whether it arrived.

use super::invert::invert;
use std::f64::consts::PI;

/// Semi-major axis of the Krasovsky 1940 ellipsoid, metres.
const A: f64 = 6_378_245.0;
/// Its first eccentricity squared.
const EE: f64 = 0.006_693_421_622_965_943;
/// Outside this box (degrees: west, south, east, north) GCJ-02 equals WGS84.
const CHINA: [f64; 4] = [72.004, 0.8293, 137.8347, 55.8271];
/// Whether the point is in the box in which GCJ-02 has an offset.
fn in_china(lng: f64, lat: f64) -> bool {
    (CHINA[0]..=CHINA[2]).contains(&lng) && (CHINA[1]..=CHINA[3]).contains(&lat)
}

/// The three-octave wave that both axes share, in metres: amplitudes in metres, periods in degrees.
fn octaves(v: f64, amplitudes: [f64; 3], periods: [f64; 3]) -> f64 {
    let wave: f64 = amplitudes.iter().zip(periods).map(|(a, p)| a * (v * PI / p).sin()).sum();
    wave * 2.0 / 3.0
}

/// The offset (degrees east, degrees north) at a WGS84 point inside China.
fn offset(lng: f64, lat: f64) -> (f64, f64) {
    let (x, y) = (lng - 105.0, lat - 35.0);
    let ripple = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + ripple
        + octaves(y, [20.0, 40.0, 160.0], [1.0, 3.0, 12.0])
        + 320.0 * 2.0 / 3.0 * (y * PI / 30.0).sin();
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + ripple
        + octaves(x, [20.0, 40.0, 150.0], [1.0, 3.0, 12.0])
        + 300.0 * 2.0 / 3.0 * (x * PI / 30.0).sin();
    let phi = lat.to_radians();
    let magic = 1.0 - EE * phi.sin().powi(2);
    let meridian = A * (1.0 - EE) / (magic * magic.sqrt());
    let parallel = A / magic.sqrt() * phi.cos();
    ((east / parallel).to_degrees(), (north / meridian).to_degrees())
}

/// WGS84 to GCJ-02, both longitude and latitude in degrees. Outside China's box the point is returned as it
/// is. The offset is some hundred metres and changes smoothly.
pub fn from_wgs84(lng: f64, lat: f64) -> (f64, f64) {
    if !in_china(lng, lat) {
        return (lng, lat);
    }
    let (east, north) = offset(lng, lat);
    (lng + east, lat + north)
}

/// GCJ-02 to WGS84, degrees, or `None` where no WGS84 point maps there within 1e-9°
/// (only along the edge of China's box, where the forward formula jumps).
pub fn to_wgs84(lng: f64, lat: f64) -> Option<(f64, f64)> {
    invert(from_wgs84, (lng, lat), (lng, lat))
}
