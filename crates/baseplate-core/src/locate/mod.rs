//! Point → grid, exactly.
//!
//! # How
//! A raster of blocks lies over the coverage, so few that they stay in the processor's cache. A block that no border crosses
//! knows its owner. Every other block is cut into cells, the more the more edges it has. A cell that no border crosses again
//! knows its owner (one with many short edges, as where a raster of a continent holds a city, is cut again); every other cell has a record: the faces around a reference point, and the edges of the cell. Walking from
//! the reference point to the asked one, each edge that is crossed takes the face on its near side away and puts the one on
//! its far side in. On a partition exactly one face is left at the end, whatever the order of the edges, and a running XOR of
//! face numbers and a count are all that has to be carried. So a look-up reads one block, mostly one cell, and seldom one
//! record.
//!
//! Bulk look-ups take each of these three steps for a batch of points before the next, so that the processor waits for many reads of
//! memory at a time.
//!
//! # The owner of a point
//! Among the grids that contain a point or touch it with their border, the **first in the order of their codes** owns it.
//! Inside a partition that is the one grid around the point; on a shared border or vertex, and where grids
//! overlap, it is one of several, always the same. A point that no grid contains or touches has no owner.
//!
//! Sides are decided in plain arithmetic where that is certain (`record.rs` has the proof), else by the exact predicate of the
//! `robust` crate, so the answer is that of the stored coordinates taken as real numbers. A point that lies exactly on an
//! edge, or in more than one grid, takes the slow way: the set of faces is carried instead of its XOR.

#[cfg(feature = "build")]
mod build;
mod frame;
mod parts;
mod record;
#[cfg(test)]
#[cfg(feature = "build")]
mod tests;

#[cfg(feature = "build")]
pub(crate) use build::Degenerate;
#[cfg(feature = "build")]
pub use build::locator_builder;

use crate::{
    arrays::{ArraysError, ArraysReader},
    spatial::{Bbox, LngLat},
};
use arrow_buffer::{Buffer, ScalarBuffer};
use frame::{Frame, LEVELS, MORE, Value};
use parts::parts;
use rayon::prelude::*;
use record::Record;
use std::hint::black_box;

/// First bytes of a locator file.
const MAGIC: [u8; 8] = *b"BPLOCATE";
/// Version of its layout.
const VERSION: u32 = 2;
/// Bulk look-ups go through memory in batches of this many points, as many as a byte can number.
const BATCH: usize = 256;
/// They are handed to threads in pieces of at least this many batches.
const BATCHES: usize = 16;

/// The locator of one coverage. Cheap to open: its arrays are read where they lie.
pub(crate) struct Locator {
    frame: Frame,
    /// Packed [`Value`]s, none of which is a record.
    blocks: ScalarBuffer<u32>,
    /// Packed values.
    cells: ScalarBuffer<u32>,
    /// See [`Record`].
    records: ScalarBuffer<u64>,
}

impl Locator {
    /// Opens the bytes that [`Locator::build`] wrote. Nothing is copied or parsed.
    ///
    /// # Errors
    /// When the file is of another kind or version, or its arrays do not fit one another. Values within the
    /// arrays are checked when they are read: damage there gives no owner, or another one, but never a
    /// panic.
    pub(crate) fn open(file: Buffer) -> Result<Self, ArraysError> {
        let arrays = ArraysReader::open(file, MAGIC, VERSION)?;
        let frame: ScalarBuffer<f64> = arrays.array(0)?;
        let &[west, south, blocks_per_lng, blocks_per_lat, columns, rows] = frame.as_ref() else {
            return Err(ArraysError::Damaged);
        };
        let (columns, rows) = (columns as usize, rows as usize);
        let frame = Frame { west, south, blocks_per_lng, blocks_per_lat, columns, rows };
        let locator = Self { frame, blocks: arrays.array(1)?, cells: arrays.array(2)?, records: arrays.array(3)? };
        let fits = columns.checked_mul(rows) == Some(locator.blocks.len());
        if fits { Ok(locator) } else { Err(ArraysError::Damaged) }
    }

    /// The index of the owner among the grids of the coverage, from 0, or `None` outside. A point that is
    /// not finite has no owner.
    pub(crate) fn locate(&self, p: LngLat) -> Option<u32> {
        let mut value = self.block_value(p);
        if value & MORE != 0 {
            value = self.cell_value(value, p);
        }
        if value & MORE != 0 {
            value = self.record_owner(value, p);
        }
        value.checked_sub(1)
    }

    /// The owners of many points, in their order, on all threads of the current rayon pool.
    pub(crate) fn locate_many(&self, points: &[LngLat]) -> Vec<Option<u32>> {
        let batches = points.par_chunks(BATCH).with_min_len(BATCHES).map(|batch| self.locate_batch(batch));
        let mut owners = batches.collect::<Vec<_>>().into_flattened();
        owners.truncate(points.len());
        owners
    }

    /// The owners of at most [`BATCH`] points, with `None` behind them: first all blocks are read, then the
    /// cells of those that are still open, then their records.
    fn locate_batch(&self, points: &[LngLat]) -> [Option<u32>; BATCH] {
        let (mut values, mut open) = ([0; BATCH], Open::default());
        for (i, p) in points.iter().enumerate().take(BATCH) {
            values[i] = self.block_value(*p);
            open.keep(i, values[i] & MORE != 0);
        }
        for at in 0..std::mem::take(&mut open.count) {
            let i = open.point(at);
            values[i] = self.cell_value(values[i], points[i]);
            open.keep(i, values[i] & MORE != 0);
        }
        black_box(open.points().map(|i| self.touch_record(values[i])).fold(0, |all, word| all ^ word));
        for i in open.points() {
            values[i] = self.record_owner(values[i], points[i]);
        }
        values.map(|face| face.checked_sub(1))
    }

    /// The owner of a point (0 outside), or `MORE |` the index of its cell.
    #[inline]
    fn block_value(&self, p: LngLat) -> u32 {
        let point = self.frame.raster_point(p);
        let packed = self.frame.block(point).and_then(|block| self.blocks.get(block)).copied().unwrap_or(0);
        match Value::unpack(packed) {
            Value::Face(face) => face,
            Value::Cells(cells) => MORE | cells.index_at(point, 0) as u32,
            Value::Record(_) => 0,
        }
    }

    /// The owner of a point in a cell, or `MORE |` the index of its record.
    #[inline]
    fn cell_value(&self, value: u32, p: LngLat) -> u32 {
        let packed = self.cells.get((value & !MORE) as usize).copied().unwrap_or(0);
        if matches!(Value::unpack(packed), Value::Cells(_)) { self.deep_value(p) } else { packed }
    }

    /// The same from the block down, where the cell is cut again.
    #[cold]
    fn deep_value(&self, p: LngLat) -> u32 {
        let (point, mut halved) = (self.frame.raster_point(p), 0);
        let mut packed = self.frame.block(point).and_then(|block| self.blocks.get(block)).copied().unwrap_or(0);
        for _ in 0..LEVELS {
            let Value::Cells(cells) = Value::unpack(packed) else { break };
            packed = self.cells.get(cells.index_at(point, halved)).copied().unwrap_or(0);
            halved += cells.halvings;
        }
        if matches!(Value::unpack(packed), Value::Cells(_)) { 0 } else { packed }
    }

    /// Reads a word at the begin of a record and one further on, so that both are in the cache when they are needed.
    #[inline]
    fn touch_record(&self, value: u32) -> u64 {
        let word = |at: usize| self.records.get(at).copied().unwrap_or(0);
        let at = (value & !MORE) as usize;
        word(at + 2) ^ word(at + 10)
    }

    /// The owner of a point whose value is that of a record; 0 outside, and where the record is damaged.
    fn record_owner(&self, value: u32, p: LngLat) -> u32 {
        Record::read(&self.records, (value & !MORE) as usize).map_or(0, |record| record.owner(p))
    }

    /// Whether an edge of the coverage may pass through a box or touch it. `false` is certain; a box that is none (NaN, or the
    /// east before the west) and a damaged record give `true`.
    pub(crate) fn border_in(&self, bbox: Bbox) -> bool {
        let [west, south, east, north] = bbox.0;
        let (x, y) = ((self.frame.x(west), self.frame.x(east)), (self.frame.y(south), self.frame.y(north)));
        let meets = |column, row| {
            let value = self.blocks.get(row * self.frame.columns + column);
            value.is_none_or(|value| self.border_in_part(*value, shifted(x, column), shifted(y, row), bbox, LEVELS))
        };
        let mut rows = parts(y, self.frame.rows);
        bbox.is_empty() || rows.any(|row| parts(x, self.frame.columns).any(|column| meets(column, row)))
    }

    /// The same for a block or cell, whose side is the unit of the ranges of the box and from whose corner they are counted.
    fn border_in_part(&self, value: u32, x: (f64, f64), y: (f64, f64), bbox: Bbox, levels: u32) -> bool {
        let cells = match Value::unpack(value) {
            Value::Face(_) => return false,
            Value::Record(at) => return Record::read(&self.records, at as usize).is_none_or(|r| r.touches(bbox)),
            Value::Cells(cells) => cells,
        };
        let side = cells.side();
        let (x, y) = (scaled(x, side), scaled(y, side));
        let meets = |column, row| {
            let value = self.cells.get(cells.index(column, row));
            value.is_none_or(|value| self.border_in_part(*value, shifted(x, column), shifted(y, row), bbox, levels - 1))
        };
        levels == 0 || parts(y, side).any(|row| parts(x, side).any(|column| meets(column, row)))
    }
}

/// A range counted from another part: `by` parts further on.
fn shifted((low, high): (f64, f64), by: usize) -> (f64, f64) {
    (low - by as f64, high - by as f64)
}

/// A range in cells, of which a part has `by`.
fn scaled((low, high): (f64, f64), by: usize) -> (f64, f64) {
    (low * by as f64, high * by as f64)
}

/// The points of a batch that are not settled yet. Adding one is free of branches: it is always written, and seldom counted.
struct Open {
    points: [u8; BATCH],
    count: usize,
}

impl Default for Open {
    fn default() -> Self {
        Self { points: [0; BATCH], count: 0 }
    }
}

impl Open {
    /// Adds a point, by its index in the batch, if it is still open.
    #[inline]
    fn keep(&mut self, point: usize, open: bool) {
        self.points[self.count] = point as u8;
        self.count += usize::from(open);
    }

    #[inline]
    fn point(&self, at: usize) -> usize {
        usize::from(self.points[at])
    }

    fn points(&self) -> impl Iterator<Item = usize> {
        self.points[..self.count].iter().map(|i| usize::from(*i))
    }
}
