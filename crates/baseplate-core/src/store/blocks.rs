//! The blocks that people are counted in, with what the releases have published of them: what the counts of any area are summed from.

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

/// A row that is none.
const NONE: u32 = u32::MAX;

/// What is written of the blocks, all by block.
#[derive(Default)]
pub(crate) struct BlockColumns {
    pub(crate) people: Vec<u32>,
    pub(crate) points: Vec<LngLat>,
    pub(crate) h3: Vec<Option<u64>>,
    /// For each attribute of people as many numbers a block as it has categories.
    pub(crate) attributes: Vec<Vec<u32>>,
}

impl BlockColumns {
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

/// The opened files.
pub(crate) struct Blocks {
    file: ArraysReader,
    grids: ArraysReader,
    people: ScalarBuffer<u32>,
    lng: ScalarBuffer<f64>,
    lat: ScalarBuffer<f64>,
    h3: ScalarBuffer<u64>,
}

impl Blocks {
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

    pub(crate) fn len(&self) -> usize {
        self.people.len()
    }

    pub(crate) fn people(&self) -> &[u32] {
        &self.people
    }

    /// Where a block is counted, and the fine cell of that point.
    pub(crate) fn place(&self, block: usize) -> Option<(LngLat, u64)> {
        Some((LngLat::new(*self.lng.get(block)?, *self.lat.get(block)?), *self.h3.get(block)?))
    }

    /// The grids of a coverage by block; [`None`] where a block lies in none, and for all if the file is damaged.
    pub(crate) fn grids(&self, coverage: usize) -> impl Fn(usize) -> Option<u32> + use<> {
        let grids = self.grids.array::<u32>(coverage).ok();
        move |block| grids.as_ref()?.get(block).copied().filter(|grid| *grid != NONE)
    }

    /// The numbers of an attribute of people, by its place; empty if the file is damaged.
    pub(crate) fn attribute(&self, attribute: usize) -> ScalarBuffer<u32> {
        self.file.array(4 + attribute).unwrap_or_else(|_| ScalarBuffer::from(Vec::new()))
    }
}
