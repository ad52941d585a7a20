//! What the geocoder answers.

use crate::{
    model::Entity,
    spatial::LngLat,
    verdict::{Band, Fault, GeocodeStatus, MatchLevel},
};

/// A place that a text stands for. Codes are there as far down as the place goes.
#[derive(Debug, Clone, PartialEq)]
pub struct GeocodedPlace<'a> {
    /// How far down the text was matched.
    pub match_level: MatchLevel,
    /// What the coordinates are those of; `None` if there are none.
    pub coordinate_level: Option<MatchLevel>,
    /// EPSG:4490.
    pub at: Option<LngLat>,
    /// 统一地址编码: of the room, or of the building as a whole.
    pub address_code: Option<&'a str>,
    /// 楼栋编码.
    pub building_code: Option<&'a str>,
    /// The basic grid.
    pub grid_code: Option<&'a str>,
    /// 社区.
    pub community_code: Option<&'a str>,
    /// 街道.
    pub subdistrict_code: Option<&'a str>,
    /// 区.
    pub district_code: Option<&'a str>,
    /// How the library writes the place, down to the level that was matched.
    pub standard_address: String,
}

/// The answer to an address text.
#[derive(Debug, Clone, PartialEq)]
pub struct Geocoded<'a> {
    /// What became of the text.
    pub status: GeocodeStatus,
    /// The place, if there is one; the first of them if the text names several; if it is ambiguous, what all
    /// alternatives have in common.
    pub place: Option<GeocodedPlace<'a>>,
    /// The other rooms or buildings that one text names (101、102室).
    pub also: Vec<GeocodedPlace<'a>>,
    /// The probability that the place is the one that was meant, 0 to 1.
    pub confidence: f64,
    /// The same in three words.
    pub band: Band,
    /// What is wrong with the text.
    pub faults: Vec<Fault>,
    /// What of the text was not understood, in its order.
    pub unmatched: String,
    /// By how much the next best place is worse, as a difference of confidence; `None` if there is no other.
    pub gap: Option<f64>,
    /// The places that it may be, the best first, if it is ambiguous.
    pub alternatives: Vec<GeocodedPlace<'a>>,
    /// Of a crossing of two roads: metres between the two addresses, one of each road, that are nearest to one another. The place is
    /// halfway between them.
    pub crossing_m: Option<f64>,
}

/// A completion of what is being typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion<'a> {
    /// The whole text to put into the box.
    pub text: String,
    /// What it is.
    pub level: MatchLevel,
    /// Its code, if it has one: of an area, a building, an address or an enterprise.
    pub code: Option<&'a str>,
    /// What the code is of. The level of an enterprise is that of its address.
    pub entity: Option<Entity>,
    /// The id of the layer that a record is of: several layers can have the same codes.
    pub layer: Option<&'a str>,
    /// EPSG:4490.
    pub at: Option<LngLat>,
}

/// The place at a point.
#[derive(Debug, Clone, PartialEq)]
pub struct Reversed<'a> {
    /// The nearest address within reach, else the grid.
    pub place: GeocodedPlace<'a>,
    /// Metres to the point of the address; zero inside the footprint of its building. To the building where no address has a
    /// point within reach; `None` if neither is near.
    pub distance_m: Option<f64>,
}
