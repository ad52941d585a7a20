//! The sample town as a plate, built once for each test program.

use baseplate_core::{Baseplate, BuildError, BuildOptions, BuildReport, IssueRecord, Spec, build, code::PersonKey};
use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};
use tempfile::TempDir;

/// The spec of the sample town.
pub(crate) fn town_spec() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/town/spec.toml")
}

/// The key of all test plates. Its fingerprint is slow, and is made once.
pub(crate) fn key() -> PersonKey {
    static KEY: OnceLock<PersonKey> = OnceLock::new();
    let secret = b"5097b0401182c115f1cf257f33f66af4edbf7e9c16429aa14894d4d6e1ed2aec";
    KEY.get_or_init(|| PersonKey::new(secret).expect("a key")).clone()
}

pub(crate) fn options(strict: bool) -> BuildOptions {
    BuildOptions { strict, key: Some(key()), ..BuildOptions::default() }
}

/// The directory of the town's plate.
pub(crate) fn town_dir() -> &'static Path {
    static TOWN: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = TOWN.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("town.plate");
        let spec = Spec::read(&town_spec()).expect("the sample's spec");
        build(&spec, &path, options(true), &|_| {}).expect("the sample builds");
        (dir, path)
    });
    path
}

/// The town's plate.
pub(crate) fn town() -> Baseplate {
    Baseplate::open(town_dir()).expect("the sample opens")
}

/// Builds a plate from a spec and files given as text.
pub(crate) fn build_text(files: &[(&str, &str)]) -> (TempDir, Result<BuildReport, BuildError>) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).expect("a file");
    }
    let spec = Spec::read(&dir.path().join("spec.toml")).expect("a spec");
    let report = build(&spec, &dir.path().join("out.plate"), options(false), &|_| {});
    (dir, report)
}

/// What was found wrong, with what concerns single persons.
pub(crate) fn all_issues(plate: &Baseplate) -> impl Iterator<Item = IssueRecord<'_>> {
    plate.issues().chain(plate.people().expect("own files").issues())
}
