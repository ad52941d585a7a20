//! What a plate holds about single persons. It lies in a folder of its own that only the plate's owner can enter, and nothing
//! opens it but a question about a person.

use crate::{
    schema::{
        self, Declared,
        tables::{Issues, People},
    },
    store::{
        OpenError, PrivateManifest,
        files::Files,
        lookup::RowOrder,
        names::{BY_ADDRESS, BY_TOKEN, PRIVATE_ISSUES},
        starts::open_starts,
        table::first_row,
    },
};
use arrow_buffer::ScalarBuffer;

/// The opened files.
pub(super) struct PeopleFiles {
    pub(super) rows: People,
    /// Rows that have an address; they come first.
    pub(super) linked: u32,
    pub(super) by_token: RowOrder,
    pub(super) starts: ScalarBuffer<u32>,
    pub(super) manifest: PrivateManifest,
    pub(super) issues: Issues,
}

impl PeopleFiles {
    pub(super) fn open(files: &Files<'_>) -> Result<Self, OpenError> {
        let manifest = files.private_manifest()?;
        let files = &Files { listed: &manifest.files, ..*files };
        files.check()?;
        let rows: People = schema::open(files, std::slice::from_ref(&manifest.attributes))?;
        Ok(Self {
            linked: first_row(rows.rows, |row| rows.address.get(row).is_some()),
            rows,
            by_token: files.index(BY_TOKEN, RowOrder::open)?,
            starts: files.index(BY_ADDRESS, open_starts)?,
            issues: files.columns(PRIVATE_ISSUES, |table| Issues::read(table, &[]))?,
            manifest: manifest.clone(),
        })
    }
}
