//! What lies in an area, and how far it is.

use super::{LngLat, Metric};
use geo::{Closest, ClosestPoint, Contains, Coord, InteriorPoint, MapCoords, MultiPolygon, Point};

/// A point that is certainly inside the area (`None` for an empty one): where labels stand and buildings are located.
pub(crate) fn representative_point(area: &MultiPolygon<f64>) -> Option<LngLat> {
    area.interior_point().map(|p| p.0.into())
}

impl Metric {
    /// The distance from a point to the nearest border of an area, in metres: zero inside, infinite for an area without points.
    pub fn distance_to_area(&self, p: LngLat, area: &MultiPolygon<f64>) -> f64 {
        if area.contains(&Point(p.coord())) {
            return 0.0;
        }
        let local = |c: Coord<f64>| Coord { x: (c.x - p.lng) * self.lng_m, y: (c.y - p.lat) * self.lat_m };
        match area.map_coords(local).closest_point(&Point::new(0.0, 0.0)) {
            Closest::Intersection(q) | Closest::SinglePoint(q) => q.x().hypot(q.y()),
            Closest::Indeterminate => f64::INFINITY,
        }
    }
}
