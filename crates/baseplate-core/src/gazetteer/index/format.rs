//! What stands in the file of the index: what a term means, what a place is made of, and the hashes under which things are found.

use crate::gazetteer::{class::Class, number::Value};
use xxhash_rust::xxh3::xxh3_64;

pub(super) const MAGIC: [u8; 8] = *b"BPGEOCOD";
pub(super) const GRIDS_MAGIC: [u8; 8] = *b"BPGEOGRD";
pub(super) const VERSION: u32 = 3;
/// Stands for no row.
pub(super) const NONE: u32 = u32::MAX;

/// What a term means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A name, by number.
    Name(u32),
    /// A division of the plate, by the number of its grid.
    Division { grid_number: u32, form: Form },
    /// A name that a division had.
    Former { grid_number: u32 },
    /// A division elsewhere; under its full name or without the ending.
    Elsewhere { kind: Abroad, short: bool },
    /// A word around an address.
    Aside,
    /// A division that the plate lacks and under which the library puts addresses; a province says nothing within a city.
    Own { province: bool },
    /// A word that names a place by another one (对面).
    Relation,
}

/// What a division elsewhere is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Abroad {
    City,
    Province,
    County,
}

/// Under which form of its name a division stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Its own.
    Full,
    /// With another ending (街道办, 居委会, 村).
    Other,
    /// Without its ending.
    Short,
}

/// Where the form of a division stands in a meaning, below it the number of the grid.
const FORM_AT: u32 = 26;

impl Meaning {
    pub(super) fn bits(self) -> u32 {
        match self {
            Self::Name(id) => id,
            Self::Division { grid_number, form } => 1 << 28 | (form as u32) << FORM_AT | grid_number,
            Self::Former { grid_number } => 2 << 28 | grid_number,
            Self::Elsewhere { kind, short } => 3 << 28 | u32::from(short) << 31 | kind as u32,
            Self::Aside => 4 << 28,
            Self::Own { province } => 5 << 28 | u32::from(province),
            Self::Relation => 6 << 28,
        }
    }

    pub(super) fn of(bits: u32) -> Self {
        let (id, short) = (bits & 0xfff_ffff, bits >> 31 == 1);
        match bits >> 28 & 7 {
            0 => Self::Name(id),
            1 => {
                let form = [Form::Full, Form::Other, Form::Short, Form::Short][(id >> FORM_AT) as usize];
                Self::Division { grid_number: id & ((1 << FORM_AT) - 1), form }
            }
            2 => Self::Former { grid_number: id },
            3 => {
                let kind = [Abroad::City, Abroad::Province, Abroad::County].get(id as usize);
                Self::Elsewhere { kind: kind.copied().unwrap_or(Abroad::County), short }
            }
            5 => Self::Own { province: id == 1 },
            6 => Self::Relation,
            _ => Self::Aside,
        }
    }

    /// Whether the library puts it before its addresses.
    pub(crate) fn is_head(self) -> bool {
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
pub(crate) enum Element {
    /// A name, by number.
    Name(u32),
    /// A number behind it.
    Number(Class, Value),
}

/// Where the class of a number stands in an element; a name has none.
const CLASS_AT: u32 = 56;

impl Element {
    pub(super) fn bits(self) -> u64 {
        match self {
            Self::Name(id) => u64::from(id),
            Self::Number(class, value) => (class as u64) << CLASS_AT | value.bits(),
        }
    }

    pub(super) fn of(bits: u64) -> Self {
        match Class::from_u8((bits >> CLASS_AT) as u8) {
            Some(class) => Self::Number(class, Value::from_bits(bits)),
            None => Self::Name(bits as u32),
        }
    }
}

/// The hash under which the places of a name with numbers are found. The numbers in the order of their classes.
pub(crate) fn key_of(name: u32, numbers: &[(Class, Value)]) -> u64 {
    let numbers = numbers.iter().flat_map(|(class, value)| Element::Number(*class, *value).bits().to_le_bytes());
    let bytes: Vec<u8> = name.to_le_bytes().into_iter().chain(numbers).collect();
    xxh3_64(&bytes)
}

/// The hashes under which a spelling is found: of all its characters, and of all but one.
pub(crate) fn spellings_of(chars: &[char], mut take: impl FnMut(u64)) {
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
