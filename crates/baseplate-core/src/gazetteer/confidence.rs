//! How likely an answer is right, from what speaks against it.

use super::decision::Decision;
use crate::verdict::{Band, GeocodeStatus};

/// Cost (hundredths) and the share of right answers at it, measured on noisy texts of synthetic cities; between them in proportion.
const SHARES: [(u32, f64); 8] =
    [(0, 0.999), (20, 0.998), (40, 0.995), (60, 0.99), (100, 0.97), (150, 0.93), (250, 0.8), (500, 0.5)];
/// From here on answers can be used unseen.
const HIGH: f64 = 0.99;
const MEDIUM: f64 = 0.8;

impl Decision {
    /// The probability that it is right.
    pub(crate) fn confidence(&self) -> f64 {
        match self.status {
            GeocodeStatus::Matched => share(self.cost),
            GeocodeStatus::Ambiguous => share(self.cost) / self.alternatives.len().max(1) as f64,
            GeocodeStatus::OutOfArea | GeocodeStatus::None | GeocodeStatus::Invalid => 0.0,
        }
    }
}

/// The share of right answers at a cost.
pub(crate) fn share(cost: u32) -> f64 {
    let above = SHARES.iter().position(|(at, _)| *at > cost).unwrap_or(SHARES.len());
    match (above.checked_sub(1).and_then(|below| SHARES.get(below)), SHARES.get(above)) {
        (Some((from, high)), Some((to, low))) => high + (low - high) * f64::from(cost - from) / f64::from(to - from),
        (Some((_, last)), None) => *last,
        _ => 1.0,
    }
}

/// The band of a probability.
pub(crate) fn band(confidence: f64) -> Band {
    match confidence {
        c if c >= HIGH => Band::High,
        c if c >= MEDIUM => Band::Medium,
        _ => Band::Low,
    }
}
