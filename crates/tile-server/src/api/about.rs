//! What is served: the plate, what it was made from, and what was found wrong with it.

use crate::{
    http::problem::Problem,
    params::{FormatQuery, Params},
};
use axum::{Json, extract::State};
use baseplate_core::{
    AttributeInfo, AttributeTitles, AttributeType, Audience, Baseplate, Bbox, Entity, GridKind, Layer, Level,
    PeopleRelease, Rule, Severity, SourceInfo, TimeInfo, Titles,
};
use serde::Serialize;
use std::collections::BTreeMap;
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
    rows: Rows,
    /// The levels of its grids of the first kind, from the ground up.
    levels: Vec<Level>,
    /// Every kind of its grids, the first one first.
    kinds: Vec<Kind>,
    /// The layers of records that the spec declares, in its order.
    layers: Vec<RecordLayer>,
    /// By what people, enterprises and other records can be counted.
    attributes: Vec<Attribute>,
    /// The files it was made from.
    sources: Vec<Source>,
    /// How often each rule of quality found something.
    issues: Vec<Found>,
}

/// Rows of each table.
#[derive(Serialize, ToSchema)]
#[schema(as = RowCounts)]
struct Rows {
    /// Grids of all levels and kinds.
    grids: u64,
    /// Buildings.
    buildings: u64,
    /// Addresses.
    addresses: u64,
    /// People, each once, as of the last release.
    people: u64,
    /// Rows of enterprises at addresses.
    enterprises: u64,
    /// Rows of the layers that the spec declares, by the id of the layer.
    #[serde(flatten)]
    layers: BTreeMap<String, u64>,
}

impl From<&Baseplate> for Rows {
    fn from(plate: &Baseplate) -> Self {
        let rows = plate.manifest().rows;
        let of = |id: &str| plate.layer(id).map_or(0, |layer| layer.info().rows);
        Self {
            grids: rows.grids,
            buildings: rows.buildings,
            addresses: rows.addresses,
            people: of("people"),
            enterprises: of("enterprises"),
            layers: declared(plate).map(|layer| (layer.id().to_owned(), layer.info().rows)).collect(),
        }
    }
}

/// A kind of grids.
#[derive(Serialize, ToSchema)]
struct Kind {
    /// Its name.
    kind: GridKind,
    /// The levels that it has, from the ground up.
    levels: Vec<Level>,
}

/// The layers of records that the spec declares.
fn declared(plate: &Baseplate) -> impl Iterator<Item = Layer<'_>> {
    plate.layers().filter(|layer| layer.entity() == Entity::Record)
}

/// A layer of records that the spec declares.
#[derive(Serialize, ToSchema)]
struct RecordLayer {
    /// What it is called in requests, tiles and collections.
    id: String,
    /// What it is called on screen.
    title: Titles,
    /// The category of the catalogue that it belongs to.
    category: Option<String>,
    /// Who keeps it.
    keeper: Option<String>,
    /// Its records.
    rows: u64,
    /// How many of them have a place.
    linked: u64,
    /// Who may read it: `public`, `internal` or `restricted`.
    #[schema(value_type = String)]
    audience: Audience,
    /// When its records were, if they are dated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    time: Option<Span>,
    /// How many levels the tree of their classes has, if they have classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    class_levels: Option<u8>,
    /// The attributes of its records that the server shows.
    attributes: Vec<RecordAttribute>,
    /// How many attributes it has besides, which the server shows to nobody.
    withheld: usize,
}

/// When the records of a layer were.
#[derive(Serialize, ToSchema)]
struct Span {
    /// The zone in which its days begin, such as `Asia/Shanghai`.
    zone: String,
    /// The first second of any record, since 1970-01-01T00:00:00Z.
    first: i64,
    /// The last one.
    last: i64,
}

impl From<&TimeInfo> for Span {
    fn from(time: &TimeInfo) -> Self {
        Self { zone: time.zone.clone(), first: time.first, last: time.last }
    }
}

/// An attribute of the records of a layer.
#[derive(Serialize, ToSchema)]
struct RecordAttribute {
    /// Its name.
    name: String,
    /// What its values are: `category`, `text`, `integer`, `number`, `boolean`, `time` or `date`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    of: AttributeType,
    /// What it and its values are called on screen.
    titles: AttributeTitles,
}

impl From<Layer<'_>> for RecordLayer {
    fn from(layer: Layer<'_>) -> Self {
        let info = layer.info();
        Self {
            id: info.id.clone(),
            title: info.title.clone(),
            category: info.category.clone(),
            keeper: info.keeper.clone(),
            rows: info.rows,
            linked: info.linked,
            audience: info.audience,
            time: info.time.as_ref().map(Span::from),
            class_levels: info.classes.iter().map(|class| class.depth + 1).max(),
            attributes: info.attributes.iter().map(RecordAttribute::from).collect(),
            withheld: layer.withheld(),
        }
    }
}

impl From<&AttributeInfo> for RecordAttribute {
    fn from(attribute: &AttributeInfo) -> Self {
        Self { name: attribute.name.clone(), of: attribute.of, titles: attribute.titles.clone() }
    }
}

/// An attribute by which the records of a layer can be counted.
#[derive(Serialize, ToSchema)]
struct Attribute {
    /// Whose.
    entity: Entity,
    /// The id of the layer: `people`, `enterprises`, or that of one that the spec declares.
    layer: String,
    /// Its name, as `by` of the statistics takes it.
    name: String,
    /// What it and its values are called on screen.
    titles: AttributeTitles,
}

/// A source and what became of its rows.
#[derive(Serialize, ToSchema)]
struct Source {
    /// `grid`, `building`, `address`, `person`, `enterprise`, `override`, or the id of a layer.
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
    let attribute = |layer: Layer<'_>, a: &AttributeInfo| Attribute {
        entity: layer.entity(),
        layer: layer.id().to_owned(),
        name: a.name.clone(),
        titles: a.titles.clone(),
    };
    let attributes = plate.layers().flat_map(|layer| {
        let of_layer = layer.info().categories();
        of_layer.map(move |a| attribute(layer, a))
    });
    let counts = plate.issue_counts();
    let found = |rule: &Rule| {
        let count = *counts.get(rule)?;
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
        rows: Rows::from(&plate),
        levels: kinds.first().map(|first| first.levels.clone()).unwrap_or_default(),
        kinds,
        layers: declared(&plate).map(RecordLayer::from).collect(),
        attributes: attributes.collect(),
        sources: manifest.sources.iter().filter(|source| is_shown(&plate, source)).map(Source::from).collect(),
        issues: Rule::ALL.iter().filter_map(found).collect(),
    }))
}

/// Whether a source is not of a layer that is not for anybody.
fn is_shown(plate: &Baseplate, source: &SourceInfo) -> bool {
    plate.manifest().layer(&source.entity).is_none() || plate.layer(&source.entity).is_some()
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
