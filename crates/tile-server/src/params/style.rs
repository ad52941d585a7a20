//! What maps are asked with: the style and its tiles.

use super::{
    format::Json,
    words::{TimeBound, words_schema},
};
use baseplate_core::{RecordQuery, TileScheme};
use serde::{Deserialize, Deserializer, de::Error as _};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{RefOr, schema::Schema},
};

/// What can stand behind the address of the style, and of the tiles that it names.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StyleQuery {
    /// The system of the points in the tiles; that of the base map where it is not said.
    #[param(inline)]
    crs: Option<TileCrs>,
    /// For a light or a dark page; light where it is not said.
    #[param(inline)]
    theme: Option<Theme>,
    /// `none` leaves the labels out. MapLibre before 5.11 draws no style whose labels have no `glyphs`; from then on the browser's own
    /// letters are used.
    #[param(inline)]
    labels: Option<Labels>,
    /// `all` lets areas and their labels begin up to five zooms earlier than where they can be read: for fills, of a few layers.
    #[param(inline)]
    zooms: Option<Zooms>,
    /// json, the only format there is.
    #[serde(rename = "f")]
    #[param(schema_with = Json::schema)]
    _format: Option<Json>,
}

impl StyleQuery {
    /// The scheme of the tiles in Web Mercator whose points are in the wanted system; `None` where none is wanted.
    pub(crate) fn scheme(&self) -> Option<TileScheme> {
        self.crs.as_ref().map(|crs| crs.0)
    }

    /// The theme that is wanted.
    pub(crate) fn theme(&self) -> Theme {
        self.theme.unwrap_or(Theme::Light)
    }

    /// Whether names are wanted.
    pub(crate) fn has_labels(&self) -> bool {
        self.labels != Some(Labels::None)
    }

    /// Whether layers are wanted from the first zoom at which they can be drawn.
    pub(crate) fn is_early(&self) -> bool {
        self.zooms == Some(Zooms::All)
    }
}

/// What can stand behind the address of tiles: what stands behind that of the style, and which records are meant.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TileQuery {
    /// The system of the points in the tiles; cgcs2000 where it is not said.
    #[param(inline)]
    crs: Option<TileCrs>,
    /// It changes nothing: some clients hand it on from the address of the style.
    #[param(inline)]
    #[serde(rename = "theme")]
    _theme: Option<Theme>,
    /// It changes nothing.
    #[param(inline)]
    #[serde(rename = "labels")]
    _labels: Option<Labels>,
    /// `all` lets areas and their labels begin up to five zooms earlier than where they can be read: for fills, of a few layers.
    #[param(inline)]
    zooms: Option<Zooms>,
    /// Only records from this time on, of layers whose records have times: a year, month, day or time, in the zone of the layer.
    #[param(inline)]
    from: Option<TimeBound>,
    /// Only records until this time; a year, month or day is included.
    #[param(inline)]
    to: Option<TimeBound>,
    /// Only records of this class and those below: its names from the top down, separated by `/`.
    class: Option<String>,
    /// json, the only format there is.
    #[serde(rename = "f")]
    #[param(schema_with = Json::schema)]
    _format: Option<Json>,
}

impl TileQuery {
    /// The scheme of the tiles in Web Mercator.
    pub(crate) fn scheme(&self) -> TileScheme {
        self.crs.as_ref().map_or(TileScheme::Mercator, |crs| crs.0)
    }

    /// Whether layers are wanted from the first zoom at which they can be drawn.
    pub(crate) fn is_early(&self) -> bool {
        self.zooms == Some(Zooms::All)
    }

    /// Which records are meant.
    pub(crate) fn records(&self) -> RecordQuery<'_> {
        let [from, to] = [&self.from, &self.to].map(|bound| bound.as_ref().map(|bound| bound.0.as_str()));
        RecordQuery { from, to, class: self.class.as_deref() }
    }
}

/// A system that points in tiles of Web Mercator can be in, as the scheme of these tiles.
struct TileCrs(TileScheme);

/// The systems of points in tiles, with the scheme of each.
const TILE_SYSTEMS: [(&str, TileScheme); 3] =
    [("cgcs2000", TileScheme::Mercator), ("wgs84", TileScheme::Mercator), ("gcj02", TileScheme::Gcj02)];

impl<'de> Deserialize<'de> for TileCrs {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        let found = TILE_SYSTEMS.iter().find(|(word, _)| *word == text);
        let wrong = || D::Error::custom(format!("crs: tiles come in cgcs2000, wgs84 or gcj02, not in '{text}'"));
        found.map(|(_, scheme)| Self(*scheme)).ok_or_else(wrong)
    }
}

impl PartialSchema for TileCrs {
    fn schema() -> RefOr<Schema> {
        words_schema(Some("The systems that points in tiles can be in."), TILE_SYSTEMS.map(|(word, _)| word))
    }
}

impl ToSchema for TileCrs {}

/// The zooms of areas.
#[derive(Clone, Copy, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Zooms {
    Legible,
    All,
}

/// Whether names are drawn.
#[derive(Clone, Copy, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Labels {
    All,
    None,
}

/// Whether the page around the map is light or dark.
#[derive(Clone, Copy, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Theme {
    Light,
    Dark,
}
