//! Generations: written aside, published by one rename, never changed afterwards.

use super::manifest::hash_text;
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};
use xxhash_rust::xxh3::xxh3_64;

/// The file that names the published generation.
pub(crate) const CURRENT: &str = "CURRENT";
/// The manifest of a generation.
pub(crate) const MANIFEST: &str = "plate.json";
/// What the last build could not use.
pub(crate) const REJECTS: &str = "rejects.csv";
/// Held by a build for as long as it runs.
const LOCK: &str = ".lock";
/// Directories of unfinished generations end with this.
const UNFINISHED: &str = ".partial";
/// Published generations that stay: the current one and the one before, for readers that are just opening it.
const KEPT: usize = 2;

/// A generation in the making. Dropped without [`Draft::publish`] it leaves the plate as it was.
pub(crate) struct Draft {
    plate: PathBuf,
    number: u64,
    dir: PathBuf,
    _lock: File,
    published: bool,
}

impl Draft {
    /// Makes room for the next generation and takes the plate's lock.
    pub(crate) fn begin(plate: &Path) -> io::Result<Self> {
        fs::create_dir_all(plate)?;
        let lock = File::create(plate.join(LOCK))?;
        lock.try_lock().map_err(|_| io::Error::other("another build is writing this plate; wait for it to end"))?;
        for name in unfinished(plate)? {
            fs::remove_dir_all(plate.join(name))?;
        }
        let number = generations(plate)?.last().map_or(1, |last| last + 1);
        let dir = plate.join(format!("{number:06}{UNFINISHED}"));
        fs::create_dir_all(dir.join("index"))?;
        Ok(Self { plate: plate.to_owned(), number, dir, _lock: lock, published: false })
    }

    /// The directory to write into.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The name of the generation to be.
    pub(crate) fn generation(&self) -> String {
        format!("{:06}", self.number)
    }

    /// Writes everything through to the disk, then makes this the current generation and removes old ones.
    pub(crate) fn publish(mut self, manifest: &[u8]) -> io::Result<()> {
        fs::write(self.dir.join(MANIFEST), manifest)?;
        sync_all(&self.dir)?;
        let generation = self.generation();
        fs::rename(&self.dir, self.plate.join(&generation))?;
        let current = format!("{generation} {}\n", hash_text(xxh3_64(manifest)));
        replace(&self.plate.join(CURRENT), current.as_bytes())?;
        self.published = true;
        replace(&self.plate.join(REJECTS), &fs::read(self.plate.join(&generation).join(REJECTS))?)?;
        for old in generations(&self.plate)?.iter().rev().skip(KEPT) {
            fs::remove_dir_all(self.plate.join(format!("{old:06}")))?;
        }
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.published {
            // What stays behind after a failure here is removed by the next build.
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}

/// Puts a file in place of another in one step.
fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let aside = path.with_extension("new");
    let mut file = File::create(&aside)?;
    file.write_all(contents)?;
    file.sync_all()?;
    fs::rename(&aside, path)?;
    path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
}

fn sync_all(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&entry.path())?;
        } else {
            File::open(entry.path())?.sync_all()?;
        }
    }
    File::open(dir)?.sync_all()
}

/// The numbers of the published generations, ascending.
fn generations(plate: &Path) -> io::Result<Vec<u64>> {
    let mut numbers: Vec<u64> = names(plate)?.iter().filter_map(|name| name.parse().ok()).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

fn unfinished(plate: &Path) -> io::Result<Vec<String>> {
    Ok(names(plate)?.into_iter().filter(|name| name.ends_with(UNFINISHED)).collect())
}

fn names(plate: &Path) -> io::Result<Vec<String>> {
    fs::read_dir(plate)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}
