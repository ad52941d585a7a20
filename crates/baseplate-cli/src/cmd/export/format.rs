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
    /// Features: GeoParquet 1.1
    Geoparquet,
    /// Features: GeoJSON, RFC 7946
    Geojson,
    /// Features: CSV, the geometry as well-known text in the last column
    Csv,
}

/// What is exported, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Tiles(TileFormat),
    Features(FeatureFormat),
}

/// A format of tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TileFormat {
    PmTiles,
    MbTiles,
}

/// A format of features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FeatureFormat {
    GeoParquet,
    GeoJson,
    Csv,
}

impl Format {
    /// The one that is asked for, else the one that the file's name tells.
    pub(super) fn wanted(asked: Option<Self>, out: &Path) -> Result<Self, String> {
        let unclear = || {
            let names = Self::value_variants().iter().filter_map(Self::to_possible_value);
            let names: Vec<_> = names.map(|value| value.get_name().to_owned()).collect();
            format!("'{}' tells no format: give --format ({})", out.display(), names.join(", "))
        };
        asked.or_else(|| Self::of(out)).ok_or_else(unclear)
    }

    fn of(out: &Path) -> Option<Self> {
        let ending = out.extension()?.to_str()?.to_ascii_lowercase();
        Self::value_variants().iter().copied().find(|format| format.endings().contains(&ending.as_str()))
    }

    /// What a file's name may end in, the usual one first.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pmtiles => &["pmtiles"],
            Self::Mbtiles => &["mbtiles"],
            Self::Geoparquet => &["parquet", "geoparquet"],
            Self::Geojson => &["geojson", "json"],
            Self::Csv => &["csv"],
        }
    }

    /// What a file's name ends in if nobody gives it another one.
    pub(super) const fn extension(self) -> &'static str {
        self.endings()[0]
    }

    pub(super) const fn content(self) -> Content {
        match self {
            Self::Pmtiles => Content::Tiles(TileFormat::PmTiles),
            Self::Mbtiles => Content::Tiles(TileFormat::MbTiles),
            Self::Geoparquet => Content::Features(FeatureFormat::GeoParquet),
            Self::Geojson => Content::Features(FeatureFormat::GeoJson),
            Self::Csv => Content::Features(FeatureFormat::Csv),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_what_is_asked_for_else_what_the_name_says() {
        let wanted = |asked, out: &str| Format::wanted(asked, out.as_ref()).ok();
        assert_eq!(wanted(None, "a/city.PMTiles"), Some(Format::Pmtiles));
        assert_eq!(wanted(None, "grids.parquet"), Some(Format::Geoparquet));
        assert_eq!(wanted(Some(Format::Csv), "grids.txt"), Some(Format::Csv));
        assert_eq!(wanted(Some(Format::Mbtiles), "city.pmtiles"), Some(Format::Mbtiles));
        assert_eq!(["city", "city.txt", "-", ".csv"].map(|out| wanted(None, out)), [None; 4]);
    }
}
