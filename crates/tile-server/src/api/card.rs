//! 一码通: from a code on a plate on the wall to its card, and the QR code to print there.

use crate::{
    http::problem::Problem,
    params::{Count, FormatQuery, Params, PathParams},
    state::Base,
};
use axum::{
    Json,
    extract::State,
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY},
    },
    response::{IntoResponse, Redirect, Response},
};
use baseplate_core::{Baseplate, Entity, EntityAnswer, QrError, QrSymbol, Thing, card_url};
use serde::Deserialize;
use std::fmt::Write as _;
use utoipa::IntoParams;

/// Millimetres along the side of a picture where nothing else is said.
const SIDE_MM: usize = 40;

/// What somebody sees who scanned a code that nothing has.
const UNKNOWN: &str = include_str!("unknown.html");

/// The card of a code: the map page that shows it, or what `/api/entities/{code}` answers to who asks for JSON.
///
/// `GET /c/{code}`
#[utoipa::path(get, path = "/c/{code}", tag = "pages", params(FormatQuery,
        ("code" = String, Path, description = "Of a grid, a building, an address, an enterprise or a record of a layer", example = "99010100100101")),
    responses((status = OK, description = "The thing, for who asks for JSON", body = EntityAnswer),
        (status = TEMPORARY_REDIRECT, description = "The map page with this card"),
        (status = NOT_FOUND, description = "Nothing has this code", content(
            (String = "text/html"), (Problem = "application/problem+json")))))]
pub(crate) async fn card(
    State(plate): State<Baseplate>,
    PathParams(code): PathParams<String>,
    Params(query): Params<FormatQuery>,
    headers: HeaderMap,
) -> Response {
    let wanted = Wanted::of(&query, &headers);
    match plate.resolve(&code) {
        Some(thing) => wanted.answer(&plate, thing, "../"),
        None => wanted.unknown(plate.describe_missing(&code)),
    }
}

/// The card of a record of a layer, on the terms of `/c/{code}`: several layers can have the same codes.
///
/// `GET /c/{layer}/{code}`
#[utoipa::path(get, path = "/c/{layer}/{code}", tag = "pages", params(FormatQuery,
        ("layer" = String, Path, description = "The id of a layer", example = "enterprises"),
        ("code" = String, Path, description = "The code of one of its records", example = "91990101MAHTNDDP28")),
    responses((status = OK, description = "The record, for who asks for JSON", body = EntityAnswer),
        (status = TEMPORARY_REDIRECT, description = "The map page with this card"),
        (status = NOT_FOUND, description = "No record of the layer has this code", content(
            (String = "text/html"), (Problem = "application/problem+json")))))]
pub(crate) async fn record_card(
    State(plate): State<Baseplate>,
    PathParams((layer, code)): PathParams<(String, String)>,
    Params(query): Params<FormatQuery>,
    headers: HeaderMap,
) -> Response {
    let wanted = Wanted::of(&query, &headers);
    match plate.layer(&layer).and_then(|layer| layer.record(&code)) {
        Some(record) => wanted.answer(&plate, Thing::Record(record), "../../"),
        None => wanted.unknown(plate.describe_missing_record(&layer, &code)),
    }
}

/// What a client takes.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    Page,
    Json,
}

impl Wanted {
    /// JSON for who says so in the address, or likes it better than a page.
    fn of(query: &FormatQuery, headers: &HeaderMap) -> Self {
        let lists: Vec<_> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
        let accept = lists.join(",");
        let likes_json = quality(&accept, "application/json") > quality(&accept, "text/html");
        if query.is_json() || likes_json { Self::Json } else { Self::Page }
    }

    /// The thing, or the way from here to the page with its card; `root` leads from here to the page.
    fn answer(self, plate: &Baseplate, thing: Thing<'_>, root: &str) -> Response {
        let headers = [(CACHE_CONTROL, "no-cache"), (VARY, "accept")];
        match self {
            Self::Json => (headers, Json(plate.describe_thing(thing, EntityAnswer::LISTED))).into_response(),
            Self::Page => (headers, Redirect::temporary(&format!("{root}{}", fragment(&thing)))).into_response(),
        }
    }

    /// 404 in the form that is wanted.
    fn unknown(self, detail: String) -> Response {
        match self {
            Self::Json => Problem::not_found(detail).into_response(),
            Self::Page => {
                let policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
                let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, policy)];
                (StatusCode::NOT_FOUND, headers, UNKNOWN).into_response()
            }
        }
    }
}

/// How much a client likes a type, by the entry of its `Accept` that says it by name (RFC 9110, 12.5.1); 0 if none does.
fn quality(accept: &str, name: &str) -> f64 {
    let of = |entry: &str| {
        let mut parts = entry.split(';').map(str::trim);
        let is_it = parts.next().is_some_and(|of| of.eq_ignore_ascii_case(name));
        let said = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        is_it.then(|| said.and_then(|text| text.parse().ok()).unwrap_or(1.0))
    };
    accept.split(',').filter_map(of).fold(0.0, f64::max)
}

/// What the map page keeps of a card in its address (`web/src/address.ts`).
fn fragment(thing: &Thing<'_>) -> String {
    let mut fragment = format!("#code={}", kept(thing.code()));
    if let Thing::Record(record) = thing
        && record.entity() == Entity::Record
    {
        fragment += &format!("&layer={}", kept(record.layer().id()));
    }
    fragment
}

/// A value as the page reads it: what would end it there is `~` and two digits, and all that is not plain is percent-encoded.
fn kept(value: &str) -> String {
    let mut kept = String::new();
    for byte in value.bytes() {
        // Writing to a string does not fail.
        let _ = match byte {
            b'~' | b'%' | b'&' | b'#' | b'+' | b'=' => write!(kept, "~{byte:02x}"),
            byte if byte.is_ascii_alphanumeric() || b"-._/@:,".contains(&byte) => write!(kept, "{}", char::from(byte)),
            byte => write!(kept, "%{byte:02X}"),
        };
    }
    kept
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct QrQuery {
    /// Millimetres along the side; a PNG has 300 pixels to the inch. 40 where it is not said.
    #[param(inline)]
    size: Option<Count<10, 200>>,
    /// Pixels of a module of a PNG instead.
    #[param(inline)]
    module: Option<Count<1, 40>>,
}

/// The QR code that leads to the card of a code, to be printed: level Q or H, with four modules of white around it.
///
/// `GET /qr/{code}.svg|png[?size=][&module=]`
#[utoipa::path(get, path = "/qr/{file}", tag = "pages",
    params(QrQuery, ("file" = String, Path, description = "A code with `.svg` or `.png` behind it", example = "99010100100101.svg")),
    responses((status = OK, description = "The picture", content((String = "image/svg+xml"), (String = "image/png")))))]
pub(crate) async fn qr(
    State(plate): State<Baseplate>,
    PathParams(file): PathParams<String>,
    Params(query): Params<QrQuery>,
    Base(base): Base,
) -> Result<Response, Problem> {
    let (code, picture) = picture(&file)?;
    let thing = plate.resolve(code).ok_or_else(|| Problem::not_found(plate.describe_missing(code)))?;
    picture.draw(&card_url(&base, &thing), &query)
}

/// The QR code that leads to the card of a record of a layer.
///
/// `GET /qr/{layer}/{code}.svg|png[?size=][&module=]`
#[utoipa::path(get, path = "/qr/{layer}/{file}", operation_id = "record_qr", tag = "pages",
    params(QrQuery, ("layer" = String, Path, description = "The id of a layer", example = "enterprises"),
        ("file" = String, Path, description = "A code with `.svg` or `.png` behind it", example = "91990101MAHTNDDP28.svg")),
    responses((status = OK, description = "The picture", content((String = "image/svg+xml"), (String = "image/png")))))]
pub(crate) async fn record_qr(
    State(plate): State<Baseplate>,
    PathParams((layer, file)): PathParams<(String, String)>,
    Params(query): Params<QrQuery>,
    Base(base): Base,
) -> Result<Response, Problem> {
    let (code, picture) = picture(&file)?;
    let record = plate.layer(&layer).and_then(|layer| layer.record(code));
    let record = record.ok_or_else(|| Problem::not_found(plate.describe_missing_record(&layer, code)))?;
    picture.draw(&card_url(&base, &Thing::Record(record)), &query)
}

/// The form of a picture.
#[derive(Clone, Copy)]
enum Picture {
    Svg,
    Png,
}

/// The code in the name of a file, and the form of picture that it ends in.
fn picture(file: &str) -> Result<(&str, Picture), Problem> {
    let svg = file.strip_suffix(".svg").map(|code| (code, Picture::Svg));
    let found = svg.or_else(|| file.strip_suffix(".png").map(|code| (code, Picture::Png)));
    found.ok_or_else(|| Problem::not_found("QR codes are at /qr/{code}.svg and /qr/{code}.png"))
}

impl Picture {
    fn draw(self, url: &str, query: &QrQuery) -> Result<Response, Problem> {
        let symbol = QrSymbol::of_url(url).map_err(no_qr)?;
        let side_mm = query.size.map_or(SIDE_MM, |size| size.0) as u32;
        Ok(match self {
            Self::Svg => ([(CONTENT_TYPE, "image/svg+xml")], symbol.svg(side_mm)).into_response(),
            Self::Png => {
                let of_modules = query.module.map(|module| module.0 as u32 * symbol.modules());
                let png = symbol.png(of_modules.unwrap_or_else(|| QrSymbol::pixels(side_mm))).map_err(no_qr)?;
                ([(CONTENT_TYPE, "image/png")], png).into_response()
            }
        })
    }
}

/// Why there is no QR code.
fn no_qr(error: QrError) -> Problem {
    match error {
        QrError::Encoding(_) => Problem::internal(error),
        QrError::TooLong(_) | QrError::TooSmall { .. } => Problem::bad_request(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_likes_json_better_gets_it() {
        let likes = |accept: &str| quality(accept, "application/json") > quality(accept, "text/html");
        assert!(["application/json", "text/html;q=0.5, Application/JSON;q=0.9"].into_iter().all(likes));
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        assert!(
            !["", "*/*", browser, "application/json;q=0.1, text/html", "application/json;q=0"].into_iter().any(likes)
        );
    }

    #[test]
    fn codes_are_kept_as_the_page_reads_them() {
        assert_eq!(kept("GD-1_2.3/4"), "GD-1_2.3/4");
        assert_eq!(kept("a b&c=d~"), "a%20b~26c~3dd~7e");
        assert_eq!(kept("粤B"), "%E7%B2%A4B");
    }
}
