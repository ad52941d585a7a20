//! The index of the geocoder, read in place: terms, places, and which places a name with a number leads to.
//!
//! A *term* is any text that means something: a name of roads, estates and divisions, in its normal form. A *place* is a building,
//! or an address without one, under one of its names: *elements* (a name, the numbers behind it, the next name …), the rows of its
//! addresses and what tells them apart.

mod build;
mod landmarks;
mod terms;

pub(crate) use build::{Alias, Division, Library, Written, write};
pub(crate) use landmarks::{Landmark, LandmarkAddress};

use super::{
    number::{Class, Value},
    tail::TailKey,
};
use crate::arrays::{ArraysError, ArraysReader};
use arrow_buffer::{Buffer, ScalarBuffer};
use fst::raw::Fst;
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64;

/// The index, relative to the generation.
pub(crate) const GEOCODE: &str = "index/geocode.bin";
const MAGIC: [u8; 8] = *b"BPGEOCOD";
const VERSION: u32 = 2;
/// Stands for no row.
pub(crate) const NONE: u32 = u32::MAX;

/// An opened index.
pub(crate) struct GeoIndex {
    terms: Automaton,
    term_text: Lists<u8>,
    meanings: Lists<u32>,
    pinyin: Automaton,
    spellings: Hashed,
    name_term: ScalarBuffer<u32>,
    name_places: Lists<u32>,
    name_areas: Lists<u32>,
    keys: Hashed,
    elements: Lists<u64>,
    place_building: ScalarBuffer<u32>,
    place_grid: ScalarBuffer<u32>,
    place_first: ScalarBuffer<u32>,
    place_count: ScalarBuffer<u32>,
    place_stem: ScalarBuffer<u16>,
    rows: ScalarBuffer<u32>,
    tails: ScalarBuffer<u64>,
    parents: ScalarBuffer<u32>,
    levels: ScalarBuffer<u8>,
    texts: Hashed,
    place_head: ScalarBuffer<u32>,
}

/// An automaton over bytes that are read in place.
pub(super) type Automaton = Fst<Bytes>;

/// Bytes of a section.
pub(super) struct Bytes(ScalarBuffer<u8>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// What a term means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A name, by number.
    Name(u32),
    /// A division of the plate, by its row in the grids.
    Division { row: u32, form: Form },
    /// A name that a division had.
    Former { row: u32 },
    /// A division elsewhere; under its full name or without the ending.
    Elsewhere { of: Abroad, short: bool },
    /// A word around an address.
    Aside,
    /// A division that the plate lacks and under which the library puts addresses; a province says nothing within a city.
    Own { province: bool },
    /// A word that names a place by another one (对面).
    Relation,
}

/// What a division elsewhere is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Abroad {
    City,
    Province,
    County,
}

/// Under which form of its name a division stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Its own.
    Full,
    /// With another ending (街道办, 居委会, 村).
    Other,
    /// Without its ending.
    Short,
}

/// Where the form of a division stands in a meaning, below it the row.
const FORM_AT: u32 = 26;

impl Meaning {
    fn bits(self) -> u32 {
        match self {
            Self::Name(id) => id,
            Self::Division { row, form } => 1 << 28 | (form as u32) << FORM_AT | row,
            Self::Former { row } => 2 << 28 | row,
            Self::Elsewhere { of, short } => 3 << 28 | u32::from(short) << 31 | of as u32,
            Self::Aside => 4 << 28,
            Self::Own { province } => 5 << 28 | u32::from(province),
            Self::Relation => 6 << 28,
        }
    }

    fn of(bits: u32) -> Self {
        let (id, short) = (bits & 0xfff_ffff, bits >> 31 == 1);
        match bits >> 28 & 7 {
            0 => Self::Name(id),
            1 => {
                let form = [Form::Full, Form::Other, Form::Short, Form::Short][(id >> FORM_AT) as usize];
                Self::Division { row: id & ((1 << FORM_AT) - 1), form }
            }
            2 => Self::Former { row: id },
            3 => {
                let of = [Abroad::City, Abroad::Province, Abroad::County].get(id as usize);
                Self::Elsewhere { of: of.copied().unwrap_or(Abroad::County), short }
            }
            5 => Self::Own { province: id == 1 },
            6 => Self::Relation,
            _ => Self::Aside,
        }
    }

    /// Whether the library puts it before its addresses.
    pub(super) fn is_head(self) -> bool {
        match self {
            Self::Division { form, .. } => form == Form::Full,
            Self::Elsewhere { short, .. } => !short,
            Self::Former { .. } | Self::Own { .. } => true,
            Self::Name(_) | Self::Aside | Self::Relation => false,
        }
    }
}

/// An element of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// A name, by number.
    Name(u32),
    /// A number behind it.
    Number(Class, Value),
}

/// Where the class of a number stands in an element; a name has none.
const CLASS_AT: u32 = 56;

impl Element {
    fn bits(self) -> u64 {
        match self {
            Self::Name(id) => u64::from(id),
            Self::Number(class, value) => (class as u64) << CLASS_AT | value.bits(),
        }
    }

    fn of(bits: u64) -> Self {
        match Class::from_u8((bits >> CLASS_AT) as u8) {
            Some(class) => Self::Number(class, Value::from_bits(bits)),
            None => Self::Name(bits as u32),
        }
    }
}

/// The hash under which the places of a name with numbers are found. The numbers in the order of their classes.
pub(super) fn key_of(name: u32, numbers: &[(Class, Value)]) -> u64 {
    let numbers = numbers.iter().flat_map(|(class, value)| Element::Number(*class, *value).bits().to_le_bytes());
    let bytes: Vec<u8> = name.to_le_bytes().into_iter().chain(numbers).collect();
    xxh3_64(&bytes)
}

/// The hashes under which a spelling is found: of all its characters, and of all but one.
pub(super) fn spellings_of(chars: &[char], mut take: impl FnMut(u64)) {
    let (mut short, mut long) = ([0; 4 * SHORT], Vec::new());
    let bytes = if chars.len() <= SHORT {
        &mut short[..4 * chars.len()]
    } else {
        long.resize(4 * chars.len(), 0);
        &mut long
    };
    let (slots, _) = bytes.as_chunks_mut();
    slots.iter_mut().zip(chars).for_each(|(slot, c)| *slot = u32::from(*c).to_le_bytes());
    take(xxh3_64(slots.as_flattened()));
    // Without the last; then what follows moves up by one after the other.
    for left_out in (0..chars.len()).rev() {
        if let Some(next) = chars.get(left_out + 1) {
            slots[left_out] = u32::from(*next).to_le_bytes();
        }
        take(xxh3_64(slots[..chars.len() - 1].as_flattened()));
    }
}

/// Characters of a spelling that is hashed without memory of its own: thousands are looked up for one text.
const SHORT: usize = 16;

impl GeoIndex {
    pub(crate) fn open(file: Buffer) -> Result<Self, ArraysError> {
        let file = ArraysReader::open(file, MAGIC, VERSION)?;
        let mut section = 0;
        let mut next = || {
            section += 1;
            section - 1
        };
        let check: ScalarBuffer<u64> = file.array(next())?;
        // The automata trust their bytes, so these are compared with their hash; all other arrays are read with checks.
        let automaton = |number: usize, at: usize| {
            let bytes: ScalarBuffer<u8> = file.array(at)?;
            let intact = check.get(number) == Some(&xxh3_64(&bytes));
            Fst::new(Bytes(bytes)).ok().filter(|_| intact).ok_or(ArraysError::Damaged)
        };
        let terms = automaton(0, next())?;
        let pinyin = automaton(1, next())?;
        Ok(Self {
            terms,
            pinyin,
            term_text: Lists { starts: file.array(next())?, items: file.array(next())? },
            meanings: Lists { starts: file.array(next())?, items: file.array(next())? },
            spellings: Hashed { starts: file.array(next())?, entries: file.array(next())? },
            name_term: file.array(next())?,
            name_places: Lists { starts: file.array(next())?, items: file.array(next())? },
            name_areas: Lists { starts: file.array(next())?, items: file.array(next())? },
            keys: Hashed { starts: file.array(next())?, entries: file.array(next())? },
            elements: Lists { starts: file.array(next())?, items: file.array(next())? },
            place_building: file.array(next())?,
            place_grid: file.array(next())?,
            place_first: file.array(next())?,
            place_count: file.array(next())?,
            place_stem: file.array(next())?,
            rows: file.array(next())?,
            tails: file.array(next())?,
            parents: file.array(next())?,
            levels: file.array(next())?,
            texts: Hashed { starts: file.array(next())?, entries: file.array(next())? },
            place_head: file.array(next())?,
        })
    }

    /// The automaton over all terms; its outputs are their numbers.
    pub(super) fn terms(&self) -> &Automaton {
        &self.terms
    }

    /// The automaton over spellings in Latin letters: `haitanglu`, `htl`, each with a zero and the number of the term behind it.
    pub(super) fn pinyin(&self) -> &Automaton {
        &self.pinyin
    }

    pub(super) fn term_text(&self, term: u32) -> &str {
        std::str::from_utf8(self.term_text.get(term)).unwrap_or_default()
    }

    /// Up to `most` terms that have a text in them.
    pub(super) fn terms_with(&self, text: &str, most: usize) -> Vec<u32> {
        let Lists { starts, items } = &self.term_text;
        let mut terms: Vec<u32> = Vec::new();
        for at in memchr::memmem::find_iter(items, text) {
            let Some(term) = starts.partition_point(|start| *start as usize <= at).checked_sub(1) else { continue };
            // It may begin in one and end in the next.
            let is_whole = starts.get(term + 1).is_some_and(|end| at + text.len() <= *end as usize);
            if is_whole && terms.last() != Some(&(term as u32)) {
                terms.push(term as u32);
            }
            if terms.len() == most {
                break;
            }
        }
        terms
    }

    pub(super) fn meanings(&self, term: u32) -> impl Iterator<Item = Meaning> + '_ {
        self.meanings.get(term).iter().map(|bits| Meaning::of(*bits))
    }

    /// Whether a term is the name of anything in one of some areas.
    pub(super) fn is_term_in(&self, term: u32, areas: &[u32]) -> bool {
        let within = |row: u32| areas.iter().any(|area| self.is_in(Some(row), *area));
        self.meanings(term).any(|meaning| match meaning {
            Meaning::Name(name) => self.areas_of_name(name).iter().any(|area| within(*area)),
            Meaning::Division { row, .. } | Meaning::Former { row } => within(row),
            _ => false,
        })
    }

    /// Terms that have this spelling, or would have it but for one character.
    pub(super) fn spelled(&self, spelling: u64) -> impl Iterator<Item = u32> + '_ {
        self.spellings.find(spelling)
    }

    /// The term of a name.
    pub(super) fn name_text(&self, name: u32) -> &str {
        self.name_term.get(name as usize).map_or("", |term| self.term_text(*term))
    }

    /// The places that have a name, ascending.
    pub(super) fn places_of_name(&self, name: u32) -> &[u32] {
        self.name_places.get(name)
    }

    /// The divisions of the lowest level in which a name occurs, ascending.
    pub(super) fn areas_of_name(&self, name: u32) -> &[u32] {
        self.name_areas.get(name)
    }

    /// Places that may have a name with these numbers, ascending; to be compared with their elements.
    pub(super) fn places_of_key(&self, key: u64) -> impl Iterator<Item = u32> + '_ {
        self.keys.find(key)
    }

    pub(super) fn elements(&self, place: u32) -> impl Iterator<Item = Element> + Clone + '_ {
        self.elements.get(place).iter().map(|bits| Element::of(*bits))
    }

    pub(super) fn building(&self, place: u32) -> Option<u32> {
        self.place_building.get(place as usize).copied().filter(|row| *row != NONE)
    }

    pub(super) fn grid(&self, place: u32) -> Option<u32> {
        self.place_grid.get(place as usize).copied().filter(|row| *row != NONE)
    }

    /// The term of the division under which the library puts a place, if the plate lacks it.
    pub(super) fn head(&self, place: u32) -> Option<u32> {
        self.place_head.get(place as usize).copied().filter(|term| *term != NONE)
    }

    /// Bytes of the first address's text that name the place itself.
    pub(super) fn stem(&self, place: u32) -> usize {
        self.place_stem.get(place as usize).copied().map_or(0, usize::from)
    }

    fn span(&self, place: u32) -> Range<usize> {
        let first = self.place_first.get(place as usize).copied().unwrap_or(0) as usize;
        let count = self.place_count.get(place as usize).copied().unwrap_or(0) as usize;
        let end = (first + count).min(self.rows.len()).min(self.tails.len());
        first.min(end)..end
    }

    /// The rows of its addresses.
    pub(super) fn rows(&self, place: u32) -> &[u32] {
        &self.rows[self.span(place)]
    }

    /// What tells them apart, in their order.
    pub(super) fn tails(&self, place: u32) -> impl Iterator<Item = TailKey> + '_ {
        self.tails[self.span(place)].iter().map(|bits| TailKey(*bits))
    }

    /// The area above a row of the grids.
    pub(super) fn parent(&self, row: u32) -> Option<u32> {
        self.parents.get(row as usize).copied().filter(|parent| *parent != NONE)
    }

    /// The level of a row of the grids, as a number.
    pub(super) fn level(&self, row: u32) -> u8 {
        self.levels.get(row as usize).copied().unwrap_or(0)
    }

    /// A row of the grids and those above it.
    pub(super) fn chain(&self, row: Option<u32>) -> impl Iterator<Item = u32> + Clone + '_ {
        // Five levels; a damaged plate must not send anybody in circles.
        std::iter::successors(row, |row| self.parent(*row)).take(8)
    }

    /// Whether one row of the grids lies in another, or is it.
    pub(super) fn is_in(&self, row: Option<u32>, area: u32) -> bool {
        self.chain(row).any(|above| above == area)
    }

    /// The addresses whose text has a normal form with this hash: the row, what tells it from others of its place, and the place.
    pub(super) fn addresses_of_text(&self, hash: u64) -> impl Iterator<Item = (u32, TailKey, u32)> + '_ {
        self.texts.find(hash).filter_map(|slot| {
            let place = self.place_first.partition_point(|first| *first <= slot).checked_sub(1)?;
            let (row, tail) = (self.rows.get(slot as usize)?, self.tails.get(slot as usize)?);
            Some((*row, TailKey(*tail), place as u32))
        })
    }

    /// The number of a name.
    pub(super) fn name(&self, text: &str) -> Option<u32> {
        let term = self.terms.get(text)?.value() as u32;
        self.meanings(term).find_map(|meaning| if let Meaning::Name(name) = meaning { Some(name) } else { None })
    }

    /// The address of a place as a whole.
    pub(super) fn whole(&self, place: u32) -> Option<u32> {
        let mut rows = self.tails(place).zip(self.rows(place));
        rows.find(|(tail, _)| *tail == TailKey::WHOLE).map(|(_, row)| *row)
    }

    /// All addresses of a place as a whole.
    pub(super) fn wholes(&self, place: u32) -> impl Iterator<Item = u32> + '_ {
        self.tails(place).zip(self.rows(place)).filter(|(tail, _)| *tail == TailKey::WHOLE).map(|(_, row)| *row)
    }

    /// The place of an address in a building. Places are in the order of their buildings.
    pub(super) fn place_of_row(&self, row: u32, building: u32) -> Option<u32> {
        let first = self.place_building.partition_point(|other| *other < building) as u32;
        let of_building = (first..).take_while(|place| self.building(*place) == Some(building));
        of_building.into_iter().find(|place| self.rows(*place).contains(&row))
    }
}

/// A list for each number.
struct Lists<T: arrow_buffer::ArrowNativeType> {
    starts: ScalarBuffer<u32>,
    items: ScalarBuffer<T>,
}

impl<T: arrow_buffer::ArrowNativeType> Lists<T> {
    fn get(&self, number: u32) -> &[T] {
        let at = |number: usize| self.starts.get(number).map(|start| *start as usize);
        let span = at(number as usize).zip(at(number as usize + 1));
        span.and_then(|(from, to)| self.items.get(from..to)).unwrap_or_default()
    }
}

/// Values by a hash: the upper bits of it say where to look, the lower ones which are meant.
struct Hashed {
    starts: ScalarBuffer<u32>,
    /// The lower half of the hash in the upper half, the value in the lower.
    entries: ScalarBuffer<u64>,
}

impl Hashed {
    fn find(&self, hash: u64) -> impl Iterator<Item = u32> + '_ {
        let bits = self.starts.len().saturating_sub(1).max(1).ilog2();
        let bucket = if bits == 0 { 0 } else { (hash >> (64 - bits)) as usize };
        let at = |number: usize| self.starts.get(number).map_or(0, |start| *start as usize);
        let entries = self.entries.get(at(bucket)..at(bucket + 1)).unwrap_or_default();
        entries.iter().filter(move |entry| **entry >> 32 == hash & 0xffff_ffff).map(|entry| *entry as u32)
    }
}
