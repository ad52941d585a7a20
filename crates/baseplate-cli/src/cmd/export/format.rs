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
        Some(match out.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "pmtiles" => Self::Pmtiles,
            "mbtiles" => Self::Mbtiles,
            "parquet" | "geoparquet" => Self::Geoparquet,
            "geojson" | "json" => Self::Geojson,
            "csv" => Self::Csv,
            _ => return None,
        })
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

impl FeatureFormat {
    /// What a file's name ends in.
    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::GeoParquet => "parquet",
            Self::GeoJson => "geojson",
            Self::Csv => "csv",
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
