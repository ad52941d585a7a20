//! How many of each are in an area, as the plate says it.

use super::{
    handle::Baseplate,
    layer::Layer,
    rows::{Grid, HexCell},
};
use crate::model::Entity;
use std::sync::Arc;

/// How many of each are in a grid or a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Buildings that stand.
    pub buildings: u32,
    /// Addresses.
    pub addresses: u32,
    /// Records of each layer that are counted one by one, each once: enterprises, where they are registered, and those of the layers
    /// that the spec declares; by the id of the layer, in the order of [`Baseplate::layers`](crate::Baseplate::layers).
    pub layers: Vec<(Arc<str>, u32)>,
    /// People, each once, where they live, as of the last release; null where people are not counted.
    pub people: Option<u32>,
    /// Homes in which somebody lives, as of the last release; null where people are not counted.
    pub households: Option<u32>,
    /// Whether the number of people is an estimate: the area holds a part of what was counted together.
    pub people_estimated: bool,
    /// Whether the number of households is an estimate.
    pub households_estimated: bool,
}

impl Counts {
    /// How many records of a layer there are; 0 of one that the plate does not have.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{Counts, Entity};
    ///
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// assert_eq!(Some(Counts::from(grid).records("enterprises")), grid.count(Entity::Enterprise));
    /// ```
    pub fn records(&self, layer: &str) -> u32 {
        self.layers.iter().find(|(id, _)| **id == *layer).map_or(0, |(_, count)| *count)
    }
}

impl From<Grid<'_>> for Counts {
    fn from(grid: Grid<'_>) -> Self {
        Self {
            buildings: grid.count(Entity::Building).unwrap_or_default(),
            addresses: grid.count(Entity::Address).unwrap_or_default(),
            layers: counted(grid.plate, |layer| layer.in_grid(grid)),
            people: grid.count(Entity::Person),
            households: grid.households(),
            people_estimated: grid.is_estimated(),
            households_estimated: grid.are_households_estimated(),
        }
    }
}

impl From<HexCell<'_>> for Counts {
    fn from(cell: HexCell<'_>) -> Self {
        Self {
            buildings: cell.count(Entity::Building).unwrap_or_default(),
            addresses: cell.count(Entity::Address).unwrap_or_default(),
            layers: counted(cell.plate, |layer| layer.in_cell(cell)),
            people: cell.count(Entity::Person),
            households: cell.households(),
            people_estimated: cell.is_estimated(),
            households_estimated: cell.are_households_estimated(),
        }
    }
}

/// The number of each layer that has one.
fn counted(plate: &Baseplate, count: impl Fn(Layer<'_>) -> Option<u32>) -> Vec<(Arc<str>, u32)> {
    plate.layers().filter_map(|layer| Some((layer.shared_id(), count(layer)?))).collect()
}
