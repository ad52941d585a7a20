//! How many of each are in an area, as the plate says it.

use super::rows::{Grid, HexCell};
use crate::model::Entity;

/// How many of each are in a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Buildings that stand.
    pub buildings: u32,
    /// Addresses.
    pub addresses: u32,
    /// Enterprises, each once, where it is registered.
    pub enterprises: u32,
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
    fn of(count: impl Fn(Entity) -> Option<u32>, households: Option<u32>, estimated: [bool; 2]) -> Self {
        let [people_estimated, households_estimated] = estimated;
        let number = |entity| count(entity).unwrap_or_default();
        Self {
            buildings: number(Entity::Building),
            addresses: number(Entity::Address),
            enterprises: number(Entity::Enterprise),
            people: count(Entity::Person),
            households,
            people_estimated,
            households_estimated,
        }
    }
}

impl From<Grid<'_>> for Counts {
    fn from(grid: Grid<'_>) -> Self {
        Self::of(|entity| grid.count(entity), grid.households(), [grid.is_estimated(), grid.are_households_estimated()])
    }
}

impl From<HexCell<'_>> for Counts {
    fn from(cell: HexCell<'_>) -> Self {
        Self::of(|entity| cell.count(entity), cell.households(), [cell.is_estimated(), cell.are_households_estimated()])
    }
}
