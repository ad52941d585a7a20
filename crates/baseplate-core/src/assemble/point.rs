//! The columns in which sources have points: two of them, or one that holds both coordinates.

use crate::{
    coordinate::{parse_coordinate, parse_point},
    source::{Columns, Row},
};

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

/// The number in a cell; `axis` says which of the two it is.
fn number(cell: Option<&str>, axis: usize) -> Result<f64, Unreadable<'_>> {
    let text = cell.unwrap_or_default();
    parse_coordinate(text).ok_or(Unreadable { axis, text, reason: NO_NUMBER })
}
