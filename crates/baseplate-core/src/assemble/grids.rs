//! The table of grids: explicit levels read, upper levels dissolved, parents found.
//!
//! A code that comes again on the same kind and level is another part of the same grid if it names the same
//! parent, and is rejected otherwise. When all sources are read, levels that are only named as ancestors
//! are dissolved from their members (`hierarchy.rs`); then the rows get their order, their numbers and
//! their parents, and are checked.

use super::{
    areas::{AreaRow, join, read_areas},
    checks,
    error::BuildError,
    fit,
    grid_table::{GridDraft, GridKey, GridTable, Parent, Sources},
    hierarchy,
    log::{EXACT_COPY, Log, Outcome},
    numbers::{self, Numbered},
    progress::{OnProgress, Progress},
    rounded::RoundedCodes,
};
use crate::{
    code::GridCode,
    model::{Entity, Level},
    quality::{Evidence, Form, Issue, Rule, rounded},
    source::{Columns, GridSource, Row, RowRemark, Spec},
    spatial::{Bbox, Repair, representative_point},
};
use geo::{GeodesicArea, MultiPolygon};
use rayon::prelude::*;
use std::collections::HashMap;

/// The grids while they are being read, in the order of their codes' first rows.
#[derive(Default)]
struct GridTableBuilder {
    /// What the sources say.
    drafts: Vec<GridDraft>,
    /// Their areas; parts of one grid are joined in the end.
    areas: Vec<MultiPolygon<f64>>,
    /// The index of each grid.
    rows: HashMap<GridKey, usize>,
    /// The indices of grids that came in several rows and have to be joined.
    several: Vec<usize>,
    /// Rows whose codes look rounded, put aside.
    rounded: RoundedCodes<(GridDraft, AreaRow)>,
    /// The names of ancestors, as first seen.
    names: HashMap<GridKey, String>,
}

impl GridTable {
    /// Reads all sources of grids and makes the table. `former` has the numbers of the generation before.
    ///
    /// # Errors
    /// When a source cannot be read or is of no use as a whole.
    pub(super) fn read(
        spec: &Spec,
        area: Option<Bbox>,
        former: &Numbered,
        log: &mut Log,
        on_progress: OnProgress<'_>,
    ) -> Result<Self, BuildError> {
        let mut builder = GridTableBuilder::default();
        let sources = Sources { all: &spec.grids, first: log.sources() };
        for source in &spec.grids {
            builder.read(source, area, log, on_progress)?;
        }
        for (draft, found) in std::mem::take(&mut builder.rounded).release(|draft| &draft.code, log) {
            builder.add(draft, found, log);
        }
        let mut read = spec.grids.iter().zip(sources.first..);
        read.try_for_each(|(source, number)| log.check_usable(number, &source.file))?;
        builder.join_parts();
        on_progress(Progress::Step("dissolving the upper levels"));
        let (drafts, areas) = hierarchy::with_dissolved(builder.drafts, builder.areas, &builder.names, sources, log);
        on_progress(Progress::Step("finding the level above each grid"));
        Ok(Self::arrange(drafts, areas, former, sources, log))
    }

    /// Puts grids in the order of their rows, and finds their numbers and parents.
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
        let (numbers, last_number) = numbers::numbers(&drafts, former);
        let boxes: Vec<_> = areas.par_iter().map(Bbox::of).collect();
        let points = areas.par_iter().map(representative_point).collect();
        let area_m2 = areas.par_iter().map(|area| area.geodesic_area_signed().abs()).collect();
        let mut table = Self { drafts, areas, boxes, points, area_m2, numbers, last_number, parents: Vec::new() };
        table.parents = hierarchy::parents(&table, sources, log);
        for (draft, parent) in table.drafts.iter().zip(&table.parents) {
            if let Some((source, _)) = draft.origin {
                log.source(source).linked += u64::from(parent.is_some());
            }
        }
        checks::check_grids(&table, log);
        table
    }
}

/// Which column of a source of grids holds what, by index.
struct GridLayout<'a> {
    source: &'a GridSource,
    code: usize,
    name: Option<usize>,
    parent: Option<usize>,
    /// Of each ancestor the level, the column of its code and that of its name.
    ancestors: Vec<(Level, usize, Option<usize>)>,
}

impl<'a> GridLayout<'a> {
    /// The layout of a source; its columns are wanted by the way.
    fn of(source: &'a GridSource, columns: &mut Columns) -> Self {
        Self {
            source,
            code: columns.want(&source.code),
            name: columns.want_if(source.name.as_deref()),
            parent: columns.want_code_if(source.parent.as_deref()),
            ancestors: source
                .ancestors
                .iter()
                .map(|(level, a)| (*level, columns.want_code(a.code()), columns.want_if(a.name())))
                .collect(),
        }
    }

    /// The code of a row.
    ///
    /// # Errors
    /// A remark if it has none.
    fn code(&self, row: &Row) -> Result<GridCode, RowRemark> {
        let text = row.cell(self.code).unwrap_or_default();
        text.parse().map_err(|e| RowRemark::new(row.number, &self.source.code, text, format!("no grid code: {e}")))
    }
}

impl GridTableBuilder {
    /// Reads one source and judges its coordinate system.
    fn read(
        &mut self,
        source: &GridSource,
        area: Option<Bbox>,
        log: &mut Log,
        on_progress: OnProgress<'_>,
    ) -> Result<(), BuildError> {
        let mut columns = Columns::of(&source.code);
        let layout = GridLayout::of(source, &mut columns);
        let take = |found: AreaRow, log: &mut Log| self.take(&layout, found, log);
        let (sample, to_plate) = read_areas("grid", &source.file, &columns, area, log, on_progress, take)?;
        let suspicion = sample.judge_plain(source.file.crs.as_deref().unwrap_or_default(), &to_plate);
        fit::report(suspicion, Entity::Grid, &source.file, log);
        Ok(())
    }

    /// Takes a row over unless it has no code.
    fn take(&mut self, layout: &GridLayout<'_>, found: AreaRow, log: &mut Log) {
        let code = match layout.code(&found.row) {
            Ok(code) => code.to_string(),
            Err(remark) => return log.withdraw(found.source, &remark),
        };
        let above = self.ancestors(layout, &found, log);
        let name = layout.name.and_then(|index| found.row.cell(index));
        let draft = GridDraft {
            kind: layout.source.kind.clone(),
            level: layout.source.level,
            name: name.unwrap_or(&code).to_owned(),
            parent: parent(layout, &found, above, log),
            origin: Some((found.source, found.row.number)),
            code: code.clone(),
        };
        for repair in &found.repairs {
            let Repair::Rebuilt { before_m2, after_m2 } = *repair else { continue };
            let evidence = Evidence::new(Form::Rebuilt, [rounded(before_m2, 1), rounded(after_m2, 1)]);
            let at = representative_point(&found.area);
            log.issue(Issue::new(Rule::GridInvalidRing, &draft.code, evidence).at(at));
        }
        if let Some((draft, found)) = self.rounded.pass(&code, (draft, found)) {
            self.add(draft, found, log);
        }
    }

    /// The ancestors that a row names. Their names are kept, and what is no code is noted.
    fn ancestors(&mut self, layout: &GridLayout<'_>, found: &AreaRow, log: &mut Log) -> Vec<(Level, String)> {
        let source = layout.source;
        let mut above = Vec::new();
        for (level, code, name) in &layout.ancestors {
            let Some(text) = found.row.code(*code) else { continue };
            match text.parse::<GridCode>() {
                Ok(code) => {
                    let code = code.to_string();
                    let name = || name.and_then(|index| found.row.cell(index)).unwrap_or(&code).to_owned();
                    self.names.entry((source.kind.clone(), *level, code.clone())).or_insert_with(name);
                    above.push((*level, code));
                }
                Err(e) => {
                    let column = source.ancestors[level].code();
                    log.add(found.source, Outcome::Noted, &RowRemark::new(found.row.number, column, &text, e));
                }
            }
        }
        above
    }

    /// Takes a grid over. A code that was seen before means another part of the same grid, if both lie in
    /// the same place of the hierarchy.
    fn add(&mut self, draft: GridDraft, found: AreaRow, log: &mut Log) {
        let key = (draft.kind.clone(), draft.level, draft.code.clone());
        if let Some(first) = self.rows.get(&key).copied() {
            let before = &self.drafts[first];
            if before.parent == draft.parent && before.name == draft.name && self.areas[first] == found.area {
                return log.add(found.source, Outcome::Noted, &RowRemark::new(found.row.number, "", "", EXACT_COPY));
            }
            let evidence = Evidence::new(Form::RowAgain, [found.row.number.into()]);
            let at = representative_point(&found.area);
            log.issue(Issue::new(Rule::GridDuplicateCode, &draft.code, evidence).at(at));
            if self.drafts[first].parent != draft.parent {
                let reason =
                    "code seen before on a grid in another place of the hierarchy: give one of them another code";
                let remark = log.code_remark(found.source, found.row.number, &draft.code, reason);
                return log.withdraw(found.source, &remark);
            }
            let reason = "code seen before: taken as another part of the same grid";
            let remark = log.code_remark(found.source, found.row.number, &draft.code, reason);
            log.add(found.source, Outcome::Noted, &remark);
            self.areas[first].0.extend(found.area);
            self.several.push(first);
            return;
        }
        self.rows.insert(key, self.drafts.len());
        self.drafts.push(draft);
        self.areas.push(found.area);
    }

    /// Makes one area of the parts of each grid that came in several rows.
    fn join_parts(&mut self) {
        self.several.sort_unstable();
        self.several.dedup();
        for grid in &self.several {
            join(&mut self.areas[*grid]);
        }
    }
}

/// What a row says about the level above: the code that it names itself before those of its ancestors.
fn parent(layout: &GridLayout<'_>, found: &AreaRow, above: Vec<(Level, String)>, log: &mut Log) -> Parent {
    match layout.parent.and_then(|index| found.row.code(index)) {
        Some(text) => match text.parse::<GridCode>() {
            Ok(code) => Parent::Code(code.to_string()),
            Err(e) => {
                let column = layout.source.parent.as_deref().unwrap_or_default();
                log.add(found.source, Outcome::Noted, &RowRemark::new(found.row.number, column, &text, e));
                Parent::ByOverlap
            }
        },
        None if above.is_empty() => Parent::ByOverlap,
        None => Parent::Ancestors(above),
    }
}
