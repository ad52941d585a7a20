//! The usual way in Rust: an R-tree over envelopes, then `geo::Contains`.

use baseplate_core::LngLat;
use geo::{BoundingRect, Contains, MultiPolygon, Point};
use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};

pub(crate) struct Tree {
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
    /// The polygons, in the order of the coverage.
    pub(crate) areas: Vec<MultiPolygon>,
}

impl Tree {
    pub(crate) fn new(areas: Vec<MultiPolygon>) -> Self {
        let boxes = areas.iter().zip(0..).filter_map(|(area, place)| Some((area.bounding_rect()?, place)));
        let leaf = |(b, place): (geo::Rect, u32)| {
            GeomWithData::new(Rectangle::from_corners(b.min().into(), b.max().into()), place)
        };
        Self { tree: RTree::bulk_load(boxes.map(leaf).collect()), areas }
    }

    /// The places of the areas that have a point inside, borders excluded.
    pub(crate) fn containing(&self, p: LngLat) -> impl Iterator<Item = u32> {
        let around = self.tree.locate_in_envelope_intersecting(AABB::from_point([p.lng, p.lat]));
        let contains = move |place: &u32| self.areas[*place as usize].contains(&Point::new(p.lng, p.lat));
        around.map(|leaf| leaf.data).filter(contains)
    }
}
