//! Types that stand in the description only: words of parameters, bytes, and documents whose form others have set.

use crate::config::Limits;
use serde_json::{Map, Value};
use utoipa::{
    ToSchema,
    openapi::{
        RefOr,
        schema::{ArrayBuilder, ArrayItems, ObjectBuilder, Schema, SchemaType, Type},
    },
};

/// What the document says first.
pub(crate) const ABOUT: &str = "The spatial base-plate of a city: vector tiles of its grids, buildings, addresses and enterprises, \
     and look-ups between coordinates, codes and address texts. Coordinates are longitude and latitude in degrees, EPSG:4490 where \
     nothing else is said. People are counted and never shown. Every GET address also answers HEAD. Errors are RFC 9457 \
     problem+json.";

/// Bytes that no schema describes.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct Bytes(Vec<u8>);

/// OpenAPI 3.1.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct Document {
    openapi: String,
    #[schema(value_type = Object)]
    info: Map<String, Value>,
    #[schema(value_type = Object)]
    paths: Map<String, Value>,
    #[schema(value_type = Object)]
    components: Map<String, Value>,
}

/// TileJSON 3.0.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct TileJson {
    /// `3.0.0`.
    tilejson: String,
    /// The name of the plate.
    name: String,
    /// Templates of addresses.
    tiles: Vec<String>,
    /// The first zoom at which one of the layers has features.
    minzoom: u8,
    /// The last one.
    maxzoom: u8,
    /// West, south, east, north.
    #[schema(nullable = false)]
    bounds: Option<Vec<f64>>,
    /// The layers.
    vector_layers: Vec<VectorLayer>,
    /// The generation that answered.
    generation: String,
}

/// A layer in TileJSON.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct VectorLayer {
    /// Its name.
    id: String,
    /// What it shows, and what is left out at which zoom.
    description: String,
    /// The first zoom.
    minzoom: u8,
    /// The last zoom.
    maxzoom: u8,
    /// `String` or `Number` by attribute.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    fields: Map<String, Value>,
}

/// A MapLibre style.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct Style {
    /// 8.
    version: u8,
    /// The name of the plate.
    name: String,
    #[schema(value_type = Object)]
    sources: Map<String, Value>,
    #[schema(value_type = Vec<Object>)]
    layers: Vec<Value>,
}

/// The layers of a plate.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct Catalogue {
    /// The name of the plate.
    name: String,
    /// The generation that answered.
    generation: String,
    /// When it was built, RFC 3339.
    built_at: String,
    /// West, south, east, north.
    bounds: Option<Vec<f64>>,
    /// The layers.
    layers: Vec<CatalogueLayer>,
}

/// A layer in the catalogue.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct CatalogueLayer {
    /// As in TileJSON.
    #[serde(flatten)]
    layer: VectorLayer,
    /// `point` or `polygon`.
    geometry: String,
    /// Where its TileJSON is.
    tilejson: String,
}

/// Pairs of longitude and latitude.
pub(crate) fn points() -> RefOr<Schema> {
    let degrees = |most: f64| -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(SchemaType::new(Type::Number));
        RefOr::T(number.minimum(Some(-most)).maximum(Some(most)).build().into())
    };
    let pair = ArrayBuilder::new()
        .prefix_items([degrees(180.0), degrees(90.0)])
        .items(ArrayItems::False)
        .min_items(Some(2))
        .max_items(Some(2));
    let points = ArrayBuilder::new()
        .items(RefOr::T(Schema::from(pair.build())))
        .max_items(Some(Limits::default().points as usize));
    RefOr::T(points.build().into())
}
