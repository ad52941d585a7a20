//! MBTiles 1.3.
//!
//! Each batch is a transaction, so whatever interrupts an export, SQLite itself goes back to the last whole one.

use super::{
    archive::{Archive, Batch, Metadata, Tally},
    plan::Plan,
};
use crate::cmd::{export::partial::Partial, outcome::Failure};
use baseplate_core::{Bbox, TileDescription};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::json;
use std::{fs, io::ErrorKind, path::Path};

/// The tables of the format, and one that is there until the file is whole.
const TABLES: &str = "
    PRAGMA application_id = 0x4d504258;
    CREATE TABLE metadata (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
    CREATE TABLE map (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_id TEXT,
        PRIMARY KEY (zoom_level, tile_column, tile_row)) WITHOUT ROWID;
    CREATE TABLE images (tile_id TEXT PRIMARY KEY, tile_data BLOB);
    CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM map JOIN images USING (tile_id);
    CREATE TABLE unfinished (plan TEXT, visited INTEGER);";
/// What such a file holds.
const DESCRIPTION: &str = "grids, buildings, addresses and enterprises as vector tiles";
const PUT_MAP: &str = "INSERT INTO map VALUES (?1, ?2, ?3, ?4)";
const PUT_IMAGE: &str = "INSERT OR IGNORE INTO images VALUES (?1, ?2)";

/// A half-written MBTiles file.
pub(super) struct MbTiles {
    /// Closed before the file gets its name.
    db: Connection,
    partial: Partial,
    visited: u64,
}

impl MbTiles {
    /// Begins a file, or goes on with what an interrupted export left of it.
    pub(super) fn open(out: &Path, plan: &Plan, resume: bool) -> Result<Self, Failure> {
        let partial = Partial::claim(out)?;
        let path = partial.path();
        if resume {
            let mut db = Connection::open(path)?;
            if let Some((begun, visited)) = begun(&mut db).map_err(|e| format!("{}: {e}", path.display()))? {
                plan.continues(&begun).map_err(|e| format!("{}: {e}", path.display()))?;
                return Ok(Self { db, partial, visited });
            }
        }
        partial.file().set_len(0)?;
        match fs::remove_file(partial.aside("-journal")) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(e.into()),
            _ => {}
        }
        let mut db = Connection::open(path)?;
        let transaction = db.transaction()?;
        transaction.execute_batch(TABLES)?;
        transaction.execute("INSERT INTO unfinished VALUES (?1, 0)", [plan.line()?])?;
        transaction.commit()?;
        Ok(Self { db, partial, visited: 0 })
    }
}

/// The plan of a file that was begun, and how far it came.
fn begun(db: &mut Connection) -> rusqlite::Result<Option<(String, u64)>> {
    let is_begun = "SELECT 1 FROM sqlite_master WHERE name = 'unfinished'";
    if db.query_row(is_begun, [], |_| Ok(())).optional()?.is_none() {
        return Ok(None);
    }
    db.query_row("SELECT plan, visited FROM unfinished", [], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

impl Archive for MbTiles {
    fn visited(&self) -> u64 {
        self.visited
    }

    fn append(&mut self, batch: Batch) -> Result<(), Failure> {
        let transaction = self.db.transaction()?;
        put(&transaction, &batch)?;
        transaction.execute("UPDATE unfinished SET visited = ?1", [batch.visited])?;
        transaction.commit()?;
        self.visited = batch.visited;
        Ok(())
    }

    fn finish(mut self: Box<Self>, description: &TileDescription) -> Result<Tally, Failure> {
        let transaction = self.db.transaction()?;
        for (name, value) in metadata(description)? {
            transaction.execute("INSERT OR REPLACE INTO metadata VALUES (?1, ?2)", [name, &value])?;
        }
        transaction.execute_batch("DROP TABLE unfinished")?;
        let count = |table: &str| transaction.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0));
        let tally = Tally { tiles: count("map")?, different: count("images")? };
        transaction.commit()?;
        self.db.close().map_err(|(_, e)| e)?;
        self.partial.publish()?;
        Ok(tally)
    }
}

fn put(transaction: &Transaction<'_>, batch: &Batch) -> rusqlite::Result<()> {
    let mut map = transaction.prepare_cached(PUT_MAP)?;
    let mut image = transaction.prepare_cached(PUT_IMAGE)?;
    for made in &batch.tiles {
        let (tile, id) = (made.stop.tile, format!("{:032x}", made.hash));
        let row_from_south = (1_u32 << tile.z()) - 1 - tile.y();
        map.execute(params![tile.z(), tile.x(), row_from_south, id])?;
        image.execute(params![id, made.gzip])?;
    }
    Ok(())
}

/// The rows of the table of that name.
fn metadata(description: &TileDescription) -> serde_json::Result<Vec<(&'static str, String)>> {
    let all = Metadata::new(description);
    let mut rows = vec![
        ("name", description.name.clone()),
        ("format", "pbf".to_owned()),
        ("minzoom", description.minzoom.to_string()),
        ("maxzoom", description.maxzoom.to_string()),
        ("type", all.of.to_owned()),
        // The specification wants a number here, which PMTiles does not.
        ("version", "1".to_owned()),
        ("description", format!("{}: {DESCRIPTION}", description.name)),
        ("generation", description.generation.clone()),
        ("json", serde_json::to_string(&json!({ "vector_layers": description.vector_layers }))?),
    ];
    rows.extend(description.bounds.map(|Bbox([w, s, e, n])| ("bounds", format!("{w},{s},{e},{n}"))));
    rows.extend(description.center.map(|(lng, lat, zoom)| ("center", format!("{lng},{lat},{zoom}"))));
    Ok(rows)
}
