//! The one place that calls PROJ.

use super::CrsError;
use proj::Proj;

/// PROJ's transformation from one system to EPSG:4490, longitude first.
pub(super) struct Projection(Proj);

impl Projection {
    pub(super) fn new(definition: &str) -> Result<Self, CrsError> {
        let made = if definition.contains("proj=pipeline") {
            Proj::new(definition)
        } else {
            Proj::new_known_crs(definition, "EPSG:4490", None)
        };
        made.map(Self).map_err(|e| CrsError::Refused { crs: definition.to_owned(), reason: e.to_string() })
    }

    pub(super) fn convert(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        self.0.convert((x, y)).ok().filter(|(lng, lat)| lng.is_finite() && lat.is_finite())
    }
}
