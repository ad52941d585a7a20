//! Unit, floor and room: what tells the addresses of one building apart, in 64 bits.
//!
//! A [`Tail`] is what the grammar finds behind the building; a [`TailKey`] is the same as it is stored for
//! every address of the index. Its bits, from the lowest:
//!
//! | bits | what |
//! |---|---|
//! | 0–41 | room, or floor if there is no room: up to seven characters of six bits, the last one lowest |
//! | 42–59 | unit: up to three characters of six bits |
//! | 60 | the room is a shop (铺, 档) |
//! | 61 | the number is that of a floor |
//! | 62 | bits 42–59 hold a hash of the unit and of other words |
//! | 63 | all other bits are a hash, because the unit or the room is longer |
//!
//! A key of zero is the building itself. Two different tails can share a key only where a hash is in it:
//! with other words behind the building one pair in 2¹⁸ with the same room, else one in 2⁶³.

use super::{
    class::Class,
    number::{Joint, Number, Value},
};
use crate::text;
use xxhash_rust::xxh3::xxh3_64;

/// Unit, floor and room of an address, and whatever else stands behind its building.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tail {
    /// The unit (单元, 梯).
    pub(super) unit: Option<Value>,
    /// The floor; a dash in front is below the ground.
    pub(super) floor: Option<Value>,
    /// The room, flat or shop.
    pub(super) room: Option<Value>,
    /// Whether the room is a shop.
    pub(super) shop: bool,
    /// A hash of what is neither of these (西侧, 底商, a second floor); zero if there is nothing.
    pub(super) more: u64,
}

/// Bits of a packed character.
const BITS: u32 = 6;
/// The most characters of a unit that is stored as it is.
const UNIT: usize = 3;
/// The most characters of a room or floor that is stored as it is; longer ones are hashed with all else.
const ROOM: usize = 7;
/// Where the unit begins, above the room.
const ROOM_BITS: u32 = BITS * ROOM as u32;
/// Where the kind begins, above the unit.
const KIND: u32 = ROOM_BITS + BITS * UNIT as u32;
/// The bits of a unit, shifted down.
const UNIT_MASK: u64 = (1 << (BITS * UNIT as u32)) - 1;
/// The key is a hash as a whole.
const HASHED: u64 = 1 << 63;
/// The room is a shop.
const SHOP: u64 = 1 << KIND;
/// The number is that of a floor.
const IS_FLOOR: u64 = 2 << KIND;
/// The bits of the unit hold a hash of the unit and of [`Tail::more`].
const HAS_MORE: u64 = 4 << KIND;

impl Tail {
    /// Whether the address is the building itself.
    pub(super) fn is_empty(self) -> bool {
        self.unit.is_none() && self.floor.is_none() && self.room.is_none() && self.more == 0
    }

    /// Puts a number behind the building where it belongs; a 号 there counts a room. What belongs nowhere is kept as well.
    pub(super) fn take(&mut self, number: &Number) {
        let (slot, is_room) = match number.class {
            Class::Unit => (&mut self.unit, false),
            Class::Floor => (&mut self.floor, false),
            Class::Door | Class::Room | Class::Bare => (&mut self.room, true),
            Class::Phase | Class::Zone | Class::Lane | Class::Building => {
                return self.keep_number(number.class, &number.values);
            }
        };
        match Value::all(&number.values, number.joint).filter(|_| slot.is_none()) {
            Some(value) => {
                *slot = Some(value);
                self.shop |= is_room && number.shop;
            }
            None => self.keep_number(number.class, &number.values),
        }
    }

    /// Numbers that say not what they count: the last is the room, one before it the unit.
    pub(super) fn take_bare(&mut self, values: &[Value]) {
        match values {
            [] => {}
            [room] if self.room.is_none() => self.room = Some(*room),
            [unit, room] if self.unit.is_none() && self.room.is_none() => {
                (self.unit, self.room) = (Some(*unit), Some(*room));
            }
            [others @ .., room] if self.room.is_none() => {
                self.keep_number(Class::Bare, others);
                self.room = Some(*room);
            }
            values => self.keep_number(Class::Bare, values),
        }
    }

    /// Numbers behind the building that say not what they count.
    pub(super) fn take_numbers(&mut self, number: &Number) {
        if number.joint == Joint::And { self.take(number) } else { self.take_bare(&number.values) }
    }

    fn keep_number(&mut self, class: Class, values: &[Value]) {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.bits().to_le_bytes()).collect();
        self.keep(class as u8, &bytes);
    }

    /// Keeps words that are no number, such as 西侧 or 底商.
    pub(super) fn keep_words(&mut self, words: &[char]) {
        let bytes: Vec<u8> = words.iter().flat_map(|c| u32::from(*c).to_le_bytes()).collect();
        self.keep(0, &bytes);
    }

    /// Takes something into the hash: in its order, and with which of unit, floor and room stood before it.
    /// `tag` is the class of a number, or zero for words.
    fn keep(&mut self, tag: u8, bytes: &[u8]) {
        let before = [self.unit.is_some(), self.floor.is_some(), self.room.is_some()].map(u8::from);
        let all = [&self.more.to_le_bytes()[..], &before, &[tag], bytes].concat();
        self.more = xxh3_64(&all).max(1);
    }

    /// The tail without what it says twice. Room numbers have their floor in front: 501 is on the fifth
    /// floor, so that a floor beside it says nothing more; another floor becomes part of the room, so that
    /// it is not lost.
    pub(super) fn plain(self) -> Self {
        let implied = self
            .room
            .and_then(Value::number)
            .and_then(|room| text::storey(room, None))
            .zip(self.floor.and_then(Value::number));
        match (self.room, self.floor) {
            (Some(_), Some(_)) if implied.is_some_and(|(storey, floor)| storey == floor) => {
                Self { floor: None, ..self }
            }
            (Some(room), Some(floor)) => match floor.joined(room) {
                Some(both) => Self { floor: None, room: Some(both), ..self },
                None => {
                    let mut kept = Self { floor: None, ..self };
                    kept.keep_number(Class::Floor, &[floor]);
                    kept
                }
            },
            _ => self,
        }
    }

    /// The tail as it is stored.
    pub(super) fn key(self) -> TailKey {
        let Self { unit, floor, room, shop, more } = self.plain();
        let is_floor = room.is_none() && floor.is_some();
        let number = room.or(floor);
        let fits = unit.is_none_or(|unit| unit.len() <= UNIT) && number.is_none_or(|room| room.len() <= ROOM);
        if !fits {
            let bytes = [unit, number].map(|value| value.map_or(0, Value::bits).to_le_bytes()).concat();
            return TailKey(xxh3_64(&[&bytes[..], &more.to_le_bytes()].concat()) | HASHED);
        }
        let kind = if is_floor { IS_FLOOR } else { 0 } | if shop { SHOP } else { 0 };
        let unit = unit.map_or(0, packed);
        let (kind, unit) = match more {
            0 => (kind, unit),
            more => (kind | HAS_MORE, xxh3_64(&[more.to_le_bytes(), unit.to_le_bytes()].concat()) & UNIT_MASK),
        };
        TailKey(kind | unit << ROOM_BITS | number.map_or(0, packed))
    }

    /// As people write it.
    #[cfg(test)]
    pub(super) fn text(self) -> String {
        let part =
            |value: Option<Value>, suffix: &str| value.map_or(String::new(), |v| format!("{}{suffix}", v.text()));
        let shop = if self.shop { "铺" } else { "" };
        let more = if self.more == 0 { "" } else { "+" };
        format!("{}{}{}{more}", part(self.unit, "单元"), part(self.floor, "层"), part(self.room, shop))
    }
}

/// A [`Tail`] in 64 bits: exact for units of up to 3 and rooms of up to 7 characters, a hash beyond and for other words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TailKey(pub(super) u64);

impl TailKey {
    /// The building as a whole.
    pub(crate) const WHOLE: Self = Self(0);

    /// Whether two keys are the same but for the kind of room (铺, 室).
    pub(super) fn is(self, other: Self) -> bool {
        self.0 & !SHOP == other.0 & !SHOP
    }

    /// Whether this key is `other` but for its unit. A key with a hash in it never is.
    pub(super) fn is_but_for_unit(self, other: Self) -> bool {
        let mask = IS_FLOOR | HAS_MORE | HASHED | ((1 << ROOM_BITS) - 1);
        self.0 & (HASHED | HAS_MORE) == 0 && self.0 & mask == other.0 & mask
    }

    /// Whether this is a room, or the whole, of a unit. Units of more than three characters are not
    /// recognised.
    pub(super) fn is_in_unit(self, unit: Value) -> bool {
        unit.len() <= UNIT && self.0 & (HASHED | HAS_MORE) == 0 && self.0 >> ROOM_BITS & UNIT_MASK == packed(unit)
    }

    /// The characters of its room number, packed; zero if it has none.
    fn room(self) -> u64 {
        self.0 & ((1 << ROOM_BITS) - 1)
    }

    /// The characters of its room or floor number as people write them.
    pub(crate) fn room_chars(self) -> String {
        let codes = (0..ROOM as u32).rev().map(|slot| (self.room() >> (BITS * slot)) as u8 & 63);
        codes.filter_map(unpacked).collect()
    }

    /// Whether it is a floor as a whole.
    pub(super) fn is_floor(self) -> bool {
        self.0 & (IS_FLOOR | HAS_MORE | HASHED) == IS_FLOOR
    }

    /// Whether it is a unit as a whole.
    pub(super) fn is_unit(self) -> bool {
        self.0 & (HAS_MORE | HASHED) == 0 && self.room() == 0 && self != Self::WHOLE
    }

    /// The floor on which it is, as far as its number says so.
    pub(super) fn floor(self) -> Option<u32> {
        let chars = self.room_chars();
        let number: u32 = chars.parse().ok()?;
        if self.0 & IS_FLOOR != 0 { Some(number) } else { text::storey(number, None) }
    }
}

/// A value in six bits a character. Zero is no character, so shorter values have leading zeros.
fn packed(value: Value) -> u64 {
    let code = |byte: u8| match byte {
        b'0'..=b'9' => byte - b'0' + 1,
        b'A'..=b'Z' => byte - b'A' + 11,
        b'a'..=b'j' => byte - b'a' + 37,
        b'k'..=b'z' => byte - b'k' + 48,
        _ => 47,
    };
    value.chars().fold(0, |packed, byte| packed << BITS | u64::from(code(byte)))
}

/// The character of a six-bit code; `None` for the zeros in front of a short value.
fn unpacked(code: u8) -> Option<char> {
    match code {
        1..=10 => Some(char::from(b'0' + code - 1)),
        11..=36 => Some(char::from(b'A' + code - 11)),
        37..=46 => "甲乙丙丁戊己庚辛壬癸".chars().nth(usize::from(code - 37)),
        47 => Some('-'),
        48.. => Some(char::from(b'k' + code - 48)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(unit: &str, floor: &str, room: &str) -> Tail {
        let value = |text: &str| Value::of(&text.chars().collect::<Vec<_>>());
        Tail { unit: value(unit), floor: value(floor), room: value(room), ..Tail::default() }
    }

    #[test]
    fn keys_tell_rooms_apart() {
        let tails =
            ["501", "502", "1501", "51", "501A", "A501", "12-3", "甲", "12345678"].map(|room| tail("", "", room));
        for (index, one) in tails.iter().enumerate() {
            for other in &tails[index + 1..] {
                assert_ne!(one.key(), other.key());
            }
        }
        assert_ne!(tail("2", "", "501").key(), tail("", "", "501").key());
        assert!(tail("2", "", "501").key().is_but_for_unit(tail("", "", "501").key()));
        assert!(tail("2", "", "501").key().is_in_unit(tail("2", "", "").unit.expect("a value")));
        assert_ne!(tail("", "5", "").key(), tail("", "", "5").key());
    }

    #[test]
    fn a_floor_that_the_room_implies_says_nothing() {
        assert_eq!(tail("", "5", "501").key(), tail("", "", "501").key());
        assert_eq!(tail("", "12", "1203").key(), tail("", "", "1203").key());
        assert_ne!(tail("", "6", "501").key(), tail("", "", "501").key());
        assert_eq!(tail("", "", "1203").key().floor(), Some(12));
        assert_eq!(tail("", "2", "10203").key(), tail("", "", "10203").key());
        assert_eq!(tail("", "", "10203").key().floor(), Some(2));
    }

    #[test]
    fn the_building_itself_has_no_tail() {
        assert_eq!(Tail::default().key(), TailKey::WHOLE);
    }
}
