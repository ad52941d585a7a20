//! The columns in which sources have points: two of them, or one that holds both coordinates.

use crate::{
    coordinate::{parse_coordinate, parse_point},
    crs::ToPlate,
    source::{Columns, Row, RowRemark},
    spatial::LngLat,
};
use std::borrow::Cow;

/// The columns of a point, by index.
#[derive(Debug, Clone, Copy)]
pub(super) enum PointColumns {
    /// Easting or longitude, and northing or latitude.
    Two(usize, usize),
    /// Both in one.
    Both(usize),
}

/// Which cell is no coordinate, and why.
pub(super) struct Unreadable<'r> {
    /// 0 for the first column, 1 for the second.
    pub(super) axis: usize,
    /// What stands in the cell.
    pub(super) text: &'r str,
    /// Why it cannot be read.
    pub(super) reason: &'static str,
}

/// Why a cell is no coordinate.
const NO_NUMBER: &str = "neither a number nor degrees, minutes and seconds: a coordinate is needed";
/// Why a cell is no pair of coordinates.
const NO_POINT: &str = "not a point: longitude and latitude are needed, separated by a comma";

impl PointColumns {
    /// The columns with these names. Geometries are not read then.
    pub(super) fn of((first, second): &(String, String), columns: &mut Columns) -> Self {
        columns.without_geometry();
        match first == second {
            true => Self::Both(columns.want(first)),
            false => Self::Two(columns.want_coordinate(first), columns.want_coordinate(second)),
        }
    }

    /// The coordinates of a row as they stand there, easting or longitude first; `None` if there are none.
    ///
    /// # Errors
    /// Which cell cannot be read; also if one of two is empty.
    pub(super) fn read(self, row: &Row) -> Result<Option<(f64, f64)>, Unreadable<'_>> {
        match self {
            Self::Both(cell) => {
                let unreadable = |text| Unreadable { axis: 0, text, reason: NO_POINT };
                row.coordinate(cell).map(|text| parse_point(text).ok_or_else(|| unreadable(text))).transpose()
            }
            Self::Two(x, y) => match (row.coordinate(x), row.coordinate(y)) {
                (None, None) => Ok(None),
                (x, y) => Ok(Some((number(x, 0)?, number(y, 1)?))),
            },
        }
    }
}

/// Where the point of a row is: in two columns, in one, or in the geometry of the file.
pub(super) struct PointLayout<'a> {
    /// The columns by index, if it is not the geometry.
    columns: Option<PointColumns>,
    /// What these are called.
    names: Option<&'a (String, String)>,
}

impl<'a> PointLayout<'a> {
    /// The layout of a source that names these columns, or none.
    pub(super) fn of(names: Option<&'a (String, String)>, columns: &mut Columns) -> Self {
        Self { columns: names.map(|names| PointColumns::of(names, columns)), names }
    }

    /// The columns in which the point of a row is, or should be.
    pub(super) fn named<'r>(&self, row: &'r Row) -> Cow<'r, str>
    where
        'a: 'r,
    {
        match self.names {
            None => row.geometry_column().into(),
            Some((first, second)) if first == second => first.as_str().into(),
            Some((first, second)) => format!("{first}, {second}").into(),
        }
    }

    /// The coordinates of a row as they stand there; `None` if there are none.
    pub(super) fn raw(&self, row: &Row) -> Result<Option<(f64, f64)>, RowRemark> {
        if let Some((columns, (first, second))) = self.columns.zip(self.names) {
            let reject = |Unreadable { axis, text, reason }: Unreadable<'_>| {
                RowRemark::new(row.number, if axis == 0 { first } else { second }, text, reason)
            };
            return columns.read(row).map_err(reject);
        }
        let Some(geometry) = &row.geometry else { return Ok(None) };
        let at = geometry.as_point().map_err(|reason| RowRemark::new(row.number, row.geometry_column(), "", reason))?;
        Ok(Some((at.x, at.y)))
    }

    /// The point of a row in degrees of the plate.
    pub(super) fn converted(&self, row: &Row, (x, y): (f64, f64), to_plate: &ToPlate) -> Result<LngLat, RowRemark> {
        let columns = self.named(row);
        to_plate.convert(x, y).map_err(|e| RowRemark::new(row.number, &columns, &format!("{x}, {y}"), e))
    }
}

/// The number in a cell; `axis` says which of the two it is.
fn number(cell: Option<&str>, axis: usize) -> Result<f64, Unreadable<'_>> {
    let text = cell.unwrap_or_default();
    parse_coordinate(text).ok_or(Unreadable { axis, text, reason: NO_NUMBER })
}
