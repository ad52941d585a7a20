//! The table of grids: explicit levels read, upper levels dissolved, parents found.

use super::{
    BuildError, GridKey, OnProgress, Progress,
    areas::{AreaRow, read_areas},
    checks, fit, hierarchy,
    log::{EXACT_COPY, Log, Outcome},
    numbers::{self, Numbered},
    rounded::RoundedCodes,
};
use crate::{
    code::GridCode,
    model::{Entity, GridKind, How, Level},
    quality::{Evidence, Form, Issue, Rule, rounded},
    source::{Columns, GridSource, Reject, Spec},
    spatial::{Bbox, LngLat, Repair, representative_point, to_valid_area, union},
};
use geo::{Area, GeodesicArea, MultiPolygon};
use rayon::prelude::*;
use std::{collections::HashMap, ops::Range};

/// What a source says about the level above.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Parent {
    /// Nothing: it is found by area.
    ByOverlap,
    /// A code, on whichever level has it.
    Code(String),
    /// The dissolved levels, from the lowest up.
    Ancestors(Vec<(Level, String)>),
}

/// A grid before it has a row.
pub(super) struct GridDraft {
    pub(super) kind: GridKind,
    pub(super) level: Level,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) parent: Parent,
    /// Source and row, for messages; none for dissolved levels.
    pub(super) origin: Option<(usize, u64)>,
}

/// The sources of grids; the first of them has this number in the log.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    all: &'a [GridSource],
    first: usize,
}

impl Sources<'_> {
    /// The column in which a source names the grid above.
    pub(super) fn parent_column(&self, source: usize) -> &str {
        self.all[source - self.first].parent.as_deref().unwrap_or_default()
    }

    /// The column in which a source names an ancestor.
    pub(super) fn ancestor_column(&self, source: usize, level: Level) -> &str {
        self.all[source - self.first].ancestors.get(&level).map_or("", |ancestor| ancestor.code())
    }
}

/// The grids of all kinds and levels in the order of their rows: `basic` first, then the other kinds by name;
/// within a kind from the ground up; within a level by code.
pub(super) struct GridTable {
    pub(super) drafts: Vec<GridDraft>,
    pub(super) areas: Vec<MultiPolygon<f64>>,
    pub(super) boxes: Vec<Bbox>,
    pub(super) points: Vec<Option<LngLat>>,
    pub(super) area_m2: Vec<f64>,
    /// A number that each keeps from generation to generation, from 1.
    pub(super) numbers: Vec<u32>,
    /// Row of the grid above, and how it was found.
    pub(super) parents: Vec<Option<(u32, How)>>,
}

/// Grids while they are being read.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) drafts: Vec<GridDraft>,
    pub(super) areas: Vec<MultiPolygon<f64>>,
    rows: HashMap<GridKey, usize>,
    /// Grids that came in several rows and have to be joined.
    several: Vec<usize>,
    rounded: RoundedCodes<(GridDraft, AreaRow)>,
    /// Names of ancestors, as first seen.
    pub(super) names: HashMap<GridKey, String>,
}

impl GridTable {
    pub(super) fn read(
        spec: &Spec,
        area: Option<Bbox>,
        former: &Numbered,
        log: &mut Log,
        on_progress: OnProgress<'_>,
    ) -> Result<Self, BuildError> {
        let mut reading = Reading::default();
        let sources = Sources { all: &spec.grids, first: log.sources() };
        for source in &spec.grids {
            reading.read(source, area, log, on_progress)?;
        }
        for (draft, found) in std::mem::take(&mut reading.rounded).release(|draft| &draft.code, log) {
            reading.add(draft, found, log);
        }
        let mut read = spec.grids.iter().zip(sources.first..);
        read.try_for_each(|(source, number)| log.check_usable(number, &source.file))?;
        reading.join_parts();
        on_progress(Progress::Step("dissolving the upper levels"));
        let (drafts, areas) = hierarchy::with_dissolved(reading, sources, log);
        on_progress(Progress::Step("finding the level above each grid"));
        Ok(Self::arrange(drafts, areas, former, sources, log))
    }

    fn arrange(
        drafts: Vec<GridDraft>,
        areas: Vec<MultiPolygon<f64>>,
        former: &Numbered,
        sources: Sources<'_>,
        log: &mut Log,
    ) -> Self {
        let mut pairs: Vec<_> = drafts.into_iter().zip(areas).collect();
        pairs.sort_by(|(d, _), (e, _)| {
            let key = |d: &GridDraft| (!d.kind.is_basic(), d.kind.clone(), d.level);
            key(d).cmp(&key(e)).then_with(|| d.code.cmp(&e.code))
        });
        let (drafts, areas): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let numbers = numbers::numbers(&drafts, former);
        let boxes: Vec<_> = areas.par_iter().map(Bbox::of).collect();
        let points = areas.par_iter().map(representative_point).collect();
        let area_m2 = areas.par_iter().map(|area| area.geodesic_area_signed().abs()).collect();
        let mut table = Self { drafts, areas, boxes, points, area_m2, numbers, parents: Vec::new() };
        table.parents = hierarchy::parents(&table, sources, log);
        for (draft, parent) in table.drafts.iter().zip(&table.parents) {
            if let Some((source, _)) = draft.origin {
                log.source(source).linked += u64::from(parent.is_some());
            }
        }
        checks::check_grids(&table, log);
        table
    }

    pub(super) fn len(&self) -> usize {
        self.drafts.len()
    }

    /// The rows of one kind and level.
    pub(super) fn rows_of(&self, kind: &GridKind, level: Level) -> Range<usize> {
        let is = |d: &GridDraft| d.kind == *kind && d.level == level;
        let start = self.drafts.iter().position(is).unwrap_or(self.len());
        start..start + self.drafts[start..].iter().take_while(|d| is(d)).count()
    }

    /// The finest level of each kind, `basic` first.
    pub(super) fn coverages(&self) -> impl Iterator<Item = (&GridKind, Range<usize>)> {
        self.drafts.chunk_by(|d, e| d.kind == e.kind).map(|of_kind| {
            let GridDraft { kind, level, .. } = &of_kind[0];
            (kind, self.rows_of(kind, *level))
        })
    }
}

impl Reading {
    fn read(
        &mut self,
        source: &GridSource,
        area: Option<Bbox>,
        log: &mut Log,
        on_progress: OnProgress<'_>,
    ) -> Result<(), BuildError> {
        let mut columns = Columns::of(&source.code);
        let code = columns.want(&source.code);
        let name = columns.want_if(source.name.as_deref());
        let parent = columns.want_code_if(source.parent.as_deref());
        let want = |(level, ancestor): (&Level, &crate::source::Ancestor), columns: &mut Columns| {
            (*level, columns.want_code(ancestor.code()), columns.want_if(ancestor.name()))
        };
        let ancestors: Vec<_> = source.ancestors.iter().map(|a| want(a, &mut columns)).collect();
        let accept = |found: AreaRow, log: &mut Log| {
            let cell = |index: Option<usize>| index.and_then(|i| found.row.cell(i)).map(str::to_owned);
            let parsed = match parse_code(&found, &source.code, code) {
                Ok(parsed) => parsed,
                Err(reject) => return log.withdraw(found.source, &reject),
            };
            let mut above = Vec::new();
            for (level, code, name) in &ancestors {
                let Some(text) = found.row.code(*code) else { continue };
                match text.parse::<GridCode>() {
                    Ok(code) => {
                        let key = (source.kind.clone(), *level, code.to_string());
                        self.names.entry(key).or_insert_with(|| cell(*name).unwrap_or_else(|| code.to_string()));
                        above.push((*level, code.to_string()));
                    }
                    Err(e) => {
                        let column = source.ancestors[level].code();
                        log.add(found.source, Outcome::Noted, &Reject::new(found.row.number, column, &text, e));
                    }
                }
            }
            let parent =
                match parent.and_then(|index| found.row.code(index)).map(|text| (text.parse::<GridCode>(), text)) {
                    Some((Ok(code), _)) => Parent::Code(code.to_string()),
                    Some((Err(e), text)) => {
                        let column = source.parent.as_deref().unwrap_or_default();
                        log.add(found.source, Outcome::Noted, &Reject::new(found.row.number, column, &text, e));
                        Parent::ByOverlap
                    }
                    None if above.is_empty() => Parent::ByOverlap,
                    None => Parent::Ancestors(above),
                };
            let draft = GridDraft {
                kind: source.kind.clone(),
                level: source.level,
                name: cell(name).unwrap_or_else(|| parsed.to_string()),
                code: parsed.to_string(),
                parent,
                origin: Some((found.source, found.row.number)),
            };
            for repair in &found.repairs {
                let Repair::Rebuilt { before_m2, after_m2 } = *repair else { continue };
                let evidence = Evidence::new(Form::Rebuilt, [rounded(before_m2, 1), rounded(after_m2, 1)]);
                let at = representative_point(&found.area);
                log.issue(Issue::new(Rule::GridInvalidRing, &draft.code, evidence).at(at));
            }
            let code = draft.code.clone();
            if let Some((draft, found)) = self.rounded.pass(&code, (draft, found)) {
                self.add(draft, found, log);
            }
        };
        let (sample, to_plate) = read_areas("grid", &source.file, &columns, area, log, on_progress, accept)?;
        let suspicion = sample.judge_plain(source.file.crs.as_deref().unwrap_or_default(), &to_plate);
        fit::report(suspicion, Entity::Grid, &source.file, log);
        Ok(())
    }

    /// A code that was seen before means another part of the same grid, if both lie in the same place of the hierarchy.
    fn add(&mut self, draft: GridDraft, found: AreaRow, log: &mut Log) {
        let key = (draft.kind.clone(), draft.level, draft.code.clone());
        if let Some(first) = self.rows.get(&key).copied() {
            let before = &self.drafts[first];
            if before.parent == draft.parent && before.name == draft.name && self.areas[first] == found.area {
                return log.add(found.source, Outcome::Noted, &Reject::new(found.row.number, "", "", EXACT_COPY));
            }
            let evidence = Evidence::new(Form::RowAgain, [found.row.number.into()]);
            let at = representative_point(&found.area);
            log.issue(Issue::new(Rule::GridDuplicateCode, &draft.code, evidence).at(at));
            if self.drafts[first].parent != draft.parent {
                let reason =
                    "code seen before on a grid in another place of the hierarchy: give one of them another code";
                let reject = log.code_reject(found.source, found.row.number, &draft.code, reason);
                return log.withdraw(found.source, &reject);
            }
            let reason = "code seen before: taken as another part of the same grid";
            let reject = log.code_reject(found.source, found.row.number, &draft.code, reason);
            log.add(found.source, Outcome::Noted, &reject);
            self.areas[first].0.extend(found.area);
            self.several.push(first);
            return;
        }
        self.rows.insert(key, self.drafts.len());
        self.drafts.push(draft);
        self.areas.push(found.area);
    }

    fn join_parts(&mut self) {
        self.several.sort_unstable();
        self.several.dedup();
        for grid in &self.several {
            join(&mut self.areas[*grid]);
        }
    }
}

/// Makes one valid area of parts that may touch or overlap. Parts that lie apart keep their exact vertices.
pub(super) fn join(parts: &mut MultiPolygon<f64>) {
    if let Some((area, _)) = to_valid_area(parts.clone()).ok().filter(|(_, repairs)| repairs.is_empty()) {
        *parts = area;
        return;
    }
    let joined = union([&*parts]);
    if joined.unsigned_area() > 0.0 {
        *parts = joined;
    }
}

fn parse_code(found: &AreaRow, column: &str, index: usize) -> Result<GridCode, Reject> {
    let text = found.row.cell(index).unwrap_or_default();
    text.parse().map_err(|e| Reject::new(found.row.number, column, text, format!("no grid code: {e}")))
}
