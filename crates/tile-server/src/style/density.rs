//! The classes of the density cells: a fifth of the cells of the plate in each, whatever the city is like.

use baseplate_core::{Baseplate, Entity};
use serde_json::{Value, json};

/// The zooms at which the cells of a resolution begin, with their mean size in square kilometres (the H3 tables).
const RESOLUTIONS: [(u8, u8, f64); 6] = [
    (0, 5, 252.903_858),
    (8, 6, 36.129_062),
    (10, 7, 5.161_293),
    (11, 8, 0.737_328),
    (13, 9, 0.105_333),
    (14, 10, 0.015_048),
];

/// Gives a layer that draws density its colours, which the template lists, and says for each zoom what they mean: the addresses on a
/// square kilometre at which each begins.
pub(super) fn classify(layer: &mut Value, plate: &Baseplate) {
    let Some(colours) = layer["metadata"]["baseplate:classes"].as_array().cloned() else { return };
    let Some(lowest) = colours.first() else { return };
    let mut fill = vec![json!("step"), json!(["zoom"])];
    let mut classes = Vec::new();
    for (zoom, resolution, km2) in RESOLUTIONS {
        let cells = plate.hex_cells(resolution).filter_map(|cell| cell.count(Entity::Address));
        let begins = quantiles(cells.filter(|count| *count > 0).collect(), colours.len());
        let mut step = vec![json!("step"), json!(["coalesce", ["get", "addresses"], 0]), lowest.clone()];
        for (begin, colour) in begins.iter().zip(&colours).skip(1) {
            step.extend([json!(begin), colour.clone()]);
        }
        // A step needs a second output.
        let colour = if step.len() > 3 { Value::Array(step) } else { lowest.clone() };
        if zoom > 0 {
            fill.push(json!(zoom));
        }
        fill.push(colour);
        let stated =
            begins.iter().zip(&colours).map(|(begin, colour)| json!([readable(f64::from(*begin) / km2), colour]));
        classes.push(json!([zoom, stated.collect::<Vec<_>>()]));
    }
    layer["paint"]["fill-color"] = Value::Array(fill);
    layer["metadata"]["baseplate:classes"] = Value::Array(classes);
}

/// Where each of so many classes of equal size begins; the first at 0, and no two at one number.
fn quantiles(mut counts: Vec<u32>, classes: usize) -> Vec<u32> {
    counts.sort_unstable();
    let mut begins = vec![0];
    for class in 1..classes {
        let begin = counts.get(counts.len() * class / classes).copied().unwrap_or_default();
        // What begins with the smallest count would leave the class before it empty.
        if begin > begins[begins.len() - 1] && counts.first().is_some_and(|least| begin > *least) {
            begins.push(begin);
        }
    }
    begins
}

/// A number with two digits that count: the cells of a resolution are of about the same size only.
fn readable(number: f64) -> f64 {
    if number <= 0.0 {
        return 0.0;
    }
    let digits = 1.0 - number.log10().floor();
    let scale = 10f64.powf(digits.abs());
    if digits < 0.0 { (number / scale).round() * scale } else { (number * scale).round() / scale }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_have_as_many_cells_each() {
        let skewed: Vec<u32> = (1..=1000).map(|n: u32| n * n * n / 1000).collect();
        let begins = quantiles(skewed.clone(), 5);
        assert_eq!(begins.len(), 5);
        for (class, from) in begins.iter().enumerate() {
            let to = begins.get(class + 1).copied().unwrap_or(u32::MAX);
            let inside = skewed.iter().filter(|count| (*from..to).contains(count)).count();
            assert!((190..=210).contains(&inside), "{class}: {inside}");
        }
        assert_eq!(quantiles(vec![7; 50], 5), [0]);
        assert_eq!(quantiles(Vec::new(), 5), [0]);
        assert_eq!(quantiles(vec![1, 1, 1, 1, 9], 5), [0, 9]);
        assert_eq!([0.0, 0.514, 3.42, 17.4, 184.0, 30_912.0].map(readable), [0.0, 0.51, 3.4, 17.0, 180.0, 31_000.0]);
    }
}
