//! `baseplate`: build, inspect and query a city's base-plate from the command line.

mod cmd;

use baseplate_core::end_on_cut_plates;
use clap::Parser;
use cmd::{Command, exit_code};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A city's data base-plate (数据底板): build it from files, see what is in it, look things up.
#[derive(Parser)]
#[command(name = "baseplate", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let command = phrasebook::parse::<Cli>().command;
    // Without it a file that is cut ends the program all the same, only without a word.
    let _ = end_on_cut_plates();
    exit_code(command.run())
}

#[cfg(test)]
mod tests {
    use super::*;
    use baseplate_core::time::Period;
    use clap::CommandFactory;
    use phrasebook::{Language, english_words, help_texts, knows, worded_help, write_manual};
    use std::{env, fs, path::PathBuf};

    /// Names of sub-commands, of programs and of formats, words of the spec, and values of options.
    const NAMES: [&str; 85] = [
        "DIR",
        "csv",
        "index",
        "natural-persons",
        "SVG",
        "km",
        "MM",
        "qr",
        "svg",
        "png",
        "PNG",
        "id",
        "buildings",
        "addresses",
        "enterprises",
        "synth",
        "build",
        "layer",
        "add",
        "replace",
        "set",
        "remove",
        "list",
        "describe",
        "public",
        "internal",
        "restricted",
        "migrate",
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
        let known: Vec<_> =
            NAMES.into_iter().chain(LEVELS).chain(["cities"]).chain(Period::ALL.map(Period::as_str)).collect();
        let helps = worded_help::<Cli>(Language::Chinese);
        assert!(helps.len() >= 20, "each of eleven commands has short and long help");
        for help in helps {
            let left: Vec<_> = help.lines().filter(|line| !english_words(line, &known).is_empty()).collect();
            assert!(left.is_empty(), "{left:#?}");
            assert!(help.contains("用法："), "{help}");
        }
    }

    /// With `BASEPLATE_WRITE_MANUAL` in the environment the pages and completions are written into the folder that it names.
    #[test]
    fn every_sub_command_has_its_page_in_the_manual() {
        let kept = env::var_os("BASEPLATE_WRITE_MANUAL").map(PathBuf::from);
        let passing = tempfile::tempdir().expect("a folder");
        let folder = kept.as_deref().unwrap_or(passing.path());
        write_manual::<Cli>(folder).expect("written");
        for command in Cli::command().get_subcommands() {
            for pages in ["man/man1", "man/zh_CN/man1"] {
                let page = folder.join(pages).join(format!("baseplate-{}.1", command.get_name()));
                let page = fs::read_to_string(page).expect("a page");
                let options = command.get_arguments().filter_map(|argument| argument.get_long()).chain(["lang"]);
                let is_told = |option: &str| page.contains(&format!("\\-\\-{}", option.replace('-', "\\-")));
                let missing: Vec<_> = options.filter(|option| !is_told(option)).collect();
                assert!(missing.is_empty(), "{}: {missing:?}", command.get_name());
            }
        }
    }
}
