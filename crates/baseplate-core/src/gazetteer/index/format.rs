//! What stands in the file of the index: what a term means, what a place is made of, and the hashes under
//! which things are found.
//!
//! Meanings and elements are packed integers, because there are millions of them and they are read where
//! they lie.
//!
//! A meaning is a `u32`: bits 28 to 30 say which (0 name, 1 division, 2 former name, 3 elsewhere, 4 aside,
//! 5 own division, 6 relation), bits 0 to 27 hold its number; of a division the form stands in bits 26 and
//! 27 above a number of 26 bits; bit 31 marks the short form of a division elsewhere.
//!
//! An element is a `u64`: the class of a number in the upper eight bits, zero for a name, and below it the
//! packed value or the number of the name. `VERSION` changes with either, and with the tables in
//! `gazetteer/words` whose letters are stored.

use crate::gazetteer::{class::Class, number::Value};
use xxhash_rust::xxh3::xxh3_64;

/// The first bytes of the file of terms and places.
pub(super) const MAGIC: [u8; 8] = *b"BPGEOCOD";
/// The first bytes of the file of the grids of places.
pub(super) const GRIDS_MAGIC: [u8; 8] = *b"BPGEOGRD";
/// The version of the layout of both files.
pub(super) const VERSION: u32 = 3;
/// Stands for no row and no number.
pub(super) const NONE: u32 = u32::MAX;

/// What a term means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A name of roads or estates, by its number among the names.
    Name(u32),
    /// A division of the plate, by the stable number of its grid, and under which form of its name.
    Division { grid_number: u32, form: Form },
    /// A name that a division had; the division by the stable number of its grid.
    Former { grid_number: u32 },
    /// A division that is not of the plate; under its full name, or `short`, without the ending.
    Elsewhere { kind: Abroad, short: bool },
    /// A word around an address.
    Aside,
    /// A division that the plate lacks and under which the library puts addresses; a province says nothing
    /// within a city.
    Own { province: bool },
    /// A word that names a place by another one (对面).
    Relation,
}

/// What a division elsewhere is. The discriminants are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Abroad {
    City,
    Province,
    County,
}

/// Under which form of its name a division stands. The discriminants are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Its own.
    Full,
    /// With another ending (街道办, 居委会, 村).
    Other,
    /// Without its ending.
    Short,
}

/// The bit at which the form of a division begins, above the number of the grid.
const FORM_AT: u32 = 26;

impl Meaning {
    /// The meaning as it is stored. Numbers of grids and names must be below 2²⁶ and 2²⁸.
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

    /// The meaning that was stored; any bits are some meaning, so a damaged file cannot stop a look-up.
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

/// An element of a place: a name, or one of the numbers behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Element {
    /// A name, by its number among the names.
    Name(u32),
    /// A number behind the name before it, with what it counts.
    Number(Class, Value),
}

/// The bit at which the class of a number begins; a name has zero there.
const CLASS_AT: u32 = 56;

impl Element {
    /// The element as it is stored.
    pub(super) fn bits(self) -> u64 {
        match self {
            Self::Name(id) => u64::from(id),
            Self::Number(class, value) => (class as u64) << CLASS_AT | value.bits(),
        }
    }

    /// The element that was stored; what has no class is a name.
    pub(super) fn of(bits: u64) -> Self {
        match Class::from_u8((bits >> CLASS_AT) as u8) {
            Some(class) => Self::Number(class, Value::from_bits(bits)),
            None => Self::Name(bits as u32),
        }
    }
}

/// The hash under which the places of a name with numbers are found: XXH3 of the number of the name and of
/// the elements of the numbers, little-endian. The numbers must be in the order of their classes.
pub(crate) fn key_of(name: u32, numbers: &[(Class, Value)]) -> u64 {
    let numbers = numbers.iter().flat_map(|(class, value)| Element::Number(*class, *value).bits().to_le_bytes());
    let bytes: Vec<u8> = name.to_le_bytes().into_iter().chain(numbers).collect();
    xxh3_64(&bytes)
}

/// Calls `take` with the hashes under which a spelling is found: of all its characters, then of all but
/// one, from the last to the first. Characters are hashed as little-endian `u32`. A text of n characters
/// has n + 1 hashes.
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
