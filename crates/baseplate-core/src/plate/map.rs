//! The one place where files are mapped into memory.

use arrow_buffer::Buffer;
use bytes::Bytes;
use memmap2::Mmap;
use std::{fs::File, io, path::Path};

/// Maps a file of a published generation, or one that the running build wrote and nobody else knows.
///
/// # Contract
/// Generations are written once, published by a rename and never changed in place afterwards; whoever edits or truncates a
/// file of an open plate breaks that, and may crash the programs that have it open. Deleting a generation is harmless.
#[expect(
    unsafe_code,
    reason = "mapping a file is unsafe by nature; the contract above is also that of Baseplate::open"
)]
pub(crate) fn map(path: &Path) -> io::Result<Buffer> {
    let file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(Buffer::from_vec(Vec::<u8>::new()));
    }
    // SAFETY: nothing in this crate changes a published file; see the contract.
    let map = unsafe { Mmap::map(&file)? };
    Ok(Buffer::from(Bytes::from_owner(map)))
}
