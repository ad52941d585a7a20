//! Slips of the pen in names of roads, villages and estates. Numbers, what distinguishes neighbours, and the last character of
//! a name stay as they are; and no slip makes another name of the city out of one.

use crate::{
    characters::{DISTINGUISHING, HOMOPHONES, LOOK_ALIKES, ORDINARY},
    ground::Ground,
    text::{Part, Text},
};

/// Attempts to find a slip that can be made.
const ATTEMPTS: usize = 8;

/// Another character that looks alike, or any.
pub(crate) fn typo(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    slip(text, ground, |name, at, ground| {
        let alike = others(LOOK_ALIKES, name[at]);
        let ordinary: Vec<char> = ORDINARY.chars().collect();
        let from = if alike.is_empty() || ground.random.chance(0.5) { &ordinary } else { &alike };
        name[at] = ground.random.of(from)?;
        Some(())
    })
}

/// Another character that sounds alike.
pub(crate) fn homophone(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    slip(text, ground, |name, at, ground| {
        name[at] = ground.random.of(&others(HOMOPHONES, name[at]))?;
        Some(())
    })
}

/// A character less.
pub(crate) fn missing_char(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    slip(text, ground, |name, at, _| {
        name.remove(at);
        (name.len() >= 2).then_some(())
    })
}

/// A character twice.
pub(crate) fn doubled_char(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    slip(text, ground, |name, at, _| {
        name.insert(at, name[at]);
        Some(())
    })
}

/// Two neighbours in the wrong order.
pub(crate) fn swapped_chars(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    slip(text, ground, |name, at, _| {
        let next = name.get(at + 1).copied().filter(|next| may_be_misspelt(*next) && at + 2 < name.len())?;
        name[at + 1] = name[at];
        name[at] = next;
        Some(())
    })
}

/// Makes a slip in the road or the estate.
fn slip(
    text: &mut Text,
    ground: &mut Ground<'_>,
    make: impl Fn(&mut Vec<char>, usize, &mut Ground<'_>) -> Option<()>,
) -> bool {
    let parts: Vec<Part> = [Part::Road, Part::Estate].into_iter().filter(|part| text.has(*part)).collect();
    (0..ATTEMPTS).any(|_| {
        let Some(part) = ground.random.of(&parts) else { return false };
        let mut name: Vec<char> = text.get(part).chars().collect();
        let last = name.len().saturating_sub(1);
        let places: Vec<usize> = (0..last).filter(|at| may_be_misspelt(name[*at])).collect();
        let made = ground.random.of(&places).and_then(|at| make(&mut name, at, ground));
        let name: String = name.into_iter().collect();
        made.is_some() && !ground.city.is_name(&name) && text.write(part, name)
    })
}

fn may_be_misspelt(c: char) -> bool {
    !c.is_ascii() && !DISTINGUISHING.contains(c)
}

/// The other characters of the words that a character is in.
fn others(words: &str, c: char) -> Vec<char> {
    let around = words.split_whitespace().filter(|word| word.contains(c));
    around.flat_map(str::chars).filter(|other| *other != c && may_be_misspelt(*other)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ground::Noise,
        noise::tests::noisy,
        text::tests::{compound, village},
    };

    /// The characters of both names, without those that both have at their ends.
    fn difference(old: &str, new: &str) -> (String, String) {
        let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
        let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let rest = |name: &[char], end: usize| name[start..name.len() - end].iter().collect::<String>();
        let end = old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(|(a, b)| a == b).count();
        (rest(&old, end), rest(&new, end))
    }

    fn differences(noise: Noise) -> Vec<(String, String)> {
        let all = (0..200).flat_map(|seed| {
            [(compound(), noisy(noise, compound(), seed)), (village(), noisy(noise, village(), seed))]
        });
        let made = all.filter_map(|(old, new)| Some(difference(&old.written(), &new?.written())));
        made.inspect(|(old, new)| {
            assert!(format!("{old}{new}").chars().all(may_be_misspelt), "{old} {new}");
        })
        .collect()
    }

    #[test]
    fn a_slip_is_as_long_as_its_kind_says() {
        let lengths = |noise| {
            let all = differences(noise);
            assert!(all.len() > 100);
            let count = |text: &str| text.chars().count();
            let mut lengths: Vec<_> = all.iter().map(|(old, new)| (count(old), count(new))).collect();
            lengths.sort_unstable();
            lengths.dedup();
            lengths
        };
        assert_eq!(lengths(typo), [(1, 1)]);
        assert_eq!(lengths(homophone), [(1, 1)]);
        assert_eq!(lengths(missing_char), [(1, 0)]);
        assert_eq!(lengths(doubled_char), [(0, 1)]);
        assert_eq!(lengths(swapped_chars), [(2, 2)]);
    }

    #[test]
    fn words_that_sound_alike() {
        assert_eq!(others(HOMOPHONES, '棠'), ['堂', '糖']);
        assert!(others(HOMOPHONES, '十').is_empty());
    }
}
