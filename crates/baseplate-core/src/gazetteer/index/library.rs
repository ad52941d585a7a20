//! What the index is made of: the library as it is, and the places that are read out of it.

use crate::{
    gazetteer::{class::Class, grammar::Segment, tail::TailKey},
    model::Level,
};

/// Stands for no text.
pub(super) const NO_TEXT: u64 = 0;

/// The addresses and buildings of the library, by row.
pub(crate) trait Library: Sync {
    fn rows(&self) -> u32;
    fn text(&self, row: u32) -> &str;
    fn building(&self, row: u32) -> Option<u32>;
    /// The number of the grid of an address that has no building.
    fn grid(&self, row: u32) -> Option<u32>;
    fn buildings(&self) -> u32;
    fn building_name(&self, building: u32) -> Option<&str>;
    /// The number of the grid of a building.
    fn building_grid(&self, building: u32) -> Option<u32>;
}

/// An area of the first coverage or above it, by the number of its grid.
pub(crate) struct Division<'a> {
    pub(crate) number: u32,
    pub(crate) name: &'a str,
    pub(crate) level: Level,
    pub(crate) parent: Option<u32>,
}

/// A name that a division had.
pub(crate) struct Alias<'a> {
    pub(crate) name: &'a str,
    pub(crate) grid_number: u32,
}

/// A place on its way.
pub(super) struct Place {
    pub(super) building: u32,
    pub(super) grid: u32,
    pub(super) segments: Vec<Segment>,
    /// The lowest division in front that the plate lacks.
    pub(super) head: Option<String>,
    pub(super) stem: u16,
    pub(super) rows: Vec<Row>,
}

/// An address on its way.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) row: u32,
    pub(super) tail: TailKey,
    /// The hash of its normal form.
    pub(super) text: u64,
}

impl Place {
    /// Whether its last name has a number that counts buildings.
    pub(super) fn is_building(&self) -> bool {
        let last = self.segments.last();
        last.is_some_and(|segment| segment.numbers.iter().any(|(class, _)| *class == Class::Building))
    }
}
