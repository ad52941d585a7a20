//! Landmarks: names by which people know an address.
//!
//! A hospital or a square is known by a name that no address has. The spec names it with its address, by
//! code or text, or with a point near which an address lies (`assemble/geocode.rs` finds that). In the
//! index it is one more place, with the address as its only row, so a text that names it is answered with
//! the address.

use super::{
    format::NONE,
    library::{Library, NO_TEXT, Place, Row},
    terms::Heads,
};
use crate::gazetteer::{grammar, normal::Normal, tail::TailKey};
use std::collections::HashMap;

/// A place that people know by a name of its own.
pub(crate) struct Landmark<'a> {
    /// The name as the spec has it.
    pub(crate) name: &'a str,
    /// Where it is.
    pub(crate) address: LandmarkAddress<'a>,
}

/// The address of a landmark: a row of the library, or a text.
#[derive(Clone, Copy)]
pub(crate) enum LandmarkAddress<'a> {
    /// The row of the address.
    Row(u32),
    /// As the library has it, but for the way it is spelt.
    Text(&'a str),
}

/// The row of the address of each landmark, in their order; `None` if no address has its text. Of several
/// addresses with one text the first row is taken. Texts are compared by the hashes of their normal forms.
pub(super) fn rows_of(landmarks: &[Landmark<'_>], places: &[Place]) -> Vec<Option<u32>> {
    let mut by_text: HashMap<u64, Option<u32>> = HashMap::new();
    for landmark in landmarks {
        if let LandmarkAddress::Text(text) = landmark.address {
            by_text.insert(Normal::of(text).hash(), None);
        }
    }
    if !by_text.is_empty() {
        for row in places.iter().flat_map(|place| &place.rows) {
            if let Some(found) = by_text.get_mut(&row.text) {
                *found = Some(found.unwrap_or(row.row).min(row.row));
            }
        }
    }
    let row = |landmark: &Landmark<'_>| match landmark.address {
        LandmarkAddress::Row(row) => Some(row),
        LandmarkAddress::Text(text) => by_text.get(&Normal::of(text).hash()).copied().flatten(),
    };
    landmarks.iter().map(row).collect()
}

/// A landmark as one more place of the building or grid of its address, whose row is given. It has no text
/// of its own.
pub(super) fn of_landmark(library: &impl Library, name: &str, row: u32, heads: &Heads) -> Place {
    let building = library.building(row);
    let grid = building.map_or_else(|| library.grid(row), |building| library.building_grid(building));
    let segments = grammar::parse(&Normal::of(name), |chars| heads.at(chars)).segments;
    let rows = vec![Row { row, tail: TailKey::WHOLE, text: NO_TEXT }];
    let (building, grid) = (building.unwrap_or(NONE), grid.unwrap_or(NONE));
    Place { building, grid, segments, head: None, stem: 0, rows }
}
