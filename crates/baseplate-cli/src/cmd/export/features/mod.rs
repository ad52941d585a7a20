//! Exports the features of layers: one file a layer, row after row, so that memory does not grow with the city.

mod csv;
mod geojson;
mod parquet;
mod sink;
mod wkt;

use self::{
    csv::CsvSink,
    geojson::GeoJsonSink,
    parquet::ParquetSink,
    sink::{BufferedOut, Sink},
};
use super::{format::FeatureFormat, partial::Partial};
use crate::cmd::{outcome::Failure, progress::Bar};
use baseplate_core::{Baseplate, FeatureColumn, TileLayer};
use phrasebook::say;
use std::{
    fs,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// Features between two looks at the progress bar.
const FEATURES_PER_LOOK: u64 = 10_000;
/// Bytes that are written together.
const BUFFER: usize = 1 << 18;

/// Features to be exported.
pub(super) struct FeatureExport<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) layers: Vec<TileLayer>,
    pub(super) format: FeatureFormat,
    /// What the names of files end in, where there are several.
    pub(super) extension: &'static str,
    /// Whether CSV begins with a byte order mark.
    pub(super) bom: bool,
    /// A file for one layer, a folder for several.
    pub(super) out: &'a Path,
}

impl FeatureExport<'_> {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let bar = Bar::new()?.counting("features");
        if self.out.as_os_str() == "-" {
            return self.to_standard_output(&bar);
        }
        let targets = self.targets()?;
        for (layer, target) in self.layers.iter().zip(targets) {
            let partial = Partial::claim(&target)?;
            partial.file().set_len(0)?;
            let copied = self.copy(layer, BufWriter::with_capacity(BUFFER, partial.file()), &bar);
            let count = copied.map_err(|e| format!("{}: {e}", partial.path().display()))?;
            partial.publish()?;
            bar.clear();
            say!("{}: {count} features", target.display());
        }
        Ok(())
    }

    /// The files, one for each layer.
    fn targets(&self) -> Result<Vec<PathBuf>, Failure> {
        if self.layers.len() == 1 {
            return Ok(vec![self.out.to_owned()]);
        }
        fs::create_dir_all(self.out).map_err(|e| {
            format!(
                "{}: {e}; several layers need a folder, one file for each; name one with --layers",
                self.out.display()
            )
        })?;
        let name = |layer: &TileLayer| self.out.join(format!("{}.{}", layer.name, self.extension));
        Ok(self.layers.iter().map(name).collect())
    }

    fn to_standard_output(&self, bar: &Bar) -> Result<(), Failure> {
        let [layer] = self.layers.as_slice() else {
            return Err("several layers need a folder: give --out, or name one layer with --layers".into());
        };
        if self.format == FeatureFormat::GeoParquet {
            return Err("geoparquet needs a file: give --out".into());
        }
        let count = self.copy(layer, BufWriter::with_capacity(BUFFER, io::stdout()), bar)?;
        bar.clear();
        say!("{count} features");
        Ok(())
    }

    /// Writes the features of a layer and counts them.
    fn copy(&self, layer: &TileLayer, out: impl Write + Send, bar: &Bar) -> Result<u64, Failure> {
        let of = self.plate.feature_count(layer);
        let mut sink = self.sink(layer.columns(), Box::new(out))?;
        let mut count = 0;
        for feature in self.plate.features(layer) {
            sink.put(&feature)?;
            count += 1;
            if count % FEATURES_PER_LOOK == 0 {
                bar.count(&layer.name, count, count, of);
            }
        }
        sink.finish()?;
        let hidden = self.plate.clone().with_natural_persons().feature_count(layer) - of;
        if hidden > 0 {
            say!("{}: {hidden} natural persons in business are left out; --natural-persons names them", layer.name);
        }
        Ok(count)
    }

    fn sink<'w>(&self, columns: Vec<FeatureColumn>, out: BufferedOut<'w>) -> Result<Box<dyn Sink + 'w>, Failure> {
        Ok(match self.format {
            FeatureFormat::Csv => Box::new(CsvSink::new(&columns, out, self.bom)?),
            FeatureFormat::GeoJson => Box::new(GeoJsonSink::new(columns, out)?),
            FeatureFormat::GeoParquet => Box::new(ParquetSink::new(&columns, out)?),
        })
    }
}
