//! CSV files whose rows are answered one by one: read in batches, written in their order.

use baseplate_core::{CsvOptions, CsvRecord, CsvRecords, SourceError, parse_delimiter, read_csv};
use phrasebook::say;
use std::{
    error::Error,
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// How the input is written.
#[derive(clap::Args)]
pub(crate) struct Written {
    /// Text encoding of the input, such as gbk or big5; found out line by line if left out
    #[arg(long)]
    encoding: Option<String>,
    /// What separates the columns of the input: one character, or tab; found out by itself if left out
    #[arg(long, value_name = "CHARACTER", value_parser = parse_delimiter)]
    delimiter: Option<char>,
}

/// A CSV file with a header.
pub(crate) struct Input {
    path: PathBuf,
    records: CsvRecords,
    /// A row that was looked at before its turn.
    ahead: Option<CsvRecord>,
}

impl Input {
    /// Opens a file that should have these columns, and says what is worth knowing about it.
    pub(crate) fn open(path: &Path, written: &Written, columns: &[&str]) -> Result<Self, Box<dyn Error>> {
        let Written { encoding, delimiter } = written;
        let options = CsvOptions { columns, encoding: encoding.as_deref(), delimiter: *delimiter };
        let records = read_csv(path, &options)?;
        let name = path.display();
        if records.header().is_empty() {
            return Err(format!("{name}: it is empty").into());
        }
        records.notes().iter().for_each(|note| say!("note: {name}: {note}"));
        Ok(Self { path: path.to_owned(), records, ahead: None })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn header(&self) -> &[String] {
        self.records.header()
    }

    /// What separates the columns.
    pub(crate) fn delimiter(&self) -> char {
        self.records.delimiter()
    }

    /// The place of a column.
    pub(crate) fn column(&self, name: &str) -> Result<usize, SourceError> {
        self.records.column(name)
    }

    /// Whether there is no row left.
    pub(crate) fn at_end(&mut self) -> Result<bool, String> {
        self.ahead = self.row()?;
        Ok(self.ahead.is_none())
    }

    /// The next row.
    pub(crate) fn row(&mut self) -> Result<Option<CsvRecord>, String> {
        if let Some(ahead) = self.ahead.take() {
            return Ok(Some(ahead));
        }
        let broken = |line, e| format!("{}: cannot be read on after line {line}: {e}", self.path.display());
        self.records.read().map_err(|e| broken(self.records.line(), e))
    }

    /// The next rows, as many as asked for or what is left.
    pub(crate) fn batch(&mut self, rows: usize) -> Result<Vec<CsvRecord>, String> {
        std::iter::from_fn(|| self.row().transpose()).take(rows).collect()
    }

    /// Bytes read so far and in all; (0, 0) for standard input.
    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.records.bytes(), self.path.metadata().map_or(0, |m| m.len()))
    }
}

/// What is wrong with a row as such, beside what is in it: it could not be read, or has not the header's number of cells.
pub(crate) fn fault(record: &CsvRecord, width: usize) -> Option<String> {
    if let Some(fault) = record.fault {
        return Some(fault.to_owned());
    }
    let cells = record.cells.len();
    (cells != width).then(|| format!("{cells} cells, the header has {width}"))
}

/// Where rows are written; `-` is standard output. Never the file they come from.
pub(crate) fn open_output(out: &Path, input: &Path) -> Result<Box<dyn Write>, String> {
    keep_input(out, input)?;
    create(out)
}

/// A new file, or standard output for `-`.
pub(crate) fn create(out: &Path) -> Result<Box<dyn Write>, String> {
    if out.as_os_str() == "-" {
        return Ok(Box::new(BufWriter::new(io::stdout().lock())));
    }
    let file = File::create(out).map_err(|e| format!("{}: {e}", out.display()))?;
    Ok(Box::new(BufWriter::new(Named::new(out, file))))
}

/// A file whose errors say which it is.
pub(crate) struct Named {
    path: PathBuf,
    file: File,
}

impl Named {
    pub(crate) fn new(path: &Path, file: File) -> Self {
        Self { path: path.to_owned(), file }
    }

    fn named<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", self.path.display())))
    }
}

impl Write for Named {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes);
        self.named(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.file.flush();
        self.named(flushed)
    }
}

/// An error if both are the same file.
pub(crate) fn keep_input(out: &Path, input: &Path) -> Result<(), String> {
    let same = |a: &Path, b: &Path| a.canonicalize().ok().zip(b.canonicalize().ok()).is_some_and(|(a, b)| a == b);
    if same(out, input) {
        return Err(format!("{}: the output would overwrite the input", out.display()));
    }
    Ok(())
}
