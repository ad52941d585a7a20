//! PMTiles 3.
//!
//! The tiles follow 16 KiB that are kept for the header and the root directory, so they are written where they stay; metadata and
//! further directories come behind them.

mod directory;
mod header;
mod journal;

use super::{
    archive::{Archive, Batch, Made, Metadata, Tally},
    plan::Plan,
};
use crate::cmd::{export::partial::Partial, outcome::Failure};
use baseplate_core::TileDescription;
use directory::{Directories, Entry, gzip, joined};
use header::{FIRST_BYTES, Header, LENGTH, Section};
use journal::{Journal, Record, Stored};
use std::{
    collections::HashMap,
    fs,
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// A half-written PMTiles file.
pub(super) struct PmTiles {
    partial: Partial,
    journal: Journal,
    journal_path: PathBuf,
    visited: u64,
    tiles: Vec<Entry>,
    /// Where the bytes of a tile are, by its hash: offset and length.
    places: HashMap<u128, (u64, u32)>,
    /// Bytes of tiles.
    end: u64,
}

impl PmTiles {
    /// Begins a file, or goes on with what an interrupted export left of it.
    pub(super) fn open(out: &Path, plan: &Plan, resume: bool) -> Result<Self, Failure> {
        let partial = Partial::claim(out)?;
        let journal_path = partial.aside("-journal");
        let bytes = partial.file().metadata()?.len().saturating_sub(FIRST_BYTES as u64);
        let found = if resume { Journal::open(&journal_path, plan, bytes)? } else { None };
        let (journal, records) = match found {
            Some(found) => found,
            None => (Journal::begin(&journal_path, plan)?, Vec::new()),
        };
        let (tiles, places) = (Vec::new(), HashMap::new());
        let mut archive = Self { partial, journal, journal_path, visited: 0, tiles, places, end: 0 };
        records.iter().for_each(|record| archive.take(record));
        archive.partial.file().set_len(FIRST_BYTES as u64 + archive.end)?;
        Ok(archive)
    }

    fn take(&mut self, record: &Record) {
        self.visited = record.visited;
        for tile in &record.tiles {
            self.tiles.push(Entry { number: tile.number, offset: tile.offset, length: tile.length, run: 1 });
            self.places.insert(tile.hash, (tile.offset, tile.length));
            self.end = self.end.max(tile.end());
        }
    }

    /// Where a tile is or, if it is new, will be; its bytes then go behind `fresh`.
    fn place(&mut self, tile: &Made, fresh: &mut Vec<u8>) -> Result<Stored, Failure> {
        let place = match self.places.get(&tile.hash) {
            Some(place) => *place,
            None => (self.end + fresh.len() as u64, u32::try_from(tile.gzip.len())?),
        };
        if self.places.insert(tile.hash, place).is_none() {
            fresh.extend(&tile.gzip);
        }
        Ok(Stored { number: tile.stop.number, hash: tile.hash, offset: place.0, length: place.1 })
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> Result<Section, Failure> {
        let mut file = self.partial.file();
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)?;
        Ok(Section { offset, length: bytes.len() as u64 })
    }
}

impl Archive for PmTiles {
    fn visited(&self) -> u64 {
        self.visited
    }

    fn append(&mut self, batch: Batch) -> Result<(), Failure> {
        let mut fresh = Vec::new();
        let tiles = batch.tiles.iter().map(|tile| self.place(tile, &mut fresh)).collect::<Result<_, _>>()?;
        let record = Record { visited: batch.visited, tiles };
        self.write(FIRST_BYTES as u64 + self.end, &fresh)?;
        self.partial.file().sync_data()?;
        self.journal.append(&record)?;
        self.take(&record);
        Ok(())
    }

    fn finish(self: Box<Self>, description: &TileDescription) -> Result<Tally, Failure> {
        let tally = Tally { tiles: self.tiles.len() as u64, different: self.places.len() as u64 };
        let entries = joined(self.tiles.iter().copied());
        let directories = Directories::new(&entries, FIRST_BYTES - LENGTH)?;
        let tiles = Section { offset: FIRST_BYTES as u64, length: self.end };
        let about = gzip(&serde_json::to_vec(&Metadata::new(description))?)?;
        let metadata = self.write(tiles.offset + tiles.length, &about)?;
        let leaves = self.write(metadata.offset + metadata.length, &directories.leaves)?;
        let root = self.write(LENGTH as u64, &directories.root)?;
        let counts = [tally.tiles, entries.len() as u64, tally.different];
        self.write(0, &Header { root, metadata, leaves, tiles, counts, description }.bytes())?;
        self.partial.publish()?;
        fs::remove_file(&self.journal_path)?;
        Ok(tally)
    }
}
