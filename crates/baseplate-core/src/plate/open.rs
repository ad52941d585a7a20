//! Opening a generation: the manifest first, then every table and index that it names.

use super::{
    FORMAT, FileInfo, Manifest, grid_column,
    lookup::{BoxTree, CodeOrder},
    manifest::{CoverageInfo, hash_text},
    map, publish,
    table::{Blobs, Bytes8, Cells, Counts16, Degrees, Metres, Rows, Table, TableError, Text},
};
use crate::arrays::ArraysError;
use arrow_buffer::Buffer;
use std::{
    fs, io,
    path::{Path, PathBuf},
};
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

pub(super) struct Grids {
    pub(super) rows: usize,
    pub(super) code: Text,
    pub(super) name: Text,
    pub(super) kind: Text,
    pub(super) level: Text,
    pub(super) parent: Rows,
    pub(super) parent_link: Bytes8,
    pub(super) lng: Degrees,
    pub(super) lat: Degrees,
    pub(super) area_m2: Degrees,
    pub(super) bbox: [Degrees; 4],
    pub(super) geometry: Blobs,
    pub(super) buildings: Rows,
    pub(super) addresses: Rows,
    pub(super) by_code: CodeOrder,
    pub(super) by_place: BoxTree,
}

pub(super) struct Buildings {
    pub(super) rows: usize,
    pub(super) code: Text,
    pub(super) name: Text,
    pub(super) floors: Counts16,
    pub(super) height_m: Metres,
    pub(super) usage: Text,
    pub(super) lng: Degrees,
    pub(super) lat: Degrees,
    pub(super) h3: Cells,
    pub(super) bbox: [Degrees; 4],
    pub(super) geometry: Blobs,
    /// One column for each coverage, in their order.
    pub(super) grid: Vec<Rows>,
    pub(super) first_address: Rows,
    pub(super) addresses: Rows,
    pub(super) by_code: CodeOrder,
    pub(super) by_place: BoxTree,
}

pub(super) struct Addresses {
    pub(super) rows: usize,
    pub(super) code: Text,
    pub(super) text: Text,
    pub(super) lng: Degrees,
    pub(super) lat: Degrees,
    pub(super) h3: Cells,
    pub(super) building: Rows,
    pub(super) link: Bytes8,
    pub(super) distance_m: Metres,
    /// One column for each coverage; filled only where there is no building.
    pub(super) grid: Vec<Rows>,
    pub(super) by_code: CodeOrder,
    pub(super) by_place: BoxTree,
}

pub(super) fn read_manifest(plate: &Path) -> Result<(PathBuf, Manifest), OpenError> {
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
pub(super) struct Files<'a> {
    pub(super) dir: &'a Path,
    pub(super) manifest: &'a Manifest,
}

impl Files<'_> {
    fn damaged(&self, file: &str, reason: impl ToString) -> OpenError {
        OpenError::Damaged { path: self.dir.join(file), reason: reason.to_string() }
    }

    /// What is checked whenever a plate is opened: every size, and the hashes as well if the plate is small.
    pub(super) fn check(&self) -> Result<(), OpenError> {
        for file in &self.manifest.files {
            self.check_size(file)?;
        }
        let small = self.manifest.files.iter().map(|f| f.bytes).sum::<u64>() <= CHECKED_ON_OPEN;
        if small { self.verify() } else { Ok(()) }
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

    pub(super) fn verify(&self) -> Result<(), OpenError> {
        for file in &self.manifest.files {
            self.check_size(file)?;
            if hash_text(xxh3_64(&self.map(&file.path)?)) != file.xxh3 {
                return Err(self.damaged(&file.path, "its contents are not those that were written"));
            }
        }
        Ok(())
    }

    pub(super) fn index<T>(
        &self,
        file: &str,
        open: impl FnOnce(Buffer) -> Result<T, ArraysError>,
    ) -> Result<T, OpenError> {
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

    pub(super) fn grids(&self) -> Result<Grids, OpenError> {
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
                parent_link: table.numbers("parent_link")?,
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

    pub(super) fn buildings(&self) -> Result<Buildings, OpenError> {
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

    pub(super) fn addresses(&self) -> Result<Addresses, OpenError> {
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
