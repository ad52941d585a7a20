use super::outcome::Outcome;
use baseplate_core::{Baseplate, Bbox, Counting, Level, Manifest, PeopleRelease};
use phrasebook::worded;
use std::{
    fmt::{self, Write as _},
    io::{self, Write},
    path::PathBuf,
};

/// Say what is in a plate
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plate
    plate: PathBuf,
    /// The manifest as JSON
    #[arg(long)]
    json: bool,
    /// Compare every file with its hash first, then check orders, boxes, references and ranges; for the plate's owner
    #[arg(long)]
    verify: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let plate = Baseplate::open(&args.plate)?;
    if args.verify {
        plate.verify()?;
    }
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(plate.manifest())?)?;
        return Ok(());
    }
    let mut said = description(&plate)?;
    if args.verify {
        writeln!(said, "verified   every file is as it was written; orders, boxes, references and ranges fit")?;
    }
    write!(out, "{}", worded(&said))?;
    Ok(())
}

fn description(plate: &Baseplate) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let Manifest { name, generation, built_at, built_by, crs, bbox, rows, sources, files, .. } = plate.manifest();
    let size: u64 = files.iter().map(|f| f.bytes).sum();
    writeln!(out, "plate      {name}")?;
    writeln!(out, "generation {generation}, built {built_at} by {built_by}, {:.1} MB", size as f64 / 1e6)?;
    if let Some(Bbox([w, s, e, n])) = bbox {
        writeln!(out, "extent     {w:.6}, {s:.6} to {e:.6}, {n:.6} ({crs})")?;
    }
    writeln!(out, "buildings  {}", rows.buildings)?;
    writeln!(out, "addresses  {}", rows.addresses)?;
    match &plate.manifest().people_release {
        Some(PeopleRelease { number, day, people, households, .. }) => {
            writeln!(out, "people     {people} in {households} homes, release {number} of {day}")?;
        }
        None => writeln!(out, "people     not counted")?,
    }
    for layer in plate.layers().filter(|layer| layer.counting() == Counting::Records) {
        writeln!(out, "{} {} rows", layer.id(), layer.info().rows)?;
    }
    writeln!(out, "issues     {}", plate.manifest().issues.values().sum::<u64>())?;
    let whole = Bbox([f64::NEG_INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::INFINITY]);
    let grids = plate.grids_in(whole);
    for c in plate.coverages().map(|c| c.info()) {
        let of_kind = |level: &Level| {
            grids.iter().filter(|g| g.kind().as_ref() == Some(&c.kind) && g.level() == Some(*level)).count()
        };
        let levels = Level::ALL.iter().map(|l| (of_kind(l), l.plural())).filter(|(count, _)| *count > 0);
        let levels: Vec<String> = levels.map(|(count, plural)| format!("{count} {plural}")).collect();
        let clean = if c.overlaps + c.gaps == 0 {
            "a partition".to_owned()
        } else {
            format!("{} overlaps ({:.2} m²), {} gaps ({:.2} m²)", c.overlaps, c.overlap_m2, c.gaps, c.gap_m2)
        };
        writeln!(out, "coverage   {}: {}; {clean}", c.kind, levels.join(", "))?;
    }
    for s in sources {
        // The ground is linked with nothing.
        let linked = if s.entity == "ground" { String::new() } else { format!(", {} linked", s.linked) };
        writeln!(
            out,
            "source     {} ({}): {} rows, {} used{linked}, {} rejected",
            s.path,
            s.crs.as_ref().map_or(s.entity.clone(), |crs| format!("{}, {crs}", s.entity)),
            s.rows,
            s.used,
            s.rejected
        )?;
        if let Some(operation) = &s.operation {
            writeln!(out, "           {operation}")?;
        }
    }
    Ok(out)
}
