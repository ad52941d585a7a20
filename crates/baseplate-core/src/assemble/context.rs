//! What the stages of a build share.

use super::{coverage::CoverageDraft, error::BuildError, grid_table::GridTable, progress::OnProgress};
use crate::{
    code::{CodeType, PersonKey},
    source::Spec,
    spatial::{Bbox, LngLat},
};
use std::{fs, path::Path};

/// What every stage after the grids needs.
pub(super) struct Context<'a> {
    /// The spec.
    pub(super) spec: &'a Spec,
    /// The directory of the draft.
    pub(super) dir: &'a Path,
    /// About where the plate is, if the shift of a datum depends on it.
    pub(super) area: Option<Bbox>,
    /// The table of grids.
    pub(super) grids: &'a GridTable,
    /// The coverages, that of `basic` first.
    pub(super) coverages: &'a [CoverageDraft],
    /// The city's own types of codes.
    pub(super) code_types: Vec<CodeType>,
    /// The key under which ids become tokens.
    pub(super) key: Option<&'a PersonKey>,
    /// The key of the releases so far, if it is changed.
    pub(super) former_key: Option<&'a PersonKey>,
    /// Who is told how far the build is.
    pub(super) on_progress: OnProgress<'a>,
}

impl Context<'_> {
    /// The rows of the grids that own a point, one for each coverage.
    pub(super) fn grids_at(&self, point: LngLat) -> Vec<Option<u32>> {
        self.coverages.iter().map(|c| c.locator.locate(point).map(|index| c.info.first_row + index)).collect()
    }

    /// The rows above a grid that are of its kind.
    pub(super) fn above(&self, row: u32) -> impl Iterator<Item = u32> {
        let next = |row: &u32| self.grids.parents[*row as usize].map(|(parent, _)| parent);
        let kind = &self.grids.drafts[row as usize].kind;
        std::iter::successors(next(&row), next).filter(move |row| self.grids.drafts[*row as usize].kind == *kind)
    }

    /// For the grids of the first coverage and the levels above it, which come first in the table and from the ground up, the row
    /// of the one above.
    pub(super) fn first_kind_parents(&self) -> Vec<Option<u32>> {
        let first = self.coverages.first().map(|c| &c.info.kind);
        let rows = self.grids.drafts.iter().take_while(|d| Some(&d.kind) == first).count();
        (0..rows as u32).map(|row| self.above(row).next()).collect()
    }

    /// Writes a file of the generation, named from its directory on.
    pub(super) fn write_file(&self, file: &str, bytes: &[u8]) -> Result<(), BuildError> {
        let path: &Path = &self.dir.join(file);
        fs::write(path, bytes).map_err(BuildError::write(path))
    }
}
