//! Which pages may read answers: all, unless the settings name some. Nothing here depends on who asks.

use axum::{
    extract::Request,
    http::{
        HeaderMap, HeaderValue, Method,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
        },
    },
    response::{IntoResponse, Response},
};

const ANY: HeaderValue = HeaderValue::from_static("*");
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST");
/// What a page may read beside what it always may.
const EXPOSED: HeaderValue = HeaderValue::from_static("etag, retry-after, x-baseplate-generation, x-request-id");
/// How long browsers keep what a preflight allowed, seconds.
const PREFLIGHT_SECONDS: HeaderValue = HeaderValue::from_static("86400");

/// The answer to a browser that asks whether it may ask.
pub(crate) fn preflight(request: &Request) -> Option<Response> {
    let asks = *request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let allowed = [
        (ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (ACCESS_CONTROL_ALLOW_HEADERS, ANY),
        (ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS),
    ];
    asks.then(|| allowed.into_response())
}

/// The page that asks; none if it is not one.
pub(crate) struct Page(Option<HeaderValue>);

impl Page {
    pub(crate) fn of(request: &Request) -> Self {
        Self(request.headers().get(ORIGIN).cloned())
    }

    /// Lets the page read an answer, if its origin is listed or there is no list.
    pub(crate) fn allow(self, origins: Option<&[String]>, headers: &mut HeaderMap) {
        let allowed = match origins {
            None => ANY,
            Some(origins) => {
                headers.append(VARY, const { HeaderValue::from_static("origin") });
                let Some(page) = self.0.filter(|page| origins.iter().any(|o| o.as_bytes() == page.as_bytes())) else {
                    return;
                };
                page
            }
        };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}
