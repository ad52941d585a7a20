//! The plane around a point: squared metres from it to points and boxes.

use super::{LngLat, Metric};

/// The plane in which distances from one point are measured: its own [`Metric`], itself in the middle.
///
/// Every step from degrees to a distance keeps the order of its input under rounding. So the distance to a box is never more
/// than that to anything inside it, to the last bit, and a search may rely on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plane {
    /// The point in the middle.
    pub(super) origin: LngLat,
    /// The metric at its latitude.
    metric: Metric,
}

impl Plane {
    /// The plane around a point; `None` if its longitude is not finite or its latitude beyond a pole.
    pub(crate) fn around(origin: LngLat) -> Option<Self> {
        let somewhere = origin.lng.is_finite() && origin.lat.abs() <= 90.0;
        somewhere.then(|| Self { origin, metric: Metric::at(origin.lat) })
    }

    /// Metres east of the middle.
    pub(super) fn east(&self, lng: f64) -> f64 {
        (lng - self.origin.lng) * self.metric.lng_m
    }

    /// Metres north of the middle.
    pub(super) fn north(&self, lat: f64) -> f64 {
        (lat - self.origin.lat) * self.metric.lat_m
    }

    /// Squared metres to a point.
    pub(crate) fn to_point(self, lng: f64, lat: f64) -> f64 {
        let (x, y) = (self.east(lng), self.north(lat));
        x * x + y * y
    }

    /// Squared metres to a box, `[west, south, east, north]`; zero inside.
    pub(crate) fn to_box(self, [w, s, e, n]: [f64; 4]) -> f64 {
        let x = outside(self.origin.lng, w, e) * self.metric.lng_m;
        let y = outside(self.origin.lat, s, n) * self.metric.lat_m;
        x * x + y * y
    }
}

/// How far a value is from a range. Written so that it compiles to two `maxsd`.
fn outside(value: f64, low: f64, high: f64) -> f64 {
    let (below, above) = (low - value, value - high);
    let farther = if below > above { below } else { above };
    if farther > 0.0 { farther } else { 0.0 }
}
