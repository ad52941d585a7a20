//! The blocks that people are counted in, with what the releases have published of them: what the counts of
//! any area are summed from.
//!
//! A *block* is a group of places where people live that is counted as a whole, at one point
//! ([`crate::release`]). There are two files of arrays, in which a block is its number from 0:
//!
//! | file | magic | arrays |
//! |---|---|---|
//! | `index/people.bin` | `BPBLOCKS` | people `u32`; longitude `f64` and latitude `f64`, degrees; H3 cell `u64`, 0 for none; then for each attribute of people a matrix `u32` of blocks by categories, row by row |
//! | `index/people-grids.bin` | `BPBLGRID` | for each coverage the row of the grid that a block is counted in, `u32`; 4 294 967 295 for none |
//!
//! All numbers of people in them are released ones, never those of the sources.

use super::{
    files::{Files, OpenError},
    names::{BLOCK_GRIDS, BLOCKS},
};
use crate::{
    arrays::{ArraysError, ArraysReader, ArraysWriter},
    spatial::LngLat,
};
use arrow_buffer::{Buffer, ScalarBuffer};

const MAGIC: [u8; 8] = *b"BPBLOCKS";
const GRIDS_MAGIC: [u8; 8] = *b"BPBLGRID";
const VERSION: u32 = 2;

/// The row that stands for no grid.
const NONE: u32 = u32::MAX;

/// What is written of the blocks; every column has one entry a block, but for `attributes`.
#[derive(Default)]
pub(crate) struct BlockColumns {
    /// How many people a block has, as released.
    pub(crate) people: Vec<u32>,
    /// The point at which a block is counted.
    pub(crate) points: Vec<LngLat>,
    /// The fine H3 cell of that point; `None` where H3 knows none.
    pub(crate) h3: Vec<Option<u64>>,
    /// For each attribute of people as many numbers a block as it has categories, block by block.
    pub(crate) attributes: Vec<Vec<u32>>,
}

impl BlockColumns {
    /// The bytes of the file of blocks.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut file = ArraysWriter::new(MAGIC, VERSION);
        file.push(&self.people);
        file.push(&self.points.iter().map(|point| point.lng).collect::<Vec<_>>());
        file.push(&self.points.iter().map(|point| point.lat).collect::<Vec<_>>());
        file.push(&self.h3.iter().map(|cell| cell.unwrap_or_default()).collect::<Vec<_>>());
        self.attributes.iter().for_each(|numbers| file.push(numbers));
        file.finish()
    }
}

/// The bytes of the file of the grids that blocks are counted in, for each coverage by block.
pub(crate) fn write_grids(coverages: impl Iterator<Item = Vec<Option<u32>>>) -> Vec<u8> {
    let mut file = ArraysWriter::new(GRIDS_MAGIC, VERSION);
    coverages.for_each(|grids| file.push(&grids.iter().map(|grid| grid.unwrap_or(NONE)).collect::<Vec<_>>()));
    file.finish()
}

/// The opened files, whose arrays are read in place.
pub(crate) struct Blocks {
    file: ArraysReader,
    grids: ArraysReader,
    people: ScalarBuffer<u32>,
    lng: ScalarBuffer<f64>,
    lat: ScalarBuffer<f64>,
    h3: ScalarBuffer<u64>,
}

impl Blocks {
    /// Opens both files. Arrays that must be as long as there are blocks are compared with each other;
    /// grids and attributes are looked for when they are asked for.
    pub(crate) fn open(files: &Files<'_>) -> Result<Self, OpenError> {
        let grids = files.index(BLOCK_GRIDS, |file| ArraysReader::open(file, GRIDS_MAGIC, VERSION))?;
        files.index(BLOCKS, |file: Buffer| {
            let file = ArraysReader::open(file, MAGIC, VERSION)?;
            let (people, lng, lat, h3) = (file.array(0)?, file.array(1)?, file.array(2)?, file.array(3)?);
            let blocks = Self { people, lng, lat, h3, file, grids };
            let fits =
                blocks.lng.len() == blocks.len() && blocks.lat.len() == blocks.len() && blocks.h3.len() == blocks.len();
            if fits { Ok(blocks) } else { Err(ArraysError::Damaged) }
        })
    }

    /// How many blocks there are.
    pub(crate) fn len(&self) -> usize {
        self.people.len()
    }

    /// The people of each block.
    pub(crate) fn people(&self) -> &[u32] {
        &self.people
    }

    /// Where a block is counted, and the fine cell of that point, which is 0 for none. `None` if there is
    /// no such block.
    pub(crate) fn place(&self, block: usize) -> Option<(LngLat, u64)> {
        Some((LngLat::new(*self.lng.get(block)?, *self.lat.get(block)?), *self.h3.get(block)?))
    }

    /// The grids of a coverage by block; [`None`] where a block lies in none, and for all if the file is damaged.
    pub(crate) fn grids(&self, coverage: usize) -> impl Fn(usize) -> Option<u32> + use<> {
        let grids = self.grids.array::<u32>(coverage).ok();
        move |block| grids.as_ref()?.get(block).copied().filter(|grid| *grid != NONE)
    }

    /// The numbers of an attribute of people, which is named by its position in the manifest: blocks by
    /// categories, row by row. Empty if the file is damaged.
    pub(crate) fn attribute(&self, attribute: usize) -> ScalarBuffer<u32> {
        self.file.array(4 + attribute).unwrap_or_else(|_| ScalarBuffer::from(Vec::new()))
    }
}
