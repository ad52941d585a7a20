//! Texts that are written aside while sources are read, so that they take no memory until their table is
//! written.
//!
//! They stand one behind the other in a file of the draft's directory; in memory is only where each ends,
//! eight bytes a text. When all are written the file is mapped and taken out of the directory, so that it
//! goes with its last reader.

use super::error::BuildError;
use crate::store::map::map;
use arrow_buffer::Buffer;
use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

/// Texts being written aside.
pub(super) struct SpillWriter {
    /// Its file.
    path: PathBuf,
    /// What writes it.
    file: BufWriter<File>,
    /// The byte behind each text.
    ends: Vec<u64>,
    /// How many bytes were written.
    written: u64,
    /// The first error in writing, which is told in the end.
    failed: Option<std::io::Error>,
}

impl SpillWriter {
    /// Begins a file in a directory.
    pub(super) fn create(dir: &Path, name: &str) -> Result<Self, BuildError> {
        let path = dir.join(name);
        let file = BufWriter::new(File::create(&path).map_err(BuildError::write(&path))?);
        Ok(Self { path, file, ends: Vec::new(), written: 0, failed: None })
    }

    /// Appends a text. An error is told by [`SpillWriter::finish`].
    pub(super) fn push(&mut self, text: &str) {
        self.written += text.len() as u64;
        self.ends.push(self.written);
        if let Err(e) = self.file.write_all(text.as_bytes()) {
            self.failed.get_or_insert(e);
        }
    }

    /// Ends the writing. The file is gone from the directory afterwards; its contents stay as long as they
    /// are held.
    ///
    /// # Errors
    /// When any of it could not be written.
    pub(super) fn finish(mut self) -> Result<Spill, BuildError> {
        let ended = self.failed.map_or_else(|| self.file.flush(), Err);
        let mapped = ended.and_then(|()| map(&self.path)).map_err(BuildError::write(&self.path))?;
        fs::remove_file(&self.path).map_err(BuildError::write(&self.path))?;
        Ok(Spill { data: mapped, ends: self.ends })
    }
}

/// Texts that were written aside, by the order of their writing.
pub(super) struct Spill {
    /// The mapped texts.
    data: Buffer,
    /// The byte behind each text.
    ends: Vec<u64>,
}

impl Spill {
    /// The text with an index, which must be one of them; empty if the file was damaged meanwhile.
    pub(super) fn get(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        let bytes = self.data.get(start as usize..self.ends[index] as usize).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}
