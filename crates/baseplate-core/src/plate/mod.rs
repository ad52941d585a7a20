//! The plate: an immutable snapshot of a city on disk, opened by mapping its files.
//!
//! ```text
//! city.plate/
//!   CURRENT            the published generation and the hash of its plate.json
//!   rejects.csv        what the last build could not use, and why
//!   000001/
//!     plate.json       format, sources, coverages, and size and hash of every file
//!     grids.arrow  buildings.arrow  addresses.arrow  enterprises.arrow
//!     overrides.arrow  cells.arrow  issues.arrow
//!     index/           locators, rows by code, rows by place, counts by category that may be shown
//!     private/         people, their rows by token and by address, issues about them: for the owner alone
//!     rejects.csv
//! ```

mod blocks;
mod columns;
mod entity;
mod linked;
pub(crate) mod lookup;
pub(crate) mod manifest;
pub(crate) mod map;
mod nearest;
mod open;
mod people;
pub(crate) mod publish;
pub(crate) mod structure;
pub(crate) mod table;
mod verify;
#[cfg(test)]
mod wrong_values;

pub(crate) use blocks::{BLOCKS, BlockColumns};
pub use entity::{Address, Building, Coverage, Grid, Thing};
pub use linked::{Enterprise, GridOverride, HexCell, IssueRecord};
pub use manifest::{
    AttributeInfo, CoverageInfo, FORMAT, FileInfo, Manifest, PeopleRelease, PrivateManifest, RowCounts, SourceInfo,
};
pub use open::OpenError;
pub(crate) use people::{BY_ADDRESS, BY_TOKEN, PEOPLE, PRIVATE, PRIVATE_ISSUES, PRIVATE_MANIFEST, write_starts};
pub use people::{People, Person, Residence};

use crate::{
    arrays::ArraysReader,
    build::ISSUES,
    code::{CodeError, CodeType, fold_code},
    geocode::index::{GEOCODE, GeoIndex},
    locate::Locator,
    model::{Entity, GridKind, Level},
    spatial::{Bbox, LngLat},
    tile::{OUTLINES, Outlines, TileLayer},
};
use blocks::Blocks;
use columns::{Addresses, Buildings, Enterprises, Grids, HexCells, Issues, Overrides, Placed};
use geo::{Intersects, Point};
use lookup::{NameOrder, RowOrder};
use open::{Files, read_manifest};
use people::PeopleFiles;
use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};
use table::Doubles;

/// An opened plate. Cloning is cheap, and every method takes `&self`, from any thread.
///
/// # Contract
/// The files of a published generation are mapped, not copied: nobody may change them in place while a plate is open.
/// `baseplate build` never does; it writes a new generation beside the old one.
#[derive(Clone)]
pub struct Baseplate(Arc<Inner>, Arc<OnceLock<Vec<TileLayer>>>, bool);

struct Inner {
    dir: PathBuf,
    manifest: Manifest,
    grids: Placed<Grids>,
    buildings: Placed<Buildings>,
    addresses: Placed<Addresses>,
    enterprises: Enterprises,
    enterprises_by_code: RowOrder,
    enterprises_by_name: NameOrder,
    overrides: Overrides,
    cells: HexCells,
    issues: Issues,
    categories: ArraysReader,
    blocks: Blocks,
    geocode: GeoIndex,
    locators: Vec<Locator>,
    outlines: Outlines,
    people: OnceLock<PeopleFiles>,
    /// Kind, level and rows of every run of grids.
    levels: OnceLock<Vec<(String, String, Range<u32>)>>,
}

/// Levels of up to this many grids are looked through one by one.
const SCANNED: usize = 4096;

impl Baseplate {
    /// Opens the current generation of a plate. What is about single persons stays closed ([`Baseplate::people`]).
    ///
    /// # Errors
    /// When the directory is no plate, belongs to another version, or is truncated or damaged; the message names the file
    /// and what to do.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let (dir, manifest) = read_manifest(path)?;
        let files = Files { dir: &dir, manifest: &manifest, listed: &manifest.files };
        files.check()?;
        let open = |c: &CoverageInfo| files.index(&locator_file(&c.kind), Locator::open);
        let inner = Inner {
            grids: files.placed("grids", Grids::read)?,
            buildings: files.placed("buildings", Buildings::read)?,
            addresses: files.placed("addresses", Addresses::read)?,
            enterprises: files.columns("enterprises.arrow", |table, _| {
                let attributes: Vec<_> = manifest.enterprise_attributes.iter().map(|a| a.name.clone()).collect();
                Enterprises::read(table, &attributes)
            })?,
            enterprises_by_code: files.index("index/enterprises-by-code.bin", RowOrder::open)?,
            enterprises_by_name: files.index(ENTERPRISES_BY_NAME, NameOrder::open)?,
            overrides: files.columns("overrides.arrow", Overrides::read)?,
            cells: files.columns("cells.arrow", HexCells::read)?,
            issues: files.columns(ISSUES, Issues::read)?,
            categories: files
                .index(CATEGORIES, |file| ArraysReader::open(file, CATEGORIES_MAGIC, CATEGORIES_VERSION))?,
            blocks: Blocks::open(&files)?,
            geocode: files.index(GEOCODE, GeoIndex::open)?,
            locators: manifest.coverages.iter().map(open).collect::<Result<_, _>>()?,
            outlines: files.index(OUTLINES, Outlines::open)?,
            people: OnceLock::new(),
            levels: OnceLock::new(),
            dir,
            manifest,
        };
        inner.check_manifest()?;
        Ok(Self(Arc::new(inner), Arc::default(), false))
    }

    /// The same plate, in which tiles, features, searches and lists name natural persons in business (个体工商户) like any other
    /// enterprise. Otherwise they are counted, found by their whole code ([`Baseplate::enterprise`]), and named nowhere else.
    pub fn with_natural_persons(self) -> Self {
        Self(self.0, self.1, true)
    }

    /// Reads every file and compares it with the hash in the manifest, then checks the values themselves: whether codes are in
    /// order, boxes lie around what they are of, and rows that are named exist. What is about single persons is read as well.
    /// Of counts, names, issues, outlines and the index for texts only the hash is compared.
    ///
    /// # Errors
    /// [`OpenError::Damaged`] with the first file that differs, [`OpenError::Private`] for somebody who may not read all of it.
    pub fn verify(&self) -> Result<(), OpenError> {
        let files = Files { dir: &self.0.dir, manifest: &self.0.manifest, listed: &self.0.manifest.files };
        files.verify()?;
        self.check_values()?;
        let people = self.people()?.files;
        Files { listed: &people.manifest.files, ..files }.verify()?;
        self.check_people(people)
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

    /// The buildings whose footprint contains or touches a point: those that stand before those that were demolished, both in the
    /// order of the plate.
    pub fn buildings_at(&self, point: LngLat) -> Vec<Building<'_>> {
        let mut found = self.buildings_in(Bbox::EMPTY.extend(point));
        found.retain(|b| b.footprint().is_some_and(|area| area.intersects(&Point(point.coord()))));
        found.sort_by_key(Building::is_demolished);
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

    /// The first rows from `from` on, at most `limit`, of the buildings whose box touches `bbox`.
    pub(crate) fn building_rows_in(&self, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        let table = &self.0.buildings;
        table.by_place.search_from(bbox, from, limit, |row| row_box(&table.bbox, row))
    }

    /// The first rows from `from` on, at most `limit`, of the addresses inside `bbox` or on its border.
    pub(crate) fn address_rows_in(&self, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        let table = &self.0.addresses;
        let at = |row| Some(Bbox::EMPTY.extend(LngLat::new(table.lng.get(row)?, table.lat.get(row)?)));
        table.by_place.search_from(bbox, from, limit, at)
    }

    /// The grids of all levels and kinds whose box touches `bbox`.
    pub fn grids_in(&self, bbox: Bbox) -> Vec<Grid<'_>> {
        let table = &self.0.grids;
        let rows = table.by_place.search(bbox, |row| row_box(&table.bbox, row));
        rows.into_iter().filter_map(|row| self.grid_row(row)).collect()
    }

    /// The grids of one kind and level whose box touches `bbox`, by code.
    pub fn grids_of(&self, kind: &GridKind, level: Level, bbox: Bbox) -> Vec<Grid<'_>> {
        let table = &self.0.grids;
        let place = |row: u32| row_box(&table.bbox, row);
        let rows = self.level_rows(kind, level);
        let found: Vec<u32> = if rows.len() <= SCANNED {
            rows.filter(|row| place(*row).is_some_and(|b| b.intersection(bbox).is_some())).collect()
        } else {
            let mut found = table.by_place.search(bbox, place);
            found.retain(|row| rows.contains(row));
            found
        };
        found.into_iter().filter_map(|row| self.grid_row(row)).collect()
    }

    /// Whether the box of a grid of any level and kind touches `bbox`.
    pub(crate) fn has_grids_in(&self, bbox: Bbox) -> bool {
        let table = &self.0.grids;
        table.by_place.touches(bbox, |row| row_box(&table.bbox, row))
    }

    /// Whether the box of a building touches `bbox`.
    pub(crate) fn has_buildings_in(&self, bbox: Bbox) -> bool {
        let table = &self.0.buildings;
        table.by_place.touches(bbox, |row| row_box(&table.bbox, row))
    }

    /// Whether an address lies inside `bbox` or on its border.
    pub(crate) fn has_addresses_in(&self, bbox: Bbox) -> bool {
        let table = &self.0.addresses;
        table
            .by_place
            .touches(bbox, |row| Some(Bbox::EMPTY.extend(LngLat::new(table.lng.get(row)?, table.lat.get(row)?))))
    }

    /// The grids of one kind and level, by code.
    pub(crate) fn level_grids(&self, kind: &GridKind, level: Level) -> impl Iterator<Item = Grid<'_>> + Send + use<'_> {
        self.level_rows(kind, level).filter_map(|row| self.grid_row(row))
    }

    /// The rows of enterprises, in the order of the plate.
    pub(crate) fn enterprise_rows(&self) -> impl Iterator<Item = Enterprise<'_>> + Send {
        (0..self.manifest().rows.enterprises as u32).map(|row| Enterprise::at(self, row))
    }

    /// The rows of the grids of one kind and level.
    pub(crate) fn level_rows(&self, kind: &GridKind, level: Level) -> Range<u32> {
        let levels = self.0.levels.get_or_init(|| {
            let table = &self.0.grids;
            let key = |row| (table.kind.get(row).unwrap_or_default(), table.level.get(row).unwrap_or_default());
            let rows: Vec<u32> = (0..table.rows as u32).collect();
            let runs =
                rows.chunk_by(|a, b| key(*a) == key(*b)).map(|run| (key(run[0]), run[0]..run[0] + run.len() as u32));
            runs.map(|((kind, level), rows)| (kind.to_owned(), level.to_owned(), rows)).collect()
        });
        let is = |found: &&(String, String, Range<u32>)| found.0 == kind.as_str() && found.1 == level.as_str();
        levels.iter().find(is).map_or(0..0, |(_, _, rows)| rows.clone())
    }

    /// All grids of one kind and level, by code.
    pub(crate) fn grids_at(&self, kind: &GridKind, level: Level) -> Vec<Grid<'_>> {
        self.level_rows(kind, level).filter_map(|row| self.grid_row(row)).collect()
    }

    /// The grids of the first coverage and the levels above it, from the ground up; each level by code.
    pub(crate) fn first_kind(&self) -> Vec<Grid<'_>> {
        let Some(first) = self.manifest().coverages.first() else { return Vec::new() };
        let of_kind = |row: &u32| self.0.grids.kind.get(*row) == Some(first.kind.as_str());
        (0..self.0.grids.rows as u32).take_while(of_kind).filter_map(|row| self.grid_row(row)).collect()
    }

    /// The rows of enterprises that have an address.
    pub(crate) fn linked_enterprises(&self) -> impl ExactSizeIterator<Item = Enterprise<'_>> {
        (0..self.0.enterprises.linked).map(|row| Enterprise::at(self, row))
    }

    /// The attributes of people, then of enterprises, with their words.
    pub(crate) fn attribute_columns(&self) -> impl Iterator<Item = (Entity, &str, &[String])> {
        let of_people = self.manifest().person_attributes.iter().map(|a| (Entity::Person, a));
        let of_enterprises = self.manifest().enterprise_attributes.iter().map(|a| (Entity::Enterprise, a));
        of_people.chain(of_enterprises).map(|(entity, a)| (entity, a.name.as_str(), a.categories.as_slice()))
    }

    pub(crate) fn layer_cell(&self) -> &OnceLock<Vec<TileLayer>> {
        &self.1
    }

    pub(crate) fn with_tile_layers(&self, layers: Vec<TileLayer>) -> Self {
        Self(self.0.clone(), Arc::new(OnceLock::from(layers)), self.2)
    }

    pub(crate) fn outlines(&self) -> &Outlines {
        &self.0.outlines
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

    /// The grids of all levels and kinds with a code: the basic and finest one first.
    pub fn grids_with_code(&self, code: &str) -> impl Iterator<Item = Grid<'_>> {
        let code = fold_code(code).to_ascii_uppercase();
        let rows = self.0.grids.by_code.find_all(code.as_str(), |row| self.0.grids.code.get(row));
        rows.iter().filter_map(|row| self.grid_row(*row))
    }

    /// The grid with a code: where several have it, the basic and finest one.
    pub fn grid(&self, code: &str) -> Option<Grid<'_>> {
        let code = fold_code(code).to_ascii_uppercase();
        self.grid_row(self.0.grids.by_code.find(&self.0.grids.code, &code)?)
    }

    /// The building with a code.
    pub fn building(&self, code: &str) -> Option<Building<'_>> {
        self.building_row(self.0.buildings.by_code.find(&self.0.buildings.code, &fold_code(code))?)
    }

    /// The address with a code.
    pub fn address(&self, code: &str) -> Option<Address<'_>> {
        self.address_row(self.0.addresses.by_code.find(&self.0.addresses.code, &fold_code(code))?)
    }

    /// The enterprise with a 统一社会信用代码, at all its addresses.
    pub fn enterprise(&self, uscc: &str) -> Option<Enterprise<'_>> {
        let uscc = fold_code(uscc).to_ascii_uppercase();
        let rows = self.0.enterprises_by_code.find_all(uscc.as_str(), |row| self.0.enterprises.uscc.get(row));
        Enterprise::of(self, rows)
    }

    /// What the plate holds about single persons. It is opened with the first question, and only its owner can.
    ///
    /// # Errors
    /// When the files may not be read, or are truncated or damaged.
    pub fn people(&self) -> Result<People<'_>, OpenError> {
        let files = match self.0.people.get() {
            Some(files) => files,
            None => {
                let opened = PeopleFiles::open(&Files { dir: &self.0.dir, manifest: &self.0.manifest, listed: &[] })?;
                self.0.people.get_or_init(|| opened)
            }
        };
        Ok(People { plate: self, files })
    }

    /// Whatever has this code: a grid, else a building, an address, an enterprise. People are found with a key only
    /// ([`Baseplate::people`]).
    pub fn resolve(&self, code: &str) -> Option<Thing<'_>> {
        let grid = self.grid(code).map(Thing::Grid);
        let place = grid.or_else(|| self.building(code).map(Thing::Building));
        let place = place.or_else(|| self.address(code).map(Thing::Address));
        place.or_else(|| self.enterprise(code).map(Thing::Enterprise))
    }

    /// The types of codes that this city has: the five, and its own.
    pub fn code_types(&self) -> Vec<CodeType> {
        let own = self.manifest().code_types.iter();
        let own = own.filter_map(|t| CodeType::own(&t.name, &t.pattern, t.entity).ok());
        CodeType::standard().into_iter().chain(own).collect()
    }

    /// Of which types a text could be a code, and what is wrong with it as each.
    pub fn explain(&self, text: &str) -> Vec<(CodeType, Result<(), CodeError>)> {
        self.code_types().into_iter().map(|t| (t.clone(), t.check(text))).collect()
    }

    /// What was found wrong with the data, in the order it was found; what concerns single persons is kept apart
    /// ([`People::issues`]).
    pub fn issues(&self) -> impl Iterator<Item = IssueRecord<'_>> {
        (0..self.0.issues.rows as u32).filter_map(|row| IssueRecord::of(&self.0.issues, row))
    }

    pub(crate) fn geo_index(&self) -> &GeoIndex {
        &self.0.geocode
    }

    /// What has a code that begins so, a few of each: grids, buildings, addresses, enterprises.
    pub(crate) fn starting_with(&self, code: &str, each: usize) -> Vec<Thing<'_>> {
        let inner = &self.0;
        let grids = inner.grids.by_code.starting_with(&inner.grids.code, code, each);
        let buildings = inner.buildings.by_code.starting_with(&inner.buildings.code, code, each);
        let addresses = inner.addresses.by_code.starting_with(&inner.addresses.code, code, each);
        let enterprises = inner.enterprises_by_code.starting_with(&inner.enterprises.uscc, code, each);
        let grids = grids.filter_map(|row| self.grid_row(row)).map(Thing::Grid);
        let buildings = buildings.filter_map(|row| self.building_row(row)).map(Thing::Building);
        let addresses = addresses.filter_map(|row| self.address_row(row)).map(Thing::Address);
        let enterprises = enterprises.map(|row| Enterprise::at(self, row)).filter(Enterprise::is_listed);
        let enterprises = enterprises.map(Thing::Enterprise);
        grids.chain(buildings).chain(addresses).chain(enterprises).collect()
    }

    /// Up to `most` grids whose name has a text in it.
    pub(crate) fn grids_named(&self, text: &str, most: usize) -> Vec<Grid<'_>> {
        let (names, finder) = (&self.0.grids.name, memchr::memmem::Finder::new(text));
        let is_named = |row: &u32| names.get(*row).is_some_and(|name| finder.find(name.as_bytes()).is_some());
        let rows = (0..self.0.grids.rows as u32).filter(is_named);
        rows.filter_map(|row| self.grid_row(row)).take(most).collect()
    }

    /// Up to `most` enterprises with a name that has a text at its beginning, or soon after the names of divisions there. Natural
    /// persons in business are never among them.
    pub(crate) fn enterprises_named(&self, text: &str, most: usize) -> Vec<Enterprise<'_>> {
        let table = &self.0.enterprises;
        let mut rows: Vec<u32> = self.0.enterprises_by_name.starting_with(&table.name, text, most).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.into_iter().map(|row| Enterprise::at(self, row)).filter(|one| !one.is_natural_person()).collect()
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

fn row_box(columns: &[Doubles; 4], row: u32) -> Option<Bbox> {
    let [w, s, e, n] = columns;
    Some(Bbox([w.get(row)?, s.get(row)?, e.get(row)?, n.get(row)?]))
}

/// The enterprises by name, relative to the generation.
pub(crate) const ENTERPRISES_BY_NAME: &str = "index/enterprises-by-name.bin";
/// The counts by category, relative to the generation.
pub(crate) const CATEGORIES: &str = "index/categories.bin";
/// First bytes of that file.
pub(crate) const CATEGORIES_MAGIC: [u8; 8] = *b"BPCATEGO";
/// Version of its layout.
pub(crate) const CATEGORIES_VERSION: u32 = 3;

/// The locator of a coverage, relative to the generation.
pub(crate) fn locator_file(kind: &GridKind) -> String {
    format!("index/locator-{kind}.bin")
}

/// The column with the grid of a coverage, in the tables of buildings and addresses.
pub(crate) fn grid_column(kind: &GridKind) -> String {
    format!("grid_{kind}")
}
