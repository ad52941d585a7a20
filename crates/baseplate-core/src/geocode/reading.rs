//! What a text says: the names, divisions and numbers in it, and what is left over.

use super::{
    fuzzy::{self, Spelt},
    index::{Automaton, Form, GeoIndex, Meaning},
    normal::{APART, Normal},
    number::{Class, Number, number_at},
};
use fst::raw::Output;

/// A stretch of the text that is understood, or is not.
#[derive(Debug, Clone, Copy)]
struct Token {
    from: usize,
    to: usize,
    is: Is,
}

#[derive(Debug, Clone, Copy)]
enum Is {
    Term(u32),
    /// One of the corrections, by number.
    Corrected(usize),
    Number,
    Unknown,
}

/// A division that a text names.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    /// The rows of the grids that it may be.
    pub(super) rows: Vec<u32>,
    /// The lowest level of these, as a number.
    pub(super) level: u8,
    /// Whether it stands there in full; a short form may be anything.
    pub(super) full: bool,
    /// Whether that is a name that it had.
    pub(super) former: bool,
    pub(super) spelt: Spelt,
    /// Whether the same characters are also a name of roads or estates.
    pub(super) is_name_too: bool,
}

/// A name of roads or estates in a text.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// Names that are spelt so, or nearly so.
    pub(super) names: Vec<u32>,
    pub(super) spelt: Spelt,
    /// Whether the same characters are also a division.
    pub(super) is_division_too: bool,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// A number in a text.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    pub(super) number: Number,
    /// The name before it, by its place among the names.
    pub(super) owner: Option<usize>,
}

/// What is not understood.
#[derive(Debug, Clone)]
pub(super) struct Rest {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Whether it touches a name, so that it may be part of it.
    pub(super) touches: bool,
    pub(super) bracketed: bool,
}

/// A text, read.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    pub(super) mentions: Vec<Mention>,
    pub(super) names: Vec<Named>,
    pub(super) numbers: Vec<Counted>,
    pub(super) rests: Vec<Rest>,
    /// Whether a place outside the city is named, and whether in full.
    pub(super) elsewhere: Option<bool>,
}

/// What a character of each kind is worth on the way through a text; the best way is taken.
const WORTH_NAME: i32 = 10;
const WORTH_SHORT: i32 = 7;
const WORTH_ELSEWHERE: i32 = 9;
const WORTH_ASIDE: i32 = 6;
const WORTH_SHORT_ELSEWHERE: i32 = 5;
/// Names, divisions and numbers of one text that are looked at: a bound on the work.
const NAMES_MAX: usize = 16;
const NUMBERS_MAX: usize = 16;
/// What each stretch costs, so that few long ones are better than many short ones.
const STRETCH: i32 = 4;

/// The best way to a place in the text.
#[derive(Clone, Copy)]
struct Step {
    worth: i32,
    token: Option<Token>,
}

impl Reading {
    /// Reads a text as it is spelt.
    pub(super) fn of(index: &GeoIndex, normal: &Normal) -> Self {
        Self::along(index, normal, &[])
    }

    /// Reads a text once more and also takes names that are nearly spelt so, around what was not understood.
    pub(super) fn corrected(&self, index: &GeoIndex, normal: &Normal) -> Self {
        Self::along(index, normal, &fuzzy::corrections(index, normal, self))
    }

    fn along(index: &GeoIndex, normal: &Normal, corrections: &[fuzzy::Correction]) -> Self {
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

    fn gather(index: &GeoIndex, normal: &Normal, corrections: &[fuzzy::Correction], tokens: &[Token]) -> Self {
        let mut reading = Self::default();
        for token in tokens {
            match token.is {
                Is::Term(term) => reading.take_term(index, &[term], Spelt::Exact, token),
                Is::Corrected(number) => {
                    reading.take_term(index, &corrections[number].terms, corrections[number].spelt, token);
                }
                Is::Number => reading.take_number(normal, token),
                Is::Unknown => reading.take_unknown(normal, token),
            }
        }
        let names = &reading.names;
        for rest in &mut reading.rests {
            let gap = |at: usize| normal.after_gap.get(at).copied().unwrap_or(true);
            let touches =
                |name: &Named| (name.to == rest.from && !gap(rest.from)) || (name.from == rest.to && !gap(name.from));
            rest.touches = names.iter().any(touches);
        }
        reading
    }

    /// The lowest divisions that are named in full.
    pub(super) fn lowest(&self) -> &[u32] {
        let full = self.mentions.iter().filter(|mention| mention.full && mention.spelt == Spelt::Exact);
        full.min_by_key(|mention| mention.level).map_or(&[], |mention| &mention.rows)
    }

    fn take_term(&mut self, index: &GeoIndex, terms: &[u32], spelt: Spelt, token: &Token) {
        let (mut names, mut rows, mut full, mut former) = (Vec::new(), Vec::new(), false, false);
        for meaning in terms.iter().flat_map(|term| index.meanings(*term)) {
            match meaning {
                Meaning::Name(name) => names.push(name),
                Meaning::Division { row, form } => {
                    rows.push(row);
                    full |= form != Form::Short;
                }
                Meaning::Former { row } => {
                    rows.push(row);
                    former = true;
                }
                Meaning::Elsewhere { short, province } => {
                    let own = self.mentions.iter().any(|mention| mention.full);
                    if !own && !province && spelt == Spelt::Exact {
                        self.elsewhere = Some(self.elsewhere.unwrap_or(false) || !short);
                    }
                }
                Meaning::Aside => {}
            }
        }
        let is_name_too = !names.is_empty();
        let is_division_too = !rows.is_empty();
        if is_division_too && self.mentions.len() < NAMES_MAX {
            let level = rows.iter().map(|row| index.level(*row)).min().unwrap_or(0);
            self.mentions.push(Mention { rows, level, full, former, spelt, is_name_too });
        }
        if is_name_too && self.names.len() < NAMES_MAX {
            self.names.push(Named { names, spelt, is_division_too, from: token.from, to: token.to });
        }
    }

    fn take_number(&mut self, normal: &Normal, token: &Token) {
        let Some(number) = number_at(normal, token.from) else { return };
        // 张三 is no third building: what says not what it counts must follow something that is understood.
        if number.class == Class::Bare && self.is_after_unknown(normal, token.from) {
            return self.take_unknown(normal, token);
        }
        if self.numbers.len() == NUMBERS_MAX {
            return self.take_unknown(normal, token);
        }
        self.numbers.push(Counted { number, owner: self.names.len().checked_sub(1) });
    }

    fn is_after_unknown(&self, normal: &Normal, at: usize) -> bool {
        self.rests.last().is_some_and(|rest| rest.to == at && !normal.after_gap[at])
    }

    fn take_unknown(&mut self, normal: &Normal, token: &Token) {
        let c = normal.chars[token.from];
        if c == APART || c == '-' || c == '、' {
            return;
        }
        let bracketed = normal.bracketed[token.from];
        match self.rests.last_mut() {
            Some(rest) if rest.to == token.from && !normal.after_gap[token.from] => rest.to = token.to,
            _ => self.rests.push(Rest { from: token.from, to: token.to, touches: false, bracketed }),
        }
    }
}

fn worth_of(meaning: Meaning, length: usize) -> i32 {
    match meaning {
        Meaning::Name(_) if length < 2 => 0,
        Meaning::Name(_) | Meaning::Former { .. } | Meaning::Division { form: Form::Full | Form::Other, .. } => {
            WORTH_NAME
        }
        Meaning::Division { form: Form::Short, .. } => WORTH_SHORT,
        Meaning::Elsewhere { short: false, .. } => WORTH_ELSEWHERE,
        Meaning::Elsewhere { short: true, .. } => WORTH_SHORT_ELSEWHERE,
        Meaning::Aside => WORTH_ASIDE,
    }
}

/// The tokens of the best way.
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

/// The terms at the beginning of some characters: their lengths and numbers.
pub(super) fn terms_at(terms: &Automaton, chars: &[char], mut found: impl FnMut(usize, u32)) {
    let mut node = terms.root();
    let mut output = Output::zero();
    for (length, c) in (1..).zip(chars) {
        let mut bytes = [0; 4];
        for byte in c.encode_utf8(&mut bytes).bytes() {
            let Some(at) = node.find_input(byte) else { return };
            let transition = node.transition(at);
            output = output.cat(transition.out);
            node = terms.node(transition.addr);
        }
        if node.is_final() {
            found(length, output.cat(node.final_output()).value() as u32);
        }
    }
}
