//! Lines of text, each decoded by itself: a file may hold UTF-8 and GBK, and a line that is neither costs
//! only itself.
//!
//! Lines end with LF, or with CR where the file has no LF. A line of more than 64 MiB is passed over with a
//! fault that says so. Formats without lines read the same text as a stream ([`TextStream`]), so that their
//! parts are decoded in the same way.

use encoding_rs::{Encoding, GB18030};
use std::{
    cell::Cell,
    io::{self, BufRead, Read},
    rc::Rc,
};

/// The longest line, bytes: an area of as many vertices as are taken has a quarter of it.
pub(super) const LINE_MAX: u64 = 64 << 20;
/// Bytes of a byte-order mark, which is taken off the first line.
const MARK: u64 = 3;
/// The longest part of a document that is held as a whole, such as a feature, bytes.
const PART_MAX: u64 = 256 << 20;
/// What is wrong with a document that has such a part.
const PART_TOO_LONG: &str =
    "a feature, or what stands beside the features, is longer than 256 MiB, the longest that is read";
/// What is wrong with a line that is longer.
const TOO_LONG: &str = "it is longer than 64 MiB, the longest line that is read: is a line end or a quote missing?";
/// What is wrong with a line that could not be decoded.
pub(super) const UNDECODED: &str =
    "it has characters that the encoding of the file does not have: name the right one with encoding";

/// U+FFFD in UTF-8.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// How bytes become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decoding {
    /// UTF-8, and GB18030 where it is none; the latter also in doubt, if most of the file is.
    Mixed { mostly_gb: bool },
    /// As somebody said.
    Named(&'static Encoding),
}

/// A line without its LF. A CR before that is still there: it may stand inside a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Counted from 1.
    pub(super) number: u64,
    /// Its text; U+FFFD stands for what could not be decoded.
    pub(super) text: String,
    /// What is wrong with it: it could not be decoded as a whole, and has U+FFFD; or it is too long, and empty here.
    pub(super) fault: Option<&'static str>,
}

/// The lines of a file.
pub(super) struct Lines {
    /// The bytes that are still to be read.
    bytes: Box<dyn BufRead>,
    /// How they become text.
    decoding: Decoding,
    /// The byte that ends a line.
    end: u8,
    /// How many lines were read.
    number: u64,
    /// The bytes of the last line.
    raw: Vec<u8>,
}

impl Lines {
    /// `returns_only` says that lines end with CR alone.
    pub(super) fn new(bytes: Box<dyn BufRead>, decoding: Decoding, returns_only: bool) -> Self {
        Self { bytes, decoding, end: if returns_only { b'\r' } else { b'\n' }, number: 0, raw: Vec::new() }
    }

    /// How many lines were read.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The next line, or `None` at the end of the file.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub(super) fn read(&mut self) -> io::Result<Option<Line>> {
        if !self.fill()? {
            return Ok(None);
        }
        if self.raw.last() == Some(&self.end) {
            self.raw.pop();
        } else if self.raw.len() as u64 + MARK >= LINE_MAX {
            self.raw = Vec::new();
            self.skip_line()?;
            return Ok(Some(Line { number: self.number, text: String::new(), fault: Some(TOO_LONG) }));
        }
        let (text, sound) = self.decoding.decode(&self.raw);
        Ok(Some(Line { number: self.number, text, fault: (!sound).then_some(UNDECODED) }))
    }

    /// Passes over what is left of a line.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let block = self.bytes.fill_buf()?;
            let end = block.iter().position(|b| *b == self.end);
            let (read, is_over) = (end.map_or(block.len(), |end| end + 1), end.is_some() || block.is_empty());
            self.bytes.consume(read);
            if is_over {
                return Ok(());
            }
        }
    }

    /// Puts the next line into `raw`, with its end; false if there is none.
    fn fill(&mut self) -> io::Result<bool> {
        self.raw.clear();
        if self.bytes.by_ref().take(LINE_MAX).read_until(self.end, &mut self.raw)? == 0 {
            return Ok(false);
        }
        self.number += 1;
        if self.number == 1 && self.raw.starts_with(b"\xef\xbb\xbf") {
            self.raw.drain(..3);
        }
        Ok(true)
    }
}

impl Decoding {
    /// The text of a line, and whether all of it could be decoded.
    fn decode(self, raw: &[u8]) -> (String, bool) {
        match (self, simdutf8::basic::from_utf8(raw)) {
            (Self::Named(encoding), _) => decode_as(encoding, raw),
            (Self::Mixed { mostly_gb: true }, Ok(text)) if has_only_short_characters(text) => {
                let decoded = GB18030.decode_without_bom_handling_and_without_replacement(raw);
                (decoded.map_or_else(|| text.to_owned(), Into::into), true)
            }
            (Self::Mixed { .. }, Ok(text)) => (text.to_owned(), memchr::memmem::find(raw, REPLACEMENT).is_none()),
            (Self::Mixed { mostly_gb }, Err(_)) if is_damaged_utf8(raw, mostly_gb) => lossy(raw),
            (Self::Mixed { .. }, Err(_)) => {
                let decoded = GB18030.decode_without_bom_handling_and_without_replacement(raw);
                decoded.map_or_else(|| lossy(raw), |text| (text.into_owned(), true))
            }
        }
    }
}

/// Text in an encoding, and whether all of it could be decoded.
fn decode_as(encoding: &'static Encoding, raw: &[u8]) -> (String, bool) {
    let (text, broken) = encoding.decode_without_bom_handling(raw);
    (text.into_owned(), !broken)
}

/// UTF-8 with U+FFFD for what is none.
fn lossy(raw: &[u8]) -> (String, bool) {
    (String::from_utf8_lossy(raw).into_owned(), false)
}

/// Whether a line is UTF-8 only by chance: Chinese characters have three bytes there, two in GBK.
fn has_only_short_characters(text: &str) -> bool {
    !text.is_ascii() && text.chars().all(|c| c.len_utf8() < 3)
}

/// Whether bytes that are no UTF-8 were UTF-8 once: more of the Chinese characters are whole than not.
fn is_damaged_utf8(raw: &[u8], mostly_gb: bool) -> bool {
    let (mut whole, mut broken) = (0, 0);
    for chunk in raw.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| c.len_utf8() > 2).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > broken || whole == broken && !mostly_gb
}

/// Lines again as one stream of UTF-8, for readers of formats that have no lines.
pub(super) struct TextStream {
    /// The lines that are still to be read.
    lines: Lines,
    /// The text of the last one, in UTF-8.
    text: Vec<u8>,
    /// How much of it has been read.
    at: usize,
    /// What a line that is longer than can be read at once ends with: it is decoded with what follows.
    carried: Vec<u8>,
    /// Bytes since somebody set this to zero.
    waiting: Rc<Cell<u64>>,
}

impl From<Lines> for TextStream {
    fn from(lines: Lines) -> Self {
        Self { lines, text: Vec::new(), at: 0, carried: Vec::new(), waiting: Rc::default() }
    }
}

impl TextStream {
    /// The counter of the bytes that were read; whoever has used them sets it to zero, and what is larger than [`PART_MAX`] is an
    /// error, since it would have to be held as a whole.
    pub(super) fn waiting(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.waiting)
    }

    /// Decodes the next line, or the next part of a long one up to a comma.
    fn next_line(&mut self) -> io::Result<()> {
        let more = self.lines.fill()?;
        let mut raw = std::mem::take(&mut self.carried);
        raw.append(&mut self.lines.raw);
        // No encoding of Chinese has the comma as a part of another character.
        if more && raw.last() != Some(&self.lines.end) {
            let whole = raw.iter().rposition(|b| *b == b',').map_or(raw.len(), |comma| comma + 1);
            self.carried = raw.split_off(whole);
        }
        self.text = self.lines.decoding.decode(&raw).0.into_bytes();
        self.waiting.set(self.waiting.get() + self.text.len() as u64);
        if self.waiting.get() > PART_MAX {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, PART_TOO_LONG));
        }
        self.at = 0;
        if more && self.text.is_empty() { self.next_line() } else { Ok(()) }
    }
}

impl Read for TextStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for TextStream {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.text.len() {
            self.next_line()?;
        }
        Ok(&self.text[self.at..])
    }

    fn consume(&mut self, read: usize) {
        self.at += read;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    const MIXED: Decoding = Decoding::Mixed { mostly_gb: false };
    const GB: Decoding = Decoding::Mixed { mostly_gb: true };

    fn gb(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn each_line_has_its_own_encoding() {
        let bytes =
            [b"\xef\xbb\xbf", "路1号\r\n".as_bytes(), &gb("路2号\n"), b"\xff\xff\n", "路4号".as_bytes()].concat();
        let mut lines = Lines::new(Box::new(Cursor::new(bytes)), MIXED, false);
        let read: Vec<_> = std::iter::from_fn(|| lines.read().expect("memory")).collect();
        let texts: Vec<_> = read.iter().map(|line| (line.number, line.text.as_str(), line.fault.is_none())).collect();
        assert_eq!(
            texts,
            [(1, "路1号\r", true), (2, "路2号", true), (3, "\u{fffd}\u{fffd}", false), (4, "路4号", true)]
        );
    }

    #[test]
    fn a_line_that_is_too_long_costs_itself_alone() {
        let long = io::repeat(b'0').take(2 * LINE_MAX + 17);
        let bytes = Cursor::new("一\n").chain(long).chain(Cursor::new("\n二\n"));
        let mut lines = Lines::new(Box::new(io::BufReader::new(bytes)), MIXED, false);
        let read: Vec<_> = std::iter::from_fn(|| lines.read().expect("memory")).collect();
        let texts: Vec<_> = read.iter().map(|line| (line.number, line.text.as_str(), line.fault)).collect();
        assert_eq!(texts, [(1, "一", None), (2, "", Some(TOO_LONG)), (3, "二", None)]);
    }

    #[test]
    fn what_is_utf8_by_chance_follows_the_file() {
        let bytes = gb("1,一路");
        assert!(str::from_utf8(&bytes).is_ok(), "the ground of this test");
        assert_eq!(GB.decode(&bytes), ("1,一路".to_owned(), true));
        assert_ne!(MIXED.decode(&bytes).0, "1,一路");
        assert_eq!(GB.decode("路·1".as_bytes()), ("路·1".to_owned(), true));
    }

    #[test]
    fn damaged_utf8_is_not_taken_for_something_else() {
        let mut bytes = "示例路一号".as_bytes().to_vec();
        bytes.remove(4);
        assert!(!MIXED.decode(&bytes).1 && !GB.decode(&bytes).1);
    }

    #[test]
    fn a_named_encoding_is_believed() {
        let big5 = Decoding::Named(encoding_rs::BIG5);
        assert_eq!(big5.decode(&encoding_rs::BIG5.encode("臺北路").0), ("臺北路".to_owned(), true));
        assert!(!Decoding::Named(encoding_rs::UTF_8).decode(&gb("号")).1);
    }

    proptest! {
        /// A stream has what the lines have.
        #[test]
        fn a_stream_is_its_lines(parts in prop::collection::vec("[路号a,\n]{0,9}", 0..20), in_gb in prop::collection::vec(any::<bool>(), 20)) {
            let bytes: Vec<u8> = parts.iter().enumerate().flat_map(|(i, part)| {
                let line = format!("{}海棠\n", part.replace('\n', ""));
                if in_gb.get(i) == Some(&true) { gb(&line) } else { line.into_bytes() }
            }).collect();
            let mut stream = TextStream::from(Lines::new(Box::new(Cursor::new(bytes)), MIXED, false));
            let mut text = String::new();
            stream.read_to_string(&mut text).expect("UTF-8");
            let expected: String = parts.iter().map(|part| format!("{}海棠\n", part.replace('\n', ""))).collect();
            prop_assert_eq!(text, expected);
        }
    }
}
