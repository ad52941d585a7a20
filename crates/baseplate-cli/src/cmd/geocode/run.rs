//! A run: what is read, looked up and written, row by row.

use super::{
    answer::{ADDED, FAULTS, added, invalid},
    question::Question,
    tally::Tally,
};
use crate::cmd::{outcome::Outcome, progress::Bar, rows::Input, table::Table};
use baseplate_core::{Baseplate, CsvRecord, Geocoded};
use std::{error::Error, io::Write};

/// Rows that are looked up and written together.
const BATCH: usize = 4096;

/// A run over one file.
pub(super) struct Run<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) input: Input,
    pub(super) question: Question,
    pub(super) tally: Tally,
    pub(super) bar: Bar,
}

impl<'a> Run<'a> {
    /// What the output begins with: its header, as bytes.
    pub(super) fn head(&self, bom: bool) -> Result<Vec<u8>, Box<dyn Error>> {
        let mut head = Vec::new();
        let mut table = Table::begin(&mut head, bom)?;
        table.row(self.input.header().iter().map(String::as_str).chain(ADDED))?;
        table.flush()?;
        drop(table);
        Ok(head)
    }

    /// Reads, looks up and writes batch by batch until the input ends.
    pub(super) fn copy(&mut self, writer: &mut Table<impl Write>) -> Outcome {
        loop {
            let batch = self.input.batch(BATCH)?;
            if batch.is_empty() {
                return Ok(());
            }
            for (record, answer) in batch.iter().zip(self.answers(&batch)) {
                let cells = self.cells(record, &answer);
                self.tally.count(&cells);
                let kept = self.question.kept(record);
                writer.row(kept.iter().map(AsRef::as_ref).chain(cells.iter().map(String::as_str)))?;
            }
            writer.flush()?;
            self.show("geocoding");
        }
    }

    /// What is added to a row: of one that is none what is wrong with it.
    pub(super) fn cells(&self, record: &CsvRecord, answer: &Geocoded<'_>) -> [String; ADDED.len()] {
        let mut cells = added(answer);
        if let Some(fault) = self.question.fault(record) {
            cells[FAULTS] = fault;
        }
        cells
    }

    /// The answers to rows, in their order.
    pub(super) fn answers(&self, batch: &[CsvRecord]) -> Vec<Geocoded<'a>> {
        let texts: Vec<_> = batch.iter().map(|record| self.question.text(record)).collect();
        let asked: Vec<&str> = texts.iter().map(|text| text.as_deref().unwrap_or_default()).collect();
        let answers = self.plate.geocode_many(&asked).into_iter().zip(&texts);
        answers.map(|(answer, text)| if text.is_some() { answer } else { invalid() }).collect()
    }

    pub(super) fn show(&self, what: &str) {
        let (done, of) = self.input.progress();
        self.bar.count(what, self.tally.rows(), done, of);
    }
}
