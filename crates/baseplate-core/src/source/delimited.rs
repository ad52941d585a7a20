//! CSV and its relatives: from records to rows.
//!
//! The wanted columns are found in the header once; then each record gives a row, or a remark if its quotes
//! do not fit or it has another number of cells than the header. A geometry is looked for in the column
//! that the spec names, else in columns that are called like one, of which the first counts that holds
//! something like a geometry. Of a broken line only the beginning of its first cell is quoted, since a line
//! may hold what must not be shown.

use super::{
    columns::{Columns, Role},
    dialect::shown,
    encoding::{Inspection, open_lines},
    error::SourceError,
    geometry::RawGeometry,
    records::{CsvOptions, CsvRecord, CsvRecords},
    row::{Row, RowRemark, Sink, Undone},
    spec::SourceFile,
};
use crate::{code::mask_ids, coordinate::decimal_point};
use std::sync::Arc;

/// Names under which a geometry column is found when the spec names none.
const GEOMETRY_NAMES: [&str; 6] = ["geometry", "geom", "wkt", "wkb", "the_geom", "shape"];
/// The most characters of a broken line that a remark quotes: enough to find it, too few to be the row.
const BEGINNING_MAX: usize = 32;

/// Where the wanted cells stand in this file.
struct Layout {
    /// Where each wanted cell stands in a record, and what it is read as.
    cells: Vec<(usize, Role)>,
    /// Where the geometry stands.
    geometry: Geometry,
    /// How many cells a sound record has.
    width: usize,
    /// What separates them.
    delimiter: char,
}

/// Which columns hold a geometry.
enum Geometry {
    /// None: the source has no geometry, or points in columns.
    Unwanted,
    /// The one that the spec names.
    Named(usize, Arc<str>),
    /// Those that are called like one; what is none there is an attribute.
    Guessed(Vec<(usize, Arc<str>)>),
}

/// Reads all rows of a CSV file into `sink`. `hint` is the separator that is tried first. Returns notes on
/// the file as a whole.
///
/// # Errors
/// When a wanted column is not there or the file cannot be read to its end.
pub(super) fn read(
    file: &SourceFile,
    inspection: &Inspection,
    hint: char,
    columns: &Columns,
    sink: &mut Sink<'_>,
) -> Result<Vec<String>, SourceError> {
    let wanted: Vec<&str> = columns.names().chain(file.geometry.as_deref()).collect();
    let options = CsvOptions { columns: &wanted, encoding: None, delimiter: file.delimiter };
    let lines = open_lines(file, inspection)?;
    let mut records = CsvRecords::new(&file.path, lines, inspection.script, hint, &options)?;
    if records.header().is_empty() {
        return Ok(Vec::new());
    }
    let layout = Layout::find(file, &records, columns)?;
    let mut undone = Undone::default();
    while let Some(record) = records.read().map_err(|e| SourceError::broken(&file.path, records.line(), e))? {
        sink(layout.row(record, &mut undone));
    }
    let repeated = wanted.iter().filter(|column| records.is_repeated(column));
    let repeated =
        repeated.map(|column| format!("the column '{column}' is there several times: the first one was read"));
    let notes = records.notes().iter().cloned().chain(undone.note()).chain(repeated);
    Ok(notes.map(|note| format!("{}: {note}", file.path.display())).collect())
}

impl Layout {
    /// Finds the wanted columns in the header.
    fn find(file: &SourceFile, records: &CsvRecords, columns: &Columns) -> Result<Self, SourceError> {
        let geometry = match &file.geometry {
            _ if file.crs.is_none() || !columns.with_geometry => Geometry::Unwanted,
            Some(column) => Geometry::Named(records.column(column)?, column.as_str().into()),
            None => {
                let guess = |name: &'static str| records.column(name).ok().map(|index| (index, name.into()));
                Geometry::Guessed(GEOMETRY_NAMES.into_iter().filter_map(guess).collect())
            }
        };
        let cells = columns.wanted.iter().map(|(name, role)| records.column(name).map(|index| (index, *role)));
        let (width, delimiter) = (records.header().len(), records.delimiter());
        Ok(Self { cells: cells.collect::<Result<_, SourceError>>()?, geometry, width, delimiter })
    }

    /// The row of a record, or what is wrong with it.
    fn row(&self, record: CsvRecord, undone: &mut Undone) -> Result<Row, RowRemark> {
        let CsvRecord { line, mut cells, fault } = record;
        if let Some(fault) = fault {
            return Err(RowRemark::new(line, "", &self.beginning(&cells), fault));
        }
        if cells.len() != self.width {
            let separator = shown(self.delimiter);
            let reason = format!(
                "{} cells, separated by {separator}; the header has {}: {}",
                cells.len(),
                self.width,
                if cells.len() < self.width {
                    "is a separator or a quote missing?"
                } else {
                    "is there a separator too many, or is a cell that holds one not quoted?"
                }
            );
            return Err(RowRemark::new(line, "", &self.beginning(&cells), reason));
        }
        let (geometry, column) = self.geometry(line, &cells)?;
        let column = column.cloned();
        let mut wanted = Vec::with_capacity(self.cells.len());
        for (index, role) in &self.cells {
            let cell = std::mem::take(&mut cells[*index]);
            wanted.push(Some(match role {
                Role::Text => cell,
                Role::Code | Role::Id => undone.look(cell),
                Role::Coordinate if self.delimiter != ',' => decimal_point(&cell).into_owned(),
                Role::Coordinate => cell,
            }));
        }
        Ok(Row::new(line, wanted, self.cells.iter().map(|(_, role)| *role), geometry, column))
    }

    /// What a broken line is found by: its first cell, shortened.
    fn beginning(&self, cells: &[String]) -> String {
        let first = cells.first().map_or("", String::as_str);
        let first = mask_ids(first.split(self.delimiter).next().unwrap_or_default());
        first.chars().take(BEGINNING_MAX).collect()
    }

    /// The geometry of a row, and the column in which it is, or should be.
    fn geometry(&self, line: u64, cells: &[String]) -> Result<(Option<RawGeometry>, Option<&Arc<str>>), RowRemark> {
        let cell = |index: usize| cells[index].trim();
        let found = match &self.geometry {
            Geometry::Unwanted => None,
            Geometry::Named(index, column) => Some((cell(*index), column)),
            Geometry::Guessed(columns) => {
                let likely = columns.iter().find(|(index, _)| RawGeometry::is_likely(cell(*index)));
                let none = || columns.first().map(|(_, column)| ("", column));
                likely.map(|(index, column)| (cell(*index), column)).or_else(none)
            }
        };
        let Some((cell, column)) = found.filter(|(cell, _)| !cell.is_empty()) else {
            return Ok((None, found.map(|(_, column)| column)));
        };
        let geometry = RawGeometry::from_cell(cell).map_err(|reason| RowRemark::new(line, column, cell, reason))?;
        Ok((Some(geometry), Some(column)))
    }
}
