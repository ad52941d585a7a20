//! Where the raster lies, and how its values are packed.
//!
//! Coordinates of the raster are counted in blocks from its south-west corner; a point is rounded to 2⁻³²
//! of a block, always to the south-west, so that the cell of a point within its block follows from its
//! bits. A value is a `u32`: below 2³¹ it is a face; with bit 31 alone it is the index of a record; with
//! bits 31 and 30 it is a set of cells, whose halvings stand in bits 26 to 29 and whose first index, in
//! fours, in bits 0 to 25.

use crate::spatial::LngLat;

/// Marks a packed value that is not a face.
pub(super) const MORE: u32 = 1 << 31;
/// Marks a packed value that is a set of cells, beside [`MORE`].
const CELLS: u32 = 1 << 30;
/// Bits of a packed set of cells that say where they begin, in fours.
const FIRST_BITS: u32 = 26;
/// The most a block or cell is halved in either direction at once: 4096 × 4096 cells.
pub(super) const MAX_HALVINGS: u32 = 12;
/// The most often a block is cut into cells and these again.
pub(super) const LEVELS: u32 = 4;
/// Units of a [`RasterPoint`] to a block, a power of two: so often a block can be halved in all.
pub(super) const UNIT_BITS: u32 = 32;

/// A raster of blocks, row by row from the south-west. Coordinates in it are counted in blocks from its south-west corner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// Degrees of longitude of its west side.
    pub(super) west: f64,
    /// Degrees of latitude of its south side.
    pub(super) south: f64,
    /// Blocks to a degree of longitude.
    pub(super) blocks_per_lng: f64,
    /// Blocks to a degree of latitude.
    pub(super) blocks_per_lat: f64,
    /// Blocks from west to east.
    pub(super) columns: usize,
    /// Blocks from south to north.
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

    /// A point in the raster: rounded to the south-west, NaN to 0 and infinities to the ends of the range.
    #[inline]
    pub(super) fn raster_point(&self, p: LngLat) -> RasterPoint {
        let units = |blocks: f64| (blocks * (1_u64 << UNIT_BITS) as f64) as i64;
        RasterPoint { x: units(self.x(p.lng)), y: units(self.y(p.lat)) }
    }

    /// The index of the block over a point, if there is one.
    #[inline]
    pub(super) fn block(&self, point: RasterPoint) -> Option<usize> {
        let (column, row) = ((point.x >> UNIT_BITS) as usize, (point.y >> UNIT_BITS) as usize);
        (column < self.columns && row < self.rows).then(|| row * self.columns + column)
    }
}

/// A point in a raster, in 2⁻³² of a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct RasterPoint {
    x: i64,
    y: i64,
}

/// What is known of a block or a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// The first face around all of it, 0 for outside.
    Face(u32),
    /// It is cut into cells.
    Cells(Subdivision),
    /// The index of the first word of its record.
    Record(u32),
}

impl Value {
    /// The value in 32 bits. Any bits are some value, so a damaged file cannot stop a look-up.
    #[inline]
    pub(super) fn unpack(packed: u32) -> Self {
        if packed & MORE == 0 {
            Self::Face(packed)
        } else if packed & CELLS == 0 {
            Self::Record(packed & !MORE)
        } else {
            let first = (packed & ((1 << FIRST_BITS) - 1)) as usize * 4;
            Self::Cells(Subdivision { first, halvings: ((packed >> FIRST_BITS) & 15).clamp(1, MAX_HALVINGS) })
        }
    }

    /// The value in 32 bits; `None` if its index is too large.
    pub(super) fn pack(self) -> Option<u32> {
        match self {
            Self::Face(face) => (face < MORE).then_some(face),
            Self::Record(index) => (index < CELLS).then_some(MORE | index),
            Self::Cells(Subdivision { first, halvings }) => {
                (first / 4 < 1 << FIRST_BITS).then_some(MORE | CELLS | halvings << FIRST_BITS | (first / 4) as u32)
            }
        }
    }
}

/// The cells of a block or of a larger cell: `2^halvings` a side, row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Subdivision {
    /// Where they begin, a multiple of four.
    pub(super) first: usize,
    /// From 1 to [`MAX_HALVINGS`].
    pub(super) halvings: u32,
}

impl Subdivision {
    /// Cells a side.
    pub(super) fn side(self) -> usize {
        1 << self.halvings
    }

    /// The index of a cell among all cells of the file, by its column and row, which must be less than the
    /// side.
    pub(super) fn index(self, column: usize, row: usize) -> usize {
        self.first + (row << self.halvings) + column
    }

    /// The index of the cell over a point, in a part that is a block halved `halved` times.
    #[inline]
    pub(super) fn index_at(self, point: RasterPoint, halved: u32) -> usize {
        let below = UNIT_BITS.saturating_sub(halved + self.halvings);
        let within = |units: i64| (units >> below) as usize & (self.side() - 1);
        self.index(within(point.x), within(point.y))
    }
}
