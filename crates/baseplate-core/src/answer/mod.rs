//! Answers in the form that people and programs get them: the JSON of `baseplate get`, `baseplate stats` and the HTTP interface. What
//! the library answers with a value of its own, such as the geocoder, becomes its form by `From`; what the forms show of other rooms
//! is described in `schema.rs`.

mod catalogue;
mod changes;
mod counts;
mod describe;
mod geocode;
#[cfg(feature = "schema")]
mod schema;
#[cfg(feature = "stats")]
mod stats;

pub use catalogue::{CatalogueEntry, LayerCatalogue};
pub use changes::PublicationAnswer;
pub use counts::CountsForm;
pub use geocode::{FaultForm, GeocodeAnswer, ReverseAnswer, SuggestionAnswer};
#[cfg(feature = "stats")]
pub use stats::{LayerStatsAnswer, StatsAnswer};

use crate::{
    model::{EnterpriseRole, Entity, GridKind, How, Level, PersonRole},
    spatial::{Bbox, LngLat},
    verdict::MatchLevel,
};
#[cfg(feature = "schema")]
use schema::MaybePoint;
use serde::Serialize;
use std::collections::BTreeMap;

/// A grid in a chain.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GridRef {
    /// Its level.
    pub level: Option<Level>,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// An address in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AddressRef {
    /// Its code.
    pub code: String,
    /// Its full text.
    pub text: Option<String>,
    /// The floor, where the number of the room or a word for what is below ground says it: 1 is level with the ground, −1 the
    /// first floor below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub floor: Option<i32>,
}

/// How one thing hangs on another.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Link {
    /// `person→address`, `enterprise→address`, `record→address`, `record→building`, `record→grid`, `address→building`, `building→grid`,
    /// `address→grid` or `grid→parent`.
    pub relation: &'static str,
    /// The code at the far end.
    pub code: String,
    /// The coverage, for links to a grid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub kind: Option<GridKind>,
    /// How the link was made.
    pub how: How,
    /// Metres between the two; zero inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub distance_m: Option<f32>,
    /// How far down a text was matched, for geocoded links.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub match_level: Option<MatchLevel>,
    /// How likely that is right, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub confidence: Option<f32>,
    /// What of the text is not so in the address, for geocoded links.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub faults: Vec<FaultForm>,
    /// What of the text was not understood, for geocoded links.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub unmatched: Option<String>,
    /// Why it was decided, for overrides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub reason: Option<String>,
    /// Who decided it, for overrides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub approved_by: Option<String>,
}

impl Link {
    fn new(relation: &'static str, code: &str, how: How) -> Self {
        let code = code.to_owned();
        Self {
            relation,
            code,
            kind: None,
            how,
            distance_m: None,
            match_level: None,
            confidence: None,
            faults: Vec::new(),
            unmatched: None,
            reason: None,
            approved_by: None,
        }
    }
}

/// An enterprise in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EnterpriseRef {
    /// Its 统一社会信用代码.
    pub uscc: String,
    /// Its name.
    pub name: Option<String>,
    /// What it has to do with the address; 注册 before 经营 before 仓储 if there are several.
    pub role: Option<EnterpriseRole>,
    /// Whether it is in business.
    pub active: bool,
    /// The address, where the list is not about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub address: Option<AddressRef>,
}

/// A record of a layer in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RecordRef {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Option<String>,
    /// Its attributes.
    pub attributes: BTreeMap<String, serde_json::Value>,
}

/// The records of a layer at a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LayerRecords {
    /// The id of the layer.
    pub layer: String,
    /// How many records there are.
    pub count: u32,
    /// The first of them.
    pub records: Vec<RecordRef>,
}

/// A person at an address.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResidenceRef {
    /// What the person has to do with it.
    pub role: Option<PersonRole>,
    /// The address; null if it could not be linked.
    pub address: Option<AddressRef>,
    /// The building.
    pub building: Option<BuildingRef>,
    /// The grid and the levels above, from the ground up.
    pub chain: Vec<GridRef>,
    /// The person's attributes.
    pub attributes: BTreeMap<String, String>,
    /// How it hangs together.
    pub links: Vec<Link>,
}

/// A person and what is linked with one; only for who has the key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PersonAnswer {
    /// The generation that answered.
    pub generation: String,
    /// `person`.
    pub entity: Entity,
    /// What the person is known by in the plate, hexadecimal.
    pub token: String,
    /// Where, and in which role.
    pub residences: Vec<ResidenceRef>,
}

/// A building in short.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BuildingRef {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Option<String>,
    /// Floors above the ground.
    pub floors: Option<u16>,
    /// Height, metres.
    pub height_m: Option<f64>,
    /// What it is used for.
    #[serde(rename = "use")]
    pub usage: Option<String>,
    /// How many addresses it has.
    pub addresses: u32,
}

/// What stands at a point.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PlaceAnswer {
    /// The generation that answered.
    pub generation: String,
    /// The point, in the coordinates of the plate.
    #[serde(flatten)]
    pub point: LngLat,
    /// The coverage that was asked.
    pub kind: GridKind,
    /// The grid and the levels above it, from the ground up; empty outside.
    pub chain: Vec<GridRef>,
    /// The building around the point.
    pub building: Option<BuildingRef>,
    /// The first of its addresses.
    pub addresses: Vec<AddressRef>,
}

/// A thing and what is linked with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EntityAnswer {
    /// The generation that answered.
    pub generation: String,
    /// What it is.
    pub entity: Entity,
    /// Its code.
    pub code: String,
    /// A point inside it.
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(value_type = MaybePoint))]
    pub point: Option<LngLat>,
    /// What only things of its sort have.
    #[serde(flatten)]
    pub own: Own,
    /// The grid it lies in (for a grid: itself) and the levels above, from the ground up.
    pub chain: Vec<GridRef>,
    /// How it hangs on other things.
    pub links: Vec<Link>,
}

/// What only things of one sort have.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Own {
    /// Of a grid.
    Grid {
        /// Its name.
        name: String,
        /// Its level.
        level: Option<Level>,
        /// Its coverage.
        kind: Option<GridKind>,
        /// Area on the ellipsoid, square metres.
        area_m2: Option<f64>,
        /// Its box, degrees.
        bbox: Option<Bbox>,
        /// What is in it.
        #[serde(flatten)]
        counts: CountsForm,
    },
    /// Of a building.
    Building {
        /// Its name.
        name: Option<String>,
        /// Floors above the ground.
        floors: Option<u16>,
        /// Height, metres.
        height_m: Option<f64>,
        /// What it is used for.
        #[serde(rename = "use")]
        usage: Option<String>,
        /// The box of its footprint, degrees.
        bbox: Option<Bbox>,
        /// The H3 cell of its point, resolution 12.
        h3: Option<String>,
        /// The share of its footprint in its grid; below 0.9 it straddles a border.
        grid_share: Option<f32>,
        /// Whether it was demolished.
        demolished: bool,
        /// How many addresses it has.
        addresses: u32,
        /// The first of them.
        address_list: Vec<AddressRef>,
        /// How many enterprises are at its addresses, in whichever role.
        enterprises: u32,
        /// How many of them are natural persons in business (个体工商户), whom lists do not name here.
        natural_persons_hidden: u32,
        /// The first of the others, each once.
        enterprise_list: Vec<EnterpriseRef>,
        /// The records of the layers that the spec declares.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        layers: Vec<LayerRecords>,
    },
    /// Of an address.
    Address {
        /// Its full text.
        text: Option<String>,
        /// The H3 cell of its point, resolution 12.
        h3: Option<String>,
        /// The building it belongs to.
        building: Option<BuildingRef>,
        /// How many enterprises are at it, in whichever role.
        enterprises: u32,
        /// How many of them are natural persons in business (个体工商户), whom lists do not name here.
        natural_persons_hidden: u32,
        /// The first of the others, each once.
        enterprise_list: Vec<EnterpriseRef>,
        /// The records of the layers that the spec declares.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        layers: Vec<LayerRecords>,
    },
    /// Of an enterprise.
    Enterprise {
        /// Its name.
        name: Option<String>,
        /// Whether it is in business.
        active: bool,
        /// Where it is registered.
        address: Option<AddressRef>,
        /// The address as text, if it could not be linked by code.
        address_text: Option<String>,
        /// The building.
        building: Option<BuildingRef>,
        /// Its attributes.
        attributes: BTreeMap<String, String>,
        /// All its rows: one for each address and role.
        places: Vec<EnterpriseRef>,
        /// How many other enterprises are at the same address.
        co_located: u32,
        /// How many of them are natural persons in business (个体工商户), whom lists do not name here.
        natural_persons_hidden: u32,
        /// The first of the others.
        co_located_list: Vec<EnterpriseRef>,
    },
    /// Of a record of a layer that the spec declares.
    Record {
        /// The id of the layer.
        layer: String,
        /// Its name.
        name: Option<String>,
        /// Whether it is still so.
        active: bool,
        /// When it was, or began: RFC 3339 with the offset of the layer's zone; null where that is not said.
        time: Option<String>,
        /// When it ended, written like `time`.
        until: Option<String>,
        /// The names of its class from the top down; empty where it has none.
        class: Vec<String>,
        /// What it has to do with its address.
        role: Option<String>,
        /// The address that it is linked to.
        address: Option<AddressRef>,
        /// The address as text, if it could not be linked by code.
        address_text: Option<String>,
        /// The building.
        building: Option<BuildingRef>,
        /// Its attributes.
        attributes: BTreeMap<String, serde_json::Value>,
    },
}
