//! What was found wrong with the data.

use super::handle::Baseplate;
use crate::{
    quality::{Evidence, Rule},
    schema::tables::Issues,
    spatial::LngLat,
};

/// Something that was found wrong with the data when the plate was built.
#[derive(Debug, Clone, PartialEq)]
pub struct IssueRecord<'a> {
    /// The identity of the issue: the same from build to build as long as it is found, whatever is measured.
    pub key: &'a str,
    /// The rule that is broken.
    pub rule: Rule,
    /// What the issue is about: `grid`, `building`, `address`, `person` or `enterprise`.
    pub entity: &'a str,
    /// The code of the thing; the token of a person, the path of a source.
    pub code: &'a str,
    /// The code of the other thing, if two do not agree.
    pub other: Option<&'a str>,
    /// What was measured, to be put into words.
    pub evidence: Evidence,
    /// Where the issue is, degrees, EPSG:4490; `None` where it has no place.
    pub at: Option<LngLat>,
}

impl<'a> IssueRecord<'a> {
    pub(super) fn of(table: &'a Issues, row: u32) -> Option<Self> {
        Some(Self {
            key: table.key.get(row)?,
            rule: table.rule.get(row)?.parse().ok()?,
            entity: table.entity.get(row)?,
            code: table.code.get(row)?,
            other: table.other.get(row),
            evidence: Evidence::read(table.form.get(row)?, table.values.get(row)?)?,
            at: table.lng.get(row).zip(table.lat.get(row)).map(|(lng, lat)| LngLat::new(lng, lat)),
        })
    }
}

impl Baseplate {
    /// What was found wrong with the data, in the order it was found; what concerns single persons is kept apart
    /// ([`People::issues`](crate::People::issues)).
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let severe = plate.issues().filter(|issue| issue.rule.severity() == baseplate_core::Severity::Error);
    /// println!("{} of {}", severe.count(), plate.issues().count());
    /// ```
    pub fn issues(&self) -> impl Iterator<Item = IssueRecord<'_>> {
        (0..self.0.issues.rows as u32).filter_map(|row| IssueRecord::of(&self.0.issues, row))
    }
}
