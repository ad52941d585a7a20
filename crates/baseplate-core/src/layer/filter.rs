//! Conditions on the features of a layer, and the places of those that meet them.

use super::{
    feature::{ColumnType, FeatureColumn, FeatureValue},
    tile_layer::TileLayer,
};
use crate::{
    cql::{Column, Condition, CqlError, Sort, Value, literal, parse},
    plate::Baseplate,
    spatial::Bbox,
    text,
    time::{Interval, TimeError, Zone},
};
use std::collections::BTreeSet;

/// What conditions call the geometry of a feature.
const GEOMETRY: &str = "geometry";
/// The most comparisons for one page: so many take less than a second.
const TESTS_MAX: usize = 1_000_000;
/// Places that are looked at together.
const PLACES_AT_ONCE: usize = 4096;

/// What is asked of the features of a layer.
#[derive(Debug, Clone, Copy, Default)]
pub struct FilterQuery<'q> {
    /// A condition in the text form of CQL2.
    pub text: Option<&'q str>,
    /// A time or an interval, as OGC API writes `datetime`: features whose time, or the period from it to their end, has a second of it.
    /// Features of a layer without times are all meant.
    pub datetime: Option<&'q str>,
    /// Columns and the values that they are to have.
    pub equal: &'q [(String, String)],
}

/// A condition on the features of a layer.
#[derive(Debug, Clone)]
pub struct LayerFilter {
    condition: Condition,
    /// For each column that the condition can name its place among those of the layer.
    columns: Vec<usize>,
}

/// Some places of features that meet a condition, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchingPlaces {
    /// The places, ascending.
    pub places: Vec<u32>,
    /// The first place that was not looked at; `None` if there is none.
    pub next: Option<u32>,
}

/// What is wrong with what is asked of the features of a layer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// A condition that cannot be understood.
    #[error("filter: {0}")]
    Cql(#[from] CqlError),
    /// A time or interval that is none.
    #[error("datetime: {0}")]
    Time(#[from] TimeError),
    /// There is no such column.
    #[error("{name}: neither a parameter nor a queryable; there are: {known}")]
    Column {
        /// The name.
        name: String,
        /// The columns that there are.
        known: String,
    },
    /// A value that the column cannot have.
    #[error("{name}: '{value}' is none of its values: they are of the type {of}")]
    Value {
        /// The name of the column.
        name: String,
        /// The value.
        value: String,
        /// What its values are.
        of: &'static str,
    },
}

impl ColumnType {
    /// `text`, `integer`, `number`, `boolean`, `time` or `date`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Float => "number",
            Self::Boolean => "boolean",
            Self::Time => "time",
            Self::Date => "date",
        }
    }

    const fn sort(self) -> Sort {
        match self {
            Self::Text => Sort::Text,
            Self::Integer | Self::Float => Sort::Number,
            Self::Boolean => Sort::Boolean,
            Self::Time => Sort::Time,
            Self::Date => Sort::Date,
        }
    }
}

impl TileLayer {
    /// The columns of its features that its collection shows, and that conditions can name besides `geometry`.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::pick_layers;
    ///
    /// let layers = pick_layers(&plate.tile_layers(), ["buildings"])?;
    /// assert!(layers[0].queryables().iter().any(|column| column.name == "height"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn queryables(&self) -> Vec<FeatureColumn> {
        let mut columns = self.content.columns();
        columns.retain(|column| self.items.contains(&column.name));
        columns
    }

    /// The name of a column, if its collection shows it.
    pub fn item_column(&self, name: &str) -> Option<&str> {
        self.items.iter().find(|shown| *shown == name).map(String::as_str)
    }

    /// Whether its features have times that `datetime` asks for.
    pub fn is_dated(&self) -> bool {
        self.period().is_some()
    }

    /// The places among its columns of those that say when features were and when they ended, if its collection shows them.
    fn period(&self) -> Option<(usize, Option<usize>)> {
        let columns = self.content.columns();
        let is_shown = |place: &usize| columns.get(*place).is_some_and(|column| self.items.contains(&column.name));
        let (time, until) = self.content.period_columns()?;
        is_shown(&time).then(|| (time, until.filter(is_shown)))
    }
}

impl LayerFilter {
    /// Whether the feature at a place of a layer meets it.
    fn holds(&self, plate: &Baseplate, layer: &TileLayer, place: u32) -> bool {
        let content = &layer.content;
        let value = |column: usize| match self.columns.get(column).map(|column| content.value(plate, place, *column)) {
            None | Some(FeatureValue::Null) => Value::Null,
            Some(FeatureValue::Text(text)) => Value::Text(text.into()),
            Some(FeatureValue::Cell(cell)) => Value::Text(cell.to_string().into()),
            Some(FeatureValue::Integer(number) | FeatureValue::Time(number) | FeatureValue::Date(number)) => {
                Value::Integer(number)
            }
            Some(FeatureValue::Float(number)) => Value::Float(number),
            Some(FeatureValue::Boolean(flag)) => Value::Boolean(flag),
        };
        self.condition.holds(&value, &|bbox| content.touches(plate, place, bbox)) == Some(true)
    }

    /// As many places as one page looks at.
    fn places_max(&self) -> usize {
        (TESTS_MAX / self.condition.tests().max(1)).max(1)
    }
}

impl Baseplate {
    /// What is asked of the features of a layer, as a condition; `None` if nothing is.
    ///
    /// # Errors
    /// [`FilterError`] says what is wrong with it.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{FilterQuery, pick_layers};
    ///
    /// let layers = pick_layers(&plate.tile_layers(), ["buildings"])?;
    /// let asked = |text| FilterQuery { text: Some(text), ..FilterQuery::default() };
    /// assert!(plate.layer_filter(&layers[0], asked("floors > 30 AND use = '商业'"))?.is_some());
    /// let wrong = plate.layer_filter(&layers[0], asked("floors > 'many'")).expect_err("a text");
    /// assert_eq!(wrong.to_string(), "filter: character 10: expected a number, found the text 'many'");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn layer_filter(&self, layer: &TileLayer, asked: FilterQuery<'_>) -> Result<Option<LayerFilter>, FilterError> {
        let all = layer.content.columns();
        let named: Vec<_> = all.iter().enumerate().filter(|(_, column)| layer.items.contains(&column.name)).collect();
        let column = |name: &str, sort| Column { name: name.to_owned(), sort };
        let mut columns: Vec<_> = named.iter().map(|(_, of)| column(&of.name, of.of.sort())).collect();
        let mut places: Vec<usize> = named.iter().map(|(place, _)| *place).collect();
        columns.push(column(GEOMETRY, Sort::Geometry));
        let zone = self.zone_of(layer)?;
        let mut parts = Vec::new();
        if let Some(text) = asked.text {
            parts.push(parse(text, &columns, &zone)?);
        }
        for (name, value) in asked.equal {
            let found = named.iter().position(|(_, column)| column.name == *name);
            let place = found.ok_or_else(|| FilterError::Column {
                name: name.clone(),
                known: named.iter().map(|(_, column)| column.name.as_str()).collect::<Vec<_>>().join(", "),
            })?;
            let of = named[place].1.of;
            let wrong = || FilterError::Value { name: name.clone(), value: value.clone(), of: of.as_str() };
            parts.push(Condition::equal(place, literal(value, of.sort(), &zone).ok_or_else(wrong)?));
        }
        if let (Some(text), Some((time, until))) = (asked.datetime, layer.period()) {
            let interval = Interval::ogc(text, &zone)?;
            places.extend([time].into_iter().chain(until));
            // Behind the column of the geometry, which is none.
            let first = columns.len() - 1;
            let until = until.map(|_| first + 1);
            parts.push(Condition::During { time: first, until, from: interval.from(), to: interval.to() });
        }
        let condition = if parts.len() == 1 { parts.pop() } else { Some(Condition::All(parts)) };
        let is_asked = |condition: &Condition| !matches!(condition, Condition::All(parts) if parts.is_empty());
        Ok(condition.filter(is_asked).map(|condition| LayerFilter { condition, columns: places }))
    }

    /// When the first and the last feature of a layer were, RFC 3339; `None` if they have no times.
    pub fn time_extent(&self, layer: &TileLayer) -> Option<[String; 2]> {
        layer.period()?;
        let time = self.layer(&layer.name)?.info().time.as_ref()?;
        Some([time.first, time.last].map(text::second))
    }

    /// The zone in which days of a layer begin.
    fn zone_of(&self, layer: &TileLayer) -> Result<Zone, TimeError> {
        let time = self.layer(&layer.name).and_then(|records| records.info().time.as_ref());
        time.map_or(Zone::DEFAULT, |time| time.zone.as_str()).parse()
    }

    /// The first places from `from` on, at most `limit`, of the features of a layer that touch one of some boxes and meet a condition.
    /// How many rows are looked at is bounded, so there may be fewer, or none, and more behind them. For areas it is their own boxes
    /// that touch `boxes`.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{FilterQuery, pick_layers};
    ///
    /// let layers = pick_layers(&plate.tile_layers(), ["buildings"])?;
    /// let asked = FilterQuery { text: Some("floors > 20"), ..FilterQuery::default() };
    /// let filter = plate.layer_filter(&layers[0], asked)?;
    /// let found = plate.matching_places(&layers[0], filter.as_ref(), None, 0, 10);
    /// assert!(found.places.iter().all(|place| plate.feature(&layers[0], *place).is_some()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn matching_places(
        &self,
        layer: &TileLayer,
        filter: Option<&LayerFilter>,
        boxes: Option<&[Bbox]>,
        from: u32,
        limit: usize,
    ) -> MatchingPlaces {
        let (all, most) = (layer.content.places(self), filter.map_or(usize::MAX, LayerFilter::places_max));
        let own = filter.and_then(|filter| filter.condition.bbox()).map(|bbox| [bbox]);
        let boxes = boxes.or(own.as_ref().map(<[Bbox; 1]>::as_slice));
        let is_one =
            |place: u32| layer.content.has(self, place) && filter.is_none_or(|filter| filter.holds(self, layer, place));
        let (mut places, mut at, mut looked_at) = (Vec::new(), from, 0);
        while places.len() < limit && at < all && looked_at < most {
            let wanted = if filter.is_some() { PLACES_AT_ONCE.min(most - looked_at) } else { limit - places.len() };
            let candidates = match boxes {
                Some(boxes) => self.places_in_boxes(layer, boxes, at, wanted),
                None => (at..all.min(at.saturating_add(wanted as u32))).collect(),
            };
            if candidates.is_empty() {
                return MatchingPlaces { places, next: None };
            }
            for place in candidates {
                (at, looked_at) = (place + 1, looked_at + 1);
                if is_one(place) {
                    places.push(place);
                    if places.len() == limit {
                        break;
                    }
                }
            }
        }
        MatchingPlaces { places, next: (at < all).then_some(at) }
    }

    /// The first places from `from` on, at most `limit`, of features that touch one of the boxes.
    fn places_in_boxes(&self, layer: &TileLayer, boxes: &[Bbox], from: u32, limit: usize) -> Vec<u32> {
        let found = boxes.iter().flat_map(|bbox| layer.content.places_in(self, *bbox, from, limit));
        found.collect::<BTreeSet<u32>>().into_iter().take(limit).collect()
    }
}
