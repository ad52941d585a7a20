//! The H3 cells of grids.

use super::Failure;
use baseplate_core::{Baseplate, H3CoverQuery};
use std::{
    fs::File,
    io::{self, BufWriter},
    path::Path,
};

/// Writes the H3 cells of all grids of a level: CSV, or Arrow if the file's name ends so.
pub(super) fn run(plate: &Baseplate, query: &H3CoverQuery, out: &Path) -> Result<(), Failure> {
    let export = plate.h3_cover(query)?;
    let failed = |e: &dyn std::fmt::Display| format!("{}: {e}", out.display());
    let rows = if out.as_os_str() == "-" {
        export.write_csv(BufWriter::new(io::stdout().lock()))?
    } else if out.extension().is_some_and(|e| e.eq_ignore_ascii_case("arrow")) {
        export.write_arrow(out).map_err(|e| failed(&e))?
    } else {
        let file = File::create(out).map_err(|e| failed(&e))?;
        export.write_csv(BufWriter::new(file)).map_err(|e| failed(&e))?
    };
    eprintln!("{rows} cells");
    Ok(())
}
