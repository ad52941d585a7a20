//! Layers of tiles with some of their records: of a class, or between two times.

use super::{only::Only, tile_layer::TileLayer};
use crate::{
    plate::Baseplate,
    stats::{StatsError, above, class_named, interval_between},
    time::Interval,
};
use std::sync::Arc;

/// Which records of a layer are asked for, as [`LayerQuery`](crate::LayerQuery) has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecordQuery<'q> {
    /// Only from this time on: a year, month, day or time, in the zone of the layer.
    pub from: Option<&'q str>,
    /// Only until this time; a year, a month or a day is included.
    pub to: Option<&'q str>,
    /// Only this class and those below: its names from the top down, separated by `/`.
    pub class: Option<&'q str>,
}

/// Which records of a layer are meant. It is the same for all questions that mean the same, and takes the same room for any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordChoice {
    /// Whether only records with a time are meant.
    is_dated: bool,
    /// The first second that is meant, unless none is before it.
    from: Option<i64>,
    /// The second behind the last one that is meant, unless none is behind it.
    to: Option<i64>,
    /// The place of the class among those of the layer.
    class: Option<u16>,
}

impl RecordQuery<'_> {
    /// Whether all records are meant.
    pub fn is_all(&self) -> bool {
        *self == RecordQuery::default()
    }
}

impl Baseplate {
    /// What a question means of a layer.
    ///
    /// # Errors
    /// [`StatsError`] says that the layer has no records, no times or no such class, or that a bound is no time.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{RecordQuery, pick_layers};
    ///
    /// let layers = pick_layers(&plate.tile_layers(), ["enterprises"])?;
    /// let january = RecordQuery { from: Some("2026-01"), to: Some("2026-01"), class: None };
    /// assert!(plate.record_choice(&layers[0], january).is_err(), "enterprises have no times");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn record_choice(&self, layer: &TileLayer, query: RecordQuery<'_>) -> Result<RecordChoice, StatsError> {
        let records = self.counted_layer(&layer.name)?;
        let class = query.class.map(|class| class_named(records, class)).transpose()?;
        let interval = interval_between(records, query.from, query.to)?;
        let mut choice = RecordChoice {
            is_dated: interval.is_some(),
            from: interval.and_then(Interval::from),
            to: interval.and_then(Interval::to),
            class: class.and_then(|class| u16::try_from(class).ok()),
        };
        if let Some(time) = &records.info().time {
            choice.from = choice.from.filter(|from| *from > time.first);
            choice.to = choice.to.filter(|to| *to <= time.last);
        }
        Ok(choice)
    }

    /// A layer of tiles with the records alone that are meant; one without records stays as it is.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{RecordQuery, pick_layers};
    ///
    /// let layers = pick_layers(&plate.tile_layers(), ["enterprises"])?;
    /// let all = plate.record_choice(&layers[0], RecordQuery::default())?;
    /// assert_eq!(plate.chosen(&layers[0], all), layers[0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn chosen(&self, layer: &TileLayer, choice: RecordChoice) -> TileLayer {
        let RecordChoice { is_dated, from, to, class } = choice;
        let classes = self.layer(&layer.name).map(|records| records.info().classes.as_slice()).unwrap_or_default();
        let is_below =
            |class: u16| (0..classes.len()).map(|one| above(classes, one).any(|c| c == usize::from(class))).collect();
        let only = Only { is_dated, from, to, classes: class.map(is_below) };
        let content = layer.content.with_only(only).unwrap_or_else(|| Arc::clone(&layer.content));
        TileLayer { content, ..layer.clone() }
    }
}
