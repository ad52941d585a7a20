//! Documents about the plate: small JSON that clients keep and ask for again.

use crate::{
    problem::Problem,
    rendition::{Rendition, encoding_for},
};
use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
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
    Ok(Rendition::plain(body.into()).encoded(encoding)?.answer(&headers, content_type))
}
