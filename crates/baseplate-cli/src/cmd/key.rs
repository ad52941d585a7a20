//! The key under which people are known.

use baseplate_core::code::{KeyError, PersonKey};
use phrasebook::say;
use std::{
    env,
    path::{Path, PathBuf},
};

/// Where a key may stand instead of a file.
const VARIABLE: &str = "BASEPLATE_KEY";

#[derive(clap::Args)]
pub(crate) struct KeyArgs {
    /// File with the key under which the ids of people are hidden; or set BASEPLATE_KEY
    #[arg(long)]
    key_file: Option<PathBuf>,
}

impl KeyArgs {
    /// The key that was given, if one was.
    pub(crate) fn key(&self) -> Result<Option<PersonKey>, KeyError> {
        match &self.key_file {
            Some(file) => read_key(file).map(Some),
            None => {
                let variable = env::var(VARIABLE).ok().filter(|secret| !secret.trim().is_empty());
                variable.map(|secret| PersonKey::new(secret.as_bytes())).transpose()
            }
        }
    }
}

/// The key in a file.
pub(crate) fn read_key(file: &Path) -> Result<PersonKey, KeyError> {
    warn_if_open(file);
    PersonKey::read(file)
}

/// Whoever can read the key can try out whose id is in a plate.
fn warn_if_open(file: &Path) {
    #[cfg(unix)]
    if let Ok(found) = file.metadata()
        && std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o077 != 0
    {
        let path = file.display();
        say!("warning: {path}: others than its owner can read or write the key; chmod 600 {path}");
    }
}
