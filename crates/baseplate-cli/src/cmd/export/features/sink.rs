//! What features are written to.

use crate::cmd::outcome::Failure;
use baseplate_core::Feature;
use std::io::Write;

/// Where bytes go.
pub(super) type BufferedOut<'w> = Box<dyn Write + Send + 'w>;

/// A file of features that is being written.
pub(super) trait Sink {
    fn put(&mut self, feature: &Feature<'_>) -> Result<(), Failure>;

    /// Writes what comes behind the last feature.
    fn finish(self: Box<Self>) -> Result<(), Failure>;
}
