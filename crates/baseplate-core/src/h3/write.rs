//! Covers as files, grid by grid.

use super::{H3CoverError, Position, check_size, estimate, h3_resolution};
use crate::{
    model::{GridKind, Level},
    plate::{Baseplate, Grid},
    store::table::{BATCH, TableWriter},
};
use arrow_array::{ArrayRef, StringArray, UInt64Array};
use arrow_schema::{DataType, Field};
use h3o::Resolution;
use rayon::prelude::*;
use std::{io::Write, path::Path, sync::Arc};

/// Grids are covered together, on all threads, up to about this many cells; a grid with more is streamed.
const TOGETHER: f64 = 1e6;

/// The grids whose cells are asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct H3CoverQuery {
    /// The kind of the grids.
    pub kind: GridKind,
    /// The level of the grids.
    pub level: Level,
    /// The H3 resolution, 0 to 15.
    pub resolution: u8,
}

/// The `csv` crate does not name the cause of an error; the caller may want to know a broken pipe.
impl From<csv::Error> for H3CoverError {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::Io(error),
            other => Self::Io(std::io::Error::other(format!("{other:?}"))),
        }
    }
}

impl Baseplate {
    /// The H3 cells of all grids of a kind and level, ready to be written.
    ///
    /// # Errors
    /// When there are no such grids or no such resolution, or there would be more than 100 million cells.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{GridKind, H3CoverQuery, Level};
    ///
    /// let query = H3CoverQuery { kind: GridKind::basic(), level: Level::Community, resolution: 9 };
    /// let rows = plate.h3_cover(&query)?.write_csv(std::io::sink())?;
    /// assert!(rows > 10);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn h3_cover(&self, query: &H3CoverQuery) -> Result<H3Export<'_>, H3CoverError> {
        let H3CoverQuery { kind, level, resolution } = query;
        let grids = self.grids_at(kind, *level);
        if grids.is_empty() {
            let kinds = self.coverages().map(|c| c.kind().to_string()).collect::<Vec<_>>().join(", ");
            return Err(H3CoverError::NoGrids { kind: kind.clone(), level: *level, kinds });
        }
        check_size(&grids, *resolution)?;
        Ok(H3Export { grids, resolution: h3_resolution(*resolution)? })
    }
}

/// The cells of many grids, ready to be written.
pub struct H3Export<'a> {
    grids: Vec<Grid<'a>>,
    resolution: Resolution,
}

impl H3Export<'_> {
    /// Writes CSV with the columns `cell` (hexadecimal), `grid` (code) and `position` (`inside` or `border`), and tells how many
    /// rows there are.
    ///
    /// # Errors
    /// When a grid's polygon is damaged or the output cannot be written.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{GridKind, H3CoverQuery, Level};
    ///
    /// let query = H3CoverQuery { kind: GridKind::basic(), level: Level::Community, resolution: 9 };
    /// let mut csv = Vec::new();
    /// assert!(plate.h3_cover(&query)?.write_csv(&mut csv)? > 10);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write_csv(&self, out: impl Write) -> Result<u64, H3CoverError> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(["cell", "grid", "position"])?;
        let rows = self.for_each(|grid, (cell, position)| {
            csv.write_record([format!("{cell:x}").as_str(), grid.code(), position.as_str()]).map_err(H3CoverError::from)
        })?;
        csv.flush()?;
        Ok(rows)
    }

    /// Writes an Arrow IPC file with the columns `cell` (UInt64), `grid` and `position` (Utf8), and tells how many rows there are.
    ///
    /// # Errors
    /// When a grid's polygon is damaged or the file cannot be written.
    pub fn write_arrow(&self, path: &Path) -> Result<u64, H3CoverError> {
        let fields = [("cell", DataType::UInt64), ("grid", DataType::Utf8), ("position", DataType::Utf8)];
        let fields = fields.map(|(name, of)| Field::new(name, of, false));
        let mut table = TableWriter::create(path, fields.to_vec())?;
        let mut batch = Vec::with_capacity(BATCH);
        let rows = self.for_each(|grid, (cell, position)| {
            batch.push((cell, grid.code(), position));
            if batch.len() == BATCH {
                table.write(columns(&batch))?;
                batch.clear();
            }
            Ok(())
        })?;
        table.write(columns(&batch))?;
        table.finish()?;
        Ok(rows)
    }

    /// Gives every cell of every grid to `take`, and tells how many there were.
    fn for_each<'s>(
        &'s self,
        mut take: impl FnMut(&'s Grid<'s>, (u64, Position)) -> Result<(), H3CoverError>,
    ) -> Result<u64, H3CoverError> {
        let mut rows = 0;
        let mut counted = |grid: &'s Grid<'s>, row| {
            rows += 1;
            take(grid, row)
        };
        let mut left = self.grids.as_slice();
        while let (together, rest) = left.split_at(self.together(left))
            && !together.is_empty()
        {
            left = rest;
            if let [grid] = together {
                grid.cover(self.resolution)?.try_for_each(|row| counted(grid, row))?;
                continue;
            }
            let covers = together.par_iter().map(|grid| Ok(grid.cover(self.resolution)?.collect()));
            let covers: Vec<Vec<_>> = covers.collect::<Result<_, H3CoverError>>()?;
            for (grid, cover) in together.iter().zip(covers) {
                cover.into_iter().try_for_each(|row| counted(grid, row))?;
            }
        }
        Ok(rows)
    }

    /// How many of the grids to cover next: one at least, if any is left.
    fn together(&self, grids: &[Grid<'_>]) -> usize {
        let mut cells = 0.0;
        let few = |grid: &&Grid<'_>| {
            cells += estimate(grid, self.resolution);
            cells <= TOGETHER
        };
        grids.iter().take_while(few).count().max(1).min(grids.len())
    }
}

fn columns(rows: &[(u64, &str, Position)]) -> Vec<ArrayRef> {
    vec![
        Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.0))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.1))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.2.as_str()))),
    ]
}
