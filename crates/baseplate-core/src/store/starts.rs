//! For each address, and behind the last one, the first row of its people.
//!
//! The people of address `a` are the rows from `starts[a]` to before `starts[a + 1]` of
//! `private/people.arrow`, whose rows are in the order of their addresses. The file
//! (`private/people-by-address.bin`, see [`crate::arrays`]; magic `BPSTARTS`, version 1) has a single array
//! of `u32`, one longer than there are addresses.

use crate::arrays::{ArraysError, ArraysReader, ArraysWriter};
use arrow_buffer::{Buffer, ScalarBuffer};

const MAGIC: [u8; 8] = *b"BPSTARTS";
const VERSION: u32 = 1;

/// The bytes of the file.
pub(crate) fn write_starts(starts: &[u32]) -> Vec<u8> {
    let mut file = ArraysWriter::new(MAGIC, VERSION);
    file.push(starts);
    file.finish()
}

/// Its numbers, read in place.
pub(crate) fn open_starts(file: Buffer) -> Result<ScalarBuffer<u32>, ArraysError> {
    ArraysReader::open(file, MAGIC, VERSION)?.array(0)
}
