//! What holds for every operation: the refusals, and that a member that can be null is always there.

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

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

/// The document of a description.
///
/// # Errors
/// If the description cannot be written as JSON.
pub(crate) fn document(description: &OpenApi) -> Result<Value, serde_json::Error> {
    let mut document = serde_json::to_value(description)?;
    for path in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for method in METHODS {
            path.get_mut(method).and_then(Value::as_object_mut).into_iter().for_each(complete);
        }
    }
    always_there(&mut document["components"]);
    Ok(document)
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
