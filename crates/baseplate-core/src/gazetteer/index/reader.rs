//! The index of the geocoder, read where it lies in a mapped file.
//!
//! Opening looks at the table of sections only; nothing is parsed. The two automata are compared with their
//! hash, because `fst` trusts its bytes; every other array is read with checks, so that damage gives no
//! answer, or a wrong one, but never a panic. Rows and numbers that come out are checked by whoever looks
//! them up in the plate.
//!
//! The arrays of `geocode.bin`, little-endian, in their order (a *list* is `u32` starts, one more than
//! there are lists, and the items; a *table of hashes* is `u32` starts of buckets, one more than a power of
//! two, and `u64` entries, the lower half of the hash above the value):
//!
//! | arrays | items |
//! |---|---|
//! | check | `u64`: XXH3 of the two automata |
//! | terms | bytes: automaton from a term in UTF-8 to its number, which is its rank |
//! | pinyin | bytes: automaton over reading, a zero byte, number of the term in big-endian |
//! | term_text | list by term: UTF-8 |
//! | meanings | list by term: `u32`, see `format.rs` |
//! | spellings | table of hashes: term |
//! | name_term | by name: `u32` term |
//! | name_places | list by name: `u32` place, ascending |
//! | name_areas | list by name: `u32` number of a division, ascending |
//! | keys | table of hashes: place |
//! | elements | list by place: `u64`, see `format.rs` |
//! | place_building | by place: `u32` row of the building, or 2³² − 1 |
//! | place_first, place_count | by place: `u32` first entry of rows, and how many |
//! | place_stem | by place: `u16` bytes |
//! | rows, tails | `u32` row of an address, `u64` key of its tail |
//! | texts | table of hashes: index into rows |
//! | place_head | by place: `u32` term, or 2³² − 1 |
//!
//! `geocode-grids.bin` has what changes when grids are redrawn: by place the `u32` number of its grid, then
//! by number of a grid the `u32` number of the one above and the `u8` level. Places are in the order of
//! their buildings.

use super::format::{Element, GRIDS_MAGIC, MAGIC, Meaning, NONE, VERSION};
use crate::{
    arrays::{ArraysError, ArraysReader},
    gazetteer::tail::TailKey,
};
use arrow_buffer::{Buffer, ScalarBuffer};
use fst::raw::Fst;
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64;

/// An opened index. Cheap to open and shared by all threads.
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
pub(crate) type Automaton = Fst<Bytes>;

/// The bytes of a section, in the form that `fst` reads.
pub(crate) struct Bytes(ScalarBuffer<u8>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl GeoIndex {
    /// Opens the index, and what it knows of grids.
    ///
    /// # Errors
    /// When a file is of another kind or version, is cut short, or an automaton is not what was written.
    pub(crate) fn open(file: Buffer, grids: Buffer) -> Result<Self, ArraysError> {
        let grids = ArraysReader::open(grids, GRIDS_MAGIC, VERSION)?;
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
            place_grid: grids.array(0)?,
            parents: grids.array(1)?,
            levels: grids.array(2)?,
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
            place_first: file.array(next())?,
            place_count: file.array(next())?,
            place_stem: file.array(next())?,
            rows: file.array(next())?,
            tails: file.array(next())?,
            texts: Hashed { starts: file.array(next())?, entries: file.array(next())? },
            place_head: file.array(next())?,
        })
    }

    /// The automaton over all terms in their normal form; its outputs are their numbers.
    pub(crate) fn terms(&self) -> &Automaton {
        &self.terms
    }

    /// The automaton over spellings in Latin letters: `haitanglu`, `htl`, each with a zero and the number
    /// of the term (four bytes, big-endian) behind it.
    pub(crate) fn pinyin(&self) -> &Automaton {
        &self.pinyin
    }

    /// The normal form of a term; empty for a number that no term has.
    pub(crate) fn term_text(&self, term: u32) -> &str {
        std::str::from_utf8(self.term_text.get(term)).unwrap_or_default()
    }

    /// Up to `most` terms that have a text in them, in the order of their numbers. The texts of all terms
    /// are scanned, about a megabyte for a city.
    pub(crate) fn terms_with(&self, text: &str, most: usize) -> Vec<u32> {
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

    /// What a term means, which may be several things; nothing for a number that no term has.
    pub(crate) fn meanings(&self, term: u32) -> impl Iterator<Item = Meaning> + '_ {
        self.meanings.get(term).iter().map(|bits| Meaning::of(*bits))
    }

    /// Whether a term is the name of anything in one of some areas, given by number.
    pub(crate) fn is_term_in(&self, term: u32, areas: &[u32]) -> bool {
        let within = |number: u32| areas.iter().any(|area| self.is_in(Some(number), *area));
        self.meanings(term).any(|meaning| match meaning {
            Meaning::Name(name) => self.areas_of_name(name).iter().any(|area| within(*area)),
            Meaning::Division { grid_number, .. } | Meaning::Former { grid_number } => within(grid_number),
            _ => false,
        })
    }

    /// Terms that have this spelling, or would have it but for one character.
    pub(crate) fn spelled(&self, spelling: u64) -> impl Iterator<Item = u32> + '_ {
        self.spellings.find(spelling)
    }

    /// The text of a name; empty for a number that no name has.
    pub(crate) fn name_text(&self, name: u32) -> &str {
        self.name_term.get(name as usize).map_or("", |term| self.term_text(*term))
    }

    /// The places that have a name, ascending.
    pub(crate) fn places_of_name(&self, name: u32) -> &[u32] {
        self.name_places.get(name)
    }

    /// The numbers of the divisions in which a name occurs, ascending: of each place the division above its
    /// grid.
    pub(crate) fn areas_of_name(&self, name: u32) -> &[u32] {
        self.name_areas.get(name)
    }

    /// Places that may have a name with these numbers, ascending. Hashes may meet, so the elements of each
    /// are to be compared.
    pub(crate) fn places_of_key(&self, key: u64) -> impl Iterator<Item = u32> + '_ {
        self.keys.find(key)
    }

    /// The elements of a place: a name, the numbers behind it in the order of their classes, the next name,
    /// and so on.
    pub(crate) fn elements(&self, place: u32) -> impl Iterator<Item = Element> + Clone + '_ {
        self.elements.get(place).iter().map(|bits| Element::of(*bits))
    }

    /// The row of the building of a place; `None` for addresses without one.
    pub(crate) fn building(&self, place: u32) -> Option<u32> {
        self.place_building.get(place as usize).copied().filter(|row| *row != NONE)
    }

    /// The number of the grid in which a place lies.
    pub(crate) fn grid(&self, place: u32) -> Option<u32> {
        self.place_grid.get(place as usize).copied().filter(|number| *number != NONE)
    }

    /// The term of the division under which the library puts a place, if the plate lacks it.
    pub(crate) fn head(&self, place: u32) -> Option<u32> {
        self.place_head.get(place as usize).copied().filter(|term| *term != NONE)
    }

    /// How many bytes of the text of the first address name the place itself.
    pub(crate) fn stem(&self, place: u32) -> usize {
        self.place_stem.get(place as usize).copied().map_or(0, usize::from)
    }

    fn span(&self, place: u32) -> Range<usize> {
        let first = self.place_first.get(place as usize).copied().unwrap_or(0) as usize;
        let count = self.place_count.get(place as usize).copied().unwrap_or(0) as usize;
        let end = (first + count).min(self.rows.len()).min(self.tails.len());
        first.min(end)..end
    }

    /// The rows of the addresses of a place.
    pub(crate) fn rows(&self, place: u32) -> &[u32] {
        &self.rows[self.span(place)]
    }

    /// What tells the addresses of a place apart, in the order of [`GeoIndex::rows`].
    pub(crate) fn tails(&self, place: u32) -> impl Iterator<Item = TailKey> + '_ {
        self.tails[self.span(place)].iter().map(|bits| TailKey(*bits))
    }

    /// The number of the area above a grid; `None` at the top.
    pub(crate) fn parent(&self, number: u32) -> Option<u32> {
        self.parents.get(number as usize).copied().filter(|parent| *parent != NONE)
    }

    /// The level of a grid, as the number of a `Level`; zero for a number that no grid has.
    pub(crate) fn level(&self, number: u32) -> u8 {
        self.levels.get(number as usize).copied().unwrap_or(0)
    }

    /// The number of a grid and of those above it, from the ground up. At most eight: a damaged plate sends
    /// nobody in circles.
    pub(crate) fn chain(&self, number: Option<u32>) -> impl Iterator<Item = u32> + Clone + '_ {
        // Five levels; a damaged plate must not send anybody in circles.
        std::iter::successors(number, |number| self.parent(*number)).take(8)
    }

    /// Whether one grid lies in another, or is it; both by number. What lies nowhere is in none.
    pub(crate) fn is_in(&self, number: Option<u32>, area: u32) -> bool {
        self.chain(number).any(|above| above == area)
    }

    /// The addresses whose text has a normal form with this hash: the row of each, what tells it from
    /// others of its place, and the place.
    pub(crate) fn addresses_of_text(&self, hash: u64) -> impl Iterator<Item = (u32, TailKey, u32)> + '_ {
        self.texts.find(hash).filter_map(|slot| {
            let place = self.place_first.partition_point(|first| *first <= slot).checked_sub(1)?;
            let (row, tail) = (self.rows.get(slot as usize)?, self.tails.get(slot as usize)?);
            Some((*row, TailKey(*tail), place as u32))
        })
    }

    /// The number of the name with a text, which must be in its normal form.
    pub(crate) fn name(&self, text: &str) -> Option<u32> {
        let term = self.terms.get(text)?.value() as u32;
        self.meanings(term).find_map(|meaning| if let Meaning::Name(name) = meaning { Some(name) } else { None })
    }

    /// The row of the first address that a place has as a whole; `None` if all its addresses are rooms.
    pub(crate) fn whole(&self, place: u32) -> Option<u32> {
        let mut rows = self.tails(place).zip(self.rows(place));
        rows.find(|(tail, _)| *tail == TailKey::WHOLE).map(|(_, row)| *row)
    }

    /// The rows of all addresses of a place as a whole: texts that differ in a division alone are several.
    pub(crate) fn wholes(&self, place: u32) -> impl Iterator<Item = u32> + '_ {
        self.tails(place).zip(self.rows(place)).filter(|(tail, _)| *tail == TailKey::WHOLE).map(|(_, row)| *row)
    }

    /// The place of an address, given the row of its building, which is found by halves because places are
    /// in the order of their buildings.
    pub(crate) fn place_of_row(&self, row: u32, building: u32) -> Option<u32> {
        let first = self.place_building.partition_point(|other| *other < building) as u32;
        let of_building = (first..).take_while(|place| self.building(*place) == Some(building));
        of_building.into_iter().find(|place| self.rows(*place).contains(&row))
    }
}

/// A list of items for each number, all one behind the other.
struct Lists<T: arrow_buffer::ArrowNativeType> {
    starts: ScalarBuffer<u32>,
    items: ScalarBuffer<T>,
}

impl<T: arrow_buffer::ArrowNativeType> Lists<T> {
    /// The list of a number; empty if there is none or its bounds do not fit.
    fn get(&self, number: u32) -> &[T] {
        let at = |number: usize| self.starts.get(number).map(|start| *start as usize);
        let span = at(number as usize).zip(at(number as usize + 1));
        span.and_then(|(from, to)| self.items.get(from..to)).unwrap_or_default()
    }
}

/// Values by a hash: its upper bits say which bucket, its lower half which entries of the bucket are meant.
/// The bits between are not compared, so a value may be found that was not meant.
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
