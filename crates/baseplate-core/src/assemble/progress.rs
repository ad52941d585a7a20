//! How a build tells how far it has got.

use crate::source::{Inspection, SourceFile};
use std::path::Path;

/// Where a build has got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// Reading a source.
    Reading {
        /// The file.
        path: &'a Path,
        /// Rows so far.
        rows: u64,
        /// Bytes so far.
        bytes: u64,
        /// Bytes in all.
        of: u64,
    },
    /// Writing a table.
    Writing {
        /// The table.
        table: &'a str,
        /// Rows so far.
        rows: u64,
        /// Rows in all.
        of: u64,
    },
    /// Another step, in words.
    Step(&'static str),
}

impl<'a> Progress<'a> {
    /// A source of which some rows are read.
    pub(super) fn reading(file: &'a SourceFile, inspection: &Inspection, rows: u64) -> Self {
        Self::Reading { path: &file.path, rows, bytes: inspection.bytes_read(), of: inspection.bytes }
    }
}

/// What receives the progress of a build.
pub type OnProgress<'a> = &'a (dyn Fn(Progress<'_>) + Sync);
