//! `baseplate qr`: QR codes for the plates on walls, one file each or on sheets.

mod files;
mod names;
mod sheets;

use super::{
    outcome::{Failure, Outcome},
    progress::Bar,
};
use baseplate_core::{Baseplate, Grid, GridKind, Thing};
use names::Row;
use phrasebook::say;
use std::{error::Error, fs, path::PathBuf};

/// Things that are drawn together, of which some processors make files at the same time.
const BATCH: usize = 4_000;

/// Write QR codes that lead to the cards of codes, one file each or on sheets to be printed
///
/// Inside is PUBLIC_URL/c/CODE, of a record of a layer of the spec PUBLIC_URL/c/LAYER/CODE: the code as it was issued, and nothing of
/// the grids around it. Level Q, or H where that takes no more room; four modules of white around it.
///
/// Files lie in folders of three hexadecimal digits, which follow from the code alone. index.csv in DIR says the file, the code, the
/// name and the address of each. Natural persons in business are left out unless --natural-persons is given.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  baseplate qr city.plate --layer buildings --public-url https://map.example.cn --out qr
  baseplate qr city.plate --layer buildings --within 990101001001 --public-url https://map.example.cn --out sheets --sheets")]
pub(crate) struct Args {
    /// The plate
    plate: PathBuf,
    /// Of what: buildings, addresses, grids, communities, subdistricts, districts, cities, enterprises or the id of a layer
    #[arg(long, value_name = "LAYER")]
    layer: String,
    /// Only what lies in the grid with this code
    #[arg(long, value_name = "CODE")]
    within: Option<String>,
    /// The address under which clients see the server, as public_url of its settings says it
    #[arg(long, value_name = "URL", value_parser = public_url)]
    public_url: String,
    /// The folder to write to; it must be new or empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The form of the files
    #[arg(long, value_enum, default_value = "svg", conflicts_with = "sheets")]
    format: files::Format,
    /// Millimetres along the side of a file, 10 to 200; a PNG has 300 pixels to the inch
    #[arg(long, value_name = "MM", default_value_t = 40, value_parser = clap::value_parser!(u32).range(10..=200), conflicts_with = "sheets")]
    size: u32,
    /// Sheets of A4 as SVG instead, each with 20 QR codes of 40 mm, their codes and names beneath
    #[arg(long)]
    sheets: bool,
    /// QR codes of natural persons in business (个体工商户) as well
    #[arg(long)]
    natural_persons: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    write(args).map_err(|e| e as Box<dyn Error>)
}

fn write(args: &Args) -> Result<(), Failure> {
    let plate = Baseplate::open(&args.plate)?;
    let plate = if args.natural_persons { plate.with_natural_persons() } else { plate };
    let things = plate.things_of(&args.layer).ok_or_else(|| no_layer(&plate, &args.layer))?;
    let within = args.within.as_deref().map(|code| plate.grid(code).ok_or_else(|| plate.describe_missing(code)));
    let within = within.transpose()?;
    fs::create_dir_all(&args.out)?;
    if fs::read_dir(&args.out)?.next().is_some() {
        return Err(format!("{} is not empty: name a new folder, or empty it", args.out.display()).into());
    }
    let of = things.size_hint().1.unwrap_or_default() as u64;
    let mut things = things.filter(|thing| within.is_none_or(|grid| lies_in(thing, grid)));
    let mut index = csv::Writer::from_path(args.out.join("index.csv"))?;
    index.write_record(["file", "code", "name", "url"])?;
    let files = files::Files::new(&args.out, &args.public_url, args.format, args.size);
    let mut sheets = args.sheets.then(|| sheets::Sheets::new(&args.out, &args.public_url));
    let (bar, mut written) = (Bar::new()?.counting("QR codes"), 0);
    loop {
        let batch: Vec<_> = things.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        let rows = match &mut sheets {
            Some(sheets) => sheets.write(&batch)?,
            None => files.write(&batch)?,
        };
        for Row { file, url, thing } in rows {
            index.write_record([&file, thing.0.as_str(), thing.1.as_str(), &url])?;
        }
        written += batch.len() as u64;
        bar.count("writing", written, written, if within.is_some() { 0 } else { of.max(written) });
    }
    index.flush()?;
    bar.clear();
    say!("{written} QR codes in {}", args.out.display());
    Ok(())
}

/// Whether a thing lies in a grid, by the kind of that.
fn lies_in(thing: &Thing<'_>, grid: Grid<'_>) -> bool {
    let kind = grid.kind().unwrap_or_else(GridKind::basic);
    thing.grid(&kind).is_some_and(|own| own.chain().any(|above| above == grid))
}

/// What there is instead of a layer that is not there.
fn no_layer(plate: &Baseplate, name: &str) -> String {
    let records = plate.layers().map(|layer| layer.id()).filter(|id| *id != "people");
    let known = ["cities", "districts", "subdistricts", "communities", "grids", "buildings", "addresses"];
    let known: Vec<_> = known.into_iter().chain(records).collect();
    format!("no layer '{name}' has codes to write; there are: {}", known.join(", "))
}

/// An address that can stand before `/c/`.
fn public_url(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let is_plain = !host.starts_with('/') && !host.is_empty() && !text.contains(['?', '#', '"', '<', '>', ' ']);
    let wanted = || "an address such as https://host/path is wanted".to_owned();
    if is_plain { Ok(text.trim_end_matches('/').to_owned()) } else { Err(wanted()) }
}
