//! Many points at once: `POST /api/locate`.
//!
//! | `Content-Type` | the body |
//! |---|---|
//! | `application/octet-stream` | pairs of little-endian 64-bit floats, longitude and latitude; `crs` and `kind` stand in the query |
//! | anything else | JSON: `{"points": [[lng, lat], …], "crs": "…", "kind": "…"}`, the latter two if wanted |
//!
//! | `Accept` | the answer: the code of each point's grid, in order |
//! |---|---|
//! | `application/json`, `*/*` | `{"codes": ["…", null, …]}`, null outside |
//! | `text/plain` | a line for each code, an empty one outside |
//! | `application/octet-stream` | two little-endian 32-bit numbers, how many codes and how many bytes each takes; then the codes in UTF-8, each filled up with zeros |

use super::lookup::no_kind;
use crate::{
    config::Limits,
    http::{aside::Turns, encoding::quality, problem::Problem},
    openapi,
    params::{Kind, Params, PointCrs},
};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use baseplate_core::{Baseplate, LngLat};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema},
    },
};

/// Bytes and words as they are.
const OCTETS: &str = "application/octet-stream";
/// Bytes of a point in a body of bytes.
const POINT_BYTES: usize = 16;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BatchQuery {
    /// The system of the coordinates.
    #[param(inline)]
    crs: Option<PointCrs>,
    /// The kind of grids; `basic` where it is not said.
    #[param(inline, example = "basic")]
    kind: Option<Kind>,
}

// The body in JSON. Its words are read after it, so that a wrong one is told apart from what is no JSON of this form.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Batch {
    /// Longitude and latitude of each, degrees; as many as the server is set to take, 100,000 by default.
    #[schema(schema_with = openapi::points)]
    points: Vec<[f64; 2]>,
    /// The system of the coordinates.
    #[serde(default, deserialize_with = "said")]
    #[schema(inline, nullable = false, value_type = Option<PointCrs>)]
    crs: Option<String>,
    /// The kind of grids; `basic` where it is not said.
    #[serde(default, deserialize_with = "said")]
    #[schema(schema_with = kind_member)]
    kind: Option<String>,
}

fn kind_member() -> RefOr<Schema> {
    let description = "The kind of grids; `basic` where it is not said.";
    match Kind::schema() {
        RefOr::T(Schema::Object(kind)) => {
            RefOr::T(ObjectBuilder::from(kind).description(Some(description)).build().into())
        }
        other => other,
    }
}

/// The codes of the grids around many points, in their order.
///
/// `POST /api/locate[?crs=][&kind=]`
#[utoipa::path(post, path = "/api/locate", tag = "look-ups", params(BatchQuery),
    request_body(description = "JSON, or pairs of little-endian 64-bit floats", content(
        (Batch = "application/json"), (openapi::Bytes = "application/octet-stream"))),
    responses(
        (status = OK, description = "Codes, null or empty outside: JSON, lines, or records of fixed width as `Accept` says", content(
            (Codes<'static> = "application/json"), (String = "text/plain"), (openapi::Bytes = "application/octet-stream"))),
        (status = NOT_ACCEPTABLE, description = "`Accept` allows no form", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn locate_many(
    State(plate): State<Baseplate>,
    State(limits): State<Limits>,
    State(turns): State<Turns>,
    Params(query): Params<BatchQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let form = Form::wanted(&headers)?;
    let is_binary = headers.get(CONTENT_TYPE).is_some_and(|of| of.as_bytes().starts_with(OCTETS.as_bytes()));
    let batch = move || {
        let (points, query) = if is_binary { (of_bytes(&body)?, query) } else { of_json(&body, query)? };
        answer(&plate, &points, query, form, limits.points as usize)
    };
    turns.aside(move |_| Some(batch())).await?
}

/// A member that may be missing; null is not a word.
fn said<'de, D: Deserializer<'de>>(source: D) -> Result<Option<String>, D::Error> {
    String::deserialize(source).map(Some)
}

/// The points of a body in JSON, and what it says of them or else the query does.
fn of_json(body: &[u8], query: BatchQuery) -> Result<(Vec<[f64; 2]>, BatchQuery), Problem> {
    let wanted = r#"the body is not JSON of the form {"points": [[lng, lat], …], "crs": "…", "kind": "…"}"#;
    let Batch { points, crs, kind } = serde_json::from_slice(body).map_err(|_| Problem::bad_request(wanted))?;
    let crs = crs.map(|word| word.parse()).transpose().map_err(Problem::bad_request)?;
    let kind = kind.map(|word| word.parse()).transpose().map_err(Problem::bad_request)?;
    Ok((points, BatchQuery { crs: crs.or(query.crs), kind: kind.or(query.kind) }))
}

fn of_bytes(body: &[u8]) -> Result<Vec<[f64; 2]>, Problem> {
    let (points, rest) = body.as_chunks::<POINT_BYTES>();
    if !rest.is_empty() {
        let detail = format!("the body has {} bytes; a point is two 64-bit floats, {POINT_BYTES} bytes", body.len());
        return Err(Problem::bad_request(detail));
    }
    let point = |bytes: &[u8; POINT_BYTES]| {
        let (numbers, _) = bytes.as_chunks::<8>();
        [0, 1].map(|at| f64::from_le_bytes(numbers[at]))
    };
    Ok(points.iter().map(point).collect())
}

fn answer(
    plate: &Baseplate,
    points: &[[f64; 2]],
    BatchQuery { crs, kind }: BatchQuery,
    form: Form,
    most: usize,
) -> Result<Response, Problem> {
    if points.len() > most {
        let detail = format!("{} points; one request may have {most}", points.len());
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    let points = plate_points(points, &crs.unwrap_or_default())?;
    let Kind(kind) = kind.unwrap_or_default();
    let owners = plate.coverage(&kind).ok_or_else(|| no_kind(plate, &kind))?.locate_many(&points);
    Ok(form.response(owners.iter().map(|grid| grid.as_ref().map(|grid| grid.code())).collect()))
}

fn plate_points(points: &[[f64; 2]], crs: &PointCrs) -> Result<Vec<LngLat>, Problem> {
    let to_plate = crs.0.to_plate().map_err(Problem::bad_request)?;
    let wrong = |at: usize, error| Problem::bad_request(format!("point {at}, counted from 0: {error}"));
    let points = points.iter().enumerate();
    points.map(|(at, [x, y])| to_plate.convert(*x, *y).map_err(|e| wrong(at, e))).collect()
}

/// How codes are written.
#[derive(Clone, Copy)]
enum Form {
    Json,
    Text,
    Octets,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Codes<'a> {
    codes: Vec<Option<&'a str>>,
}

impl Form {
    /// The form that a request likes best.
    fn wanted(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut best: Option<(u16, Self)> = None;
        let mut accepts = headers.get_all(ACCEPT).iter().peekable();
        if accepts.peek().is_none() {
            return Ok(Self::Json);
        }
        for item in accepts.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
            let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
            let (form, quality) = (Self::named(name.trim()), quality(parameters));
            if let Some(form) = form.filter(|_| quality > best.map_or(0, |(least, _)| least)) {
                best = Some((quality, form));
            }
        }
        let refused = || {
            let detail = format!("codes are answered as application/json, text/plain or {OCTETS}; accept one of them");
            Problem::new(StatusCode::NOT_ACCEPTABLE, detail)
        };
        best.map(|(_, form)| form).ok_or_else(refused)
    }

    fn named(media_type: &str) -> Option<Self> {
        match media_type {
            "*/*" | "application/*" | "application/json" => Some(Self::Json),
            "text/*" | "text/plain" => Some(Self::Text),
            OCTETS => Some(Self::Octets),
            _ => None,
        }
    }

    fn response(self, codes: Vec<Option<&str>>) -> Response {
        match self {
            Self::Json => Json(Codes { codes }).into_response(),
            Self::Text => ([(CONTENT_TYPE, "text/plain; charset=utf-8")], lines(&codes)).into_response(),
            Self::Octets => ([(CONTENT_TYPE, OCTETS)], fixed_width(&codes)).into_response(),
        }
    }
}

fn lines(codes: &[Option<&str>]) -> String {
    let mut lines = String::with_capacity(codes.iter().map(|code| code.map_or(0, str::len) + 1).sum());
    for code in codes {
        lines.push_str(code.unwrap_or_default());
        lines.push('\n');
    }
    lines
}

fn fixed_width(codes: &[Option<&str>]) -> Vec<u8> {
    let width = codes.iter().flatten().map(|code| code.len()).max().unwrap_or(1);
    let mut bytes = Vec::with_capacity(8 + width * codes.len());
    bytes.extend((codes.len() as u32).to_le_bytes());
    bytes.extend((width as u32).to_le_bytes());
    for code in codes {
        let end = bytes.len() + width;
        bytes.extend(code.unwrap_or_default().as_bytes());
        bytes.resize(end, 0);
    }
    bytes
}
