//! What a generation has in common with the one before.

use crate::{common::options, publishing};
use baseplate_core::{Baseplate, BuildOptions, build};
use std::{fs, path::Path};

/// Squares in a row, one for each letter.
fn grids(codes: &str) -> String {
    let square = |(at, code): (usize, char)| {
        let (w, e) = (114.0 + 0.01 * at as f64, 114.0 + 0.01 * (at + 1) as f64);
        format!("{code},\"POLYGON(({w} 22.5,{e} 22.5,{e} 22.51,{w} 22.51,{w} 22.5))\"\n")
    };
    format!("code,wkt\n{}", codes.chars().enumerate().map(square).collect::<String>())
}

fn built(dir: &Path, codes: &str) -> Baseplate {
    let files = [("grids.csv", grids(codes)), ("addresses.csv", publishing::addresses(10))];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let options = BuildOptions { accept: true, ..options(false) };
    publishing::build_in(dir, publishing::SPEC, &files, options).expect("builds");
    Baseplate::open(dir.join("out.plate")).expect("opens")
}

#[cfg(unix)]
#[test]
fn files_that_did_not_change_are_shared_unless_they_are_damaged() {
    use std::os::unix::fs::MetadataExt;
    let dir = tempfile::tempdir().expect("a folder");
    let inode = |generation: &str, file: &str| {
        fs::metadata(dir.path().join("out.plate").join(generation).join(file)).expect("is there").ino()
    };
    built(dir.path(), "AB");
    let first = dir.path().join("out.plate/000001");
    let whole = fs::read(first.join("addresses.arrow")).expect("a table");
    fs::write(first.join("addresses.arrow"), &whole[..100]).expect("cut");
    let mut other = fs::read(first.join("buildings.arrow")).expect("a table");
    other[9] ^= 1;
    fs::write(first.join("buildings.arrow"), other).expect("damaged");
    built(dir.path(), "AB").verify().expect("is whole whatever became of the one before");
    for (file, is_shared) in
        [("addresses.arrow", false), ("buildings.arrow", false), ("grids.arrow", true), ("index/geocode.bin", true)]
    {
        assert_eq!(inode("000001", file) == inode("000002", file), is_shared, "{file}");
    }
    // A redraw leaves what does not depend on grids.
    built(dir.path(), "ABC").verify().expect("is whole");
    for (file, is_shared) in [("addresses.arrow", true), ("address-grids.arrow", true), ("grids.arrow", false)] {
        assert_eq!(inode("000002", file) == inode("000003", file), is_shared, "{file}");
    }
}

#[test]
fn no_number_is_given_to_two_grids() {
    let dir = tempfile::tempdir().expect("a folder");
    let last = |codes| built(dir.path(), codes).manifest().last_grid_number;
    assert_eq!([last("AB"), last("A"), last("AC"), last("AC"), last("ABC")], [2, 2, 3, 3, 4]);
}

#[test]
fn a_level_keeps_its_zoom_until_it_has_twice_as_many_grids_or_half() {
    // A strip of ever the same length in so many grids, in two communities.
    let zoom = |dir: &Path, count: u32| {
        let edge = |at: u32| 114.0 + 0.08 * f64::from(at) / f64::from(count);
        let grid = |at: u32| {
            let (w, e, community) = (edge(at), edge(at + 1), if 2 * at < count { "X" } else { "Y" });
            format!("G{at},{community},\"POLYGON(({w} 22.5,{e} 22.5,{e} 22.51,{w} 22.51,{w} 22.5))\"\n")
        };
        let grids = format!("code,community,wkt\n{}", (0..count).map(grid).collect::<String>());
        let above = "code = \"code\"\nancestors = { community = \"community\" }\n[[addresses]]";
        let spec = publishing::SPEC.replace("code = \"code\"\n    [[addresses]]", above);
        let files = [("grids.csv", grids.as_str()), ("addresses.csv", &publishing::addresses(10))];
        let options = BuildOptions { accept: true, ..options(false) };
        let report = publishing::build_in(dir, &spec, &files, options).expect("builds");
        report.manifest.levels.last().expect("the grids").first_zoom
    };
    let alone = |count| zoom(tempfile::tempdir().expect("a folder").path(), count);
    let dir = tempfile::tempdir().expect("a folder");
    let chain = [4, 7, 13, 25, 12].map(|count| zoom(dir.path(), count));
    assert_ne!(alone(4), alone(25));
    // Step by step it does not stay for ever: what counts is how many there were when the zoom was chosen.
    assert_eq!(chain, [alone(4), alone(4), alone(13), alone(13), alone(13)]);
}

#[test]
fn a_damaged_generation_is_no_reason_not_to_build() {
    let dir = tempfile::tempdir().expect("a folder");
    built(dir.path(), "AB");
    fs::write(dir.path().join("out.plate/000001/grids.arrow"), b"").expect("cut");
    built(dir.path(), "AB").verify().expect("is whole");
    let spec = baseplate_core::Spec::parse(publishing::SPEC, &dir.path().join("spec.toml")).expect("a spec");
    build(&spec, &dir.path().join("out.plate"), options(false), &|_| {}).expect("builds once more");
}
