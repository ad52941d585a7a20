//! What attributes cannot be called.

/// Columns of the tables of people and records that attributes cannot be called after.
pub(crate) const TAKEN_NAMES: [&str; 19] = [
    "token",
    "address",
    "role",
    "code",
    "uscc",
    "name",
    "building",
    "lng",
    "lat",
    "address_text",
    "link",
    "active",
    "confidence",
    "match_level",
    "counted",
    "natural_person",
    "time",
    "until",
    "class",
];

/// Looks whether attributes can be columns of their own, beside those that every plate has.
///
/// # Errors
/// A sentence that names the column.
pub(super) fn check_names<'n>(mut names: impl Iterator<Item = &'n str>) -> Result<(), String> {
    match names.find(|name| TAKEN_NAMES.contains(name)) {
        Some(taken) => Err(format!("attributes: a plate has a column '{taken}' of its own; rename yours")),
        None => Ok(()),
    }
}
