//! About where a plate is, before anything of it is read.
//!
//! PROJ knows several shifts of some datums, each for an area, and all sources of a plate are to be shifted
//! by the same one. So where a source needs it, the first source is read once without any shift, and the
//! box of nearly all its points is the area that every converter is made for.

use super::{error::BuildError, fit, point::PointColumns};
use crate::{
    crs::{ConversionOptions, Crs, Datum, SampleRow, ToPlate},
    source::{Columns, Row, SourceError, SourceFile, Spec, inspect, read_rows},
    spatial::Bbox,
};
use geo::CoordsIter;

/// This share of the points at either end does not belong to the area: it may lie anywhere by mistake.
const FAR_OUT: f64 = 0.02;

/// The box of nearly all points of the first source: of grids if there are any, else of buildings, else of addresses. No
/// shift is made for it, so it may be some hundred metres off. `None` if no source needs it, which saves reading one twice.
pub(super) fn plate_area(spec: &Spec) -> Result<Option<Bbox>, BuildError> {
    let grids = spec.grids.iter().map(|s| (&s.file, &s.code, None));
    let buildings = spec.buildings.iter().map(|s| (&s.file, &s.code, None));
    let addresses = spec.addresses.iter().map(|s| (&s.file, &s.code, s.point.as_ref()));
    let mut sources = grids.chain(buildings).chain(addresses);
    if !sources.clone().any(|(file, ..)| depends_on_area(file)) {
        return Ok(None);
    }
    let Some((file, code, point)) = sources.next() else { return Ok(None) };
    let mut columns = Columns::of(code);
    let point = point.map(|names| PointColumns::of(names, &mut columns));
    let mut sample = fit::sample();
    read_rows(file, &inspect(file)?, &columns, &mut |read| {
        let points = read.ok().and_then(|row| points(row, point)).unwrap_or_default();
        // 0, 0 stands for "unknown".
        if !points.is_empty() && points != [(0.0, 0.0)] {
            sample.offer(|| SampleRow { points, building: None });
        }
    })?;
    let unshifted = SourceFile { datum: Some(Datum::AsIs), ..file.clone() };
    let to_plate = converter(&unshifted, None)?;
    let (lngs, lats) = sample.points(&to_plate).map(|p| (p.lng, p.lat)).unzip();
    Ok(inner_range(lngs).zip(inner_range(lats)).map(|([west, east], [south, north])| Bbox([west, south, east, north])))
}

/// Whether the coordinates of a file are shifted differently in different areas.
fn depends_on_area(file: &SourceFile) -> bool {
    let crs = file.crs.as_deref().unwrap_or_default();
    crs.parse::<Crs>().is_ok_and(|crs| crs.depends_on_area(file.datum))
}

/// The coordinates of a row as they stand there: a point, or some corners of an area.
fn points(mut row: Row, point: Option<PointColumns>) -> Option<Vec<(f64, f64)>> {
    if let Some(columns) = point {
        return Some(vec![columns.read(&row).ok()??]);
    }
    let geometry = row.geometry.take()?;
    if let Ok(at) = geometry.as_point() {
        return Some(vec![(at.x, at.y)]);
    }
    let (area, _) = geometry.into_polygons().ok()?;
    Some(area.coords_iter().take(fit::CORNERS_MAX).map(|c| (c.x, c.y)).collect())
}

/// From the least value to the greatest, less what is far out.
fn inner_range(mut values: Vec<f64>) -> Option<[f64; 2]> {
    values.sort_by(f64::total_cmp);
    let cut = (values.len() as f64 * FAR_OUT) as usize;
    let inner = values.get(cut..values.len() - cut)?;
    Some([*inner.first()?, *inner.last()?])
}

/// The converter to plate coordinates for a source; `area` is where the plate is.
///
/// # Errors
/// When the coordinate system of the file cannot be used.
pub(super) fn converter(file: &SourceFile, area: Option<Bbox>) -> Result<ToPlate, SourceError> {
    let fail = |source| SourceError::Crs { path: file.path.clone(), source };
    let options = ConversionOptions { area, datum: file.datum, folder: file.folder.clone() };
    let crs = file.crs.as_deref().unwrap_or_default().parse::<Crs>();
    crs.and_then(|crs| crs.to_plate_with(&options)).map_err(fail)
}
