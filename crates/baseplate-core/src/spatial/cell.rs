//! The H3 cell that contains a point, for many points near one another.
//!
//! Every address is counted at six resolutions, and converting a point to a cell takes a projection onto
//! the icosahedron each time. The finer cell that each address carries gives a parent for nothing, which is
//! the right cell for nineteen points in twenty: those that lie well inside the parent. So each parent is
//! remembered with its sides as half-planes, drawn in a little, and only points beyond one of them are
//! converted.

use super::{LngLat, Plane};
use h3o::{CellIndex, LatLng, Resolution};
use std::collections::HashMap;

/// The resolutions of H3 for which cells are counted, from the coarse to the fine.
pub(crate) const CELL_RESOLUTIONS: [Resolution; 6] =
    [Resolution::Five, Resolution::Six, Resolution::Seven, Resolution::Eight, Resolution::Nine, Resolution::Ten];

/// The resolution of the cells that buildings and addresses carry: about 9 m from centre to edge.
#[cfg(feature = "stats")]
const CARRIED: Resolution = Resolution::Twelve;

/// The cell that a building or an address at a point carries; `None` where no cell can be.
#[cfg(feature = "stats")]
pub(crate) fn h3_cell(point: LngLat) -> Option<u64> {
    LatLng::new(point.lat, point.lng).ok().map(|p| p.to_cell(CARRIED).into())
}

/// The sides of a cell are arcs of great circles and a plane is no sphere: the cell is taken smaller by this.
const MARGIN: f64 = 0.98;
/// Cells that reach beyond this latitude are always asked for anew, degrees north or south.
const POLAR: f64 = 85.0;
/// Cells coarser than this are always asked for anew: their sides are bent too much.
const COARSEST: Resolution = Resolution::Four;

/// Finds the cells of one resolution in which points lie.
///
/// Cells of H3 are not inside their parents, so the parent of a point's finer cell may be a neighbour of the cell that contains the
/// point. It is the right one where the point lies well inside the parent, as nineteen points in twenty do;
/// the others are converted.
pub(crate) struct CellFinder {
    /// The resolution of the cells that are found.
    resolution: Resolution,
    /// The cells that were met so far.
    known: Vec<Inside>,
    /// Where each of them stands in `known`.
    places: HashMap<CellIndex, usize>,
    /// Where the last one stands; the next point is mostly in the same.
    last: usize,
}

/// A cell without its rim.
struct Inside {
    cell: CellIndex,
    /// The plane around the middle of the cell; `None` where nothing is known to be inside.
    plane: Option<Plane>,
    /// `[a, b, c]` for each side: in the plane, `a` east and `b` north of the middle come to less than `c` inside of it.
    sides: Vec<[f64; 3]>,
}

impl CellFinder {
    /// A finder for the cells of a resolution, which knows none yet.
    pub(crate) fn new(resolution: Resolution) -> Self {
        Self { resolution, known: Vec::new(), places: HashMap::new(), last: 0 }
    }

    /// The cell that contains a point. `finer` is the point's cell at the same or a finer resolution;
    /// `None` if it is a coarser one, or if the point is no point of the Earth.
    pub(crate) fn cell(&mut self, point: LngLat, finer: CellIndex) -> Option<CellIndex> {
        let parent = finer.parent(self.resolution)?;
        if self.known.get(self.last).is_none_or(|inside| inside.cell != parent) {
            self.last = *self.places.entry(parent).or_insert(self.known.len());
            if self.last == self.known.len() {
                self.known.push(Inside::of(parent));
            }
        }
        if self.known.get(self.last).is_some_and(|inside| inside.holds(point)) {
            return Some(parent);
        }
        LatLng::new(point.lat, point.lng).ok().map(|at| at.to_cell(self.resolution))
    }
}

impl Inside {
    /// What is known to be inside a cell.
    fn of(cell: CellIndex) -> Self {
        let middle = LatLng::from(cell);
        let corners: Vec<LngLat> = cell.boundary().iter().map(|c| LngLat::new(c.lng(), c.lat())).collect();
        let is_plain = |c: &LngLat| c.lat.abs() < POLAR && (c.lng - middle.lng()).abs() < 90.0;
        let is_plain = cell.resolution() >= COARSEST && corners.iter().all(is_plain);
        let plane = Plane::around(LngLat::new(middle.lng(), middle.lat())).filter(|_| is_plain);
        let next = corners.iter().cycle().skip(1);
        let side = |plane: Plane, a: LngLat, b: LngLat| {
            let (a, b) = ((plane.east(a.lng), plane.north(a.lat)), (plane.east(b.lng), plane.north(b.lat)));
            // Corners go round counterclockwise.
            let (east, north) = (b.1 - a.1, a.0 - b.0);
            [east, north, (east * a.0 + north * a.1) * MARGIN]
        };
        let sides = corners.iter().zip(next).filter_map(|(a, b)| Some(side(plane?, *a, *b))).collect();
        Self { cell, plane, sides }
    }

    /// Whether a point is certainly inside.
    fn holds(&self, point: LngLat) -> bool {
        let holds = |plane: Plane| {
            let (east, north) = (plane.east(point.lng), plane.north(point.lat));
            self.sides.iter().all(|[a, b, c]| a * east + b * north < *c)
        };
        self.plane.is_some_and(holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// Near one point, so that a cell is known from the last point, and anywhere on Earth.
        #[test]
        fn it_is_the_cell_that_h3_says(
            (lng, lat) in (-180.0..180.0_f64, -90.0..90.0_f64),
            steps in prop::collection::vec((-0.02..0.02_f64, -0.02..0.02_f64), 1..20),
            resolution in 0..=12_u8,
        ) {
            let resolution = Resolution::try_from(resolution).expect("a resolution");
            let mut finder = CellFinder::new(resolution);
            for (east, north) in steps {
                let point = LngLat::new(lng + east, (lat + north).clamp(-90.0, 90.0));
                let at = LatLng::new(point.lat, point.lng).expect("finite");
                prop_assert_eq!(finder.cell(point, at.to_cell(Resolution::Twelve)), Some(at.to_cell(resolution)));
            }
        }
    }
}
