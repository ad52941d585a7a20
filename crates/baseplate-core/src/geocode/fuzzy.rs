//! Names that are spelt nearly so: one character wrong, missing, too many, or two changed about. Digits, letters and characters
//! that tell names apart are never guessed.

use super::{
    index::{GeoIndex, spelling_of},
    normal::Normal,
    reading::Rest,
};
use pinyin::ToPinyinMulti;
use strsim::generic_damerau_levenshtein as distance;

/// How a name in a text is spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spelt {
    /// As in the library.
    Exact,
    /// With a character that sounds the same.
    Homophone,
    /// With a character twice, or two changed about.
    Slip,
    /// With another character.
    Other,
    /// With one too few or too many.
    Length,
}

impl Spelt {
    /// What a wrong spelling costs when a text is read.
    pub(super) fn cost(self) -> i32 {
        [0, 9, 10, 12, 13][self as usize]
    }
}

/// A stretch of text that is nearly some names.
pub(super) struct Correction {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) terms: Vec<u32>,
    pub(super) spelt: Spelt,
}

/// Characters of a name that is looked for.
const LONGEST: usize = 12;
const SHORTEST: usize = 2;
/// Characters around what was not understood that may belong to the name.
const AROUND: usize = 7;
/// Stretches of one text that are looked up: a bound on the work, not on the text.
const STRETCHES: usize = 600;
/// Characters that tell one name from its neighbour.
const DISTINGUISHING: &str = "新旧老上下东西南北中前后左右内外大小";

/// The names that the text around what was not understood may be.
pub(super) fn corrections(index: &GeoIndex, normal: &Normal, rests: &[Rest]) -> Vec<Correction> {
    let mut corrections = Vec::new();
    let mut looked_up = 0;
    for rest in rests {
        let first = rest.from.saturating_sub(AROUND);
        let last = (rest.to + AROUND).min(normal.len());
        for from in first..rest.to {
            for to in (from + SHORTEST).max(rest.from + 1)..=last.min(from + LONGEST) {
                looked_up += 1;
                if looked_up <= STRETCHES {
                    corrections.extend(correct(index, normal, from, to));
                }
            }
        }
    }
    corrections
}

/// The names that one stretch may be: the best kind of spelling only.
fn correct(index: &GeoIndex, normal: &Normal, from: usize, to: usize) -> Option<Correction> {
    let chars = &normal.chars[from..to];
    let mut found: Vec<(Spelt, u32)> = Vec::new();
    let mut look = |spelling: u64| {
        for term in index.spelled(spelling) {
            if !found.iter().any(|(_, other)| *other == term) {
                let name: Vec<char> = index.term_text(term).chars().collect();
                found.extend(spelt(chars, &name).map(|spelt| (spelt, term)));
            }
        }
    };
    look(spelling_of(chars.iter().copied()));
    for left_out in 0..chars.len() {
        look(spelling_of(chars.iter().enumerate().filter(|(place, _)| *place != left_out).map(|(_, c)| *c)));
    }
    let best = found.iter().map(|(spelt, _)| *spelt).min()?;
    let terms = found.into_iter().filter(|(spelt, _)| *spelt == best).map(|(_, term)| term).collect();
    Some(Correction { from, to, terms, spelt: best })
}

/// How a text spells a name; `None` if it is another one.
fn spelt(text: &[char], name: &[char]) -> Option<Spelt> {
    if distance(text, name) != 1 || !numbers(text).eq(numbers(name)) {
        return None;
    }
    let same = text.iter().zip(name).take_while(|(a, b)| a == b).count();
    let (a, b) = (text.get(same), name.get(same));
    if text.len() == name.len() {
        let (a, b) = (*a?, *b?);
        if text[same + 1..] != name[same + 1..] {
            return Some(Spelt::Slip);
        }
        let tells = |c: char| DISTINGUISHING.contains(c);
        return match (tells(a) && tells(b)) || (tells(b) && same + 1 == name.len()) {
            true => None,
            false if sound_alike(a, b) => Some(Spelt::Homophone),
            false => Some(Spelt::Other),
        };
    }
    let (longer, other) = if text.len() > name.len() { (text, text) } else { (name, name) };
    let extra = *longer.get(same)?;
    let doubled = text.len() > name.len() && same > 0 && other.get(same - 1) == Some(&extra);
    match DISTINGUISHING.contains(extra) && !doubled {
        true => None,
        false if doubled => Some(Spelt::Slip),
        false => Some(Spelt::Length),
    }
}

/// The digits and letters of a text.
fn numbers(chars: &[char]) -> impl Iterator<Item = &char> {
    chars.iter().filter(|c| c.is_ascii_alphanumeric())
}

fn sound_alike(a: char, b: char) -> bool {
    let sounds = |c: char| c.to_pinyin_multi().into_iter().flatten().map(|p| p.plain());
    sounds(a).any(|sound| sounds(b).any(|other| other == sound))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_forgiven_and_no_number() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        for (text, name, expected) in [
            ("海糖路", "海棠路", Some(Spelt::Homophone)),
            ("海棚路", "海棠路", Some(Spelt::Other)),
            ("棠海路", "海棠路", Some(Spelt::Slip)),
            ("海棠棠路", "海棠路", Some(Spelt::Slip)),
            ("珠峰物中心", "珠峰购物中心", Some(Spelt::Length)),
            ("红棉4路", "红棉5路", None),
            ("红棉路", "红棉4路", None),
            ("石榴新村", "石榴旧村", None),
            ("海棠路", "海棠东路", None),
            ("海棠路", "海棠路", None),
            ("海石路", "红棉路", None),
        ] {
            assert_eq!(spelt(&chars(text), &chars(name)), expected, "{text} for {name}");
        }
    }
}
