//! Sentences and what they are in Chinese.
//!
//! Entries are two lines each, separated by empty ones: the sentence as the program words it, and its Chinese. What differs from
//! one time to the next stands in braces: `{path}` for anything, `{#count}` for a number, and `{!cause}` for a sentence of its own, which
//! is looked up in turn. Lines that begin with `#` are remarks.

use std::{cell::RefCell, collections::HashMap};

/// Sentences: those that begin with words before those that begin with a gap, and among them those with most words first.
pub(crate) struct Catalogue(Vec<Entry>);

struct Entry {
    sentence: Vec<Part>,
    chinese: Vec<Part>,
}

#[derive(Debug, PartialEq)]
enum Part {
    Words(String),
    Gap(Kind, String),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Anything,
    Number,
    Sentence,
}

/// What was found in the gaps of a sentence, by their names.
type Found<'a> = Vec<(&'a str, String)>;

impl Catalogue {
    /// Reads the text of a catalogue.
    pub(crate) fn read(text: &str) -> Self {
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
        let pairs = lines.chunks_exact(2);
        let mut entries: Vec<_> =
            pairs.map(|pair| Entry { sentence: parts(pair[0]), chinese: parts(pair[1]) }).collect();
        // `error: …` is looked at before any `{path}: …`, which would take the label for a part of the path.
        entries.sort_by_key(|entry| (entry.begins_with_gap(), std::cmp::Reverse(entry.own_words())));
        Self(entries)
    }

    /// A text, line by line; what is not known stays as it is, and so do indentations.
    pub(crate) fn text(&self, text: &str) -> String {
        let line = |line: &str| {
            let words = line.trim_start();
            let indentation = &line[..line.len() - words.len()];
            let search = Search { catalogue: self, seen: RefCell::default() };
            format!("{indentation}{}", search.most_of(words.trim_end()))
        };
        text.split('\n').map(line).collect::<Vec<_>>().join("\n")
    }
}

/// The search for one line.
struct Search<'c> {
    catalogue: &'c Catalogue,
    /// What was looked for already; without it the time would double with every colon of a line.
    seen: RefCell<HashMap<String, Option<String>>>,
}

impl Search<'_> {
    /// The Chinese of a sentence of which all is known.
    fn whole(&self, text: &str) -> Option<String> {
        if let Some(seen) = self.seen.borrow().get(text) {
            return seen.clone();
        }
        let found = self.catalogue.0.iter().find_map(|entry| entry.chinese_of(text, &|inner| self.whole(inner)));
        self.seen.borrow_mut().insert(text.to_owned(), found.clone());
        found
    }

    /// The same, else of one with a sentence inside that is not known, else what was given. A sentence that has but signs of its own
    /// says nothing about what it is, and is not taken for a part.
    fn most_of(&self, text: &str) -> String {
        let part = || {
            let mut telling = self.catalogue.0.iter().filter(|entry| entry.has_letters());
            telling.find_map(|entry| entry.chinese_of(text, &|inner| Some(self.most_of(inner))))
        };
        self.whole(text).or_else(part).unwrap_or_else(|| text.to_owned())
    }
}

impl Entry {
    /// Bytes of its own words.
    fn own_words(&self) -> usize {
        self.sentence.iter().map(|part| if let Part::Words(words) = part { words.len() } else { 0 }).sum()
    }

    fn begins_with_gap(&self) -> bool {
        matches!(self.sentence.first(), Some(Part::Gap(..)))
    }

    fn has_letters(&self) -> bool {
        self.sentence.iter().any(|part| matches!(part, Part::Words(words) if words.contains(char::is_alphabetic)))
    }

    fn chinese_of(&self, text: &str, inner: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        let found = fit(&self.sentence, text, inner)?;
        let fill = |part: &Part| match part {
            Part::Words(words) => words.clone(),
            Part::Gap(_, name) => {
                found.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
            }
        };
        Some(self.chinese.iter().map(fill).collect())
    }
}

/// Fits a sentence to a text from its beginning to its end; `inner` looks sentences inside it up.
fn fit<'a>(parts: &'a [Part], text: &str, inner: &dyn Fn(&str) -> Option<String>) -> Option<Found<'a>> {
    let Some((first, rest)) = parts.split_first() else { return text.is_empty().then(Vec::new) };
    let (kind, name) = match first {
        Part::Words(words) => return fit(rest, text.strip_prefix(words.as_str())?, inner),
        Part::Gap(kind, name) => (*kind, name.as_str()),
    };
    let value = |value: &str| match kind {
        Kind::Anything => Some(value.to_owned()),
        Kind::Number => value.chars().all(is_of_number).then(|| value.to_owned()),
        Kind::Sentence => inner(value),
    };
    let behind = |end: usize| {
        let mut found = fit(rest, &text[end..], inner)?;
        found.push((name, value(&text[..end]).filter(|_| end > 0)?));
        Some(found)
    };
    match rest.first() {
        None => behind(text.len()),
        Some(Part::Words(words)) => text.match_indices(words.as_str()).find_map(|(at, _)| behind(at)),
        Some(Part::Gap(..)) => None,
    }
}

/// Whether a character may stand in a number; `#` stands for one that differs from row to row.
fn is_of_number(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | '#')
}

fn parts(line: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = line;
    while let Some((words, name, behind)) = next_gap(rest) {
        if !words.is_empty() {
            parts.push(Part::Words(words.to_owned()));
        }
        parts.push(match name.split_at(1) {
            ("#", name) => Part::Gap(Kind::Number, name.to_owned()),
            ("!", name) => Part::Gap(Kind::Sentence, name.to_owned()),
            _ => Part::Gap(Kind::Anything, name.to_owned()),
        });
        rest = behind;
    }
    if !rest.is_empty() {
        parts.push(Part::Words(rest.to_owned()));
    }
    parts
}

/// The words before the next gap, its name with its sign, and what is behind it. Other braces are words.
fn next_gap(text: &str) -> Option<(&str, &str, &str)> {
    text.match_indices('{').find_map(|(at, _)| {
        let (name, behind) = text[at + 1..].split_once('}')?;
        let plain = name.strip_prefix(['#', '!']).unwrap_or(name);
        let is_name = !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_lowercase());
        is_name.then_some((&text[..at], name, behind))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    const TEXT: &str = "# remark

{path}: {!reason}
{path}：{!reason}

No such file (os error {#n})
文件不存在（系统错误 {#n}）

why: {!reason}
原因：{!reason}

{#n} rows of {name}
{name} 中的 {#n} 行

a {z}/{x} with {Z} braces
{x}，{z}，{Z}
";

    #[test]
    fn sentences_are_filled_in_and_looked_up_inside_one_another() {
        let catalogue = Catalogue::read(TEXT);
        assert_eq!(catalogue.text("  3 rows of a b\n\nx y"), "  a b 中的 3 行\n\nx y");
        assert_eq!(
            catalogue.text("why: b.csv: No such file (os error 2)\n"),
            "原因：b.csv：文件不存在（系统错误 2）\n"
        );
        // Unknown words stay, inside a known sentence too; a number is a number.
        assert_eq!(catalogue.text("who knows"), "who knows");
        assert_eq!(catalogue.text("why: who knows"), "原因：who knows");
        assert_eq!(catalogue.text("f.csv: who knows"), "f.csv: who knows");
        assert_eq!(catalogue.text("no rows of a"), "no rows of a");
        assert_eq!(catalogue.text("a 1/2 with {Z} braces"), "2，1，{Z}");
    }

    #[test]
    fn a_line_of_nothing_but_signs_takes_no_time() {
        let catalogue = Catalogue::read(&format!(
            "{TEXT}\n{{a}}; {{!b}}\n{{a}}；{{!b}}\n\n{{a}}: {{!b}}, {{!c}}\n{{a}}：{{!b}}，{{!c}}\n"
        ));
        let line = "a: b; c, ".repeat(60);
        assert_eq!(catalogue.text(line.trim_end()), line.trim_end());
    }

    #[test]
    fn every_entry_is_a_pair_whose_chinese_has_no_gap_of_its_own() {
        let text = include_str!("zh.txt");
        let (mut seen, mut open) = (HashSet::new(), Vec::new());
        for line in text.lines().filter(|line| !line.starts_with('#')).chain([""]) {
            if !line.is_empty() {
                open.push(line);
                continue;
            }
            assert!(matches!(open.len(), 0 | 2), "no pair: {open:?}");
            if let [sentence, chinese] = open[..] {
                assert!(seen.insert(sentence), "twice: {sentence}");
                let gaps =
                    |line| parts(line).into_iter().filter(|part| matches!(part, Part::Gap(..))).collect::<Vec<_>>();
                let (there, used) = (gaps(sentence), gaps(chinese));
                assert!(used.iter().all(|gap| there.contains(gap)), "{chinese}: a gap that the sentence has not");
                assert!(!chinese.is_ascii() || chinese.contains("{!"), "no Chinese: {chinese}");
            }
            open.clear();
        }
    }
}
