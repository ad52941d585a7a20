//! Writing the tables of issues while they are found.
//!
//! An issue has a key that is the same in every build in which it is found: a hash of the rule and of what
//! it is about, not of what was measured. So a list of issues that were looked at can be carried from one
//! generation to the next. Issues about single persons go into a table of their own in `private/`. Rows are
//! written in batches, in the order in which they come.

use super::error::BuildError;
use crate::{
    model::Entity,
    quality::{Issue, Rule},
    schema::{
        Declared,
        tables::{IssueRow, Issues},
    },
    store::{
        names::{ISSUES, PRIVATE_ISSUES},
        table::{BATCH, TableWriter},
    },
};
use arrow_schema::ArrowError;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

/// The two tables of issues while they are written.
pub(super) struct IssueWriter {
    /// The issues that everybody with the plate may see.
    public: IssueTable,
    /// The issues about single persons.
    private: IssueTable,
    /// How often each rule found something: in the public table, and about single persons.
    counts: [BTreeMap<Rule, u64>; 2],
}

impl IssueWriter {
    /// Begins both tables in a directory.
    pub(super) fn create(dir: &Path) -> Result<Self, BuildError> {
        let [public, private] = [ISSUES, PRIVATE_ISSUES].map(|file| IssueTable::create(dir.join(file)));
        Ok(Self { public: public?, private: private?, counts: Default::default() })
    }

    /// Adds an issue to the table where it belongs.
    pub(super) fn add(&mut self, issue: Issue) {
        let about_people = issue.entity == Entity::Person || issue.rule.entity() == Entity::Person;
        *self.counts[usize::from(about_people)].entry(issue.rule).or_default() += 1;
        if about_people { &mut self.private } else { &mut self.public }.add(issue);
    }

    /// Ends the tables; returns how often each rule found something, of all and of single persons.
    pub(super) fn finish(self) -> Result<[BTreeMap<Rule, u64>; 2], BuildError> {
        self.public.finish()?;
        self.private.finish()?;
        Ok(self.counts)
    }
}

/// What an issue is about, whatever was measured: the same in every build in which it is found.
fn identity(issue: &Issue) -> u64 {
    let mut hash = Sha256::new();
    let code = match issue.rule {
        // Sources are known by their files, wherever a build was started.
        Rule::SourceCrs | Rule::SourceAxes | Rule::IdInClear => issue.code.rsplit(['/', '\\']).next(),
        _ => Some(issue.code.as_str()),
    };
    let other = match issue.rule {
        // The first of all that are alike, which changes when one is added.
        Rule::AddressTwoCodes | Rule::AddressDuplicate => None,
        _ => issue.other.as_deref(),
    };
    for part in [Some(issue.rule.as_str()), Some(issue.entity.as_str()), code, other] {
        hash.update(part.unwrap_or_default());
        hash.update([0]);
    }
    // Several columns of a source may have ids, and several rows of an enterprise or a code texts that are wrong.
    if matches!(issue.rule, Rule::IdInClear | Rule::EnterpriseNoAddress | Rule::AddressCodeTwice) {
        issue.evidence.values.iter().filter_map(Value::as_str).for_each(|text| hash.update(text));
    }
    // Gaps have no code but that of their kind of grids.
    if let (Rule::GridGap, Some(at)) = (issue.rule, issue.at) {
        hash.update(format!("{:.4} {:.4}", at.lng, at.lat));
    }
    u64::from_be_bytes(std::array::from_fn({
        let digest = hash.finalize();
        move |i| digest[i]
    }))
}

/// A table of issues while it is written.
struct IssueTable {
    /// Its file, for errors.
    path: PathBuf,
    /// What writes it.
    table: TableWriter,
    /// The issues of the next batch, each with its key and its values as JSON.
    waiting: Vec<(String, String, Issue)>,
    /// How many issues had the same identity so far; later ones get a number behind their key.
    alike: HashMap<u64, u32>,
    /// The first error in writing, which is told in the end.
    failed: Option<ArrowError>,
}

impl IssueTable {
    fn create(path: PathBuf) -> Result<Self, BuildError> {
        let table = TableWriter::create(&path, Issues::fields(&[])).map_err(BuildError::table(&path))?;
        Ok(Self { path, table, waiting: Vec::new(), alike: HashMap::new(), failed: None })
    }

    fn add(&mut self, issue: Issue) {
        let identity = identity(&issue);
        let alike = self.alike.entry(identity).or_default();
        *alike += 1;
        let key = if *alike == 1 { format!("{identity:016x}") } else { format!("{identity:016x}-{alike}") };
        let values = Value::from(issue.evidence.values.clone()).to_string();
        self.waiting.push((key, values, issue));
        if self.waiting.len() == BATCH {
            self.flush();
        }
    }

    /// Writes the batch that waits.
    fn flush(&mut self) {
        let issues = std::mem::take(&mut self.waiting);
        let rows = issues.iter().map(|(key, values, issue)| IssueRow {
            key,
            rule: issue.rule.as_str(),
            severity: issue.rule.severity().as_str(),
            entity: issue.entity.as_str(),
            code: &issue.code,
            other: issue.other.as_deref(),
            form: issue.evidence.form.as_str(),
            values,
            lng: issue.at.map(|at| at.lng),
            lat: issue.at.map(|at| at.lat),
        });
        if let Err(e) = Issues::arrays(rows.collect(), &[]).and_then(|columns| self.table.write(columns)) {
            self.failed.get_or_insert(e);
        }
    }

    fn finish(mut self) -> Result<(), BuildError> {
        self.flush();
        let ended = self.failed.map_or_else(|| self.table.finish(), Err);
        ended.map_err(BuildError::table(&self.path))
    }
}
