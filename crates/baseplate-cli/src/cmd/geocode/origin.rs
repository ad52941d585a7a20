//! Which generation an unfinished output was begun with: a file beside it says so until the output is whole.

use baseplate_core::Baseplate;
use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

/// What is put behind the name of the output.
const SUFFIX: &str = ".begun-with";

/// The generation that answers, and the file that says so; none for an output that is no file.
pub(super) struct Origin {
    path: Option<PathBuf>,
    generation: String,
}

impl Origin {
    pub(super) fn of(out: &Path, plate: &Baseplate) -> Self {
        let is_file = out.as_os_str() != "-" && fs::metadata(out).map_or(true, |found| found.is_file());
        let beside = || {
            let mut name = OsString::from(out);
            name.push(SUFFIX);
            name.into()
        };
        Self { path: is_file.then(beside), generation: plate.fingerprint() }
    }

    /// Says that an output is begun.
    pub(super) fn begin(&self) -> Result<(), String> {
        self.with_path(|path| fs::write(path, &self.generation))
    }

    /// An error unless the unfinished output was begun with this generation.
    pub(super) fn check(&self) -> Result<(), String> {
        let Some(path) = &self.path else { return Ok(()) };
        match fs::read_to_string(path) {
            Ok(begun) if begun == self.generation => Ok(()),
            Ok(begun) => Err(format!(
                "it was begun with generation {begun}, and the plate is at {} now: rows of both would be mixed; run it again \
                 without --resume",
                self.generation
            )),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Err(format!(
                "{} is not there, so it is not known which generation it was begun with; run it again without --resume",
                path.display()
            )),
            Err(e) => Err(format!("{}: {e}", path.display())),
        }
    }

    /// Says that the output is whole.
    pub(super) fn end(&self) -> Result<(), String> {
        self.with_path(|path| match fs::remove_file(path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        })
    }

    fn with_path(&self, act: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), String> {
        self.path.as_deref().map_or(Ok(()), |path| act(path).map_err(|e| format!("{}: {e}", path.display())))
    }
}
