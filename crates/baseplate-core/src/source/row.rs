//! Rows as they are handed on, and what is said of those that are not.
//!
//! This is the one gate through which all cells of all formats pass. Here a citizen id in any column but
//! the one of people's own ids is masked, before anybody can store, log or quote it; the same holds for
//! whatever a remark quotes.

use super::{columns::Role, geometry::RawGeometry};
use crate::code::{Among, fold_code, is_guarded, is_placeholder, mask_ids, masked};
use std::{borrow::Cow, sync::Arc};

/// What is said of a row: that it could not be read, or was used only after a repair, or does not fit in some respect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRemark {
    /// Line of a CSV or GeoJSONL file, counted from 1; number of the feature in a GeoJSON file.
    pub row: u64,
    /// The column as the file calls it, or columns, joined by commas; a member of a GeoJSON feature, such as `geometry`; empty for the
    /// row as a whole.
    pub column: String,
    /// The value as found, shortened to 120 characters.
    pub value: String,
    /// What is wrong, and what would cure it.
    pub reason: String,
}

/// The most characters of a value that a remark quotes.
const QUOTED_MAX: usize = 120;

impl RowRemark {
    /// A remark on a row; citizen ids in the value and the reason are masked, and the value is shortened.
    pub(crate) fn new(row: u64, column: &str, value: &str, reason: impl ToString) -> Self {
        let value = mask_ids(value);
        let value = match value.char_indices().nth(QUOTED_MAX) {
            Some((end, _)) => format!("{}…", &value[..end]),
            None => value.into_owned(),
        };
        let reason = mask_ids(&reason.to_string()).into_owned();
        Self { row, column: column.to_owned(), value, reason }
    }
}

/// The text of a cell; `None` if it is white space, or `NULL` or `\\N`, which databases write for nothing.
pub(crate) fn filled(cell: &str) -> Option<&str> {
    Some(cell.trim()).filter(|cell| !matches!(*cell, "" | "NULL" | "\\N"))
}

/// One readable row: the wanted cells in the order they were asked for, and the geometry if the file has one.
pub(crate) struct Row {
    /// As [`RowRemark::row`].
    pub(crate) number: u64,
    /// The cells of the wanted columns, in their order.
    cells: Vec<Option<String>>,
    /// The wanted columns in which a citizen id was masked.
    pub(crate) masked: Vec<usize>,
    /// The geometry as the file has it.
    pub(crate) geometry: Option<RawGeometry>,
    /// The column of the geometry, if the file has one.
    geometry_column: Option<Arc<str>>,
}

impl Row {
    /// A row of cells as they were read; citizen ids are masked in all but the column of people's own ids.
    pub(super) fn new(
        number: u64,
        mut cells: Vec<Option<String>>,
        roles: impl Iterator<Item = Role>,
        geometry: Option<RawGeometry>,
        geometry_column: Option<Arc<str>>,
    ) -> Self {
        let mut with_ids = Vec::new();
        for ((index, cell), role) in cells.iter_mut().enumerate().zip(roles) {
            let among = match role {
                Role::Id => continue,
                Role::Code => Among::Codes,
                Role::Text | Role::Coordinate => Among::Texts,
            };
            if let Some(clean) = cell.as_deref().and_then(|cell| masked(cell, among)) {
                *cell = Some(clean);
                with_ids.push(index);
            }
        }
        Self { number, cells, masked: with_ids, geometry, geometry_column }
    }

    /// The column of the geometry; empty where a table has none.
    pub(crate) fn geometry_column(&self) -> &str {
        self.geometry_column.as_deref().unwrap_or_default()
    }

    /// The cell of the `index`th wanted column; `None` if absent, null or white space, and for `NULL` and `\\N`, which databases
    /// write for nothing.
    pub(crate) fn cell(&self, index: usize) -> Option<&str> {
        self.cells.get(index)?.as_deref().and_then(filled)
    }

    /// The code in a cell, without what was put around it; `None` also where a placeholder such as `-` stands for none.
    pub(crate) fn code(&self, index: usize) -> Option<String> {
        self.cell(index).map(fold_code).filter(|code| !code.is_empty()).map(Cow::into_owned)
    }

    /// The coordinate in a cell as it stands there; `None` also where a placeholder such as `nan` stands for none.
    pub(crate) fn coordinate(&self, index: usize) -> Option<&str> {
        self.cell(index).filter(|cell| !is_placeholder(cell))
    }
}

/// How many codes of a source had something around them that is not theirs.
#[derive(Default)]
pub(super) struct Undone(u64);

impl Undone {
    /// Looks at a code and hands it on; whoever parses it takes its guards off.
    pub(super) fn look(&mut self, code: String) -> String {
        self.0 += u64::from(is_guarded(code.trim()));
        code
    }

    /// What is to be noted of it, if any code had something around it.
    pub(super) fn note(&self) -> Option<String> {
        let what = "spaces, invisible characters or the guards of spreadsheets ('…, =\"…\", .0) were taken off";
        (self.0 > 0).then(|| format!("{what} {} codes", self.0))
    }
}

/// What receives rows, and remarks on those that cannot be read.
pub(crate) type Sink<'a> = dyn FnMut(Result<Row, RowRemark>) + 'a;
