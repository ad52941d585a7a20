//! Sentences and what they are in Chinese.
//!
//! Entries are two lines each, separated by empty ones: the sentence as the program words it, and its Chinese. What differs from
//! one time to the next stands in braces: `{path}` for anything, `{#count}` for a number, and `{!cause}` for a sentence of its own, which
//! is looked up in turn. Lines that begin with `#` are remarks. An entry without words of its own would fit every text, and itself
//! inside itself for ever: it is not taken.

use crate::{left::is_quoted, search::Search};
use std::cmp::Reverse;

/// Lines that are taken together at most: a value of the user may have line ends in it.
const LINES_MAX: usize = 8;

/// Sentences by their rank, and among those of one rank the ones with most words first.
pub(crate) struct Catalogue(pub(crate) Vec<Entry>);

pub(crate) struct Entry {
    pub(crate) sentence: Vec<Part>,
    pub(crate) chinese: Vec<Part>,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Part {
    Words(String),
    Gap(Kind, String),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Anything,
    Number,
    Sentence,
}

impl Catalogue {
    /// Reads the text of a catalogue.
    pub(crate) fn read(text: &str) -> Self {
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
        let pairs = lines.chunks_exact(2);
        let entries = pairs.map(|pair| Entry { sentence: parts(pair[0]), chinese: parts(pair[1]) });
        let mut entries: Vec<_> = entries.filter(|entry| entry.own_words() > 0).collect();
        entries.sort_by_key(|entry| (entry.rank(), Reverse(entry.own_words())));
        Self(entries)
    }

    /// A text, line by line; what is not known stays as it is, and so do indentations and lines that are quoted from a file.
    pub(crate) fn text(&self, text: &str) -> String {
        let search = Search::new(self, false);
        let lines: Vec<&str> = text.split('\n').collect();
        let (mut rest, mut said) = (&lines[..], Vec::new());
        while let Some(first) = rest.first() {
            let words = first.trim_start();
            let indentation = &first[..first.len() - words.len()];
            let (taken, chinese) =
                if words.is_empty() || is_quoted(first) { (1, words.to_owned()) } else { sentence(&search, rest) };
            said.push(format!("{indentation}{chinese}"));
            rest = &rest[taken..];
        }
        said.join("\n")
    }

    /// Whether every line of a text is known.
    pub(crate) fn knows(&self, text: &str) -> bool {
        let search = Search::new(self, true);
        text.lines().map(str::trim).all(|line| line.is_empty() || is_quoted(line) || search.whole(line).is_some())
    }
}

/// The Chinese of the first of some lines, or of the sentence that it begins, and how many lines that takes.
fn sentence(search: &Search<'_>, lines: &[&str]) -> (usize, String) {
    if search.is_spent() {
        return (lines.len(), lines.join("\n").trim_start().to_owned());
    }
    let taken = (1..=lines.len().min(LINES_MAX)).map(|taken| (taken, lines[..taken].join("\n")));
    let known = taken.into_iter().find_map(|(taken, text)| Some((taken, search.whole(text.trim_start())?)));
    known.unwrap_or_else(|| (1, search.most_of(lines[0].trim_start())))
}

impl Entry {
    /// Bytes of its own words.
    fn own_words(&self) -> usize {
        self.sentence.iter().map(|part| if let Part::Words(words) = part { words.len() } else { 0 }).sum()
    }

    /// When it is looked at: `error: …` before any `{path}: …`, which would take the label for a part of the path; sentences that
    /// begin with another one, which may be any, and those of signs alone after what is more certain.
    fn rank(&self) -> u8 {
        match self.sentence.first() {
            Some(Part::Gap(..)) if !self.has_letters() => 3,
            Some(Part::Gap(Kind::Sentence, _)) => 2,
            Some(Part::Gap(..)) => 1,
            _ => 0,
        }
    }

    pub(crate) fn begins_with_gap(&self) -> bool {
        matches!(self.sentence.first(), Some(Part::Gap(..)))
    }

    /// What is left of a text behind all its own words, which tells most texts at once that are none of it.
    pub(crate) fn words_in_order<'t>(&self, text: &'t str) -> Option<&'t str> {
        let words =
            self.sentence.iter().filter_map(|part| if let Part::Words(words) = part { Some(words) } else { None });
        words.into_iter().try_fold(text, |text, words| text.split_once(words.as_str()).map(|(_, behind)| behind))
    }

    pub(crate) fn has_letters(&self) -> bool {
        self.sentence.iter().any(|part| matches!(part, Part::Words(words) if words.contains(char::is_alphabetic)))
    }
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
    fn values_may_be_empty_have_line_ends_and_stand_side_by_side() {
        let catalogue = Catalogue::read(
            "why: {!reason}\n原因：{!reason}\n\nno code '{code}'\n没有编码“{code}”\n\nno kind {kind}; it has: {known}\n没有 {kind}；有：{known}\n\n\
             at {#n}{unit}\n在 {#n} {unit}\n",
        );
        assert_eq!(catalogue.text("why: no code ''"), "原因：没有编码“”");
        assert_eq!(catalogue.text("no kind ; it has: "), "没有 ；有：");
        assert_eq!(catalogue.text("why: no code 'a\n  no code '\nat 5m"), "原因：没有编码“a\n  no code ”\n在 5 m");
        assert_eq!(catalogue.text("no code 'a\nat 12km"), "no code 'a\n在 12 km");
        assert_eq!(catalogue.text("at km"), "at km");
    }

    #[test]
    fn a_path_before_a_sentence_is_none_of_its_gap() {
        let catalogue = Catalogue::read(&format!("{TEXT}\n{{path}} is not there\n没有 {{path}}\n"));
        assert_eq!(catalogue.text("a.csv: b.csv is not there"), "a.csv：没有 b.csv");
    }

    #[test]
    fn what_is_quoted_from_a_file_stays() {
        let text = "why: f.csv: No such file (os error 2)\n  |\n3 | why: No such file (os error 2)";
        let chinese = "原因：f.csv：文件不存在（系统错误 2）\n  |\n3 | why: No such file (os error 2)";
        assert_eq!(Catalogue::read(TEXT).text(text), chinese);
    }

    #[test]
    fn a_sentence_without_words_is_not_taken() {
        let catalogue = Catalogue::read("{!x}\n{!x}\n\n{a}{!b}\n{a}{!b}\n\nso {!x}\n即 {!x}\n");
        assert_eq!((catalogue.0.len(), catalogue.text("so it is")), (1, "即 it is".to_owned()));
    }

    #[test]
    fn no_text_takes_long() {
        let catalogue = Catalogue::read(include_str!("zh.txt"));
        let deep = "error: ".repeat(20_000);
        for text in [": ".repeat(4500), "a; b (c): d, ".repeat(1000), "x: y\n".repeat(2000), "'".repeat(9000), deep] {
            let begun = std::time::Instant::now();
            assert!(!catalogue.text(&text).is_empty());
            // It takes 20 ms as it is shipped; this is built without optimization, and runs beside other tests.
            assert!(begun.elapsed().as_secs() < 2, "{:?} for {:.20}", begun.elapsed(), text);
        }
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
                assert!(parts(sentence).iter().any(|part| matches!(part, Part::Words(_))), "no words: {sentence}");
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
