//! The formats of exports, and how a file's name tells them.

use clap::ValueEnum;
use std::path::Path;

/// A format, as `--format` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Tiles: one file for static hosts
    Pmtiles,
    /// Tiles: an SQLite file
    Mbtiles,
}

/// A format of tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TileFormat {
    PmTiles,
    MbTiles,
}

impl Format {
    /// The one that a file's name tells.
    fn of(out: &Path) -> Option<Self> {
        let extension = out.extension()?.to_str()?;
        Self::value_variants().iter().find(|format| format.extension().eq_ignore_ascii_case(extension)).copied()
    }

    /// The one that is asked for, else the one that the file's name tells.
    pub(super) fn wanted(asked: Option<Self>, out: &Path) -> Result<Self, String> {
        let names = || Self::value_variants().iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
        let unclear = || format!("{}: the name tells no format; give --format ({})", out.display(), names());
        asked.or_else(|| Self::of(out)).ok_or_else(unclear)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Pmtiles => "pmtiles",
            Self::Mbtiles => "mbtiles",
        }
    }

    /// What a file's name ends in.
    pub(super) const fn extension(self) -> &'static str {
        self.name()
    }
}
