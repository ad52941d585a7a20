//! Reading a whole file, whatever its format.
//!
//! Parsing has a thread of its own, which is ahead of the sink by at most a few batches; so reading and
//! linking go on at the same time and memory stays bounded.

use super::{
    columns::Columns, delimited, encoding::Inspection, error::SourceError, features, kind::Format, row::Sink,
    spec::SourceFile,
};
use std::{sync::mpsc::sync_channel, thread};

/// Rows that go from the reading thread to the sink together.
const BATCH: usize = 4096;
/// Batches that may wait for the sink.
const WAITING: usize = 4;

/// Reads a whole file, on a thread of its own, and hands its rows to `sink` on this one, in their order.
/// Returns what is worth knowing about the file itself.
///
/// # Errors
/// When the file cannot be read to its end, or does not have the columns that are wanted. Rows that were
/// handed on before stay so.
pub(crate) fn read_rows(
    file: &SourceFile,
    inspection: &Inspection,
    columns: &Columns,
    sink: &mut Sink<'_>,
) -> Result<Vec<String>, SourceError> {
    thread::scope(|scope| {
        let (send, receive) = sync_channel(WAITING);
        let reader = scope.spawn(move || {
            let mut batch = Vec::with_capacity(BATCH);
            let read = read_here(file, inspection, columns, &mut |row| {
                batch.push(row);
                if batch.len() == BATCH {
                    // Nobody receives any more only if the sink panicked.
                    let _ = send.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)));
                }
            });
            let _ = send.send(batch);
            read
        });
        receive.into_iter().flatten().for_each(sink);
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Reads a whole file on this thread, by the format that its name says.
fn read_here(
    file: &SourceFile,
    inspection: &Inspection,
    columns: &Columns,
    sink: &mut Sink<'_>,
) -> Result<Vec<String>, SourceError> {
    match Format::of(&file.path)? {
        Format::Features => features::read_collection(file, inspection, columns, sink),
        Format::FeatureLines => features::read_lines(file, inspection, columns, sink),
        Format::Delimited(hint) => delimited::read(file, inspection, hint, columns, sink),
    }
}
