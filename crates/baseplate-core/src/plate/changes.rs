//! What the publications up to a generation changed.

use super::handle::Baseplate;
use crate::store::{JournalError, Publication};

impl Baseplate {
    /// The publications after that of a generation, the oldest first, `limit` at most; from the oldest that is kept where none is named.
    /// The last 1,000 are kept, fewer if they take more than 16 MiB. A publication is among them as soon as its generation can be opened,
    /// so whoever goes on from the last [`Publication::cursor`] meets every one once, in their order. Of layers that are not for the
    /// audience of this handle nothing is told.
    ///
    /// # Errors
    /// [`JournalError::Gone`] if what came after `since` is not kept: then the layers are read as a whole, and one goes on from the
    /// generation that was read.
    ///
    /// # Examples
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let first = &plate.changes(None, 10)?[0];
    /// assert_eq!((first.after, first.cursor, plate.changes(Some(first.cursor), 10)?.len()), (0, 1, 0));
    /// # Ok::<(), baseplate_core::JournalError>(())
    /// ```
    pub fn changes(&self, since: Option<u64>, limit: usize) -> Result<Vec<Publication>, JournalError> {
        let manifest = self.manifest();
        let Some(journal) = &self.0.journal else {
            let is_older = |since: &u64| manifest.generation.parse().is_ok_and(|own: u64| *since < own);
            return since
                .filter(is_older)
                .map_or_else(|| Ok(Vec::new()), |since| Err(JournalError::gone(since, manifest)));
        };
        let mut found = journal.since(since, limit, manifest)?;
        for publication in &mut found {
            let told = std::mem::take(&mut publication.layers).into_iter();
            publication.layers = told.filter_map(|layer| layer.for_audience(self.1.audience)).collect();
        }
        Ok(found)
    }
}
