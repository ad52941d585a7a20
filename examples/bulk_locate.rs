//! Puts the grid and the community in front of every row of a CSV file with columns `lng` and `lat`.
//!
//! ```text
//! cargo run --release --example bulk_locate -- demo/town.plate points.csv > located.csv
//! ```

use baseplate_core::{Baseplate, CsvOptions, CsvRecord, GridKind, Level, LngLat, read_csv};
use std::{error::Error, io};

/// Rows that are looked up together, on all cores.
const BATCH: usize = 65_536;

fn main() -> Result<(), Box<dyn Error>> {
    let [plate, points] = [1, 2].map(|n| std::env::args().nth(n).unwrap_or_default());
    let plate = Baseplate::open(plate)?;
    let basic = plate.coverage(&GridKind::basic()).ok_or("the plate has no basic grids")?;

    let options = CsvOptions { columns: &["lng", "lat"], ..CsvOptions::default() };
    let mut records = read_csv(points.as_ref(), &options)?;
    let (lng, lat) = (records.column("lng")?, records.column("lat")?);
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(io::stdout());
    writer.write_record(["grid", "community"].into_iter().chain(records.header().iter().map(String::as_str)))?;

    loop {
        let rows: Vec<_> = std::iter::from_fn(|| records.read().transpose()).take(BATCH).collect::<Result<_, _>>()?;
        if rows.is_empty() {
            return Ok(writer.flush()?);
        }
        // A cell that is no number becomes NaN, which lies nowhere.
        let number = |row: &CsvRecord, at: usize| row.cells.get(at).and_then(|c| c.parse().ok()).unwrap_or(f64::NAN);
        let asked: Vec<_> = rows.iter().map(|row| LngLat::new(number(row, lng), number(row, lat))).collect();
        for (row, grid) in rows.iter().zip(basic.locate_many(&asked)) {
            let community = grid.and_then(|g| g.chain().find(|g| g.level() == Some(Level::Community)));
            let codes = [grid, community].map(|g| g.map_or("", |g| g.code()));
            writer.write_record(codes.into_iter().chain(row.cells.iter().map(String::as_str)))?;
        }
    }
}
