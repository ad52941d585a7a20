//! Numbers of an address: what they count, and their values.
//!
//! A number is one or several values, joined by dashes (3-2-501) or as a list (101、102), with the word for
//! what they count behind it. A value is letters, digits, letters, digits (A12, 14A, 13B05) or a decimal
//! number, at most eight characters in all. It is packed into 56 bits, seven a character, so values are
//! compared as integers and stored as such in the index; no digit is ever guessed.
//!
//! Leading zeros of every run of digits say nothing and are dropped. Runs of digits that are phone numbers
//! or too long are no numbers of an address.

use super::{
    class::Class,
    normal::{AND, APART, BELOW, Normal, POINT, is_numberish, is_stem},
    words::{Suffix, suffix_at},
};

/// The value of a number, packed: the last character in the lowest seven bits, without leading zeros.
///
/// Stored are `0-9 A-Z -`; heavenly stems (甲, 乙 …) as `a` to `j`; the kind of what is counted in front as
/// `k` to `x`, where it is not the usual one of its class (3横巷 is no 3巷); a decimal point as `y`; what
/// keeps the numbers of a list apart as `z`. A dash in front says that a floor is below the ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Value(u64);

/// Bits of a packed character.
const BITS: u32 = 7;
/// The most characters of a value.
const LONGEST: usize = 8;
/// How a decimal point is stored.
const STORED_POINT: u8 = b'y';
/// How the mark between the numbers of a list is stored.
const STORED_AND: u8 = b'z';

impl Value {
    /// The value of some characters of a normal form; `None` if there are none, too many, or one that no
    /// value can have.
    pub(super) fn of(chars: &[char]) -> Option<Self> {
        let mut packed = 0;
        let mut length = 0;
        for (index, c) in chars.iter().enumerate() {
            let more = chars.get(index + 1).is_some_and(char::is_ascii_digit);
            let leading_zero = *c == '0' && more && is_zero_so_far(&chars[..index]);
            if leading_zero {
                continue;
            }
            let byte = match c {
                &POINT => STORED_POINT.into(),
                c if c.is_ascii() => *c as u64,
                c => u64::from(b'a') + "甲乙丙丁戊己庚辛壬癸".chars().position(|stem| stem == *c)? as u64,
            };
            packed = packed << BITS | byte;
            length += 1;
        }
        (1..=LONGEST).contains(&length).then_some(Self(packed))
    }

    /// The value in the lower 56 bits of an element of the index.
    pub(super) fn from_bits(bits: u64) -> Self {
        Self(bits & ((1 << (BITS * LONGEST as u32)) - 1))
    }

    /// The value as it is stored; its upper eight bits are zero.
    pub(super) fn bits(self) -> u64 {
        self.0
    }

    /// Its characters as they are stored, from the first to the last.
    pub(super) fn chars(self) -> impl Iterator<Item = u8> {
        (0..LONGEST as u32).rev().map(move |slot| (self.0 >> (BITS * slot)) as u8 & 0x7f).filter(|byte| *byte != 0)
    }

    /// The value as a number, if it consists of decimal digits and fits.
    pub(super) fn number(self) -> Option<u32> {
        self.chars().try_fold(0_u32, |sum, byte| {
            let digit = char::from(byte).to_digit(10)?;
            sum.checked_mul(10)?.checked_add(digit)
        })
    }

    /// The value that a number has; `None` if it has more than eight digits.
    pub(super) fn from_number(number: u32) -> Option<Self> {
        Self::of(&number.to_string().chars().collect::<Vec<_>>())
    }

    /// Both values with a dash between them, as one; `None` if that is too long.
    pub(super) fn joined(self, other: Self) -> Option<Self> {
        self.with(b'-', other)
    }

    /// Several, as one value that no other can have: 101、102 is neither 101 nor 101-102.
    pub(super) fn all(values: &[Self], joint: Joint) -> Option<Self> {
        let between = if joint == Joint::And { STORED_AND } else { b'-' };
        let (first, others) = values.split_first()?;
        others.iter().try_fold(*first, |sum, value| sum.with(between, *value))
    }

    fn with(self, between: u8, other: Self) -> Option<Self> {
        // Stems and marks are stored as small letters already; `of` takes them as they are.
        let chars: Vec<char> = self.chars().chain([between]).chain(other.chars()).map(char::from).collect();
        Self::of(&chars)
    }

    /// As the number of another kind of the same class: 3横巷 is not 3巷.
    fn of_kind(self, kind: Option<char>) -> Option<Self> {
        match kind {
            None => Some(self),
            Some(kind) => Self::of(&std::iter::once(kind).chain(self.chars().map(char::from)).collect::<Vec<_>>()),
        }
    }

    /// How many characters it has.
    pub(super) fn len(self) -> usize {
        self.chars().count()
    }

    /// The value as people write it, without the letter of its kind.
    pub(crate) fn text(self) -> String {
        let written = |byte: u8| match byte {
            b'a'..=b'j' => "甲乙丙丁戊己庚辛壬癸".chars().nth(usize::from(byte - b'a')),
            STORED_POINT => Some(POINT),
            STORED_AND => Some(AND),
            b'k'..=b'x' => None,
            byte => Some(char::from(byte)),
        };
        self.chars().filter_map(written).collect()
    }
}

/// Whether the run of digits at the end is all zeros, and not behind a decimal point.
fn is_zero_so_far(chars: &[char]) -> bool {
    let run = chars.iter().rev().take_while(|c| c.is_ascii_digit()).count();
    let before = &chars[..chars.len() - run];
    chars[before.len()..].iter().all(|c| *c == '0') && !matches!(before.last(), Some('.' | 'y'))
}

/// How the values of one number hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joint {
    /// There is one value.
    Single,
    /// 3-2-501, 12-3号, 1-4栋.
    Dash,
    /// 101、102室.
    And,
}

/// A number in a text, with the word for what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    /// What it counts.
    pub(crate) class: Class,
    /// Whether it is the number of a shop, not of a flat.
    pub(super) shop: bool,
    /// Its values, at least one.
    pub(crate) values: Vec<Value>,
    /// How the values hang together.
    pub(crate) joint: Joint,
    /// Its length in characters of the normal form, the word behind it included.
    pub(super) len: usize,
}

/// The most digits of a number; longer runs are phone numbers and codes.
const DIGITS_MAX: usize = 6;
/// The most letters before or behind the digits.
const LETTERS_MAX: usize = 2;
/// Digits of the number of a mobile phone.
const MOBILE: usize = 11;
/// The fewest digits of another phone number, with its area code.
const PHONE_MIN: usize = 10;
/// The most values that hang together.
const PARTS_MAX: usize = 12;

/// The number that begins at an index of a normal form; `None` if none begins there, be it that the index
/// is within a number, within a phone number, or on a character of another kind.
pub(super) fn number_at(normal: &Normal, at: usize) -> Option<Number> {
    let chars = &normal.chars;
    let first = *chars.get(at)?;
    let starts = at == 0 || !is_numberish(chars[at - 1]) && !matches!(chars[at - 1], POINT | BELOW);
    let below = below_at(&chars[at..]);
    let above = above_at(&chars[at..]);
    if !starts || !is_numberish(first) && first != '#' && below + above == 0 || is_phone(chars, at) {
        return None;
    }
    let hash = usize::from(first == '#');
    let mut end = at + hash + below + above;
    let (mut values, mut joint) = (Vec::new(), Joint::Single);
    loop {
        let length = atom(&chars[end..])?;
        let is_below = values.is_empty() && below > 0;
        let one = chars[end..end + length].iter().copied();
        values.push(Value::of(&is_below.then_some('-').into_iter().chain(one).collect::<Vec<_>>())?);
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
    let number = finish(chars, at, end, values, joint)?;
    let fits = match (hash, below) {
        _ if above > 0 => number.class == Class::Floor,
        (0, 0) => true,
        (_, 0) => number.class == Class::Bare,
        _ => matches!(number.class, Class::Floor | Class::Room | Class::Bare),
    };
    fits.then_some(number)
}

/// The length of what says that a number is below the ground: 负1层, 地下1层; 0 if there is nothing of the kind.
fn below_at(chars: &[char]) -> usize {
    let length = match chars {
        [BELOW, ..] => 1,
        ['地', '下', ..] => 2,
        _ => 0,
    };
    if chars.get(length).is_some_and(char::is_ascii_digit) { length } else { 0 }
}

/// The length of what says that a floor is none below the ground: 地上2层 is the second floor; 0 if there is nothing of the kind.
fn above_at(chars: &[char]) -> usize {
    let is_above = chars.starts_with(&['地', '上']) && chars.get(2).is_some_and(char::is_ascii_digit);
    if is_above { 2 } else { 0 }
}

/// Whether an index is within a phone number: 138-0000-0000, +86 13800000000, 0755-2600-0000. Digits in
/// front of it belong to it only if they are the country code of China.
pub(super) fn is_phone(chars: &[char], at: usize) -> bool {
    let joins = |c: &char| c.is_ascii_digit() || matches!(c, '-' | &APART);
    let before = chars[..at].iter().rev().take_while(|c| joins(c)).count();
    let run = &chars[at - before..];
    let run = &run[..run.iter().take_while(|c| joins(c)).count()];
    let digits = |from: usize| run[from..].iter().filter(|c| c.is_ascii_digit()).count();
    if digits(0) < PHONE_MIN {
        return false;
    }
    let begins = |start: &usize| run[*start].is_ascii_digit() && (*start == 0 || !run[start - 1].is_ascii_digit());
    let is_phone = |start: &usize| match run[*start] {
        '1' => digits(*start) == MOBILE,
        '0' => (PHONE_MIN..=MOBILE + 1).contains(&digits(*start)),
        _ => digits(*start) == PHONE_MIN,
    };
    let Some(phone) = (0..run.len()).filter(begins).find(is_phone) else { return false };
    let country: String = run[..phone].iter().filter(|c| c.is_ascii_digit()).collect();
    phone <= before || country == "86" || country == "0086"
}

/// Looks what the values count, and takes in what belongs to a door: 之3, 附3号 and a heavenly stem behind it.
/// `at` and `end` are where the values begin and end.
fn finish(chars: &[char], at: usize, mut end: usize, mut values: Vec<Value>, mut joint: Joint) -> Option<Number> {
    let suffix = suffix_at(&chars[end..]);
    let is_storey = suffix.is_none() && joint == Joint::Single && chars[end - 1] == 'F' && end - at > 1;
    if is_storey {
        let mut digits: Vec<char> = values[0].chars().map(char::from).collect();
        digits.pop();
        let value = Value::of(&digits)?;
        return Some(Number { class: Class::Floor, shop: false, values: vec![value], joint, len: end - at });
    }
    let Suffix { class, shop, kind, len } =
        suffix.unwrap_or(Suffix { class: Class::Bare, shop: false, kind: None, len: 0 });
    end += len;
    values[0] = values[0].of_kind(kind)?;
    let letters = chars[at..end].iter().take_while(|c| c.is_ascii_uppercase() || is_stem(**c)).count();
    if class == Class::Bare && len == 0 && letters > 0 && chars[at..end].iter().all(|c| !c.is_ascii_digit()) {
        return None;
    }
    if class == Class::Door && joint != Joint::And {
        // 12号甲 is 12甲号.
        if joint == Joint::Single
            && chars.get(end).is_some_and(|c| is_stem(*c))
            && !chars.get(end + 1).is_some_and(char::is_ascii_digit)
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

/// `之3`, `附3号` behind a door number: the value, and how many characters it takes.
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

/// The length of a single value: letters, digits, letters, digits (A12, 14A, 13B05), or a decimal number; `None` if none begins
/// here.
fn atom(chars: &[char]) -> Option<usize> {
    let count = |from: usize, of: fn(&char) -> bool| chars[from..].iter().take_while(|c| of(c)).count();
    let letter = |c: &char| c.is_ascii_uppercase() || is_stem(*c);
    let before = count(0, letter);
    let digits = count(before, char::is_ascii_digit);
    let mut length = before + digits;
    let (mut behind, mut last) = (0, 0);
    if digits > 0 {
        behind = count(length, letter);
        length += behind;
        if behind > 0 {
            last = count(length, char::is_ascii_digit);
            length += last;
        } else if chars.get(length) == Some(&POINT) {
            // The point was left because it stands in a number.
            length += 1 + count(length + 1, char::is_ascii_digit);
        }
    }
    let more = chars.get(length).is_some_and(|c| c.is_ascii_alphanumeric());
    let fits = before <= LETTERS_MAX && digits <= DIGITS_MAX && behind <= LETTERS_MAX && last <= DIGITS_MAX;
    (fits && length > 0 && !more).then_some(length)
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
