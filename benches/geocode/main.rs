//! Asks the geocoder for addresses of a synthetic city, made noisy in every way that people have, and for places that do not
//! exist, and says how many of the answers are right.
//!
//! ```text
//! cargo run --release -p baseplate-benches --example geocode -- PLATE --addresses addresses.csv --seed 1
//! cargo run --release -p baseplate-benches --example geocode -- --texts real.txt
//! ```
//! The second makes a library of real texts and asks it for its own words ([`real`]).
//! Prints tables in Markdown: the goals, every kind of noise, places that do not exist, the calibration.

mod case;
mod characters;
mod city;
mod divisions;
mod ground;
mod negatives;
mod noise;
mod numbers;
mod random;
mod real;
mod report;
mod score;
mod speed;
mod spelling;
mod surface;
mod tally;
mod text;
mod vary;

use baseplate_core::{Baseplate, Geocoded};
use case::{Case, Expect};
use city::City;
use clap::Parser;
use score::{Judged, Verdict};
use std::{
    error::Error,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Instant,
};
use tally::Tally;

/// Texts of each sort that speed is measured with, at most.
const TIMED: usize = 50_000;
/// Look-ups that warm the plate up.
const WARM: usize = 2000;

/// How right and how quick the geocoder is.
#[derive(Parser)]
struct Options {
    /// The plate of the city.
    #[arg(required_unless_present = "texts", requires = "addresses")]
    plate: Option<PathBuf>,
    /// The addresses that the plate was built from.
    #[arg(long)]
    addresses: Option<PathBuf>,
    /// Real texts instead, one a line: a library is made of them and asked for its own words.
    #[arg(long, conflicts_with = "plate")]
    texts: Vec<PathBuf>,
    /// Addresses in a library of real texts.
    #[arg(long, default_value_t = 6000)]
    library: usize,
    /// Gives half of the buildings of a library of real texts.
    #[arg(long)]
    buildings: bool,
    /// Another seed takes other rows and makes other noise.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Texts altogether, evenly spread over the kinds.
    #[arg(long, default_value_t = 200_000)]
    rows: usize,
    /// One kind of text only.
    #[arg(long)]
    only: Option<String>,
    /// Shows so many answers of each kind that are not what was expected.
    #[arg(long, default_value_t = 0)]
    show: usize,
    /// Where the tables go; else they are printed.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Writes the texts and what is expected of them down.
    #[arg(long)]
    dump: Option<PathBuf>,
    /// Measures speed as well.
    #[arg(long)]
    speed: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let (Some(plate), Some(addresses)) = (&options.plate, &options.addresses) else { return real(&options) };
    let plate = Baseplate::open(plate)?;
    let city = City::read(addresses)?;
    if city.skipped > 0 {
        writeln!(io::stderr(), "{} addresses are not made of their columns and left out", city.skipped)?;
    }
    let (noisy, absent) = cases(&city, &options);
    if let Some(path) = &options.dump {
        dump(path, noisy.iter().chain(&absent).flat_map(|(_, cases)| cases))?;
    }
    noisy.iter().flat_map(|(_, cases)| cases).take(WARM).for_each(|case| drop(plate.geocode(&case.text)));
    let mut tallies = [&noisy, &absent].map(|kinds| Vec::with_capacity(kinds.len()));
    for (kinds, tallies) in [&noisy, &absent].into_iter().zip(&mut tallies) {
        for (kind, cases) in kinds {
            tallies.push((*kind, ask(&plate, &city, cases, options.show)?));
        }
    }
    let [mut noisy_tallies, mut absent_tallies] = tallies;
    let mut tables = report::report(&mut noisy_tallies, &mut absent_tallies);
    if options.speed {
        tables += &speed_of(&plate, &noisy, options.seed)?;
    }
    write_out(&options, &tables)
}

/// The tables of libraries of real texts.
fn real(options: &Options) -> Result<(), Box<dyn Error>> {
    let mut tables = String::new();
    for texts in &options.texts {
        let asked = real::Asked {
            texts,
            size: options.library,
            seed: options.seed,
            show: options.show,
            buildings: options.buildings,
        };
        tables += &asked.run()?;
    }
    write_out(options, &tables)
}

fn write_out(options: &Options, tables: &str) -> Result<(), Box<dyn Error>> {
    match &options.out {
        Some(path) => Ok(fs::write(path, tables)?),
        None => Ok(write!(io::stdout(), "{tables}")?),
    }
}

/// Texts by their kind.
type Kinds = Vec<(&'static str, Vec<Case>)>;

/// Texts that are places of the city, and texts that are none.
fn cases(city: &City, options: &Options) -> (Kinds, Kinds) {
    let count = (options.rows / (case::kinds().count() + negatives::kinds().count())).max(1);
    let wanted = |kind: &str| options.only.as_ref().is_none_or(|only| only == kind);
    let noisy = case::kinds().filter(|(kind, _)| wanted(kind));
    let noisy = noisy.map(|kind| (kind.0, case::noisy(city, kind, options.seed, count)));
    let absent = negatives::kinds().filter(|kind| wanted(kind));
    (noisy.collect(), absent.map(|kind| (kind, negatives::cases(city, kind, options.seed, count))).collect())
}

/// Asks one text after the other.
fn ask(plate: &Baseplate, city: &City, cases: &[Case], mut show: usize) -> io::Result<Tally> {
    let mut tally = Tally::default();
    for case in cases {
        let started = Instant::now();
        let answer = plate.geocode(&case.text);
        let nanoseconds = started.elapsed().as_nanos() as u64;
        let judged = Judged::new(case, &answer, city);
        tally.count(case, &judged, nanoseconds);
        if judged.verdict != Verdict::Right && show > 0 {
            show -= 1;
            print(case, &judged, &answer)?;
        }
    }
    Ok(tally)
}

/// Shows an answer beside what was expected.
fn print(case: &Case, judged: &Judged, answer: &Geocoded<'_>) -> io::Result<()> {
    let faults: Vec<String> = answer.faults.iter().map(ToString::to_string).collect();
    let place = |place: &baseplate_core::GeocodedPlace<'_>| {
        let codes = place.address_code.or(place.building_code).unwrap_or("–");
        format!("{} {codes} {}", place.match_level.as_str(), place.standard_address)
    };
    let places: Vec<String> =
        answer.place.iter().chain(&answer.also).chain(&answer.alternatives).take(4).map(place).collect();
    let (swapped, unmatched) = (if judged.swapped { ", number swapped" } else { "" }, &answer.unmatched);
    writeln!(
        io::stdout(),
        "{} {:?}{swapped}\n  text    {}\n  clean   {}\n  wanted  {} {}\n  answer  {} {:.3} {} [{}] {unmatched:?}\n          {}\n",
        case.kind,
        judged.verdict,
        case.text.escape_debug(),
        case.clean,
        case.expect.as_str(),
        codes(case).join(" "),
        answer.status.as_str(),
        answer.confidence,
        answer.band.as_str(),
        faults.join(" "),
        places.join("\n          "),
    )
}

/// The codes that are expected, or the level from which there is nothing.
fn codes(case: &Case) -> Vec<&str> {
    match &case.expect {
        Expect::Exact(places) | Expect::OneOf(places) => places.addresses.iter().map(String::as_str).collect(),
        Expect::Above { level, building, .. } => [level.as_str()].into_iter().chain(building.as_deref()).collect(),
    }
}

/// Writes texts and what is expected of them as CSV; several codes stand in one cell, with a bar between.
fn dump<'c>(path: &Path, cases: impl Iterator<Item = &'c Case>) -> Result<(), Box<dyn Error>> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record(["kind", "text", "clean", "expect", "level", "codes", "building_codes"])?;
    for case in cases {
        let (level, codes, buildings) = match &case.expect {
            Expect::Exact(p) | Expect::OneOf(p) => (p.level, p.addresses.join("|"), p.buildings.join("|")),
            Expect::Above { level, building, .. } => (*level, String::new(), building.clone().unwrap_or_default()),
        };
        let expect = case.expect.as_str();
        writer.write_record([case.kind, &case.text, &case.clean, expect, level.as_str(), &codes, &buildings])?;
    }
    Ok(writer.flush()?)
}

/// The table of speed, over clean texts and all others.
fn speed_of(plate: &Baseplate, noisy: &Kinds, seed: u64) -> Result<String, Box<dyn Error>> {
    let mut all: Vec<&Case> = noisy.iter().flat_map(|(_, cases)| cases).collect();
    random::Random::new(seed, "speed", 0).shuffle(&mut all);
    let texts = |of: fn(&Case) -> &str, take: fn(&Case) -> bool| -> Vec<&str> {
        all.iter().filter(|case| take(case)).take(TIMED).map(|case| of(case)).collect()
    };
    let (clean, dirty) = (texts(|case| &case.clean, |_| true), texts(|case| &case.text, |case| case.kind != "clean"));
    let addresses = all.iter().filter_map(|case| match &case.expect {
        Expect::Exact(places) => places.addresses.first().cloned(),
        _ => None,
    });
    Ok(speed::speed(plate, &clean, &dirty, &addresses.take(TIMED).collect::<Vec<_>>(), seed)?)
}
