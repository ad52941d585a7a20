//! How likely an answer is right, from what speaks against it.
//!
//! Everything that speaks against an answer is a cost in hundredths (`search.rs`, `judge.rs`,
//! `decision.rs`). Which share of the answers at a cost was right has been measured on texts of synthetic
//! cities with known noise; between the measured costs the share is interpolated. So a confidence of 0.97
//! says that of a hundred such answers about three are wrong, not that three percent of the text did not
//! fit.

use super::decision::Decision;
use crate::verdict::{Band, GeocodeStatus};
#[cfg(feature = "build")]
use crate::verdict::{FaultKind, MatchLevel};

/// Costs in hundredths, ascending, each with the share of right answers at it. Between two costs the share
/// falls in proportion; beyond the last it stays.
const SHARES: [(u32, f64); 8] =
    [(0, 0.999), (20, 0.998), (40, 0.995), (60, 0.99), (100, 0.97), (150, 0.93), (250, 0.8), (500, 0.5)];
/// From this confidence on an answer can be used unseen: band high.
const HIGH: f64 = 0.99;
/// From this confidence on an answer is worth a look: band medium. What is below is band low.
const MEDIUM: f64 = 0.8;

/// Records are linked by their texts from this confidence on.
#[cfg(feature = "build")]
const SURE: f64 = 0.8;

impl Decision {
    /// What was found, if it is one thing and so sure that a record can be linked with it.
    #[cfg(feature = "build")]
    pub(crate) fn sure(&self) -> Option<&super::Found> {
        self.found.as_ref().filter(|_| self.status == GeocodeStatus::Matched && self.confidence() >= SURE)
    }

    /// The number of the lowest area in which all lies that the text may mean, with the probability of that, if it is so sure that a
    /// record can be counted there. A text that names what is beside a place, or says what is not so, says no area for certain; nor does one
    /// that names a road alone, of which the library may have but a part.
    #[cfg(feature = "build")]
    pub(crate) fn sure_area(&self) -> Option<(u32, f64)> {
        let is_one = matches!(self.status, GeocodeStatus::Matched | GeocodeStatus::Ambiguous);
        let is_loose = |kind: FaultKind| matches!(kind, FaultKind::Relative | FaultKind::Contradicting);
        let confidence = share(self.cost);
        let is_sure = is_one && confidence >= SURE && !self.faults.iter().any(|fault| is_loose(fault.kind));
        let found = self.found.as_ref().filter(|found| is_sure && found.level != MatchLevel::Road)?;
        found.area.map(|area| (area, confidence))
    }

    /// The probability that the answer is right, from 0 to 1. Of an ambiguous answer it is that of each
    /// alternative, since nothing in the text prefers one of them; what is no answer has none.
    pub(crate) fn confidence(&self) -> f64 {
        match self.status {
            GeocodeStatus::Matched => share(self.cost),
            GeocodeStatus::Ambiguous => share(self.cost) / self.alternatives.len().max(1) as f64,
            GeocodeStatus::OutOfArea | GeocodeStatus::None | GeocodeStatus::Invalid => 0.0,
        }
    }
}

/// The share of right answers at a cost in hundredths, from 1 down to 0.5. It never rises with the cost.
pub(crate) fn share(cost: u32) -> f64 {
    let above = SHARES.iter().position(|(at, _)| *at > cost).unwrap_or(SHARES.len());
    match (above.checked_sub(1).and_then(|below| SHARES.get(below)), SHARES.get(above)) {
        (Some((from, high)), Some((to, low))) => high + (low - high) * f64::from(cost - from) / f64::from(to - from),
        (Some((_, last)), None) => *last,
        _ => 1.0,
    }
}

/// The band of a confidence between 0 and 1. NaN would be band low.
pub(crate) fn band(confidence: f64) -> Band {
    match confidence {
        c if c >= HIGH => Band::High,
        c if c >= MEDIUM => Band::Medium,
        _ => Band::Low,
    }
}
