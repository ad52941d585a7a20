//! Which of many spans, one behind the other, a second is in.

/// The smallest and largest slot, as powers of two of seconds: 9 hours, so that even days are told apart by one look, and 194 days.
const SLOT_BITS: (u32, u32) = (15, 24);

/// Spans one behind the other. The time that they take is cut into slots no longer than the shortest span, and each knows the span in
/// which it begins; so a second is in that one or the next.
#[derive(Debug, Clone)]
pub(super) struct Steps {
    /// Where each span begins, in order, and where the last one ends.
    begins: Vec<i64>,
    slots: Vec<u32>,
    slot_bits: u32,
}

impl Steps {
    /// Takes where each span begins, each behind the one before, and where the last one ends.
    pub(super) fn new(begins: Vec<i64>) -> Self {
        let shortest = begins.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(1);
        let slot_bits = shortest.max(1).ilog2().clamp(SLOT_BITS.0, SLOT_BITS.1);
        let (first, end) = (begins[0], begins[begins.len() - 1]);
        let mut at = 0;
        let slots = (first..end).step_by(1 << slot_bits).map(|second| {
            at += begins[at + 1..].iter().take_while(|begin| **begin <= second).count();
            at as u32
        });
        Self { slots: slots.collect(), begins, slot_bits }
    }

    /// How many spans there are.
    pub(super) fn len(&self) -> usize {
        self.begins.len() - 1
    }

    /// The span of a second that is in one of them.
    #[inline]
    pub(super) fn at(&self, second: i64) -> usize {
        let slot = (second - self.begins[0]) >> self.slot_bits;
        let at = self.slots[slot as usize] as usize;
        let mut at = at + usize::from(self.begins[at + 1] <= second);
        // Offsets of zones may hold for less than a slot.
        while self.begins[at + 1] <= second {
            at += 1;
        }
        at
    }

    /// The seconds of a span.
    pub(super) fn span(&self, at: usize) -> Option<std::ops::Range<i64>> {
        Some(*self.begins.get(at)?..*self.begins.get(at + 1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_second_is_in_its_span(
            first in -3_000_000_000..3_000_000_000_i64,
            lengths in prop::collection::vec(prop_oneof![1..100_i64, 80_000..90_000_i64, 1..40_000_000_i64], 1..40),
            part in 0.0..1.0_f64,
        ) {
            let mut begins = vec![first];
            begins.extend(lengths.iter().scan(first, |end, length| { *end += length; Some(*end) }));
            let steps = Steps::new(begins.clone());
            let total = begins[lengths.len()] - first;
            let within = (part * total as f64) as i64;
            let edges = begins[..lengths.len()].iter().flat_map(|begin| [*begin, (begin - 1).max(first)]);
            for second in edges.chain([first + within.min(total - 1)]) {
                prop_assert_eq!(steps.at(second), begins.partition_point(|begin| *begin <= second) - 1);
            }
        }
    }
}
