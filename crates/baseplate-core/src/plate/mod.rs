//! The plate: an immutable snapshot of a city on disk, opened by mapping its files.
//!
//! ```text
//! city.plate/
//!   CURRENT            the published generation and the hash of its plate.json
//!   rejects.csv        what the last build could not use, and why
//!   000001/
//!     plate.json       format, sources, coverages, and size and hash of every file
//!     grids.arrow  buildings.arrow  addresses.arrow
//!     index/           locators, rows by code, rows by place
//!     rejects.csv
//! ```

mod entity;
pub(crate) mod lookup;
pub(crate) mod manifest;
mod map;
mod open;
pub(crate) mod publish;
pub(crate) mod table;

pub use entity::{Address, Building, Coverage, Grid, Thing};
pub use manifest::{CoverageInfo, FORMAT, FileInfo, Manifest, RowCounts, SourceInfo};
pub use open::OpenError;

use crate::{
    code::fold_width,
    locate::Locator,
    model::{GridKind, Level},
    spatial::{Bbox, LngLat},
    tile::TileLayer,
};
use geo::{Intersects, Point};
use open::{Addresses, Buildings, Files, Grids, read_manifest};
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};
use table::Degrees;

/// An opened plate. Cloning is cheap, and every method takes `&self`, from any thread.
///
/// # Contract
/// The files of a published generation are mapped, not copied: nobody may change them in place while a plate is open.
/// `baseplate build` never does; it writes a new generation beside the old one.
#[derive(Clone)]
pub struct Baseplate(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    manifest: Manifest,
    grids: Grids,
    buildings: Buildings,
    addresses: Addresses,
    locators: Vec<Locator>,
    layers: OnceLock<Vec<TileLayer>>,
}

impl Baseplate {
    /// Opens the current generation of a plate.
    ///
    /// # Errors
    /// When the directory is no plate, belongs to another version, or is truncated or damaged; the message names the file
    /// and what to do.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let (dir, manifest) = read_manifest(path)?;
        let files = Files { dir: &dir, manifest: &manifest };
        files.check()?;
        let (grids, buildings, addresses) = (files.grids()?, files.buildings()?, files.addresses()?);
        let open = |c: &CoverageInfo| files.index(&locator_file(&c.kind), Locator::open);
        let locators = manifest.coverages.iter().map(open).collect::<Result<_, _>>()?;
        Ok(Self(Arc::new(Inner { grids, buildings, addresses, locators, layers: OnceLock::new(), dir, manifest })))
    }

    /// Reads every file and compares it with the hash in the manifest.
    ///
    /// # Errors
    /// [`OpenError::Damaged`] with the first file that differs.
    pub fn verify(&self) -> Result<(), OpenError> {
        Files { dir: &self.0.dir, manifest: &self.0.manifest }.verify()
    }

    /// What the plate says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.0.manifest
    }

    /// The coverage of a kind, or `None` if the plate has no such kind.
    pub fn coverage(&self, kind: &GridKind) -> Option<Coverage<'_>> {
        self.coverages().find(|c| c.kind() == kind)
    }

    /// All coverages, `basic` first.
    pub fn coverages(&self) -> impl Iterator<Item = Coverage<'_>> {
        (0..self.0.locators.len()).map(|index| Coverage { plate: self, index })
    }

    /// The basic grid that owns a point: of the grids that contain or touch it the first by code. `None` outside.
    /// Its chain leads to the community, the subdistrict, the district and the city.
    pub fn locate(&self, point: LngLat) -> Option<Grid<'_>> {
        self.coverages().find(|c| c.kind().is_basic())?.locate(point)
    }

    /// The buildings whose footprint contains or touches a point, in the order of the plate.
    pub fn buildings_at(&self, point: LngLat) -> Vec<Building<'_>> {
        let mut found = self.buildings_in(Bbox::EMPTY.extend(point));
        found.retain(|b| b.footprint().is_some_and(|area| area.intersects(&Point(point.coord()))));
        found
    }

    /// The buildings whose box touches `bbox`, in the order of the plate.
    pub fn buildings_in(&self, bbox: Bbox) -> Vec<Building<'_>> {
        let table = &self.0.buildings;
        let rows = table.by_place.search(bbox, |row| row_box(&table.bbox, row));
        rows.into_iter().filter_map(|row| self.building_row(row)).collect()
    }

    /// The addresses inside `bbox` or on its border, in the order of the plate.
    pub fn addresses_in(&self, bbox: Bbox) -> Vec<Address<'_>> {
        let table = &self.0.addresses;
        let at = |row| Some(Bbox::EMPTY.extend(LngLat::new(table.lng.get(row)?, table.lat.get(row)?)));
        let rows = table.by_place.search(bbox, at);
        rows.into_iter().filter_map(|row| self.address_row(row)).collect()
    }

    /// The grids of all levels and kinds whose box touches `bbox`.
    pub fn grids_in(&self, bbox: Bbox) -> Vec<Grid<'_>> {
        let table = &self.0.grids;
        let rows = table.by_place.search(bbox, |row| row_box(&table.bbox, row));
        rows.into_iter().filter_map(|row| self.grid_row(row)).collect()
    }

    /// The grids of one kind and level whose box touches `bbox`.
    pub fn grids_of(&self, kind: &GridKind, level: Level, bbox: Bbox) -> Vec<Grid<'_>> {
        let mut found = self.grids_in(bbox);
        found.retain(|g| self.0.grids.kind.get(g.row) == Some(kind.as_str()) && g.level() == Some(level));
        found
    }

    pub(crate) fn layer_cell(&self) -> &OnceLock<Vec<TileLayer>> {
        &self.0.layers
    }

    /// For each level that a kind has, from the ground up: how many grids, their mean area (square metres), and the latitude of
    /// the first.
    pub(crate) fn level_sizes(&self, kind: &GridKind) -> Vec<(Level, usize, f64, f64)> {
        let mut sizes: Vec<(Level, usize, f64, f64)> = Vec::new();
        let of_kind = |row: &u32| self.0.grids.kind.get(*row) == Some(kind.as_str());
        for grid in (0..self.0.grids.rows as u32).filter(of_kind).filter_map(|row| self.grid_row(row)) {
            let (Some(level), Some(area), Some(at)) = (grid.level(), grid.area_m2(), grid.label_point()) else {
                continue;
            };
            match sizes.last_mut() {
                Some((last, count, sum, _)) if *last == level => {
                    *count += 1;
                    *sum += area;
                }
                _ => sizes.push((level, 1, area, at.lat)),
            }
        }
        sizes.into_iter().map(|(level, count, sum, lat)| (level, count, sum / count as f64, lat)).collect()
    }

    /// The grid with a code: where several have it, the basic and finest one.
    pub fn grid(&self, code: &str) -> Option<Grid<'_>> {
        let code = fold_width(code).to_ascii_uppercase();
        self.grid_row(self.0.grids.by_code.find(&self.0.grids.code, &code)?)
    }

    /// The building with a code.
    pub fn building(&self, code: &str) -> Option<Building<'_>> {
        self.building_row(self.0.buildings.by_code.find(&self.0.buildings.code, &fold_width(code))?)
    }

    /// The address with a code.
    pub fn address(&self, code: &str) -> Option<Address<'_>> {
        self.address_row(self.0.addresses.by_code.find(&self.0.addresses.code, &fold_width(code))?)
    }

    /// Whatever has this code: a grid, else a building, else an address.
    pub fn resolve(&self, code: &str) -> Option<Thing<'_>> {
        let grid = self.grid(code).map(Thing::Grid);
        grid.or_else(|| self.building(code).map(Thing::Building)).or_else(|| self.address(code).map(Thing::Address))
    }

    pub(crate) fn grid_row(&self, row: u32) -> Option<Grid<'_>> {
        ((row as usize) < self.0.grids.rows).then_some(Grid { plate: self, row })
    }

    pub(crate) fn building_row(&self, row: u32) -> Option<Building<'_>> {
        ((row as usize) < self.0.buildings.rows).then_some(Building { plate: self, row })
    }

    pub(crate) fn address_row(&self, row: u32) -> Option<Address<'_>> {
        ((row as usize) < self.0.addresses.rows).then_some(Address { plate: self, row })
    }
}

impl fmt::Debug for Baseplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Baseplate").field(&self.0.dir).finish()
    }
}

fn row_box(columns: &[Degrees; 4], row: u32) -> Option<Bbox> {
    let [w, s, e, n] = columns;
    Some(Bbox([w.get(row)?, s.get(row)?, e.get(row)?, n.get(row)?]))
}

/// The locator of a coverage, relative to the generation.
pub(crate) fn locator_file(kind: &GridKind) -> String {
    format!("index/locator-{kind}.bin")
}

/// The column with the grid of a coverage, in the tables of buildings and addresses.
pub(crate) fn grid_column(kind: &GridKind) -> String {
    format!("grid_{kind}")
}
