//! Statistics of a layer of records: by area, by class at any depth, and by period.
//!
//! Rows of a layer are scanned by all threads. Neighbouring rows lie at one address for the most part, so the area of a row is looked up
//! only where the address changes.

use super::{Areas, StatsError, StatsQuery, cells::Within, counted_resolution, kinds::Above};
use crate::{
    model::GridKind,
    plate::{Baseplate, Grid, Layer, Record},
    spatial::CellFinder,
    store::{ClassInfo, Counting},
    time::{Calendar, Interval, Period, Zone},
};
use h3o::{CellIndex, Resolution};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// Rows that a thread scans together.
const CHUNK: u32 = 1 << 16;

/// Numbers that one answer can have.
const NUMBERS_MAX: usize = 10_000_000;

/// Which statistics of a layer are asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerQuery {
    /// The id of the layer.
    pub layer: String,
    /// The areas that are counted; the whole plate as one if left out.
    pub areas: Option<Areas>,
    /// The kind of the grids of a level; the first coverage of the plate where none is said.
    pub kind: Option<GridKind>,
    /// Only what is in the grids of any level and kind with this code.
    pub within: Option<String>,
    /// By classes down to this depth, from 0; classes above it stand for themselves.
    pub classes: Option<u8>,
    /// Only this class and those below: its names from the top down, separated by `/`.
    pub class: Option<String>,
    /// By periods of this length.
    pub period: Option<Period>,
    /// Only from this time on: a year, month, day or time, in the zone of the layer.
    pub from: Option<String>,
    /// Only until this time; a year, a month or a day is included.
    pub to: Option<String>,
}

/// An area, and how many records are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerArea {
    /// The code of the grid, or the cell in hexadecimal; empty for the whole plate.
    pub code: String,
    /// The name of the grid.
    pub name: Option<String>,
    /// The numbers, class by class in the order of [`LayerStats::classes`], of each class period by period.
    pub counts: Vec<u32>,
}

/// How many records of a layer there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerStats {
    /// The generation that answered.
    pub generation: String,
    /// The id of the layer.
    pub layer: String,
    /// The classes, their names from the top down separated by `/`; an empty one stands for "not said", or for all.
    pub classes: Vec<String>,
    /// The periods; an empty one stands for "not said", or for all.
    pub periods: Vec<String>,
    /// The areas: grids by code, cells by index, in which there may be records.
    pub areas: Vec<LayerArea>,
    /// Records that were asked for and lie in none of them, or have no place at all.
    pub elsewhere: u64,
}

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
        let rows = layer.info().rows as u32;
        let chunk = |chunk: u32| {
            let mut scan =
                Scan { places: &places, columns: &columns, finder: None, counts: HashMap::new(), elsewhere: 0 };
            scan.finder = places.resolution.map(CellFinder::new);
            scan.rows(layer, chunk * CHUNK..rows.min((chunk + 1) * CHUNK));
            (scan.counts, scan.elsewhere)
        };
        let all = (0..rows.div_ceil(CHUNK)).into_par_iter().map(chunk);
        let (mut counts, elsewhere) = all.reduce(Default::default, |(mut sums, more), (counts, elsewhere)| {
            for (area, numbers) in counts {
                match sums.get_mut(&area) {
                    None => drop(sums.insert(area, numbers)),
                    Some(sum) => sum.iter_mut().zip(numbers).for_each(|(sum, n): (&mut u32, u32)| *sum += n),
                }
            }
            (sums, more + elsewhere)
        });
        let none = vec![0; columns.width()];
        let areas = match places.resolution {
            None => places
                .areas
                .iter()
                .enumerate()
                .map(|(area, (code, name))| LayerArea {
                    code: code.clone(),
                    name: name.clone(),
                    counts: counts.remove(&(area as u64)).unwrap_or_else(|| none.clone()),
                })
                .collect(),
            Some(_) => {
                let cells: BTreeMap<u64, Vec<u32>> = counts.into_iter().collect();
                cells
                    .into_iter()
                    .map(|(cell, counts)| LayerArea { code: format!("{cell:x}"), name: None, counts })
                    .collect()
            }
        };
        Ok(LayerStats {
            generation: self.manifest().generation.clone(),
            layer: layer.id().to_owned(),
            classes: columns.classes,
            periods: columns.periods,
            areas,
            elsewhere,
        })
    }

    /// A layer whose records are counted one by one.
    fn counted_layer(&self, id: &str) -> Result<Layer<'_>, StatsError> {
        let is_counted = |layer: &Layer<'_>| layer.counting() == Counting::Records;
        self.layer(id).filter(is_counted).ok_or_else(|| {
            let known: Vec<&str> = self.layers().filter(is_counted).map(|layer| layer.id()).collect();
            StatsError::Layer { name: id.to_owned(), known: known.join(", ") }
        })
    }
}

impl LayerQuery {
    /// All records of a layer, as one number.
    ///
    /// ```
    /// let query = baseplate_core::LayerQuery::of("hotline");
    /// assert_eq!((query.layer.as_str(), query.period), ("hotline", None));
    /// ```
    pub fn of(layer: &str) -> Self {
        let layer = layer.to_owned();
        Self {
            layer,
            areas: None,
            kind: None,
            within: None,
            classes: None,
            class: None,
            period: None,
            from: None,
            to: None,
        }
    }
}

/// Which areas are counted, and which of them a grid of the ground lies in.
struct Places {
    /// Code and name of each.
    areas: Vec<(String, Option<String>)>,
    /// For each grid of the ground of the kind its area; `None` if the areas are no grids.
    of_grid: Option<HashMap<u32, u64>>,
    /// What is counted of the whole plate or of cells, if not all.
    within: Option<Within>,
    kind: GridKind,
    /// The resolution of cells.
    resolution: Option<Resolution>,
}

impl Places {
    fn of(plate: &Baseplate, query: &LayerQuery, within: Option<&[Grid<'_>]>) -> Result<Self, StatsError> {
        let first = plate.manifest().coverages.first().map(|first| first.kind.clone());
        let kind = query.kind.clone().or(first).unwrap_or_else(GridKind::basic);
        let level = match query.areas {
            Some(Areas::Level(level)) => Some(level),
            _ => None,
        };
        let resolution = match query.areas {
            Some(Areas::Cells(number)) => Some(counted_resolution(number)?),
            _ => None,
        };
        let areas = level.map(|level| {
            let query = StatsQuery { areas: Areas::Level(level), kind: Some(kind.clone()), within: None, by: None };
            plate.counted_grids(&query)
        });
        let areas = areas.transpose()?;
        let above: Option<Vec<_>> = within.map(|grids| grids.iter().copied().map(Above::of).collect());
        let is_inside = |grid: &Grid<'_>| above.as_ref().is_none_or(|all| all.iter().any(|above| above.holds(*grid)));
        let listed: Vec<Grid<'_>> = areas.iter().flatten().copied().filter(is_inside).collect();
        let of_grid = areas.is_some().then(|| {
            let places: HashMap<u32, u64> = listed.iter().zip(0..).map(|(grid, place)| (grid.row(), place)).collect();
            let ground = plate.coverage(&kind).into_iter().flat_map(|coverage| coverage.grids());
            let area = |grid: Grid<'_>| grid.chain().find_map(|above| Some((grid.row(), *places.get(&above.row())?)));
            ground.filter_map(area).collect()
        });
        // Grids are inside others as grids; whatever else is asked for is inside by the grids of each record.
        let within = within.filter(|_| areas.is_none()).map(|grids| Within::of(plate, grids));
        let whole = || vec![(query.within.clone().unwrap_or_default(), None)];
        let named = |grid: &Grid<'_>| (grid.code().to_owned(), Some(grid.name().to_owned()));
        let areas = if areas.is_some() { listed.iter().map(named).collect() } else { whole() };
        Ok(Self { areas, of_grid, within, kind, resolution })
    }

    /// Whether records are counted wherever they lie, or do not.
    fn counts_all(&self) -> bool {
        self.of_grid.is_none() && self.within.is_none() && self.resolution.is_none()
    }

    /// The area of a record, or the cell that it lies in; `None` outside of all.
    fn area(&self, record: &Record<'_>, finder: Option<&mut CellFinder>) -> Option<u64> {
        let place = match &self.of_grid {
            Some(of_grid) => *of_grid.get(&record.grid(&self.kind)?.row())?,
            None if self.within.as_ref().is_none_or(|within| within.holds(|kind| record.grid(kind))) => 0,
            None => return None,
        };
        let Some(finder) = finder else { return Some(place) };
        let (point, finer): (_, CellIndex) = record.place()?;
        finder.cell(point, finer).map(u64::from)
    }
}

/// The numbers of each area: classes by periods.
struct Columns {
    classes: Vec<String>,
    periods: Vec<String>,
    /// For each class of the layer its place among `classes`; `None` where it is not asked for. The last one is that of records
    /// without a class.
    of_class: Vec<Option<u32>>,
    calendar: Option<Calendar>,
    interval: Option<Interval>,
}

impl Columns {
    fn of(layer: Layer<'_>, query: &LayerQuery) -> Result<Self, StatsError> {
        let info = layer.info();
        let paths = paths(&info.classes);
        let asked =
            match &query.class {
                None => None,
                Some(class) => Some(paths.iter().position(|path| path == class).ok_or_else(|| {
                    StatsError::Class {
                        name: class.clone(),
                        known: info
                            .classes
                            .iter()
                            .filter(|c| c.depth == 0)
                            .map(|c| c.name.as_str())
                            .collect::<Vec<_>>()
                            .join(", "),
                    }
                })?),
            };
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
        let zone = || time.map_or(Zone::DEFAULT, |time| time.zone.as_str()).parse::<Zone>();
        let (mut calendar, mut interval, mut periods) = (None, None, Vec::new());
        if asks_time {
            let time = time.ok_or_else(|| StatsError::Undated(layer.id().to_owned()))?;
            let zone = zone()?;
            if query.from.is_some() || query.to.is_some() {
                interval = Some(Interval::between(query.from.as_deref(), query.to.as_deref(), &zone)?);
            }
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

    fn width(&self) -> usize {
        self.classes.len() * self.periods.len()
    }

    /// The place of a record among the numbers of its area; `None` if it was not asked for.
    fn place(&self, time: Option<i64>, class: Option<u16>) -> Option<usize> {
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

/// The names of each class from the top down.
fn paths(classes: &[ClassInfo]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::with_capacity(classes.len());
    for class in classes {
        let above = class.parent.and_then(|parent| paths.get(usize::from(parent)));
        paths.push(above.map_or_else(|| class.name.clone(), |above| format!("{above}/{}", class.name)));
    }
    paths
}

/// A class and those above it.
fn above(classes: &[ClassInfo], number: usize) -> impl Iterator<Item = usize> {
    // A class stands behind the one above it, so that this ends even where a plate is damaged.
    let parent = |number: &usize| classes[*number].parent.map(usize::from).filter(|parent| parent < number);
    std::iter::successors(Some(number), parent)
}

/// Counting on its way.
struct Scan<'a> {
    places: &'a Places,
    columns: &'a Columns,
    finder: Option<CellFinder>,
    counts: HashMap<u64, Vec<u32>>,
    elsewhere: u64,
}

impl Scan<'_> {
    fn rows(&mut self, layer: Layer<'_>, rows: std::ops::Range<u32>) {
        let placed = layer.placed_rows();
        let mut last: Option<(u32, Option<u64>)> = None;
        for row in rows {
            let Some((address, time, class)) = layer.counted_row(row) else { continue };
            let Some(column) = self.columns.place(time, class) else { continue };
            let area = match (address, last) {
                (Some(address), Some((before, area))) if address == before => area,
                _ => {
                    let is_placed = row < placed || self.places.counts_all();
                    let record = layer.any_record(row).filter(|_| is_placed);
                    let area = record.and_then(|record| self.places.area(&record, self.finder.as_mut()));
                    last = address.map(|address| (address, area));
                    area
                }
            };
            let Some(area) = area else {
                self.elsewhere += 1;
                continue;
            };
            let width = self.columns.width();
            self.counts.entry(area).or_insert_with(|| vec![0; width])[column] += 1;
        }
    }
}
