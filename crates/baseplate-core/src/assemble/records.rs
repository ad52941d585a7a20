//! The records of a layer, read and linked.
//!
//! A row is linked by the code of its address; without one, or with one that is not in the plate, its
//! address text is geocoded, and linked if the answer is one address, or one building that has none of its own, with a confidence of
//! 0.8 at least; then by the code of its building; then it lies at its own point; then in the building that its text says it is near. What cannot be
//! placed is kept without a place. What is special about enterprises, whose codes can be checked, stands in `enterprises.rs`.

use super::{
    address_table::NOWHERE,
    backbone::Backbone,
    categories::{AttributeColumns, Attributes, Category, NONE},
    classes::ClassesBuilder,
    enterprises,
    error::BuildError,
    log::{Log, Outcome},
    point::PointLayout,
    record_table::RecordTable,
    spill::SpillWriter,
    strings::Strings,
    times::Times,
    values::{ValueColumns, ValuesBuilder},
};
use crate::{
    code::{LOST, fold_code, is_exponent, is_masked, looks_rounded, mostly_rounded},
    gazetteer::{Found, decide, words::beside},
    model::Entity,
    quality::{Evidence, Form, Issue, Rule},
    source::{RecordSource, Row, RowRemark},
    spatial::{LngLat, Metric},
    store::{AttributeType, LayerInfo},
    time::Moment,
    verdict::MatchLevel,
};
use rayon::prelude::*;
use std::path::Path;

/// How sure a link to the building is that a text says something is near, against one that says that it is there.
const NEARBY: f32 = 0.9;
/// The first second of 1949 in Shanghai, before which no record of a city office is.
const YEAR_1949_S: i64 = -662_716_800;
/// A point that is farther from what its record is linked with contradicts it, metres.
const ELSEWHERE_M: f64 = 500.0;
/// The longest code that is kept, characters.
pub(super) const CODE_MAX: usize = 64;
/// What is said of a code that is not in the plate.
const NO_ADDRESS: &str = "no address has this code";
const NO_BUILDING: &str = "no building has this code";

/// The records of a layer while they are being read, in the order of reading; see [`RecordTable`].
pub(super) struct RecordTableBuilder<'a> {
    pub(super) info: LayerInfo,
    codes: Strings,
    names: SpillWriter,
    texts: SpillWriter,
    pub(super) addresses: Vec<u32>,
    buildings: Vec<u32>,
    points: Vec<LngLat>,
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
    /// Where addresses and buildings are looked up.
    backbone: &'a dyn Backbone,
}

/// A row with the point that it says.
pub(super) struct Pending {
    pub(super) row: Row,
    pub(super) point: Option<LngLat>,
}

/// A record of a row, linked.
struct Linked {
    /// Its code, folded.
    code: String,
    /// The row of its address.
    address: Option<u32>,
    /// The row of its building, if it has no address.
    building: Option<u32>,
    /// How far down the text was matched, and the confidence.
    geocoded: Option<(MatchLevel, f32)>,
    /// The number of what it is to the address.
    role: u8,
    /// Whether it is still so.
    active: bool,
    /// When it was or began, and when it ended.
    time: Option<i64>,
    until: Option<i64>,
    /// What is wrong with it.
    issues: Vec<Issue>,
    /// Codes that it names and nothing has: the column, the code, and why it does not help.
    dangling: Vec<(String, String, &'static str)>,
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
    pub(super) address: Option<usize>,
    pub(super) building: Option<usize>,
    pub(super) address_text: Option<usize>,
    pub(super) point: PointLayout<'a>,
    pub(super) role: Option<usize>,
    pub(super) status: Option<usize>,
    pub(super) time: Option<usize>,
    pub(super) until: Option<usize>,
    pub(super) class: Vec<usize>,
    pub(super) attributes: AttributeColumns,
    pub(super) values: ValueColumns,
}

/// Which columns of some rows hold rounded numbers for the most part: then none that looks so is what it was.
#[derive(Clone, Copy)]
struct Rounded {
    addresses: bool,
    buildings: bool,
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
            points: Vec::new(),
            match_levels: Category::fixed("match_level", MatchLevel::ALL.iter().map(|level| level.as_str())),
            confidences: Vec::new(),
            roles,
            active: Vec::new(),
            times: Times::default(),
            classes: ClassesBuilder::default(),
            attributes: Attributes::default(),
            values: ValuesBuilder::create(others, dir, "record")?,
            origins: Vec::new(),
            backbone,
            info,
        })
    }

    /// Links some rows on all threads and takes them over in their order.
    pub(super) fn link_all(&mut self, rows: Vec<Pending>, layout: &RecordLayout<'_>, source: usize, log: &mut Log) {
        let backbone = self.backbone;
        let mostly =
            |column: Option<usize>| mostly_rounded(rows.par_iter().filter_map(|pending| pending.row.cell(column?)));
        let rounded = Rounded { addresses: mostly(layout.address), buildings: mostly(layout.building) };
        let link = |pending: Pending| (layout.take(&pending, backbone, rounded), pending);
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
        log.source(source).linked +=
            u64::from(record.address.is_some() || record.building.is_some() || point.is_some());
        for (column, code, why) in &record.dangling {
            log.add(source, Outcome::Noted, &RowRemark::new(row.number, column, code, *why));
        }
        record.issues.into_iter().for_each(|issue| log.issue(issue));
        let cell = |index: Option<usize>| index.and_then(|i| row.cell(i)).unwrap_or_default();
        self.codes.push(&record.code);
        self.names.push(cell(layout.name));
        let by_code = record.address.is_some() && record.geocoded.is_none();
        self.texts.push(if by_code { "" } else { cell(layout.address_text) });
        self.addresses.push(record.address.unwrap_or(NOWHERE));
        self.buildings.push(record.building.unwrap_or(NOWHERE));
        if point.is_some() && self.points.is_empty() {
            self.points = vec![LngLat::NOWHERE; self.addresses.len() - 1];
        }
        if point.is_some() || !self.points.is_empty() {
            self.points.push(point.unwrap_or(LngLat::NOWHERE));
        }
        self.match_levels.of_row.push(record.geocoded.map_or(NONE, |(level, _)| level as u8));
        self.confidences.push(record.geocoded.map_or(f32::NAN, |(_, confidence)| confidence));
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
            points: self.points,
            match_levels: self.match_levels,
            confidences: self.confidences,
            roles: self.roles,
            active: self.active,
            attributes: self.attributes,
            values: self.values.finish()?,
            counted: Vec::new(),
            order: Vec::new(),
            ends: [0; 3],
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
    fn take(
        &self,
        Pending { row, point }: &Pending,
        backbone: &dyn Backbone,
        rounded: Rounded,
    ) -> Result<Linked, RowRemark> {
        let cell = |index: Option<usize>| index.and_then(|i| row.cell(i));
        let mut issues = Vec::new();
        let code = self.code_of(row, &mut issues)?;
        let role = self.role_of(row)?;
        let mut dangling = Vec::new();
        let mut named =
            |index: Option<usize>, rounded: bool, column: &Option<String>, why, find: &dyn Fn(&str) -> Option<u32>| {
                let given = index.and_then(|index| row.code(index))?;
                let found =
                    Some(&given).filter(|given| !(rounded && looks_rounded(given))).and_then(|given| find(given));
                if found.is_none() {
                    let lost = is_exponent(&given) || looks_rounded(&given);
                    dangling.push((column.clone().unwrap_or_default(), given, if lost { LOST } else { why }));
                }
                found
            };
        let mut address =
            named(self.address, rounded.addresses, &self.source.address, NO_ADDRESS, &|code| backbone.address_of(code));
        let mut building = named(self.building, rounded.buildings, &self.source.building, NO_BUILDING, &|code| {
            backbone.building_of(code)
        });
        for (_, given, why) in &dangling {
            let form = match *why {
                LOST => Form::LostAddress,
                NO_BUILDING => Form::NoSuchBuilding,
                _ => Form::NoAddress,
            };
            issues.push(Issue::new(Rule::LinkDangling, &code, form).about(self.entity).other(given));
        }
        let mut geocoded = None;
        if address.is_none() {
            let is_placed = building.is_some() || point.is_some();
            match self.placed_by_text(cell(self.address_text), backbone, is_placed) {
                Ok(Some(Geocoded { place: Place::Address(row), level, confidence })) => {
                    (address, geocoded) = (Some(row), Some((level, confidence)));
                }
                Ok(Some(Geocoded { place: Place::Building(row), level, confidence })) if building.is_none() => {
                    (building, geocoded) = (Some(row), Some((level, confidence)));
                }
                Ok(_) => {}
                Err(evidence) => issues.push(Issue::new(self.no_place(), &code, evidence)),
            }
        }
        if address.is_some() {
            building = None;
        }
        let ended = |status: &str| self.source.ended.iter().any(|word| status.contains(word.as_str()));
        let active = !cell(self.status).is_some_and(ended);
        let time = self.second(row, self.time, self.source.time.as_deref())?;
        let until = self.second(row, self.until, self.source.until.as_deref())?;
        let linked = address.map(|row| backbone.address_place(row));
        let linked = linked.or(building.map(|row| backbone.building_place(row))).flatten();
        issues.extend(self.odd_time(row, &code, time));
        issues.extend(elsewhere(&code, *point, linked.map(|(place, _)| place)));
        Ok(Linked { code, address, building, geocoded, role, active, time, until, issues, dangling })
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

    /// What the text of a row stands for, or the building that it says it is near; nothing if it says neither and is not needed.
    ///
    /// # Errors
    /// The evidence of why there is no place.
    fn placed_by_text(
        &self,
        text: Option<&str>,
        backbone: &dyn Backbone,
        is_placed: bool,
    ) -> Result<Option<Geocoded>, Evidence> {
        // An enterprise is registered at an address, which neither a building as a whole is nor what is near it.
        let takes_buildings = self.entity != Entity::Enterprise;
        match geocode(backbone, text, takes_buildings) {
            Ok(found) => Ok(Some(found)),
            Err(_) if is_placed => Ok(None),
            Err(evidence) => {
                let near = text.filter(|_| takes_buildings).and_then(|text| near(text, backbone));
                near.map(Some).ok_or(evidence)
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

    /// The rule that a record without a place breaks.
    fn no_place(&self) -> Rule {
        if self.entity == Entity::Enterprise { Rule::EnterpriseNoAddress } else { Rule::RecordNoPlace }
    }
}

/// What an address text stands for.
struct Geocoded {
    place: Place,
    /// How far down the text was matched, and how surely.
    level: MatchLevel,
    confidence: f32,
}

/// An address or a building, by its row.
enum Place {
    Address(u32),
    Building(u32),
}

/// The address that a text stands for, or, where these are taken, the building if that has no address of its own.
///
/// # Errors
/// The evidence of why there is none.
fn geocode(backbone: &dyn Backbone, text: Option<&str>, takes_buildings: bool) -> Result<Geocoded, Evidence> {
    let text = text.ok_or(Form::NothingToFind)?;
    let decision = decide(backbone.geo_index(), text);
    // What a damaged index says is nowhere.
    let address = |row: &u32| (*row as usize) < backbone.addresses();
    let building = |found: &Found| {
        let place = found.place.filter(|_| takes_buildings && found.level == MatchLevel::Building)?;
        backbone.geo_index().building(place).filter(|row| backbone.building_place(*row).is_some()).map(Place::Building)
    };
    let linked = decision.sure().and_then(|found| {
        let place = found.row.filter(address).map(Place::Address).or_else(|| building(found))?;
        Some(Geocoded { place, level: found.level, confidence: decision.confidence() as f32 })
    });
    let level = decision.found.as_ref().map_or("nothing", |found| found.level.as_str());
    let stopped = || Evidence::new(Form::Geocoded, [decision.status.as_str().into(), level.into(), text.into()]);
    linked.ok_or_else(stopped)
}

/// The building that a text says something is near.
fn near(text: &str, backbone: &dyn Backbone) -> Option<Geocoded> {
    let Geocoded { place, confidence, .. } = geocode(backbone, Some(beside(text)?), true).ok()?;
    let building = match place {
        Place::Address(row) => backbone.building_at(row)?,
        Place::Building(row) => row,
    };
    Some(Geocoded { place: Place::Building(building), level: MatchLevel::Building, confidence: confidence * NEARBY })
}

/// The issue of a point that is far from what its record is linked with.
fn elsewhere(code: &str, point: Option<LngLat>, linked: Option<LngLat>) -> Option<Issue> {
    let (point, linked) = point.zip(linked)?;
    let distance_m = Metric::at(point.lat).distance(point, linked);
    let evidence = Evidence::new(Form::Away, [distance_m.round().into()]);
    (distance_m > ELSEWHERE_M).then(|| Issue::new(Rule::RecordElsewhere, code, evidence).at(point))
}
