//! The map page, built from `web/` and embedded.

use crate::{config::Settings, http::problem::Problem, params::PathParams, state::Generation};
use axum::{
    extract::State,
    http::{
        Uri,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse, Redirect, Response},
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "page"]
#[allow_missing = true]
struct Built;

/// What the page may load: itself, and the pictures of the base map if there is one; and who may frame it.
fn policy(settings: &Settings) -> String {
    let base_map = settings.base_map.as_ref();
    let frame_ancestors = settings.network.frame_ancestors();
    let origins: String = base_map.iter().flat_map(|map| map.origins()).map(|origin| format!(" {origin}")).collect();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{origins}; \
         connect-src 'self'{origins}; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {frame_ancestors}"
    )
}

/// Shown where the page was not built.
const NOT_BUILT: &str = "This server was built without the map page: run `make web`, then build tile-server again.\n";
/// Files under this have a hash in their name.
const HASHED: &str = "assets/";

/// `GET /`: the map.
#[utoipa::path(get, path = "/", operation_id = "page", tag = "pages",
    responses((status = OK, description = "The page; plain text where it was not built in", content(
        (String = "text/html"), (String = "text/plain")))))]
pub(crate) async fn index(State(generation): State<Generation>) -> Response {
    match Built::get("index.html") {
        Some(_) => embedded(&generation, "index.html").unwrap_or_else(IntoResponse::into_response),
        None => ([(CONTENT_TYPE, "text/plain; charset=utf-8")], NOT_BUILT).into_response(),
    }
}

/// `GET /{path}`: a file of the page; what has a slash behind it leads to the same without.
pub(crate) async fn file(
    State(generation): State<Generation>,
    PathParams(path): PathParams<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    match path.strip_suffix('/').and_then(|path| path.rsplit('/').next()).filter(|name| is_plain(name)) {
        // Beside itself, whatever stands before the path where the client sees it.
        Some(name) => {
            let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
            Ok(Redirect::permanent(&format!("../{name}{query}")).into_response())
        }
        None => embedded(&generation, &path),
    }
}

/// Whether a part of a path can stand in an address as it is.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}

fn embedded(generation: &Generation, path: &str) -> Result<Response, Problem> {
    let file = Built::get(path).ok_or_else(|| Problem::not_found(format!("there is nothing at /{path}")))?;
    let kind = match path.rsplit_once('.') {
        Some((_, "mjs")) => "application/javascript".to_owned(),
        _ => mime_guess::from_path(path).first_or_octet_stream().to_string(),
    };
    let kind = if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind };
    let keep = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let policy = policy(&generation.shared().settings);
    let headers = [(CONTENT_TYPE, kind.as_str()), (CACHE_CONTROL, keep), (CONTENT_SECURITY_POLICY, policy.as_str())];
    Ok((headers, file.data).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_of_the_page_names_who_may_frame_it() {
        assert!(policy(&Settings::default()).ends_with("; frame-ancestors 'none'"));
        let text = "[network]\nframe_ancestors = [\"https://desk.example.cn\", \"'self'\"]";
        let settings = Settings::parse(text, "server.toml".as_ref()).expect("it is right");
        let policy = policy(&settings);
        assert!(policy.ends_with("; frame-ancestors https://desk.example.cn 'self'"), "{policy}");
        assert_eq!(policy.matches("script-src 'self';").count(), 1);
    }
}
