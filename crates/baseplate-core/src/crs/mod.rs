//! Coordinate systems: whatever a source is written in → the stored one, EPSG:4490 (CGCS2000) longitude and latitude.
//!
//! WGS84 and CGCS2000 differ by a tenth of a millimetre and are taken as one. Web Mercator, GCJ-02 and BD-09 are
//! computed here; every other system goes through PROJ, behind the cargo feature `proj`, with the shift of its datum. In
//! all of them the first coordinate is the easting or longitude, whatever the official axis order says.

pub mod bd09;
mod error;
pub mod gcj02;
#[cfg(feature = "proj")]
mod grid_files;
mod look;
#[cfg(feature = "proj")]
mod projected;
mod suspect;
#[cfg(feature = "proj")]
mod system;

pub use error::CrsError;
pub use suspect::{Sample, SampleRow, Suspicion};

use crate::{
    model::UnknownWord,
    spatial::{Bbox, LngLat},
};
use serde::Deserialize;
use std::{fmt, path::PathBuf, str::FromStr};

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

/// What is done with coordinates of a datum to which no shift is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub enum Datum {
    /// They are taken as they are, as if they were on the datum of the plate.
    AsIs,
}

impl TryFrom<String> for Datum {
    type Error = UnknownWord;

    fn try_from(text: String) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

impl FromStr for Datum {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "as-is" => Ok(Self::AsIs),
            _ => Err(UnknownWord { found: text.to_owned(), allowed: "as-is" }),
        }
    }
}

/// What else decides how a system becomes the plate's, beside its name.
#[derive(Debug, Clone, Default)]
pub struct ConversionOptions {
    /// Where the points are, degrees; PROJ may know several shifts of one datum, each for an area. The area of use of the
    /// system if it is left out.
    pub area: Option<Bbox>,
    /// What is done with the datum; the shift that PROJ knows or the definition has is made if it is left out.
    pub datum: Option<Datum>,
    /// The folder from which the paths of grid files start; the current one if it is empty.
    pub folder: PathBuf,
}

/// Radius of the Web Mercator sphere, metres.
const MERCATOR_RADIUS_M: f64 = 6_378_137.0;

impl Crs {
    /// A converter from this system to the plate's. Creating one may cost 30–100 ms (PROJ), using it does not.
    ///
    /// # Errors
    /// As [`Crs::to_plate_with`].
    pub fn to_plate(&self) -> Result<ToPlate, CrsError> {
        self.to_plate_with(&ConversionOptions::default())
    }

    /// As [`Crs::to_plate`], for points of an area, and with a decision about the datum.
    ///
    /// ```
    /// use baseplate_core::{ConversionOptions, Crs, Datum};
    /// let crs: Crs = "EPSG:2326".parse()?; // Hong Kong 1980, with another datum
    /// let options = ConversionOptions { datum: Some(Datum::AsIs), ..ConversionOptions::default() };
    /// if let Ok(to_plate) = crs.to_plate_with(&options) { // with the cargo feature `proj`
    ///     let unshifted = to_plate.convert(836_694.05, 819_069.80)?;
    ///     assert!((unshifted.lng - 114.178_556).abs() < 1e-6);
    /// }
    /// # Ok::<(), baseplate_core::CrsError>(())
    /// ```
    ///
    /// # Errors
    /// When PROJ is needed and not built in, or refuses the definition; when the system is not two-dimensional, when no
    /// shift of its datum is known, or when a grid file is not there.
    #[cfg_attr(not(feature = "proj"), expect(unused_variables, reason = "only PROJ has options"))]
    pub fn to_plate_with(&self, options: &ConversionOptions) -> Result<ToPlate, CrsError> {
        let projection = match self {
            #[cfg(feature = "proj")]
            Self::Proj(definition) => Some(projected::Projection::new(definition, options)?),
            #[cfg(not(feature = "proj"))]
            Self::Proj(definition) => return Err(CrsError::NeedsProj(definition.clone())),
            _ => None,
        };
        Ok(ToPlate { crs: self.clone(), projection })
    }

    /// Whether the shift of the datum depends on where the points are.
    #[cfg_attr(not(feature = "proj"), expect(unused_variables, reason = "only PROJ knows datums"))]
    pub(crate) fn depends_on_area(&self, datum: Option<Datum>) -> bool {
        #[cfg(feature = "proj")]
        if let (Self::Proj(definition), None) = (self, datum) {
            return projected::depends_on_area(definition);
        }
        false
    }

    /// Whether coordinates are degrees.
    fn is_degrees(&self) -> bool {
        matches!(self, Self::Geographic | Self::Gcj02 | Self::Bd09)
    }

    /// A point of the plate written in this system, in the system's unit, easting or longitude first.
    ///
    /// # Errors
    /// [`CrsError::NeedsProj`] for systems other than the geographic ones, Web Mercator, GCJ-02 and BD-09.
    pub fn from_plate(&self, point: LngLat) -> Result<(f64, f64), CrsError> {
        let LngLat { lng, lat } = point;
        match self {
            Self::Geographic => Ok((lng, lat)),
            Self::WebMercator => Ok((
                MERCATOR_RADIUS_M * lng.to_radians(),
                MERCATOR_RADIUS_M * (std::f64::consts::FRAC_PI_4 + lat.to_radians() / 2.0).tan().ln(),
            )),
            Self::Gcj02 => Ok(gcj02::from_wgs84(lng, lat)),
            Self::Bd09 => {
                let (x, y) = gcj02::from_wgs84(lng, lat);
                Ok(bd09::from_gcj02(x, y))
            }
            Self::Proj(definition) => Err(CrsError::NeedsProj(definition.clone())),
        }
    }
}

impl FromStr for Crs {
    type Err = CrsError;

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

#[cfg(not(feature = "proj"))]
type Projection = std::convert::Infallible;
#[cfg(feature = "proj")]
type Projection = projected::Projection;

/// Converts coordinates of one system to the plate's. Not `Send`: PROJ's contexts belong to a thread.
pub struct ToPlate {
    crs: Crs,
    projection: Option<Projection>,
}

impl ToPlate {
    /// What PROJ does on the way, in words; `None` for systems that need no PROJ.
    pub fn operation(&self) -> Option<&str> {
        match &self.projection {
            #[cfg(feature = "proj")]
            Some(projection) => Some(projection.operation()),
            #[cfg(not(feature = "proj"))]
            Some(never) => match *never {},
            None => None,
        }
    }

    /// The zone number before the eastings of the system, if it has one.
    fn zone(&self) -> Option<u32> {
        match &self.projection {
            #[cfg(feature = "proj")]
            Some(projection) => projection.zone(),
            #[cfg(not(feature = "proj"))]
            Some(never) => match *never {},
            None => None,
        }
    }

    /// One point: `x` is the easting or longitude, `y` the northing or latitude, in the system's unit.
    ///
    /// # Errors
    /// [`CrsError::OutOfDomain`] for NaN, infinities, points the system is not defined for, and results off the globe, with
    /// what the numbers look like.
    pub fn convert(&self, x: f64, y: f64) -> Result<LngLat, CrsError> {
        if !(x.is_finite() && y.is_finite()) {
            return Err(self.out_of_domain(x, y, "a coordinate is not a finite number".to_owned()));
        }
        let (lng, lat) =
            self.raw(x, y).map_err(|reason| self.out_of_domain(x, y, reason.to_owned() + &look::clause(x, y)))?;
        if !(lng.abs() <= 180.0 && lat.abs() <= 90.0) {
            let reason = if self.crs.is_degrees() { "not degrees" } else { "the result is off the globe" };
            return Err(self.out_of_domain(x, y, reason.to_owned() + &look::clause(x, y)));
        }
        Ok(LngLat { lng, lat })
    }

    fn out_of_domain(&self, x: f64, y: f64, reason: String) -> CrsError {
        let crs = match self.crs {
            Crs::Geographic => "longitude and latitude".to_owned(),
            _ => self.crs.to_string(),
        };
        CrsError::OutOfDomain { x, y, crs, reason }
    }

    fn raw(&self, x: f64, y: f64) -> Result<(f64, f64), &'static str> {
        let no_inverse = "no WGS84 point maps there";
        match &self.crs {
            Crs::Geographic => Ok((x, y)),
            Crs::WebMercator => Ok((
                (x / MERCATOR_RADIUS_M).to_degrees(),
                (2.0 * (y / MERCATOR_RADIUS_M).exp().atan() - std::f64::consts::FRAC_PI_2).to_degrees(),
            )),
            Crs::Gcj02 => gcj02::to_wgs84(x, y).ok_or(no_inverse),
            Crs::Bd09 => bd09::to_gcj02(x, y).and_then(|(gx, gy)| gcj02::to_wgs84(gx, gy)).ok_or(no_inverse),
            Crs::Proj(_) => match &self.projection {
                #[cfg(feature = "proj")]
                Some(projection) => projection.convert(x, y).ok_or("outside the area of use"),
                #[cfg(not(feature = "proj"))]
                Some(never) => match *never {},
                None => Err("PROJ is not built in"),
            },
        }
    }
}

/// An inverse stops behind a step smaller than this, degrees; what is left is a fiftieth of it at most (about 0.2 µm).
const STEP_DEG: f64 = 1e-10;
/// Bound on the steps of an inverse; inside China 3 to 6 arrive.
const MAX_STEPS: usize = 30;
/// The largest residual that still counts as an answer, degrees.
const MAX_RESIDUAL_DEG: f64 = 1e-9;

/// The point that `forward` takes to `target`, by fixed-point iteration from `start`; `None` if it does not arrive.
fn invert(forward: impl Fn(f64, f64) -> (f64, f64), target: (f64, f64), start: (f64, f64)) -> Option<(f64, f64)> {
    let residual = |(x, y): (f64, f64)| {
        let (fx, fy) = forward(x, y);
        (target.0 - fx, target.1 - fy)
    };
    let mut at = start;
    for _ in 0..MAX_STEPS {
        let (dx, dy) = residual(at);
        at = (at.0 + dx, at.1 + dy);
        if dx.abs() < STEP_DEG && dy.abs() < STEP_DEG {
            return Some(at);
        }
    }
    let (dx, dy) = residual(at);
    (dx.abs() <= MAX_RESIDUAL_DEG && dy.abs() <= MAX_RESIDUAL_DEG).then_some(at)
}

impl fmt::Debug for ToPlate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToPlate({})", self.crs)
    }
}
