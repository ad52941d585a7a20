//! Opening a file as UTF-8 text, whatever it was written in, and taking its fingerprint on the way.

use super::{SourceError, SourceFile};
use encoding_rs::{Encoding, GB18030, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

/// What a first pass over a file found out.
pub(crate) struct Inspection {
    /// SHA-256 of the file as it lies on disk, hexadecimal.
    pub(crate) sha256: String,
    /// Its size, bytes.
    pub(crate) bytes: u64,
    encoding: &'static Encoding,
}

/// A UTF-8 file may have this share of broken characters (one in …) before it is taken for GB18030.
const BROKEN_ONE_IN: u64 = 100;
/// Read buffer, bytes.
const BUFFER: usize = 1 << 16;

/// Reads a file once from end to end: its fingerprint, and its encoding unless the spec names one.
pub(crate) fn inspect(file: &SourceFile) -> Result<Inspection, SourceError> {
    let fail = |e| SourceError::io(&file.path, e);
    let (sha256, bytes) = fingerprint(&file.path).map_err(fail)?;
    let encoding = match &file.encoding {
        Some(name) => Encoding::for_label(name.as_bytes())
            .ok_or_else(|| SourceError::UnknownEncoding { path: file.path.clone(), encoding: name.clone() })?,
        None => sniff(open_raw(&file.path).map_err(fail)?),
    };
    Ok(Inspection { sha256, bytes, encoding })
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

fn open_raw(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let file = BufReader::with_capacity(BUFFER, File::open(path)?);
    let is_gzip = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gz"));
    Ok(if is_gzip { Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(file))) } else { Box::new(file) })
}

/// UTF-8 if (nearly) all of it is; GB18030, which holds GBK and GB2312, otherwise. A file that cannot be read to its end
/// is judged by what could be read; reading it again will report the error at its place.
fn sniff(mut reader: Box<dyn BufRead>) -> &'static Encoding {
    let (mut line, mut wide, mut broken) = (Vec::new(), 0_u64, 0_u64);
    while let Ok(1..) = reader.read_until(b'\n', &mut line) {
        if !line.is_ascii() {
            for chunk in line.utf8_chunks() {
                wide += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
                broken += u64::from(!chunk.invalid().is_empty());
            }
        }
        line.clear();
    }
    if broken == 0 || broken < wide / BROKEN_ONE_IN { UTF_8 } else { GB18030 }
}

/// The file as UTF-8, without byte-order mark; characters that cannot be decoded are U+FFFD.
pub(super) fn open_text(file: &SourceFile, inspection: &Inspection) -> Result<Box<dyn BufRead>, SourceError> {
    let raw = open_raw(&file.path).map_err(|e| SourceError::io(&file.path, e))?;
    Ok(decode(raw, inspection.encoding))
}

fn decode(raw: impl Read + 'static, encoding: &'static Encoding) -> Box<dyn BufRead> {
    let mut decoder = DecodeReaderBytesBuilder::new();
    let decoded = decoder.encoding(Some(encoding)).bom_override(true).strip_bom(true).build(raw);
    Box::new(BufReader::with_capacity(BUFFER, decoded))
}

/// Opens a text file (also `.gz`) as UTF-8, whatever it is written in, as sources are opened: UTF-8 or GB18030, found
/// out by itself unless `encoding` names one. The path `-` is standard input, which is UTF-8 unless named otherwise.
/// Characters that cannot be decoded become U+FFFD.
///
/// # Errors
/// When the file cannot be opened or the encoding is not known.
pub fn read_text(path: &Path, encoding: Option<&str>) -> Result<Box<dyn BufRead>, SourceError> {
    let fail = |e| SourceError::io(path, e);
    let unknown = |name: &str| SourceError::UnknownEncoding { path: path.to_owned(), encoding: name.to_owned() };
    let named = encoding.map(|name| Encoding::for_label(name.as_bytes()).ok_or_else(|| unknown(name))).transpose()?;
    if path.as_os_str() == "-" {
        return Ok(decode(io::stdin(), named.unwrap_or(UTF_8)));
    }
    let found = match named {
        Some(named) => named,
        None => sniff(open_raw(path).map_err(fail)?),
    };
    Ok(decode(open_raw(path).map_err(fail)?, found))
}
