//! Grids that were decided for buildings, whatever geometry says.
//!
//! A row names a building and a grid of the finest level of some kind, by code. What is not there is an
//! issue and a rejected row. All decisions are kept in a table of their own; the grid of the building
//! follows the last one.
//!
//! They are applied when geometry has given every building its grids, and before anything is counted, so
//! that counts and addresses follow them.

use super::{
    building_table::{BuildingTable, Override},
    context::Context,
    error::BuildError,
    log::Log,
    source_rows::source_info,
};
use crate::{
    code::{GridCode, fold_code},
    model::Entity,
    quality::{Form, Issue, Rule},
    source::{Columns, OverrideSource, Row, RowRemark, inspect, read_rows},
};
use std::collections::HashMap;

/// Rows of buildings and of located grids, by code, as overrides name them.
struct Rows<'a> {
    /// The rows of the buildings.
    buildings: HashMap<&'a str, u32>,
    /// The rows of the grids of the coverages.
    grids: HashMap<&'a str, u32>,
}

impl Context<'_> {
    /// Reads the overrides and puts their grids instead of those that geometry gave.
    ///
    /// # Errors
    /// When a source cannot be read or is of no use as a whole.
    pub(super) fn apply_overrides(&self, table: &mut BuildingTable, log: &mut Log) -> Result<(), BuildError> {
        if self.spec.overrides.is_empty() {
            return Ok(());
        }
        let located = self.coverages.iter().flat_map(|c| c.info.rows());
        let grids = located.map(|row| (self.grids.drafts[row as usize].code.as_str(), row));
        // Where two coverages share a code the first, `basic`, is meant.
        let grids = grids.collect::<Vec<_>>().into_iter().rev().collect();
        let rows = Rows { buildings: table.rows_by_code(), grids };
        let mut overrides = Vec::new();
        for source in &self.spec.overrides {
            read(source, &rows, &mut overrides, log)?;
        }
        overrides.sort_by_key(|o: &Override| o.building);
        // Of two for one building the later wins.
        for o in &overrides {
            let coverage = self.coverages.iter().position(|c| c.info.rows().contains(&o.grid));
            if let Some(coverage) = coverage {
                table.grids[o.building as usize][coverage] = Some(o.grid);
            }
        }
        table.overrides = overrides;
        Ok(())
    }
}

/// Reads one source of overrides. A row needs a code of a building and a code of a grid that are there;
/// reason and approval are kept as they are written, and may be empty.
fn read(
    source: &OverrideSource,
    rows: &Rows<'_>,
    overrides: &mut Vec<Override>,
    log: &mut Log,
) -> Result<(), BuildError> {
    let file = &source.file;
    let mut columns = Columns::of(&source.building);
    let building = columns.want(&source.building);
    let grid = columns.want_code(&source.grid);
    let reason = columns.want_if(source.reason.as_deref());
    let approved_by = columns.want_if(source.approved_by.as_deref());
    let inspection = inspect(file)?;
    let number = log.begin(source_info("override", file, &inspection, None), &columns);
    let take = |row: Row, log: &mut Log| -> Result<Override, RowRemark> {
        let building_code = fold_code(row.cell(building).unwrap_or_default());
        let grid_text = row.cell(grid).unwrap_or_default();
        let fail = |e| RowRemark::new(row.number, &source.grid, grid_text, format!("no grid code: {e}"));
        let grid_code: GridCode = grid_text.parse().map_err(fail)?;
        let mut need = |found: Option<u32>, column: &str, code: &str, missing: Form, reason: &str| {
            found.ok_or_else(|| {
                let issue = Issue::new(Rule::LinkDangling, &building_code, missing);
                log.issue(issue.about(Entity::Building).other(code));
                RowRemark::new(row.number, column, code, reason)
            })
        };
        let found = rows.buildings.get(&*building_code).copied();
        let found_grid = rows.grids.get(grid_code.as_str()).copied();
        let cell = |index: Option<usize>| index.and_then(|i| row.cell(i)).map(str::to_owned);
        Ok(Override {
            building: need(
                found,
                &source.building,
                &building_code,
                Form::OverrideBuilding,
                "no such building in the plate",
            )?,
            grid: need(
                found_grid,
                &source.grid,
                grid_code.as_str(),
                Form::OverrideGrid,
                "no grid of the finest level has this code",
            )?,
            reason: cell(reason),
            approved_by: cell(approved_by),
        })
    };
    let notes = read_rows(file, &inspection, &columns, &mut |read| {
        log.found(number, &read);
        match read.and_then(|row| take(row, log)) {
            Ok(found) => {
                log.source(number).used += 1;
                log.source(number).linked += 1;
                overrides.push(found);
            }
            Err(reject) => log.reject(number, &reject),
        }
    })?;
    log.notes.extend(notes);
    log.check_usable(number, file)
}
