//! The structure of the sources is what the floor plan in `ARCHITECTURE.md` says.
//!
//! A file has an *arrow* to every file in which something is defined that it uses, whichever re-exports lie between. Arrows
//! run in no circles, and between the rooms of a crate, its top-level modules, they lead down the floors of its plan.
//! Methods and fields are not seen, nor is what stands in tests.
#![expect(clippy::expect_used, reason = "a test whose ground is missing should stop and say so")]

mod arrows;
mod circles;
mod floors;
mod lengths;
mod names;
mod sample;
mod tree;

use arrows::Arrows;
use floors::Plans;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tree::Tree;

/// The crates whose sources are kept in order.
const CRATES: [&str; 3] = ["baseplate-core", "tile-server", "baseplate-cli"];

/// Those that have a floor plan; of the command line, each sub-command is a file of the only room.
const PLANNED: [&str; 2] = ["baseplate-core", "tile-server"];

/// The folder of all crates.
fn crates_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The modules of each crate that is there; a crate that was published alone has no siblings.
fn trees() -> Vec<Tree> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let source = |name: &str| if name == CRATES[0] { own.clone() } else { crates_dir().join(name).join("src") };
    CRATES.iter().filter(|name| source(name).is_dir()).map(|name| Tree::read(name, &source(name))).collect()
}

/// Fails with all that was found, one finding a line.
fn assert_none(what: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{what} ({}):\n{}", findings.len(), findings.join("\n"));
}

#[test]
fn no_circles() {
    let mut findings = Vec::new();
    for tree in trees() {
        let arrows = Arrows::of(&tree);
        let circles = circles::circles(&arrows);
        findings.extend(circles.iter().map(|files| format!("{}: {}", tree.name, circles::report(files, &arrows))));
    }
    assert_none("files that need one another", &findings);
}

#[test]
fn arrows_point_down() {
    let sheet = crates_dir().join("../ARCHITECTURE.md");
    let trees = trees();
    if !sheet.exists() && trees.len() == 1 {
        return;
    }
    let plans = Plans::parse(&fs::read_to_string(sheet).expect("the sheet with the floor plans"));
    let mut findings = plans.unknown_crates(&CRATES);
    for tree in &trees {
        match plans.floors(&tree.name) {
            Some(floors) => findings.extend(floors::findings(&tree.name, floors, &tree.files, &Arrows::of(tree))),
            None if PLANNED.contains(&tree.name.as_str()) => {
                findings.push(format!("{}: there is no floor plan in ARCHITECTURE.md", tree.name));
            }
            None => {}
        }
    }
    assert_none("what differs from the floor plans", &findings);
}

#[test]
fn functions_fit_a_page() {
    let findings: Vec<_> = trees().iter().flat_map(lengths::findings).collect();
    assert_none("what is too long to be read at once", &findings);
}
