//! The levels above the grids that were read: dissolved areas, and each grid's parent.
//!
//! Where grids name ancestors, their votes are settled first (`vote.rs`), so that the chain of a grid and
//! the polygons around it say the same; then each upper level is dissolved along shared edges. A parent is
//! the one that is named, on the next level that has its code, of the same kind or of `basic`; for grids
//! that name none it is found by area: the one that has most of the grid among levels of the same kind, and
//! the one that holds nearly all of it beyond.

use super::{
    grid_table::{GridDraft, GridKey, GridTable, Parent, Sources},
    log::{Log, Outcome},
    vote,
};
use crate::{
    coverage::{Edge, dissolve, holds, shared_edges},
    model::{GridKind, How, Level},
    source::RowRemark,
    spatial::{Bbox, Leaf, Metric, common, rows_touching, rtree},
};
use geo::{Area, MultiPolygon};
use rayon::prelude::*;
use rstar::RTree;
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ops::Range,
};

/// Adds the levels that sources name as ancestors, with the names by which they call them. Returns all drafts with their areas.
pub(super) fn with_dissolved(
    mut drafts: Vec<GridDraft>,
    mut areas: Vec<MultiPolygon<f64>>,
    names: &HashMap<GridKey, String>,
    sources: Sources<'_>,
    log: &mut Log,
) -> (Vec<GridDraft>, Vec<MultiPolygon<f64>>) {
    let names_ancestors = |d: &&GridDraft| !d.ancestors().is_empty();
    let bases: BTreeSet<(GridKind, Level)> =
        drafts.iter().filter(names_ancestors).map(|d| (d.kind.clone(), d.level)).collect();
    for (kind, level) in bases {
        vote::settle(&mut drafts, &kind, level, sources, log);
        // A level that was also read from a file of its own stands as it was read.
        let of_kind = drafts.iter().filter(|d| d.kind == kind);
        let read: HashSet<(Level, String)> = of_kind.map(|d| (d.level, d.code.clone())).collect();
        let is_member = |d: &GridDraft| d.kind == kind && d.level == level;
        let (members, member_areas) =
            drafts.iter().zip(&areas).filter(|(d, _)| is_member(d)).map(|(d, a)| (d, a.clone())).unzip();
        let base = Base { kind: &kind, members, areas: member_areas, names };
        for (draft, area) in base.dissolve() {
            if !read.contains(&(draft.level, draft.code.clone())) && !area.0.is_empty() {
                drafts.push(draft);
                areas.push(area);
            }
        }
    }
    (drafts, areas)
}

/// The grids of one kind and level from which upper levels are dissolved.
struct Base<'a> {
    /// Their kind.
    kind: &'a GridKind,
    /// The grids.
    members: Vec<&'a GridDraft>,
    /// Their areas.
    areas: Vec<MultiPolygon<f64>>,
    /// The names of ancestors.
    names: &'a HashMap<GridKey, String>,
}

impl Base<'_> {
    /// The grids of all levels that the members name, from the lowest up.
    fn dissolve(&self) -> Vec<(GridDraft, MultiPolygon<f64>)> {
        let edges = shared_edges(&self.areas);
        let levels: BTreeSet<Level> =
            self.members.iter().flat_map(|d| d.ancestors()).map(|(level, _)| *level).collect();
        levels.into_iter().flat_map(|level| self.dissolve_level(level, &edges)).collect()
    }

    /// The grids of one level, each with the union of its members.
    fn dissolve_level(&self, level: Level, edges: &[Edge]) -> Vec<(GridDraft, MultiPolygon<f64>)> {
        let codes: BTreeSet<&str> = self.members.iter().filter_map(|d| d.ancestor(level)).collect();
        let codes: Vec<&str> = codes.into_iter().collect();
        let group = |d: &&GridDraft| d.ancestor(level).and_then(|code| codes.binary_search(&code).ok());
        let group_of: Vec<u32> = self.members.iter().map(|d| group(d).map_or(u32::MAX, |g| g as u32)).collect();
        let areas = dissolve(edges, &self.areas, &group_of, codes.len(), square_metres(&self.areas));
        // All members of a group name the same levels above it by now.
        let above: HashMap<&str, Vec<_>> =
            self.members.iter().filter_map(|d| Some((d.ancestor(level)?, d.above(level)))).collect();
        let parent = |code: &str| match above.get(code) {
            Some(above) if !above.is_empty() => Parent::Ancestors(above.clone()),
            _ => Parent::ByOverlap,
        };
        let draft = |code: &&str| {
            let name = self.names.get(&(self.kind.clone(), level, (*code).to_owned()));
            GridDraft {
                kind: self.kind.clone(),
                level,
                code: (*code).to_owned(),
                name: name.map_or(*code, String::as_str).to_owned(),
                parent: parent(code),
                origin: None,
            }
        };
        codes.iter().map(draft).zip(areas).collect()
    }
}

/// Square metres a square degree in the middle of the areas.
fn square_metres(areas: &[MultiPolygon<f64>]) -> f64 {
    let whole = areas.iter().map(Bbox::of).fold(Bbox::EMPTY, Bbox::union);
    let metric = Metric::at((whole.0[1] + whole.0[3]) / 2.0);
    metric.lng_m * metric.lat_m
}

/// The parent row of every grid, and how it was found. A named one that is not there is noted.
pub(super) fn parents(table: &GridTable, sources: Sources<'_>, log: &mut Log) -> Vec<Option<(u32, How)>> {
    let codes: HashMap<(&GridKind, Level, &str), u32> =
        (0..).zip(&table.drafts).map(|(row, d)| ((&d.kind, d.level, d.code.as_str()), row)).collect();
    let basic = GridKind::basic();
    let find = |d: &GridDraft, level: Level, code: &str| {
        codes.get(&(&d.kind, level, code)).or_else(|| codes.get(&(&basic, level, code))).copied()
    };
    let named = |d: &GridDraft| match &d.parent {
        Parent::ByOverlap => None,
        Parent::Code(code) => Level::ALL.iter().filter(|l| **l > d.level).find_map(|l| find(d, *l, code)),
        Parent::Ancestors(above) => above.iter().find_map(|(level, code)| find(d, *level, code)),
    };
    let given = |d: &GridDraft| named(d).map(|row| (row, How::Given));
    let mut parents: Vec<Option<(u32, How)>> = table.drafts.iter().map(given).collect();
    for (draft, parent) in table.drafts.iter().zip(&parents) {
        if let (Parent::Code(code), None, Some((source, row))) = (&draft.parent, parent, draft.origin) {
            let reason = "no grid of a higher level has this code: the parent was looked for by area";
            log.add(source, Outcome::Noted, &RowRemark::new(row, sources.parent_column(source), code, reason));
        }
    }
    by_overlap(table, &mut parents);
    parents
}

/// Finds the missing parents: on the lowest level above that has one. Levels of the same kind are meant to nest, so there the
/// largest common area decides, of equals the first by code. What lies above a grid of another kind must hold it: a beat
/// across two communities lies in neither, but perhaps in their subdistrict.
fn by_overlap(table: &GridTable, parents: &mut [Option<(u32, How)>]) {
    let orphans: Vec<usize> = (0..table.len()).filter(|row| parents[*row].is_none()).collect();
    for of_level in orphans.chunk_by(|a, b| {
        let key = |row: &usize| (&table.drafts[*row].kind, table.drafts[*row].level);
        key(a) == key(b)
    }) {
        let GridDraft { kind, level, .. } = &table.drafts[of_level[0]];
        let rungs = rungs_above(table, kind, *level);
        let found: Vec<_> =
            of_level.par_iter().map(|row| rungs.iter().find_map(|rung| rung.parent_of(table, *row))).collect();
        of_level.iter().zip(found).for_each(|(row, parent)| parents[*row] = parent.map(|row| (row, How::Spatial)));
    }
}

/// A level in which the parent of a grid may be.
struct Rung {
    /// The rows of the level.
    rows: Range<usize>,
    /// Their boxes.
    tree: RTree<Leaf>,
    /// Whether a parent must hold the grid instead of having the most of it.
    must_hold: bool,
}

/// The levels above one, from the ground up: those of the kind itself, then those of `basic`.
fn rungs_above(table: &GridTable, kind: &GridKind, level: Level) -> Vec<Rung> {
    let basic = GridKind::basic();
    let of_kind = |of: &GridKind, must_hold: bool| -> Vec<Rung> {
        let levels = Level::ALL.into_iter().filter(|above| *above > level);
        let rows = levels.map(|above| table.rows_of(of, above)).filter(|rows| !rows.is_empty());
        rows.map(|rows| Rung { tree: rtree(table.boxes[rows.clone()].iter().copied()), rows, must_hold }).collect()
    };
    let mut rungs = of_kind(kind, false);
    if !kind.is_basic() {
        rungs.extend(of_kind(&basic, true));
    }
    rungs
}

impl Rung {
    /// The parent of a grid on this level, given its row.
    fn parent_of(&self, table: &GridTable, child: usize) -> Option<u32> {
        let area = &table.areas[child];
        let near =
            rows_touching(&self.tree, table.boxes[child]).into_iter().map(|index| self.rows.start + index as usize);
        let mut best = (0.0, None);
        for parent in near {
            let common = common(area, &table.areas[parent]).unsigned_area();
            if common > best.0 {
                best = (common, Some(parent as u32));
            }
        }
        best.1.filter(|_| !self.must_hold || holds(best.0, area))
    }
}
