//! The blocks that people are counted in, with what the releases have published of them: what the counts of any area are summed from.

use super::{
    Baseplate,
    open::{Files, OpenError},
};
use crate::{
    arrays::{ArraysError, ArraysReader, ArraysWriter},
    spatial::LngLat,
};
use arrow_buffer::{Buffer, ScalarBuffer};

/// The file, relative to the generation.
pub(crate) const BLOCKS: &str = "index/people.bin";
const MAGIC: [u8; 8] = *b"BPBLOCKS";
const VERSION: u32 = 1;

/// A row that is none.
const NONE: u32 = u32::MAX;

/// What is written of the blocks, all by block.
#[derive(Default)]
pub(crate) struct BlockColumns {
    pub(crate) people: Vec<u32>,
    pub(crate) points: Vec<LngLat>,
    pub(crate) h3: Vec<Option<u64>>,
    /// For each coverage the grid.
    pub(crate) grids: Vec<Vec<Option<u32>>>,
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
        for grids in &self.grids {
            file.push(&grids.iter().map(|grid| grid.unwrap_or(NONE)).collect::<Vec<_>>());
        }
        self.attributes.iter().for_each(|numbers| file.push(numbers));
        file.finish()
    }
}

/// The opened file.
pub(crate) struct Blocks {
    file: ArraysReader,
    people: ScalarBuffer<u32>,
    lng: ScalarBuffer<f64>,
    lat: ScalarBuffer<f64>,
    h3: ScalarBuffer<u64>,
    coverages: usize,
}

impl Blocks {
    pub(super) fn open(files: &Files<'_>) -> Result<Self, OpenError> {
        let coverages = files.manifest.coverages.len();
        files.index(BLOCKS, |file: Buffer| {
            let file = ArraysReader::open(file, MAGIC, VERSION)?;
            let (people, lng, lat, h3) = (file.array(0)?, file.array(1)?, file.array(2)?, file.array(3)?);
            let blocks = Self { people, lng, lat, h3, coverages, file };
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
        let grids = self.file.array::<u32>(4 + coverage).ok();
        move |block| grids.as_ref()?.get(block).copied().filter(|grid| *grid != NONE)
    }

    /// The numbers of an attribute of people, by its place; empty if the file is damaged.
    pub(crate) fn attribute(&self, attribute: usize) -> ScalarBuffer<u32> {
        self.file.array(4 + self.coverages + attribute).unwrap_or_else(|_| ScalarBuffer::from(Vec::new()))
    }
}

impl Baseplate {
    /// For an attribute, by its place among [`Baseplate::attribute_columns`]: a matrix of the grids of the first kind, of all levels,
    /// by its categories, row by row; empty if the file is damaged. Of people also for each of these grids whether its numbers are estimates.
    pub(crate) fn category_counts(&self, attribute: usize) -> (ScalarBuffer<u32>, ScalarBuffer<u8>) {
        let of_people = self.manifest().person_attributes.len();
        let numbers = |section| self.0.categories.array(section).unwrap_or_else(|_| ScalarBuffer::from(Vec::new()));
        match attribute < of_people {
            true => {
                let flags = self.0.categories.array(2 * attribute + 1);
                (numbers(2 * attribute), flags.unwrap_or_else(|_| ScalarBuffer::from(Vec::new())))
            }
            false => (numbers(of_people + attribute), ScalarBuffer::from(Vec::new())),
        }
    }

    /// The blocks that people are counted in.
    pub(crate) fn blocks(&self) -> &Blocks {
        &self.0.blocks
    }
}
