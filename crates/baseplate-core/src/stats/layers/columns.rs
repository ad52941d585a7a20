//! What is counted in each area: classes by periods.

use super::query::LayerQuery;
use crate::stats::StatsError;
use crate::{
    plate::Layer,
    store::ClassInfo,
    time::{Calendar, Interval, Zone},
};
use std::collections::HashMap;

/// The numbers of each area: classes by periods.
pub(super) struct Columns {
    pub(super) classes: Vec<String>,
    pub(super) periods: Vec<String>,
    /// For each class of the layer its place among `classes`; `None` where it is not asked for. The last one is that of records
    /// without a class.
    of_class: Vec<Option<u32>>,
    calendar: Option<Calendar>,
    interval: Option<Interval>,
}

impl Columns {
    pub(super) fn of(layer: Layer<'_>, query: &LayerQuery) -> Result<Self, StatsError> {
        let info = layer.info();
        let paths = layer.class_paths();
        let asked = query.class.as_deref().map(|class| class_named(layer, class)).transpose()?;
        let mut classes: Vec<String> = Vec::new();
        let mut places: HashMap<&str, u32> = HashMap::new();
        let mut of_class = Vec::with_capacity(paths.len() + 1);
        for number in 0..paths.len() {
            let is_asked = asked.is_none_or(|asked| above(&info.classes, number).any(|class| class == asked));
            let shown = query
                .classes
                .and_then(|depth| above(&info.classes, number).find(|class| info.classes[*class].depth <= depth));
            let label = shown.map_or("", |class| paths[class].as_str());
            let place = is_asked.then(|| {
                *places.entry(label).or_insert_with(|| {
                    classes.push(label.to_owned());
                    classes.len() as u32 - 1
                })
            });
            of_class.push(place);
        }
        // Records without a class.
        let place = classes.iter().position(String::is_empty).or_else(|| {
            asked.is_none().then(|| {
                classes.push(String::new());
                classes.len() - 1
            })
        });
        of_class.push(place.filter(|_| asked.is_none()).map(|place| place as u32));
        let time = info.time.as_ref();
        let asks_time = query.period.is_some() || query.from.is_some() || query.to.is_some();
        let (mut calendar, mut interval, mut periods) = (None, None, Vec::new());
        if asks_time {
            let time = time.ok_or_else(|| StatsError::Undated(layer.id().to_owned()))?;
            interval = interval_between(layer, query.from.as_deref(), query.to.as_deref())?;
            let zone = time.zone.parse::<Zone>()?;
            let first = interval.and_then(Interval::from).map_or(time.first, |from| from.max(time.first));
            let last = interval.and_then(Interval::to).map_or(time.last, |to| (to - 1).min(time.last)).max(first);
            calendar = query.period.map(|period| Calendar::new(&zone, period, first, last)).transpose()?;
            periods.extend(calendar.iter().flat_map(|calendar| calendar.buckets()).map(|bucket| bucket.label));
        }
        if calendar.is_none() || interval.is_none() {
            periods.push(String::new());
        }
        Ok(Self { classes, periods, of_class, calendar, interval })
    }

    pub(super) fn width(&self) -> usize {
        self.classes.len() * self.periods.len()
    }

    /// The place of a record among the numbers of its area; `None` if it was not asked for.
    #[inline]
    pub(super) fn place(&self, time: Option<i64>, class: Option<u16>) -> Option<usize> {
        let not_said = self.of_class.len() - 1;
        let class = (*self.of_class.get(class.map_or(not_said, usize::from))?)?;
        let period = match (&self.calendar, self.interval) {
            (None, None) => 0,
            (calendar, interval) => match (time, interval) {
                (Some(time), interval) if interval.is_none_or(|interval| interval.contains(time)) => match calendar {
                    Some(calendar) => calendar.index(time)?,
                    None => 0,
                },
                (None, None) => self.periods.len() as u32 - 1,
                _ => return None,
            },
        };
        Some(class as usize * self.periods.len() + period as usize)
    }
}

/// The place of the class of a layer whose names from the top down, separated by `/`, these are.
pub(crate) fn class_named(layer: Layer<'_>, name: &str) -> Result<usize, StatsError> {
    let found = layer.class_paths().iter().position(|path| path == name);
    found.ok_or_else(|| {
        let top = layer.info().classes.iter().filter(|class| class.depth == 0).map(|class| class.name.as_str());
        StatsError::Class { name: name.to_owned(), known: top.collect::<Vec<_>>().join(", ") }
    })
}

/// The times of a layer between two bounds, if any is said.
pub(crate) fn interval_between(
    layer: Layer<'_>,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<Option<Interval>, StatsError> {
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let time = layer.info().time.as_ref().ok_or_else(|| StatsError::Undated(layer.id().to_owned()))?;
    Ok(Some(Interval::between(from, to, &time.zone.parse()?)?))
}

/// A class and those above it.
pub(crate) fn above(classes: &[ClassInfo], number: usize) -> impl Iterator<Item = usize> {
    // A class stands behind the one above it, so that this ends even where a plate is damaged.
    let parent = |number: &usize| classes[*number].parent.map(usize::from).filter(|parent| parent < number);
    std::iter::successors(Some(number), parent)
}
