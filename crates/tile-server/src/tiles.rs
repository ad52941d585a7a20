//! Tiles and their TileJSON.

use crate::{
    config::Limits,
    http::{
        aside::aside,
        encoding::Encoding,
        limits::too_long,
        problem::Problem,
        rendition::{Rendition, encoding_for},
    },
    openapi,
    params::{
        DegreesRow, DegreesZoom, MercatorZoom, NoQuery, Params, TileColumn, TileJsonPath, TilePath, TileQuery, escaped,
    },
    state::{
        Base, Generation, Layers, Shared,
        cache::{Asked, Content, TileKey},
    },
};
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::Response,
};
use baseplate_core::{
    Baseplate, RecordChoice, RecordQuery, TileDescription, TileError, TileId, TileLayer, TileScheme, pick_layers,
};
use serde::Serialize;
use std::{slice, sync::atomic::Ordering::Relaxed};
use tokio::time::timeout;

/// What a tile is.
const MVT: HeaderValue = HeaderValue::from_static("application/vnd.mapbox-vector-tile");

/// What stands behind the address of tiles of a scheme, and of layers from the first zoom at which they can be drawn.
pub(crate) fn tile_query(scheme: TileScheme, early: bool) -> &'static str {
    match (scheme == TileScheme::Gcj02, early) {
        (false, false) => "",
        (false, true) => "?zooms=all",
        (true, false) => "?crs=gcj02",
        (true, true) => "?crs=gcj02&zooms=all",
    }
}

/// The same, and which records are meant.
fn tile_query_of(query: &TileQuery) -> String {
    let mut text = tile_query(query.scheme(), query.is_early()).to_owned();
    let RecordQuery { from, to, class } = query.records();
    for (name, value) in [("from", from), ("to", to), ("class", class)] {
        if let Some(value) = value {
            text += &format!("{}{name}={}", if text.is_empty() { '?' } else { '&' }, escaped(value));
        }
    }
    text
}

/// A tile of Web Mercator.
///
/// `GET /tiles/{layers}/{z}/{x}/{y}.mvt[?crs=][&zooms=all][&from=][&to=][&class=]`. The other parameters of `/style.json` are taken too, and change nothing: some clients hand
/// them on.
#[utoipa::path(get, path = "/tiles/{layers}/{z}/{x}/{y}.mvt", tag = "tiles",
    params(TileQuery,
        ("layers" = String, Path, description = "Names of layers, with commas between them", example = "grids,buildings"),
        ("z" = inline(MercatorZoom), Path, description = "Zoom", example = 15),
        ("x" = inline(TileColumn), Path, description = "Column", example = 26765),
        ("y" = inline(TileColumn), Path, description = "Row", example = 14279)),
    responses(
        (status = OK, description = "A Mapbox Vector Tile 2.1", body = openapi::Bytes, content_type = "application/vnd.mapbox-vector-tile"),
        (status = NO_CONTENT, description = "Nothing is to be seen there"),
        (status = NOT_MODIFIED, description = "The client has it"),
        (status = NOT_ACCEPTABLE, description = "`Accept-Encoding` allows none", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn tile(
    State(generation): State<Generation>,
    Params(query): Params<TileQuery>,
    path: TilePath,
    request: Request,
) -> Result<Response, Problem> {
    let tile = query.scheme().tile(path.z, path.x, path.y)?;
    let wanted = WantedLayers { names: &path.layers, early: query.is_early(), records: query.records() };
    answer(&generation, wanted, tile, request.headers()).await
}

/// A tile of the quad of degrees (天地图's `c`).
///
/// `GET /tiles/cgcs2000/{layers}/{z}/{x}/{y}.mvt`
#[utoipa::path(get, path = "/tiles/cgcs2000/{layers}/{z}/{x}/{y}.mvt", tag = "tiles",
    params(
        ("layers" = String, Path, description = "Names of layers, with commas between them", example = "grids,buildings"),
        ("z" = inline(DegreesZoom), Path, description = "Zoom", example = 15),
        ("x" = inline(TileColumn), Path, description = "Column", example = 26765),
        ("y" = inline(DegreesRow), Path, description = "Row", example = 6139)),
    responses(
        (status = OK, description = "A Mapbox Vector Tile 2.1", body = openapi::Bytes, content_type = "application/vnd.mapbox-vector-tile"),
        (status = NO_CONTENT, description = "Nothing is to be seen there"),
        (status = NOT_MODIFIED, description = "The client has it"),
        (status = NOT_ACCEPTABLE, description = "`Accept-Encoding` allows none", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn tile_in_degrees(
    State(generation): State<Generation>,
    _: Params<NoQuery>,
    path: TilePath,
    request: Request,
) -> Result<Response, Problem> {
    let tile = TileScheme::Cgcs2000.tile(path.z, path.x, path.y)?;
    answer(&generation, WantedLayers::all_of(&path.layers), tile, request.headers()).await
}

/// The layers that a tile is to have.
#[derive(Clone, Copy)]
pub(crate) struct WantedLayers<'q> {
    /// Their names with commas between them.
    names: &'q str,
    /// Whether they begin as early as the plate can draw them.
    early: bool,
    /// Which of their records are meant.
    records: RecordQuery<'q>,
}

impl<'q> WantedLayers<'q> {
    /// All that the layers of these names have where they can be read.
    pub(crate) fn all_of(names: &'q str) -> Self {
        Self { names, early: false, records: RecordQuery::default() }
    }

    /// Which records are meant of each of some layers; nothing where all are.
    fn choices<'l>(
        self,
        plate: &Baseplate,
        layers: impl Iterator<Item = &'l TileLayer>,
    ) -> Result<Vec<RecordChoice>, Problem> {
        if self.records.is_all() {
            return Ok(Vec::new());
        }
        Ok(layers.map(|layer| plate.record_choice(layer, self.records)).collect::<Result<_, _>>()?)
    }
}

/// A tile with some layers, as a request with these headers wants it.
pub(crate) async fn answer(
    generation: &Generation,
    wanted: WantedLayers<'_>,
    tile: TileId,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let (publication, layers, early) = (generation.publication(), places(generation, wanted.names)?, wanted.early);
    let named = layers.iter().filter_map(|place| generation.layers().get(usize::from(*place)));
    let choices = wanted.choices(generation.plate(), named)?;
    let (asked, encoding) = (Asked { publication, layers, early, choices, tile }, encoding_for(headers)?);
    let Shared { tiles, metrics, settings, .. } = &**generation.shared();
    let found = tiles.content(&asked).and_then(|content| tiles.get(&TileKey { content: content.whole, encoding }));
    let rendition = match found {
        Some(rendition) => {
            metrics.hits.fetch_add(1, Relaxed);
            rendition
        }
        None => {
            let made = found_or_made(generation, &asked, encoding);
            timeout(settings.limits.request_time(), made).await.map_err(|_| too_long(&settings.limits))??
        }
    };
    Ok(rendition.answer(headers, MVT))
}

/// The places of layers among those of the plate, each once.
fn places(generation: &Generation, names: &str) -> Result<Vec<u16>, Problem> {
    within_layers(names, &generation.shared().settings.limits)?;
    let all = generation.layers();
    let mut places = Vec::with_capacity(8);
    for name in names.split(',') {
        match all.iter().position(|layer| layer.name == name) {
            Some(place) if places.contains(&(place as u16)) => {}
            Some(place) => places.push(place as u16),
            None => drop(pick_layers(all, [name])?),
        }
    }
    Ok(places)
}

fn within_layers(names: &str, limits: &Limits) -> Result<(), Problem> {
    let most = limits.layers as usize;
    if names.split(',').nth(most).is_none() {
        return Ok(());
    }
    Err(Problem::new(StatusCode::URI_TOO_LONG, format!("one address may name {most} layers")))
}

/// A tile that another generation may have made already; else it is made.
async fn found_or_made(generation: &Generation, asked: &Asked, encoding: Encoding) -> Result<Rendition, Problem> {
    let Shared { tiles, metrics, .. } = &**generation.shared();
    let content = tiles.content_or(asked, content(generation, asked)).await;
    let key = |content: &Content| TileKey { content: content.whole, encoding };
    if let Some(rendition) = content.as_ref().ok().and_then(|content| tiles.get(&key(content))) {
        metrics.hits.fetch_add(1, Relaxed);
        return Ok(rendition);
    }
    metrics.misses.fetch_add(1, Relaxed);
    made(generation, asked, content?, encoding).await
}

/// What a tile is drawn from.
async fn content(generation: &Generation, asked: &Asked) -> Result<Content, Problem> {
    let (layers, plate, tile) = (drawn_layers(generation, asked)?, generation.plate().clone(), asked.tile);
    let of_layers = aside(move || {
        let of_layer = |layer| plate.tile_content(slice::from_ref(layer), tile);
        layers.iter().map(of_layer).collect::<Result<_, _>>()
    });
    Ok(Content::of(of_layers.await??))
}

/// A tile that was not there: made once, and encoded once for each encoding that is asked for.
async fn made(generation: &Generation, asked: &Asked, of: Content, encoding: Encoding) -> Result<Rendition, Problem> {
    let key = TileKey { content: of.whole, encoding };
    let plain_key = TileKey { encoding: Encoding::Identity, ..key };
    let tiles = &generation.shared().tiles;
    let plain = tiles.get_or_make(&plain_key, made_plain(generation, asked, of));
    if encoding == Encoding::Identity {
        return plain.await;
    }
    let encoded = async {
        let plain = plain.await?;
        aside(move || plain.encoded(encoding)).await?
    };
    tiles.get_or_make(&key, encoded).await
}

async fn made_plain(generation: &Generation, asked: &Asked, of: Content) -> Result<Rendition, Problem> {
    let (layers, tile) = (drawn_layers(generation, asked)?, asked.tile);
    let of_generation = generation.clone();
    let bytes = aside(move || put_together(&of_generation, &layers, tile, &of)).await??;
    generation.shared().metrics.tile_made(bytes.len());
    Ok(Rendition::plain(bytes))
}

/// The bytes of a tile, which are those of its layers in a row; what was drawn before is not drawn again.
fn put_together(
    generation: &Generation,
    layers: &[TileLayer],
    tile: TileId,
    of: &Content,
) -> Result<Vec<u8>, TileError> {
    let Shared { tiles, metrics, .. } = &**generation.shared();
    let mut bytes = Vec::new();
    for (layer, content) in layers.iter().zip(&*of.layers) {
        if let Some(layer) = tiles.layer(*content) {
            bytes.extend_from_slice(&layer);
            continue;
        }
        let drawn = generation.plate().tile(slice::from_ref(layer), tile)?;
        metrics.layers_drawn.fetch_add(1, Relaxed);
        bytes.extend_from_slice(&drawn);
        // A tile with one layer is kept as a tile.
        if layers.len() > 1 {
            tiles.keep_layer(*content, drawn.into());
        }
    }
    Ok(bytes)
}

/// Those of the layers that were asked for that tiles of the zoom have.
fn drawn_layers(generation: &Generation, asked: &Asked) -> Result<Vec<TileLayer>, Problem> {
    let (all, zoom) = (generation.layers(), asked.tile.z());
    let layers = asked.layers.iter().enumerate().filter_map(|(at, place)| {
        let layer = all.get(usize::from(*place))?;
        let choice = asked.choices.get(at);
        Some(choice.map_or_else(|| layer.clone(), |choice| generation.plate().chosen(layer, *choice)))
    });
    let mut layers: Vec<_> = layers.map(|layer| if asked.early { layer.beginning_earliest() } else { layer }).collect();
    in_zooms(&layers, zoom)?;
    layers.retain(|layer| layer.is_at(zoom));
    Ok(layers)
}

fn in_zooms(layers: &[TileLayer], zoom: u8) -> Result<(), Problem> {
    if layers.iter().any(|layer| layer.is_at(zoom)) {
        return Ok(());
    }
    let zooms = layers.iter().map(|l| format!("{} is in zooms {} to {}", l.name, l.min_zoom, l.max_zoom));
    let zooms = zooms.collect::<Vec<_>>().join(", ");
    Err(Problem::not_found(format!("there are no tiles of zoom {zoom}: {zooms}")))
}

/// TileJSON 3.0.
#[derive(Serialize)]
pub(crate) struct TileJson {
    tilejson: &'static str,
    version: &'static str,
    scheme: &'static str,
    tiles: [String; 1],
    #[serde(flatten)]
    description: TileDescription,
}

/// What tiles of some layers hold, and where they are.
///
/// `GET /tiles/{layers}.json[?crs=][&zooms=all][&from=][&to=][&class=]`, TileJSON 3.0. The other parameters of `/style.json` are taken too, and change nothing: some
/// clients hand them on.
#[utoipa::path(get, path = "/tiles/{layers}.json", tag = "tiles",
    params(TileQuery, ("layers" = String, Path, description = "Names of layers, with commas between them", example = "grids,buildings")),
    responses((status = OK, description = "TileJSON 3.0", body = openapi::TileJson)))]
pub(crate) async fn tilejson(
    State(plate): State<Baseplate>,
    State(all): State<Layers>,
    State(limits): State<Limits>,
    Params(query): Params<TileQuery>,
    TileJsonPath(names): TileJsonPath,
    Base(base): Base,
) -> Result<Json<TileJson>, Problem> {
    within_layers(&names, &limits)?;
    let mut layers = pick_layers(&all, names.split(','))?;
    WantedLayers { records: query.records(), ..WantedLayers::all_of(&names) }.choices(&plate, layers.iter())?;
    if query.is_early() {
        layers = layers.into_iter().map(TileLayer::beginning_earliest).collect();
    }
    let tilejson = TileJson {
        tilejson: "3.0.0",
        version: "1.0.0",
        scheme: "xyz",
        tiles: [format!("{base}/tiles/{names}/{{z}}/{{x}}/{{y}}.mvt{}", tile_query_of(&query))],
        description: plate.describe_tiles(&layers),
    };
    Ok(Json(tilejson))
}
