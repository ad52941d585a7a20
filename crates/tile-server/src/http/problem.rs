//! Errors as clients see them: RFC 9457 problem+json.

use axum::{
    Json,
    extract::rejection::{PathRejection, QueryRejection},
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use baseplate_core::{NoLayer, OutOfScheme, StatsError, TileError, code::mask_ids, time::TimeError};
use serde::Serialize;
use std::fmt::Display;
use utoipa::ToSchema;

/// After this many seconds a refused client may ask again.
const RETRY_SECONDS: u16 = 1;

/// What went wrong, and what would be right.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip)]
    cause: Option<Cause>,
}

/// What the log says of a failure, and the client does not learn. It travels with the answer to where requests are logged.
#[derive(Debug, Clone)]
pub(crate) struct Cause(pub(crate) String);

impl Problem {
    /// What is said may quote the question; an id in it is not repeated.
    pub(crate) fn new(status: StatusCode, detail: impl ToString) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        let detail = mask_ids(&detail.to_string()).into_owned();
        Self { kind: "about:blank", title, status: status.as_u16(), detail, cause: None }
    }

    pub(crate) fn bad_request(detail: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The cause stands in the log, not in the answer.
    pub(crate) fn internal(error: impl Display) -> Self {
        let problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the request could not be answered");
        Self { cause: Some(Cause(error.to_string())), ..problem }
    }

    pub(crate) fn not_found(detail: impl ToString) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 503: the same request may do later.
    pub(crate) fn unavailable(detail: impl ToString) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad_request(rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::bad_request(rejection.body_text())
    }
}

impl From<TileError> for Problem {
    fn from(error: TileError) -> Self {
        Self::internal(error)
    }
}

impl From<OutOfScheme> for Problem {
    fn from(error: OutOfScheme) -> Self {
        Self::not_found(error)
    }
}

impl From<NoLayer> for Problem {
    fn from(error: NoLayer) -> Self {
        Self::not_found(error)
    }
}

/// Why there are no such statistics, or no such records.
impl From<StatsError> for Problem {
    fn from(error: StatsError) -> Self {
        match error {
            StatsError::Within(_)
            | StatsError::Attribute { .. }
            | StatsError::Kind { .. }
            | StatsError::Level { .. }
            | StatsError::Layer { .. }
            | StatsError::Class { .. }
            | StatsError::Undated(_)
            | StatsError::Value { .. }
            | StatsError::Time(TimeError::Order) => Self::not_found(error),
            StatsError::Resolution(_) | StatsError::TooMany { .. } | StatsError::Time(_) => Self::bad_request(error),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let cause = self.cause.take();
        let mut response = (status, [(CONTENT_TYPE, "application/problem+json")], Json(self)).into_response();
        if [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS].contains(&status) {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(RETRY_SECONDS));
        }
        if let Some(cause) = cause {
            response.extensions_mut().insert(cause);
        }
        response
    }
}
