//! Which layers a plate has, and what a configuration makes of them.

use super::{
    addresses::Addresses,
    areas::{Grids, Shown},
    buildings::Buildings,
    density::{self, Density},
    feature::Counted,
    ground::{self, Ground},
    records::Records,
    tile_layer::TileLayer,
};
use crate::{
    model::{GridKind, Level},
    outline::MAX_ZOOM,
    plate::Baseplate,
    store::LevelInfo,
};
use std::collections::BTreeMap;

/// The first zooms of layers that are no areas.
const BUILDINGS_FROM: u8 = 14;
const ADDRESSES_FROM: u8 = 17;

impl Baseplate {
    /// The layers that tiles of this plate can have, the ground, areas from the highest level down, then what lies in them, then label points.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// for layer in plate.tile_layers() {
    ///     println!("{} from zoom {}: {}", layer.name, layer.min_zoom, layer.description);
    /// }
    /// ```
    pub fn tile_layers(&self) -> Vec<TileLayer> {
        layers(self)
    }
}

/// There is no layer of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no layer '{name}'; the plate has: {found}")]
pub struct NoLayer {
    /// The name that was asked for.
    pub name: String,
    /// The layers there are.
    pub found: String,
}

/// Picks layers by name, in the given order; a name that comes again counts once.
///
/// # Errors
/// [`NoLayer`] for the first name that is none.
pub fn pick_layers<'n>(all: &[TileLayer], names: impl IntoIterator<Item = &'n str>) -> Result<Vec<TileLayer>, NoLayer> {
    let found = || all.iter().map(|l| l.name.as_str()).collect::<Vec<_>>().join(", ");
    let pick = |name: &str| all.iter().find(|l| l.name == name).cloned();
    let mut picked: Vec<TileLayer> = Vec::new();
    for name in names {
        let layer = pick(name).ok_or_else(|| NoLayer { name: name.to_owned(), found: found() })?;
        if !picked.contains(&layer) {
            picked.push(layer);
        }
    }
    Ok(picked)
}

/// The layers of a plate: the ground, areas from the highest level down, then what lies in them, then label points.
fn layers(plate: &Baseplate) -> Vec<TileLayer> {
    let (of_level, counted) = (&plate.manifest().levels, &Counted::of(plate));
    let grids = |kind: &GridKind, level, shown| Grids { kind: kind.clone(), level, shown, counted: counted.clone() };
    let areas = of_level.iter().map(|LevelInfo { kind, level, first_zoom, .. }| {
        let description = format!("{} of kind {kind}: polygons", level.plural());
        TileLayer::new(area_layer(kind, *level), grids(kind, *level, Shown::Areas), *first_zoom, description)
    });
    let labels = of_level.iter().map(|LevelInfo { kind, level, first_zoom, .. }| {
        let description = format!(
            "{} of kind {kind}: one point each, for labels; short is the name without that of the grid above; width_px is how wide \
             the grid is around the point, pixels of a 512-pixel tile",
            level.plural()
        );
        let name = format!("{}-labels", area_layer(kind, *level));
        TileLayer::new(name, grids(kind, *level, Shown::Labels), *first_zoom, description)
    });
    let rows = plate.manifest().rows;
    let things = [
        (
            rows.buildings + rows.addresses,
            TileLayer::new("density", Density { counted: counted.clone() }, density::EARLIEST, DENSITY),
        ),
        (rows.buildings, TileLayer::new("buildings", Buildings, BUILDINGS_FROM, BUILDINGS)),
        (rows.addresses, TileLayer::new("addresses", Addresses, ADDRESSES_FROM, ADDRESSES)),
    ];
    let things = things.into_iter().filter(|(rows, _)| *rows > 0).map(|(_, layer)| layer);
    let records = plate.layers().filter_map(|layer| {
        let (about, first_zoom) = layer.shown()?;
        Some(TileLayer::new(layer.id(), Records::of(layer), first_zoom, about))
    });
    let ground = plate.has_ground().then(|| TileLayer::new("ground", Ground, ground::EARLIEST, GROUND));
    ground.into_iter().chain(areas).chain(things).chain(records).chain(labels).collect()
}

const DENSITY: &str = "H3 cells with what lies in them: resolution 5 up to zoom 7, 6 at 8 and 9, 7 at 10, 8 at 11 and 12, 9 at 13, 10 from 14; the counts of all cells of a zoom add up to the city's";
const GROUND: &str = "roads, railways, waterways and coasts as lines, water and greens as polygons, for drawing under everything; each kind from \
     its own zoom on: water and coast 5, motorway 8, main-road 10, green and railway 11, road and waterway 12, street 14, path 15";
const BUILDINGS: &str = "footprints; height in metres; before zoom 15 only those of at least 64 square units of the tile, the others being \
     counted in density, and without name, use and grid; from zoom 17 with a label: 1栋 of the name, else the name, else 1栋 of the first address";
const ADDRESSES: &str = "address points; where several lie in one point, before zoom 17 in one square of 64 units, one feature with the \
     first one's code and text, the code of its building and their count";

/// `communities` for the basic kind, `police-communities` for another.
fn area_layer(kind: &GridKind, level: Level) -> String {
    if kind.is_basic() { level.plural().to_owned() } else { format!("{kind}-{}", level.plural()) }
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

/// Layers changed by settings, by name of the layer. Nothing can be added that the layers do not have.
///
/// # Errors
/// [`LayerError`] for the first setting that does not fit.
pub fn configure_layers(
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
        let has = |field: &String| self.items.contains(field) || self.fields.iter().any(|f| f.name == *field);
        if let Some(field) = wanted.fields.iter().flatten().find(|field| !has(field)) {
            let fields = self.fields.iter().map(|f| f.name.as_str());
            let more = self.items.iter().filter(|name| self.fields.iter().all(|f| f.name != **name));
            let found = fields.chain(more.map(String::as_str)).collect::<Vec<_>>().join(", ");
            return Err(LayerError::NoField { name: name(), field: field.clone(), found });
        }
        (self.min_zoom, self.max_zoom) = (min, max);
        if let Some(kept) = &wanted.fields {
            self.fields.retain(|f| f.name == "code" || kept.contains(&f.name));
            self.items.retain(|name| name == "code" || kept.contains(name));
        }
        Ok(())
    }
}

#[cfg(test)]
#[cfg(feature = "build")]
mod tests {
    use super::*;

    fn labels(min_zoom: u8) -> TileLayer {
        let content = Grids {
            kind: GridKind::basic(),
            level: Level::District,
            shown: Shown::Labels,
            counted: Counted::default(),
        };
        TileLayer::new("districts-labels", content, min_zoom, "names")
    }

    fn settings(toml: &str) -> BTreeMap<String, LayerSettings> {
        toml::from_str(toml).unwrap_or_default()
    }

    #[test]
    fn settings_take_away_and_never_add() {
        let later =
            configure_layers(vec![labels(10)], &settings("districts-labels = { min_zoom = 12 }")).unwrap_or_default();
        assert_eq!(later[0].clone().beginning_earliest().min_zoom, 5, "five before its own, whatever is configured");
        let apply = |toml| configure_layers(vec![labels(10)], &settings(toml));
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
