//! Parameters of addresses: what they say, and what is said when they are wrong.

use crate::problem::Problem;
use baseplate_core::{Crs, LngLat};
use serde::Deserialize;
use std::ops::RangeInclusive;
use utoipa::{
    IntoParams,
    openapi::schema::{Object, ObjectBuilder, Type},
};

/// What is asked without parameters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoQuery {}

/// What every document may be asked with: the format, of which there is one.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FormatQuery {
    /// json, the only format there is.
    #[serde(rename = "f")]
    #[param(schema_with = format_schema)]
    format: Option<String>,
}

impl FormatQuery {
    pub(crate) fn check(&self) -> Result<(), Problem> {
        check_format(self.format.as_deref())
    }
}

/// Whether a format is one that there is.
pub(crate) fn check_format(format: Option<&str>) -> Result<(), Problem> {
    match format {
        None | Some("json") => Ok(()),
        Some(other) => Err(Problem::bad_request(format!("f: '{other}' is not json"))),
    }
}

pub(crate) fn format_schema() -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["json"])).build()
}

/// The point that the parameters `lng`, `lat` and `crs` say, in the coordinates of the plate.
pub(crate) fn plate_point(lng: Option<String>, lat: Option<String>, crs: Option<String>) -> Result<LngLat, Problem> {
    let crs: Crs = crs.as_deref().unwrap_or("cgcs2000").parse().map_err(Problem::bad_request)?;
    let (x, y) = (number("lng", lng)?, number("lat", lat)?);
    crs.to_plate().and_then(|to_plate| to_plate.convert(x, y)).map_err(Problem::bad_request)
}

/// The value of a parameter that must be there.
pub(crate) fn wanted(name: &str, value: Option<String>) -> Result<String, Problem> {
    value.ok_or_else(|| Problem::bad_request(format!("the parameter '{name}' is missing")))
}

/// The whole number that a parameter says.
pub(crate) fn count(name: &str, text: &str, allowed: RangeInclusive<usize>) -> Result<usize, Problem> {
    let (least, most) = (allowed.start(), allowed.end());
    let wrong = || Problem::bad_request(format!("{name}: '{text}' is not a number from {least} to {most}"));
    text.parse().ok().filter(|number| allowed.contains(number)).ok_or_else(wrong)
}

/// The number that a parameter says.
pub(crate) fn number(name: &str, value: Option<String>) -> Result<f64, Problem> {
    let value = wanted(name, value)?;
    value.trim().parse().map_err(|_| Problem::bad_request(format!("{name}: '{value}' is not a number")))
}
