//! The address that links in documents begin with.

use super::generation::Generation;
use axum::{extract::FromRequestParts, http::request::Parts};
use std::convert::Infallible;

/// The address under which the client sees this server, without a slash behind it; documents with absolute addresses want it.
pub(crate) struct Base(pub(crate) String);

impl FromRequestParts<Generation> for Base {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, generation: &Generation) -> Result<Self, Infallible> {
        Ok(Self(generation.shared().settings.network.base(&parts.headers, parts.extensions.get().copied())))
    }
}
