//! The records of a layer, read and linked.
//!
//! A row is linked by the code of its address; without one, or with one that is not in the plate, its
//! address text is geocoded, and linked if the answer is one address with a confidence of 0.8 at least;
//! then by the code of its building; then it lies at its own point. What cannot be placed is kept without a
//! place. What is special about enterprises, whose codes can be checked, stands in `enterprises.rs`.

use super::{
    address_table::{AddressTable, NOWHERE},
    area::converter,
    building_table::BuildingTable,
    categories::{AttributeColumns, Attributes, Category, NONE},
    classes::ClassesBuilder,
    context::Context,
    enterprises,
    error::BuildError,
    log::{Log, Outcome},
    point::PointLayout,
    progress::Progress,
    record_table::RecordTable,
    source_rows::{LINKED_AT_ONCE, SourceRows, source_info},
    spill::SpillWriter,
    strings::Strings,
    times::Times,
    values::{ValueColumns, ValuesBuilder},
};
use crate::{
    code::{LOST, fold_code, is_exponent, is_masked, looks_rounded, mostly_rounded},
    gazetteer::{decide, index::GeoIndex},
    model::Entity,
    quality::{Evidence, Form, Issue, Rule},
    source::{Columns, RecordSource, Row, RowRemark, inspect},
    spatial::LngLat,
    store::{AttributeType, LayerInfo},
    time::Moment,
    verdict::{GeocodeStatus, MatchLevel},
};
use rayon::prelude::*;
use std::collections::HashMap;

/// A text is linked from this confidence on.
const SURE: f64 = 0.8;
/// The longest code that is kept, characters.
pub(super) const CODE_MAX: usize = 64;
/// What is said of a code that is not in the plate.
const NO_ADDRESS: &str = "no address has this code";
const NO_BUILDING: &str = "no building has this code";

/// The records of a layer while they are being read, in the order of reading; see [`RecordTable`].
struct RecordTableBuilder<'a> {
    info: LayerInfo,
    codes: Strings,
    names: SpillWriter,
    texts: SpillWriter,
    addresses: Vec<u32>,
    buildings: Vec<u32>,
    points: Vec<LngLat>,
    match_levels: Category,
    confidences: Vec<f32>,
    roles: Category,
    active: Vec<bool>,
    times: Times,
    classes: ClassesBuilder,
    attributes: Attributes,
    values: ValuesBuilder,
    /// The number of the source in the log, and the row in it, of each position.
    origins: Vec<(u16, u32)>,
    /// Where addresses and buildings are looked up.
    library: Library<'a>,
}

/// Where addresses are looked up, by code and by text, and buildings by code.
#[derive(Clone, Copy)]
pub(super) struct Library<'a> {
    /// The rows of buildings by code.
    pub(super) building_codes: &'a HashMap<&'a str, u32>,
    /// The addresses, by code.
    pub(super) addresses: &'a AddressTable,
    /// The index of the geocoder, by text.
    pub(super) geo_index: &'a GeoIndex,
}

/// A row with the point that it says.
struct Pending {
    row: Row,
    point: Option<LngLat>,
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
struct RecordLayout<'a> {
    source: &'a RecordSource,
    entity: Entity,
    /// What stands before the number of a row that is its code, if the source has no codes.
    prefix: String,
    code: Option<usize>,
    name: Option<usize>,
    address: Option<usize>,
    building: Option<usize>,
    address_text: Option<usize>,
    point: PointLayout<'a>,
    role: Option<usize>,
    status: Option<usize>,
    time: Option<usize>,
    until: Option<usize>,
    class: Vec<usize>,
    attributes: AttributeColumns,
    values: ValueColumns,
}

/// Which columns of some rows hold rounded numbers for the most part: then none that looks so is what it was.
#[derive(Clone, Copy)]
struct Rounded {
    addresses: bool,
    buildings: bool,
}

impl Context<'_> {
    /// Reads all sources of records, links them and puts them in order: the layers in the order of the manifest, that of enterprises
    /// first.
    ///
    /// # Errors
    /// When a source cannot be read or is of no use as a whole.
    pub(super) fn layers(
        &self,
        buildings: &BuildingTable,
        addresses: &AddressTable,
        geo_index: &GeoIndex,
        log: &mut Log,
    ) -> Result<Vec<RecordTable>, BuildError> {
        let building_codes = &buildings.rows_by_code();
        let library = Library { building_codes, addresses, geo_index };
        let mut infos = vec![LayerInfo::enterprises()];
        for source in self.spec.records() {
            if infos.iter().all(|info| info.id != source.layer) {
                infos.push(source.info());
            }
        }
        infos.into_iter().map(|info| self.records(info, library, log)).collect()
    }

    /// Reads the sources of a layer.
    fn records(&self, info: LayerInfo, library: Library<'_>, log: &mut Log) -> Result<RecordTable, BuildError> {
        let id = info.id.clone();
        let sources: Vec<_> = self.spec.records().filter(|source| source.layer == id).collect();
        let mut builder = RecordTableBuilder::create(info, &sources, self, library)?;
        for (number, source) in sources.iter().enumerate() {
            self.read_records(source, number, &mut builder, log)?;
        }
        match id.as_str() {
            "enterprises" => (self.on_progress)(Progress::Step("sorting the enterprises")),
            _ => (self.on_progress)(Progress::Step("sorting the records of a layer")),
        }
        let origins = std::mem::take(&mut builder.origins);
        let mut table = builder.finish(log)?;
        match table.info.entity {
            Entity::Enterprise => table.arrange(library.addresses, &origins, log, |table, rows, log| {
                enterprises::check(table, rows, library.addresses, log);
            }),
            _ => table.arrange(library.addresses, &origins, log, check_twice),
        }
        let alone = &table.order[table.ends[1] as usize..table.ends[2] as usize];
        let grids = alone.par_iter().map(|p| table.point(*p).map(|point| self.grids_at(point)).unwrap_or_default());
        table.grids = grids.collect();
        table.info.time = sources.first().and_then(|source| table.times.describe(&source.zone));
        table.info.rows = table.len() as u64;
        table.info.linked = u64::from(table.ends[2]);
        Ok(table)
    }

    /// Reads and links one source, which is the `number`th of its layer.
    fn read_records(
        &self,
        source: &RecordSource,
        number: usize,
        builder: &mut RecordTableBuilder<'_>,
        log: &mut Log,
    ) -> Result<(), BuildError> {
        let file = &source.file;
        let mut columns = source.code.as_ref().map_or_else(Columns::without_code, |code| Columns::of(code));
        if !source.has_points() {
            columns.without_geometry();
        }
        let categories: Vec<String> = of_type(source, true).map(|(name, _)| name.clone()).collect();
        let layout = RecordLayout {
            source,
            entity: builder.info.entity,
            prefix: if number == 0 { String::new() } else { format!("{}-", number + 1) },
            code: source.code.as_ref().map(|code| columns.want(code)),
            name: columns.want_if(source.name.as_deref()),
            address: columns.want_code_if(source.address.as_deref()),
            building: columns.want_code_if(source.building.as_deref()),
            address_text: columns.want_if(source.address_text.as_deref()),
            point: PointLayout::of(source.point.as_ref(), &mut columns),
            role: columns.want_if(source.role.as_deref()),
            status: columns.want_if(source.status.as_deref()),
            time: columns.want_if(source.time.as_deref()),
            until: columns.want_if(source.until.as_deref()),
            class: source.class.iter().map(|column| columns.want(column)).collect(),
            attributes: builder.attributes.of_source(&categories, &mut columns, builder.addresses.len()),
            values: builder.values.of_source(&source.attributes, &mut columns),
        };
        let inspection = inspect(file)?;
        let to_plate = source.has_points().then(|| converter(file, self.area)).transpose()?;
        let entity = if builder.info.entity == Entity::Enterprise { "enterprise" } else { source.layer.as_str() };
        let number = log.begin(source_info(entity, file, &inspection, to_plate.as_ref()), &columns);
        let take = |row: Row| {
            let said = to_plate.as_ref().map(|to_plate| Ok((to_plate, layout.point.raw(&row)?))).transpose()?;
            let point = match said {
                // Registers write 0, 0 for "unknown".
                Some((to_plate, Some(raw))) if raw != (0.0, 0.0) => Some(layout.point.converted(&row, raw, to_plate)?),
                _ => None,
            };
            Ok(Pending { row, point })
        };
        let (inspection, columns, on_progress) = (&inspection, &columns, self.on_progress);
        let rows = SourceRows { file, inspection, columns, number, at_once: LINKED_AT_ONCE, on_progress };
        rows.read(log, |read| read.and_then(take), |rows, log| builder.link_all(rows, &layout, number, log))?;
        log.check_usable(number, file)
    }
}

/// The attributes of a source that are categories, or those that are not.
fn of_type(source: &RecordSource, categories: bool) -> impl Iterator<Item = &(String, AttributeType)> {
    source.attributes.iter().filter(move |(_, of)| (*of == AttributeType::Category) == categories)
}

/// Two rows of one code that are no copies of each other are two records that share it.
fn check_twice(table: &RecordTable, rows: &[u32], log: &mut Log) {
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
    fn create(
        info: LayerInfo,
        sources: &[&RecordSource],
        context: &Context<'_>,
        library: Library<'a>,
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
            names: SpillWriter::create(context.dir, "record-names")?,
            texts: SpillWriter::create(context.dir, "record-texts")?,
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
            values: ValuesBuilder::create(others, context.dir, "record")?,
            origins: Vec::new(),
            library,
            info,
        })
    }

    /// Links some rows on all threads and takes them over in their order.
    fn link_all(&mut self, rows: Vec<Pending>, layout: &RecordLayout<'_>, source: usize, log: &mut Log) {
        let library = self.library;
        let mostly =
            |column: Option<usize>| mostly_rounded(rows.par_iter().filter_map(|pending| pending.row.cell(column?)));
        let rounded = Rounded { addresses: mostly(layout.address), buildings: mostly(layout.building) };
        let link = |pending: Pending| (layout.take(&pending, library, rounded), pending);
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
        self.attributes.push(&layout.attributes, row, log);
        self.values.push(&layout.values, row, &layout.source.zone, |column, text, reason| {
            log.add(source, Outcome::Noted, &RowRemark::new(row.number, column, text, reason));
        });
        self.origins.push((source as u16, row.number as u32));
    }

    /// The table, its rows still in the order of reading.
    fn finish(self, log: &mut Log) -> Result<RecordTable, BuildError> {
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
        library: Library<'_>,
        rounded: Rounded,
    ) -> Result<Linked, RowRemark> {
        let cell = |index: Option<usize>| index.and_then(|i| row.cell(i));
        let mut issues = Vec::new();
        let code = self.code_of(row, &mut issues)?;
        let role = match cell(self.role) {
            None if self.source.roles.is_empty() => NONE,
            None => 0,
            Some(word) => {
                let known = self.source.roles.iter().position(|role| role == word);
                let reason = || format!("not one of {}", self.source.roles.join(", "));
                let column = self.source.role.as_deref().unwrap_or_default();
                known.ok_or_else(|| RowRemark::new(row.number, column, word, reason()))? as u8
            }
        };
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
        let mut address = named(self.address, rounded.addresses, &self.source.address, NO_ADDRESS, &|code| {
            library.addresses.row_of(code)
        });
        let mut building = named(self.building, rounded.buildings, &self.source.building, NO_BUILDING, &|code| {
            library.building_codes.get(code).copied()
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
            match library.geocode(cell(self.address_text)) {
                Ok((row, level, confidence)) => (address, geocoded) = (Some(row), Some((level, confidence))),
                Err(_) if building.is_some() || point.is_some() => {}
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
        Ok(Linked { code, address, building, geocoded, role, active, time, until, issues, dangling })
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
