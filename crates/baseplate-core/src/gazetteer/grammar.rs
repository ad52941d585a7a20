//! How the library writes its addresses: the elements of a full text.
//!
//! An address is divisions at its head, then *segments*, each a name with the numbers behind it (秋实路3号,
//! then 珠峰购物中心1栋), then the tail: unit, floor, room and whatever else stands behind the building. The
//! grammar reads from left to right without going back. A run of characters between two numbers is a name,
//! and is cut behind the name of a road in it; a number belongs to the name before it if it tells buildings
//! apart, and to the tail otherwise. Numbers that do not say what they count are a door behind a road, a
//! building behind another name, and unit and room behind a building.
//!
//! Nothing is lost: what fits nowhere goes into the hash of the tail, so two texts have the same elements
//! only if they say the same. The same grammar reads the library when the index is made and the texts that
//! are asked, which is why it takes the divisions as a function.

use super::{
    class::Class,
    normal::{AND, APART, Normal, POINT},
    number::{Joint, Number, Value, number_at},
    tail::Tail,
    words::road_ending_at,
};

/// A name with the numbers behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    /// The name in its normal form; empty if numbers stand without one.
    pub(crate) name: String,
    /// The numbers behind it in the order of the text, at most one of each class of [`Class::OF_STEM`].
    pub(crate) numbers: Vec<(Class, Value)>,
    /// Where the segment begins, an index into the characters of the normal form.
    pub(crate) from: usize,
    /// The index behind its name.
    pub(crate) name_end: usize,
    /// The index behind its numbers; that behind its name if it has none.
    pub(crate) end: usize,
}

/// The elements of an address in the library's way of writing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// The names with their numbers, from the large to the small as a rule: road, estate, building.
    pub(crate) segments: Vec<Segment>,
    /// What stands behind the building: unit, floor and room, and a hash of the rest.
    pub(super) tail: Tail,
    /// Words behind the building that fit nowhere: ranges of characters of the normal form, end excluded.
    pub(super) unplaced: Vec<(usize, usize)>,
    /// The index behind the divisions in front.
    pub(super) head: usize,
    /// The index behind the names and their numbers, where the tail begins. Addresses of one building
    /// differ behind it only.
    pub(super) stem_end: usize,
}

/// A run of characters from one index to another, or a number with the index behind it.
enum Piece {
    Name(usize, usize),
    Number(Number, usize),
}

/// Takes an address apart. `division` gives the length of the division that stands at the beginning of some
/// characters, and must not be zero. Any text gives elements; one without a name gives a tail alone.
pub(crate) fn parse(normal: &Normal, division: impl Fn(&[char]) -> Option<usize>) -> Parsed {
    let chars = &normal.chars;
    let mut start = 0;
    while let Some(length) = division(&chars[start..]) {
        start += length;
    }
    let mut parsed = Parsed { head: start, stem_end: start, ..Parsed::default() };
    for piece in pieces(normal, start) {
        match piece {
            Piece::Name(from, to) if parsed.tail.is_empty() => {
                for (from, to) in split_at_roads(chars, from, to) {
                    let name = chars[from..to].iter().collect();
                    parsed.segments.push(Segment { name, numbers: Vec::new(), from, name_end: to, end: to });
                    parsed.stem_end = to;
                }
            }
            Piece::Name(from, to) => {
                parsed.tail.keep_words(&chars[from..to]);
                parsed.unplaced.push((from, to));
            }
            Piece::Number(number, end) => parsed.take(&number, end),
        }
    }
    parsed
}

/// The tail that a text behind a stem consists of; `None` if there is anything else in it. `in_building` says that the stem names
/// a building, so that what follows counts its rooms.
pub(super) fn parse_tail(normal: &Normal, in_building: bool) -> Option<Tail> {
    let mut tail = Tail::default();
    for piece in pieces(normal, 0) {
        let Piece::Number(number, _) = piece else { return None };
        match number.class {
            Class::Unit | Class::Floor | Class::Room => tail.take(&number),
            Class::Door if in_building => tail.take(&number),
            Class::Bare if in_building => tail.take_numbers(&number),
            _ => return None,
        }
    }
    (tail.more == 0).then_some(tail)
}

/// Runs and numbers in turn.
fn pieces(normal: &Normal, start: usize) -> Vec<Piece> {
    let chars = &normal.chars;
    let mut pieces = Vec::new();
    let (mut at, mut name) = (start, start);
    while at < chars.len() {
        let number = number_at(normal, at).filter(|number| counts(chars, at, number));
        let Some(number) = number else {
            at += 1;
            continue;
        };
        let end = name.max(if at > name && chars[at - 1] == '第' { at - 1 } else { at });
        pieces.extend(words(chars, name, end));
        at += number.len;
        name = at;
        pieces.push(Piece::Number(number, at));
    }
    pieces.extend(words(chars, name, chars.len()));
    pieces
}

/// A run without the marks around it, unless there is nothing else.
fn words(chars: &[char], from: usize, to: usize) -> Option<Piece> {
    let is_mark = |c: &&char| matches!(**c, APART | AND | POINT | '-');
    let to = to - chars[from..to].iter().rev().take_while(is_mark).count();
    let from = from + chars[from..to].iter().take_while(is_mark).count();
    (from < to).then_some(Piece::Name(from, to))
}

/// Whether a number at an index counts something, and is not part of a name (红棉4路, 3元里, A8大厦).
fn counts(chars: &[char], at: usize, number: &Number) -> bool {
    let next = chars.get(at + number.len);
    let ends = next.is_none_or(|c| !c.is_alphabetic());
    match number.class {
        Class::Bare => ends || chars[at + number.len - 1] == '#',
        // 3区路, 12楼盘 and the like are names.
        _ => road_ending_at(&chars[at + number.len..]).is_none() || number.class == Class::Door,
    }
}

/// Cuts a run behind the names of roads in it: 海棠路望湖花园.
fn split_at_roads(chars: &[char], from: usize, to: usize) -> Vec<(usize, usize)> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (from, from + 1);
    while at < to {
        let cut = road_ending_at(&chars[at..to]).map(|length| at + length);
        // 街道, 路口 and 街坊 end no name, and what is left must be one.
        let follows = |cut: usize| chars.get(cut).is_some_and(|c| !"口道边段坊面尾头心".contains(*c));
        match cut {
            Some(cut) if at > start && cut + 1 < to && follows(cut) => {
                parts.push((start, cut));
                (start, at) = (cut, cut + 1);
            }
            _ => at += 1,
        }
    }
    parts.push((start, to));
    parts
}

impl Parsed {
    /// Puts a number where it belongs.
    fn take(&mut self, number: &Number, end: usize) {
        let Some(segment) = self.segments.last_mut() else { return self.tail.take(number) };
        let has = |class: Class| segment.numbers.iter().any(|(other, _)| *other == class);
        let in_building = has(Class::Building) || !self.tail.is_empty();
        let is_room = number.class == Class::Door && in_building;
        match number.class {
            class if Class::OF_STEM.contains(&class) && !is_room && self.tail.is_empty() => {
                match Value::all(&number.values, number.joint).filter(|_| !has(class)) {
                    Some(value) => {
                        segment.numbers.push((class, value));
                        (segment.end, self.stem_end) = (end, end);
                    }
                    None => self.tail.take(number),
                }
            }
            Class::Bare => self.take_bare(number, end),
            _ => self.tail.take(number),
        }
    }

    /// Numbers that do not say what they count: 3-2-501, 501, 12. Behind a road the whole is a door; behind
    /// another name the first is a building and the others are of the tail.
    fn take_bare(&mut self, number: &Number, end: usize) {
        let Some(segment) = self.segments.last_mut() else { return self.tail.take_numbers(number) };
        let has = |class: Class| segment.numbers.iter().any(|(other, _)| *other == class);
        let known = has(Class::Building) || !self.tail.is_empty();
        if known || number.joint == Joint::And {
            return self.tail.take_numbers(number);
        }
        let is_road = segment.numbers.is_empty() && road_name(&segment.name);
        let (class, first) = if is_road { (Class::Door, number.values.len()) } else { (Class::Building, 1) };
        match Value::all(&number.values[..first], Joint::Dash) {
            Some(value) => {
                segment.numbers.push((class, value));
                (segment.end, self.stem_end) = (end, end);
                self.tail.take_bare(&number.values[first..]);
            }
            None => self.tail.take_numbers(number),
        }
    }
}

fn road_name(name: &str) -> bool {
    super::words::is_road(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let divisions = ["示例市", "霁峰区", "沐台街道", "鹤渚社区"].map(|d| d.chars().collect::<Vec<_>>());
        let division = |chars: &[char]| divisions.iter().find(|d| chars.starts_with(d)).map(Vec::len);
        let parsed = parse(&Normal::of(text), division);
        let number = |(class, value): &(Class, Value)| format!("{class:?}{}", value.text());
        let segment =
            |s: &Segment| format!("{}:{}", s.name, s.numbers.iter().map(number).collect::<Vec<_>>().join(","));
        let segments: Vec<_> = parsed.segments.iter().map(segment).collect();
        format!("{} | {}", segments.join(" "), parsed.tail.text())
    }

    #[test]
    fn addresses_are_taken_apart() {
        for (text, expected) in [
            (
                "示例市霁峰区沐台街道鹤渚社区秋实路3号珠峰购物中心1栋101铺",
                "秋实路:Door3 珠峰购物中心:Building1 | 101铺",
            ),
            ("霁峰区沐台街道石榴新村12巷3号301房", "石榴新村:Lane12,Door3 | 301"),
            ("红棉四路102号茗光花园二期33栋2单元0303室", "红棉4路:Door102 茗光花园:Phase2,Building33 | 2单元303"),
            ("海棠路望湖花园3-2-501", "海棠路: 望湖花园:Building3 | 2单元501"),
            ("海棠路12", "海棠路:Door12 | "),
            ("深南大道1006号国际创新中心A座8楼", "深南大道:Door1006 国际创新中心:BuildingA | 8层"),
            ("市民中心", "市民中心: | "),
            ("望湖花园3栋501号", "望湖花园:Building3 | 501"),
            ("A8音乐大厦B座1201", "A8音乐大厦:BuildingB | 1201"),
            ("西华路467-469号", "西华路:Door467-469 | "),
            ("天河北路906号1604、1605房", "天河北路:Door906 | +"),
            ("东墙街6.8号C-8", "东墙街:Door6.8,BuildingC | 8"),
            ("北清街164号28-38号院1488号", "北清街:Door164 | 28-38+"),
            ("建设路49号3楼301、302、303、304房", "建设路:Door49 | 3层+"),
            ("渠门内大街2号-1层-1-1-001", "渠门内大街:Door2 | -1层1+"),
            ("南二街六巷5号地01号", "南2街:Lane6,Door5 地:Door1 | "),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
