use super::{
    notes::say_release,
    outcome::Outcome,
    table::{Format, Out, Table},
};
use baseplate_core::{
    Areas, Baseplate, GridKind, LayerQuery, LayerStatsAnswer, Level, Stats, StatsAnswer, StatsQuery, time::Period,
};
use phrasebook::say;
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
    /// The records of this layer instead, one line for each area, class and period in which there are some; the whole plate is one
    /// area unless --level or --h3 is given
    #[arg(long, conflicts_with = "by")]
    layer: Option<String>,
    /// By classes down to this depth, from 0
    #[arg(long, requires = "layer")]
    classes: Option<u8>,
    /// Only this class and those below: its names from the top down, separated by /
    #[arg(long, requires = "layer")]
    class: Option<String>,
    /// By periods of this length: day, week, month, quarter, year, hour (of the day) or weekday
    #[arg(long, requires = "layer")]
    period: Option<Period>,
    /// Only from this time on: a year, month, day or time
    #[arg(long, requires = "layer")]
    from: Option<String>,
    /// Only until this time; a year, month or day is included
    #[arg(long, requires = "layer")]
    to: Option<String>,
    /// Also the sum and the mean of this attribute: of numbers, or of yes and no as 1 and 0, whose mean is the share of yes
    #[arg(long, requires = "layer")]
    value: Option<String>,
    /// How to write them
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    #[command(flatten)]
    out: Out,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let plate = Baseplate::open(&args.plate)?;
    let kind = args.kind.clone();
    if let Some(layer) = &args.layer {
        return run_layer(&plate, layer, args);
    }
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

fn run_layer(plate: &Baseplate, layer: &str, args: &Args) -> Outcome {
    let Args { level, kind, h3, within, classes, class, period, from, to, value, .. } = args;
    let stats = plate.layer_stats(&LayerQuery {
        layer: layer.to_owned(),
        areas: h3.map(Areas::Cells).or_else(|| level.map(Areas::Level)),
        kind: kind.clone(),
        within: within.clone(),
        classes: *classes,
        class: class.clone(),
        period: *period,
        from: from.clone(),
        to: to.clone(),
        value: value.clone(),
    })?;
    if stats.above > 0 {
        say!("note: {} records that were asked for are known only to lie in an area above these", stats.above);
    }
    if stats.elsewhere > 0 {
        say!("note: {} records that were asked for lie in none of these areas", stats.elsewhere);
    }
    let mut out = args.out.create(matches!(args.format, Format::Csv))?;
    if matches!(args.format, Format::Json) {
        serde_json::to_writer_pretty(&mut out, &LayerStatsAnswer::from(stats))?;
        writeln!(out)?;
        return Ok(out.flush()?);
    }
    let mut csv = Table::begin(out, args.out.bom)?;
    let of_values = value.iter().flat_map(|_| ["filled", "sum", "mean"]);
    csv.row(["code", "name", "class", "period", "records"].into_iter().chain(of_values).map(str::to_owned))?;
    let places = stats.classes.iter().flat_map(|class| stats.periods.iter().map(move |period| (class, period)));
    let places: Vec<_> = places.collect();
    for area in &stats.areas {
        for (at, ((class, period), count)) in places.iter().zip(&area.counts).enumerate() {
            if *count == 0 {
                continue;
            }
            let name = area.name.clone().unwrap_or_default();
            let of_values = area.filled.get(at).zip(area.sums.get(at)).map(|(filled, sum)| {
                let mean = if *filled > 0 { rounded(sum / f64::from(*filled)) } else { String::new() };
                [filled.to_string(), rounded(*sum), mean]
            });
            let counted = [area.code.clone(), name, (*class).clone(), (*period).clone(), count.to_string()];
            csv.row(counted.into_iter().chain(of_values.into_iter().flatten()))?;
        }
    }
    csv.flush()?;
    Ok(())
}

/// A number to a millionth, without what adding up has left behind that.
fn rounded(number: f64) -> String {
    ((number * 1e6).round() / 1e6).to_string()
}

fn write_csv(mut csv: Table<impl Write>, stats: &Stats) -> Outcome {
    let entity = stats.entity.map(|e| e.as_str()).unwrap_or_default();
    let word = |category: &String| if category.is_empty() { "?" } else { category }.to_owned();
    let layers = stats.rows.first().map(|row| &row.counts.layers[..]).unwrap_or_default().iter().map(|(id, _)| &**id);
    let counted = ["buildings", "addresses"].into_iter().chain(layers).chain(["people", "households"]);
    let fixed = ["code", "name"].into_iter().chain(counted).chain(["people_estimated", "households_estimated"]);
    let fixed = fixed.map(str::to_owned);
    let by = stats.categories.iter().map(|category| format!("{entity}:{}", word(category)));
    let by_estimated = stats.entity.map(|_| "by_estimated".to_owned());
    csv.row(fixed.chain(by).chain(by_estimated))?;
    let number = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    for row in &stats.rows {
        let c = &row.counts;
        let flag = |estimated: bool| u32::from(estimated);
        let layers = c.layers.iter().map(|(_, n)| Some(*n));
        let counts = [Some(c.buildings), Some(c.addresses)].into_iter().chain(layers).chain([c.people, c.households]);
        let estimated =
            [c.people.map(|_| flag(c.people_estimated)), c.households.map(|_| flag(c.households_estimated))];
        let names = [row.code.clone(), row.name.clone().unwrap_or_default()];
        let by = row.by.iter().flatten().map(|n| Some(*n));
        let by = by.chain(row.by_estimated.map(|estimated| Some(flag(estimated))));
        csv.row(names.into_iter().chain(counts.chain(estimated).chain(by).map(number)))?;
    }
    csv.flush()?;
    Ok(())
}
