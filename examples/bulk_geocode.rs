//! Puts the codes of every address text of a CSV file in front of its row. The text stands in a column that is named.
//!
//! ```text
//! cargo run --release --example bulk_geocode -- demo/town.plate data/town/enterprises.csv address > geocoded.csv
//! ```

use baseplate_core::{Baseplate, CsvOptions, read_csv};
use std::{collections::BTreeMap, error::Error, io};

/// Rows that are looked up together, on all cores.
const BATCH: usize = 8192;
/// What is put in front of every row.
const ADDED: [&str; 8] =
    ["status", "level", "address_code", "building_code", "grid_code", "confidence", "band", "standard_address"];

fn main() -> Result<(), Box<dyn Error>> {
    let [plate, texts, column] = [1, 2, 3].map(|n| std::env::args().nth(n).unwrap_or_default());
    let plate = Baseplate::open(plate)?;
    let options = CsvOptions { columns: &[&column], ..CsvOptions::default() };
    let mut records = read_csv(texts.as_ref(), &options)?;
    let at = records.column(&column)?;
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(io::stdout());
    writer.write_record(ADDED.into_iter().chain(records.header().iter().map(String::as_str)))?;

    let mut bands = BTreeMap::new();
    loop {
        let rows: Vec<_> = std::iter::from_fn(|| records.read().transpose()).take(BATCH).collect::<Result<_, _>>()?;
        if rows.is_empty() {
            eprintln!("{bands:?}");
            return Ok(writer.flush()?);
        }
        // A row without the column asks for nothing, and is answered as such.
        let asked: Vec<_> = rows.iter().map(|row| row.cells.get(at).map_or("", String::as_str)).collect();
        for (row, answer) in rows.iter().zip(plate.geocode_many(&asked)) {
            *bands.entry((answer.status.as_str(), answer.band.as_str())).or_insert(0) += 1;
            let confidence = format!("{:.3}", answer.confidence);
            let place = answer.place.as_ref();
            let added = [
                answer.status.as_str(),
                place.map_or("", |p| p.match_level.as_str()),
                place.and_then(|p| p.address_code).unwrap_or_default(),
                place.and_then(|p| p.building_code).unwrap_or_default(),
                place.and_then(|p| p.grid_code).unwrap_or_default(),
                &confidence,
                answer.band.as_str(),
                place.map_or("", |p| &p.standard_address),
            ];
            writer.write_record(added.into_iter().chain(row.cells.iter().map(String::as_str)))?;
        }
    }
}
