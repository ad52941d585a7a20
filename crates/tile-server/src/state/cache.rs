//! Finished tiles, kept within a number of bytes, each made once however many ask at once.

use crate::http::{encoding::Encoding, problem::Problem, rendition::Rendition};
use baseplate_core::TileId;
use quick_cache::{Weighter, sync::Cache};

/// What a kept tile takes beside its bytes.
const ENTRY_BYTES: u64 = 256;
/// The size for which the cache's tables are laid out, bytes.
const TYPICAL_BYTES: u64 = 8 << 10;

/// Which tile, of which layers, in which encoding. The generation is not part of it: each has a cache of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct TileKey {
    /// Places among the plate's layers, each once, in the order in which the tile has them.
    pub(crate) layers: Vec<u16>,
    /// Whether they begin as early as the plate can draw them.
    pub(crate) early: bool,
    /// The tile.
    pub(crate) tile: TileId,
    /// The encoding of its body.
    pub(crate) encoding: Encoding,
}

/// The finished tiles of a generation.
pub(crate) struct TileCache(Cache<TileKey, Rendition, Bytes>);

#[derive(Clone)]
struct Bytes;

impl Weighter<TileKey, Rendition> for Bytes {
    fn weight(&self, key: &TileKey, tile: &Rendition) -> u64 {
        ENTRY_BYTES + 2 * key.layers.len() as u64 + tile.len() as u64
    }
}

impl TileCache {
    /// A cache of at most `bytes` bytes.
    pub(crate) fn new(bytes: u64) -> Self {
        Self(Cache::with_weighter((bytes / TYPICAL_BYTES) as usize, bytes, Bytes))
    }

    /// A tile that is there.
    pub(crate) fn get(&self, key: &TileKey) -> Option<Rendition> {
        self.0.get(key)
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
        self.0.get_or_insert_async(key, make).await
    }

    /// How many tiles are kept.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// What they take, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.0.weight()
    }
}
