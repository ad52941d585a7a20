use super::outcome::Outcome;
use baseplate_core::{FORMAT, migrate};
use phrasebook::say;
use std::{path::PathBuf, time::Instant};

/// Bring a plate of the format before to the present one, without its sources; for the plate's owner
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plate; its published generation is kept, and the next one has the same contents
    plate: PathBuf,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let (plate, started) = (args.plate.display(), Instant::now());
    match migrate(&args.plate)? {
        Some(manifest) => {
            let (generation, took) = (&manifest.generation, started.elapsed().as_secs_f64());
            say!("{plate}: generation {generation} is of format {FORMAT}, in {took:.1} s; the one before is kept");
        }
        None => say!("{plate}: the plate is of format {FORMAT} already"),
    }
    Ok(())
}
