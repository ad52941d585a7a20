//! Which grids are counted: those of a kind and level, and of these the ones that lie in another grid.

use super::{Areas, Attribute, Breakdown, StatsError, StatsQuery, StatsRow, tenths};
use crate::{
    coverage::lies_in,
    model::{GridKind, Level},
    plate::{Baseplate, Grid, Record},
    spatial::Bbox,
    store::Counting,
};
use geo::MultiPolygon;
use std::collections::{HashMap, HashSet};

impl Baseplate {
    /// The levels that a kind of grids has, from the ground up; none if the plate has no such kind.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{GridKind, Level};
    ///
    /// assert_eq!(plate.levels(&GridKind::basic()), Level::ALL);
    /// ```
    pub fn levels(&self, kind: &GridKind) -> Vec<Level> {
        Level::ALL.into_iter().filter(|level| !self.level_rows(kind, *level).is_empty()).collect()
    }

    /// The level that is counted where none is said: communities if the kind has them, else its finest level. Without a kind it is
    /// that of the first coverage.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Level;
    ///
    /// assert_eq!(plate.usual_level(None), Level::Community);
    /// ```
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

    /// The rows of the grids that a query is about, and the categories by which they are counted.
    pub(super) fn level_stats(
        &self,
        query: &StatsQuery,
        within: Option<&[Grid<'_>]>,
        attribute: Option<&Attribute<'_>>,
    ) -> Result<(Vec<StatsRow>, Vec<String>), StatsError> {
        let grids = self.counted_grids(query)?;
        let is_first = self.is_first_kind(query.kind.as_ref());
        let breakdown = attribute.map(|attribute| match is_first {
            true => self.breakdown_by_grid(attribute),
            false => self.breakdown_of_other_kind(attribute, &grids),
        });
        let rows = grid_rows(grids, within, breakdown.as_ref());
        Ok((rows, breakdown.map(|b| b.categories).unwrap_or_default()))
    }

    /// Counts by category of grids of a kind that is not the first: records one by one, people by blocks.
    fn breakdown_of_other_kind(&self, attribute: &Attribute<'_>, grids: &[Grid<'_>]) -> Breakdown {
        let kind = grids.first().and_then(|grid| grid.kind());
        let (of_area, estimated) = match (attribute.layer.counting(), kind) {
            (Counting::Blocks, Some(kind)) => self.people_by_grid(attribute, &kind),
            (Counting::Records, Some(kind)) => (self.records_by_grid(attribute, &kind), HashSet::new()),
            (_, None) => Default::default(),
        };
        let is_in_blocks = attribute.is_in_blocks();
        Breakdown { is_in_blocks, categories: attribute.categories.clone(), of_area, estimated }
    }

    /// Records by category, of the grids of all levels of a kind.
    fn records_by_grid(&self, attribute: &Attribute<'_>, kind: &GridKind) -> HashMap<u64, Vec<u32>> {
        let mut ground: HashMap<u32, Vec<u32>> = HashMap::new();
        for record in attribute.layer.placed_records().filter(Record::is_counted) {
            let Some(grid) = record.grid(kind) else { continue };
            let numbers = ground.entry(grid.row()).or_insert_with(|| vec![0; attribute.width()]);
            numbers[attribute.category(&record)] += 1;
        }
        let mut of_area: HashMap<u64, Vec<u32>> = HashMap::new();
        for (row, numbers) in ground {
            let chain = self.grid_row(row).into_iter().flat_map(|grid| grid.chain());
            for area in chain.filter(|area| area.kind().as_ref() == Some(kind)) {
                let sums = of_area.entry(area.row().into()).or_insert_with(|| vec![0; attribute.width()]);
                sums.iter_mut().zip(&numbers).for_each(|(sum, n)| *sum += n);
            }
        }
        of_area
    }
}

/// The rows of some grids, of those that lie in one of others if such are named.
fn grid_rows(grids: Vec<Grid<'_>>, within: Option<&[Grid<'_>]>, by: Option<&Breakdown>) -> Vec<StatsRow> {
    let within: Option<Vec<_>> = within.map(|grids| grids.iter().copied().map(Above::of).collect());
    let inside = |grid: &Grid<'_>| within.as_ref().is_none_or(|all| all.iter().any(|above| above.holds(*grid)));
    let row = |grid: Grid<'_>| StatsRow {
        code: grid.code().to_owned(),
        name: Some(grid.name().to_owned()),
        area_m2: tenths(grid.area_m2().unwrap_or_default()),
        counts: grid.into(),
        by: by.map(|breakdown| breakdown.of(grid.row().into())),
        by_estimated: by.map(|breakdown| breakdown.is_estimated(grid.row().into(), grid.is_estimated())),
    };
    grids.into_iter().filter(inside).map(row).collect()
}

/// A grid in which others may lie.
pub(super) struct Above<'a> {
    grid: Grid<'a>,
    kind: Option<GridKind>,
    bbox: Option<Bbox>,
    area: Option<MultiPolygon<f64>>,
}

impl<'a> Above<'a> {
    pub(super) fn of(grid: Grid<'a>) -> Self {
        Self { grid, kind: grid.kind(), bbox: grid.bbox(), area: grid.area() }
    }

    /// Whether a grid lies in it: its chain says so, or, where the two are of different kinds, nearly all of its area does.
    pub(super) fn holds(&self, grid: Grid<'_>) -> bool {
        grid.chain().any(|above| above == self.grid) || (grid.kind() != self.kind && self.covers(grid))
    }

    fn covers(&self, grid: Grid<'_>) -> bool {
        let is_near = grid.bbox().zip(self.bbox).is_some_and(|(one, other)| one.intersection(other).is_some());
        let areas = || grid.area().zip(self.area.as_ref());
        is_near && areas().is_some_and(|(area, above)| lies_in(&area, above))
    }
}
