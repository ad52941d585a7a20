//! The best path through a text: which stretches of it are names, divisions and numbers, and which are not
//! understood.
//!
//! At every character of the normal form the terms that begin there, the number that begins there and, in a
//! second pass, the corrected names are offered as steps to where they end; a single character that is not
//! understood is a step, too, and worth nothing. Each step is worth so much a character, less a fixed cost,
//! so that few long stretches win over many short ones. The path that is worth most from the beginning to
//! the end of the text is found by dynamic programming in one pass: the text has at most 256 characters,
//! and every term is found by walking the automaton.
//!
//! The stretches of that path are then gathered into a [`Reading`]: terms by what they mean, numbers with
//! the name before them, and the rest. What a stretch means can depend on those before it: a short name
//! such as 北京 is a division elsewhere only at the head of a text, and a bare number behind an unknown word
//! counts nothing.

use super::{
    class::Class,
    fuzzy::{Correction, corrections},
    grammar::Parsed,
    index::{Abroad, Form, GeoIndex, Meaning},
    normal::{APART, Normal},
    number::{Number, number_at},
    prefix::{head_at, terms_at},
    reading::{Counted, Mention, Named, Reading},
    rest::Rest,
    spelling::Spelt,
};
use crate::{model::Level, verdict::MatchLevel};

/// A stretch of the text that is understood, or is not.
#[derive(Debug, Clone, Copy)]
struct Token {
    from: usize,
    to: usize,
    is: Is,
}

/// What a stretch is.
#[derive(Debug, Clone, Copy)]
enum Is {
    Term(u32),
    /// One of the corrections, by number.
    Corrected(usize),
    Number,
    Unknown,
}

/// What a character of a name, of a division in full, or of a number is worth on the way through a text.
const WORTH_NAME: i32 = 10;
/// What a character of a division in short form is worth.
const WORTH_SHORT: i32 = 7;
/// What a character of a division elsewhere, or of one that the plate lacks, is worth.
const WORTH_ELSEWHERE: i32 = 9;
/// What a character of a word around an address, or of a word of relation, is worth.
const WORTH_ASIDE: i32 = 6;
/// What a character of a division elsewhere in short form is worth.
const WORTH_SHORT_ELSEWHERE: i32 = 5;
/// The most names, and the most divisions, of one text that are looked at: a bound on the work.
const NAMES_MAX: usize = 16;
/// The most numbers of one text that are looked at.
const NUMBERS_MAX: usize = 16;
/// What each stretch costs, so that few long ones are better than many short ones.
const STRETCH: i32 = 4;

/// The best way to an index in the text: what it is worth, and its last stretch.
#[derive(Clone, Copy)]
struct Step {
    worth: i32,
    token: Option<Token>,
}

impl Reading {
    /// Reads a text as it is spelt. Every text gives a reading; one of which nothing is known has only
    /// rests.
    pub(crate) fn of(index: &GeoIndex, normal: &Normal) -> Self {
        Self::along(index, normal, &[])
    }

    /// The divisions and names of a text that was taken apart as the library takes its own; `None` if there
    /// are others than the library has, or if the text names another city or county.
    pub(super) fn of_parsed(index: &GeoIndex, normal: &Normal, parsed: &Parsed) -> Option<Self> {
        let mut reading = Self::default();
        let mut from = 0;
        while from < parsed.head {
            let (length, term) = head_at(index, &normal.chars[from..])?;
            let to = from + length;
            reading.take_term(index, &[term], Spelt::Exact, &Token { from, to, is: Is::Term(term) });
            from = to;
        }
        reading.names.clear();
        for segment in &parsed.segments {
            let names = vec![index.name(&segment.name)?];
            let (from, to) = (segment.from, segment.name_end);
            reading.names.push(Named { names, spelt: Spelt::Exact, is_division_too: false, from, to });
        }
        reading.look_abroad(index);
        (!reading.is_elsewhere && !reading.has_other_county).then_some(reading)
    }

    /// Reads a text once more and also takes names that are nearly spelt so, around what was not understood.
    pub(super) fn corrected(&self, index: &GeoIndex, normal: &Normal) -> Self {
        Self::along(index, normal, &corrections(index, normal, self))
    }

    /// Finds the best path through the text, with some corrections offered along the way, and gathers its
    /// stretches.
    fn along(index: &GeoIndex, normal: &Normal, corrections: &[Correction]) -> Self {
        let chars = &normal.chars;
        let mut steps: Vec<Step> = vec![Step { worth: i32::MIN, token: None }; chars.len() + 1];
        steps[0].worth = 0;
        for at in 0..chars.len() {
            let worth = steps[at].worth;
            let mut offer = |to: usize, gain: i32, is: Is| {
                if steps[to].worth < worth + gain {
                    steps[to] = Step { worth: worth + gain, token: Some(Token { from: at, to, is }) };
                }
            };
            offer(at + 1, 0, Is::Unknown);
            terms_at(index.terms(), &chars[at..], |length, term| {
                let gain = index.meanings(term).map(|meaning| worth_of(meaning, length)).max().unwrap_or(0);
                offer(at + length, length as i32 * gain - STRETCH, Is::Term(term));
            });
            if let Some(number) = number_at(normal, at) {
                let loose = number.class == Class::Bare
                    && chars.get(at + number.len).is_some_and(|c| c.is_alphabetic())
                    && chars[at + number.len - 1] != '#';
                let gain = if loose { 3 } else { WORTH_NAME };
                offer(at + number.len, number.len as i32 * gain - STRETCH, Is::Number);
            }
            for (number, correction) in corrections.iter().enumerate().filter(|(_, correction)| correction.from == at) {
                let gain = (correction.to - at) as i32 * WORTH_NAME - STRETCH - correction.spelt.cost();
                offer(correction.to, gain, Is::Corrected(number));
            }
        }
        Self::gather(index, normal, corrections, &back(&steps))
    }

    /// Makes a reading of the stretches of a path, in the order of the text.
    fn gather(index: &GeoIndex, normal: &Normal, corrections: &[Correction], tokens: &[Token]) -> Self {
        let mut reading = Self::default();
        for (at, token) in tokens.iter().enumerate() {
            match token.is {
                // 北京路 is no place in Beijing, whether the library has such a road or not.
                Is::Term(term) if is_short(index, term) && !reading.is_head(normal, tokens.get(at + 1)) => {
                    (token.from..token.to).for_each(|from| {
                        reading.take_unknown(normal, &Token { from, to: from + 1, is: Is::Unknown });
                    });
                }
                Is::Term(term) => reading.take_term(index, &[term], Spelt::Exact, token),
                Is::Corrected(number) => {
                    reading.take_term(index, &corrections[number].terms, corrections[number].spelt, token);
                }
                Is::Number => reading.take_number(normal, token),
                Is::Unknown => reading.take_unknown(normal, token),
            }
        }
        reading.look_abroad(index);
        reading.take_numbers_in_front();
        let names = &reading.names;
        for rest in &mut reading.rests {
            let gap = |at: usize| normal.after_gap.get(at).copied().unwrap_or(true);
            let touches =
                |name: &Named| (name.to == rest.from && !gap(rest.from)) || (name.from == rest.to && !gap(name.from));
            rest.touches = names.iter().any(touches);
        }
        reading
    }

    /// Takes a stretch that is one or several terms over into the reading, with all that these mean: a
    /// name, a division, both, or a word that changes how the rest is meant.
    fn take_term(&mut self, index: &GeoIndex, terms: &[u32], spelt: Spelt, token: &Token) {
        let (mut names, mut grid_numbers, mut full, mut former) = (Vec::new(), Vec::new(), false, false);
        for meaning in terms.iter().flat_map(|term| index.meanings(*term)) {
            match meaning {
                Meaning::Name(name) => names.push(name),
                Meaning::Division { grid_number, form } => {
                    grid_numbers.push(grid_number);
                    full |= form != Form::Short;
                }
                Meaning::Former { grid_number } => {
                    grid_numbers.push(grid_number);
                    former = true;
                }
                Meaning::Elsewhere { kind, short } if spelt == Spelt::Exact => self.abroad.push((kind, short)),
                Meaning::Elsewhere { .. } => {}
                Meaning::Relation => {
                    self.is_relative = true;
                    self.is_junction |= terms.iter().any(|term| is_junction(index.term_text(*term)));
                }
                Meaning::Own { province: false } => self.head = terms.first().copied(),
                Meaning::Aside => self.aside_end = token.to,
                Meaning::Own { .. } => {}
            }
        }
        // A record may be named so as well, but who says 对面 means what is there.
        if terms.iter().flat_map(|term| index.meanings(*term)).any(|meaning| meaning == Meaning::Relation) {
            return;
        }
        // Who writes a name in full means it, and not another one's short form.
        let forms = |term: &u32| {
            index.meanings(*term).filter_map(|m| {
                if let Meaning::Division { grid_number, form } = m { Some((grid_number, form)) } else { None }
            })
        };
        let in_full: Vec<u32> = terms
            .iter()
            .flat_map(forms)
            .filter(|(_, form)| *form == Form::Full)
            .map(|(grid_number, _)| grid_number)
            .collect();
        if !in_full.is_empty() && !former {
            grid_numbers = in_full;
        }
        let is_name_too = !names.is_empty();
        let is_division_too = !grid_numbers.is_empty();
        if is_division_too && self.mentions.len() < NAMES_MAX {
            let level = grid_numbers.iter().map(|grid_number| index.level(*grid_number)).min().unwrap_or(0);
            self.mentions.push(Mention { grid_numbers, level, full, former, spelt, is_name_too });
        }
        if is_name_too && self.names.len() < NAMES_MAX {
            self.names.push(Named { names, spelt, is_division_too, from: token.from, to: token.to });
        }
    }

    /// Whether nothing but divisions stands before a token that would be the short name of one elsewhere, and no unknown word
    /// goes on with it.
    fn is_head(&self, normal: &Normal, next: Option<&Token>) -> bool {
        let goes_on = next.is_some_and(|next| matches!(next.is, Is::Unknown) && !normal.after_gap[next.from]);
        self.names.is_empty() && self.numbers.is_empty() && self.rests.is_empty() && !goes_on
    }

    /// Decides whether the divisions elsewhere say that another city is meant: not where the own one is named too.
    fn look_abroad(&mut self, index: &GeoIndex) {
        let own = |least: Level| {
            let is_own =
                |mention: &Mention| mention.grid_numbers.iter().any(|number| index.level(*number) >= least as u8);
            self.mentions.iter().any(|mention| mention.full && is_own(mention))
        };
        let (city, district, any) = (own(Level::City), own(Level::District), self.mentions.iter().any(|m| m.full));
        self.is_elsewhere = self.abroad.iter().any(|abroad| match abroad {
            (_, true) => !any,
            (Abroad::Province | Abroad::City, false) => !city,
            (Abroad::County, false) => !district,
        });
        self.has_other_county = self.abroad.iter().any(|abroad| matches!(abroad, (Abroad::County, false)));
    }

    /// Takes a number, or keeps it as not understood: where it counts nothing and follows an unknown word,
    /// is the first half of another one (1 15号), or says what something was (原15栋).
    fn take_number(&mut self, normal: &Normal, token: &Token) {
        let Some(number) = number_at(normal, token.from) else { return };
        // 张三 is no third building: what says not what it counts must follow something that is understood.
        // Nor is (2) behind a door a building.
        let is_loose = self.is_after_unknown(normal, token.from) || normal.bracketed[token.from];
        if number.class == Class::Bare && is_loose {
            return self.take_unknown(normal, token);
        }
        if self.numbers.len() == NUMBERS_MAX || is_half(normal, &number, token) || self.was(normal, token) {
            return (token.from..token.to)
                .for_each(|from| self.take_unknown(normal, &Token { from, to: from + 1, is: Is::Unknown }));
        }
        self.numbers.push(Counted { number, owner: self.names.len().checked_sub(1), from: token.from });
    }

    /// Whether a number in brackets is that of something else: (原15栋).
    fn was(&self, normal: &Normal, token: &Token) -> bool {
        normal.bracketed[token.from] && self.rests.last().is_some_and(|rest| rest.bracketed && rest.to == token.from)
    }

    /// Takes the numbers out that stand before the first name and are not its own: 8号泰曦苑20栋 is at number 8 of a road that is
    /// not said.
    fn take_numbers_in_front(&mut self) {
        let Some(first) = self.names.first().map(|name| name.from) else { return };
        let rests = &self.rests;
        let of_unknown = |counted: &Counted| rests.iter().any(|rest| rest.to == counted.from);
        // 16栋泰曦苑 is its 16栋, unless the number belongs to what stands before it.
        let is_in_front = |counted: &Counted| match counted.number.class {
            _ if counted.from >= first => false,
            Class::Door => true,
            class => class == Class::Building && of_unknown(counted),
        };
        let Some(number) = self.numbers.iter().find(|counted| is_in_front(counted)) else { return };
        self.in_front = Some(match number.number.class {
            Class::Building => MatchLevel::Building,
            _ if of_unknown(number) => MatchLevel::Road,
            _ => MatchLevel::DoorNumber,
        });
        self.numbers.retain(|counted| !is_in_front(counted));
    }

    fn is_after_unknown(&self, normal: &Normal, at: usize) -> bool {
        self.rests.last().is_some_and(|rest| rest.to == at && !normal.after_gap[at])
    }

    /// Keeps a character that is not understood, together with those before it if no gap is between them.
    fn take_unknown(&mut self, normal: &Normal, token: &Token) {
        let c = normal.chars[token.from];
        if c == APART || c == '-' || c == '、' {
            return;
        }
        let bracketed = normal.bracketed[token.from];
        match self.rests.last_mut() {
            Some(rest) if rest.to == token.from && !normal.after_gap[token.from] => rest.to = token.to,
            _ => {
                let apart = normal.after_gap[token.from] || self.aside_end == token.from;
                self.rests.push(Rest { from: token.from, to: token.to, touches: false, bracketed, apart });
            }
        }
    }
}

/// Whether a word says that roads meet.
fn is_junction(word: &str) -> bool {
    word.ends_with('口') || word.starts_with('交')
}

/// Whether a number is the first half of one: 1 15号, 3 3栋.
fn is_half(normal: &Normal, number: &Number, token: &Token) -> bool {
    let next = || number_at(normal, token.to + 1).is_some_and(|next| Class::OF_STEM.contains(&next.class));
    number.class == Class::Bare && normal.chars.get(token.to) == Some(&APART) && next()
}

/// Whether a term is nothing but the short name of a place elsewhere.
fn is_short(index: &GeoIndex, term: u32) -> bool {
    index.meanings(term).all(|meaning| matches!(meaning, Meaning::Elsewhere { short: true, .. }))
}

/// What a character of a term with this meaning is worth; `length` is that of the term in characters.
fn worth_of(meaning: Meaning, length: usize) -> i32 {
    match meaning {
        Meaning::Name(_) if length < 2 => 0,
        Meaning::Name(_) | Meaning::Former { .. } | Meaning::Division { form: Form::Full | Form::Other, .. } => {
            WORTH_NAME
        }
        Meaning::Division { form: Form::Short, .. } => WORTH_SHORT,
        Meaning::Elsewhere { short: false, .. } => WORTH_ELSEWHERE,
        Meaning::Elsewhere { short: true, .. } => WORTH_SHORT_ELSEWHERE,
        Meaning::Own { .. } => WORTH_ELSEWHERE,
        Meaning::Aside | Meaning::Relation => WORTH_ASIDE,
    }
}

/// The stretches of the best way, from the first to the last.
fn back(steps: &[Step]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = steps.len() - 1;
    while let Some(token) = steps.get(at).and_then(|step| step.token) {
        at = token.from;
        tokens.push(token);
    }
    tokens.reverse();
    tokens
}
