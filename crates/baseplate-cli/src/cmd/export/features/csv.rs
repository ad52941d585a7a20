//! CSV with the geometry as well-known text in the last column.

use super::{BufferedOut, Sink, wkt::wkt};
use crate::cmd::export::Failure;
use baseplate_core::{Feature, FeatureColumn, FeatureValue};
use csv::Writer;
use std::borrow::Cow;

/// The name of the last column.
const GEOMETRY: &str = "wkt";

pub(super) struct CsvSink<'w>(Writer<BufferedOut<'w>>);

impl<'w> CsvSink<'w> {
    pub(super) fn new(columns: &[FeatureColumn], out: BufferedOut<'w>) -> Result<Self, Failure> {
        let mut writer = Writer::from_writer(out);
        writer.write_record(columns.iter().map(|column| column.name).chain([GEOMETRY]))?;
        Ok(Self(writer))
    }
}

impl Sink for CsvSink<'_> {
    fn put(&mut self, feature: &Feature<'_>) -> Result<(), Failure> {
        for value in &feature.values {
            self.0.write_field(cell(value).as_bytes())?;
        }
        self.0.write_field(feature.geometry.as_ref().map(wkt).unwrap_or_default())?;
        self.0.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), Failure> {
        Ok(self.0.flush()?)
    }
}

fn cell<'a>(value: &FeatureValue<'a>) -> Cow<'a, str> {
    match value {
        FeatureValue::Null => "".into(),
        FeatureValue::Text(text) => (*text).into(),
        FeatureValue::Cell(cell) => cell.to_string().into(),
        FeatureValue::Integer(number) => number.to_string().into(),
        FeatureValue::Float(number) => number.to_string().into(),
    }
}
