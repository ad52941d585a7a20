//! The outlines of all grids as tiles show them: snapped at build, for each scheme and zoom of a level, and
//! kept in one file.
//!
//! The file (`index/outlines.bin`, see [`crate::arrays`]; magic `BPOUTLIN`, version 1) has three arrays:
//!
//! | array | type | contents |
//! |---|---|---|
//! | runs | `u32` | five numbers for each run: scheme, zoom, first row in the table of grids, number of rows, index of the run's first offset |
//! | offsets | `u64` | for each run the bytes at which its grids begin, and behind the last one where that ends |
//! | bytes | `u8` | the outlines, one behind the other |
//!
//! A *run* is the outlines of all grids of one level, in one scheme, at one zoom. There are as many runs as
//! schemes times zooms from the level's first one to [`MAX_ZOOM`]; they are searched from the first to the
//! last, since there are some hundred of them.
//!
//! An outline is a sequence of numbers of seven bits a byte, low ones first (LEB128): how many polygons,
//! for each how many rings, for each how many vertices, and for each vertex its steps in x and y from the
//! vertex before, also across rings and polygons, the first from (0, 0). Steps are zigzag-coded, so that
//! small negative ones are short. Units are those of the lattice of the run's zoom, of the world and not of
//! a tile. An outline without polygons is a grid of which snapping left nothing.
//!
//! Reading trusts nothing: counts are bounded by the bytes that are left, steps are added with a check, and
//! vertices far off the world end the reading with `None`.

use super::{
    polygon::{Polygon, Ring},
    scheme::{EXTENT, MAX_ZOOM, TileScheme, Vertex},
    snap::{Lattice, WorldRings, snap_coverage},
};
use crate::arrays::{ArraysError, ArraysReader, ArraysWriter};
use arrow_buffer::{Buffer, ScalarBuffer};
use geo_types::{LineString, MultiPolygon};
use rayon::prelude::*;
use std::ops::Range;

const MAGIC: [u8; 8] = *b"BPOUTLIN";
const VERSION: u32 = 1;

/// Steps of the lattice below the deepest zoom, tile units: the first thins vertices (it is half a pixel on screen), the others are
/// tried where a grid would vanish.
const STEPS: [i64; 3] = [4, 2, 1];

/// Numbers that describe a run of rows in the file: scheme, zoom, first row, number of rows, first offset.
const RUN: usize = 5;

/// Beyond this no vertex lies, units of the world at the deepest zoom and a wide margin: damaged numbers must not overflow.
const FARTHEST: i64 = (EXTENT << MAX_ZOOM) * 4;

/// The outlines of a plate's grids, read in place from the mapped file.
pub(crate) struct Outlines {
    /// [`RUN`] numbers for each run, in the order of the file.
    runs: ScalarBuffer<u32>,
    /// Where in `bytes` each outline begins, and behind the last one of a run where it ends.
    offsets: ScalarBuffer<u64>,
    /// The outlines themselves, to be read by [`Numbers`].
    bytes: ScalarBuffer<u8>,
}

impl Outlines {
    /// Snaps the levels and gives the bytes of the file. `areas` are the polygons of all grids by row, in
    /// degrees, closed, with counter-clockwise exteriors as the plate stores them; a level is the rows of
    /// its grids and the first zoom to be drawn. The areas of a level are snapped together, as one
    /// coverage. The work is shared among the threads by level, scheme, zoom and grid; the bytes do not
    /// depend on how.
    pub(crate) fn build(areas: &[MultiPolygon<f64>], levels: &[(Range<usize>, u8)]) -> Vec<u8> {
        let jobs = levels.iter().flat_map(|(rows, first)| TileScheme::ALL.map(|scheme| (rows.clone(), *first, scheme)));
        let runs: Vec<_> = jobs.collect::<Vec<_>>().into_par_iter().flat_map_iter(|job| runs(areas, job)).collect();
        let (mut table, mut offsets, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
        for run in runs {
            table.extend([run.scheme as u32, u32::from(run.zoom), run.first_row, run.grids.len() as u32]);
            table.push(offsets.len() as u32);
            for grid in run.grids {
                offsets.push(bytes.len() as u64);
                bytes.extend(grid);
            }
            offsets.push(bytes.len() as u64);
        }
        let mut file = ArraysWriter::new(MAGIC, VERSION);
        file.push(&table);
        file.push(&offsets);
        file.push(&bytes);
        file.finish()
    }

    /// Opens the file without looking at its outlines, which are checked one by one as they are read.
    pub(crate) fn open(file: Buffer) -> Result<Self, ArraysError> {
        let file = ArraysReader::open(file, MAGIC, VERSION)?;
        Ok(Self { runs: file.array(0)?, offsets: file.array(1)?, bytes: file.array(2)? })
    }

    /// The outline of a grid at a zoom of a scheme, as [`decoded`] reads it; `None` if the file does not have that zoom, or is
    /// damaged.
    pub(crate) fn of(&self, scheme: TileScheme, zoom: u8, row: u32) -> Option<&[u8]> {
        let is = |run: &&[u32]| {
            run[..2] == [scheme as u32, u32::from(zoom)] && row.checked_sub(run[2]).is_some_and(|at| at < run[3])
        };
        let run = self.runs.chunks_exact(RUN).find(is)?;
        let at = run[4] as usize + (row - run[2]) as usize;
        let [from, to] = [*self.offsets.get(at)?, *self.offsets.get(at + 1)?].map(usize::try_from);
        self.bytes.get(from.ok()?..to.ok()?)
    }
}

/// A stored outline, in units of the scheme's world at its zoom; `None` if it is damaged.
pub(crate) fn decoded(stored: &[u8]) -> Option<Vec<Polygon>> {
    Numbers(stored).area()
}

/// The outlines of a level in one scheme at one zoom, as they go into the file.
struct Run {
    scheme: TileScheme,
    zoom: u8,
    /// The row of the first grid in the table of grids.
    first_row: u32,
    /// The encoded outline of each grid, by row from `first_row` on.
    grids: Vec<Vec<u8>>,
}

/// Snaps one level in one scheme for every zoom from its first to the deepest. The rings are projected once
/// and used for all zooms.
fn runs(areas: &[MultiPolygon<f64>], (rows, first, scheme): (Range<usize>, u8, TileScheme)) -> Vec<Run> {
    let faces: Vec<WorldRings> = areas[rows.clone()].par_iter().map(|area| world_rings(area, scheme)).collect();
    let zooms = (first..=MAX_ZOOM).into_par_iter();
    let run = |zoom| {
        let grids = snapped(&faces, zoom).iter().map(|area| encoded(area)).collect();
        Run { scheme, zoom, first_row: rows.start as u32, grids }
    };
    zooms.map(run).collect()
}

/// Tile units from one lattice point to the next where no grid asks for a finer lattice.
pub(crate) const fn usual_step(zoom: u8) -> i64 {
    if zoom == MAX_ZOOM { 1 } else { STEPS[0] }
}

/// Snaps to the coarsest lattice on which no more grids vanish than on the finest. A coarser lattice has
/// fewer vertices, but a slender grid may close on it, and then all grids of the level are snapped more
/// finely, since neighbours must agree. At the deepest zoom, which maps enlarge beyond its own scale, only
/// the finest lattice is used.
fn snapped(faces: &[WorldRings], zoom: u8) -> Vec<Vec<Polygon>> {
    let snap = |step| snap_coverage(faces, Lattice { units: (EXTENT << zoom) as f64, step });
    let vanished = |areas: &Vec<Vec<Polygon>>| areas.iter().filter(|area| area.is_empty()).count();
    let coarse = usual_step(zoom);
    let mut best = snap(coarse);
    for step in STEPS.into_iter().filter(|step| *step < coarse) {
        if vanished(&best) == 0 {
            break;
        }
        let finer = snap(step);
        if vanished(&finer) < vanished(&best) {
            best = finer;
        }
    }
    best
}

/// The rings of an area in the unit square of a scheme, turned as tiles want them: the closing vertex is
/// dropped, and the order is reversed. The plate's exteriors run counter-clockwise with north up, which is
/// a negative area once y points down, so turning them round gives exteriors a positive area and holes a
/// negative one.
pub(super) fn world_rings(area: &MultiPolygon<f64>, scheme: TileScheme) -> WorldRings {
    let ring = |ring: &LineString<f64>| {
        let open = &ring.0[..ring.0.len().saturating_sub(1)];
        open.iter().rev().map(|c| scheme.project(*c)).collect()
    };
    area.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring)).collect()
}

/// The bytes of an outline: numbers of polygons, of rings and of vertices, and the steps from vertex to
/// vertex, as the head of this file tells.
fn encoded(area: &[Polygon]) -> Vec<u8> {
    let (mut bytes, mut at) = (Vec::new(), (0, 0));
    push(&mut bytes, area.len() as u64);
    for polygon in area {
        push(&mut bytes, polygon.len() as u64);
        for ring in polygon {
            push(&mut bytes, ring.len() as u64);
            for vertex in ring {
                let step = |v: i64| ((v << 1) ^ (v >> 63)) as u64;
                push(&mut bytes, step(vertex.0 - at.0));
                push(&mut bytes, step(vertex.1 - at.1));
                at = *vertex;
            }
        }
    }
    bytes
}

/// Appends a number in as many bytes as it needs, one to ten, of seven bits each; all but the last have
/// their highest bit set.
fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The bytes of an outline that are not read yet. Every method takes its number off the front and gives
/// `None` where the bytes end too early.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    /// The next number; `None` also where one is longer than ten bytes.
    fn next(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// A number of things, each of which takes at least a byte. One that exceeds the bytes left is damaged,
    /// so that no more memory is asked for than the file is long.
    fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.next()?).ok()?;
        (count <= self.0.len()).then_some(count)
    }

    /// The next step, with its sign: even numbers are steps forward, odd ones steps back.
    fn step(&mut self) -> Option<i64> {
        let number = self.next()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// All polygons of the outline; `None` if it is damaged or a vertex lies farther off than [`FARTHEST`].
    fn area(mut self) -> Option<Vec<Polygon>> {
        let mut at: Vertex = (0, 0);
        let mut area = Vec::new();
        for _ in 0..self.count()? {
            let mut polygon = Polygon::new();
            for _ in 0..self.count()? {
                let vertices = self.count()?;
                let mut ring = Ring::with_capacity(vertices);
                for _ in 0..vertices {
                    at = (at.0.checked_add(self.step()?)?, at.1.checked_add(self.step()?)?);
                    if at.0.abs().max(at.1.abs()) > FARTHEST {
                        return None;
                    }
                    ring.push(at);
                }
                polygon.push(ring);
            }
            area.push(polygon);
        }
        Some(area)
    }
}
