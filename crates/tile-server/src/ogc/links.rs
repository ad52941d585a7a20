//! Links of documents, and the types of what many lead to.

use serde_json::{Value, json};

/// The type of features and of records.
pub(super) const GEOJSON: &str = "application/geo+json";

/// The type of JSON Schema.
pub(super) const SCHEMA: &str = "application/schema+json";

/// A link to something of a type.
pub(super) fn link(rel: &str, kind: &str, href: String) -> Value {
    json!({ "rel": rel, "type": kind, "href": href })
}

/// A link to JSON.
pub(super) fn json_link(rel: &str, href: String) -> Value {
    link(rel, "application/json", href)
}
