//! Around every request: whether it is taken on, what becomes of a panic, its id, its place in the metrics and in the log.
//!
//! It is one layer, not one for each of these, since tiles come by the thousand.

use crate::{
    config::Settings,
    http::{
        connections::{Client, Connection},
        cors,
        limits::arrived,
        network::Peer,
        problem::{Cause, Problem},
    },
    state::{Generation, Shared},
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{
        HeaderName, HeaderValue, Method, StatusCode,
        header::{HeaderMap, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{
    any::Any,
    collections::hash_map::Entry,
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
    let page = cors::Page::of(&request);
    let mut response = answer(&watch.shared, request, next, seen.route()).await.unwrap_or_else(Problem::into_response);
    let headers = response.headers_mut();
    page.allow(watch.shared.settings.network.origins.as_deref(), headers);
    headers.insert(X_CONTENT_TYPE_OPTIONS, const { HeaderValue::from_static("nosniff") });
    headers.insert(REFERRER_POLICY, const { HeaderValue::from_static("strict-origin-when-cross-origin") });
    headers.insert(REQUEST_ID, seen.id.clone());
    if let Some(generation) = watch.generation {
        headers.insert(GENERATION, generation);
    }
    seen.report(&watch.shared, &mut response);
    response
}

/// The answer to a request that is for this server, has arrived as a whole, and finds a place among those at work.
async fn answer(shared: &Shared, request: Request, next: Next, route: &str) -> Result<Response, Problem> {
    let Settings { limits, network, .. } = &shared.settings;
    let is_always = ALWAYS.contains(&route);
    let length = request.uri().path_and_query().map_or(0, |uri| uri.as_str().len());
    if length > limits.url_bytes as usize {
        let detail = format!("a path and its query may have {} bytes; this has {length}", limits.url_bytes);
        return Err(Problem::new(StatusCode::URI_TOO_LONG, detail));
    }
    let peer: Option<Peer> = request.extensions().get().copied();
    if !is_always && !network.serves(network.host(request.headers(), peer)) {
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, "this server is not for the host that was asked"));
    }
    if let Some(preflight) = cors::preflight(&request) {
        return Ok(preflight);
    }
    let client = peer.map(|peer| network.client(request.headers(), peer)).filter(|client| !network.is_exempt(*client));
    let connection: Option<Arc<Connection>> = request.extensions().get().cloned();
    if let Some(connection) = &connection {
        connection.waits();
    }
    let (request, _body) = arrived(limits, request, connection.as_ref()).await?;
    let _running = if is_always { None } else { Some(Running::new(shared, client.map(Client::from))?) };
    if let Some(connection) = &connection {
        connection.works();
    }
    Ok(unwound(next.run(request)).await)
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
struct Running<'a> {
    shared: &'a Shared,
    client: Option<Client>,
}

impl<'a> Running<'a> {
    fn new(shared: &'a Shared, client: Option<Client>) -> Result<Self, Problem> {
        let (limits, metrics) = (&shared.settings.limits, &shared.metrics);
        let before = metrics.in_flight.fetch_add(1, Relaxed);
        // Without a client until it is counted as one.
        let mut running = Self { shared, client: None };
        let refused = |status, detail| {
            metrics.refused.fetch_add(1, Relaxed);
            Err(Problem::new(status, detail))
        };
        if before >= u64::from(limits.concurrent_requests) {
            let detail = format!("{before} requests are at work, which is all that may be; ask again");
            return refused(StatusCode::SERVICE_UNAVAILABLE, detail);
        }
        let Some(client) = client else { return Ok(running) };
        let mut at_work = shared.at_work();
        let own = at_work.entry(client).or_default();
        if *own >= limits.requests_per_client {
            let detail = format!("{own} requests of this client are at work, which is all that it may have; ask again");
            return refused(StatusCode::TOO_MANY_REQUESTS, detail);
        }
        *own += 1;
        drop(at_work);
        running.client = Some(client);
        Ok(running)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.shared.metrics.in_flight.fetch_sub(1, Relaxed);
        let Some(client) = self.client else { return };
        let mut at_work = self.shared.at_work();
        if let Entry::Occupied(mut own) = at_work.entry(client) {
            *own.get_mut() -= 1;
            if *own.get() == 0 {
                own.remove();
            }
        }
    }
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
        let (status, ms) = (status.as_u16(), took.as_micros() as f64 / 1000.0);
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
