//! What lies in each H3 cell.
//!
//! Buildings and addresses are counted at six resolutions, each in the cell that contains its point, which
//! is not always the parent of its finer cell (`spatial/cell.rs`). Rows are along a curve, so a run of them
//! lies in one cell and is added up before the map of cells is asked. Threads count pieces of the table,
//! and their maps are added.

use super::{counted::Counted, tables::Tables};
use crate::spatial::{CELL_RESOLUTIONS, CellFinder, LngLat};
use h3o::{CellIndex, Resolution};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// Points that a thread counts together.
const CHUNK: usize = 1 << 16;

/// A point at which something counts, with its cell of a finer resolution.
type CountedPoint = (LngLat, CellIndex, Counted);

/// What lies in the cells of all resolutions: each point counts in the cell that contains it.
pub(super) fn by_containing_cell(
    tables: &Tables<'_>,
    at_address: &[Counted],
    h3: &[Option<u64>],
) -> BTreeMap<CellIndex, Counted> {
    let (buildings, addresses) = (tables.buildings, tables.addresses);
    let index = |cell: Option<u64>| CellIndex::try_from(cell?).ok();
    let of_building = |row: usize| {
        let numbers = if buildings.drafts[row].demolished { Counted::default() } else { Counted::building() };
        Some((buildings.points[row], index(buildings.h3[row])?, numbers))
    };
    let of_address = |row: usize| Some((addresses.point(row as u32), index(h3[row])?, at_address[row]));
    let mut cells = count(buildings.len(), of_building);
    count(addresses.len(), of_address).into_iter().for_each(|(cell, n)| cells.entry(cell).or_default().add(n));
    cells.into_iter().collect()
}

/// Counts `rows` points, of which `point` tells one; points next to one another are expected to lie near one another.
fn count(rows: usize, point: impl Fn(usize) -> Option<CountedPoint> + Sync) -> HashMap<CellIndex, Counted> {
    let chunk = |chunk: usize| {
        let points = (chunk * CHUNK..rows.min((chunk + 1) * CHUNK)).filter_map(&point);
        let mut runs = CELL_RESOLUTIONS.map(Run::new);
        points.for_each(|point| runs.iter_mut().for_each(|run| run.take(point)));
        runs.into_iter().map(Run::finish).fold(HashMap::new(), merge)
    };
    (0..rows.div_ceil(CHUNK)).into_par_iter().map(chunk).reduce(HashMap::new, merge)
}

/// The sums of two maps.
fn merge(mut cells: HashMap<CellIndex, Counted>, more: HashMap<CellIndex, Counted>) -> HashMap<CellIndex, Counted> {
    more.into_iter().for_each(|(cell, numbers)| cells.entry(cell).or_default().add(numbers));
    cells
}

/// The count of one resolution, with the cell that is being counted in.
struct Run {
    /// Finds the cells of the resolution.
    finder: CellFinder,
    /// The cell of the last point, and what lies in it since the run began.
    open: Option<(CellIndex, Counted)>,
    /// What lies in the cells of former runs.
    cells: HashMap<CellIndex, Counted>,
}

impl Run {
    fn new(resolution: Resolution) -> Self {
        Self { finder: CellFinder::new(resolution), open: None, cells: HashMap::new() }
    }

    /// Counts a point, given with its cell of a finer resolution.
    fn take(&mut self, (point, finer, numbers): CountedPoint) {
        let Some(cell) = self.finder.cell(point, finer) else { return };
        match &mut self.open {
            Some((open, sum)) if *open == cell => sum.add(numbers),
            open => {
                let before = open.replace((cell, numbers));
                self.close(before);
            }
        }
    }

    /// Adds a run to its cell.
    fn close(&mut self, run: Option<(CellIndex, Counted)>) {
        run.into_iter().for_each(|(cell, numbers)| self.cells.entry(cell).or_default().add(numbers));
    }

    /// Ends the last run.
    fn finish(mut self) -> HashMap<CellIndex, Counted> {
        let open = self.open.take();
        self.close(open);
        self.cells
    }
}
