//! The layers: which there are, at which zooms, and what their features say.

use super::MAX_ZOOM;
use crate::{
    model::{GridKind, Level},
    plate::Baseplate,
};
use std::collections::BTreeMap;

/// A level appears at the first zoom at which its grids are this wide on average, in pixels of a 512-pixel tile.
const LEGIBLE_PX: f64 = 24.0;
/// Metres a pixel of a 512-pixel tile at zoom 0, on the equator.
const PX_M: f64 = 40_075_016.686 / 512.0;
/// A level can be asked for, or configured to appear, so many zooms earlier: its areas are then a pixel wide, enough for a fill.
pub(super) const EARLIER: u8 = 5;
/// Defaults, and the first zooms that can be configured: before them a tile would have to look at too many rows.
const DENSITY_FROM: u8 = 4;
const BUILDINGS_FROM: u8 = 14;
const BUILDINGS_EARLIEST: u8 = 13;
const ADDRESSES_FROM: u8 = 17;
const ADDRESSES_EARLIEST: u8 = 15;
const ENTERPRISES_FROM: u8 = 16;

/// A layer that tiles of a plate can have.
#[derive(Debug, Clone, PartialEq)]
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
    pub(crate) content: Content,
    /// The first zoom that it can be configured to begin at.
    earliest: u8,
}

/// What the features of a layer are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Points.
    Point,
    /// Polygons.
    Polygon,
}

impl Shape {
    /// `point` or `polygon`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Polygon => "polygon",
        }
    }
}

/// An attribute of a layer's features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// What its values are.
    pub of: FieldType,
}

/// What an attribute's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// Text.
    Text,
    /// A number.
    Number,
}

/// What a layer shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Areas(GridKind, Level),
    Labels(GridKind, Level),
    Density,
    Buildings,
    Addresses,
    Enterprises,
}

impl TileLayer {
    /// The kind and level of the grids whose polygons are its features; `None` for other layers.
    pub fn grids(&self) -> Option<(&GridKind, Level)> {
        match &self.content {
            Content::Areas(kind, level) => Some((kind, *level)),
            _ => None,
        }
    }

    /// The same layer from the first zoom on at which the plate can draw it, if it has areas or their labels.
    pub fn beginning_earliest(mut self) -> Self {
        if matches!(self.content, Content::Areas(..) | Content::Labels(..)) {
            self.min_zoom = self.earliest;
        }
        self
    }

    pub(crate) fn content(&self) -> &Content {
        &self.content
    }

    /// Whether tiles of a zoom have it.
    pub fn is_at(&self, zoom: u8) -> bool {
        (self.min_zoom..=self.max_zoom).contains(&zoom)
    }

    fn new(name: impl Into<String>, content: Content, min_zoom: u8, description: impl Into<String>) -> Self {
        const COUNTS: [&str; 5] = ["buildings", "addresses", "enterprises", "people", "people_estimated"];
        let (shape, fields) = match &content {
            Content::Areas(..) => (Shape::Polygon, fields(&["code", "name", "level", "parent"], &COUNTS)),
            Content::Labels(..) => (Shape::Point, fields(&["code", "name", "short"], &["width_px"])),
            Content::Density => (Shape::Polygon, fields(&["code"], &COUNTS)),
            Content::Buildings => {
                (Shape::Polygon, fields(&["code", "name", "label", "use", "grid"], &["floors", "height"]))
            }
            Content::Addresses => (Shape::Point, fields(&["code", "text", "building"], &["count"])),
            Content::Enterprises => (Shape::Point, fields(&["code", "name", "industry"], &["count"])),
        };
        let (name, description) = (name.into(), description.into());
        let earliest = match &content {
            Content::Areas(..) | Content::Labels(..) => min_zoom.saturating_sub(EARLIER),
            Content::Density => DENSITY_FROM,
            Content::Buildings => BUILDINGS_EARLIEST,
            Content::Addresses | Content::Enterprises => ADDRESSES_EARLIEST,
        };
        Self { name, description, shape, min_zoom, max_zoom: MAX_ZOOM, fields, content, earliest }
    }
}

fn fields(text: &[&'static str], numbers: &[&'static str]) -> Vec<Field> {
    let of = |names: &[&'static str], of| names.iter().map(move |name| Field { name, of }).collect::<Vec<_>>();
    [of(text, FieldType::Text), of(numbers, FieldType::Number)].concat()
}

/// The layers of a plate: areas from the highest level down, then what lies in them, then label points.
pub(super) fn layers(plate: &Baseplate) -> Vec<TileLayer> {
    let of_level: Vec<_> = plate.coverages().flat_map(|c| levels(plate, c.kind())).collect();
    let areas = of_level.iter().map(|(kind, level, min_zoom)| {
        let description = format!("{} of kind {kind}: polygons", level.plural());
        TileLayer::new(area_layer(kind, *level), Content::Areas(kind.clone(), *level), *min_zoom, description)
    });
    let labels = of_level.iter().map(|(kind, level, min_zoom)| {
        let description = format!(
            "{} of kind {kind}: one point each, for labels; short is the name without that of the grid above; width_px is how wide \
             the grid is around the point, pixels of a 512-pixel tile",
            level.plural()
        );
        let name = format!("{}-labels", area_layer(kind, *level));
        TileLayer::new(name, Content::Labels(kind.clone(), *level), *min_zoom, description)
    });
    let rows = plate.manifest().rows;
    let things = [
        (rows.buildings + rows.addresses, "density", Content::Density, DENSITY_FROM, DENSITY),
        (rows.buildings, "buildings", Content::Buildings, BUILDINGS_FROM, BUILDINGS),
        (rows.addresses, "addresses", Content::Addresses, ADDRESSES_FROM, ADDRESSES),
        (rows.enterprises, "enterprises", Content::Enterprises, ENTERPRISES_FROM, ENTERPRISES),
    ];
    let things = things.into_iter().filter(|thing| thing.0 > 0);
    let things = things.map(|(_, name, content, min_zoom, words)| TileLayer::new(name, content, min_zoom, words));
    areas.chain(things).chain(labels).collect()
}

const DENSITY: &str = "H3 cells with what lies in them: resolution 5 up to zoom 7, 6 at 8 and 9, 7 at 10, 8 at 11 and 12, 9 at 13, 10 from 14; the counts of all cells of a zoom add up to the city's";
const BUILDINGS: &str = "footprints; height in metres; before zoom 15 only those of at least 64 square units of the tile, the others being \
     counted in density, and without name, use and grid; from zoom 17 with a label: 1栋 of the name, else the name, else 1栋 of the first address";
const ADDRESSES: &str = "address points; where several lie in one point, before zoom 17 in one square of 64 units, one feature with the \
     first one's code and text, the code of its building and their count";
const ENTERPRISES: &str =
    "enterprises at the address where they are registered, put together like addresses; code is the USCC";

/// `communities` for the basic kind, `police-communities` for another.
fn area_layer(kind: &GridKind, level: Level) -> String {
    if kind.is_basic() { level.plural().to_owned() } else { format!("{kind}-{}", level.plural()) }
}

/// The levels of a kind, from the highest down, each with its first zoom.
fn levels(plate: &Baseplate, kind: &GridKind) -> Vec<(GridKind, Level, u8)> {
    let sizes = plate.level_sizes(kind);
    let zooms = first_zooms(sizes.iter().rev().map(|(_, count, mean_m2, lat)| (*count, *mean_m2, *lat)));
    sizes.iter().rev().zip(zooms).map(|((level, ..), zoom)| (kind.clone(), *level, zoom)).collect()
}

/// The first zooms of levels, from the highest down, each given as the number of its grids, their mean area in square metres and a
/// latitude. The highest that has more than one grid, and what is above it, is there from zoom 0.
pub(super) fn first_zooms(levels: impl Iterator<Item = (usize, f64, f64)>) -> Vec<u8> {
    let mut several_above = false;
    let zoom = |(count, mean_m2, lat): (usize, f64, f64)| {
        let width_px = mean_m2.sqrt() / (PX_M * lat.to_radians().cos());
        let zoom = (LEGIBLE_PX / width_px).log2().ceil();
        let zoom = if several_above { zoom.clamp(0.0, f64::from(MAX_ZOOM)) as u8 } else { 0 };
        several_above |= count > 1;
        zoom
    };
    levels.map(zoom).collect()
}

/// What a configuration says of a layer; what it does not say stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerSettings {
    /// Whether there is such a layer at all.
    pub enabled: Option<bool>,
    /// The first zoom at which it has features.
    pub min_zoom: Option<u8>,
    /// The last one.
    pub max_zoom: Option<u8>,
    /// Which of its attributes it keeps; the code always stays.
    pub fields: Option<Vec<String>>,
}

/// Why layers cannot be configured so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayerError {
    /// The plate has no such layer.
    #[error("layers.{name}: there is no such layer; the plate has: {found}")]
    NoLayer {
        /// The name in the configuration.
        name: String,
        /// The layers there are.
        found: String,
    },
    /// A layer has no such attribute.
    #[error("layers.{name}.fields: '{field}' is not one of {found}")]
    NoField {
        /// The layer.
        name: String,
        /// The attribute in the configuration.
        field: String,
        /// The attributes there are.
        found: String,
    },
    /// The zooms are not among those that the layer can have.
    #[error("layers.{name}: zooms {min} to {max} are not within {earliest} to {MAX_ZOOM}")]
    Zooms {
        /// The layer.
        name: String,
        /// The first zoom.
        min: u8,
        /// The last one.
        max: u8,
        /// The first one that is possible.
        earliest: u8,
    },
}

/// The layers with settings applied, by name.
pub(super) fn configured(
    mut layers: Vec<TileLayer>,
    settings: &BTreeMap<String, LayerSettings>,
) -> Result<Vec<TileLayer>, LayerError> {
    for (name, wanted) in settings {
        let found = || layers.iter().map(|l| l.name.as_str()).collect::<Vec<_>>().join(", ");
        let missing = LayerError::NoLayer { name: name.clone(), found: found() };
        let layer = layers.iter_mut().find(|layer| layer.name == *name).ok_or(missing)?;
        layer.apply(wanted)?;
    }
    layers.retain(|layer| settings.get(&layer.name).is_none_or(|s| s.enabled != Some(false)));
    Ok(layers)
}

impl TileLayer {
    fn apply(&mut self, wanted: &LayerSettings) -> Result<(), LayerError> {
        let earliest = self.earliest;
        let (min, max) = (wanted.min_zoom.unwrap_or(self.min_zoom), wanted.max_zoom.unwrap_or(self.max_zoom));
        let name = || self.name.clone();
        if min < earliest || max > MAX_ZOOM || min > max {
            return Err(LayerError::Zooms { name: name(), min, max, earliest });
        }
        let has = |field: &String| self.fields.iter().any(|f| f.name == field);
        if let Some(field) = wanted.fields.iter().flatten().find(|field| !has(field)) {
            let found = self.fields.iter().map(|f| f.name).collect::<Vec<_>>().join(", ");
            return Err(LayerError::NoField { name: name(), field: field.clone(), found });
        }
        (self.min_zoom, self.max_zoom) = (min, max);
        if let Some(kept) = &wanted.fields {
            self.fields.retain(|f| f.name == "code" || kept.iter().any(|name| name == f.name));
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::tile) fn labels(min_zoom: u8) -> TileLayer {
        let content = Content::Labels(GridKind::basic(), Level::District);
        TileLayer::new("districts-labels", content, min_zoom, "names")
    }

    fn settings(toml: &str) -> BTreeMap<String, LayerSettings> {
        toml::from_str(toml).unwrap_or_default()
    }

    #[test]
    fn settings_take_away_and_never_add() {
        let later = configured(vec![labels(10)], &settings("districts-labels = { min_zoom = 12 }")).unwrap_or_default();
        assert_eq!(later[0].clone().beginning_earliest().min_zoom, 5, "five before its own, whatever is configured");
        let apply = |toml| configured(vec![labels(10)], &settings(toml));
        let layers = apply("districts-labels = { min_zoom = 8, max_zoom = 12, fields = [] }");
        let layer = &layers.unwrap_or_default()[0];
        assert_eq!((layer.min_zoom, layer.max_zoom, layer.fields.len()), (8, 12, 1));
        assert_eq!(apply("districts-labels = { enabled = false }"), Ok(Vec::new()));
        for wrong in [
            "people = {}",
            "districts-labels = { fields = ['token'] }",
            "districts-labels = { min_zoom = 4 }",
            "districts-labels = { max_zoom = 18 }",
        ] {
            assert!(apply(wrong).is_err(), "{wrong}");
        }
    }
}
