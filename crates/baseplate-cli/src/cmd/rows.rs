//! CSV files whose rows are answered one by one: read in batches, written in their order.

use baseplate_core::{Baseplate, CsvRecord, CsvRecords, read_csv};
use std::{
    error::Error,
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// A CSV file with a header.
pub(crate) struct Input {
    path: PathBuf,
    records: CsvRecords,
    header: Vec<String>,
    /// A row that was looked at before its turn.
    ahead: Option<CsvRecord>,
}

impl Input {
    pub(crate) fn open(path: &Path, encoding: Option<&str>) -> Result<Self, Box<dyn Error>> {
        let records = read_csv(path, encoding)?;
        let mut input = Self { path: path.to_owned(), records, header: Vec::new(), ahead: None };
        let header = input.row()?.ok_or_else(|| format!("{}: it is empty", path.display()))?;
        input.header = header.cells;
        Ok(input)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    /// The place of a column.
    pub(crate) fn column(&self, name: &str) -> Result<usize, String> {
        let path = self.path.display();
        let found = || self.header.iter().map(|cell| shown(cell)).collect::<Vec<_>>().join(", ");
        let missing = || format!("{path}: there is no column '{name}'; the file has: {}", found());
        self.header.iter().position(|h| h.trim() == name).ok_or_else(missing)
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

/// The longest cell of a header that a message quotes, characters.
const SHOWN_MAX: usize = 24;

/// A cell of the header for a message. A file without a header has a row in its place, which may be somebody's address.
fn shown(cell: &str) -> &str {
    let numbered = !cell.is_ascii() && cell.contains(|c: char| c.is_numeric());
    if numbered || cell.chars().count() > SHOWN_MAX { "…" } else { cell }
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
pub(crate) fn open_output(out: &Path, input: &Path) -> Result<Box<dyn Write>, Box<dyn Error>> {
    keep_input(out, input)?;
    create(out)
}

/// A new file, or standard output for `-`.
pub(crate) fn create(out: &Path) -> Result<Box<dyn Write>, Box<dyn Error>> {
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

/// Says so if another generation was published while rows were answered. All answers are of the one that was opened.
pub(crate) fn notice_newer(plate: &Baseplate) {
    let opened = &plate.manifest().generation;
    match plate.newer() {
        Ok(None) => {}
        Ok(Some(newer)) => eprintln!(
            "note: generation {newer} was published meanwhile; every row was answered from generation {opened}: run it again for \
             the new one"
        ),
        Err(e) => eprintln!("note: every row was answered from generation {opened}, which is no longer published: {e}"),
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
