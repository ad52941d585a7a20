//! The directories of PMTiles 3: which tiles there are, and where.

use crate::cmd::outcome::Failure;
use flate2::{Compression, write::GzEncoder};
use std::io::Write;

/// Tiles of successive numbers that have one content; or, if `run` is 0, the directory of those from a number on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) number: u64,
    /// From the start of the section.
    pub(super) offset: u64,
    pub(super) length: u32,
    pub(super) run: u32,
}

/// The root directory, and those that it leads to, compressed.
pub(super) struct Directories {
    pub(super) root: Vec<u8>,
    pub(super) leaves: Vec<u8>,
}

/// The smallest number of entries of a leaf.
const LEAF_ENTRIES: usize = 4096;

impl Directories {
    /// Of entries by number; the root takes no more than `limit` bytes.
    pub(super) fn new(entries: &[Entry], limit: usize) -> Result<Self, Failure> {
        let mut found = Self { root: encoded(entries)?, leaves: Vec::new() };
        let mut size = LEAF_ENTRIES;
        while found.root.len() > limit {
            found = Self::with_leaves(entries, size)?;
            size *= 2;
        }
        Ok(found)
    }

    fn with_leaves(entries: &[Entry], size: usize) -> Result<Self, Failure> {
        let (mut leaves, mut root) = (Vec::new(), Vec::new());
        for chunk in entries.chunks(size) {
            let leaf = encoded(chunk)?;
            let (offset, length) = (leaves.len() as u64, u32::try_from(leaf.len())?);
            root.push(Entry { number: chunk[0].number, offset, length, run: 0 });
            leaves.extend(leaf);
        }
        Ok(Self { root: encoded(&root)?, leaves })
    }
}

/// Puts tiles of successive numbers with one content into one entry.
pub(super) fn joined(tiles: impl Iterator<Item = Entry>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for tile in tiles {
        match entries.last_mut() {
            Some(last) if last.offset == tile.offset && last.number + u64::from(last.run) == tile.number => {
                last.run += tile.run;
            }
            _ => entries.push(tile),
        }
    }
    entries
}

fn encoded(entries: &[Entry]) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::with_capacity(entries.len() * 6);
    push(&mut bytes, entries.len() as u64);
    let mut last = 0;
    for entry in entries {
        push(&mut bytes, entry.number - last);
        last = entry.number;
    }
    entries.iter().for_each(|entry| push(&mut bytes, entry.run.into()));
    entries.iter().for_each(|entry| push(&mut bytes, entry.length.into()));
    let mut end = None;
    for entry in entries {
        push(&mut bytes, if end == Some(entry.offset) { 0 } else { entry.offset + 1 });
        end = Some(entry.offset + u64::from(entry.length));
    }
    gzip(&bytes)
}

/// A number, seven bits a byte, the low ones first.
fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Compresses what is not a tile.
pub(super) fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(number: u64, offset: u64) -> Entry {
        Entry { number, offset, length: 10, run: 1 }
    }

    #[test]
    fn successive_tiles_of_one_content_are_one_entry() {
        let tiles = [tile(4, 0), tile(5, 0), tile(6, 0), tile(8, 0), tile(9, 10), tile(10, 0)];
        let expected = [Entry { run: 3, ..tile(4, 0) }, tile(8, 0), tile(9, 10), tile(10, 0)];
        assert_eq!(joined(tiles.into_iter()), expected);
    }

    #[test]
    fn the_root_stays_below_its_limit_however_many_tiles_there_are() {
        let step = |n: u64| n * (1 + n % 7);
        let entries: Vec<Entry> = (0..200_000).map(|n| tile(8 * n + n % 5, step(n))).collect();
        let few = Directories::new(&entries[..100], 16_257).expect("in memory");
        assert!(few.leaves.is_empty());
        for limit in [16_257, 300] {
            let many = Directories::new(&entries, limit).expect("in memory");
            assert!(many.root.len() <= limit && !many.leaves.is_empty(), "{} bytes", many.root.len());
        }
    }
}
