//! The log of a build: `rejects.csv`, the table of issues, and the counts for its summary.
//!
//! Everything that does not fit passes through here, so that nothing is dropped without a word: a remark on
//! a row with its outcome, an issue about something in the plate, a note about a source as a whole. Errors
//! in writing the log are kept and told at its end, so that the stages need not carry them. Reasons that
//! differ in numbers and quoted values alone are counted as one.
//!
//! `rejects.csv` has the columns file, row, column, value, reason and outcome; cells that a spreadsheet
//! would calculate are guarded.

use super::{error::BuildError, issues::IssueWriter};
use crate::{
    model::Entity,
    quality::{Evidence, Form, Issue, Rule},
    source::{Columns, Row, RowRemark, SourceFile},
    store::{SourceInfo, names::REJECTS},
    text::spreadsheet_cell,
};
use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    path::{Path, PathBuf},
};

/// What became of a row that stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Outcome {
    /// It is not in the plate.
    Rejected,
    /// It is in the plate, after its geometry was repaired.
    Repaired,
    /// It is in the plate, but something about it does not fit.
    Noted,
}

/// Why a row that says nothing new is left out; it is no loss, so the row counts as used.
pub(super) const EXACT_COPY: &str = "an exact copy of an earlier row: kept once";

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Repaired => "repaired",
            Self::Noted => "noted",
        }
    }
}

/// The log of a build while it goes on.
pub(crate) struct Log {
    /// The path of `rejects.csv`.
    path: PathBuf,
    /// What writes it.
    csv: csv::Writer<File>,
    /// The sources that were begun, with their counts.
    sources: Vec<SourceInfo>,
    /// The columns that are read of each source, that of its codes first, and in how many cells of each an id was masked.
    columns: Vec<Vec<(String, u64)>>,
    /// How often each reason was given, by outcome.
    reasons: HashMap<(Outcome, String), Alike>,
    /// For each source the reasons of its rejected rows: how often each, and as it was said first.
    rejected: Vec<HashMap<String, (u64, String)>>,
    /// Sentences that are worth knowing and about no row.
    pub(crate) notes: Vec<String>,
    /// The tables of issues.
    issues: IssueWriter,
    /// Of how many of the sources it was said in which columns ids were masked.
    told: usize,
    /// The first error in writing.
    failed: Option<csv::Error>,
}

/// What a log comes to.
pub(crate) struct Summary {
    /// The sources with their counts.
    pub(crate) sources: Vec<SourceInfo>,
    /// For each sort of reason its outcome, what the reasons have in common, and how often it was given,
    /// most frequent first.
    pub(crate) reasons: Vec<(String, String, u64)>,
    /// How many rows were rejected.
    pub(super) rejected: u64,
    /// Sentences that are worth knowing and about no row.
    pub(crate) notes: Vec<String>,
    /// How often each rule found something: of all, and of single persons.
    pub(crate) issues: [BTreeMap<Rule, u64>; 2],
}

impl Log {
    /// The log of a generation that is written into `dir`.
    pub(super) fn create(dir: &Path) -> Result<Self, BuildError> {
        Self::with_issues(dir, IssueWriter::create(dir)?)
    }

    /// The log of a change of layers alone.
    pub(crate) fn of_layers(dir: &Path) -> Result<Self, BuildError> {
        Self::with_issues(dir, IssueWriter::of_layers(dir))
    }

    fn with_issues(dir: &Path, issues: IssueWriter) -> Result<Self, BuildError> {
        let path = dir.join(REJECTS);
        let fail = |e: csv::Error| BuildError::write(&path)(e.into());
        let mut csv = csv::Writer::from_path(&path).map_err(fail)?;
        csv.write_record(["file", "row", "column", "value", "reason", "outcome"]).map_err(fail)?;
        Ok(Self {
            csv,
            sources: Vec::new(),
            columns: Vec::new(),
            reasons: HashMap::new(),
            rejected: Vec::new(),
            notes: Vec::new(),
            issues,
            told: 0,
            failed: None,
            path,
        })
    }

    /// Counts a row that was found, whatever becomes of it.
    pub(super) fn found(&mut self, source: usize, read: &Result<Row, RowRemark>) {
        self.sources[source].rows += 1;
        for index in read.iter().flat_map(|row| &row.masked) {
            self.columns[source][*index].1 += 1;
        }
    }

    /// Adds an issue.
    pub(super) fn issue(&mut self, issue: Issue) {
        self.issues.add(issue);
    }

    /// What is read from now on is of a layer.
    pub(super) fn begin_layer(&mut self, id: &str) {
        self.tell_masked();
        self.issues.begin_layer(id);
    }

    /// Ends a layer.
    ///
    /// # Errors
    /// When its issues could not be written.
    pub(super) fn end_layer(&mut self) -> Result<(), BuildError> {
        self.tell_masked();
        self.issues.end_layer()
    }

    /// Adds the issues about ids that were masked, of sources of which that was not done.
    fn tell_masked(&mut self) {
        let (sources, columns) = (&self.sources[self.told..], &self.columns[self.told..]);
        for (source, columns) in sources.iter().zip(columns) {
            let entity = Entity::ALL.iter().find(|entity| entity.as_str() == source.entity);
            for (name, count) in columns.iter().filter(|(_, count)| *count > 0) {
                let evidence = Evidence::new(Form::IdsMasked, [name.as_str().into(), (*count).into()]);
                let issue = Issue::new(Rule::IdInClear, &source.path, evidence);
                self.issues.add(issue.about(entity.copied().unwrap_or(Entity::Record)));
            }
        }
        self.told = self.sources.len();
    }

    /// Begins a source; returns the number under which its rows are logged.
    pub(super) fn begin(&mut self, source: SourceInfo, columns: &Columns) -> usize {
        self.sources.push(source);
        self.columns.push(columns.names().map(|name| (name.to_owned(), 0)).collect());
        self.rejected.push(HashMap::new());
        self.sources.len() - 1
    }

    /// How many sources were begun, and so the number of the next one.
    pub(super) fn sources(&self) -> usize {
        self.sources.len()
    }

    /// The counts of a source, by its number.
    pub(super) fn source(&mut self, source: usize) -> &mut SourceInfo {
        &mut self.sources[source]
    }

    /// Logs a remark on a row with what became of it. A rejected row is also counted for its source.
    pub(super) fn add(&mut self, source: usize, outcome: Outcome, remark: &RowRemark) {
        let info = &mut self.sources[source];
        let said = blank_quoted(&remark.reason);
        let blanked = blank_numbers(&said);
        if outcome == Outcome::Rejected {
            info.rejected += 1;
            let first = || (0, remark.reason.clone());
            self.rejected[source].entry(blanked.clone()).or_insert_with(first).0 += 1;
        }
        let RowRemark { row, column, value, reason } = remark;
        let (column, value, reason) = (spreadsheet_cell(column), spreadsheet_cell(value), spreadsheet_cell(reason));
        let row = row.to_string();
        let record = [&info.path, row.as_str(), &column, &value, &reason, outcome.as_str()];
        if let Err(e) = self.csv.write_record(record) {
            self.failed.get_or_insert(e);
        }
        self.reasons.entry((outcome, blanked)).or_insert_with(|| Alike::new(&said)).add(&said);
    }

    /// Logs that a row is not in the plate.
    pub(super) fn reject(&mut self, source: usize, remark: &RowRemark) {
        self.add(source, Outcome::Rejected, remark);
    }

    /// A row that was counted as used turns out to be unusable after all.
    pub(super) fn withdraw(&mut self, source: usize, remark: &RowRemark) {
        self.sources[source].used -= 1;
        self.reject(source, remark);
    }

    /// A remark on the code of a row, which stands in the first column of its source.
    pub(super) fn code_remark(&self, source: usize, row: u64, code: &str, reason: &str) -> RowRemark {
        RowRemark::new(row, self.columns[source].first().map_or("", |(name, _)| name), code, reason)
    }

    /// Looks whether a source that was read is of use as a whole.
    ///
    /// # Errors
    /// [`BuildError::Unusable`] if it has no rows and may not be empty, or if fewer rows can be used than
    /// the spec asks for.
    pub(super) fn check_usable(&mut self, source: usize, file: &SourceFile) -> Result<(), BuildError> {
        let SourceInfo { rows, used, ref entity, .. } = self.sources[source];
        let no_grid = used == 0 && rows > 0 && entity == Entity::Grid.as_str();
        let reason = if rows == 0 && !file.may_be_empty {
            "it has no rows; is it the right file? if it may be empty, say may_be_empty = true where the spec names it"
                .to_owned()
        } else if no_grid || (used as f64) < file.min_used * rows as f64 {
            let share = 100.0 * used as f64 / rows as f64;
            format!(
                "only {used} of its {rows} rows can be used ({share:.1} %), and min_used of the spec asks for {:.1} %{}",
                100.0 * file.min_used,
                self.commonest(source)
            )
        } else {
            return Ok(());
        };
        self.csv.flush().map_err(BuildError::write(&self.path))?;
        let rejects = (used < rows).then(|| self.path.clone());
        Err(BuildError::Unusable { path: file.path.clone(), reason, rejects })
    }

    /// Why most rows of a source were rejected, in the words of one of them.
    fn commonest(&self, source: usize) -> String {
        let most = self.rejected[source].iter().max_by_key(|(_, (count, _))| *count);
        most.map_or_else(String::new, |(_, (count, reason))| format!("; {count} of them: {reason}"))
    }

    /// Ends the log: adds the issues about ids that were masked, and ends the files.
    ///
    /// # Errors
    /// When any of it could not be written.
    pub(crate) fn finish(mut self) -> Result<Summary, BuildError> {
        self.tell_masked();
        if let Some(e) = self.failed {
            return Err(BuildError::write(&self.path)(e.into()));
        }
        self.csv.flush().map_err(BuildError::write(&self.path))?;
        let rejected = self.sources.iter().map(|s| s.rejected).sum();
        let name = |((outcome, _), alike): ((Outcome, String), Alike)| {
            (outcome.as_str().to_owned(), alike.shown(), alike.count)
        };
        let mut reasons: Vec<_> = self.reasons.into_iter().map(name).collect();
        reasons.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.cmp(b)));
        let issues = self.issues.finish()?;
        Ok(Summary { sources: self.sources, reasons, rejected, notes: self.notes, issues })
    }
}

/// Reasons that differ in numbers and quoted values alone.
struct Alike {
    /// The first of them, without what it quotes.
    first: String,
    /// Which of its numbers are others in other reasons.
    varies: Vec<bool>,
    /// How many reasons were so.
    count: u64,
}

impl Alike {
    /// The reasons that are like a first one, which is not counted yet.
    fn new(first: &str) -> Self {
        Self { first: first.to_owned(), varies: vec![false; numbers(first).count()], count: 0 }
    }

    /// Counts a reason that is like the first.
    fn add(&mut self, reason: &str) {
        self.count += 1;
        let pairs = numbers(&self.first).zip(numbers(reason));
        self.varies.iter_mut().zip(pairs).for_each(|(varies, (one, other))| *varies |= one != other);
    }

    /// What they have in common.
    fn shown(&self) -> String {
        let mut shown = String::with_capacity(self.first.len());
        let mut rest = self.first.as_str();
        for (number, varies) in numbers(&self.first).zip(&self.varies) {
            let (before, behind) = rest.split_once(number).unwrap_or((rest, ""));
            shown.push_str(before);
            shown.push_str(if *varies { "…" } else { number });
            rest = behind;
        }
        shown + rest
    }
}

/// The runs of digits in a text.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty())
}

/// A reason with `#` for its numbers: equal for reasons that count together.
fn blank_numbers(reason: &str) -> String {
    let mut blanked = String::with_capacity(reason.len());
    for c in reason.chars() {
        match c {
            c if !c.is_ascii_digit() => blanked.push(c),
            _ if blanked.ends_with('#') => {}
            _ => blanked.push('#'),
        }
    }
    blanked
}

/// A reason without what it quotes, which may be a row.
fn blank_quoted(reason: &str) -> String {
    let mut blanked = String::with_capacity(reason.len());
    let (mut quoted, mut before) = (false, ' ');
    for c in reason.chars() {
        let is_quote = c == '\'' && (quoted || before == ' ');
        before = c;
        match c {
            '\'' if is_quote => {
                quoted = !quoted;
                blanked.push_str(if quoted { "'…" } else { "'" });
            }
            _ if quoted => {}
            c => blanked.push(c),
        }
    }
    blanked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_all_reasons_have_are_shown() {
        let shown = |reasons: &[&str]| {
            let mut alike = Alike::new(&blank_quoted(reasons[0]));
            for reason in reasons {
                assert_eq!(blank_numbers(&blank_quoted(reason)), blank_numbers(&alike.first), "{reason}");
                alike.add(&blank_quoted(reason));
            }
            alike.shown()
        };
        let far = ["12 m from gcj02, more than 30 m", "7.5 m from gcj02, more than 30 m"];
        assert_eq!(shown(&far[..1]), far[0]);
        assert_eq!(shown(&[far[0], "45 m from gcj02, more than 30 m"]), "… m from gcj02, more than 30 m");
        assert_ne!(blank_numbers(far[0]), blank_numbers(far[1]));
        assert_eq!(
            shown(&["3 cells, the header has 4: 'a 3'", "4 cells, the header has 4: 'b'"]),
            "… cells, the header has 4: '…'"
        );
        assert_eq!(shown(&["2 of 12, then 2"]), "2 of 12, then 2");
    }
}
