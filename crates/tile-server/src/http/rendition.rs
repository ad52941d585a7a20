//! A body in one encoding with its entity tag, and the answers that it gives: 200, 204 or 304.

use crate::http::{encoding::Encoding, problem::Problem};
use axum::{
    body::{Body, Bytes},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY},
    },
    response::Response,
};
use xxhash_rust::xxh3::xxh3_128;

/// Answers may be kept, but are asked for again each time, at the price of a 304: a new generation shows at once.
const REVALIDATE: HeaderValue = HeaderValue::from_static("public, no-cache");

/// About as many headers as an answer gets.
const HEADERS: usize = 16;

/// A body in one encoding. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Rendition {
    body: Bytes,
    tag: HeaderValue,
    hash: u128,
    encoding: Encoding,
}

impl Rendition {
    /// The bytes as they are. The tag is made of them alone, so what does not change keeps it over restarts and generations.
    pub(crate) fn plain(bytes: Vec<u8>) -> Self {
        Self::new(xxh3_128(&bytes), Encoding::Identity, bytes)
    }

    /// The same content in another encoding.
    ///
    /// # Errors
    /// 500 if the encoder fails, which none does in memory.
    pub(crate) fn encoded(&self, encoding: Encoding) -> Result<Self, Problem> {
        if self.body.is_empty() || encoding == self.encoding {
            return Ok(self.clone());
        }
        let bytes = encoding.encode(&self.body).map_err(Problem::internal)?;
        Ok(Self::new(self.hash, encoding, bytes))
    }

    fn new(hash: u128, encoding: Encoding, bytes: Vec<u8>) -> Self {
        let tag = format!("\"{hash:032x}{}\"", encoding.tag_suffix());
        let tag =
            HeaderValue::from_maybe_shared(Bytes::from(tag)).unwrap_or(const { HeaderValue::from_static("\"\"") });
        Self { body: Bytes::from(bytes), tag, hash, encoding }
    }

    /// Size of the body, bytes.
    pub(crate) fn len(&self) -> usize {
        self.body.len()
    }

    /// The answer to a request with these headers.
    pub(crate) fn answer(&self, request: &HeaderMap, content_type: HeaderValue) -> Response {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.reserve(HEADERS);
        headers.insert(ETAG, self.tag.clone());
        headers.insert(CACHE_CONTROL, REVALIDATE);
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if is_known(request, &self.tag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        if self.body.is_empty() {
            *response.status_mut() = StatusCode::NO_CONTENT;
            return response;
        }
        headers.insert(CONTENT_TYPE, content_type);
        self.encoding.declare(headers);
        *response.body_mut() = Body::from(self.body.clone());
        response
    }
}

/// Whether `If-None-Match` names a tag, by weak comparison (RFC 9110, 13.1.2).
fn is_known(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let Ok(tag) = tag.to_str() else { return false };
    let names = |list: &str| list.split(',').map(str::trim).any(|t| t == "*" || t.trim_start_matches("W/") == tag);
    request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(names)
}

/// The encoding in which a request is answered.
///
/// # Errors
/// 406 if it refuses all of ours.
pub(crate) fn encoding_for(request: &HeaderMap) -> Result<Encoding, Problem> {
    let refused = || {
        let detail = "Accept-Encoding refuses identity, gzip, br and zstd; accept one of them";
        Problem::new(StatusCode::NOT_ACCEPTABLE, detail)
    };
    Encoding::wanted(request).ok_or_else(refused)
}
