//! Requests without parameters, or with none but the format.

use super::{read::checked, words::words_schema};
use serde::{Deserialize, Deserializer};
use utoipa::{
    IntoParams, PartialSchema,
    openapi::{RefOr, schema::Schema},
};

/// What is asked without parameters.
#[derive(Deserialize)]
pub(crate) struct NoQuery {}

/// What every document may be asked with: the format, of which there is one.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FormatQuery {
    /// json, the only format there is.
    #[serde(rename = "f")]
    #[param(schema_with = Json::schema)]
    format: Option<Json>,
}

impl FormatQuery {
    /// Whether the format is said.
    pub(crate) fn is_json(&self) -> bool {
        self.format.is_some()
    }
}

/// What a tile may be asked with: the format, of which there is one.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MvtQuery {
    /// mvt, the only format there is.
    #[serde(rename = "f")]
    #[param(schema_with = Mvt::schema)]
    _format: Option<Mvt>,
}

/// The format of documents.
pub(super) struct Json;

/// The format of tiles.
struct Mvt;

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        checked(source, &"json", |text| (text == "json").then_some(Self))
    }
}

impl PartialSchema for Json {
    fn schema() -> RefOr<Schema> {
        words_schema(None, ["json"])
    }
}

impl<'de> Deserialize<'de> for Mvt {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        checked(source, &"mvt", |text| (text == "mvt").then_some(Self))
    }
}

impl PartialSchema for Mvt {
    fn schema() -> RefOr<Schema> {
        words_schema(None, ["mvt"])
    }
}
