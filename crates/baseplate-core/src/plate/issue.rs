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
    /// Its identity: the same from build to build as long as it is found, whatever is measured.
    pub key: &'a str,
    /// What was broken.
    pub rule: Rule,
    /// `grid`, `building`, `address`, `person` or `enterprise`.
    pub entity: &'a str,
    /// The code of the thing; the token of a person, the path of a source.
    pub code: &'a str,
    /// The code of the other thing, if two do not agree.
    pub other: Option<&'a str>,
    /// What was measured.
    pub evidence: Evidence,
    /// Where.
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
    /// ([`People::issues`]).
    pub fn issues(&self) -> impl Iterator<Item = IssueRecord<'_>> {
        (0..self.0.issues.rows as u32).filter_map(|row| IssueRecord::of(&self.0.issues, row))
    }
}
