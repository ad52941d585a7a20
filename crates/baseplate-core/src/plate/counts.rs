//! The blocks that people are counted in.

use super::handle::Baseplate;
use crate::store::blocks::Blocks;

impl Baseplate {
    /// The blocks that people are counted in.
    pub(crate) fn blocks(&self) -> &Blocks {
        &self.0.blocks
    }
}
