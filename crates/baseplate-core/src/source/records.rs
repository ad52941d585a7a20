//! Records of a CSV file, each by itself: one that is broken does not take the next ones with it.
//!
//! A quote that is never closed must cost its line and no other. So a record goes on over lines only if its
//! quotes close where a cell may end, it has as many cells as the header, and no line of it is a row by
//! itself; otherwise its first line is given as broken, and the lines after it are read again from the
//! first of them. A line that may be either, the end of a cell or a row, is given as broken too: a row made
//! of the inside of a cell is worse than one that has to be looked at. A record has at most 100 lines and 4
//! MiB behind its first line, which also bounds what is read twice.
//!
//! Some programs end lines with CR among others that end with LF. A line with a CR inside that is no record
//! as it stands is cut there.

use super::{
    dialect::{self, Dialect, HEAD_LINES},
    encoding::{Script, open_unknown},
    error::SourceError,
    kind::{self, Format},
    lines::{Line, Lines},
    split::{Ending, Splitter, cells_of},
};
use crate::code::looks_like_id;
use std::{
    collections::VecDeque,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A record that spans more lines than this has a quote that was never closed.
const RECORD_LINES_MAX: usize = 100;
/// Nor is a longer one closed, bytes of the lines after its first.
const RECORD_BYTES_MAX: usize = 4 << 20;
/// What is wrong with a line whose quotes are not closed.
const NOT_CLOSED: &str = "a quote is opened and not closed";
/// What is wrong with a line that has text behind a closing quote.
const TEXT_BEHIND: &str = "text follows a closing quote: double the quotes inside a quoted cell";

/// How a CSV file is to be read; whatever is left out is found in its content.
///
/// ```
/// use baseplate_core::CsvOptions;
/// let semicolons = CsvOptions { columns: &["lng", "lat"], delimiter: Some(';'), ..CsvOptions::default() };
/// # assert_eq!(semicolons.encoding, None);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct CsvOptions<'a> {
    /// The columns that will be asked for: they tell the header from a title, and the separator.
    pub columns: &'a [&'a str],
    /// The text encoding, such as `gbk`.
    pub encoding: Option<&'a str>,
    /// What separates the columns.
    pub delimiter: Option<char>,
}

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

/// The header of a CSV file and its records. Empty lines are passed over.
pub struct CsvRecords {
    /// The file, for messages.
    path: PathBuf,
    /// The lines that are still to be read.
    lines: Lines,
    /// The cells of the header.
    header: Vec<String>,
    /// What separates the columns.
    delimiter: char,
    /// Lines that were read ahead.
    again: VecDeque<Line>,
    /// Whether lines end with CR wherever one stands, though the file has LF too.
    returns: bool,
    /// The number of a line that may be the end of a cell as well as a row.
    doubtful: Option<u64>,
    /// How many lines were made of others by their CR so far.
    broken: u64,
    /// Bytes of the file, counted where they are read.
    bytes: Arc<AtomicU64>,
    /// What is worth knowing about how the file is read.
    notes: Vec<String>,
}

/// Opens a CSV file whatever it is written in, as sources are opened. The path `-` is standard input, which is judged by its
/// beginning; a file that is packed with gzip is unpacked.
///
/// # Errors
/// When the file cannot be opened or is another kind of file, or when the encoding is not known.
pub fn read_csv(path: &Path, options: &CsvOptions<'_>) -> Result<CsvRecords, SourceError> {
    let hint = Format::of(path).ok().and_then(|format| format.delimiter()).unwrap_or(',');
    let wanted = Format::Delimited(hint);
    // A kind of file may be a folder.
    let extension = path.extension().and_then(|extension| extension.to_str()).filter(|_| path.is_dir());
    if let Some(error) = extension.and_then(|extension| kind::called(path, extension, &wanted)) {
        return Err(error);
    }
    let (lines, script, bytes) = open_unknown(path, &wanted, options.encoding)?;
    Ok(CsvRecords { bytes, ..CsvRecords::new(path, lines, script, hint, options)? })
}

impl CsvRecords {
    /// Records of lines that are open already; `hint` is the separator that is tried first.
    pub(super) fn new(
        path: &Path,
        mut lines: Lines,
        script: Script,
        hint: char,
        options: &CsvOptions<'_>,
    ) -> Result<Self, SourceError> {
        let head = read_head(&mut lines).map_err(|e| SourceError::broken(path, lines.number(), e))?;
        // A header that goes on behind a CR is no header: then CR ends lines, and an LF somewhere is the odd one.
        let returns = head.first().is_some_and(|line| holds_return(&line.text));
        let lines_read = head.len() as u64;
        let head = if returns { renumbered(head.iter().flat_map(at_returns)) } else { head };
        let broken = (head.len() as u64).saturating_sub(lines_read);
        let Dialect { delimiter, header, begin, end } = dialect::find(&head, options.columns, options.delimiter, hint)
            .unwrap_or(Dialect { delimiter: hint, header: Vec::new(), begin: 0, end: 0 });
        let mut notes: Vec<String> = script.doubt().map(str::to_owned).into_iter().collect();
        if begin > 0 {
            notes
                .push(format!("the header is line {}; what stands above it was taken for a title", head[begin].number));
        }
        let again = head.into_iter().skip(end).collect();
        Ok(Self {
            path: path.to_owned(),
            lines,
            header,
            delimiter,
            again,
            returns,
            doubtful: None,
            broken,
            bytes: Arc::default(),
            notes,
        })
    }

    /// The cells of the header; none if the file is empty.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Whether a column stands in the header more than once; then the first is read.
    pub(super) fn is_repeated(&self, name: &str) -> bool {
        dialect::column_indices(&self.header, name).count() > 1
    }

    /// What separates the columns.
    pub fn delimiter(&self) -> char {
        self.delimiter
    }

    /// What is worth knowing about how the file is read.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The index of a column in the header and in the cells of sound records; the first if it is there
    /// several times.
    ///
    /// # Errors
    /// [`SourceError::NoColumn`] with the columns that are there.
    pub fn column(&self, name: &str) -> Result<usize, SourceError> {
        dialect::column_index(&self.header, name).ok_or_else(|| SourceError::NoColumn {
            path: self.path.clone(),
            column: name.to_owned(),
            found: shown_header(&self.header),
            separated_by: format!(", separated by {}", dialect::shown(self.delimiter)),
        })
    }

    /// The next record after the header.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn read(&mut self) -> io::Result<Option<CsvRecord>> {
        loop {
            let Some(line) = self.next_line()? else { return Ok(None) };
            if holds_return(&line.text) && self.is_no_record(&line.text) {
                self.break_at_returns(&line);
            } else if line.fault.is_some() || !is_empty(&line.text, self.delimiter) {
                return self.record(line).map(Some);
            }
        }
    }

    /// Whether a line is no record as it stands. With a CR in it it may be several, which end with that though others end with LF.
    fn is_no_record(&self, line: &str) -> bool {
        cells_of(line, self.delimiter).is_none_or(|cells| cells.len() != self.header.len())
    }

    /// Puts the parts of a line, cut at its CR, where they are read next.
    fn break_at_returns(&mut self, line: &Line) {
        let parts = at_returns(line);
        let parts = if self.returns { renumbered(parts) } else { parts.collect() };
        self.broken += if self.returns { parts.len() as u64 - 1 } else { 0 };
        parts.into_iter().rev().for_each(|part| self.again.push_front(part));
    }

    /// How many lines were read.
    pub fn line(&self) -> u64 {
        self.lines.number()
    }

    /// How many bytes of the file were read, as it lies on disk; a block ahead of the records, and 0 for standard input.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The next line, of those that were put back first.
    fn next_line(&mut self) -> io::Result<Option<Line>> {
        loop {
            if let Some(line) = self.again.pop_front() {
                return Ok(Some(line));
            }
            let Some(line) = self.lines.read()? else { return Ok(None) };
            let line = Line { number: line.number + self.broken, ..line };
            if !(self.returns && holds_return(&line.text)) {
                return Ok(Some(line));
            }
            self.break_at_returns(&line);
        }
    }

    /// The record that begins with a line.
    fn record(&mut self, line: Line) -> io::Result<CsvRecord> {
        if let Some(fault) = line.fault {
            return Ok(broken(line, fault));
        }
        if self.doubtful.take_if(|number| *number <= line.number) == Some(line.number) {
            return Ok(broken(line, NOT_CLOSED));
        }
        let mut splitter = Splitter::new(self.delimiter);
        match splitter.take(&line.text) {
            Ending::Whole => Ok(CsvRecord { line: line.number, cells: splitter.cells, fault: None }),
            Ending::Broken => Ok(broken(line, TEXT_BEHIND)),
            Ending::Open => match self.go_on(&line.text, splitter)? {
                Some(cells) => Ok(CsvRecord { line: line.number, cells, fault: None }),
                None => Ok(broken(line, NOT_CLOSED)),
            },
        }
    }

    /// The cells of a record that goes on over the next lines. If it never ends, or by a quote that was not meant to end it, there
    /// are none, and the lines will be read again by themselves.
    fn go_on(&mut self, first: &str, mut splitter: Splitter) -> io::Result<Option<Vec<String>>> {
        // The last line of a record whose first cell goes on looks like a row: it has all the other cells.
        let may_end_as_row = splitter.cells.is_empty() && first.split(self.delimiter).count() < self.header.len();
        let (mut taken, mut bytes) = (Vec::new(), 0);
        let mut complete = false;
        while taken.len() + 1 < RECORD_LINES_MAX && bytes < RECORD_BYTES_MAX {
            let Some(line) = self.next_line()? else { break };
            let mut ending = if line.fault.is_none() { splitter.take(&line.text) } else { Ending::Broken };
            if self.is_row(&line.text) && !(may_end_as_row && ending == Ending::Whole) {
                // It closes the cell as well: which of the two it is cannot be told, and a row made of the inside of a cell is
                // worse than one that has to be looked at.
                let is_either = ending == Ending::Whole && splitter.cells.len() == self.header.len();
                self.doubtful = is_either.then_some(line.number);
                ending = Ending::Broken;
            }
            bytes += line.text.len();
            taken.push(line);
            complete = ending == Ending::Whole && splitter.cells.len() == self.header.len();
            if ending != Ending::Open {
                break;
            }
        }
        if complete {
            return Ok(Some(splitter.cells));
        }
        taken.into_iter().rev().for_each(|line| self.again.push_front(line));
        Ok(None)
    }

    /// Whether a line has by itself what a row needs, so that it can hardly be the inside of a cell.
    fn is_row(&self, line: &str) -> bool {
        let is_wide = |cells: Vec<String>| cells.len() >= self.header.len();
        !is_empty(line, self.delimiter) && cells_of(line, self.delimiter).is_some_and(is_wide)
    }
}

/// Whether a CR stands in a line, not at its end.
fn holds_return(line: &str) -> bool {
    memchr::memchr(b'\r', line.trim_end_matches('\r').as_bytes()).is_some()
}

/// The lines that the CR in one end.
fn at_returns(line: &Line) -> impl DoubleEndedIterator<Item = Line> {
    let part = |text: &str| Line { number: line.number, text: text.to_owned(), fault: line.fault };
    line.text.trim_end_matches('\r').split('\r').map(part).collect::<Vec<_>>().into_iter()
}

/// Lines with the numbers that follow that of the first.
fn renumbered(lines: impl Iterator<Item = Line>) -> Vec<Line> {
    let mut next = None;
    let numbered = lines.map(|line| {
        let number = next.unwrap_or(line.number);
        next = Some(number + 1);
        Line { number, ..line }
    });
    numbered.collect()
}

/// A line that is no record.
fn broken(line: Line, fault: &'static str) -> CsvRecord {
    let text = line.text.trim_end_matches('\r').to_owned();
    CsvRecord { line: line.number, cells: vec![text], fault: Some(fault) }
}

/// The first lines with something in them.
fn read_head(lines: &mut Lines) -> io::Result<Vec<Line>> {
    let mut head = Vec::with_capacity(HEAD_LINES);
    while head.len() < HEAD_LINES {
        match lines.read()? {
            Some(line) if head.is_empty() && line.fault.is_none() && line.text.trim().is_empty() => {}
            Some(line) => head.push(line),
            None => break,
        }
    }
    Ok(head)
}

/// Whether nothing but white space stands in a line.
fn is_empty(line: &str, delimiter: char) -> bool {
    line.chars().all(|c| c.is_ascii_whitespace() && c != delimiter)
}

/// The most columns that a message lists.
const COLUMNS_SHOWN: usize = 60;

/// The columns of a header for a message.
fn shown_header(header: &[String]) -> String {
    let more = if header.len() > COLUMNS_SHOWN { ", …" } else { "" };
    header.iter().take(COLUMNS_SHOWN).map(|cell| shown(cell)).collect::<Vec<_>>().join(", ") + more
}

/// The longest cell of a header that a message quotes, characters.
const SHOWN_MAX: usize = 24;

/// A cell of the header for a message. A file without a header has a row instead, which may be somebody's address or id.
fn shown(cell: &str) -> &str {
    let numbered = !cell.is_ascii() && cell.contains(|c: char| c.is_numeric());
    if numbered || cell.contains(char::is_control) || looks_like_id(cell) || cell.chars().count() > SHOWN_MAX {
        "…"
    } else {
        cell
    }
}

#[cfg(test)]
mod tests;
