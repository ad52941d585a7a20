//! What a layer shows: everything that is asked of the features of a layer, in one place.

use super::{
    feature::{Feature, FeatureColumn, FeatureValue},
    only::Only,
};
use crate::{
    model::{GridKind, Level},
    outline::TileId,
    plate::Baseplate,
    spatial::{Bbox, lines_touch, touches},
    tile::{Canvas, Field, TileError},
};
use geo_types::{Geometry, MultiPolygon};
use std::sync::Arc;

/// What the features of a layer are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Points.
    Point,
    /// Polygons.
    Polygon,
    /// Polygons and lines.
    Mixed,
}

impl Shape {
    /// `point`, `polygon` or `mixed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Polygon => "polygon",
            Self::Mixed => "mixed",
        }
    }
}

/// What a layer shows. Its features have numbers within the layer, their *places*, from 0 on, in an order that a generation keeps;
/// some places may be empty.
pub(crate) trait Content: Send + Sync {
    fn shape(&self) -> Shape;

    /// The attributes of its features in tiles.
    fn fields(&self) -> Vec<Field>;

    /// The columns of its features as rows.
    fn columns(&self) -> Vec<FeatureColumn>;

    /// The names of the columns that collections show: those that tiles have too, unless it says otherwise.
    fn item_columns(&self) -> Vec<String> {
        let (fields, columns) = (self.fields(), self.columns().into_iter());
        columns.map(|column| column.name).filter(|name| fields.iter().any(|field| field.name == *name)).collect()
    }

    /// The places of the columns that say when features were, or began, and when they ended.
    fn period_columns(&self) -> Option<(usize, Option<usize>)> {
        None
    }

    /// The same with some of its records alone; `None` of what has no records.
    fn with_only(&self, _: Only) -> Option<Arc<dyn Content>> {
        None
    }

    /// The first zoom that it can be configured to begin at, where it begins at `min_zoom` by itself.
    fn earliest(&self, min_zoom: u8) -> u8;

    /// Whether clients may ask for it from that zoom on.
    fn begins_early(&self) -> bool {
        false
    }

    /// The kind and level of the grids whose polygons are its features.
    fn grids(&self) -> Option<(&GridKind, Level)> {
        None
    }

    /// Whether some of its places can be empty.
    fn has_empty_places(&self) -> bool {
        false
    }

    /// The box in which its features lie, degrees.
    fn bounds(&self, plate: &Baseplate) -> Option<Bbox> {
        plate.manifest().bbox
    }

    /// All its features, in the order of the plate.
    fn features<'a>(&'a self, plate: &'a Baseplate) -> Box<dyn Iterator<Item = Feature<'a>> + Send + 'a>;

    /// How many features it has.
    fn count(&self, plate: &Baseplate) -> u64;

    /// How many places it has.
    fn places(&self, plate: &Baseplate) -> u32;

    /// The feature at a place.
    fn feature<'a>(&self, plate: &'a Baseplate, place: u32) -> Option<Feature<'a>>;

    /// Whether there is a feature at a place.
    fn has(&self, plate: &Baseplate, place: u32) -> bool {
        self.feature(plate, place).is_some()
    }

    /// The value of the feature at a place in one of the columns, without making the feature where that takes long.
    fn value<'a>(&self, plate: &'a Baseplate, place: u32, column: usize) -> FeatureValue<'a> {
        let feature = self.feature(plate, place);
        feature.and_then(|feature| feature.values.into_iter().nth(column)).unwrap_or(FeatureValue::Null)
    }

    /// Whether the geometry of the feature at a place touches a box; `None` if it has none.
    fn touches(&self, plate: &Baseplate, place: u32, bbox: Bbox) -> Option<bool> {
        match self.feature(plate, place)?.geometry? {
            Geometry::Point(point) => Some(bbox.contains(point.0.into())),
            Geometry::Polygon(area) => Some(touches(&MultiPolygon(vec![area]), bbox)),
            Geometry::MultiPolygon(area) => Some(touches(&area, bbox)),
            Geometry::MultiLineString(lines) => Some(lines_touch(&lines, bbox)),
            _ => None,
        }
    }

    /// The place of the feature with a code.
    fn place_of(&self, plate: &Baseplate, code: &str) -> Option<u32>;

    /// The first places from `from` on whose features touch a box, at most `limit`.
    fn places_in(&self, plate: &Baseplate, bbox: Bbox, from: u32, limit: usize) -> Vec<u32>;

    /// Whether a tile, whose box this is, or a deeper one in it can have features. `false` is certain, `true` is not.
    fn may_be_in(&self, plate: &Baseplate, id: TileId, bbox: Bbox) -> bool;

    /// Draws what lies in the frame of a tile. What is drawn may depend on the plate only through what is said to the canvas.
    fn draw(&self, plate: &Baseplate, to: &mut dyn Canvas) -> Result<(), TileError>;
}
