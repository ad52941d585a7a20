//! Links: which building an address belongs to, and how that was found out.

use crate::{
    model::How,
    spatial::{Bbox, Leaf, LngLat, Metric, rows_touching, rtree},
};
use geo::MultiPolygon;
use rstar::RTree;

/// A building found for an address.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BuildingLink {
    /// Its row.
    pub(crate) building: u32,
    pub(crate) how: How,
    /// Metres from the address to the footprint; zero inside.
    pub(crate) distance_m: f32,
}

/// Finds buildings for points. One that stands goes before one that was demolished.
pub(crate) struct BuildingLinker<'a> {
    footprints: &'a [MultiPolygon<f64>],
    demolished: Vec<bool>,
    tree: RTree<Leaf>,
    reach_m: f64,
}

impl<'a> BuildingLinker<'a> {
    /// `demolished` says of each footprint whether its building is gone; `reach_m` is how far a point may be from a
    /// footprint, metres.
    pub(crate) fn new(
        footprints: &'a [MultiPolygon<f64>],
        boxes: &[Bbox],
        demolished: Vec<bool>,
        reach_m: f64,
    ) -> Self {
        Self { footprints, demolished, tree: rtree(boxes.iter().copied()), reach_m }
    }

    /// The building around the point, else the nearest within reach; in both cases one that stands before one that was
    /// demolished, and of equals the first row.
    pub(crate) fn nearest(&self, point: LngLat) -> Option<BuildingLink> {
        let around = |reach_m: f64| rows_touching(&self.tree, box_around(point, reach_m)).into_iter();
        let metric = Metric::at(point.lat);
        let far = |building: &u32| metric.distance_to_area(point, &self.footprints[*building as usize]);
        let gone = |building: u32| self.demolished.get(building as usize).copied().unwrap_or_default();
        let inside =
            around(0.0).filter(|building| far(building) == 0.0).min_by_key(|building| (gone(*building), *building));
        let inside = inside.map(|building| (building, 0.0));
        let nearest = inside.or_else(|| {
            let near = around(self.reach_m).map(|b| (b, far(&b))).filter(|(_, distance)| *distance <= self.reach_m);
            near.min_by(|(b, k), (c, l)| gone(*b).cmp(&gone(*c)).then(k.total_cmp(l)))
        });
        nearest.map(|(building, distance)| BuildingLink { building, how: How::Spatial, distance_m: distance as f32 })
    }

    /// The link to a building that the source names. `point` is the address's own, if it has one.
    pub(crate) fn given(&self, building: u32, point: Option<LngLat>) -> BuildingLink {
        let distance = |p: LngLat| Metric::at(p.lat).distance_to_area(p, &self.footprints[building as usize]);
        BuildingLink { building, how: How::Given, distance_m: point.map_or(0.0, distance) as f32 }
    }
}

fn box_around(point: LngLat, reach_m: f64) -> Bbox {
    let metric = Metric::at(point.lat);
    let (east, north) = (reach_m / metric.lng_m, reach_m / metric.lat_m);
    Bbox([point.lng - east, point.lat - north, point.lng + east, point.lat + north])
}
