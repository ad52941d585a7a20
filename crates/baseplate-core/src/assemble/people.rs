//! The table of people at addresses. An id becomes a token as soon as its row is read, and is not shown
//! anywhere.
//!
//! Remarks on rows of people quote no value. A row with somebody's id in another column is rejected,
//! because stored there it could be read. A person may have several rows, at different addresses or in
//! different roles; rows that repeat both are dropped. Each person counts once, at the first address at
//! which the sources say that they live.
//!
//! Tokens are made under the key of the build and are 16 bytes; their first eight, the *head*, are what
//! releases know persons by. With a former key given, each row has the head under that key as well, so that
//! a state that was made with it can be carried over.
//!
//! Rows are read and linked in batches of [`LINKED_AT_ONCE`] on all threads, and kept in the order of
//! reading; positions in that order are what the table's columns are indexed by, until
//! [`PeopleTable::arrange`] gives them rows.

use super::{
    address_table::{AddressTable, NOWHERE},
    buckets::Buckets,
    building_table::BuildingTable,
    categories::{AttributeColumns, Attributes, Category},
    context::Context,
    error::BuildError,
    log::Log,
    people_table::PeopleTable,
    progress::Progress,
    source_rows::{LINKED_AT_ONCE, SourceRows, source_info},
};
use crate::{
    code::{
        CitizenId, LOST, PersonKey, PersonToken, fold_code, is_exponent, is_masked, is_misplaced_id, looks_rounded,
        mostly_rounded,
    },
    model::{Entity, PersonRole},
    quality::{Evidence, Form, Issue, Rule},
    source::{Columns, IdType, PersonSource, Row, RowRemark, inspect},
};
use rayon::prelude::*;
use std::collections::HashSet;

/// What is wrong with a row that has a citizen id in another column than its own.
const MISPLACED_ID: &str =
    "a citizen id where something else belongs: are the columns shifted, or named wrongly in the spec?";

/// What is wrong with a row without an id.
const NO_ID: &str = "no id: the row is about nobody";

/// A row after its id has become a token.
struct Person {
    /// The token of the id.
    token: PersonToken,
    /// The beginning of its token under the former key, if there is one.
    former: Option<u64>,
    /// The row of the address.
    address: Option<u32>,
    /// What the person is to the address.
    role: PersonRole,
    /// What is wrong with the row.
    issue: Option<Issue>,
}

/// Which column of a source of people holds what, by index among the columns that are read.
struct PersonLayout<'a> {
    source: &'a PersonSource,
    id: usize,
    address: usize,
    role: Option<usize>,
    attributes: AttributeColumns,
}

/// Which columns of some rows hold rounded numbers for the most part: then none that looks so is what it was.
struct Rounded {
    /// Whether the ids are rounded for the most part.
    ids: bool,
    /// Whether the codes of addresses are.
    addresses: bool,
}

/// What people are linked with.
struct Linking<'a> {
    /// The key under which ids become tokens.
    key: &'a PersonKey,
    /// The key of the releases so far, if that is another one.
    former: Option<&'a PersonKey>,
    /// The addresses, by code.
    addresses: &'a AddressTable,
}

impl Context<'_> {
    /// Reads all sources of people, links them and puts them in order.
    ///
    /// # Errors
    /// [`BuildError::NoKey`] without a key; when a source cannot be read or is of no use as a whole.
    pub(super) fn people(
        &self,
        buildings: &BuildingTable,
        addresses: &AddressTable,
        log: &mut Log,
    ) -> Result<PeopleTable, BuildError> {
        let mut table = PeopleTable {
            tokens: Vec::new(),
            former: Vec::new(),
            addresses: Vec::new(),
            roles: Category::fixed("role", PersonRole::ALL.iter().map(|role| role.as_str())),
            attributes: Attributes::default(),
            counted: Vec::new(),
            order: Vec::new(),
            starts: vec![0; addresses.len() + 1],
            by_token: Vec::new(),
        };
        if self.spec.people.is_empty() {
            return Ok(table);
        }
        let linking = Linking { key: self.key.ok_or(BuildError::NoKey)?, former: self.former_key, addresses };
        for source in &self.spec.people {
            self.read_people(source, &linking, &mut table, log)?;
        }
        (self.on_progress)(Progress::Step("sorting the people"));
        table.arrange(buildings, addresses, log);
        Ok(table)
    }

    /// Reads and links one source.
    fn read_people(
        &self,
        source: &PersonSource,
        linking: &Linking<'_>,
        table: &mut PeopleTable,
        log: &mut Log,
    ) -> Result<(), BuildError> {
        let file = &source.file;
        let mut columns = Columns::of_people(&source.id);
        let layout = PersonLayout {
            source,
            id: columns.want(&source.id),
            address: columns.want_code(&source.address),
            role: columns.want_if(source.role.as_deref()),
            attributes: table.attributes.of_source(&source.attributes, &mut columns, table.tokens.len()),
        };
        let inspection = inspect(file)?;
        let number = log.begin(source_info("person", file, &inspection, None), &columns);
        let (inspection, columns, on_progress) = (&inspection, &columns, self.on_progress);
        let rows = SourceRows { file, inspection, columns, number, at_once: LINKED_AT_ONCE, on_progress };
        // Whatever could not be read may have an id in it.
        let take = |read: Result<Row, RowRemark>| read.map_err(|remark| RowRemark { value: String::new(), ..remark });
        rows.read(log, take, |rows, log| linking.link_all(rows, &layout, number, table, log))?;
        log.check_usable(number, file)
    }
}

impl Linking<'_> {
    /// Links a batch of rows and appends them to the table in their order. Whether rounded numbers prevail
    /// is judged for each batch by itself.
    fn link_all(
        &self,
        rows: Vec<Row>,
        layout: &PersonLayout<'_>,
        source: usize,
        table: &mut PeopleTable,
        log: &mut Log,
    ) {
        let rounded = Rounded {
            ids: mostly_rounded(rows.par_iter().filter_map(|row| row.cell(layout.id))),
            addresses: mostly_rounded(rows.par_iter().filter_map(|row| row.cell(layout.address))),
        };
        let link = |row: Row| (self.link(&row, layout, &rounded), row);
        let linked: Vec<_> = rows.into_par_iter().map(link).collect();
        for (person, row) in linked {
            match person {
                Ok(person) => {
                    log.source(source).used += 1;
                    log.source(source).linked += u64::from(person.address.is_some());
                    person.issue.into_iter().for_each(|issue| log.issue(issue));
                    table.tokens.push(person.token);
                    table.former.extend(person.former);
                    table.addresses.push(person.address.unwrap_or(NOWHERE));
                    table.roles.of_row.push(person.role as u8);
                    table.attributes.push(&layout.attributes, &row, log);
                }
                Err(reject) => log.reject(source, &reject),
            }
        }
    }

    /// The column in which somebody's id stands where an address or a category should: stored, it could be
    /// read. A code of an address that is in the plate is taken for that, whatever it looks like.
    fn misplaced_id<'s>(&self, row: &Row, layout: &PersonLayout<'s>) -> Option<&'s str> {
        let is_id = |text: &str| is_masked(text) || is_misplaced_id(text);
        let is_no_code = |code: &&str| is_id(code) && self.addresses.row_of(&fold_code(code)).is_none();
        if row.cell(layout.address).filter(is_no_code).is_some() {
            return Some(&layout.source.address);
        }
        let mut values = layout.source.attributes.iter().zip(layout.attributes.values(row));
        values.find(|(_, value)| value.is_some_and(is_id)).map(|(name, _)| name.as_str())
    }

    /// Makes a person of a row. Rejected are rows without an id, with a word that is no role, with
    /// somebody's id in another column, and with an id that has lost its digits, since several persons
    /// could share it. A citizen id that fails its check is kept without an address; an address that is not
    /// named, not known or rounded leaves the person without one. Either is an issue.
    fn link(&self, row: &Row, layout: &PersonLayout<'_>, rounded: &Rounded) -> Result<Person, RowRemark> {
        let reject = |column: &str, value: &str, reason: &str| RowRemark::new(row.number, column, value, reason);
        let id = row.cell(layout.id).ok_or_else(|| reject(&layout.source.id, "", NO_ID))?;
        let word = layout.role.and_then(|index| row.cell(index));
        let role = word.map_or(Ok(PersonRole::Lives), str::parse).map_err(|e| {
            let column = layout.source.role.as_deref().unwrap_or_default();
            reject(column, "", &format!("not one of {}", e.allowed))
        })?;
        if let Some(column) = self.misplaced_id(row, layout) {
            return Err(reject(column, "", MISPLACED_ID));
        }
        let code = fold_code(id);
        if code.is_empty() {
            return Err(reject(&layout.source.id, "", NO_ID));
        }
        let token = self.key.token(id);
        let former = self.former.map(|key| key.token(id).head());
        let invalid = match layout.source.id_type {
            IdType::Citizen => id.parse::<CitizenId>().err(),
            IdType::Other => None,
        };
        // Ids of several persons may have become one number, and so one token.
        if is_exponent(&code) || looks_rounded(&code) && (invalid.is_some() || rounded.ids) {
            return Err(reject(&layout.source.id, "", LOST));
        }
        if let Some(error) = invalid {
            let issue = Some(Issue::new(Rule::PersonIdInvalid, token, &error));
            return Ok(Person { token, former, address: None, role, issue });
        }
        let dangling = |evidence: Form| Issue::new(Rule::LinkDangling, token, evidence).about(Entity::Person);
        let named = row.code(layout.address);
        let meant = named.as_deref().filter(|code| !(rounded.addresses && looks_rounded(code)));
        let address = meant.and_then(|code| self.addresses.row_of(code));
        let issue = match (&named, address) {
            (_, Some(_)) => None,
            (None, None) => Some(dangling(Form::NoAddressNamed)),
            (Some(code), None) if is_exponent(code) || looks_rounded(code) => {
                Some(dangling(Form::LostAddress).other(code))
            }
            (Some(code), None) => Some(dangling(Form::NoAddress).other(code)),
        };
        Ok(Person { token, former, address, role, issue })
    }
}

/// What the comparison of each person's rows came to. Parts of it are collected on many threads and joined
/// in the order of the tokens.
#[derive(Default)]
struct Checked {
    /// Positions that repeat another.
    twice: Vec<u32>,
    /// The position at which each person counts.
    homes: Vec<u32>,
    /// What is wrong with their rows.
    issues: Vec<Issue>,
}

impl Checked {
    /// Both together.
    fn and(mut self, mut other: Self) -> Self {
        self.twice.append(&mut other.twice);
        self.homes.append(&mut other.homes);
        self.issues.append(&mut other.issues);
        self
    }
}

impl PeopleTable {
    /// Drops rows that repeat another, chooses the row at which each person counts, and puts the rest in
    /// the order of their addresses. Persons are told apart by their whole tokens.
    fn arrange(&mut self, buildings: &BuildingTable, addresses: &AddressTable, log: &mut Log) {
        let mut sorted: Vec<(u64, u32)> = self.tokens.iter().map(|token| token.head()).zip(0..).collect();
        sorted.par_sort_unstable();
        // Two tokens with one head are rare enough to be sorted by themselves.
        for alike in sorted.chunk_by_mut(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
            alike.sort_by_key(|(_, position)| (self.token(*position), *position));
        }
        self.counted = vec![false; self.tokens.len()];
        let alike = sorted.par_chunk_by(|a, b| a.0 == b.0 && self.token(a.1) == self.token(b.1));
        let check = |mut found: Checked, rows: &[(u64, u32)]| {
            self.check(rows, buildings, addresses, &mut found);
            found
        };
        let Checked { mut twice, homes, issues } =
            alike.fold(Checked::default, check).reduce(Checked::default, Checked::and);
        issues.into_iter().for_each(|issue| log.issue(issue));
        twice.sort_unstable();
        homes.into_iter().for_each(|position| self.counted[position as usize] = true);
        sorted.retain(|(_, position)| twice.binary_search(position).is_err());
        let kept: Vec<u32> =
            (0..self.tokens.len() as u32).filter(|position| twice.binary_search(position).is_err()).collect();
        let Buckets { starts, order } = Buckets::sort(&kept, addresses.len(), |position| self.address(position));
        let mut rows = vec![NOWHERE; self.tokens.len()];
        (0..).zip(&order).for_each(|(row, position)| rows[*position as usize] = row);
        self.by_token = sorted.into_iter().map(|(_, position)| rows[position as usize]).collect();
        (self.starts, self.order) = (starts, order);
    }

    /// Compares the rows of one person, in the order of reading: repeated ones, several homes, homes in
    /// demolished buildings. The first row with an address at which the person lives is where they count;
    /// rows without an address are passed over.
    fn check(&self, rows: &[(u64, u32)], buildings: &BuildingTable, addresses: &AddressTable, found: &mut Checked) {
        let address_code = |row: u32| addresses.codes.get(addresses.order[row as usize] as usize);
        let (mut home, mut seen) = (None, HashSet::new());
        for (_, position) in rows {
            let Some(address) = self.address(*position) else { continue };
            let role = self.role(*position);
            let issue = |rule, evidence: Evidence| Issue::new(rule, self.token(*position), evidence);
            if rows.len() > 1 && !seen.insert((address, role)) {
                let word = PersonRole::ALL.get(usize::from(role)).map_or("", |role| role.as_str());
                let issue = issue(Rule::PersonTwice, Evidence::new(Form::RoleTwice, [word.into()]));
                found.issues.push(issue.other(address_code(address)).at(addresses.point(address)));
                found.twice.push(*position);
                continue;
            }
            if role != PersonRole::Lives as u8 {
                continue;
            }
            match home {
                Some(first) => {
                    let evidence = Evidence::new(Form::AlsoLives, [address_code(first).into()]);
                    let issue = issue(Rule::PersonTwoHomes, evidence);
                    found.issues.push(issue.other(address_code(address)).at(addresses.point(address)));
                }
                None => {
                    home = Some(address);
                    found.homes.push(*position);
                }
            }
            let building = addresses.building(address).map(|row| &buildings.drafts[row as usize]);
            if let Some(building) = building.filter(|b| b.demolished) {
                let evidence = Evidence::new(Form::AtAddress, [address_code(address).into()]);
                let issue = issue(Rule::PersonInDemolished, evidence);
                found.issues.push(issue.other(&building.code).at(addresses.point(address)));
            }
        }
    }
}
