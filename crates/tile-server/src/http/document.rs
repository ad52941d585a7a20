//! Documents about the plate: small JSON that clients keep and ask for again.

use crate::http::{
    aside::aside,
    encoding::Encoding,
    problem::Problem,
    rendition::{Rendition, encoding_for},
};
use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE, VARY},
    },
    middleware::Next,
    response::Response,
};
use http_body_util::BodyExt;

/// Gives what a handler answers an encoding, an entity tag, and a 304 to who has it already.
pub(crate) async fn document(request: Request, next: Next) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let encoding = encoding_for(&headers)?;
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let json = const { HeaderValue::from_static("application/json") };
    let content_type = parts.headers.get(CONTENT_TYPE).cloned().unwrap_or(json);
    let body = body.collect().await.map_err(Problem::internal)?.to_bytes();
    let encoding = if is_packed(&content_type) { Encoding::Identity } else { encoding };
    Ok(Rendition::plain(body.into()).encoded(encoding)?.answer(&headers, content_type))
}

/// Smaller bodies are not worth it, bytes.
const ENCODED_FROM: u64 = 1 << 10;

/// Gives an answer that was made for one request an encoding, if it is text and the client takes one.
pub(crate) async fn encoded(request: Request, next: Next) -> Result<Response, Problem> {
    let encoding = Encoding::wanted(request.headers()).unwrap_or(Encoding::Identity);
    let mut response = next.run(request).await;
    response.headers_mut().append(VARY, const { HeaderValue::from_static("accept-encoding") });
    let is_large = response.body().size_hint().lower() >= ENCODED_FROM;
    if encoding == Encoding::Identity || !is_large || !is_text(&response) {
        return Ok(response);
    }
    let (mut parts, body) = response.into_parts();
    let body = body.collect().await.map_err(Problem::internal)?.to_bytes();
    let body = aside(move || encoding.encode(&body)).await?.map_err(Problem::internal)?;
    parts.headers.remove(CONTENT_LENGTH);
    encoding.declare(&mut parts.headers);
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn is_text(response: &Response) -> bool {
    !response.headers().get(CONTENT_TYPE).is_some_and(is_packed)
}

/// Whether something of a type is packed already, as pictures and fonts are.
fn is_packed(content_type: &HeaderValue) -> bool {
    let kind = content_type.to_str().unwrap_or_default();
    ["image/png", "image/jpeg", "image/webp", "image/x-icon", "font/"].iter().any(|packed| kind.starts_with(packed))
}
