//! What is asked of a layer, and what is answered.

use crate::{model::GridKind, stats::Areas, time::Period};

/// Numbers that one answer can have.
pub(super) const NUMBERS_MAX: usize = 10_000_000;

/// Which statistics of a layer are asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerQuery {
    /// The id of the layer.
    pub layer: String,
    /// The areas that are counted; the whole plate as one if left out.
    pub areas: Option<Areas>,
    /// The kind of the grids of a level; the first coverage of the plate where none is said.
    pub kind: Option<GridKind>,
    /// Only what is in the grids of any level and kind with this code.
    pub within: Option<String>,
    /// By classes down to this depth, from 0; classes above it stand for themselves.
    pub classes: Option<u8>,
    /// Only this class and those below: its names from the top down, separated by `/`.
    pub class: Option<String>,
    /// By periods of this length.
    pub period: Option<Period>,
    /// Only from this time on: a year, month, day or time, in the zone of the layer.
    pub from: Option<String>,
    /// Only until this time; a year, a month or a day is included.
    pub to: Option<String>,
    /// Also how many records have a value of this attribute, and the sum of the values: a number, or yes and no as 1 and 0.
    pub value: Option<String>,
}

/// An area, and how many records are in it.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerArea {
    /// The code of the grid, or the cell in hexadecimal; empty for the whole plate.
    pub code: String,
    /// The name of the grid.
    pub name: Option<String>,
    /// The numbers, class by class in the order of [`LayerStats::classes`], of each class period by period.
    pub counts: Vec<u32>,
    /// Of the records that each of these counts, how many have a value of the attribute that was asked for; empty if none was. The mean of
    /// an attribute is its sum by this, and of one that is yes or no the share of yes.
    pub filled: Vec<u32>,
    /// The sums of these values.
    pub sums: Vec<f64>,
}

/// How many records of a layer there are.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerStats {
    /// The generation that answered.
    pub generation: String,
    /// The id of the layer.
    pub layer: String,
    /// The classes, their names from the top down separated by `/`; an empty one stands for "not said", or for all.
    pub classes: Vec<String>,
    /// The periods; an empty one stands for "not said", or for all.
    pub periods: Vec<String>,
    /// The areas: grids by code, cells by index, in which there may be records.
    pub areas: Vec<LayerArea>,
    /// Records that were asked for and of which only an area is known that is larger than these, such as a community where grids are
    /// counted. With them the numbers of the grids of a community add up to that of the community.
    pub above: u64,
    /// Other records that were asked for and lie in none of them, or have no place at all.
    pub elsewhere: u64,
}

impl LayerQuery {
    /// All records of a layer, as one number.
    ///
    /// ```
    /// let query = baseplate_core::LayerQuery::of("hotline");
    /// assert_eq!((query.layer.as_str(), query.period), ("hotline", None));
    /// ```
    pub fn of(layer: &str) -> Self {
        let layer = layer.to_owned();
        Self {
            layer,
            areas: None,
            kind: None,
            within: None,
            classes: None,
            class: None,
            period: None,
            from: None,
            to: None,
            value: None,
        }
    }
}
