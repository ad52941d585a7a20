//! Benchmarks live in `benches/`; see README.md for the commands and the figures. Here is what they stand on.
#![expect(clippy::expect_used, reason = "a benchmark whose ground is missing should stop and say so")]

use baseplate_core::{BuildOptions, Spec, build, code::PersonKey};
use std::path::PathBuf;

/// The plate that `BASEPLATE_BENCH_PLATE` names, else one of the spec that `BASEPLATE_BENCH_SPEC` names, else one of the
/// sample town; a plate that is built lies in the directory that comes with it.
pub fn plate() -> (Option<tempfile::TempDir>, PathBuf) {
    if let Some(given) = std::env::var_os("BASEPLATE_BENCH_PLATE") {
        return (None, given.into());
    }
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("bench.plate");
    let given = std::env::var_os("BASEPLATE_BENCH_SPEC").map(PathBuf::from);
    let spec = Spec::read(&given.unwrap_or_else(|| "../data/town/spec.toml".into())).expect("a spec");
    let key = PersonKey::new(b"cb1d2fdcc86ce72aae3a8d6c513a08b3a12069dba7e0d5b9987b0cdf456aa621").expect("long enough");
    build(&spec, &path, BuildOptions { key: Some(key), ..BuildOptions::default() }, &|_| {}).expect("the spec builds");
    (Some(dir), path)
}
