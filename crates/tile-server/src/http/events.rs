//! Server-sent events: a body that goes on for as long as somebody listens.

use axum::{
    body::{Body, Bytes},
    http::{
        HeaderName,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use hyper::body::{Body as HttpBody, Frame};
use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

/// The type of such a body.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";
/// What is sent while there is nothing to tell, so that proxies keep the connection.
pub(crate) const KEEP_ALIVE: &str = ":\n\n";
/// Says to proxies that nothing is to be collected before it is handed on.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// Events that wait until the client has taken those before.
const WAITING: usize = 4;

/// The events of a listener; its place is given back when they end.
struct Events {
    waiting: mpsc::Receiver<Bytes>,
    _place: OwnedSemaphorePermit,
}

impl HttpBody for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.waiting.poll_recv(cx).map(|event| event.map(|event| Ok(Frame::data(event))))
    }
}

/// An answer of events, and where they are put in. It ends when no more can come.
pub(crate) fn event_stream(place: OwnedSemaphorePermit) -> (mpsc::Sender<Bytes>, Response) {
    let (events, waiting) = mpsc::channel(WAITING);
    let headers = [(CONTENT_TYPE, EVENT_STREAM), (CACHE_CONTROL, "no-store"), (BUFFERING, "no")];
    (events, (headers, Body::new(Events { waiting, _place: place })).into_response())
}

/// An event with its id and name, and what it tells, which is one line.
pub(crate) fn event(id: u64, name: &str, data: &str) -> Bytes {
    Bytes::from(format!("id: {id}\nevent: {name}\ndata: {data}\n\n"))
}
