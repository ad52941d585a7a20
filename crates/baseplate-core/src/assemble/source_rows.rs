//! The rows of a source, some thousands at a time: reading and parsing have a thread of their own, linking has the others.

use super::{
    error::BuildError,
    log::Log,
    progress::{OnProgress, Progress},
};
use crate::{
    crs::ToPlate,
    source::{Columns, Inspection, Row, RowRemark, SourceFile, read_rows},
    store::SourceInfo,
};

/// Rows that are linked together, on all threads.
pub(super) const LINKED_AT_ONCE: usize = 16_384;

/// The rows of a source that was begun in the log.
pub(super) struct SourceRows<'a> {
    /// The file.
    pub(super) file: &'a SourceFile,
    /// What a first pass over it found out.
    pub(super) inspection: &'a Inspection,
    /// The wanted columns.
    pub(super) columns: &'a Columns,
    /// The number of the source in the log.
    pub(super) number: usize,
    /// How many rows are linked together.
    pub(super) at_once: usize,
    /// Who is told how far the reading is.
    pub(super) on_progress: OnProgress<'a>,
}

impl SourceRows<'_> {
    /// Reads all rows: `take` makes of each what is linked, on this thread and in the order of the file;
    /// `link` gets them together, some thousands at a time. What cannot be taken is logged.
    ///
    /// # Errors
    /// When the file cannot be read to its end.
    pub(super) fn read<T>(
        &self,
        log: &mut Log,
        mut take: impl FnMut(Result<Row, RowRemark>) -> Result<T, RowRemark>,
        mut link: impl FnMut(Vec<T>, &mut Log),
    ) -> Result<(), BuildError> {
        let mut pending = Vec::with_capacity(self.at_once);
        let notes = read_rows(self.file, self.inspection, self.columns, &mut |read| {
            log.found(self.number, &read);
            match take(read) {
                Ok(row) => pending.push(row),
                Err(reject) => log.reject(self.number, &reject),
            }
            if pending.len() == self.at_once {
                link(std::mem::take(&mut pending), log);
                let rows = log.source(self.number).rows;
                (self.on_progress)(Progress::reading(self.file, self.inspection, rows));
            }
        })?;
        link(pending, log);
        log.notes.extend(notes);
        Ok(())
    }
}

/// What the manifest says of a source before it is read.
pub(super) fn source_info(
    entity: &str,
    file: &SourceFile,
    inspection: &Inspection,
    to_plate: Option<&ToPlate>,
) -> SourceInfo {
    SourceInfo {
        entity: entity.to_owned(),
        path: file.path.display().to_string(),
        crs: file.crs.clone(),
        operation: to_plate.and_then(ToPlate::operation).map(str::to_owned),
        bytes: inspection.bytes,
        sha256: inspection.sha256.clone(),
        rows: 0,
        used: 0,
        linked: 0,
        rejected: 0,
    }
}
