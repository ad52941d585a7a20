//! OGC API – Records: the catalogue of the layers, as a collection whose items are records about them.

use super::{
    links::{GEOJSON, json_link, link},
    query::{cursor, from_cursor, repeated},
};
use crate::{
    http::problem::Problem,
    params::{BoxParam, CRS84, Count, Cursor, FormatQuery, Interval, Line, List, Params, PathParams, Said},
    state::{Base, Generation},
};
use axum::{
    Json,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use baseplate_core::{Baseplate, Bbox, CatalogueEntry, Titles, time};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, PartialSchema};

/// The id of the collection.
pub(super) const CATALOGUE: &str = "catalogue";
/// Records of a page, if the request does not say how many.
const LIMIT: usize = 100;
/// What every record is about.
const TYPE: &str = "dataset";
/// The classes that every record keeps.
const RECORD_CORE: &str = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core";

/// The parameters of a page of records.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RecordsQuery {
    /// Phrases with commas between them, of which a record has at least one in its id, titles, category, keeper, description or columns.
    #[param(schema_with = Line::schema)]
    q: Option<Said<Line>>,
    /// Types with commas between them; every record is of the type `dataset`.
    #[param(schema_with = List::schema, example = "dataset")]
    r#type: Option<Said<List>>,
    /// Ids of records with commas between them.
    #[param(schema_with = List::schema, example = "enterprises")]
    ids: Option<Said<List>>,
    /// Ids that others gave to records with commas between them; no record has one.
    #[serde(rename = "externalIds")]
    #[param(rename = "externalIds", schema_with = List::schema)]
    external_ids: Option<Said<List>>,
    /// West, south, east, north in degrees, or the same with heights third and sixth, which are not looked at.
    #[param(schema_with = BoxParam::schema)]
    bbox: Option<Said<BoxParam>>,
    /// A moment or an interval, RFC 3339, in which something of a layer was; layers without time are not excluded.
    #[param(schema_with = Interval::schema)]
    datetime: Option<Said<Interval>>,
    /// How many records at most; 100 where it is not said.
    #[param(inline, value_type = Option<Count<1, 10_000>>)]
    limit: Option<Said<Count<1, 10_000>>>,
    /// Where to go on: from a `next` link.
    #[param(inline)]
    cursor: Option<Cursor>,
}

impl RecordsQuery {
    /// Whether a record is among those that are wanted, but for its texts.
    fn takes(&self, plate: &Baseplate, entry: &CatalogueEntry, then: Option<time::Interval>) -> bool {
        let has = |list: &Option<Said<List>>, word: &str| {
            list.as_ref().is_none_or(|said| said.value.0.iter().any(|one| one == word))
        };
        let dated = plate.layer(&entry.id).and_then(|layer| layer.info().time.as_ref());
        let is_then = |asked: time::Interval| {
            let meets = |first: i64, last: i64| {
                asked.from().is_none_or(|from| from <= last) && asked.to().is_none_or(|to| first < to)
            };
            dated.is_none_or(|dated| meets(dated.first, dated.last))
        };
        let is_there = |BoxParam(boxes): &BoxParam| {
            plate.manifest().bbox.is_some_and(|bbox| boxes.iter().any(|wanted| meet(&bbox, wanted)))
        };
        has(&self.r#type, TYPE)
            && has(&self.ids, &entry.id)
            && self.external_ids.is_none()
            && then.is_none_or(is_then)
            && self.bbox.as_ref().is_none_or(|said| is_there(&said.value))
    }

    /// The wanted records.
    ///
    /// # Errors
    /// 400 for an interval without a second.
    fn found<'g>(&self, generation: &'g Generation) -> Result<Vec<&'g CatalogueEntry>, Problem> {
        let (plate, catalogue) = (generation.plate(), generation.catalogue());
        let then =
            self.datetime.as_ref().map(|said| "UTC".parse().and_then(|utc| time::Interval::ogc(&said.text, &utc)));
        let then = then.transpose().map_err(|e| Problem::bad_request(format!("datetime: {e}")))?;
        let wanted = |entry: &&CatalogueEntry| self.takes(plate, entry, then);
        Ok(match &self.q {
            Some(said) => {
                let phrases: Vec<&str> = said.value.0.split(',').filter(|phrase| !phrase.trim().is_empty()).collect();
                catalogue.mentioning(&phrases).filter(wanted).collect()
            }
            None => catalogue.entries().filter(wanted).collect(),
        })
    }

    /// All but the cursor, as links repeat it.
    fn repeated(&self) -> String {
        repeated([
            ("limit", self.limit.as_ref().map(|said| &said.text)),
            ("q", self.q.as_ref().map(|said| &said.text)),
            ("type", self.r#type.as_ref().map(|said| &said.text)),
            ("ids", self.ids.as_ref().map(|said| &said.text)),
            ("externalIds", self.external_ids.as_ref().map(|said| &said.text)),
            ("bbox", self.bbox.as_ref().map(|said| &said.text)),
            ("datetime", self.datetime.as_ref().map(|said| &said.text)),
        ])
    }
}

/// Whether two boxes have a point in common.
fn meet(Bbox(a): &Bbox, Bbox(b): &Bbox) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

/// The catalogue of the layers as a collection.
///
/// `GET /ogc/collections/catalogue`
#[utoipa::path(get, path = "/ogc/collections/catalogue", tag = "ogc", params(FormatQuery),
    responses((status = OK, description = "A collection of records", body = Object)))]
pub(crate) async fn records_collection(
    State(plate): State<Baseplate>,
    _: Params<FormatQuery>,
    Base(base): Base,
) -> Result<Json<Value>, Problem> {
    Ok(Json(described(&plate, &base)))
}

/// The records about the layers, page by page.
///
/// `GET /ogc/collections/catalogue/items`
#[utoipa::path(get, path = "/ogc/collections/catalogue/items", tag = "ogc", params(RecordsQuery),
    responses(
        (status = OK, description = "A page of records", content_type = "application/geo+json", body = Object),
        (status = GONE, description = "The cursor is of another generation", content_type = "application/problem+json", body = Problem)))]
pub(crate) async fn records(
    State(generation): State<Generation>,
    Params(query): Params<RecordsQuery>,
    Base(base): Base,
) -> Result<Response, Problem> {
    let name = &generation.plate().manifest().generation;
    let from = from_cursor(query.cursor.as_ref(), name)? as usize;
    let limit = query.limit.as_ref().map_or(LIMIT, |limit| limit.value.0);
    let found = query.found(&generation)?;
    let page: Vec<Value> = found.iter().skip(from).take(limit).map(|entry| record(entry, &generation, &base)).collect();
    let (at, repeated) = (format!("{base}/ogc/collections/{CATALOGUE}"), query.repeated());
    let asked = |from: usize| format!("{at}/items?cursor={}{repeated}", cursor(from as u32, name));
    let mut links = vec![link("self", GEOJSON, asked(from)), json_link("collection", at.clone())];
    let next = from + page.len();
    if !page.is_empty() && next < found.len() {
        links.push(link("next", GEOJSON, asked(next)));
    }
    geojson(&json!({
        "type": "FeatureCollection",
        "numberMatched": found.len(),
        "numberReturned": page.len(),
        "features": page,
        "links": links,
    }))
}

/// One of them.
///
/// `GET /ogc/collections/catalogue/items/{layer}`
#[utoipa::path(get, path = "/ogc/collections/catalogue/items/{layer}", tag = "ogc",
    params(FormatQuery, ("layer" = String, Path, description = "The id of a layer", example = "enterprises")),
    responses((status = OK, description = "A record", content_type = "application/geo+json", body = Object)))]
pub(crate) async fn one_record(
    State(generation): State<Generation>,
    _: Params<FormatQuery>,
    PathParams(id): PathParams<String>,
    Base(base): Base,
) -> Result<Response, Problem> {
    let entry = generation.catalogue().entry(&id);
    let entry = entry.ok_or_else(|| Problem::not_found(format!("{CATALOGUE} has no record '{id}'")))?;
    geojson(&record(entry, &generation, &base))
}

fn geojson(value: &Value) -> Result<Response, Problem> {
    let text = serde_json::to_string(value).map_err(Problem::internal)?;
    Ok(([(CONTENT_TYPE, GEOJSON)], text).into_response())
}

/// What is said of the collection.
pub(super) fn described(plate: &Baseplate, base: &str) -> Value {
    let at = format!("{base}/ogc/collections/{CATALOGUE}");
    let mut described = json!({
        "id": CATALOGUE,
        "type": "Collection",
        "title": "图层目录",
        "description": "layers of records that anybody may read: what each is, who keeps it, and where it is served",
        "itemType": "record",
        "crs": [CRS84],
        "updated": plate.manifest().built_at,
        "links": [json_link("self", at.clone()), link("items", GEOJSON, format!("{at}/items"))],
    });
    if let Some(Bbox(bbox)) = plate.manifest().bbox {
        described["extent"] = json!({ "spatial": { "bbox": [bbox], "crs": CRS84 } });
    }
    described
}

/// The record about a layer.
fn record(entry: &CatalogueEntry, generation: &Generation, base: &str) -> Value {
    let ring = |[west, south, east, north]: [f64; 4]| {
        [[west, south], [east, south], [east, north], [west, north], [west, south]]
    };
    let bbox = generation.plate().manifest().bbox;
    let geometry = bbox.map(|Bbox(bbox)| json!({ "type": "Polygon", "coordinates": [ring(bbox)] }));
    let time = entry.time.as_ref().map(|time| json!({ "interval": [time.first, time.last] }));
    let is_served = generation.layers().iter().any(|layer| layer.name == entry.id);
    json!({
        "type": "Feature",
        "id": entry.id,
        "conformsTo": [RECORD_CORE],
        "time": time,
        "geometry": geometry,
        "properties": properties(entry, is_served, base),
        "links": links(entry, is_served, base),
    })
}

/// What a record says of its layer; what is not known is left out.
fn properties(entry: &CatalogueEntry, is_served: bool, base: &str) -> Value {
    let Titles { zh, en } = &entry.title;
    let languages = [("zh", zh), ("en", en)].into_iter().filter(|(_, title)| title.is_some());
    let languages: Vec<Value> = languages.map(|(code, _)| json!({ "code": code })).collect();
    let columns = entry.columns.iter().map(|column| column.title.zh.as_ref().unwrap_or(&column.name));
    let keywords: Vec<&String> = entry.category.iter().chain(columns).collect();
    let mut properties = json!({
        "type": TYPE,
        "title": zh.as_ref().or(en.as_ref()).unwrap_or(&entry.id),
        "keywords": keywords,
        "rights": entry.audience,
    });
    if let Some(first) = languages.first().cloned() {
        properties["language"] = first;
        properties["languages"] = languages.into();
    }
    if let Some(category) = &entry.category {
        properties["themes"] = json!([{ "concepts": [{ "id": category }], "scheme": format!("{base}/api/layers") }]);
    }
    if let Some(keeper) = &entry.keeper {
        properties["contacts"] = json!([{ "organization": keeper, "roles": ["custodian"] }]);
    }
    let updated = entry.changed.as_ref().map(|changed| &changed.at);
    let said = [("description", &entry.description), ("license", &entry.licence), ("updated", &updated.cloned())];
    for (name, text) in said.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?))) {
        properties[name] = text.as_str().into();
    }
    if is_served {
        properties["formats"] = json!([
            { "name": "GeoJSON", "mediaType": GEOJSON },
            { "name": "Mapbox Vector Tiles", "mediaType": "application/vnd.mapbox-vector-tile" },
        ]);
    }
    properties
}

/// Where a record and what its layer holds can be read.
fn links(entry: &CatalogueEntry, is_served: bool, base: &str) -> Vec<Value> {
    let (id, own) = (&entry.id, format!("{base}/ogc/collections/{CATALOGUE}"));
    let mut links = vec![
        link("self", GEOJSON, format!("{own}/items/{id}")),
        json_link("collection", own),
        json_link("alternate", format!("{base}/api/layers/{id}")),
        json_link("related", format!("{base}/api/layers/{id}/stats")),
    ];
    if is_served {
        let at = format!("{base}/ogc/collections/{id}");
        links.push(link("items", GEOJSON, format!("{at}/items")));
        links.push(json_link("http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", format!("{at}/tiles")));
        links.push(json_link("describedby", format!("{base}/tiles/{id}.json")));
    }
    links
}
