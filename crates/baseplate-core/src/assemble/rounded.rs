//! Codes that may be several ones: a spreadsheet rounded them, and now they are one number.
//!
//! A spreadsheet keeps 15 digits of a number, so a column of longer codes that was opened in one ends in
//! zeros, and many codes have become the same. Whether a code that looks so is a real one cannot be seen by
//! itself. Rows with such codes wait until all are read; those that share one are rejected if most long
//! codes of the sources look so, or if the code can hardly be real.

use super::{areas::AreaRow, log::Log};
use crate::code::{ends_rounded, is_long, looks_rounded, surely_rounded};
use std::collections::{BTreeMap, HashMap};

/// Why all rows with such a code are rejected.
pub(super) const SHARED: &str = "several rows have this code, which looks like a rounded number, so it may be several codes: format \
     the column as text and export again";

/// Rows whose codes look rounded, put aside until it is known which of them share one.
pub(super) struct RoundedCodes<T> {
    /// How many codes are long enough to be rounded.
    long: u64,
    /// The rows that wait, with their codes.
    aside: Vec<(String, T)>,
}

impl<T> Default for RoundedCodes<T> {
    fn default() -> Self {
        Self { long: 0, aside: Vec::new() }
    }
}

/// What became of the rows that were put aside, in their order.
struct Judged<T> {
    /// The rows that may be used.
    kept: Vec<T>,
    /// The rows that share a code with another.
    refused: Vec<T>,
}

impl<T> RoundedCodes<T> {
    /// Gives a row back unless its code looks rounded.
    pub(super) fn pass(&mut self, code: &str, row: T) -> Option<T> {
        self.long += u64::from(is_long(code));
        if !looks_rounded(code) {
            return Some(row);
        }
        self.aside.push((code.to_owned(), row));
        None
    }

    /// Judges the rows that were put aside; those that are alone with their code are counted by source, and
    /// noted.
    fn judge(self, source: impl Fn(&T) -> usize, log: &mut Log) -> Judged<T> {
        let mostly = 2 * self.aside.len() as u64 > self.long;
        let mut counts: HashMap<String, u64> = HashMap::new();
        self.aside.iter().for_each(|(code, _)| *counts.entry(code.clone()).or_default() += 1);
        let mut judged = Judged { kept: Vec::new(), refused: Vec::new() };
        let mut alone: BTreeMap<usize, u64> = BTreeMap::new();
        for (code, row) in self.aside {
            let is_alone = counts[&code] == 1;
            *alone.entry(source(&row)).or_default() += u64::from(is_alone && (mostly || ends_rounded(&code)));
            let refused = !is_alone && (mostly || surely_rounded(&code));
            let rows = if refused { &mut judged.refused } else { &mut judged.kept };
            rows.push(row);
        }
        note(&alone, log);
        judged
    }
}

impl<D> RoundedCodes<(D, AreaRow)> {
    /// Gives back the rows that may be used; the others are rejected.
    pub(super) fn release(self, code: impl Fn(&D) -> &str, log: &mut Log) -> Vec<(D, AreaRow)> {
        let Judged { kept, refused } = self.judge(|(_, found)| found.source, log);
        for (draft, found) in refused {
            let remark = log.code_remark(found.source, found.row.number, code(&draft), SHARED);
            log.withdraw(found.source, &remark);
        }
        kept
    }
}

/// Says how many codes of each source look rounded and stand in one row only.
pub(super) fn note(alone: &BTreeMap<usize, u64>, log: &mut Log) {
    for (source, count) in alone.iter().filter(|(_, count)| **count > 0) {
        let path = log.source(*source).path.clone();
        log.notes.push(format!(
            "{path}: {count} codes look like rounded numbers; each stands in one row and was kept: are they right?"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(codes: &[&str]) -> (usize, usize, usize) {
        let dir = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(dir.path().join(crate::store::names::PRIVATE)).expect("a folder");
        let mut log = Log::create(dir.path()).expect("a log");
        let mut rounded = RoundedCodes::default();
        let passed = codes.iter().filter_map(|code| rounded.pass(code, *code)).count();
        let Judged { kept, refused } = rounded.judge(|_| 0, &mut log);
        (passed, kept.len(), refused.len())
    }

    #[test]
    fn rows_that_share_a_rounded_code_are_refused() {
        let real = "9901010010010100001";
        assert_eq!(judged(&[real, real, "12", "12"]), (4, 0, 0));
        assert_eq!(judged(&[real, real, real, "9901010010010100000", "9901010010010100000"]), (3, 0, 2));
    }

    #[test]
    fn codes_that_went_through_doubles_are_refused_where_most_did() {
        let (double, other, real) = ("4403040010010100224", "4403040010010101248", "4403040010010100225");
        assert_eq!(judged(&[double, double, other, other]), (0, 0, 4));
        assert_eq!(judged(&[double, double, real, real, real]), (3, 2, 0), "one in a thousand is a double by chance");
    }

    #[test]
    fn one_zero_is_chance_unless_most_codes_have_it() {
        let (shared, real) = ("1234567890123450", "1234567890123451");
        assert_eq!(judged(&[shared, shared, real, real, real]), (3, 2, 0));
        assert_eq!(judged(&[shared, shared, real]), (1, 0, 2));
    }
}
