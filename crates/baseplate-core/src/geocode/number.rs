//! Numbers of an address: what they count, and their values. A value is compared as a whole; no digit is ever guessed.

use super::{
    normal::{AND, APART, Normal, is_numberish, is_stem},
    words::{Suffix, suffix_at},
};

/// What a number counts, from the large to the small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(super) enum Class {
    /// 期, of an estate.
    Phase = 1,
    /// 区, 组, 队, of an estate or village.
    Zone = 2,
    /// 巷, 弄.
    Lane = 3,
    /// 号, at a road or lane.
    Door = 4,
    /// 栋, 幢, 座, 号楼.
    Building = 5,
    /// 单元, 梯.
    Unit = 6,
    /// 层, 楼.
    Floor = 7,
    /// 室, 房, 户, 铺.
    Room = 8,
    /// Nothing says what it counts.
    Bare = 9,
}

impl Class {
    /// The classes that tell buildings apart.
    pub(super) const OF_STEM: [Self; 5] = [Self::Phase, Self::Zone, Self::Lane, Self::Door, Self::Building];

    pub(super) fn from_u8(value: u8) -> Option<Self> {
        let all =
            [Self::Phase, Self::Zone, Self::Lane, Self::Door, Self::Building, Self::Unit, Self::Floor, Self::Room];
        all.into_iter().find(|class| *class as u8 == value)
    }
}

/// The value of a number: up to 8 characters of `0-9 A-Z -`, heavenly stems as `a` to `j`, packed; without leading zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Value(u64);

/// Bits of a packed character.
const BITS: u32 = 7;
/// Characters that a value can have.
const LONGEST: usize = 8;

impl Value {
    /// The value of some characters: leading zeros of every run of digits are dropped.
    pub(super) fn of(chars: &[char]) -> Option<Self> {
        let mut packed = 0;
        let mut length = 0;
        for (place, c) in chars.iter().enumerate() {
            let first = place == 0 || !chars[place - 1].is_ascii_digit();
            let more = chars.get(place + 1).is_some_and(char::is_ascii_digit);
            let leading_zero = *c == '0' && more && (first || is_zero_so_far(&chars[..place]));
            if leading_zero {
                continue;
            }
            let byte = match c {
                c if c.is_ascii() => *c as u64,
                c => u64::from(b'a') + "甲乙丙丁戊己庚辛壬癸".chars().position(|stem| stem == *c)? as u64,
            };
            packed = packed << BITS | byte;
            length += 1;
        }
        (1..=LONGEST).contains(&length).then_some(Self(packed))
    }

    pub(super) fn from_bits(bits: u64) -> Self {
        Self(bits & ((1 << (BITS * LONGEST as u32)) - 1))
    }

    pub(super) fn bits(self) -> u64 {
        self.0
    }

    /// Its characters.
    pub(super) fn chars(self) -> impl Iterator<Item = u8> {
        (0..LONGEST as u32).rev().map(move |place| (self.0 >> (BITS * place)) as u8 & 0x7f).filter(|byte| *byte != 0)
    }

    /// As a number, if it is one.
    pub(super) fn number(self) -> Option<u32> {
        self.chars().try_fold(0_u32, |sum, byte| {
            let digit = char::from(byte).to_digit(10)?;
            sum.checked_mul(10)?.checked_add(digit)
        })
    }

    /// The value of a number.
    pub(super) fn from_number(number: u32) -> Option<Self> {
        Self::of(&number.to_string().chars().collect::<Vec<_>>())
    }

    /// Both, with a dash between.
    pub(super) fn joined(self, other: Self) -> Option<Self> {
        let chars: Vec<char> = self.chars().chain([b'-']).chain(other.chars()).map(char::from).collect();
        // Stems are stored as small letters already; `of` takes them as they are.
        Self::of(&chars)
    }

    pub(super) fn len(self) -> usize {
        self.chars().count()
    }

    /// As people write it.
    pub(super) fn text(self) -> String {
        let stem = |byte: u8| "甲乙丙丁戊己庚辛壬癸".chars().nth(usize::from(byte - b'a')).unwrap_or('?');
        self.chars().map(|byte| if byte.is_ascii_lowercase() { stem(byte) } else { char::from(byte) }).collect()
    }
}

/// Whether the run of digits at the end is all zeros.
fn is_zero_so_far(chars: &[char]) -> bool {
    chars.iter().rev().take_while(|c| c.is_ascii_digit()).all(|c| *c == '0')
}

/// How the values of one number hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// There is one value.
    Single,
    /// 3-2-501, 12-3号, 1-4栋.
    Dash,
    /// 101、102室.
    And,
}

/// A number in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) class: Class,
    /// Whether it is the number of a shop, not of a flat.
    pub(super) shop: bool,
    pub(super) values: Vec<Value>,
    pub(super) joint: Joint,
    /// Its length in characters, with what it counts.
    pub(super) len: usize,
}

/// Digits of a number; longer runs are phone numbers and codes.
const DIGITS_MAX: usize = 6;
/// Letters before or behind the digits.
const LETTERS_MAX: usize = 2;
/// Digits of the phone number of a mobile, and of the shortest others with an area in front.
const MOBILE: usize = 11;
const PHONE_MIN: usize = 10;
/// Numbers that hang together at most.
const PARTS_MAX: usize = 12;

/// The number that begins at a place; `None` if there is none.
pub(super) fn number_at(normal: &Normal, at: usize) -> Option<Number> {
    let chars = &normal.chars;
    let starts = at == 0 || !is_numberish(chars[at - 1]) || matches!(chars[at - 1], APART | AND | '-');
    if !starts || !is_numberish(chars[at]) && chars[at] != '#' || is_phone(chars, at) {
        return None;
    }
    let hash = usize::from(chars.get(at) == Some(&'#'));
    let mut end = at + hash;
    let (mut values, mut joint) = (Vec::new(), Joint::Single);
    loop {
        let length = atom(&chars[end..])?;
        values.push(Value::of(&chars[end..end + length])?);
        end += length;
        let next = match (chars.get(end), joint) {
            (Some('-' | '之' | '附'), Joint::Single | Joint::Dash) => Joint::Dash,
            (Some(&AND), Joint::Single | Joint::And) => Joint::And,
            _ => break,
        };
        if values.len() == PARTS_MAX || atom(chars.get(end + 1..).unwrap_or_default()).is_none() {
            break;
        }
        joint = next;
        end += 1;
    }
    finish(chars, at, end, values, joint).filter(|number| hash == 0 || number.class == Class::Bare)
}

/// Whether a place is within a phone number: 138-0000-0000, +86 13800000000, 0755-2600-0000.
fn is_phone(chars: &[char], at: usize) -> bool {
    let joins = |c: &char| c.is_ascii_digit() || matches!(c, '-' | &APART);
    let before = chars[..at].iter().rev().take_while(|c| joins(c)).count();
    let run = &chars[at - before..];
    let run = &run[..run.iter().take_while(|c| joins(c)).count()];
    let digits = |from: usize| run[from..].iter().filter(|c| c.is_ascii_digit()).count();
    if digits(0) < PHONE_MIN {
        return false;
    }
    let begins = |place: &usize| run[*place].is_ascii_digit() && (*place == 0 || !run[place - 1].is_ascii_digit());
    let is_phone = |place: &usize| match run[*place] {
        '1' => digits(*place) == MOBILE,
        '0' => (PHONE_MIN..=MOBILE + 1).contains(&digits(*place)),
        _ => digits(*place) == PHONE_MIN,
    };
    let Some(phone) = (0..run.len()).filter(begins).find(is_phone) else { return false };
    let country: String = run[..phone].iter().filter(|c| c.is_ascii_digit()).collect();
    phone <= before || country == "86" || country == "0086"
}

/// Looks what the values count.
fn finish(chars: &[char], at: usize, mut end: usize, mut values: Vec<Value>, mut joint: Joint) -> Option<Number> {
    let suffix = suffix_at(&chars[end..]);
    let is_storey = suffix.is_none() && joint == Joint::Single && chars[end - 1] == 'F' && end - at > 1;
    if is_storey {
        let value = Value::of(&chars[at..end - 1])?;
        return Some(Number { class: Class::Floor, shop: false, values: vec![value], joint, len: end - at });
    }
    let Suffix { class, shop, len } = suffix.unwrap_or(Suffix { class: Class::Bare, shop: false, len: 0 });
    end += len;
    let letters = chars[at..end].iter().take_while(|c| c.is_ascii_uppercase() || is_stem(**c)).count();
    if class == Class::Bare && len == 0 && letters > 0 && chars[at..end].iter().all(|c| !c.is_ascii_digit()) {
        return None;
    }
    if class == Class::Door && joint != Joint::And {
        // 12号甲 is 12甲号.
        if joint == Joint::Single
            && chars.get(end).is_some_and(|c| is_stem(*c))
            && suffix_at(&chars[end + 1..]).is_none()
        {
            let whole: Vec<char> = chars[at..end - len].iter().chain([&chars[end]]).copied().collect();
            values = vec![Value::of(&whole)?];
            end += 1;
        }
        if let Some((sub, len)) = sub_number(&chars[end..]) {
            values.push(sub);
            end += len;
        }
        let first = *values.first()?;
        values = vec![values[1..].iter().try_fold(first, |value, sub| value.joined(*sub))?];
        joint = Joint::Single;
    }
    Some(Number { class, shop, values, joint, len: end - at })
}

/// `之3`, `附3号` behind a door number: the value and the length.
fn sub_number(chars: &[char]) -> Option<(Value, usize)> {
    if !matches!(chars.first(), Some('之' | '附' | '-')) {
        return None;
    }
    let length = atom(&chars[1..])?;
    let value = Value::of(&chars[1..=length])?;
    let closed = chars.get(length + 1) == Some(&'号') && suffix_at(&chars[length + 1..]).is_some_and(|s| s.len == 1);
    let bare = chars.first() != Some(&'-') && suffix_at(&chars[length + 1..]).is_none();
    (closed || bare).then_some((value, length + 1 + usize::from(closed)))
}

/// The length of a single value: letters, digits, letters; `None` if none begins here.
fn atom(chars: &[char]) -> Option<usize> {
    let count = |from: usize, of: fn(&char) -> bool| chars[from..].iter().take_while(|c| of(c)).count();
    let letter = |c: &char| c.is_ascii_uppercase() || is_stem(*c);
    let before = count(0, letter);
    let digits = count(before, char::is_ascii_digit);
    let behind = if digits > 0 { count(before + digits, letter) } else { 0 };
    let more = chars.get(before + digits + behind).is_some_and(|c| c.is_ascii_alphanumeric());
    let fits = before <= LETTERS_MAX && digits <= DIGITS_MAX && behind <= LETTERS_MAX && before + digits > 0;
    (fits && !more).then_some(before + digits + behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Class, String, Joint, usize)> {
        let normal = Normal::of(text);
        let number = if normal.len() > 0 { number_at(&normal, 0)? } else { return None };
        let values: Vec<String> = number.values.iter().map(|v| v.text()).collect();
        Some((number.class, values.join(" "), number.joint, number.len))
    }

    #[test]
    fn classes_and_values() {
        use Class::{Bare, Building, Door, Floor, Lane, Phase, Room, Unit};
        use Joint::{And, Dash, Single};
        for (text, class, values, joint, len) in [
            ("128号望湖", Door, "128", Single, 4),
            ("03栋", Building, "3", Single, 3),
            ("12号楼", Building, "12", Single, 4),
            ("A座", Building, "A", Single, 2),
            ("甲栋", Building, "甲", Single, 2),
            ("14A栋", Building, "14A", Single, 4),
            ("0501室", Room, "501", Single, 5),
            ("2单元501", Unit, "2", Single, 3),
            ("5层", Floor, "5", Single, 2),
            ("5F", Floor, "5", Single, 2),
            ("12巷", Lane, "12", Single, 3),
            ("2期", Phase, "2", Single, 2),
            ("12-3号", Door, "12-3", Single, 5),
            ("12号之3", Door, "12-3", Single, 5),
            ("12号附3号", Door, "12-3", Single, 6),
            ("12甲号", Door, "12甲", Single, 4),
            ("12号甲", Door, "12甲", Single, 4),
            ("12号甲栋", Door, "12", Single, 3),
            ("5号房东", Door, "5", Single, 2),
            ("3-2-501", Bare, "3 2 501", Dash, 7),
            ("1-4栋", Building, "1 4", Dash, 4),
            ("101、102室", Room, "101 102", And, 8),
            ("A、B座", Building, "A B", And, 4),
            ("#501", Bare, "501", Single, 4),
            ("3#楼", Building, "3", Single, 3),
            ("501号房", Room, "501", Single, 5),
            ("100室", Room, "100", Single, 4),
        ] {
            assert_eq!(read(text), Some((class, values.to_owned(), joint, len)), "{text}");
        }
    }

    #[test]
    fn what_is_no_number() {
        for text in ["13800000000", "138-0000-0000", "0755-2600-1234", "COCO公园", "甲", "AB", "海棠路", "-", "号", ""]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
