//! Grids as H3 cells.

use super::common::{build_text, town};
use arrow_array::{Array, StringArray, UInt64Array};
use baseplate_core::{Baseplate, Bbox, GridKind, H3CoverError, H3CoverQuery, Level, LngLat, Position};
use std::collections::{HashMap, HashSet};

fn query(level: Level, resolution: u8) -> H3CoverQuery {
    H3CoverQuery { kind: GridKind::basic(), level, resolution }
}

/// Rows of a CSV export.
fn csv_rows(plate: &Baseplate, query: &H3CoverQuery) -> Vec<(u64, String, String)> {
    let mut bytes = Vec::new();
    let count = plate.h3_cover(query).expect("a cover").write_csv(&mut bytes).expect("written");
    let mut csv = csv::Reader::from_reader(bytes.as_slice());
    assert_eq!(csv.headers().expect("a header"), vec!["cell", "grid", "position"]);
    let rows = csv.records().map(|row| row.expect("a row"));
    let rows = rows.map(|r| (u64::from_str_radix(&r[0], 16).expect("hexadecimal"), r[1].to_owned(), r[2].to_owned()));
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len() as u64, count);
    rows
}

#[test]
fn every_point_has_its_cell_with_its_owner() {
    let plate = town();
    let Bbox([w, s, e, n]) = plate.manifest().bbox.expect("not empty");
    let at = |i: u32, step: f64| (f64::from(i) * step).fract();
    for (level, resolution) in [(Level::Grid, 10), (Level::Grid, 12), (Level::Community, 9), (Level::District, 11)] {
        let rows = csv_rows(&plate, &query(level, resolution));
        let by_key: HashMap<_, _> =
            rows.iter().map(|(cell, grid, position)| ((*cell, grid.as_str()), position)).collect();
        assert_eq!(by_key.len(), rows.len(), "each cell once a grid");
        let resolution = h3o::Resolution::try_from(resolution).expect("a resolution");
        let mut located = 0;
        for i in 0..4_000 {
            let p = LngLat::new(w + (e - w) * at(i, 0.754_877_666), s + (n - s) * at(i, 0.569_840_29));
            let Some(owner) = plate.locate(p).and_then(|g| g.chain().find(|g| g.level() == Some(level))) else {
                continue;
            };
            let cell = u64::from(h3o::LatLng::new(p.lat, p.lng).expect("on Earth").to_cell(resolution));
            assert!(by_key.contains_key(&(cell, owner.code())), "{p:?} in {}", owner.code());
            let inside_of =
                rows.iter().filter(|(c, _, position)| *c == cell && position == "inside").map(|r| r.1.as_str());
            assert!(i % 40 > 0 || inside_of.into_iter().all(|code| code == owner.code()));
            located += 1;
        }
        assert!(located > 1_000, "{located}");
    }
}

#[test]
fn arrow_and_csv_say_the_same() {
    let plate = town();
    let query = query(Level::Grid, 11);
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("cover.arrow");
    let count = plate.h3_cover(&query).expect("a cover").write_arrow(&path).expect("written");
    let file = std::fs::File::open(path).expect("a file");
    let mut rows = Vec::new();
    for batch in arrow_ipc::reader::FileReader::try_new(file, None).expect("an Arrow file") {
        let batch = batch.expect("a batch");
        let text = |name: &str| {
            batch.column_by_name(name).expect("a column").as_any().downcast_ref::<StringArray>().expect("text").clone()
        };
        let (grids, positions) = (text("grid"), text("position"));
        let cells =
            batch.column_by_name("cell").expect("a column").as_any().downcast_ref::<UInt64Array>().expect("UInt64");
        rows.extend(
            (0..batch.num_rows()).map(|i| (cells.value(i), grids.value(i).to_owned(), positions.value(i).to_owned())),
        );
    }
    assert_eq!(rows.len() as u64, count);
    assert_eq!(rows, csv_rows(&plate, &query));
    assert!(rows.iter().any(|row| row.2 == "inside") && rows.iter().any(|row| row.2 == "border"));
}

#[test]
fn a_grid_has_the_cells_that_the_export_has() {
    let plate = town();
    let grid = plate.locate(LngLat::new(114.05, 22.552)).expect("in the town");
    let own: HashSet<_> =
        grid.h3_cover(12).expect("a cover").map(|(cell, position)| (cell, position.as_str())).collect();
    let rows = csv_rows(&plate, &query(Level::Grid, 12));
    let exported: HashSet<_> = rows.iter().filter(|r| r.1 == grid.code()).map(|r| (r.0, r.2.as_str())).collect();
    assert_eq!(own, exported);
    let counted = |position: Position| own.iter().filter(|(_, p)| *p == position.as_str()).count();
    assert!(counted(Position::Inside) > 50 && counted(Position::Border) > 20);
}

#[test]
fn what_cannot_be_exported_is_refused_with_the_cure() {
    let spec = "[plate]\nname = \"one\"\n[[grids]]\npath = \"grids.csv\"\ncrs = \"EPSG:4326\"\ncode = \"code\"\n";
    let files = [("spec.toml", spec), ("grids.csv", "code,wkt\nA,\"POLYGON((0 0,1 0,1 1,0 1,0 0))\"\n")];
    let (dir, report) = build_text(&files);
    report.expect("builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    let refused = |query: &H3CoverQuery| plate.h3_cover(query).err().expect("refused");
    let error = refused(&query(Level::Grid, 15));
    assert!(matches!(error, H3CoverError::TooMany { cells: 10_000_000_000.., coarser: Some(12) }), "{error:?}");
    assert!(error.to_string().contains("take resolution 12"), "{error}");
    assert!(matches!(refused(&query(Level::Grid, 16)), H3CoverError::Resolution(16)));
    assert!(matches!(refused(&query(Level::District, 5)), H3CoverError::NoGrids { .. }));
    let other = H3CoverQuery { kind: "police".parse().expect("a kind"), ..query(Level::Grid, 5) };
    assert!(refused(&other).to_string().contains("its kinds: basic"));
    let grid = plate.grid("A").expect("the grid");
    assert!(matches!(grid.h3_cover(15), Err(H3CoverError::TooMany { .. })));
    assert!(matches!(grid.h3_cover(99), Err(H3CoverError::Resolution(99))));
}
