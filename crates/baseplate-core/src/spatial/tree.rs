//! Trees over the boxes of rows.

use super::Bbox;
use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};

/// A leaf of an R-tree: a row and its box.
pub(crate) type Leaf = GeomWithData<Rectangle<[f64; 2]>, u32>;

/// An R-tree over boxes, the row of each being its index in the iteration. Empty boxes are left out.
pub(crate) fn rtree(boxes: impl Iterator<Item = Bbox>) -> RTree<Leaf> {
    let leaf = |(row, Bbox([w, s, e, n])): (u32, Bbox)| Leaf::new(Rectangle::from_corners([w, s], [e, n]), row);
    RTree::bulk_load((0..).zip(boxes).filter(|(_, b)| !b.is_empty()).map(leaf).collect())
}

/// The rows whose boxes touch `bbox`, in ascending order.
pub(crate) fn rows_touching(tree: &RTree<Leaf>, bbox: Bbox) -> Vec<u32> {
    let [w, s, e, n] = bbox.0;
    let envelope = AABB::from_corners([w, s], [e, n]);
    let mut rows: Vec<u32> = tree.locate_in_envelope_intersecting(envelope).map(|leaf| leaf.data).collect();
    rows.sort_unstable();
    rows
}
