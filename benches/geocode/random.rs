//! A small repeatable generator (splitmix64).

/// The odd constant of splitmix64 (2⁶⁴ divided by the golden ratio).
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The same numbers for the same seed, on every machine.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The generator that belongs to a name and a running number under a seed.
    pub(crate) fn new(seed: u64, name: &str, number: u64) -> Self {
        let start = name.bytes().fold(mix(seed), |state, byte| mix(state.wrapping_add(GOLDEN) ^ u64::from(byte)));
        Self(mix(start ^ mix(number)))
    }

    /// The next 64 random bits.
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// Uniform in `0..count`; 0 when `count` is 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.bits()) * count as u128) >> 64) as usize
    }

    /// True with the given probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        ((self.bits() >> 11) as f64) < probability * (1_u64 << 53) as f64
    }

    /// One of them; `None` if there are none.
    pub(crate) fn of<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        all.get(self.below(all.len())).cloned()
    }

    /// One of at least one.
    pub(crate) fn pick<const N: usize>(&mut self, all: [&'static str; N]) -> &'static str {
        all.get(self.below(N)).copied().unwrap_or_default()
    }

    /// Brings them into another order.
    pub(crate) fn shuffle<T>(&mut self, all: &mut [T]) {
        for at in (1..all.len()).rev() {
            all.swap(at, self.below(at + 1));
        }
    }
}

/// The finaliser of splitmix64.
fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_itself_and_differs_by_seed_name_and_number() {
        let draw = |seed, name, number| Random::new(seed, name, number).bits();
        assert_eq!(draw(1, "typo", 2), draw(1, "typo", 2));
        assert_ne!(draw(1, "typo", 2), draw(2, "typo", 2));
        assert_ne!(draw(1, "typo", 2), draw(1, "width", 2));
        assert_ne!(draw(1, "typo", 2), draw(1, "typo", 3));
        let mut random = Random::new(5, "", 0);
        assert!((0..1000).all(|_| random.below(7) < 7) && random.below(0) == 0);
    }
}
