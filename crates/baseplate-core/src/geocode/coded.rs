//! Texts that are codes, and where a thing that has one is.

use crate::{
    code::fold_code,
    gazetteer::{Decision, Found},
    model::Level,
    plate::{Baseplate, Thing},
    verdict::{GeocodeStatus, MatchLevel},
};

/// Characters of the longest code.
const CODE_MAX: usize = 32;

/// The answer to a text that is a code.
pub(super) fn of_code(plate: &Baseplate, text: &str) -> Option<Decision> {
    let text = text.trim();
    let is_sign = |c: char| c.is_ascii_alphanumeric() || c == '-' || ('０'..='ｚ').contains(&c);
    if !text.chars().take(CODE_MAX).all(is_sign) {
        return None;
    }
    let code = fold_code(text);
    if code.len() < 4 || code.len() > CODE_MAX || !code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return None;
    }
    let mut decision = Decision::nothing(GeocodeStatus::Matched);
    decision.found = Some(found(plate, &plate.resolve(&code)?)?);
    decision.complete = true;
    Some(decision)
}

/// Where a thing is.
pub(super) fn found(plate: &Baseplate, thing: &Thing<'_>) -> Option<Found> {
    match thing {
        Thing::Grid(grid) => {
            let level = match grid.level()? {
                Level::Grid | Level::Community => MatchLevel::Community,
                Level::Subdistrict => MatchLevel::Subdistrict,
                Level::District => MatchLevel::District,
                Level::City => MatchLevel::City,
            };
            Some(Found { level, row: None, place: None, area: grid.number() })
        }
        Thing::Building(building) => {
            let mut found = of_address(plate, building.addresses().next()?.row())?;
            found.level = MatchLevel::Building;
            Some(found)
        }
        Thing::Address(address) => of_address(plate, address.row()),
        Thing::Record(record) => of_address(plate, record.address()?.row()),
    }
}

/// The place of a row of the addresses.
fn of_address(plate: &Baseplate, row: u32) -> Option<Found> {
    let (index, address) = (plate.geo_index(), plate.address_row(row)?);
    let place = address.building().and_then(|(building, _)| index.place_of_row(row, building.row()));
    let is_whole = place.is_some_and(|place| index.whole(place) == Some(row));
    let level = if is_whole { MatchLevel::Building } else { MatchLevel::Room };
    let area = plate.coverages().next().and_then(|c| address.grid(c.kind())).and_then(|grid| grid.number());
    Some(Found { level, row: Some(row), place, area })
}
