//! What lies above: when an area of one kind of grids holds one of another.
//!
//! Grids of one kind nest by their parents. Between kinds nothing is given but ground: a police beat lies
//! in the subdistrict that has nearly all of it, or in none.

use crate::spatial::common;
use geo::{Area, MultiPolygon};

/// The share of a grid that an area of another kind has to hold to lie above it: borders that were drawn twice differ a little.
const HELD_SHARE: f64 = 0.9;

/// Whether an area that has this much in common with a grid lies above it. `common` is in the units of the
/// grid's coordinates squared.
pub(crate) fn holds(common: f64, grid: &MultiPolygon<f64>) -> bool {
    common > 0.0 && common >= HELD_SHARE * grid.unsigned_area()
}

/// Whether a grid lies in an area of another kind. Both must be valid and in the same units.
pub(crate) fn lies_in(grid: &MultiPolygon<f64>, above: &MultiPolygon<f64>) -> bool {
    holds(common(grid, above).unsigned_area(), grid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Rect, coord};

    fn square(west: f64, east: f64) -> MultiPolygon<f64> {
        MultiPolygon(vec![Rect::new(coord! { x: west, y: 0.0 }, coord! { x: east, y: 1.0 }).to_polygon()])
    }

    #[test]
    fn a_border_drawn_twice_is_no_border_crossed() {
        let grid = square(0.0, 1.0);
        for (above, held) in [(square(0.0, 1.0), true), (square(0.05, 9.0), true), (square(0.2, 9.0), false)] {
            assert_eq!(lies_in(&grid, &above), held, "{above:?}");
        }
        assert!(!lies_in(&grid, &square(1.0, 2.0)), "a border alone is nothing in common");
        assert!(!lies_in(&MultiPolygon(Vec::new()), &grid), "nothing lies nowhere");
    }
}
