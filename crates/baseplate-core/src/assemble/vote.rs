//! What lies above each ancestor that grids name: one answer, by which chains lead up and polygons are
//! dissolved.
//!
//! Each basic grid names its community, district and so on in its own row, and rows contradict one another.
//! If each were followed, a district's polygon would not hold what its chains say. So all grids of one
//! community get the levels above it that the community's own row says, if it was read from a file, or else
//! that most of its grids say. Those that are overruled are noted.

use super::{
    grid_table::{GridDraft, Parent, Sources},
    log::{Log, Outcome},
};
use crate::{
    model::{GridKind, Level},
    source::RowRemark,
};
use std::collections::{BTreeMap, BTreeSet};

/// Levels with codes, from the lowest up.
type Above = Vec<(Level, String)>;

/// How often each list of levels above is named.
type Votes = BTreeMap<Above, u64>;

/// Makes the grids of one kind and level agree. Where grids of one community say different districts, a community that was read
/// from a file of its own and says its district decides, else most of the grids; the others follow, so that the district's
/// polygon holds what its chains say. Those that named something else are logged.
pub(super) fn settle(drafts: &mut [GridDraft], kind: &GridKind, base: Level, sources: Sources<'_>, log: &mut Log) {
    let members: Vec<usize> =
        (0..drafts.len()).filter(|at| drafts[*at].kind == *kind && drafts[*at].level == base).collect();
    let named = members.iter().flat_map(|at| drafts[*at].ancestors());
    let levels: BTreeSet<Level> = named.map(|(level, _)| *level).collect();
    for level in &levels {
        let decided = decide(drafts, &members, *level);
        members.iter().for_each(|at| follow(&mut drafts[*at], *level, &decided, sources, log));
    }
    for level in levels {
        let settled: BTreeMap<String, Above> = members
            .iter()
            .filter_map(|at| Some((drafts[*at].ancestor(level)?.to_owned(), drafts[*at].above(level))))
            .collect();
        let upper = drafts.iter_mut().filter(|d| d.kind == *kind && d.level == level);
        upper.for_each(|draft| adopt(draft, settled.get(&draft.code), log));
    }
}

/// What lies above each code of a level: by its own row if that was read, else by most grids.
fn decide(drafts: &[GridDraft], members: &[usize], level: Level) -> BTreeMap<String, Above> {
    let mut votes: BTreeMap<&str, Votes> = BTreeMap::new();
    for member in members.iter().map(|at| &drafts[*at]) {
        if let Some(code) = member.ancestor(level) {
            *votes.entry(code).or_default().entry(member.above(level)).or_default() += 1;
        }
    }
    let kind = members.first().map(|at| &drafts[*at].kind);
    let read = drafts.iter().filter(|d| Some(&d.kind) == kind && d.level == level);
    let said: BTreeMap<&str, Above> =
        read.filter_map(|d| Some((d.code.as_str(), said(d, drafts, votes.get(d.code.as_str())?)?))).collect();
    let winner = |(code, named): (&&str, &Votes)| {
        let above = said.get(code).cloned().or_else(|| most_named(named.iter()));
        ((*code).to_owned(), above.unwrap_or_default())
    };
    votes.iter().map(winner).collect()
}

/// The list that most name. Who names nothing contradicts nobody.
fn most_named<'v>(named: impl Iterator<Item = (&'v Above, &'v u64)>) -> Option<Above> {
    named.max_by_key(|(above, count)| (!above.is_empty(), **count)).map(|(above, _)| above.clone())
}

/// What a grid of an upper level that was read says itself.
fn said(draft: &GridDraft, drafts: &[GridDraft], named: &Votes) -> Option<Above> {
    match &draft.parent {
        Parent::ByOverlap => None,
        Parent::Ancestors(above) => Some(above.clone()),
        Parent::Code(code) => {
            let holds = |above: &Above| above.iter().any(|(_, other)| other == code);
            most_named(named.iter().filter(|(above, _)| holds(above))).or_else(|| {
                let upper = |level: &Level| *level > draft.level;
                let read = drafts.iter().filter(|d| d.kind == draft.kind && d.code == *code).map(|d| d.level);
                let named = drafts.iter().filter(|d| d.kind == draft.kind).flat_map(|d| d.ancestors());
                let named = named.filter(|(_, other)| other == code).map(|(level, _)| *level);
                Some(vec![(read.chain(named).filter(upper).min()?, code.clone())])
            })
        }
    }
}

/// Gives a grid the levels above one of its ancestors that were decided.
fn follow(draft: &mut GridDraft, level: Level, decided: &BTreeMap<String, Above>, sources: Sources<'_>, log: &mut Log) {
    if let Some(above) = draft.ancestor(level).and_then(|code| decided.get(code)) {
        note_outvoted(draft, level, above, sources, log);
        let below = draft.ancestors().iter().filter(|(l, _)| *l <= level);
        draft.parent = Parent::Ancestors(below.chain(above).cloned().collect());
    }
}

/// Gives a grid of an upper level that was read what its members have settled on, unless it says as much itself. Without a word
/// of its own it would be put where most of its ground lies, whatever its grids say.
fn adopt(draft: &mut GridDraft, settled: Option<&Above>, log: &mut Log) {
    let Some(above) = settled.filter(|above| !above.is_empty()) else { return };
    let agrees = match &draft.parent {
        Parent::ByOverlap => false,
        Parent::Code(code) => above.iter().any(|(_, other)| other == code),
        Parent::Ancestors(own) => own == above,
    };
    if let (false, false, Some((source, row))) = (agrees, draft.parent == Parent::ByOverlap, draft.origin) {
        let reason = "most grids around it lie in other levels than it says: those were taken, for the polygons too";
        let remark = log.code_remark(source, row, &draft.code, reason);
        log.add(source, Outcome::Noted, &remark);
    }
    if !agrees {
        draft.parent = Parent::Ancestors(above.clone());
    }
}

/// Notes a grid that named other levels than were decided.
fn note_outvoted(draft: &GridDraft, level: Level, decided: &Above, sources: Sources<'_>, log: &mut Log) {
    let contradicts = draft.above(level).iter().any(|named| !decided.contains(named));
    if let (true, Some((source, row)), Some(code)) = (contradicts, draft.origin, draft.ancestor(level)) {
        let reason = format!(
            "its {level} lies in other levels by its own row or by most of its grids: those were taken, for the polygons too"
        );
        log.add(source, Outcome::Noted, &RowRemark::new(row, sources.ancestor_column(source, level), code, reason));
    }
}
