//! Opening a generation: the manifest first, then every table and index that it names.

use super::{
    lookup::{BoxTree, RowOrder},
    manifest::{FORMAT, FileInfo, Manifest, PrivateManifest, hash_text},
    map::map,
    names::{CURRENT, MANIFEST, PRIVATE, PRIVATE_MANIFEST},
    structure::StructureHash,
    table::{Table, TableError},
};
use crate::arrays::ArraysError;
use arrow_buffer::Buffer;
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use xxhash_rust::xxh3::xxh3_64;

/// Plates up to this size (bytes) are checked against their hashes whenever they are opened; it takes some
/// milliseconds. Larger ones are checked in structure only, and in full by [`Baseplate::verify`](crate::Baseplate::verify).
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
    /// A file about single persons is not for this user.
    #[error("{path}: what is about single persons can be read by the plate's owner alone; ask as that user")]
    Private {
        /// The file.
        path: PathBuf,
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

pub(crate) fn read_manifest(plate: &Path) -> Result<(PathBuf, Manifest), OpenError> {
    let damaged = |path: PathBuf, reason: &str| OpenError::Damaged { path, reason: reason.to_owned() };
    let current = fs::read_to_string(plate.join(CURRENT)).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => OpenError::NotAPlate(plate.to_owned()),
        io::ErrorKind::InvalidData => damaged(plate.join(CURRENT), "it does not name a generation"),
        _ => OpenError::Io { path: plate.join(CURRENT), source },
    })?;
    let Some((generation, hash)) = current.trim_end().split_once(' ') else {
        return Err(damaged(plate.join(CURRENT), "it does not name a generation"));
    };
    if generation.is_empty() || !generation.bytes().all(|b| b.is_ascii_digit()) {
        return Err(damaged(plate.join(CURRENT), "it does not name a generation"));
    }
    let dir = plate.join(generation);
    let path = dir.join(MANIFEST);
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
pub(crate) struct Files<'a> {
    pub(crate) dir: &'a Path,
    pub(crate) manifest: &'a Manifest,
    /// Those that are there.
    pub(crate) listed: &'a [FileInfo],
}

impl Files<'_> {
    /// What the folder about single persons holds.
    pub(crate) fn private_manifest(&self) -> Result<PrivateManifest, OpenError> {
        let bytes = self.map(PRIVATE_MANIFEST)?;
        if hash_text(xxh3_64(&bytes)) != self.manifest.private {
            return Err(self.damaged(PRIVATE_MANIFEST, "it is not the manifest that was published"));
        }
        serde_json::from_slice(&bytes).map_err(|e| self.damaged(PRIVATE_MANIFEST, e))
    }

    fn damaged(&self, file: &str, reason: impl ToString) -> OpenError {
        OpenError::Damaged { path: self.dir.join(file), reason: reason.to_string() }
    }

    /// What is checked whenever a plate is opened: of all files every size, and the hashes as well if the plate is small.
    pub(crate) fn check(&self) -> Result<(), OpenError> {
        let small = self.manifest.files.iter().chain(self.listed).map(|f| f.bytes).sum::<u64>() <= CHECKED_ON_OPEN;
        for file in self.listed {
            if small { self.check_contents(file)? } else { self.check_size(file)? }
        }
        Ok(())
    }

    fn check_size(&self, file: &FileInfo) -> Result<(), OpenError> {
        let path = self.dir.join(&file.path);
        let found = fs::metadata(&path).map_err(|source| self.unread(&file.path, source))?.len();
        if found == file.bytes {
            return Ok(());
        }
        Err(self.damaged(&file.path, format!("it has {found} bytes where {} were written", file.bytes)))
    }

    fn map(&self, file: &str) -> Result<Buffer, OpenError> {
        map(&self.dir.join(file)).map_err(|source| self.unread(file, source))
    }

    fn unread(&self, file: &str, source: io::Error) -> OpenError {
        let path = self.dir.join(file);
        if source.kind() == io::ErrorKind::PermissionDenied && file.starts_with(PRIVATE) {
            return OpenError::Private { path };
        }
        OpenError::Io { path, source }
    }

    pub(crate) fn verify(&self) -> Result<(), OpenError> {
        self.listed.iter().try_for_each(|file| self.check_contents(file))
    }

    fn check_contents(&self, file: &FileInfo) -> Result<(), OpenError> {
        self.check_size(file)?;
        if hash_text(xxh3_64(&self.map(&file.path)?)) == file.xxh3 {
            return Ok(());
        }
        Err(self.damaged(&file.path, "its contents are not those that were written"))
    }

    pub(crate) fn index<T>(
        &self,
        file: &str,
        open: impl FnOnce(Buffer) -> Result<T, ArraysError>,
    ) -> Result<T, OpenError> {
        open(self.map(file)?).map_err(|e| self.damaged(file, e))
    }

    fn table(&self, file: &str) -> Result<Table, OpenError> {
        let listed = self.listed.iter().find(|f| f.path == file);
        let number = |hash: &Option<String>| u64::from_str_radix(hash.as_deref()?, 16).ok();
        let hash =
            listed.and_then(|f| Some(StructureHash { footer: number(&f.footer)?, whole: number(&f.structure)? }));
        let hash = hash.ok_or_else(|| self.damaged(MANIFEST, format!("it does not describe {file}")))?;
        Table::open(&self.map(file)?, hash).map_err(|e| self.damaged(file, e))
    }

    /// The rows of a table by code and by place.
    pub(crate) fn lookups(&self, table: &str, rows: usize) -> Result<(RowOrder, BoxTree), OpenError> {
        let by_code = self.index(&format!("index/{table}-by-code.bin"), RowOrder::open)?;
        let by_place = self.index(&format!("index/{table}-by-place.bin"), |file| BoxTree::open(file, rows))?;
        Ok((by_code, by_place))
    }

    /// What a reader makes of a table.
    pub(crate) fn columns<C>(
        &self,
        file: &str,
        read: impl FnOnce(&Table) -> Result<C, TableError>,
    ) -> Result<C, OpenError> {
        read(&self.table(file)?).map_err(|e| self.damaged(file, e))
    }
}
