//! The layers of kinds of grids that the template does not know: each level a dashed line in the colour of its kind, and names.

use crate::params::Theme;
use baseplate_core::{GridKind, TileLayer};
use serde_json::{Value, json};

/// A line and names, with `#colour` and `#halo` where a colour is to be.
const PROTOTYPE: &str = include_str!("kind.json");
/// The colours of kinds in their order, light and dark; with more kinds they come again.
const COLOURS: [(&str, &str); 5] = [
    ("#7b2d8e", "#d59be6"),
    ("#0b6e63", "#6fd3c4"),
    ("#9a3412", "#f0a07a"),
    ("#3f5d0e", "#b5d56a"),
    ("#8a1c4f", "#f094bf"),
];
/// What is around names, light and dark.
pub(super) const HALO: (&str, &str) = ("rgba(255,255,255,0.92)", "rgba(11,16,25,0.92)");
/// How many zooms later than its lines a level gets its names.
const NAMES_LATER: u8 = 1;

/// Adds every level of every kind other than `basic`. They are not shown at first where `basic` is there to be seen.
///
/// # Errors
/// If the prototypes are no JSON of two layers.
pub(super) fn add(drawn: &mut Vec<Value>, layers: &[TileLayer], theme: Theme) -> serde_json::Result<()> {
    let mut kinds: Vec<&GridKind> = layers.iter().filter_map(|layer| Some(layer.grids()?.0)).collect();
    kinds.dedup();
    let (first, others) = (kinds.first().copied(), kinds.iter().filter(|kind| !kind.is_basic()));
    for (place, kind) in others.enumerate() {
        let (light, dark) = COLOURS[place % COLOURS.len()];
        let colour = if theme == Theme::Light { light } else { dark };
        let own = layers.iter().filter(|layer| layer.grids().is_some_and(|(of, _)| of == *kind));
        let mut next_named = None;
        // From the ground up, so that the names of a level end where those below it begin.
        for layer in own.rev() {
            let draws = Draws { layer, kind, colour, theme, is_first: first == Some(*kind), names_until: next_named };
            next_named = Some(draws.names_from());
            draws.add(drawn, layers)?;
        }
    }
    Ok(())
}

/// How a level of a kind is drawn.
struct Draws<'a> {
    layer: &'a TileLayer,
    kind: &'a GridKind,
    colour: &'a str,
    theme: Theme,
    is_first: bool,
    names_until: Option<u8>,
}

impl Draws<'_> {
    fn names_from(&self) -> u8 {
        if self.layer.min_zoom == 0 { 0 } else { self.layer.min_zoom + NAMES_LATER }
    }

    fn add(&self, drawn: &mut Vec<Value>, layers: &[TileLayer]) -> serde_json::Result<()> {
        let [mut line, mut label] = self.prototypes()?;
        line["minzoom"] = json!(self.layer.min_zoom);
        line["source-layer"] = json!(self.layer.name);
        let above_lines = drawn.iter().rposition(|other| other["type"] == "line").map_or(drawn.len(), |at| at + 1);
        drawn.insert(above_lines, line);
        let points = format!("{}-labels", self.layer.name);
        if layers.iter().any(|layer| layer.name == points) && self.names_until != Some(self.names_from()) {
            label["minzoom"] = json!(self.names_from());
            if let Some(until) = self.names_until {
                label["maxzoom"] = json!(until);
            }
            label["source-layer"] = json!(points);
            drawn.push(label);
        }
        Ok(())
    }

    /// The line and the names, without zooms and without data.
    fn prototypes(&self) -> serde_json::Result<[Value; 2]> {
        let halo = if self.theme == Theme::Light { HALO.0 } else { HALO.1 };
        let text = PROTOTYPE.replace("#colour", self.colour).replace("#halo", halo);
        let [mut line, mut label]: [Value; 2] = serde_json::from_str(&text)?;
        for layer in [&mut line, &mut label] {
            let part = layer["id"].as_str().unwrap_or_default();
            layer["id"] = json!(format!("{}-{part}", self.layer.name));
            // A source of its own is only loaded once one of its layers is shown.
            layer["source"] = json!(if self.is_first { "plate".to_owned() } else { format!("plate-{}", self.kind) });
            layer["layout"]["visibility"] = json!(if self.is_first { "visible" } else { "none" });
        }
        Ok([line, label])
    }
}

/// Says which kind and level a layer of the style draws, for those who make a legend of it.
pub(super) fn say(drawn: &mut [Value], layers: &[TileLayer]) {
    for style in drawn {
        let of = layers.iter().find(|layer| style["source-layer"] == layer.name.as_str());
        let Some((kind, level)) = of.and_then(TileLayer::grids) else { continue };
        style["metadata"]["baseplate:kind"] = json!(kind);
        style["metadata"]["baseplate:level"] = json!(level);
    }
}

/// Whether a layer has the areas of a level of the first kind of the plate.
pub(super) fn is_of_first(layer: &TileLayer, layers: &[TileLayer]) -> bool {
    let first = layers.iter().find_map(TileLayer::grids);
    layer.grids().zip(first).is_some_and(|((kind, _), (first, _))| kind == first)
}
