//! An opened generation: its files mapped, its manifest read.

use super::{people_files::PeopleFiles, record_table::OpenedLayer};
#[cfg(feature = "geocode")]
use crate::{
    gazetteer::index::GeoIndex,
    store::names::{GEOCODE, GEOCODE_GRIDS},
};
use crate::{
    locate::Locator,
    schema::{
        self, Declared,
        tables::{AddressGrids, Addresses, BuildingGrids, Buildings, Grids, Ground, HexCells, Issues, Overrides},
    },
    store::{
        AttributeInfo, Audience, CoverageInfo, LayerInfo, Manifest, OpenError,
        blocks::Blocks,
        files::{Files, finished_generations, read_manifest, read_manifest_of},
        journal::Journal,
        lookup::{BoxTree, RowOrder},
        manifest::hash_text,
        names::{CHANGES, grid_column, locator_file},
    },
};
#[cfg(feature = "tile")]
use crate::{outline::Outlines, store::names::OUTLINES};
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
pub struct Baseplate(pub(super) Arc<Inner>, pub(super) View);

/// What of a plate its handle shows.
#[derive(Debug, Clone)]
pub(super) struct View {
    /// Whether lists name natural persons in business.
    pub(super) natural_persons: bool,
    /// The layers of this audience and of those that may read less.
    pub(super) audience: Audience,
    /// What is said of the layers to this audience, if that is not all: without the attributes that are for fewer.
    pub(super) layers: Option<Arc<[LayerInfo]>>,
}

pub(super) struct Inner {
    pub(super) dir: PathBuf,
    pub(super) manifest: Manifest,
    pub(super) grids: Placed<Grids>,
    pub(super) buildings: Placed<Buildings>,
    pub(super) addresses: Placed<Addresses>,
    pub(super) building_grids: BuildingGrids,
    pub(super) address_grids: AddressGrids,
    /// The ground under everything, if the spec named any.
    pub(super) ground: Option<Placed<Ground>>,
    /// The layers, in the order of the manifest.
    pub(super) layers: Vec<OpenedLayer>,
    pub(super) overrides: Overrides,
    pub(super) cells: HexCells,
    pub(super) issues: Issues,
    pub(super) blocks: Blocks,
    /// What the publications up to this one changed; none in a plate that was written before plates kept that.
    pub(super) journal: Option<Journal>,
    #[cfg(feature = "geocode")]
    pub(super) geocode: GeoIndex,
    pub(super) locators: Vec<Locator>,
    #[cfg(feature = "tile")]
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
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// # let path = std::env::current_exe()?.with_file_name("town.plate");
    /// use baseplate_core::Baseplate;
    ///
    /// let plate = Baseplate::open(&path)?;
    /// assert_eq!(plate.manifest().name, "示例市");
    /// assert!(Baseplate::open("no such plate").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let (dir, manifest) = read_manifest(path.as_ref())?;
        Self::open_files(dir, manifest)
    }

    /// Opens a generation of a plate by its number, whether it is the published one or an older one that is still there
    /// ([`Baseplate::generations`]).
    ///
    /// `CURRENT` has a hash of the published manifest alone: of another generation nobody can tell whether its manifest is the one that
    /// was published. Its files are compared with that manifest as always.
    ///
    /// # Errors
    /// [`OpenError::NoGeneration`] with the numbers that are there, else those of [`Baseplate::open`].
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// # let path = std::env::current_exe()?.with_file_name("town.plate");
    /// use baseplate_core::{Baseplate, OpenError};
    ///
    /// assert_eq!(Baseplate::open_generation(&path, 1)?.manifest().generation, "000001");
    /// assert!(matches!(Baseplate::open_generation(&path, 7), Err(OpenError::NoGeneration { there, .. }) if there == [1]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open_generation(path: impl AsRef<Path>, number: u64) -> Result<Self, OpenError> {
        let (dir, manifest) = read_manifest_of(path.as_ref(), number)?;
        Self::open_files(dir, manifest)
    }

    /// The numbers of the generations of a plate that are there, ascending; the published one need not be the last of them.
    ///
    /// # Errors
    /// When the directory is not there or cannot be read.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// # let path = std::env::current_exe()?.with_file_name("town.plate");
    /// assert_eq!(baseplate_core::Baseplate::generations(&path)?, [1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn generations(path: impl AsRef<Path>) -> Result<Vec<u64>, OpenError> {
        finished_generations(path.as_ref())
    }

    fn open_files(dir: PathBuf, manifest: Manifest) -> Result<Self, OpenError> {
        let files = Files { dir: &dir, manifest: &manifest, listed: &manifest.files };
        files.check()?;
        let open = |c: &CoverageInfo| files.index(&locator_file(&c.kind), Locator::open);
        let kinds = [manifest.coverages.iter().map(|c| grid_column(&c.kind)).collect::<Vec<_>>()];
        let layers = (0..manifest.layers.len()).map(|layer| OpenedLayer::open(&files, layer, &kinds));
        let inner = Inner {
            grids: Placed::open(&files, "grids", |table: &Grids| table.rows)?,
            buildings: Placed::open(&files, "buildings", |table: &Buildings| table.rows)?,
            addresses: Placed::open(&files, "addresses", |table: &Addresses| table.rows)?,
            building_grids: schema::open(&files, &kinds)?,
            address_grids: schema::open(&files, &kinds)?,
            ground: files
                .lists(Ground::FILE)
                .then(|| Placed::open(&files, "ground", |table: &Ground| table.rows))
                .transpose()?,
            layers: layers.collect::<Result<_, _>>()?,
            overrides: schema::open(&files, &[])?,
            cells: schema::open(&files, &[])?,
            issues: schema::open(&files, &[])?,
            blocks: Blocks::open(&files)?,
            journal: files.lists(CHANGES).then(|| files.index(CHANGES, |file| Ok(Journal::new(file)))).transpose()?,
            #[cfg(feature = "geocode")]
            geocode: open_geocode(&files)?,
            locators: manifest.coverages.iter().map(open).collect::<Result<_, _>>()?,
            #[cfg(feature = "tile")]
            outlines: files.index(OUTLINES, Outlines::open)?,
            people: OnceLock::new(),
            grid_numbers: OnceLock::new(),
            levels: OnceLock::new(),
            dir,
            manifest,
        };
        inner.check_manifest()?;
        let plate =
            Self(Arc::new(inner), View { natural_persons: false, audience: Audience::Restricted, layers: None });
        plate.check_at_open()?;
        Ok(plate)
    }

    /// The same plate, in which tiles, features, searches and lists name natural persons in business (个体工商户) like any other
    /// enterprise. Otherwise they are counted, and found by their whole code ([`Baseplate::enterprise`]). The rows of a layer, of an
    /// address and of a building have them either way: whoever shows these filters by [`Record::is_listed`](super::Record::is_listed).
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let plate = plate.with_natural_persons();
    /// assert!(plate.enterprise("91990101MAHTNDDP28").is_some_and(|enterprise| enterprise.is_listed()));
    /// ```
    pub fn with_natural_persons(self) -> Self {
        Self(self.0, View { natural_persons: true, ..self.1 })
    }

    /// The same plate as an audience may read it: without the layers, and the attributes of layers, that are for fewer than it. As it was opened it has all of them,
    /// since whoever can open its files can read these too.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Audience;
    ///
    /// let public = plate.for_audience(Audience::Public);
    /// assert!(public.layers().all(|layer| layer.info().audience == Audience::Public));
    /// ```
    pub fn for_audience(self, audience: Audience) -> Self {
        let shown = |attribute: &AttributeInfo| attribute.audience <= audience;
        let without = |layer: &LayerInfo| {
            let attributes = layer.attributes.iter().filter(|attribute| shown(attribute)).cloned().collect();
            LayerInfo { attributes, ..layer.clone() }
        };
        let layers = Some(self.0.manifest.layers.iter().map(without).collect());
        Self(self.0, View { audience, layers, ..self.1 })
    }

    /// What the plate says about itself: its generation, sources, rows and files.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert_eq!(plate.manifest().rows.buildings, 1796);
    /// ```
    pub fn manifest(&self) -> &Manifest {
        &self.0.manifest
    }

    /// What tells this generation from all others: its number, when it was built, and a hash over its files.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert!(plate.fingerprint().starts_with("000001 of "));
    /// ```
    pub fn fingerprint(&self) -> String {
        let Manifest { generation, built_at, files, .. } = self.manifest();
        let hashes: String = files.iter().map(|file| file.xxh3.as_str()).collect();
        format!("{generation} of {built_at}, {}", hash_text(xxh3_64(hashes.as_bytes())))
    }

    /// The generation that is published now where this one was opened, opened, if it is another one; it names whom this one names
    /// ([`Baseplate::with_natural_persons`]). As long as nothing was published, only `CURRENT` and the manifest are read.
    ///
    /// # Errors
    /// Those of [`Baseplate::open`]; this one stays as it is.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// if let Some(newer) = plate.newer()? {
    ///     println!("generation {} was published", newer.manifest().generation);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn newer(&self) -> Result<Option<Self>, OpenError> {
        let plate = self.0.dir.parent().unwrap_or(Path::new(""));
        let (dir, manifest) = read_manifest(plate)?;
        if manifest.generation == self.manifest().generation && manifest.built_at == self.manifest().built_at {
            return Ok(None);
        }
        let Self(opened, view) = Self::open_files(dir, manifest)?;
        let newer = Self(opened, View { natural_persons: self.1.natural_persons, ..view });
        Ok(Some(newer.for_audience(self.1.audience)))
    }

    /// The directory of the generation.
    #[cfg(feature = "build")]
    pub(crate) fn dir(&self) -> &Path {
        &self.0.dir
    }

    #[cfg(feature = "tile")]
    pub(crate) fn outlines(&self) -> &Outlines {
        &self.0.outlines
    }

    #[cfg(feature = "geocode")]
    pub(crate) fn geo_index(&self) -> &GeoIndex {
        &self.0.geocode
    }
}

impl fmt::Debug for Baseplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Baseplate").field(&self.0.dir).finish()
    }
}

#[cfg(feature = "geocode")]
fn open_geocode(files: &Files<'_>) -> Result<GeoIndex, OpenError> {
    let grids = files.index(GEOCODE_GRIDS, Ok)?;
    files.index(GEOCODE, |file| GeoIndex::open(file, grids))
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
