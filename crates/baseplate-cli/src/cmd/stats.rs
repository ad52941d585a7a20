use super::{
    notes::say_release,
    outcome::Outcome,
    table::{Format, Out, Table},
};
use baseplate_core::{Areas, Baseplate, GridKind, Level, Stats, StatsAnswer, StatsQuery};
use std::{io::Write, path::PathBuf};

/// Count buildings, addresses, people and enterprises by grid or H3 cell
///
/// People are counted where they live, as of the last release of their counts; the columns that end in _estimated say which numbers
/// are estimates. Enterprises are counted where they are registered.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plate
    plate: PathBuf,
    /// The grids of this level: city, district, subdistrict, community or grid; community if left out, or the finest level of
    /// a kind that has none
    #[arg(long, conflicts_with = "h3")]
    level: Option<Level>,
    /// The grids of this kind, such as police; the first kind of the plate if left out
    #[arg(long, conflicts_with = "h3")]
    kind: Option<GridKind>,
    /// H3 cells of this resolution instead, 5 to 10
    #[arg(long)]
    h3: Option<u8>,
    /// Only what is in the grid with this code, of any kind and level: of an H3 cell that its border cuts, the part inside, without people
    #[arg(long)]
    within: Option<String>,
    /// Also by the values of an attribute, such as industry
    #[arg(long)]
    by: Option<String>,
    /// How to write them
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    #[command(flatten)]
    out: Out,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let plate = Baseplate::open(&args.plate)?;
    let kind = args.kind.clone();
    let level = || args.level.unwrap_or_else(|| plate.usual_level(kind.as_ref()));
    let areas = args.h3.map_or_else(|| Areas::Level(level()), Areas::Cells);
    let stats = plate.stats(&StatsQuery { areas, kind, within: args.within.clone(), by: args.by.clone() })?;
    say_release(stats.people_release.as_ref());
    let mut out = args.out.create(matches!(args.format, Format::Csv))?;
    match args.format {
        Format::Csv => write_csv(Table::begin(out, args.out.bom)?, &stats),
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &StatsAnswer::from(stats))?;
            writeln!(out)?;
            Ok(out.flush()?)
        }
    }
}

fn write_csv(mut csv: Table<impl Write>, stats: &Stats) -> Outcome {
    let entity = stats.entity.map(|e| e.as_str()).unwrap_or_default();
    let word = |category: &String| if category.is_empty() { "?" } else { category }.to_owned();
    let counted = ["buildings", "addresses", "enterprises", "people", "households"];
    let fixed = ["code", "name"].into_iter().chain(counted).chain(["people_estimated", "households_estimated"]);
    let fixed = fixed.map(str::to_owned);
    let by = stats.categories.iter().map(|category| format!("{entity}:{}", word(category)));
    let by_estimated = stats.entity.map(|_| "by_estimated".to_owned());
    csv.row(fixed.chain(by).chain(by_estimated))?;
    let number = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    for row in &stats.rows {
        let c = &row.counts;
        let flag = |estimated: bool| u32::from(estimated);
        let counts = [Some(c.buildings), Some(c.addresses), Some(c.enterprises), c.people, c.households];
        let estimated =
            [c.people.map(|_| flag(c.people_estimated)), c.households.map(|_| flag(c.households_estimated))];
        let names = [row.code.clone(), row.name.clone().unwrap_or_default()];
        let by = row.by.iter().flatten().map(|n| Some(*n));
        let by = by.chain(row.by_estimated.map(|estimated| Some(flag(estimated))));
        csv.row(names.into_iter().chain(counts.into_iter().chain(estimated).chain(by).map(number)))?;
    }
    csv.flush()?;
    Ok(())
}
