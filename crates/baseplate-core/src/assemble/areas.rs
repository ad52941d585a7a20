//! Reading sources of polygons: rows → valid areas in plate coordinates.
//!
//! Rows are converted on this thread and made valid on all threads, some thousands at a time, and then
//! handed on in their order. What was repaired is said in the log; what cannot be repaired is rejected.

use super::{
    area::converter,
    error::BuildError,
    fit::{self, CORNERS_MAX},
    log::{Log, Outcome},
    progress::OnProgress,
    source_rows::{SourceRows, source_info},
};
use crate::{
    crs::{Sample, SampleRow, ToPlate},
    source::{Columns, Row, RowRemark, SourceFile, inspect},
    spatial::{Bbox, Repair, to_valid_area, union},
};
use geo::{Area, CoordsIter, MapCoords, MultiPolygon};
use rayon::prelude::*;

/// Rows that are made valid together, on all threads.
const MENDED_AT_ONCE: usize = 4096;

/// A row of a source with its area.
pub(super) struct AreaRow {
    /// The number of the source in the log.
    pub(super) source: usize,
    /// The row as it was read, without its geometry.
    pub(super) row: Row,
    /// Its area in degrees of the plate, valid and oriented.
    pub(super) area: MultiPolygon<f64>,
    /// What was done to the area.
    pub(super) repairs: Vec<Repair>,
}

/// A row with its area, converted and not yet valid.
type Pending = (Row, MultiPolygon<f64>, Vec<Repair>);

/// Reads every row of a source that has a usable polygon and hands it to `accept`, in order; all others are
/// logged. Returns a sample of the corners as they stand in the source, and the converter, by which the
/// coordinate system can be judged.
///
/// # Errors
/// When the source cannot be read or is of no use as a whole.
pub(super) fn read_areas(
    entity: &str,
    file: &SourceFile,
    columns: &Columns,
    area: Option<Bbox>,
    log: &mut Log,
    on_progress: OnProgress<'_>,
    mut accept: impl FnMut(AreaRow, &mut Log),
) -> Result<(Sample, ToPlate), BuildError> {
    let inspection = inspect(file)?;
    let to_plate = converter(file, area)?;
    let source = log.begin(source_info(entity, file, &inspection, Some(&to_plate)), columns);
    let mut sample = fit::sample();
    let rows =
        SourceRows { file, inspection: &inspection, columns, number: source, at_once: MENDED_AT_ONCE, on_progress };
    let take = |read: Result<Row, RowRemark>| read.and_then(|row| convert(row, &to_plate, &mut sample));
    rows.read(log, take, |rows, log| mend(rows, source, log, &mut accept))?;
    log.check_usable(source, file)?;
    Ok((sample, to_plate))
}

/// The polygons of a row in degrees of the plate.
///
/// # Errors
/// A remark if the row has none, or a corner cannot be converted.
fn convert(mut row: Row, to_plate: &ToPlate, sample: &mut Sample) -> Result<Pending, RowRemark> {
    let number = row.number;
    let geometry = row.geometry.take();
    let fail = |value: &str, reason: String| RowRemark::new(number, row.geometry_column(), value, reason);
    let geometry = geometry.ok_or_else(|| fail("", "there is no geometry".to_owned()))?;
    let (polygons, repairs) = geometry.into_polygons().map_err(|reason| fail("", reason))?;
    sample.offer(|| SampleRow {
        points: polygons.coords_iter().take(CORNERS_MAX).map(|c| (c.x, c.y)).collect(),
        building: None,
    });
    let area = polygons
        .try_map_coords(|c| to_plate.convert(c.x, c.y).map(|p| p.coord()))
        .map_err(|e| fail("", e.to_string()))?;
    Ok((row, area, repairs))
}

/// Makes some areas valid on all threads, and hands them on in their order.
fn mend(rows: Vec<Pending>, source: usize, log: &mut Log, accept: &mut impl FnMut(AreaRow, &mut Log)) {
    let valid = |(row, area, mut repairs): Pending| {
        let valid = to_valid_area(area);
        (
            row,
            valid.map(|(area, more)| {
                repairs.extend(more);
                (area, repairs)
            }),
        )
    };
    let mended: Vec<_> = rows.into_par_iter().map(valid).collect();
    for (row, valid) in mended {
        match valid {
            Ok((area, repairs)) => {
                for repair in &repairs {
                    log.add(source, Outcome::Repaired, &RowRemark::new(row.number, row.geometry_column(), "", repair));
                }
                log.source(source).used += 1;
                accept(AreaRow { source, row, area, repairs }, log);
            }
            Err(reason) => log.reject(source, &RowRemark::new(row.number, row.geometry_column(), "", reason)),
        }
    }
}

/// Makes one valid area of parts that may touch or overlap. Parts that lie apart keep their exact vertices.
pub(super) fn join(parts: &mut MultiPolygon<f64>) {
    if let Some((area, _)) = to_valid_area(parts.clone()).ok().filter(|(_, repairs)| repairs.is_empty()) {
        *parts = area;
        return;
    }
    let joined = union([&*parts]);
    if joined.unsigned_area() > 0.0 {
        *parts = joined;
    }
}
