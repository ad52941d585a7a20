//! What an archive of tiles is for the export: something that grows by batches and can be found again after an interruption.

use super::walk::Stop;
use crate::cmd::outcome::Failure;
use baseplate_core::TileDescription;
use serde::Serialize;

/// A tile with something in it.
pub(super) struct Made {
    pub(super) stop: Stop,
    /// XXH3-128 of its bytes before compression: equal tiles have equal ones.
    pub(super) hash: u128,
    pub(super) gzip: Vec<u8>,
}

/// Tiles in the order of the walk.
pub(super) struct Batch {
    /// How many stops of the walk led here, empty tiles and those of earlier batches included.
    pub(super) visited: u64,
    pub(super) tiles: Vec<Made>,
}

/// What an archive holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) tiles: u64,
    /// Of these, how many differ from one another.
    pub(super) different: u64,
}

/// A half-written archive.
pub(super) trait Archive: Send {
    /// How many stops of the walk are behind it.
    fn visited(&self) -> u64;

    /// Writes a batch, as a whole or (when interrupted) not at all.
    fn append(&mut self, batch: Batch) -> Result<(), Failure>;

    /// Writes the rest and gives the file its name.
    fn finish(self: Box<Self>, description: &TileDescription) -> Result<Tally, Failure>;
}

/// What both formats say beyond TileJSON's description.
#[derive(Serialize)]
pub(super) struct Metadata<'a> {
    pub(super) attribution: &'a str,
    #[serde(rename = "type")]
    pub(super) of: &'a str,
    pub(super) version: &'a str,
    #[serde(flatten)]
    pub(super) description: &'a TileDescription,
}

impl<'a> Metadata<'a> {
    pub(super) fn new(description: &'a TileDescription) -> Self {
        Self { attribution: "", of: "overlay", version: "1.0.0", description }
    }
}
