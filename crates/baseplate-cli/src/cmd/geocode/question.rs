//! What a row asks, and what is kept of it.

use super::super::rows::{Input, fault};
use baseplate_core::{CsvRecord, SourceError};
use std::borrow::Cow;

/// Where in a row the address stands.
pub(super) struct Question {
    address: usize,
    within: Option<usize>,
    width: usize,
}

impl Question {
    pub(super) fn find(input: &Input, address: &str, within: Option<&str>) -> Result<Self, SourceError> {
        let within = within.map(|name| input.column(name)).transpose()?;
        Ok(Self { address: input.column(address)?, within, width: input.header().len() })
    }

    /// Columns of the input.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// What is wrong with a row as such.
    pub(super) fn fault(&self, record: &CsvRecord) -> Option<String> {
        fault(record, self.width)
    }

    /// The address text of a row, its area before it unless it begins with that; `None` for a row that is none.
    pub(super) fn text<'r>(&self, record: &'r CsvRecord) -> Option<Cow<'r, str>> {
        if fault(record, self.width).is_some() {
            return None;
        }
        let text = record.cells.get(self.address)?.as_str();
        let within = self.within.and_then(|at| record.cells.get(at)).map_or("", |cell| cell.trim());
        let whole = text.trim().is_empty() || text.trim_start().starts_with(within);
        Some(if whole { text.into() } else { format!("{within}{text}").into() })
    }

    /// The cells of a row, as many as the header has; the last one holds what is beyond them too.
    pub(super) fn kept<'r>(&self, record: &'r CsvRecord) -> Vec<Cow<'r, str>> {
        let cell = |at: usize| record.cells.get(at).map_or(Cow::default(), |cell| cell.as_str().into());
        let mut kept: Vec<_> = (0..self.width).map(cell).collect();
        if let (Some(last), Some(beyond @ [_, ..])) = (kept.last_mut(), record.cells.get(self.width..)) {
            *last = format!("{last},{}", beyond.join(",")).into();
        }
        kept
    }
}
