//! Making a locator: which edges cross which block and cell, and the faces around a reference point in
//! each.
//!
//! The raster is laid over the box of all edges with a margin, so that the blocks at its rim are empty and
//! a walk along a row starts outside of everything. Each row of blocks is built by itself, on all threads:
//! from block to block the set of faces around a reference point is carried over the edges between the two
//! points, which cross the union of the two blocks. A block with edges is cut into cells, which are walked
//! in the same way, there and back; a cell with many short edges is cut again, up to [`LEVELS`] times in
//! all.
//!
//! The time is that of assigning edges to parts and of the exact predicate for every edge of two
//! neighbouring parts; memory is that of the file and the assignments. The file has four arrays,
//! little-endian:
//!
//! | array | items |
//! |---|---|
//! | 0 | `f64`: west, south, blocks to a degree of longitude, to one of latitude, columns, rows |
//! | 1 | `u32` by block, row by row from the south-west: a packed `Value` |
//! | 2 | `u32` by cell: a packed `Value` |
//! | 3 | `u64`: the words of all records, see `record.rs` |
//!
//! Faces are the grids of the coverage, counted from 1; 0 is outside.

use super::{
    Locator, MAGIC, VERSION,
    frame::{Frame, LEVELS, Subdivision, Value},
    parts::{Crossing, Parts},
    record::{Meeting, Record, Walk, cross, exact},
};
use crate::{
    arrays::ArraysWriter,
    coverage::{Edge, shared_edges},
    spatial::{Bbox, LngLat, Metric},
};
use geo_types::MultiPolygon;
use rayon::prelude::*;
use robust::orient2d;

/// No block is smaller than this, metres.
const SMALLEST_BLOCK_M: f64 = 1e-3;
/// Edges for each block: few enough that most blocks hold none, so many that the blocks stay in the cache.
const EDGES_PER_BLOCK: usize = 8;
/// Bounds on the number of blocks: at least a small raster, at most one that stays in the cache.
const BLOCKS: std::ops::RangeInclusive<usize> = 64..=1 << 20;
/// Blocks are at least this long, in mean lengths of an edge, so that long edges do not cross too many of
/// them.
const EDGES_PER_SIDE: f64 = 0.5;
/// Cells of a block for each of its edges.
const CELLS_PER_EDGE: f64 = 8.0;
/// About the most cells of a coverage: a quarter of what packed values can tell apart, for rounding.
const CELLS: f64 = (1_u64 << 26) as f64;
/// An edge crosses no more cells of a block than this, on average.
const CROSSED_PER_EDGE: f64 = 2.0;
/// A cell with more edges than this, which on average are shorter than an eighth of its side, is cut again.
const MANY_EDGES: usize = 32;

/// Why there can be no locator of a coverage.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum Degenerate {
    /// Borders lie too close together.
    #[error("no reference point off the borders was found near {}, {}", near.lng, near.lat)]
    NoReference {
        /// About where.
        near: LngLat,
    },
    /// The records would be larger than 8 GiB; such a coverage must be cut into several.
    #[error("the coverage has too many edges for one locator")]
    TooLarge,
}

impl Locator {
    /// The bytes of a locator over the edges of a coverage, in degrees. Without edges it is one that owns
    /// nothing.
    ///
    /// # Errors
    /// [`Degenerate`] if borders lie so close together that no reference point is off them, or if there are
    /// more edges than packed values can tell apart.
    pub(crate) fn build(edges: &[Edge]) -> Result<Vec<u8>, Degenerate> {
        let frame = Frame::over(edges);
        let blocks = Parts::blocks(&frame);
        let crossing = Crossing::assign(&blocks, edges, 0..edges.len() as u32);
        let row = |row| RowBuilder { edges, crossing: &crossing, blocks: &blocks, row }.build();
        let rows: Vec<Built> = (0..frame.rows).into_par_iter().map(row).collect::<Result<_, _>>()?;
        let mut all = Built::default();
        rows.into_iter().try_for_each(|row| all.append(row))?;
        let Frame { west, south, blocks_per_lng, blocks_per_lat, columns, rows } = frame;
        let mut file = ArraysWriter::new(MAGIC, VERSION);
        file.push(&[west, south, blocks_per_lng, blocks_per_lat, columns as f64, rows as f64]);
        file.push(&all.blocks);
        file.push(&all.cells);
        file.push(&all.records);
        Ok(file.finish())
    }
}

/// Builds the locator of valid, oriented areas as often as it is called, and says how many bytes it has: for the benchmarks.
pub fn locator_builder(areas: &[MultiPolygon<f64>]) -> impl Fn() -> Option<usize> + use<> {
    let edges = shared_edges(areas);
    move || Locator::build(&edges).ok().map(|file| file.len())
}

impl Frame {
    /// About square blocks over the box of the edges, with an empty block on every side. Their number
    /// follows that of the edges, within bounds.
    fn over(edges: &[Edge]) -> Self {
        let whole = edges.iter().fold(Bbox::EMPTY, |all, e| all.extend(e.a.into()).extend(e.b.into()));
        let Bbox([west, south, east, north]) = if whole.is_empty() { Bbox([0.0; 4]) } else { whole };
        let metric = Metric::at((south + north) / 2.0);
        let (lng_m, lat_m) = (metric.lng_m.max(1.0), metric.lat_m);
        let (width_m, height_m) = ((east - west) * lng_m, (north - south) * lat_m);
        let wanted = (edges.len() / EDGES_PER_BLOCK).clamp(*BLOCKS.start(), *BLOCKS.end()) as f64;
        let length_m: f64 = edges.iter().map(|e| (e.b.x - e.a.x).abs() * lng_m + (e.b.y - e.a.y).abs() * lat_m).sum();
        let side_m = (width_m * height_m / wanted)
            .sqrt()
            .max((width_m + height_m) / wanted)
            .max(EDGES_PER_SIDE * length_m / edges.len().max(1) as f64)
            .max(SMALLEST_BLOCK_M);
        let (width, height) = (side_m / lng_m, side_m / lat_m);
        let count = |length_m: f64| (length_m / side_m).ceil() as usize + 3;
        Self {
            west: west - 1.25 * width,
            south: south - 1.25 * height,
            blocks_per_lng: 1.0 / width,
            blocks_per_lat: 1.0 / height,
            columns: count(width_m),
            rows: count(height_m),
        }
    }
}

/// A walk from reference point to reference point, and the faces around the last one, in no order.
#[derive(Clone, Default)]
struct Survey {
    at: Option<LngLat>,
    around: Vec<u32>,
}

impl Survey {
    /// Goes to a reference point of a part, one that is in no line with an edge of it; `between` are the
    /// numbers of the edges on the way there. At the first point nothing is around, so it must lie outside
    /// of everything.
    ///
    /// # Errors
    /// [`Degenerate::NoReference`] if every point that was tried is in line with an edge.
    fn go(&mut self, parts: &Parts<'_>, part: usize, edges: &Edges<'_>, between: &[u32]) -> Result<LngLat, Degenerate> {
        let mut to = parts.candidates(part).next().unwrap_or(LngLat::new(0.0, 0.0));
        if !edges.crossing.of(part).is_empty() {
            let free = |p: &LngLat| edges.of(part).all(|e| orient2d(exact(e.a), exact(e.b), exact(p.coord())) != 0.0);
            to = parts.candidates(part).find(free).ok_or(Degenerate::NoReference { near: to })?;
        }
        if let Some(from) = self.at {
            let walk = Walk { from: from.coord(), to: to.coord() };
            for edge in between.iter().map(|e| &edges.all[*e as usize]) {
                if matches!(walk.meets(edge), Meeting::Crosses) {
                    cross(&mut self.around, edge);
                }
            }
        }
        self.at = Some(to);
        Ok(to)
    }

    /// The value of a part that no edge crosses: the lowest face around it, 0 outside. Faces are in the
    /// order of codes, so this is the first owner.
    fn first_face(&self) -> u32 {
        self.around.iter().copied().min().unwrap_or(0)
    }
}

/// All edges, and which of them cross which part.
struct Edges<'a> {
    all: &'a [Edge],
    crossing: &'a Crossing,
}

impl Edges<'_> {
    fn of(&self, part: usize) -> impl ExactSizeIterator<Item = Edge> {
        self.crossing.of(part).iter().map(|e| self.all[*e as usize])
    }

    /// The edges of two parts, each once.
    fn of_both(&self, part: usize, other: usize, both: &mut Vec<u32>) {
        both.clear();
        both.extend_from_slice(self.crossing.of(part));
        both.extend_from_slice(self.crossing.of(other));
        both.sort_unstable();
        both.dedup();
    }
}

/// What has been built: packed values of blocks and cells, and the words of records. Indices count from the
/// beginning of each list.
#[derive(Default)]
struct Built {
    blocks: Vec<u32>,
    cells: Vec<u32>,
    records: Vec<u64>,
}

impl Built {
    /// Puts what was built of the next row behind this, its indices moved accordingly.
    fn append(&mut self, other: Self) -> Result<(), Degenerate> {
        let (first, offset) = (self.cells.len(), u32::try_from(self.records.len()).map_err(|_| Degenerate::TooLarge)?);
        let moved = |value: &u32| match Value::unpack(*value) {
            Value::Face(face) => pack(Value::Face(face)),
            Value::Record(at) => pack(Value::Record(at.saturating_add(offset))),
            Value::Cells(cells) => pack(Value::Cells(Subdivision { first: cells.first + first, ..cells })),
        };
        for (values, more) in [(&mut self.blocks, &other.blocks), (&mut self.cells, &other.cells)] {
            values.reserve(more.len());
            for value in more {
                values.push(moved(value)?);
            }
        }
        self.records.extend(other.records);
        Ok(())
    }
}

fn pack(value: Value) -> Result<u32, Degenerate> {
    value.pack().ok_or(Degenerate::TooLarge)
}

/// Builds one row of blocks.
struct RowBuilder<'a> {
    edges: &'a [Edge],
    crossing: &'a Crossing,
    blocks: &'a Parts<'a>,
    row: usize,
}

impl RowBuilder<'_> {
    /// Goes along the row from block to block, starting outside, and gives the row's values with indices of
    /// its own.
    fn build(&self) -> Result<Built, Degenerate> {
        let (mut built, mut survey, mut between) = (Built::default(), Survey::default(), Vec::new());
        let edges = Edges { all: self.edges, crossing: self.crossing };
        for column in 0..self.blocks.columns {
            let block = self.row * self.blocks.columns + column;
            edges.of_both(block.saturating_sub(usize::from(column > 0)), block, &mut between);
            survey.go(self.blocks, block, &edges, &between)?;
            let crossed = self.crossing.of(block);
            let value = if crossed.is_empty() {
                Value::Face(survey.first_face())
            } else {
                self.cut((self.blocks, block), crossed, survey.clone(), LEVELS - 1, &mut built)?
            };
            built.blocks.push(pack(value)?);
        }
        Ok(built)
    }

    /// Cuts a part into cells and goes through them row by row, there and back. They can be cut `levels` times again.
    fn cut(
        &self,
        (parts, part): (&Parts<'_>, usize),
        crossed: &[u32],
        mut survey: Survey,
        levels: u32,
        built: &mut Built,
    ) -> Result<Value, Degenerate> {
        let cells = Subdivision { first: built.cells.len(), halvings: self.halvings(parts, crossed) };
        let side = cells.side();
        let parts = parts.cells(part, side);
        let crossing = Crossing::assign(&parts, self.edges, crossed.iter().copied());
        let edges = Edges { all: self.edges, crossing: &crossing };
        let (mut last, mut between) = (None, crossed.to_vec());
        built.cells.resize(cells.first + side * side, 0);
        for step in 0..side * side {
            let (row, along) = (step / side, step % side);
            let cell = row * side + if row % 2 == 0 { along } else { side - 1 - along };
            if let Some(last) = last {
                edges.of_both(last, cell, &mut between);
            }
            let reference = survey.go(&parts, cell, &edges, &between)?;
            let crossed = crossing.of(cell);
            let value = if crossed.is_empty() {
                Value::Face(survey.first_face())
            } else if levels > 0 && self.pays_again(&parts, crossed) {
                self.cut((&parts, cell), crossed, survey.clone(), levels - 1, built)?
            } else {
                built.record(reference, &mut survey.around, edges.of(cell))?
            };
            built.cells[cells.first + cell] = pack(value)?;
            last = Some(cell);
        }
        Ok(Value::Cells(cells))
    }

    /// The length of some edges within parts, in sides of a part; see [`Parts::length_within`].
    fn length(&self, parts: &Parts<'_>, crossed: &[u32]) -> f64 {
        crossed.iter().map(|e| parts.length_within(&self.edges[*e as usize])).sum()
    }

    /// How often a part is halved: for about eight cells to an edge, but so that an edge crosses two of
    /// them on average.
    fn halvings(&self, parts: &Parts<'_>, crossed: &[u32]) -> u32 {
        let (count, length) = (crossed.len() as f64, self.length(parts, crossed));
        let cells_per_edge = CELLS_PER_EDGE.min(CELLS / self.crossing.edges.len() as f64);
        let side = (cells_per_edge * count).sqrt().min(CROSSED_PER_EDGE * count / length);
        (side.log2().round() as u32).min(parts.most_halvings()).max(1)
    }

    /// Whether a cell is cut again: it has many edges, and these are so short that cells of it would have
    /// few.
    fn pays_again(&self, parts: &Parts<'_>, crossed: &[u32]) -> bool {
        crossed.len() > MANY_EDGES
            && self.length(parts, crossed) < crossed.len() as f64 / 8.0
            && parts.most_halvings() > 0
    }
}

impl Built {
    /// Writes the record of a cell and gives its value. The faces are sorted, so that files do not depend
    /// on the walk.
    fn record(
        &mut self,
        reference: LngLat,
        around: &mut [u32],
        edges: impl ExactSizeIterator<Item = Edge>,
    ) -> Result<Value, Degenerate> {
        let index = u32::try_from(self.records.len()).map_err(|_| Degenerate::TooLarge)?;
        around.sort_unstable();
        Record::write(&mut self.records, reference, around, edges);
        Ok(Value::Record(index))
    }
}
