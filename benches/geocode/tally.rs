//! Judged answers in numbers.

use crate::{
    case::{Case, Expect},
    score::{Judged, Verdict},
};
use baseplate_core::{Band, MatchLevel};

/// Bins of confidence.
pub(crate) const BINS: usize = 10;

/// Counts of judged answers, and the times that they took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) rows: usize,
    /// Rows that are one place, and those of them that are answered in band high.
    pub(crate) answerable: Share,
    /// Rows of which the building is asked.
    pub(crate) building: Share,
    /// Rows of which the room is asked.
    pub(crate) room: Share,
    /// Rows that are wrong in band high, of all.
    pub(crate) wrong_high: Share,
    /// Ambiguous rows: the truth is among the alternatives.
    pub(crate) offered: Share,
    /// Ambiguous rows: matched above what is ambiguous.
    pub(crate) above: Share,
    /// Alternatives, of answers that are ambiguous.
    pub(crate) alternatives: Share,
    /// Rows of no place: matched at a building or deeper.
    pub(crate) invented: Share,
    /// Rows of no place: no answer at all.
    pub(crate) unknown: Share,
    /// Rows that are not what was expected of them.
    pub(crate) failed: usize,
    pub(crate) swapped: usize,
    /// By confidence, matched answers: how many, their confidence, how many are true.
    pub(crate) bins: [(usize, f64, usize); BINS],
    /// Of every look-up, nanoseconds.
    pub(crate) times: Vec<u64>,
}

/// Some of all.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Share {
    pub(crate) some: usize,
    pub(crate) all: usize,
}

impl Share {
    fn count(&mut self, is: bool) {
        self.some += usize::from(is);
        self.all += 1;
    }

    fn add(&mut self, other: Self) {
        self.some += other.some;
        self.all += other.all;
    }

    /// Some by all; `None` if there are none at all.
    pub(crate) fn ratio(self) -> Option<f64> {
        (self.all > 0).then(|| self.some as f64 / self.all as f64)
    }
}

impl Tally {
    /// Takes an answer in that took some nanoseconds.
    pub(crate) fn count(&mut self, case: &Case, judged: &Judged, nanoseconds: u64) {
        self.rows += 1;
        self.failed += usize::from(judged.verdict != Verdict::Right);
        self.swapped += usize::from(judged.swapped);
        self.times.push(nanoseconds);
        self.wrong_high.count(judged.high && judged.verdict == Verdict::Wrong);
        judged.building.into_iter().for_each(|right| self.building.count(right));
        judged.room.into_iter().for_each(|right| self.room.count(right));
        judged.offered.into_iter().for_each(|offered| self.offered.count(offered));
        self.count_kind(case, judged);
        if let Some(count) = judged.alternatives {
            self.alternatives.add(Share { some: count, all: 1 });
        }
        if judged.level.is_some() {
            let bin = &mut self.bins[((judged.confidence * BINS as f64) as usize).min(BINS - 1)];
            *bin = (bin.0 + 1, bin.1 + judged.confidence, bin.2 + usize::from(judged.is_true()));
        }
    }

    fn count_kind(&mut self, case: &Case, judged: &Judged) {
        match case.expect {
            Expect::Exact(_) => self.answerable.count(judged.high),
            Expect::OneOf(_) => self.above.count(judged.verdict == Verdict::Short),
            Expect::Above { level, .. } => {
                let is_deep = judged.level.is_some_and(|matched| matched >= MatchLevel::Building);
                // In band low an answer is a guess, and says so.
                let invented = match level {
                    MatchLevel::Room => judged.verdict == Verdict::Wrong,
                    _ => is_deep && judged.band != Band::Low,
                };
                self.invented.count(invented);
                self.unknown.count(judged.level.is_none());
            }
        }
    }

    /// Adds another tally to this one.
    pub(crate) fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.failed += other.failed;
        self.swapped += other.swapped;
        for (own, others) in self.shares().into_iter().zip(other.clone().shares()) {
            own.add(*others);
        }
        for (own, others) in self.bins.iter_mut().zip(other.bins) {
            *own = (own.0 + others.0, own.1 + others.1, own.2 + others.2);
        }
        self.times.extend(&other.times);
    }

    fn shares(&mut self) -> [&mut Share; 9] {
        [
            &mut self.answerable,
            &mut self.building,
            &mut self.room,
            &mut self.wrong_high,
            &mut self.offered,
            &mut self.above,
            &mut self.alternatives,
            &mut self.invented,
            &mut self.unknown,
        ]
    }

    /// How far confidence is from the share that is true, averaged over the bins by their rows; `None` without matched answers.
    pub(crate) fn miscalibration(&self) -> Option<f64> {
        let all: usize = self.bins.iter().map(|(count, ..)| count).sum();
        let apart: f64 = self.bins.iter().map(|(_, confidence, is_true)| (confidence - *is_true as f64).abs()).sum();
        (all > 0).then(|| apart / all as f64)
    }
}

/// The time below which a share of them is, in the unit they are given in; 0 without any.
pub(crate) fn percentile(times: &mut [u64], share: f64) -> u64 {
    times.sort_unstable();
    times.get(((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1))).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(confidence: f64, verdict: Verdict) -> Judged {
        let (building, room, offered, alternatives) = (Some(verdict == Verdict::Right), None, None, None);
        let level = Some(MatchLevel::Building);
        Judged {
            band: Band::High,
            verdict,
            building,
            room,
            offered,
            alternatives,
            swapped: false,
            level,
            confidence,
            high: confidence > 0.9,
        }
    }

    #[test]
    fn counts_add_up() {
        let expect =
            || Expect::Above { level: MatchLevel::Building, building: None, unlike: None, other_number: false };
        let case = Case {
            kind: "junk",
            text: String::new(),
            clean: String::new(),
            named: Default::default(),
            expect: expect(),
        };
        let (mut tally, mut all) = (Tally::default(), Tally::default());
        for (confidence, verdict) in
            [(0.95, Verdict::Right), (0.97, Verdict::Wrong), (0.25, Verdict::Wrong), (0.25, Verdict::Short)]
        {
            tally.count(&case, &judged(confidence, verdict), 7);
        }
        all.add(&tally);
        all.add(&tally);
        assert_eq!((all.rows, all.failed, all.times.len()), (8, 6, 8));
        assert_eq!((all.building.ratio(), all.wrong_high.ratio(), all.room.ratio()), (Some(0.25), Some(0.25), None));
        assert!((all.miscalibration().unwrap() - (0.92 + 0.5) / 4.0).abs() < 1e-9);
        assert_eq!(Tally::default().miscalibration(), None);
    }

    #[test]
    fn percentiles() {
        assert_eq!(percentile(&mut (0..100).rev().collect::<Vec<_>>(), 0.99), 99);
        assert_eq!(percentile(&mut [3, 1, 2], 0.5), 2);
        assert_eq!(percentile(&mut [], 0.5), 0);
    }
}
