//! Putting rows in the order of what they hang on.
//!
//! A counting sort: one pass counts, one fills. It is stable, takes time in proportion to items and
//! buckets, and needs no keys in memory, of which a table of people would have millions.

/// Items by their bucket; within a bucket, and without one at the end, in the order they were given.
pub(super) struct Buckets {
    /// Where each bucket begins in `order`; one entry more than there are buckets.
    pub(super) starts: Vec<u32>,
    /// The items, bucket after bucket.
    pub(super) order: Vec<u32>,
}

impl Buckets {
    /// Sorts items into buckets numbered from 0 to `count`; `bucket` gives that of an item, which must be
    /// less than `count`, or `None`.
    pub(super) fn sort(items: &[u32], count: usize, bucket: impl Fn(u32) -> Option<u32>) -> Self {
        let mut starts = vec![0_u32; count + 1];
        items.iter().filter_map(|item| bucket(*item)).for_each(|b| starts[b as usize + 1] += 1);
        for b in 0..count {
            starts[b + 1] += starts[b];
        }
        let mut next = starts.clone();
        let mut order = vec![0; items.len()];
        for item in items {
            // The last entry of `starts` is where those without a bucket begin.
            let end = &mut next[bucket(*item).map_or(count, |b| b as usize)];
            order[*end as usize] = *item;
            *end += 1;
        }
        Self { starts, order }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_a_stable_sort_with_the_rest_at_the_end(
            keys in prop::collection::vec(prop::option::of(0..7_u32), 0..60)
        ) {
            let items: Vec<u32> = (0..keys.len() as u32).collect();
            let Buckets { starts, order } = Buckets::sort(&items, 7, |item| keys[item as usize]);
            let mut sorted = items;
            sorted.sort_by_key(|item| keys[*item as usize].unwrap_or(u32::MAX));
            prop_assert_eq!(&order, &sorted);
            for bucket in 0..7 {
                let of_bucket = &order[starts[bucket] as usize..starts[bucket + 1] as usize];
                prop_assert!(of_bucket.iter().all(|item| keys[*item as usize] == Some(bucket as u32)));
            }
        }
    }
}
