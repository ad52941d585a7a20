//! Statistics of a layer of records: by area, by class at any depth, and by period.
//!
//! All rows of a layer are scanned, batch by batch and by all threads, in a few columns of them; no cube is kept.

mod columns;
mod places;
mod query;
mod scan;

use super::StatsError;
use crate::{
    plate::{Baseplate, Layer, ValueColumn},
    store::Counting,
};
use columns::Columns;
#[cfg(feature = "tile")]
pub(crate) use columns::{above, class_named, interval_between};
use places::Places;
use query::NUMBERS_MAX;
pub use query::{LayerArea, LayerQuery, LayerStats};
use scan::Numbers;
use std::collections::BTreeMap;

impl Baseplate {
    /// Counts the records of a layer, each once.
    ///
    /// # Errors
    /// When the query names a layer, a grid, a class, a time or a resolution that cannot be.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{Areas, LayerQuery, Level};
    ///
    /// let query = LayerQuery { areas: Some(Areas::Level(Level::Community)), ..LayerQuery::of("enterprises") };
    /// let stats = plate.layer_stats(&query)?;
    /// assert!(stats.areas.iter().any(|area| area.counts[0] > 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn layer_stats(&self, query: &LayerQuery) -> Result<LayerStats, StatsError> {
        let layer = self.counted_layer(&query.layer)?;
        let within = query.within.as_ref().map(|code| self.grids_of_code(code)).transpose()?;
        let places = Places::of(self, query, within.as_deref())?;
        let columns = Columns::of(layer, query)?;
        let counted = places.resolution.map(|resolution| self.hex_cells(resolution.into()).len());
        let wanted = counted.unwrap_or(places.areas.len()).saturating_mul(columns.width());
        if wanted > NUMBERS_MAX {
            return Err(StatsError::TooMany { wanted, most: NUMBERS_MAX });
        }
        let value = query.value.as_deref().map(|name| self.added_up(layer, name)).transpose()?;
        let counted = scan::count(layer, &places, &columns, value);
        let area = |code: String, name: Option<String>, numbers: Numbers| LayerArea {
            code,
            name,
            counts: numbers.counts,
            filled: numbers.filled,
            sums: numbers.sums,
        };
        let areas = match places.resolution {
            None => {
                let of_area = |(place, (code, name)): (usize, (String, Option<String>))| {
                    area(code, name, counted.areas.of_area(place, columns.width()))
                };
                places.areas.into_iter().enumerate().map(of_area).collect()
            }
            Some(_) => {
                let cells: BTreeMap<u64, Numbers> = counted.cells.into_iter().collect();
                cells.into_iter().map(|(cell, numbers)| area(format!("{cell:x}"), None, numbers)).collect()
            }
        };
        let (above, elsewhere) = (counted.above, counted.elsewhere);
        Ok(LayerStats {
            generation: self.manifest().generation.clone(),
            layer: layer.id().to_owned(),
            classes: columns.classes,
            periods: columns.periods,
            areas,
            above,
            elsewhere,
        })
    }

    /// The column of an attribute of a layer that can be added up.
    fn added_up(&self, layer: Layer<'_>, name: &str) -> Result<ValueColumn, StatsError> {
        layer.value_column(name).ok_or_else(|| {
            let known = layer.attributes().iter().map(|attribute| attribute.name.as_str());
            let known: Vec<&str> = known.filter(|name| layer.value_column(name).is_some()).collect();
            StatsError::Value { name: name.to_owned(), layer: layer.id().to_owned(), known: known.join(", ") }
        })
    }

    /// A layer whose records are counted one by one.
    pub(crate) fn counted_layer(&self, id: &str) -> Result<Layer<'_>, StatsError> {
        let is_counted = |layer: &Layer<'_>| layer.counting() == Counting::Records;
        self.layer(id).filter(is_counted).ok_or_else(|| {
            let known: Vec<&str> = self.layers().filter(is_counted).map(|layer| layer.id()).collect();
            StatsError::Layer { name: id.to_owned(), known: known.join(", ") }
        })
    }
}
