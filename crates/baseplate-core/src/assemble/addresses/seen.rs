//! Addresses that have one code, or one text.
//!
//! All addresses are sorted by code, of equals in the order of reading. Of a code that stands several times
//! the first is kept; a later one that says the same is noted as a copy, any other is rejected. Where codes
//! look like numbers that a spreadsheet has rounded, none of those that share one can be the right one, and
//! all are rejected. Texts are compared by the hash of their plain form, then by themselves.

use crate::{
    assemble::{
        log::{EXACT_COPY, Log, Outcome},
        rounded,
        spill::Spill,
        strings::Strings,
    },
    code::{ends_rounded, looks_rounded, mostly_rounded, surely_rounded},
    link::BuildingLink,
    quality::{Evidence, Form, Issue, Rule},
    source::RowRemark,
    spatial::LngLat,
    text,
};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// All addresses as they were read, to be compared with one another. Everything is indexed by position, the
/// order of reading.
pub(super) struct Seen<'a> {
    /// The folded code of each.
    pub(super) codes: &'a Strings,
    /// The text of each, which may lie in a file.
    pub(super) texts: &'a Spill,
    /// The point of each, degrees; not finite where there is none.
    pub(super) points: &'a [LngLat],
    /// The building that each was linked to.
    pub(super) links: &'a [Option<BuildingLink>],
    /// The number of the source and the row in it from which each comes.
    pub(super) origins: &'a [(u16, u32)],
    /// A hash of the plain form of each text; 0 for a text that is not compared.
    pub(super) hashes: Vec<u64>,
}

impl Seen<'_> {
    /// The code of a position.
    fn code(&self, position: u32) -> &str {
        self.codes.get(position as usize)
    }

    /// The first position of each code, by code. The others are taken out of what their sources were used
    /// for, and those with another text are an issue.
    pub(super) fn distinct_codes(&self, log: &mut Log) -> Vec<u32> {
        let mut by_code: Vec<u32> = (0..self.points.len() as u32).collect();
        by_code.par_sort_by(|a, b| self.code(*a).cmp(self.code(*b)).then(a.cmp(b)));
        self.refuse_rounded(&mut by_code, log);
        let mut twice: Vec<(u32, u32)> = Vec::new();
        by_code.dedup_by(|later, first| {
            let same = self.code(*later) == self.code(*first);
            if same {
                twice.push((*later, *first));
            }
            same
        });
        twice.sort_unstable();
        for (later, first) in twice {
            let (source, row) = self.origins[later as usize];
            if self.is_copy(later, first) {
                log.add(usize::from(source), Outcome::Noted, &RowRemark::new(row.into(), "", "", EXACT_COPY));
                continue;
            }
            let (kept_source, kept) = self.origins[first as usize];
            let file = if kept_source == source {
                String::new()
            } else {
                format!(" of {}", log.source(kept_source.into()).path)
            };
            let reason = format!("address code seen before: row {kept}{file} was kept");
            log.source(usize::from(source)).linked -= u64::from(self.links[later as usize].is_some());
            let remark = log.code_remark(source.into(), row.into(), self.code(later), &reason);
            log.withdraw(source.into(), &remark);
            if self.hashes[later as usize] != self.hashes[first as usize] {
                let texts = [first, later].map(|position| self.texts.get(position as usize));
                let evidence = Evidence::new(Form::TwoTexts, texts.map(Into::into));
                log.issue(
                    Issue::new(Rule::AddressCodeTwice, self.code(later), evidence).at(self.points[later as usize]),
                );
            }
        }
        by_code
    }

    /// Takes out the rows that share a code which may be several ones, rounded: no first one of them is the right one.
    fn refuse_rounded(&self, by_code: &mut Vec<u32>, log: &mut Log) {
        let mostly = mostly_rounded(by_code.par_iter().map(|position| self.code(*position)));
        let (mut shared, mut alone) = (Vec::new(), BTreeMap::new());
        let rounded = |group: &&[u32]| looks_rounded(self.code(group[0]));
        for group in by_code.chunk_by(|a, b| self.code(*a) == self.code(*b)).filter(rounded) {
            match group {
                [one] if mostly || ends_rounded(self.code(*one)) => {
                    *alone.entry(usize::from(self.origins[*one as usize].0)).or_default() += 1;
                }
                [_] => {}
                [first, more @ ..] if more.iter().all(|copy| self.is_copy(*copy, *first)) => {}
                many => shared.extend_from_slice(many),
            }
        }
        if !mostly {
            shared.retain(|position| surely_rounded(self.code(*position)));
        }
        shared.sort_unstable();
        for position in &shared {
            let (source, row) = self.origins[*position as usize];
            log.source(usize::from(source)).linked -= u64::from(self.links[*position as usize].is_some());
            let remark = log.code_remark(source.into(), row.into(), self.code(*position), rounded::SHARED);
            log.withdraw(usize::from(source), &remark);
        }
        if !shared.is_empty() {
            by_code.retain(|position| shared.binary_search(position).is_err());
        }
        rounded::note(&alone, log);
    }

    /// Whether two positions of one code say the same: the same point, the same link and the same text.
    fn is_copy(&self, one: u32, other: u32) -> bool {
        let [a, b] = [one as usize, other as usize];
        self.points[a].placed() == self.points[b].placed()
            && self.links[a] == self.links[b]
            && self.texts.get(a) == self.texts.get(b)
    }

    /// Reports addresses with different codes that are one and the same by their text; both stay. Texts
    /// that differ only in the way they are written are duplicates, and those that are equal are one
    /// address with two codes. Each is compared with the first of its kind in the order of codes.
    pub(super) fn report_duplicates(&self, by_code: &[u32], log: &mut Log) {
        let hash = |position: &u32| self.hashes[*position as usize];
        let mut by_text: Vec<u32> = by_code.iter().copied().filter(|position| hash(position) != 0).collect();
        by_text.par_sort_by_key(hash);
        for alike in by_text.chunk_by(|a, b| hash(a) == hash(b)).filter(|alike| alike.len() > 1) {
            let first = alike[0];
            for later in &alike[1..] {
                let [one, other] = [first, *later].map(|position| self.texts.get(position as usize));
                let (rule, evidence) = if one == other {
                    (Rule::AddressTwoCodes, Evidence::new(Form::OneText, [one.into()]))
                } else if text::plain(one) == text::plain(other) {
                    (Rule::AddressDuplicate, Evidence::new(Form::TwoTexts, [other.into(), one.into()]))
                } else {
                    continue;
                };
                let issue = Issue::new(rule, self.code(*later), evidence).other(self.code(first));
                log.issue(issue.at(self.points[*later as usize]));
            }
        }
    }
}
