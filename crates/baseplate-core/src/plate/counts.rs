//! The counts that stand in a plate, by category.

use super::handle::Baseplate;
use crate::store::{blocks::Blocks, categories::CategoryCounts};

impl Baseplate {
    /// What is counted by an attribute, by its place among those of all layers.
    pub(crate) fn category_counts(&self, attribute: usize) -> Option<&CategoryCounts> {
        self.0.categories.get(attribute)
    }

    /// The blocks that people are counted in.
    pub(crate) fn blocks(&self) -> &Blocks {
        &self.0.blocks
    }
}
