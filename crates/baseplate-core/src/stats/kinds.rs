//! Which grids are counted: those of a kind and level, and of these the ones that lie in another grid.

use super::{Areas, Attribute, Breakdown, StatsError, StatsQuery, StatsRow};
use crate::{
    coverage::lies_in,
    model::{EnterpriseRole, Entity, GridKind, Level},
    plate::{Baseplate, Enterprise, Grid},
    spatial::Bbox,
};
use geo::MultiPolygon;
use std::collections::HashMap;

impl Baseplate {
    /// The levels that a kind of grids has, from the ground up; none if the plate has no such kind.
    pub fn levels(&self, kind: &GridKind) -> Vec<Level> {
        Level::ALL.into_iter().filter(|level| !self.level_rows(kind, *level).is_empty()).collect()
    }

    /// The level that is counted where none is said: communities if the kind has them, else its finest level. Without a kind
    /// that of the first coverage.
    pub fn usual_level(&self, kind: Option<&GridKind>) -> Level {
        let levels = self.kind_or_first(kind).map(|kind| self.levels(kind)).unwrap_or_default();
        let has_communities = levels.contains(&Level::Community);
        levels.first().copied().filter(|_| !has_communities).unwrap_or(Level::Community)
    }

    fn kind_or_first<'k>(&'k self, kind: Option<&'k GridKind>) -> Option<&'k GridKind> {
        kind.or_else(|| self.manifest().coverages.first().map(|first| &first.kind))
    }

    pub(super) fn is_first_kind(&self, kind: Option<&GridKind>) -> bool {
        let first = self.manifest().coverages.first();
        kind.is_none_or(|kind| first.is_some_and(|first| first.kind == *kind))
    }

    /// The grids that a query is about; none where it is about H3 cells, or the plate has no grids at all.
    pub(super) fn counted_grids(&self, query: &StatsQuery) -> Result<Vec<Grid<'_>>, StatsError> {
        if let Some(kind) = query.kind.as_ref().filter(|kind| self.coverage(kind).is_none()) {
            let known =
                self.manifest().coverages.iter().map(|coverage| coverage.kind.as_str()).collect::<Vec<_>>().join(", ");
            return Err(StatsError::Kind { kind: kind.clone(), known });
        }
        let (Areas::Level(level), Some(kind)) = (query.areas, self.kind_or_first(query.kind.as_ref())) else {
            return Ok(Vec::new());
        };
        let grids = self.grids_at(kind, level);
        if grids.is_empty() {
            let known = self.levels(kind).iter().map(|level| level.as_str()).collect::<Vec<_>>().join(", ");
            return Err(StatsError::Level { kind: kind.clone(), level, known });
        }
        Ok(grids)
    }

    pub(super) fn grid_rows(
        &self,
        grids: Vec<Grid<'_>>,
        within: Option<Grid<'_>>,
        by: impl Fn(u64) -> Option<Vec<Option<u32>>>,
    ) -> Vec<StatsRow> {
        let within = within.map(Above::of);
        let row = |grid: Grid<'_>| StatsRow {
            code: grid.code().to_owned(),
            name: Some(grid.name().to_owned()),
            counts: grid.into(),
            by: by(grid.row().into()),
        };
        grids.into_iter().filter(|grid| within.as_ref().is_none_or(|above| above.holds(*grid))).map(row).collect()
    }

    /// Counts by category of grids of a kind that is not the first. Enterprises are counted one by one; people are not shown,
    /// because the borders of several kinds cross.
    pub(super) fn breakdown_of_other_kind(&self, attribute: &Attribute, grids: &[Grid<'_>]) -> Breakdown {
        let categories: Vec<String> = attribute.words.iter().cloned().chain([String::new()]).collect();
        let hidden = || grids.iter().map(|grid| (grid.row().into(), vec![None; categories.len()])).collect();
        let kind = grids.first().and_then(|grid| grid.kind());
        let of_area = match (attribute.entity, kind) {
            (Entity::Enterprise, Some(kind)) => self.enterprises_by_grid(attribute, &kind),
            _ => hidden(),
        };
        Breakdown { categories, of_area }
    }

    /// Enterprises by category, of the grids of all levels of a kind.
    fn enterprises_by_grid(&self, attribute: &Attribute, kind: &GridKind) -> HashMap<u64, Vec<Option<u32>>> {
        let width = attribute.words.len() + 1;
        let index = attribute.index - self.manifest().person_attributes.len();
        let mut ground: HashMap<u32, Vec<u32>> = HashMap::new();
        let registered = |e: &Enterprise<'_>| e.role() == Some(EnterpriseRole::Registered);
        for enterprise in self.linked_enterprises().filter(registered) {
            let Some(grid) = enterprise.address().and_then(|address| address.grid(kind)) else { continue };
            let word = enterprise.attribute_number(index).map_or(width - 1, |word| usize::from(word).min(width - 1));
            ground.entry(grid.row()).or_insert_with(|| vec![0; width])[word] += 1;
        }
        let mut of_area: HashMap<u64, Vec<Option<u32>>> = HashMap::new();
        for (row, numbers) in ground {
            let chain = self.grid_row(row).into_iter().flat_map(|grid| grid.chain());
            for area in chain.filter(|area| area.kind().as_ref() == Some(kind)) {
                let sums = of_area.entry(area.row().into()).or_insert_with(|| vec![Some(0); width]);
                sums.iter_mut().zip(&numbers).for_each(|(sum, n)| *sum = sum.map(|sum| sum + n));
            }
        }
        of_area
    }
}

/// A grid in which others may lie.
struct Above<'a> {
    grid: Grid<'a>,
    kind: Option<GridKind>,
    bbox: Option<Bbox>,
    area: Option<MultiPolygon<f64>>,
}

impl<'a> Above<'a> {
    fn of(grid: Grid<'a>) -> Self {
        Self { grid, kind: grid.kind(), bbox: grid.bbox(), area: grid.area() }
    }

    /// Whether a grid lies in it: its chain says so, or, where the two are of different kinds, nearly all of its area does.
    fn holds(&self, grid: Grid<'_>) -> bool {
        grid.chain().any(|above| above == self.grid) || (grid.kind() != self.kind && self.covers(grid))
    }

    fn covers(&self, grid: Grid<'_>) -> bool {
        let is_near = grid.bbox().zip(self.bbox).is_some_and(|(one, other)| one.intersection(other).is_some());
        let areas = || grid.area().zip(self.area.as_ref());
        is_near && areas().is_some_and(|(area, above)| lies_in(&area, above))
    }
}
