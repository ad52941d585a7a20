//! What a text says: the names, divisions and numbers in it, and what is left over.

use super::{
    answer::MatchLevel,
    fuzzy::{self, Spelt},
    grammar::Parsed,
    index::{Abroad, Automaton, Form, GeoIndex, Meaning},
    normal::{APART, Normal},
    number::{Class, Number, is_phone, number_at},
    rest::Rest,
    words,
};
use crate::model::Level;
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
    /// Where it begins.
    pub(super) from: usize,
}

impl Counted {
    pub(super) fn to(&self) -> usize {
        self.from + self.number.len
    }
}

/// A text, read.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    pub(super) mentions: Vec<Mention>,
    pub(super) names: Vec<Named>,
    pub(super) numbers: Vec<Counted>,
    pub(super) rests: Vec<Rest>,
    /// The term of a division that the plate lacks and the library puts addresses under.
    pub(super) head: Option<u32>,
    /// Whether a place outside the city is named.
    pub(super) is_elsewhere: bool,
    /// Whether a county of another city is named beside the own city.
    pub(super) has_other_county: bool,
    /// What is not confirmed of the numbers that stand before the first name: they are those of something else.
    pub(super) in_front: Option<MatchLevel>,
    /// Whether the place is named by another one (对面), and whether it is where roads meet.
    pub(super) is_relative: bool,
    pub(super) is_junction: bool,
    /// The divisions elsewhere that are named.
    pub(super) abroad: Vec<(Abroad, bool)>,
    /// Where the last word around an address ends.
    pub(super) aside_end: usize,
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

    /// The divisions and names of a text that was taken apart as the library takes its own; `None` if there are others than the
    /// library has.
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
        for (place, token) in tokens.iter().enumerate() {
            match token.is {
                // 北京路 is no place in Beijing, whether the library has such a road or not.
                Is::Term(term) if is_short(index, term) && !reading.is_head(normal, tokens.get(place + 1)) => {
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

    /// Whether something in the text besides misspelt names says where it is: another name; or, of names that sound the same or are
    /// a slip, a community or subdistrict.
    pub(super) fn vouches(&self, index: &GeoIndex) -> bool {
        let is_low = |row: &u32| index.level(*row) <= Level::Subdistrict as u8;
        let is_division = |m: &Mention| m.full && m.spelt == Spelt::Exact && m.rows.iter().any(is_low);
        // A village or town tells little; a road with its door, or an estate with its building, tells which place is meant.
        let is_exact = |(at, named): (usize, &Named)| {
            let has_number = || self.numbers.iter().any(|number| number.owner == Some(at));
            named.spelt == Spelt::Exact && (self.sounds_alike() || has_number())
        };
        self.names.iter().enumerate().any(is_exact) || self.sounds_alike() && self.mentions.iter().any(is_division)
    }

    /// Whether no name is spelt with other characters than some that sound the same or are a slip.
    pub(super) fn sounds_alike(&self) -> bool {
        self.names.iter().all(|named| named.spelt <= Spelt::Slip)
    }

    /// The names of the two roads of which a text says nothing but that they meet.
    pub(super) fn crossing(&self, index: &GeoIndex) -> Option<[u32; 2]> {
        let road = |named: &Named| {
            let [name] = named.names[..] else { return None };
            (named.spelt == Spelt::Exact && words::is_road(index.name_text(name))).then_some(name)
        };
        let [one, other] = &self.names[..] else { return None };
        let says_more = !self.numbers.is_empty() || self.rests.iter().any(|rest| rest.to > rest.from + 1);
        let both = [road(one)?, road(other)?];
        (both[0] != both[1] && self.is_junction && !says_more).then_some(both)
    }

    /// Whether the text says nothing of any place.
    pub(super) fn is_nothing(&self) -> bool {
        let says = !self.mentions.is_empty() || !self.names.is_empty() || !self.numbers.is_empty();
        !says && !self.is_relative && self.abroad.is_empty()
    }

    /// Whether a division stands there in so many words: not cut short, and not but for a character that sounds otherwise.
    pub(super) fn has_division(&self) -> bool {
        self.mentions.iter().any(|mention| mention.former || mention.full && mention.spelt <= Spelt::Slip)
    }

    /// Whether a place may lie in the division that the text names and the plate lacks.
    pub(super) fn may_be_under(&self, head: Option<u32>) -> bool {
        self.head.zip(head).is_none_or(|(asked, own)| asked == own)
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
                Meaning::Elsewhere { of, short } if spelt == Spelt::Exact => self.abroad.push((of, short)),
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
            index
                .meanings(*term)
                .filter_map(|m| if let Meaning::Division { row, form } = m { Some((row, form)) } else { None })
        };
        let in_full: Vec<u32> =
            terms.iter().flat_map(forms).filter(|(_, form)| *form == Form::Full).map(|(row, _)| row).collect();
        if !in_full.is_empty() && !former {
            rows = in_full;
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

    /// Whether nothing but divisions stands before a token that would be the short name of one elsewhere, and no unknown word
    /// goes on with it.
    fn is_head(&self, normal: &Normal, next: Option<&Token>) -> bool {
        let goes_on = next.is_some_and(|next| matches!(next.is, Is::Unknown) && !normal.after_gap[next.from]);
        self.names.is_empty() && self.numbers.is_empty() && self.rests.is_empty() && !goes_on
    }

    /// Decides whether the divisions elsewhere say that another city is meant: not where the own one is named too.
    fn look_abroad(&mut self, index: &GeoIndex) {
        let own = |least: Level| {
            let is_own = |mention: &Mention| mention.rows.iter().any(|row| index.level(*row) >= least as u8);
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

/// Where words and phone numbers in front of an address end: 地址, 电话 13800000000.
pub(super) fn label_end(index: &GeoIndex, normal: &Normal) -> usize {
    let mut at = 0;
    loop {
        let mut length = 0;
        terms_at(index.terms(), &normal.chars[at..], |of, term| {
            let is_aside = index.meanings(term).all(|meaning| meaning == Meaning::Aside);
            length = if is_aside && of > 1 { of } else { length };
        });
        let is_of_phone = |at: &usize| is_phone(&normal.chars, *at) || normal.chars[*at] == APART;
        length += (at + length..normal.len()).take_while(is_of_phone).count();
        at += length;
        if length == 0 || at >= normal.len() {
            return at.min(normal.len());
        }
    }
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

/// The division that the library may have put before an address: the length and the term of the longest.
pub(super) fn head_at(index: &GeoIndex, chars: &[char]) -> Option<(usize, u32)> {
    let mut longest = None;
    terms_at(index.terms(), chars, |length, term| {
        if index.meanings(term).any(Meaning::is_head) {
            longest = Some((length, term));
        }
    });
    longest
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
