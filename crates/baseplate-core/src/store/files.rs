//! Opening a generation: the manifest first, then every table and index that it names.
//!
//! Trust goes along a chain of hashes (XXH3-64, which guards against accidents and not against attackers).
//! `CURRENT` names the published generation and the hash of its `plate.json`; that has the size and hash of
//! every file, for tables also of their footers and batch headers, and the hash of the manifest in
//! `private/`. A generation that is opened by its number and is not the published one has no hash in
//! `CURRENT`, and its manifest is believed as it stands.
//!
//! The folder `private/` may be closed to whoever opens a plate. Its files are opened when they are asked
//! for, and the error then is [`OpenError::Private`].

use super::{
    generations::{generation_name, generations},
    lookup::{BoxTree, RowOrder},
    manifest::{FORMAT, FileInfo, MIGRATED, Manifest, PrivateManifest, hash_text},
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

/// Plates up to this size (bytes) are checked against their hashes whenever they are opened; it takes some milliseconds.
/// Larger ones are checked in structure only, and in full by [`Baseplate::verify`](crate::Baseplate::verify).
const CHECKED_ON_OPEN: u64 = 64 << 20;

/// Why a plate cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no plate, or no published generation in it.
    #[error("{0}: not a plate (it has no CURRENT file); build one with: baseplate build SPEC.toml --out {0}")]
    NotAPlate(PathBuf),
    /// The plate has no such generation: it was never built, or is one of those that newer ones replaced. Open one of those that are
    /// there, or the published one with [`Baseplate::open`](crate::Baseplate::open).
    #[error("{path}: there is no generation {number}, only {}; open one of these, or the published one without a number", listed(.there))]
    NoGeneration {
        /// The plate.
        path: PathBuf,
        /// The number that was asked for.
        number: u64,
        /// The numbers of the generations that are there, ascending.
        there: Vec<u64>,
    },
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
    #[error("{path}: plate format {found}, this program reads format {FORMAT}; {}", cure(*found))]
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

/// What to do about a plate of another format.
fn cure(format: u64) -> &'static str {
    if format == u64::from(MIGRATED) {
        "bring it to this format: baseplate migrate PLATE, or build it again: baseplate build SPEC.toml --out PLATE"
    } else {
        "build it again: baseplate build SPEC.toml --out PLATE"
    }
}

/// Numbers as a sentence has them, separated by commas.
fn listed(numbers: &[u64]) -> String {
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}

/// The published generation of a plate: its directory and its manifest, which is compared with the hash in
/// `CURRENT`.
pub(crate) fn read_manifest(plate: &Path) -> Result<(PathBuf, Manifest), OpenError> {
    let (name, hash) = read_current(plate)?;
    let dir = plate.join(name);
    let manifest = manifest_of(&dir, Some(&hash))?;
    Ok((dir, manifest))
}

/// The published generation of a plate of any format: its directory, and its manifest as it stands, which is compared with the hash in
/// `CURRENT`.
#[cfg(feature = "build")]
pub(crate) fn read_manifest_of_any_format(plate: &Path) -> Result<(PathBuf, serde_json::Value), OpenError> {
    let (name, hash) = read_current(plate)?;
    let dir = plate.join(name);
    let manifest = manifest_json(&dir, Some(&hash))?;
    Ok((dir, manifest))
}

/// A generation of a plate by its number, whether it is the published one or not: its directory and its
/// manifest. A manifest that names another generation is refused, because it was copied there.
pub(crate) fn read_manifest_of(plate: &Path, number: u64) -> Result<(PathBuf, Manifest), OpenError> {
    let (published, hash) = read_current(plate)?;
    let there = finished_generations(plate)?;
    if !there.contains(&number) {
        return Err(OpenError::NoGeneration { path: plate.to_owned(), number, there });
    }
    let name = generation_name(number);
    let dir = plate.join(&name);
    let manifest = manifest_of(&dir, (name == published).then_some(&hash))?;
    if manifest.generation != name {
        return Err(damaged(dir.join(MANIFEST), "it is of another generation"));
    }
    Ok((dir, manifest))
}

/// The numbers of the finished generations of a plate, ascending. A directory that is not there is not a
/// plate; an empty one has none.
pub(crate) fn finished_generations(plate: &Path) -> Result<Vec<u64>, OpenError> {
    generations(plate).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => OpenError::NotAPlate(plate.to_owned()),
        _ => OpenError::Io { path: plate.to_owned(), source },
    })
}

/// What `CURRENT` says: the name of the published generation, and the hash of its manifest. The name must
/// be of digits only, so that it leads to no other directory.
fn read_current(plate: &Path) -> Result<(String, String), OpenError> {
    let path = plate.join(CURRENT);
    let unnamed = || damaged(path.clone(), "it does not name a generation");
    let current = fs::read_to_string(&path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => OpenError::NotAPlate(plate.to_owned()),
        io::ErrorKind::InvalidData => unnamed(),
        _ => OpenError::Io { path: path.clone(), source },
    })?;
    let (generation, hash) = current.trim_end().split_once(' ').ok_or_else(unnamed)?;
    if generation.is_empty() || !generation.bytes().all(|b| b.is_ascii_digit()) {
        return Err(unnamed());
    }
    Ok((generation.to_owned(), hash.to_owned()))
}

/// The manifest of a generation, which must have a hash if one is known. The format is compared before
/// anything else is made of it, so that a plate of another format is called that and not damaged.
fn manifest_of(dir: &Path, hash: Option<&String>) -> Result<Manifest, OpenError> {
    let json = manifest_json(dir, hash)?;
    match json.get("format").and_then(serde_json::Value::as_u64) {
        Some(found) if found != u64::from(FORMAT) => Err(OpenError::Format { path: dir.to_owned(), found }),
        _ => serde_json::from_value(json).map_err(|e| damaged(dir.join(MANIFEST), &e.to_string())),
    }
}

/// The same as it stands, whatever the format.
fn manifest_json(dir: &Path, hash: Option<&String>) -> Result<serde_json::Value, OpenError> {
    let path = dir.join(MANIFEST);
    let bytes = fs::read(&path).map_err(|source| OpenError::Io { path: path.clone(), source })?;
    if hash.is_some_and(|hash| hash_text(xxh3_64(&bytes)) != *hash) {
        return Err(damaged(path, "it is not the manifest that was published"));
    }
    serde_json::from_slice(&bytes).map_err(|e| damaged(path, &e.to_string()))
}

fn damaged(path: PathBuf, reason: &str) -> OpenError {
    OpenError::Damaged { path, reason: reason.to_owned() }
}

/// The files of a generation, to be checked and opened by their names in the manifest.
pub(crate) struct Files<'a> {
    /// The directory of the generation.
    pub(crate) dir: &'a Path,
    /// What the generation says of itself.
    pub(crate) manifest: &'a Manifest,
    /// The files that are meant: those of the manifest, or those of the private one.
    pub(crate) listed: &'a [FileInfo],
}

impl Files<'_> {
    /// What the folder about single persons holds. Its hash stands in the manifest, so it belongs to this
    /// generation and no other.
    pub(crate) fn private_manifest(&self) -> Result<PrivateManifest, OpenError> {
        let bytes = self.map(PRIVATE_MANIFEST)?;
        if hash_text(xxh3_64(&bytes)) != self.manifest.private {
            return Err(self.damaged(PRIVATE_MANIFEST, "it is not the manifest that was published"));
        }
        serde_json::from_slice(&bytes).map_err(|e| self.damaged(PRIVATE_MANIFEST, e))
    }

    /// Whether a file is among those that are listed.
    pub(crate) fn lists(&self, file: &str) -> bool {
        self.listed.iter().any(|listed| listed.path == file)
    }

    /// The error of a file of the generation.
    pub(crate) fn damaged(&self, file: &str, reason: impl ToString) -> OpenError {
        OpenError::Damaged { path: self.dir.join(file), reason: reason.to_string() }
    }

    /// What is checked whenever a plate is opened: of all listed files every size, and the hashes as well if these files add up to at
    /// most [`CHECKED_ON_OPEN`] bytes.
    pub(crate) fn check(&self) -> Result<(), OpenError> {
        let small = self.listed.iter().map(|f| f.bytes).sum::<u64>() <= CHECKED_ON_OPEN;
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

    /// Maps a file. One below `private/` that may not be read is [`OpenError::Private`].
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

    /// Compares all listed files with their sizes and hashes, which reads every byte of them.
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

    /// Maps an index and opens it; what `open` finds wrong is told with the file's path.
    pub(crate) fn index<T>(
        &self,
        file: &str,
        open: impl FnOnce(Buffer) -> Result<T, ArraysError>,
    ) -> Result<T, OpenError> {
        open(self.map(file)?).map_err(|e| self.damaged(file, e))
    }

    /// Maps a table and opens it, if its structure has the hashes of the manifest.
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

    /// Opens a table and gives what `read` makes of its columns; what is wrong is told with the file's
    /// path.
    pub(crate) fn columns<C>(
        &self,
        file: &str,
        read: impl FnOnce(&Table) -> Result<C, TableError>,
    ) -> Result<C, OpenError> {
        read(&self.table(file)?).map_err(|e| self.damaged(file, e))
    }
}
