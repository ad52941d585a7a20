//! The H3 cells of grids.

use crate::cmd::{
    outcome::Failure,
    rows::create,
    table::{BOM_IS_FOR_CSV, marked},
};
use baseplate_core::{Baseplate, H3CoverQuery};
use phrasebook::say;
use std::path::Path;

/// Writes the H3 cells of all grids of a level: CSV, or Arrow if the file's name ends so.
pub(super) fn run(plate: &Baseplate, query: &H3CoverQuery, out: &Path, bom: bool) -> Result<(), Failure> {
    let export = plate.h3_cover(query)?;
    let rows = if out.extension().is_some_and(|e| e.eq_ignore_ascii_case("arrow")) {
        if bom {
            return Err(BOM_IS_FOR_CSV.into());
        }
        export.write_arrow(out).map_err(|e| format!("{}: {e}", out.display()))?
    } else {
        export.write_csv(marked(create(out)?, bom)?)?
    };
    say!("{rows} cells");
    Ok(())
}
