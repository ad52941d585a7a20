//! A layer of tiles: at which zooms it is, and what its features say.

use super::content::{Content, Shape};
use crate::{
    model::{GridKind, Level},
    outline::MAX_ZOOM,
    tile::Field,
};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// A layer that tiles of a plate can have.
#[derive(Clone)]
pub struct TileLayer {
    /// Its name.
    pub name: String,
    /// What it shows, in words.
    pub description: String,
    /// The shape of its features.
    pub shape: Shape,
    /// The first zoom at which it has features.
    pub min_zoom: u8,
    /// The last one.
    pub max_zoom: u8,
    /// The attributes of its features.
    pub fields: Vec<Field>,
    /// The names of the columns that its collection shows, and that conditions can name.
    pub(super) items: Vec<String>,
    pub(super) content: Arc<dyn Content>,
    /// The first zoom that it can be configured to begin at.
    pub(super) earliest: u8,
}

impl TileLayer {
    pub(super) fn new(
        name: impl Into<String>,
        content: impl Content + 'static,
        min_zoom: u8,
        description: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            shape: content.shape(),
            min_zoom,
            max_zoom: MAX_ZOOM,
            fields: content.fields(),
            items: content.item_columns(),
            earliest: content.earliest(min_zoom),
            content: Arc::new(content),
        }
    }

    /// The kind and level of the grids whose polygons are its features; `None` for other layers.
    pub fn grids(&self) -> Option<(&GridKind, Level)> {
        self.content.grids()
    }

    /// The same layer from the first zoom on at which the plate can draw it, if it has areas or their labels.
    pub fn beginning_earliest(mut self) -> Self {
        if self.content.begins_early() {
            self.min_zoom = self.earliest;
        }
        self
    }

    /// Whether tiles of a zoom have it.
    pub fn is_at(&self, zoom: u8) -> bool {
        (self.min_zoom..=self.max_zoom).contains(&zoom)
    }

    /// Its attributes, and what TileJSON calls their types.
    pub fn field_types(&self) -> BTreeMap<&str, &'static str> {
        self.fields.iter().map(|field| (field.name.as_str(), field.of.as_str())).collect()
    }
}

impl PartialEq for TileLayer {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && (self.min_zoom, self.max_zoom) == (other.min_zoom, other.max_zoom)
            && self.fields == other.fields
    }
}

impl fmt::Debug for TileLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TileLayer")
            .field("name", &self.name)
            .field("zooms", &(self.min_zoom..=self.max_zoom))
            .field("fields", &self.fields)
            .finish()
    }
}
