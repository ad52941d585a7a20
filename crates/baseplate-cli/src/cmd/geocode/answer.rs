//! An answer as cells.

use baseplate_core::{Band, GeocodeStatus, Geocoded, GeocodedPlace};

/// The columns that are added, in their order.
pub(super) const ADDED: [&str; 16] = [
    "gc_status",
    "gc_level",
    "gc_address_code",
    "gc_building_code",
    "gc_grid_code",
    "gc_community_code",
    "gc_subdistrict_code",
    "gc_district_code",
    "gc_lng",
    "gc_lat",
    "gc_confidence",
    "gc_band",
    "gc_standard_address",
    "gc_faults",
    "gc_unmatched",
    "gc_alternatives",
];
/// Where the status stands among [`ADDED`].
pub(super) const STATUS: usize = 0;
/// Where the level stands among [`ADDED`].
pub(super) const LEVEL: usize = 1;
/// Where the band stands among [`ADDED`].
pub(super) const BAND: usize = 11;
/// Where the faults stand among [`ADDED`].
pub(super) const FAULTS: usize = 13;
/// Between the members of a list.
const AND: &str = ";";

/// The cells of an answer, one for each of [`ADDED`].
pub(super) fn added(answer: &Geocoded<'_>) -> [String; ADDED.len()] {
    let place = answer.place.as_ref();
    let codes = |code: Code| codes(answer, code);
    let at = place.and_then(|p| p.at);
    let degrees = |value: Option<f64>| value.map(|v| format!("{v:.7}")).unwrap_or_default();
    [
        answer.status.as_str().to_owned(),
        place.map_or("", |p| p.match_level.as_str()).to_owned(),
        codes(|p| p.address_code),
        codes(|p| p.building_code),
        codes(|p| p.grid_code),
        codes(|p| p.community_code),
        codes(|p| p.subdistrict_code),
        codes(|p| p.district_code),
        degrees(at.map(|at| at.lng)),
        degrees(at.map(|at| at.lat)),
        format!("{:.3}", answer.confidence),
        answer.band.as_str().to_owned(),
        place.map_or("", |p| p.standard_address.as_str()).to_owned(),
        answer.faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(AND),
        answer.unmatched.clone(),
        answer.alternatives.iter().map(shortest).collect::<Vec<_>>().join(AND),
    ]
}

/// One of the codes of a place.
type Code = for<'p> fn(&'p GeocodedPlace<'p>) -> Option<&'p str>;

/// A code of all places that a text names, each once.
fn codes(answer: &Geocoded<'_>, code: Code) -> String {
    let mut all = Vec::new();
    for code in answer.place.iter().chain(&answer.also).filter_map(code) {
        if !all.contains(&code) {
            all.push(code);
        }
    }
    all.join(AND)
}

/// What tells an alternative from others in the fewest words.
fn shortest<'p>(place: &'p GeocodedPlace<'_>) -> &'p str {
    place.address_code.or(place.building_code).unwrap_or(&place.standard_address)
}

/// The answer to a row that is none.
pub(super) fn invalid<'a>() -> Geocoded<'a> {
    Geocoded {
        status: GeocodeStatus::Invalid,
        place: None,
        also: Vec::new(),
        confidence: 0.0,
        band: Band::Low,
        faults: Vec::new(),
        unmatched: String::new(),
        gap: None,
        alternatives: Vec::new(),
        crossing_m: None,
    }
}
