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
pub(crate) mod publish;
pub(crate) mod table;

pub use entity::{Address, Building, Coverage, Grid, Thing};
pub use manifest::{CoverageInfo, FORMAT, FileInfo, Manifest, RowCounts, SourceInfo};

use crate::{
    arrays::ArraysError,
    code::fold_width,
    locate::Locator,
    model::{GridKind, Level},
    spatial::{Bbox, LngLat},
    tile::TileLayer,
};
use arrow_buffer::Buffer;
use geo::{Intersects, Point};
use lookup::{BoxTree, CodeOrder};
use manifest::hash_text;
use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};
use table::{Blobs, Bytes8, Cells, Counts16, Degrees, Metres, Rows, Table, TableError, Text};
use xxhash_rust::xxh3::xxh3_64;

/// Plates up to this size (bytes) are checked against their hashes whenever they are opened; it takes some
/// milliseconds. Larger ones are checked in structure only, and in full by [`Baseplate::verify`].
const CHECKED_ON_OPEN: u64 = 128 << 20;

/// Why a plate cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no plate, or no published generation in it.
    #[error("{0}: not a plate (it has no CURRENT file); build one with: baseplate build SPEC.toml --out {0}")]
    NotAPlate(PathBuf),
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The plate was written by another version.
    #[error("{path}: plate format {found}, this program reads format {FORMAT}; build the plate again")]
    Format {
        /// The generation.
        path: PathBuf,
        /// The format found.
        found: u64,
    },
    /// A file is not what was written.
    #[error("{path}: {reason}; build the plate again, or restore it from a copy")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

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

struct Grids {
    rows: usize,
    code: Text,
    name: Text,
    kind: Text,
    level: Text,
    parent: Rows,
    lng: Degrees,
    lat: Degrees,
    area_m2: Degrees,
    bbox: [Degrees; 4],
    geometry: Blobs,
    buildings: Rows,
    addresses: Rows,
    by_code: CodeOrder,
    by_place: BoxTree,
}

struct Buildings {
    rows: usize,
    code: Text,
    name: Text,
    floors: Counts16,
    height_m: Metres,
    usage: Text,
    lng: Degrees,
    lat: Degrees,
    h3: Cells,
    bbox: [Degrees; 4],
    geometry: Blobs,
    /// One column for each coverage, in their order.
    grid: Vec<Rows>,
    first_address: Rows,
    addresses: Rows,
    by_code: CodeOrder,
    by_place: BoxTree,
}

struct Addresses {
    rows: usize,
    code: Text,
    text: Text,
    lng: Degrees,
    lat: Degrees,
    h3: Cells,
    building: Rows,
    link: Bytes8,
    distance_m: Metres,
    /// One column for each coverage; filled only where there is no building.
    grid: Vec<Rows>,
    by_code: CodeOrder,
    by_place: BoxTree,
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
        for file in &manifest.files {
            files.check_size(file)?;
        }
        if manifest.files.iter().map(|f| f.bytes).sum::<u64>() <= CHECKED_ON_OPEN {
            files.verify()?;
        }
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

fn read_manifest(plate: &Path) -> Result<(PathBuf, Manifest), OpenError> {
    let current =
        fs::read_to_string(plate.join(publish::CURRENT)).map_err(|_| OpenError::NotAPlate(plate.to_owned()))?;
    let damaged = |path: PathBuf, reason: &str| OpenError::Damaged { path, reason: reason.to_owned() };
    let Some((generation, hash)) = current.trim_end().split_once(' ') else {
        return Err(damaged(plate.join(publish::CURRENT), "it does not name a generation"));
    };
    if generation.is_empty() || !generation.bytes().all(|b| b.is_ascii_digit()) {
        return Err(damaged(plate.join(publish::CURRENT), "it does not name a generation"));
    }
    let dir = plate.join(generation);
    let path = dir.join(publish::MANIFEST);
    let bytes = fs::read(&path).map_err(|source| OpenError::Io { path: path.clone(), source })?;
    if hash_text(xxh3_64(&bytes)) != hash {
        return Err(damaged(path, "it is not the manifest that was published"));
    }
    let json: serde_json::Value = serde_json::from_slice(&bytes).map_err(|e| damaged(path.clone(), &e.to_string()))?;
    match json.get("format").and_then(serde_json::Value::as_u64) {
        Some(found) if found != u64::from(FORMAT) => Err(OpenError::Format { path: dir, found }),
        _ => match serde_json::from_value(json) {
            Ok(manifest) => Ok((dir, manifest)),
            Err(e) => Err(damaged(path, &e.to_string())),
        },
    }
}

/// The files of a generation.
struct Files<'a> {
    dir: &'a Path,
    manifest: &'a Manifest,
}

impl Files<'_> {
    fn damaged(&self, file: &str, reason: impl ToString) -> OpenError {
        OpenError::Damaged { path: self.dir.join(file), reason: reason.to_string() }
    }

    fn check_size(&self, file: &FileInfo) -> Result<(), OpenError> {
        let path = self.dir.join(&file.path);
        let found = fs::metadata(&path).map_err(|source| OpenError::Io { path, source })?.len();
        if found == file.bytes {
            return Ok(());
        }
        Err(self.damaged(&file.path, format!("it has {found} bytes where {} were written", file.bytes)))
    }

    fn map(&self, file: &str) -> Result<Buffer, OpenError> {
        let path = self.dir.join(file);
        map::map(&path).map_err(|source| OpenError::Io { path, source })
    }

    fn verify(&self) -> Result<(), OpenError> {
        for file in &self.manifest.files {
            self.check_size(file)?;
            if hash_text(xxh3_64(&self.map(&file.path)?)) != file.xxh3 {
                return Err(self.damaged(&file.path, "its contents are not those that were written"));
            }
        }
        Ok(())
    }

    fn index<T>(&self, file: &str, open: impl FnOnce(Buffer) -> Result<T, ArraysError>) -> Result<T, OpenError> {
        open(self.map(file)?).map_err(|e| self.damaged(file, e))
    }

    fn table(&self, file: &str) -> Result<Table, OpenError> {
        let listed = self.manifest.files.iter().find(|f| f.path == file);
        let hash = listed.and_then(|f| u64::from_str_radix(f.structure.as_deref()?, 16).ok());
        let hash = hash.ok_or_else(|| self.damaged(publish::MANIFEST, format!("it does not describe {file}")))?;
        Table::open(&self.map(file)?, hash).map_err(|e| self.damaged(file, e))
    }

    fn lookups(&self, table: &str, rows: usize) -> Result<(CodeOrder, BoxTree), OpenError> {
        let by_code = self.index(&format!("index/{table}-by-code.bin"), CodeOrder::open)?;
        let by_place = self.index(&format!("index/{table}-by-place.bin"), |file| BoxTree::open(file, rows))?;
        Ok((by_code, by_place))
    }

    fn grids(&self) -> Result<Grids, OpenError> {
        let file = "grids.arrow";
        let table = self.table(file)?;
        let rows = table.rows();
        let (by_code, by_place) = self.lookups("grids", rows)?;
        let read = || -> Result<Grids, TableError> {
            Ok(Grids {
                rows,
                code: table.text("code")?,
                name: table.text("name")?,
                kind: table.text("kind")?,
                level: table.text("level")?,
                parent: table.numbers("parent")?,
                lng: table.numbers("lng")?,
                lat: table.numbers("lat")?,
                area_m2: table.numbers("area_m2")?,
                bbox: box_columns(&table)?,
                geometry: table.blobs("geometry")?,
                buildings: table.numbers("buildings")?,
                addresses: table.numbers("addresses")?,
                by_code,
                by_place,
            })
        };
        read().map_err(|e| self.damaged(file, e))
    }

    fn buildings(&self) -> Result<Buildings, OpenError> {
        let file = "buildings.arrow";
        let table = self.table(file)?;
        let rows = table.rows();
        let (by_code, by_place) = self.lookups("buildings", rows)?;
        let grid = self.grid_columns(file, &table)?;
        let read = || -> Result<Buildings, TableError> {
            Ok(Buildings {
                rows,
                code: table.text("code")?,
                name: table.text("name")?,
                floors: table.numbers("floors")?,
                height_m: table.numbers("height_m")?,
                usage: table.text("use")?,
                lng: table.numbers("lng")?,
                lat: table.numbers("lat")?,
                h3: table.numbers("h3")?,
                bbox: box_columns(&table)?,
                geometry: table.blobs("geometry")?,
                grid,
                first_address: table.numbers("first_address")?,
                addresses: table.numbers("addresses")?,
                by_code,
                by_place,
            })
        };
        read().map_err(|e| self.damaged(file, e))
    }

    fn addresses(&self) -> Result<Addresses, OpenError> {
        let file = "addresses.arrow";
        let table = self.table(file)?;
        let rows = table.rows();
        let (by_code, by_place) = self.lookups("addresses", rows)?;
        let grid = self.grid_columns(file, &table)?;
        let read = || -> Result<Addresses, TableError> {
            Ok(Addresses {
                rows,
                code: table.text("code")?,
                text: table.text("text")?,
                lng: table.numbers("lng")?,
                lat: table.numbers("lat")?,
                h3: table.numbers("h3")?,
                building: table.numbers("building")?,
                link: table.numbers("link")?,
                distance_m: table.numbers("distance_m")?,
                grid,
                by_code,
                by_place,
            })
        };
        read().map_err(|e| self.damaged(file, e))
    }

    fn grid_columns(&self, file: &str, table: &Table) -> Result<Vec<Rows>, OpenError> {
        let column = |c: &CoverageInfo| {
            let name = grid_column(&c.kind);
            table.numbers_named(&name).ok_or_else(|| self.damaged(file, format!("column '{name}' is missing")))
        };
        self.manifest.coverages.iter().map(column).collect()
    }
}

fn box_columns(table: &Table) -> Result<[Degrees; 4], TableError> {
    Ok([table.numbers("west")?, table.numbers("south")?, table.numbers("east")?, table.numbers("north")?])
}
