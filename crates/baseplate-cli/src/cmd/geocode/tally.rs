//! How many rows had which answer.

use super::answer::{ADDED, BAND, LEVEL, STATUS};
use baseplate_core::{Band, GeocodeStatus, MatchLevel};
use std::{
    array,
    fmt::{self, Display, Formatter},
};

/// Rows by status, and the matched ones by level and band.
#[derive(Default)]
pub(super) struct Tally {
    rows: u64,
    status: [u64; GeocodeStatus::ALL.len()],
    level: [u64; MatchLevel::ALL.len()],
    band: [u64; Band::ALL.len()],
}

impl Tally {
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Counts in a row by the cells that are added to it.
    pub(super) fn count(&mut self, cells: &[impl AsRef<str>; ADDED.len()]) {
        let [status, level, band] = [STATUS, LEVEL, BAND].map(|at| cells[at].as_ref());
        self.rows += 1;
        add(&mut self.status, GeocodeStatus::ALL.map(GeocodeStatus::as_str), status);
        if status == GeocodeStatus::Matched.as_str() {
            add(&mut self.level, MatchLevel::ALL.map(MatchLevel::as_str), level);
            add(&mut self.band, Band::ALL.map(Band::as_str), band);
        }
    }
}

fn add<const N: usize>(counts: &mut [u64; N], words: [&str; N], word: &str) {
    if let Some(at) = words.iter().position(|w| *w == word) {
        counts[at] += 1;
    }
}

/// `3 room, 1 building`: what there is, with its number.
fn list<const N: usize>(counts: &[u64; N], words: [&str; N]) -> String {
    let all: [_; N] = array::from_fn(|at| (counts[at], words[at]));
    let shown = all.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    shown.collect::<Vec<_>>().join(", ")
}

impl Display for Tally {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows", self.rows)?;
        if self.rows > 0 {
            write!(f, ": {}", list(&self.status, GeocodeStatus::ALL.map(GeocodeStatus::as_str)))?;
        }
        if self.band.iter().any(|count| *count > 0) {
            write!(f, "\nmatched, by level: {}", list(&self.level, MatchLevel::ALL.map(MatchLevel::as_str)))?;
            write!(f, "\nmatched, by band: {}", list(&self.band, Band::ALL.map(Band::as_str)))?;
        }
        Ok(())
    }
}
