//! The file with the state of the releases.
//!
//! It is a file of arrays (`arrays.rs`), little-endian, and its last section is a [`Head`] in JSON with a
//! hash of all arrays before. The arrays, in their order:
//!
//! | arrays | items |
//! |---|---|
//! | days, trail | `u32` days since 1970-01-01; `u64` hash, by release |
//! | parents, heights | `u32`, `u8`, by area of the tree |
//! | places | `u64` key, ascending; `u32` block |
//! | keys, points | by block: `u64` key of its place; two `f64`, degrees |
//! | people, register | cells (below); `u64` token, ascending; `u32` block |
//! | households, dwellings | the same of addresses with residents |
//! | of each attribute | cells; `u8` category by row of the register; of who has gone `u64`, `u32`, `u8` |
//!
//! Cells are five arrays: `u32` width, `u32` cell of each block, `u32` area that holds each cell, `u32`
//! published numbers (cells × width), `u32` bond of each cell. The file takes 14 bytes a person and one for
//! each attribute, and is as secret as the key.

use super::{Attribute, Cells, Register, State, Tree, Words, state::NOT_YET};
use crate::arrays::{ArraysError, ArraysReader, ArraysWriter};
use arrow_buffer::{ArrowNativeType, Buffer};
use serde::{Deserialize, Serialize};

/// The first bytes of the file.
const MAGIC: [u8; 8] = *b"BPPEOPLE";
/// The version of its layout.
const VERSION: u32 = 1;

/// What is no array; written as JSON.
#[derive(Serialize, Deserialize)]
struct Head {
    /// What tells the series from others.
    series: u64,
    /// Persons that are told together at least.
    threshold: u32,
    /// The fingerprint of the key of the tokens.
    key: String,
    /// Name and words of each attribute.
    attributes: Vec<(String, Vec<String>)>,
    /// The hash of the arrays before it.
    hash: u64,
}

impl State {
    /// The bytes of the file.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut sections = Sections { file: ArraysWriter::new(MAGIC, VERSION), hash: Default::default() };
        sections.push(&self.days);
        sections.push(&self.trail);
        let (parents, heights) = self.tree.parts();
        sections.push(parents);
        sections.push(heights);
        sections.push(&self.places.iter().map(|(key, _)| *key).collect::<Vec<_>>());
        sections.push(&self.places.iter().map(|(_, block)| *block).collect::<Vec<_>>());
        sections.push(&self.keys);
        sections.push(&self.points);
        for (cells, register) in [(&self.people, &self.register), (&self.households, &self.dwellings)] {
            sections.cells(cells);
            sections.push(&register.who);
            sections.push(&register.blocks);
        }
        for attribute in &self.attributes {
            sections.cells(&attribute.cells);
            sections.push(&attribute.categories);
            sections.push(&attribute.gone.iter().map(|(who, ..)| *who).collect::<Vec<_>>());
            sections.push(&attribute.gone.iter().map(|(_, block, _)| *block).collect::<Vec<_>>());
            sections.push(&attribute.gone.iter().map(|(.., category)| *category).collect::<Vec<_>>());
        }
        let head = Head {
            series: self.series,
            threshold: self.threshold,
            key: self.key.clone(),
            attributes: self.attributes.iter().map(|a| (a.name.clone(), a.words.kept.clone())).collect(),
            hash: sections.hash.digest(),
        };
        sections.file.push(&serde_json::to_vec(&head).unwrap_or_default());
        sections.file.finish()
    }

    /// A state as it was written.
    ///
    /// # Errors
    /// When the file is of another kind or version, or damaged.
    pub(crate) fn read(file: Buffer) -> Result<Self, ArraysError> {
        let file = ArraysReader::open(file, MAGIC, VERSION)?;
        let last = file.sections().checked_sub(1).ok_or(ArraysError::Damaged)?;
        let head: Head = serde_json::from_slice(&file.array::<u8>(last)?).map_err(|_| ArraysError::Damaged)?;
        let mut sections = SectionReader { file: &file, next: 0, hash: Default::default() };
        let (days, trail) = (sections.take::<u32>()?, sections.take()?);
        let tree = Tree::stored(sections.take()?, sections.take()?).ok_or(ArraysError::Damaged)?;
        let (keys_of_places, blocks_of_places) = (sections.take::<u64>()?, sections.take::<u32>()?);
        let places = keys_of_places.into_iter().zip(blocks_of_places).collect();
        let (keys, points) = (sections.take()?, sections.take()?);
        let (people, register) = (sections.cells()?, Register { who: sections.take()?, blocks: sections.take()? });
        let (households, dwellings) = (sections.cells()?, Register { who: sections.take()?, blocks: sections.take()? });
        let mut attributes = Vec::new();
        for (name, kept) in head.attributes {
            let (cells, categories) = (sections.cells()?, sections.take()?);
            let (who, blocks, gone) = (sections.take::<u64>()?, sections.take::<u32>()?, sections.take::<u8>()?);
            let gone =
                who.into_iter().zip(blocks).zip(gone).map(|((who, block), category)| (who, block, category)).collect();
            attributes.push(Attribute { name, words: Words { kept }, cells, categories, gone });
        }
        let (hash, series, threshold, key) = (sections.hash.digest(), head.series, head.threshold, head.key);
        let state = Self {
            series,
            days,
            trail,
            threshold,
            key,
            tree,
            places,
            keys,
            points,
            people,
            register,
            households,
            dwellings,
            attributes,
        };
        if hash == head.hash && state.fits() { Ok(state) } else { Err(ArraysError::Damaged) }
    }

    /// Whether every number names something that is there.
    fn fits(&self) -> bool {
        let blocks = self.blocks();
        let is_block = |block: &u32| (*block as usize) < blocks;
        let registers = [&self.register, &self.dwellings];
        let registers = registers
            .iter()
            .all(|r| r.who.len() == r.blocks.len() && r.blocks.iter().all(is_block) && r.who.is_sorted());
        let attribute = |attribute: &Attribute| {
            let (width, cells) = (attribute.words.width(), &attribute.cells);
            let known = |category: &u8| usize::from(*category) < width;
            cells.width == width
                && cells.fit(&self.tree, blocks)
                && attribute.categories.len() == self.register.who.len()
                && attribute.categories.iter().all(|c| *c == NOT_YET || known(c))
                && attribute.gone.iter().all(|(_, block, category)| is_block(block) && known(category))
        };
        registers
            && !self.days.is_empty()
            && self.trail.len() == self.days.len()
            && self.points.len() == 2 * blocks
            && self.places.is_sorted_by_key(|(key, _)| *key)
            && self.places.iter().all(|(_, block)| is_block(block))
            && self.people.width == 1
            && self.people.homes.len() == blocks
            && self.people.fit(&self.tree, blocks)
            && (self.households.width == 0 || self.households.width == 1 && self.households.fit(&self.tree, blocks))
            && self.attributes.iter().all(attribute)
    }
}

impl Cells {
    /// Whether every number in the cells names something that is there.
    fn fit(&self, tree: &Tree, blocks: usize) -> bool {
        let cells = self.homes.len();
        let is_cell = |cell: &u32| (*cell as usize) < cells;
        self.of_block.len() == blocks
            && self.of_block.iter().all(is_cell)
            && self.homes.iter().all(|home| *home <= tree.whole())
            && self.published.len() == cells * self.width
            && self.bonds.len() == cells
            && (0..).zip(&self.bonds).all(|(cell, bond)| *bond <= cell)
    }
}

/// Arrays on their way into a file, and the hash of them all.
struct Sections {
    /// The file so far.
    file: ArraysWriter,
    /// The hash of the arrays so far.
    hash: xxhash_rust::xxh3::Xxh3Default,
}

impl Sections {
    /// Appends an array.
    fn push<T: ArrowNativeType>(&mut self, values: &[T]) {
        self.hash.update(arrow_buffer::ToByteSlice::to_byte_slice(values));
        self.file.push(values);
    }

    /// Appends the arrays of some cells.
    fn cells(&mut self, cells: &Cells) {
        self.push(&[cells.width as u32]);
        self.push(&cells.of_block);
        self.push(&cells.homes);
        self.push(&cells.published);
        self.push(&cells.bonds);
    }
}

/// Arrays on their way out of a file, one after another, and the hash of those that were read.
struct SectionReader<'a> {
    /// The opened file.
    file: &'a ArraysReader,
    /// The index of the next section.
    next: usize,
    hash: xxhash_rust::xxh3::Xxh3Default,
}

impl SectionReader<'_> {
    /// The next array.
    ///
    /// # Errors
    /// When there is none, or it has another length than such an array can have.
    fn take<T: ArrowNativeType>(&mut self) -> Result<Vec<T>, ArraysError> {
        let array = self.file.array::<T>(self.next)?;
        self.next += 1;
        self.hash.update(arrow_buffer::ToByteSlice::to_byte_slice(&array[..]));
        Ok(array.to_vec())
    }

    /// The next cells.
    fn cells(&mut self) -> Result<Cells, ArraysError> {
        let width = self.take::<u32>()?.first().copied().ok_or(ArraysError::Damaged)? as usize;
        Ok(Cells { width, of_block: self.take()?, homes: self.take()?, published: self.take()?, bonds: self.take()? })
    }
}
