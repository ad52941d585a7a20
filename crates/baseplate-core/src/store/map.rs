//! The one place where files are mapped into memory.

use arrow_buffer::Buffer;
use bytes::Bytes;
use memmap2::Mmap;
use std::{fs::File, io, path::Path};

/// Maps a file of a published generation, or one that the running build wrote and nobody else knows.
///
/// # Contract
/// Generations are written once, published by a rename and never changed in place afterwards; whoever edits or truncates a
/// file of an open plate breaks that, and may crash the programs that have it open, which [`end_on_cut_plates`] turns into an end
/// with a message. Deleting a generation is harmless.
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

/// What is said when a mapped file lost its end.
#[cfg(unix)]
const CUT: &str =
    "error: a file of an open plate was cut or cannot be read any more, so this program ends; build the plate again\n";
/// With what the program ends then: EX_IOERR of sysexits.h.
#[cfg(unix)]
const CUT_EXIT: i32 = 74;

/// Ends the program with a message, and not by the signal SIGBUS, if a file of an open plate is cut, or its disk fails, while it
/// is read. For programs, which may call it when they begin; a library has no business with signals.
///
/// # Errors
/// When the operating system refuses the handler.
#[expect(unsafe_code, reason = "a handler of a signal may do little, which the compiler cannot check")]
pub fn end_on_cut_plates() -> io::Result<()> {
    #[cfg(unix)]
    {
        // SAFETY: writing to a descriptor and ending without clean-up are both allowed in a handler.
        let end = || {
            unsafe { libc::write(libc::STDERR_FILENO, CUT.as_ptr().cast(), CUT.len()) };
            signal_hook::low_level::exit(CUT_EXIT)
        };
        // SAFETY: the handler above keeps to what is allowed.
        unsafe { signal_hook::low_level::register(signal_hook::consts::SIGBUS, end) }?;
    }
    Ok(())
}
