//! Limits around handlers: the time until an answer, and the body of a question.

use crate::{
    config::Limits,
    http::{connections::Connection, problem::Problem},
};
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use bytes::BytesMut;
use http_body_util::BodyExt;
use std::sync::Arc;
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

/// A request whose body has arrived, which must be small enough and in time; and what its connection holds of it meanwhile.
pub(crate) async fn arrived(
    limits: &Limits,
    request: Request,
    connection: Option<&Arc<Connection>>,
) -> Result<(Request, Option<Held>), Problem> {
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return Ok((Request::from_parts(parts, Body::empty()), None));
    }
    if body.size_hint().lower() > u64::from(limits.body_bytes) {
        return Err(too_large(limits.body_bytes));
    }
    let mut held = connection.map(|connection| Held { connection: Arc::clone(connection), bytes: 0 });
    let read = timeout(limits.body_time(), collected(limits, body, held.as_mut()));
    let body = read.await.map_err(|_| too_slow(limits))??;
    Ok((Request::from_parts(parts, Body::from(body)), held))
}

async fn collected(limits: &Limits, mut body: Body, mut held: Option<&mut Held>) -> Result<Bytes, Problem> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::bad_request("the body could not be read"))?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > limits.body_bytes as usize {
            return Err(too_large(limits.body_bytes));
        }
        if held.as_mut().is_some_and(|held| !held.grow(data.len(), limits)) {
            return Err(Problem::unavailable("there is no room for the body now; ask again"));
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

/// The bytes of a body, counted where its connection is.
pub(crate) struct Held {
    connection: Arc<Connection>,
    bytes: usize,
}

impl Held {
    fn grow(&mut self, bytes: usize, limits: &Limits) -> bool {
        self.bytes += bytes;
        self.connection.hold(bytes, limits)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.connection.let_go(self.bytes);
    }
}

fn too_large(most: u32) -> Problem {
    let detail = format!("the body may have {most} bytes ({:.1} MiB)", f64::from(most) / f64::from(1 << 20));
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
}

fn too_slow(limits: &Limits) -> Problem {
    let detail = format!("the body did not arrive within {} s", limits.body_seconds);
    Problem::new(StatusCode::REQUEST_TIMEOUT, detail)
}
