//! The records of a layer, read and linked.
//!
//! How a row is linked stands in `record_link.rs`; what cannot be placed is kept without a place. What is special about enterprises, whose
//! codes can be checked, stands in `enterprises.rs`.

use super::{
    address_table::NOWHERE,
    backbone::Backbone,
    categories::{AttributeColumns, Attributes, Category, NONE},
    classes::ClassesBuilder,
    enterprises,
    error::BuildError,
    log::{Log, Outcome},
    point::PointLayout,
    record_link::{Dangling, Ground, Link, LinkColumns, Pending, Rounded},
    record_table::RecordTable,
    spill::SpillWriter,
    strings::Strings,
    times::Times,
    values::{ValueColumns, ValuesBuilder},
};
use crate::{
    code::{LOST, fold_code, is_exponent, is_masked},
    model::Entity,
    quality::{Evidence, Form, Issue, Rule},
    source::{RecordSource, Row, RowRemark},
    spatial::LngLat,
    store::{AttributeType, LayerInfo},
    time::Moment,
    verdict::MatchLevel,
};
use rayon::prelude::*;
use std::path::Path;

/// The first second of 1949 in Shanghai, before which no record of a city office is.
const YEAR_1949_S: i64 = -662_716_800;
/// The longest code that is kept, characters.
pub(super) const CODE_MAX: usize = 64;

/// The records of a layer while they are being read, in the order of reading; see [`RecordTable`].
pub(super) struct RecordTableBuilder<'a> {
    pub(super) info: LayerInfo,
    codes: Strings,
    names: SpillWriter,
    texts: SpillWriter,
    pub(super) addresses: Vec<u32>,
    buildings: Vec<u32>,
    areas: Vec<u32>,
    points: Vec<LngLat>,
    hows: Vec<u8>,
    match_levels: Category,
    confidences: Vec<f32>,
    roles: Category,
    active: Vec<bool>,
    times: Times,
    classes: ClassesBuilder,
    pub(super) attributes: Attributes,
    pub(super) values: ValuesBuilder,
    /// The number of the source in the log, and the row in it, of each position.
    pub(super) origins: Vec<(u16, u32)>,
    /// Where addresses, buildings and grids are looked up.
    ground: Ground<'a>,
}

/// A record of a row, linked.
struct Linked {
    /// Its code, folded.
    code: String,
    /// Where it is.
    link: Link,
    /// The number of what it is to the address.
    role: u8,
    /// Whether it is still so.
    active: bool,
    /// When it was or began, and when it ended.
    time: Option<i64>,
    until: Option<i64>,
    /// What is wrong with it.
    issues: Vec<Issue>,
}

/// Which column of a source holds what, by index.
pub(super) struct RecordLayout<'a> {
    pub(super) source: &'a RecordSource,
    pub(super) entity: Entity,
    /// When the source is read, seconds since 1970: no record is of a later time.
    pub(super) now_s: i64,
    /// What stands before the number of a row that is its code, if the source has no codes.
    pub(super) prefix: String,
    pub(super) code: Option<usize>,
    pub(super) name: Option<usize>,
    pub(super) link: LinkColumns<'a>,
    pub(super) point: PointLayout<'a>,
    pub(super) role: Option<usize>,
    pub(super) status: Option<usize>,
    pub(super) time: Option<usize>,
    pub(super) until: Option<usize>,
    pub(super) class: Vec<usize>,
    pub(super) attributes: AttributeColumns,
    pub(super) values: ValueColumns,
}

/// The attributes of a source that are categories, or those that are not.
pub(super) fn of_type(source: &RecordSource, categories: bool) -> impl Iterator<Item = &(String, AttributeType)> {
    source.attributes.iter().filter(move |(_, of)| (*of == AttributeType::Category) == categories)
}

/// Two rows of one code that are no copies of each other are two records that share it.
pub(super) fn check_twice(table: &RecordTable, rows: &[u32], log: &mut Log) {
    let role = |position: u32| table.role(position);
    for (at, again) in rows.iter().enumerate().skip(1) {
        if rows[..at].iter().any(|before| role(*before) == role(*again)) {
            let names = [rows[0], *again].map(|position| table.names.get(position as usize));
            let evidence = Evidence::new(Form::TwoNames, names.map(Into::into));
            let code = table.codes.get(*again as usize);
            log.issue(Issue::new(Rule::RecordDuplicate, code, evidence).other(&table.info.id).at(table.point(*again)));
        }
    }
}

/// Puts a value at the end of a column that stays empty as long as no row has one.
fn push_rare<T: Copy>(column: &mut Vec<T>, value: Option<T>, nothing: T, rows: usize) {
    if value.is_some() && column.is_empty() {
        column.resize(rows, nothing);
    }
    if value.is_some() || !column.is_empty() {
        column.push(value.unwrap_or(nothing));
    }
}

impl<'a> RecordTableBuilder<'a> {
    pub(super) fn create(
        info: LayerInfo,
        sources: &[&RecordSource],
        dir: &Path,
        backbone: &'a dyn Backbone,
    ) -> Result<Self, BuildError> {
        let mut others: Vec<(String, AttributeType)> = Vec::new();
        for attribute in sources.iter().flat_map(|source| of_type(source, false)) {
            if others.iter().all(|(name, _)| *name != attribute.0) {
                others.push(attribute.clone());
            }
        }
        let roles = Category::fixed("role", info.roles.iter().map(String::as_str));
        Ok(Self {
            codes: Strings::default(),
            names: SpillWriter::create(dir, "record-names")?,
            texts: SpillWriter::create(dir, "record-texts")?,
            addresses: Vec::new(),
            buildings: Vec::new(),
            areas: Vec::new(),
            points: Vec::new(),
            hows: Vec::new(),
            match_levels: Category::fixed("match_level", MatchLevel::ALL.iter().map(|level| level.as_str())),
            confidences: Vec::new(),
            roles,
            active: Vec::new(),
            times: Times::default(),
            classes: ClassesBuilder::default(),
            attributes: Attributes::default(),
            values: ValuesBuilder::create(others, dir, "record")?,
            origins: Vec::new(),
            ground: Ground::new(backbone),
            info,
        })
    }

    /// Links some rows on all threads and takes them over in their order.
    pub(super) fn link_all(&mut self, rows: Vec<Pending>, layout: &RecordLayout<'_>, source: usize, log: &mut Log) {
        let ground = &self.ground;
        let rounded = Rounded::of(&rows, &layout.link);
        let link = |pending: Pending| (layout.take(&pending, ground, &rounded), pending);
        let linked: Vec<_> = rows.into_par_iter().map(link).collect();
        for (record, pending) in linked {
            match record {
                Ok(record) => self.push(record, &pending, layout, source, log),
                Err(reject) => log.reject(source, &reject),
            }
        }
    }

    /// Takes a record over, with its remarks, issues and counts.
    fn push(&mut self, record: Linked, pending: &Pending, layout: &RecordLayout<'_>, source: usize, log: &mut Log) {
        let Pending { row, point } = pending;
        log.source(source).used += 1;
        let Link { address, building, area, how, geocoded, dangling } = record.link;
        log.source(source).linked += u64::from(how.is_some());
        for Dangling { column, code, why, .. } in &dangling {
            log.add(source, Outcome::Noted, &RowRemark::new(row.number, column, code, *why));
        }
        record.issues.into_iter().for_each(|issue| log.issue(issue));
        let cell = |index: Option<usize>| index.and_then(|i| row.cell(i)).unwrap_or_default();
        self.codes.push(&record.code);
        self.names.push(cell(layout.name));
        let by_code = address.is_some() && geocoded.is_none();
        self.texts.push(if by_code { "" } else { cell(layout.link.address_text) });
        self.addresses.push(address.unwrap_or(NOWHERE));
        self.buildings.push(building.unwrap_or(NOWHERE));
        push_rare(&mut self.areas, area, NOWHERE, self.hows.len());
        push_rare(&mut self.points, *point, LngLat::NOWHERE, self.hows.len());
        self.hows.push(how.map_or(NONE, |how| how as u8));
        self.match_levels.of_row.push(geocoded.map_or(NONE, |(level, _)| level as u8));
        self.confidences.push(geocoded.map_or(f32::NAN, |(_, confidence)| confidence));
        self.roles.of_row.push(record.role);
        self.active.push(record.active);
        self.times.push(record.time, record.until);
        self.classes.push(layout.class.iter().map_while(|index| row.cell(*index)));
        let mut below_a_gap = layout.class.iter().skip_while(|index| row.cell(**index).is_some());
        if let Some((name, column)) = below_a_gap.find_map(|index| {
            let column = layout.class.iter().position(|class| class == index)?;
            Some((row.cell(*index)?, layout.source.class.get(column)?))
        }) {
            let reason = "the class above it is empty: it is left out";
            log.add(source, Outcome::Noted, &RowRemark::new(row.number, column, name, reason));
        }
        self.attributes.push(&layout.attributes, row, log);
        self.values.push(&layout.values, row, &layout.source.zone, |column, text, reason| {
            log.add(source, Outcome::Noted, &RowRemark::new(row.number, column, text, reason));
        });
        self.origins.push((source as u16, row.number as u32));
    }

    /// The table, its rows still in the order of reading.
    pub(super) fn finish(self, log: &mut Log) -> Result<RecordTable, BuildError> {
        let (classes, of_row) = self.classes.finish(&self.info.id, log);
        Ok(RecordTable {
            info: LayerInfo { classes, ..self.info },
            times: self.times,
            classes: of_row,
            codes: self.codes,
            names: self.names.finish()?,
            texts: self.texts.finish()?,
            addresses: self.addresses,
            buildings: self.buildings,
            areas: self.areas,
            points: self.points,
            hows: self.hows,
            match_levels: self.match_levels,
            confidences: self.confidences,
            roles: self.roles,
            active: self.active,
            attributes: self.attributes,
            values: self.values.finish()?,
            counted: Vec::new(),
            order: Vec::new(),
            ends: [0; 4],
            grids: Vec::new(),
            by_code: Vec::new(),
        })
    }
}

impl RecordLayout<'_> {
    /// The record of a row, linked; `rounded` says in which columns of the rows around numbers are rounded for the most part.
    ///
    /// # Errors
    /// A remark if its code is none, is lost, or is somebody's id, or its role is none.
    fn take(&self, pending: &Pending, ground: &Ground<'_>, rounded: &Rounded) -> Result<Linked, RowRemark> {
        let row = &pending.row;
        let mut issues = Vec::new();
        let code = self.code_of(row, &mut issues)?;
        let role = self.role_of(row)?;
        let ended = |status: &str| self.source.ended.iter().any(|word| status.contains(word.as_str()));
        let active = !self.status.and_then(|index| row.cell(index)).is_some_and(ended);
        let time = self.second(row, self.time, self.source.time.as_deref())?;
        let until = self.second(row, self.until, self.source.until.as_deref())?;
        let link = self.link.of_row(pending, &code, ground, rounded, &mut issues);
        issues.extend(self.odd_time(row, &code, time));
        Ok(Linked { code, link, role, active, time, until, issues })
    }

    /// The number of the role of a row.
    ///
    /// # Errors
    /// A remark if the source has another word.
    fn role_of(&self, row: &Row) -> Result<u8, RowRemark> {
        match self.role.and_then(|index| row.cell(index)) {
            None if self.source.roles.is_empty() => Ok(NONE),
            None => Ok(0),
            Some(word) => {
                let known = self.source.roles.iter().position(|role| role == word);
                let reason = || format!("not one of {}", self.source.roles.join(", "));
                let column = self.source.role.as_deref().unwrap_or_default();
                known.map(|role| role as u8).ok_or_else(|| RowRemark::new(row.number, column, word, reason()))
            }
        }
    }

    /// The issue of a time that no record can be of.
    fn odd_time(&self, row: &Row, code: &str, time: Option<i64>) -> Option<Issue> {
        let second = time.filter(|second| !(YEAR_1949_S..=self.now_s).contains(second))?;
        let text = self.time.and_then(|index| row.cell(index)).map_or_else(|| second.to_string(), str::to_owned);
        Some(Issue::new(Rule::RecordTime, code, Evidence::new(Form::Dated, [text.into()])))
    }

    /// The code of a row; of an enterprise in capital letters, with an issue if it fails its check.
    fn code_of(&self, row: &Row, issues: &mut Vec<Issue>) -> Result<String, RowRemark> {
        let (Some(index), Some(column)) = (self.code, &self.source.code) else {
            return Ok(format!("{}{}", self.prefix, row.number));
        };
        let named = row.cell(index).unwrap_or_default();
        if self.entity == Entity::Enterprise {
            let (code, issue) = enterprises::code(named)
                .map_err(|(value, reason)| RowRemark::new(row.number, column, value, reason))?;
            issues.extend(issue);
            return Ok(code);
        }
        let reject = |value: &str, reason: &str| Err(RowRemark::new(row.number, column, value, reason));
        let code = fold_code(named).into_owned();
        match code.chars().count() {
            _ if is_masked(&code) => reject(named, "a citizen id where the code of a record belongs"),
            1..=CODE_MAX if is_exponent(&code) => reject(named, LOST),
            1..=CODE_MAX => Ok(code),
            _ => reject(named, "no code: 1 to 64 characters are needed"),
        }
    }

    /// The second that a cell says; `None` if it is empty.
    fn second(&self, row: &Row, index: Option<usize>, column: Option<&str>) -> Result<Option<i64>, RowRemark> {
        let Some(text) = index.and_then(|index| row.cell(index)) else { return Ok(None) };
        let read = Moment::read(text, &self.source.zone).map(|moment| Some(moment.second()));
        read.map_err(|e| RowRemark::new(row.number, column.unwrap_or_default(), text, e))
    }
}
