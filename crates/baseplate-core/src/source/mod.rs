//! Sources: the user's files, row by row, as text cells and raw geometry.
//!
//! A file is read twice. The first pass ([`inspect`]) takes its SHA-256 and finds out how its bytes become
//! text; the second ([`read_rows`]) hands its rows to whoever asked, with the cells of the wanted columns
//! in the order in which they were wanted. On the way are
//!
//! | step | file |
//! |---|---|
//! | which kind of file it is, and what to do about one that is not read | `kind.rs` |
//! | bytes, unpacked, to lines, each decoded by itself | `encoding.rs`, `lines.rs` |
//! | separator and header of a CSV, its records | `dialect.rs`, `split.rs`, `records.rs`, `delimited.rs` |
//! | features of a GeoJSON | `features.rs` |
//! | geometry as text | `geometry.rs`, `coordinate.rs` |
//! | the row, with citizen ids masked | `row.rs` |
//!
//! A row that cannot be read is handed on as a [`RowRemark`] and the rest goes on; only a file that is
//! missing, damaged or of another kind, or a spec that names what is not there, ends the work. Every length
//! has a bound, so that no file can take more memory than that.

mod columns;
mod delimited;
mod dialect;
mod encoding;
mod error;
mod features;
mod geometry;
mod kind;
mod lines;
mod read;
mod records;
mod row;
mod spec;
mod split;

pub(crate) use columns::Columns;
pub use dialect::parse_delimiter;
pub(crate) use encoding::{Inspection, inspect};
pub use error::SourceError;
pub(crate) use read::read_rows;
pub use records::{CsvOptions, CsvRecord, CsvRecords, read_csv};
pub use row::RowRemark;
pub(crate) use row::{Row, filled};
pub(crate) use spec::KEPT_NUMBERS;
#[cfg(test)]
pub(crate) use spec::TAKEN_NAMES;
pub use spec::{
    AddressSource, Ancestor, BuildingSource, ELEMENTS, GridSource, GroundSource, IdType, LandmarkSpec, OverrideSource,
    PersonSource, PlateSpec, PublishSpec, RecordSource, ReleaseEvery, SourceFile, Spec,
};
