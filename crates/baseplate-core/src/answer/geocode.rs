//! What the geocoder answers, in the form that goes out.

#[cfg(feature = "schema")]
use super::schema::MaybePoint;
use crate::{
    geocode::{Geocoded, GeocodedPlace, Reversed, Suggestion},
    model::Entity,
    spatial::LngLat,
    verdict::{Band, Fault, FaultKind, GeocodeStatus, MatchLevel},
};
use serde::Serialize;

/// A fault of a text; shown as `district:missing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Fault))]
pub struct FaultForm {
    /// Which element.
    pub element: MatchLevel,
    /// What is wrong with it.
    pub kind: FaultKind,
}

impl From<Fault> for FaultForm {
    fn from(Fault { element, kind }: Fault) -> Self {
        Self { element, kind }
    }
}

/// A place that a text stands for. Codes are there as far down as the place goes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = GeocodedPlace))]
struct GeocodedPlaceForm<'a> {
    /// How far down the text was matched.
    match_level: MatchLevel,
    /// What the coordinates are those of; `None` if there are none.
    coordinate_level: Option<MatchLevel>,
    /// EPSG:4490.
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(value_type = MaybePoint))]
    at: Option<LngLat>,
    /// 统一地址编码: of the room, or of the building as a whole.
    address_code: Option<&'a str>,
    /// 楼栋编码.
    building_code: Option<&'a str>,
    /// The basic grid.
    grid_code: Option<&'a str>,
    /// 社区.
    community_code: Option<&'a str>,
    /// 街道.
    subdistrict_code: Option<&'a str>,
    /// 区.
    district_code: Option<&'a str>,
    /// How the library writes the place, down to the level that was matched.
    standard_address: String,
}

impl<'a> From<GeocodedPlace<'a>> for GeocodedPlaceForm<'a> {
    fn from(place: GeocodedPlace<'a>) -> Self {
        Self {
            match_level: place.match_level,
            coordinate_level: place.coordinate_level,
            at: place.at,
            address_code: place.address_code,
            building_code: place.building_code,
            grid_code: place.grid_code,
            community_code: place.community_code,
            subdistrict_code: place.subdistrict_code,
            district_code: place.district_code,
            standard_address: place.standard_address,
        }
    }
}

/// The answer to an address text.
///
/// ```
/// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
/// use baseplate_core::GeocodeAnswer;
///
/// let json = serde_json::to_string(&GeocodeAnswer::from(plate.geocode("秋实路3号1栋")))?;
/// assert!(json.starts_with(r#"{"status":"matched","place":{"match_level":"building","#), "{json}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Geocoded, description = "The answer to an address text."))]
pub struct GeocodeAnswer<'a> {
    /// What became of the text.
    status: GeocodeStatus,
    /// The place, if there is one; the first of them if the text names several; if it is ambiguous, what all
    /// alternatives have in common.
    place: Option<GeocodedPlaceForm<'a>>,
    /// The other rooms or buildings that one text names (101、102室).
    also: Vec<GeocodedPlaceForm<'a>>,
    /// The probability that the place is the one that was meant, 0 to 1.
    confidence: f64,
    /// The same in three words.
    band: Band,
    /// What is wrong with the text.
    faults: Vec<FaultForm>,
    /// What of the text was not understood, in its order.
    unmatched: String,
    /// By how much the next best place is worse, as a difference of confidence; `None` if there is no other.
    gap: Option<f64>,
    /// The places that it may be, the best first, if it is ambiguous.
    alternatives: Vec<GeocodedPlaceForm<'a>>,
    /// Of a crossing of two roads: metres between the two addresses, one of each road, that are nearest to one another. The place is
    /// halfway between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    crossing_m: Option<f64>,
}

impl<'a> From<Geocoded<'a>> for GeocodeAnswer<'a> {
    fn from(answer: Geocoded<'a>) -> Self {
        Self {
            status: answer.status,
            place: answer.place.map(GeocodedPlaceForm::from),
            also: answer.also.into_iter().map(GeocodedPlaceForm::from).collect(),
            confidence: answer.confidence,
            band: answer.band,
            faults: answer.faults.into_iter().map(FaultForm::from).collect(),
            unmatched: answer.unmatched,
            gap: answer.gap,
            alternatives: answer.alternatives.into_iter().map(GeocodedPlaceForm::from).collect(),
            crossing_m: answer.crossing_m,
        }
    }
}

/// A completion of what is being typed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Suggestion))]
pub struct SuggestionAnswer<'a> {
    /// The whole text to put into the box.
    text: String,
    /// What it is.
    level: MatchLevel,
    /// Its code, if it has one: of an area, a building, an address or an enterprise.
    code: Option<&'a str>,
    /// What the code is of. The level of an enterprise is that of its address.
    entity: Option<Entity>,
    /// The id of the layer that a record is of: several layers can have the same codes.
    layer: Option<&'a str>,
    /// EPSG:4490.
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(value_type = MaybePoint))]
    at: Option<LngLat>,
}

impl<'a> From<Suggestion<'a>> for SuggestionAnswer<'a> {
    fn from(Suggestion { text, level, code, entity, layer, at }: Suggestion<'a>) -> Self {
        Self { text, level, code, entity, layer, at }
    }
}

/// The place at a point.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Reversed))]
pub struct ReverseAnswer<'a> {
    /// The nearest address within reach, else the grid.
    #[serde(flatten)]
    place: GeocodedPlaceForm<'a>,
    /// Metres to the point of the address; zero inside the footprint of its building. To the building where no address has a
    /// point within reach; `None` if neither is near.
    distance_m: Option<f64>,
}

impl<'a> From<Reversed<'a>> for ReverseAnswer<'a> {
    fn from(Reversed { place, distance_m }: Reversed<'a>) -> Self {
        Self { place: place.into(), distance_m }
    }
}
