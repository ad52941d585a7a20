//! What a plate holds about single persons, as handles.

use super::{handle::Baseplate, issue::IssueRecord, people_files::PeopleFiles, rows::Address};
use crate::{
    code::{KeyError, PersonKey, PersonToken},
    model::PersonRole,
    store::{OpenError, PrivateManifest, files::Files},
};

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
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::code::PersonKey;
    ///
    /// let key = PersonKey::new(b"YVRhnEPqdvVxCYcTSDPPGKIqUyHhkfHD1HjkiLvXuUI=")?;
    /// let person = plate.people()?.person(&key, "000000294502058330")?.expect("in the sample");
    /// assert_eq!(person.residences().count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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

    /// The people at an address, one row for each person and role; they are known by their tokens.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let address = plate.address("9901010010010100001000301").expect("in the sample");
    /// assert!(plate.people()?.at(address).len() > 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn at(&self, address: Address<'a>) -> impl ExactSizeIterator<Item = Residence<'a>> + use<'a> {
        let (people, starts, linked) = (*self, &self.files.starts, self.files.linked);
        let start = |row: u32| starts.get(row as usize).copied().unwrap_or_default().min(linked);
        let (first, end) = (start(address.row()), start(address.row().saturating_add(1)));
        (first..end.max(first)).map(move |row| Residence { people, row })
    }

    /// What the plate says of its files about single persons.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert_eq!(plate.people()?.manifest().rows, 15_306);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn manifest(&self) -> &'a PrivateManifest {
        &self.files.manifest
    }

    /// What was found wrong with the data about people, in the order it was found; persons are named by their tokens.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// println!("{} issues about people", plate.people()?.issues().count());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn issues(&self) -> impl Iterator<Item = IssueRecord<'a>> + use<'a> {
        let issues = &self.files.issues;
        (0..issues.rows as u32).filter_map(|row| IssueRecord::of(issues, row, None))
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
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::code::PersonKey;
    ///
    /// let key = PersonKey::new(b"YVRhnEPqdvVxCYcTSDPPGKIqUyHhkfHD1HjkiLvXuUI=")?;
    /// let person = plate.people()?.person(&key, "000000294502058330")?.expect("in the sample");
    /// assert_eq!(person.residences().next().and_then(|residence| residence.token()), Some(person.token()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn token(&self) -> PersonToken {
        self.token
    }

    /// All rows of the person: one for each address and role.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::code::PersonKey;
    ///
    /// let key = PersonKey::new(b"YVRhnEPqdvVxCYcTSDPPGKIqUyHhkfHD1HjkiLvXuUI=")?;
    /// let person = plate.people()?.person(&key, "000000294502058322")?.expect("in the sample");
    /// let addresses: Vec<_> = person.residences().filter_map(|residence| residence.address()).collect();
    /// assert_eq!(addresses.len(), 2, "lives at one, is registered at the other");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    /// What the person of this row is known by.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let people = plate.people()?;
    /// let address = plate.address("9901010010010100001000301").expect("in the sample");
    /// let residence = people.at(address).next().expect("somebody lives there");
    /// assert!(residence.token().is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn token(&self) -> Option<PersonToken> {
        self.people.files.rows.token.get(self.row).copied().map(PersonToken)
    }

    /// The address of this row; `None` if it could not be linked.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let people = plate.people()?;
    /// let address = plate.address("9901010010010100001000301").expect("in the sample");
    /// let residence = people.at(address).next().expect("somebody lives there");
    /// assert_eq!(residence.address(), Some(address));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn address(&self) -> Option<Address<'a>> {
        self.people.plate.address_row(self.people.files.rows.address.get(self.row)?)
    }

    /// Whether the person is counted at this row: once, at the first address of the sources where the person lives.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let people = plate.people()?;
    /// let address = plate.address("9901010010010100001000301").expect("in the sample");
    /// let residence = people.at(address).next().expect("somebody lives there");
    /// println!("counted here: {}", residence.is_counted());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_counted(&self) -> bool {
        self.people.files.rows.counted.get(self.row).unwrap_or_default()
    }

    /// What the person has to do with the address; `None` if the source does not say.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let people = plate.people()?;
    /// let address = plate.address("9901010010010100001000301").expect("in the sample");
    /// let residence = people.at(address).next().expect("somebody lives there");
    /// println!("{:?}", residence.role());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn role(&self) -> Option<PersonRole> {
        self.people.files.rows.role.get(self.row)?.parse().ok()
    }

    /// The attributes of the person that the source has a value for: name and value.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let people = plate.people()?;
    /// let address = plate.address("9901010010010100001000301").expect("in the sample");
    /// let residence = people.at(address).next().expect("somebody lives there");
    /// assert!(residence.attributes().any(|(name, _)| name == "sex"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let row = self.row;
        let columns = self.people.files.rows.attributes.iter();
        columns.filter_map(move |(name, words)| Some((name.as_str(), words.get(row)?)))
    }
}

impl Baseplate {
    /// What the plate holds about single persons. Its files are opened with the first question, and only the owner of the plate can
    /// open them.
    ///
    /// # Errors
    /// When the files may not be read, or are truncated or damaged.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert!(plate.people()?.manifest().attributes.contains(&"sex".to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn people(&self) -> Result<People<'_>, OpenError> {
        let files = match self.0.people.get() {
            Some(files) => files,
            None => {
                let opened = PeopleFiles::open(&Files { dir: &self.0.dir, manifest: &self.0.manifest, listed: &[] })?;
                self.check_people_at_open(&opened)?;
                self.0.people.get_or_init(|| opened)
            }
        };
        Ok(People { plate: self, files })
    }
}
