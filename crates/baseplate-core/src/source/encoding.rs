//! Opening a file as UTF-8 text, whatever it was written in, and taking its fingerprint on the way.

use super::{CsvRecords, SourceError, SourceFile};
use encoding_rs::{Encoding, GB18030, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// What a first pass over a file found out.
pub(crate) struct Inspection {
    /// SHA-256 of the file as it lies on disk, hexadecimal.
    pub(crate) sha256: String,
    /// Its size, bytes.
    pub(crate) bytes: u64,
    /// Lines end with CR alone, as old spreadsheets have it.
    pub(super) returns_only: bool,
    encoding: &'static Encoding,
    read: Arc<AtomicU64>,
}

impl Inspection {
    /// Bytes of the file that were read since.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

/// Counts what goes through it.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// A UTF-8 file may have this share of broken characters (one in …) before it is taken for GB18030.
const BROKEN_ONE_IN: u64 = 10;
/// Read buffer, bytes.
const BUFFER: usize = 1 << 16;

/// Reads a file once from end to end: its fingerprint, and its encoding unless the spec names one.
pub(crate) fn inspect(file: &SourceFile) -> Result<Inspection, SourceError> {
    let fail = |e| SourceError::io(&file.path, e);
    let (sha256, bytes) = fingerprint(&file.path).map_err(fail)?;
    let seen = sniff(open_raw(&file.path, Arc::default()).map_err(fail)?);
    let encoding = named(&file.path, file.encoding.as_deref())?.unwrap_or_else(|| seen.encoding());
    Ok(Inspection { sha256, bytes, returns_only: seen.returns && !seen.feeds, encoding, read: Arc::default() })
}

fn named(path: &Path, encoding: Option<&str>) -> Result<Option<&'static Encoding>, SourceError> {
    let unknown = |name: &str| SourceError::UnknownEncoding { path: path.to_owned(), encoding: name.to_owned() };
    encoding.map(|name| Encoding::for_label(name.as_bytes()).ok_or_else(|| unknown(name))).transpose()
}

fn fingerprint(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; BUFFER]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((hex::encode(hash.finalize()), bytes)),
            n => {
                hash.update(&buffer[..n]);
                bytes += n as u64;
            }
        }
    }
}

fn open_raw(path: &Path, read: Arc<AtomicU64>) -> io::Result<Box<dyn BufRead>> {
    let file = BufReader::with_capacity(BUFFER, Counted { inner: File::open(path)?, read });
    let is_gzip = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gz"));
    Ok(if is_gzip { Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(file))) } else { Box::new(file) })
}

/// UTF-8 if (nearly) all of it is; GB18030, which holds GBK and GB2312, otherwise. A file that cannot be read to its end
/// is judged by what could be read; reading it again will report the error at its place.
fn sniff(mut reader: impl Read) -> Sniffed {
    let mut seen = Sniffed::default();
    let (mut block, mut carried) = (vec![0; BUFFER], 0);
    while let Ok(read @ 1..) = reader.read(&mut block[carried..]) {
        let filled = carried + read;
        let end = seen.take(&block[..filled]);
        block.copy_within(end..filled, 0);
        carried = filled - end;
    }
    seen.broken += u64::from(carried > 0);
    seen
}

/// What the bytes of a file look like.
#[derive(Default)]
struct Sniffed {
    wide: u64,
    broken: u64,
    returns: bool,
    feeds: bool,
}

impl Sniffed {
    /// Counts in a block; returns where an unfinished character at its end begins.
    fn take(&mut self, block: &[u8]) -> usize {
        self.returns |= block.contains(&b'\r');
        self.feeds |= block.contains(&b'\n');
        if block.is_ascii() {
            return block.len();
        }
        let mut at = 0;
        for chunk in block.utf8_chunks() {
            self.wide += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
            at += chunk.valid().len() + chunk.invalid().len();
            if at == block.len() && (1..=3).contains(&chunk.invalid().len()) {
                return at - chunk.invalid().len();
            }
            self.broken += u64::from(!chunk.invalid().is_empty());
        }
        at
    }

    fn encoding(&self) -> &'static Encoding {
        if self.broken == 0 || self.broken * BROKEN_ONE_IN < self.wide { UTF_8 } else { GB18030 }
    }
}

/// The file as UTF-8, without byte-order mark; characters that cannot be decoded are U+FFFD.
pub(super) fn open_text(file: &SourceFile, inspection: &Inspection) -> Result<Box<dyn BufRead>, SourceError> {
    let raw = open_raw(&file.path, inspection.read.clone()).map_err(|e| SourceError::io(&file.path, e))?;
    Ok(decode(raw, inspection.encoding))
}

fn decode(raw: impl Read + 'static, encoding: &'static Encoding) -> Box<dyn BufRead> {
    let mut decoder = DecodeReaderBytesBuilder::new();
    let decoded = decoder.encoding(Some(encoding)).bom_override(true).strip_bom(true).build(raw);
    Box::new(BufReader::with_capacity(BUFFER, decoded))
}

/// Opens a CSV file (also `.gz`) whatever it is written in, as sources are opened: UTF-8 or GB18030, found out by itself unless
/// `encoding` names one. The path `-` is standard input, which is judged by its beginning.
///
/// # Errors
/// When the file cannot be opened or the encoding is not known.
pub fn read_csv(path: &Path, encoding: Option<&str>) -> Result<CsvRecords, SourceError> {
    let fail = |e| SourceError::io(path, e);
    let encoding = named(path, encoding)?;
    let bytes: Arc<AtomicU64> = Arc::default();
    let (raw, seen): (Box<dyn BufRead>, _) = if path.as_os_str() == "-" {
        let mut input = BufReader::with_capacity(BUFFER, io::stdin());
        let mut seen = Sniffed::default();
        seen.take(input.fill_buf().map_err(fail)?);
        (Box::new(input), seen)
    } else {
        let open = |count| open_raw(path, count).map_err(fail);
        (open(Arc::clone(&bytes))?, sniff(open(Arc::default())?))
    };
    let text = decode(raw, encoding.unwrap_or_else(|| seen.encoding()));
    Ok(CsvRecords::new(text, b',', seen.returns && !seen.feeds).counted(bytes))
}
