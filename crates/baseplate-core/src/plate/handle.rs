//! An opened generation: its files mapped, its manifest read.

use super::people_files::PeopleFiles;
use crate::{
    arrays::ArraysReader,
    gazetteer::index::GeoIndex,
    locate::Locator,
    outline::Outlines,
    schema::{
        self, Declared,
        tables::{AddressGrids, Addresses, BuildingGrids, Buildings, Enterprises, Grids, HexCells, Issues, Overrides},
    },
    store::{
        CoverageInfo, Manifest, OpenError,
        blocks::Blocks,
        categories,
        files::{Files, read_manifest},
        lookup::{BoxTree, NameOrder, RowOrder},
        manifest::hash_text,
        names::{CATEGORIES, ENTERPRISES_BY_NAME, GEOCODE, GEOCODE_GRIDS, OUTLINES, grid_column, locator_file},
        table::first_row,
    },
};
use std::{
    fmt,
    ops::{Deref, Range},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};
use xxhash_rust::xxh3::xxh3_64;

/// An opened plate. Cloning is cheap, and every method takes `&self`, from any thread.
///
/// # Contract
/// The files of a published generation are mapped, not copied: nobody may change them in place while a plate is open.
/// `baseplate build` never does; it writes a new generation beside the old one.
#[derive(Clone)]
pub struct Baseplate(pub(super) Arc<Inner>, pub(super) bool);

pub(super) struct Inner {
    pub(super) dir: PathBuf,
    pub(super) manifest: Manifest,
    pub(super) grids: Placed<Grids>,
    pub(super) buildings: Placed<Buildings>,
    pub(super) addresses: Placed<Addresses>,
    pub(super) building_grids: BuildingGrids,
    pub(super) address_grids: AddressGrids,
    pub(super) enterprises: Enterprises,
    /// The rows of enterprises that have an address; they come first.
    pub(super) enterprises_linked: u32,
    pub(super) enterprises_by_code: RowOrder,
    pub(super) enterprises_by_name: NameOrder,
    pub(super) overrides: Overrides,
    pub(super) cells: HexCells,
    pub(super) issues: Issues,
    pub(super) categories: ArraysReader,
    pub(super) blocks: Blocks,
    pub(super) geocode: GeoIndex,
    pub(super) locators: Vec<Locator>,
    pub(super) outlines: Outlines,
    pub(super) people: OnceLock<PeopleFiles>,
    /// The rows of grids by number, in the order of these.
    pub(super) grid_numbers: OnceLock<Vec<(u32, u32)>>,
    /// Kind, level and rows of every run of grids.
    pub(super) levels: OnceLock<Vec<(String, String, Range<u32>)>>,
}

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
        let attributes: Vec<_> = manifest.enterprise_attributes.iter().map(|a| a.name.clone()).collect();
        let kinds: Vec<_> = manifest.coverages.iter().map(|c| grid_column(&c.kind)).collect();
        let enterprises: Enterprises = schema::open(&files, &attributes)?;
        let geocode_grids = files.index(GEOCODE_GRIDS, Ok)?;
        let inner = Inner {
            grids: Placed::open(&files, "grids", |table: &Grids| table.rows)?,
            buildings: Placed::open(&files, "buildings", |table: &Buildings| table.rows)?,
            addresses: Placed::open(&files, "addresses", |table: &Addresses| table.rows)?,
            building_grids: schema::open(&files, &kinds)?,
            address_grids: schema::open(&files, &kinds)?,
            enterprises_linked: first_row(enterprises.rows, |row| enterprises.address.get(row).is_some()),
            enterprises,
            enterprises_by_code: files.index("index/enterprises-by-code.bin", RowOrder::open)?,
            enterprises_by_name: files.index(ENTERPRISES_BY_NAME, NameOrder::open)?,
            overrides: schema::open(&files, &[])?,
            cells: schema::open(&files, &[])?,
            issues: schema::open(&files, &[])?,
            categories: files
                .index(CATEGORIES, |file| ArraysReader::open(file, categories::MAGIC, categories::VERSION))?,
            blocks: Blocks::open(&files)?,
            geocode: files.index(GEOCODE, |file| GeoIndex::open(file, geocode_grids))?,
            locators: manifest.coverages.iter().map(open).collect::<Result<_, _>>()?,
            outlines: files.index(OUTLINES, Outlines::open)?,
            people: OnceLock::new(),
            grid_numbers: OnceLock::new(),
            levels: OnceLock::new(),
            dir,
            manifest,
        };
        inner.check_manifest()?;
        Ok(Self(Arc::new(inner), false))
    }

    /// The same plate, in which tiles, features, searches and lists name natural persons in business (个体工商户) like any other
    /// enterprise. Otherwise they are counted, found by their whole code ([`Baseplate::enterprise`]), and named nowhere else.
    pub fn with_natural_persons(self) -> Self {
        Self(self.0, true)
    }

    /// What the plate says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.0.manifest
    }

    /// What tells this generation from all others: its number, when it was built, and a hash over its files.
    pub fn fingerprint(&self) -> String {
        let Manifest { generation, built_at, files, .. } = self.manifest();
        let hashes: String = files.iter().map(|file| file.xxh3.as_str()).collect();
        format!("{generation} of {built_at}, {}", hash_text(xxh3_64(hashes.as_bytes())))
    }

    /// The generation that is published now where this one was opened, if it is another one.
    ///
    /// # Errors
    /// When the plate is gone, or its `CURRENT` or manifest cannot be read.
    pub fn newer(&self) -> Result<Option<String>, OpenError> {
        let plate = self.0.dir.parent().unwrap_or(Path::new(""));
        let (_, manifest) = read_manifest(plate)?;
        let same = manifest.generation == self.manifest().generation && manifest.built_at == self.manifest().built_at;
        Ok((!same).then_some(manifest.generation))
    }

    pub(crate) fn outlines(&self) -> &Outlines {
        &self.0.outlines
    }

    pub(crate) fn geo_index(&self) -> &GeoIndex {
        &self.0.geocode
    }
}

impl fmt::Debug for Baseplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Baseplate").field(&self.0.dir).finish()
    }
}

/// A table whose rows have a code and a place.
pub(super) struct Placed<C> {
    columns: C,
    pub(super) by_code: RowOrder,
    pub(super) by_place: BoxTree,
}

impl<C: Declared> Placed<C> {
    fn open(files: &Files<'_>, name: &str, rows: impl Fn(&C) -> usize) -> Result<Self, OpenError> {
        let columns: C = schema::open(files, &[])?;
        let (by_code, by_place) = files.lookups(name, rows(&columns))?;
        Ok(Self { columns, by_code, by_place })
    }
}

impl<C> Deref for Placed<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.columns
    }
}
