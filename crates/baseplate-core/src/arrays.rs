//! Files of plain arrays, read in place: the indexes of a plate.
//!
//! Layout, little-endian: 8 bytes magic, `u32` version, `u32` number of sections, then for each section `u64` offset and
//! `u64` length in bytes, then the sections, each at a multiple of 64 bytes.

use arrow_buffer::{ArrowNativeType, Buffer, ScalarBuffer, ToByteSlice};

#[cfg(target_endian = "big")]
compile_error!("plates are little-endian and read in place: big-endian machines are not supported");

/// Sections begin at multiples of this, bytes.
const ALIGNMENT: usize = 64;
/// Bytes before the table of sections.
const HEADER: usize = 16;
/// Bytes of one entry of the table.
const ENTRY: usize = 16;

/// Why a file of arrays cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ArraysError {
    /// Another kind of file, or another version of it.
    #[error("it is not an index of this version")]
    Foreign,
    /// The table of sections does not fit the file.
    #[error("it is truncated or damaged")]
    Damaged,
}

/// A file of arrays in the making.
pub(crate) struct ArraysWriter {
    magic: [u8; 8],
    version: u32,
    sections: Vec<Vec<u8>>,
}

impl ArraysWriter {
    pub(crate) fn new(magic: [u8; 8], version: u32) -> Self {
        Self { magic, version, sections: Vec::new() }
    }

    /// Appends an array.
    pub(crate) fn push<T: ArrowNativeType>(&mut self, values: &[T]) {
        self.sections.push(values.to_byte_slice().to_vec());
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        let mut offset = (HEADER + ENTRY * self.sections.len()).next_multiple_of(ALIGNMENT);
        let mut bytes = self.magic.to_vec();
        bytes.extend(self.version.to_le_bytes());
        bytes.extend((self.sections.len() as u32).to_le_bytes());
        for section in &self.sections {
            bytes.extend((offset as u64).to_le_bytes());
            bytes.extend((section.len() as u64).to_le_bytes());
            offset = (offset + section.len()).next_multiple_of(ALIGNMENT);
        }
        for section in self.sections {
            bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
            bytes.extend(section);
        }
        bytes
    }
}

/// An opened file of arrays.
pub(crate) struct ArraysReader {
    file: Buffer,
    sections: Vec<(usize, usize)>,
}

impl ArraysReader {
    pub(crate) fn open(file: Buffer, magic: [u8; 8], version: u32) -> Result<Self, ArraysError> {
        let number = |at: usize| file.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        if file.get(..8) != Some(&magic[..]) || number(8) != Some(version) {
            return Err(ArraysError::Foreign);
        }
        let count = number(12).ok_or(ArraysError::Damaged)? as usize;
        let table = file.get(HEADER..).and_then(|rest| rest.get(..count.checked_mul(ENTRY)?));
        let table = table.ok_or(ArraysError::Damaged)?;
        let mut sections = Vec::with_capacity(count);
        for entry in table.chunks_exact(ENTRY) {
            let wide = |at: usize| u64::from_le_bytes(std::array::from_fn(|i| entry[at + i]));
            let (offset, length) = (wide(0) as usize, wide(8) as usize);
            let fits = offset.checked_add(length).is_some_and(|end| end <= file.len());
            if !fits || offset % ALIGNMENT != 0 {
                return Err(ArraysError::Damaged);
            }
            sections.push((offset, length));
        }
        Ok(Self { file, sections })
    }

    /// How many sections there are.
    pub(crate) fn sections(&self) -> usize {
        self.sections.len()
    }

    /// The array in a section, without copying it.
    pub(crate) fn array<T: ArrowNativeType>(&self, section: usize) -> Result<ScalarBuffer<T>, ArraysError> {
        let (offset, length) = *self.sections.get(section).ok_or(ArraysError::Damaged)?;
        let slice = self.file.slice_with_length(offset, length);
        let misaligned = slice.as_ptr().align_offset(align_of::<T>()) != 0;
        if misaligned || length % size_of::<T>() != 0 {
            return Err(ArraysError::Damaged);
        }
        Ok(ScalarBuffer::new(slice, 0, length / size_of::<T>()))
    }
}
