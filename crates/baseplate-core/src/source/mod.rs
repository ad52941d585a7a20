//! Sources: the user's files, row by row, as text cells and raw geometry.
//!
//! A row that cannot be read is handed on as a [`Reject`] and the rest goes on; only a file that is missing or
//! a spec that names what is not there ends the work.

mod coordinate;
mod delimited;
mod dialect;
mod encoding;
mod features;
mod geometry;
mod kind;
mod lines;
mod records;
mod spec;
mod split;

pub use spec::{
    AddressSource, AliasSpec, Ancestor, AttributeTitles, BuildingSource, CodeTypeSpec, ELEMENTS, EnterpriseSource,
    GridSource, IdType, LandmarkSpec, OverrideSource, PersonSource, PlateSpec, PublishSpec, ReleaseEvery, SourceFile,
    Spec, Titles,
};

pub use coordinate::{decimal_point, parse_coordinate, parse_point};
pub use dialect::parse_delimiter;
pub(crate) use encoding::{Inspection, inspect};
pub(crate) use geometry::RawGeometry;
pub use records::{CsvOptions, CsvRecord, CsvRecords, read_csv};

use crate::code::{Among, fold_code, is_guarded, is_placeholder, mask_ids, masked};
use std::{
    borrow::Cow,
    io,
    path::{Path, PathBuf},
    sync::{Arc, mpsc::sync_channel},
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
        /// As [`Reject::row`].
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
        source: crate::crs::CrsError,
    },
}

impl SourceError {
    fn broken(path: &Path, row: u64, reason: impl ToString) -> Self {
        Self::Broken { path: path.to_owned(), row, reason: reason.to_string() }
    }

    fn other_kind(path: &Path, found: &str, cure: &str) -> Self {
        Self::OtherKind { path: path.to_owned(), found: found.to_owned(), cure: cure.to_owned() }
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
    /// The column as the file calls it, or columns, joined by commas; a member of a GeoJSON feature, such as `geometry`; empty for the
    /// row as a whole.
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
        let value = mask_ids(value);
        let value = match value.char_indices().nth(QUOTED_MAX) {
            Some((end, _)) => format!("{}…", &value[..end]),
            None => value.into_owned(),
        };
        let reason = mask_ids(&reason.to_string()).into_owned();
        Self { row, column: column.to_owned(), value, reason }
    }
}

/// One readable row: the wanted cells in the order they were asked for, and the geometry if the file has one.
pub(crate) struct Row {
    /// As [`Reject::row`].
    pub(crate) number: u64,
    cells: Vec<Option<String>>,
    /// The wanted columns in which a citizen id was masked.
    pub(crate) masked: Vec<usize>,
    /// The geometry as the file has it.
    pub(crate) geometry: Option<RawGeometry>,
    geometry_column: Option<Arc<str>>,
}

impl Row {
    /// A row of cells as they were read; citizen ids are masked in all but the column of people's own ids.
    fn new(
        number: u64,
        mut cells: Vec<Option<String>>,
        roles: impl Iterator<Item = Role>,
        geometry: Option<RawGeometry>,
        geometry_column: Option<Arc<str>>,
    ) -> Self {
        let mut with_ids = Vec::new();
        for ((index, cell), role) in cells.iter_mut().enumerate().zip(roles) {
            let among = match role {
                Role::Id => continue,
                Role::Code => Among::Codes,
                Role::Text | Role::Coordinate => Among::Texts,
            };
            if let Some(clean) = cell.as_deref().and_then(|cell| masked(cell, among)) {
                *cell = Some(clean);
                with_ids.push(index);
            }
        }
        Self { number, cells, masked: with_ids, geometry, geometry_column }
    }

    /// The column of the geometry; empty where a table has none.
    pub(crate) fn geometry_column(&self) -> &str {
        self.geometry_column.as_deref().unwrap_or_default()
    }

    /// The cell of the `index`th wanted column; `None` if absent, null or white space, and for `NULL` and `\\N`, which databases
    /// write for nothing.
    pub(crate) fn cell(&self, index: usize) -> Option<&str> {
        self.cells.get(index)?.as_deref().map(str::trim).filter(|cell| !matches!(*cell, "" | "NULL" | "\\N"))
    }

    /// The code in a cell, without what was put around it; `None` also where a placeholder such as `-` stands for none.
    pub(crate) fn code(&self, index: usize) -> Option<String> {
        self.cell(index).map(fold_code).filter(|code| !code.is_empty()).map(Cow::into_owned)
    }

    /// The coordinate in a cell as it stands there; `None` also where a placeholder such as `nan` stands for none.
    pub(crate) fn coordinate(&self, index: usize) -> Option<&str> {
        self.cell(index).filter(|cell| !is_placeholder(cell))
    }
}

/// What a cell is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Any text.
    Text,
    /// A code, which spreadsheets put guards around.
    Code,
    /// Somebody's own id, likewise.
    Id,
    /// A number, which may have a decimal comma.
    Coordinate,
}

/// Which cells to read; a spec's columns, each asked for once. The first is the code, without which a row is nothing.
pub(crate) struct Columns {
    wanted: Vec<(String, Role)>,
    with_geometry: bool,
}

impl Columns {
    /// The columns of a source whose code is in this one, which gets index 0.
    pub(crate) fn of(code: &str) -> Self {
        Self { wanted: vec![(code.to_owned(), Role::Code)], with_geometry: true }
    }

    /// The columns of a source of people, whose ids are in this one.
    pub(crate) fn of_people(id: &str) -> Self {
        Self { wanted: vec![(id.to_owned(), Role::Id)], with_geometry: true }
    }

    fn roles(&self) -> impl Iterator<Item = Role> {
        self.wanted.iter().map(|(_, role)| *role)
    }

    /// Leaves geometries unread: points are in columns.
    pub(crate) fn without_geometry(&mut self) {
        self.with_geometry = false;
    }

    /// The index under which the column's cell will be found.
    pub(crate) fn want(&mut self, column: &str) -> usize {
        self.want_as(column, Role::Text)
    }

    /// As [`Columns::want`], for a code of this or another thing.
    pub(crate) fn want_code(&mut self, column: &str) -> usize {
        self.want_as(column, Role::Code)
    }

    /// As [`Columns::want`], for one coordinate.
    pub(crate) fn want_coordinate(&mut self, column: &str) -> usize {
        self.want_as(column, Role::Coordinate)
    }

    fn want_as(&mut self, column: &str, role: Role) -> usize {
        let known = self.wanted.iter().position(|(name, _)| name == column);
        let index = known.unwrap_or(self.wanted.len());
        match self.wanted.get_mut(index) {
            Some((_, known)) if *known == Role::Text => *known = role,
            Some(_) => {}
            None => self.wanted.push((column.to_owned(), role)),
        }
        index
    }

    /// As [`Columns::want`], for a column that the spec may leave out.
    pub(crate) fn want_if(&mut self, column: Option<&str>) -> Option<usize> {
        column.map(|c| self.want(c))
    }

    /// As [`Columns::want_code`], for a column that the spec may leave out.
    pub(crate) fn want_code_if(&mut self, column: Option<&str>) -> Option<usize> {
        column.map(|c| self.want_code(c))
    }

    /// The names of the columns, in the order of their indexes.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.wanted.iter().map(|(name, _)| name.as_str())
    }
}

/// How many codes of a source had something around them that is not theirs.
#[derive(Default)]
struct Undone(u64);

impl Undone {
    /// Looks at a code and hands it on; whoever parses it takes its guards off.
    fn look(&mut self, code: String) -> String {
        self.0 += u64::from(is_guarded(code.trim()));
        code
    }

    fn note(&self) -> Option<String> {
        let what = "spaces, invisible characters or the guards of spreadsheets ('…, =\"…\", .0) were taken off";
        (self.0 > 0).then(|| format!("{what} {} codes", self.0))
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
        Format::Delimited(hint) => delimited::read(file, inspection, hint, columns, sink),
    }
}

/// What a file's name says is in it.
enum Format {
    Features,
    FeatureLines,
    /// Columns, with the separator that is tried first.
    Delimited(char),
}

impl Format {
    fn of(path: &Path) -> Result<Self, SourceError> {
        let name = path.to_string_lossy().to_ascii_lowercase();
        let plain = name.strip_suffix(".gz").unwrap_or(&name);
        match plain.rsplit_once('.').map(|(_, extension)| extension) {
            Some("geojson" | "json") => Ok(Self::Features),
            Some("geojsonl" | "geojsons" | "ndjson" | "jsonl") => Ok(Self::FeatureLines),
            Some("csv") => Ok(Self::Delimited(',')),
            Some("tsv") => Ok(Self::Delimited('\t')),
            extension => {
                let foreign = extension.and_then(|extension| kind::called(path, extension, &Self::Features));
                Err(foreign.unwrap_or_else(|| SourceError::UnknownFormat(path.to_owned())))
            }
        }
    }

    fn delimiter(&self) -> Option<char> {
        match self {
            Self::Delimited(delimiter) => Some(*delimiter),
            Self::Features | Self::FeatureLines => None,
        }
    }
}
