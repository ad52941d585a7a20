//! The table of enterprises at addresses.
//!
//! A row is linked by the code of its address; without one, or with one that is not in the plate, its
//! address text is geocoded, and linked if the answer is one address with a confidence of 0.8 at least.
//! What cannot be linked is kept without an address. A code that fails its check is suspect but kept; one
//! that is a citizen id, or that a spreadsheet has rounded, is rejected.

use super::{
    address_table::{AddressTable, NOWHERE},
    buckets::Buckets,
    categories::{AttributeColumns, Attributes, Category, NONE},
    context::Context,
    enterprise_table::EnterpriseTable,
    error::BuildError,
    log::{EXACT_COPY, Log, Outcome},
    progress::Progress,
    source_rows::{LINKED_AT_ONCE, SourceRows, source_info},
    spill::SpillWriter,
    strings::Strings,
};
use crate::{
    code::{
        CitizenId, CodeError, LOST, Uscc, fold_code, is_exponent, is_masked, looks_like_id, looks_rounded,
        mostly_rounded,
    },
    gazetteer::{decide, index::GeoIndex},
    model::{EnterpriseRole, Entity, How},
    quality::{Evidence, Form, Issue, Rule},
    source::{Columns, EnterpriseSource, Row, RowRemark, inspect},
    verdict::{GeocodeStatus, MatchLevel},
};
use rayon::prelude::*;
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64;

/// A text is linked from this confidence on.
const SURE: f64 = 0.8;
/// The longest code that is kept, characters: one that fails its check is suspect, but still somebody's.
const CODE_MAX: usize = 32;
/// What is said of an address code that is not in the plate.
const NO_ADDRESS: &str = "no address has this code";

/// The enterprises while they are being read, in the order of reading; see [`EnterpriseTable`].
struct EnterpriseTableBuilder<'a> {
    /// The code of each position.
    codes: Strings,
    /// The name of each position.
    names: SpillWriter,
    /// The address text of each position that is not linked by code.
    texts: SpillWriter,
    /// The row of the address of each position, or [`NOWHERE`].
    addresses: Vec<u32>,
    /// How far down its text was matched.
    match_levels: Category,
    /// The confidence of that, or NaN.
    confidences: Vec<f32>,
    /// What each is to its address.
    roles: Category,
    /// Whether each is in business.
    active: Vec<bool>,
    /// The attributes by which enterprises are counted.
    attributes: Attributes,
    /// The number of the source in the log, and the row in it, of each position.
    origins: Vec<(u16, u32)>,
    /// Where addresses are looked up.
    library: Library<'a>,
}

/// Where addresses are looked up, by code and by text.
#[derive(Clone, Copy)]
struct Library<'a> {
    /// The addresses, by code.
    addresses: &'a AddressTable,
    /// The index of the geocoder, by text.
    geo_index: &'a GeoIndex,
}

/// An enterprise of a row, linked.
struct Enterprise {
    /// Its code, folded.
    code: String,
    /// The row of its address.
    address: Option<u32>,
    /// How far down the text was matched, and the confidence.
    geocoded: Option<(MatchLevel, f32)>,
    /// What it is to the address.
    role: EnterpriseRole,
    /// Whether it is in business.
    active: bool,
    /// What is wrong with it.
    issues: Vec<Issue>,
}

/// Which column of a source of enterprises holds what, by index.
struct EnterpriseLayout<'a> {
    source: &'a EnterpriseSource,
    uscc: usize,
    name: Option<usize>,
    address: Option<usize>,
    address_text: Option<usize>,
    role: Option<usize>,
    status: Option<usize>,
    attributes: AttributeColumns,
}

impl Context<'_> {
    /// Reads all sources of enterprises, links them and puts them in order.
    ///
    /// # Errors
    /// When a source cannot be read or is of no use as a whole.
    pub(super) fn enterprises(
        &self,
        addresses: &AddressTable,
        geo_index: &GeoIndex,
        log: &mut Log,
    ) -> Result<EnterpriseTable, BuildError> {
        let mut builder = EnterpriseTableBuilder {
            codes: Strings::default(),
            names: SpillWriter::create(self.dir, "enterprise-names")?,
            texts: SpillWriter::create(self.dir, "enterprise-texts")?,
            addresses: Vec::new(),
            match_levels: Category::fixed("match_level", MatchLevel::ALL.iter().map(|level| level.as_str())),
            confidences: Vec::new(),
            roles: Category::fixed("role", EnterpriseRole::ALL.iter().map(|role| role.as_str())),
            active: Vec::new(),
            attributes: Attributes::default(),
            origins: Vec::new(),
            library: Library { addresses, geo_index },
        };
        for source in &self.spec.enterprises {
            self.read_enterprises(source, &mut builder, log)?;
        }
        (self.on_progress)(Progress::Step("sorting the enterprises"));
        let origins = std::mem::take(&mut builder.origins);
        let mut table = builder.finish()?;
        table.arrange(addresses, &origins, log);
        Ok(table)
    }

    /// Reads and links one source.
    fn read_enterprises(
        &self,
        source: &EnterpriseSource,
        builder: &mut EnterpriseTableBuilder<'_>,
        log: &mut Log,
    ) -> Result<(), BuildError> {
        let file = &source.file;
        let mut columns = Columns::of(&source.uscc);
        let default_status = source.attributes.iter().find(|a| *a == "status");
        let layout = EnterpriseLayout {
            source,
            uscc: columns.want(&source.uscc),
            name: columns.want_if(source.name.as_deref()),
            address: columns.want_code_if(source.address.as_deref()),
            address_text: columns.want_if(source.address_text.as_deref()),
            role: columns.want_if(source.role.as_deref()),
            status: columns.want_if(source.status.as_ref().or(default_status).map(String::as_str)),
            attributes: builder.attributes.of_source(&source.attributes, &mut columns, builder.addresses.len()),
        };
        let inspection = inspect(file)?;
        let number = log.begin(source_info("enterprise", file, &inspection, None), &columns);
        let (inspection, columns, on_progress) = (&inspection, &columns, self.on_progress);
        let rows = SourceRows { file, inspection, columns, number, at_once: LINKED_AT_ONCE, on_progress };
        rows.read(log, |read| read, |rows, log| builder.link_all(rows, &layout, number, log))?;
        log.check_usable(number, file)
    }
}

impl EnterpriseTableBuilder<'_> {
    /// Links some rows on all threads and takes them over in their order.
    fn link_all(&mut self, rows: Vec<Row>, layout: &EnterpriseLayout<'_>, source: usize, log: &mut Log) {
        let library = self.library;
        let rounded = mostly_rounded(rows.par_iter().filter_map(|row| row.cell(layout.address?)));
        let link = |row: Row| (layout.take(&row, library, rounded), row);
        let linked: Vec<_> = rows.into_par_iter().map(link).collect();
        for (enterprise, row) in linked {
            let enterprise = match enterprise {
                Ok(enterprise) => enterprise,
                Err(reject) => {
                    log.reject(source, &reject);
                    continue;
                }
            };
            log.source(source).used += 1;
            log.source(source).linked += u64::from(enterprise.address.is_some());
            for issue in enterprise.issues {
                if issue.rule == Rule::LinkDangling {
                    let column = layout.source.address.as_deref().unwrap_or_default();
                    let code = issue.other.as_deref().unwrap_or_default();
                    let dangling = if issue.evidence.form == Form::LostAddress { LOST } else { NO_ADDRESS };
                    log.add(source, Outcome::Noted, &RowRemark::new(row.number, column, code, dangling));
                }
                log.issue(issue);
            }
            let cell = |index: Option<usize>| index.and_then(|i| row.cell(i)).unwrap_or_default();
            self.codes.push(&enterprise.code);
            self.names.push(cell(layout.name));
            self.texts.push(if enterprise.address.is_none() || enterprise.geocoded.is_some() {
                cell(layout.address_text)
            } else {
                ""
            });
            self.addresses.push(enterprise.address.unwrap_or(NOWHERE));
            self.match_levels.of_row.push(enterprise.geocoded.map_or(NONE, |(level, _)| level as u8));
            self.confidences.push(enterprise.geocoded.map_or(f32::NAN, |(_, confidence)| confidence));
            self.roles.of_row.push(enterprise.role as u8);
            self.active.push(enterprise.active);
            self.attributes.push(&layout.attributes, &row, log);
            self.origins.push((source as u16, row.number as u32));
        }
    }

    /// The table, its rows still in the order of reading.
    fn finish(self) -> Result<EnterpriseTable, BuildError> {
        let Self { codes, names, texts, addresses, match_levels, confidences, roles, active, attributes, .. } = self;
        Ok(EnterpriseTable {
            codes,
            names: names.finish()?,
            texts: texts.finish()?,
            addresses,
            match_levels,
            confidences,
            roles,
            active,
            attributes,
            counted: Vec::new(),
            order: Vec::new(),
            starts: Vec::new(),
            by_code: Vec::new(),
        })
    }
}

impl EnterpriseLayout<'_> {
    /// The enterprise of a row, linked; `rounded` says that most of the address codes in the rows around
    /// are rounded numbers: then none that looks so is one.
    ///
    /// # Errors
    /// A remark if its code is none, is lost, or is somebody's id.
    fn take(&self, row: &Row, library: Library<'_>, rounded: bool) -> Result<Enterprise, RowRemark> {
        let cell = |index: Option<usize>| index.and_then(|i| row.cell(i));
        let named = row.cell(self.uscc).unwrap_or_default();
        let reject = |column: &str, value: &str, reason: &str| RowRemark::new(row.number, column, value, reason);
        let code = fold_code(named).to_ascii_uppercase();
        if is_masked(&code) {
            return Err(reject(&self.source.uscc, named, "a citizen id where the code of an enterprise belongs"));
        }
        if code.is_empty() || code.chars().count() > CODE_MAX {
            return Err(reject(&self.source.uscc, named, "no 统一社会信用代码: 1 to 32 characters are needed"));
        }
        let checked = code.parse::<Uscc>().and_then(|uscc| uscc.check());
        if is_exponent(&code) || looks_rounded(&code) && checked.is_err() {
            return Err(reject(&self.source.uscc, if looks_like_id(&code) { "" } else { named }, LOST));
        }
        let role = cell(self.role).map_or(Ok(EnterpriseRole::Registered), str::parse).map_err(|e| {
            reject(self.source.role.as_deref().unwrap_or_default(), &e.found, &format!("not one of {}", e.allowed))
        })?;
        let mut issues = Vec::new();
        if let Err(e) = checked {
            // With a date in the right place it is somebody's id, be its check character right or wrong.
            if matches!(code.parse::<CitizenId>(), Ok(_) | Err(CodeError::Check { .. })) {
                return Err(reject(&self.source.uscc, "", "a citizen id where the code of an enterprise belongs"));
            }
            issues.push(Issue::new(Rule::EnterpriseUsccSuspect, &code, &e));
        }
        let given = self.address.and_then(|index| row.code(index));
        let meant = given.as_deref().filter(|given| !(rounded && looks_rounded(given)));
        let address = meant.and_then(|given| library.addresses.row_of(given));
        if let (Some(given), None) = (&given, address) {
            let lost = is_exponent(given) || looks_rounded(given);
            let evidence = if lost { Form::LostAddress } else { Form::NoAddress };
            let issue = Issue::new(Rule::LinkDangling, &code, evidence);
            issues.push(issue.about(Entity::Enterprise).other(given));
        }
        let mut linked = (address, None);
        if address.is_none() {
            match library.geocode(cell(self.address_text)) {
                Ok((row, level, confidence)) => linked = (Some(row), Some((level, confidence))),
                Err(evidence) => issues.push(Issue::new(Rule::EnterpriseNoAddress, &code, evidence)),
            }
        }
        let (address, geocoded) = linked;
        let active = !cell(self.status).is_some_and(|status| status.contains("注销") || status.contains("吊销"));
        Ok(Enterprise { code, address, geocoded, role, active, issues })
    }
}

impl Library<'_> {
    /// The row of the address that a text stands for, how far down it was matched and how surely.
    ///
    /// # Errors
    /// The evidence of why there is none.
    fn geocode(self, text: Option<&str>) -> Result<(u32, MatchLevel, f32), Evidence> {
        let text = text.ok_or(Form::NothingToFind)?;
        let decision = decide(self.geo_index, text);
        let confidence = decision.confidence();
        let found = decision.found.as_ref();
        let level = found.map_or("nothing", |found| found.level.as_str());
        let status = decision.status.as_str();
        let sure = decision.status == GeocodeStatus::Matched && confidence >= SURE;
        let row = found.filter(|_| sure).and_then(|found| Some((found.row?, found.level)));
        let stopped = || Evidence::new(Form::Geocoded, [status.into(), level.into(), text.into()]);
        let (row, level) = row.ok_or_else(stopped)?;
        Ok((row, level, confidence as f32))
    }
}

impl EnterpriseTable {
    /// Drops exact copies of rows, chooses the row at which each enterprise counts, and puts the rest in order.
    ///
    /// An enterprise counts where it is registered. Of several such rows one is taken: one that says it is in business before one
    /// that does not, one with an address before one without, a given address before one found by text, then the first.
    fn arrange(&mut self, library: &AddressTable, origins: &[(u16, u32)], log: &mut Log) {
        let positions: Vec<u32> = (0..self.addresses.len() as u32).collect();
        let mut by_code = positions.clone();
        by_code.par_sort_by_key(|position| (self.codes.get(*position as usize), *position));
        let dropped = self.copies(&by_code, origins, log);
        let kept = |position: &u32| dropped.binary_search(position).is_err();
        by_code.retain(kept);
        self.counted = vec![false; self.addresses.len()];
        for rows in by_code.chunk_by(|a, b| self.codes.get(*a as usize) == self.codes.get(*b as usize)) {
            let registered = rows.iter().filter(|position| self.role(**position) == EnterpriseRole::Registered as u8);
            let chosen = registered.min_by_key(|position| self.rank(**position));
            chosen.into_iter().for_each(|position| self.counted[*position as usize] = true);
        }
        self.check(&by_code, library, log);
        let kept: Vec<u32> = positions.into_iter().filter(kept).collect();
        let Buckets { starts, order } = Buckets::sort(&kept, library.len(), |position| self.address(position));
        let mut rows = vec![NOWHERE; self.addresses.len()];
        (0..).zip(&order).for_each(|(row, position)| rows[*position as usize] = row);
        self.by_code = by_code.into_iter().map(|position| rows[position as usize]).collect();
        (self.starts, self.order) = (starts, order);
    }

    /// Positions that say the same as an earlier one in every column, ascending; each is noted.
    fn copies(&self, by_code: &[u32], origins: &[(u16, u32)], log: &mut Log) -> Vec<u32> {
        let mut copies = Vec::new();
        let alike = by_code.chunk_by(|a, b| self.codes.get(*a as usize) == self.codes.get(*b as usize));
        for rows in alike.filter(|rows| rows.len() > 1) {
            let mut seen: HashMap<u64, u32> = HashMap::new();
            let is_copy = |position: &u32| {
                let first = *seen.entry(self.content(*position)).or_insert(*position);
                first != *position && self.same(first, *position)
            };
            copies.extend(rows.iter().copied().filter(is_copy));
        }
        copies.sort_unstable();
        for position in &copies {
            let (source, row) = origins[*position as usize];
            let copy = RowRemark::new(row.into(), "", "", EXACT_COPY);
            log.add(usize::from(source), Outcome::Noted, &copy);
        }
        copies
    }

    /// A number that is the same for positions of one code that say the same in every column.
    fn content(&self, position: u32) -> u64 {
        let at = position as usize;
        let words =
            self.attributes.0.iter().map(|c| c.of_row[at]).chain([self.role(position), u8::from(self.active[at])]);
        let numbers = words.chain(self.addresses[at].to_le_bytes());
        let texts = self.names.get(at).bytes().chain([0]).chain(self.texts.get(at).bytes());
        xxh3_64(&numbers.chain(texts).collect::<Vec<u8>>())
    }

    /// Whether two positions of one code say the same in every column.
    fn same(&self, one: u32, other: u32) -> bool {
        let [a, b] = [one as usize, other as usize];
        self.addresses[a] == self.addresses[b]
            && self.active[a] == self.active[b]
            && self.role(one) == self.role(other)
            && self.attributes.0.iter().all(|c| c.of_row[a] == c.of_row[b])
            && self.names.get(a) == self.names.get(b)
            && self.texts.get(a) == self.texts.get(b)
    }

    /// What decides which of several registered rows counts: the least.
    fn rank(&self, position: u32) -> (bool, bool, bool, u32) {
        let geocoded = self.how(position) == Some(How::Geocoded);
        (!self.active[position as usize], self.address(position).is_none(), geocoded, position)
    }

    /// Compares the rows of each enterprise with one another: several registered addresses, or in business
    /// at one and cancelled at another.
    fn check(&self, by_code: &[u32], library: &AddressTable, log: &mut Log) {
        let code = |position: u32| self.codes.get(position as usize);
        for rows in by_code.chunk_by(|a, b| code(*a) == code(*b)) {
            let active = |position: &&u32| self.active[**position as usize];
            let in_role =
                |role: EnterpriseRole| rows.iter().filter(move |position| self.role(**position) == role as u8);
            let at = |position: u32| self.address(position).map(|row| library.point(row));
            let mut registered = in_role(EnterpriseRole::Registered).filter(active);
            let first = registered.next();
            for again in registered {
                let names = [first.unwrap_or(again), again].map(|position| self.names.get(*position as usize));
                let evidence = Evidence::new(Form::TwoNames, names.map(Into::into));
                log.issue(Issue::new(Rule::EnterpriseDuplicate, code(*again), evidence).at(at(*again)));
            }
            let cancelled = rows.iter().any(|position| !self.active[*position as usize]);
            for operating in in_role(EnterpriseRole::Operates).filter(|_| cancelled) {
                let issue = Issue::new(Rule::EnterpriseCancelled, code(*operating), Form::CancelledOperating);
                log.issue(issue.at(at(*operating)));
            }
        }
    }
}
