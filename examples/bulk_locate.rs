//! Adds the grid and the community to every row of a CSV file with columns `lng` and `lat`.
//!
//! ```text
//! cargo run --release --example bulk_locate -- demo/town.plate points.csv > located.csv
//! ```

use baseplate_core::{Baseplate, GridKind, Level, LngLat, read_text};
use std::{error::Error, io};

/// Rows that are looked up together, on all cores.
const BATCH: usize = 65_536;

fn main() -> Result<(), Box<dyn Error>> {
    let [plate, points] = [1, 2].map(|n| std::env::args().nth(n).unwrap_or_default());
    let plate = Baseplate::open(plate)?;
    let basic = plate.coverage(&GridKind::basic()).ok_or("the plate has no basic grids")?;

    let mut reader = csv::Reader::from_reader(read_text(points.as_ref(), None)?);
    let header = reader.headers()?.clone();
    let column = |name: &str| header.iter().position(|h| h == name).ok_or(format!("no column '{name}'"));
    let (lng, lat) = (column("lng")?, column("lat")?);
    let mut writer = csv::Writer::from_writer(io::stdout());
    writer.write_record(header.iter().chain(["grid", "community"]))?;

    let mut rows = reader.records();
    loop {
        let batch: Vec<_> = rows.by_ref().take(BATCH).collect::<Result<_, _>>()?;
        if batch.is_empty() {
            return Ok(writer.flush()?);
        }
        // A cell that is no number becomes NaN, which lies nowhere.
        let number = |row: &csv::StringRecord, at: usize| row.get(at).and_then(|c| c.parse().ok()).unwrap_or(f64::NAN);
        let asked: Vec<_> = batch.iter().map(|row| LngLat::new(number(row, lng), number(row, lat))).collect();
        for (row, grid) in batch.iter().zip(basic.locate_many(&asked)) {
            let community = grid.and_then(|g| g.chain().find(|g| g.level() == Some(Level::Community)));
            let codes = [grid, community].map(|g| g.map_or("", |g| g.code()));
            writer.write_record(row.iter().chain(codes))?;
        }
    }
}
