//! Many short lists in two arrays.

/// For each of some keys, a list of numbers.
pub(super) struct Lists {
    /// Where the list of each key begins, and after the last where it ends.
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    /// Lists for `keys` keys from pairs of key and item, in the order of the pairs.
    pub(super) fn new(keys: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut starts = vec![0u32; keys + 2];
        for (key, _) in pairs.clone() {
            starts[key as usize + 2] += 1;
        }
        for key in 2..starts.len() {
            starts[key] += starts[key - 1];
        }
        let mut items = vec![0; starts[keys + 1] as usize];
        for (key, item) in pairs {
            let next = &mut starts[key as usize + 1];
            items[*next as usize] = item;
            *next += 1;
        }
        starts.pop();
        Self { starts, items }
    }

    pub(super) fn of(&self, key: u32) -> &[u32] {
        &self.items[self.starts[key as usize] as usize..self.starts[key as usize + 1] as usize]
    }
}
