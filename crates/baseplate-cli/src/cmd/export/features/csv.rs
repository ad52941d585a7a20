//! CSV with the geometry as well-known text in the last column.

use super::{
    sink::{BufferedOut, Sink},
    wkt::wkt,
};
use crate::cmd::{outcome::Failure, table::Table};
use baseplate_core::{Feature, FeatureColumn, FeatureValue};

/// The name of the last column.
const GEOMETRY: &str = "wkt";

pub(super) struct CsvSink<'w>(Table<BufferedOut<'w>>);

impl<'w> CsvSink<'w> {
    pub(super) fn new(columns: &[FeatureColumn], out: BufferedOut<'w>, bom: bool) -> Result<Self, Failure> {
        let mut writer = Table::begin(out, bom)?;
        writer.row(columns.iter().map(|column| column.name.as_str()).chain([GEOMETRY]))?;
        Ok(Self(writer))
    }
}

impl Sink for CsvSink<'_> {
    fn put(&mut self, feature: &Feature<'_>) -> Result<(), Failure> {
        let geometry = feature.geometry.as_ref().map(wkt).unwrap_or_default();
        Ok(self.0.row(feature.values.iter().map(FeatureValue::to_text).chain([geometry.into()]))?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), Failure> {
        Ok(self.0.flush()?)
    }
}
