//! What a plate holds about single persons. It lies in a folder of its own that only the plate's owner can enter, and nothing
//! opens it but a question about a person.

use super::{
    Address, Baseplate,
    columns::{Issues, PeopleRows},
    linked::IssueRecord,
    lookup::RowOrder,
    manifest::PrivateManifest,
    open::{Files, OpenError},
};
use crate::{
    arrays::{ArraysReader, ArraysWriter},
    code::{KeyError, PersonKey, PersonToken},
    model::PersonRole,
};
use arrow_buffer::ScalarBuffer;

/// The folder, relative to the generation.
pub(crate) const PRIVATE: &str = "private/";
/// The rows of people.
pub(crate) const PEOPLE: &str = "private/people.arrow";
/// Those rows in the order of their tokens.
pub(crate) const BY_TOKEN: &str = "private/people-by-token.bin";
/// For each address, and behind the last one, the first row of its people.
pub(crate) const BY_ADDRESS: &str = "private/people-by-address.bin";
/// The manifest of the folder.
pub(crate) const PRIVATE_MANIFEST: &str = "private/plate.json";
/// What was found wrong about people.
pub(crate) const PRIVATE_ISSUES: &str = "private/issues.arrow";

const STARTS_MAGIC: [u8; 8] = *b"BPSTARTS";
const VERSION: u32 = 1;

/// The bytes of [`BY_ADDRESS`].
pub(crate) fn write_starts(starts: &[u32]) -> Vec<u8> {
    let mut file = ArraysWriter::new(STARTS_MAGIC, VERSION);
    file.push(starts);
    file.finish()
}

/// The opened files.
pub(super) struct PeopleFiles {
    pub(super) rows: PeopleRows,
    pub(super) by_token: RowOrder,
    pub(super) starts: ScalarBuffer<u32>,
    pub(super) manifest: PrivateManifest,
    issues: Issues,
}

impl PeopleFiles {
    pub(super) fn open(files: &Files<'_>) -> Result<Self, OpenError> {
        let manifest = files.private_manifest()?;
        let files = &Files { listed: &manifest.files, ..*files };
        files.check()?;
        Ok(Self {
            rows: files.columns(PEOPLE, |table, _| PeopleRows::read(table, &manifest.attributes))?,
            by_token: files.index(BY_TOKEN, RowOrder::open)?,
            starts: files.index(BY_ADDRESS, |file| ArraysReader::open(file, STARTS_MAGIC, VERSION)?.array(0))?,
            issues: files.columns(PRIVATE_ISSUES, Issues::read)?,
            manifest: manifest.clone(),
        })
    }
}

/// What a plate holds about single persons, opened with [`Baseplate::people`].
#[derive(Clone, Copy)]
pub struct People<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) files: &'a PeopleFiles,
}

impl<'a> People<'a> {
    /// The person with an id, at all addresses; `None` if there is no such person.
    ///
    /// # Errors
    /// When the key is not the one that the plate was built with, or the plate has no people.
    pub fn person(&self, key: &PersonKey, id: &str) -> Result<Option<Person<'a>>, KeyError> {
        let expected = self.plate.manifest().key_fingerprint.clone().ok_or(KeyError::NoPeople)?;
        let found = key.fingerprint();
        if expected != found {
            return Err(KeyError::Other { expected, found });
        }
        let (token, table) = (key.token(id), &self.files.rows);
        let rows = self.files.by_token.find_all(&token.0, |row| table.token.get(row));
        Ok((!rows.is_empty()).then_some(Person { people: *self, token, rows }))
    }

    /// The people at an address, one row for each role; known by their tokens.
    pub fn at(&self, address: Address<'a>) -> impl ExactSizeIterator<Item = Residence<'a>> + use<'a> {
        let (people, starts, linked) = (*self, &self.files.starts, self.files.rows.linked);
        let start = |row: u32| starts.get(row as usize).copied().unwrap_or_default().min(linked);
        let (first, end) = (start(address.row()), start(address.row().saturating_add(1)));
        (first..end.max(first)).map(move |row| Residence { people, row })
    }

    /// What the plate says of its files about single persons.
    pub fn manifest(&self) -> &'a PrivateManifest {
        &self.files.manifest
    }

    /// What was found wrong with the data about people, in the order it was found; persons are named by their tokens.
    pub fn issues(&self) -> impl Iterator<Item = IssueRecord<'a>> + use<'a> {
        let issues = &self.files.issues;
        (0..issues.rows as u32).filter_map(|row| IssueRecord::of(issues, row))
    }
}

/// A person, known by a token.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    people: People<'a>,
    token: PersonToken,
    rows: &'a [u32],
}

impl<'a> Person<'a> {
    /// What the person is known by.
    pub fn token(&self) -> PersonToken {
        self.token
    }

    /// All rows of the person: one for each address and role.
    pub fn residences(&self) -> impl Iterator<Item = Residence<'a>> + use<'a> {
        let people = self.people;
        self.rows.iter().map(move |row| Residence { people, row: *row })
    }
}

/// A person at an address.
#[derive(Clone, Copy)]
pub struct Residence<'a> {
    people: People<'a>,
    row: u32,
}

impl<'a> Residence<'a> {
    /// Whose it is.
    pub fn token(&self) -> Option<PersonToken> {
        self.people.files.rows.token.get(self.row).copied().map(PersonToken)
    }

    /// The address; `None` if it could not be linked.
    pub fn address(&self) -> Option<Address<'a>> {
        self.people.plate.address_row(self.people.files.rows.address.get(self.row)?)
    }

    /// Whether the person is counted here: once, at the first address of the sources where the person lives.
    pub fn is_counted(&self) -> bool {
        self.people.files.rows.counted.get(self.row).unwrap_or_default()
    }

    /// What the person has to do with it.
    pub fn role(&self) -> Option<PersonRole> {
        self.people.files.rows.role.get(self.row)?.parse().ok()
    }

    /// The person's attributes: name and value.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let row = self.row;
        let columns = self.people.files.rows.attributes.iter();
        columns.filter_map(move |(name, words)| Some((name.as_str(), words.get(row)?)))
    }
}
