//! An address text in the form in which spellings are compared, with the way back to the text as it was.
//!
//! Characters are folded one by one (half width, capitals, simplified), numerals become digits, and what
//! stands between is dropped, except where it keeps two numbers apart; last a postcode is taken off. Every
//! character of the normal form knows the byte of the source at which it began. The work is linear in the
//! first 4,096 characters.

use super::words::{road_ending_at, simplified, suffix_at};
use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::xxh3_64;

/// The most characters of a normal form; addresses are far shorter.
const LONGEST: usize = 256;
/// The most characters of the source that are read to find them.
const READ_AT_MOST: usize = 4096;

/// Digits of a postcode.
const POSTCODE: usize = 6;
/// What people put before a postcode.
const POSTCODE_WORDS: [&str; 3] = ["邮政编码", "邮编", "邮码"];

/// The name of a city or province ends within so many characters.
const CITY: usize = 8;

/// Stands between two numbers that a space or another mark kept apart.
pub(super) const APART: char = '|';
/// Stands between the numbers of a list (101、102).
pub(super) const AND: char = '、';
/// Stands in a decimal number (6.8号).
pub(super) const POINT: char = '.';
/// Stands before a number below the ground (负1层, -1层).
pub(super) const BELOW: char = '负';

/// A text in half width, capital, simplified characters, Arabic numerals, without spaces and punctuation. Between two numbers one
/// of [`APART`], [`AND`], [`POINT`] and `-` is left, and [`BELOW`] in place of a dash before a floor.
#[derive(Debug, Clone, Default)]
pub(crate) struct Normal {
    /// Its characters; the other lists have an entry for each.
    pub(crate) chars: Vec<char>,
    /// The byte of the source at which each character begins.
    pub(super) from: Vec<u32>,
    /// Whether each character follows a space or a mark that was left out.
    pub(super) after_gap: Vec<bool>,
    /// Whether each character stands in brackets.
    pub(super) bracketed: Vec<bool>,
    /// Whether each character is a digit that was written as a Chinese numeral.
    pub(super) spelled: Vec<bool>,
}

/// A character on its way.
#[derive(Clone, Copy)]
struct Mark {
    is: char,
    from: u32,
    bracketed: bool,
    spelled: bool,
}

impl Normal {
    /// The normal form of a text; empty if nothing of it is kept.
    pub(crate) fn of(text: &str) -> Self {
        let (marks, with_numerals) = marks(text);
        let marks = if with_numerals { numerals(plain_numerals(marks)) } else { marks };
        join(&marks).without_postcode()
    }

    /// The source from the beginning of one character up to that of another; `text` is that source.
    pub(crate) fn source<'t>(&self, text: &'t str, from: usize, to: usize) -> &'t str {
        text.get(self.source_at(text, from)..self.source_at(text, to)).unwrap_or_default()
    }

    /// Where the source of a character begins, or the source ends.
    pub(super) fn source_at(&self, text: &str, index: usize) -> usize {
        self.from.get(index).map_or(text.len(), |from| *from as usize)
    }

    /// Without the postcode in front, or behind the word for it.
    fn without_postcode(self) -> Self {
        let is_postcode = |from: usize| {
            let digits = self.chars[from..].iter().take_while(|c| c.is_ascii_digit()).count();
            digits == POSTCODE && !self.spelled[from..from + digits].contains(&true)
        };
        let word_at = |at: usize| {
            let is_there = |word: &&str| word.chars().eq(self.chars[at..].iter().copied().take(word.chars().count()));
            POSTCODE_WORDS.into_iter().find(is_there).map_or(0, |word| word.chars().count())
        };
        let word = word_at(0);
        let from = word + POSTCODE;
        if self.len() > from && is_postcode(word) {
            let rest = &self.chars[from..];
            let is_number = is_numberish(rest[0]) || rest[0] == '-';
            let counts = is_number || suffix_at(rest).is_some() || road_ending_at(rest).is_some();
            // 200000大厦 is a name; 510000 and a city, or anything behind a gap, is none.
            let is_city = rest.iter().take(CITY).skip(2).any(|c| matches!(c, '市' | '省'));
            let counts = counts || !is_city && !self.after_gap[from];
            let marks = rest.iter().take_while(|c| matches!(**c, APART | AND | '-')).count();
            return if word > 0 || !counts { self.between(from + marks, self.len()) } else { self };
        }
        let last = self.len().checked_sub(POSTCODE).filter(|last| *last > 0 && is_postcode(*last));
        let Some(last) = last else { return self };
        match (0..last).find(|at| word_at(*at) == last - at && *at > 0) {
            Some(end) => self.between(0, end),
            None => self,
        }
    }

    /// The first characters alone.
    pub(super) fn up_to(&self, end: usize) -> Self {
        self.between(0, end.min(self.len()))
    }

    /// The characters from one index up to another, with all that is known of them.
    pub(super) fn between(&self, from: usize, to: usize) -> Self {
        let flags = |all: &[bool]| all[from..to].to_vec();
        Self {
            chars: self.chars[from..to].to_vec(),
            from: self.from[from..to].to_vec(),
            after_gap: flags(&self.after_gap),
            bracketed: flags(&self.bracketed),
            spelled: flags(&self.spelled),
        }
    }

    /// Equal for texts that say the same letter by letter.
    pub(super) fn hash(&self) -> u64 {
        let mut bytes = Vec::with_capacity(4 * self.chars.len());
        self.chars.iter().for_each(|c| bytes.extend_from_slice(&u32::from(*c).to_le_bytes()));
        xxh3_64(&bytes)
    }

    pub(crate) fn len(&self) -> usize {
        self.chars.len()
    }

    /// The characters from one index up to another, as text.
    pub(super) fn text(&self, from: usize, to: usize) -> String {
        self.chars.get(from..to).unwrap_or_default().iter().collect()
    }
}

/// Whether a character can be part of a number: a digit, a letter (A栋), a heavenly stem (甲座).
pub(crate) fn is_numberish(c: char) -> bool {
    c.is_ascii_alphanumeric() || is_stem(c)
}

/// 甲 to 癸, which count buildings and doors.
pub(super) fn is_stem(c: char) -> bool {
    matches!(c, '甲' | '乙' | '丙' | '丁' | '戊' | '己' | '庚' | '辛' | '壬' | '癸')
}

/// The characters of a text, each folded by itself; everything else as one of the marks. And whether numerals of any kind are there.
fn marks(text: &str) -> (Vec<Mark>, bool) {
    let mut marks = Vec::with_capacity(text.len() / 3 + 8);
    let (mut open, mut with_numerals) = (Vec::new(), false);
    for (from, c) in text.char_indices().take(READ_AT_MOST) {
        let mut push = |is: char| {
            with_numerals |=
                !is.is_ascii() && (is == '首' || is_numeral(is) || of_cheque(is).or_else(|| tens(is)).is_some());
            marks.push(Mark { is, from: from as u32, bracketed: false, spelled: false });
        };
        match c {
            '\u{4e00}'..='\u{9fff}' => {
                push(simplified(c));
                continue;
            }
            'A'..='Z' | '0'..='9' | '#' | '-' => {
                push(c);
                continue;
            }
            'a'..='z' => push(c.to_ascii_uppercase()),
            // Ⅰ to Ⅻ, which compatibility folding would make letters.
            '\u{2160}'..='\u{216b}' => (u32::from(c) - 0x215f).to_string().chars().for_each(push),
            '\u{2170}'..='\u{217b}' => (u32::from(c) - 0x216f).to_string().chars().for_each(push),
            c if is_invisible(c) => {}
            _ => c.nfkc().for_each(|c| push(folded(c))),
        }
        match c {
            '(' | '（' | '[' | '【' | '「' | '〔' | '［' | '{' => open.push(marks.len()),
            ')' | '）' | ']' | '】' | '」' | '〕' | '］' | '}' => {
                let from = open.pop().unwrap_or(marks.len());
                marks[from..].iter_mut().for_each(|mark| mark.bracketed = true);
            }
            _ => {}
        }
    }
    (marks, with_numerals)
}

/// A character outside the usual ranges, after compatibility folding.
fn folded(c: char) -> char {
    match c {
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '~' | '～' | '〜' | '-' => '-',
        '、' | ',' | ';' | '/' | '\\' | '&' | '+' => AND,
        '#' => '#',
        '.' | '．' => POINT,
        '〇' | '○' | '◯' => '零',
        c => Some(simplified(c.to_ascii_uppercase())).filter(|c| c.is_alphanumeric()).unwrap_or(APART),
    }
}

/// Whether a character has no width: it keeps nothing apart.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// What a numeral as cheques have it stands for.
fn of_cheque(c: char) -> Option<char> {
    Some(match c {
        '壹' => '一',
        '贰' => '二',
        '叁' => '三',
        '肆' => '四',
        '伍' => '五',
        '陆' => '六',
        '柒' => '七',
        '捌' => '八',
        '玖' => '九',
        '拾' => '十',
        '佰' => '百',
        '仟' => '千',
        '零' => '零',
        _ => return None,
    })
}

/// How many tens one character stands for: 廿 is 二十.
fn tens(c: char) -> Option<char> {
    Some(match c {
        '廿' => '二',
        '卅' => '三',
        '卌' => '四',
        _ => return None,
    })
}

/// Numerals in other characters as plain ones: 廿三 → 二十三, 贰拾叁 → 二十三. A single 伍 or 陆 is a number only before what
/// numbers count; else it is a name.
fn plain_numerals(marks: Vec<Mark>) -> Vec<Mark> {
    // 首层 is the first floor.
    let is_first = |run: &[Mark]| {
        run[0].is == '首' && run[1..].iter().find(|mark| mark.is != APART).is_some_and(|mark| mark.is == '层')
    };
    let mut out = Vec::with_capacity(marks.len() + 4);
    let mut rest = marks.as_slice();
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|mark| of_cheque(mark.is).is_some()).count();
        let (run, after) = rest.split_at(length.max(1));
        let next: Vec<char> = after.iter().take(4).map(|mark| mark.is).collect();
        match tens(first.is) {
            _ if is_first(rest) => out.extend([APART, '1'].map(|is| Mark { is, ..*first })),
            Some(tens) => out.extend([tens, '十'].map(|is| Mark { is, ..*first })),
            None if length > 1 || length == 1 && (suffix_at(&next).is_some() || is_beside_unit(first.is, &next)) => {
                out.extend(run.iter().map(|mark| Mark { is: of_cheque(mark.is).unwrap_or(mark.is), ..*mark }));
            }
            None => out.extend(run),
        }
        rest = after;
    }
    out
}

/// Whether the rest of a numeral follows its first character: 拾五.
fn is_beside_unit(c: char, next: &[char]) -> bool {
    matches!(c, '拾' | '佰' | '仟') && next.first().is_some_and(|c| is_numeral(*c))
}

/// The value of a Chinese digit.
fn digit(c: char) -> Option<u32> {
    Some(match c {
        '零' => 0,
        '一' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

/// Runs of Chinese numerals as Arabic ones: 一百二十九 → 129, 一二〇一 → 1201. What is no number is left (百合), and what is half
/// written in Arabic digits (十5).
fn numerals(marks: Vec<Mark>) -> Vec<Mark> {
    let mut out: Vec<Mark> = Vec::with_capacity(marks.len());
    let mut rest = marks.as_slice();
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|mark| is_numeral(mark.is)).count();
        let (run, after) = rest.split_at(length.max(1));
        let is_digit = |mark: Option<&Mark>| mark.is_some_and(|mark| mark.is.is_ascii_digit());
        let ends_in_unit = |mark: Option<&Mark>| mark.is_some_and(|mark| is_unit(mark.is));
        let (before, behind) = (is_digit(out.last()), is_digit(after.first()));
        let half = before && ends_in_unit(run.first()) || behind && ends_in_unit(run.last());
        match number(run).filter(|_| length > 0 && !half) {
            Some(digits) => {
                // 之九17层 is not 之917层.
                let apart = Mark { is: APART, ..*first };
                out.extend(before.then_some(apart));
                out.extend(digits.chars().map(|is| Mark { is, spelled: true, ..*first }));
                out.extend(behind.then_some(apart));
            }
            None => out.extend(run),
        }
        rest = after;
    }
    out
}

fn is_unit(c: char) -> bool {
    matches!(c, '十' | '百' | '千')
}

/// Whether a character is a Chinese numeral.
pub(super) fn is_numeral(c: char) -> bool {
    digit(c).is_some() || is_unit(c)
}

/// The digits of a run of numerals, unless it is no number.
fn number(run: &[Mark]) -> Option<String> {
    if run.iter().all(|mark| digit(mark.is).is_some()) {
        return Some(run.iter().filter_map(|mark| digit(mark.is)).map(|d| char::from(b'0' + d as u8)).collect());
    }
    let (mut total, mut pending, mut last_unit) = (0, None, 10_000);
    for (index, mark) in run.iter().enumerate() {
        match (mark.is, digit(mark.is)) {
            ('零', _) if index > 0 && pending.is_none() => {}
            (_, Some(value)) if value > 0 && pending.is_none() => pending = Some(value),
            ('十', _) if index == 0 => (total, last_unit) = (10, 10),
            (unit, None) => {
                let unit = [('十', 10), ('百', 100), ('千', 1000)].iter().find(|(c, _)| *c == unit)?.1;
                (total, last_unit) = (total + pending.take().filter(|_| unit < last_unit)? * unit, unit);
            }
            _ => return None,
        }
    }
    // 一百二 says 120, but whoever writes 一百二 behind a name may also mean 100 and 2: it is left alone.
    let shortened = pending.is_some() && last_unit > 10 && run.iter().rev().nth(1).is_some_and(|m| m.is != '零');
    (!shortened).then(|| (total + pending.unwrap_or(0)).to_string())
}

/// Leaves out the marks that keep nothing apart.
fn join(marks: &[Mark]) -> Normal {
    let mut normal = Normal::with_capacity(marks.len().min(LONGEST));
    let mut gap: Option<Mark> = None;
    for (index, mark) in marks.iter().enumerate() {
        let before = normal.chars.last().copied();
        let next = marks.get(index + 1).map(|m| m.is);
        let is_between = || before.is_some_and(is_numberish) && next.is_some_and(is_numberish);
        let is = match mark.is {
            '至' | '到' if is_between() => '-',
            '和' | '及' | '与' | '或' if is_between() => AND,
            '和' | '及' | '与' if next.is_some_and(is_numberish) && before.is_some_and(|c| CLOSES.contains(c)) => {
                AND
            }
            POINT if !is_decimal(marks, index) => APART,
            '-' if before.is_some_and(|c| !is_numberish(c)) && gap.is_none() && is_below(&marks[index + 1..]) => BELOW,
            other => other,
        };
        if matches!(is, APART | AND | '-') {
            let weaker = |old: &Mark| old.is == APART;
            gap = gap.filter(|old| !weaker(old)).or(Some(Mark { is, ..*mark }));
            continue;
        }
        if normal.len() >= LONGEST {
            break;
        }
        let gap = gap.take();
        if let Some(between) = gap.filter(|_| before.is_some_and(is_numberish) && is_numberish(is)) {
            normal.push(between, false);
        }
        normal.push(Mark { is, ..*mark }, gap.is_some());
    }
    normal
}

/// Whether a point stands in a number and is no mark between two (3.2.501).
fn is_decimal(marks: &[Mark], at: usize) -> bool {
    let is_digit = |mark: &&Mark| mark.is.is_ascii_digit();
    let before = marks[..at].iter().rev().take_while(is_digit).count();
    let behind = marks[at + 1..].iter().take_while(is_digit).count();
    let is_point = |index: Option<usize>| index.and_then(|index| marks.get(index)).is_some_and(|mark| mark.is == POINT);
    let alone = !is_point(at.checked_sub(before + 1)) && !is_point(Some(at + 1 + behind));
    before > 0 && (1..=DECIMALS_MAX).contains(&behind) && alone
}

/// What a room, a building or a floor ends in, so that another one may follow: 302铺及304铺.
const CLOSES: &str = "室房铺户号栋幢座楼层";
/// Digits behind the point of a decimal number.
const DECIMALS_MAX: usize = 2;
/// The deepest floor that a dash may say; 12号-8层 is the eighth floor.
const DEEPEST: char = '4';

/// Whether a floor follows, so that a dash before it says that it is below the ground: -1层, -1至2层.
fn is_below(marks: &[Mark]) -> bool {
    let digits = marks.iter().take_while(|mark| mark.is.is_ascii_digit()).count();
    let is_floor = |mark: Option<&Mark>| mark.is_some_and(|mark| matches!(mark.is, '层' | '楼' | 'F'));
    let range = marks.get(digits).is_some_and(|mark| matches!(mark.is, '-' | '至' | '到'));
    let more = if range { marks[digits + 1..].iter().take_while(|mark| mark.is.is_ascii_digit()).count() } else { 0 };
    let to = if more > 0 { digits + 1 + more } else { digits };
    digits == 1 && marks[0].is <= DEEPEST && is_floor(marks.get(to))
}

impl Normal {
    fn with_capacity(characters: usize) -> Self {
        Self {
            chars: Vec::with_capacity(characters),
            from: Vec::with_capacity(characters),
            after_gap: Vec::with_capacity(characters),
            bracketed: Vec::with_capacity(characters),
            spelled: Vec::with_capacity(characters),
        }
    }

    fn push(&mut self, mark: Mark, after_gap: bool) {
        self.chars.push(mark.is);
        self.from.push(mark.from);
        self.after_gap.push(after_gap);
        self.bracketed.push(mark.bracketed);
        self.spelled.push(mark.spelled);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> String {
        Normal::of(text).chars.iter().collect()
    }

    #[test]
    fn spellings_become_one() {
        for spelling in
            ["红棉四路１２号 Ａ栋", "红棉4路12号a栋", "红棉 四路,12号，A栋。", "紅棉四路十二號（A棟）😀\u{7}"]
        {
            assert_eq!(normal(spelling), "红棉4路12号A栋", "{spelling}");
        }
    }

    #[test]
    fn numbers_stay_apart() {
        for (text, expected) in [
            ("花园3 501", "花园3|501"),
            ("花园3—2－501", "花园3-2-501"),
            ("101、102室", "101、102室"),
            ("101和102室", "101、102室"),
            ("1至4栋", "1-4栋"),
            ("3栋-501", "3栋501"),
            ("A座、B座", "A座B座"),
        ] {
            assert_eq!(normal(text), expected);
        }
    }

    #[test]
    fn numerals_become_digits() {
        for (text, expected) in [
            ("一百二十九号", "129号"),
            ("十二栋", "12栋"),
            ("二十栋", "20栋"),
            ("一〇二室", "102室"),
            ("一千零一号", "1001号"),
            ("一百零三号", "103号"),
            ("百合路", "百合路"),
            ("一百二", "一百二"),
            ("三元里", "3元里"),
            ("十", "10"),
        ] {
            assert_eq!(normal(text), expected);
        }
    }

    #[test]
    fn the_way_back_is_kept() {
        let text = "红棉 一百二十九號";
        let normal = Normal::of(text);
        assert_eq!(normal.text(0, 6), "红棉129号");
        assert_eq!(normal.source(text, 2, 5), "一百二十九");
        assert_eq!(normal.source(text, 5, 6), "號");
    }

    #[test]
    fn brackets_are_known() {
        let normal = Normal::of("红棉路（近地铁）12号(");
        let inside: String = normal.chars.iter().zip(&normal.bracketed).filter(|(_, b)| **b).map(|(c, _)| c).collect();
        assert_eq!(inside, "近地铁");
    }
}
