//! The log of a build: `rejects.csv`, the table of issues, and the counts for its summary.

use super::{BuildError, issues::IssueWriter};
use crate::{
    plate::{SourceInfo, publish::REJECTS},
    quality::{Issue, Rule},
    source::Reject,
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

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Repaired => "repaired",
            Self::Noted => "noted",
        }
    }
}

pub(super) struct Log {
    path: PathBuf,
    csv: csv::Writer<File>,
    sources: Vec<SourceInfo>,
    reasons: HashMap<(Outcome, String), u64>,
    pub(super) notes: Vec<String>,
    issues: IssueWriter,
    failed: Option<csv::Error>,
}

/// What a log comes to.
pub(super) struct Summary {
    pub(super) sources: Vec<SourceInfo>,
    /// Outcome, reason with its values blanked, count.
    pub(super) reasons: Vec<(String, String, u64)>,
    pub(super) rejected: u64,
    pub(super) notes: Vec<String>,
    pub(super) issues: BTreeMap<Rule, u64>,
}

impl Log {
    /// The log of a generation that is written into `dir`.
    pub(super) fn create(dir: &Path) -> Result<Self, BuildError> {
        let path = dir.join(REJECTS);
        let fail = |e: csv::Error| BuildError::write(&path)(e.into());
        let mut csv = csv::Writer::from_path(&path).map_err(fail)?;
        csv.write_record(["file", "row", "column", "value", "reason", "outcome"]).map_err(fail)?;
        let (sources, reasons, notes) = (Vec::new(), HashMap::new(), Vec::new());
        Ok(Self { csv, sources, reasons, notes, issues: IssueWriter::create(dir)?, failed: None, path })
    }

    pub(super) fn issue(&mut self, issue: Issue) {
        self.issues.add(issue);
    }

    /// Begins a source; returns the number under which its rows are logged.
    pub(super) fn begin(&mut self, source: SourceInfo) -> usize {
        self.sources.push(source);
        self.sources.len() - 1
    }

    pub(super) fn source(&mut self, source: usize) -> &mut SourceInfo {
        &mut self.sources[source]
    }

    /// Logs a row. A rejected row is also counted for its source.
    pub(super) fn add(&mut self, source: usize, outcome: Outcome, reject: &Reject) {
        let info = &mut self.sources[source];
        if outcome == Outcome::Rejected {
            info.rejected += 1;
        }
        let Reject { row, column, value, reason } = reject;
        let record = [&info.path, &row.to_string(), column, value, reason, outcome.as_str()];
        if let Err(e) = self.csv.write_record(record) {
            self.failed.get_or_insert(e);
        }
        *self.reasons.entry((outcome, blank_values(reason))).or_default() += 1;
    }

    pub(super) fn reject(&mut self, source: usize, reject: &Reject) {
        self.add(source, Outcome::Rejected, reject);
    }

    /// A row that was counted as used turns out to be unusable after all.
    pub(super) fn withdraw(&mut self, source: usize, reject: &Reject) {
        self.sources[source].used -= 1;
        self.reject(source, reject);
    }

    pub(super) fn finish(mut self) -> Result<Summary, BuildError> {
        let fail = BuildError::write(&self.path);
        if let Some(e) = self.failed {
            return Err(fail(e.into()));
        }
        self.csv.flush().map_err(fail)?;
        let rejected = self.sources.iter().map(|s| s.rejected).sum();
        let name = |((outcome, reason), count): ((Outcome, String), u64)| (outcome.as_str().to_owned(), reason, count);
        let mut reasons: Vec<_> = self.reasons.into_iter().map(name).collect();
        reasons.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.cmp(b)));
        let issues = self.issues.finish()?;
        Ok(Summary { sources: self.sources, reasons, rejected, notes: self.notes, issues })
    }
}

/// A reason without its numbers and quoted values, so that equal reasons count together.
fn blank_values(reason: &str) -> String {
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
            c if c.is_ascii_digit() => {
                if !blanked.ends_with('#') {
                    blanked.push('#');
                }
            }
            c => blanked.push(c),
        }
    }
    blanked
}
