//! The H3 cell that contains a point, for many points near one another.

use super::{LngLat, Plane};
use h3o::{CellIndex, LatLng, Resolution};

/// The resolutions of H3 for which cells are counted, from the coarse to the fine.
pub(crate) const CELL_RESOLUTIONS: [Resolution; 6] =
    [Resolution::Five, Resolution::Six, Resolution::Seven, Resolution::Eight, Resolution::Nine, Resolution::Ten];
/// The finest of them for which people are counted.
pub(crate) const PEOPLE_FINEST: Resolution = Resolution::Nine;

/// The sides of a cell are arcs of great circles and a plane is no sphere: a circle inside a cell is taken smaller by this.
const MARGIN: f64 = 0.98;
/// Cells that reach beyond this latitude are always asked for anew, degrees.
const POLAR: f64 = 85.0;

/// Finds the cells of one resolution in which points lie.
///
/// Cells of H3 are not inside their parents, so the parent of a point's finer cell may be a neighbour of the cell that contains the
/// point. It is the right one where the point lies in the circle that fits into the parent, as nine points in ten do;
/// the others are converted.
pub(crate) struct CellFinder {
    resolution: Resolution,
    last: Option<Circle>,
}

/// A circle inside a cell.
struct Circle {
    cell: CellIndex,
    /// The plane around the middle of the cell; `None` where no circle is known.
    plane: Option<Plane>,
    radius2: f64,
}

impl CellFinder {
    pub(crate) fn new(resolution: Resolution) -> Self {
        Self { resolution, last: None }
    }

    /// The cell that contains a point. `finer` is the point's cell at the same or a finer resolution.
    pub(crate) fn cell(&mut self, point: LngLat, finer: CellIndex) -> Option<CellIndex> {
        let parent = finer.parent(self.resolution)?;
        if self.last.as_ref().is_none_or(|circle| circle.cell != parent) {
            self.last = Some(Circle::inside(parent));
        }
        if self.last.as_ref().is_some_and(|circle| circle.holds(point)) {
            return Some(parent);
        }
        LatLng::new(point.lat, point.lng).ok().map(|at| at.to_cell(self.resolution))
    }
}

impl Circle {
    fn inside(cell: CellIndex) -> Self {
        let middle = LatLng::from(cell);
        let corners: Vec<LngLat> = cell.boundary().iter().map(|c| LngLat::new(c.lng(), c.lat())).collect();
        let is_plain = |c: &LngLat| c.lat.abs() < POLAR && (c.lng - middle.lng()).abs() < 90.0;
        let plane = Plane::around(LngLat::new(middle.lng(), middle.lat())).filter(|_| corners.iter().all(is_plain));
        let next = corners.iter().cycle().skip(1);
        let to_side = |(a, b): (&LngLat, &LngLat)| plane.map_or(0.0, |plane| plane.to_segment(*a, *b));
        let radius2 = corners.iter().zip(next).map(to_side).fold(f64::INFINITY, f64::min) * MARGIN * MARGIN;
        Self { cell, plane, radius2 }
    }

    fn holds(&self, point: LngLat) -> bool {
        self.plane.is_some_and(|plane| plane.to_point(point.lng, point.lat) < self.radius2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// Near one point, so that the circle of the last cell is used, and anywhere on Earth.
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
