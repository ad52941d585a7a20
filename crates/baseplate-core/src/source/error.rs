//! Why sources cannot be read.
//!
//! An error ends a build, so it is only for what cannot be listed row by row: a missing or damaged file,
//! another kind of file, a spec that does not fit it. Each says in its own words what to do.

use crate::crs::CrsError;
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why sources cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A file is missing or unreadable.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The spec is not a spec.
    #[error("{path}: {reason}")]
    Spec {
        /// The spec file.
        path: PathBuf,
        /// What is wrong with it, and where.
        reason: String,
    },
    /// The spec names a column that the file does not have.
    #[error("{path}: there is no column '{column}'; the file has{separated_by}: {found}")]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The column as the spec has it.
        column: String,
        /// The columns of the file.
        found: String,
        /// What separates them, in words that follow "the file has"; empty where nothing does.
        separated_by: String,
    },
    /// The file's name does not say what is in it.
    #[error("{0}: not a known kind of file; use .geojson, .geojsonl or .csv, each also with .gz")]
    UnknownFormat(PathBuf),
    /// A file cannot be read to its end: it is truncated, damaged, or the disk failed.
    #[error("{path}: cannot be read on from row {row}: {reason}; is the file complete?")]
    Broken {
        /// The file.
        path: PathBuf,
        /// As [`RowRemark::row`](super::RowRemark::row).
        row: u64,
        /// What is wrong.
        reason: String,
    },
    /// A file is of another kind than its name says.
    #[error("{path}: it is {found}: {cure}")]
    OtherKind {
        /// The file.
        path: PathBuf,
        /// What it seems to be.
        found: String,
        /// What to do.
        cure: String,
    },
    /// The encoding named in the spec is not known.
    #[error("{path}: '{encoding}' is no text encoding; try utf-8, gb18030, big5 or utf-16le, or leave it out")]
    UnknownEncoding {
        /// The file.
        path: PathBuf,
        /// The name.
        encoding: String,
    },
    /// The coordinate system of a source cannot be used.
    #[error("{path}: {source}")]
    Crs {
        /// The file.
        path: PathBuf,
        /// Why.
        source: CrsError,
    },
}

impl SourceError {
    /// The error of a file that cannot be read on from a row.
    pub(super) fn broken(path: &Path, row: u64, reason: impl ToString) -> Self {
        Self::Broken { path: path.to_owned(), row, reason: reason.to_string() }
    }

    /// The error of a file that is of another kind than was expected: what it is, and what to do.
    pub(super) fn other_kind(path: &Path, found: &str, cure: &str) -> Self {
        Self::OtherKind { path: path.to_owned(), found: found.to_owned(), cure: cure.to_owned() }
    }

    /// The error of a file for which the operating system refused something.
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}
