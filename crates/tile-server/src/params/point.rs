//! Points and their systems.

use super::{
    number::{Latitude, Longitude},
    read::parsed,
    words::{text_schema, words_schema},
};
use crate::http::problem::Problem;
use baseplate_core::{Crs, CrsError, LngLat};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IntoDeserializer},
};
use std::str::FromStr;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{RefOr, schema::Schema},
};

/// The coordinate system of points; that of the plate by default. The description names those in degrees.
pub(crate) struct PointCrs(pub(crate) Crs);

/// The systems in degrees, as the description names them.
const DEGREES: [&str; 6] = ["cgcs2000", "wgs84", "gcj02", "bd09", "EPSG:4490", "EPSG:4326"];

impl Default for PointCrs {
    fn default() -> Self {
        Self(Crs::Geographic)
    }
}

impl FromStr for PointCrs {
    type Err = CrsError;

    fn from_str(text: &str) -> Result<Self, CrsError> {
        text.parse().map(Self)
    }
}

impl<'de> Deserialize<'de> for PointCrs {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        parsed(source)
    }
}

impl PartialSchema for PointCrs {
    fn schema() -> RefOr<Schema> {
        words_schema(Some("The systems in degrees that a coordinate can be in."), DEGREES)
    }
}

impl ToSchema for PointCrs {}

/// A point.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PointQuery {
    /// Longitude, degrees.
    #[param(inline, example = 114.05)]
    pub(crate) lng: Longitude,
    /// Latitude, degrees.
    #[param(inline, example = 22.552)]
    pub(crate) lat: Latitude,
    /// The system of the coordinates.
    #[param(inline)]
    pub(crate) crs: Option<PointCrs>,
}

impl PointQuery {
    /// The point in the coordinates of the plate.
    ///
    /// # Errors
    /// 400 if its system needs PROJ, or if it is nowhere on the globe.
    pub(crate) fn in_plate(self) -> Result<LngLat, Problem> {
        let PointCrs(crs) = self.crs.unwrap_or_default();
        let point = crs.to_plate().and_then(|to_plate| to_plate.convert(self.lng.0, self.lat.0));
        point.map_err(Problem::bad_request)
    }
}

/// A point of the plate as `lng,lat` in degrees.
pub(crate) struct Near(pub(crate) LngLat);

impl<'de> Deserialize<'de> for Near {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        let pair = text.split_once(',').ok_or_else(|| D::Error::custom("near: two numbers 'lng,lat' are wanted"))?;
        let lng = Longitude::deserialize(IntoDeserializer::<D::Error>::into_deserializer(pair.0))?;
        let lat = Latitude::deserialize(IntoDeserializer::<D::Error>::into_deserializer(pair.1))?;
        let point = Crs::Geographic.to_plate().and_then(|to_plate| to_plate.convert(lng.0, lat.0));
        point.map(Self).map_err(D::Error::custom)
    }
}

impl PartialSchema for Near {
    fn schema() -> RefOr<Schema> {
        let lng = r"-?(180(\.0{1,15})?|(1[0-7][0-9]|[1-9]?[0-9])(\.[0-9]{1,15})?)";
        let lat = r"-?(90(\.0{1,15})?|[1-8]?[0-9](\.[0-9]{1,15})?)";
        text_schema(format!("^{lng},{lat}$"))
    }
}

impl ToSchema for Near {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_of_the_description_can_be_read() {
        for word in DEGREES {
            let PointCrs(crs) = word.parse().expect(word);
            assert!(crs.to_plate().is_ok(), "{word}");
        }
    }
}
