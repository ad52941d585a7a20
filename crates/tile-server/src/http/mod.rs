//! HTTP without plates: problems, encodings, connections, what proxies say, and limits around handlers.

pub(crate) mod aside;
pub(crate) mod connections;
pub(crate) mod cors;
pub(crate) mod document;
pub(crate) mod encoding;
pub(crate) mod events;
pub(crate) mod limits;
pub(crate) mod network;
pub(crate) mod problem;
pub(crate) mod rendition;
pub(crate) mod stream;
