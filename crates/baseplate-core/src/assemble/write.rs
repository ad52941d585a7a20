//! Writing tables and indexes.
//!
//! Each table is written as `schema/tables.rs` declares it, in batches whose rows are made on all threads.
//! Beside a table stand its look-ups: rows by code, and boxes by place. Layers of records are written as each is made (`layers.rs`, `write_records.rs`). What
//! depends on how grids are drawn stands in files of its own, so that files of buildings and addresses stay
//! the same when only grids change.
//!
//! Rows go into tables in the order that [`Tables`] has settled by now: where a table was read in another
//! order, `order` gives for each row the position at which it was read. All files are written once, from
//! beginning to end, and none is read again here; sizes and hashes are taken when all of them are there
//! ([`super::manifests`]).

use super::{
    address_table::AddressTable,
    building_table::BuildingTable,
    context::Context,
    counts::{CellNumbers, Counts},
    error::BuildError,
    grid_table::GridTable,
    people_table::PeopleTable,
    progress::{OnProgress, Progress},
    released::Released,
    tables::Tables,
};
use crate::{
    schema::{
        Declared,
        tables::{
            AddressGrids, AddressGridsRow, AddressRow, Addresses, BuildingGrids, BuildingGridsRow, BuildingRow,
            Buildings, GridRow, Grids, HexCellRow, HexCells, OverrideRow, Overrides, People, PersonRow,
        },
    },
    spatial::{Bbox, LngLat, wkb},
    store::{
        LevelInfo,
        lookup::{BoxTree, RowOrder},
        names::{BY_ADDRESS, BY_TOKEN, grid_column, locator_file},
        starts::write_starts,
        table::{BATCH, TableWriter},
    },
};
use rayon::prelude::*;
use std::path::Path;

impl Context<'_> {
    /// Counts everything and writes all files of the generation but the manifests and those of layers of records, one after another;
    /// within a file the rows are made on all threads. In `cells_of_layers` records count, so these are listed as well.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(super) fn write(
        &self,
        tables: &Tables<'_>,
        levels: &[LevelInfo],
        released: Option<&Released>,
        cells_of_layers: &[u64],
    ) -> Result<(), BuildError> {
        (self.on_progress)(Progress::Step("counting"));
        let counts = self.count(tables, released, cells_of_layers);
        self.write_grids(tables.grids, &counts)?;
        self.write_cells(&counts)?;
        self.write_people_counts(tables, released)?;
        self.write_buildings(tables.buildings, tables.addresses)?;
        self.write_overrides(tables.buildings)?;
        self.write_addresses(tables, &counts.h3)?;
        self.write_people(tables.people)?;
        self.write_blocks(tables, released)?;
        for coverage in self.coverages {
            self.write_file(&locator_file(&coverage.info.kind), &coverage.file)?;
        }
        self.write_outlines(levels)?;
        (self.on_progress)(Progress::Step("hashing what was written"));
        Ok(())
    }

    /// Writes the grids with their counts and look-ups. A grid without a point inside gets 0, 0. Counts of
    /// people are null where no release has counted them.
    fn write_grids(&self, table: &GridTable, counts: &Counts) -> Result<(), BuildError> {
        self.write_table::<Grids>(&[], table.len(), |row| {
            let (draft, parent, numbers) = (&table.drafts[row], table.parents[row], &counts.grids[row]);
            let (point, estimates) = (table.points[row].unwrap_or(LngLat::new(0.0, 0.0)), counts.estimates[row]);
            GridRow {
                code: &draft.code,
                number: table.numbers[row],
                name: &draft.name,
                kind: draft.kind.as_str(),
                level: draft.level.as_str(),
                parent: parent.map(|(row, _)| row),
                parent_link: parent.map(|(_, how)| how as u8),
                area_m2: table.area_m2[row],
                lng: point.lng,
                lat: point.lat,
                bbox: table.boxes[row].0,
                geometry: wkb::write_area(&table.areas[row]),
                buildings: numbers.buildings,
                addresses: numbers.addresses,
                people: counts.has_people.then_some(numbers.people),
                households: counts.has_people.then_some(numbers.households),
                people_estimated: estimates.people,
                households_estimated: estimates.households,
            }
        })?;
        let codes: Vec<&str> = table.drafts.iter().map(|d| d.code.as_str()).collect();
        self.write_lookups("grids", &codes, table.boxes.iter().copied())
    }

    /// Writes the buildings, their grids and their look-ups. The addresses of a building stand side by
    /// side, so that a building names the first and how many.
    fn write_buildings(&self, table: &BuildingTable, addresses: &AddressTable) -> Result<(), BuildError> {
        self.write_table::<Buildings>(&[], table.len(), |row| {
            let (draft, point) = (&table.drafts[row], table.points[row]);
            BuildingRow {
                code: &draft.code,
                name: draft.name.as_deref(),
                floors: draft.floors,
                height_m: draft.height_m,
                usage: draft.usage.as_deref(),
                h3: table.h3[row],
                lng: point.lng,
                lat: point.lat,
                bbox: table.boxes[row].0,
                geometry: wkb::write_area(&table.areas[row]),
                demolished: draft.demolished,
                first_address: addresses.starts[row],
                addresses: addresses.starts[row + 1] - addresses.starts[row],
            }
        })?;
        self.write_table::<BuildingGrids>(&[self.grid_columns()], table.len(), |row| BuildingGridsRow {
            grid_share: table.grid_share[row],
            grids: table.grids[row].clone(),
        })?;
        let codes: Vec<&str> = table.drafts.iter().map(|d| d.code.as_str()).collect();
        self.write_lookups("buildings", &codes, table.boxes.iter().copied())
    }

    /// Writes the grids that were decided for buildings, by building, with the reason and who approved it.
    fn write_overrides(&self, table: &BuildingTable) -> Result<(), BuildError> {
        self.write_table::<Overrides>(&[], table.overrides.len(), |row| {
            let decided = &table.overrides[row];
            OverrideRow {
                building: decided.building,
                grid: decided.grid,
                reason: decided.reason.as_deref(),
                approved_by: decided.approved_by.as_deref(),
            }
        })
    }

    /// Writes the addresses, the grids of those without a building, which are the last ones, and the
    /// look-ups. `h3` has the cell of each address, by row. An address without a point has an empty box,
    /// which touches nothing.
    fn write_addresses(&self, tables: &Tables<'_>, h3: &[Option<u64>]) -> Result<(), BuildError> {
        let table = tables.addresses;
        self.write_table::<Addresses>(&[], table.len(), |row| {
            let position = table.order[row] as usize;
            let (link, point) = (table.links[position], table.points[position].placed());
            AddressRow {
                code: table.codes.get(position),
                text: table.texts.get(position),
                lng: point.map(|point| point.lng),
                lat: point.map(|point| point.lat),
                h3: h3[row],
                building: link.map(|link| link.building),
                link: link.map(|link| link.how as u8),
                distance_m: link.map(|link| link.distance_m),
            }
        })?;
        let is_built = |position: &u32| table.links[*position as usize].is_some();
        let built = table.order.partition_point(is_built);
        let nowhere = || vec![None; self.coverages.len()];
        self.write_table::<AddressGrids>(&[self.grid_columns()], table.len() - built, |row| AddressGridsRow {
            address: (built + row) as u32,
            grids: table.grids.get(&table.order[built + row]).cloned().unwrap_or_else(nowhere),
        })?;
        self.write_file("index/addresses-by-code.bin", &RowOrder::write(&table.by_code))?;
        let boxes = table.order.iter().map(|position| Bbox::EMPTY.extend(table.points[*position as usize]));
        self.write_file("index/addresses-by-place.bin", &BoxTree::write(boxes))
    }

    /// Writes the people with their look-ups, by token and by address, all of them in `private/`.
    fn write_people(&self, table: &PeopleTable) -> Result<(), BuildError> {
        let (role, attributes) = (table.roles.column(), table.attributes.columns());
        self.write_table::<People>(&[table.attributes.names()], table.len(), |row| {
            let position = table.order[row];
            PersonRow {
                token: table.tokens[position as usize].0,
                address: table.address(position),
                counted: table.counts(position),
                role: role.word(position),
                attributes: attributes.iter().map(|column| column.word(position)).collect(),
            }
        })?;
        self.write_file(BY_TOKEN, &RowOrder::write(&table.by_token))?;
        self.write_file(BY_ADDRESS, &write_starts(&table.starts))
    }

    /// Writes the counts of the H3 cells in which there is something, cell by cell.
    fn write_cells(&self, counts: &Counts) -> Result<(), BuildError> {
        self.write_table::<HexCells>(&[], counts.cells.len(), |row| {
            let CellNumbers { cell, resolution, numbers, estimates } = &counts.cells[row];
            HexCellRow {
                cell: *cell,
                resolution: *resolution,
                buildings: numbers.buildings,
                addresses: numbers.addresses,
                people: counts.has_people.then_some(numbers.people),
                households: counts.has_people.then_some(numbers.households),
                people_estimated: estimates.people,
                households_estimated: estimates.households,
            }
        })
    }

    /// The columns with the grids of rows, one for each coverage.
    fn grid_columns(&self) -> Vec<String> {
        self.coverages.iter().map(|c| grid_column(&c.info.kind)).collect()
    }

    /// Writes a table as it was declared; `named` are its columns of which a plate has as many as it needs.
    /// `row` gives the row of a number; it is called for batches of rows on all threads, so that no more
    /// than a batch is in memory.
    fn write_table<'r, T: Declared>(
        &self,
        named: &[Vec<String>],
        rows: usize,
        row: impl Fn(usize) -> T::Row<'r> + Sync,
    ) -> Result<(), BuildError> {
        write_table::<T>(self.dir, T::FILE, self.on_progress, named, rows, row)
    }

    /// Writes the look-ups of a table: its rows in the order of their codes, of equals as they stand, and a
    /// tree over their boxes, which must lie along a curve.
    pub(super) fn write_lookups(
        &self,
        table: &str,
        codes: &[&str],
        boxes: impl Iterator<Item = Bbox>,
    ) -> Result<(), BuildError> {
        let mut rows: Vec<u32> = (0..codes.len() as u32).collect();
        rows.par_sort_by_key(|row| (codes[*row as usize], *row));
        self.write_file(&format!("index/{table}-by-code.bin"), &RowOrder::write(&rows))?;
        self.write_file(&format!("index/{table}-by-place.bin"), &BoxTree::write(boxes))
    }
}

/// Writes a table of a generation, named from its directory on, and tells how far it is.
pub(super) fn write_table<'r, T: Declared>(
    dir: &Path,
    file: &str,
    on_progress: OnProgress<'_>,
    named: &[Vec<String>],
    rows: usize,
    row: impl Fn(usize) -> T::Row<'r> + Sync,
) -> Result<(), BuildError> {
    write_rows::<T>(&dir.join(file), named, rows, row, |written| {
        on_progress(Progress::Writing { table: file, rows: written as u64, of: rows as u64 });
    })
}

/// Writes the file of a table as it was declared, batch by batch; `begin` is told before each batch how many rows are written.
pub(super) fn write_rows<'r, T: Declared>(
    path: &Path,
    named: &[Vec<String>],
    rows: usize,
    row: impl Fn(usize) -> T::Row<'r> + Sync,
    begin: impl Fn(usize),
) -> Result<(), BuildError> {
    let fail = || BuildError::table(path);
    let mut writer = TableWriter::create(path, T::fields(named)).map_err(fail())?;
    for start in (0..rows).step_by(BATCH) {
        begin(start);
        let batch: Vec<T::Row<'r>> = (start..rows.min(start + BATCH)).into_par_iter().map(&row).collect();
        T::arrays(batch, named).and_then(|columns| writer.write(columns)).map_err(fail())?;
    }
    writer.finish().map_err(fail())
}
