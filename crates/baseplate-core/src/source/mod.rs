//! Sources: the user's files, row by row, as text cells and raw geometry.
//!
//! A row that cannot be read is handed on as a [`RowRemark`] and the rest goes on; only a file that is missing or
//! a spec that names what is not there ends the work.

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
pub(crate) use row::Row;
pub use row::RowRemark;
#[cfg(test)]
pub(crate) use spec::TAKEN_NAMES;
pub use spec::{
    AddressSource, Ancestor, BuildingSource, ELEMENTS, EnterpriseSource, GridSource, IdType, LandmarkSpec,
    OverrideSource, PersonSource, PlateSpec, PublishSpec, ReleaseEvery, SourceFile, Spec,
};
