//! The space-filling curve along which buildings are stored.

use super::{Bbox, LngLat};

/// The distance along the Hilbert curve of order 16 over `bbox` at which the point lies; outside points are clamped.
pub(crate) fn hilbert_index(bbox: Bbox, p: LngLat) -> u32 {
    let [w, s, e, n] = bbox.0;
    let scale = |v: f64, low: f64, high: f64| {
        let t = (v - low) / (high - low);
        if t.is_finite() { (t.clamp(0.0, 1.0) * 65535.0) as u32 } else { 0 }
    };
    curve(scale(p.lng, w, e), scale(p.lat, s, n))
}

/// Hilbert distance of a cell of the 65,536 × 65,536 lattice: from the highest bit down, each quadrant's turn
/// is undone on the remaining bits.
fn curve(mut x: u32, mut y: u32) -> u32 {
    let mut distance = 0;
    let mut side = 1 << 15;
    while side > 0 {
        let (right, up) = (u32::from(x & side > 0), u32::from(y & side > 0));
        distance += side * side * ((3 * right) ^ up);
        if up == 0 {
            if right == 1 {
                (x, y) = (65535 - x, 65535 - y);
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
