//! Vector tiles of a plate (Mapbox Vector Tile 2.1).
//!
//! Order of work: project to the unit square of the scheme → snap to the lattice of the zoom ([`snap`]; for grids at build, kept in
//! [`outline`]) → clip, in vertices that are there already ([`clip`]) → encode. What comes out of each step is valid.

mod clip;
mod description;
mod encode;
mod feature;
mod layer;
mod outline;
mod polygon;
mod reach;
mod scheme;
mod snap;

pub use description::{TileDescription, VectorLayer};
pub use layer::{Field, FieldType, LayerError, LayerSettings, Shape, TileLayer};
pub(crate) use outline::{OUTLINES, Outlines};
pub use scheme::{TileId, TileScheme};

use crate::plate::Baseplate;
use encode::LayerWriter;
use feature::Drawing;
pub(crate) use layer::Content;
use scheme::Frame;
use std::collections::BTreeMap;

/// The deepest zoom of tiles; maps draw closer views from these (a tile's unit is then 7 cm).
pub const MAX_ZOOM: u8 = 17;

/// Why there is no tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// No such tile in the scheme.
    #[error("{z}/{x}/{y} is no tile of {scheme}: {}", scheme_words(*scheme))]
    OutOfScheme {
        /// The scheme.
        scheme: TileScheme,
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

fn scheme_words(scheme: TileScheme) -> String {
    match scheme {
        TileScheme::Cgcs2000 => {
            format!("zoom goes from 1 to {MAX_ZOOM}, and at zoom z there are 2^z columns and 2^(z-1) rows")
        }
        _ => format!("zoom goes to {MAX_ZOOM}, and at zoom z there are 2^z columns and rows"),
    }
}

/// The first zooms of outlines for levels of a kind, from the highest down: those of tiles, and the earlier ones that can be
/// configured. See [`layer::first_zooms`].
pub(crate) fn outline_zooms(levels: impl Iterator<Item = (usize, f64, f64)>) -> impl Iterator<Item = u8> {
    layer::first_zooms(levels).into_iter().map(|zoom| zoom.saturating_sub(layer::EARLIER))
}

impl Baseplate {
    /// The layers that tiles of this plate can have, from the ground up.
    pub fn tile_layers(&self) -> &[TileLayer] {
        self.layer_cell().get_or_init(|| layer::layers(self))
    }

    /// The same plate with its layers changed by settings, by name of the layer. Nothing can be added that the layers do not have.
    ///
    /// # Errors
    /// [`LayerError`] for the first setting that does not fit.
    pub fn with_layers(&self, settings: &BTreeMap<String, LayerSettings>) -> Result<Self, LayerError> {
        Ok(self.with_tile_layers(layer::configured(layer::layers(self), settings)?))
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
        let mut tile = Vec::new();
        for layer in layers.iter().filter(|l| l.is_at(id.z())) {
            let mut writer = LayerWriter::new(layer)?;
            let mut drawing = Drawing { plate: self, frame: &frame, layer: &mut writer };
            match &layer.content {
                Content::Areas(kind, level) => drawing.areas(kind, *level)?,
                Content::Labels(kind, level) => drawing.labels(kind, *level)?,
                Content::Density => drawing.density()?,
                Content::Buildings => drawing.buildings()?,
                Content::Addresses => drawing.addresses()?,
                Content::Enterprises => drawing.enterprises()?,
            }
            tile.extend(writer.finish());
        }
        Ok(tile)
    }
}
