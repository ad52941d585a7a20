//! Writing the tables of issues while they are found.
//!
//! An issue has a key that is the same in every build in which it is found: a hash of the rule and of what
//! it is about, not of what was measured. So a list of issues that were looked at can be carried from one
//! generation to the next. Issues about single persons go into a table of their own in `private/`, those about records of a layer into
//! one beside the layer, so that whoever may not read the layer does not read these. Rows are written in batches, in the order in which
//! they come.

use super::error::BuildError;
use crate::{
    model::Entity,
    quality::{Issue, Rule},
    schema::{
        Declared,
        tables::{IssueRow, Issues},
    },
    store::{
        names::{ISSUES, PRIVATE_ISSUES, layer_issues_file},
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

/// The tables of issues while they are written.
pub(super) struct IssueWriter {
    /// The directory of the generation.
    dir: PathBuf,
    /// The issues of the backbone, and those about single persons; neither where a single layer is changed.
    tables: Option<[IssueTable; 2]>,
    /// The issues of the layer that is being made: its id, and its table once there is an issue.
    layer: Option<(String, Option<IssueTable>)>,
    /// How often each rule found something: about single persons where that is [`true`], and about all else.
    counts: [BTreeMap<Rule, u64>; 2],
    /// The first table that could not be begun.
    failed: Option<BuildError>,
}

impl IssueWriter {
    /// Begins the tables of a generation in its directory.
    pub(super) fn create(dir: &Path) -> Result<Self, BuildError> {
        let [public, private] = [ISSUES, PRIVATE_ISSUES].map(|file| IssueTable::create(dir.join(file), ""));
        Ok(Self { tables: Some([public?, private?]), ..Self::of_layers(dir) })
    }

    /// Begins with no table but those of layers.
    pub(super) fn of_layers(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), tables: None, layer: None, counts: Default::default(), failed: None }
    }

    /// What comes from now on, until [`IssueWriter::end_layer`], is about records of a layer, or about its sources.
    pub(super) fn begin_layer(&mut self, id: &str) {
        self.layer = Some((id.to_owned(), None));
    }

    /// Ends the table of a layer.
    pub(super) fn end_layer(&mut self) -> Result<(), BuildError> {
        if let Some(e) = self.failed.take() {
            return Err(e);
        }
        self.layer.take().and_then(|(_, table)| table).map_or(Ok(()), IssueTable::finish)
    }

    /// Adds an issue to the table where it belongs.
    pub(super) fn add(&mut self, issue: Issue) {
        let is_about_people = issue.entity == Entity::Person || issue.rule.entity() == Entity::Person;
        let about_people = self.layer.is_none() && is_about_people;
        let table = match (&mut self.layer, &mut self.tables) {
            (Some((_, Some(table))), _) => table,
            (Some((id, table)), _) => match IssueTable::create(self.dir.join(layer_issues_file(id)), id) {
                Ok(begun) => table.insert(begun),
                Err(e) => {
                    self.failed.get_or_insert(e);
                    return;
                }
            },
            (None, Some([public, private])) => {
                if about_people {
                    private
                } else {
                    public
                }
            }
            (None, None) => return,
        };
        *self.counts[usize::from(about_people)].entry(issue.rule).or_default() += 1;
        table.add(issue);
    }

    /// Ends the tables; returns how often each rule found something, of all and of single persons.
    pub(super) fn finish(self) -> Result<[BTreeMap<Rule, u64>; 2], BuildError> {
        self.tables.into_iter().flatten().try_for_each(IssueTable::finish)?;
        Ok(self.counts)
    }
}

/// What an issue is about, whatever was measured: the same in every build in which it is found.
fn identity(issue: &Issue, layer: &str) -> u64 {
    let mut hash = Sha256::new();
    // Records of two layers may have the same code.
    if issue.entity == Entity::Record {
        hash.update(layer);
    }
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
    /// The layer that it is about; empty if it is about none.
    layer: String,
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
    fn create(path: PathBuf, layer: &str) -> Result<Self, BuildError> {
        let table = TableWriter::create(&path, Issues::fields(&[])).map_err(BuildError::table(&path))?;
        Ok(Self { path, layer: layer.to_owned(), table, waiting: Vec::new(), alike: HashMap::new(), failed: None })
    }

    fn add(&mut self, issue: Issue) {
        let identity = identity(&issue, &self.layer);
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
