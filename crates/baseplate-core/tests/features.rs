//! Look-ups stay small: what others compile who only ask an open plate.
#![expect(clippy::expect_used, reason = "a test whose ground is missing should stop and say so")]

use std::{collections::BTreeSet, path::Path, process::Command};

/// The most crates that look-ups alone may need, themselves among them.
const LOOK_UPS_MAX: usize = 90;

/// The lines of `cargo tree` for a package of this workspace.
fn crates(of: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let tree = ["tree", "--offline", "--edges", "normal", "--prefix", "none"];
    let output = cargo.args(tree).args(of).current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn look_ups_alone_need_few_crates() {
    let crates = crates(&["--package", "baseplate-core", "--no-default-features"]);
    let needed: Vec<_> = crates.iter().map(String::as_str).collect();
    assert!(needed.len() <= LOOK_UPS_MAX, "{} crates:\n{}", needed.len(), needed.join("\n"));
}

#[test]
fn the_server_does_not_build() {
    if !Path::new(env!("CARGO_MANIFEST_DIR")).join("../tile-server").exists() {
        return;
    }
    let crates = crates(&["--package", "tile-server"]);
    assert!(crates.iter().any(|line| line.starts_with("baseplate-core ")));
    // They read sources, and nothing else does.
    let of_builds = ["chardetng ", "encoding_rs_io ", "wkt "];
    let found: Vec<_> = crates.iter().filter(|line| of_builds.iter().any(|name| line.starts_with(name))).collect();
    assert!(found.is_empty(), "{found:?}");
}
