//! Sources: the user's files, row by row, as text cells and raw geometry.
//!
//! A row that cannot be read is handed on as a [`Reject`] and the rest goes on; only a file that is missing or
//! a spec that names what is not there ends the work.

mod delimited;
mod encoding;
mod features;
mod geometry;
mod records;
mod spec;

pub use spec::{
    AddressSource, AliasSpec, Ancestor, BuildingSource, CodeTypeSpec, ELEMENTS, EnterpriseSource, GridSource, IdType,
    OverrideSource, PersonSource, PlateSpec, PublishSpec, SourceFile, Spec,
};

pub use encoding::read_csv;
pub(crate) use encoding::{Inspection, inspect};
pub(crate) use geometry::RawGeometry;
pub use records::{CsvRecord, CsvRecords};

use std::{
    io,
    path::{Path, PathBuf},
    sync::mpsc::sync_channel,
    thread,
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
    #[error("{path}: there is no column '{column}'; the file has: {found}")]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The column as the spec has it.
        column: String,
        /// The columns of the file.
        found: String,
    },
    /// The file's name does not say what is in it.
    #[error("{0}: not a known kind of file; use .geojson, .geojsonl or .csv, each also with .gz")]
    UnknownFormat(PathBuf),
    /// A file cannot be read to its end: it is truncated, damaged, or the disk failed.
    #[error("{path}: cannot be read on from row {row}: {reason}; is the file complete? no plate was written")]
    Broken {
        /// The file.
        path: PathBuf,
        /// As [`Reject::row`].
        row: u64,
        /// What is wrong.
        reason: String,
    },
    /// The encoding named in the spec is not known.
    #[error("{path}: '{encoding}' is no text encoding; try utf-8 or gb18030, or leave it out")]
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
        source: crate::crs::CrsError,
    },
}

impl SourceError {
    fn broken(path: &Path, row: u64, reason: impl ToString) -> Self {
        Self::Broken { path: path.to_owned(), row, reason: reason.to_string() }
    }

    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

/// A row that could not be used, or that was used only after a repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Line of a CSV or GeoJSONL file, counted from 1; number of the feature in a GeoJSON file.
    pub row: u64,
    /// The column, or `geometry`.
    pub column: String,
    /// The value as found, shortened to 120 characters.
    pub value: String,
    /// What is wrong, and what would cure it.
    pub reason: String,
}

/// The most characters of a value that a reject quotes.
const QUOTED_MAX: usize = 120;

impl Reject {
    pub(crate) fn new(row: u64, column: &str, value: &str, reason: impl ToString) -> Self {
        let value = match value.char_indices().nth(QUOTED_MAX) {
            Some((end, _)) => format!("{}…", &value[..end]),
            None => value.to_owned(),
        };
        Self { row, column: column.to_owned(), value, reason: reason.to_string() }
    }
}

/// One readable row: the wanted cells in the order they were asked for, and the geometry if the file has one.
pub(crate) struct Row {
    /// As [`Reject::row`].
    pub(crate) number: u64,
    cells: Vec<Option<String>>,
    /// The geometry as the file has it.
    pub(crate) geometry: Option<RawGeometry>,
}

impl Row {
    /// The cell of the `index`th wanted column; `None` if absent, null or white space.
    pub(crate) fn cell(&self, index: usize) -> Option<&str> {
        self.cells.get(index)?.as_deref().map(str::trim).filter(|cell| !cell.is_empty())
    }
}

/// Which cells to read; a spec's columns, each asked for once. The first is the code, without which a row is nothing.
pub(crate) struct Columns(Vec<String>);

impl Columns {
    /// The columns of a source whose code is in this one, which gets index 0.
    pub(crate) fn of(code: &str) -> Self {
        Self(vec![code.to_owned()])
    }

    /// The index under which the column's cell will be found.
    pub(crate) fn want(&mut self, column: &str) -> usize {
        self.0.iter().position(|c| c == column).unwrap_or_else(|| {
            self.0.push(column.to_owned());
            self.0.len() - 1
        })
    }

    /// As [`Columns::want`], for a column that the spec may leave out.
    pub(crate) fn want_if(&mut self, column: Option<&str>) -> Option<usize> {
        column.map(|c| self.want(c))
    }
}

/// What receives rows and rejects.
pub(crate) type Sink<'a> = dyn FnMut(Result<Row, Reject>) + 'a;

/// Rows that go from the reading thread to the sink together.
const BATCH: usize = 4096;
/// Batches that may wait for the sink.
const WAITING: usize = 4;

/// Reads a whole file, on a thread of its own. Returns what is worth knowing about the file itself.
pub(crate) fn read_rows(
    file: &SourceFile,
    inspection: &Inspection,
    columns: &Columns,
    sink: &mut Sink<'_>,
) -> Result<Vec<String>, SourceError> {
    thread::scope(|scope| {
        let (send, receive) = sync_channel(WAITING);
        let reader = scope.spawn(move || {
            let mut batch = Vec::with_capacity(BATCH);
            let read = read_here(file, inspection, columns, &mut |row| {
                batch.push(row);
                if batch.len() == BATCH {
                    // Nobody receives any more only if the sink panicked.
                    let _ = send.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)));
                }
            });
            let _ = send.send(batch);
            read
        });
        receive.into_iter().flatten().for_each(sink);
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn read_here(
    file: &SourceFile,
    inspection: &Inspection,
    columns: &Columns,
    sink: &mut Sink<'_>,
) -> Result<Vec<String>, SourceError> {
    match Format::of(&file.path)? {
        Format::Features => features::read_collection(file, inspection, columns, sink),
        Format::FeatureLines => features::read_lines(file, inspection, columns, sink),
        Format::Delimited(delimiter) => {
            delimited::read(file, inspection, delimiter, columns, sink).map(|()| Vec::new())
        }
    }
}

enum Format {
    Features,
    FeatureLines,
    Delimited(u8),
}

impl Format {
    fn of(path: &Path) -> Result<Self, SourceError> {
        let name = path.to_string_lossy().to_ascii_lowercase();
        let plain = name.strip_suffix(".gz").unwrap_or(&name);
        match plain.rsplit_once('.').map(|(_, extension)| extension) {
            Some("geojson" | "json") => Ok(Self::Features),
            Some("geojsonl" | "geojsons" | "ndjson" | "jsonl") => Ok(Self::FeatureLines),
            Some("csv") => Ok(Self::Delimited(b',')),
            Some("tsv") => Ok(Self::Delimited(b'\t')),
            _ => Err(SourceError::UnknownFormat(path.to_owned())),
        }
    }
}
