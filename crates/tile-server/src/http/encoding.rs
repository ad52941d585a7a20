//! Content encodings: which one a client wants, and how bytes become it.

use axum::http::{
    HeaderMap, HeaderValue,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING},
};
use flate2::{Compression, write::GzEncoder};
use std::io::{self, Write};

/// Level of gzip: where more costs time and gains little.
const GZIP_LEVEL: u32 = 6;
/// Quality of brotli, of 11; the higher ones take ten times as long for some per cent.
const BROTLI_QUALITY: i32 = 5;
/// Its window, as a power of two: the largest tile fits in.
const BROTLI_WINDOW: i32 = 20;
/// Level of zstd, its own default.
const ZSTD_LEVEL: i32 = 3;

/// A content encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Encoding {
    /// The bytes as they are.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

/// In the order of preference where a client likes several alike: sizes are nearly the same, zstd is made ten times as fast.
const PREFERRED: [Encoding; 4] = [Encoding::Zstd, Encoding::Brotli, Encoding::Gzip, Encoding::Identity];

impl Encoding {
    /// As headers name it.
    fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    /// What sets its entity tag apart from those of the other encodings.
    pub(crate) fn tag_suffix(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Gzip => "-gzip",
            Self::Brotli => "-br",
            Self::Zstd => "-zstd",
        }
    }

    /// The encoding that a request likes best; `None` if it refuses all of ours.
    pub(crate) fn wanted(headers: &HeaderMap) -> Option<Self> {
        let mut wishes = Wishes::default();
        for value in headers.get_all(ACCEPT_ENCODING) {
            value.to_str().unwrap_or_default().split(',').for_each(|item| wishes.read(item));
        }
        wishes.best()
    }

    /// Says in an answer that its body has this encoding.
    pub(crate) fn declare(self, headers: &mut HeaderMap) {
        if self != Self::Identity {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(self.name()));
        }
    }

    /// Bytes in this encoding.
    ///
    /// # Errors
    /// None that is known: everything happens in memory.
    pub(crate) fn encode(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(bytes.to_vec()),
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(GZIP_LEVEL));
                encoder.write_all(bytes)?;
                encoder.finish()
            }
            Self::Brotli => brotli_of(bytes),
            Self::Zstd => zstd::bulk::compress(bytes, ZSTD_LEVEL),
        }
    }
}

fn brotli_of(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut encoded = Vec::with_capacity(bytes.len() / 2);
    brotli::BrotliCompress(&mut &bytes[..], &mut encoded, &parameters)?;
    Ok(encoded)
}

/// How much a client likes each encoding, in thousandths; `None` where it does not say.
#[derive(Default)]
struct Wishes {
    named: [Option<u16>; PREFERRED.len()],
    any: Option<u16>,
}

impl Wishes {
    fn read(&mut self, item: &str) {
        let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
        let (name, quality) = (name.trim(), quality(parameters));
        let name = if name.eq_ignore_ascii_case("x-gzip") { "gzip" } else { name };
        if name == "*" {
            self.any = Some(quality);
        }
        if let Some(at) = PREFERRED.iter().position(|e| name.eq_ignore_ascii_case(e.name())) {
            self.named[at] = Some(quality);
        }
    }

    /// The best of those that are liked at all. The bytes as they are may always be sent unless they are refused, and are
    /// taken only where nothing else is liked better, or as much.
    fn best(&self) -> Option<Encoding> {
        let liked = |at: usize, encoding| match (self.named[at].or(self.any), encoding) {
            (Some(quality), _) => quality,
            (None, Encoding::Identity) => 1,
            (None, _) => 0,
        };
        let ranked = PREFERRED.iter().enumerate().map(|(at, encoding)| (liked(at, *encoding), *encoding));
        let best = ranked.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
        (best.0 > 0).then_some(best.1)
    }
}

/// The value of the parameter `q` of an item in a header, in thousandths; 1000 where there is none, 0 where it is no number.
pub(crate) fn quality(parameters: &str) -> u16 {
    let value = parameters.split(';').find_map(|p| {
        let (name, value) = p.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then_some(value.trim())
    });
    let Some(value) = value else { return 1000 };
    value.parse::<f32>().map_or(0, |q| (q.clamp(0.0, 1.0) * 1000.0).round() as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(header: &str) -> Option<Encoding> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_str(header).expect("a header"));
        Encoding::wanted(&headers)
    }

    #[test]
    fn the_best_liked_encoding_wins() {
        use Encoding::{Brotli, Gzip, Identity, Zstd};
        assert_eq!(Encoding::wanted(&HeaderMap::new()), Some(Identity));
        let cases = [
            ("", Some(Identity)),
            ("gzip", Some(Gzip)),
            ("X-GZIP", Some(Gzip)),
            ("gzip, deflate, br, zstd", Some(Zstd)),
            ("gzip;q=1.0, br;q=0.9", Some(Gzip)),
            ("br;q=0.001", Some(Brotli)),
            ("gzip;q=0", Some(Identity)),
            ("gzip;q=0, *", Some(Zstd)),
            ("*;q=0", None),
            ("identity;q=0", None),
            ("identity;q=0, gzip", Some(Gzip)),
            ("identity, gzip;q=0.5", Some(Identity)),
            ("deflate, compress", Some(Identity)),
            ("gzip;q=nonsense", Some(Identity)),
            ("gzip;q=NaN", Some(Identity)),
            ("*;q=0, identity", Some(Identity)),
        ];
        for (header, expected) in cases {
            assert_eq!(wanted(header), expected, "{header}");
        }
    }
}
