//! Reading sources of polygons: rows → valid areas in plate coordinates.

use super::{
    BuildError, OnProgress, Progress, converter,
    fit::{self, CORNERS_MAX},
    log::{Log, Outcome},
    source_info,
};
use crate::{
    crs::{Sample, SampleRow, ToPlate},
    source::{Columns, Reject, Row, SourceFile, inspect, read_rows},
    spatial::{Bbox, Repair, to_valid_area},
};
use geo::{CoordsIter, MapCoords, MultiPolygon};
use rayon::prelude::*;

/// Rows that are made valid together, on all threads.
const CHUNK: usize = 4096;

/// A row with its area.
pub(super) struct AreaRow {
    pub(super) source: usize,
    pub(super) row: Row,
    pub(super) area: MultiPolygon<f64>,
    pub(super) repairs: Vec<Repair>,
}

type Pending = (Row, MultiPolygon<f64>, Vec<Repair>);

/// Reads every row of a source that has a usable polygon and hands it to `accept`, in order; all others are logged. Returns
/// a sample of the corners as they stand in the source.
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
    let mut pending: Vec<Pending> = Vec::with_capacity(CHUNK);
    let mut sample = fit::sample();
    let notes = read_rows(file, &inspection, columns, &mut |read| {
        log.found(source, &read);
        match read.and_then(|row| convert(row, &to_plate, &mut sample)) {
            Ok(row) => pending.push(row),
            Err(reject) => log.reject(source, &reject),
        }
        if pending.len() == CHUNK {
            flush(&mut pending, source, log, &mut accept);
            on_progress(Progress::reading(file, &inspection, log.source(source).rows));
        }
    })?;
    flush(&mut pending, source, log, &mut accept);
    log.notes.extend(notes);
    log.check_usable(source, file)?;
    Ok((sample, to_plate))
}

fn convert(mut row: Row, to_plate: &ToPlate, sample: &mut Sample) -> Result<Pending, Reject> {
    let number = row.number;
    let geometry = row.geometry.take();
    let fail = |value: &str, reason: String| Reject::new(number, row.geometry_column(), value, reason);
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

fn flush(pending: &mut Vec<Pending>, source: usize, log: &mut Log, accept: &mut impl FnMut(AreaRow, &mut Log)) {
    let mend = |(row, area, mut repairs): Pending| {
        let valid = to_valid_area(area);
        (
            row,
            valid.map(|(area, more)| {
                repairs.extend(more);
                (area, repairs)
            }),
        )
    };
    let mended: Vec<_> = std::mem::take(pending).into_par_iter().map(mend).collect();
    for (row, valid) in mended {
        match valid {
            Ok((area, repairs)) => {
                for repair in &repairs {
                    log.add(source, Outcome::Repaired, &Reject::new(row.number, row.geometry_column(), "", repair));
                }
                log.source(source).used += 1;
                accept(AreaRow { source, row, area, repairs }, log);
            }
            Err(reason) => log.reject(source, &Reject::new(row.number, row.geometry_column(), "", reason)),
        }
    }
}
