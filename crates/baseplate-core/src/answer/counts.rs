//! Counts, in the form that goes out.

use crate::{plate::Counts, store::layer::ENTERPRISES_LAYER};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many of each are in a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Counts))]
pub struct CountsForm {
    /// Buildings that stand.
    pub buildings: u32,
    /// Addresses.
    pub addresses: u32,
    /// Enterprises, each once, where it is registered.
    pub enterprises: u32,
    /// Records of the layers that the spec declares, each once; by the id of the layer.
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, serde_json::Value>))]
    pub layers: BTreeMap<String, u32>,
    /// People, each once, where they live, as of the last release; null where people are not counted.
    pub people: Option<u32>,
    /// Homes in which somebody lives, as of the last release; null where people are not counted.
    pub households: Option<u32>,
    /// Whether the number of people is an estimate: the area holds a part of what was counted together.
    pub people_estimated: bool,
    /// Whether the number of households is an estimate.
    pub households_estimated: bool,
}

impl From<Counts> for CountsForm {
    fn from(counts: Counts) -> Self {
        Self {
            buildings: counts.buildings,
            addresses: counts.addresses,
            enterprises: counts.records(ENTERPRISES_LAYER),
            layers: counts
                .layers
                .iter()
                .filter(|(id, _)| **id != *ENTERPRISES_LAYER)
                .map(|(id, n)| (id.to_string(), *n))
                .collect(),
            people: counts.people,
            households: counts.households,
            people_estimated: counts.people_estimated,
            households_estimated: counts.households_estimated,
        }
    }
}
