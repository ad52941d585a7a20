//! Records of a CSV file, each by itself: one that is broken does not take the next ones with it.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};
use std::{
    collections::VecDeque,
    io::{self, BufRead, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A record that spans more lines than this has a quote that was never closed.
const RECORD_LINES_MAX: usize = 100;
/// The longest line, bytes; a polygon of a million vertices has half of it.
const LINE_MAX: u64 = 64 << 20;

/// A record as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvRecord {
    /// The line on which it begins, counted from 1.
    pub line: u64,
    /// Its cells; of a broken record the one line, as it is.
    pub cells: Vec<String>,
    /// What is wrong with it, if anything is.
    pub fault: Option<&'static str>,
}

/// The records of a CSV file, the header first. Empty lines are passed over.
pub struct CsvRecords {
    text: Box<dyn BufRead>,
    core: Reader,
    line_end: u8,
    /// Lines that were read ahead in vain, with their numbers.
    again: VecDeque<(u64, Vec<u8>)>,
    line: u64,
    /// Bytes of the file, counted where they are read.
    bytes: Arc<AtomicU64>,
}

impl CsvRecords {
    /// Records of text that is UTF-8 by now. `returns_only` says that lines end with CR alone.
    pub(super) fn new(text: Box<dyn BufRead>, delimiter: u8, returns_only: bool) -> Self {
        let core = ReaderBuilder::new().delimiter(delimiter).terminator(Terminator::Any(b'\n')).build();
        let line_end = if returns_only { b'\r' } else { b'\n' };
        Self { text, core, line_end, again: VecDeque::new(), line: 0, bytes: Arc::default() }
    }

    /// With the counter that the file below it keeps.
    pub(super) fn counted(self, bytes: Arc<AtomicU64>) -> Self {
        Self { bytes, ..self }
    }

    /// The next record.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn read(&mut self) -> io::Result<Option<CsvRecord>> {
        loop {
            let Some((line, first)) = self.next_line()? else { return Ok(None) };
            if !first.trim_ascii().is_empty() {
                return self.record(line, first).map(Some);
            }
        }
    }

    /// How many lines were read.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes of the file were read, as it lies on disk; a block ahead of the records, and 0 for standard input.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The next line, with its end made LF.
    fn next_line(&mut self) -> io::Result<Option<(u64, Vec<u8>)>> {
        if let Some(line) = self.again.pop_front() {
            return Ok(Some(line));
        }
        let mut line = Vec::new();
        if self.text.by_ref().take(LINE_MAX).read_until(self.line_end, &mut line)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        if line.last() == Some(&self.line_end) {
            line.pop();
        }
        line.push(b'\n');
        Ok(Some((self.line, line)))
    }

    /// Reads lines until the record is complete; if it never is, its first line is broken and the others are read again.
    fn record(&mut self, line: u64, first: Vec<u8>) -> io::Result<CsvRecord> {
        let mut cells = Cells::default();
        self.core.reset();
        let mut lines = vec![(line, first)];
        while !cells.take(&mut self.core, &lines[lines.len() - 1].1) {
            let next = if lines.len() < RECORD_LINES_MAX { self.next_line()? } else { None };
            match next {
                Some(next) => lines.push(next),
                None => {
                    let mut lines = lines.into_iter();
                    let (_, first) = lines.next().unwrap_or_default();
                    lines.rev().for_each(|line| self.again.push_front(line));
                    let raw = String::from_utf8_lossy(first.trim_ascii_end()).into_owned();
                    return Ok(CsvRecord { line, cells: vec![raw], fault: Some("a quote is opened and not closed") });
                }
            }
        }
        let cells = cells.finish();
        let strange = cells.iter().any(|cell| cell.contains(char::REPLACEMENT_CHARACTER));
        let fault = strange.then_some("it has characters that the encoding of the file does not have");
        Ok(CsvRecord { line, cells, fault })
    }
}

/// The cells of a record while it is being read.
#[derive(Default)]
struct Cells {
    data: Vec<u8>,
    filled: usize,
    ends: Vec<usize>,
    count: usize,
}

impl Cells {
    /// Takes a line; true when the record is complete.
    fn take(&mut self, core: &mut Reader, mut line: &[u8]) -> bool {
        loop {
            self.data.resize(self.data.len().max(self.filled + line.len() + 1), 0);
            self.ends.resize(self.ends.len().max(self.count + 16), 0);
            let (output, ends) = (&mut self.data[self.filled..], &mut self.ends[self.count..]);
            let (result, read, written, ended) = core.read_record(line, output, ends);
            line = &line[read..];
            self.filled += written;
            self.count += ended;
            match result {
                ReadRecordResult::InputEmpty => return false,
                ReadRecordResult::OutputFull => self.data.resize(2 * self.data.len() + 64, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len() + 16, 0),
                ReadRecordResult::Record | ReadRecordResult::End => return true,
            }
        }
    }

    /// The cells as text, without the CR that the last one of a CRLF line ends with.
    fn finish(self) -> Vec<String> {
        let mut start = 0;
        let cell = |end: &usize| {
            let bytes = self.data.get(start..*end).unwrap_or_default();
            start = *end;
            String::from_utf8_lossy(bytes).into_owned()
        };
        let mut cells: Vec<String> = self.ends[..self.count].iter().map(cell).collect();
        if let Some(last) = cells.last_mut().filter(|last| last.ends_with('\r')) {
            last.pop();
        }
        cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn read(text: &str, returns_only: bool) -> Vec<(u64, Vec<String>, bool)> {
        let mut records = CsvRecords::new(Box::new(Cursor::new(text.to_owned())), b',', returns_only);
        let mut all = Vec::new();
        while let Some(record) = records.read().expect("memory") {
            all.push((record.line, record.cells, record.fault.is_some()));
        }
        all
    }

    fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>, bool) {
        (line, cells.iter().map(|c| (*c).to_owned()).collect(), false)
    }

    #[test]
    fn every_end_of_line_gives_the_same_cells_and_numbers() {
        let expected = [row(1, &["a", "b"]), row(2, &["1", "x\"y"]), row(4, &["2", ""])];
        for (end, returns_only) in [("\n", false), ("\r\n", false), ("\r", true)] {
            let text = ["a,b", "1,\"x\"\"y\"", "", "2,"].join(end);
            assert_eq!(read(&text, returns_only), expected, "{end:?}");
        }
    }

    #[test]
    fn a_cell_may_span_lines() {
        assert_eq!(read("a,\"b\nc\"\nd,e\n", false), [row(1, &["a", "b\nc"]), row(3, &["d", "e"])]);
    }

    #[test]
    fn a_quote_that_is_not_closed_costs_one_line() {
        let rest: String = (0..500).map(|i| format!("{i},x\n")).collect();
        let all = read(&format!("a,b\n1,\"open\n{rest}"), false);
        assert_eq!(all.len(), 502);
        assert_eq!(all[1], (2, vec!["1,\"open".to_owned()], true));
        assert_eq!(all[2], row(3, &["0", "x"]));
        assert_eq!(all[501], row(502, &["499", "x"]));
    }

    #[test]
    fn a_quote_inside_a_cell_is_a_character() {
        assert_eq!(read("a,5\" pipe,b\nc,d,e\n", false)[0], row(1, &["a", "5\" pipe", "b"]));
    }
}
