//! Making a locator: which edges cross which block and cell, and the faces around a reference point in each.

use super::{
    Locator, MAGIC, VERSION,
    frame::{Cells, Frame, MAX_HALVINGS, MORE},
    parts,
    record::{Meeting, Record, Walk, cross, exact},
};
use crate::{
    arrays::ArraysWriter,
    coverage::Edge,
    spatial::{Bbox, LngLat, Metric},
};
use geo::Coord;
use rayon::prelude::*;
use robust::orient2d;

/// Edges for each block: few enough that most blocks hold none, so many that the blocks stay in the cache.
const EDGES_PER_BLOCK: usize = 8;
/// Bounds on the number of blocks.
const BLOCKS: std::ops::RangeInclusive<usize> = 64..=1 << 20;
/// Blocks are at least this long, in mean lengths of an edge, so that long edges do not cross too many.
const EDGES_PER_SIDE: f64 = 0.5;
/// Cells of a block for each of its edges.
const CELLS_PER_EDGE: f64 = 8.0;
/// Bound on the number of all cells, half of it for rounding: what a block value can tell apart.
const CELLS: f64 = (1_u64 << 28) as f64;
/// An edge crosses no more cells of a block than this, on average.
const CROSSED_PER_EDGE: f64 = 2.0;
/// No cell is smaller than this, metres: far above the last digit of a coordinate.
const SMALLEST_CELL_M: f64 = 1e-3;
/// Blocks and cells are taken this much larger (in their sizes) when edges are assigned, so that rounding loses none.
const OVERSIZE: f64 = 1e-6;
/// Places tried for a reference point. Each fails only if it is in one line with an edge around.
const REFERENCE_TRIES: u32 = 1_000;
/// Multiples of these, taken without their whole part, are spread evenly over a square.
const SPREAD: (f64, f64) = (0.754_877_666_246_692_8, 0.569_840_290_998_053_3);

/// Why there can be no locator of a coverage.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum Degenerate {
    /// Borders lie too close together.
    #[error("no reference point off the borders was found near {}, {}", near.lng, near.lat)]
    NoReference {
        /// About where.
        near: LngLat,
    },
    /// The records would be larger than 16 GiB; such a coverage must be cut into several.
    #[error("the coverage has too many edges for one locator")]
    TooLarge,
}

impl Locator {
    /// The bytes of a locator over a coverage's edges.
    pub(crate) fn build(edges: &[Edge]) -> Result<Vec<u8>, Degenerate> {
        let frame = Frame::over(edges);
        let blocks = Parts::blocks(&frame);
        let crossing = Crossing::assign(&blocks, edges, 0..edges.len() as u32);
        let row = |row| RowBuilder { frame: &frame, edges, crossing: &crossing, blocks: &blocks, row }.build();
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

impl Frame {
    /// About square blocks over the edges' box, with an empty block on every side.
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
            .max(2.0 * SMALLEST_CELL_M);
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

    fn most_halvings(&self) -> u32 {
        let side_m = Metric::at(self.south).lat_m / self.blocks_per_lat;
        ((side_m / SMALLEST_CELL_M).log2() as u32).clamp(1, MAX_HALVINGS)
    }
}

/// A rectangle of blocks, or the cells of one block.
#[derive(Debug, Clone, Copy)]
struct Parts<'a> {
    frame: &'a Frame,
    /// The south-west corner, in blocks.
    x: f64,
    y: f64,
    /// Parts to a block in either direction, a power of two.
    scale: f64,
    columns: usize,
    rows: usize,
}

impl<'a> Parts<'a> {
    fn blocks(frame: &'a Frame) -> Self {
        Self { frame, x: 0.0, y: 0.0, scale: 1.0, columns: frame.columns, rows: frame.rows }
    }

    fn cells(frame: &'a Frame, column: usize, row: usize, side: usize) -> Self {
        Self { frame, x: column as f64, y: row as f64, scale: side as f64, columns: side, rows: side }
    }

    /// Parts east and north of the corner.
    fn place(&self, c: Coord<f64>) -> (f64, f64) {
        ((self.frame.x(c.x) - self.x) * self.scale, (self.frame.y(c.y) - self.y) * self.scale)
    }

    /// The points of a part that are tried as its reference point, its middle first.
    fn candidates(self, part: usize) -> impl Iterator<Item = LngLat> {
        let (column, row) = (part % self.columns, part / self.columns);
        let tried = move |k: u32| {
            let within = |step: f64| 0.2 + 0.6 * (0.5 + f64::from(k) * step).fract();
            let x = self.x + (column as f64 + within(SPREAD.0)) / self.scale;
            let y = self.y + (row as f64 + within(SPREAD.1)) / self.scale;
            LngLat::new(
                self.frame.west + x / self.frame.blocks_per_lng,
                self.frame.south + y / self.frame.blocks_per_lat,
            )
        };
        (0..REFERENCE_TRIES).map(tried)
    }

    /// The parts that an edge may cross: in each row those below the piece of the edge within the row.
    fn for_each_crossed(&self, edge: &Edge, mut each: impl FnMut(usize)) {
        let ((ax, ay), (bx, by)) = (self.place(edge.a), self.place(edge.b));
        let (low, high) = (ay.min(by), ay.max(by));
        for row in larger_parts(low, high, self.rows) {
            let at = |level: f64| if high > low { ax + (bx - ax) * ((level - ay) / (by - ay)) } else { ax };
            let (bottom, top) = (row as f64 - OVERSIZE, row as f64 + 1.0 + OVERSIZE);
            let (p, q) = if high > low { (at(bottom.max(low)), at(top.min(high))) } else { (ax, bx) };
            let columns = larger_parts(p.min(q), p.max(q), self.columns);
            columns.for_each(|column| each(row * self.columns + column));
        }
    }
}

fn larger_parts(low: f64, high: f64, count: usize) -> std::ops::Range<usize> {
    parts((low - OVERSIZE, high + OVERSIZE), count)
}

/// Which edges cross which part: `edges[starts[part]..starts[part + 1]]`, in ascending order.
struct Crossing {
    starts: Vec<u32>,
    edges: Vec<u32>,
}

impl Crossing {
    fn assign(parts: &Parts<'_>, edges: &[Edge], which: impl Iterator<Item = u32> + Clone) -> Self {
        let mut starts = vec![0_u32; parts.columns * parts.rows + 1];
        for index in which.clone() {
            parts.for_each_crossed(&edges[index as usize], |part| starts[part + 1] += 1);
        }
        for part in 1..starts.len() {
            starts[part] += starts[part - 1];
        }
        let mut next = starts.clone();
        let mut assigned = vec![0; starts.last().map_or(0, |n| *n as usize)];
        for index in which {
            parts.for_each_crossed(&edges[index as usize], |part| {
                assigned[next[part] as usize] = index;
                next[part] += 1;
            });
        }
        Self { starts, edges: assigned }
    }

    fn of(&self, part: usize) -> &[u32] {
        &self.edges[self.starts[part] as usize..self.starts[part + 1] as usize]
    }
}

/// A walk from reference point to reference point, and the faces around the last one.
#[derive(Clone, Default)]
struct Survey {
    at: Option<LngLat>,
    around: Vec<u32>,
}

impl Survey {
    /// Goes to a reference point of a part; `between` are the edges on the way there. The first point has nothing around.
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

    /// The value of a part that no edge crosses.
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

/// Values of blocks and cells, and records. Places count from the begin of each list.
#[derive(Default)]
struct Built {
    blocks: Vec<u32>,
    cells: Vec<u32>,
    records: Vec<u64>,
}

impl Built {
    fn append(&mut self, other: Self) -> Result<(), Degenerate> {
        let (first, place) = (self.cells.len(), self.next_record()?);
        let moved = |cells: Cells| Cells { first: cells.first + first, ..cells }.value();
        self.blocks.extend(other.blocks.iter().map(|value| Cells::of(*value).map_or(*value, moved)));
        self.cells.extend(other.cells.iter().map(|value| if value & MORE == 0 { *value } else { value + place }));
        self.records.extend(other.records);
        self.next_record().map(drop)
    }

    /// The place of the next record, which must leave the highest bit free.
    fn next_record(&self) -> Result<u32, Degenerate> {
        u32::try_from(self.records.len()).ok().filter(|at| at & MORE == 0).ok_or(Degenerate::TooLarge)
    }
}

struct RowBuilder<'a> {
    frame: &'a Frame,
    edges: &'a [Edge],
    crossing: &'a Crossing,
    blocks: &'a Parts<'a>,
    row: usize,
}

impl RowBuilder<'_> {
    /// Goes along the row from block to block, starting outside.
    fn build(&self) -> Result<Built, Degenerate> {
        let (mut built, mut survey, mut between) = (Built::default(), Survey::default(), Vec::new());
        let edges = Edges { all: self.edges, crossing: self.crossing };
        for column in 0..self.frame.columns {
            let block = self.row * self.frame.columns + column;
            edges.of_both(block.saturating_sub(usize::from(column > 0)), block, &mut between);
            survey.go(self.blocks, block, &edges, &between)?;
            let crossed = self.crossing.of(block);
            if crossed.is_empty() {
                built.blocks.push(survey.first_face());
            } else {
                self.cut(column, crossed, survey.clone(), &mut built)?;
            }
        }
        Ok(built)
    }

    /// Cuts a block into cells and goes through them row by row, there and back.
    fn cut(&self, column: usize, crossed: &[u32], mut survey: Survey, built: &mut Built) -> Result<(), Degenerate> {
        let cells = Cells { first: built.cells.len(), halvings: self.halvings(crossed) };
        let side = cells.side();
        let parts = Parts::cells(self.frame, column, self.row, side);
        let crossing = Crossing::assign(&parts, self.edges, crossed.iter().copied());
        let edges = Edges { all: self.edges, crossing: &crossing };
        let (mut last, mut between) = (None, crossed.to_vec());
        built.blocks.push(cells.value());
        built.cells.resize(cells.first + side * side, 0);
        for step in 0..side * side {
            let (row, along) = (step / side, step % side);
            let cell = row * side + if row % 2 == 0 { along } else { side - 1 - along };
            if let Some(last) = last {
                edges.of_both(last, cell, &mut between);
            }
            let reference = survey.go(&parts, cell, &edges, &between)?;
            built.cells[cells.first + cell] = if crossing.of(cell).is_empty() {
                survey.first_face()
            } else {
                let place = built.next_record()?;
                survey.around.sort_unstable();
                Record::write(&mut built.records, reference, &survey.around, edges.of(cell));
                MORE | place
            };
            last = Some(cell);
        }
        Ok(())
    }

    fn halvings(&self, crossed: &[u32]) -> u32 {
        let clipped = |from: f64, to: f64| (to - from).abs().min(1.0);
        let length = |e: &Edge| {
            let f = self.frame;
            clipped(f.x(e.a.x), f.x(e.b.x)) + clipped(f.y(e.a.y), f.y(e.b.y))
        };
        let total: f64 = crossed.iter().map(|e| length(&self.edges[*e as usize])).sum();
        let count = crossed.len() as f64;
        let cells_per_edge = CELLS_PER_EDGE.min(CELLS / self.crossing.edges.len() as f64);
        let side = (cells_per_edge * count).sqrt().min(CROSSED_PER_EDGE * count / total);
        (side.log2().round() as u32).clamp(1, self.frame.most_halvings())
    }
}
