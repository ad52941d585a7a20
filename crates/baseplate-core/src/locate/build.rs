//! Making a locator: the raster, which edges cross which cell, and the faces around each reference point.

use super::{Frame, Locator, MAGIC, RECORD, VERSION, exact, toggle};
use crate::{
    arrays::ArraysWriter,
    coverage::Edge,
    spatial::{Bbox, LngLat, Metric},
};
use rayon::prelude::*;
use robust::orient2d;

/// Raster cells for each edge: enough that most cells hold none.
const CELLS_PER_EDGE: usize = 3;
/// Bounds on the number of cells of a raster.
const CELLS: std::ops::RangeInclusive<usize> = 64..=1 << 24;
/// Cells are taken this much larger (in cell sizes) when edges are assigned, so that rounding loses none.
const OVERSIZE: f64 = 1e-6;
/// Heights tried for the reference points of a row. Each fails only if a vertex has exactly this latitude or an edge
/// passes exactly through a reference point.
const REFERENCE_TRIES: u32 = 1_000;
/// Places tried for the whole raster: an upright edge may pass through all reference points of a column.
const FRAME_TRIES: u32 = 50;
/// Multiples of this, taken without their whole part, are spread evenly.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// The coverage is so degenerate that no reference points were found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no reference points off the borders were found in raster row {row} of the coverage")]
pub(crate) struct Degenerate {
    row: usize,
}

impl Locator {
    /// The bytes of a locator over a coverage's edges.
    pub(crate) fn build(edges: &[Edge]) -> Result<Vec<u8>, Degenerate> {
        let mut built = Err(Degenerate { row: 0 });
        for attempt in 0..FRAME_TRIES {
            built = Self::build_over(edges, Frame::over(edges, attempt));
            if built.is_ok() {
                break;
            }
        }
        built
    }

    fn build_over(edges: &[Edge], frame: Frame) -> Result<Vec<u8>, Degenerate> {
        let crossing = Crossing::assign(&frame, edges);
        let rows: Vec<_> = (0..frame.rows)
            .into_par_iter()
            .map(|row| RowBuilder { frame: &frame, crossing: &crossing, edges, row }.build())
            .collect::<Result<_, _>>()?;
        let (mut cells, mut records, mut latitudes) = (Vec::new(), Vec::<u32>::new(), Vec::new());
        for row in rows {
            let offset = records.len() as u32;
            cells.extend(row.cells.iter().map(|value| if value & RECORD == 0 { *value } else { value + offset }));
            records.extend(row.records);
            latitudes.push(row.lat);
        }
        let ends: Vec<f64> = edges.iter().flat_map(|e| [e.a.x, e.a.y, e.b.x, e.b.y]).collect();
        let sides: Vec<u32> = edges.iter().flat_map(|e| [e.left, e.right]).collect();
        let Frame { west, south, cell_width, cell_height, columns, rows } = frame;
        let mut file = ArraysWriter::new(MAGIC, VERSION);
        file.push(&[west, south, cell_width, cell_height, columns as f64, rows as f64]);
        file.push(&cells);
        file.push(&records);
        file.push(&latitudes);
        file.push(&ends);
        file.push(&sides);
        Ok(file.finish())
    }
}

impl Frame {
    /// About square cells over the edges' box, with an empty cell on every side. Each attempt lies a little further west.
    fn over(edges: &[Edge], attempt: u32) -> Self {
        let whole = edges.iter().fold(Bbox::EMPTY, |all, e| all.extend(e.a.into()).extend(e.b.into()));
        let Bbox([west, south, east, north]) = if whole.is_empty() { Bbox([0.0; 4]) } else { whole };
        let metric = Metric::at((south + north) / 2.0);
        let (width_m, height_m) = ((east - west) * metric.lng_m, (north - south) * metric.lat_m);
        let wanted = (edges.len() * CELLS_PER_EDGE).clamp(*CELLS.start(), *CELLS.end()) as f64;
        let side_m = (width_m * height_m / wanted).sqrt().max((width_m + height_m) / wanted).max(1e-3);
        let (cell_width, cell_height) = (side_m / metric.lng_m, side_m / metric.lat_m);
        let count = |length_m: f64| (length_m / side_m).ceil() as usize + 3;
        let (columns, rows) = (count(width_m), count(height_m));
        let shift = 0.5 * (GOLDEN * f64::from(attempt)).fract();
        let (west, south) = (west - (1.25 + shift) * cell_width, south - 1.25 * cell_height);
        Self { west, south, cell_width, cell_height, columns, rows }
    }
}

/// Which edges cross which cell: `edges[starts[cell]..starts[cell + 1]]`.
struct Crossing {
    starts: Vec<u32>,
    edges: Vec<u32>,
}

impl Crossing {
    fn assign(frame: &Frame, edges: &[Edge]) -> Self {
        let mut starts = vec![0_u32; frame.columns * frame.rows + 1];
        for edge in edges {
            for_each_cell(frame, edge, |cell| starts[cell + 1] += 1);
        }
        for cell in 1..starts.len() {
            starts[cell] += starts[cell - 1];
        }
        let mut next = starts.clone();
        let mut assigned = vec![0; starts.last().map_or(0, |n| *n as usize)];
        for (index, edge) in (0..).zip(edges) {
            for_each_cell(frame, edge, |cell| {
                assigned[next[cell] as usize] = index;
                next[cell] += 1;
            });
        }
        Self { starts, edges: assigned }
    }

    fn of(&self, cell: usize) -> &[u32] {
        &self.edges[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }
}

/// The cells that an edge may cross: in each row of cells, those below the piece of the edge within the row.
fn for_each_cell(frame: &Frame, edge: &Edge, mut each: impl FnMut(usize)) {
    let x = |lng: f64| (lng - frame.west) / frame.cell_width;
    let y = |lat: f64| (lat - frame.south) / frame.cell_height;
    let (ax, ay, bx, by) = (x(edge.a.x), y(edge.a.y), x(edge.b.x), y(edge.b.y));
    let bound = |v: f64, count: usize| (v.max(0.0) as usize).min(count - 1);
    let (low, high) = (ay.min(by), ay.max(by));
    for row in bound(low - OVERSIZE, frame.rows)..=bound(high + OVERSIZE, frame.rows) {
        let at = |level: f64| if high > low { ax + (bx - ax) * ((level - ay) / (by - ay)) } else { ax };
        let (bottom, top) = (row as f64 - OVERSIZE, row as f64 + 1.0 + OVERSIZE);
        let (p, q) = if high > low { (at(bottom.max(low)), at(top.min(high))) } else { (ax, bx) };
        let (first, last) = (bound(p.min(q) - OVERSIZE, frame.columns), bound(p.max(q) + OVERSIZE, frame.columns));
        (first..=last).for_each(|column| each(row * frame.columns + column));
    }
}

struct BuiltRow {
    lat: f64,
    cells: Vec<u32>,
    records: Vec<u32>,
}

struct RowBuilder<'a> {
    frame: &'a Frame,
    crossing: &'a Crossing,
    edges: &'a [Edge],
    row: usize,
}

impl RowBuilder<'_> {
    /// Walks along the row from reference point to reference point, starting outside; when a reference point turns
    /// out to lie on a border, the row is tried again at another height.
    fn build(&self) -> Result<BuiltRow, Degenerate> {
        for attempt in 0..REFERENCE_TRIES {
            let height = 0.3 + 0.4 * (0.5 + GOLDEN * f64::from(attempt)).fract();
            let lat = self.frame.south + (self.row as f64 + height) * self.frame.cell_height;
            if let Some(built) = self.try_at(lat) {
                return Ok(built);
            }
        }
        Err(Degenerate { row: self.row })
    }

    fn try_at(&self, lat: f64) -> Option<BuiltRow> {
        let mut built = BuiltRow { lat, cells: Vec::with_capacity(self.frame.columns), records: Vec::new() };
        let (mut around, mut between) = (Vec::new(), Vec::new());
        for column in 0..self.frame.columns {
            let cell = self.row * self.frame.columns + column;
            between.clear();
            between.extend_from_slice(self.crossing.of(cell));
            if column > 0 {
                between.extend_from_slice(self.crossing.of(cell - 1));
                between.sort_unstable();
                between.dedup();
            }
            for edge in &between {
                self.step(&self.edges[*edge as usize], column, lat, &mut around)?;
            }
            built.push(&mut around, self.crossing.of(cell));
        }
        Some(built)
    }

    /// Takes over what changes between the reference points of the last column and this one; `None` if a vertex has exactly
    /// the row's latitude or the edge passes through a reference point.
    fn step(&self, edge: &Edge, column: usize, lat: f64, around: &mut Vec<u32>) -> Option<()> {
        if edge.a.y == lat || edge.b.y == lat {
            return None;
        }
        if (edge.a.y > lat) == (edge.b.y > lat) {
            return Some(());
        }
        let side = |lng: f64| orient2d(exact(edge.a), exact(edge.b), exact(LngLat::new(lng, lat).coord()));
        let here = side(self.frame.reference_lng(column));
        let before = if column == 0 { here } else { side(self.frame.reference_lng(column - 1)) };
        if here == 0.0 || before == 0.0 {
            return None;
        }
        if (here > 0.0) != (before > 0.0) {
            [edge.left, edge.right].into_iter().filter(|face| *face != 0).for_each(|face| toggle(around, face));
        }
        Some(())
    }
}

impl BuiltRow {
    fn push(&mut self, around: &mut [u32], edges: &[u32]) {
        around.sort_unstable();
        let value = if edges.is_empty() {
            around.first().copied().unwrap_or(0)
        } else {
            let place = self.records.len() as u32;
            self.records.extend([around.len() as u32, edges.len() as u32]);
            self.records.extend_from_slice(around);
            self.records.extend_from_slice(edges);
            RECORD | place
        };
        self.cells.push(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::shared_edges;
    use arrow_buffer::Buffer;
    use geo::{Coord, Covers, MultiPolygon, Orient, Point, Polygon, orient::Direction};
    use proptest::prelude::*;

    fn locator(areas: &[MultiPolygon<f64>]) -> Locator {
        let file = Locator::build(&shared_edges(areas)).expect("not degenerate");
        Locator::open(Buffer::from_vec(file)).expect("own file")
    }

    /// The rule itself, by brute force: the first grid that covers the point.
    fn first_covering(areas: &[MultiPolygon<f64>], p: LngLat) -> Option<u32> {
        (0..).zip(areas).find(|(_, area)| area.covers(&Point(p.coord()))).map(|(i, _)| i)
    }

    fn square(x: f64, y: f64, side: f64) -> MultiPolygon<f64> {
        let ring = vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side)];
        MultiPolygon(vec![Polygon::new(ring.into(), vec![])])
    }

    fn check(areas: &[MultiPolygon<f64>], points: impl Iterator<Item = LngLat>) {
        let locator = locator(areas);
        for p in points {
            assert_eq!(locator.locate(p), first_covering(areas, p), "{p:?}");
        }
    }

    fn lattice(step: f64) -> impl Iterator<Item = LngLat> {
        let ticks = move || (-4..=36).map(move |i| f64::from(i) * step);
        ticks().flat_map(move |x| ticks().map(move |y| LngLat::new(x, y)))
    }

    #[test]
    fn a_chessboard_owns_every_border_point_once() {
        let areas: Vec<_> = (0..16).map(|i| square(f64::from(i % 4), f64::from(i / 4), 1.0)).collect();
        check(&areas, lattice(0.125));
    }

    #[test]
    fn overlaps_duplicates_gaps_and_islands_follow_the_rule() {
        let ring = Polygon::new(
            vec![(0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (0.0, 3.0)].into(),
            vec![vec![(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (2.0, 1.0)].into()],
        );
        let areas = [
            MultiPolygon(vec![ring]).orient(Direction::Default),
            square(1.25, 1.25, 0.5),
            square(2.5, 2.5, 1.0),
            square(2.5, 2.5, 1.0),
            square(0.5, 2.0, 0.5),
        ];
        check(&areas, lattice(0.125));
    }

    #[test]
    fn points_that_are_nowhere_have_no_owner() {
        let locator = locator(&[square(0.0, 0.0, 1.0)]);
        for v in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300] {
            assert_eq!(locator.locate(LngLat::new(v, 0.5)), None);
            assert_eq!(locator.locate(LngLat::new(0.5, v)), None);
        }
        assert_eq!(
            super::Locator::open(Buffer::from_vec(Locator::build(&[]).expect("empty")))
                .expect("empty")
                .locate(LngLat::new(0.0, 0.0)),
            None
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Random triangles over one another, asked at random points, at their own vertices and at middles of edges.
        #[test]
        fn any_heap_of_triangles_follows_the_rule(
            corners in prop::collection::vec(prop::collection::vec((0..40_i32, 0..40_i32), 3), 1..12),
            asked in prop::collection::vec((0..80_i32, 0..80_i32), 50),
        ) {
            let coord = |&(x, y): &(i32, i32)| Coord { x: f64::from(x) * 0.1, y: f64::from(y) * 0.1 };
            let triangle = |c: &Vec<(i32, i32)>| {
                let ring: Vec<Coord<f64>> = c.iter().map(coord).collect();
                let turn = orient2d(exact(ring[0]), exact(ring[1]), exact(ring[2]));
                (turn != 0.0).then(|| MultiPolygon(vec![Polygon::new(ring.into(), vec![])]).orient(Direction::Default))
            };
            let areas: Vec<_> = corners.iter().filter_map(triangle).collect();
            let vertices = corners.iter().flatten().map(|c| coord(c).into());
            let middles = corners.iter().map(|c| ((coord(&c[0]) + coord(&c[1])) / 2.0).into());
            let random = asked.iter().map(|(x, y)| LngLat::new(f64::from(*x) * 0.05, f64::from(*y) * 0.05));
            check(&areas, random.chain(vertices).chain(middles));
        }
    }
}
