//! Point → grid, exactly.
//!
//! # How
//! A raster lies over the coverage. A cell that no border crosses knows its owner. Every other cell keeps the faces
//! around one reference point and the edges that cross it; walking from the reference point to the asked one, each edge that is
//! crossed takes the face on its near side away and puts the one on its far side in. On a partition exactly one face is left at the
//! end, whatever the order of the edges, and a running XOR of face numbers and a count are all that has to be carried.
//!
//! # The owner of a point
//! Among the grids that contain a point or touch it with their border, the **first in the order of their codes** owns it.
//! Inside a partition that is the one grid around the point; on a shared border or vertex, and where grids
//! overlap, it is one of several, always the same. A point that no grid contains or touches has no owner.
//!
//! Sides are decided by the exact predicate of the `robust` crate, so the answer is that of the stored coordinates taken as
//! real numbers. A point that lies exactly on an edge, or in more than one grid, takes the slow way: the set of
//! faces is carried instead of its XOR.

mod build;

pub(crate) use build::Degenerate;

use crate::{
    arrays::{ArraysError, ArraysReader},
    coverage::Edge,
    spatial::LngLat,
};
use arrow_buffer::{Buffer, ScalarBuffer};
use geo::Coord;
use rayon::prelude::*;
use robust::orient2d;

/// First bytes of a locator file.
const MAGIC: [u8; 8] = *b"BPLOCATE";
/// Version of its layout.
const VERSION: u32 = 1;
/// Marks a raster value that is the place of a record instead of a face.
const RECORD: u32 = 1 << 31;
/// Bulk look-ups are handed to threads in pieces of this many points.
const CHUNK: usize = 4096;

/// The locator of one coverage. Cheap to open: its arrays are read where they lie.
pub(crate) struct Locator {
    frame: Frame,
    /// Row by row from the south-west: 0 for outside, a face, or `RECORD |` the place of a record.
    cells: ScalarBuffer<u32>,
    /// Records: number of faces, number of edges, then the faces around the reference point, then the edges.
    records: ScalarBuffer<u32>,
    /// Latitude of the reference points of each row.
    row_lat: ScalarBuffer<f64>,
    /// Ends of the edges: `ax, ay, bx, by`.
    ends: ScalarBuffer<f64>,
    /// Faces of the edges: left, right.
    sides: ScalarBuffer<u32>,
}

/// Where the raster lies.
#[derive(Debug, Clone, Copy)]
struct Frame {
    west: f64,
    south: f64,
    cell_width: f64,
    cell_height: f64,
    columns: usize,
    rows: usize,
}

impl Frame {
    fn cell(&self, p: LngLat) -> Option<(usize, usize)> {
        let x = (p.lng - self.west) / self.cell_width;
        let y = (p.lat - self.south) / self.cell_height;
        let inside = x >= 0.0 && y >= 0.0 && x < self.columns as f64 && y < self.rows as f64;
        inside.then_some((x as usize, y as usize))
    }

    fn reference_lng(&self, column: usize) -> f64 {
        self.west + (column as f64 + 0.5) * self.cell_width
    }
}

impl Locator {
    /// Opens the bytes that [`Locator::build`] wrote.
    pub(crate) fn open(file: Buffer) -> Result<Self, ArraysError> {
        let arrays = ArraysReader::open(file, MAGIC, VERSION)?;
        let frame: ScalarBuffer<f64> = arrays.array(0)?;
        let &[west, south, cell_width, cell_height, columns, rows] = frame.as_ref() else {
            return Err(ArraysError::Damaged);
        };
        let frame = Frame { west, south, cell_width, cell_height, columns: columns as usize, rows: rows as usize };
        let locator = Self {
            frame,
            cells: arrays.array(1)?,
            records: arrays.array(2)?,
            row_lat: arrays.array(3)?,
            ends: arrays.array(4)?,
            sides: arrays.array(5)?,
        };
        let fits = frame.columns.checked_mul(frame.rows) == Some(locator.cells.len())
            && locator.row_lat.len() == frame.rows
            && locator.ends.len() == 2 * locator.sides.len();
        if fits { Ok(locator) } else { Err(ArraysError::Damaged) }
    }

    /// The place of the owner in the coverage, from 0, or `None` outside.
    pub(crate) fn locate(&self, p: LngLat) -> Option<u32> {
        let (column, row) = self.frame.cell(p)?;
        let value = *self.cells.get(row * self.frame.columns + column)?;
        if value & RECORD == 0 {
            return value.checked_sub(1);
        }
        let record = self.record((value & !RECORD) as usize)?;
        let walk = Walk::new(self.frame.reference_lng(column), *self.row_lat.get(row)?, p);
        match self.owner(&record, &walk) {
            Owner::Outside => None,
            Owner::Face(face) => face.checked_sub(1),
            Owner::Several => self.touching(&record, &walk).first()?.checked_sub(1),
        }
    }

    /// The owners of many points, in their order, on all threads of the current rayon pool.
    pub(crate) fn locate_many(&self, points: &[LngLat]) -> Vec<Option<u32>> {
        points.par_iter().with_min_len(CHUNK).map(|p| self.locate(*p)).collect()
    }

    /// Whether an edge of the coverage may pass through the box or touch it.
    pub(crate) fn border_in(&self, bbox: crate::spatial::Bbox) -> bool {
        let crate::spatial::Bbox([w, s, e, n]) = bbox;
        let (Some(low), Some(high)) = (self.frame.cell(LngLat::new(w, s)), self.frame.cell(LngLat::new(e, n))) else {
            return true;
        };
        let cells = (low.1..=high.1).flat_map(|row| (low.0..=high.0).map(move |column| (column, row)));
        cells
            .into_iter()
            .any(|(column, row)| self.cells.get(row * self.frame.columns + column).is_none_or(|c| c & RECORD != 0))
    }

    fn record(&self, at: usize) -> Option<Record<'_>> {
        let (faces, edges) = (*self.records.get(at)? as usize, *self.records.get(at + 1)? as usize);
        let list = self.records.get(at + 2..)?.get(..faces.checked_add(edges)?)?;
        let (faces, edges) = list.split_at(faces);
        Some(Record { faces, edges })
    }

    fn edge(&self, index: u32) -> Option<Edge> {
        let at = index as usize;
        let (ends, sides) = (self.ends.get(4 * at..4 * at + 4)?, self.sides.get(2 * at..2 * at + 2)?);
        let (a, b) = (Coord { x: ends[0], y: ends[1] }, Coord { x: ends[2], y: ends[3] });
        Some(Edge { a, b, left: sides[0], right: sides[1] })
    }

    /// The fast way: XOR and count of the faces that contain the point.
    fn owner(&self, record: &Record<'_>, walk: &Walk) -> Owner {
        let mut faces = record.faces.iter().fold(0, |xor, face| xor ^ face);
        let mut count = record.faces.len() as i32;
        for edge in record.edges.iter().filter_map(|e| self.edge(*e)) {
            match walk.meets(&edge) {
                Meeting::Misses => {}
                Meeting::EndsOn => return Owner::Several,
                Meeting::Crosses { left_to_right } => {
                    faces ^= edge.left ^ edge.right;
                    let gained = i32::from(edge.right != 0) - i32::from(edge.left != 0);
                    count += if left_to_right { gained } else { -gained };
                }
            }
        }
        match count {
            0 => Owner::Outside,
            1 => Owner::Face(faces),
            _ => Owner::Several,
        }
    }

    /// The slow way: every face that contains the point or touches it, in ascending order.
    fn touching(&self, record: &Record<'_>, walk: &Walk) -> Vec<u32> {
        let (mut inside, mut border) = (record.faces.to_vec(), Vec::new());
        for edge in record.edges.iter().filter_map(|e| self.edge(*e)) {
            match walk.meets(&edge) {
                Meeting::Misses => {}
                Meeting::EndsOn => border.extend([edge.left, edge.right]),
                Meeting::Crosses { .. } => {
                    [edge.left, edge.right].into_iter().for_each(|face| toggle(&mut inside, face))
                }
            }
        }
        inside.extend(border);
        inside.retain(|face| *face != 0);
        inside.sort_unstable();
        inside.dedup();
        inside
    }
}

/// Puts a face into a set or takes it out.
fn toggle(set: &mut Vec<u32>, face: u32) {
    match set.iter().position(|f| *f == face) {
        Some(at) => drop(set.swap_remove(at)),
        None => set.push(face),
    }
}

struct Record<'a> {
    faces: &'a [u32],
    edges: &'a [u32],
}

enum Owner {
    Outside,
    Face(u32),
    Several,
}

enum Meeting {
    Misses,
    Crosses { left_to_right: bool },
    EndsOn,
}

/// The straight way from a reference point, which lies on no edge, to the asked point.
struct Walk {
    from: robust::Coord<f64>,
    to: robust::Coord<f64>,
}

impl Walk {
    fn new(reference_lng: f64, reference_lat: f64, p: LngLat) -> Self {
        Self { from: robust::Coord { x: reference_lng, y: reference_lat }, to: robust::Coord { x: p.lng, y: p.lat } }
    }

    /// A vertex on the line of the walk counts as lying to its left, for both edges that end there: as if the line
    /// were moved by less than any distance, which no crossing count notices.
    fn meets(&self, edge: &Edge) -> Meeting {
        let (a, b) = (exact(edge.a), exact(edge.b));
        let end = orient2d(a, b, self.to);
        if end == 0.0 && self.end_in_box(edge) {
            return Meeting::EndsOn;
        }
        let start = orient2d(a, b, self.from);
        if (start > 0.0) == (end > 0.0) || left_of(self, a) == left_of(self, b) {
            return Meeting::Misses;
        }
        Meeting::Crosses { left_to_right: start > 0.0 }
    }

    fn end_in_box(&self, edge: &Edge) -> bool {
        let between = |v: f64, p: f64, q: f64| p.min(q) <= v && v <= p.max(q);
        between(self.to.x, edge.a.x, edge.b.x) && between(self.to.y, edge.a.y, edge.b.y)
    }
}

fn exact(c: Coord<f64>) -> robust::Coord<f64> {
    robust::Coord { x: c.x, y: c.y }
}

fn left_of(walk: &Walk, vertex: robust::Coord<f64>) -> bool {
    orient2d(walk.from, walk.to, vertex) >= 0.0
}
