//! Why no plate was written.

use crate::{model::GridKind, source::SourceError};
use arrow_schema::ArrowError;
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why no plate was written. The former plate, if there was one, is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The spec or a file cannot be used.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Something could not be written.
    #[error("{path}: {source}")]
    Write {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A table could not be written.
    #[error("{path}: {source}")]
    Table {
        /// The table.
        path: PathBuf,
        /// What went wrong.
        source: ArrowError,
    },
    /// A file that was just written does not read back.
    #[error("{path}: what was written does not read back: {reason}")]
    ReadBack {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The spec has people, and there is no key to make their ids unreadable.
    #[error(
        "the spec has [[people]], and ids are stored under a key only: make one with `head -c 32 /dev/urandom | base64 \
         > city.key`, keep it where the plate is not, and give it with --key-file city.key or in BASEPLATE_KEY"
    )]
    NoKey,
    /// What the plate keeps of layers that were added to it cannot be taken on.
    #[error(
        "{path}: {reason}: layers that were added to the plate would be lost; restore it from a copy, or build without them with --accept"
    )]
    Kept {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The state of the releases of people's counts cannot be used.
    #[error("{path}: the state of the releases of people's counts: {reason}")]
    Releases {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and the cure.
        reason: String,
    },
    /// A coverage has no place for its locator.
    #[error("coverage '{kind}': {reason}")]
    Coverage {
        /// Its kind.
        kind: GridKind,
        /// Why.
        reason: String,
    },
    /// A source is of no use as a whole: it is empty, or too few of its rows can be used.
    #[error("{path}: {reason}; no plate was written{}", see(rejects))]
    Unusable {
        /// The source.
        path: PathBuf,
        /// Why, and what would cure it.
        reason: String,
        /// The list of its rejected rows, if there are any.
        rejects: Option<PathBuf>,
    },
    /// The new generation holds much less than the one before, and [`BuildOptions::accept`](super::BuildOptions::accept) was not set.
    #[error(
        "the new generation is not what generation {former} was:\n  {}\n{}no plate was written: look at the sources and at {}, and build \
         with --accept if this is right",
        losses.join("\n  "),
        notes.iter().map(|note| format!("note: {note}\n")).collect::<String>(),
        rejects.display()
    )]
    Loses {
        /// The generation before.
        former: String,
        /// What was lost, a sentence each.
        losses: Vec<String>,
        /// As [`BuildReport::notes`](super::BuildReport::notes).
        notes: Vec<String>,
        /// The rows that were rejected, repaired or noted.
        rejects: PathBuf,
    },
    /// Rows were rejected and [`BuildOptions::strict`](super::BuildOptions::strict) was set.
    #[error("{rejected} rows were rejected and the build is strict: no plate written; see {rejects}")]
    Strict {
        /// How many rows were rejected.
        rejected: u64,
        /// The list of remarks, `rejects.csv`.
        rejects: PathBuf,
        /// As [`BuildReport::reasons`](super::BuildReport::reasons).
        reasons: Vec<(String, String, u64)>,
    },
}

/// Where to look, as a clause.
fn see(rejects: &Option<PathBuf>) -> String {
    rejects.as_ref().map(|path| format!("; its rows are listed in {}", path.display())).unwrap_or_default()
}

impl BuildError {
    /// Makes of what the operating system said the error of a path that could not be written.
    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Write { path: path.to_owned(), source }
    }

    /// Makes of what the writer of a table said the error of its file.
    pub(super) fn table(path: &Path) -> impl FnOnce(ArrowError) -> Self {
        move |source| Self::Table { path: path.to_owned(), source }
    }
}
