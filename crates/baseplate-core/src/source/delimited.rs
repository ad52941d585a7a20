//! CSV and its relatives.

use super::{Columns, Inspection, RawGeometry, Reject, Row, Sink, SourceError, SourceFile, encoding::open_text};
use csv::{ReaderBuilder, StringRecord, Terminator};
use std::{borrow::Cow, io::BufRead};

/// Names under which a geometry column is found when the spec names none.
const GEOMETRY_NAMES: [&str; 6] = ["geometry", "geom", "wkt", "wkb", "the_geom", "shape"];

/// Where the wanted cells stand in this file.
struct Layout {
    cells: Vec<(usize, String)>,
    geometry: Option<(usize, String)>,
    width: usize,
}

pub(super) fn read(
    file: &SourceFile,
    inspection: &Inspection,
    delimiter: u8,
    columns: &Columns,
    sink: &mut Sink<'_>,
) -> Result<(), SourceError> {
    let mut text = open_text(file, inspection)?;
    let terminator = terminator(&mut text).map_err(|e| SourceError::broken(&file.path, 1, e))?;
    let mut builder = ReaderBuilder::new();
    let mut reader = builder.delimiter(delimiter).terminator(terminator).flexible(true).from_reader(text);
    let header = without_return(reader.headers().map_err(|e| SourceError::broken(&file.path, 1, e))?);
    let layout = Layout::find(file, &header, columns)?;
    let mut record = StringRecord::new();
    loop {
        let line = reader.position().line();
        // Cells are UTF-8 by now, so only the stream itself can fail.
        if !reader.read_record(&mut record).map_err(|e| SourceError::broken(&file.path, line, e))? {
            return Ok(());
        }
        let line = record.position().map_or(line, csv::Position::line);
        let record = without_return(&record);
        let is_blank = record.len() == 1 && record[0].trim().is_empty() && layout.width > 1;
        if !is_blank {
            sink(layout.row(line, &record));
        }
    }
}

/// Lines end with LF, the CR before it being part of the last cell: only so do line numbers come out right. Where a
/// file has no LF at all its lines end with CR.
fn terminator(text: &mut Box<dyn BufRead>) -> std::io::Result<Terminator> {
    let start = text.fill_buf()?;
    let only_returns = start.contains(&b'\r') && !start.contains(&b'\n');
    Ok(if only_returns { Terminator::Any(b'\r') } else { Terminator::Any(b'\n') })
}

/// The record without the CR that the last cell of a CRLF line ends with.
fn without_return(record: &StringRecord) -> Cow<'_, StringRecord> {
    let last = record.len().saturating_sub(1);
    match record.get(last).and_then(|cell| cell.strip_suffix('\r')) {
        Some(cell) => {
            let mut trimmed: StringRecord = record.iter().take(last).collect();
            trimmed.push_field(cell);
            Cow::Owned(trimmed)
        }
        None => Cow::Borrowed(record),
    }
}

impl Layout {
    fn find(file: &SourceFile, header: &StringRecord, columns: &Columns) -> Result<Self, SourceError> {
        let place = |column: &str| header.iter().position(|h| h.trim() == column);
        let need = |column: &String| {
            let found = || header.iter().collect::<Vec<_>>().join(", ");
            place(column).map(|i| (i, column.clone())).ok_or_else(|| SourceError::NoColumn {
                path: file.path.clone(),
                column: column.clone(),
                found: found(),
            })
        };
        let geometry = match &file.geometry {
            Some(column) => Some(need(column)?),
            None => GEOMETRY_NAMES.iter().find_map(|name| place(name).map(|i| (i, (*name).to_owned()))),
        };
        Ok(Self { cells: columns.0.iter().map(need).collect::<Result<_, _>>()?, geometry, width: header.len() })
    }

    fn row(&self, line: u64, record: &StringRecord) -> Result<Row, Reject> {
        if record.len() != self.width {
            let reason =
                format!("{} cells, the header has {}: is a comma or a quote missing?", record.len(), self.width);
            return Err(Reject::new(line, "", record.get(0).unwrap_or_default(), reason));
        }
        let mut cells = Vec::with_capacity(self.cells.len());
        for (place, column) in &self.cells {
            let cell = record.get(*place).unwrap_or_default();
            if cell.contains(char::REPLACEMENT_CHARACTER) {
                return Err(Reject::new(line, column, cell, "characters that the file's encoding does not have"));
            }
            cells.push(Some(cell.to_owned()));
        }
        let geometry = match &self.geometry {
            Some((place, column)) => self.geometry(line, column, record.get(*place).unwrap_or_default())?,
            None => None,
        };
        Ok(Row { number: line, cells, geometry })
    }

    fn geometry(&self, line: u64, column: &str, cell: &str) -> Result<Option<RawGeometry>, Reject> {
        if cell.trim().is_empty() {
            return Ok(None);
        }
        RawGeometry::from_cell(cell).map(Some).map_err(|reason| Reject::new(line, column, cell, reason))
    }
}

/// The line-by-line reader of the feature files: calls back with line number and text.
pub(super) fn for_each_line(
    file: &SourceFile,
    mut text: Box<dyn BufRead>,
    mut each: impl FnMut(u64, &str),
) -> Result<(), SourceError> {
    let (mut number, mut line) = (0, String::new());
    loop {
        number += 1;
        line.clear();
        if text.read_line(&mut line).map_err(|e| SourceError::broken(&file.path, number, e))? == 0 {
            return Ok(());
        }
        each(number, line.trim_matches(|c: char| c.is_whitespace() || c == '\u{1e}'));
    }
}
