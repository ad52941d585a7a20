//! Checking what is few enough to be looked at whenever a plate is opened.

use super::{
    handle::{Baseplate, Inner},
    layer::Layer,
    people_files::PeopleFiles,
    record_table::OpenedLayer,
};
use crate::store::{
    Counting, CoverageInfo, LayerInfo, OpenError,
    layer_counts::CategoryCounts,
    names::{BY_ADDRESS, layer_counts_file, record_areas_file, record_grids_file, records_file},
};
use std::{borrow::Cow, collections::HashSet, fmt};

/// What is wrong, and where.
pub(super) struct Wrong {
    pub(super) file: Cow<'static, str>,
    pub(super) reason: String,
}

pub(super) type Checked = Result<(), Wrong>;

pub(super) fn wrong(file: impl Into<Cow<'static, str>>, row: impl fmt::Display, what: &str) -> Wrong {
    Wrong { file: file.into(), reason: format!("row {row}: {what}") }
}

pub(super) fn check(holds: bool, file: impl Into<Cow<'static, str>>, row: u32, what: &str) -> Checked {
    if holds { Ok(()) } else { Err(wrong(file, row, what)) }
}

/// A box on Earth with its sides in order.
pub(super) fn is_place([west, south, east, north]: [f64; 4]) -> bool {
    -180.0 <= west && west <= east && east <= 180.0 && -90.0 <= south && south <= north && north <= 90.0
}

impl Inner {
    /// What the manifest says of rows is so; else loops over rows would have no bound.
    pub(super) fn check_manifest(&self) -> Result<(), OpenError> {
        let rows = &self.manifest.rows;
        let tables = [
            ("grids.arrow", rows.grids, self.grids.rows),
            ("buildings.arrow", rows.buildings, self.buildings.rows),
            ("addresses.arrow", rows.addresses, self.addresses.rows),
        ];
        let of_layer = |(info, opened): (&LayerInfo, &OpenedLayer)| {
            opened.records.as_ref().map(|records| (records_file(&info.id), info.rows, records.columns.rows))
        };
        let layers = self.manifest.layers.iter().zip(&self.layers).filter_map(of_layer);
        for (file, said, found) in tables.into_iter().map(|(f, n, m)| (f.to_owned(), n, m)).chain(layers) {
            if said != found as u64 || u32::try_from(found).is_err() {
                let reason = format!("it has {found} rows where the manifest says {said}");
                return Err(self.damaged(Wrong { file: file.into(), reason }));
            }
        }
        let ids: HashSet<&str> = self.manifest.layers.iter().map(|layer| layer.id.as_str()).collect();
        if ids.len() < self.manifest.layers.len() {
            let reason = "two of its layers are called the same".to_owned();
            return Err(self.damaged(Wrong { file: "plate.json".into(), reason }));
        }
        let grids = self.grids.rows;
        let fits = |c: &CoverageInfo| c.rows().end as usize <= grids && c.rows().len() == c.grids as usize;
        let place = self.manifest.bbox.is_none_or(|bbox| is_place(bbox.0));
        if place && self.manifest.coverages.iter().all(fits) {
            return Ok(());
        }
        Err(self.damaged(Wrong { file: "plate.json".into(), reason: "its box or its coverages cannot be".to_owned() }))
    }

    pub(super) fn damaged(&self, Wrong { file, reason }: Wrong) -> OpenError {
        OpenError::Damaged { path: self.dir.join(&*file), reason }
    }
}

impl Baseplate {
    /// What is few enough to be looked at whenever a plate is opened: every grid has a code, a name, a kind and a level, and what is
    /// counted of a layer is counted for every grid.
    pub(super) fn check_at_open(&self) -> Result<(), OpenError> {
        let checked = self.check_words().and_then(|()| self.layers().try_for_each(|layer| self.check_layer(layer)));
        checked.map_err(|wrong| self.0.damaged(wrong))
    }

    fn check_words(&self) -> Checked {
        const FILE: &str = "grids.arrow";
        let table = &self.0.grids;
        for row in 0..table.rows as u32 {
            check(table.code.get(row).is_some(), FILE, row, "its code cannot be read")?;
            check(table.name.get(row).is_some(), FILE, row, "its name cannot be read")?;
            let grid = self.grid_row(row).ok_or_else(|| wrong(FILE, row, "it is not there"))?;
            check(grid.kind().is_some() && grid.level().is_some(), FILE, row, "kind or level is unknown")?;
        }
        Ok(())
    }

    /// What is counted of a layer is counted for every grid, and every row with a point alone has its grids.
    fn check_layer(&self, layer: Layer<'_>) -> Checked {
        let (grids, of_first_kind) = (self.0.grids.rows, self.first_kind().len());
        let file = || Cow::from(layer_counts_file(layer.id()));
        let in_blocks = layer.counting() == Counting::Blocks;
        let fits = layer.counts().fits(if in_blocks { 0 } else { grids });
        check(fits, file(), 0, "there is not one number for each grid and cell, or they are not in order")?;
        // Where records are counted one by one the last number is "not said".
        let (not_said, estimated) = if in_blocks { (0, of_first_kind) } else { (1, 0) };
        layer.stored().categories().enumerate().try_for_each(|(place, attribute)| {
            let numbers = of_first_kind * (attribute.categories.len() + not_said);
            let holds = |of: &CategoryCounts| of.counts.len() == numbers && of.estimated.len() == estimated;
            let name = &attribute.name;
            let reason = format!("the counts of attribute '{name}' are not those of {of_first_kind} grids");
            let is_whole = layer.category_counts(place).is_some_and(holds);
            is_whole.then_some(()).ok_or_else(|| Wrong { file: file(), reason })
        })?;
        let Some(records) = layer.records_table() else { return Ok(()) };
        let holds =
            records.grids.as_ref().is_none_or(|grids| records.built as usize + grids.rows <= records.columns.rows);
        check(holds, record_grids_file(layer.id()), 0, "it has more rows than there are points")?;
        let (first, areas) = (records.pointed() as usize, records.areas.as_ref().map_or(0, |areas| areas.rows));
        check(
            first + areas <= records.columns.rows,
            record_areas_file(layer.id()),
            0,
            "it has more rows than there are",
        )
    }

    /// What is about single persons has a range of rows for each address.
    pub(super) fn check_people_at_open(&self, files: &PeopleFiles) -> Result<(), OpenError> {
        let holds = files.starts.len() == self.0.addresses.rows + 1;
        let checked = check(holds, BY_ADDRESS, 0, "there is not one range for each address");
        checked.map_err(|wrong| self.0.damaged(wrong))
    }
}
