use crate::Outcome;
use baseplate_core::{BuildError, BuildOptions, BuildReport, Progress, Spec, build};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Build a plate from source files, as a spec describes them
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The spec: which files and columns (see the README)
    spec: PathBuf,
    /// The plate to make, or to add a generation to
    #[arg(long)]
    out: PathBuf,
    /// Write no plate if any row is rejected (exit code 3)
    #[arg(long)]
    strict: bool,
}

/// Reasons that the summary shows; all are in rejects.csv.
const REASONS_SHOWN: usize = 20;

pub(crate) fn run(args: &Args) -> Outcome {
    let spec = Spec::read(&args.spec)?;
    let started = Instant::now();
    let spinner = ProgressBar::new_spinner().with_style(ProgressStyle::with_template("{spinner} {elapsed} {msg}")?);
    spinner.enable_steady_tick(Duration::from_millis(100));
    let show = |progress: Progress<'_>| match progress {
        Progress::Reading(path, rows) => spinner.set_message(format!("reading {}: {rows} rows", path.display())),
        Progress::Step(step) => spinner.set_message(step),
    };
    let built = build(&spec, &args.out, BuildOptions { strict: args.strict }, &show);
    spinner.finish_and_clear();
    if let Err(BuildError::Strict { rejects, reasons, .. }) = &built {
        list(reasons, rejects);
    }
    summarise(&built?, &args.out, started.elapsed());
    Ok(())
}

fn summarise(report: &BuildReport, out: &Path, took: Duration) {
    let manifest = &report.manifest;
    eprintln!("{:>10} {:>10} {:>10}  source", "rows", "used", "rejected");
    for s in &manifest.sources {
        eprintln!("{:>10} {:>10} {:>10}  {} ({}, {})", s.rows, s.used, s.rejected, s.path, s.entity, s.crs);
    }
    list(&report.reasons, &out.join("rejects.csv"));
    for c in manifest.coverages.iter().filter(|c| c.overlaps + c.gaps > 0) {
        let (kind, overlaps, gaps) = (&c.kind, c.overlaps, c.gaps);
        eprintln!(
            "\ncoverage '{kind}' is no partition: {overlaps} overlaps ({:.2} m²), {gaps} gaps ({:.2} m²)",
            c.overlap_m2, c.gap_m2
        );
    }
    report.faults.iter().for_each(|fault| eprintln!("  {fault}"));
    report.notes.iter().for_each(|note| eprintln!("\nnote: {note}"));
    let rows = &manifest.rows;
    eprintln!(
        "\n{}: generation {}, {} grids, {} buildings, {} addresses, in {:.1} s",
        out.display(),
        manifest.generation,
        rows.grids,
        rows.buildings,
        rows.addresses,
        took.as_secs_f64()
    );
}

/// Rows to look at, by reason.
fn list(reasons: &[(String, String, u64)], rejects: &Path) {
    if reasons.is_empty() {
        return;
    }
    eprintln!("\nrows to look at, each in {}:", rejects.display());
    for (outcome, reason, count) in reasons.iter().take(REASONS_SHOWN) {
        eprintln!("{count:>10} {outcome}: {reason}");
    }
    if let Some(more) = reasons.len().checked_sub(REASONS_SHOWN).filter(|n| *n > 0) {
        eprintln!("           … and {more} more reasons");
    }
}
