//! Indexes over the tables: rows by code, and rows by place.

use super::table::Text;
use crate::{
    arrays::{ArraysError, ArraysReader, ArraysWriter},
    spatial::Bbox,
};
use arrow_buffer::{Buffer, ScalarBuffer};

const CODES_MAGIC: [u8; 8] = *b"BPCODES1";
const VERSION: u32 = 1;

/// The rows of a table in the order of their codes or tokens.
pub(crate) struct RowOrder(ScalarBuffer<u32>);

impl RowOrder {
    /// The bytes of the index, from the rows in their order.
    pub(crate) fn write(rows: &[u32]) -> Vec<u8> {
        let mut file = ArraysWriter::new(CODES_MAGIC, VERSION);
        file.push(rows);
        file.finish()
    }

    pub(crate) fn open(file: Buffer) -> Result<Self, ArraysError> {
        ArraysReader::open(file, CODES_MAGIC, VERSION)?.array(0).map(Self)
    }

    /// The rows whose key equals the asked one; `key` gives that of a row.
    pub(crate) fn find_all<'k, K: Ord + ?Sized + 'k>(&self, asked: &K, key: impl Fn(u32) -> Option<&'k K>) -> &[u32] {
        let from = self.0.partition_point(|row| key(*row).is_some_and(|other| other < asked));
        let equal = self.0[from..].iter().take_while(|row| key(**row) == Some(asked)).count();
        &self.0[from..from + equal]
    }

    /// The first row with this code.
    pub(crate) fn find(&self, codes: &Text, code: &str) -> Option<u32> {
        let at = self.0.partition_point(|row| codes.get(*row).is_some_and(|other| other < code));
        let row = *self.0.get(at)?;
        (codes.get(row) == Some(code)).then_some(row)
    }
}

/// A packed R-tree over rows that already lie along a space-filling curve: the box of every [`FAN_OUT`] rows, of every
/// `FAN_OUT` of those, and so on. Children are found by counting, so nothing has to be stored but boxes, and damaged
/// bytes can lead nowhere. The rows' own boxes stay in their table.
pub(crate) struct BoxTree {
    boxes: ScalarBuffer<f64>,
    rows: usize,
}

const BOXES_MAGIC: [u8; 8] = *b"BPBOXES1";
/// Children of a node.
const FAN_OUT: usize = 16;

impl BoxTree {
    /// The bytes of a tree over the boxes of rows 0, 1, 2 …
    pub(crate) fn write(rows: impl Iterator<Item = Bbox>) -> Vec<u8> {
        let mut level: Vec<Bbox> = rows.collect();
        let mut numbers = Vec::new();
        while level.len() > 1 {
            level = level.chunks(FAN_OUT).map(|c| c.iter().copied().fold(Bbox::EMPTY, Bbox::union)).collect();
            numbers.extend(level.iter().flat_map(|b| b.0));
        }
        let mut file = ArraysWriter::new(BOXES_MAGIC, VERSION);
        file.push(&numbers);
        file.finish()
    }

    /// Opens a tree over `rows` rows.
    pub(crate) fn open(file: Buffer, rows: usize) -> Result<Self, ArraysError> {
        let boxes: ScalarBuffer<f64> = ArraysReader::open(file, BOXES_MAGIC, VERSION)?.array(0)?;
        let nodes: usize = levels(rows).iter().sum();
        if boxes.len() == 4 * nodes { Ok(Self { boxes, rows }) } else { Err(ArraysError::Damaged) }
    }

    /// The rows whose boxes touch `bbox`, ascending. `row_box` gives the box of a row.
    pub(crate) fn search(&self, bbox: Bbox, row_box: impl Fn(u32) -> Option<Bbox>) -> Vec<u32> {
        let sizes = levels(self.rows);
        let mut start: usize = sizes.iter().sum();
        let mut candidates = vec![0];
        for size in sizes.iter().rev() {
            start -= size;
            let touches = |node: &usize| self.node(start + node).is_some_and(|b| b.intersection(bbox).is_some());
            candidates.retain(|node| node < size && touches(node));
            candidates = candidates.iter().flat_map(|node| node * FAN_OUT..(node + 1) * FAN_OUT).collect();
        }
        let rows = candidates.into_iter().filter(|row| *row < self.rows).map(|row| row as u32);
        rows.filter(|row| row_box(*row).is_some_and(|b| b.intersection(bbox).is_some())).collect()
    }

    fn node(&self, index: usize) -> Option<Bbox> {
        self.boxes.get(4 * index..4 * index + 4)?.try_into().ok().map(Bbox)
    }
}

/// The number of nodes on each level, from just above the rows to the root.
fn levels(rows: usize) -> Vec<usize> {
    let above = |n: &usize| (*n > 1).then(|| n.div_ceil(FAN_OUT));
    std::iter::successors(above(&rows), above).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_search_finds_what_a_scan_finds(
            corners in prop::collection::vec((0..100_u8, 0..100_u8, 0..9_u8, 0..9_u8), 0..600),
            (x, y, w, h) in (0..100_u8, 0..100_u8, 0..40_u8, 0..40_u8),
        ) {
            let boxed = |x: u8, y: u8, w: u8, h: u8| Bbox([x, y, x + w, y + h].map(f64::from));
            let boxes: Vec<_> = corners.iter().map(|c| boxed(c.0, c.1, c.2, c.3)).collect();
            let file = Buffer::from_vec(BoxTree::write(boxes.iter().copied()));
            let tree = BoxTree::open(file, boxes.len()).expect("own file");
            let asked = boxed(x, y, w, h);
            let found = tree.search(asked, |row| boxes.get(row as usize).copied());
            let scanned: Vec<u32> =
                (0..).zip(&boxes).filter(|(_, b)| b.intersection(asked).is_some()).map(|(row, _)| row).collect();
            prop_assert_eq!(found, scanned);
        }
    }
}
