//! Tables that leave the program: CSV that can be opened in a spreadsheet.

use super::rows::create;
use baseplate_core::spreadsheet_cell;
use csv::Writer;
use std::{
    io::{self, Write},
    path::PathBuf,
};

/// The byte order mark.
const BOM: &str = "\u{feff}";

pub(crate) const BOM_IS_FOR_CSV: &str = "--bom is for CSV, and would break any other file: leave it out";

/// How a list is written.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Format {
    Csv,
    Json,
}

/// Where a table is written.
#[derive(clap::Args)]
pub(crate) struct Out {
    /// Where to write, UTF-8; - is standard output
    #[arg(long, default_value = "-")]
    pub(crate) out: PathBuf,
    /// Begin CSV with a byte order mark, which Excel needs
    #[arg(long)]
    pub(crate) bom: bool,
}

impl Out {
    /// Opens it; `csv` says whether a table will be written.
    pub(crate) fn create(&self, csv: bool) -> Result<Box<dyn Write>, String> {
        if self.bom && !csv {
            return Err(BOM_IS_FOR_CSV.to_owned());
        }
        create(&self.out)
    }
}

/// An output that begins with a byte order mark, if it is to.
pub(crate) fn marked<W: Write>(mut out: W, bom: bool) -> io::Result<W> {
    if bom {
        out.write_all(BOM.as_bytes())?;
    }
    Ok(out)
}

/// Rows of CSV. A cell that a spreadsheet would take for a formula gets an apostrophe in front.
pub(crate) struct Table<W: Write>(Writer<W>);

impl<W: Write> Table<W> {
    /// A table that begins here.
    pub(crate) fn begin(out: W, bom: bool) -> io::Result<Self> {
        Ok(Self::on(marked(out, bom)?))
    }

    /// A table that has begun already.
    pub(crate) fn on(out: W) -> Self {
        Self(Writer::from_writer(out))
    }

    pub(crate) fn row<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) -> csv::Result<()> {
        for cell in cells {
            self.0.write_field(spreadsheet_cell(cell.as_ref()).as_bytes())?;
        }
        self.0.write_record(None::<&[u8]>)
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
