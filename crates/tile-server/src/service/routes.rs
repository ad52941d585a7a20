//! The list of routes: each stands here once, with its handlers and what they say of themselves.

use crate::{
    api::{about, batch, card, catalogue, changes, geocode, health, issues, layers, lookup, search},
    config::Limits,
    docs,
    http::{document, limits::in_time},
    ogc,
    openapi::{self, Description, Preamble},
    page,
    state::{Generation, Shared},
    style, tiles,
};
use axum::{
    Extension, Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};
use std::sync::Arc;
use utoipa::{OpenApi as _, openapi::OpenApi};
use utoipa_axum::{router::UtoipaMethodRouter, routes};

/// A router of handlers, each at the path that its description says; the descriptions are put with those of others.
fn group<S: Clone + Send + Sync + 'static>(
    description: &mut OpenApi,
    handlers: impl IntoIterator<Item = UtoipaMethodRouter<S>>,
) -> Router<S> {
    let mut router = Router::new();
    for (schemas, paths, handlers) in handlers {
        for path in paths.paths.keys() {
            router = router.route(&pattern(path), handlers.clone());
        }
        description.components.get_or_insert_default().schemas.extend(schemas);
        description.paths.merge(paths);
    }
    router
}

/// The pattern of a described path. A pattern cannot say what stands behind a name in a part of a path, as in `{y}.mvt`; such a part is
/// `{file}` as a whole, and its handler reads it.
fn pattern(path: &str) -> String {
    let is_file = |part: &str| part.starts_with('{') && !part.ends_with('}');
    let parts = path.split('/').map(|part| if is_file(part) { "{file}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Every route over an open generation, and the description of all. Tiles have few layers around them, since they come by the
/// thousand.
pub(super) fn open(limits: Limits) -> (Router<Generation>, OpenApi) {
    let mut description = Preamble::openapi();
    let tiles = [routes!(tiles::tile), routes!(tiles::tile_in_degrees), routes!(ogc::tiles::tile)];
    let documents = [
        routes!(tiles::tilejson),
        routes!(style::style),
        routes!(about::about),
        routes!(catalogue::catalogue),
        routes!(layers::layers),
        routes!(layers::layer),
        routes!(ogc::landing),
        routes!(ogc::conformance),
        routes!(ogc::collections),
        routes!(ogc::collection),
        routes!(ogc::records::records_collection),
        routes!(ogc::records::one_record),
        routes!(ogc::queryables::queryables),
        routes!(ogc::tiles::tilesets),
        routes!(ogc::tiles::tileset),
        routes!(ogc::tiles::matrix_sets),
        routes!(ogc::tiles::matrix_set),
        routes!(openapi::openapi),
        routes!(card::qr),
        routes!(card::record_qr),
    ];
    let answers = [
        routes!(lookup::locate, batch::locate_many),
        routes!(lookup::entity),
        routes!(lookup::record),
        routes!(lookup::stats),
        routes!(lookup::layer_stats),
        routes!(issues::issues),
        routes!(changes::changes),
        routes!(geocode::one, geocode::many),
        routes!(geocode::suggest),
        routes!(search::search),
        routes!(geocode::reverse),
        routes!(ogc::items::items),
        routes!(ogc::records::records),
        routes!(ogc::items::item),
        routes!(docs::moved),
        routes!(docs::index),
        routes!(docs::file),
        routes!(page::index),
        routes!(card::card),
        routes!(card::record_card),
    ];
    let own = [routes!(health::alive), routes!(health::ready), routes!(health::metrics)];
    let (tiles, own) = (group(&mut description, tiles), group(&mut description, own));
    let documents = group(&mut description, documents);
    // What is under none of these paths may be a file of the page.
    let answers = group(&mut description, answers).route("/{*path}", get(page::file));
    let documents =
        documents.layer(Extension(Description(Arc::new(description.clone())))).layer(from_fn(document::document));
    let answers = answers
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(document::encoded))
        .layer(from_fn_with_state(limits, in_time));
    (tiles.merge(documents).merge(answers).merge(own), description)
}

/// The routes while there is no generation.
pub(super) fn waiting() -> Router<Arc<Shared>> {
    let alive = [routes!(health::alive)];
    let metrics = get(health::metrics_waiting);
    group(&mut Preamble::openapi(), alive).route("/metrics", metrics).fallback(health::not_open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::document;
    use serde_json::{Map, Value, json};

    /// The whole document.
    fn description() -> Value {
        document(&open(Limits::default()).1).expect("it is JSON")
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
        let operations = paths.filter_map(Value::as_object).flat_map(Map::values);
        let ids: Vec<_> = operations.filter_map(|operation| operation["operationId"].as_str()).collect();
        let distinct: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), distinct.len(), "{ids:?}");
    }
}
