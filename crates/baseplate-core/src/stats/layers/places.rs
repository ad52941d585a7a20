//! Which areas are counted, and in which of them a record lies.

use super::query::LayerQuery;
use crate::stats::{Areas, StatsError, StatsQuery, cells::Within, counted_resolution, kinds::Above};
use crate::{
    model::GridKind,
    plate::{Baseplate, Grid, GridFinder, Layer},
    spatial::CellFinder,
};
use h3o::{CellIndex, Resolution};
use std::collections::{HashMap, HashSet};

/// The place for "in none of them".
const NONE: u32 = u32::MAX;
/// The place of what lies somewhere in one or several of them.
const ABOVE: u32 = u32::MAX - 1;

/// Where a record lies among the areas that are counted.
pub(super) enum Spot {
    /// In one of them: its place, or the cell.
    In(u64),
    /// Only an area is known that is larger than they are.
    Above,
    /// In none of them.
    Elsewhere,
}

/// The areas that are counted.
pub(super) struct Places {
    /// Code and name of each.
    pub(super) areas: Vec<(String, Option<String>)>,
    /// The place of the coverage among those of the plate, and for each grid of its kind the area that it lies in, else [`ABOVE`] or
    /// [`NONE`]; `None` if the areas are no grids.
    of_grid: Option<(usize, Vec<u32>)>,
    /// The grids inside which is counted, if not everywhere: for some coverages whether each of their grids is.
    within: Option<Vec<(usize, Vec<bool>)>>,
    /// The resolution of cells.
    pub(super) resolution: Option<Resolution>,
}

impl Places {
    pub(super) fn of(plate: &Baseplate, query: &LayerQuery, within: Option<&[Grid<'_>]>) -> Result<Self, StatsError> {
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
        let coverages = &plate.manifest().coverages;
        let of_grid = areas.is_some().then(|| {
            let places: HashMap<u32, u32> = listed.iter().zip(0..).map(|(grid, place)| (grid.row(), place)).collect();
            let mut of_grid = vec![NONE; plate.manifest().rows.grids as usize];
            for grid in plate.levels(&kind).into_iter().flat_map(|level| plate.level_grids(&kind, level)) {
                let counted = grid.chain().find_map(|above| places.get(&above.row())).copied();
                let above = || is_inside(&grid).then_some(ABOVE);
                of_grid[grid.row() as usize] = counted.or_else(above).unwrap_or(NONE);
            }
            (coverages.iter().position(|coverage| coverage.kind == kind).unwrap_or(coverages.len()), of_grid)
        });
        // Grids are inside others as grids; whatever else is asked for is inside by the grids of each record.
        let within = within.filter(|_| areas.is_none()).map(|grids| {
            let of_kind = |(kind, rows): (GridKind, HashSet<u32>)| {
                let mut inside = vec![false; plate.manifest().rows.grids as usize];
                let above = plate.levels(&kind).into_iter().flat_map(|level| plate.level_grids(&kind, level));
                let rows_above = above.filter(|grid| grids.iter().any(|all| grid.chain().any(|one| one == *all)));
                rows.into_iter().chain(rows_above.map(|grid| grid.row())).for_each(|row| inside[row as usize] = true);
                (coverages.iter().position(|coverage| coverage.kind == kind).unwrap_or(coverages.len()), inside)
            };
            Within::of(plate, grids).into_kinds().map(of_kind).collect()
        });
        let whole = || vec![(query.within.clone().unwrap_or_default(), None)];
        let named = |grid: &Grid<'_>| (grid.code().to_owned(), Some(grid.name().to_owned()));
        let areas = if areas.is_some() { listed.iter().map(named).collect() } else { whole() };
        Ok(Self { areas, of_grid, within, resolution })
    }

    /// What finds the areas of the rows of a layer, for one thread.
    pub(super) fn finder<'p>(&'p self, layer: Layer<'p>) -> Finder<'p> {
        let of_grid = self.of_grid.as_ref();
        let within = self.within.iter().flatten();
        Finder {
            layer,
            pointed: layer.pointed_rows(),
            placed: layer.placed_rows(),
            of_grid: of_grid.and_then(|(coverage, areas)| Some((layer.grid_finder(*coverage)?, areas.as_slice()))),
            within: self.within.is_some().then(|| {
                within
                    .filter_map(|(coverage, inside)| Some((layer.grid_finder(*coverage)?, inside.as_slice())))
                    .collect()
            }),
            cells: self.resolution.map(CellFinder::new),
            last: None,
        }
    }
}

/// Finds the areas of rows; rows next to one another are expected to lie near one another.
pub(super) struct Finder<'p> {
    layer: Layer<'p>,
    /// Where the rows end that have an address, a building or a point, and where those end that lie in an area.
    pointed: u32,
    placed: u32,
    of_grid: Option<(GridFinder<'p>, &'p [u32])>,
    within: Option<Vec<(GridFinder<'p>, &'p [bool])>>,
    cells: Option<CellFinder>,
    /// The last address that was looked for in cells, and its cell.
    last: Option<(u32, Option<u64>)>,
}

impl Finder<'_> {
    /// Where a row lies, given the row of its address.
    #[inline]
    pub(super) fn area(&mut self, row: u32, address: Option<u32>) -> Spot {
        if let Some((ground, areas)) = &mut self.of_grid {
            let place = ground.grid(row, address).and_then(|grid| areas.get(grid as usize));
            return match place.copied().unwrap_or(NONE) {
                NONE => Spot::Elsewhere,
                ABOVE => Spot::Above,
                place => Spot::In(place.into()),
            };
        }
        if let Some(within) = &mut self.within {
            let is_inside = |(ground, inside): &mut (GridFinder<'_>, &[bool])| {
                ground.grid(row, address).is_some_and(|grid| inside.get(grid as usize) == Some(&true))
            };
            if !within.iter_mut().any(is_inside) {
                return Spot::Elsewhere;
            }
        }
        match self.cells {
            None => Spot::In(0),
            Some(_) if (self.pointed..self.placed).contains(&row) => Spot::Above,
            Some(_) => self.cell(row, address).map_or(Spot::Elsewhere, Spot::In),
        }
    }

    fn cell(&mut self, row: u32, address: Option<u32>) -> Option<u64> {
        if let (Some((before, cell)), Some(address)) = (self.last, address)
            && before == address
        {
            return cell;
        }
        let record = self.layer.any_record(row).filter(|_| row < self.placed);
        let (point, finer): (_, CellIndex) = record.and_then(|record| record.place())?;
        let cell = self.cells.as_mut()?.cell(point, finer).map(u64::from);
        self.last = address.map(|address| (address, cell));
        cell
    }
}
