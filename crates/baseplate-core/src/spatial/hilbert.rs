//! The space-filling curve along which buildings are stored.
//!
//! Rows that are near one another on the ground are near one another in the tables, so that a look-up by
//! place reads few pages, and boxes of consecutive rows are small (`store/lookup.rs`). The curve covers the
//! whole Earth, not the city, so the order of two rows depends on nothing but their points.

use super::LngLat;

/// The distance along the Hilbert curve of order 32 over the whole Earth at which a point lies. One step of
/// the lattice is less than a centimetre. Points off the globe are drawn to its edge; what is not finite
/// lies at zero.
pub(crate) fn hilbert_index(p: LngLat) -> u64 {
    let scale = |v: f64, low: f64, size: f64| {
        let t = (v - low) / size;
        if t.is_finite() { (t.clamp(0.0, 1.0) * f64::from(u32::MAX)) as u32 } else { 0 }
    };
    curve(scale(p.lng, -180.0, 360.0), scale(p.lat, -90.0, 180.0))
}

/// Hilbert distance of a cell of the lattice of 2³² × 2³²: from the highest bit down, each quadrant's turn is undone on the
/// remaining bits.
fn curve(mut x: u32, mut y: u32) -> u64 {
    let mut distance = 0;
    let mut side = 1_u32 << 31;
    while side > 0 {
        let (right, up) = (u64::from(x & side > 0), u64::from(y & side > 0));
        distance += u64::from(side) * u64::from(side) * ((3 * right) ^ up);
        if up == 0 {
            if right == 1 {
                (x, y) = (u32::MAX - x, u32::MAX - y);
            }
            (x, y) = (y, x);
        }
        side >>= 1;
    }
    distance
}

#[cfg(test)]
mod tests {
    use super::curve;

    #[test]
    fn neighbours_on_the_curve_are_neighbours_on_the_ground() {
        let mut cells: Vec<_> = (0..64).flat_map(|x| (0..64).map(move |y| (curve(x, y), x, y))).collect();
        cells.sort_unstable();
        for (i, pair) in cells.windows(2).enumerate() {
            let ((d, x0, y0), (_, x1, y1)) = (pair[0], pair[1]);
            assert_eq!(d as usize, i);
            assert_eq!(x0.abs_diff(x1) + y0.abs_diff(y1), 1);
        }
    }
}
