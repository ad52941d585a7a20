//! Names of the library that are nearly those that a text has where it is not understood.

use super::{
    index::{GeoIndex, spellings_of},
    normal::Normal,
    reading::Reading,
    spelling::{Neighbour, Spelt, spelt},
};

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
