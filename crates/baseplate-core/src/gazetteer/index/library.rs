//! What the index is made of: the library as it is, and the places that are read out of it.
//!
//! The *library* is the addresses and buildings of a plate, by row. The writer sees them through a trait,
//! because the gazetteer knows no table of a build: `assemble/geocode.rs` implements it over the tables in
//! memory.

use crate::{
    gazetteer::{class::Class, grammar::Segment, tail::TailKey},
    model::Level,
};

/// The hash that stands for no text, where an address is found under another name only.
pub(super) const NO_TEXT: u64 = 0;

/// The addresses and buildings of a plate. Rows are those of the tables that are written: addresses of one
/// building follow one another, and addresses without one stand at the end.
pub(crate) trait Library: Sync {
    /// How many addresses there are.
    fn rows(&self) -> u32;
    /// The text of an address as its source has it.
    fn text(&self, row: u32) -> &str;
    /// The row of the building of an address; `None` if it has none.
    fn building(&self, row: u32) -> Option<u32>;
    /// The number of the grid of an address that has no building; `None` if it lies in none.
    fn grid(&self, row: u32) -> Option<u32>;
    /// How many buildings there are.
    fn buildings(&self) -> u32;
    /// The name of a building, if it has one.
    fn building_name(&self, building: u32) -> Option<&str>;
    /// The number of the grid of a building; `None` if it lies in none.
    fn building_grid(&self, building: u32) -> Option<u32>;
}

/// A grid of the first kind, on the ground or above, as the geocoder knows it.
pub(crate) struct Division<'a> {
    /// Its stable number.
    pub(crate) number: u32,
    /// Its name as sources have it.
    pub(crate) name: &'a str,
    /// Its level.
    pub(crate) level: Level,
    /// The number of the one above it.
    pub(crate) parent: Option<u32>,
}

/// A name that a division had.
pub(crate) struct Alias<'a> {
    /// The former name.
    pub(crate) name: &'a str,
    /// The number of the grid that is meant.
    pub(crate) grid_number: u32,
}

/// A place while the index is made: all addresses of a building that share names and numbers, or those
/// without a building that share these and lie in one grid.
pub(super) struct Place {
    /// The row of the building, or `NONE`.
    pub(super) building: u32,
    /// The number of the grid in which it lies, or `NONE`.
    pub(super) grid: u32,
    /// Its names with their numbers.
    pub(super) segments: Vec<Segment>,
    /// The lowest division in front of its addresses that the plate lacks.
    pub(super) head: Option<String>,
    /// How many bytes of the text of its first address name the place itself.
    pub(super) stem: u16,
    /// Its addresses, in the order of their rows.
    pub(super) rows: Vec<Row>,
}

/// An address of a place while the index is made.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Its row in the table of addresses.
    pub(super) row: u32,
    /// What tells it from the others of its place.
    pub(super) tail: TailKey,
    /// The hash of its normal form, or [`NO_TEXT`].
    pub(super) text: u64,
}

impl Place {
    /// Whether its last name has a number that counts buildings, so that a number behind it counts rooms.
    pub(super) fn is_building(&self) -> bool {
        let last = self.segments.last();
        last.is_some_and(|segment| segment.numbers.iter().any(|(class, _)| *class == Class::Building))
    }
}
