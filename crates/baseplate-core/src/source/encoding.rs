//! Opening a file as lines of text, whatever it was written in, and taking its fingerprint on the way.
//!
//! Nobody says in which encoding an export is, and often it is two of them. So the whole file is looked at
//! once: UTF-16 shows by its mark or its zero bytes; else the file is taken for UTF-8 if it has ten times
//! as many sound characters beyond ASCII as broken ones, and for GB18030 otherwise. In both cases each line
//! is still decoded by itself (`lines.rs`). Big5 cannot be told from GB18030 by its bytes, so a file that
//! looks like it is read as GB18030 and noted as doubtful. A name in the spec goes before all of that.
//! Packing with gzip is recognised by the first bytes, not by the name.
//!
//! The fingerprint and the encoding are found in parallel; both read the file to its end with a buffer of
//! 64 KiB.

use super::{
    error::SourceError,
    kind::{self, Format},
    lines::{Decoding, Lines, TextStream},
    spec::SourceFile,
};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read},
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
    /// How its bytes become lines.
    pub(super) script: Script,
    /// Counts the bytes that are read in the second pass.
    read: Arc<AtomicU64>,
}

impl Inspection {
    /// Bytes of the file that were read since.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

/// How the bytes of a file become lines of text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Script {
    /// UTF-16, which has no lines before it is decoded.
    wide: Option<&'static Encoding>,
    /// How the bytes of a line become text.
    decoding: Decoding,
    /// Lines end with CR alone, as old spreadsheets have it.
    returns_only: bool,
    /// Text that is read as GB18030 looks like Big5.
    pub(super) maybe_big5: bool,
}

impl Script {
    /// UTF-8 or GB18030, line by line.
    #[cfg(test)]
    pub(super) fn plain() -> Self {
        Self { wide: None, decoding: Decoding::Mixed { mostly_gb: false }, returns_only: false, maybe_big5: false }
    }

    /// The lines of bytes that are written so.
    fn lines(self, raw: Box<dyn BufRead>) -> Lines {
        let bytes = match self.wide {
            Some(encoding) => decode(raw, encoding),
            None => raw,
        };
        Lines::new(bytes, self.decoding, self.returns_only)
    }

    /// What is doubtful about it, and the cure.
    pub(super) fn doubt(self) -> Option<&'static str> {
        let doubt = "it was read as GB18030 but looks like Big5: if its names are wrong, say encoding = \"big5\"";
        self.maybe_big5.then_some(doubt)
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
/// Of UTF-16 without a mark, this share of the bytes at least (one in …) is zero: its ASCII characters.
const ZERO_ONE_IN: usize = 16;
/// Fewer zero bytes are a slip, not an encoding.
const ZEROS_MIN: usize = 4;
/// Bytes that are not UTF-8 in which a guess at their encoding is ventured.
const GUESS_FROM: u64 = 40;
/// Bytes that are looked at for such a guess.
const GUESS_MAX: usize = 1 << 20;

/// Reads a file from end to end: its fingerprint, and, at the same time, its encoding unless the spec names
/// one.
///
/// # Errors
/// When it is not there, is a kind of file that is not read, or the spec names an encoding that is none.
pub(crate) fn inspect(file: &SourceFile) -> Result<Inspection, SourceError> {
    let fail = |e| SourceError::io(&file.path, e);
    let format = Format::of(&file.path)?;
    let find = || {
        let raw = open_raw(&file.path, Arc::default()).map_err(fail)?;
        find_script(&file.path, &format, raw, file.encoding.as_deref())
    };
    let (printed, script) = rayon::join(|| fingerprint(&file.path), find);
    let ((sha256, bytes), script) = (printed.map_err(fail)?, script?);
    Ok(Inspection { sha256, bytes, script, read: Arc::default() })
}

/// The encoding that the spec names.
fn named(path: &Path, encoding: Option<&str>) -> Result<Option<&'static Encoding>, SourceError> {
    let unknown = |name: &str| SourceError::UnknownEncoding { path: path.to_owned(), encoding: name.to_owned() };
    encoding.map(|name| Encoding::for_label(name.as_bytes()).ok_or_else(|| unknown(name))).transpose()
}

/// SHA-256 of a file in hexadecimal, and its size in bytes.
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

/// The unpacked bytes of a file; those read from the disk are counted in `read`.
fn open_raw(path: &Path, read: Arc<AtomicU64>) -> io::Result<Box<dyn BufRead>> {
    let file = BufReader::with_capacity(BUFFER, Counted { inner: File::open(path)?, read });
    unpacked(file)
}

/// The bytes of a file; of one that is packed with gzip, whatever its name, those that it was made from.
fn unpacked(mut file: impl BufRead + 'static) -> io::Result<Box<dyn BufRead>> {
    let is_gzip = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if is_gzip { Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(file))) } else { Box::new(file) })
}

/// Judges a file by all its bytes. One that cannot be read to its end is judged by what could be read; reading it again will
/// report the error where it is.
fn find_script(
    path: &Path,
    format: &Format,
    mut raw: Box<dyn BufRead>,
    encoding: Option<&str>,
) -> Result<Script, SourceError> {
    let named = named(path, encoding)?;
    let mut head = Vec::new();
    // What cannot be read is reported when it is read again.
    let _ = raw.by_ref().take(BUFFER as u64).read_to_end(&mut head);
    kind::check(path, format, &head[..head.len().min(kind::HEAD)])?;
    let wide = wide_encoding(&head, named);
    let whole = Cursor::new(head).chain(raw);
    let mut seen = Sniffed::default();
    match wide {
        Some(encoding) => seen.read(decode(whole, encoding)),
        None => seen.read(whole),
    }
    Ok(seen.script(wide, named))
}

/// UTF-16 by its mark, by name, or by the zero bytes that half of its ASCII characters are.
fn wide_encoding(head: &[u8], named: Option<&'static Encoding>) -> Option<&'static Encoding> {
    match (head, named) {
        ([0xff, 0xfe, ..], _) => return Some(UTF_16LE),
        ([0xfe, 0xff, ..], _) => return Some(UTF_16BE),
        (_, Some(named)) => return Some(named).filter(|n| *n == UTF_16LE || *n == UTF_16BE),
        _ => {}
    }
    // Text that is nearly all Chinese has few such bytes, but the header begins with some.
    let begins = |from: usize| head.len() >= BEGINNING && (0..BEGINNING).all(|at| (head[at] == 0) == (at % 2 == from));
    if begins(1) {
        return Some(UTF_16LE);
    }
    if begins(0) {
        return Some(UTF_16BE);
    }
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let enough =
        |many: usize, few: usize| many >= ZEROS_MIN && many * ZERO_ONE_IN >= head.len() && few * ZERO_ONE_IN <= many;
    match (enough(second, first), enough(first, second)) {
        (true, _) => Some(UTF_16LE),
        (_, true) => Some(UTF_16BE),
        _ => None,
    }
}

/// Bytes at the beginning of a file whose zeros alone tell UTF-16.
const BEGINNING: usize = 8;

/// What the bytes of a file look like.
#[derive(Default)]
struct Sniffed {
    /// Characters beyond ASCII that are sound UTF-8.
    wide: u64,
    /// Sequences of bytes that are no UTF-8.
    broken: u64,
    /// Whether there is a CR.
    returns: bool,
    /// Whether there is an LF.
    feeds: bool,
    /// Some of what is not UTF-8.
    other: Vec<u8>,
}

impl Sniffed {
    /// Looks at all bytes of a file, up to the first that cannot be read.
    fn read(&mut self, mut reader: impl Read) {
        let (mut block, mut carried) = (vec![0; BUFFER], 0);
        while let Ok(read @ 1..) = reader.read(&mut block[carried..]) {
            let filled = carried + read;
            let end = self.take(&block[..filled]);
            block.copy_within(end..filled, 0);
            carried = filled - end;
        }
        self.broken += u64::from(carried > 0);
    }

    /// Counts in a block; returns where an unfinished character at its end begins.
    fn take(&mut self, block: &[u8]) -> usize {
        self.returns |= block.contains(&b'\r');
        self.feeds |= block.contains(&b'\n');
        // Nearly every block is sound up to the character that its end cuts.
        let sound = match simdutf8::compat::from_utf8(block) {
            Ok(_) => block.len(),
            Err(fault) if fault.error_len().is_none() => fault.valid_up_to(),
            Err(_) => return self.take_broken(block),
        };
        self.wide += wide_characters(&block[..sound]);
        sound
    }

    fn take_broken(&mut self, block: &[u8]) -> usize {
        let (mut at, before) = (0, self.broken);
        for chunk in block.utf8_chunks() {
            self.wide += wide_characters(chunk.valid().as_bytes());
            at += chunk.valid().len() + chunk.invalid().len();
            if at == block.len() && (1..=3).contains(&chunk.invalid().len()) {
                at -= chunk.invalid().len();
                break;
            }
            self.broken += u64::from(!chunk.invalid().is_empty());
        }
        if self.broken > before && self.other.len() < GUESS_MAX {
            self.other.extend_from_slice(block);
        }
        at
    }

    /// What the bytes are, unless it is known from their beginning (`wide`) or somebody said so (`named`).
    fn script(&self, wide: Option<&'static Encoding>, named: Option<&'static Encoding>) -> Script {
        let mostly_gb = self.broken > 0 && self.broken * BROKEN_ONE_IN >= self.wide;
        let decoding = match named {
            Some(named) if wide.is_none() => Decoding::Named(named),
            _ => Decoding::Mixed { mostly_gb },
        };
        let maybe_big5 = mostly_gb && decoding == Decoding::Mixed { mostly_gb } && self.is_like_big5();
        Script { wide, decoding, returns_only: self.returns && !self.feeds, maybe_big5 }
    }

    /// GB18030 can read nearly every Big5 text, and wrongly: only the frequency of characters tells them apart.
    fn is_like_big5(&self) -> bool {
        if self.broken < GUESS_FROM {
            return false;
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(&self.other, true);
        detector.guess(None, Utf8Detection::Deny) == BIG5
    }
}

/// How many characters of sound UTF-8 are not ASCII.
fn wide_characters(text: &[u8]) -> u64 {
    text.iter().map(|byte| u64::from(*byte >= 0xc0)).sum()
}

/// The lines of a file from its beginning.
///
/// # Errors
/// When it cannot be opened.
pub(super) fn open_lines(file: &SourceFile, inspection: &Inspection) -> Result<Lines, SourceError> {
    let raw = open_raw(&file.path, inspection.read.clone()).map_err(|e| SourceError::io(&file.path, e))?;
    Ok(inspection.script.lines(raw))
}

/// The file as UTF-8, without byte-order mark; characters that cannot be decoded are U+FFFD.
pub(super) fn open_text(file: &SourceFile, inspection: &Inspection) -> Result<TextStream, SourceError> {
    open_lines(file, inspection).map(TextStream::from)
}

fn decode(raw: impl Read + 'static, encoding: &'static Encoding) -> Box<dyn BufRead> {
    let mut decoder = DecodeReaderBytesBuilder::new();
    let decoded = decoder.encoding(Some(encoding)).bom_override(true).strip_bom(true).build(raw);
    Box::new(BufReader::with_capacity(BUFFER, decoded))
}

/// A file of which nothing is known but its path: its lines, how they were decoded, and the counter of the bytes that are read.
/// The path `-` is standard input, which is judged by its beginning.
pub(super) fn open_unknown(
    path: &Path,
    format: &Format,
    encoding: Option<&str>,
) -> Result<(Lines, Script, Arc<AtomicU64>), SourceError> {
    let fail = |e| SourceError::io(path, e);
    let bytes: Arc<AtomicU64> = Arc::default();
    let (raw, script): (Box<dyn BufRead>, _) = if path.as_os_str() == "-" {
        let mut input = unpacked(BufReader::with_capacity(BUFFER, io::stdin())).map_err(fail)?;
        let mut head = Vec::new();
        input.by_ref().take(BUFFER as u64).read_to_end(&mut head).map_err(fail)?;
        let script = find_script(path, format, Box::new(Cursor::new(head.clone())), encoding)?;
        (Box::new(Cursor::new(head).chain(input)), script)
    } else {
        let raw = open_raw(path, Arc::default()).map_err(fail)?;
        (open_raw(path, Arc::clone(&bytes)).map_err(fail)?, find_script(path, format, raw, encoding)?)
    };
    Ok((script.lines(raw), script, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(bytes: &[u8], encoding: Option<&str>) -> Script {
        let raw = Box::new(Cursor::new(bytes.to_owned()));
        find_script(Path::new("f.csv"), &Format::Delimited(','), raw, encoding).expect("a table")
    }

    fn text(bytes: &[u8], encoding: Option<&str>) -> Vec<String> {
        let mut lines = script(bytes, encoding).lines(Box::new(Cursor::new(bytes.to_owned())));
        std::iter::from_fn(|| lines.read().expect("memory")).map(|line| line.text).collect()
    }

    #[test]
    fn utf_16_is_known_with_and_without_its_mark() {
        let text_there = "code,text\n1,上海路\n2,下路\n";
        let little: Vec<u8> = text_there.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text_there.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in
            [little.clone(), big.clone(), [&b"\xff\xfe"[..], &little].concat(), [&b"\xfe\xff"[..], &big].concat()]
        {
            assert_eq!(text(&bytes, None), ["code,text", "1,上海路", "2,下路"]);
        }
        assert_eq!(text(&little, Some("utf-16le"))[1], "1,上海路");
    }

    #[test]
    fn big5_is_named_as_a_doubt() {
        let names = "臺北市中正區忠孝東路一段,新北市板橋區縣民大道二段,高雄市鳳山區光復路\n".repeat(4);
        let big5 = BIG5.encode(&names).0;
        assert!(script(&big5, None).doubt().is_some());
        assert!(script(&big5, Some("big5")).doubt().is_none());
        let gbk = encoding_rs::GBK.encode("深圳市南山区粤海街道科技园社区高新南一道,福田区莲花街道\n").0.repeat(4);
        assert!(script(&gbk, None).doubt().is_none());
        assert!(script(names.as_bytes(), None).doubt().is_none());
    }

    #[test]
    fn a_lone_return_ends_lines_where_there_is_no_feed() {
        assert_eq!(text(b"a,b\r1,2\r", None), ["a,b", "1,2"]);
        assert_eq!(text(b"a,b\r\n1,2\r\n", None), ["a,b\r", "1,2\r"]);
    }

    #[test]
    fn gzip_is_known_by_its_first_bytes() {
        use std::io::Write;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"a,b\n").expect("memory");
        let mut unpacked = unpacked(Cursor::new(packed.finish().expect("memory"))).expect("gzip");
        let mut read = Vec::new();
        unpacked.read_to_end(&mut read).expect("gzip");
        assert_eq!(read, b"a,b\n");
    }
}
