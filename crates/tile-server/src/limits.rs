//! Limits around handlers: the time until an answer, and the body of a question.

use crate::{config::Limits, problem::Problem};
use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

/// Gives an answer up that takes too long to begin.
pub(crate) async fn in_time(State(limits): State<Limits>, request: Request, next: Next) -> Result<Response, Problem> {
    timeout(limits.request_time(), next.run(request)).await.map_err(|_| too_long(&limits))
}

/// 504: what the client could do about it.
pub(crate) fn too_long(limits: &Limits) -> Problem {
    let detail = format!("no answer within {} s; ask for less at a time", limits.request_seconds);
    Problem::new(StatusCode::GATEWAY_TIMEOUT, detail)
}

/// Lets a request go on when its body has arrived, which must be small enough and in time.
pub(crate) async fn arrived(State(limits): State<Limits>, request: Request, next: Next) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return Ok(next.run(Request::from_parts(parts, Body::empty())).await);
    }
    let most = limits.body_bytes as usize;
    if body.size_hint().lower() > most as u64 {
        return Err(too_large(most));
    }
    let read = timeout(limits.body_time(), Limited::new(body, most).collect()).await;
    let body = read.map_err(|_| too_slow(&limits))?.map_err(|error| match error.is::<LengthLimitError>() {
        true => too_large(most),
        false => Problem::bad_request("the body could not be read"),
    })?;
    Ok(next.run(Request::from_parts(parts, Body::from(body.to_bytes()))).await)
}

fn too_large(most: usize) -> Problem {
    let detail = format!("the body may have {most} bytes ({:.1} MiB)", most as f64 / f64::from(1 << 20));
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
}

fn too_slow(limits: &Limits) -> Problem {
    let detail = format!("the body did not arrive within {} s", limits.body_seconds);
    Problem::new(StatusCode::REQUEST_TIMEOUT, detail)
}
