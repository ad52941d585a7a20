//! Around every request: whether it is taken on, what becomes of a panic, its id, its place in the metrics and in the log.
//!
//! It is one layer, not one for each of these, since tiles come by the thousand.

use crate::{
    app::{Generation, Shared},
    cors,
    problem::{Cause, Problem},
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{
        HeaderName, HeaderValue, Method, StatusCode,
        header::{HeaderMap, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{
    any::Any,
    future::poll_fn,
    hash::{BuildHasher, RandomState},
    panic::{self, AssertUnwindSafe},
    pin::pin,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::Poll,
    time::Instant,
};

/// The header with a request's id.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The header with the generation that answered.
pub(crate) const GENERATION: HeaderName = HeaderName::from_static("x-baseplate-generation");
/// The longest id that is taken from a client, bytes.
const ID_MAX: usize = 64;
/// Who watches the server is heard even when it has too much to do.
const ALWAYS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];
/// The route of what has none, in metrics and log.
const NO_ROUTE: &str = "none";

/// What every request of a router has in common.
#[derive(Clone)]
pub(crate) struct Watch {
    shared: Arc<Shared>,
    generation: Option<HeaderValue>,
}

impl Watch {
    pub(crate) fn waiting(shared: &Arc<Shared>) -> Self {
        Self { shared: Arc::clone(shared), generation: None }
    }

    pub(crate) fn over(generation: &Generation) -> Self {
        Self { shared: Arc::clone(generation.shared()), generation: generation.name() }
    }
}

/// The outermost layer of every route.
pub(crate) async fn watch(State(watch): State<Watch>, request: Request, next: Next) -> Response {
    let seen = Seen::of(&request);
    let mut response = match taken_on(&watch.shared, &request, seen.route()) {
        Ok(_running) => match cors::preflight(&request) {
            Some(response) => response,
            None => unwound(next.run(request)).await,
        },
        Err(problem) => problem.into_response(),
    };
    let headers = response.headers_mut();
    cors::allow(headers);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REQUEST_ID, seen.id.clone());
    if let Some(generation) = watch.generation {
        headers.insert(GENERATION, generation);
    }
    seen.report(&watch.shared, &mut response);
    response
}

/// The answer of a handler. A panic ends its request, not the server; what it said stands in the log.
async fn unwound(answer: impl Future<Output = Response>) -> Response {
    let mut answer = pin!(answer);
    poll_fn(|cx| {
        let polled = panic::catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(cx)));
        polled.unwrap_or_else(|said| Poll::Ready(panicked(&*said)))
    })
    .await
}

fn panicked(said: &(dyn Any + Send)) -> Response {
    let said = said.downcast_ref::<&str>().copied().or_else(|| said.downcast_ref::<String>().map(String::as_str));
    Problem::internal(format!("panic: {}", said.unwrap_or_default())).into_response()
}

/// A request at work.
struct Running<'a>(&'a AtomicU64);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

fn taken_on<'a>(shared: &'a Shared, request: &Request, route: &str) -> Result<Running<'a>, Problem> {
    let (limits, metrics) = (&shared.settings.limits, &shared.metrics);
    let before = metrics.in_flight.fetch_add(1, Relaxed);
    let running = Running(&metrics.in_flight);
    if before >= u64::from(limits.concurrent_requests) && !ALWAYS.contains(&route) {
        metrics.refused.fetch_add(1, Relaxed);
        return Err(Problem::unavailable(format!(
            "{before} requests are at work, which is all that may be; ask again"
        )));
    }
    let length = request.uri().path_and_query().map_or(0, |uri| uri.as_str().len());
    if length > limits.url_bytes as usize {
        let detail = format!("a path and its query may have {} bytes; this has {length}", limits.url_bytes);
        return Err(Problem::new(StatusCode::URI_TOO_LONG, detail));
    }
    Ok(running)
}

/// What is kept of a request for the report about it. Its address is not: it may have somebody's code in it.
struct Seen {
    begun: Instant,
    id: HeaderValue,
    method: Method,
    matched: Option<MatchedPath>,
}

impl Seen {
    fn of(request: &Request) -> Self {
        Self {
            begun: Instant::now(),
            id: given_id(request.headers()).unwrap_or_else(made_id),
            method: request.method().clone(),
            matched: request.extensions().get().cloned(),
        }
    }

    fn route(&self) -> &str {
        self.matched.as_ref().map_or(NO_ROUTE, MatchedPath::as_str)
    }

    fn report(&self, shared: &Shared, response: &mut Response) {
        let (took, status) = (self.begun.elapsed(), response.status());
        shared.metrics.answered(self.route(), status.as_u16(), took);
        let (id, method, route) = (self.id.to_str().unwrap_or_default(), &self.method, self.route());
        let (status, ms) = (status.as_u16(), took.as_secs_f64() * 1000.0);
        if let Some(Cause(cause)) = response.extensions_mut().remove() {
            tracing::error!(id, %method, route, status, ms, cause, "a request failed");
        } else if status >= 400 {
            tracing::info!(id, %method, route, status, ms, "request");
        } else {
            tracing::debug!(id, %method, route, status, ms, "request");
        }
    }
}

/// The id that a client or proxy gave, if it is a short plain word.
fn given_id(headers: &HeaderMap) -> Option<HeaderValue> {
    let id = headers.get(REQUEST_ID)?;
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let sane = (1..=ID_MAX).contains(&id.len()) && id.as_bytes().iter().all(plain);
    sane.then(|| id.clone())
}

/// An id that this process gives once, and others hardly ever.
fn made_id() -> HeaderValue {
    static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let id = format!("{:016x}", HASHER.hash_one(NEXT.fetch_add(1, Relaxed)));
    HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static("-"))
}
