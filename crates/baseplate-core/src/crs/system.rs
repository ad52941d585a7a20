//! What PROJ knows about a coordinate system: its kind, its datum, its zone.
//!
//! PROJ describes a system as PROJJSON, from which the names are read here. A system with a shift of its
//! own (`+towgs84`) is a bound system around the plain one; its datum and its zone are those of the plain
//! one.

use super::{error::CrsError, look::ZONE_M};
use crate::spatial::Bbox;
use proj::{Area, Proj};
use serde_json::Value;

/// Datums that are the plate's own to within a tenth of a millimetre; PROJ has no operation from them to WGS84.
const OF_THE_PLATE: [&str; 3] = ["China 2000", "China Geodetic Coordinate System 2000", "CGCS2000"];
/// How PROJ calls the datum of a string that names none, by the ellipsoids of CGCS2000 and WGS84. Such strings are the
/// usual way to write a central meridian of CGCS2000.
const UNNAMED: [&str; 3] = ["GRS 1980", "WGS 84", "CGCS2000"];

/// A two-dimensional system.
pub(super) struct System {
    /// As the user names it.
    pub(super) named: String,
    /// What PROJ takes for it.
    pub(super) definition: String,
    /// What PROJ calls it.
    pub(super) name: String,
    /// The same system without a shift of its own, for PROJ.
    pub(super) unshifted: String,
    /// Where it is used, degrees.
    pub(super) area_of_use: Option<Bbox>,
    /// The zone number before its eastings.
    pub(super) zone: Option<u32>,
    /// What PROJ calls its datum.
    datum: String,
    /// What PROJ calls the ellipsoid of its datum.
    ellipsoid: String,
    /// Whether it brings a shift of its own.
    is_bound: bool,
}

impl System {
    /// Asks PROJ for a system. `named` is for messages, `definition` has its grid files placed.
    ///
    /// # Errors
    /// [`CrsError::Refused`] if PROJ does not know it, [`CrsError::NotTwoDimensional`] if it has heights or
    /// is of another kind.
    pub(super) fn new(named: &str, definition: &str) -> Result<Self, CrsError> {
        let refused = |reason: String| CrsError::Refused { crs: named.to_owned(), reason };
        let typed = match definition.contains("proj=") && !definition.contains("type=crs") {
            true => format!("{definition} +type=crs"),
            false => definition.to_owned(),
        };
        let proj = Proj::new(&typed).map_err(|e| refused(e.to_string()))?;
        let json =
            proj.to_projjson(Some(false), None, None).map_err(|_| refused("it is no coordinate system".into()))?;
        let json: Value = serde_json::from_str(&json).map_err(|e| refused(e.to_string()))?;
        let is_bound = json["type"] == "BoundCRS";
        let plain = if is_bound { &json["source_crs"] } else { &json };
        let name = text(&plain["name"]);
        if !is_two_dimensional(plain) {
            return Err(CrsError::NotTwoDimensional { crs: named.to_owned(), name });
        }
        let geographic = geographic(plain);
        let datum = ["datum", "datum_ensemble"].map(|key| &geographic[key]).into_iter().find(|datum| datum.is_object());
        let datum = datum.unwrap_or(&Value::Null);
        let datum_name = text(&datum["name"]);
        // PROJ calls the system of a string "unknown"; its datum says more.
        let name = if name == "unknown" { datum_name.clone() } else { name };
        Ok(Self {
            named: named.to_owned(),
            definition: typed,
            unshifted: plain.to_string(),
            area_of_use: proj.area_of_use().ok().and_then(|(area, _)| area).map(as_box).filter(|area| !area.is_empty()),
            zone: zone(plain),
            datum: datum_name,
            ellipsoid: text(&datum["ellipsoid"]["name"]),
            name,
            is_bound,
        })
    }

    /// Whether its longitudes and latitudes are the plate's, so that it needs no shift.
    pub(super) fn has_plate_datum(&self) -> bool {
        let unnamed = || self.datum.starts_with("Unknown based on") && UNNAMED.contains(&self.ellipsoid.as_str());
        OF_THE_PLATE.contains(&self.datum.as_str()) || self.datum.starts_with("World Geodetic System 1984") || unnamed()
    }

    /// Whether it brings a shift of its own.
    pub(super) fn is_bound(&self) -> bool {
        self.is_bound
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Whether a system is geographic or projected and has two axes.
fn is_two_dimensional(system: &Value) -> bool {
    let kinds = ["GeographicCRS", "ProjectedCRS", "DerivedGeographicCRS", "DerivedProjectedCRS"];
    let axes = system["coordinate_system"]["axis"].as_array().map_or(0, Vec::len);
    kinds.iter().any(|kind| system["type"] == *kind) && axes == 2
}

/// The geographic system that a projected one stands on.
fn geographic(mut system: &Value) -> &Value {
    while system["base_crs"].is_object() {
        system = &system["base_crs"];
    }
    system
}

/// The zone number, which the false easting of a system has in its millions.
fn zone(system: &Value) -> Option<u32> {
    let parameters = system["conversion"]["parameters"].as_array()?;
    let easting = parameters.iter().find(|parameter| parameter["name"] == "False easting")?["value"].as_f64()?;
    let zone = (easting / ZONE_M).floor();
    (1.0..=60.0).contains(&zone).then_some(zone as u32)
}

fn as_box(Area { north, south, east, west }: Area) -> Bbox {
    Bbox([west, south, east, north])
}
