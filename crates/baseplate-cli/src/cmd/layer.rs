use super::{
    build::{list, show},
    outcome::Outcome,
    progress::Bar,
};
use baseplate_core::{
    AddedLayer, Audience, Baseplate, ChangeError, Counting, Found, Layer, LayerLabels, OnProgress, RecordSource,
    add_layer,
    code::mask_ids,
    kept_layer, label_layer, look_at, remove_layer, replace_layer,
    time::{Bucket, Calendar, Period, TimeError, Zone},
};
use phrasebook::say;
use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    time::Instant,
};

/// Add a department's file to a plate as a layer, without building the rest again; list, replace and remove such layers
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Add(Add),
    Replace(Replace),
    Set(Set),
    /// Remove a layer that was added; the generation before still has it
    Remove(Named),
    List(List),
    /// What a plate knows of a layer, as JSON, and of one that was added the lines that a spec would have for it
    Describe(Named),
}

/// Look at a file, show what was found in it, and publish it as a layer
#[derive(clap::Args)]
struct Add {
    /// The plate
    plate: PathBuf,
    /// The file: CSV, also packed with gzip; with --spec whatever a spec may name
    file: PathBuf,
    /// What the layer is called in requests and tiles: a-z, 0-9 and -; the name of the file if left out
    #[arg(long)]
    id: Option<String>,
    #[command(flatten)]
    labels: Labels,
    /// The coordinate system of the file, such as gcj02; found by comparison with the plate if left out
    #[arg(long)]
    crs: Option<String>,
    /// A file with the lines that a spec would have for the layer: the file is read as they say, and nothing is looked for
    #[arg(long)]
    spec: Option<PathBuf>,
    /// Publish without asking
    #[arg(long)]
    yes: bool,
}

/// Put another file in the place of that of a layer that was added; it is read as the former one was
#[derive(clap::Args)]
struct Replace {
    /// The plate
    plate: PathBuf,
    /// The layer
    id: String,
    /// The new file
    file: PathBuf,
    /// Publish even if the layer has much less than before; else exit code 4
    #[arg(long)]
    accept: bool,
}

/// Change what is said of a layer that was added, and who may read it
#[derive(clap::Args)]
struct Set {
    /// The plate
    plate: PathBuf,
    /// The layer
    id: String,
    #[command(flatten)]
    labels: Labels,
}

/// What is said of a layer.
#[derive(Clone, clap::Args)]
struct Labels {
    /// What it is called on screen
    #[arg(long)]
    title: Option<String>,
    /// The category of the catalogue that it belongs to
    #[arg(long)]
    category: Option<String>,
    /// Who keeps it
    #[arg(long)]
    keeper: Option<String>,
    /// What its records are, in a line of up to 1,000 characters
    #[arg(long)]
    description: Option<String>,
    /// On what terms it may be used: the name of a licence, or its address
    #[arg(long)]
    licence: Option<String>,
    /// Who may read it: public, internal or restricted. The server shows public layers alone
    #[arg(long)]
    audience: Option<String>,
}

/// A layer of a plate
#[derive(clap::Args)]
struct Named {
    /// The plate
    plate: PathBuf,
    /// The layer
    id: String,
}

/// The layers of a plate, with their rows, how many of them have a place, and when they were
#[derive(clap::Args)]
struct List {
    /// The plate
    plate: PathBuf,
}

pub(crate) fn run(args: &Args) -> Outcome {
    match &args.command {
        Command::Add(args) => add(args),
        Command::Replace(Replace { plate, id, file, accept }) => {
            publish(plate, |on_progress| replace_layer(plate, id, file, *accept, on_progress))
        }
        Command::Set(Set { plate, id, labels }) => {
            let generation = label_layer(plate, id, &labels.read()?)?.generation;
            say!("{}: generation {generation}, layer {id} is labelled anew", plate.display());
            Ok(())
        }
        Command::Remove(args) => {
            let (plate, id) = (args.plate.display(), &args.id);
            let generation = remove_layer(&args.plate, id)?.generation;
            say!("{plate}: generation {generation} has no layer {id}; the one before still has it");
            Ok(())
        }
        Command::List(args) => list_layers(&args.plate),
        Command::Describe(args) => describe(&args.plate, &args.id),
    }
}

fn add(args: &Add) -> Outcome {
    let plate = Baseplate::open(&args.plate)?;
    let mut source = match &args.spec {
        Some(spec) => {
            let mut source = RecordSource::read(spec)?;
            source.file.path.clone_from(&args.file);
            source.file.crs = args.crs.clone().or(source.file.crs);
            source
        }
        None => {
            let found = look_at(&plate, &args.file, args.crs.as_deref())?;
            tell(&found, &args.file);
            found.source
        }
    };
    drop(plate);
    args.labels.read()?.put_on(&mut source);
    args.id.iter().for_each(|id| source.layer.clone_from(id));
    if source.layer.is_empty() {
        return Err(
            "the name of the file gives no id: say with --id what the layer is called, such as --id hotline".into()
        );
    }
    writeln!(io::stdout(), "\n[[layers]]\n{}", mask_ids(&source.to_toml()))?;
    if !args.yes && !confirmed()? {
        return Err("nothing was published: say --yes to publish without being asked".into());
    }
    publish(&args.plate, |on_progress| add_layer(&args.plate, &source, on_progress))
}

impl Labels {
    fn read(&self) -> Result<LayerLabels, String> {
        let known = |word: &String| {
            let found = Audience::ALL.into_iter().find(|audience| audience.as_str() == word);
            found.ok_or_else(|| format!("--audience {word}: one of public, internal and restricted is needed"))
        };
        let audience = self.audience.as_ref().map(known).transpose()?;
        let Self { title, category, keeper, description, licence, .. } = self.clone();
        Ok(LayerLabels { title, category, keeper, description, licence, audience })
    }
}

/// Tells what was found in a file.
fn tell(found: &Found, file: &Path) {
    say!("{}: {} rows", file.display(), found.rows);
    for (key, columns, why) in &found.findings {
        say!("{:>16} {}: {why}", key, mask_ids(columns));
    }
    found.doubts.iter().for_each(|doubt| say!("\nnote: {doubt}"));
}

/// Whether whoever sits in front of it says yes.
fn confirmed() -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    say!("publish it? y or n");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "是"))
}

/// Publishes a layer, and says what became of its file.
fn publish(plate: &Path, change: impl FnOnce(OnProgress<'_>) -> Result<AddedLayer, ChangeError>) -> Outcome {
    let (started, bar) = (Instant::now(), Bar::new()?);
    let added = change(&|progress| show(&bar, progress));
    bar.clear();
    let AddedLayer { generation, layer, sources, reasons, notes } = added?;
    list(&reasons, &plate.join("rejects.csv"));
    notes.iter().for_each(|note| say!("\nnote: {note}"));
    let rejected: u64 = sources.iter().map(|source| source.rejected).sum();
    let (id, rows, linked) = (&layer.id, layer.rows, layer.linked);
    let (plate, took) = (plate.display(), started.elapsed().as_secs_f64());
    say!(
        "\n{plate}: generation {generation}, layer {id}: {rows} records, {linked} of them with a place, {rejected} rows rejected, \
         in {took:.1} s"
    );
    if layer.in_areas > 0 {
        say!("{} of them are known by an area alone: a grid, a community or one above", layer.in_areas);
    }
    if linked < rows {
        say!("{} records have no place; why: baseplate check {plate} --rule record-no-place", rows - linked);
    }
    if layer.audience != Audience::Public {
        say!(
            "servers do not show it, for it is {}: baseplate layer set {plate} {id} --audience public",
            layer.audience.as_str()
        );
    }
    Ok(())
}

fn list_layers(plate: &Path) -> Outcome {
    let plate = Baseplate::open(plate)?;
    let mut table = csv::Writer::from_writer(io::stdout());
    table.write_record([
        "id", "title", "category", "keeper", "audience", "rows", "linked", "in_areas", "first", "last", "from",
    ])?;
    for layer in plate.layers().filter(|layer| layer.counting() == Counting::Records) {
        let info = layer.info();
        let of = |text: &Option<String>| text.clone().unwrap_or_default();
        let [first, last] = span(layer)?;
        let from = if kept_layer(&plate, &info.id)?.is_some() { "file" } else { "spec" };
        table.write_record([
            &info.id,
            &of(&info.title.zh),
            &of(&info.category),
            &of(&info.keeper),
            info.audience.as_str(),
            &info.rows.to_string(),
            &info.linked.to_string(),
            &info.in_areas.to_string(),
            &first,
            &last,
            from,
        ])?;
    }
    table.flush()?;
    Ok(())
}

/// The first and the last day of the records of a layer, in its zone.
fn span(layer: Layer<'_>) -> Result<[String; 2], Box<dyn std::error::Error>> {
    let Some(time) = &layer.info().time else { return Ok(Default::default()) };
    let zone: Zone = time.zone.parse()?;
    let day = |second| Ok::<_, TimeError>(Calendar::new(&zone, Period::Day, second, second)?.bucket(0));
    let label = |day: Option<Bucket>| day.map(|day| day.label).unwrap_or_default();
    Ok([label(day(time.first)?), label(day(time.last)?)])
}

fn describe(plate: &Path, id: &str) -> Outcome {
    let plate = Baseplate::open(plate)?;
    let Some(layer) = plate.layer(id) else {
        let known = plate.layers().map(|layer| layer.id().to_owned()).collect::<Vec<_>>().join(", ");
        return Err(format!("there is no layer '{id}'; there are: {known}").into());
    };
    let lines = kept_layer(&plate, id)?.map(|source| format!("[[layers]]\n{}", source.to_toml()));
    writeln!(io::stdout(), "{}", serde_json::to_string_pretty(layer.info())?)?;
    lines.iter().try_for_each(|lines| writeln!(io::stdout(), "\n{lines}"))?;
    Ok(())
}
