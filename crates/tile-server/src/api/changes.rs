//! What was published: one entry for each generation, asked for page by page or listened to.

use crate::{
    http::{
        aside::aside,
        events::{EVENT_STREAM, KEEP_ALIVE, event, event_stream},
        problem::Problem,
    },
    params::{Count, Params},
    state::{Generation, Shared},
};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{
        HeaderMap, HeaderName, StatusCode,
        header::{ACCEPT, VARY},
    },
    response::{IntoResponse, Response},
};
use baseplate_core::{Baseplate, JournalError, Publication, PublicationAnswer};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};
use tokio::{sync::mpsc, time::sleep};
use utoipa::{IntoParams, ToSchema};

/// Publications of a page, if the request does not say how many; also what is read at a time for a listener.
const LIMIT: usize = 100;
/// The highest cursor that can be asked for.
const CURSOR_MAX: u64 = 999_999_999;
/// The name of the events.
const EVENT: &str = "publication";
/// A listener who is told nothing for so long is sent a sign of life.
const SILENCE: Duration = Duration::from_secs(15);
/// What a listener who comes back heard last.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChangesQuery {
    /// Only what was published after this generation: `next` of the answer before, or the number of the generation that was read as a
    /// whole. From the oldest that is kept where it is not said.
    #[param(inline)]
    since: Option<Count<0, 999_999_999>>,
    /// How many at most; 100 where it is not said. Who listens is told all.
    #[param(inline)]
    limit: Option<Count<1, 1_000>>,
}

/// What was published after a generation.
#[derive(Serialize, ToSchema)]
pub(crate) struct Changes {
    /// The generation that answered.
    generation: String,
    /// `since` of the next question. If `changes` is empty, there is nothing more for now.
    next: u64,
    /// The publications, in their order.
    changes: Vec<PublicationAnswer>,
}

/// What was published: for each generation what was done, and which layers are other ones than before. The last 1,000 publications
/// are kept, fewer if they take more than 16 MiB. With `Accept: text/event-stream` the same as server-sent events, which go on with
/// whatever is published later: `event: publication`, its cursor as `id`, the JSON of an entry of `changes` as `data`.
///
/// `GET /api/changes?[since=][&limit=]`
#[utoipa::path(get, path = "/api/changes", tag = "look-ups",
    params(ChangesQuery, ("Last-Event-ID" = Option<u32>, Header, minimum = 0, maximum = 999_999_999, description = "Goes before `since`: the id of the last event that was heard")),
    responses(
        (status = OK, description = "The publications", content((Changes = "application/json"), (String = "text/event-stream"))),
        (status = GONE, description = "What came after `since` is not kept", content_type = "application/problem+json", body = Problem)))]
pub(crate) async fn changes(
    State(generation): State<Generation>,
    Params(query): Params<ChangesQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let since = last_event_id(&headers)?.or(query.since.map(|since| since.0 as u64));
    let (plate, is_listener) = (generation.plate().clone(), listens(&headers));
    let limit = if is_listener { 1 } else { query.limit.map_or(LIMIT, |limit| limit.0) };
    let found = aside(move || plate.changes(since, limit)).await?.map_err(problem)?;
    let mut response = if is_listener {
        listen(generation.shared(), since)?
    } else {
        Json(page(generation.plate(), since, found)).into_response()
    };
    response.headers_mut().append(VARY, const { axum::http::HeaderValue::from_static("accept, last-event-id") });
    Ok(response)
}

fn page(plate: &Baseplate, since: Option<u64>, found: Vec<Publication>) -> Changes {
    let generation = plate.manifest().generation.clone();
    let next = found.last().map(|last| last.cursor).or(since).or(generation.parse().ok()).unwrap_or_default();
    Changes { generation, next, changes: found.into_iter().map(PublicationAnswer::from).collect() }
}

/// 410 where one has to begin again.
fn problem(error: JournalError) -> Problem {
    match error {
        JournalError::Gone { .. } => Problem::new(StatusCode::GONE, error),
        JournalError::Damaged(_) => Problem::internal(error),
    }
}

/// The id of the last event that a listener heard.
fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(id) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let number = id.to_str().ok().and_then(|id| id.parse().ok()).filter(|id| *id <= CURSOR_MAX);
    let wrong = || Problem::bad_request(format!("Last-Event-ID: a number from 0 to {CURSOR_MAX} is needed"));
    number.map(Some).ok_or_else(wrong)
}

/// Whether who asks takes events.
fn listens(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let kinds = accepted.flat_map(|value| value.split(','));
    kinds.filter_map(|kind| kind.split(';').next()).any(|kind| kind.trim().eq_ignore_ascii_case(EVENT_STREAM))
}

/// The answer to somebody who listens to what comes after a cursor.
fn listen(shared: &Arc<Shared>, since: Option<u64>) -> Result<Response, Problem> {
    let crowded = |_| Problem::unavailable("as many listen to changes as may; ask again, or ask page by page");
    let place = Arc::clone(&shared.listeners).try_acquire_owned().map_err(crowded)?;
    let (events, response) = event_stream(place);
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        tokio::select! {
            () = tell(&shared, since, &events) => {}
            () = events.closed() => {}
            () = shared.drained() => {}
        }
    });
    Ok(response)
}

/// Tells a listener what was published after a cursor and whatever is published later, until it can be told no more.
async fn tell(shared: &Shared, mut since: Option<u64>, events: &mpsc::Sender<Bytes>) {
    let mut served = shared.served();
    loop {
        let plate = served.borrow_and_update().clone();
        while let Some(plate) = plate.clone() {
            // Who cannot be told what comes next asks again, and learns why.
            let Ok(Ok(found)) = aside(move || plate.changes(since, LIMIT)).await else { return };
            let Some(last) = found.last() else { break };
            since = Some(last.cursor);
            for publication in found {
                let cursor = publication.cursor;
                let Ok(data) = serde_json::to_string(&PublicationAnswer::from(publication)) else { return };
                if events.send(event(cursor, EVENT, &data)).await.is_err() {
                    return;
                }
            }
        }
        loop {
            tokio::select! {
                changed = served.changed() => match changed {
                    Ok(()) => break,
                    Err(_) => return,
                },
                () = sleep(SILENCE) => if events.send(Bytes::from_static(KEEP_ALIVE.as_bytes())).await.is_err() {
                    return;
                },
            }
        }
    }
}
