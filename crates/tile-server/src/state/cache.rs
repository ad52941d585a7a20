//! Finished tiles of all generations, kept within a number of bytes, each made once however many ask at once.
//!
//! A tile is kept under a number of its content ([`baseplate_core::Baseplate::tile_content`]), so a generation finds what those before
//! it made wherever nothing changed, and what nobody asks for any more goes like anything else.

use crate::http::{encoding::Encoding, problem::Problem, rendition::Rendition};
use baseplate_core::TileId;
use quick_cache::{Weighter, sync::Cache};

/// What a kept tile takes beside its bytes.
const ENTRY_BYTES: u64 = 256;
/// The size for which the cache's tables are laid out, bytes.
const TYPICAL_BYTES: u64 = 8 << 10;
/// Numbers of contents have this share of all bytes.
const CONTENT_SHARE: u64 = 16;
/// What such a number takes, beside the layers that were asked for.
const CONTENT_BYTES: u64 = 192;

/// A tile as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    /// Which of the generations that this server published.
    pub(crate) publication: u64,
    /// Places among the plate's layers, each once, in the order in which the tile has them.
    pub(crate) layers: Vec<u16>,
    /// Whether they begin as early as the plate can draw them.
    pub(crate) early: bool,
    /// The tile.
    pub(crate) tile: TileId,
}

/// A tile as it is kept. No generation is part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TileKey {
    /// The number of what it is drawn from.
    pub(crate) content: u128,
    /// The encoding of its body.
    pub(crate) encoding: Encoding,
}

/// The finished tiles, and the contents of those that were asked for.
pub(crate) struct TileCache {
    contents: Cache<Asked, u128, Bytes>,
    tiles: Cache<TileKey, Rendition, Bytes>,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<TileKey, Rendition> for Bytes {
    fn weight(&self, _: &TileKey, tile: &Rendition) -> u64 {
        ENTRY_BYTES + tile.len() as u64
    }
}

impl Weighter<Asked, u128> for Bytes {
    fn weight(&self, asked: &Asked, _: &u128) -> u64 {
        CONTENT_BYTES + 2 * asked.layers.len() as u64
    }
}

impl TileCache {
    /// A cache of at most `bytes` bytes, of all generations together.
    pub(crate) fn new(bytes: u64) -> Self {
        let of_contents = bytes / CONTENT_SHARE;
        let of_tiles = bytes - of_contents;
        Self {
            contents: Cache::with_weighter((of_contents / CONTENT_BYTES) as usize, of_contents, Bytes),
            tiles: Cache::with_weighter((of_tiles / TYPICAL_BYTES) as usize, of_tiles, Bytes),
        }
    }

    /// The content of a tile, if it is known.
    pub(crate) fn content(&self, asked: &Asked) -> Option<u128> {
        self.contents.get(asked)
    }

    /// The content of a tile, found out if it is not known. Who asks for it meanwhile waits for it.
    ///
    /// # Errors
    /// What finding it out says; then the next who asks tries again.
    pub(crate) async fn content_or(
        &self,
        asked: &Asked,
        find: impl Future<Output = Result<u128, Problem>>,
    ) -> Result<u128, Problem> {
        self.contents.get_or_insert_async(asked, find).await
    }

    /// A tile that is there.
    pub(crate) fn get(&self, key: &TileKey) -> Option<Rendition> {
        self.tiles.get(key)
    }

    /// A tile, made if it is not there. Who asks for it while it is made waits for it.
    ///
    /// # Errors
    /// What making it says; then the next who asks tries again.
    pub(crate) async fn get_or_make(
        &self,
        key: &TileKey,
        make: impl Future<Output = Result<Rendition, Problem>>,
    ) -> Result<Rendition, Problem> {
        self.tiles.get_or_insert_async(key, make).await
    }

    /// How many tiles are kept.
    pub(crate) fn len(&self) -> usize {
        self.tiles.len()
    }

    /// What all that is kept takes, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.tiles.weight() + self.contents.weight()
    }
}
