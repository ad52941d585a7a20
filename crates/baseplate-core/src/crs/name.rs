//! Coordinate systems by name.
//!
//! Names are read without regard to case and blanks around them: `EPSG:4547`, `gcj02`, a PROJ string, a
//! PROJ pipeline. A name that is displayed can be parsed again and gives the same system.

use super::error::CrsError;
use std::{fmt, str::FromStr};

/// A coordinate system as a spec, a command line or a URL names it.
///
/// ```
/// use baseplate_core::{Crs, LngLat};
/// let amap: Crs = "gcj02".parse()?;
/// let there = amap.from_plate(LngLat::new(113.912316, 22.543847))?;
/// assert!((there.0 - 113.917176).abs() < 1e-6);
/// # Ok::<(), baseplate_core::CrsError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Crs {
    /// EPSG:4490 (CGCS2000) or EPSG:4326 (WGS84), longitude and latitude in degrees.
    Geographic,
    /// EPSG:3857, metres.
    WebMercator,
    /// GCJ-02, degrees.
    Gcj02,
    /// BD-09, degrees.
    Bd09,
    /// Any EPSG code, PROJ string or PROJ pipeline (a pipeline must end in degrees, longitude first).
    Proj(String),
}

impl Crs {
    /// Whether coordinates are degrees.
    pub(super) fn is_degrees(&self) -> bool {
        matches!(self, Self::Geographic | Self::Gcj02 | Self::Bd09)
    }
}

impl FromStr for Crs {
    type Err = CrsError;

    /// Reads a name.
    ///
    /// # Errors
    /// [`CrsError::Unknown`] if it is none of the names that the plate computes itself, no EPSG code and no
    /// PROJ string. Whether PROJ knows a code shows when a converter is made.
    fn from_str(text: &str) -> Result<Self, CrsError> {
        let name = text.trim();
        let upper = name.to_ascii_uppercase();
        Ok(match upper.as_str() {
            "EPSG:4490" | "EPSG:4326" | "OGC:CRS84" | "CGCS2000" | "WGS84" => Self::Geographic,
            "EPSG:3857" => Self::WebMercator,
            "GCJ02" | "GCJ-02" => Self::Gcj02,
            "BD09" | "BD-09" => Self::Bd09,
            _ if upper.strip_prefix("EPSG:").is_some_and(is_number) => Self::Proj(upper),
            _ if is_proj_string(name) => Self::Proj(name.to_owned()),
            _ => return Err(CrsError::Unknown(text.to_owned())),
        })
    }
}

/// Whether one of the parameters is `proj`.
fn is_proj_string(text: &str) -> bool {
    text.split_whitespace().any(|token| token.trim_start_matches('+').starts_with("proj="))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Geographic => "EPSG:4490",
            Self::WebMercator => "EPSG:3857",
            Self::Gcj02 => "gcj02",
            Self::Bd09 => "bd09",
            Self::Proj(definition) => definition,
        })
    }
}
