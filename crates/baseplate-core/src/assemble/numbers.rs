//! The numbers of grids, which they keep from generation to generation.
//!
//! A number is given to a kind, level and code for good. It is taken from the table of grids of the
//! generation before; a new grid gets the next number that none has ever had, so that a number that is free
//! again is never given to another grid. They begin at 1; 0 is a city that is no grid.

use super::grid_table::GridDraft;
use crate::{
    model::{GridKind, Level},
    schema::{self, tables::Grids},
    store::{Manifest, files::Files},
};
use std::{collections::HashMap, path::Path};

/// The grids of a generation with their numbers.
#[derive(Default)]
pub(super) struct Numbered {
    /// The number of each grid by kind, level and code.
    by_key: HashMap<(GridKind, Level, String), u32>,
    /// The highest number that was ever given to a grid.
    last: u32,
}

impl Numbered {
    /// The numbers of a generation; none if its table cannot be read, so that all grids get new ones.
    pub(super) fn of(dir: &Path, manifest: &Manifest) -> Self {
        let files = Files { dir, manifest, listed: &manifest.files };
        let Ok(grids) = schema::open::<Grids>(&files, &[]) else { return Self::default() };
        let numbered = |row: u32| {
            let key = (grids.kind.get(row)?.parse().ok()?, grids.level.get(row)?.parse().ok()?);
            Some(((key.0, key.1, grids.code.get(row)?.to_owned()), grids.number.get(row)?))
        };
        Self { by_key: (0..grids.rows as u32).filter_map(numbered).collect(), last: manifest.last_grid_number }
    }
}

/// The numbers of grids, in their order, and the highest number that was ever given.
pub(super) fn numbers(drafts: &[GridDraft], former: &Numbered) -> (Vec<u32>, u32) {
    let mut last = former.by_key.values().copied().max().unwrap_or(0).max(former.last);
    let number = |draft: &GridDraft| {
        let known = former.by_key.get(&(draft.kind.clone(), draft.level, draft.code.clone()));
        known.copied().unwrap_or_else(|| {
            last += 1;
            last
        })
    };
    let numbers = drafts.iter().map(number).collect();
    (numbers, last)
}
