//! Generations: written aside, published by one rename, never changed afterwards.
//!
//! A build takes the lock of the plate (`.lock`, a lock of the operating system that ends with the
//! process), writes into `NNNNNN.partial`, and publishes in this order: the manifest is written, everything
//! is written through to the disk, the directory is renamed to `NNNNNN`, and `CURRENT` is replaced by one
//! that names it. Each step leaves a plate that can be opened: before the last one the former generation is
//! the current one, after it the new one. What a crash leaves behind is an unfinished directory, which the
//! next build removes, or a finished one that nothing names, which the next publication removes.
//!
//! The generation before the current one is kept, for programs that still have it open and for going back
//! to it. On Unix the files have the modes below; elsewhere modes are left alone.

use super::{
    files::{Files, read_manifest},
    generations::{entries, generation_name, generations, is_generation},
    manifest::{Manifest, PeopleRelease, PrivateManifest, hash_text},
    names::{CURRENT, LAYERS, MANIFEST, PRIVATE, REJECTS},
};
use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};
use xxhash_rust::xxh3::xxh3_64;

/// The state of the releases of people's counts, of all generations.
const PEOPLE_STATE: &str = "people-releases.bin";
/// Held by a build for as long as it runs.
const LOCK: &str = ".lock";
/// Directories of unfinished generations end with this.
const UNFINISHED: &str = ".partial";
/// A plate is its owner's to write, its group's to read, and nobody else's.
const DIR_MODE: u32 = 0o750;
const FILE_MODE: u32 = 0o640;
/// What is about single persons is its owner's alone.
const PRIVATE_DIR_MODE: u32 = 0o700;
pub(crate) const PRIVATE_FILE_MODE: u32 = 0o600;

/// A generation in the making, and the plate's lock. Dropped without [`Draft::publish`] it leaves the plate
/// as it was.
pub(crate) struct Draft {
    plate: PathBuf,
    /// The number of the generation to be: one more than the highest that is there.
    number: u64,
    /// The unfinished directory.
    dir: PathBuf,
    _lock: File,
    /// Whether the plate's directory was not there before, so that a failed build removes it.
    is_first: bool,
    published: bool,
}

impl Draft {
    /// Makes room for the next generation and takes the plate's lock. Refused are a directory that has
    /// other things in it and a plate that another build is writing; unfinished directories of builds that
    /// crashed are removed.
    pub(crate) fn begin(plate: &Path) -> io::Result<Self> {
        let is_first = !plate.exists();
        create_dir(plate, DIR_MODE)?;
        let is_plate = plate.join(CURRENT).exists() || plate.join(LOCK).exists();
        if !is_plate && fs::read_dir(plate)?.next().is_some() {
            return Err(io::Error::other("the directory is no plate and not empty; choose another one for the plate"));
        }
        let lock = File::create(plate.join(LOCK))?;
        restrict(&plate.join(LOCK), FILE_MODE)?;
        lock.try_lock().map_err(|e| match e {
            TryLockError::WouldBlock => io::Error::other("another build is writing this plate; wait for it to end"),
            TryLockError::Error(e) => e,
        })?;
        for name in entries(plate)?.iter().filter(|name| name.strip_suffix(UNFINISHED).is_some_and(is_generation)) {
            fs::remove_dir_all(plate.join(name))?;
        }
        let last = generations(plate)?.last().copied().unwrap_or_default();
        let number =
            last.checked_add(1).ok_or_else(|| io::Error::other("there is no number after the last generation"))?;
        let dir = plate.join(format!("{}{UNFINISHED}", generation_name(number)));
        // Until it is published it is the builder's alone.
        create_dir(&dir.join("index"), PRIVATE_DIR_MODE)?;
        create_dir(&dir.join(LAYERS), PRIVATE_DIR_MODE)?;
        create_dir(&dir.join(PRIVATE), PRIVATE_DIR_MODE)?;
        Ok(Self { plate: plate.to_owned(), number, dir, _lock: lock, is_first, published: false })
    }

    /// The plate.
    pub(crate) fn plate(&self) -> &Path {
        &self.plate
    }

    /// The directory to write into.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// What the published generation says of itself, and of single persons if that can be read; `None` if there is none yet.
    ///
    /// # Errors
    /// In words, when it is of another format or cannot be read.
    pub(crate) fn former(&self) -> Result<Option<(Manifest, Option<PrivateManifest>)>, String> {
        if !self.plate.join(CURRENT).exists() {
            return Ok(None);
        }
        let (dir, manifest) = read_manifest(&self.plate).map_err(|e| e.to_string())?;
        let private = Files { dir: &dir, manifest: &manifest, listed: &[] }.private_manifest().ok();
        Ok(Some((manifest, private)))
    }

    /// The last release of people's counts that a generation of the plate is of, whether it can be opened or not.
    pub(crate) fn last_release(&self) -> Option<PeopleRelease> {
        let of = |number: &u64| {
            let manifest = fs::read(self.plate.join(generation_name(*number)).join(MANIFEST)).ok()?;
            let mut manifest: serde_json::Value = serde_json::from_slice(&manifest).ok()?;
            serde_json::from_value(manifest.get_mut("people_release")?.take()).ok()
        };
        generations(&self.plate).ok()?.iter().rev().find_map(of)
    }

    /// Where the state of the releases of people's counts is kept, if nobody says otherwise.
    pub(crate) fn people_state(&self) -> PathBuf {
        self.plate.join(PEOPLE_STATE)
    }

    /// The name of the generation to be.
    pub(crate) fn generation(&self) -> String {
        generation_name(self.number)
    }

    /// Takes the bytes of a file from the generation before, which has the same: a link to them, so that they are on the disk once. Where
    /// links cannot be made the file stays a copy.
    pub(crate) fn share(&self, former: &str, file: &str) {
        let aside = self.dir.join(file).with_extension("shared");
        let linked = fs::hard_link(self.plate.join(former).join(file), &aside);
        let _ = linked.and_then(|()| fs::rename(&aside, self.dir.join(file)));
        // It is still there if it was the same file already, or could not be put in its place.
        let _ = fs::remove_file(&aside);
    }

    /// Takes a file of another generation over under a name of its own: a link to the same bytes, and a copy of them where links cannot be
    /// made or the file is itself a link to another place.
    pub(crate) fn adopt(&self, file: &Path, name: &str) -> io::Result<()> {
        let to = self.dir.join(name);
        let is_file = fs::symlink_metadata(file)?.is_file();
        let linked = if is_file { fs::hard_link(file, &to) } else { Err(io::ErrorKind::Unsupported.into()) };
        match linked {
            // A copy would be written over what is there, which may be a link to the file itself.
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => fs::copy(file, &to).map(drop),
            other => other,
        }
    }

    /// Writes everything through to the disk, then makes this the current generation. Generations other than this and the
    /// one before are removed, as far as that is possible; what stays is removed by a later build.
    pub(crate) fn publish(mut self, manifest: &[u8]) -> io::Result<()> {
        let generation = self.generation();
        let before = fs::read_to_string(self.plate.join(CURRENT)).unwrap_or_default();
        let named = before.split_whitespace().next().filter(|name| self.plate.join(name).join(MANIFEST).exists());
        // Without a name that is one the last generation is kept: nobody else may have it.
        let last = || generations(&self.plate).ok()?.last().copied().map(generation_name);
        let before = named.map(str::to_owned).or_else(last).unwrap_or_default();
        fs::write(self.dir.join(MANIFEST), manifest)?;
        sync_all(&self.dir)?;
        fs::rename(&self.dir, self.plate.join(&generation))?;
        File::open(&self.plate)?.sync_all()?;
        let current = format!("{generation} {}\n", hash_text(xxh3_64(manifest)));
        replace(&self.plate.join(CURRENT), current.as_bytes(), FILE_MODE)?;
        self.published = true;
        let rejects = fs::read(self.plate.join(&generation).join(REJECTS));
        let _ = rejects.and_then(|rejects| replace(&self.plate.join(REJECTS), &rejects, FILE_MODE));
        for number in generations(&self.plate).unwrap_or_default() {
            let name = generation_name(number);
            if name != generation && name != before {
                let _ = fs::remove_dir_all(self.plate.join(name));
            }
        }
        Ok(())
    }
}

impl Drop for Draft {
    /// Removes what was written, if it was not published, and the plate's directory if this build made it
    /// and nothing else is in it.
    fn drop(&mut self) {
        if !self.published {
            // What stays behind after a failure here is removed by the next build.
            let _ = fs::remove_dir_all(&self.dir);
            if self.is_first && entries(&self.plate).is_ok_and(|names| names == [LOCK]) {
                let _ = fs::remove_file(self.plate.join(LOCK)).and_then(|()| fs::remove_dir(&self.plate));
            }
        }
    }
}

/// Puts a file in place of another in one step: whoever reads it sees the old contents or the new ones,
/// also after a crash. `mode` is the file's on Unix.
pub(crate) fn replace(path: &Path, contents: &[u8], mode: u32) -> io::Result<()> {
    let aside = path.with_extension("new");
    let mut file = File::create(&aside)?;
    restrict(&aside, mode)?;
    file.write_all(contents)?;
    file.sync_all()?;
    fs::rename(&aside, path)?;
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(dir)?.sync_all()
}

/// Makes a directory and those above it that are missing, with this mode where there are modes.
fn create_dir(path: &Path, mode: u32) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, mode);
    builder.recursive(true).create(path)
}

/// Writes everything below a directory through to the disk, and gives it the modes of a plate.
fn sync_all(dir: &Path) -> io::Result<()> {
    let private = dir.ends_with(PRIVATE);
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&entry.path())?;
        } else {
            restrict(&entry.path(), if private { PRIVATE_FILE_MODE } else { FILE_MODE })?;
            File::open(entry.path())?.sync_all()?;
        }
    }
    restrict(dir, if private { PRIVATE_DIR_MODE } else { DIR_MODE })?;
    File::open(dir)?.sync_all()
}

/// Sets the mode of a file or directory where there are modes; elsewhere it does nothing.
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    Ok(())
}
