//! Vector tiles of a plate (Mapbox Vector Tile 2.1).
//!
//! Order of work: project to the world's integer lattice at the zoom → round (neighbours share vertices, so they round
//! alike, and no gap can open between them) → clip → clean → encode.

mod encode;
mod layer;
mod mercator;
mod ring;

pub use layer::{Field, FieldType, TileLayer};
pub use mercator::TileId;

use crate::plate::Baseplate;
use layer::Content;
use mercator::Frame;

/// The deepest zoom of tiles; maps draw closer views from these (a tile's unit is then 7 cm).
pub const MAX_ZOOM: u8 = 17;

/// Why there is no tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// No such tile in the scheme.
    #[error("{z}/{x}/{y} is no tile: zoom goes to {MAX_ZOOM}, and at zoom z there are 2^z columns and rows")]
    OutOfScheme {
        /// Zoom.
        z: u8,
        /// Column.
        x: u32,
        /// Row.
        y: u32,
    },
    /// The plate has no such layer.
    #[error("there is no layer '{name}'; the plate has: {found}")]
    NoLayer {
        /// The name that was asked for.
        name: String,
        /// The layers there are.
        found: String,
    },
    /// The encoder refused what we gave it.
    #[error("the tile could not be encoded: {0}")]
    Encode(String),
}

impl Baseplate {
    /// The layers that tiles of this plate can have, from the ground up.
    pub fn tile_layers(&self) -> &[TileLayer] {
        self.layer_cell().get_or_init(|| layer::layers(self))
    }

    /// Picks layers by name, in the given order; a name that comes again counts once.
    ///
    /// # Errors
    /// [`TileError::NoLayer`] for the first name that is none.
    pub fn pick_layers<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Result<Vec<TileLayer>, TileError> {
        let all = self.tile_layers();
        let found = || all.iter().map(|l| l.name.as_str()).collect::<Vec<_>>().join(", ");
        let pick = |name: &str| all.iter().find(|l| l.name == name).cloned();
        let mut picked: Vec<TileLayer> = Vec::new();
        for name in names {
            let layer = pick(name).ok_or_else(|| TileError::NoLayer { name: name.to_owned(), found: found() })?;
            if !picked.contains(&layer) {
                picked.push(layer);
            }
        }
        Ok(picked)
    }

    /// A tile with some layers, as MVT bytes; empty if nothing is to be seen in it. Equal content gives equal bytes.
    ///
    /// # Errors
    /// [`TileError::Encode`], which would be a defect of this crate.
    pub fn tile(&self, layers: &[TileLayer], id: TileId) -> Result<Vec<u8>, TileError> {
        let frame = Frame::new(id);
        let mut tile = encode::TileWriter::new();
        for layer in layers.iter().filter(|l| id.z() >= l.min_zoom) {
            let mut writer = tile.layer(&layer.name);
            match &layer.content {
                Content::Areas(kind, level) => layer::areas(self, kind, *level, &frame, &mut writer)?,
                Content::Labels(kind, level) => layer::labels(self, kind, *level, &frame, &mut writer)?,
                Content::Buildings => layer::buildings(self, &frame, &mut writer)?,
                Content::Addresses => layer::addresses(self, &frame, &mut writer)?,
            }
            tile.finish_layer(writer)?;
        }
        tile.finish()
    }
}
