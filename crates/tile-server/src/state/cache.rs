//! Finished tiles of all generations, kept within a number of bytes, each made once however many ask at once.
//!
//! What is kept is found by a number of what it is drawn from ([`Baseplate::tile_content`](baseplate_core::Baseplate::tile_content)), so a
//! generation finds what those before it made wherever nothing changed, and what nobody asks for any more goes like anything else. Layers
//! are kept by themselves too: where one layer of a tile changed, the others are not drawn again. A question for some of the records is
//! kept as what it means, and its tile by what is drawn, so questions that show the same share a tile.

use crate::http::{encoding::Encoding, problem::Problem, rendition::Rendition};
use axum::body::Bytes;
use baseplate_core::{RecordChoice, TileId};
use quick_cache::{Weighter, sync::Cache};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_128;

/// What a kept tile takes beside its bytes.
const ENTRY_BYTES: u64 = 256;
/// The size for which the cache's tables are laid out, bytes.
const TYPICAL_BYTES: u64 = 8 << 10;
/// Contents have this share of all bytes.
const CONTENT_SHARE: u64 = 16;
/// What a content takes beside its layers, and for each of them.
const CONTENT_BYTES: u64 = 208;
const CONTENT_LAYER_BYTES: u64 = 18;
/// Layers by themselves have this share of all bytes.
const LAYER_SHARE: u64 = 4;
/// What a layer takes beside its bytes.
const LAYER_BYTES: u64 = 128;

/// A tile as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    /// Which of the generations that this server published.
    pub(crate) publication: u64,
    /// Places among the plate's layers, each once, in the order in which the tile has them.
    pub(crate) layers: Vec<u16>,
    /// Whether they begin as early as the plate can draw them.
    pub(crate) early: bool,
    /// Which records of each of these layers are meant, if not all are. Whatever is asked for, it takes the same room.
    pub(crate) choices: Vec<RecordChoice>,
    /// The tile.
    pub(crate) tile: TileId,
}

/// What a tile is drawn from, as numbers.
#[derive(Clone)]
pub(crate) struct Content {
    /// That of the whole tile.
    pub(crate) whole: u128,
    /// Those of its layers, in their order.
    pub(crate) layers: Arc<[u128]>,
}

impl Content {
    /// The content of a tile with layers of these contents.
    pub(crate) fn of(layers: Vec<u128>) -> Self {
        let bytes: Vec<u8> = layers.iter().flat_map(|layer| layer.to_le_bytes()).collect();
        Self { whole: xxh3_128(&bytes), layers: layers.into() }
    }
}

/// A tile as it is kept. No generation is part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TileKey {
    /// The content of the whole tile.
    pub(crate) content: u128,
    /// The encoding of its body.
    pub(crate) encoding: Encoding,
}

/// The finished tiles, their layers, and the contents of tiles that were asked for.
pub(crate) struct TileCache {
    contents: Cache<Asked, Content, Weight>,
    layers: Cache<u128, Bytes, Weight>,
    tiles: Cache<TileKey, Rendition, Weight>,
}

#[derive(Clone)]
struct Weight;

impl Weighter<TileKey, Rendition> for Weight {
    fn weight(&self, _: &TileKey, tile: &Rendition) -> u64 {
        ENTRY_BYTES + tile.len() as u64
    }
}

impl Weighter<u128, Bytes> for Weight {
    fn weight(&self, _: &u128, layer: &Bytes) -> u64 {
        LAYER_BYTES + layer.len() as u64
    }
}

impl Weighter<Asked, Content> for Weight {
    fn weight(&self, asked: &Asked, _: &Content) -> u64 {
        let choices = size_of_val(asked.choices.as_slice()) as u64;
        CONTENT_BYTES + CONTENT_LAYER_BYTES * asked.layers.len() as u64 + choices
    }
}

impl TileCache {
    /// A cache of at most `bytes` bytes, of all generations together.
    pub(crate) fn new(bytes: u64) -> Self {
        let (of_contents, of_layers) = (bytes / CONTENT_SHARE, bytes / LAYER_SHARE);
        let of_tiles = bytes - of_contents - of_layers;
        Self {
            contents: Cache::with_weighter((of_contents / CONTENT_BYTES) as usize, of_contents, Weight),
            layers: Cache::with_weighter((of_layers / TYPICAL_BYTES) as usize, of_layers, Weight),
            tiles: Cache::with_weighter((of_tiles / TYPICAL_BYTES) as usize, of_tiles, Weight),
        }
    }

    /// The content of a tile, if it is known.
    pub(crate) fn content(&self, asked: &Asked) -> Option<Content> {
        self.contents.get(asked)
    }

    /// The content of a tile, found out if it is not known. Who asks for it meanwhile waits for it.
    ///
    /// # Errors
    /// What finding it out says; then the next who asks tries again.
    pub(crate) async fn content_or(
        &self,
        asked: &Asked,
        find: impl Future<Output = Result<Content, Problem>>,
    ) -> Result<Content, Problem> {
        self.contents.get_or_insert_async(asked, find).await
    }

    /// The layer with a content, if it is there.
    pub(crate) fn layer(&self, content: u128) -> Option<Bytes> {
        self.layers.get(&content)
    }

    /// Keeps a layer.
    pub(crate) fn keep_layer(&self, content: u128, layer: Bytes) {
        self.layers.insert(content, layer);
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
        self.tiles.weight() + self.layers.weight() + self.contents.weight()
    }
}
