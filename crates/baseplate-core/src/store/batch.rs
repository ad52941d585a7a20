//! How tables are cut into batches, and why a file is not a table.

use arrow_schema::ArrowError;

/// Rows of every batch but the last: what makes finding a row's batch a division.
pub(crate) const BATCH: usize = 1 << 16;

/// Why a file is not a table of a plate.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TableError {
    /// Its end, or a place that its footer points to, is not there.
    #[error("it is truncated or not an Arrow file")]
    NotArrow,
    /// Footer or batch headers are not those that were written.
    #[error("its structure is damaged")]
    Structure,
    /// A cell is empty where there must be a value.
    #[error("column '{0}' has empty cells")]
    Empty(String),
    /// A column is missing or has another type.
    #[error("column '{0}' is missing or of another type")]
    Column(String),
    /// Batches are not of the agreed size.
    #[error("its batches are not of {BATCH} rows")]
    Batches,
    /// Arrow's own words.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}
