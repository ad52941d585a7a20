//! Records found by what somebody types: their code, or a part of their name.

use super::{handle::Baseplate, layer::Layer, rows::Record};
use crate::{code::fold_code, store::Counting};
use memchr::memmem::Finder;
use rayon::prelude::*;
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

/// How long names are looked through for one answer.
const SCAN: Duration = Duration::from_millis(100);
/// Names with the text in them that are weighed for one answer, of each layer.
const WEIGHED: usize = 1_000;

/// What a search found.
#[derive(Debug)]
pub struct FoundRecords<'a> {
    /// The records, the best first: those with this code or name, then those whose code begins so, whose name does, and those whose name
    /// has the text in it; names the shortest first, codes in their order.
    pub records: Vec<Record<'a>>,
    /// Whether these are all that there are: no more were found than were asked for, and all names were looked at in time.
    pub complete: bool,
}

impl Baseplate {
    /// Up to `limit` records of layers by their code, its beginning, or a part of their name; of one layer if it is named. Natural persons
    /// in business are found where lists may name them.
    ///
    /// Codes and beginnings of names are looked up; names are looked through for at most a tenth of a second.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let found = plate.search_records("91990101MAHTNDDP28", None, 5);
    /// assert_eq!(found.records[0].code(), "91990101MAHTNDDP28");
    /// let found = plate.search_records("悦酒店", Some("enterprises"), 5);
    /// assert!(found.records.iter().all(|record| record.name().is_some_and(|name| name.contains("悦酒店"))));
    /// ```
    pub fn search_records(&self, text: &str, layer: Option<&str>, limit: usize) -> FoundRecords<'_> {
        self.search_records_for(text, layer, limit, SCAN)
    }

    /// The same with another time for looking through names.
    pub(crate) fn search_records_for(
        &self,
        text: &str,
        layer: Option<&str>,
        limit: usize,
        scan: Duration,
    ) -> FoundRecords<'_> {
        let (text, until) = (text.trim(), Instant::now() + scan);
        let mut found = FoundRecords { records: Vec::new(), complete: true };
        if text.is_empty() {
            return found;
        }
        let is_asked = |of: &Layer<'_>| of.counting() == Counting::Records && layer.is_none_or(|id| of.id() == id);
        for layer in self.layers().filter(is_asked) {
            found.records.extend(with_code(layer, text, limit + 1));
            found.records.extend(layer.named(text, limit + 1));
            let (rows, complete) = layer.rows_named(text, until);
            found.complete &= complete;
            found.records.extend(rows.into_iter().filter_map(|row| layer.any_record(row)));
        }
        found.records.retain(Record::is_listed);
        found.records.sort_by_cached_key(|record| (fit(record, text), record.code().to_owned(), !record.is_counted()));
        let mut known = HashSet::new();
        found.records.retain(|record| known.insert((record.layer().id(), record.code())));
        found.complete &= found.records.len() <= limit;
        found.records.truncate(limit);
        found
    }
}

/// The records of a layer with a code that is the text or begins with it.
fn with_code<'a>(layer: Layer<'a>, text: &str, limit: usize) -> Vec<Record<'a>> {
    let code = fold_code(text);
    // What is no letter of a code is no beginning of one.
    let limit = if code.is_empty() { 0 } else { limit };
    let capital = code.to_ascii_uppercase();
    let more = (capital != code).then(|| layer.starting_with(&capital, limit)).into_iter().flatten();
    layer.record(text).into_iter().chain(layer.starting_with(&code, limit)).chain(more).collect()
}

/// How well a record fits a text; the least is the best, and of names the shortest. Beginnings of codes are looked up in the order of
/// these.
fn fit(record: &Record<'_>, text: &str) -> (usize, usize) {
    let (code, name) = (fold_code(text).to_ascii_uppercase(), record.name().unwrap_or_default());
    let own = record.code().to_ascii_uppercase();
    let begins = !code.is_empty() && own.starts_with(&code);
    let is_so = [own == code || name == text, begins, name.starts_with(text)];
    let rank = is_so.iter().position(|fits| *fits).unwrap_or(is_so.len());
    (rank, if rank == 1 { 0 } else { name.len() })
}

impl Layer<'_> {
    /// Rows whose name has a text in it, ascending, and whether these are all: names are looked through until a moment.
    fn rows_named(&self, text: &str, until: Instant) -> (Vec<u32>, bool) {
        let Some(records) = self.records_table() else { return (Vec::new(), true) };
        let (names, finder) = (&records.columns.name, Finder::new(text));
        let scanned = |batch: usize| (Instant::now() < until).then(|| names.rows_with(batch, &finder, WEIGHED));
        let batches: Vec<_> = (0..names.batches()).into_par_iter().map(scanned).collect();
        let in_time = batches.iter().all(Option::is_some);
        let mut rows: Vec<u32> = batches.into_iter().flatten().flatten().collect();
        let complete = in_time && rows.len() < WEIGHED;
        rows.truncate(WEIGHED);
        (rows, complete)
    }
}
