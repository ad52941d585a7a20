use crate::Outcome;
use baseplate_core::Baseplate;
use std::{
    io::{self, Write},
    path::PathBuf,
};

/// Show what a code stands for and what is linked with it, as JSON
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plate
    plate: PathBuf,
    /// The code of a grid, building or address
    code: String,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let plate = Baseplate::open(&args.plate)?;
    let answer = plate
        .describe(&args.code)
        .ok_or_else(|| format!("no grid, building or address has the code '{}'", args.code))?;
    let mut out = io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?;
    Ok(())
}
