//! The sample town as a plate, built once for each test program.

use baseplate_core::{Baseplate, BuildOptions, Spec, build};
use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};
use tempfile::TempDir;

/// The spec of the sample town.
pub(crate) fn town_spec() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/town/spec.toml")
}

/// The directory of the town's plate.
pub(crate) fn town_dir() -> &'static Path {
    static TOWN: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = TOWN.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("town.plate");
        let spec = Spec::read(&town_spec()).expect("the sample's spec");
        build(&spec, &path, BuildOptions { strict: true }, &|_| {}).expect("the sample builds");
        (dir, path)
    });
    path
}

/// The town's plate.
pub(crate) fn town() -> Baseplate {
    Baseplate::open(town_dir()).expect("the sample opens")
}

/// Builds a plate from a spec and files given as text.
pub(crate) fn build_text(
    files: &[(&str, &str)],
) -> (TempDir, Result<baseplate_core::BuildReport, baseplate_core::BuildError>) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).expect("a file");
    }
    let spec = Spec::read(&dir.path().join("spec.toml")).expect("a spec");
    let report = build(&spec, &dir.path().join("out.plate"), BuildOptions::default(), &|_| {});
    (dir, report)
}
