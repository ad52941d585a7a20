//! Deterministic randomness: a hash of identities and a small generator seeded by it.
//!
//! Everything random in the city is a function of the seed and of *what* it belongs to (a crossing, a street segment, a
//! site), never of the order in which things are visited. Two neighbours that ask about their common street therefore
//! get the same answer.

/// The odd constant of splitmix64 (2⁶⁴ divided by the golden ratio).
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// What a random number is drawn for; keeps the draws of different purposes independent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// Phases of the lattice's smooth deformation.
    Warp,
    /// Displacement of one crossing.
    Crossing,
    /// Vertices of one street segment.
    Segment,
    /// Irregularity of the city's outline.
    Outline,
    /// Which blocks are merged or pierced.
    Lots,
    /// Size of the enclosed grid of one block.
    Core,
    /// Sizes of the divisions.
    Division,
    /// Assignment of names.
    Names,
    /// Land use of one site.
    Site,
    /// The gate of one site.
    Gate,
    /// Buildings of one site.
    Buildings,
    /// Rooms of one building.
    Rooms,
    /// The people of one grid.
    People,
    /// The enterprises of one grid.
    Enterprises,
    /// Where the running numbers of ids and codes start.
    Numbers,
    /// The requests to the city's hotline from one grid.
    Hotline,
    /// The street furniture of one grid.
    Parts,
    /// The cameras of one grid.
    Cameras,
    /// The rented homes of one grid.
    Rentals,
    /// The pupils of one school.
    Pupils,
    /// The line of the coast.
    Coast,
}

/// The finaliser of splitmix64: a bijection of 64-bit words that scatters every bit.
fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// A splitmix64 generator.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// The generator that belongs to `identity` under `purpose` in the city of `seed`.
    pub(crate) fn new(seed: u64, purpose: Purpose, identity: &[i64]) -> Self {
        let start = mix(seed ^ mix(purpose as u64 + 1));
        let state =
            identity.iter().fold(start, |state, &part| mix(state.wrapping_add(GOLDEN) ^ mix(part.cast_unsigned())));
        Self { state }
    }

    /// The next 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix(self.state)
    }

    /// Uniform in `[0, 1)`, with 53 random bits.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in `[low, high)`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Uniform in `0..count`; 0 when `count` is 0.
    pub(crate) fn below(&mut self, count: u32) -> u32 {
        ((u64::from(count) * (self.bits() >> 32)) >> 32) as u32
    }

    /// Uniform in `low..=high`; `low` when the range is empty.
    pub(crate) fn within(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True with the given probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// The index of one of `shares`, each as likely as it is large; the last where all are 0.
    pub(crate) fn weighted(&mut self, shares: &[u32]) -> usize {
        let mut left = self.below(shares.iter().sum());
        for (index, &share) in shares.iter().enumerate() {
            if left < share {
                return index;
            }
            left -= share;
        }
        shares.len().saturating_sub(1)
    }

    /// One of `0..count` that is not `index`, if there is another.
    pub(crate) fn other(&mut self, index: usize, count: usize) -> Option<usize> {
        let others = count.checked_sub(1).filter(|&others| others > 0)?;
        let drawn = self.below(others as u32) as usize;
        Some(if drawn < index { drawn } else { drawn + 1 })
    }

    /// `expected` rounded to a neighbouring whole number so that the mean is kept.
    pub(crate) fn round(&mut self, expected: f64) -> u32 {
        (expected + self.unit()).floor() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_identity_gives_the_same_stream() {
        let draw = |seed, part| Random::new(seed, Purpose::Crossing, &[part, 7]).bits();
        assert_eq!(draw(1, 2), draw(1, 2));
        assert_ne!(draw(1, 2), draw(1, 3));
        assert_ne!(draw(1, 2), draw(2, 2));
    }

    #[test]
    fn purposes_are_independent() {
        let draw = |purpose| Random::new(1, purpose, &[2]).bits();
        assert_ne!(draw(Purpose::Site), draw(Purpose::Rooms));
    }

    #[test]
    fn draws_stay_in_their_ranges() {
        let mut random = Random::new(5, Purpose::Rooms, &[]);
        for _ in 0..1000 {
            assert!((2.0..3.0).contains(&random.between(2.0, 3.0)));
            assert!((4..=6).contains(&random.within(4, 6)));
            assert!((3..=4).contains(&random.round(3.4)));
        }
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn shares_are_kept() {
        let mut random = Random::new(5, Purpose::People, &[]);
        let mut counts = [0; 3];
        for _ in 0..1000 {
            counts[random.weighted(&[30, 0, 10])] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((700..800).contains(&counts[0]));
    }

    #[test]
    fn another_is_never_the_same() {
        let mut random = Random::new(5, Purpose::People, &[]);
        let drawn: Vec<_> = (0..100).filter_map(|_| random.other(1, 3)).collect();
        assert!(drawn.len() == 100 && drawn.contains(&0) && drawn.contains(&2) && !drawn.contains(&1));
        assert_eq!(random.other(0, 1), None);
    }
}
