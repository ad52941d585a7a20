//! What is served: the plate, what it was made from, and what was found wrong with it.

use crate::{
    http::problem::Problem,
    params::{FormatQuery, Params},
};
use axum::{Json, extract::State};
use baseplate_core::{
    AttributeInfo, AttributeTitles, Baseplate, Bbox, Entity, GridKind, Level, PeopleRelease, RowCounts, Rule, Severity,
    SourceInfo,
};
use serde::Serialize;
use utoipa::ToSchema;

/// The plate that is served.
#[derive(Serialize, ToSchema)]
pub(crate) struct About {
    /// The generation that answered.
    generation: String,
    /// The name of the plate.
    name: String,
    /// When it was built, RFC 3339.
    built_at: String,
    /// The program that built it.
    built_by: String,
    /// West, south, east, north; null for an empty plate.
    bbox: Option<Bbox>,
    /// The release that all counts of people are of; null where people are not counted.
    people_release: Option<PeopleRelease>,
    /// As many persons as are told of together at least.
    suppress_below: u32,
    /// Rows of each table.
    rows: RowCounts,
    /// The levels of its grids of the first kind, from the ground up.
    levels: Vec<Level>,
    /// Every kind of its grids, the first one first.
    kinds: Vec<Kind>,
    /// By what people and enterprises can be counted.
    attributes: Vec<Attribute>,
    /// The files it was made from.
    sources: Vec<Source>,
    /// How often each rule of quality found something.
    issues: Vec<Found>,
}

/// A kind of grids.
#[derive(Serialize, ToSchema)]
struct Kind {
    /// Its name.
    kind: GridKind,
    /// The levels that it has, from the ground up.
    levels: Vec<Level>,
}

/// An attribute of people or enterprises.
#[derive(Serialize, ToSchema)]
struct Attribute {
    /// Whose.
    entity: Entity,
    /// Its name, as `by` of the statistics takes it.
    name: String,
    /// What it and its values are called on screen.
    titles: AttributeTitles,
}

/// A source and what became of its rows.
#[derive(Serialize, ToSchema)]
struct Source {
    /// `grid`, `building`, `address`, `person`, `enterprise` or `override`.
    entity: String,
    /// The name of the file.
    file: String,
    /// Its coordinate system; null for records without a place.
    crs: Option<String>,
    /// How PROJ brought it to degrees, with the shift of its datum; null where PROJ was not needed.
    operation: Option<String>,
    /// Rows found.
    rows: u64,
    /// Rows in the plate.
    used: u64,
    /// Rows that are linked with something.
    linked: u64,
    /// Rows that could not be used.
    rejected: u64,
}

/// How often a rule found something.
#[derive(Serialize, ToSchema)]
struct Found {
    /// The id of the rule.
    rule: &'static str,
    /// How much it matters.
    severity: Severity,
    /// What it is about.
    entity: Entity,
    /// What it means.
    meaning: &'static str,
    /// How often.
    count: u64,
}

/// The plate: its generation, its sources, its attributes and what was found wrong with it.
///
/// `GET /api/plate`
#[utoipa::path(get, path = "/api/plate", tag = "look-ups", params(FormatQuery),
    responses((status = OK, description = "The plate", body = About)))]
pub(crate) async fn about(State(plate): State<Baseplate>, _: Params<FormatQuery>) -> Result<Json<About>, Problem> {
    let manifest = plate.manifest();
    let attribute =
        |entity: Entity, a: &AttributeInfo| Attribute { entity, name: a.name.clone(), titles: a.titles.clone() };
    let attributes = plate.layers().flat_map(|layer| {
        let of_layer = layer.attributes().iter();
        of_layer.map(move |a| attribute(layer.entity(), a))
    });
    let found = |rule: &Rule| {
        let count = *manifest.issues.get(rule.as_str())?;
        let (severity, entity, meaning) = (rule.severity(), rule.entity(), rule.meaning());
        Some(Found { rule: rule.as_str(), severity, entity, meaning, count })
    };
    let of_kind = |kind: &GridKind| Kind { kind: kind.clone(), levels: plate.levels(kind) };
    let kinds: Vec<Kind> = plate.coverages().map(|coverage| of_kind(coverage.kind())).collect();
    Ok(Json(About {
        generation: manifest.generation.clone(),
        name: manifest.name.clone(),
        built_at: manifest.built_at.clone(),
        built_by: manifest.built_by.clone(),
        bbox: manifest.bbox,
        people_release: manifest.people_release.clone(),
        suppress_below: manifest.suppress_below,
        rows: manifest.rows,
        levels: kinds.first().map(|first| first.levels.clone()).unwrap_or_default(),
        kinds,
        attributes: attributes.collect(),
        sources: manifest.sources.iter().map(Source::from).collect(),
        issues: Rule::ALL.iter().filter_map(found).collect(),
    }))
}

impl From<&SourceInfo> for Source {
    /// Without the directories, which are the business of the machine that built the plate.
    fn from(source: &SourceInfo) -> Self {
        let SourceInfo { entity, path, crs, operation, rows, used, linked, rejected, .. } = source;
        let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
        Self {
            entity: entity.clone(),
            file: file.to_owned(),
            crs: crs.clone(),
            operation: operation.clone(),
            rows: *rows,
            used: *used,
            linked: *linked,
            rejected: *rejected,
        }
    }
}
