use super::{
    outcome::Outcome,
    table::{Format, Out, Table},
};
use baseplate_core::{
    Baseplate, IssueRecord, Language, Manifest, OpenError, People, PrivateManifest, Rule, SourceInfo,
};
use phrasebook::{say, spoken, worded};
use std::{
    io::{self, Write},
    path::PathBuf,
};

/// List what is wrong with the data of a plate
///
/// One line for each issue found at build: its key, which stays the same from build to build, rule, severity, entity, code,
/// other code, evidence in words, the form of these words and the values in it (JSON), lng, lat. A table of how many there
/// are, and of how much of each source is linked, follows on standard error.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plate
    #[arg(required_unless_present = "rules")]
    plate: Option<PathBuf>,
    /// How to write the list
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    /// Only this rule; may be given several times
    #[arg(long)]
    rule: Vec<Rule>,
    #[command(flatten)]
    out: Out,
    /// List the rules and what they mean
    #[arg(long)]
    rules: bool,
}

/// Columns of the list.
const COLUMNS: [&str; 11] =
    ["key", "rule", "severity", "entity", "code", "other_code", "evidence", "form", "values", "lng", "lat"];

pub(crate) fn run(args: &Args) -> Outcome {
    let Some(plate) = args.plate.as_ref().filter(|_| !args.rules) else { return list_rules() };
    let plate = Baseplate::open(plate)?;
    let out = args.out.create(matches!(args.format, Format::Csv))?;
    let mut unread = None;
    let people = match plate.people() {
        Ok(people) => Some(people),
        Err(e @ OpenError::Private { .. }) => {
            unread = Some(e);
            None
        }
        Err(e) => return Err(e.into()),
    };
    let issues = plate.issues().chain(people.iter().flat_map(People::issues));
    let wanted = issues.filter(|issue| args.rule.is_empty() || args.rule.contains(&issue.rule));
    match args.format {
        Format::Csv => write_csv(Table::begin(out, args.out.bom)?, wanted)?,
        Format::Json => write_json(out, wanted)?,
    }
    summarise(plate.manifest(), people.map(|people| people.manifest()), &args.rule);
    match unread {
        Some(e) => Err(format!("issues about people are not listed: {e}").into()),
        None => Ok(()),
    }
}

fn list_rules() -> Outcome {
    let mut out = io::stdout().lock();
    for rule in Rule::ALL {
        let (severity, meaning) = (worded(rule.severity().as_str()), worded(rule.meaning()));
        writeln!(out, "{:<29} {severity:<8} {meaning}", rule.as_str())?;
    }
    Ok(())
}

fn write_csv<'a>(mut csv: Table<impl Write>, issues: impl Iterator<Item = IssueRecord<'a>>) -> Outcome {
    csv.row(COLUMNS)?;
    for issue in issues {
        let degrees = |of: Option<f64>| of.map(|v| format!("{v:.7}")).unwrap_or_default();
        csv.row([
            issue.key,
            issue.rule.as_str(),
            issue.rule.severity().as_str(),
            issue.entity,
            issue.code,
            issue.other.unwrap_or_default(),
            &evidence(&issue),
            issue.evidence.form.as_str(),
            &values(&issue).to_string(),
            &degrees(issue.at.map(|p| p.lng)),
            &degrees(issue.at.map(|p| p.lat)),
        ])?;
    }
    csv.flush()?;
    Ok(())
}

/// The evidence in the language that is spoken.
fn evidence(issue: &IssueRecord<'_>) -> String {
    issue.evidence.words(match spoken() {
        phrasebook::Language::Chinese => Language::Chinese,
        phrasebook::Language::English => Language::English,
    })
}

/// The values of the evidence by their names.
fn values(issue: &IssueRecord<'_>) -> serde_json::Value {
    issue.evidence.by_name().map(|(name, value)| (name, value.clone())).collect()
}

/// One object a line.
fn write_json<'a>(mut out: impl Write, issues: impl Iterator<Item = IssueRecord<'a>>) -> Outcome {
    for issue in issues {
        let object = serde_json::json!({
            "key": issue.key,
            "rule": issue.rule.as_str(),
            "severity": issue.rule.severity(),
            "entity": issue.entity,
            "code": issue.code,
            "other_code": issue.other,
            "evidence": evidence(&issue),
            "form": issue.evidence.form.as_str(),
            "values": values(&issue),
            "lng": issue.at.map(|p| p.lng),
            "lat": issue.at.map(|p| p.lat),
        });
        writeln!(out, "{object}")?;
    }
    out.flush()?;
    Ok(())
}

fn summarise(manifest: &Manifest, private: Option<&PrivateManifest>, rules: &[Rule]) {
    let found = |rule: &Rule| {
        let counts = private.iter().map(|private| &private.issues).chain([&manifest.issues]);
        counts.filter_map(|counts| counts.get(rule.as_str())).sum::<u64>()
    };
    say!("{:>10}  issue", "found");
    let mut all = 0;
    for rule in Rule::ALL.iter().filter(|rule| rules.is_empty() || rules.contains(rule)) {
        let count = found(rule);
        all += count;
        if count > 0 {
            say!("{count:>10}  {} ({}): {}", rule.as_str(), rule.severity().as_str(), rule.meaning());
        }
    }
    say!("{all:>10}  in all");
    say!("\n{:>10} {:>10} {:>8}  source", "rows", "linked", "share");
    for SourceInfo { entity, path, rows, linked, .. } in
        manifest.sources.iter().chain(private.iter().flat_map(|private| &private.sources))
    {
        let share = if *rows == 0 { 0.0 } else { 100.0 * *linked as f64 / *rows as f64 };
        say!("{rows:>10} {linked:>10} {share:>7.2}%  {path} ({entity})");
    }
}
