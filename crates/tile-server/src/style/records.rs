//! The layers of records that the spec of a plate declares: each circles in a colour of its own, and names.

use super::kinds::HALO;
use crate::params::Theme;
use baseplate_core::{Baseplate, Entity, Layer, TileLayer};
use serde_json::{Value, json};

/// Circles and names, with `#colour` and `#halo` where a colour is to be.
const PROTOTYPE: &str = include_str!("record.json");
/// The colours of layers in their order, light and dark; with more layers they come again.
const COLOURS: [(&str, &str); 6] = [
    ("#b3261e", "#ff9d94"),
    ("#00696f", "#5fd0d8"),
    ("#6d28d9", "#c4a5ff"),
    ("#7a5200", "#f2c14e"),
    ("#2f6b1f", "#9bd67f"),
    ("#a3186f", "#ff8fd0"),
];
/// So many layers are shown at first; of more none, as nobody could tell them apart.
const SHOWN_MAX: usize = 3;
/// The first zoom at which records have names.
const NAMES_FROM: u8 = 17;

/// Adds the circles and names of every layer that the plate declares, under all other names, and says which layer they draw.
///
/// # Errors
/// If the prototypes are no JSON of two layers.
pub(super) fn add(
    drawn: &mut Vec<Value>,
    layers: &[TileLayer],
    plate: &Baseplate,
    theme: Theme,
) -> serde_json::Result<()> {
    let of_records = |tiles| declared(plate, tiles).map(|layer| (tiles, layer));
    let own: Vec<(&TileLayer, Layer<'_>)> = layers.iter().filter_map(of_records).collect();
    let is_shown = own.len() <= SHOWN_MAX;
    for (place, (tiles, layer)) in own.into_iter().enumerate() {
        let (light, dark) = COLOURS[place % COLOURS.len()];
        let (colour, halo) = if theme == Theme::Light { (light, HALO.0) } else { (dark, HALO.1) };
        let text = PROTOTYPE.replace("#colour", colour).replace("#halo", halo);
        let [mut circle, mut label]: [Value; 2] = serde_json::from_str(&text)?;
        circle["minzoom"] = json!(tiles.min_zoom);
        label["minzoom"] = json!(tiles.min_zoom.max(NAMES_FROM));
        let below_names = drawn.iter().position(|other| other["type"] == "symbol").unwrap_or(drawn.len());
        for mut style in [label, circle] {
            let part = style["id"].as_str().unwrap_or_default();
            style["id"] = json!(format!("{}-{part}", tiles.name));
            // A source of its own is only loaded once one of its layers is shown.
            style["source"] = json!(if is_shown { "plate".to_owned() } else { format!("records-{}", tiles.name) });
            style["source-layer"] = json!(tiles.name);
            style["layout"]["visibility"] = json!(if is_shown { "visible" } else { "none" });
            style["metadata"] = json!({ "baseplate:layer": layer.id(), "baseplate:title": layer.info().title });
            drawn.insert(below_names, style);
        }
    }
    Ok(())
}

/// The layer that the spec declares and whose records a layer of the tiles draws.
fn declared<'a>(plate: &'a Baseplate, tiles: &TileLayer) -> Option<Layer<'a>> {
    plate.layer(&tiles.name).filter(|layer| layer.entity() == Entity::Record)
}
