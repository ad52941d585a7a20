//! Exports tiles into one file: the same bytes as tile-server serves, compressed with gzip.

mod archive;
mod mbtiles;
mod plan;
mod pmtiles;
mod walk;

use super::{format::TileFormat, zooms::Zooms};
use crate::cmd::{outcome::Failure, progress::Bar};
use archive::{Archive, Batch, Made};
use baseplate_core::{Baseplate, TileError, TileId, TileLayer};
use flate2::{Compression, write::GzEncoder};
use mbtiles::MbTiles;
use phrasebook::say;
use plan::Plan;
use pmtiles::PmTiles;
use rayon::prelude::*;
use std::{io::Write, path::Path, time::Instant};
use walk::{Stop, Walk};
use xxhash_rust::xxh3::xxh3_128;

/// Tiles that are made and written together.
const BATCH: usize = 64;
/// Level of gzip: where more costs time and gains little.
const GZIP_LEVEL: u32 = 6;

/// Tiles to be exported.
pub(super) struct TileExport<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) layers: Vec<TileLayer>,
    pub(super) zooms: Zooms,
    pub(super) format: TileFormat,
    pub(super) out: &'a Path,
    pub(super) resume: bool,
}

impl TileExport<'_> {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let zooms = self.zooms()?;
        let walk = || Walk::new(&zooms, |tile: TileId| self.plate.may_have_tiles(&self.layers, tile));
        let mut archive = self.open()?;
        let bar = Bar::new()?.counting("tiles");
        bar.step("looking where there are tiles");
        let (of, begun, since) = (walk().count() as u64, archive.visited(), Instant::now());
        let stops = walk().skip(usize::try_from(begun)?);
        let named = |e: Failure| format!("{}: {e}", self.out.display());
        self.copy(stops, archive.as_mut(), &|done| bar.count("exporting", done, done, of)).map_err(named)?;
        let description = self.plate.describe_tiles(&self.layers).within(self.zooms.first, self.zooms.last);
        let tally = archive.finish(&description).map_err(named)?;
        bar.clear();
        let rate = (of - begun.min(of)) as f64 / since.elapsed().as_secs_f64();
        say!("{} tiles, {} different ones; looked at {of}, {rate:.0}/s", tally.tiles, tally.different);
        Ok(())
    }

    /// The zooms at which one of the layers has features.
    fn zooms(&self) -> Result<Vec<u8>, String> {
        let Zooms { first, last } = self.zooms;
        let zooms: Vec<u8> = (first..=last).filter(|zoom| self.layers.iter().any(|layer| layer.is_at(*zoom))).collect();
        let found = self.layers.iter().map(|l| format!("{} is in zooms {}-{}", l.name, l.min_zoom, l.max_zoom));
        let nothing = || {
            format!(
                "--zoom {first}-{last}: there are no tiles of these zooms: {}",
                found.collect::<Vec<_>>().join(", ")
            )
        };
        if zooms.is_empty() { Err(nothing()) } else { Ok(zooms) }
    }

    fn open(&self) -> Result<Box<dyn Archive>, Failure> {
        let plan = Plan::new(self.plate, &self.layers, self.zooms)?;
        Ok(match self.format {
            TileFormat::PmTiles => Box::new(PmTiles::open(self.out, &plan, self.resume)?),
            TileFormat::MbTiles => Box::new(MbTiles::open(self.out, &plan, self.resume)?),
        })
    }

    /// Makes batch after batch, each while the one before is written.
    fn copy(
        &self,
        mut stops: impl Iterator<Item = Stop> + Send,
        archive: &mut dyn Archive,
        done: &dyn Fn(u64),
    ) -> Result<(), Failure> {
        let mut visited = archive.visited();
        let mut written: Result<(), Failure> = Ok(());
        let mut batch = Batch { visited, tiles: Vec::new() };
        loop {
            let next: Vec<Stop> = stops.by_ref().take(BATCH).collect();
            if next.is_empty() {
                written?;
                return archive.append(batch);
            }
            visited += next.len() as u64;
            let (made, append) = rayon::join(|| self.made(&next), || written.and_then(|()| archive.append(batch)));
            written = append;
            batch = Batch { visited, tiles: made? };
            done(visited);
        }
    }

    /// The tiles that are not empty.
    fn made(&self, stops: &[Stop]) -> Result<Vec<Made>, Failure> {
        stops.par_iter().with_max_len(1).filter_map(|stop| self.tile(*stop).transpose()).collect()
    }

    fn tile(&self, stop: Stop) -> Result<Option<Made>, Failure> {
        let bytes = self.plate.tile(&self.layers, stop.tile).map_err(|e: TileError| e.to_string())?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(GZIP_LEVEL));
        encoder.write_all(&bytes)?;
        Ok(Some(Made { stop, hash: xxh3_128(&bytes), gzip: encoder.finish()? }))
    }
}
