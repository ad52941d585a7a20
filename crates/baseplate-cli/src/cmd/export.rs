use crate::Outcome;
use baseplate_core::{Baseplate, GridKind, H3CoverQuery, Level};
use std::{
    fs::File,
    io::{self, BufWriter},
    path::PathBuf,
};

/// Write the H3 cells of all grids of a level, to join them with other data by cell
///
/// One row for each cell that touches a grid: cell, grid (its code), position (inside: the whole cell lies in the grid; border).
/// A cell on a border has a row for every grid it touches. Every point of a grid is in one of its cells.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plate
    plate: PathBuf,
    /// Of which level: grids, communities, subdistricts, districts or cities
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    h3_cover: Level,
    /// H3 resolution, 0 to 15; the cells of 10 measure 0.015 km²
    #[arg(long)]
    res: u8,
    /// Of which kind
    #[arg(long, default_value = "basic")]
    kind: GridKind,
    /// Where to write: CSV (cell in hexadecimal), or Arrow (cell as UInt64) if it ends in .arrow; - is CSV on standard output
    #[arg(long, default_value = "-")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let plate = Baseplate::open(&args.plate)?;
    let query = H3CoverQuery { kind: args.kind.clone(), level: args.h3_cover, resolution: args.res };
    let export = plate.h3_cover(&query)?;
    let out = args.out.as_path();
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

fn level(text: &str) -> Result<Level, String> {
    let allowed = || Level::ALL.map(Level::plural).join(", ");
    Level::ALL.into_iter().find(|l| l.plural() == text).ok_or_else(|| format!("not one of {}", allowed()))
}
