//! Real texts written otherwise, and with one number, letter or direction that no address has.

use crate::{characters::TRADITIONAL, random::Random};

/// A way to write a text otherwise; `None` if there is nothing in it that could be.
pub(crate) type Way = fn(&str, &mut Random) -> Option<String>;

/// Ways that leave the address what it is.
pub(crate) const VARIED: [(&str, Way); 14] = [
    ("full width", |text, _| map(text, |c| char::from_u32(c as u32 + 0xFEE0).filter(|_| c.is_ascii_alphanumeric()))),
    ("small letters", |text, _| map(text, |c| c.is_ascii_uppercase().then(|| c.to_ascii_lowercase()))),
    ("traditional", |text, _| map(text, traditional)),
    ("numerals", numerals),
    ("spaces", |text, random| strewn(text, random, " ")),
    ("commas", |text, random| strewn(text, random, "，")),
    ("zero width", |text, random| strewn(text, random, "\u{200b}")),
    ("no province", |text, _| without_head(text, "省")),
    ("no city", |text, _| without_head(text, "市")),
    ("building word", |text, random| swapped(text, random, &["栋", "幢"])),
    ("room word", |text, random| swapped(text, random, &["室", "房"])),
    ("brackets", |text, _| {
        map(text, |c| "()（）[]".chars().position(|b| b == c).and_then(|at| "（）()【】".chars().nth(at)))
    }),
    ("dashes", |text, random| swapped(text, random, &["-", "－", "—"])),
    ("remark behind", |text, random| {
        Some(format!("{text}{}", random.pick([" 张先生收", "，电话13800000000", "（请放门卫）"])))
    }),
];

/// Ways that make another address of it.
pub(crate) const CHANGED: [(&str, Way); 6] = [
    ("digit", |text, random| at_one(text, random, |c| c.is_ascii_digit(), other_digit)),
    ("digit more", |text, random| {
        at_one(text, random, |c| c.is_ascii_digit(), |c, random| format!("{c}{}", random.below(10)))
    }),
    ("digit less", digit_less),
    ("letter", |text, random| at_one(text, random, |c| c.is_ascii_uppercase(), other_letter)),
    ("numeral", |text, random| {
        at_one(text, random, |c| NUMERALS.contains(c), |c, random| other_of(NUMERALS, c, random))
    }),
    ("direction", |text, random| {
        at_one(text, random, |c| "东西南北".contains(c), |c, random| other_of("东西南北", c, random))
    }),
];

const NUMERALS: &str = "一二三四五六七八九";

/// A text in which some characters are replaced.
fn map(text: &str, of: impl Fn(char) -> Option<char>) -> Option<String> {
    let new: String = text.chars().map(|c| of(c).unwrap_or(c)).collect();
    (new != text).then_some(new)
}

fn traditional(c: char) -> Option<char> {
    let mut pairs = TRADITIONAL.chars();
    while let (Some(simplified), Some(traditional)) = (pairs.next(), pairs.next()) {
        if simplified == c {
            return Some(traditional).filter(|other| *other != c);
        }
    }
    None
}

/// One number of up to two digits in numerals.
fn numerals(text: &str, random: &mut Random) -> Option<String> {
    let runs = runs(text, |c| c.is_ascii_digit());
    let alone = |(from, to): &&(usize, usize)| {
        let beside = |c: char| {
            c.is_alphanumeric() && !('\u{4e00}'..='\u{9fff}').contains(&c)
                || "-.、".contains(c)
                || NUMERALS.contains(c)
                || c == '十'
        };
        let apart = !text[..*from].ends_with(beside) && !text[*to..].starts_with(beside);
        to - from <= 2 && !text[*from..].starts_with('0') && apart
    };
    let (from, to) = random.of(&runs.iter().filter(alone).copied().collect::<Vec<_>>())?;
    let number: usize = text[from..to].parse().ok()?;
    let digit = |of: usize| "零一二三四五六七八九".chars().nth(of).unwrap_or('零').to_string();
    let spelled = match (number / 10, number % 10) {
        (0, ones) => digit(ones),
        (tens, ones) => {
            let tens = if tens > 1 { digit(tens) } else { String::new() };
            format!("{tens}十{}", if ones > 0 { digit(ones) } else { String::new() })
        }
    };
    Some(format!("{}{spelled}{}", &text[..from], &text[to..]))
}

/// Something between two characters of which neither is part of a number.
fn strewn(text: &str, random: &mut Random, what: &str) -> Option<String> {
    let is_word = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c) && !NUMERALS.contains(c) && !"十百千零".contains(c);
    let places: Vec<usize> = text
        .char_indices()
        .filter(|(at, c)| *at > 0 && is_word(*c) && text[..*at].ends_with(|c: char| is_word(c)))
        .map(|(at, _)| at)
        .collect();
    let at = random.of(&places)?;
    Some(format!("{}{what}{}", &text[..at], &text[at..]))
}

/// Without the division in front that ends so.
fn without_head(text: &str, ending: &str) -> Option<String> {
    let (head, rest) = text.split_once(ending)?;
    let is_head = (2..=4).contains(&head.chars().count()) || head.contains('省') && head.chars().count() <= 8;
    (is_head && rest.chars().count() > 4).then(|| rest.to_owned())
}

/// One word for another.
fn swapped(text: &str, random: &mut Random, words: &[&str]) -> Option<String> {
    let there: Vec<&&str> = words.iter().filter(|word| text.contains(**word)).collect();
    let from = *random.of(&there)?;
    let others: Vec<&str> = words.iter().filter(|word| **word != from).copied().collect();
    let behind_number =
        text.match_indices(from).filter(|(at, _)| text[..*at].ends_with(|c: char| c.is_ascii_alphanumeric()));
    let (at, _) = random.of(&behind_number.collect::<Vec<_>>())?;
    Some(format!("{}{}{}", &text[..at], random.of(&others)?, &text[at + from.len()..]))
}

/// Runs of some characters, from and to.
fn runs(text: &str, is: impl Fn(char) -> bool) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| is(*c)) {
        match runs.last_mut() {
            Some(run) if run.1 == at => run.1 = at + c.len_utf8(),
            _ => runs.push((at, at + c.len_utf8())),
        }
    }
    runs
}

/// One of some characters, replaced.
fn at_one(
    text: &str,
    random: &mut Random,
    is: impl Fn(char) -> bool,
    new: impl Fn(char, &mut Random) -> String,
) -> Option<String> {
    let places: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| is(*c)).collect();
    let (at, c) = random.of(&places)?;
    Some(format!("{}{}{}", &text[..at], new(c, random), &text[at + c.len_utf8()..]))
}

fn digit_less(text: &str, random: &mut Random) -> Option<String> {
    let runs: Vec<_> = runs(text, |c| c.is_ascii_digit()).into_iter().filter(|(from, to)| to - from > 1).collect();
    let (from, to) = random.of(&runs)?;
    // A leading zero says nothing, and without the first digit one may lead.
    let at = from + 1 + random.below(to - from - 1);
    Some(format!("{}{}", &text[..at], &text[at + 1..]))
}

fn other_digit(c: char, random: &mut Random) -> String {
    let digit = c as usize - '0' as usize;
    ((digit + 1 + random.below(9)) % 10).to_string()
}

fn other_letter(c: char, random: &mut Random) -> String {
    char::from(b'A' + ((c as u8 - b'A') as usize + 1 + random.below(25)).rem_euclid(26) as u8).to_string()
}

fn other_of(all: &str, c: char, random: &mut Random) -> String {
    let others: Vec<char> = all.chars().filter(|other| *other != c).collect();
    random.of(&others).unwrap_or(c).to_string()
}
