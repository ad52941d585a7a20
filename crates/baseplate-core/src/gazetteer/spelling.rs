//! How a text spells a name: exactly, or with one character wrong, missing, too many, or two changed about. Digits, letters and
//! characters that tell names apart are never guessed.

use super::normal::{AND, APART, BELOW, POINT, is_numberish};
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
    /// What a wrong spelling takes from the worth of a stretch when a text is read, in the units of
    /// `path.rs`.
    pub(super) fn cost(self) -> i32 {
        [0, 9, 10, 12, 13][self as usize]
    }
}

/// Characters that tell one name from its neighbour, and so are never guessed.
const DISTINGUISHING: &str = "新旧老上下东西南北中前后左右内外大小半顶底副附临";

/// Another name, told apart by one character (新村, 旧村).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Neighbour;

/// How a text spells a name, which must differ by exactly one edit; `None` if they differ by more, not at
/// all, or in any digit, letter or mark between numbers.
///
/// # Errors
/// [`Neighbour`] if the difference is a character that tells names apart: then another place is meant.
pub(super) fn spelt(text: &[char], name: &[char]) -> Option<Result<Spelt, Neighbour>> {
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

/// Whether two characters have a reading in common, tones left aside.
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
