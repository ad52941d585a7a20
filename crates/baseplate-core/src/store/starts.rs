//! For each address, and behind the last one, the first row of its people.

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
