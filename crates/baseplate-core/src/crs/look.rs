//! What a pair of numbers looks like, by its size alone, if it is somewhere in China.
//!
//! The windows of degrees, metres with and without a zone number, and Web Mercator do not overlap (but for the zones
//! 13 to 15 of six degrees, which Web Mercator wins), so swapped axes show in a single point.

use super::name::Crs;
use crate::spatial::{Bbox, LngLat};
use std::fmt;

/// The box that holds China, degrees.
pub(super) const CHINA: Bbox = Bbox([73.0, 3.0, 136.0, 54.0]);
/// North of this eastings taken for northings do not come, degrees.
const MAINLAND_SOUTH: f64 = 15.0;
/// Northings of Gauss-Kruger from Hainan to the Amur, metres.
const NORTHING_M: [f64; 2] = [1.9e6, 6.0e6];
/// Eastings of Gauss-Kruger without the zone number, metres.
const EASTING_M: [f64; 2] = [1e5, 9e5];
/// What one zone number adds to an easting, metres.
pub(super) const ZONE_M: f64 = 1e6;
/// Web Mercator from Kashgar to the Ussuri, metres.
const MERCATOR_X_M: [f64; 2] = [8.1e6, 15.2e6];
/// Web Mercator from Hainan to the Amur, metres.
const MERCATOR_Y_M: [f64; 2] = [1.9e6, 7.2e6];

/// What numbers look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Degrees of longitude and latitude.
    Degrees,
    /// Metres of Gauss-Kruger, with the zone number before the easting or without one.
    GaussKruger(Option<u32>),
    /// Metres of Web Mercator.
    WebMercator,
}

/// What (`x`, `y`) looks like, and whether the axes are swapped; `None` if it is nowhere in China in any
/// system.
pub(super) fn look(x: f64, y: f64) -> Option<(Look, bool)> {
    look_in_order(x, y).map(|look| (look, false)).or_else(|| look_in_order(y, x).map(|look| (look, true)))
}

impl Crs {
    /// Whether a pair of numbers looks like coordinates in China of any system, the easting or longitude first.
    #[cfg(feature = "build")]
    pub(crate) fn may_hold(x: f64, y: f64) -> bool {
        look_in_order(x, y).is_some()
    }
}

/// What (`x`, `y`) looks like if the easting or longitude comes first.
fn look_in_order(x: f64, y: f64) -> Option<Look> {
    let within = |[low, high]: [f64; 2], value: f64| (low..=high).contains(&value);
    if in_china(LngLat { lng: x, lat: y }) {
        return Some(Look::Degrees);
    }
    if within(MERCATOR_X_M, x) && within(MERCATOR_Y_M, y) {
        return Some(Look::WebMercator);
    }
    if !within(NORTHING_M, y) {
        return None;
    }
    match (x / ZONE_M).floor() as i64 {
        0 => within(EASTING_M, x).then_some(Look::GaussKruger(None)),
        zone @ (13..=23 | 25..=45) => {
            within(EASTING_M, x - zone as f64 * ZONE_M).then_some(Look::GaussKruger(Some(zone as u32)))
        }
        _ => None,
    }
}

/// Whether a point lies in the box of China.
fn in_china(point: LngLat) -> bool {
    let Bbox([west, south, east, north]) = CHINA;
    (west..=east).contains(&point.lng) && (south..=north).contains(&point.lat)
}

/// Whether a point lies where nearly every city of China does, and no point whose easting was taken for the northing.
pub(super) fn on_the_mainland(point: LngLat) -> bool {
    in_china(point) && point.lat >= MAINLAND_SOUTH
}

/// The EPSG code of CGCS2000 with the number of a zone, of six degrees or of three.
pub(super) fn code_of_zone(zone: u32) -> u32 {
    if zone < 25 { 4491 + zone - 13 } else { 4513 + zone - 25 }
}

/// The EPSG codes of the systems in metres that a point is likely to be written in: CGCS2000 in zones of
/// three degrees and of six, without the number of the zone and with it, and Web Mercator. None outside
/// China.
pub(super) fn systems_at(place: LngLat) -> Vec<String> {
    if !in_china(place) {
        return Vec::new();
    }
    let zone_of_three = ((place.lng / 3.0).round() as u32).clamp(25, 45);
    let zone_of_six = ((place.lng / 6.0).floor() as u32 + 1).clamp(13, 23);
    let codes = [
        4534 + zone_of_three - 25,
        code_of_zone(zone_of_three),
        4502 + zone_of_six - 13,
        code_of_zone(zone_of_six),
        3857,
    ];
    codes.iter().map(|code| format!("EPSG:{code}")).collect()
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Degrees => write!(f, "degrees (EPSG:4490)"),
            Self::GaussKruger(Some(zone)) => {
                write!(f, "metres with the zone number {zone} (EPSG:{})", code_of_zone(*zone))
            }
            Self::GaussKruger(None) => {
                write!(f, "metres without a zone number (such as EPSG:4547, whose central meridian is 114°)")
            }
            Self::WebMercator => write!(f, "metres of Web Mercator (EPSG:3857)"),
        }
    }
}

/// A clause on what numbers look like, to be added to the reason why they cannot be read.
pub(super) fn clause(x: f64, y: f64) -> String {
    match look(x, y) {
        Some((look, false)) => format!("; they look like {look}"),
        Some((Look::Degrees, true)) => "; the axes look swapped: the longitude comes first".to_owned(),
        Some((look, true)) => {
            format!("; the axes look swapped, X is the northing in Chinese survey files: they look like {look}")
        }
        None => "; is the source in another system, or are the axes swapped?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_window_is_told_from_the_others_and_from_itself_swapped() {
        let known = [
            (114.05, 22.54, Look::Degrees),
            (503_730.027, 2_494_304.903, Look::GaussKruger(None)),
            (38_503_730.0, 2_494_304.9, Look::GaussKruger(Some(38))),
            (20_447_000.0, 4_400_000.0, Look::GaussKruger(Some(20))),
            (12_696_000.0, 2_577_000.0, Look::WebMercator),
        ];
        for (x, y, expected) in known {
            assert_eq!(look(x, y), Some((expected, false)));
            assert_eq!(look(y, x), Some((expected, true)));
        }
        for (x, y) in [(0.0, 0.0), (f64::NAN, 1.0), (-74.0, 40.7), (1e30, 2e6)] {
            assert_eq!(look(x, y), None);
        }
    }

    #[test]
    fn systems_of_a_place_are_those_of_its_zone() {
        assert_eq!(
            systems_at(LngLat { lng: 114.05, lat: 22.54 }),
            ["EPSG:4547", "EPSG:4526", "EPSG:4509", "EPSG:4498", "EPSG:3857"],
            "three degrees around 114°, six degrees around 117°"
        );
        assert!(systems_at(LngLat { lng: -74.0, lat: 40.7 }).is_empty());
    }
}
