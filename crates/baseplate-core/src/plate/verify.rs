//! Checking what a plate's values say: what sizes, structure and hashes that were made to fit cannot show.

use super::{
    coverage::Coverage,
    handle::{Baseplate, Inner},
    people_files::PeopleFiles,
    record_table::RecordTable,
    rows::{Record, row_box},
    sound::{Checked, Wrong, check, is_place, wrong},
};
use crate::{
    code::is_natural_person,
    schema::{
        Declared,
        tables::{AddressGrids, BuildingGrids, Ground},
    },
    spatial::{Bbox, CELL_RESOLUTIONS, CellFinder, LngLat, footprint},
    store::{
        Counting, OpenError,
        files::Files,
        lookup::RowOrder,
        names::{
            BY_TOKEN, PEOPLE, layer_counts_file, record_areas_file, record_grids_file, records_by_code,
            records_by_name, records_file,
        },
        table::{Cells, Doubles, Rows, Text, first_row},
    },
};
use geo::{CoordsIter, Geometry, Intersects, Point};
use h3o::CellIndex;
use std::{borrow::Cow, collections::HashMap};

impl Baseplate {
    /// Reads every file and compares it with the hash in the manifest, then checks the values themselves: whether codes are in
    /// order, boxes lie around what they are of, and rows that are named exist. What is about single persons is read as well.
    /// Of counts, names, issues, outlines and the index for texts only the hash is compared.
    ///
    /// # Errors
    /// [`OpenError::Damaged`] with the first file that differs, [`OpenError::Private`] for somebody who may not read all of it.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// plate.verify()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verify(&self) -> Result<(), OpenError> {
        let files = Files { dir: &self.0.dir, manifest: &self.0.manifest, listed: &self.0.manifest.files };
        files.verify()?;
        self.check_values()?;
        let people = self.people()?.files;
        Files { listed: &people.manifest.files, ..files }.verify()?;
        self.check_people(people)
    }

    /// Checks the values of every row that anybody may read: codes in order, boxes around what they are of, rows that exist,
    /// ranges that meet, counts that are what there is to count.
    pub(super) fn check_values(&self) -> Result<(), OpenError> {
        let checks = [
            Self::check_tables,
            Self::check_grids,
            Self::check_buildings,
            Self::check_addresses,
            Self::check_grids_of_rows,
            Self::check_ground,
            Self::check_layers,
            Self::check_overrides,
            Self::check_cells,
            Self::check_counts,
            Self::check_counts_of_layers,
            Self::check_locators,
        ];
        checks.into_iter().try_for_each(|check| check(self)).map_err(|wrong| self.0.damaged(wrong))
    }

    /// The same for what is about single persons.
    pub(super) fn check_people(&self, files: &PeopleFiles) -> Result<(), OpenError> {
        let (people, addresses) = (&files.rows, self.0.addresses.rows);
        let check_all = || {
            whole(people)?;
            sorted(BY_TOKEN, &files.by_token, people.rows, |row| people.token.get(row))?;
            let start = |row: u32| files.starts.get(row as usize).copied();
            ranges(PEOPLE, (people.rows, files.linked), &people.address, addresses, start)
        };
        check_all().map_err(|wrong| self.0.damaged(wrong))
    }

    fn check_grids(&self) -> Checked {
        const FILE: &str = "grids.arrow";
        let table = &self.0.grids;
        codes("index/grids-by-code.bin", FILE, &table.by_code, table.rows, &table.code)?;
        for row in 0..table.rows as u32 {
            let grid = self.grid_row(row).ok_or_else(|| wrong(FILE, row, "it is not there"))?;
            let parent = table.parent.get(row).is_none() || grid.parent().is_some();
            check(parent, FILE, row, "what is above it does not stand above it")?;
            let bbox = row_box(&table.bbox, row).filter(|b| is_place(b.0));
            check(surrounds(bbox, table.geometry.get(row)), FILE, row, "its box is not that of its polygon")?;
            let inside = bbox.zip(grid.label_point()).is_some_and(|(bbox, at)| bbox.contains(at));
            check(inside, FILE, row, "its label is not in it")?;
        }
        boxes("index/grids-by-place.bin", self.0.grids.by_place.holds(|row| row_box(&table.bbox, row)))
    }

    fn check_buildings(&self) -> Checked {
        const FILE: &str = "buildings.arrow";
        let (table, addresses) = (&self.0.buildings, self.0.addresses.rows as u32);
        codes("index/buildings-by-code.bin", FILE, &table.by_code, table.rows, &table.code)?;
        let mut end = 0;
        for row in 0..table.rows as u32 {
            let bbox = row_box(&table.bbox, row).filter(|b| is_place(b.0));
            check(surrounds(bbox, table.geometry.get(row)), FILE, row, "its box is not that of its footprint")?;
            let at = table.lng.get(row).zip(table.lat.get(row)).map(|(lng, lat)| LngLat::new(lng, lat));
            check(bbox.zip(at).is_some_and(|(bbox, at)| bbox.contains(at)), FILE, row, "its point is not in it")?;
            let (first, count) = (table.first_address.get(row), table.addresses.get(row).unwrap_or(u32::MAX));
            check(first == Some(end), FILE, row, "its addresses do not follow those of the building before")?;
            end = end.saturating_add(count);
            check(end <= addresses, FILE, row, "it has more addresses than there are")?;
        }
        boxes("index/buildings-by-place.bin", table.by_place.holds(|row| row_box(&table.bbox, row)))
    }

    fn check_addresses(&self) -> Checked {
        const FILE: &str = "addresses.arrow";
        let (table, buildings) = (&self.0.addresses, &self.0.buildings);
        codes("index/addresses-by-code.bin", FILE, &table.by_code, table.rows, &table.code)?;
        let point = |row| Some(LngLat::new(table.lng.get(row)?, table.lat.get(row)?));
        for row in 0..table.rows as u32 {
            check(table.text.get(row).is_some(), FILE, row, "its text cannot be read")?;
            let place = point(row).is_none_or(|p| is_place([p.lng, p.lat, p.lng, p.lat]));
            check(place, FILE, row, "its point is no place")?;
            let range = |building| {
                let first = buildings.first_address.get(building)?;
                Some(first..first.saturating_add(buildings.addresses.get(building)?))
            };
            let known = table.building.get(row).is_none_or(|b| range(b).is_some_and(|range| range.contains(&row)));
            check(known, FILE, row, "it is not among the addresses of its building")?;
        }
        let boxed = |row| Some(point(row).map_or(Bbox::EMPTY, |p| Bbox::EMPTY.extend(p)));
        boxes("index/addresses-by-place.bin", table.by_place.holds(boxed))
    }

    fn check_ground(&self) -> Checked {
        const FILE: &str = Ground::FILE;
        let Some(table) = &self.0.ground else { return Ok(()) };
        whole(&**table)?;
        codes("index/ground-by-code.bin", FILE, &table.by_code, table.rows, &table.code)?;
        let mut zoom = 0;
        for row in 0..table.rows as u32 {
            let piece = self.ground_row(row).ok_or_else(|| wrong(FILE, row, "it is of no known kind"))?;
            let bbox = row_box(&table.bbox, row).filter(|bbox| is_place(bbox.0));
            let around = |shape: &Geometry<f64>| shape.coords_iter().map(LngLat::from).fold(Bbox::EMPTY, Bbox::extend);
            let drawn = piece.geometry().as_ref().map(around);
            check(drawn.is_some() && drawn == bbox, FILE, row, "its box is not that of its shape")?;
            let next = piece.kind.first_zoom();
            check(zoom <= next, FILE, row, "it does not stand in the order of first zooms")?;
            zoom = next;
        }
        boxes("index/ground-by-place.bin", table.by_place.holds(|row| row_box(&table.bbox, row)))
    }

    fn check_layers(&self) -> Checked {
        self.layers().try_for_each(|layer| {
            layer.records_table().map_or(Ok(()), |records| self.check_records(layer.id(), records))
        })
    }

    /// Codes and names are in order; rows follow their addresses, then their buildings, then have a point; all of which there are.
    fn check_records(&self, layer: &str, records: &RecordTable) -> Checked {
        let (table, file) = (&records.columns, records_file(layer));
        whole_in(table, &file)?;
        sorted(records_by_code(layer), &records.by_code, table.rows, |row| table.code.get(row))?;
        if !records.by_name.holds(&table.name) {
            let reason = "its names are not in their order".to_owned();
            return Err(Wrong { file: records_by_name(layer).into(), reason });
        }
        let mut last = (0, 0);
        for row in 0..table.rows as u32 {
            let flag = table.natural_person.get(row) == Some(true);
            let fits = flag || !table.code.get(row).is_some_and(is_natural_person);
            check(fits, file.clone(), row, "its code is of a natural person, which it does not say")?;
            let (address, building) = (table.address.get(row), table.building.get(row));
            let known = address.is_none_or(|address| (address as usize) < self.0.addresses.rows)
                && building.is_none_or(|building| (building as usize) < self.0.buildings.rows);
            check(known, file.clone(), row, "its address or its building is not there")?;
            let place = (address.unwrap_or(u32::MAX), building.unwrap_or(if address.is_some() { 0 } else { u32::MAX }));
            let alone = address.is_none() || building.is_none();
            check(place >= last && alone, file.clone(), row, "it is not among those of its address or building")?;
            last = place;
        }
        self.check_areas(layer, records)?;
        let Some(grids) = &records.grids else { return Ok(()) };
        for (at, row) in (records.built..).take(grids.rows).enumerate() {
            let fits = grids.record.get(at as u32) == Some(row) && table.lng.get(row).zip(table.lat.get(row)).is_some();
            check(fits, record_grids_file(layer), at as u32, "it is not of a row that has a point alone")?;
        }
        Ok(())
    }

    /// Rows of which an area alone is known have no place, and follow their areas, which there are.
    fn check_areas(&self, layer: &str, records: &RecordTable) -> Checked {
        let Some(areas) = &records.areas else { return Ok(()) };
        let (table, of_first_kind) = (&records.columns, self.first_kind().len() as u32);
        let mut last = 0;
        for (at, row) in (0..areas.rows as u32).zip(records.pointed()..) {
            let is_bare = table.address.get(row).is_none() && table.building.get(row).is_none();
            let is_pointless = table.lng.get(row).is_none() && areas.record.get(at) == Some(row);
            let area = areas.area.get(at).filter(|area| (last..of_first_kind).contains(area));
            let fits = is_bare && is_pointless && area.is_some();
            check(fits, record_areas_file(layer), at, "it is not of a row that has an area alone, or not in order")?;
            last = area.unwrap_or_default();
        }
        Ok(())
    }

    fn check_overrides(&self) -> Checked {
        let overrides = &self.0.overrides;
        for row in 0..overrides.rows as u32 {
            let building = overrides.building.get(row).is_some_and(|b| (b as usize) < self.0.buildings.rows);
            let grid = overrides.grid.get(row).is_some_and(|g| (g as usize) < self.0.grids.rows);
            check(building && grid, "overrides.arrow", row, "its building or its grid is not there")?;
        }
        Ok(())
    }

    fn check_cells(&self) -> Checked {
        let table = &self.0.cells;
        let mut last = None;
        for row in 0..table.rows as u32 {
            let cell = table.cell.get(row).and_then(|cell| CellIndex::try_from(cell).ok());
            let key = cell.map(|cell| (u8::from(cell.resolution()), u64::from(cell)));
            let sound = key.is_some() && key.map(|key| key.0) == table.resolution.get(row) && key > last;
            check(sound, "cells.arrow", row, "its cell is none, or not in order")?;
            last = key;
        }
        Ok(())
    }

    /// Grids and cells count the buildings and addresses that lie in them.
    fn check_counts(&self) -> Checked {
        let Inner { grids, buildings, building_grids, addresses, address_grids, cells, .. } = &*self.0;
        let mut counted = Counted::new(grids.rows);
        let place = |lng: &Doubles, lat: &Doubles, h3: &Cells, row| {
            Some((LngLat::new(lng.get(row)?, lat.get(row)?), CellIndex::try_from(h3.get(row)?).ok()?))
        };
        for row in (0..buildings.rows as u32).filter(|row| buildings.demolished.get(*row) != Some(true)) {
            let at = place(&buildings.lng, &buildings.lat, &buildings.h3, row);
            counted.add((&building_grids.grids, row), at, [1, 0]);
        }
        let built = addresses.rows.saturating_sub(address_grids.rows) as u32;
        for row in 0..addresses.rows as u32 {
            let grid = match addresses.building.get(row) {
                Some(building) => (building_grids.grids.as_slice(), building),
                None => (address_grids.grids.as_slice(), row.saturating_sub(built)),
            };
            counted.add(grid, place(&addresses.lng, &addresses.lat, &addresses.h3, row), [0, 1]);
        }
        self.roll_up(&mut counted.grids);
        let said = |columns: [&Rows; 2], row| columns.map(|column| column.get(row).unwrap_or(0));
        for (row, numbers) in (0..).zip(&counted.grids) {
            let holds = said([&grids.buildings, &grids.addresses], row) == *numbers;
            check(holds, "grids.arrow", row, "it does not count what lies in it")?;
        }
        for row in 0..cells.rows as u32 {
            let numbers = cells.cell.get(row).and_then(|cell| counted.cells.remove(&cell)).unwrap_or_default();
            let holds = said([&cells.buildings, &cells.addresses], row) == numbers;
            check(holds, "cells.arrow", row, "it does not count what lies in it")?;
        }
        check(counted.cells.is_empty(), "cells.arrow", cells.rows as u32, "cells with something in them are missing")
    }

    /// Of each layer, grids and cells count the records that lie in them.
    fn check_counts_of_layers(&self) -> Checked {
        let kinds: Vec<_> = self.manifest().coverages.iter().map(|coverage| &coverage.kind).collect();
        for layer in self.layers().filter(|layer| layer.counting() == Counting::Records) {
            let mut counted = Counted::<1>::new(self.0.grids.rows);
            for record in layer.placed_records().filter(Record::is_counted) {
                let area = record.area();
                let ground = kinds.iter().filter(|_| area.is_none()).filter_map(|kind| record.grid(kind));
                let grids = ground.chain(area).map(|grid| grid.row());
                grids.for_each(|grid| counted.grids[grid as usize][0] += 1);
                counted.add_at(record.place(), [1]);
            }
            self.roll_up(&mut counted.grids);
            let file = || layer_counts_file(layer.id());
            for (row, [number]) in (0..).zip(&counted.grids) {
                let said = layer.counts().grids.get(row as usize);
                check(said == Some(number), file(), row, "it does not count what lies in the grid of this row")?;
            }
            for (row, (cell, number)) in (0..).zip(layer.counts().cells()) {
                let is_so = counted.cells.remove(&cell) == Some([number]);
                check(is_so, file(), row, "it does not count what lies in the cell of this row")?;
            }
            check(counted.cells.is_empty(), file(), 0, "cells with something in them are missing")?;
        }
        Ok(())
    }

    /// Adds what lies in each grid of the ground to every level above of the same kind.
    fn roll_up<const N: usize>(&self, grids: &mut [[u32; N]]) {
        for (row, numbers) in (0..).zip(grids.to_vec()) {
            let kind = self.grid_row(row).and_then(|grid| grid.kind());
            let above = std::iter::successors(self.grid_row(row), |grid| grid.parent()).skip(1);
            above.filter(|grid| grid.kind() == kind).for_each(|grid| add(&mut grids[grid.row() as usize], numbers));
        }
    }

    /// The label of each grid of a coverage lies in a grid that the locator finds there.
    fn check_locators(&self) -> Checked {
        let owned = |coverage: Coverage<'_>, at: LngLat| {
            let owner = coverage.locate(at)?;
            Some(owner.area()?.intersects(&Point(at.coord())))
        };
        for coverage in self.coverages() {
            for grid in coverage.grids() {
                let found = grid.label_point().and_then(|at| owned(coverage, at));
                check(found == Some(true), "grids.arrow", grid.row(), "the locator finds another grid at its label")?;
            }
        }
        Ok(())
    }

    /// Every column has a value in every row in which there must be one.
    fn check_tables(&self) -> Checked {
        let inner = &*self.0;
        whole(&*inner.grids)?;
        whole(&*inner.buildings)?;
        whole(&inner.building_grids)?;
        whole(&*inner.addresses)?;
        whole(&inner.address_grids)?;
        whole(&inner.overrides)?;
        whole(&inner.cells)?;
        whole(&inner.issues)
    }

    /// In which grids buildings and addresses lie is said for all of them, in their order.
    fn check_grids_of_rows(&self) -> Checked {
        let (of_buildings, of_addresses) = (&self.0.building_grids, &self.0.address_grids);
        let buildings = self.0.buildings.rows;
        check(of_buildings.rows == buildings, BuildingGrids::FILE, 0, "there is not one row for each building")?;
        let addresses = self.0.addresses.rows as u32;
        let built = first_row(addresses as usize, |row| self.0.addresses.building.get(row).is_some());
        let unbuilt = (built..addresses).enumerate();
        let holds = of_addresses.rows == (addresses - built) as usize && { unbuilt }
            .all(|(place, row)| of_addresses.address.get(place as u32) == Some(row));
        check(holds, AddressGrids::FILE, 0, "there is not one row for each address without a building")?;
        for (file, rows, columns) in [
            (BuildingGrids::FILE, of_buildings.rows, &of_buildings.grids),
            (AddressGrids::FILE, of_addresses.rows, &of_addresses.grids),
        ] {
            for ((_, column), coverage) in columns.iter().zip(&self.0.manifest.coverages) {
                let known = |row: &u32| column.get(*row).is_none_or(|grid| coverage.rows().contains(&grid));
                let unknown = (0..rows as u32).find(|row| !known(row));
                let what = format!("its grid of kind {} is none", coverage.kind);
                unknown.map_or(Ok(()), |row| Err(wrong(file, row, &what)))?;
            }
        }
        Ok(())
    }
}

/// Every column of a table has a value in every row in which there must be one.
fn whole<T: Declared>(table: &T) -> Checked {
    whole_in(table, T::FILE)
}

/// The same for a table of which there are several.
fn whole_in<T: Declared>(table: &T, file: &str) -> Checked {
    table.hole().map_or(Ok(()), |(column, row)| Err(wrong(file.to_owned(), row, &format!("{column} has no value"))))
}

/// Numbers of each grid and each cell.
struct Counted<const N: usize> {
    grids: Vec<[u32; N]>,
    cells: HashMap<u64, [u32; N]>,
    finders: [CellFinder; CELL_RESOLUTIONS.len()],
}

impl<const N: usize> Counted<N> {
    fn new(grids: usize) -> Self {
        Self { grids: vec![[0; N]; grids], cells: HashMap::new(), finders: CELL_RESOLUTIONS.map(CellFinder::new) }
    }

    fn add(&mut self, (grids, row): (&[(String, Rows)], u32), at: Option<(LngLat, CellIndex)>, numbers: [u32; N]) {
        for grid in grids.iter().filter_map(|(_, column)| column.get(row)) {
            add(&mut self.grids[grid as usize], numbers);
        }
        self.add_at(at, numbers);
    }

    fn add_at(&mut self, at: Option<(LngLat, CellIndex)>, numbers: [u32; N]) {
        for finder in &mut self.finders {
            if let Some(cell) = at.and_then(|(point, finer)| finder.cell(point, finer)) {
                add(self.cells.entry(cell.into()).or_insert([0; N]), numbers);
            }
        }
    }
}

fn add<const N: usize>(sum: &mut [u32; N], more: [u32; N]) {
    sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

/// Whether a box is that of the vertices of an area.
fn surrounds(bbox: Option<Bbox>, wkb: Option<&[u8]>) -> bool {
    let rings = wkb.and_then(footprint::rings).unwrap_or_default();
    let mut vertices = rings.into_iter().flatten().map(|c| LngLat::new(c.x, c.y));
    // The least and the greatest of what is not a number would pass.
    let extended = |b: Bbox, v: LngLat| (v.lng.is_finite() && v.lat.is_finite()).then(|| b.extend(v));
    let found = vertices.try_fold(Bbox::EMPTY, extended);
    found.is_some() && found == bbox
}

/// Codes that can be read, in order.
fn codes(index: &'static str, file: &'static str, order: &RowOrder, rows: usize, codes: &Text) -> Checked {
    for row in 0..rows as u32 {
        check(codes.get(row).is_some(), file, row, "its code cannot be read")?;
    }
    sorted(index, order, rows, |row| codes.get(row))
}

/// Every row once, in the order of the keys.
fn sorted<'k, K: Ord + ?Sized + 'k>(
    index: impl Into<Cow<'static, str>>,
    order: &RowOrder,
    rows: usize,
    key: impl Fn(u32) -> Option<&'k K>,
) -> Checked {
    let index = index.into();
    let mut seen = vec![false; rows];
    let mut last = None;
    for (place, row) in order.rows().iter().enumerate() {
        let fresh = seen.get_mut(*row as usize).is_some_and(|seen| !std::mem::replace(seen, true));
        let key = key(*row);
        if !fresh || key.is_none() || key < last {
            return Err(wrong(index, place, "it is not in order"));
        }
        last = key;
    }
    if order.rows().len() == rows { Ok(()) } else { Err(wrong(index, rows, "rows are missing")) }
}

/// Rows that follow their addresses, and the ranges of the addresses that say the same.
fn ranges(
    file: &'static str,
    (rows, linked): (usize, u32),
    address: &Rows,
    addresses: usize,
    start: impl Fn(u32) -> Option<u32>,
) -> Checked {
    for row in 0..rows as u32 {
        let is_linked = address.get(row).is_some();
        check(is_linked == (row < linked), file, row, "rows without an address are not at the end")?;
        let Some(at) = address.get(row) else { continue };
        let known =
            (at as usize) < addresses && start(at).zip(start(at + 1)).is_some_and(|(a, b)| (a..b).contains(&row));
        check(known, file, row, "it is not among those of its address")?;
    }
    let mut last = 0;
    for at in 0..=addresses as u32 {
        let next = start(at).filter(|next| *next >= last && *next <= linked);
        last = next.ok_or_else(|| wrong(file, at, "the ranges of addresses are not in order"))?;
    }
    Ok(())
}

fn boxes(file: &'static str, held: bool) -> Checked {
    held.then_some(()).ok_or(Wrong { file: file.into(), reason: "its boxes are not those of its rows".to_owned() })
}
