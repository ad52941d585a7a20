//! CSV and its relatives.

use super::{Columns, Inspection, RawGeometry, Reject, Row, Sink, SourceError, SourceFile, encoding::open_text};
use csv::{ReaderBuilder, StringRecord};
use std::io::BufRead;

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
    let text = open_text(file, inspection)?;
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text);
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(e) => {
            sink(Err(Reject::new(1, "", "", format!("the header cannot be read: {e}"))));
            return Ok(());
        }
    };
    let layout = Layout::find(file, &header, columns)?;
    let mut record = StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {
                let line = record.position().map_or(line, csv::Position::line);
                sink(layout.row(line, &record));
            }
            Err(e) => {
                let broken_stream = matches!(e.kind(), csv::ErrorKind::Io(_));
                sink(Err(Reject::new(line, "", "", format!("the line cannot be read: {e}"))));
                if broken_stream {
                    return Ok(());
                }
            }
        }
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

/// The line-by-line reader that the feature readers share: calls back with line number and text.
pub(super) fn for_each_line(mut text: Box<dyn BufRead>, mut each: impl FnMut(u64, Result<&str, Reject>)) {
    let (mut number, mut line) = (0, String::new());
    loop {
        number += 1;
        line.clear();
        match text.read_line(&mut line) {
            Ok(0) => return,
            Ok(_) => each(number, Ok(line.trim_matches(|c: char| c.is_whitespace() || c == '\u{1e}'))),
            Err(e) => {
                return each(number, Err(Reject::new(number, "", "", format!("the file cannot be read on: {e}"))));
            }
        }
    }
}
