//! The file that is being written, under another name until it is whole.

use crate::cmd::outcome::Failure;
use std::{
    ffi::OsString,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

/// A half-written file, which nobody else writes meanwhile.
pub(super) struct Partial {
    path: PathBuf,
    target: PathBuf,
    /// Held for its lock.
    file: File,
}

impl Partial {
    /// Claims `target` with `.partial` behind it; it is made if it is not there.
    ///
    /// # Errors
    /// When it cannot be written, another export does so, or `target` is a device, a pipe or a folder: the whole file
    /// takes the place of what has its name.
    pub(super) fn claim(target: &Path) -> Result<Self, Failure> {
        if target.metadata().is_ok_and(|found| !found.is_file()) {
            return Err(format!("{}: not a regular file, and would be replaced; name a file", target.display()).into());
        }
        let path = beside(target, ".partial");
        let failed = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
        let opened = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let file = opened.map_err(|e| failed(&e))?;
        match file.try_lock() {
            // Whoever held the lock may have given the file its name meanwhile: then it is not ours.
            Ok(()) if !path.exists() => Err(failed(&"another export has just finished it").into()),
            Ok(()) => Ok(Self { path, target: target.to_owned(), file }),
            Err(TryLockError::WouldBlock) => Err(failed(&"another export is writing it; wait for its end").into()),
            Err(TryLockError::Error(e)) => Err(failed(&e).into()),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file itself; what is written to it stays here until [`Partial::publish`].
    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// A file that goes with it.
    pub(super) fn aside(&self, suffix: &str) -> PathBuf {
        beside(&self.path, suffix)
    }

    /// Gives the whole file its name, in one step.
    pub(super) fn publish(self) -> Result<(), Failure> {
        let failed = |e: std::io::Error| format!("{}: {e}", self.target.display());
        self.file.sync_all().map_err(failed)?;
        fs::rename(&self.path, &self.target).map_err(failed)?;
        let folder = self.target.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all()).map_err(failed)?;
        Ok(())
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
