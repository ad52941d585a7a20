//! The kinds of noise.

use crate::{
    divisions::*,
    ground::{Ground, Noise},
    numbers::*,
    spelling::*,
    surface::*,
    text::Text,
};

/// Every kind but the mixed one.
pub(crate) const KINDS: [(&str, Noise); 30] = [
    ("clean", clean),
    ("width", width),
    ("traditional", traditional),
    ("numerals", numerals),
    ("suffix_swap", suffix_swap),
    ("suffix_dropped", suffix_dropped),
    ("leading_zeros", leading_zeros),
    ("drop_city", drop_city),
    ("drop_district", drop_district),
    ("drop_subdistrict", drop_subdistrict),
    ("drop_community", drop_community),
    ("drop_all_divisions", drop_all_divisions),
    ("repeat_divisions", repeat_divisions),
    ("divisions_out_of_order", divisions_out_of_order),
    ("division_suffix", division_suffix),
    ("wrong_district", wrong_district),
    ("no_road", no_road),
    ("no_estate", no_estate),
    ("brackets_remarks", brackets_remarks),
    ("people_phones", people_phones),
    ("spacing", spacing),
    ("emoji_control", emoji_control),
    ("typo", typo),
    ("homophone", homophone),
    ("missing_char", missing_char),
    ("doubled_char", doubled_char),
    ("swapped_chars", swapped_chars),
    ("list_of_rooms", list_of_rooms),
    ("range_of_buildings", range_of_buildings),
    ("mixed", mixed),
];

/// What `mixed` draws one of each from, in the order in which it is made. What misspells a name and what leaves out the rest that
/// could tell it are in one group, so that the text still says which place it means.
const MIXTURE: [&[Noise]; 6] = [
    &[drop_city, drop_district, drop_subdistrict, repeat_divisions, divisions_out_of_order, wrong_district],
    &[drop_all_divisions, no_road, no_estate, typo, homophone, missing_char, doubled_char, swapped_chars],
    &[numerals, suffix_swap, suffix_dropped, leading_zeros],
    &[division_suffix, traditional],
    &[spacing, brackets_remarks, people_phones],
    &[width, emoji_control],
];

fn clean(_: &mut Text, _: &mut Ground<'_>) -> bool {
    true
}

/// Two or three kinds at once.
fn mixed(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let mut groups: Vec<usize> = (0..MIXTURE.len()).collect();
    ground.random.shuffle(&mut groups);
    groups.truncate(2 + ground.random.below(2));
    groups.sort_unstable();
    groups.into_iter().all(|group| ground.random.of(MIXTURE[group]).is_some_and(|noise| noise(text, ground)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{city::tests::city, random::Random, text::tests::compound};
    use std::collections::HashSet;

    /// A text made noisy, if it could be.
    pub(crate) fn noisy(noise: Noise, mut text: Text, seed: u64) -> Option<Text> {
        let city = city();
        let mut ground = Ground { city: &city, random: Random::new(seed, "test", 0) };
        noise(&mut text, &mut ground).then_some(text)
    }

    /// A room in a compound, made noisy if it could be.
    pub(crate) fn written(noise: Noise, seed: u64) -> String {
        noisy(noise, compound(), seed).unwrap_or_default().written()
    }

    #[test]
    fn kinds_have_names_of_their_own() {
        assert_eq!(KINDS.iter().map(|(name, _)| *name).collect::<HashSet<_>>().len(), KINDS.len());
    }

    #[test]
    fn a_seed_makes_the_same_noise_again() {
        for (name, noise) in KINDS {
            assert_eq!(written(noise, 3), written(noise, 3), "{name}");
        }
        assert!((0..20).map(|seed| written(mixed, seed)).collect::<HashSet<_>>().len() > 10);
    }
}
