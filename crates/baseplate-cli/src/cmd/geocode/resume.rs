//! Going on with the output of an interrupted run.
//!
//! Whatever stopped the run, the file holds the first bytes of what it would have held in the end. Its complete rows are
//! compared with the input and stay; the rest is cut off and written anew.

use super::{answer::ADDED, origin::Origin, run::Run};
use crate::cmd::rows::{Named, keep_input};
use baseplate_core::CsvRecord;
use csv::{ReaderBuilder, StringRecord};
use std::{
    array,
    error::Error,
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::Path,
};

/// Rows between two looks at the progress bar.
const ROWS_PER_LOOK: u64 = 10_000;

/// Opens an output at the end of its complete rows, with the input at the row after them. A file that is not there is begun.
pub(super) fn open(run: &mut Run<'_>, out: &Path, head: &[u8], origin: &Origin) -> Result<Named, Box<dyn Error>> {
    let name = out.display();
    if out.as_os_str() == "-" {
        return Err("--resume needs a file: what went to standard output cannot be read again".into());
    }
    if out.metadata().is_ok_and(|found| !found.is_file()) {
        return Err(format!("{name}: --resume needs a regular file").into());
    }
    keep_input(out, run.input.path())?;
    let opened = File::options().read(true).write(true).create(true).truncate(false).open(out);
    let mut file = opened.map_err(|e| format!("{name}: {e}"))?;
    let mut found = Vec::new();
    (&file).take(head.len() as u64).read_to_end(&mut found)?;
    if !head.starts_with(&found) {
        return Err(format!("{name}: its header is not the one that this input and these options give").into());
    }
    if found.len() < head.len() {
        origin.begin()?;
        file.set_len(0)?;
        file.rewind()?;
        let mut file = Named::new(out, file);
        file.write_all(head)?;
        return Ok(file);
    }
    file.rewind()?;
    let end = end_of_records(BufReader::new(&file))?;
    file.rewind()?;
    pass_over(run, (&file).take(end)).map_err(|e| format!("{name}: {e}"))?;
    if !run.input.at_end()? {
        origin.check().map_err(|e| format!("{name}: {e}"))?;
    }
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    Ok(Named::new(out, file))
}

/// Where the last complete record ends: a line feed with an even number of quotes before it.
fn end_of_records(mut text: impl BufRead) -> io::Result<u64> {
    let (mut end, mut at, mut quoted) = (0, 0, false);
    loop {
        let block = text.fill_buf()?;
        if block.is_empty() {
            return Ok(end);
        }
        for &byte in block {
            at += 1;
            quoted ^= byte == b'"';
            if byte == b'\n' && !quoted {
                end = at;
            }
        }
        let read = block.len();
        text.consume(read);
    }
}

/// Compares the rows of an output with those of the input, and counts them.
fn pass_over(run: &mut Run<'_>, written: impl Read) -> Result<(), Box<dyn Error>> {
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(written);
    let (mut row, mut last) = (StringRecord::new(), None);
    let width = run.question.width();
    while reader.read_record(&mut row)? {
        let number = run.tally.rows() + 1;
        let foreign = || format!("its row {number} does not belong to this input");
        let record = run.input.row()?.ok_or_else(foreign)?;
        let cells = (row.len() == width + ADDED.len()).then(|| array::from_fn(|at| &row[width + at]));
        let cells = cells.filter(|_| run.question.kept(&record).iter().eq(row.iter().take(width)));
        run.tally.count(&cells.ok_or_else(foreign)?);
        if number.is_multiple_of(ROWS_PER_LOOK) {
            run.show("comparing");
        }
        last = Some((record, row.clone()));
    }
    last.map_or(Ok(()), |(record, row)| same_answer(run, record, &row))
}

/// The answer to the last row must be the one that stands there: another plate or column would go unnoticed otherwise.
fn same_answer(run: &Run<'_>, record: CsvRecord, row: &StringRecord) -> Result<(), Box<dyn Error>> {
    let records = [record];
    let cells = records.iter().zip(run.answers(&records)).map(|(record, answer)| run.cells(record, &answer));
    let same = cells.into_iter().all(|cells| cells.iter().eq(row.iter().skip(run.question.width())));
    let other =
        || format!("its row {} has another answer now: was it another plate or other options?", run.tally.rows());
    if same { Ok(()) } else { Err(other().into()) }
}
