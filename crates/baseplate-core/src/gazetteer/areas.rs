//! Answers that are areas: a text that names divisions and nothing in them that the library has, such as
//! 霁峰区沐台街道 or 鹤渚社区菜市场.
//!
//! The divisions that a text names are put in the order of their levels, from the ground up. The first that
//! agrees with all others (each lies in it, or it lies in each) is the answer; if none does, the lowest is
//! taken and marked as contradicting. A name that several divisions have gives an ambiguous answer if these
//! are few. Whatever the text asks for beyond the division is marked as unconfirmed, and puts the answer
//! into band low.
//!
//! Areas are known by the stable numbers of their grids, never by rows, so the index of names need not be
//! written anew when rows move.

use super::{
    decision::{Decision, Found},
    judge::{ALTERNATIVES_MAX, Judge},
    spelling::Spelt,
};
use crate::verdict::{Fault, FaultKind, GeocodeStatus, MatchLevel};

/// The cost, in hundredths, of an answer that is only the area of what was asked for. It puts the answer
/// into band low, because 菜市场 of a community is not the community.
const SOMETHING_ELSE: u32 = 300;
/// The cost, in hundredths, of an answer to a text whose divisions cannot all be right.
const CONTRADICTING: u32 = 300;

impl Judge<'_> {
    /// The answer that is a division alone, or `None` if the text names none.
    ///
    /// Divisions in a short form (霁峰 for 霁峰区) count only if the text names a single one: short forms are
    /// also the beginnings of other names. The answer is complete if the text has no numbers and no unread
    /// words of two or more characters outside brackets.
    pub(super) fn area(&self) -> Option<Decision> {
        let mentions = self.reading.mentions.iter().filter(|mention| mention.full || self.reading.mentions.len() == 1);
        let mut numbers: Vec<u32> = mentions.flat_map(|mention| mention.grid_numbers.iter().copied()).collect();
        numbers.sort_by_key(|number| self.index.level(*number));
        let supported = |number: &u32| {
            self.reading.mentions.iter().all(|mention| {
                mention
                    .grid_numbers
                    .iter()
                    .any(|other| self.index.is_in(Some(*number), *other) || self.index.is_in(Some(*other), *number))
            })
        };
        let known = numbers.iter().copied().find(supported);
        let number = known.or(numbers.first().copied())?;
        let found = |number| Found { level: self.area_level(Some(number)), row: None, place: None, area: Some(number) };
        let lowest = self.reading.mentions.iter().find(|mention| mention.grid_numbers.contains(&number));
        let mut same: Vec<u32> =
            lowest.map_or(Vec::new(), |m| m.grid_numbers.iter().copied().filter(supported).collect());
        same.sort_unstable();
        same.dedup();
        let mut decision = Decision::nothing(GeocodeStatus::Matched);
        decision.faults = self.faults(&found(number), None);
        let asks = !self.reading.numbers.is_empty();
        let unread = self.reading.rests.iter().any(|rest| rest.to - rest.from > 1 && !rest.bracketed);
        let element = if self.reading.names.is_empty() { MatchLevel::Road } else { MatchLevel::DoorNumber };
        if asks || unread {
            decision.faults.push(Fault { element, kind: FaultKind::Unconfirmed });
        }
        decision.found = Some(found(number));
        decision.complete = !asks && !unread;
        // What was asked for is something in the area, or nothing of the kind: 霁峰大厦.
        let sure =
            self.reading.mentions.iter().any(|m| m.full && m.spelt == Spelt::Exact && m.grid_numbers.contains(&number));
        let doubt = if !decision.complete || !sure && !self.reading.rests.is_empty() { SOMETHING_ELSE } else { 0 };
        let at_odds = self.at_odds().or(known.is_none().then_some(number));
        decision.cost = self.rests_cost() + doubt + if at_odds.is_some() { CONTRADICTING } else { 0 };
        if at_odds.is_some() {
            decision.faults.push(Fault { element: self.area_level(at_odds), kind: FaultKind::Contradicting });
        }
        if (2..=ALTERNATIVES_MAX).contains(&same.len()) {
            decision.status = GeocodeStatus::Ambiguous;
            let area = self.common(same.iter().copied());
            decision.found = Some(Found { level: self.area_level(area), row: None, place: None, area });
            decision.alternatives = same.into_iter().map(found).collect();
            decision.gap = Some(0);
        }
        Some(decision)
    }

    /// The number of a division that the text names beside another one, if neither may lie in the other.
    /// Only divisions that are named in full and spelt as they are in the library can contradict one
    /// another.
    fn at_odds(&self) -> Option<u32> {
        let nested = |one: u32, other: u32| self.index.is_in(Some(one), other) || self.index.is_in(Some(other), one);
        let full: Vec<_> = self.reading.mentions.iter().filter(|m| m.full && m.spelt == Spelt::Exact).collect();
        let may_be = |one: &[u32], other: &[u32]| one.iter().any(|a| other.iter().any(|b| nested(*a, *b)));
        let is_odd = |at: usize| full[..at].iter().any(|other| !may_be(&full[at].grid_numbers, &other.grid_numbers));
        (0..full.len()).find(|at| is_odd(*at)).and_then(|at| full[at].grid_numbers.first().copied())
    }
}
