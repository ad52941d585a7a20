use super::{
    key::{KeyArgs, read_key},
    outcome::Outcome,
    progress::Bar,
};
use baseplate_core::{
    BuildError, BuildOptions, BuildReport, Entity, LayerInfo, PeopleRelease, Progress, RowCounts, Spec, build,
};
use phrasebook::say;
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Build a plate from source files, as a spec describes them
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The spec: which files and columns (see docs/spec.md)
    spec: PathBuf,
    /// The plate to make, or to add a generation to
    #[arg(long)]
    out: PathBuf,
    /// Write no plate if any row is rejected (exit code 3)
    #[arg(long)]
    strict: bool,
    /// Publish even if the plate holds much less than before (the table publish of the spec says how much asks), or people are stored
    /// under another key; else exit code 4
    #[arg(long)]
    accept: bool,
    /// Release counts of people anew, though none is due by the spec
    #[arg(long)]
    release_people: bool,
    /// Begin a new series of releases of people's counts. Who has seen the former ones can tell from the difference who has moved
    #[arg(long)]
    new_people_series: bool,
    /// File with the key that the plate was built with so far, if the key is changed (with --accept)
    #[arg(long)]
    former_key_file: Option<PathBuf>,
    #[command(flatten)]
    key: KeyArgs,
}

/// Reasons that the summary shows; all are in rejects.csv.
const REASONS_SHOWN: usize = 20;

pub(crate) fn run(args: &Args) -> Outcome {
    let spec = Spec::read(&args.spec)?;
    let started = Instant::now();
    let bar = Bar::new()?;
    let Args { strict, accept, release_people, new_people_series, .. } = *args;
    let former_key = args.former_key_file.as_deref().map(read_key).transpose()?;
    let options = BuildOptions { strict, accept, key: args.key.key()?, former_key, release_people, new_people_series };
    let built = build(&spec, &args.out, options, &|progress| show(&bar, progress));
    bar.clear();
    if let Err(BuildError::Strict { rejects, reasons, .. }) = &built {
        list(reasons, rejects);
    }
    summarise(&built?, &args.out, started.elapsed());
    Ok(())
}

pub(super) fn show(bar: &Bar, progress: Progress<'_>) {
    match progress {
        Progress::Reading { path, rows, bytes, of } => {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            bar.count(&format!("reading {name}"), rows, bytes, of);
        }
        Progress::Writing { table, rows, of } => bar.count(&format!("writing {table}"), rows, rows, of),
        Progress::Step(step) => bar.step(step),
    }
}

fn summarise(report: &BuildReport, out: &Path, took: Duration) {
    let manifest = &report.manifest;
    say!("{:>10} {:>10} {:>10}  source", "rows", "used", "rejected");
    for s in manifest.sources.iter().chain(&report.private.sources) {
        let crs = s.crs.as_ref().map(|crs| format!(", {crs}")).unwrap_or_default();
        say!("{:>10} {:>10} {:>10}  {} ({}{crs})", s.rows, s.used, s.rejected, s.path, s.entity);
        s.operation.iter().for_each(|operation| say!("{:>33} {operation}", ""));
    }
    list(&report.reasons, &out.join("rejects.csv"));
    for c in manifest.coverages.iter().filter(|c| c.overlaps + c.gaps > 0) {
        let (kind, overlaps, gaps) = (&c.kind, c.overlaps, c.gaps);
        say!(
            "\ncoverage '{kind}' is no partition: {overlaps} overlaps ({:.2} m²), {gaps} gaps ({:.2} m²)",
            c.overlap_m2,
            c.gap_m2
        );
    }
    report.faults.iter().for_each(|fault| say!("  {fault}"));
    report.notes.iter().for_each(|note| say!("\nnote: {note}"));
    let issues: u64 = manifest.issues.values().chain(report.private.issues.values()).sum();
    if issues > 0 {
        say!("\n{issues} issues of quality; list them with: baseplate check {}", out.display());
    }
    if let Some(PeopleRelease { number, day, people, households, .. }) = &manifest.people_release {
        let made = if report.is_release { "made by this build" } else { "as before" };
        say!("\npeople: release {number} of {day}, {made}: {people} people in {households} homes");
    }
    let RowCounts { grids, buildings, addresses } = manifest.rows;
    let rows = |id: &str| manifest.layer(id).map_or(0, |layer| layer.rows);
    let (people, enterprises) = (rows("people"), rows("enterprises"));
    for LayerInfo { id, rows, linked, .. } in manifest.layers.iter().filter(|layer| layer.entity == Entity::Record) {
        say!("\nlayer {id}: {rows} records, {linked} of them with a place");
    }
    let (plate, generation, took) = (out.display(), &manifest.generation, took.as_secs_f64());
    say!(
        "\n{plate}: generation {generation}, {grids} grids, {buildings} buildings, {addresses} addresses, {people} people, \
         {enterprises} enterprises, in {took:.1} s"
    );
}

/// Rows to look at, by reason.
pub(super) fn list(reasons: &[(String, String, u64)], rejects: &Path) {
    if reasons.is_empty() {
        return;
    }
    say!("\nrows to look at, each in {}:", rejects.display());
    for (outcome, reason, count) in reasons.iter().take(REASONS_SHOWN) {
        say!("{count:>10} {outcome}: {reason}");
    }
    if let Some(more) = reasons.len().checked_sub(REASONS_SHOWN).filter(|n| *n > 0) {
        say!("           … and {more} more reasons");
    }
}
