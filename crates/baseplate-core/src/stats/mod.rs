//! Statistics: how many buildings, addresses, people and enterprises are in each grid of a level or each H3 cell.

mod cells;
mod kinds;
mod suppress;

pub(crate) use suppress::{Atom, Family, publishable, publishable_pair};

use crate::{
    answer::Counts,
    model::{Entity, GridKind, Level},
    plate::{Baseplate, Enterprise, Grid, HIDDEN},
    spatial::{CELL_RESOLUTIONS, PEOPLE_FINEST},
};
use h3o::Resolution;
use serde::Serialize;
use std::collections::HashMap;

/// Which statistics are asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct StatsQuery {
    /// Of which areas.
    pub areas: Areas,
    /// The kind of the grids of a level; the first coverage of the plate where none is said. H3 cells have no kind.
    pub kind: Option<GridKind>,
    /// Only what is in the grids of any level and kind with this code: grids that lie in them, or of each H3 cell the part that
    /// does. People of a cell that the border cuts are `None`.
    pub within: Option<String>,
    /// Also by the values of this attribute of people or enterprises; `person.status` and `enterprise.status` tell apart what
    /// both have.
    pub by: Option<String>,
}

/// What statistics are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Areas {
    /// The grids of a level.
    Level(Level),
    /// The H3 cells of a resolution, 5 to 10 (people: 5 to 9).
    Cells(u8),
}

/// Why there are no such statistics.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatsError {
    /// The plate has no grids of the kind.
    #[error("there are no grids of the kind '{kind}'; the plate has: {known}")]
    Kind {
        /// What was asked for.
        kind: GridKind,
        /// What there is.
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
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The resolution is not counted.
    #[error("H3 cells are counted at the resolutions 5 to 10, not {0}")]
    Resolution(u8),
    /// People by category and cell would give small counts away.
    #[error("people are counted by category in grids only: choose a level instead of H3 cells")]
    PeopleByCell,
}

/// An area and what is in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StatsRow {
    /// The code of the grid, or the cell in hexadecimal.
    pub code: String,
    /// The name of the grid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub name: Option<String>,
    /// How large the grid or the cell is, square metres.
    pub area_m2: f64,
    /// What is in it.
    #[serde(flatten)]
    pub counts: Counts,
    /// The same by category, in the order of [`Stats::categories`]; null where the numbers may not be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub by: Option<Vec<Option<u32>>>,
}

/// Statistics.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Stats {
    /// The generation that answered.
    pub generation: String,
    /// Counts of people below this are not shown, nor what would give them back.
    pub suppress_below: u32,
    /// What is counted by category.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub entity: Option<Entity>,
    /// The values of the attribute; an empty one stands for "not said".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// What to know about the numbers, such as that people are not counted for such areas.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub note: Option<String>,
    /// The areas: grids by code, cells by index.
    pub rows: Vec<StatsRow>,
}

/// An area as answers have it.
fn tenths(area_m2: f64) -> f64 {
    (area_m2 * 10.0).round() / 10.0
}

/// An attribute of people or enterprises.
struct Attribute {
    entity: Entity,
    index: usize,
    words: Vec<String>,
}

impl Attribute {
    /// How many categories it has, "not said" with them.
    fn width(&self) -> usize {
        self.words.len() + 1
    }

    /// Their names; that of "not said", the last, is empty.
    fn categories(&self) -> Vec<String> {
        self.words.iter().cloned().chain([String::new()]).collect()
    }

    /// The category of an enterprise.
    fn category(&self, plate: &Baseplate, enterprise: &Enterprise<'_>) -> usize {
        let word = enterprise.attribute_number(self.index - plate.manifest().person_attributes.len());
        word.map_or(self.words.len(), |word| usize::from(word).min(self.words.len()))
    }
}

/// Counts by category for some areas.
struct Breakdown {
    categories: Vec<String>,
    of_area: HashMap<u64, Vec<Option<u32>>>,
}

impl Breakdown {
    /// The counts of an area; zeros where nothing was counted.
    fn of(&self, area: u64) -> Vec<Option<u32>> {
        self.of_area.get(&area).cloned().unwrap_or_else(|| vec![Some(0); self.categories.len()])
    }
}

impl Baseplate {
    /// Counts of every area of a level or resolution. Counts of people that could identify somebody are `None`.
    ///
    /// # Errors
    /// When the query names a grid, an attribute or a resolution that the plate does not have.
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
            entity: attribute.map(|a| a.entity),
            categories,
            note: self.note(query),
            rows,
        })
    }

    /// All grids with a code: in some cities a district and a community have the same.
    fn grids_of_code(&self, code: &str) -> Result<Vec<Grid<'_>>, StatsError> {
        let grids: Vec<_> = self.grids_with_code(code).collect();
        if grids.is_empty() { Err(StatsError::Within(code.to_owned())) } else { Ok(grids) }
    }

    /// What to know about the numbers.
    fn note(&self, query: &StatsQuery) -> Option<String> {
        match query.areas {
            Areas::Cells(resolution) if resolution > PEOPLE_FINEST.into() && self.manifest().rows.people > 0 => {
                Some(format!("people are counted by H3 cell at the resolutions 5 to 9, not at {resolution}"))
            }
            Areas::Level(_) if !self.is_first_kind(query.kind.as_ref()) && self.manifest().rows.people > 0 => Some(
                "people are counted for grids of the first kind only: the borders of several kinds cross".to_owned(),
            ),
            _ => None,
        }
    }

    fn cell_stats(
        &self,
        number: u8,
        within: Option<&[Grid<'_>]>,
        attribute: Option<&Attribute>,
    ) -> Result<(Vec<StatsRow>, Vec<String>), StatsError> {
        let resolution = Resolution::try_from(number).ok().filter(|resolution| CELL_RESOLUTIONS.contains(resolution));
        let resolution = resolution.ok_or(StatsError::Resolution(number))?;
        if attribute.is_some_and(|a| a.entity == Entity::Person) {
            return Err(StatsError::PeopleByCell);
        }
        let categories = attribute.map(Attribute::categories).unwrap_or_default();
        let rows = match within {
            Some(grids) => self.cell_rows_within(resolution, grids, attribute),
            None => {
                let breakdown = attribute.map(|attribute| self.enterprises_by_cell(attribute, resolution));
                self.cell_rows(resolution, breakdown.as_ref())
            }
        };
        Ok((rows, categories))
    }

    fn attribute(&self, name: &str) -> Result<Attribute, StatsError> {
        let known: Vec<_> = self.attribute_columns().collect();
        let is = |(entity, attribute, _): &&(Entity, &str, &[String])| {
            *attribute == name
                || name.strip_prefix(entity.as_str()).and_then(|n| n.strip_prefix('.')) == Some(attribute)
        };
        let Some((entity, attribute, words)) = known.iter().find(is) else {
            let known: Vec<_> = known.iter().map(|(entity, name, _)| format!("{entity}.{name}")).collect();
            return Err(StatsError::Attribute { name: name.to_owned(), known: known.join(", ") });
        };
        let index = known.iter().position(|(e, a, _)| e == entity && a == attribute).unwrap_or_default();
        Ok(Attribute { entity: *entity, index, words: words.to_vec() })
    }

    /// Counts by category of the grids of all levels.
    fn breakdown_by_grid(&self, attribute: &Attribute) -> Breakdown {
        let (categories, counts) = without_empty(&attribute.words, &self.category_counts(attribute.index));
        let shown = |n: &u32| (*n != HIDDEN).then_some(*n);
        let rows = counts.chunks_exact(categories.len().max(1)).map(|row| row.iter().map(shown).collect());
        let of_area = self.first_kind().iter().map(|grid| grid.row().into()).zip(rows).collect();
        Breakdown { categories, of_area }
    }
}

/// The categories, "not said" with an empty name at the end, without those in which nothing is counted anywhere.
fn without_empty(words: &[String], counts: &[u32]) -> (Vec<String>, Vec<u32>) {
    let width = words.len() + 1;
    let used: Vec<bool> = (0..width).map(|c| counts.iter().skip(c).step_by(width).any(|n| *n > 0)).collect();
    let names = words.iter().cloned().chain([String::new()]);
    let names = names.zip(&used).filter(|(_, used)| **used).map(|(name, _)| name).collect();
    let numbers = counts.chunks_exact(width).flat_map(|row| row.iter().zip(&used));
    (names, numbers.filter(|(_, used)| **used).map(|(n, _)| *n).collect())
}
