use super::outcome::Outcome;
use city_synth::{Scale, write_city};
use phrasebook::say;
use std::path::PathBuf;

/// Write a synthetic city: source files and the spec that builds them
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Directory to write into
    #[arg(long)]
    out: PathBuf,
    /// town (60 grids), district (5,000) or city (19,000)
    #[arg(long, default_value = "town")]
    scale: Scale,
    /// The same seed gives the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let made = write_city(&args.out, args.scale, args.seed).map_err(|e| format!("{}: {e}", args.out.display()))?;
    say!("{} grids, {} buildings, {} addresses", made.grids, made.buildings, made.addresses);
    say!("{} residences of people, {} of enterprises", made.people, made.enterprises);
    say!(
        "next: baseplate build {} --out {}.plate --key-file city.key",
        args.out.join("spec.toml").display(),
        args.scale
    );
    Ok(())
}
