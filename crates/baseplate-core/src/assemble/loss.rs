//! Whether a new generation holds much less than the one before, as a source that was cut short would make
//! it.
//!
//! A source that lost its second half looks like any other; only what was there before can tell. So counts
//! of rows, shares of linked rows and the area of each coverage are compared with the former manifest. A
//! new key for ids and new suspicions against a coordinate system are told in the same way. What may be
//! lost is said in `[publish]` of the spec, in shares.

use crate::{
    quality::Rule,
    source::PublishSpec,
    store::{Counting, CoverageInfo, Manifest, PrivateManifest, SourceInfo},
};
use std::collections::BTreeMap;

/// What a new generation has lost against the former one, beyond what the spec allows: a sentence each.
pub(super) fn losses(
    (former, of_people): &(Manifest, Option<PrivateManifest>),
    (new, people): (&Manifest, &PrivateManifest),
    allowed: &PublishSpec,
) -> Vec<String> {
    let now = tables(new);
    let rows = tables(former).into_iter().filter_map(|(table, before)| {
        fewer_rows(&table, (before, now.get(&table).copied().unwrap_or_default()), allowed)
    });
    let people_rows =
        of_people.iter().filter_map(|before| fewer_rows("rows of people", (before.rows, people.rows), allowed));
    let people_links = of_people.iter().flat_map(|before| fewer_links(&before.sources, &people.sources, allowed));
    let areas = former.coverages.iter().filter_map(|before| smaller(before, new, allowed));
    rows.chain(people_rows)
        .chain(fewer_links(&former.sources, &new.sources, allowed))
        .chain(people_links)
        .chain(areas)
        .chain(new_doubts(former, new))
        .chain(other_key(former, new))
        .collect()
}

/// Another key makes other tokens of the same people, so nobody would be found with the former one.
fn other_key(former: &Manifest, new: &Manifest) -> Option<String> {
    let (before, now) = (former.key_fingerprint.as_ref()?, new.key_fingerprint.as_ref()?);
    let said = || {
        "people were stored under another key: with the former one nobody is found, and no token is what it was"
            .to_owned()
    };
    (before != now).then(said)
}

/// Sources that look as if they were in another coordinate system, which none did before: codes keep them linked all the same.
fn new_doubts(former: &Manifest, new: &Manifest) -> Vec<String> {
    let found = |manifest: &Manifest, rule: Rule| manifest.issues.get(rule.as_str()).copied().unwrap_or_default();
    let more = |rule: &Rule| found(new, *rule) > found(former, *rule);
    let said = |rule: Rule| {
        let count = found(new, rule);
        format!(
            "{count} sources look as if their coordinates were others than the spec says ({rule}), see the notes of this build"
        )
    };
    [Rule::SourceCrs, Rule::SourceAxes].into_iter().filter(more).map(said).collect()
}

/// The tables with their rows, and how sentences call them.
fn tables(manifest: &Manifest) -> BTreeMap<String, u64> {
    let rows = manifest.rows;
    let backbone = [("grids", rows.grids), ("buildings", rows.buildings), ("addresses", rows.addresses)];
    let backbone = backbone.into_iter().map(|(name, rows)| (name.to_owned(), rows));
    let records = manifest.layers.iter().filter(|layer| layer.counting == Counting::Records);
    backbone.chain(records.map(|layer| (format!("rows of {}", layer.id), layer.rows))).collect()
}

/// A sentence if a table has lost more of its rows than is allowed.
fn fewer_rows(table: &str, (before, now): (u64, u64), allowed: &PublishSpec) -> Option<String> {
    let lost = lost(before as f64, now as f64);
    let said = || said(&format!("{before} {table}, now {now}"), lost, allowed.rows_lost, "rows_lost");
    (lost > allowed.rows_lost).then(said)
}

/// The share of the linked rows, by source; by entity where the spec names other files now.
fn fewer_links(former: &[SourceInfo], new: &[SourceInfo], allowed: &PublishSpec) -> Vec<String> {
    let (before, now) = (linked(former, by_source), linked(new, by_source));
    let (before, now) =
        if before.keys().eq(now.keys()) { (before, now) } else { (linked(former, by_entity), linked(new, by_entity)) };
    let compare = |(source, before): (&String, &f64)| {
        let now = now.get(source).copied()?;
        let what = || format!("{source}: {:.1} % of the rows linked, now {:.1} %", 100.0 * before, 100.0 * now);
        (before - now > allowed.linked_lost).then(|| said(&what(), before - now, allowed.linked_lost, "linked_lost"))
    };
    before.iter().filter_map(compare).collect()
}

/// The name of a source: its path and what it has.
fn by_source(source: &SourceInfo) -> String {
    format!("{} ({})", source.path, source.entity)
}

/// The name of all sources of an entity.
fn by_entity(source: &SourceInfo) -> String {
    format!("sources of kind {}", source.entity)
}

/// The share of the rows that are linked, by some name of the sources.
fn linked(sources: &[SourceInfo], name: impl Fn(&SourceInfo) -> String) -> BTreeMap<String, f64> {
    let mut sums: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for source in sources {
        let sum = sums.entry(name(source)).or_default();
        *sum = (sum.0 + source.linked, sum.1 + source.rows);
    }
    sums.into_iter().map(|(name, (linked, rows))| (name, linked as f64 / rows.max(1) as f64)).collect()
}

/// A sentence if a coverage has lost more of its area than is allowed.
fn smaller(before: &CoverageInfo, new: &Manifest, allowed: &PublishSpec) -> Option<String> {
    let now_m2 = new.coverages.iter().find(|c| c.kind == before.kind).map_or(0.0, |c| c.area_m2);
    let lost = lost(before.area_m2, now_m2);
    let [before_km2, now_km2] = [before.area_m2, now_m2].map(|m2| m2 / 1e6);
    let what = || format!("coverage '{}': {before_km2:.3} km², now {now_km2:.3} km²", before.kind);
    (lost > allowed.area_lost).then(|| said(&what(), lost, allowed.area_lost, "area_lost"))
}

/// The share that was lost; negative if there is more than before.
fn lost(before: f64, now: f64) -> f64 {
    if before > 0.0 { (before - now) / before } else { 0.0 }
}

/// A sentence on what was lost and what the spec allows.
fn said(what: &str, lost: f64, allowed: f64, key: &str) -> String {
    format!("{what}: {:.1} % lost, {key} allows {:.1} %", 100.0 * lost, 100.0 * allowed)
}
