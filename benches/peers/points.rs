//! The points that are asked for, the same on every run.

use baseplate_core::{Bbox, LngLat};
use geo::{CoordsIter, MultiPolygon};

/// Points in the order in which they are asked for.
pub(crate) struct Asked {
    /// What the set is called, in file names and modes.
    pub(crate) name: &'static str,
    pub(crate) points: Vec<LngLat>,
    /// The number of each point, which it keeps when it is put elsewhere.
    pub(crate) ids: Vec<u32>,
}

impl Asked {
    /// Uniform points over a box (a Weyl sequence), in no spatial order.
    pub(crate) fn random(Bbox([w, s, e, n]): Bbox, count: u32) -> Self {
        let at = |i: u32, step: f64| (f64::from(i) * step).fract();
        let point = |i| LngLat::new(w + (e - w) * at(i, 0.754_877_666_246_7), s + (n - s) * at(i, 0.569_840_290_998));
        Self { name: "random", points: (1..=count).map(point).collect(), ids: (0..count).collect() }
    }

    /// The same points along a space-filling curve.
    pub(crate) fn sorted(&self) -> Self {
        let bbox = self.points.iter().fold(Bbox::EMPTY, |bbox, p| bbox.extend(*p));
        let mut all: Vec<_> = self.points.iter().zip(&self.ids).map(|(p, id)| (z_order(bbox, *p), *id, *p)).collect();
        all.sort_unstable_by_key(|(order, id, _)| (*order, *id));
        let (points, ids) = all.into_iter().map(|(_, id, p)| (p, id)).unzip();
        Self { name: "sorted", points, ids }
    }

    /// Vertices of the areas, at most `count`, evenly picked.
    pub(crate) fn vertices(areas: &[MultiPolygon], count: usize) -> Self {
        let all: usize = areas.iter().map(|area| area.coords_count()).sum();
        let picked = areas.iter().flat_map(|area| area.coords_iter()).step_by(all.div_ceil(count).max(1));
        let points: Vec<_> = picked.map(|c| LngLat::new(c.x, c.y)).collect();
        Self { name: "vertices", ids: (0..points.len() as u32).collect(), points }
    }
}

/// The place of a point on a Z-curve over a box.
fn z_order(Bbox([w, s, e, n]): Bbox, p: LngLat) -> u64 {
    let step = |at: f64, from: f64, to: f64| ((at - from) / (to - from) * f64::from(u16::MAX)) as u64;
    let spread = |v: u64| (0..16).fold(0, |z, bit| z | ((v >> bit) & 1) << (2 * bit));
    spread(step(p.lng, w, e)) | spread(step(p.lat, s, n)) << 1
}
