//! CSV and its relatives.

use super::{
    Columns, CsvRecord, CsvRecords, Inspection, RawGeometry, Reject, Row, Sink, SourceError, SourceFile,
    encoding::open_text,
};
use crate::code::looks_like_id;

/// Names under which a geometry column is found when the spec names none.
const GEOMETRY_NAMES: [&str; 6] = ["geometry", "geom", "wkt", "wkb", "the_geom", "shape"];

/// Where the wanted cells stand in this file.
struct Layout {
    cells: Vec<usize>,
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
    let mut records = CsvRecords::new(open_text(file, inspection)?, delimiter, inspection.returns_only);
    let mut next = move || records.read().map_err(|e| SourceError::broken(&file.path, records.line(), e));
    let Some(header) = next()? else { return Ok(()) };
    let layout = Layout::find(file, &header.cells, columns)?;
    while let Some(record) = next()? {
        sink(layout.row(record));
    }
    Ok(())
}

impl Layout {
    fn find(file: &SourceFile, header: &[String], columns: &Columns) -> Result<Self, SourceError> {
        let place = |column: &str| header.iter().position(|h| h.trim() == column);
        let need = |column: &String| {
            // A file without a header has a record in its place, which may name a person.
            let shown = |cell: &String| if looks_like_id(cell) { "…".to_owned() } else { cell.clone() };
            let found = || header.iter().map(shown).collect::<Vec<_>>().join(", ");
            place(column).ok_or_else(|| SourceError::NoColumn {
                path: file.path.clone(),
                column: column.clone(),
                found: found(),
            })
        };
        let geometry = match &file.geometry {
            _ if file.crs.is_none() => None,
            Some(column) => Some((need(column)?, column.clone())),
            None => GEOMETRY_NAMES.iter().find_map(|name| place(name).map(|i| (i, (*name).to_owned()))),
        };
        Ok(Self { cells: columns.0.iter().map(need).collect::<Result<_, _>>()?, geometry, width: header.len() })
    }

    fn row(&self, record: CsvRecord) -> Result<Row, Reject> {
        let CsvRecord { line, mut cells, fault } = record;
        let fail = |column: &str, value: &str, reason: String| Err(Reject::new(line, column, value, reason));
        if let Some(fault) = fault {
            return fail("", cells.first().map_or("", String::as_str), fault.to_owned());
        }
        if cells.len() != self.width {
            let reason =
                format!("{} cells, the header has {}: is a comma or a quote missing?", cells.len(), self.width);
            return fail("", cells.first().map_or("", String::as_str), reason);
        }
        let geometry = match &self.geometry {
            Some((place, column)) => self.geometry(line, column, &cells[*place])?,
            None => None,
        };
        let wanted = self.cells.iter().map(|place| Some(std::mem::take(&mut cells[*place]))).collect();
        Ok(Row { number: line, cells: wanted, geometry })
    }

    fn geometry(&self, line: u64, column: &str, cell: &str) -> Result<Option<RawGeometry>, Reject> {
        if cell.trim().is_empty() {
            return Ok(None);
        }
        RawGeometry::from_cell(cell).map(Some).map_err(|reason| Reject::new(line, column, cell, reason))
    }
}
