//! The layers of a plate: what they show in tiles, and their features as rows.
//!
//! Everything that is asked of a layer is a method of [`Content`](content::Content), and each sort of layer is one file.

mod addresses;
mod areas;
mod ask;
mod buildings;
#[cfg(feature = "stats")]
mod choice;
mod content;
mod density;
mod description;
mod feature;
mod filter;
mod ground;
mod layers;
mod only;
mod records;
mod tile_layer;

#[cfg(feature = "stats")]
pub use choice::{RecordChoice, RecordQuery};
pub use content::Shape;
pub use description::{TileDescription, VectorLayer};
pub use feature::{ColumnType, Feature, FeatureColumn, FeatureValue};
pub use filter::{FilterError, FilterQuery, LayerFilter, MatchingPlaces};
pub use layers::{LayerError, LayerSettings, NoLayer, configure_layers, pick_layers};
pub use tile_layer::TileLayer;
