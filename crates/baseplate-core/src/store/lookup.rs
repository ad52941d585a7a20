//! Indexes over the tables: rows by code, rows by name, and rows by place.
//!
//! All three are files of arrays ([`crate::arrays`]) that hold no copy of what they order, only rows, and
//! look into the mapped table for the rest. So an index cannot contradict its table; a damaged one can only
//! find less than there is, or rows that the caller's comparison refuses.
//!
//! | type | magic | array | search |
//! |---|---|---|---|
//! | [`RowOrder`] | `BPCODES1` | `u32`: rows in the order of their codes | binary, O(log n) comparisons |
//! | [`NameOrder`] | `BPNAMES1` | `u64`: row in the upper 56 bits, byte of its name in the lower 8 | binary, O(log n) comparisons |
//! | [`BoxTree`] | `BPBOXES1` | `f64`: west, south, east and north of each node, degrees | O(log n) nodes for few hits |
//!
//! Texts are compared byte by byte, which for UTF-8 is the order of code points. Where several rows have
//! one code they stand in the index in the order of their rows.

use super::table::Text;
use crate::{
    arrays::{ArraysError, ArraysReader, ArraysWriter},
    spatial::{Bbox, Plane},
};
use arrow_buffer::{Buffer, ScalarBuffer};
use rayon::prelude::*;
use std::ops::Range;

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

    /// The rows in their order.
    pub(crate) fn rows(&self) -> &[u32] {
        &self.0
    }

    /// The rows whose key equals the asked one; `key` gives that of a row, and the rows must be in its
    /// order.
    pub(crate) fn find_all<'k, K: Ord + ?Sized + 'k>(&self, asked: &K, key: impl Fn(u32) -> Option<&'k K>) -> &[u32] {
        let from = self.0.partition_point(|row| key(*row).is_some_and(|other| other < asked));
        let equal = self.0[from..].iter().take_while(|row| key(**row) == Some(asked)).count();
        &self.0[from..from + equal]
    }

    /// Up to `limit` rows whose codes begin with a text, in the order of their codes.
    pub(crate) fn starting_with<'a>(
        &'a self,
        codes: &'a Text,
        code: &'a str,
        limit: usize,
    ) -> impl Iterator<Item = u32> + 'a {
        let from = self.0.partition_point(|row| codes.get(*row).is_some_and(|other| other < code));
        let rows = self.0.iter().skip(from).copied().take(limit);
        rows.take_while(move |row| codes.get(*row).is_some_and(|other| other.starts_with(code)))
    }

    /// The first row with this code.
    pub(crate) fn find(&self, codes: &Text, code: &str) -> Option<u32> {
        let at = self.0.partition_point(|row| codes.get(*row).is_some_and(|other| other < code));
        let row = *self.0.get(at)?;
        (codes.get(row) == Some(code)).then_some(row)
    }
}

/// The names of a table, each entered at several of its characters, in the order of what follows: a name is
/// found by the words in it at which it is entered. An entry is a row and a byte of its name; only the
/// first 256 bytes of a name can be entered.
pub(crate) struct NameOrder(ScalarBuffer<u64>);

const NAMES_MAGIC: [u8; 8] = *b"BPNAMES1";
/// The bits of an entry below its row.
const BYTE_BITS: u32 = 8;

impl NameOrder {
    /// The bytes of the index of some rows: for each its name, and the bytes at which it is entered.
    pub(crate) fn write<'a>(rows: impl Iterator<Item = (u32, &'a str, Vec<usize>)>) -> Vec<u8> {
        // The first bytes decide nearly always.
        let key = |text: &str| text.bytes().chain([0; 8]).take(8).fold(0, |key, byte| key << 8 | u64::from(byte));
        let entries = rows.flat_map(|(row, name, bytes)| {
            let entry = move |byte: usize| {
                let rest = name.get(byte..)?;
                Some((key(rest), rest, u64::from(row) << BYTE_BITS | u8::try_from(byte).ok().map(u64::from)?))
            };
            bytes.into_iter().filter_map(entry)
        });
        let mut entries: Vec<(u64, &str, u64)> = entries.collect();
        entries.par_sort_unstable();
        let mut file = ArraysWriter::new(NAMES_MAGIC, VERSION);
        file.push(&entries.iter().map(|(.., entry)| *entry).collect::<Vec<_>>());
        file.finish()
    }

    pub(crate) fn open(file: Buffer) -> Result<Self, ArraysError> {
        ArraysReader::open(file, NAMES_MAGIC, VERSION)?.array(0).map(Self)
    }

    /// Whether the entries are of names that are there, and in their order.
    pub(crate) fn holds(&self, names: &Text) -> bool {
        let rest = |entry: &u64| Self::rest(names, *entry);
        self.0.iter().all(|entry| rest(entry).is_some()) && self.0.is_sorted_by_key(rest)
    }

    /// Up to `limit` rows whose names have a text at one of the bytes at which they are entered; a row may be there several times.
    pub(crate) fn starting_with<'a>(
        &'a self,
        names: &'a Text,
        text: &'a str,
        limit: usize,
    ) -> impl Iterator<Item = u32> + 'a {
        let is = move |entry: u64, holds: fn(&str, &str) -> bool| {
            Self::rest(names, entry).is_some_and(|other| holds(other, text))
        };
        let from = self.0.partition_point(|entry| is(*entry, |other, text| other < text));
        let entries = self.0.iter().skip(from).copied().take(limit);
        entries.take_while(move |entry| is(*entry, |other, text| other.starts_with(text))).map(Self::row)
    }

    /// The row of an entry.
    fn row(entry: u64) -> u32 {
        (entry >> BYTE_BITS) as u32
    }

    /// The name of an entry from the byte at which it is entered.
    fn rest(names: &Text, entry: u64) -> Option<&str> {
        names.get(Self::row(entry))?.get((entry & ((1 << BYTE_BITS) - 1)) as usize..)
    }
}

/// A packed R-tree over rows that already lie along a space-filling curve: the box of every [`FAN_OUT`]
/// rows, of every `FAN_OUT` of those, and so on. Children are found by counting, so nothing has to be
/// stored but boxes, and damaged bytes can lead nowhere. The rows' own boxes stay in their table.
///
/// Node `n` of a level has the nodes, or rows, from `16 n` to `16 n + 15` of the level below as its
/// children. The levels stand in the file from the one just above the rows to the root, which is a single
/// node; a table of one row has no nodes. A tree of n rows has about n / 15 nodes, of 32 bytes each.
pub(crate) struct BoxTree {
    /// Four numbers for each node: west, south, east and north, degrees.
    boxes: ScalarBuffer<f64>,
    /// How many rows the tree is over.
    rows: usize,
    /// The nodes of each level, from just above the rows to the root.
    levels: Vec<Range<usize>>,
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

    /// Opens a tree over `rows` rows, whose number tells how many nodes there must be.
    pub(crate) fn open(file: Buffer, rows: usize) -> Result<Self, ArraysError> {
        let boxes: ScalarBuffer<f64> = ArraysReader::open(file, BOXES_MAGIC, VERSION)?.array(0)?;
        let levels = levels(rows);
        let nodes = levels.last().map_or(0, |root| root.end);
        if boxes.len() == 4 * nodes { Ok(Self { boxes, rows, levels }) } else { Err(ArraysError::Damaged) }
    }

    /// Whether every node is the box of its children. It looks at all rows, for those who verify a plate.
    pub(crate) fn holds(&self, row_box: impl Fn(u32) -> Option<Bbox>) -> bool {
        let mut below: Vec<Option<Bbox>> = (0..self.rows as u32).map(row_box).collect();
        for level in &self.levels {
            let union = |some: &[Option<Bbox>]| {
                some.iter()
                    .copied()
                    .collect::<Option<Vec<_>>>()
                    .map(|boxes| boxes.into_iter().fold(Bbox::EMPTY, Bbox::union))
            };
            let nodes: Vec<_> = level.clone().map(|node| self.node(node)).collect();
            if nodes
                .iter()
                .zip(below.chunks(FAN_OUT))
                .any(|(node, children)| node.is_none() || *node != union(children))
            {
                return false;
            }
            below = nodes;
        }
        true
    }

    /// The rows whose boxes touch `bbox`, degrees, ascending. `row_box` gives the box of a row. The tree is
    /// searched level by level.
    pub(crate) fn search(&self, bbox: Bbox, row_box: impl Fn(u32) -> Option<Bbox>) -> Vec<u32> {
        let mut candidates = vec![0];
        for level in self.levels.iter().rev() {
            let touches = |node: &usize| self.node(level.start + node).is_some_and(|b| b.intersection(bbox).is_some());
            candidates.retain(|node| *node < level.len() && touches(node));
            candidates = candidates.iter().flat_map(|node| node * FAN_OUT..(node + 1) * FAN_OUT).collect();
        }
        let rows = candidates.into_iter().filter(|row| *row < self.rows).map(|row| row as u32);
        rows.filter(|row| row_box(*row).is_some_and(|b| b.intersection(bbox).is_some())).collect()
    }

    /// The first rows from `from` on, at most `limit`, whose boxes touch `bbox`, ascending. The tree is
    /// searched in depth, so that it ends as soon as there are enough: this is how long answers are given
    /// page by page.
    pub(crate) fn search_from(
        &self,
        bbox: Bbox,
        from: u32,
        limit: usize,
        row_box: impl Fn(u32) -> Option<Bbox>,
    ) -> Vec<u32> {
        let touches = |found: Option<Bbox>| found.is_some_and(|b| b.intersection(bbox).is_some());
        let (mut found, mut open) = (Vec::new(), vec![(self.levels.len(), 0_usize)]);
        while let Some((height, place)) = open.pop().filter(|_| found.len() < limit) {
            let Some(below) = height.checked_sub(1) else {
                if place >= from as usize && place < self.rows && touches(row_box(place as u32)) {
                    found.push(place as u32);
                }
                continue;
            };
            let level = &self.levels[below];
            let last = (place + 1).saturating_mul(FAN_OUT.saturating_pow(height as u32));
            if place < level.len() && last > from as usize && touches(self.node(level.start + place)) {
                open.extend((place * FAN_OUT..(place + 1) * FAN_OUT).rev().map(|child| (below, child)));
            }
        }
        found
    }

    /// The box around all rows; nothing for a tree without rows.
    pub(crate) fn bounds(&self, row_box: impl Fn(u32) -> Option<Bbox>) -> Option<Bbox> {
        let root = self.levels.last().map(|level| self.node(level.start));
        root.unwrap_or_else(|| (self.rows > 0).then(|| row_box(0)).flatten())
    }

    /// Whether the box of any row touches `bbox`.
    pub(crate) fn touches(&self, bbox: Bbox, row_box: impl Fn(u32) -> Option<Bbox>) -> bool {
        !self.search_from(bbox, 0, 1, row_box).is_empty()
    }

    /// The row nearest to the middle of a plane and its squared metres, at most `limit2`; of equals the first. `leaf` is asked
    /// for a few rows and offers those that [`Best`] admits.
    ///
    /// Branch and bound: from the root down, nearer nodes first, none whose box is farther than the best row so far.
    pub(crate) fn nearest(
        &self,
        plane: &Plane,
        limit2: f64,
        leaf: impl FnMut(Range<u32>, &mut Best),
    ) -> Option<(u32, f64)> {
        let mut descent = Descent { tree: self, plane, best: Best::within(limit2), leaf };
        descent.enter(self.levels.len(), 0);
        descent.best.found()
    }

    /// The boxes of some nodes of a level; none if they are not all in the file.
    fn nodes(&self, level: usize, nodes: &Range<usize>) -> &[[f64; 4]] {
        let start = self.levels.get(level).map_or(0, |l| l.start);
        let boxes = self.boxes.get(4 * (start + nodes.start)..4 * (start + nodes.end));
        boxes.unwrap_or_default().as_chunks().0
    }

    /// The box of a node by its number in the file.
    fn node(&self, index: usize) -> Option<Bbox> {
        self.boxes.get(4 * index..4 * index + 4)?.try_into().ok().map(Bbox)
    }
}

/// The nodes of each level, from just above the rows to the root.
fn levels(rows: usize) -> Vec<Range<usize>> {
    let above = |n: &usize| (*n > 1).then(|| n.div_ceil(FAN_OUT));
    let mut end = 0;
    let level = |size: usize| {
        end += size;
        end - size..end
    };
    std::iter::successors(above(&rows), above).map(level).collect()
}

/// The nearest row so far. As long as there is none its distance is the limit, so that nothing farther is
/// looked for.
pub(crate) struct Best {
    /// Squared metres in the plane of the search.
    distance2: f64,
    /// The row, or `u32::MAX` for none.
    row: u32,
}

impl Best {
    /// No row yet, and none beyond a limit.
    pub(crate) fn within(limit2: f64) -> Self {
        Self { distance2: limit2, row: u32::MAX }
    }

    /// The row and its squared metres, if there is one.
    pub(crate) fn found(&self) -> Option<(u32, f64)> {
        (self.row != u32::MAX).then_some((self.row, self.distance2))
    }

    /// Whether rows from `row` on, at `distance2` or farther, can be nearer than the best, or as near and before it.
    pub(crate) fn admits(&self, distance2: f64, row: u32) -> bool {
        distance2 < self.distance2 || (distance2 == self.distance2 && row < self.row)
    }

    /// Takes the row if it is admitted.
    pub(crate) fn offer(&mut self, distance2: f64, row: u32) {
        if self.admits(distance2, row) {
            *self = Self { distance2, row };
        }
    }
}

/// The squared distances of up to [`FAN_OUT`] children, to be taken nearest first. Nodes and rows that are looked into are few
/// among those that are measured, so picking the least each time is quicker than sorting.
pub(crate) struct NearFirst([f64; FAN_OUT]);

impl NearFirst {
    /// What is beyond [`FAN_OUT`] is dropped.
    pub(crate) fn of(distances2: impl Iterator<Item = f64>) -> Self {
        let mut near = [f64::INFINITY; FAN_OUT];
        near.iter_mut().zip(distances2).for_each(|(slot, distance2)| *slot = distance2);
        Self(near)
    }

    /// Takes the nearest child out, of equals the first: its distance and its place.
    pub(crate) fn take(&mut self) -> Option<(f64, usize)> {
        let (mut least, mut at) = (f64::INFINITY, FAN_OUT);
        for (place, distance2) in self.0.iter().enumerate() {
            (least, at) = if *distance2 < least { (*distance2, place) } else { (least, at) };
        }
        *self.0.get_mut(at)? = f64::INFINITY;
        Some((least, at))
    }
}

/// A search for the nearest row on its way down the tree.
struct Descent<'t, L> {
    tree: &'t BoxTree,
    plane: &'t Plane,
    best: Best,
    /// Measures a few neighbouring rows and offers them.
    leaf: L,
}

impl<L: FnMut(Range<u32>, &mut Best)> Descent<'_, L> {
    /// Looks into a node that lies `height` levels above the rows. Goes no deeper than the tree is high: 8 levels.
    fn enter(&mut self, height: usize, node: usize) {
        let first = node * FAN_OUT;
        let Some(below) = height.checked_sub(2) else {
            let end = self.tree.rows.min(first + FAN_OUT);
            (self.leaf)(first.min(end) as u32..end as u32, &mut self.best);
            return;
        };
        let children = first..self.tree.levels[below].len().min(first + FAN_OUT);
        let rows_each = FAN_OUT.pow(below as u32 + 1);
        let boxes = self.tree.nodes(below, &children);
        let mut near = NearFirst::of(boxes.iter().map(|bbox| self.plane.to_box(*bbox)));
        while let Some((bound2, at)) = near.take()
            && self.best.admits(bound2, ((first + at) * rows_each) as u32)
        {
            self.enter(below + 1, first + at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::LngLat;
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
            let row_box = |row: u32| boxes.get(row as usize).copied();
            let found = tree.search(asked, row_box);
            prop_assert_eq!(tree.touches(asked, row_box), !found.is_empty());
            let scanned: Vec<u32> =
                (0..).zip(&boxes).filter(|(_, b)| b.intersection(asked).is_some()).map(|(row, _)| row).collect();
            let from = |from: u32| scanned.iter().copied().filter(|row| *row >= from).take(3).collect::<Vec<_>>();
            for first in [0, 1, boxes.len() as u32 / 2] {
                prop_assert_eq!(tree.search_from(asked, first, 3, row_box), from(first));
            }
            prop_assert_eq!(found, scanned);
        }

        #[test]
        fn the_nearest_box_is_the_one_that_a_scan_finds(
            corners in prop::collection::vec((0..60_u8, 0..60_u8, 0..9_u8, 0..9_u8), 0..5_000),
            (x, y, limit) in (0..100_u8, 0..90_u8, 0..3_u8),
        ) {
            let boxed = |c: &(u8, u8, u8, u8)| Bbox([c.0, c.1, c.0 + c.2, c.1 + c.3].map(f64::from));
            let boxes: Vec<_> = corners.iter().map(boxed).collect();
            let tree = BoxTree::open(Buffer::from_vec(BoxTree::write(boxes.iter().copied())), boxes.len()).expect("own file");
            let plane = Plane::around(LngLat::new(f64::from(x), f64::from(y))).expect("on Earth");
            let limit2 = [0.0, 1e11, f64::INFINITY][usize::from(limit)];
            let leaf = |rows: Range<u32>, best: &mut Best| {
                rows.for_each(|row| best.offer(plane.to_box(boxes[row as usize].0), row));
            };
            let near = (0..).zip(&boxes).map(|(row, b)| (row, plane.to_box(b.0))).filter(|(_, d)| *d <= limit2);
            let scanned = near.min_by(|(_, k), (_, l)| k.total_cmp(l));
            prop_assert_eq!(tree.nearest(&plane, limit2, leaf), scanned);
        }
    }
}
