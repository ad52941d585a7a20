//! `baseplate geocode`: the codes of every address text of a CSV file.

mod answer;
mod origin;
mod question;
mod resume;
mod run;
mod tally;

use super::{
    notes::notice_newer,
    outcome::Outcome,
    progress::Bar,
    rows::{Input, Written, open_output},
    table::{Out, Table},
};
use baseplate_core::Baseplate;
use origin::Origin;
use phrasebook::say;
use question::Question;
use run::Run;
use std::{io::Write, path::PathBuf};
use tally::Tally;

/// Find the codes of every address text of a CSV file
///
/// The input's columns are kept, and so is the order of its rows. Added are gc_status, gc_level, gc_address_code,
/// gc_building_code, gc_grid_code, gc_community_code, gc_subdistrict_code, gc_district_code, gc_lng, gc_lat,
/// gc_confidence, gc_band, gc_standard_address, gc_faults, gc_unmatched (what was not understood) and gc_alternatives. Lists are joined by ";", and so are the
/// codes where a text names several rooms or buildings; level, point and standard address are then those of the first.
/// A row that cannot be read, or has not the header's number of cells, has gc_status=invalid and in gc_faults the reason; its
/// last column keeps what is beyond the header's.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  baseplate geocode city.plate hotline.csv --address 地址 --within-column 区 --out geocoded.csv"
)]
pub(crate) struct Args {
    /// The plate
    plate: PathBuf,
    /// CSV with a header, in any encoding and with any separator, also .gz; - is standard input
    input: PathBuf,
    /// Column of the address text
    #[arg(long, value_name = "COLUMN")]
    address: String,
    /// Column of an area (say, the district) that is put before a text that does not begin with it
    #[arg(long, value_name = "COLUMN")]
    within_column: Option<String>,
    #[command(flatten)]
    written: Written,
    #[command(flatten)]
    out: Out,
    /// Go on where an interrupted run with the same options stopped; --out must be a file, and the plate still be of the
    /// generation with which it was begun
    #[arg(long)]
    resume: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let plate = Baseplate::open(&args.plate)?;
    let columns: Vec<&str> = [&args.address].into_iter().chain(&args.within_column).map(String::as_str).collect();
    let input = Input::open(&args.input, &args.written, &columns)?;
    let question = Question::find(&input, &args.address, args.within_column.as_deref())?;
    let mut run = Run { plate: &plate, input, question, tally: Tally::default(), bar: Bar::new()? };
    let head = run.head(args.out.bom)?;
    let origin = Origin::of(&args.out.out, &plate);
    let out: Box<dyn Write> = if args.resume {
        Box::new(resume::open(&mut run, &args.out.out, &head, &origin)?)
    } else {
        let mut out = open_output(&args.out.out, &args.input)?;
        origin.begin()?;
        out.write_all(&head)?;
        out
    };
    run.copy(&mut Table::on(out))?;
    origin.end()?;
    run.bar.clear();
    notice_newer(&plate);
    say!("{}", run.tally);
    Ok(())
}
