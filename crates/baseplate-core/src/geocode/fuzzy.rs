//! Names that are spelt nearly so: one character wrong, missing, too many, or two changed about. Digits, letters and characters
//! that tell names apart are never guessed.

use super::{
    index::{GeoIndex, spellings_of},
    normal::{AND, APART, BELOW, Normal, POINT, is_numberish},
    reading::Reading,
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
/// Names that one stretch is compared with.
const TERMS_MAX: usize = 256;
/// Characters that tell one name from its neighbour.
const DISTINGUISHING: &str = "新旧老上下东西南北中前后左右内外大小半顶底副附临";

/// The names that the text around what was not understood may be.
pub(super) fn corrections(index: &GeoIndex, normal: &Normal, reading: &Reading) -> Vec<Correction> {
    let within = reading.lowest();
    let mut corrections = Vec::new();
    let mut neighbours = Vec::new();
    let mut looked_up = 0;
    for rest in &reading.rests {
        let first = rest.from.saturating_sub(AROUND);
        let last = (rest.to + AROUND).min(normal.len());
        for from in first..rest.to {
            for to in (from + SHORTEST).max(rest.from + 1)..=last.min(from + LONGEST) {
                looked_up += 1;
                if looked_up <= STRETCHES {
                    match correct(index, within, normal, from, to) {
                        Ok(correction) => corrections.extend(correction),
                        Err(Neighbour) => neighbours.push((from, to)),
                    }
                }
            }
        }
    }
    let is_meant = |c: &Correction| !neighbours.iter().any(|(from, to)| c.from < *to && *from < c.to);
    corrections.retain(is_meant);
    corrections
}

/// The names that one stretch may be: those of the area that the text names before others, the best kind of spelling only.
/// An error if it is a name but for a character that tells it from its neighbour: then that name is meant, or none.
fn correct(
    index: &GeoIndex,
    within: &[u32],
    normal: &Normal,
    from: usize,
    to: usize,
) -> Result<Option<Correction>, Neighbour> {
    let chars = &normal.chars[from..to];
    let mut found: Vec<(bool, Spelt, u32)> = Vec::new();
    let mut seen: Vec<u32> = Vec::new();
    let mut is_neighbour = false;
    let look = |spelling: u64| {
        for term in index.spelled(spelling) {
            if seen.contains(&term) || seen.len() >= TERMS_MAX {
                continue;
            }
            seen.push(term);
            let name: Vec<char> = index.term_text(term).chars().collect();
            match spelt(chars, &name) {
                Some(Ok(spelt)) => found.push((!index.is_term_in(term, within), spelt, term)),
                Some(Err(Neighbour)) => is_neighbour = true,
                None => {}
            }
        }
    };
    spellings_of(chars, look);
    if is_neighbour {
        return Err(Neighbour);
    }
    let best = found.iter().map(|(outside, spelt, _)| (*outside, *spelt)).min();
    let Some((outside, best)) = best else { return Ok(None) };
    let terms =
        found.into_iter().filter(|(o, spelt, _)| (*o, *spelt) == (outside, best)).map(|(_, _, term)| term).collect();
    Ok(Some(Correction { from, to, terms, spelt: best }))
}

/// Another name, told apart by one character (新村, 旧村).
#[derive(Debug, PartialEq, Eq)]
struct Neighbour;

/// How a text spells a name; `None` if they have little to do with one another.
fn spelt(text: &[char], name: &[char]) -> Option<Result<Spelt, Neighbour>> {
    if distance(text, name) != 1 || !numbers(text).eq(numbers(name)) {
        return None;
    }
    let same = text.iter().zip(name).take_while(|(a, b)| a == b).count();
    if text.len() == name.len() {
        return Some(changed(text, name, same));
    }
    let longer = if text.len() > name.len() { text } else { name };
    let extra = *longer.get(same)?;
    let doubled = text.len() > name.len() && same > 0 && text.get(same - 1) == Some(&extra);
    Some(match DISTINGUISHING.contains(extra) {
        _ if doubled => Ok(Spelt::Slip),
        true => Err(Neighbour),
        false => Ok(Spelt::Length),
    })
}

/// How a text spells a name of the same length that differs from the character `same` on.
fn changed(text: &[char], name: &[char], same: usize) -> Result<Spelt, Neighbour> {
    let (a, b) = (text[same], name[same]);
    let tells = |c: char| DISTINGUISHING.contains(c);
    match text[same + 1..] == name[same + 1..] {
        false => Ok(Spelt::Slip),
        true if tells(a) && tells(b) => Err(Neighbour),
        true if sound_alike(a, b) => Ok(Spelt::Homophone),
        true => Ok(Spelt::Other),
    }
}

/// The digits, letters and stems of a text, and the marks between them.
fn numbers(chars: &[char]) -> impl Iterator<Item = &char> {
    chars.iter().filter(|c| is_numberish(**c) || matches!(**c, APART | AND | POINT | BELOW | '-'))
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
            ("海糖路", "海棠路", Some(Ok(Spelt::Homophone))),
            ("海棚路", "海棠路", Some(Ok(Spelt::Other))),
            ("棠海路", "海棠路", Some(Ok(Spelt::Slip))),
            ("海棠棠路", "海棠路", Some(Ok(Spelt::Slip))),
            ("珠峰物中心", "珠峰购物中心", Some(Ok(Spelt::Length))),
            ("红棉4路", "红棉5路", None),
            ("红棉路", "红棉4路", None),
            ("石榴新村", "石榴旧村", Some(Err(Neighbour))),
            ("海棠路", "海棠东路", Some(Err(Neighbour))),
            ("海棠路", "海棠路", None),
            ("海石路", "红棉路", None),
        ] {
            assert_eq!(spelt(&chars(text), &chars(name)), expected, "{text} for {name}");
        }
    }
}
