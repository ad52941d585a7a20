//! What paths say.

use super::number::Count;
use crate::http::problem::Problem;
use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use baseplate_core::MAX_ZOOM;
use serde::de::DeserializeOwned;

/// The parts of a path that its route names.
///
/// # Errors
/// 400 if a part is not UTF-8.
pub(crate) struct PathParams<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathParams<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(said) = Path::from_request_parts(parts, state).await?;
        Ok(Self(said))
    }
}

/// A zoom of Web Mercator.
pub(crate) type MercatorZoom = Count<0, { MAX_ZOOM as usize }>;
/// A zoom of the quad of degrees, whose first one has two tiles.
pub(crate) type DegreesZoom = Count<1, { MAX_ZOOM as usize }>;
/// A column of either, or a row of Web Mercator.
pub(crate) type TileColumn = Count<0, { (1 << MAX_ZOOM) - 1 }>;
/// A row of the quad of degrees, which is half as high as it is wide.
pub(crate) type DegreesRow = Count<0, { (1 << (MAX_ZOOM - 1)) - 1 }>;

/// The path of a tile, `{layers}/{z}/{x}/{y}.mvt`. Whether there is such a tile its scheme says.
///
/// # Errors
/// 404 if there are no whole numbers in it, or if it has another extension.
pub(crate) struct TilePath {
    /// Names of layers with commas between them.
    pub(crate) layers: String,
    /// The zoom.
    pub(crate) z: u8,
    /// The column.
    pub(crate) x: u32,
    /// The row.
    pub(crate) y: u32,
}

impl<S: Send + Sync> FromRequestParts<S> for TilePath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let PathParams((layers, z, x, file)) =
            PathParams::<(String, String, String, String)>::from_request_parts(parts, state).await?;
        let numbers = || Some((z.parse().ok()?, x.parse().ok()?, file.strip_suffix(".mvt")?.parse().ok()?));
        let (z, x, y) = numbers().ok_or_else(|| Problem::not_found("tiles are at /tiles/{layers}/{z}/{x}/{y}.mvt"))?;
        Ok(Self { layers, z, x, y })
    }
}

/// The path of a TileJSON, `{layers}.json`: names of layers with commas between them.
///
/// # Errors
/// 404 if it has another extension.
pub(crate) struct TileJsonPath(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for TileJsonPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let PathParams(file) = PathParams::<String>::from_request_parts(parts, state).await?;
        let names = file.strip_suffix(".json");
        names
            .map(|names| Self(names.to_owned()))
            .ok_or_else(|| Problem::not_found("TileJSON is at /tiles/{layers}.json"))
    }
}
