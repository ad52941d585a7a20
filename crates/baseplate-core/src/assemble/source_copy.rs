//! The rows of a layer's source as the plate keeps them, so that a later build can link them again.
//!
//! It is a file of GeoJSON lines, which nothing in a cell can break: each row is a feature with the columns that the layer reads, citizen
//! ids masked as everywhere, and its geometry if points are taken from that. Where records are known by the numbers of their rows, these
//! are a property. Beside it stand the lines that a spec would have for the layer.

use super::error::BuildError;
use crate::{
    source::{Columns, RecordSource, Row},
    store::names::{kept_rows_file, kept_source_file},
};
use serde_json::{Map, Value, json};
use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// The rows of a source while they are copied.
pub(super) struct SourceCopy {
    path: PathBuf,
    file: BufWriter<File>,
    columns: Vec<String>,
    /// The property with the number of a row, if that is its code.
    numbers: Option<&'static str>,
    /// The first error, which is told in the end.
    failed: Option<io::Error>,
}

impl SourceCopy {
    /// Begins the copy of a source of which these columns are read, and writes its lines of a spec.
    pub(super) fn create(dir: &Path, source: &RecordSource, columns: &Columns) -> Result<Self, BuildError> {
        let lines = dir.join(kept_source_file(&source.layer));
        let mut described = source.clone();
        // Where it lay on the disk of whoever added it is nobody's business.
        described.file.path = source.file.path.file_name().unwrap_or_default().into();
        fs::write(&lines, described.to_toml()).map_err(BuildError::write(&lines))?;
        let path = dir.join(kept_rows_file(&source.layer));
        let file = BufWriter::new(File::create(&path).map_err(BuildError::write(&path))?);
        let columns = columns.names().map(str::to_owned).collect();
        Ok(Self { path, file, columns, numbers: source.kept_numbers(), failed: None })
    }

    /// Copies a row.
    pub(super) fn write(&mut self, row: &Row) {
        // The first row says which columns there are, so that empty cells are there as well.
        let cell = |(index, name): (usize, &String)| (name.clone(), row.cell(index).map_or(Value::Null, Value::from));
        let mut properties: Map<String, Value> = self.columns.iter().enumerate().map(cell).collect();
        properties.extend(self.numbers.map(|name| (name.to_owned(), row.number.to_string().into())));
        let geometry = row.geometry.as_ref().map(|geometry| geojson::Geometry::from(&geometry.shape));
        let feature = json!({ "type": "Feature", "properties": properties, "geometry": geometry });
        if let Err(e) = writeln!(self.file, "{feature}") {
            self.failed.get_or_insert(e);
        }
    }

    /// Ends the copy.
    pub(super) fn finish(mut self) -> Result<(), BuildError> {
        let ended = self.failed.map_or_else(|| self.file.flush(), Err);
        ended.map_err(BuildError::write(&self.path))
    }
}
