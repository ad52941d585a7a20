//! The opened table of a layer, and where records are in it.

use crate::{
    schema::{self, layers::LayerDeclaration, tables::Enterprises},
    store::{
        OpenError,
        files::Files,
        lookup::{NameOrder, RowOrder},
        names::{ENTERPRISES_BY_CODE, ENTERPRISES_BY_NAME},
        table::{Rows, first_row},
    },
};
use std::ops::Range;

/// The records of a layer that anybody may read.
pub(super) struct RecordTable {
    pub(super) declared: &'static LayerDeclaration,
    /// Its place among the layers of the plate that anybody may read.
    pub(super) layer: usize,
    pub(super) columns: Enterprises,
    /// How many rows have an address; they come first.
    pub(super) linked: u32,
    pub(super) by_code: RowOrder,
    pub(super) by_name: NameOrder,
}

impl RecordTable {
    /// Opens the table of a layer whose records have these attributes.
    pub(super) fn open(
        files: &Files<'_>,
        (layer, declared): (usize, &'static LayerDeclaration),
    ) -> Result<Self, OpenError> {
        let attributes = files.manifest.attributes_of(declared.entity);
        let attributes: Vec<_> = attributes.iter().map(|attribute| attribute.name.clone()).collect();
        let columns: Enterprises = schema::open(files, &attributes)?;
        Ok(Self {
            declared,
            layer,
            linked: first_row(columns.rows, |row| columns.address.get(row).is_some()),
            by_code: files.index(ENTERPRISES_BY_CODE, RowOrder::open)?,
            by_name: files.index(ENTERPRISES_BY_NAME, NameOrder::open)?,
            columns,
        })
    }

    /// The rows with a code, as it stands in the plate.
    pub(super) fn with_code(&self, code: &str) -> &[u32] {
        self.by_code.find_all(code, |row| self.columns.uscc.get(row))
    }

    /// The rows at some rows of addresses; `starts` has the first of each address.
    pub(super) fn at(&self, addresses: Range<u32>, starts: &Rows) -> Range<u32> {
        let end = starts.get(addresses.end).unwrap_or(self.linked).min(self.linked);
        starts.get(addresses.start).unwrap_or(end).min(end)..end
    }
}
