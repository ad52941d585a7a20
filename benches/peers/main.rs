//! Asks this library, and rstar with `geo::Contains`, for the grids of many points, and writes the same grids and points down
//! for the peers that are not written in Rust. `peers.py` calls it and makes a table of everything.
//!
//! ```text
//! cargo run --release -p baseplate-benches --example peers -- SPEC-OR-PLATE SCRATCH-FOLDER NUMBER-OF-POINTS
//! ```
//! Prints one JSON object for each system and mode.

mod files;
mod judge;
mod measure;
mod points;
mod tree;

use baseplate_core::{Baseplate, Bbox, BuildOptions, Coverage, Grid, GridKind, Spec, build, code::PersonKey};
use geo::MultiPolygon;
use judge::Judge;
use measure::{best, on_threads, one_by_one};
use points::Asked;
use std::{
    collections::HashMap,
    error::Error,
    path::{Path, PathBuf},
};
use tree::Tree;

/// Vertices of the grids that are asked for, at most.
const VERTICES: usize = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    let [ground, scratch, count] = [1, 2, 3].map(|n| std::env::args().nth(n).unwrap_or_default());
    let scratch = Path::new(&scratch);
    let plate = Baseplate::open(plate(ground.into(), scratch)?)?;
    let coverage = plate.coverage(&GridKind::basic()).ok_or("the plate has no basic grids")?;
    let areas: Option<Vec<MultiPolygon>> = coverage.grids().map(|grid| grid.area()).collect();
    let tree = Tree::new(areas.ok_or("a grid of the plate cannot be read")?);
    files::write_areas(scratch, &tree.areas)?;

    let ours = Ours::new(coverage);
    let random = Asked::random(ours.bbox(), count.parse()?);
    let judge = Judge::new(ours.codes(), ours.one_by_one(&random), &tree, &random);
    for (asked, threads) in [(&random, &[1, 2][..]), (&random.sorted(), &[1])] {
        files::write_points(scratch, asked, &judge)?;
        ours.measure_one_by_one(asked, &judge)?;
        ours.measure_bulk(asked, threads, &judge)?;
        measure_tree(&tree, asked, &judge)?;
    }
    let vertices = Asked::vertices(&tree.areas, VERTICES);
    let judge = Judge::new(ours.codes(), ours.one_by_one(&vertices), &tree, &vertices);
    files::write_points(scratch, &vertices, &judge)?;
    ours.measure_one_by_one(&vertices, &judge)?;
    measure_tree(&tree, &vertices, &judge)
}

/// A plate as given, or built from a spec into the scratch folder.
fn plate(ground: PathBuf, scratch: &Path) -> Result<PathBuf, Box<dyn Error>> {
    if ground.is_dir() {
        return Ok(ground);
    }
    let plate = scratch.join("asked.plate");
    let key = Some(PersonKey::new(b"cb1d2fdcc86ce72aae3a8d6c513a08b3a12069dba7e0d5b9987b0cdf456aa621")?);
    build(&Spec::read(&ground)?, &plate, BuildOptions { key, ..BuildOptions::default() }, &|_| {})?;
    Ok(plate)
}

/// This library.
struct Ours<'a> {
    coverage: Coverage<'a>,
    /// The place of a grid in the coverage, by its code.
    places: HashMap<&'a str, u32>,
}

impl<'a> Ours<'a> {
    fn new(coverage: Coverage<'a>) -> Self {
        Self { coverage, places: coverage.grids().map(|grid| grid.code()).zip(0..).collect() }
    }

    fn bbox(&self) -> Bbox {
        self.coverage.grids().filter_map(|grid| grid.bbox()).fold(Bbox::EMPTY, Bbox::union)
    }

    fn codes(&self) -> Vec<&'a str> {
        self.coverage.grids().map(|grid| grid.code()).collect()
    }

    fn one_by_one(&self, asked: &Asked) -> Vec<Option<u32>> {
        self.to_places(&one_by_one(&asked.points, |p| self.coverage.locate(p)))
    }

    fn to_places(&self, owners: &[Option<Grid<'_>>]) -> Vec<Option<u32>> {
        owners.iter().map(|owner| self.places.get(owner.as_ref()?.code()).copied()).collect()
    }

    fn measure_bulk(&self, asked: &Asked, threads: &[usize], judge: &Judge<'_>) -> Result<(), Box<dyn Error>> {
        for &threads in threads {
            let (ns, owners) = on_threads(threads, || best(asked, || self.coverage.locate_many(&asked.points)))?;
            let mode = format!("bulk, {}, {threads} thread{}", asked.name, if threads == 1 { "" } else { "s" });
            judge.print("baseplate", &mode, asked, ns, &self.to_places(&owners))?;
        }
        Ok(())
    }

    fn measure_one_by_one(&self, asked: &Asked, judge: &Judge<'_>) -> Result<(), Box<dyn Error>> {
        let (ns, owners) = best(asked, || one_by_one(&asked.points, |p| self.coverage.locate(p)));
        judge.print("baseplate", &format!("one by one, {}", asked.name), asked, ns, &self.to_places(&owners))
    }
}

/// The usual way in Rust.
fn measure_tree(tree: &Tree, asked: &Asked, judge: &Judge<'_>) -> Result<(), Box<dyn Error>> {
    let (ns, owners) = best(asked, || one_by_one(&asked.points, |p| tree.containing(p).next()));
    judge.print("rstar + geo::Contains", &format!("one by one, {}", asked.name), asked, ns, &owners)
}
