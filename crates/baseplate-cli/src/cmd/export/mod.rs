//! `baseplate export`: tiles in one file, the features of layers, or the H3 cells of grids.

mod cover;
mod features;
mod format;
mod partial;
mod tiles;
mod zooms;

use super::{
    notes::say_release,
    outcome::{Failure, Outcome},
    table::BOM_IS_FOR_CSV,
};
use baseplate_core::{Baseplate, GridKind, H3CoverQuery, Level, TileLayer, pick_layers};
use features::FeatureExport;
use format::{Content, FeatureFormat, Format, TileFormat};
use std::{
    error::Error,
    path::{Path, PathBuf},
};
use tiles::TileExport;
use zooms::Zooms;

/// Write tiles into one file, the features of layers, or the H3 cells of grids
///
/// Tiles (pmtiles, mbtiles) are those that tile-server serves for the same layers, compressed with gzip; equal ones are stored
/// once, empty ones not at all. Until it is whole the file is called FILE.partial; --resume goes on with it.
///
/// Features (geoparquet, geojson, csv) are all rows of a layer, with the codes of what they lie in. Coordinates are degrees of
/// EPSG:4490. With several layers --out is a folder with a file for each. People appear in counts only, as of their last release.
///
/// H3 cells (--h3-cover) come with one row for each cell that touches a grid: cell, grid (its code), position (inside: the whole
/// cell lies in the grid; border). A cell on a border has a row for every grid it touches. Every point of a grid is in one of its cells.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  baseplate export city.plate --zoom 6-14 --out city.pmtiles
  baseplate export city.plate --layers grids,buildings --out city.mbtiles --resume
  baseplate export city.plate --layers addresses --out addresses.parquet
  baseplate export city.plate --layers grids,buildings --format geojson --out city
  baseplate export city.plate --h3-cover grids --res 10 --out cells.csv")]
pub(crate) struct Args {
    /// The plate
    plate: PathBuf,
    /// Layers, joined by commas; all if left out
    #[arg(long, value_name = "LAYERS", value_delimiter = ',', conflicts_with = "h3_cover")]
    layers: Vec<String>,
    /// Zooms of tiles, like 6-14; all zooms of the layers if left out
    #[arg(long, value_name = "FIRST-LAST", conflicts_with = "h3_cover")]
    zoom: Option<Zooms>,
    /// The format; what --out ends in if left out
    #[arg(long, conflicts_with = "h3_cover")]
    format: Option<Format>,
    /// Where to write; cells: CSV (cell in hexadecimal), or Arrow (cell as UInt64) if it ends in .arrow; - is standard output
    #[arg(long, default_value = "-", value_name = "PATH")]
    out: PathBuf,
    /// Begin CSV with a byte order mark, which Excel needs
    #[arg(long)]
    bom: bool,
    /// Go on where an interrupted export of the same tiles stopped
    #[arg(long, conflicts_with = "h3_cover")]
    resume: bool,
    /// H3 cells of the grids of which level: grids, communities, subdistricts, districts or cities
    #[arg(long, value_name = "LEVEL", value_parser = level, requires = "res")]
    h3_cover: Option<Level>,
    /// Export natural persons in business (个体工商户) like any other enterprise
    #[arg(long, conflicts_with = "h3_cover")]
    natural_persons: bool,
    /// H3 resolution, 0 to 15; the cells of 10 measure 0.015 km²
    #[arg(long, requires = "h3_cover")]
    res: Option<u8>,
    /// H3 cells of the grids of which kind
    #[arg(long, default_value = "basic", requires = "h3_cover")]
    kind: GridKind,
}

pub(crate) fn run(args: &Args) -> Outcome {
    export(args).map_err(|e| e as Box<dyn Error>)
}

fn export(args: &Args) -> Result<(), Failure> {
    let plate = Baseplate::open(&args.plate)?;
    let plate = if args.natural_persons { plate.with_natural_persons() } else { plate };
    if let (Some(level), Some(resolution)) = (args.h3_cover, args.res) {
        let query = H3CoverQuery { kind: args.kind.clone(), level, resolution };
        return cover::run(&plate, &query, &args.out, args.bom);
    }
    let format = Format::wanted(args.format, &args.out)?;
    say_release(plate.manifest().people_release.as_ref());
    match format.content() {
        Content::Tiles(tiles) => args.tiles(&plate, tiles)?.run(),
        Content::Features(features) => args.features(&plate, features, format.extension())?.run(),
    }
}

impl Args {
    fn tiles<'a>(&'a self, plate: &'a Baseplate, format: TileFormat) -> Result<TileExport<'a>, Failure> {
        if self.bom {
            return Err(BOM_IS_FOR_CSV.into());
        }
        let layers = self.picked(plate)?;
        let all = plate.describe_tiles(&layers);
        let zooms = self.zoom.unwrap_or(Zooms { first: all.minzoom, last: all.maxzoom });
        Ok(TileExport { plate, layers, zooms, format, out: self.file("tiles")?, resume: self.resume })
    }

    fn features<'a>(
        &'a self,
        plate: &'a Baseplate,
        format: FeatureFormat,
        extension: &'static str,
    ) -> Result<FeatureExport<'a>, Failure> {
        if self.zoom.is_some() {
            return Err("--zoom is for tiles (pmtiles, mbtiles); features are written whole: leave it out".into());
        }
        if self.resume {
            return Err("--resume is for tiles (pmtiles, mbtiles); features are written anew: leave it out".into());
        }
        if self.bom && format != FeatureFormat::Csv {
            return Err(BOM_IS_FOR_CSV.into());
        }
        Ok(FeatureExport { plate, layers: self.picked(plate)?, format, extension, bom: self.bom, out: &self.out })
    }

    /// The layers that are asked for.
    fn picked(&self, plate: &Baseplate) -> Result<Vec<TileLayer>, Failure> {
        if self.layers.is_empty() {
            return Ok(plate.tile_layers());
        }
        Ok(pick_layers(&plate.tile_layers(), self.layers.iter().map(|name| name.trim()))?)
    }

    /// The output, which may not be standard output.
    fn file(&self, what: &str) -> Result<&Path, String> {
        let out = self.out.as_path();
        if out.as_os_str() == "-" { Err(format!("{what} need a file: give --out FILE")) } else { Ok(out) }
    }
}

fn level(text: &str) -> Result<Level, String> {
    let allowed = || Level::ALL.map(Level::plural).join(", ");
    Level::ALL.into_iter().find(|l| l.plural() == text).ok_or_else(|| format!("not one of {}", allowed()))
}
