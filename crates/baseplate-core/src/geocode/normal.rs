//! An address text in the form in which spellings are compared, with the way back to the text as it was.

use super::words::simplified;
use unicode_normalization::UnicodeNormalization;

/// Characters of a text that are looked at; addresses are far shorter.
const LONGEST: usize = 256;
/// Characters of the source that are read to find them.
const READ_AT_MOST: usize = 4096;

/// Stands between two numbers that a space or another mark kept apart.
pub(super) const APART: char = '|';
/// Stands between the numbers of a list (101、102).
pub(super) const AND: char = '、';

/// A text in half width, capital, simplified characters, Arabic numerals, without spaces and punctuation. Between two numbers one
/// of [`APART`], [`AND`] and `-` is left.
#[derive(Debug, Clone, Default)]
pub(super) struct Normal {
    pub(super) chars: Vec<char>,
    /// Where each character begins in the source, bytes.
    pub(super) from: Vec<u32>,
    /// Whether each character follows a space or a mark that was left out.
    pub(super) after_gap: Vec<bool>,
    /// Whether each character stands in brackets.
    pub(super) bracketed: Vec<bool>,
}

/// A character on its way.
#[derive(Clone, Copy)]
struct Mark {
    is: char,
    from: u32,
    bracketed: bool,
}

impl Normal {
    pub(super) fn of(text: &str) -> Self {
        join(numerals(marks(text)))
    }

    /// The source from the beginning of one character up to that of another.
    pub(super) fn source<'t>(&self, text: &'t str, from: usize, to: usize) -> &'t str {
        let at = |place: usize| self.from.get(place).map_or(text.len(), |from| *from as usize);
        text.get(at(from)..at(to)).unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        self.chars.len()
    }

    /// The characters from one place up to another, as text.
    pub(super) fn text(&self, from: usize, to: usize) -> String {
        self.chars.get(from..to).unwrap_or_default().iter().collect()
    }
}

/// Whether a character can be part of a number: a digit, a letter (A栋), a heavenly stem (甲座).
pub(super) fn is_numberish(c: char) -> bool {
    c.is_ascii_alphanumeric() || is_stem(c)
}

/// 甲 to 癸, which count buildings and doors.
pub(super) fn is_stem(c: char) -> bool {
    matches!(c, '甲' | '乙' | '丙' | '丁' | '戊' | '己' | '庚' | '辛' | '壬' | '癸')
}

/// The characters of a text, each folded by itself; everything else as one of the marks.
fn marks(text: &str) -> Vec<Mark> {
    let mut marks = Vec::with_capacity(text.len() / 3 + 8);
    let mut open = Vec::new();
    for (from, c) in text.char_indices().take(READ_AT_MOST) {
        let mut push = |is| marks.push(Mark { is, from: from as u32, bracketed: false });
        match c {
            '\u{4e00}'..='\u{9fff}' => push(simplified(c)),
            'A'..='Z' | '0'..='9' | '#' | '-' => push(c),
            'a'..='z' => push(c.to_ascii_uppercase()),
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
    marks
}

/// A character outside the usual ranges, after compatibility folding.
fn folded(c: char) -> char {
    match c {
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '~' | '～' | '〜' | '-' => '-',
        '、' | ',' | ';' | '/' | '\\' | '&' | '+' => AND,
        '#' => '#',
        '〇' | '○' | '◯' => '零',
        c => Some(simplified(c.to_ascii_uppercase())).filter(|c| c.is_alphanumeric()).unwrap_or(APART),
    }
}

/// The value of a Chinese digit.
fn digit(c: char) -> Option<u32> {
    "零一二三四五六七八九".chars().zip(0..).find(|(other, _)| *other == c).map(|(_, value)| value)
}

/// Runs of Chinese numerals as Arabic ones: 一百二十九 → 129, 一二〇一 → 1201. What is no number is left (百合).
fn numerals(marks: Vec<Mark>) -> Vec<Mark> {
    let is_numeral = |c: char| digit(c).is_some() || "十百千".contains(c);
    if !marks.iter().any(|mark| is_numeral(mark.is)) {
        return marks;
    }
    let mut out = Vec::with_capacity(marks.len());
    let mut rest = marks.as_slice();
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|mark| is_numeral(mark.is)).count();
        let (run, after) = rest.split_at(length.max(1));
        match number(run) {
            Some(digits) => out.extend(digits.chars().map(|is| Mark { is, ..*first })),
            None => out.extend(run),
        }
        rest = after;
    }
    out
}

/// The digits of a run of numerals, unless it is no number.
fn number(run: &[Mark]) -> Option<String> {
    if run.iter().all(|mark| digit(mark.is).is_some()) {
        return Some(run.iter().filter_map(|mark| digit(mark.is)).map(|d| char::from(b'0' + d as u8)).collect());
    }
    let (mut total, mut pending, mut last_unit) = (0, None, 10_000);
    for (place, mark) in run.iter().enumerate() {
        match (mark.is, digit(mark.is)) {
            ('零', _) if place > 0 && pending.is_none() => {}
            (_, Some(value)) if value > 0 && pending.is_none() => pending = Some(value),
            ('十', _) if place == 0 => (total, last_unit) = (10, 10),
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
fn join(marks: Vec<Mark>) -> Normal {
    let mut normal = Normal::default();
    let mut gap: Option<Mark> = None;
    for (place, mark) in marks.iter().enumerate() {
        let before = normal.chars.last().copied();
        let next = marks.get(place + 1).map(|m| m.is);
        let is_between = before.is_some_and(is_numberish) && next.is_some_and(is_numberish);
        let is = match mark.is {
            '至' | '到' if is_between => '-',
            '和' | '及' | '与' if is_between => AND,
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

impl Normal {
    fn push(&mut self, mark: Mark, after_gap: bool) {
        self.chars.push(mark.is);
        self.from.push(mark.from);
        self.after_gap.push(after_gap);
        self.bracketed.push(mark.bracketed);
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
