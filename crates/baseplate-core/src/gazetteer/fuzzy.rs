//! Names of the library that are nearly those that a text has where it is not understood.
//!
//! Every name of at least three characters is in the index under the hash of its spelling and under the
//! hashes of it without one character. A stretch of the text is hashed in the same way, so two spellings
//! that differ by one character, missing, added, replaced or changed about with its neighbour, share a
//! hash. What the hashes find is compared character by character in `spelling.rs`.
//!
//! Only stretches around words that were not understood are looked up, of 2 to 12 characters, and at most
//! [`STRETCHES`] of one text; each is compared with at most [`TERMS_MAX`] names. So a correction never
//! touches what the text says plainly, and the work is bounded.

use super::{
    index::{GeoIndex, spellings_of},
    normal::Normal,
    reading::Reading,
    spelling::{Neighbour, Spelt, spelt},
};

/// A stretch of the text that is nearly some names of the library.
pub(super) struct Correction {
    /// The index of its first character in the normal form.
    pub(super) from: usize,
    /// The index behind its last character.
    pub(super) to: usize,
    /// The terms that it may be, all spelt equally well.
    pub(super) terms: Vec<u32>,
    /// How they are spelt.
    pub(super) spelt: Spelt,
}

/// The most characters of a stretch.
const LONGEST: usize = 12;
/// The fewest characters of a stretch.
const SHORTEST: usize = 2;
/// Characters around what was not understood that may belong to the name.
const AROUND: usize = 7;
/// Stretches of one text that are looked up: a bound on the work, not on the text.
const STRETCHES: usize = 600;
/// Names that one stretch is compared with.
const TERMS_MAX: usize = 256;
/// The names that the text around what was not understood may be. Where a stretch is a name but for a
/// character that tells names apart (新村, 旧村), no correction that overlaps it is taken: whoever wrote it
/// meant another place.
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

/// The names that the characters `from..to` may be: those in `within`, the areas that the text names,
/// before others, and only the best kind of spelling.
///
/// # Errors
/// [`Neighbour`] if it is a name but for a character that tells it from its neighbour: then that name is
/// meant, or none.
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
