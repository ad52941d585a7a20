//! The ground: water, greens, roads and their names, under everything else.

use super::kinds::HALO;
use crate::params::Theme;
use baseplate_core::TileLayer;
use serde_json::{Value, json};

/// The layers of the ground from below, with `#` and a name where a colour is to be.
const PROTOTYPE: &str = include_str!("ground.json");
/// The tile layer that they draw.
const TILES: &str = "ground";
/// The colours, light and dark.
const COLOURS: [(&str, &str, &str); 11] = [
    ("#green-name", "#3f6f36", "#8fc389"),
    ("#green", "#d3e8cc", "#17321f"),
    ("#water-name", "#2f638f", "#7fb0dc"),
    ("#water", "#bfdaf0", "#10304d"),
    ("#shore", "#8fb9da", "#2c5a86"),
    ("#casing", "#cfd7e2", "#0c131d"),
    ("#motorway", "#fbdc9c", "#6b5526"),
    ("#main-road", "#fff1cf", "#4b4231"),
    ("#street", "#fdfefe", "#2c384c"),
    ("#railway", "#9aa5b6", "#66738a"),
    ("#road-name", "#56627a", "#a9b6ca"),
];
/// Fonts of the browser, and what is around names.
const FONTS: [&str; 6] =
    ["PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif"];
const HALO_WIDTH: f64 = 1.4;

/// Puts the ground above the fills of divisions and below all else, its names below all other names; nothing if the plate has none.
///
/// # Errors
/// If the prototypes are no JSON of layers.
pub(super) fn add(drawn: &mut Vec<Value>, layers: &[TileLayer], theme: Theme) -> serde_json::Result<()> {
    if !layers.iter().any(|layer| layer.name == TILES) {
        return Ok(());
    }
    let (halo, is_light) = if theme == Theme::Light { (HALO.0, true) } else { (HALO.1, false) };
    let colour = |text: String, (name, light, dark): &(&str, &str, &str)| {
        text.replace(&format!("\"{name}\""), &format!("\"{}\"", if is_light { light } else { dark }))
    };
    let own: Vec<Value> = serde_json::from_str(&COLOURS.iter().fold(PROTOTYPE.to_owned(), colour))?;
    for mut style in own {
        style["source"] = json!("plate");
        style["source-layer"] = json!(TILES);
        let is_name = style["type"] == "symbol";
        if is_name {
            style["layout"]["text-field"] = json!(["get", "name"]);
            style["layout"]["text-font"] = json!(FONTS);
            style["paint"]["text-halo-color"] = json!(halo);
            style["paint"]["text-halo-width"] = json!(HALO_WIDTH);
        }
        let is_above = |other: &Value| match is_name {
            true => other["type"] == "symbol" && other["source-layer"] != TILES,
            false => !(other["type"] == "background" || other["source-layer"] == TILES || is_division(other)),
        };
        let place = drawn.iter().position(is_above).unwrap_or(drawn.len());
        drawn.insert(place, style);
    }
    Ok(())
}

/// Whether a layer of the style fills divisions.
fn is_division(drawn: &Value) -> bool {
    drawn["type"] == "fill" && matches!(drawn["id"].as_str(), Some("districts-fill" | "subdistricts-fill"))
}

/// Whether a layer of the style draws the ground.
pub(super) fn is_ground(drawn: &Value) -> bool {
    drawn["source-layer"] == TILES
}
