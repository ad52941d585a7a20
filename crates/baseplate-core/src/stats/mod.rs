//! Statistics: how many buildings, addresses, people and enterprises are in each grid of a level or each H3 cell.

mod cells;
mod kinds;
mod layers;
mod people;

pub use layers::{LayerArea, LayerQuery, LayerStats};
#[cfg(feature = "tile")]
pub(crate) use layers::{above, class_named, interval_between};

use crate::{
    model::{Entity, GridKind, Level},
    plate::{Baseplate, Counts, Grid, Layer, Record},
    spatial::CELL_RESOLUTIONS,
    store::{AttributeInfo, Counting, PeopleRelease},
    time::TimeError,
};
use h3o::Resolution;
use std::collections::{HashMap, HashSet};

/// Which statistics are asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct StatsQuery {
    /// The areas that are counted.
    pub areas: Areas,
    /// The kind of the grids of a level; the first coverage of the plate where none is said. H3 cells have no kind.
    pub kind: Option<GridKind>,
    /// Only what is in the grids of any level and kind with this code: grids that lie in them, or of each H3 cell the part that
    /// does.
    pub within: Option<String>,
    /// Also by the values of this attribute of the records of a layer; `person.status`, `enterprise.status` and
    /// `LAYER.status` tell apart what several have.
    pub by: Option<String>,
}

/// What statistics are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Areas {
    /// The grids of a level.
    Level(Level),
    /// The H3 cells of a resolution, 5 to 10.
    Cells(u8),
}

/// Why there are no such statistics.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatsError {
    /// The plate has no grids of the kind.
    #[error("there are no grids of the kind '{kind}'; the plate has: {known}")]
    Kind {
        /// The kind that was asked for.
        kind: GridKind,
        /// The kinds that there are.
        known: String,
    },
    /// The kind does not have the level.
    #[error("the kind '{kind}' has no grids of the level {level}; it has: {known}")]
    Level {
        /// The kind that was asked for.
        kind: GridKind,
        /// The level that was asked for.
        level: Level,
        /// The levels there are.
        known: String,
    },
    /// No grid has the code.
    #[error("no grid has the code '{0}'")]
    Within(String),
    /// The attribute is not in the plate.
    #[error("there is no attribute '{name}'; the plate has: {known}")]
    Attribute {
        /// The attribute that was asked for.
        name: String,
        /// The attributes that there are.
        known: String,
    },
    /// The plate has no such layer of records.
    #[error("there is no layer '{name}' whose records are counted one by one; the plate has: {known}")]
    Layer {
        /// The layer that was asked for.
        name: String,
        /// The layers that there are.
        known: String,
    },
    /// The layer has no such class.
    #[error("there is no class '{name}'; name it from the top down, separated by /; at the top there are: {known}")]
    Class {
        /// The class that was asked for.
        name: String,
        /// The classes at the top.
        known: String,
    },
    /// The layer has no such attribute that could be added up.
    #[error(
        "layer '{layer}' has no attribute '{name}' that can be added up; those with numbers or yes and no are: {known}"
    )]
    Value {
        /// The attribute that was asked for.
        name: String,
        /// The layer.
        layer: String,
        /// The attributes that can be added up.
        known: String,
    },
    /// The records of the layer have no time.
    #[error("the records of layer '{0}' have no time: it cannot be counted by period or between two times")]
    Undated(String),
    /// The answer would be too long.
    #[error(
        "{wanted} numbers of areas, classes and periods are more than {most}: ask for larger areas, fewer classes or longer periods"
    )]
    TooMany {
        /// As many numbers as were asked for.
        wanted: usize,
        /// As many as an answer can have.
        most: usize,
    },
    /// A time cannot be read.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// The resolution is not counted.
    #[error("H3 cells are counted at the resolutions 5 to 10, not {0}")]
    Resolution(u8),
}

/// An area and what is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct StatsRow {
    /// The code of the grid, or the cell in hexadecimal.
    pub code: String,
    /// The name of the grid.
    pub name: Option<String>,
    /// How large the grid or the cell is, square metres.
    pub area_m2: f64,
    /// What is in it.
    pub counts: Counts,
    /// The same by category, in the order of [`Stats::categories`].
    pub by: Option<Vec<u32>>,
    /// Whether the numbers by category are estimates: the area holds a part of what was counted together, or its people were counted anew
    /// since their categories were.
    pub by_estimated: Option<bool>,
}

/// Statistics.
#[derive(Debug, Clone, PartialEq)]
pub struct Stats {
    /// The generation that answered.
    pub generation: String,
    /// As many persons as are told of together at least.
    pub suppress_below: u32,
    /// The release that the counts of people are of; null where people are not counted.
    pub people_release: Option<PeopleRelease>,
    /// What is counted by category.
    pub entity: Option<Entity>,
    /// The values of the attribute; an empty one stands for "not said", and of people `other` for all that too few have.
    pub categories: Vec<String>,
    /// The areas: grids by code, cells by index.
    pub rows: Vec<StatsRow>,
}

/// The resolution with a number, if its cells are counted.
fn counted_resolution(number: u8) -> Result<Resolution, StatsError> {
    let resolution = Resolution::try_from(number).ok().filter(|resolution| CELL_RESOLUTIONS.contains(resolution));
    resolution.ok_or(StatsError::Resolution(number))
}

/// An area as answers have it.
fn tenths(area_m2: f64) -> f64 {
    (area_m2 * 10.0).round() / 10.0
}

/// An attribute of the records of a layer.
struct Attribute<'a> {
    layer: Layer<'a>,
    /// Its place among the categories of the layer.
    at: usize,
    /// The names of its categories; an empty one stands for "not said".
    categories: Vec<String>,
}

impl Attribute<'_> {
    fn width(&self) -> usize {
        self.categories.len()
    }

    /// The category of a record of its layer.
    fn category(&self, record: &Record<'_>) -> usize {
        let word = record.category_number(self.at);
        let not_said = self.width() - 1;
        word.map_or(not_said, |word| usize::from(word).min(not_said))
    }

    /// Whether it is counted in blocks of persons.
    fn is_in_blocks(&self) -> bool {
        self.layer.counting() == Counting::Blocks
    }
}

/// Counts by category for some areas.
struct Breakdown {
    /// Whether what is counted are blocks of persons.
    is_in_blocks: bool,
    categories: Vec<String>,
    of_area: HashMap<u64, Vec<u32>>,
    /// Areas whose numbers are estimates.
    estimated: HashSet<u64>,
}

impl Breakdown {
    /// The counts of an area; zeros where nothing was counted.
    fn of(&self, area: u64) -> Vec<u32> {
        self.of_area.get(&area).cloned().unwrap_or_else(|| vec![0; self.categories.len()])
    }

    /// Whether the counts of an area are estimates; those of people are where the number of people is one.
    fn is_estimated(&self, area: u64, people_estimated: bool) -> bool {
        self.is_in_blocks && people_estimated || self.estimated.contains(&area)
    }
}

impl Baseplate {
    /// Counts of every area of a level or resolution. Counts of people are those of the last release, and `None` where none was made.
    ///
    /// # Errors
    /// When the query names a grid, an attribute or a resolution that the plate does not have.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{Areas, Level, StatsQuery};
    ///
    /// let areas = Areas::Level(Level::Community);
    /// let stats = plate.stats(&StatsQuery { areas, kind: None, within: None, by: Some("industry".to_owned()) })?;
    /// for row in &stats.rows {
    ///     println!("{}: {:?} by {:?}", row.code, row.by, stats.categories);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stats(&self, query: &StatsQuery) -> Result<Stats, StatsError> {
        let within = query.within.as_ref().map(|code| self.grids_of_code(code)).transpose()?;
        let attribute = query.by.as_deref().map(|name| self.attribute(name)).transpose()?;
        let (rows, categories) = match query.areas {
            Areas::Level(_) => self.level_stats(query, within.as_deref(), attribute.as_ref())?,
            Areas::Cells(resolution) => self.cell_stats(resolution, within.as_deref(), attribute.as_ref())?,
        };
        Ok(Stats {
            generation: self.manifest().generation.clone(),
            suppress_below: self.manifest().suppress_below,
            people_release: self.manifest().people_release.clone(),
            entity: attribute.map(|a| a.layer.entity()),
            categories,
            rows,
        })
    }

    /// All grids with a code: in some cities a district and a community have the same.
    fn grids_of_code(&self, code: &str) -> Result<Vec<Grid<'_>>, StatsError> {
        let grids: Vec<_> = self.grids_with_code(code).collect();
        if grids.is_empty() { Err(StatsError::Within(code.to_owned())) } else { Ok(grids) }
    }

    fn cell_stats(
        &self,
        number: u8,
        within: Option<&[Grid<'_>]>,
        attribute: Option<&Attribute<'_>>,
    ) -> Result<(Vec<StatsRow>, Vec<String>), StatsError> {
        let resolution = counted_resolution(number)?;
        let categories = attribute.map(|attribute| attribute.categories.clone()).unwrap_or_default();
        let rows = match within {
            Some(grids) => self.cell_rows_within(resolution, grids, attribute),
            None => {
                let breakdown = attribute.map(|attribute| match attribute.layer.counting() {
                    Counting::Blocks => self.people_by_cell(attribute, resolution),
                    Counting::Records => attribute.by_cell(resolution),
                });
                self.cell_rows(resolution, breakdown.as_ref())
            }
        };
        Ok((rows, categories))
    }

    fn attribute(&self, name: &str) -> Result<Attribute<'_>, StatsError> {
        let known = || self.layers().flat_map(|layer| layer.categories().map(move |at| (layer, at)));
        let is = |(layer, (_, info)): &(Layer<'_>, (usize, &AttributeInfo))| {
            let of = |owner: &str| name.strip_prefix(owner).and_then(|n| n.strip_prefix('.')) == Some(&info.name);
            info.name == name || of(layer.owner()) || of(layer.id())
        };
        let Some((layer, (at, info))) = known().find(is) else {
            let known: Vec<_> = known().map(|(layer, (_, info))| format!("{}.{}", layer.owner(), info.name)).collect();
            return Err(StatsError::Attribute { name: name.to_owned(), known: known.join(", ") });
        };
        let not_said = (layer.counting() == Counting::Records).then(String::new);
        Ok(Attribute { layer, at, categories: info.categories.iter().cloned().chain(not_said).collect() })
    }

    /// Counts by category of the grids of all levels of the first kind.
    fn breakdown_by_grid(&self, attribute: &Attribute<'_>) -> Breakdown {
        let of_attribute = attribute.layer.category_counts(attribute.at);
        let (categories, counts) = without_empty(&attribute.categories, of_attribute.map_or(&[], |of| &of.counts));
        let rows = counts.chunks_exact(categories.len().max(1)).map(<[u32]>::to_vec);
        let areas: Vec<u64> = self.first_kind().iter().map(|grid| grid.row().into()).collect();
        let estimated = areas.iter().zip(of_attribute.iter().flat_map(|of| of.estimated.iter()));
        let estimated = estimated.filter(|(_, flag)| **flag != 0).map(|(area, _)| *area).collect();
        let of_area = areas.into_iter().zip(rows).collect();
        Breakdown { is_in_blocks: attribute.is_in_blocks(), categories, of_area, estimated }
    }
}

/// The categories without those in which nothing is counted anywhere.
fn without_empty(categories: &[String], counts: &[u32]) -> (Vec<String>, Vec<u32>) {
    let width = categories.len().max(1);
    let used: Vec<bool> = (0..width).map(|c| counts.iter().skip(c).step_by(width).any(|n| *n > 0)).collect();
    let names = categories.iter().cloned().zip(&used).filter(|(_, used)| **used).map(|(name, _)| name).collect();
    let numbers = counts.chunks_exact(width).flat_map(|row| row.iter().zip(&used));
    (names, numbers.filter(|(_, used)| **used).map(|(n, _)| *n).collect())
}
