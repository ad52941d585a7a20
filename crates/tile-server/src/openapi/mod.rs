//! The description of the whole interface, OpenAPI 3.1, made from the handlers.
//!
//! Each handler says beside itself what it takes and answers; [`Described`] lists them. What holds for all of them is put in
//! afterwards: the refusals, and that a member that can be null is always there.

mod schema;

pub(crate) use schema::{Bytes, Catalogue, Degrees, Shown, Style, TileJson, points};

use crate::{
    about, batch, catalogue, docs, geocode, health, issues, lookup, ogc, page, problem::Problem, query::FormatQuery,
    style, tiles,
};
use axum::{
    extract::{Query, rejection::QueryRejection},
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};
use std::sync::OnceLock;
use utoipa::OpenApi;

/// The handlers, in the order of the document.
#[derive(OpenApi)]
#[openapi(
    info(title = "Base-plate", description = schema::ABOUT),
    paths(
        lookup::locate, batch::locate_many, lookup::entity, lookup::stats, issues::issues, about::about,
        geocode::one, geocode::many, geocode::suggest, geocode::reverse,
        tiles::tile, tiles::tile_in_degrees, tiles::tilejson, style::style, catalogue::catalogue,
        ogc::landing, ogc::conformance, ogc::collections, ogc::collection, ogc::items::items, ogc::items::item,
        ogc::tiles::tilesets, ogc::tiles::tileset, ogc::tiles::tile, ogc::tiles::matrix_sets, ogc::tiles::matrix_set,
        page::index, docs::index, docs::moved, docs::file, openapi,
        health::alive, health::ready, health::metrics,
    ),
    components(schemas(Problem))
)]
struct Described;

/// The methods that an address of the document can have.
const METHODS: [&str; 2] = ["get", "post"];
/// What every request can be answered with.
const REFUSALS: [(&str, &str); 6] = [
    ("421", "The server is set to be for other hosts"),
    ("429", "Too many requests of this client at work: ask again after `Retry-After`"),
    ("414", "The address is too long or names too many layers"),
    ("500", "The server failed"),
    ("503", "Too many requests at work, or no plate is open: ask again after `Retry-After`"),
    ("504", "It took too long"),
];
/// What a request with parameters can be answered with besides.
const WRONG: [(&str, &str); 2] = [("400", "A parameter is missing or wrong"), ("404", "There is no such thing")];
/// What a request with a body can be answered with besides.
const BODY: [(&str, &str); 3] = [
    ("400", "The body is wrong"),
    ("408", "The body did not arrive in time"),
    ("413", "The body is too large, or has too many items"),
];

/// This description.
///
/// `GET /openapi.json`
#[utoipa::path(get, path = "/openapi.json", tag = "pages", params(FormatQuery),
    responses((status = OK, description = "OpenAPI 3.1", body = schema::Document)))]
pub(crate) async fn openapi(query: Result<Query<FormatQuery>, QueryRejection>) -> Result<Response, Problem> {
    query?.0.check()?;
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| description().to_string());
    Ok(([(CONTENT_TYPE, "application/json")], text.as_str()).into_response())
}

/// The document.
fn description() -> Value {
    let mut document = serde_json::to_value(Described::openapi()).unwrap_or_default();
    for path in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for method in METHODS {
            path.get_mut(method).and_then(Value::as_object_mut).into_iter().for_each(complete);
        }
    }
    always_there(&mut document["components"]);
    document
}

/// Adds the refusals to an operation, and takes null from the types of its parameters: no address can say it.
fn complete(operation: &mut Map<String, Value>) {
    let mut refusals = REFUSALS.to_vec();
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    if let Some(parameters) = parameters {
        refusals.extend(WRONG);
        parameters.iter_mut().filter_map(|parameter| parameter.get_mut("schema")).for_each(not_null);
    }
    if operation.contains_key("requestBody") {
        refusals.extend(BODY);
    }
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    for (status, description) in refusals {
        let content = json!({ "application/problem+json": { "schema": &schema } });
        responses.entry(status).or_insert_with(|| json!({ "description": description, "content": content }));
    }
}

/// Takes null from the types that a schema allows.
fn not_null(schema: &mut Value) {
    if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|of| of != "null");
        if let [only] = types.as_slice() {
            schema["type"] = only.clone();
        }
    }
    let Some(choices) = schema.get_mut("oneOf").and_then(Value::as_array_mut) else { return };
    choices.retain(|choice| !is_nullable(choice));
    if let [only] = choices.as_slice() {
        *schema = only.clone();
    }
}

/// Marks as required what may be null: what may be missing is never null here.
fn always_there(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(always_there),
        Value::Object(members) => {
            let nullable: Vec<String> = match members.get("properties") {
                Some(Value::Object(properties)) => {
                    properties.iter().filter(|(_, of)| is_nullable(of)).map(|(name, _)| name.clone()).collect()
                }
                _ => Vec::new(),
            };
            if !nullable.is_empty() {
                let required = members.entry("required").or_insert_with(|| json!([]));
                required.as_array_mut().into_iter().for_each(|r| r.extend(nullable.iter().map(|name| json!(name))));
            }
            members.values_mut().for_each(always_there);
        }
        _ => {}
    }
}

fn is_nullable(schema: &Value) -> bool {
    let is_null = |of: &Value| of == "null";
    let types = &schema["type"];
    is_null(types)
        || types.as_array().is_some_and(|types| types.iter().any(is_null))
        || schema["oneOf"].as_array().is_some_and(|choices| choices.iter().any(is_nullable))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Addresses of the router whose last part is a name with an extension, as the document writes them.
    const NAMED: [(&str, &str); 2] = [("{x}/{file}", "{x}/{y}.mvt"), ("/tiles/{file}", "/tiles/{layers}.json")];

    #[test]
    fn every_route_is_described() {
        let document = description();
        let source = include_str!("../router.rs").split("#[cfg(test)]").next().unwrap_or_default();
        let routes = source.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next());
        let mut seen = 0;
        for route in routes.filter(|route| *route != "/{*path}") {
            let route = NAMED.iter().fold(route.to_owned(), |route, (from, to)| route.replace(from, to));
            assert!(document["paths"].get(&route).is_some(), "{route} is not in the document");
            seen += 1;
        }
        assert!(seen >= 20, "{seen} routes were found in the source");
    }

    #[test]
    fn nothing_that_can_be_null_may_be_missing() {
        let document = description();
        let building = &document["components"]["schemas"]["BuildingRef"];
        let required = building["required"].as_array().map(Vec::as_slice).unwrap_or_default();
        assert!(["code", "name", "height_m"].iter().all(|name| required.contains(&json!(name))), "{building}");
        assert_eq!(document["openapi"], "3.1.0");
    }

    #[test]
    fn operations_are_told_apart() {
        let document = description();
        let paths = document["paths"].as_object().into_iter().flat_map(Map::values);
        let operations = paths.flat_map(|path| METHODS.iter().filter_map(|method| path.get(method)));
        let ids: Vec<_> = operations.filter_map(|operation| operation["operationId"].as_str()).collect();
        let distinct: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), distinct.len(), "{ids:?}");
    }
}
