//! What a half-written archive has so far, batch by batch.
//!
//! A line with the plan, then a record a batch: stops visited (8 bytes), number of tiles (4), the tiles (36 each), XXH3-64 of
//! all that. A batch is recorded when its bytes are on the disk, so what the journal says is there.

use crate::cmd::{export::tiles::plan::Plan, outcome::Failure};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
};
use xxhash_rust::xxh3::xxh3_64;

/// A tile of the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) number: u64,
    pub(super) hash: u128,
    /// From the first tile's first byte.
    pub(super) offset: u64,
    pub(super) length: u32,
}

/// A batch of tiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) visited: u64,
    pub(super) tiles: Vec<Stored>,
}

/// Bytes of a tile.
const STORED: usize = 36;

/// The journal of an archive.
pub(super) struct Journal(File);

impl Journal {
    /// Begins a journal, whatever was there.
    pub(super) fn begin(path: &Path, plan: &Plan) -> Result<Self, Failure> {
        let mut file = File::create(path).map_err(|e| format!("{}: {e}", path.display()))?;
        file.write_all(format!("{}\n", plan.line()?).as_bytes())?;
        file.sync_all()?;
        Ok(Self(file))
    }

    /// Opens the journal of an archive with so many bytes of tiles, and reads what is whole; `None` if there is none.
    ///
    /// # Errors
    /// When it is of another plan, or cannot be read.
    pub(super) fn open(path: &Path, plan: &Plan, bytes: u64) -> Result<Option<(Self, Vec<Record>)>, Failure> {
        if !path.exists() {
            return Ok(None);
        }
        let failed = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
        let mut file = File::options().read(true).write(true).open(path).map_err(|e| failed(&e))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let Some(line) = text.iter().position(|b| *b == b'\n') else { return Ok(None) };
        plan.continues(&String::from_utf8_lossy(&text[..line])).map_err(|e| failed(&e))?;
        let (records, read) = records(&text[line + 1..], bytes);
        let end = (line + 1 + read) as u64;
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        Ok(Some((Self(file), records)))
    }

    pub(super) fn append(&mut self, record: &Record) -> Result<(), Failure> {
        self.0.write_all(&record.bytes())?;
        Ok(())
    }
}

impl Record {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.visited.to_le_bytes().to_vec();
        bytes.extend((self.tiles.len() as u32).to_le_bytes());
        for tile in &self.tiles {
            bytes.extend(tile.number.to_le_bytes());
            bytes.extend(tile.hash.to_le_bytes());
            bytes.extend(tile.offset.to_le_bytes());
            bytes.extend(tile.length.to_le_bytes());
        }
        bytes.extend(xxh3_64(&bytes).to_le_bytes());
        bytes
    }

    /// The record that bytes begin with, and its length; `None` if it is not whole.
    fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let (visited, rest) = bytes.split_first_chunk()?;
        let (count, rest) = rest.split_first_chunk()?;
        let length = (u32::from_le_bytes(*count) as usize).checked_mul(STORED)?;
        let (tiles, rest) = rest.split_at_checked(length)?;
        let hashed = bytes.len() - rest.len();
        let hash = rest.first_chunk()?;
        (u64::from_le_bytes(*hash) == xxh3_64(&bytes[..hashed])).then_some(())?;
        let tiles = tiles.chunks_exact(STORED).map(Stored::read).collect::<Option<_>>()?;
        Some((Self { visited: u64::from_le_bytes(*visited), tiles }, hashed + hash.len()))
    }
}

impl Stored {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (number, rest) = bytes.split_first_chunk()?;
        let (hash, rest) = rest.split_first_chunk()?;
        let (offset, rest) = rest.split_first_chunk()?;
        Some(Self {
            number: u64::from_le_bytes(*number),
            hash: u128::from_le_bytes(*hash),
            offset: u64::from_le_bytes(*offset),
            length: u32::from_le_bytes(*rest.first_chunk()?),
        })
    }

    /// Where its bytes end.
    pub(super) fn end(&self) -> u64 {
        self.offset.saturating_add(self.length.into())
    }
}

/// The records of an archive with so many bytes of tiles, up to the first that is not whole, and how many bytes they take.
fn records(journal: &[u8], bytes: u64) -> (Vec<Record>, usize) {
    let (mut records, mut read) = (Vec::new(), 0);
    while let Some((record, length)) = Record::read(&journal[read..]) {
        if record.tiles.iter().any(|tile| tile.end() > bytes) {
            break;
        }
        read += length;
        records.push(record);
    }
    (records, read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(n: u64) -> Record {
        let tile = |k| Stored { number: 10 * n + k, hash: 7, offset: 100 * n + 10 * k, length: 10 };
        Record { visited: 10 * n, tiles: (0..n).map(tile).collect() }
    }

    #[test]
    fn whatever_is_cut_off_the_whole_records_before_it_are_read() {
        let expected = [record(0), record(3), record(1)];
        let parts = expected.each_ref().map(Record::bytes);
        let journal = parts.concat();
        for cut in 0..=journal.len() {
            let ends = [0, 1, 2, 3].map(|n| parts[..n].concat().len());
            let whole = ends.iter().rposition(|end| *end <= cut).unwrap_or_default();
            assert_eq!(records(&journal[..cut], u64::MAX), (expected[..whole].to_vec(), ends[whole]), "cut at {cut}");
        }
    }

    #[test]
    fn a_record_with_a_flipped_bit_or_without_its_tiles_ends_the_journal() {
        let journal = [record(1).bytes(), record(2).bytes()].concat();
        let first = record(1).bytes().len();
        for at in first..journal.len() {
            let mut damaged = journal.clone();
            damaged[at] ^= 4;
            assert_eq!(records(&damaged, u64::MAX).0, [record(1)], "byte {at}");
        }
        assert_eq!(records(&journal, 219).0, [record(1)]);
        assert_eq!(records(&journal, 220).0.len(), 2);
    }
}
