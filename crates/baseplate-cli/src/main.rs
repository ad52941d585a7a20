//! `baseplate`: build, inspect and query a city's base-plate from the command line.

mod cmd;

use baseplate_core::{BuildError, code::mask_ids, end_on_cut_plates};
use clap::{Parser, Subcommand};
use phrasebook::say;
use std::{error::Error, process::ExitCode};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit code of a strict build that found rows to reject.
const EXIT_STRICT: u8 = 3;
/// Exit code of a build that holds much less than the plate before.
const EXIT_LOSES: u8 = 4;

/// A city's data base-plate (数据底板): build it from files, see what is in it, look things up.
#[derive(Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Synth(cmd::synth::Args),
    Build(cmd::build::Args),
    Check(cmd::check::Args),
    Info(cmd::info::Args),
    Get(cmd::get::Args),
    Locate(cmd::locate::Args),
    Geocode(cmd::geocode::Args),
    Stats(cmd::stats::Args),
    Export(cmd::export::Args),
}

/// What every sub-command answers with.
type Outcome = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    let command = phrasebook::parse::<Cli>().command;
    // Without it a file that is cut ends the program all the same, only without a word.
    let _ = end_on_cut_plates();
    let outcome = match command {
        Command::Synth(args) => cmd::synth::run(&args),
        Command::Build(args) => cmd::build::run(&args),
        Command::Check(args) => cmd::check::run(&args),
        Command::Info(args) => cmd::info::run(&args),
        Command::Get(args) => cmd::get::run(&args),
        Command::Locate(args) => cmd::locate::run(&args),
        Command::Geocode(args) => cmd::geocode::run(&args),
        Command::Stats(args) => cmd::stats::run(&args),
        Command::Export(args) => cmd::export::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            say!("error: {}", mask_ids(&error.to_string()));
            match error.downcast_ref() {
                Some(BuildError::Strict { .. }) => ExitCode::from(EXIT_STRICT),
                Some(BuildError::Loses { .. }) => ExitCode::from(EXIT_LOSES),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

/// Whoever reads our output (`head`, say) may have enough before its end.
fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let pipe = |e: &(dyn Error + 'static)| {
        let io = e.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        let csv = e.downcast_ref::<csv::Error>().and_then(|e| match e.kind() {
            csv::ErrorKind::Io(e) => Some(e.kind()),
            _ => None,
        });
        let json = e.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        io.or(csv).or(json) == Some(std::io::ErrorKind::BrokenPipe)
    };
    let mut cause = Some(error);
    while let Some(error) = cause {
        if pipe(error) {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use phrasebook::{Language, english_words, help_texts, knows, worded_help};

    /// Names of sub-commands, of programs and of formats, words of the spec, and values of options.
    const NAMES: [&str; 61] = [
        "km",
        "synth",
        "build",
        "check",
        "info",
        "get",
        "locate",
        "geocode",
        "stats",
        "export",
        "help",
        "baseplate",
        "tile-server",
        "README",
        "BASEPLATE",
        "CSV",
        "JSON",
        "UTF",
        "BOM",
        "Excel",
        "EPSG",
        "PROJ",
        "TOML",
        "GeoJSON",
        "GeoParquet",
        "RFC",
        "WKT",
        "SQLite",
        "Arrow",
        "UInt",
        "spec",
        "publish",
        "town",
        "district",
        "city",
        "subdistrict",
        "community",
        "grid",
        "police",
        "industry",
        "tab",
        "gbk",
        "csv",
        "json",
        "lng",
        "lat",
        "basic",
        "error",
        "null",
        "en",
        "zh",
        "gzip",
        "pmtiles",
        "mbtiles",
        "geoparquet",
        "geojson",
        "cell",
        "position",
        "inside",
        "border",
        "LANG",
    ];
    /// More of them, those of levels.
    const LEVELS: [&str; 4] = ["grids", "communities", "subdistricts", "districts"];

    #[test]
    fn every_text_of_help_is_in_the_catalogue() {
        let texts = help_texts::<Cli>();
        let unknown: Vec<_> = texts.iter().filter(|text| !knows(text)).collect();
        assert!(texts.len() > 60 && unknown.is_empty(), "{unknown:#?}");
    }

    #[test]
    fn all_help_is_chinese() {
        let known: Vec<_> = NAMES.into_iter().chain(LEVELS).chain(["cities"]).collect();
        let helps = worded_help::<Cli>(Language::Chinese);
        assert!(helps.len() >= 20, "each of ten commands has short and long help");
        for help in helps {
            let left: Vec<_> = help.lines().filter(|line| !english_words(line, &known).is_empty()).collect();
            assert!(left.is_empty(), "{left:#?}");
            assert!(help.contains("用法："), "{help}");
        }
    }
}
