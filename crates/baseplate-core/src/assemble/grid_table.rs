//! The grids of a plate as a table: the kinds, and within a kind the levels, one after the other.
//!
//! The order is that in which owners are decided: within a level by code. A row moves when a grid comes or
//! goes, so whatever outlives a generation names grids by their numbers (`numbers.rs`). All vectors are by
//! row.

use crate::{
    model::{GridKind, How, Level},
    source::GridSource,
    spatial::{Bbox, LngLat},
};
use geo::MultiPolygon;
use std::ops::Range;

/// What a grid is known by in the hierarchy as sources name it: kind, level and code.
pub(super) type GridKey = (GridKind, Level, String);

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
    /// Its kind.
    pub(super) kind: GridKind,
    /// Its level.
    pub(super) level: Level,
    /// Its code.
    pub(super) code: String,
    /// Its name; the code where the source has none.
    pub(super) name: String,
    /// What its source says about the level above.
    pub(super) parent: Parent,
    /// The number of its source in the log and the row in it, for messages; `None` for dissolved levels.
    pub(super) origin: Option<(usize, u64)>,
}

/// The sources of grids of a spec.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    /// The sources in the order of the spec.
    pub(super) all: &'a [GridSource],
    /// The number of the first of them in the log; the others follow.
    pub(super) first: usize,
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
    /// What was read or dissolved.
    pub(super) drafts: Vec<GridDraft>,
    /// The areas, valid and oriented, in degrees.
    pub(super) areas: Vec<MultiPolygon<f64>>,
    /// The boxes of the areas.
    pub(super) boxes: Vec<Bbox>,
    /// A point inside each area, where its label stands.
    pub(super) points: Vec<Option<LngLat>>,
    /// How large each is on the ellipsoid, square metres.
    pub(super) area_m2: Vec<f64>,
    /// A number that each keeps from generation to generation, from 1.
    pub(super) numbers: Vec<u32>,
    /// The highest number that was ever given.
    pub(super) last_number: u32,
    /// The row of the grid above each, and how it was found.
    pub(super) parents: Vec<Option<(u32, How)>>,
}

impl GridDraft {
    /// The levels above that the source names, from the lowest up; empty if it names none.
    pub(super) fn ancestors(&self) -> &[(Level, String)] {
        match &self.parent {
            Parent::Ancestors(above) => above,
            _ => &[],
        }
    }

    /// The code of the ancestor on a level.
    pub(super) fn ancestor(&self, level: Level) -> Option<&str> {
        self.ancestors().iter().find(|(l, _)| *l == level).map(|(_, code)| code.as_str())
    }

    /// The ancestors above a level.
    pub(super) fn above(&self, level: Level) -> Vec<(Level, String)> {
        self.ancestors().iter().filter(|(l, _)| *l > level).cloned().collect()
    }
}

impl GridTable {
    /// How many grids there are.
    pub(super) fn len(&self) -> usize {
        self.drafts.len()
    }

    /// The rows of one kind and level; an empty range if there are none.
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
