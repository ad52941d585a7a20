//! The H3 cells that touch an area.
//!
//! The cells that touch a connected area are connected. So from a cell on each ring the cover spreads to neighbours, generation
//! by generation; a neighbour of a generation lies in the one before, the same or the next, and no others are remembered.
//!
//! The tiler of `h3o` takes the sides of cells for straight lines in longitude and latitude, which they are not: a tip of an area
//! that reaches over a side by less than the arc's rise has no cell there. That is rare (none of 7 million points on
//! borders showed it), but here every point shall have its cell.

use super::outline::Outline;
use crate::spatial::{Bbox, Leaf, rtree};
use geo::{Coord, Distance, Euclidean, Line, LinesIter, MultiPolygon};
use h3o::{CellIndex, LatLng, Resolution};
use robust::orient2d;
use rstar::{AABB, RTree};
use std::collections::HashSet;

/// How a cell lies to a grid that it touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Position {
    /// All of it lies in the grid.
    Inside,
    /// The border of the grid passes through the cell or touches it.
    Border,
}

impl Position {
    /// The word in exports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Border => "border",
        }
    }
}

/// The cells of an area, each once: those around one place, then their neighbours, and so on.
pub struct H3Cover {
    edges: Edges,
    /// What was tried for the generation before, for this one, and for the next.
    tried: [HashSet<CellIndex>; 3],
    generation: Vec<(CellIndex, Position)>,
    /// How many of the generation were given out.
    given: usize,
}

impl H3Cover {
    /// The cover of an area whose coordinates are on Earth; empty for those that are not.
    pub(super) fn of(area: &MultiPolygon<f64>, resolution: Resolution) -> Self {
        let rings = area.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        let on_earth = |c: &&Coord<f64>| c.x.abs() <= 180.0 && c.y.abs() <= 90.0;
        let starts = rings.filter_map(|ring| ring.0.first().filter(on_earth));
        let starts = starts.filter_map(|c| LatLng::new(c.y, c.x).ok()).map(|p| p.to_cell(resolution));
        let mut cover = Self { edges: Edges::of(area), tried: Default::default(), generation: Vec::new(), given: 0 };
        for cell in starts {
            if cover.tried[1].insert(cell) {
                cover.generation.extend(cover.edges.position(cell, false).map(|position| (cell, position)));
            }
        }
        cover
    }

    fn spread(&mut self) {
        let [before, now, next] = &mut self.tried;
        let mut found = Vec::new();
        for (cell, position) in &self.generation {
            for neighbour in cell.grid_disk::<Vec<_>>(1) {
                if before.contains(&neighbour) || now.contains(&neighbour) || !next.insert(neighbour) {
                    continue;
                }
                let position = self.edges.position(neighbour, *position == Position::Inside);
                found.extend(position.map(|position| (neighbour, position)));
            }
        }
        self.tried.rotate_left(1);
        self.tried[2].clear();
        (self.generation, self.given) = (found, 0);
    }
}

impl Iterator for H3Cover {
    type Item = (u64, Position);

    fn next(&mut self) -> Option<Self::Item> {
        if self.given == self.generation.len() {
            self.spread();
        }
        let (cell, position) = *self.generation.get(self.given)?;
        self.given += 1;
        Some((cell.into(), position))
    }
}

/// The edges of an area.
struct Edges {
    lines: Vec<Line<f64>>,
    tree: RTree<Leaf>,
}

impl Edges {
    fn of(area: &MultiPolygon<f64>) -> Self {
        let lines: Vec<Line<f64>> = area.lines_iter().collect();
        let boxes = lines.iter().map(|l| Bbox::EMPTY.extend(l.start.into()).extend(l.end.into()));
        let tree = rtree(boxes);
        Self { lines, tree }
    }

    fn touching(&self, Bbox([w, s, e, n]): Bbox) -> impl Iterator<Item = &Line<f64>> {
        let around = self.tree.locate_in_envelope_intersecting(AABB::from_corners([w, s], [e, n]));
        around.filter_map(|leaf| self.lines.get(leaf.data as usize))
    }

    /// How a cell lies to the area; `None` outside. A cell without an edge lies as its neighbours without an edge do.
    fn position(&self, cell: CellIndex, beside_inside: bool) -> Option<Position> {
        let outline = Outline::of(cell);
        let near = |line: &&Line<f64>| Euclidean.distance(*line, &outline.polygon) <= outline.tolerance;
        if self.touching(outline.bbox).any(|line| near(&line)) {
            return Some(Position::Border);
        }
        let inside = beside_inside || outline.polygon.exterior().0.first().is_some_and(|corner| self.contain(*corner));
        inside.then_some(Position::Inside)
    }

    /// Whether an odd number of edges lies east of a point.
    fn contain(&self, p: Coord<f64>) -> bool {
        let exact = |c: Coord<f64>| robust::Coord { x: c.x, y: c.y };
        let crossed = |l: &&Line<f64>| {
            let upwards = l.end.y > p.y;
            let side = orient2d(exact(l.start), exact(l.end), exact(p));
            (l.start.y > p.y) != upwards && (side > 0.0) == upwards
        };
        self.touching(Bbox([p.x, p.y, f64::MAX, p.y])).filter(crossed).count() % 2 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Intersects, LineString, Point, Polygon, Translate};
    use proptest::prelude::*;
    use std::collections::HashMap;

    /// A star with a hole, and a second part beside it.
    fn area(middle: (f64, f64), radius: f64, radii: &[u8]) -> MultiPolygon<f64> {
        let ring = |scale: f64| {
            let vertex = |(i, r): (usize, &u8)| {
                let (sin, cos) = (std::f64::consts::TAU * i as f64 / radii.len() as f64).sin_cos();
                let r = scale * radius * (100.0 + f64::from(*r)) / 355.0;
                (middle.0 + r * cos, middle.1 + r * sin)
            };
            let open: Vec<_> = radii.iter().enumerate().map(vertex).collect();
            LineString::from_iter(open.iter().chain(open.first()).copied())
        };
        let first = Polygon::new(ring(1.0), vec![ring(0.5)]);
        MultiPolygon(vec![first, Polygon::new(ring(0.9), vec![]).translate(2.0 * radius, 0.0)])
    }

    fn cell_at(p: Coord<f64>, resolution: Resolution) -> u64 {
        LatLng::new(p.y, p.x).expect("on Earth").to_cell(resolution).into()
    }

    /// Points of a triangle of the cell's middle and two neighbouring corners, up to the very arc between the corners.
    fn point_of(cell: CellIndex, side: usize, along: f64, outwards: f64) -> Coord<f64> {
        let corners = cell.boundary().to_vec();
        let space = |p: LatLng| {
            let ((s, c), (t, d)) = (p.lat_radians().sin_cos(), p.lng_radians().sin_cos());
            [c * d, c * t, s]
        };
        let mix = |a: [f64; 3], b: [f64; 3], t: f64| [0, 1, 2].map(|i| a[i] * (1.0 - t) + b[i] * t);
        let (a, b) = (space(corners[side % corners.len()]), space(corners[(side + 1) % corners.len()]));
        let [x, y, z] = mix(space(cell.into()), mix(a, b, along), outwards);
        Coord { x: y.atan2(x).to_degrees(), y: z.atan2(x.hypot(y)).to_degrees() }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn every_point_has_its_cell_and_cells_inside_are_inside(
            middle in (-140.0..130.0_f64, -55.0..55.0_f64),
            (resolution, size) in (0..=15_u8, 0.05..5.0_f64),
            radii in prop::collection::vec(any::<u8>(), 3..12),
            points in prop::collection::vec((-1.0..3.0_f64, -1.0..1.0_f64), 300),
            spots in prop::collection::vec((0..10_usize, 0.0..1.0_f64, 0.0..1.0_f64), 20),
        ) {
            let resolution = Resolution::try_from(resolution).expect("a resolution");
            let radius = (size * resolution.edge_length_m() / 111_000.0).min(14.0);
            let area = area(middle, radius, &radii);
            let cells: Vec<_> = H3Cover::of(&area, resolution).collect();
            let by_cell: HashMap<_, _> = cells.iter().copied().collect();
            prop_assert_eq!(by_cell.len(), cells.len(), "each once");
            let inside = |c: &Coord<f64>| area.intersects(&Point(*c));
            let scattered = points.iter().map(|(x, y)| Coord { x: middle.0 + radius * x, y: middle.1 + radius * y });
            let on_border = area.lines_iter().flat_map(|l| [l.start, (l.start + l.end) / 2.0]);
            for p in scattered.filter(inside).chain(on_border) {
                prop_assert!(by_cell.contains_key(&cell_at(p, resolution)), "{:?} has no cell", p);
            }
            for (cell, position) in cells {
                let cell = CellIndex::try_from(cell).expect("a cell");
                let arcs = (0..10).flat_map(|side| [0.0, 0.3, 0.5, 0.9].map(|along| (side, along, 1.0)));
                let mut spots = spots.iter().copied().chain(arcs).map(|(s, a, o)| point_of(cell, s, a, o));
                if position == Position::Inside {
                    prop_assert!(spots.all(|p| inside(&p)), "{} sticks out", cell);
                } else {
                    let outline = Outline::of(cell);
                    let near = |l: Line<f64>| Euclidean.distance(&l, &outline.polygon) <= outline.tolerance;
                    prop_assert!(area.lines_iter().any(near), "{} is away from the border", cell);
                }
            }
        }

        #[test]
        fn areas_anywhere_on_earth_end(middle in (-180.0..180.0_f64, -90.0..90.0_f64), resolution in 0..6_u8) {
            let resolution = Resolution::try_from(resolution).expect("a resolution");
            let mut area = area(middle, 0.5 * resolution.edge_length_m() / 111_000.0, &[50, 60, 70]);
            let cells: Vec<_> = H3Cover::of(&area, resolution).map(|(cell, _)| cell).collect();
            let distinct: HashSet<_> = cells.iter().collect();
            prop_assert_eq!(distinct.len(), cells.len());
            area.0[0].exterior_mut(|ring| ring.0[1].x = f64::NAN);
            H3Cover::of(&area, resolution).take(500).for_each(drop);
        }
    }

    #[test]
    fn an_area_within_a_cell_has_that_cell() {
        let area = area((114.0, 22.5), 1e-6, &[9, 9, 9, 9]);
        let cells: Vec<_> = H3Cover::of(&area, Resolution::Five).collect();
        assert_eq!(cells, [(cell_at(Coord { x: 114.0, y: 22.5 }, Resolution::Five), Position::Border)]);
    }
}
