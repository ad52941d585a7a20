//! What was found wrong with the data.

use super::{handle::Baseplate, record_table::OpenedLayer};
use crate::{
    model::Entity,
    quality::{Evidence, Rule},
    schema::tables::Issues,
    spatial::LngLat,
    store::{Audience, layer::ENTERPRISES_LAYER},
};
use std::collections::BTreeMap;

/// Something that was found wrong with the data when the plate was built.
#[derive(Debug, Clone, PartialEq)]
pub struct IssueRecord<'a> {
    /// The identity of the issue: the same from build to build as long as it is found, whatever is measured.
    pub key: &'a str,
    /// The rule that is broken.
    pub rule: Rule,
    /// What the issue is about: `grid`, `building`, `address`, `person`, `enterprise` or `record`.
    pub entity: &'a str,
    /// The code of the thing; the token of a person, the path of a source.
    pub code: &'a str,
    /// The code of the other thing, if two do not agree.
    pub other: Option<&'a str>,
    /// What was measured, to be put into words.
    pub evidence: Evidence,
    /// The layer that it is about, if it is about records or sources of one.
    pub layer: Option<&'a str>,
    /// Where the issue is, degrees, EPSG:4490; `None` where it has no place.
    pub at: Option<LngLat>,
}

impl<'a> IssueRecord<'a> {
    pub(super) fn of(table: &'a Issues, row: u32, layer: Option<&'a str>) -> Option<Self> {
        Some(Self {
            key: table.key.get(row)?,
            rule: table.rule.get(row)?.parse().ok()?,
            entity: table.entity.get(row)?,
            code: table.code.get(row)?,
            other: table.other.get(row),
            layer,
            evidence: Evidence::read(table.form.get(row)?, table.values.get(row)?)?,
            at: table.lng.get(row).zip(table.lat.get(row)).map(|(lng, lat)| LngLat::new(lng, lat)),
        })
    }
}

impl Baseplate {
    /// What was found wrong with the data, in the order it was found, with layers of records behind the rest; what concerns single
    /// persons is kept apart ([`People::issues`](crate::People::issues)). Of layers that the audience of this handle may not read nothing
    /// is told, and to others than those who have the files nothing of ids that had to be masked.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let severe = plate.issues().filter(|issue| issue.rule.severity() == baseplate_core::Severity::Error);
    /// println!("{} of {}", severe.count(), plate.issues().count());
    /// ```
    pub fn issues(&self) -> impl Iterator<Item = IssueRecord<'_>> {
        let layers = self.0.layers.iter().filter(|layer| self.layer(&layer.id).is_some());
        let of_layers = layers.filter_map(|layer| Some((layer.issues.as_ref()?, Some(&*layer.id))));
        let tables = std::iter::once((&self.0.issues, None)).chain(of_layers);
        let all = tables.flat_map(|(table, layer)| {
            (0..table.rows as u32).filter_map(move |row| IssueRecord::of(table, row, layer))
        });
        // A record of which no layer is known may be of one that is not for everybody.
        let is_hidden = |issue: &IssueRecord<'_>| {
            issue.rule.entity() == Entity::Person || issue.layer.is_none() && issue.entity == Entity::Record.as_str()
        };
        all.filter(move |issue| self.has_files() || !is_hidden(issue))
    }

    /// How often each rule found something, of what the audience of this handle may be told ([`Baseplate::issues`]) and of enterprises
    /// that lists do not name; rules that found nothing are left out.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert_eq!(plate.issue_counts().values().sum::<u64>(), plate.issues().count() as u64);
    /// ```
    pub fn issue_counts(&self) -> BTreeMap<Rule, u64> {
        let counts = self.manifest().issues.iter();
        let mut counts: BTreeMap<Rule, u64> = counts.filter_map(|(rule, n)| Some((rule.parse().ok()?, *n))).collect();
        for hidden in self.0.layers.iter().filter(|layer| self.layer(&layer.id).is_none()) {
            for rule in rules_of(hidden) {
                counts.entry(rule).and_modify(|count| *count = count.saturating_sub(1));
            }
        }
        counts.retain(|rule, count| *count > 0 && (self.has_files() || rule.entity() != Entity::Person));
        counts
    }

    /// The rules that a layer breaks, as often as it does; those about enterprises stand with what is wrong with the rest of the plate.
    pub(super) fn broken_by(&self, layer: &OpenedLayer) -> BTreeMap<Rule, u64> {
        if *layer.id == *ENTERPRISES_LAYER {
            let of_enterprises = |(rule, _): &(Rule, u64)| rule.entity() == Entity::Enterprise;
            return self.issue_counts().into_iter().filter(of_enterprises).collect();
        }
        let mut counts = BTreeMap::new();
        for rule in rules_of(layer).filter(|rule| self.has_files() || rule.entity() != Entity::Person) {
            *counts.entry(rule).or_default() += 1;
        }
        counts
    }

    /// The rules that something of a layer breaks, as often as it does.
    #[cfg(feature = "build")]
    pub(crate) fn rules_broken_by(&self, id: &str) -> impl Iterator<Item = Rule> + use<'_> {
        let id = id.to_owned();
        self.0.layers.iter().filter(move |layer| *layer.id == *id).flat_map(rules_of)
    }

    /// Whether whoever asks has the files themselves, so that nothing in them is kept from it.
    fn has_files(&self) -> bool {
        self.1.audience == Audience::Restricted
    }
}

/// The rules that a layer breaks, as often as it does; nothing else of its table is read.
fn rules_of(layer: &OpenedLayer) -> impl Iterator<Item = Rule> + use<'_> {
    let rule = |issues: &Issues, row| issues.rule.get(row)?.parse().ok();
    layer.issues.iter().flat_map(move |issues| (0..issues.rows as u32).filter_map(move |row| rule(issues, row)))
}
