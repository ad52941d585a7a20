//! What lies in each H3 cell.
//!
//! Buildings and addresses are counted at six resolutions, each in the cell that contains its point, which
//! is not always the parent of its finer cell (`spatial/cell.rs`). Rows are along a curve, so a run of them
//! lies in one cell and is added up before the map of cells is asked. Threads count pieces of the table,
//! and their maps are added.

use super::{backbone::Backbone, counted::Counted, record_table::RecordTable, tables::Tables};
use crate::spatial::{CELL_RESOLUTIONS, CellFinder, LngLat, h3_cell};
use h3o::{CellIndex, Resolution};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, HashMap},
    ops::AddAssign,
};

/// What is added up.
trait Number: Copy + Default + AddAssign + Send {}

impl<N: Copy + Default + AddAssign + Send> Number for N {}

/// Points that a thread counts together.
const CHUNK: usize = 1 << 16;

/// A point at which something counts, with its cell of a finer resolution.
type CountedPoint<N> = (LngLat, CellIndex, N);

/// What lies in the cells of all resolutions: each point counts in the cell that contains it.
pub(super) fn by_containing_cell(tables: &Tables<'_>, h3: &[Option<u64>]) -> BTreeMap<CellIndex, Counted> {
    let (buildings, addresses) = (tables.buildings, tables.addresses);
    let of_building = |row: usize| {
        let numbers = if buildings.drafts[row].demolished { Counted::default() } else { Counted::building() };
        Some((buildings.points[row], index(buildings.h3[row])?, numbers))
    };
    let of_address = |row: usize| Some((addresses.point(row as u32), index(h3[row])?, Counted::address()));
    let mut cells = count(buildings.len(), of_building);
    count(addresses.len(), of_address).into_iter().for_each(|(cell, n)| *cells.entry(cell).or_default() += n);
    cells.into_iter().collect()
}

/// How many records of a layer count in the cells of all resolutions.
pub(super) fn records_by_cell(records: &RecordTable, backbone: &dyn Backbone) -> HashMap<CellIndex, u32> {
    let place = |row: usize| {
        let position = Some(records.order[row]).filter(|position| records.counts(*position))?;
        let place = match (records.address(position), records.building(position)) {
            (Some(address), _) => backbone.address_place(address),
            (None, Some(building)) => backbone.building_place(building),
            (None, None) => records.point(position).and_then(|point| Some((point, h3_cell(point)?))),
        };
        let (point, cell) = place?;
        Some((point, index(Some(cell))?, 1))
    };
    count(records.ends[2] as usize, place)
}

fn index(cell: Option<u64>) -> Option<CellIndex> {
    CellIndex::try_from(cell?).ok()
}

/// Counts `rows` points, of which `point` tells one; points next to one another are expected to lie near one another.
fn count<N: Number>(rows: usize, point: impl Fn(usize) -> Option<CountedPoint<N>> + Sync) -> HashMap<CellIndex, N> {
    let chunk = |chunk: usize| {
        let points = (chunk * CHUNK..rows.min((chunk + 1) * CHUNK)).filter_map(&point);
        let mut runs = CELL_RESOLUTIONS.map(Run::new);
        points.for_each(|point| runs.iter_mut().for_each(|run| run.take(point)));
        runs.into_iter().map(Run::finish).fold(HashMap::new(), merge)
    };
    (0..rows.div_ceil(CHUNK)).into_par_iter().map(chunk).reduce(HashMap::new, merge)
}

/// The sums of two maps.
fn merge<N: Number>(mut cells: HashMap<CellIndex, N>, more: HashMap<CellIndex, N>) -> HashMap<CellIndex, N> {
    more.into_iter().for_each(|(cell, numbers)| *cells.entry(cell).or_default() += numbers);
    cells
}

/// The count of one resolution, with the cell that is being counted in.
struct Run<N> {
    /// Finds the cells of the resolution.
    finder: CellFinder,
    /// The cell of the last point, and what lies in it since the run began.
    open: Option<(CellIndex, N)>,
    /// What lies in the cells of former runs.
    cells: HashMap<CellIndex, N>,
}

impl<N: Number> Run<N> {
    fn new(resolution: Resolution) -> Self {
        Self { finder: CellFinder::new(resolution), open: None, cells: HashMap::new() }
    }

    /// Counts a point, given with its cell of a finer resolution.
    fn take(&mut self, (point, finer, numbers): CountedPoint<N>) {
        let Some(cell) = self.finder.cell(point, finer) else { return };
        match &mut self.open {
            Some((open, sum)) if *open == cell => *sum += numbers,
            open => {
                let before = open.replace((cell, numbers));
                self.close(before);
            }
        }
    }

    /// Adds a run to its cell.
    fn close(&mut self, run: Option<(CellIndex, N)>) {
        run.into_iter().for_each(|(cell, numbers)| *self.cells.entry(cell).or_default() += numbers);
    }

    /// Ends the last run.
    fn finish(mut self) -> HashMap<CellIndex, N> {
        let open = self.open.take();
        self.close(open);
        self.cells
    }
}
