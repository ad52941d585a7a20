//! Where the raster lies, and how its values are packed.

use crate::spatial::LngLat;

/// Marks a block value that is a set of cells, and a cell value that is the place of a record, instead of a face.
pub(super) const MORE: u32 = 1 << 31;
/// Bits of a block value that say where its cells begin, in fours.
const FIRST_BITS: u32 = 27;
/// The most a block is halved in either direction: 4096 × 4096 cells.
pub(super) const MAX_HALVINGS: u32 = 12;
/// Units of a [`Place`] to a block.
const UNIT: u32 = 1 << MAX_HALVINGS;

/// A raster of blocks, row by row from the south-west. Places in it are counted in blocks from its south-west corner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) west: f64,
    pub(super) south: f64,
    pub(super) blocks_per_lng: f64,
    pub(super) blocks_per_lat: f64,
    pub(super) columns: usize,
    pub(super) rows: usize,
}

impl Frame {
    /// Blocks east of the west side.
    pub(super) fn x(&self, lng: f64) -> f64 {
        (lng - self.west) * self.blocks_per_lng
    }

    /// Blocks north of the south side.
    pub(super) fn y(&self, lat: f64) -> f64 {
        (lat - self.south) * self.blocks_per_lat
    }

    /// The place of a point in [`UNIT`]s: exact but for its part below one. NaN becomes 0 and infinities the ends of the range.
    #[inline]
    pub(super) fn place(&self, p: LngLat) -> Place {
        let units = |blocks: f64| (blocks * f64::from(UNIT)) as i64;
        Place { x: units(self.x(p.lng)), y: units(self.y(p.lat)) }
    }

    /// The index of the block over a place, if there is one.
    #[inline]
    pub(super) fn block(&self, place: Place) -> Option<usize> {
        let (column, row) = ((place.x >> MAX_HALVINGS) as usize, (place.y >> MAX_HALVINGS) as usize);
        (column < self.columns && row < self.rows).then(|| row * self.columns + column)
    }
}

/// A place in a raster, in 4096ths of a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    x: i64,
    y: i64,
}

/// The cells of a block: `2^halvings` a side, row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cells {
    /// Where they begin, a multiple of four.
    pub(super) first: usize,
    pub(super) halvings: u32,
}

impl Cells {
    /// The cells a block value speaks of; `None` if it is a face.
    pub(super) fn of(value: u32) -> Option<Self> {
        let first = (value & ((1 << FIRST_BITS) - 1)) as usize * 4;
        (value & MORE != 0).then_some(Self { first, halvings: ((value >> FIRST_BITS) & 15).min(MAX_HALVINGS) })
    }

    /// The block value that speaks of them.
    pub(super) fn value(self) -> u32 {
        MORE | self.halvings << FIRST_BITS | (self.first / 4) as u32
    }

    /// Cells a side.
    pub(super) fn side(self) -> usize {
        1 << self.halvings
    }

    /// The index of a cell.
    pub(super) fn index(self, column: usize, row: usize) -> usize {
        self.first + (row << self.halvings) + column
    }

    /// The index of the cell of the block that is over a place.
    #[inline]
    pub(super) fn index_at(self, place: Place) -> usize {
        let within = |units: i64| (units as usize & (UNIT as usize - 1)) >> (MAX_HALVINGS - self.halvings);
        self.index(within(place.x), within(place.y))
    }
}
